"""Where in a TOML text a key stands, for error messages. Never fails on broken text."""

from __future__ import annotations

import re
from typing import Any, Final

__all__ = ["Location", "dotted", "find_line", "key_lines", "present_part"]

Location = tuple[str | int, ...]

_PART: Final = r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_PATH: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_ARRAY: Final = re.compile(rf"[ \t]*\[\[[ \t]*({_PATH})[ \t]*\]\]")
_TABLE: Final = re.compile(rf"[ \t]*\[[ \t]*({_PATH})[ \t]*\]")
_KEY: Final = re.compile(rf"[ \t]*({_PATH})[ \t]*=")
_BLOCK: Final = re.compile(r'"""|\'\'\'')


def _parts(path: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, path)]


def _placed(path: list[str], counts: dict[Location, int]) -> Location:
    """Keys of a header with the index of the last table of each array on the way."""
    place: Location = ()
    for part in path:
        if place in counts:
            place = (*place, counts[place])
        place = (*place, part)
    return place


def key_lines(text: str) -> dict[Location, int]:
    """Map keys and table headers to the line on which they first stand.

    Parameters
    ----------
    text : str
        TOML text, valid or not.

    Returns
    -------
    dict of tuple to int
        Line numbers from 1; tables of an array carry their index.
    """
    lines: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    table: Location = ()
    block = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not block:
            if match := _ARRAY.match(line):
                array = _placed(_parts(match[1]), counts)
                counts[array] = counts.get(array, -1) + 1
                table = (*array, counts[array])
                lines.setdefault(array, number)
                lines.setdefault(table, number)
            elif match := _TABLE.match(line):
                table = _placed(_parts(match[1]), counts)
                lines.setdefault(table, number)
            elif match := _KEY.match(line):
                lines.setdefault((*table, *_parts(match[1])), number)
        for mark in _BLOCK.findall(line):
            block = mark if not block else "" if mark == block else block
    return lines


def find_line(lines: dict[Location, int], location: Location) -> int | None:
    """Line of a key, or of the innermost table around it that can be found."""
    for end in range(len(location), 0, -1):
        if location[:end] in lines:
            return lines[location[:end]]
    return None


def present_part(data: Any, location: Location) -> Location:
    """Cut a location to the part that the data has."""
    for depth, key in enumerate(location):
        inside = isinstance(data, dict) and key in data
        if not inside and not (isinstance(data, list) and isinstance(key, int)):
            return location[:depth]
        data = data[key]
    return location


def dotted(location: Location) -> str:
    """Write a location the way a reader looks for it: ``run[0].efficiency``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
