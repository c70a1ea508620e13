"""Several experiments in one limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments, models
from emiss.ground.errors import EmissError, UnknownNameError
from emiss.inference import Channel, couplings, limit, upper_limit
from emiss.inference.combine import combine_yields
from emiss.inference.combined_experiment import overlaps, split_names
from emiss.inference.islands import turns_off
from emiss.inference.limit import BANDS
from emiss.inference.search import channels_of, coupling_limits
from emiss.yields import signal_yield

ELECTRONS, POSITRONS = "na64e-2016-2022", "na64e-plus-2022"
MASSES = np.array([0.01, 0.1, 0.25, 0.31])
MODEL = models.get("dark-photon", {"dark_matter": "scalar"})


@pytest.fixture(scope="module")
def parts() -> list:
    return [signal_yield(name, MODEL, MASSES) for name in (ELECTRONS, POSITRONS)]


def test_events_are_side_by_side(parts: list) -> None:
    both = combine_yields(parts)
    coupling = np.geomspace(1e-5, 1e-4, 3)[:, None] * np.ones(4)
    events = both.events(coupling)
    runs = [len(part.runs) for part in parts]
    assert events.shape == (sum(runs), 3, 4)
    np.testing.assert_allclose(events[: runs[0]], parts[0].events(coupling), rtol=1e-12)
    np.testing.assert_allclose(events[runs[0] :], parts[1].events(coupling), rtol=1e-12)
    total = sum(both.per_process(coupling).values())
    np.testing.assert_allclose(total, events, rtol=1e-12)
    assert len(both.runs) == sum(runs)


def test_processes_of_one_experiment_only(parts: list) -> None:
    class OnlyBremsstrahlung:
        experiment, model, masses = parts[1].experiment, parts[1].model, parts[1].masses
        citations = ("somebody",)

        def events(self, coupling):
            return self.per_process(coupling)["bremsstrahlung"]

        def per_process(self, coupling=1.0):
            return {"bremsstrahlung": parts[1].per_process(coupling)["bremsstrahlung"]}

    both = combine_yields([parts[0], OnlyBremsstrahlung()])
    assert np.all(both.per_process(1e-4)["annihilation"][-1] == 0.0)
    np.testing.assert_allclose(
        both.events(1e-4)[-1], OnlyBremsstrahlung().events(1e-4)[0], rtol=1e-12
    )
    assert "somebody" in both.citations


def test_zero_events_without_uncertainties_add_up(parts: list) -> None:
    # With nothing seen anywhere CLs = exp(-sum of all signals) whatever the backgrounds, so that
    # the combined limit solves s_1 + s_2 = ln 10: signals go like the square of the coupling far
    # from width effects, hence g^-2 = g_1^-2 + g_2^-2. Widths of signal: 0 here.
    quiet = []
    for part in parts:
        runs = tuple(
            replace(
                run,
                yield_uncertainty=replace(run.yield_uncertainty, value=0.0),
                particles_on_target=replace(run.particles_on_target, uncertainty=0.0),
                efficiency=replace(run.efficiency, uncertainties=()),
            )
            for run in part.experiment.runs
        )
        quiet.append(replace(part, experiment=replace(part.experiment, runs=runs)))
    both = combine_yields(quiet)
    found = coupling_limits(both, 0.9, "cls").lower["observed"]
    np.testing.assert_allclose(both.events(found).sum(axis=0), np.log(10.0), rtol=1e-5)
    alone = [coupling_limits(one, 0.9, "cls").lower["observed"] for one in quiet]
    # 1e-3: a trace of the visible width in the branching.
    np.testing.assert_allclose(found, (alone[0] ** -2 + alone[1] ** -2) ** -0.5, rtol=1e-3)


@pytest.mark.parametrize("correlation", ["shared", "beam", "all", "none"])
def test_groups_and_limit_against_channels_by_hand(parts: list, correlation: str) -> None:
    both = combine_yields(parts, correlation)
    channels = channels_of(both.experiment)
    groups = {c.signal_group for c in channels}
    assert len(groups) == (1 if correlation in ("all", "shared") else 2)
    found = coupling_limits(both, 0.9, "cls").lower["observed"][2]
    # The same with channels written out, the signal at the limit as unit strength: the strength
    # that is just excluded must be 1. 1e-4: the root finder, and CLs ordered at the guess.
    grid = np.full(4, 1.0) * found
    signals = both.events(grid)[:, 2]
    by_hand = []
    runs = [(part.experiment, run) for part in parts for run in part.experiment.runs]
    for (experiment, run), signal in zip(runs, signals, strict=True):
        shared = run.yield_uncertainty.value if run.yield_correlated else 0.0
        names = {
            "all": "one",
            "shared": "one",
            "beam": experiment.beam.particle,
            "none": experiment.name,
        }
        by_hand.append(
            Channel(
                observed=run.observed,
                background=run.background.value,
                background_uncertainty=run.background.uncertainty or 0.0,
                signal=float(signal),
                signal_uncertainty=0.0 if run.yield_correlated else run.yield_uncertainty.value,
                signal_uncertainty_shared=float(
                    np.hypot(shared, run.particles_on_target.relative_uncertainty)
                ),
                signal_group=names.get(correlation, "one"),
            )
        )
    close(upper_limit(by_hand).upper_limit, 1.0, 2e-4)


def test_correlation_weakens_the_limit() -> None:
    # With nothing seen, one common factor spreads the total more than independent ones do, and
    # the mean of exp(-s) grows with the spread. At 250 MeV both experiments contribute.
    limits = {
        how: limit([ELECTRONS, POSITRONS], MODEL, masses=[0.3], correlation=how)
        for how in ("none", "all")
    }
    apart, together = (limits[how].observed[0] for how in ("none", "all"))
    # 10 % uncertainties move the limit by some (0.1)^2 ln 10/2 = 1 % in events at the most.
    assert apart < together < 1.01 * apart


def test_front_door_takes_names_in_any_form() -> None:
    by_comma = limit(f"{ELECTRONS}, {POSITRONS}", MODEL, masses=MASSES)
    by_list = limit([ELECTRONS, experiments.get(POSITRONS)], MODEL, masses=MASSES)
    by_function = limit([ELECTRONS, POSITRONS], MODEL, masses=MASSES)
    for other in (by_list, by_function):
        np.testing.assert_allclose(by_comma.observed, other.observed, rtol=1e-10)
        assert by_comma.provenance.inputs_sha256 == other.provenance.inputs_sha256
    assert by_comma.experiment == f"{ELECTRONS}+{POSITRONS}"
    assert by_comma.beam_label == "100 GeV e-, 100 GeV e+"
    assert {"arXiv:2307.02404", "arXiv:2308.15612"} <= set(by_comma.citations)
    assert any(label.name.startswith(POSITRONS) for label in by_comma.provenance.inputs)
    alone = limit(ELECTRONS, MODEL, masses=MASSES)
    assert np.all(by_comma.observed < alone.observed)
    assert np.all(by_comma.expected["0"] <= alone.expected["0"] * (1 + 1e-6))
    one = limit([ELECTRONS], MODEL, masses=MASSES)
    assert one.experiment == ELECTRONS
    np.testing.assert_allclose(one.observed, alone.observed, rtol=1e-10)


def test_electrons_and_muons() -> None:
    # A gauge boson of L_mu - L_tau is made by both; the two production processes stay apart.
    model = models.get("lmu-ltau", {"dark_matter": "scalar"})
    names, masses = ["na64mu-2022", ELECTRONS], [2e-3, 0.01, 0.03]
    both = limit(names, model, masses=masses)
    alone = [limit(name, model, masses=masses).observed for name in names]
    # Nothing was seen by either: quadrature up to the 10 % uncertainties of the signals, whose
    # effect of 1 to 2 % on each limit (6 % for the 50 % of muons) is smaller where two independent
    # factors share it.
    expected = (alone[0] ** -2 + alone[1] ** -2) ** -0.5
    np.testing.assert_allclose(both.observed, expected, rtol=0.03)
    assert {"muon bremsstrahlung", "bremsstrahlung"} <= set(both.shares)
    assert both.beam_label == "160 GeV mu-, 100 GeV e-"


@pytest.mark.parametrize("method", ["bayes", "asymptotic"])
def test_other_methods(method: str) -> None:
    both = limit([ELECTRONS, POSITRONS], MODEL, masses=[0.25], method=method)
    alone = limit(ELECTRONS, MODEL, masses=[0.25], method=method)
    assert 0.8 * alone.observed[0] < both.observed[0] < alone.observed[0]


def test_data_counted_twice() -> None:
    with pytest.raises(EmissError, match="counted twice"):
        limit([ELECTRONS, "na64e-2016-2018"], MODEL, masses=[0.01])
    result = limit(["na64e-2016", "na64e-2016-2018"], MODEL, masses=[0.01])
    assert any("same years" in text for text in result.warnings)
    found = [experiments.get(name) for name in (ELECTRONS, POSITRONS)]
    assert overlaps(found) == ()


def test_bad_input(parts: list) -> None:
    with pytest.raises(UnknownNameError, match="correlation"):
        combine_yields(parts, "some")
    with pytest.raises(EmissError, match="at least two"):
        combine_yields(parts[:1])
    other = models.get("dark-photon", {"dark_matter": "majorana"})
    with pytest.raises(EmissError, match="two models"):
        combine_yields([parts[0], signal_yield(POSITRONS, other, MASSES)])
    with pytest.raises(EmissError, match="different masses"):
        combine_yields([parts[0], signal_yield(POSITRONS, MODEL, MASSES[:2])])
    with pytest.raises(EmissError, match="several experiments"):
        limit([ELECTRONS, POSITRONS], MODEL, masses=[0.01], on_target=1e13)
    for bad in ("", "a,,b", []):
        with pytest.raises(EmissError, match="one name"):
            split_names(bad)


def test_limits_on_events_are_found_once_for_all_models(monkeypatch: pytest.MonkeyPatch) -> None:
    first = limit(ELECTRONS, MODEL, masses=[0.01], method="bayes")
    monkeypatch.setattr(couplings, "upper_limit", None)
    other = models.get("dark-photon", {"alpha_dark": 0.5})
    second = limit(ELECTRONS, other, masses=[0.01], method="bayes")
    close(second.signal_events[0], first.signal_events[0], 1e-6)


def test_three_experiments_of_unequal_shares() -> None:
    # Muons dominate at some masses by 1e4, electrons or positrons at others: the outcomes of
    # channels with a small share are many, and must not be enumerated for all masses together.
    model = models.get("lmu-ltau")
    names, masses = [ELECTRONS, POSITRONS, "na64mu-2022"], np.geomspace(1e-3, 1.0, 13)
    both = limit(names, model, masses=masses)
    alone = np.array([limit(name, model, masses=masses).observed for name in names])
    # Some of them exclude nothing below coupling 1 alone.
    quadrature = np.sum(np.nan_to_num(alone, nan=np.inf) ** -2.0, axis=0) ** -0.5
    np.testing.assert_allclose(both.observed, quadrature, rtol=0.03)
    one = [limit(names, model, masses=[mass]).observed[0] for mass in masses[::6]]
    np.testing.assert_allclose(both.observed[::6], one, rtol=1e-7)


def test_what_is_shared_is_correlated_by_default_and_said() -> None:
    # Electrons and positrons rest on one cross-section, muons on another.
    by_default = limit([ELECTRONS, POSITRONS], MODEL, masses=[0.3])
    together = limit([ELECTRONS, POSITRONS], MODEL, masses=[0.3], correlation="all")
    apart = limit([ELECTRONS, POSITRONS], MODEL, masses=[0.3], correlation="none")
    assert by_default.observed[0] == together.observed[0] > apart.observed[0]
    assert any("one and the same for" in text for text in by_default.warnings)
    assert any("independent" in text for text in apart.warnings)
    assert by_default.provenance.inputs_sha256 != apart.provenance.inputs_sha256
    with_muons = limit([ELECTRONS, "na64mu-2022"], models.get("lmu-ltau"), masses=[0.01])
    assert any("independent" in text for text in with_muons.warnings)


def test_a_projection_says_that_it_keeps_the_background() -> None:
    projected = limit(ELECTRONS, MODEL, masses=[0.01], on_target=1e13)
    assert any("kept as it is" in text and "1e+13" in text for text in projected.warnings)
    measured = limit(ELECTRONS, MODEL, masses=[0.01])
    scaled = experiments.get(ELECTRONS).with_on_target(1e13, scale_background=True)
    for other in (measured, limit(scaled, MODEL, masses=[0.01])):
        assert not any("kept as it is" in text for text in other.warnings)


def test_bands_of_a_mass_do_not_depend_on_the_others():
    """Where some bosons fly edges are sought otherwise: the order of outcomes stays the same."""
    pair, model = ["na64e-plus-2022", "na64mu-2022"], models.get("b-l", {})
    prompt = [0.3205, 0.3223, 0.3239]
    more = [1e-3, 2e-3, *prompt, 0.9]
    ways = [
        turns_off(combine_yields([signal_yield(one, model, np.array(masses)) for one in pair]))
        for masses in (prompt, more)
    ]
    assert ways == [False, True]
    alone, among = (emiss.limit(pair, model, masses=masses) for masses in (prompt, more))
    np.testing.assert_allclose(among.observed[2:5], alone.observed, rtol=1e-5)
    for band in BANDS:
        np.testing.assert_allclose(among.expected[band][2:5], alone.expected[band], rtol=1e-5)
