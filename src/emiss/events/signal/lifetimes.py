"""How far simulated bosons fly where nobody says so: evenly along the volume of a search."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import HBARC_GEV_CM
from ...ground.errors import ArgumentError
from ...physics.models import Model

__all__ = ["couplings_of_decays"]

_EVEN: Final = 100.0
"""Decay lengths, at the lowest energy, over the far end of the volume where decays are even."""


def couplings_of_decays(
    setup: Setup, model: Model, masses: FloatArray, coupling: float | None = None
) -> FloatArray | None:
    """Coupling at each mass at which simulated bosons decay.

    Parameters
    ----------
    setup : Setup
        The setup.
    model : Model
        The model.
    masses : array of float, shape (n,)
        Masses in GeV.
    coupling : float, optional
        Free coupling of the model, at all masses. In a search for visible decays it is by default
        so small that bosons decay evenly along the decay volume, to 1 %.

    Returns
    -------
    array of float, shape (n,), or None
        None where bosons are stable: without a coupling, in all other searches.

    Raises
    ------
    ArgumentError
        If a search looks for visible decays and the boson has none, or decays to dark matter.
    """
    window = setup.visible_window
    if window is None:
        return None if coupling is None else np.full(masses.shape, coupling)
    if model.dark_sector is not None:
        raise ArgumentError(
            f"'{model.name}': its boson decays to dark matter, and this search looks for visible "
            "decays; set dark_matter=none."
        )
    if coupling is not None:
        return np.full(masses.shape, coupling)
    width = np.asarray(model.total_width(masses, np.ones(masses.shape)))
    if not np.all(width > 0.0):
        raise ArgumentError(f"'{model.name}': its boson does not decay at every mass.")
    momentum = np.sqrt(np.maximum(setup.lowest_energy**2 - masses**2, 0.01 * masses**2))
    unit = momentum / masses * HBARC_GEV_CM / width
    return np.asarray(np.sqrt(unit / (_EVEN * window.end)))
