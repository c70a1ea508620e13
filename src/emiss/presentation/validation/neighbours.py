"""Thin targets: cross-sections and sensitivities that the collaborations have made public."""

from __future__ import annotations

import numpy as np

from ...inference.search import limit
from ...physics import materials, models
from ...physics.processes.bremsstrahlung_table import load_table
from .check import Check

DARKSHINE = "github.com/SII-inpac-Chuangqi/darkshine-analysis, Baseline1p6/figureMaker/Limits"
# mass in GeV, and sigma of 8 GeV electrons on tungsten in pb at epsilon = 1 (CalcHEP)
CROSS_SECTIONS = (
    (0.010, 5.8246e11),
    (0.050, 1.95e10),
    (0.100, 3.164e9),
    (0.500, 1.17e7),
    (1.000, 1.1914e5),
    (2.000, 125.89),
)
# mass in GeV, and epsilon^2 at 90 % CL with 9e14 electrons
DARKSHINE_9E14 = (
    (0.001, 2.28451e-13),
    (0.010, 4.21074e-12),
    (0.100, 7.81849e-10),
    (0.500, 1.9444e-07),
    (1.000, 1.88729e-05),
    (2.000, 0.0214664),
)
# the same of LDMX, 4 GeV and 4e14 electrons, as read off its figure by DarkSHINE
LDMX_4E14 = ((0.001, 6.5e-13), (0.010, 1.2e-11), (0.040, 2.9e-10), (0.100, 3e-9), (0.200, 2.2e-8))


def checks() -> list[Check]:
    """Cross-sections on tungsten, and sensitivities of DarkSHINE and LDMX."""
    table = load_table(materials.element("W"))
    found = [
        Check(
            f"e- W -> e- W A', 8 GeV, {mass:g} GeV (pb)",
            float(table.above(8.0, mass)),
            reference,
            0.05,
            "form factor and integration error of the reference",
            f"{DARKSHINE}/sigEffAndLimit.C",
        )
        for mass, reference in CROSS_SECTIONS
    ]
    found += _sensitivities(
        "darkshine-9e14", DARKSHINE_9E14, 0.15, "efficiency of tracks and vetoes assumed: 0.8"
    )
    return found + _sensitivities(
        "ldmx-4gev",
        LDMX_4E14,
        0.30,
        "read off a figure by others; efficiency of the vetoes at 8 GeV",
    )


def _sensitivities(
    name: str, points: tuple[tuple[float, float], ...], tolerance: float, reason: str
) -> list[Check]:
    masses = np.array([mass for mass, _ in points])
    result = limit(name, models.get("dark-photon", {}), masses=masses)
    return [
        Check(
            f"{name}: epsilon at {1e3 * mass:g} MeV",
            float(value),
            float(np.sqrt(squared)),
            tolerance,
            reason,
            f"{DARKSHINE}/PlotLimit.C",
        )
        for (mass, squared), value in zip(points, result.expected["0"], strict=True)
    ]
