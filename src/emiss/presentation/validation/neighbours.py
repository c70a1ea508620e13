"""Thin targets: cross-sections and sensitivities that the collaborations have made public."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...experiments import get
from ...inference.search import limit
from ...physics import materials, models
from ...physics.processes.bremsstrahlung_table import load_table
from ...yields.acceptance.recoil_electrons import cut_flow, electrons_behind
from .check import Check

DARKSHINE = "github.com/SII-inpac-Chuangqi/darkshine-analysis, Baseline1p6/figureMaker/Limits"
CROSS_SECTIONS = (
    (0.001, 1.447e13), (0.002, 7.27e12), (0.010, 5.8246e11), (0.020, 1.52e11), (0.050, 1.95e10),
    (0.100, 3.164e9), (0.200, 4.29e8), (0.500, 1.17e7), (0.700, 1.72e6), (1.000, 1.1914e5),
    (1.500, 2628.1), (2.000, 125.89),
)  # fmt: skip
"""Mass in GeV, and cross-section of 8 GeV electrons on tungsten in pb at epsilon = 1: CalcHEP, in
DarkSHINE's sigEffAndLimit.C."""
DARKSHINE_9E14 = (
    (0.001, 2.28451e-13), (0.002, 3.71812e-13), (0.010, 4.21074e-12), (0.020, 1.63381e-11),
    (0.050, 1.287e-10), (0.100, 7.81849e-10), (0.200, 5.59498e-09), (0.500, 1.9444e-07),
    (0.700, 1.3063e-06), (1.000, 1.88729e-05), (1.500, 0.000914801), (2.000, 0.0214664),
)  # fmt: skip
"""Mass in GeV, and epsilon^2 at 90 % CL with 9e14 electrons: PlotLimit.C."""
LDMX_4E14 = (
    (0.001, 6.5e-13), (0.005, 3.5e-12), (0.010, 1.2e-11), (0.020, 5e-11), (0.030, 1.6e-10),
    (0.040, 2.9e-10), (0.100, 3e-9), (0.200, 2.2e-8), (0.300, 1.3e-7), (0.400, 5e-7),
)  # fmt: skip
"""The same of LDMX at 4 GeV with 4e14 electrons, as read off its figure by DarkSHINE."""
LDMX_RECOIL = ((0.001, 0.947), (0.010, 0.807), (0.100, 0.771), (1.000, 0.652))
"""Mass in GeV, and share of simulated bosons above 4 GeV whose recoil has 50 MeV at production and
five hits in the tracker of LDMX at 8 GeV."""
LDMX_ANALYSIS = "github.com/tvami/LDMX-MissingMomentumSearch, INPUTS_v492.md"
LDMX_GAIN = 1000.0
"""Improvement of LDMX on previous results: up to three orders of magnitude."""
_GROWTH = "theirs grows by 2.0 from 2 to 1 MeV, ours by 2.3; see docs"
_LIBRARY = "their vertices are scaled from a library of events at other energies; ours are exact"


def checks() -> list[Check]:
    """Cross-sections on tungsten, sensitivities of DarkSHINE and LDMX, and recoils of LDMX."""
    table = load_table(materials.element("W"))
    found = [
        Check(
            f"e- W -> e- W A', 8 GeV, {mass:g} GeV (pb)",
            float(table.above(8.0, mass)),
            reference,
            0.05,
            "form factor and integration error of the reference",
            f"{DARKSHINE}/sigEffAndLimit.C",
            open_because=_GROWTH if mass == CROSS_SECTIONS[0][0] else "",
        )
        for mass, reference in CROSS_SECTIONS
    ]
    found += _sensitivities(
        "darkshine-9e14", DARKSHINE_9E14, 0.15, "efficiency of tracks and vetoes assumed: 0.8"
    )
    found += _sensitivities(
        "ldmx-4gev",
        LDMX_4E14,
        0.30,
        "read off a figure by others; efficiency of the vetoes at 8 GeV",
    )
    found += [
        Check(
            f"ldmx-8gev: recoils in acceptance at {1e3 * mass:g} MeV",
            recoils_in_acceptance(mass),
            share,
            0.05,
            "spectra of a library; statistical error of ours 0.5 %",
            LDMX_ANALYSIS,
            open_because=_LIBRARY if mass == 0.1 else "",
        )
        for mass, share in LDMX_RECOIL
    ]
    return [*found, _gain()]


def recoils_in_acceptance(mass: float) -> float:
    """Share of recoil electrons of LDMX at 8 GeV that are tracked, of bosons above 4 GeV.

    Parameters
    ----------
    mass : float
        Mass in GeV.

    Returns
    -------
    float
        Recoils of 50 MeV that hit the stations of the file, sampled with a fixed seed.
    """
    setup = get("ldmx-8gev").runs[0].setup
    demands = replace(
        setup.asked_recoil,
        calorimeter_resolution=(0.0, 0.0),
        max_calorimeter=4.0,
        max_outgoing=100.0,
        min_outgoing=0.05,
        veto_acceptance=1.0,
    )
    asked = replace(setup, recoil=demands)
    flow, _ = cut_flow(asked, electrons_behind(asked, mass, "vector", count=32_000, seed=(3, 0)))
    return float(flow[-1] / flow[1])


def largest_gain() -> float:
    """Largest ratio in y of what NA64 excludes to what LDMX would at 8 GeV, 1 MeV to 1 GeV."""
    masses = np.geomspace(1e-3, 1.0, 25)
    dark = models.get("dark-photon", {})
    now, then = (
        limit(name, dark, masses=masses).observed for name in ("na64e-2016-2022", "ldmx-8gev")
    )
    return float(np.max((now / then) ** 2))


def _gain() -> Check:
    return Check(
        "ldmx-8gev: largest gain in y over na64e-2016-2022",
        largest_gain(),
        LDMX_GAIN,
        0.6,
        "three orders of magnitude: a power of ten, within a factor 1.6",
        "arXiv:2508.11833, abstract",
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
