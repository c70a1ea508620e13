"""Beam particles: the beam as it is, and beams of one of its contaminations alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...experiments.elements.calorimeter import Calorimeter
from ...experiments.layout import Layout
from ..bank import Bank
from ..beam import beam_charge, sample_beam
from ..chain import upstream_layers
from ..context import Context, Options
from ..hadronic import LEAST_BEAM
from ..kinds import HADRONS, KINDS, kind_number
from .base import Primaries, Sample

__all__ = ["SAMPLES"]


def _beam(context: Context, event: NDArray[np.int64]) -> Bank:
    return sample_beam(context.layout, event, context.generator("beam"))


def _only(negative: str, positive: str) -> Primaries:
    def primaries(context: Context, event: NDArray[np.int64]) -> Bank:
        charged = beam_charge(context.layout.beam) > 0
        kinds = np.full(event.size, KINDS.index(positive if charged else negative))
        return sample_beam(context.layout, event, context.generator("beam"), kinds)

    return primaries


def _main(context: Context, event: NDArray[np.int64]) -> Bank:
    kinds = np.full(event.size, kind_number(context.layout.beam.particle))
    return sample_beam(context.layout, event, context.generator("beam"), kinds)


def _has_pair(context: Context) -> NDArray[np.bool_]:
    none = np.zeros(context.particles)
    return np.asarray(context.truth.get("muon_pairs", none) > 0)


def _has_interaction(context: Context) -> NDArray[np.bool_]:
    none = np.zeros(context.particles)
    return np.asarray(context.truth.get("hadronic_upstream", none) > 0)


def _no_pair(layout: Layout, options: Options) -> str:
    if options.dimuon_bias == 0.0:
        return (
            "dimuon_bias = 0 leaves muon pairs out, and only events with a pair are recorded; "
            "1 is their natural rate, 10 000 the default"
        )
    if layout.beam.particle not in ("e-", "e+"):
        return (
            "photons of electrons' showers convert to muon pairs, and the beam is of "
            f"{layout.beam.label}"
        )
    parts = layout.role("target")
    if not any(isinstance(part, Calorimeter) for part in parts):
        return "photons convert in the shower of a calorimeter, and " + ", ".join(
            f"'{part.name}' is of kind {part.kind}" for part in parts
        )
    return ""


def _no_interaction(layout: Layout, options: Options) -> str:
    beam = layout.beam
    if beam.particle not in ("e-", "e+") and kind_number(beam.particle) not in HADRONS:
        return f"electrons and hadrons interact hadronically, and the beam is of {beam.label}"
    if beam.energy <= LEAST_BEAM:
        return (
            f"beam particles interact hadronically from {LEAST_BEAM:g} GeV on, and the beam has "
            f"{beam.momentum.text}"
        )
    if not upstream_layers(layout, options.gaps):
        return "there is no matter before the first calorimeter"
    return ""


SAMPLES = (
    Sample("beam", "the beam with its contaminations", _beam),
    Sample("muon", "muons of the beam's momentum and charge", _only("mu-", "mu+")),
    Sample("pion", "pions of the beam's momentum and charge", _only("pi-", "pi+")),
    Sample("kaon", "kaons of the beam's momentum and charge", _only("K-", "K+")),
    Sample("proton", "protons or antiprotons of the beam's momentum", _only("pbar", "p")),
    Sample(
        "electronuclear",
        "beam particles that interact hadronically before the first calorimeter, with weights",
        _main,
        {"electronuclear_bias": 1e4},
        _has_interaction,
        _no_interaction,
    ),
    Sample(
        "dimuon",
        "beam particles whose photons convert to muon pairs in the target more often, with weights",
        _main,
        {"dimuon_bias": 1e4},
        _has_pair,
        _no_pair,
    ),
)
