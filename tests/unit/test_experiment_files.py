"""Experiment files: the catalogue, the template, the schema, and what is said about broken ones."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
from closeness import close
from emiss.experiments.schema import json_schema
from quoted import quoted_rows

from emiss import experiments as experiments
from emiss.experiments import loader
from emiss.ground.errors import ExperimentFileError, UnknownNameError
from emiss.ground.source_text import dotted, find_line, key_lines

PACKAGE = Path(experiments.__file__).parents[1]
CATALOGUE = sorted((PACKAGE / "experiments" / "catalogue").glob("*.toml"))
assert CATALOGUE, "no catalogue files found"
SCHEMA = PACKAGE / "data" / "experiment.schema.json"
TEMPLATE = experiments.template()


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="my.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write_file


def head(extra, name="mine"):
    return f'[experiment]\nname = "{name}"\ntitle = "Mine"\n{extra}\n'


def test_catalogue_is_complete():
    assert set(experiments.names()) == {
        "na64e-2016",
        "na64e-2016-2018",
        "na64e-2021-2022",
        "na64e-2016-2022",
        "na64e-plus-2022",
        "na64e-plus-2023",
        "na64e-1e13",
        "na64e-plus-40gev",
        "na64e-plus-60gev",
        "na64e-alp-2016-2018",
        "na64-visible-2017",
        "na64-visible-2018",
        "na64-visible-2017-2018",
        "na64mu-2021",
        "na64mu-2022",
        "na64mu-2023",
        "na64mu-2e13",
    }


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_catalogue_file(path):
    experiment = experiments.get(path.stem)
    assert experiment.name == path.stem
    assert experiment.references
    assert experiments.get(path.stem) is experiment
    assert experiments.get(path) == experiment
    assert len(experiment.file_sha256) == 64
    # Nobody's number goes without a source, and none is the user's.
    assert all(label.status != "user" and label.source for label in experiment.labels())
    assert path.read_text("utf-8").count("efficiency = ") == 1


def test_totals_of_the_run_table():
    # arXiv:2606.17320: 9.4e11; arXiv:1906.00176: 2.84e11. Sums of decimal numbers: rounding only.
    combined = experiments.get("na64e-2016-2022")
    close(combined.total_on_target, 9.4e11, 1e-12)
    assert [run.period for run in combined.runs] == ["2016-2018", "2021-2022"]
    assert [run.observed for run in combined.runs] == [0, 0]
    assert combined.beam_label == "100 GeV e-"
    close(experiments.get("na64e-1e13").total_on_target, 1e13, 1e-12)
    assert experiments.get("na64e-plus-2023").beam_label == "70 GeV e+"


def test_combination_is_the_union_of_its_parts():
    combined = experiments.get("na64e-2016-2022")
    for run, name in zip(combined.runs, ("na64e-2016-2018", "na64e-2021-2022"), strict=True):
        part = experiments.get(name).runs[0]
        assert run.background == part.background
        assert run.particles_on_target == part.particles_on_target
        assert run.selection == part.selection


def test_catalogue_against_the_collected_numbers():
    rows = quoted_rows("na64_periods")
    known = {(row["experiment"], row["quantity"]) for row in rows}
    for row in rows:
        quantity = of_first_run(row["experiment"])[row["quantity"]]
        assert quantity.value == float(row["value"]), row
        assert quantity.status == row["status"], row
        if row["uncertainty"]:
            assert quantity.uncertainty == float(row["uncertainty"]), row
    for name in {row["experiment"] for row in rows}:
        for key, quantity in of_first_run(name).items():  # what is not known may not look known
            assert (name, key) in known or quantity.status in ("assumed", "estimated")


def of_first_run(name):
    experiment = experiments.get(name)
    run = experiment.runs[0]
    return {
        "momentum_gev": experiment.beam.energy,
        "on_target": run.particles_on_target,
        "background": run.background,
        "observed": run.observed_count,
    }


def test_template_is_a_valid_file(write):
    experiment = experiments.get(write(TEMPLATE))
    assert [run.observed for run in experiment.runs] == [0, 1]
    first, second = experiment.runs
    assert first.particles_on_target.source == "my.toml"
    assert second.particles_on_target.source == "logbook"
    assert second.selection.max_calorimeter_energy.value == 45.0
    assert first.selection == experiment.selection
    assert first.efficiency.values == (0.5,)
    assert second.efficiency.values == (0.45,)


def test_schema_in_package_is_the_models_schema():
    # Regenerate with: python -m emiss.experiments.schema
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()


@pytest.mark.parametrize("path", [*CATALOGUE, PACKAGE / "data" / "experiment-template.toml"])
def test_schema_accepts_what_the_loader_accepts(path):
    jsonschema.validate(tomllib.loads(path.read_text("utf-8")), json_schema())


BROKEN = [
    # old text, new text, key named, words of the problem
    ('energy = "100 GeV"\nmom', "energy = 100\nmom", "beam.energy", "no unit"),
    ('energy = "100 GeV"\nmom', 'enrgy = "100 GeV"\nmom', "beam.enrgy", "did you mean 'energy'"),
    ('energy = "100 GeV"\nmom', 'energy = "100 mm"\nmom', "beam.energy", "not a unit of energy"),
    ('energy = "100 GeV"\nmom', 'energy = "-5 GeV"\nmom', "beam.energy", "between 1 MeV"),
    ('energy = "100 GeV"\nmom', 'energy = {source = "x"}\nmom', "beam.energy.value", "is missing"),
    ('particle = "e-"', 'particle = "e"', "beam.particle", "one of e-, e+"),
    ('momentum_spread = "1 %"', 'momentum_spread = "1"', "beam.momentum_spread", "fraction"),
    ('mode = "missing-energy"', 'mode = "missing-enrgy"', "selection.mode", "'missing-energy'"),
    ("[selection]", "[selektion]", "selektion", "did you mean 'selection'"),
    ("observed = 0", "observed = nan", "run[0].observed", "whole number"),
    ("observed = 0", "observed = -1", "run[0].observed", "at least 0"),
    ("observed = 0", "observed = true", "run[0].observed", "whole number"),
    ("observed = 1", "observed = 2024-01-01", "run[1].observed", "must be a number"),
    ("value = 1e11,", "value = 0,", "run[0].particles_on_target.value", "at least 1"),
    ("value = 0.3,", "value = inf,", "run[0].background.value", "finite"),
    ("value = 0.3,", "value = 0.0,", "run[0].background", "cannot spread zero"),
    ("value = 0.3,", "value = -0.3,", "run[0].background.value", "at least 0"),
    ("value = 0.5, unc", "value = 1.5, unc", "defaults.efficiency.value", "at most 1"),
    ("value = 0.5, unc", 'status = "wild", unc', "defaults.efficiency.status", "one of published"),
    ("correlated = true", 'correlated = "no"', "defaults.yield_uncertainty.correlated", "true or"),
    ('"45 GeV"', '"145 GeV"', "run[1].selection.max_calorimeter_energy", "not below the beam"),
    ('"9 % sqrt(GeV)"          #', "0.09 #", "selection.stochastic_term", "with its unit"),
    ("repeat = 150", "repeat = 0", "dump.repeat", "at least 1"),
    ('material = "Pb"', 'material = "Pbb"', "dump.layers[0]", "did you mean 'Pb'"),
    ('name = "my-experiment"', 'name = "my experiment"', "experiment.name", "up to 64 letters"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), BROKEN, ids=[b[2] + b[1] for b in BROKEN])
def test_broken_file_names_file_line_and_key(write, old, new, key, words):
    assert TEMPLATE.count(old) == 1
    text = TEMPLATE.replace(old, new)
    path = write(text)
    with pytest.raises(ExperimentFileError) as caught:
        experiments.get(path)
    error = caught.value
    assert error.path == path
    assert error.key == key
    assert words in error.problem
    line = TEMPLATE[: TEMPLATE.index(old)].count("\n") + 1
    # A layer of several lines is found by the key that holds it, one line above.
    assert error.line == (line - 1 if "layers" in key else line)


def test_schema_refuses_what_the_loader_refuses():
    # Beyond a JSON Schema: values compared with each other, names of materials, and what JSON does
    # not have (inf, nan, dates).
    beyond = ("145 GeV", "value = 0.0", "Pbb", "inf", "nan", "2024-01-01")
    checked = 0
    validator = jsonschema.Draft202012Validator(json_schema())
    for old, new, _, _ in BROKEN:
        if any(word in new for word in beyond):
            continue
        assert not validator.is_valid(tomllib.loads(TEMPLATE.replace(old, new))), new
        checked += 1
    assert checked == len(BROKEN) - 6


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("", "experiment", "is missing"),
        (head(""), "beam", "section is missing"),
        (head('combine = ["na64e-2016", "na64e-2020"]'), "experiment.combine", "Did you mean"),
        (head('combine = ["na64e-2016"]'), "experiment.combine", "at least 2"),
        (head('combine = ["na64e-2016", "na64e-2016"]'), "experiment.combine", "appears twice"),
        (head('combine = ["na64e-2016", "na64e-plus-2022"]'), "experiment.combine", "particle"),
        (head('base = "na64e-plus-2022"\ncombine = ["a", "b"]'), "experiment", "either combine"),
        (head('base = "my.toml"'), "experiment.base", "circle: my.toml -> my.toml"),
        (head('base = "na64e-2016"\n[beam]\nparticle="e-"'), "beam.energy", "is missing"),
        (head('base = "na64e-2016"\n[override]\nefficency = 1'), "override.efficency", "did you"),
        (
            head('base = "na64e-2016"\n[override]\nscale_background = true'),
            "override",
            "needs particles_on_target",
        ),
        (
            head('base = "na64e-2016"\n[override.selection]\nmax_calorimeter_energy = "1 TeV"'),
            "override.selection.max_calorimeter_energy",
            "not below the beam energy",
        ),
        (head('base = "na64e-2016"\n[defaults]\nefficiency = 0.3'), "defaults", "leave it out"),
    ],
)
def test_broken_derived_file(write, text, key, words):
    with pytest.raises(ExperimentFileError) as caught:
        experiments.get(write(text))
    assert caught.value.key == key
    assert words in caught.value.problem


def test_override_changes_all_runs(write):
    text = head('combine = ["na64e-2016-2018", "na64e-2021-2022"]') + (
        '[override]\nefficiency = "40 %"\nyield_uncertainty = {value = 0.2, correlated = false}\n'
        "particles_on_target = 1e12\nscale_background = true\n"
        'selection = { max_calorimeter_energy = "40 GeV" }\n'
    )
    experiment = experiments.get(write(text))
    assert experiment.projection
    close(experiment.total_on_target, 1e12, 1e-12)
    for run in experiment.runs:
        assert run.efficiency.values == (0.4,)
        assert (run.yield_uncertainty.value, run.yield_correlated) == (0.2, False)
        assert run.selection.max_calorimeter_energy.value == 40.0
        assert run.selection.max_calorimeter_energy.status == "user"
        assert run.selection.stochastic_term.status == "published"
    close(experiment.runs[0].background.value, 0.53 * 1e12 / 9.4e11, 1e-12)


def test_own_files_combine_by_relative_path(write, tmp_path):
    write(TEMPLATE, "a.toml")
    second = TEMPLATE.replace('"first"', '"third"').replace('"second"', '"fourth"')
    write(second, "b.toml")
    both = experiments.get(write(head('combine = ["a.toml", "b.toml"]'), "both.toml"))
    assert [run.period for run in both.runs] == ["first", "second", "third", "fourth"]
    before = both.file_sha256
    write(second.replace("observed = 0", "observed = 3"), "b.toml")
    after = experiments.get(tmp_path / "both.toml")
    assert after.runs[2].observed == 3
    assert after.file_sha256 != before
    write(second.replace("repeat = 150", "repeat = 100"), "b.toml")
    with pytest.raises(ExperimentFileError, match="differ in dump"):
        experiments.get(tmp_path / "both.toml")


def test_circle_of_files(write):
    first = write(head('base = "b.toml"'), "a.toml")
    write(head('base = "c.toml"'), "b.toml")
    write(head('base = "a.toml"'), "c.toml")
    with pytest.raises(ExperimentFileError, match=r"circle: a.toml -> b.toml -> c.toml -> a.toml"):
        experiments.get(first)


def test_error_in_a_part_names_the_part(write, tmp_path):
    write(TEMPLATE.replace("observed = 0", "observed = -1"), "part.toml")
    with pytest.raises(ExperimentFileError) as caught:
        experiments.get(write(head('base = "part.toml"')))
    assert caught.value.path == tmp_path / "part.toml"


def test_projection_has_no_observation(write):
    plan = TEMPLATE.replace("# projection = true ", "projection = true")
    with pytest.raises(ExperimentFileError, match="projection has no observed"):
        experiments.get(write(plan))
    plan = plan.replace("observed = 0\n", "").replace("observed = 1\n", "")
    experiment = experiments.get(write(plan))
    assert experiment.projection
    # Medians of Poisson counts with mean 0.3 and 0.4: P(0) = 0.74 and 0.67.
    assert [run.observed for run in experiment.runs] == [0, 0]


def test_own_materials(write):
    write('[compound.GSO]\ndensity = "6.71 g/cm3"\natoms = { Pb = 1, O = 1 }\n', "crystals.toml")
    text = TEMPLATE.replace('material = "Pb"', 'material = "GSO"')
    with pytest.raises(ExperimentFileError, match="unknown material 'GSO'"):
        experiments.get(write(text))
    text = text.replace('# materials_file = "my-materials', 'materials_file = "crystals')
    experiment = experiments.get(write(text))
    assert experiment.dump.depth_x0 > 10
    missing = text.replace("crystals.toml", "gone.toml")
    with pytest.raises(ExperimentFileError, match=r"gone.toml: no such file") as caught:
        experiments.get(write(missing))
    assert caught.value.key == "dump.materials_file"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('a = 1\n[experiment\nname = "x"\n', 2, "not valid TOML"),
        ("a = 1\nb = [1,\n", 2, "not valid TOML"),
        ("a = 1\na = 2\n", 2, "not valid TOML"),
        ("a = " + "9" * 5000, None, "not valid TOML"),
        ("a = " + "[" * 50_000, None, "nested too deeply"),
        ("# " + "x" * 300_000, None, "larger than 256 kB"),
    ],
    ids=["header", "end", "twice", "digits", "nested", "size"],
)
def test_not_toml(write, text, line, words):
    with pytest.raises(ExperimentFileError) as caught:
        experiments.get(write(text))
    assert words in caught.value.problem
    assert caught.value.line == line


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"# one\n# two\n\xff\xfe")
    with pytest.raises(ExperimentFileError, match="line 3: is not UTF-8"):
        experiments.get(path)


def test_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + loader.template().encode())
    assert loader.load(path).name == "my-experiment"


def test_windows_line_ends(write, tmp_path):
    path = tmp_path / "crlf.toml"
    path.write_bytes(TEMPLATE.replace("\n", "\r\n").encode())
    assert experiments.get(path).name == "my-experiment"


@pytest.mark.parametrize("name", ["gone.toml", "a\0b.toml", "x" * 5000 + ".toml", "/dev/zero"])
def test_unreadable_path(name):
    with pytest.raises(ExperimentFileError):
        experiments.get(name)


def test_directory_is_no_file(tmp_path):
    with pytest.raises(ExperimentFileError, match="not a regular file"):
        experiments.get(tmp_path)


def test_unknown_name_suggests():
    with pytest.raises(UnknownNameError, match="Did you mean 'na64e-2016-2022'"):
        experiments.get("na64e-2016-202")


def test_catalogue_refuses_unlabelled_numbers(write, tmp_path, monkeypatch):
    path = write(TEMPLATE)
    monkeypatch.setattr(loader, "_CATALOGUE", tmp_path)
    with pytest.raises(ExperimentFileError, match="no source and status") as caught:
        experiments.get(path)
    assert caught.value.key == "beam.momentum_spread"


def test_line_of_every_key_in_the_template():
    lines = key_lines(TEMPLATE)
    text = TEMPLATE.split("\n")
    for location, number in lines.items():
        last = next(part for part in reversed(location) if isinstance(part, str))
        assert last in text[number - 1], dotted(location)
    assert (
        find_line(lines, ("run", 1, "selection", "max_calorimeter_energy"))
        == text.index(next(line for line in text if '"45 GeV"' in line)) + 1
    )
    assert find_line(lines, ("nothing", "here")) is None


def test_keys_inside_blocks_of_text_are_not_keys():
    lines = key_lines('a = """\nb = 1\n"""\nc = 2\n')
    assert lines == {("a",): 1, ("c",): 4}


def test_import_loads_no_pydantic():
    code = "import sys; import emiss.experiments; assert 'pydantic' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
