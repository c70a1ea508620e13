"""What the events of a chunk leave in a section without a lepton, from each of its steps on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError

__all__ = ["REMOVALS", "Removals"]

REMOVALS = ("event", "kind", "energy", "z", "path", "medium", "own", "whole")
"""Columns of the steps noted: number of the event from 0, place in `KINDS`, energy in GeV in the
middle of the step, depth there and length in cm, number of the material, energy in GeV left in
section 0 by the lepton and its descendants from there on, and by the whole event."""


@dataclass(frozen=True, slots=True)
class Removals:
    """Note all steps of electrons and positrons above an energy.

    One pass answers for every place at which a lepton may vanish: what the event leaves without
    it is ``whole`` less ``own``.

    Parameters
    ----------
    above : float
        Lowest kinetic energy in GeV.
    wanted : float
        An event is given up, and none of its steps noted, if no particle of this energy in GeV is
        left to follow when the first one has come to its end; 0 for none.
    """

    above: float
    wanted: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 < self.above < math.inf and 0.0 <= self.wanted < math.inf):
            raise ValidityError(
                f"removals: energies {self.above:g} GeV (above 0) and {self.wanted:g} GeV (0 or "
                "more) must be finite."
            )

    def room(self, events: int, highest: float) -> int:
        """Number of steps to expect, with some room, for particles of up to an energy in GeV."""
        return math.ceil(events * (20.0 + 12.0 * highest / self.above))


def removals_hook(asked: Removals, room: int) -> FloatArray:
    """The hook of the kernels with room for a number of rows, see `_kernels.removal`."""
    from ._kernels import removal

    hook = np.zeros(removal.FIRST + room * (removal.ROW + 1))
    hook[removal.MODE], hook[removal.ROOM] = removal.WATCHES, room
    hook[removal.LOWEST], hook[removal.WANTED] = asked.above, asked.wanted
    return hook


def rows_found(hook: FloatArray) -> int:
    """How many steps were noted or would have been with more room."""
    from ._kernels.removal import FOUND

    return int(hook[FOUND])


def rows_of(hook: FloatArray) -> FloatArray:
    """The steps that were noted, with columns as in `REMOVALS`."""
    from ._kernels.removal import FIRST, ROW

    return hook[FIRST : FIRST + rows_found(hook) * ROW].reshape(-1, ROW)
