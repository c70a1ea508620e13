"""Relic abundances, magnetic moments, direct detection, and curves of others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from emiss import models
from emiss.physics.constraints import direct_detection, magnetic_moments, moment_coverage, x17
from emiss.physics.constraints.cosmology import (
    boltzmann,
    mediators,
    relic,
    textbook,
    thermal_average,
    thermal_lines,
)
from emiss.physics.constraints.cosmology.annihilation_rate import (
    DarkStates,
    annihilation_channel,
    pole_widths,
)
from emiss.physics.constraints.cosmology.degrees_of_freedom import SAIKAWA_SHIRAI
from emiss.physics.constraints.curves import conversion
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.curves.recast import Displacement, recast

KINDS = ("scalar", "majorana", "dirac", "pseudo-dirac")
TEMPERATURES = np.geomspace(1e-4, 0.05, 5)


def _relic(kind: str, mode: str) -> object:
    masses = np.array([0.002, 0.03, 0.2, 0.45])
    line = relic.relic_coupling(masses, kind, mode=mode)
    other = relic.relic_coupling(masses[1:3], kind, alpha_dark=0.5, mass_ratio=2.2, mode=mode)
    return [line.coupling, line.y, line.x_freeze_out, other.coupling]


def _annihilation(kind: str, mediator: str) -> object:
    made = (
        mediators.dark_photon_mediator()
        if mediator == "dark-photon"
        else mediators.mediator_from_model(models.get(mediator))
    )
    dark = DarkStates(0.02, 0.06, kind, 0.1, 0.1 if kind == "pseudo-dirac" else 0.0)
    channel = annihilation_channel(made, dark, 1e-8)
    problem = boltzmann.freeze_out(channel)
    return [
        channel.pair_weight,
        channel.species,
        channel.thresholds,
        channel.cross_section(np.array([0.00165, 0.002, 0.0036, 0.01])),
        pole_widths(made, dark),
        thermal_average.thermal_average(channel, TEMPERATURES),
        thermal_average.log_thermal_average(channel, TEMPERATURES),
        problem.final_yield(1.0),
        boltzmann.omega_h2(0.02, problem.final_yield(1.0)),
        [textbook.partial_wave(channel), textbook.textbook_coupling_squared(channel, 0.12)]
        if kind != "pseudo-dirac"
        else [],
        relic.relic_abundance(made, dark, 1e-4),
    ]


def _moments(lepton: str) -> object:
    masses = np.array([1e-4, 0.01, 0.1, 1.0])
    bands = [
        magnetic_moments.coupling_band(boson, masses, lepton, name)
        for name in magnetic_moments.reference_names(lepton)
        for boson in ("vector", "scalar", "pseudoscalar", "axial")
    ]
    limit = np.array([1e-4, 6e-4, 1e-3, 1e-2])
    return [
        [(band.lower, band.upper) for band in bands],
        [moment_coverage.excluded_share(band, limit) for band in bands],
        [
            magnetic_moments.coupling_upper_bound(boson, masses, lepton)
            for boson in ("vector", "scalar")
        ],
    ]


def _direct(kind: str) -> object:
    masses = np.array([1e-3, 0.02, 0.5])
    return [
        [
            direct_detection.sigma_from_y(1e-10, masses, kind, target),
            direct_detection.y_from_sigma(1e-40, masses, kind, target, 4.0),
        ]
        for target in ("electron", "nucleon")
    ]


def _recast(source: str, target: str, signature: str) -> object:
    masses = np.geomspace(2e-3, 0.6, 9)
    near = signature == "visible"
    curve = Overlay(
        "toy", masses, np.geomspace(1e-5, 3e-5, 9), "epsilon",
        np.geomspace(1e-3, 1e-4, 9) if near else None,
    )  # fmt: skip
    found = recast(
        curve, models.get(source, {"dark_matter": "none"} if near else {}), models.get(target),
        signature=signature,
        displacement=Displacement(shield_cm=100.0, decay_cm=300.0, energy=30.0) if near else None,
    )  # fmt: skip
    return [found.masses, found.lower, found.upper]


def _average() -> object:
    temperatures = np.geomspace(1e-5, 100.0, 12)
    return [
        SAIKAWA_SHIRAI.energy(temperatures),
        SAIKAWA_SHIRAI.entropy(temperatures),
        SAIKAWA_SHIRAI.sqrt_g_star(temperatures),
    ]


RECIPES: dict[str, Callable[[], object]] = {
    "degrees of freedom": _average,
    "thermal lines": lambda: [
        [
            thermal_lines.table_line(np.geomspace(1e-3, 0.5, 7), kind),
            thermal_lines.thermal_line(np.geomspace(1e-3, 0.5, 7), kind, 0.5, 2.5).coupling,
        ]
        for kind in KINDS
    ],
    "X17": lambda: [(h, h.band) for h in x17.HINTS],
    "thermal variable": lambda: [
        mediators.thermal_variable(1e-4, 0.1, 3.0),
        conversion.y_from_epsilon(np.array([1e-5, 1e-3]), 0.3, 2.5),
        conversion.epsilon_from_y(np.array([1e-12, 1e-9]), 0.3, 2.5),
    ],
    "leptons of a mediator": lambda: mediators.lepton_ratio(
        np.array([0.01, 0.3, 4.0]), {"e": 1.0, "mu": -1.0}, 1.5
    ),
}
RECIPES |= {f"relic line, {k}, {m}": partial(_relic, k, m) for k in KINDS for m in ("full", "fast")}
RECIPES |= {
    f"annihilation of {kind} through {mediator}": partial(_annihilation, kind, mediator)
    for kind in KINDS
    for mediator in ("dark-photon", "b-l", "lmu-ltau")
}
RECIPES |= {f"moments of {lepton}": partial(_moments, lepton) for lepton in ("e", "mu")}
RECIPES |= {f"scattering of {kind}": partial(_direct, kind) for kind in ("scalar", "dirac")}
RECIPES |= {
    f"recast to {target}, {signature}": partial(_recast, "dark-photon", target, signature)
    for target, signature in (
        ("b-l", "invisible"), ("lmu-ltau", "invisible"), ("b-l", "visible"),
    )
}  # fmt: skip
