"""Samples of the engines that follow particles, drawn with fixed seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from emiss import experiments, models
from emiss.yields.acceptance import recoil, recoil_cuts, recoil_electrons
from emiss.yields.engine import signal_yield
from emiss.yields.sampling.mesons import made_by_hadrons


def _setup(name: str) -> experiments.setup.Setup:
    return experiments.get(name).runs[0].setup


def _muons(boson: str) -> object:
    setup = _setup("na64mu-2022")
    sample = recoil.transport_to_counters(setup, 0.05, boson, count=20, seed=(3, 1))
    beam = recoil.beam_sample(setup, count=12, seed=(3, 2))
    many = recoil.transport_to_counters(setup, 0.05, boson, count=2000, seed=(3, 3))
    return [sample, beam, recoil_cuts.cut_flow(setup, many)]


def _electrons(boson: str) -> object:
    setup = _setup("ldmx-8gev")
    setup = replace(setup, recoil=replace(setup.asked_recoil, beam_divergence=2e-3))
    sample = recoil_electrons.electrons_behind(setup, 0.05, boson, count=12, seed=(3, 1))
    many = recoil_electrons.electrons_behind(setup, 0.05, boson, count=2000, seed=(3, 3))
    return [sample, recoil_electrons.lowest_share(setup), recoil_electrons.beam_nodes(setup),
            recoil_electrons.cut_flow(setup, many)]  # fmt: skip


def _mesons(meson: str) -> object:
    return made_by_hadrons(_setup("na64h-2023"), meson, 4000, (3, 0))[:40]


def _simulated(experiment: str, model: str, showers: int) -> object:
    masses = np.array([0.02, 0.2])
    signal = signal_yield(
        experiment, models.get(model), masses, engine="montecarlo", showers=showers, seed=5
    )
    return [
        signal.per_process(1e-4 * np.ones(2)),
        signal.errors(1e-4 * np.ones(2)),
        signal.effective_sizes(1e-4 * np.ones(2)),
        signal.cut_flow(),
    ]


RECIPES: dict[str, Callable[[], object]] = {
    f"muons behind a target, {b}": partial(_muons, b) for b in ("vector", "scalar")
}
RECIPES |= {f"electrons behind a target, {b}": partial(_electrons, b) for b in ("vector", "axial")}
RECIPES |= {f"sampled {m}": partial(_mesons, m) for m in ("eta", "omega")}
RECIPES |= {
    f"simulated {experiment}, {model}": partial(_simulated, experiment, model, showers)
    for experiment, model, showers in (
        ("na64e-2016", "dark-photon", 24),
        ("na64e-plus-2022", "scalar", 24),
        ("na64e-alp-2016-2018", "alp", 24),
        ("na64-visible-2017", "b-l", 24),
        ("na64mu-2022", "lmu-ltau", 60),
        ("ldmx-8gev", "dark-photon", 60),
        ("na64h-2023", "b-boson", 1000),
    )
}
