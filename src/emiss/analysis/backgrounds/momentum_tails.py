"""Beam muons whose momentum behind the target is measured far too low.

A muon that keeps its momentum must still hit counters beside the beam: the Gaussian of multiple
scattering never takes it there, single elastic scatters on the target's protons do,

    dsigma/dt = 4 pi alpha^2/t^2 G^2(t),   G = (1 + t/0.71 GeV^2)^-2,

with t = (p theta)^2; nuclei as a whole do not scatter that far, and inelastic scatters at the same
angle are left out. The angle must carry it past the inner edges of all planes, which leaves a
window in azimuth. This times the tail of the momentum resolution, as the layout states it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import ALPHA, AVOGADRO, GEV2_CM2
from ...yields.acceptance.recoil_cuts import RecoilSample, hits_planes, pass_below
from .base import Estimate, Question, Source

__all__ = ["SOURCE", "hard_scatters"]

_DIPOLE: Final = 0.71
_LEAST_ANGLE: Final = 2e-3
_MOST_ANGLE: Final = 0.1


def _cross_section(t: FloatArray) -> FloatArray:
    """D sigma/dt per proton in cm^2/GeV^2."""
    return np.asarray(4.0 * math.pi * ALPHA**2 / t**2 * (1.0 + t / _DIPOLE) ** -4 * GEV2_CM2)


def hard_scatters(setup: Setup, count: int, random: np.random.Generator) -> tuple[float, float]:
    """Share of beam muons that a single scatter on a proton sends into all counters.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    count : int
        Scatters to draw.
    random : Generator
        Random numbers.

    Returns
    -------
    tuple of float
        Share and its statistical error.
    """
    momentum = setup.beam_energy
    low, high = (momentum * _LEAST_ANGLE) ** 2, (momentum * _MOST_ANGLE) ** 2
    protons = setup.length * setup.material.density * AVOGADRO * sum(
        part.mass_fraction * part.element.Z / part.element.A for part in setup.material.components
    )  # fmt: skip
    t = low * (high / low) ** random.random(count)
    weight = _cross_section(t) * t * math.log(high / low) * protons
    angle, turn = np.sqrt(t) / momentum, 2.0 * math.pi * random.random(count)
    recoil = setup.asked_recoil
    slope = recoil.beam_divergence * random.standard_normal((count, 2))
    slope += angle[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    before = setup.length * random.random(count)
    place = recoil.beam_size * random.standard_normal((count, 2)) + slope * before[:, None]
    ones = np.ones(count)
    sample = RecoilSample(momentum * ones, place, slope, 0.0 * ones, ones)
    # what goes to the proton, t/2m, stays below the cut on the energy where that is a few GeV
    seen = weight * hits_planes(setup, sample) * (t / 1.877 < recoil.max_calorimeter)
    return float(seen.mean()), float(seen.std() / math.sqrt(count))


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    setup = modes()[layout.mode].setup(layout)
    recoil = setup.asked_recoil
    share, error = hard_scatters(setup, 100 * question.events, question.random("scatters"))
    momentum = np.array([setup.beam_energy])
    tail = float(pass_below(momentum, recoil.max_outgoing, recoil.outgoing_resolution)[0])
    scale = tail * recoil.veto_acceptance
    steps = {
        "share of muons that a hard scatter sends into the counters": share,
        "share of them whose momentum is measured below the cut": tail,
    }
    shifts = {"tail of the momentum, all of it": scale * share, "inelastic scatters": scale * share}
    return Estimate(scale * share, scale * error, shifts, steps)


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("mu-", "mu+") and bool(layout.role("outgoing-spectrometer"))


SOURCE = Source(
    "momentum-tails",
    "beam muons whose momentum behind the target is measured too low",
    ("missing-momentum",),
    "single scatters on protons into the counters, times the stated tail of the momentum",
    _estimate,
    _applies,
)
