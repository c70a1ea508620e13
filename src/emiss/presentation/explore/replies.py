"""Answers to the page, whoever carries them: a server on this machine or a notebook."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...ground.errors import EmissError
from ...ground.interruption import Interrupted, interruptible
from .questions import FieldError, read_question

__all__ = ["Desk", "Reply", "answer"]

_JSON: Final = "application/json"
_MOST_PAGES: Final = 64
SUPERSEDED: Final = 202
"""Status of a question that a later one of the same page has overtaken: no error, for a browser
would write one to its console."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Parameters
    ----------
    status : int
        As in HTTP: 200, 202 for a question overtaken, 422 for a value that cannot be used.
    kind : str
        Media type.
    body : bytes
        The content.
    file : str
        Name under which a browser saves it; empty where it does not.
    """

    status: int
    kind: str
    body: bytes
    file: str = ""

    @classmethod
    def of(cls, record: Mapping[str, Any], status: int = 200) -> Reply:
        """Answer with JSON; not-finite numbers are an error, never ``NaN``."""
        return cls(status, _JSON, json.dumps(record, allow_nan=False).encode())


def answer(action: str, body: Any) -> Reply:
    """Answer one request of the page.

    Parameters
    ----------
    action : str
        One of ``catalogue``, ``curves``, ``verdicts``, ``recipes``, ``figure``, ``csv``,
        ``bibtex``, ``read-curve``.
    body : mapping
        Parsed JSON.

    Returns
    -------
    Reply
        Values that cannot be used are answered with status 422, ``field`` and ``message``.
    """
    actions = _actions()
    if action not in actions:
        return Reply.of({"field": "", "message": f"unknown request '{action[:40]}'."}, 404)
    try:
        return actions[action](body)
    except FieldError as error:
        return Reply.of({"field": error.field, "message": str(error)}, 422)
    except EmissError as error:
        return Reply.of({"field": "", "message": str(error)}, 422)


def _actions() -> dict[str, Callable[[Any], Reply]]:
    from .catalogue import catalogue
    from .curves import curves_of
    from .files import bibtex_file, csv_file, figure_file, read_dropped
    from .recipes import command_text, python_text
    from .verdicts import verdicts_of

    def recipes(body: Any) -> Reply:
        question = read_question(body)
        return Reply.of({"command": command_text(question), "python": python_text(question)})

    def saved(make: Callable[..., tuple[str, str, bytes]]) -> Callable[[Any], Reply]:
        def reply(body: Any) -> Reply:
            given = dict(body) if isinstance(body, Mapping) else {}
            how = {key: given.pop(key) for key in ("plane", "format") if key in given}
            name, kind, content = make(read_question(given), **how)
            return Reply(200, kind, content, name)

        return reply

    return {
        "catalogue": lambda _: Reply.of(catalogue()),
        "curves": lambda body: Reply.of(curves_of(read_question(body))),
        "verdicts": lambda body: Reply.of(verdicts_of(read_question(body))),
        "recipes": recipes,
        "figure": saved(figure_file),
        "csv": saved(csv_file),
        "bibtex": saved(bibtex_file),
        "read-curve": lambda body: Reply.of(read_dropped(body)),
    }


class Desk:
    """Answers one request after the other; of one page and kind only the last one counts.

    A request that waits while a later one of the same page arrives is not computed; one that is
    being computed is given up at the next `pause`. So are verdicts for a later question for curves,
    after whose answer they are asked for anew.
    """

    def __init__(self) -> None:
        self._work = threading.Lock()
        self._guard = threading.Lock()
        self._newest: OrderedDict[tuple[str, str], int] = OrderedDict()

    def ask(self, action: str, body: Any, page: str = "", number: int = 0) -> Reply:
        """Answer a request.

        Parameters
        ----------
        action, body
            As in `answer`.
        page : str, optional
            Which page asks.
        number : int, optional
            Requests of a page are numbered; 0: this one is never overtaken.

        Returns
        -------
        Reply
            Status `SUPERSEDED` for one that was overtaken.
        """
        key = (page[:64], action[:40])
        if number > 0:
            with self._guard:
                self._newest[key] = max(number, self._newest.pop(key, 0))
                while len(self._newest) > _MOST_PAGES:
                    self._newest.popitem(last=False)

        curves = (key[0], "curves")
        last = self._newest.get(curves, 0)

        def overtaken() -> bool:
            if action == "verdicts" and self._newest.get(curves, 0) > last:
                return True
            return 0 < number < self._newest.get(key, 0)

        with self._work:
            try:
                if not overtaken():
                    with interruptible(overtaken):
                        return answer(action, body)
            except Interrupted:
                pass
        return Reply.of({"field": "", "message": "overtaken"}, SUPERSEDED)
