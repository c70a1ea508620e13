"""JSON written by others, within bounds."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from .bounded_text import plain_number, shown
from .errors import EmissError

__all__ = ["load_json"]

MAX_VALUES: Final = 1_000_000
MAX_DEPTH: Final = 64
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}]")


def _refuse_depth(text: str, where: str) -> None:
    depth = 0
    for match in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if match[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise EmissError(f"'{where}' is nested more than {MAX_DEPTH} deep.")


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
        If it is not JSON, nested more than 64 deep, has more than a million values, a key twice,
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
    _refuse_depth(text, where)
    try:
        return json.loads(
            text, parse_float=number, parse_int=whole, parse_constant=refuse, object_pairs_hook=once
        )
    except EmissError:
        raise
    except (ValueError, RecursionError) as error:
        raise EmissError(f"'{where}' is not JSON: {shown(error)}.") from error
