"""Exclusion limits against points of the published curves."""

from __future__ import annotations

import numpy as np

from ... import models
from ...inference.search import limit
from .check import Check

# mass in GeV and kinetic mixing at 90 % CL, read off the curves by interpolation
ELECTRON_2016_2022 = (
    (0.0015, 6.01e-6),
    (0.003, 9.11e-6),
    (0.010, 2.20e-5),
    (0.0167, 3.43e-5),
    (0.050, 9.63e-5),
    (0.100, 2.05e-4),
    (0.200, 3.73e-4),
    (0.2253, 1.59e-4),
    (0.250, 1.64e-4),
    (0.300, 5.43e-4),
    (0.400, 1.20e-3),
    (1.000, 5.31e-3),
)
POSITRON_2022 = (
    (0.0015, 5.88e-5),
    (0.003, 8.85e-5),
    (0.010, 2.16e-4),
    (0.0167, 3.29e-4),
    (0.050, 9.38e-4),
    (0.100, 1.86e-3),
    (0.200, 1.82e-3),
    (0.2253, 5.90e-4),
    (0.250, 4.86e-4),
    (0.300, 5.44e-4),
    (0.400, 8.21e-3),
)
MUON_2022 = (
    (0.0015, 1.75e-3),
    (0.010, 1.74e-3),
    (0.100, 1.84e-3),
    (0.300, 3.31e-3),
    (1.000, 1.39e-2),
)
VISIBLE_2017_2018 = (1.2e-4, 6.8e-4)
"""Edges of the excluded kinetic mixing at 16.7 MeV."""
RESONANCE = (0.19, 0.34)
"""Masses in GeV between which annihilation shapes the curve."""


def checks() -> list[Check]:
    """Kinetic mixing at masses of the published tables."""
    return [
        *_compare("na64e-2016-2022", ELECTRON_2016_2022, 0.10, "arXiv:2307.02404"),
        *_compare("na64e-plus-2022", POSITRON_2022, 0.15, "arXiv:2308.15612"),
        *_muons(),
        *_visible(),
    ]


def _muons() -> list[Check]:
    masses = np.array([mass for mass, _ in MUON_2022])
    result = limit("na64mu-2022", models.get("dark-photon", {}), masses=masses)
    return [
        Check(
            f"na64mu-2022: epsilon at {1e3 * mass:g} MeV",
            float(value),
            reference,
            1.0 / 3.0,
            "acceptance from a layout that is assumed in part: 40 % in events; a factor 1.5",
            "arXiv:2401.01708",
        )
        for (mass, reference), value in zip(MUON_2022, result.observed, strict=True)
    ]


def _visible() -> list[Check]:
    model = models.get("dark-photon", {"dark_matter": "none"})
    result = limit("na64-visible-2017-2018", model, masses=[0.0167])
    assert result.observed_upper is not None
    edges = (float(result.observed[0]), float(result.observed_upper[0]))
    return [
        Check(
            f"na64-visible-2017-2018: {name} edge in epsilon at 16.7 MeV",
            value,
            reference,
            0.25,
            "lengths of dump and decay volume are recalled or assumed",
            "arXiv:1912.11389",
        )
        for name, value, reference in zip(("lower", "upper"), edges, VISIBLE_2017_2018, strict=True)
    ]


def _compare(
    experiment: str, points: tuple[tuple[float, float], ...], tolerance: float, source: str
) -> list[Check]:
    masses = np.array([mass for mass, _ in points])
    # As the collaboration simulates it: no photon is radiated before the annihilation.
    model = models.get("dark-photon", {})
    result = limit(experiment, model, masses=masses, associated=False)
    found = []
    for (mass, reference), value in zip(points, result.observed, strict=True):
        resonant = RESONANCE[0] <= mass <= RESONANCE[1]
        found.append(
            Check(
                f"{experiment}: epsilon at {1e3 * mass:g} MeV",
                float(value),
                reference,
                0.25 if resonant else tolerance,
                "steep edges of the resonance; alpha_dark and binning of the curve unknown"
                if resonant
                else "one constant efficiency for all masses",
                source,
            )
        )
    return found
