"""Track lengths of a shower in lead against our own Geant4 run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ground.shipped import shipped_text
from ...physics import materials
from ...physics.shower import track_lengths
from ...physics.shower.tracks import Particle
from .check import Check

__all__ = ["checks", "geant4_tracks"]

_TOLERANCE: dict[Particle, float] = {"e-": 0.02, "e+": 0.02, "gamma": 0.04}


def geant4_tracks() -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Geant4 track lengths for electrons of 100 GeV in lead.

    Returns
    -------
    edges : array of float, shape (n+1,)
        Energies in GeV.
    columns : dict of str to array of float, shape (n,)
        Track length in X0 per GeV and its error by particle, keys ``"e-"``, ``"err_e-"`` and so on.
    """
    text = shipped_text("validation", "geant4_tracks_lead_electron_100gev.csv")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    names = lines[0].split(",")
    values = np.array([[float(cell) for cell in line.split(",")] for line in lines[1:]])
    columns = {name: values[:, i] for i, name in enumerate(names)}
    edges = np.append(columns["E_lo_GeV"], columns["E_hi_GeV"][-1])
    return edges, columns


def checks() -> list[Check]:
    """Integrals above three energies, and the bin that deviates most."""
    edges, columns = geant4_tracks()
    ours = track_lengths(materials.get("Pb"), "e-", 100.0, 1.0)
    width = np.diff(edges)
    found = []
    for particle, tolerance in _TOLERANCE.items():
        for lowest in (1.0, 10.0, 50.1187):
            use = edges[:-1] >= lowest * 0.999
            reference = float(np.sum((columns[particle] * width)[use]))
            value = float(ours.above(edges[:-1][use][0], particle))
            error = float(np.sqrt(np.sum(((columns[f"err_{particle}"] * width)[use]) ** 2)))
            found.append(
                Check(
                    f"track length of {particle} above {lowest:g} GeV in Pb (X0)",
                    value,
                    reference,
                    tolerance + error / reference,
                    "cross-section models of Geant4 differ by 1-2 %; plus the statistical error",
                    "Geant4 11.4.1, 50000 electrons of 100 GeV",
                )
            )
    return found
