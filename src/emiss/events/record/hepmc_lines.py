"""The lines of a HepMC3 file, checked before a library that trusts them reads it.

The reader of HepMC3 follows numbers of particles and vertices without a look at their range, so
that a damaged file can end the whole process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...ground.errors import EmissError

__all__ = ["check_lines"]

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_EVENT = re.compile(r"E (\d{1,9}) (\d{1,3}) (\d{1,3})")
_PARTICLE = re.compile(rf"P (\d{{1,3}}) (-?\d{{1,3}}) -?\d{{1,9}}(?: {_NUMBER}){{5}} \d{{1,3}}")
_VERTEX = re.compile(rf"V -(\d{{1,3}}) \d{{1,3}} \[(\d{{1,3}})\] @(?: {_NUMBER}){{4}}")
_WEIGHT = re.compile(rf"W {_NUMBER}")
_ATTRIBUTE = re.compile(r"A 0 signal_process_id \d{1,3}")
_START, _END = "HepMC::Asciiv3-START_EVENT_LISTING", "HepMC::Asciiv3-END_EVENT_LISTING"
_LONGEST = 100_000


@dataclass(slots=True)
class _Event:
    """Numbers of an event as they are read: mother of each particle, entry of each vertex."""

    vertices: int
    particles: int
    parents: dict[int, int] = field(default_factory=dict)
    entries: dict[int, int] = field(default_factory=dict)

    def whole(self) -> bool:
        """Whether all are there, and each vertex is entered by a particle made before it."""
        if sorted(self.parents) != list(range(1, self.particles + 1)):
            return False
        if sorted(self.entries) != list(range(1, self.vertices + 1)):
            return False
        made = {number: -parent for number, parent in self.parents.items()}
        return all(0 <= vertex <= self.vertices for vertex in made.values()) and all(
            made.get(entry, vertex) < vertex for vertex, entry in self.entries.items()
        )


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        while line := file.readline(_LONGEST):
            yield line.rstrip("\n")


def check_lines(path: Path) -> None:
    """Check that a file holds nothing but whole events as `write_hepmc` writes them.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    EmissError
        With the first line that does not belong there.
    """
    event: _Event | None = None
    started, ended, number, line = False, False, 0, ""
    for number, line in enumerate(_lines(path), 1):
        if ended and line:
            break
        if not started:
            started = line == _START
            if number > 2:
                break
            continue
        if line == _END or line.startswith("E "):
            if event is not None and not event.whole():
                break
            found = _EVENT.fullmatch(line)
            ended = line == _END
            if not ended and found is None:
                break
            event = None if found is None else _Event(int(found[2]), int(found[3]))
        elif not ended and not _belongs(line, event):
            break
    else:
        if ended:
            return
        number, line = number + 1, "the end of the file"
    raise EmissError(
        f"'{path}', line {number}: not what emiss writes there ({line[:60]!r}); it is "
        "no complete file of `emiss generate`."
    )


def _belongs(line: str, event: _Event | None) -> bool:
    """Whether a line can stand in the header, or in an event; its numbers are kept."""
    if event is None:
        return line.startswith(("W ", "T ", "A ", "N "))
    if found := _PARTICLE.fullmatch(line):
        return event.parents.setdefault(int(found[1]), int(found[2])) == int(found[2])
    if found := _VERTEX.fullmatch(line):
        return event.entries.setdefault(int(found[1]), int(found[2])) == int(found[2])
    return line == "U GEV MM" or bool(_WEIGHT.fullmatch(line) or _ATTRIBUTE.fullmatch(line))
