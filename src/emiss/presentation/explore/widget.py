"""The same page in a notebook, as a widget whose questions the kernel answers."""

from __future__ import annotations

import functools
import re
import threading
from typing import TYPE_CHECKING, Any, Final

from ...ground.errors import EmissError
from ...ground.extras import Extra
from ...ground.guards import guarded, text
from .replies import Desk
from .server import asset

if TYPE_CHECKING:
    import anywidget

__all__ = ["explore", "notebook_module"]

_ANYWIDGET: Final = Extra(
    "anywidget",
    "explore",
    "the page in a notebook needs",
    "; `emiss explore` opens it in a browser",
)
_ORDER: Final = (
    "axes.js",
    "controls.js",
    "state.js",
    "plot.js",
    "results.js",
    "page.js",
    "notebook.js",
)


@functools.cache
def notebook_module() -> str:
    """All modules of the page as one, as a notebook loads it: imports of each other are joined."""
    joined = "\n".join(asset(name) for name in _ORDER)
    without_imports = re.sub(r'^import \{[^}]*\} from "\./[a-z]+\.js";\n', "", joined, flags=re.M)
    return re.sub(r"^export (?!default)", "", without_imports, flags=re.M)


@functools.cache
def _widget_class() -> type[anywidget.AnyWidget]:
    _ANYWIDGET.check()
    import anywidget
    import traitlets

    class Explorer(anywidget.AnyWidget):
        _esm = notebook_module()
        _css = asset("page.css")
        link = traitlets.Unicode("").tag(sync=True)

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self._desk = Desk()
            self.on_msg(self._heard)

        def _heard(self, _: Any, message: Any, __: Any) -> None:
            if int(message.get("number", 0)) > 0:
                # Not here: the question that overtakes this one must be heard while it is answered.
                threading.Thread(target=self._answer, args=(message,), daemon=True).start()
            else:
                self._answer(message)

        def _answer(self, message: Any) -> None:
            reply = self._desk.ask(
                str(message.get("action")),
                message.get("body"),
                str(message.get("page", "")),
                int(message.get("number", 0)),
            )
            about = {"id": message.get("id"), "status": reply.status}
            self.send({**about, "kind": reply.kind, "file": reply.file}, [reply.body])

    return Explorer


@guarded(link=text)
def explore(link: str = "") -> anywidget.AnyWidget:
    """Show the live page in a notebook: limits follow the sliders.

    Parameters
    ----------
    link : str, optional
        Permanent link copied from the page, to show what it says.

    Returns
    -------
    AnyWidget
        As the last line of a cell it shows itself; its `link` says what the controls say.

    Raises
    ------
    EmissError
        If anywidget is not installed, or the link is none.

    Examples
    --------
    >>> page = explore("#e=na64e-plus-2022&a=0.5")
    >>> page.link
    '#e=na64e-plus-2022&a=0.5'
    """
    if link and "#" not in link:
        raise EmissError(f"link: '{link[:80]}' is no permanent link: it has no '#'.")
    found: anywidget.AnyWidget = _widget_class()(link=link)
    return found
