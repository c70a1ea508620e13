"""Designs near an existing one: the values, the file that says the same, what is refused."""

import pytest
from closeness import close

import emiss
from emiss.experiments.variation import Variation, threshold_of, varied
from emiss.ground.errors import EmissError, ValidityError


@pytest.mark.parametrize(
    "name", ["na64e-2016", "na64e-2016-2022", "na64e-plus-2023", "na64mu-2022", "na64e-1e13"]
)
@pytest.mark.parametrize(
    "change",
    [
        Variation(beam_energy=90.0),
        Variation(beam_energy=90.0, threshold=44.0, on_target=3e12),
        Variation(on_target=1e12),
    ],
)
def test_file_says_the_same(tmp_path, name, change):
    experiment = emiss.experiments.get(name)
    file = tmp_path / "design.toml"
    file.write_text(change.file_text(experiment, "design"), encoding="utf-8")
    read, made = emiss.experiments.load(file), change.of(experiment)
    assert [run.setup for run in read.runs] == [run.setup for run in made.runs]
    assert [run.background.value for run in read.runs] == [r.background.value for r in made.runs]
    assert [run.observed for run in read.runs] == [run.observed for run in made.runs]
    close(read.total_on_target, made.total_on_target, 1e-12)
    assert read.projection == made.projection


def test_threshold_moves_alone_and_with_the_beam():
    experiment = emiss.experiments.get("na64e-2016-2022")
    assert threshold_of(experiment) == 50.0
    assert threshold_of(varied(experiment, threshold=62.5)) == 62.5
    # half of the beam energy, as 50 GeV is at 100 GeV
    assert threshold_of(varied(experiment, beam_energy=60.0)) == 30.0
    trigger = varied(experiment, beam_energy=60.0).layout.triggers[0].thresholds
    assert {t.variable: t.most and t.most.value for t in trigger}["target_energy"] == 48.0


def test_bounds_on_synchrotron_radiation_go_with_the_square_of_the_beam_energy(tmp_path):
    """In magnets of the same field E^2 B^2 is radiated."""
    experiment = emiss.experiments.get("na64e-2021-2022")
    change = Variation(beam_energy=40.0)
    file = tmp_path / "design.toml"
    file.write_text(change.file_text(experiment, "design"), encoding="utf-8")
    for one in (change.of(experiment), emiss.experiments.load(file)):
        cuts = {cut.name: cut for cut in one.runs[0].layout.selection.cuts}
        close(cuts["SRD, least"].least.value, 0.16e-3, 1e-12)
        close(cuts["SRD, most"].most.value, 12.8e-3, 1e-12)
        close(cuts["SRD, sum"].most.value, 19.2e-3, 1e-12)
        assert cuts["SRD, sum"].most.status == "assumed"
        close(cuts["momentum"].most.value, 44.0, 1e-12)


def test_chosen_numbers_are_labelled():
    labels = varied("na64e-2016-2022", threshold=62.5).labels()
    chosen = {label.name: label.status for label in labels if label.source == "chosen"}
    assert chosen
    assert set(chosen.values()) == {"assumed"}


def test_nothing_changed_is_the_same():
    experiment = emiss.experiments.get("na64e-2016-2022")
    assert Variation().of(experiment) is experiment
    assert not Variation().anything


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("na64e-2016-2022", {"threshold": 120.0}, "below the beam energy"),
        ("na64e-2016-2022", {"threshold": 2.0}, "cannot be below 20 GeV"),
        ("na64e-2016-2022", {"threshold": 99.9}, "preshower"),
        ("na64e-2016-2022", {"threshold": float("nan")}, "threshold: nan GeV; give"),
        ("na64e-2016-2022", {"beam_energy": -1.0}, "beam_energy: -1 GeV; give"),
        ("na64e-2016-2022", {"on_target": float("inf")}, "on_target: inf; give"),
        ("na64-visible-2017-2018", {"beam_energy": 90.0}, "different energy"),
        ("na64-visible-2017", {"threshold": 50.0}, "mode visible"),
    ],
)
def test_impossible_designs_are_refused(name, change, words):
    with pytest.raises(EmissError, match=words):
        varied(name, **change)


def test_threshold_above_the_trigger_is_not_silently_lost():
    with pytest.raises(ValidityError, match="trigger leaves at most 80 GeV"):
        varied("na64e-2016", threshold=15.0)
