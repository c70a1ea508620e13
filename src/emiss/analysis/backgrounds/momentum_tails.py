"""Beam muons whose momentum behind the target is measured far too low.

A muon that keeps its momentum must still hit counters beside the beam: the Gaussian of multiple
scattering never takes it there, a single scatter on a nucleon of the target does, of which
calorimeters and vetoes must see nothing (`hard_scatters`). This times the tail of the momentum
resolution, as the layout states it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.hadrons import MODELS
from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.quantity import Quantity
from ...yields.acceptance.recoil_cuts import pass_below
from .base import Estimate, Input, Question, Source
from .hard_scatters import Scatters, broken_scatters, quiet, whole_scatters

__all__ = ["SOURCE"]

_ERROR: Final = 0.2
"""Relative error of scattering on nucleons: structure functions, resonances, binding."""
VETO: Final = Input(
    "hadrons-unseen",
    "energy of hadrons in GeV that the veto behind the target does not see",
    Quantity(
        1.5, 0.0, "", "a public analysis of later electron runs", "published",
        "the cut on their veto calorimeter; taken for the muon runs",
    ),
)  # fmt: skip


def _kept(scatters: Scatters, chosen: NDArray[np.bool_]) -> Scatters:
    return Scatters(
        scatters.weight[chosen], scatters.loss[chosen], scatters.direction[chosen],
        scatters.depth[chosen], scatters.hit[chosen], scatters.hadron,
    )  # fmt: skip


def _mean(values: FloatArray, count: int) -> tuple[float, float]:
    """Mean over drawn scatters, of which only some are given, and its statistical error."""
    mean = float(values.sum()) / count
    return mean, math.sqrt(max(float((values**2).sum()) / count - mean**2, 0.0) / count)


def _shares(
    question: Question, setup: Setup, scatters: Scatters, veto: float, model: str
) -> tuple[float, float, float]:
    """Share of muons in the counters, share of which nothing is seen, and the error of that."""
    count, hits = scatters.weight.size, _kept(scatters, scatters.hit & (scatters.weight > 0.0))
    random = question.random("hadrons", scatters.hadron, model)
    unseen = quiet(question.layout, hits, setup.asked_recoil.max_calorimeter, veto, model, random)
    passed, error = _mean(hits.weight * unseen, count)
    return float(hits.weight.sum()) / count, passed, error


def _estimate(question: Question) -> Estimate:
    layout, veto = question.layout, question.input(VETO).value
    setup = modes()[layout.mode].setup(layout)
    recoil, random = setup.asked_recoil, question.random("scatters")
    count = 50 * question.events
    drawn = [make(setup, count, random) for make in (whole_scatters, broken_scatters)]
    first, second = MODELS
    found = [_shares(question, setup, one, veto, first) for one in drawn]
    other = [_shares(question, setup, one, veto, second) for one in drawn]
    loud = [_shares(question, setup, one, 2.0 * veto, first) for one in drawn]
    tail = float(
        pass_below(np.array([setup.beam_energy]), recoil.max_outgoing, recoil.outgoing_resolution)[
            0
        ]
    )
    # the stated efficiency of the vetoes is that for muons with nothing beside them
    scale = tail * recoil.veto_acceptance
    rate, changed, looser = (scale * sum(one[1] for one in part) for part in (found, other, loud))
    error = scale * math.hypot(*(one[2] for one in found))
    steps = {
        "share of muons that a nucleon which stays whole scatters into the counters": found[0][0],
        "share that a nucleon which breaks up scatters into the counters": found[1][0],
        "share of both of which calorimeters and vetoes see nothing": rate / scale,
        "share of them whose momentum is measured below the cut": tail,
    }
    shifts = {
        "tail of the momentum, all of it": rate,
        "veto that sees twice the energy": looser - rate,
        "hadron model": changed - rate,
        "scattering on nucleons": _ERROR * rate,
    }
    return Estimate(rate, error, shifts, steps, question.inputs(VETO))


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("mu-", "mu+") and bool(layout.role("outgoing-spectrometer"))


SOURCE = Source(
    "momentum-tails",
    "beam muons whose momentum behind the target is measured too low",
    ("missing-momentum",),
    "scatters on nucleons into the counters with hadrons followed, times the stated tail of the "
    "momentum",
    _estimate,
    _applies,
    (VETO,),
)
