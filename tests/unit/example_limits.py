"""Limits with known numbers, for tests of figures and files."""

import math

import numpy as np

from emiss.ground.provenance import InputLabel, Provenance
from emiss.inference.limit import Limit

PROVENANCE = Provenance(
    command="emiss limit toy",
    inputs_sha256="0" * 64,
    method="deterministic",
    inputs=(InputLabel("run 1: efficiency", 0.5, "fitted", "toy"),),
    seed=None,
    versions={"emiss": "0.1.0", "python": "3.11"},
)


def open_limit(count: int = 7, **changes) -> Limit:
    """Excluded from epsilon = 1e-5 (m / MeV)^(1/2) up; y with alpha_D = 0.1, m_A' = 3 m_chi."""
    masses = np.geomspace(1e-3, 1.0, count)
    median = 1e-5 * np.sqrt(masses / 1e-3)
    factors = {"-2": 0.8, "-1": 0.9, "0": 1.0, "1": 1.25, "2": 1.5}
    share = np.linspace(0.0, 1.0, count)
    values = {
        "experiment": "toy",
        "experiment_title": "TOY e- 2030",
        "model": "dark-photon",
        "model_parameters": {"alpha_dark": 0.1, "mass_ratio": 3.0, "dark_matter": "scalar"},
        "coupling_name": "epsilon",
        "coupling_label": r"\epsilon",
        "masses": masses,
        "observed": 1.1 * median,
        "expected": {band: factor * median for band, factor in factors.items()},
        "method": "cls",
        "cl": 0.9,
        "shares": {"bremsstrahlung": 1.0 - share, "annihilation": share},
        "signal_events": np.full(count, math.log(10.0)),
        "particles_on_target": 9.4e11,
        "beam_label": "100 GeV e-",
        "provenance": PROVENANCE,
        "citations": ("Tsai:1973py", "arXiv:1609.06781"),
        "dark_matter_mass": masses / 3.0,
        "y": (1.1 * median) ** 2 * 0.1 / 81.0,
        "warnings": (),
    }
    return Limit(**(values | changes))


def island_limit() -> Limit:
    """Nothing excluded at both ends, open above at the second mass, closed at the others."""
    nan = math.nan
    observed = np.array([nan, 1e-4, 1.1e-4, 1.2e-4, 1.5e-4, nan])
    upper = np.array([nan, math.inf, 1e-2, 1e-3, 2e-4, nan])
    expected = {
        b: observed * f
        for b, f in zip(("-2", "-1", "0", "1", "2"), (0.8, 0.9, 1, 1.1, 1.2))  # noqa: B905
    }
    return open_limit(
        6,
        observed=observed,
        observed_upper=upper,
        expected=expected,
        model_parameters={"dark_matter": "none"},
        dark_matter_mass=None,
        y=None,
        warnings=("toy, <b>not</b> real",),
    )
