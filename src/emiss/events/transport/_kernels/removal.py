"""What an event leaves in a section without a lepton, from each of its steps on.

The stack is last in, first out: what descends from a lepton after a step lies above the height that
the stack had there, and is followed to its end before anything below. What the section gets between
the step and the moment at which the stack is down to that height again is all the lepton's.

A hook of this mode is one array: mode, rows found, room for rows, open rows, lowest energy, event,
energy that is wanted, and from `FIRST` on the rows (`ROW` words each) and the places of the open
ones.
"""

from __future__ import annotations

from typing import Any

from ....ground._kernels.jit import helper
from .inlined import inlined
from .pointers import PARTICLE

MODE, FOUND, ROOM, OPEN, LOWEST, EVENT, WANTED = 0, 1, 2, 3, 4, 5, 6
WATCHES = 3.0
"""Mode in which steps are noted."""
FIRST = 16
ROW = 8
"""Words of a row: event, kind, energy, depth, path, medium, energy left in the first section by the
lepton from there on, and by the whole event; the latter holds the height of the stack at first."""


@inlined
def watches(hook: Any) -> bool:
    """Whether the hook notes steps."""
    return bool(hook[MODE] > WATCHES - 0.5)


@helper
def note(
    score: Any, kind: int, medium: int, energy: float, path: float, z: float, left: float, top: int
) -> None:
    """Note a step; ``left``: energy that the first section has got when it is half done."""
    hook = score.hook
    if energy < hook[LOWEST] or kind > 1:
        return
    n = int(hook[FOUND])
    hook[FOUND] += 1.0
    if n >= hook[ROOM]:
        return
    at = FIRST + n * ROW
    hook[at], hook[at + 1], hook[at + 2], hook[at + 3] = hook[EVENT], kind, energy, z
    hook[at + 4], hook[at + 5], hook[at + 6], hook[at + 7] = path, medium, left, top
    hook[FIRST + int(hook[ROOM]) * ROW + int(hook[OPEN])] = n
    hook[OPEN] += 1.0


@helper
def close(score: Any, top: int) -> None:
    """End the steps whose descendants have all been followed."""
    hook = score.hook
    while hook[OPEN] > 0.0:
        n = int(hook[FIRST + int(hook[ROOM]) * ROW + int(hook[OPEN]) - 1])
        at = FIRST + n * ROW
        if hook[at + 7] < top:
            return
        hook[at + 6] = score.cells[0] - hook[at + 6]
        hook[OPEN] -= 1.0


@helper
def hopeless(score: Any, stack: Any, top: int) -> bool:
    """Whether nothing with the energy that is wanted waits."""
    most = 0.0
    for row in range(top):
        most = max(most, stack[row * PARTICLE])
    return bool(most < score.hook[WANTED])


@helper
def give_up(score: Any, first: int) -> None:
    """Drop the steps of an event, from row ``first``."""
    score.hook[FOUND], score.hook[OPEN] = first, 0.0


@helper
def finish(score: Any, first: int) -> None:
    """Note the whole energy in the first section for the steps of an event, from row ``first``."""
    close(score, 0)
    hook = score.hook
    for n in range(first, int(min(hook[FOUND], hook[ROOM]))):
        hook[FIRST + n * ROW + 7] = score.cells[0]
