"""JSON written by others, within bounds."""

from __future__ import annotations

import json
from typing import Any, Final

from .bounded_text import plain_number, shown
from .errors import EmissError

__all__ = ["load_json"]

MAX_VALUES: Final = 1_000_000


def load_json(text: str, where: str, *, as_text: bool = False) -> Any:
    """Read one JSON value.

    Parameters
    ----------
    text : str
        The text; bound its size with `read_text`.
    where : str
        File it came from, for errors.
    as_text : bool, optional
        Leave numbers the text they are, to be read with `plain_number`.

    Returns
    -------
    object
        Lists, mappings, text, numbers (finite) or None.

    Raises
    ------
    EmissError
        If it is not JSON, nested beyond reason, has more than a million values, a key twice,
        or a number that is not one (NaN, infinity, too many digits).
    """

    def number(word: str) -> Any:
        value = plain_number(word)
        if value is None or value - value != 0.0:
            raise EmissError(f"'{where}': '{shown(word, 40)}' is not a number that can be used.")
        return word if as_text else value

    def whole(word: str) -> Any:
        number(word)
        return word if as_text else int(word)

    def refuse(word: str) -> Any:
        raise EmissError(f"'{where}': {word} is not JSON; write null where there is no value.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise EmissError(f"'{where}': a key stands twice in one object.")
        return found

    if sum(text.count(mark) for mark in ",[{") > MAX_VALUES:
        raise EmissError(f"'{where}' has more than {MAX_VALUES} values.")
    try:
        return json.loads(
            text, parse_float=number, parse_int=whole, parse_constant=refuse, object_pairs_hook=once
        )
    except EmissError:
        raise
    except RecursionError:
        raise EmissError(f"'{where}' is nested too deep to be a table.") from None
    except ValueError as error:
        raise EmissError(f"'{where}' is not JSON: {shown(error)}.") from error
