"""Tables of simulated signal efficiency: written, read, checked, used in limits and yields."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close

import emiss
from emiss.experiments import get, load
from emiss.experiments.acceptance import ACCEPTANCE, ALL, AcceptanceTable, with_acceptance
from emiss.experiments.plain import apparatus_hash, selection_hash
from emiss.ground.errors import EmissError, ValidityError
from emiss.ground.shipped import shipped_path

NAME = "na64e-2021-2022"
MASSES = np.array([1e-3, 0.1, 1.0])
LIVE_TIME = 0.93
EFFECTIVE = get(NAME).runs[0].efficiency.values[0]


def made_up(experiment=NAME, efficiency=0.6, annihilation=0.3, boson="vector"):
    runs = get(experiment).runs
    shape = (len(runs), 3, 3)
    whole = np.full(shape, efficiency)
    whole[:, 2] = annihilation
    settings = {
        "what": "acceptance", "revision": 1, "experiment": experiment, "model": "dark-photon",
        "boson": boson, "processes": [ALL, "bremsstrahlung", "annihilation"], "events": 100,
        "seed": 1, "runs": [
            {"period": r.period, "apparatus_sha256": apparatus_hash(r.layout),
             "selection_sha256": selection_hash(r.layout)} for r in runs
        ],
    }  # fmt: skip
    share = np.broadcast_to(np.array([0.2, 0.8]), (*shape, 2)).copy()
    share[:, :, 2] = 1.0
    return AcceptanceTable(
        MASSES, np.array([40.0, 70.0, 100.0]), share, np.full(share.shape, 0.01), whole,
        0.02 * whole, np.full(shape, 80.0), np.full(len(runs), 0.9), np.full(len(runs), 0.009),
        settings,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "table.npz"
    ACCEPTANCE.write(made_up(), path)
    return path


def test_a_table_is_read_as_it_was_written(file):
    table, found = made_up(), ACCEPTANCE.read(file)
    assert found.settings == table.settings
    for name in ("masses", "edges", "share", "efficiency", "beam"):
        assert np.array_equal(getattr(found, name), getattr(table, name))


def test_damage_and_impossible_values_are_refused(file, tmp_path):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "damaged.npz").write_bytes(data)
    with pytest.raises(EmissError, match="checksum"):
        ACCEPTANCE.read(tmp_path / "damaged.npz")
    table = made_up()
    for change, words in (
        ({"masses": MASSES[::-1].copy()}, "does not rise"),
        ({"share": table.share + 0.9}, "not between"),
        ({"efficiency": -table.efficiency}, "not between"),
        ({"beam": np.array([math.nan])}, "not between"),
        ({"beam": np.array([0.0])}, "not between"),
        ({"masses": np.append(MASSES, 2.0)}, "along 'mass'"),
        ({"edges": np.array([40.0, 100.0])}, "fit together"),
        ({"settings": {**table.settings, "processes": [ALL, "bremsstrahlung"]}}, "not those of"),
        ({"settings": {**table.settings, "revision": 0}}, "version"),
    ):
        ACCEPTANCE.write(replace(table, **change), tmp_path / "bad.npz")
        with pytest.raises(EmissError, match=words):
            ACCEPTANCE.read(tmp_path / "bad.npz")


def test_yields_scale_with_the_efficiency_of_each_process(file):
    masses = [0.01, 0.25]
    as_it_is = emiss.yields(NAME, masses=masses)
    simulated = emiss.yields(NAME, masses=masses, acceptance=file)
    before, after = as_it_is.per_process(1e-4), simulated.per_process(1e-4)
    expected = {"bremsstrahlung": 0.6, "annihilation": 0.3, "associated production": 0.3}
    for title, efficiency in expected.items():
        close(after[title], before[title] * efficiency * 0.9 * LIVE_TIME / EFFECTIVE, 1e-12)
    close(simulated.events(1e-4), sum(after.values()), 1e-12)
    same = emiss.yields(NAME, masses=masses, acceptance="effective").events(1e-4)
    assert np.array_equal(same, as_it_is.events(1e-4))


def test_the_error_of_the_table_is_part_of_the_uncertainty_of_the_yield(file):
    run = with_acceptance(get(NAME), file).runs[0]
    close(run.efficiency.spread, math.hypot(0.02, 0.009 / 0.9), 1e-12)
    from emiss.inference.couplings import channels_of

    changed, before = (channels_of(e)[0] for e in (with_acceptance(get(NAME), file), get(NAME)))
    stated = get(NAME).runs[0].efficiency
    close(before.signal_uncertainty, stated.uncertainties[0] / stated.values[0], 1e-12)
    close(changed.signal_uncertainty, run.efficiency.spread, 1e-12)
    assert changed.signal_uncertainty_shared == before.signal_uncertainty_shared


def test_limits_say_which_efficiency_they_used(file):
    simulated = emiss.limit(NAME, masses=["5 MeV", "10 MeV"], acceptance=file)
    effective = emiss.limit(NAME, masses=["5 MeV", "10 MeV"])
    # nothing seen: the limit is close to one on the mean, so it goes with the root of the signal;
    # 2.2 % more uncertainty beside 11 % move it by less than 0.1 %
    close(simulated.observed / effective.observed, math.sqrt(EFFECTIVE / (0.54 * LIVE_TIME)), 1e-3)
    words = [text for text in simulated.warnings if "signal efficiency" in text]
    assert len(words) == 1
    assert "table.npz" in words[0]
    assert "seed 1" in words[0]
    assert not [text for text in effective.warnings if "signal efficiency" in text]
    labels = {label.name: label for label in simulated.provenance.inputs}
    assert any("simulated acceptance" in label.source for label in labels.values())
    assert not any(label.status == "fitted" for label in labels.values())


def test_a_table_belongs_to_its_apparatus_and_selection(file):
    experiment = get(NAME)
    run = experiment.runs[0]
    cuts = run.layout.selection.cuts
    looser = replace(cuts[0], least=replace(cuts[0].least, value=80.0))
    noted = replace(cuts[0], note="another note")
    beam = replace(run.layout.beam, momentum=replace(run.layout.beam.momentum, value=99.0))

    def with_layout(**changes):
        layout = replace(run.layout, **changes)
        return replace(experiment, runs=(replace(run, layout=layout),))

    def selection(cut):
        return replace(run.layout.selection, cuts=(cut, *cuts[1:]))

    with pytest.raises(EmissError, match="another selection"):
        with_acceptance(with_layout(selection=selection(looser)), file)
    with pytest.raises(EmissError, match="another apparatus"):
        with_acceptance(with_layout(beam=beam), file)
    assert with_acceptance(with_layout(selection=selection(noted)), file).runs[0].efficiency.parts


def test_what_does_not_fit_is_refused(file, tmp_path):
    with pytest.raises(EmissError, match=r"scalar.*emiss acceptance --model"):
        emiss.limit(NAME, "scalar", masses=["10 MeV"], acceptance=file)
    with pytest.raises(EmissError, match="must be one of effective, simulated"):
        emiss.limit(NAME, masses=["10 MeV"], acceptance="perfect")
    with pytest.raises(EmissError, match="covers masses from"):
        emiss.limit(NAME, masses=["2 GeV"], acceptance=file)
    with pytest.raises(EmissError, match="no such file"):
        emiss.limit(NAME, masses=["10 MeV"], acceptance=tmp_path / "none.npz")
    with pytest.raises(EmissError, match="emiss acceptance na64-visible-2017 -o"):
        emiss.limit("na64-visible-2017", masses=["10 MeV"], acceptance="simulated")


SHIPPED = (
    "na64e-2016",
    "na64e-2016-2018",
    "na64e-2021-2022",
    "na64e-2016-2022",
    "na64e-plus-2022",
    "na64mu-2022",
)


@pytest.mark.parametrize("name", SHIPPED)
def test_tables_that_ship_belong_to_the_layouts_of_the_catalogue(name):
    """No efficiency that was fitted or tuned is left; the published order is 0.4 to 0.55."""
    experiment = with_acceptance(get(name), "simulated")
    for run, before in zip(experiment.runs, get(name).runs, strict=True):
        assert run.efficiency.status == before.efficiency.status == "derived"
        assert run.efficiency.masses[0] == 1e-3
        assert run.efficiency.masses[-1] == 1.0
        light = np.array(run.efficiency.values)[np.array(run.efficiency.masses) <= 0.1]
        if "mu" not in name:
            assert 0.38 < light.min() < light.max() < (0.6 if name == "na64e-2016" else 0.55)
    assert emiss.limit(name, masses=["10 MeV"], acceptance="simulated").observed[0] > 0.0


@pytest.mark.parametrize("name", SHIPPED)
def test_constants_of_the_catalogue_are_the_means_of_the_tables(name):
    for run in get(name).runs:
        table = ACCEPTANCE.read(shipped_path("tables", run.acceptance.table))
        row = table.row_of(run)
        heavy = int(np.argmax(table.size[row, 1:].sum(axis=1))) + 1
        use = table.size[row, heavy] >= 30.0
        value = table.efficiency[row, heavy, use] * table.beam[row] * run.acceptance.product
        weight = table.error[row, heavy, use] ** -2.0
        mean = (weight * value).sum() / weight.sum()
        spread = ((weight * (value - mean) ** 2).sum() / weight.sum()) ** 0.5
        # three digits are written
        close(run.efficiency.values[0], mean, absolute=5e-4, because="three decimals")
        close(run.efficiency.uncertainties[0], spread, absolute=5e-4, because="three decimals")
        found = table.mean(row)
        assert found is not None
        close(np.array(found) * run.acceptance.product, [mean, spread], 1e-12)


def test_files_without_a_table_take_the_constant_of_another():
    def value(name):
        return get(name).runs[0].efficiency.values[0]

    for name, other in (
        ("na64e-1e13", "na64e-2021-2022"), ("na64e-alp-2016-2018", "na64e-2016-2018"),
        ("na64-visible-2017", "na64e-2016-2018"), ("na64-visible-2018", "na64e-2016-2018"),
        ("na64e-plus-2023", "na64e-plus-2022"), ("na64e-plus-40gev", "na64e-plus-2022"),
        ("na64e-plus-60gev", "na64e-plus-2022"), ("na64mu-2021", "na64mu-2022"),
        ("na64mu-2023", "na64mu-2022"), ("na64mu-2e13", "na64mu-2022"),
    ):  # fmt: skip
        assert value(name) == value(other)
        assert get(name).runs[0].efficiency.status == "assumed"


def test_a_table_without_enough_events_has_no_mean():
    table = made_up()
    assert replace(table, size=np.full(table.size.shape, 20.0)).mean(0) is None
    close(table.mean(0), (0.54, 0.0), 1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["na64e-2016", "na64e-2021-2022", "na64e-plus-2022", "na64mu-2022"]
)
def test_tables_that_ship_are_those_of_the_simulation(name):
    """Two masses made anew with another seed; 5 standard errors, false alarms 6e-7 each."""
    fresh = emiss.acceptance(name, masses=[0.01, 0.1], events=1000, seed=77)
    kept = ACCEPTANCE.read(shipped_path("tables", get(name).runs[0].acceptance.table))
    row = kept.row_of(get(name).runs[0])
    for mass in range(2):
        column = int(np.argmin(np.abs(kept.masses - fresh.masses[mass])))
        error = math.hypot(fresh.error[0, 0, mass], kept.error[row, 0, column])
        assert abs(fresh.efficiency[0, 0, mass] - kept.efficiency[row, 0, column]) < 5.0 * error
    error = math.hypot(fresh.beam_error[0], kept.beam_error[row])
    assert abs(fresh.beam[0] - kept.beam[row]) <= 5.0 * error


def test_shares_by_energy():
    table = made_up()
    found = table.share_at([1e-3, 1e-2, 0.1], [50.0, 50.0, 90.0])
    assert found.tolist() == [0.2, 0.2, 0.8]
    # half way from 0.1 to 1 GeV in the logarithm
    close(table.share_at(math.sqrt(0.1), 60.0), 0.5 * (0.2 + 1.0), 1e-12)
    with pytest.raises(ValidityError, match="every energy"):
        table.share_at(0.01, 30.0)
    with pytest.raises(ValidityError, match="every mass"):
        table.share_at(2.0, 50.0)


FILE = """
[experiment]
name = "own"
title = "own"
base = "na64e-2021-2022"
[acceptance]
{said}
"""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('use = "simulated"', "table"),
        ('use = "perfect"', "effective, simulated"),
        ('[[acceptance.factor]]\nname = "a"\nefficiency = 0', "more than 0"),
        ('[[acceptance.factor]]\nname = "a"\nefficiency = 1.5', "factor"),
        ('[[acceptance.factor]]\nname = "a"\nefficiency = 0.9\n' * 2, "two factors"),
        ('tabel = "x.npz"', "did you mean 'table'"),
    ],
)
def test_files_that_say_the_impossible_are_refused(tmp_path, said, words):
    path = tmp_path / "own.toml"
    path.write_text(FILE.format(said=said))
    with pytest.raises(EmissError, match=words):
        load(path)


def test_a_file_may_choose_the_simulated_efficiency(tmp_path, file):
    path = tmp_path / "own.toml"
    factor = (
        '[[acceptance.factor]]\nname = "live time"\n'
        "efficiency = { value = 0.8, uncertainty = 0.04 }"
    )
    path.write_text(FILE.format(said=f'use = "simulated"\ntable = "table.npz"\n{factor}'))
    simulated = emiss.limit(path, masses=["10 MeV"])
    effective = emiss.limit(path, masses=["10 MeV"], acceptance="effective")
    close(simulated.observed / effective.observed, math.sqrt(0.5 / (0.54 * 0.8)), 3e-3)
    close(with_acceptance(load(path)).runs[0].efficiency.spread,
          math.hypot(0.02, 0.01, 0.05), 1e-9)  # fmt: skip
