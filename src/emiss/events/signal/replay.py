"""The second pass: the showers in which bosons were made, without the energy that they took."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.constants import ELECTRON_MASS
from ..transport import Forced
from .kinematics import direction_of
from .sample import Bosons

__all__ = ["forced"]

_ELECTRON_LIKE = 2


def _kinetic(energy: FloatArray, kind: NDArray[np.int64]) -> FloatArray:
    """Energies as the transport counts them: kinetic for e- and e+, total for muons."""
    return np.where(kind < _ELECTRON_LIKE, energy - ELECTRON_MASS, energy)


def forced(
    bosons: Bosons, added: FloatArray | None = None, owners: NDArray[np.int64] | None = None
) -> Forced:
    """What the transport lets happen where bosons were made.

    Parameters
    ----------
    bosons : Bosons
        Of the first pass over the same stack, beam, seed, chunk and settings.
    added, owners : array, optional
        Further particles and their showers, as of `Forced`, such as products of decays inside the
        stack.

    Returns
    -------
    Forced
        The lepton goes on as the recoil, or is gone; a photon beside the boson is added.
    """
    step = np.zeros(bosons.showers)
    goes_on = np.zeros((bosons.showers, 7))
    step[bosons.event] = bosons.step
    _, direction = direction_of(bosons.recoil)
    energy = np.where(bosons.recoil[:, 0] > 0.0, _kinetic(bosons.recoil[:, 0], bosons.kind), 0.0)
    goes_on[bosons.event] = np.column_stack([bosons.place, np.maximum(energy, 0.0), direction])
    lit = np.nonzero(bosons.photon[:, 0] > 0.0)[0]
    _, way = direction_of(bosons.photon[lit])
    rows = np.column_stack(
        [bosons.photon[lit, 0], bosons.place[lit], way, np.full(lit.size, 2.0), bosons.slab[lit]]
    )
    events = bosons.event[lit]
    if added is not None and owners is not None and len(added):
        rows = np.concatenate([rows, added])
        events = np.concatenate([events, owners])
    order = np.argsort(events, kind="stable")
    return Forced(step, goes_on, rows[order], events[order])
