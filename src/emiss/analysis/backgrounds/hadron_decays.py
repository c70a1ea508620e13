"""Kaons of a muon beam that decay to a slow muon before the target.

The spectrometer before the target measures a kaon of the beam's momentum; K -> mu nu gives a muon
of less than the threshold, which crosses the target like a scattered muon of the signal. Muons of
pions are never that slow: E_mu/E_pi > (m_mu/m_pi)^2 = 0.57. Decays are drawn evenly on the way
and weighted with their probability; the muon is scattered in the target and must hit the counters.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...events.bank import Bank
from ...events.beam import beam_charge, rays
from ...events.decays import CHANNELS, decay_into
from ...events.hadrons import interaction_length_cm
from ...events.kinds import KINDS, LIFETIMES, MASSES
from ...experiments.beam import Beam
from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...experiments.setup import Setup
from ...ground.quantity import Quantity
from ...physics.materials import get
from ...yields.acceptance.recoil import scattered
from ...yields.acceptance.recoil_cuts import RecoilSample, hits_planes, pass_below
from .base import Estimate, Input, Question, Source
from .beam_decays import flight
from .contamination import KAONS as AT_EXPERIMENT

__all__ = ["SOURCE", "kaon_fraction"]

CITATIONS = ("ParticleDataGroup:2024cfk",)
HADRONS: Final = Input(
    "pions-per-muon",
    "pions per muon of the beam behind the absorbers",
    Quantity(1e-6, 4e-6, "", "M2 beam line, which document is not known", "recalled",
             "of this order or below; the error reaches to what a derivation from the line gives"),
)  # fmt: skip
ABSORBER: Final = Input(
    "absorber-length",
    "length of the beryllium absorbers, cm",
    Quantity(990.0, 0.0, "", "M2 beam line: nine of 1.1 m", "recalled", "medium confidence"),
)
KAONS: Final = Input(
    AT_EXPERIMENT.key, "kaons over pions in front of the absorbers", AT_EXPERIMENT.quantity
)
_INPUTS: Final = (HADRONS, ABSORBER, KAONS)


def kaon_fraction(question: Question, energy: float, sign: str) -> tuple[float, float]:
    """Kaons per muon of the beam: absorbers let more of them through than pions.

    Parameters
    ----------
    question : Question
        With stated inputs.
    energy : float
        In GeV.
    sign : str
        Charge, ``+`` or ``-``.

    Returns
    -------
    tuple of float
        Fraction, and its relative error.
    """
    beryllium = get("Be")
    lengths = [interaction_length_cm(beryllium, energy, f"{name}{sign}") for name in ("pi", "K")]
    hadrons, absorber, kaons = question.inputs(*_INPUTS)
    gain = math.exp(absorber.value * (1.0 / lengths[0] - 1.0 / lengths[1]))
    error = math.hypot(hadrons.relative_error, kaons.relative_error)
    return hadrons.value * kaons.value * gain, error


def _muons(
    beam: Beam, way: tuple[float, float], sign: str, count: int, random: np.random.Generator
) -> Bank:
    """Muons of kaons, where they were made."""
    start, front = way
    z = start + (front - start) * random.random(count)
    kinds = np.full(count, KINDS.index(f"K{sign}"))
    parents = rays(beam, np.arange(count), kinds, z, random)
    made = decay_into(parents, (f"mu{sign}", "neutrino"), random)
    return made.take(made.kind == KINDS.index(f"mu{sign}"))


def _share(
    beam: Beam,
    setup: Setup,
    way: tuple[float, float],
    sign: str,
    count: int,
    random: np.random.Generator,
) -> tuple[float, float]:
    """Share of decays that end in the signal region, and its statistical error."""
    muons = _muons(beam, way, sign, count, random)
    slope = np.stack([muons.ux, muons.uy], axis=1) / muons.uz[:, None]
    place = np.stack([muons.x, muons.y], axis=1) + slope * (way[1] - muons.z)[:, None]
    depth = np.full(len(muons), setup.length / setup.material.radiation_length_cm)
    length = np.full(len(muons), setup.length)
    normal = random.standard_normal((len(muons), 4))
    momentum = np.maximum(muons.momentum, 1.0)
    slope, place = scattered(slope, place, momentum, (depth, length), normal)
    # of the order of a GeV of 10 to 80 is lost on the way, far below the cut on the energy
    ones = np.ones(len(muons))
    sample = RecoilSample(momentum, place, slope, 0.0 * ones, ones)
    recoil = setup.asked_recoil
    weight = hits_planes(setup, sample) * pass_below(
        momentum, recoil.max_outgoing, recoil.outgoing_resolution
    )
    weight = weight * recoil.veto_acceptance
    return float(weight.mean()), float(weight.std() / math.sqrt(count))


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    setup, way = modes()[layout.mode].setup(layout), flight(layout)
    sign = "+" if beam_charge(layout.beam) > 0 else "-"
    fraction, relative = kaon_fraction(question, setup.beam_energy, sign)
    number = KINDS.index("K-")
    branching = next(share for share, final in CHANNELS["K-"] if final == ("mu-", "neutrino"))
    length = way[1] - way[0]
    per_cm = MASSES[number] / setup.beam_energy / LIFETIMES[number]
    chance = float(-np.expm1(-length * per_cm))
    share, error = _share(
        layout.beam, setup, way, sign, 100 * question.events, question.random("kaons")
    )
    scale = fraction * chance * branching
    steps = {
        "kaons per muon": fraction,
        "length of the way, cm": length,
        "share of kaons that decay on it": chance,
        "share of their muons in the signal region": share,
    }
    return Estimate(
        scale * share, scale * error, {"kaons": relative * scale * share}, steps,
        question.inputs(*_INPUTS),
    )  # fmt: skip


def _applies(layout: Layout) -> bool:
    start, front = flight(layout)
    return layout.beam.particle in ("mu-", "mu+") and start < front


SOURCE = Source(
    "hadron-decays",
    "kaons of the muon beam that decay to slow muons before the target",
    ("missing-momentum",),
    "Monte Carlo of K -> mu nu between magnet and target, times kaons behind the absorbers",
    _estimate,
    _applies,
    _INPUTS,
)
