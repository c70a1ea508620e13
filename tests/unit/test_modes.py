"""Modes: the beams, elements and cuts that each needs, their templates, and the old keys."""

from __future__ import annotations

import itertools
import math
import pkgutil
import re
import tomllib

import pytest
from closeness import close

from emiss import experiments
from emiss.experiments import old_form
from emiss.experiments.beam import PARTICLES
from emiss.experiments.fields import declared
from emiss.experiments.setup import Setup
from emiss.experiments.tables import SelectionTable
from emiss.ground.errors import ExperimentFileError, UnknownNameError
from emiss.yields import processes

MODES = tuple(experiments.modes())


@pytest.fixture
def write(tmp_path):
    def write_file(text):
        path = tmp_path / "my.toml"
        path.write_text(text, "utf-8")
        return path

    return write_file


def refused(path):
    with pytest.raises(ExperimentFileError) as caught:
        experiments.get(path)
    return caught.value


def test_modes_that_come_with_emiss():
    assert MODES == ("hadron", "missing-energy", "missing-momentum", "thin-target", "visible")
    with pytest.raises(UnknownNameError, match="Did you mean 'visible'"):
        experiments.template("visble")


@pytest.mark.parametrize("name", MODES)
def test_a_mode_says_what_exists(name):
    mode = experiments.modes()[name]
    assert mode.name == name
    assert set(mode.beams) <= set(PARTICLES)
    assert set(mode.roles) <= set(experiments.roles())
    files = {info.name for info in pkgutil.iter_modules(processes.__path__)}
    assert set(mode.processes) <= files
    assert mode.title
    assert mode.method


@pytest.mark.parametrize("name", MODES)
def test_template_loads_and_gives_a_setup(name, write):
    experiment = experiments.get(write(experiments.template(name)))
    assert experiment.mode == name
    for run in experiment.runs:
        setup = run.setup
        assert type(setup) is Setup
        assert setup.particle in experiment.search.beams
        assert 0.0 < setup.min_missing_energy < setup.beam_energy
        assert setup.length > 0.0
    # Its numbers are the user's, whatever they are.
    assert {label.status for label in experiment.labels()} <= {"user", "estimated", "recalled"} | {
        "published", "derived", "assumed"
    }  # fmt: skip


def test_setups_of_the_templates_by_hand(write):
    energy, momentum, visible = (
        experiments.get(write(experiments.template(name))).runs[0].setup
        for name in ("missing-energy", "missing-momentum", "visible")
    )
    # sigma^2 = (9 %)^2 50 + (4 % 50)^2 + (1 % 100)^2 in GeV^2; 100 - 50 GeV are missing.
    close(energy.threshold_smearing, math.sqrt(0.09**2 * 50 + 4.0 + 1.0), 1e-12)
    close([energy.min_missing_energy, energy.length], [50.0, 45.0], 1e-12)
    assert (energy.window, energy.recoil, energy.min_preshower_energy) == (None, None, 0.0)
    # The kick of 1.4 T m; trackers 1.0, 3.0 and 6.5, 8.5 m resolve 0.1 mm: each arm measures its
    # angle to sqrt(2) 0.1 mm/2 m, their difference is the bend.
    recoil = momentum.recoil
    close(recoil.kick, 0.299792458 * 1.4, 1e-12)
    close(recoil.outgoing_resolution[1], math.sqrt(4.0) * 5e-5 / recoil.kick, 1e-12)
    close(recoil.incoming_resolution, (0.04, 0.0, 0.001, 0.2), 1e-12)
    close(recoil.veto_acceptance, 0.9, 1e-12)
    close(recoil.magnet_distance, 445.0 + 100.0 - 45.0, 1e-12)
    close([p.low for p in recoil.planes], [-10.0, 15.0], 1e-12)
    close([p.high for p in recoil.planes], [10.0, 45.0], 1e-12)
    close([p.distance for p in recoil.planes], [605.0, 1400.0], 1e-12)
    # Decays from the veto to the counter; 6 cells of 38.2 mm across.
    window = visible.window
    close([window.start, window.end, window.calorimeter], [29.0, 150.0, 160.0], 1e-12)
    close(window.half_size, 3 * 3.82, 1e-12)
    close(visible.threshold_smearing, math.sqrt(0.09**2 * 25 + 1.0), 1e-12)


@pytest.mark.parametrize(
    ("name", "particle"),
    [(n, p) for n in MODES for p in PARTICLES if p not in experiments.modes()[n].beams],
)
def test_other_beams_are_refused(name, particle, write):
    text = experiments.template(name)
    text = re.sub('(?m)^particle = "[^"]*"', f'particle = "{particle}"', text)
    error = refused(write(text))
    assert error.key == "selection.mode"
    assert f"{name} needs a beam of" in error.problem
    assert f"not {particle}" in error.problem


def without(text, header, line):
    """A template without those tables of an array that have a line."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    kept = [b for b in blocks if not (b.startswith(header) and line in b)]
    assert len(kept) < len(blocks)
    return "".join(kept)


@pytest.mark.parametrize(
    ("name", "role"), [(n, role) for n in MODES for role in experiments.modes()[n].roles]
)
def test_a_missing_element_is_named(name, role, write):
    text = without(experiments.template(name), "[[element]]", f'role = "{role}"')
    text = without(text, "[[element]]", 'role = "preshower"') if "preshower" in text else text
    error = refused(write(text))
    # Without a target, or a calorimeter, that is what cuts on its energy lack first.
    cuts = [f"selection.cut[{number}].variable" for number in range(3)]
    assert error.key in ("element", *cuts)
    assert f"role '{role}'" in error.problem or f"{role.replace('-', '_')}_energy" in error.problem
    assert error.line is not None


@pytest.mark.parametrize(
    ("name", "variable", "word"),
    [(n, *cut) for n in MODES for cut in experiments.modes()[n].cuts],
)
def test_a_missing_bound_is_named(name, variable, word, write):
    text = experiments.template(name)
    at = text.index(f'variable = "{variable}"')
    line = re.compile(rf"(?m)^{word} = .*$").search(text, at)
    other = {"min": "max", "max": "min"}[word]
    changed = text[: line.start()] + text[line.end() :]
    if f"{other} = " not in changed[at : at + 120]:  # a cut asks for something
        changed = text[: line.start()] + "efficiency = 1.0" + text[line.end() :]
    changed = without(changed, "[[run.cut]]", "max") if "\n[[run.cut]]" in changed else changed
    error = refused(write(changed))
    assert error.key == "selection.cut"
    assert f'{name} needs a cut with variable = "{variable}" and a {word}' in error.problem


VISIBLE, ENERGY, MOMENTUM = (
    experiments.template(n) for n in ("visible", "missing-energy", "missing-momentum")
)


@pytest.mark.parametrize(
    ("text", "old", "new", "key", "words"),
    [
        (VISIBLE, 'mode = "visible"', 'mode = "visible"\ndecays_from = "v2"',
         "selection.decays_from", "means nothing in visible"),
        (VISIBLE, 'min = "25 GeV"', 'min = "125 GeV"', "selection.cut[0].min", "not below"),
        (VISIBLE, 'position = "290 mm"', 'position = "288 mm"\noffset_x = "1 m"\nwidth = "1 cm"\n'
         'height = "1 cm"', None, None),
        (VISIBLE, 'position = "1.6 m"', 'position = "1.5 m"', "element[3].position", "inside 's4'"),
        (VISIBLE, 'cell_width = "38.2 mm"\n', "", "element[3].width", "cells_x and cell_width"),
        (VISIBLE, 'kind = "calorimeter"\nname = "ecal"', 'kind = "veto"\nname = "ecal"',
         "element[3].cells_x", "unknown key"),
        (MOMENTUM, 'mode = "missing-momentum"', 'mode = "missing-momentum"\ndecays_from = "t4"',
         "selection.decays_from", "means nothing in missing-momentum"),
        (MOMENTUM, 'max = "80 GeV"', 'max = "180 GeV"', "selection.cut[1].max", "not below"),
        (MOMENTUM, 'min = "140 GeV"', 'min = "170 GeV"', "selection.cut[0].min", "does not hold"),
        (MOMENTUM, 'momentum_resolution = "4 %"', "", "element[0].momentum_resolution",
         "two trackers with a resolution on each side"),
        (MOMENTUM, 'inner_edge = "150 mm"', 'inner_edge = "150 mm"\noffset_x = "1 m"',
         "element[7].inner_edge", "offset_x is given"),
    ],
)  # fmt: skip
def test_what_contradicts_a_mode(text, old, new, key, words, write):
    assert text.count(old) == 1
    path = write(text.replace(old, new))
    if key is None:  # allowed
        assert experiments.get(path).runs
        return
    error = refused(path)
    assert error.key == key
    assert words in error.problem


# --------------------------------------------------------------------------------- old keys


HEAD = '[experiment]\nname = "mine"\ntitle = "Mine"\n'
OLD = [("beam", key, new) for key, new in old_form._BEAM.items()]
OLD += [("selection", key, new) for key, new in old_form._SELECTION.items()]


def test_the_list_of_old_keys_is_complete():
    # What the schema of the first form had, as far as it is not a key of today's as well.
    assert {key for _, key, _ in OLD} >= {
        *("energy", "contamination", "max_calorimeter_energy", "min_preshower_energy"),
        *("preshower_depth", "detector_end", "stochastic_term", "constant_term"),
        *("min_decay_energy", "veto_position", "decay_volume_end", "calorimeter_position"),
        *("incoming", "outgoing", "counter", "veto_acceptance", "beam_size", "beam_divergence"),
    }


@pytest.mark.parametrize(
    ("row", "holder"), list(itertools.product(OLD, ("", "override.", "run."))),
    ids=lambda value: value if isinstance(value, str) else value[1],
)  # fmt: skip
def test_every_old_key_is_refused_with_the_new_one(row, holder, write):
    section, key, new = row
    array = "[[run]]\nperiod = 'a'\n" if holder == "run." else ""
    error = refused(write(f"{HEAD}{array}[{holder}{section}]\n{key} = 1\n"))
    place = f"{holder.replace('run', 'run[0]')}{section}.{key}"
    assert error.key == place
    assert new in error.problem
    assert "first form" in error.problem
    assert key in error.path.read_text("utf-8").split("\n")[error.line - 1]


def test_the_old_dump_and_the_old_end_of_decays_are_refused(write):
    error = refused(write(f'{HEAD}[dump]\nmaterial = "Pb"\n'))
    assert error.key == "dump"
    assert 'role = "target"' in error.problem
    for value in ('"4.288 m"', '{ value = "4.288 m" }', "4"):
        error = refused(write(f"{HEAD}[selection]\ndecays_from = {value}\n"))
        assert error.key == "selection.decays_from"
        assert "the name of an [[element]]" in error.problem


def test_no_key_of_today_is_taken_for_an_old_one():
    for mode in MODES:
        old_form.refuse_old_form(tomllib.loads(experiments.template(mode)))
    assert not set(old_form._BEAM) & {key.name for key in declared(experiments.Beam)}
    assert not set(old_form._SELECTION) & set(SelectionTable.model_fields)
