"""Closure: a signal of known coupling is put in by one route and found again by another."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

import emiss
from emiss.ground.quantity import Quantity

NAME = "na64e-2021-2022"
MASS = "10 MeV"
TOYS = 200


@functools.cache
def limit_of(count, acceptance=None):
    """Limit of the search, had it seen a count."""
    experiment = emiss.experiments.get(NAME)
    run = dataclasses.replace(experiment.runs[0], observed_count=Quantity(float(count)))
    seen = dataclasses.replace(experiment, runs=(run,))
    return float(emiss.limit(seen, masses=[MASS], acceptance=acceptance).observed[0])


def counts_of(signal, seed):
    """Counts of pseudo-experiments, with yield and background drawn from their uncertainties."""
    run = emiss.experiments.get(NAME).runs[0]
    random = np.random.default_rng(seed)
    on_target = run.particles_on_target
    sizes = [run.yield_uncertainty.value, on_target.uncertainty / on_target.value]
    signals = signal * np.prod([(1.0 + s) ** random.standard_normal(TOYS) for s in sizes], axis=0)
    relative = run.background.uncertainty / run.background.value
    backgrounds = run.background.value * (1.0 + relative) ** random.standard_normal(TOYS)
    return random.poisson(signals + backgrounds), run.background.value


def check(coupling, signal, per_squared, slack, seed, acceptance=None):
    """Coverage of the limit, and the coupling that the mean count stands for."""
    counts, background = counts_of(signal, seed)
    covered = np.mean([limit_of(int(n), acceptance) >= coupling for n in counts])
    # 200 trials of 0.9: four standard errors of 0.021
    assert covered >= 0.9 - 4.0 * np.sqrt(0.09 / TOYS)
    found = np.sqrt((counts.mean() - background) / per_squared)
    spread = counts.std() / np.sqrt(TOYS)
    assert abs(found / coupling - 1.0) < 4.0 * 0.5 * spread / signal + slack


@pytest.mark.parametrize("coupling", [2.5e-5, 5e-5, 1e-4])
def test_an_injected_signal_is_covered_and_recovered(coupling):
    """The signal comes from the Monte Carlo engine, the limit from the deterministic one.

    200 pseudo-experiments. Limits of exactly 90 % coverage fail with probability 9e-5 (binomial,
    fewer than 163 of 200); CLs covers more. The coupling of the mean count may be off by four
    standard errors (6e-5) and by 2.5 %: 1.5 % are the statistics of 8000 showers, 1 % the means of
    log-normal factors whose medians are 1.
    """
    injected = emiss.yields(NAME, masses=[MASS], engine="montecarlo", showers=8000, seed=4)
    expected = emiss.yields(NAME, masses=[MASS])
    signal = float(injected.events(np.array([coupling])).sum())
    per_squared = float(expected.events(np.array([coupling])).sum()) / coupling**2
    check(coupling, signal, per_squared, 0.025, seed=int(1e7 * coupling))


@pytest.mark.slow
def test_a_signal_injected_as_events_is_covered_and_recovered(tmp_path):
    """Signal events through beam line, trigger, reconstruction and cuts.

    The table and the injected events have other seeds. False alarms as above; the coupling may be
    off by half of four times the statistical errors of both simulations in addition.
    """
    coupling = 6e-5
    experiment = emiss.experiments.get(NAME)
    run = experiment.runs[0]
    path = tmp_path / "table.npz"
    table = emiss.acceptance(experiment, masses=["9 MeV", "11 MeV"], events=500, seed=2, path=path)
    made = emiss.cutflow(experiment, "signal", 800, mass=MASS, seed=31).signal
    per_particle = made.passed / made.beam_particles
    error = made.passed_square**0.5 / made.passed
    live = np.prod([factor.efficiency.value for factor in run.acceptance.factors])
    signal = per_particle * run.particles_on_target.value * live * coupling**2
    expected = emiss.yields(NAME, masses=[MASS], acceptance=path)
    per_squared = float(expected.events(np.array([coupling])).sum()) / coupling**2
    both = np.hypot(error, float((table.error / table.efficiency).max()))
    check(coupling, signal, per_squared, 0.5 * 4.0 * both + 0.01, seed=77, acceptance=str(path))
