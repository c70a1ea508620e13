"""Hadrons to nothing: cross-sections, nuclei, and the published limits on eta and eta'."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from ... import experiments
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss_symmetric
from ...inference.search import limit
from ...physics import materials
from ...physics.models.invisible_meson import InvisibleMeson
from ...physics.processes import charge_exchange as exchange
from ...physics.processes import hadron_nucleus as nucleus
from .check import Check

NA64H: Final = "arXiv:2406.01990"
PUBLISHED: Final = {"eta": 1.1e-4, "eta-prime": 2.1e-4}
"""Limits on branching fractions, two digits."""
BY_HAND: Final = {
    "pi0": 7.85,
    "eta": 2.51,
    "eta-prime": 1.26,
    "omega": 2.03,
    "f2": 2.06,
    "K0": 4.29,
}
"""Cross-sections on a proton at 50 GeV in ub, worked out apart from the program."""
POWER_LAWS: Final = {"pi0": (122.0, 1.23), "eta": (78.8, 1.53)}
"""Coefficient in ub and power of s/(10 GeV^2) of fits to total cross-sections."""
BARASHENKOV_MB: Final = {"C": 176.0, "Fe": 585.0, "Cu": 630.0, "Pb": 1530.0}
"""Inelastic cross-sections of pions of 50 GeV."""
_UB: Final = 1e-6


def checks() -> list[Check]:
    """Cross-sections on protons and nuclei, and limits on branching fractions."""
    return [
        *_by_hand(),
        *_integrals(),
        *_power_laws(),
        *_optical_theorem(),
        *_nuclei(),
        *_limits(),
    ]


def _by_hand() -> Iterator[Check]:
    for meson, reference in BY_HAND.items():
        beam = "K-" if meson == "K0" else "pi-"
        yield Check(
            f"{beam} p -> {meson}, 50 GeV (ub)",
            _UB * float(exchange.cross_section_pb(meson, 50.0, beam)),
            reference,
            0.01,
            "three digits",
            "arXiv:2312.01703, evaluated by hand",
            independent=False,
        )


def momentum_integral(meson: str, energy: float, power: int) -> float:
    """Integral of t^n d sigma/dt over all t, in pb GeV^2n, by quadrature.

    Parameters
    ----------
    meson : str
        One of `exchange.MESONS` but K0, whose shape in t is not known.
    energy : float
        Beam energy in GeV.
    power : int
        The power n.

    Returns
    -------
    float
        Gauss-Legendre with 200 nodes up to 8 GeV^2, behind which exp(-c t) is below 1e-30.
    """
    nodes, weights = gauss_symmetric(200)
    t = 4.0 * (nodes + 1.0)
    values = exchange.differential_cross_section_pb(meson, energy, t)
    return float(4.0 * weights @ (values * t**power))


def _integrals() -> Iterator[Check]:
    random = np.random.default_rng(13)
    drawn = 200_000
    for meson in ("pi0", "eta", "eta-prime", "omega", "f2"):
        total = momentum_integral(meson, 50.0, 0)
        yield Check(
            f"pi- p -> {meson} n, 50 GeV, integral over t (ub)",
            _UB * total,
            _UB * float(exchange.cross_section_pb(meson, 50.0)),
            1e-10,
            "rounding of the quadrature",
            "total in closed form",
        )
        sample = exchange.sample_momentum_transfer(meson, 50.0, drawn, random)
        yield Check(
            f"pi- p -> {meson} n, 50 GeV, mean t of {drawn} drawn (GeV^2)",
            float(np.mean(sample)),
            momentum_integral(meson, 50.0, 1) / total,
            0.01,
            "more than four standard deviations, 1/sqrt(2e5) = 0.22 % of the mean each",
            "integral of d sigma/dt",
        )


def scaled_energy(energy: FloatArray) -> FloatArray:
    """Squared energy of a pion on a proton at rest over 10 GeV^2, from its energy in GeV."""
    masses = const.PROTON_MASS**2 + const.CHARGED_PION_MASS**2
    return np.asarray((masses + 2.0 * const.PROTON_MASS * energy) / 10.0)


def _power_laws() -> Iterator[Check]:
    energy = np.geomspace(10.0, 200.0, 61)
    for meson, (scale, power) in POWER_LAWS.items():
        fit = scale * scaled_energy(energy) ** -power
        ratio = _UB * exchange.cross_section_pb(meson, energy) / fit
        worst = ratio[np.argmax(np.abs(np.log(ratio)))]
        yield Check(
            f"pi- p -> {meson} n over {scale:g} ub x^-{power:g}, farthest of 10 to 200 GeV",
            float(worst),
            1.0,
            0.06,
            "two fits to the same data",
            "totals in Geant4 11.2, eta with its branching divided out",
        )


def forward_by_optical_theorem(energy: float) -> float:
    """Forward d sigma/dt of pi- p -> pi0 n from total cross-sections of charged pions, in ub/GeV^2.

    Parameters
    ----------
    energy : float
        Energy of the pion in GeV.

    Returns
    -------
    float
        (1 + tan^2(pi a/2)) (Delta sigma)^2/(32 pi) with the intercept a = 1 - 0.5486 and
        Delta sigma = 2 x 1.767 mb (s/s_M)^-0.5486 of the Particle Data Group's fit, by isospin.
    """
    s = 10.0 * float(scaled_energy(np.array(energy)))
    scale = (const.CHARGED_PION_MASS + const.PROTON_MASS + 2.1206) ** 2
    difference = 2.0 * 1.767 * math.pow(s / scale, -0.5486)
    phase = 1.0 + math.tan(0.5 * math.pi * (1.0 - 0.5486)) ** 2
    # Lengths squared from GeV^-2 to mb, and the result to ub.
    return 1e3 * phase * difference**2 / (32.0 * math.pi * const.GEV2_CM2 * 1e27)


def _optical_theorem() -> Iterator[Check]:
    for energy in (20.0, 50.0, 100.0):
        found = exchange.differential_cross_section_pb("pi0", energy, 0.0)
        yield Check(
            f"pi- p -> pi0 n, {energy:g} GeV, forward d sigma/dt (ub/GeV^2)",
            _UB * float(found),
            forward_by_optical_theorem(energy),
            0.25,
            "one trajectory; exponent of the difference recalled",
            "optical theorem, isospin, fit of the Particle Data Group to total cross-sections",
        )


def _nuclei() -> Iterator[Check]:
    for symbol, reference in BARASHENKOV_MB.items():
        yield Check(
            f"pions of 50 GeV on {symbol}, inelastic, Glauber (mb)",
            nucleus.glauber(materials.element(symbol).A, nucleus.ABSORPTION_MB["pi-"])[0],
            reference,
            0.05,
            "one density for all nuclei",
            "Barashenkov's evaluation",
        )


def _limits() -> Iterator[Check]:
    found = {
        meson: float(limit("na64h-2023", InvisibleMeson(meson)).observed[0]) for meson in PUBLISHED
    }
    yield Check(
        "na64h-2023: limit on Br(eta' -> inv) over that on Br(eta -> inv)",
        found["eta-prime"] / found["eta"],
        PUBLISHED["eta-prime"] / PUBLISHED["eta"],
        0.05,
        "two digits each; cross-sections on a proton and nothing else",
        NA64H,
    )
    for meson, value in found.items():
        yield Check(
            f"na64h-2023: limit on Br({meson} -> inv)",
            value,
            PUBLISHED[meson],
            0.05,
            "two digits; the efficiency is fitted to eta, eta' is a prediction",
            NA64H,
            independent=meson != "eta",
        )
    yield Check(
        "na64h-2023: fitted efficiency",
        float(experiments.get("na64h-2023").runs[0].efficiency.values[0]),
        0.4,
        0.5,
        "0.2 to 0.6, as searches with other beams have it",
        "plausible range",
    )
