"""The command line as a user meets it: contracts of --json, files, errors and exit codes."""

import itertools
import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys

import numpy as np
import pytest
from closeness import close

from emiss.presentation.cli import main, output


def run(capsys, *arguments):
    """Run a command in this process; returns exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    captured = capsys.readouterr()
    return stop.value.code or 0, captured.out, captured.err


def record(capsys, *arguments):
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    assert out.count("\n") == 1, "one JSON object and nothing else"
    return json.loads(out)


def test_limit_json_has_the_keys_of_the_contract(capsys):
    found = record(capsys, "limit", "na64e-2016-2022", "--masses", "1MeV:1GeV:7")
    assert {
        "masses_gev",
        "coupling_name",
        "observed",
        "expected",
        "method",
        "cl",
        "provenance",
    } <= set(found)
    assert found["coupling_name"] == "epsilon"
    assert set(found["expected"]) == {"-2", "-1", "0", "1", "2"}
    assert len(found["observed"]) == len(found["masses_gev"]) == 7
    assert "observed_upper" not in found
    assert found["provenance"]["inputs_sha256"]
    assert all(1e-6 < value < 1e-2 for value in found["observed"])


def test_a_mass_without_exclusion_is_null(capsys):
    found = record(
        capsys, "limit", "na64e-2016", "--masses", "10MeV,100MeV", "--set", "dark_matter=none"
    )
    assert found["observed"] == [None, None]
    assert found["warnings"]


def test_limit_writes_all_files(tmp_path, capsys):
    out_dir = tmp_path / "results"
    code, out, _ = run(
        capsys, "limit", "na64e-2016-2022", "--masses", "1MeV:1GeV:9", "-o", str(out_dir)
    )
    assert code == 0
    names = {file.relative_to(out_dir).as_posix() for file in out_dir.rglob("*") if file.is_file()}
    assert {"limit.csv", "limit.json", "references.bib", "hepdata/submission.yaml"} <= names
    assert {"coupling.png", "coupling.pdf", "y.png", "y.pdf"} <= names
    assert "epsilon obs." in out
    stored = json.loads((out_dir / "limit.json").read_text())
    assert len(stored["masses_gev"]) == 9


def test_default_directory_is_in_the_working_tree(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, _ = run(capsys, "limit", "na64e-2016", "--masses", "10MeV,20MeV")
    assert code == 0
    assert (tmp_path / "out" / "na64e-2016" / "limit.csv").is_file()


def test_json_alone_writes_no_files(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record(capsys, "limit", "na64e-2016", "--masses", "10MeV")
    assert not list(tmp_path.iterdir())


def test_projection_scales_with_the_square_root_of_the_beam(capsys):
    base = record(capsys, "limit", "na64e-2016", "--masses", "10MeV")
    more = record(capsys, "limit", "na64e-2016", "--masses", "10MeV", "--on-target", "4.3e12")
    # zero observed in both; uncertainties are the same: events scale with beam, coupling with root
    close(base["observed"][0] / more["observed"][0], 10.0, 1e-3)


@pytest.mark.parametrize("method", ["cls", "fc", "bayes", "asymptotic"])
def test_methods_reach_the_limit(capsys, method):
    found = record(capsys, "limit", "na64e-2016", "--masses", "10MeV", "--method", method)
    assert found["method"] == method
    assert found["observed"][0] > 0


def test_compare_draws_and_lists_the_ratio(tmp_path, capsys):
    curve = tmp_path / "mine.csv"
    curve.write_text("mass_gev,epsilon\n0.005,1e-5\n0.05,1e-4\n")
    code, out, _ = run(
        capsys,
        "limit",
        "na64e-2016",
        "--masses",
        "10MeV,20MeV",
        "--compare",
        str(curve),
        "-o",
        str(tmp_path / "o"),
    )
    assert code == 0
    assert "ours over mine: " in out
    assert list((tmp_path / "o").glob("comparison-*.png"))
    common = ("limit", "na64e-2016", "--masses", "10MeV,20MeV", "-o", str(tmp_path / "p"))
    code, out, _ = run(
        capsys, *common, "--table", "--compare", f"A={curve}", "--compare", f"B={curve}"
    )
    assert code == 0
    assert "ratio to A" in out
    assert "ratio to B" in out
    assert {"comparison-A.png", "comparison-B.png"} <= {f.name for f in (tmp_path / "p").iterdir()}
    for bad, word in (
        (["--compare", str(curve), "--compare", str(curve)], "two curves are called 'mine'"),
        (["--compare", f"={curve}"], "LABEL=FILE"),
    ):
        code, out, err = run(capsys, *common, *bad)
        assert code == 2
        assert word in err


def test_limits_side_by_side_and_combined(tmp_path, capsys):
    args = ("--masses", "10MeV,100MeV", "-o", str(tmp_path / "o"))
    code, out, _ = run(capsys, "limit", "na64e-2016", "na64e-2016-2018,na64e-plus-2022", *args)
    assert code == 0
    assert out.count("epsilon obs.") == 2
    folders = {"na64e-2016", "na64e-2016-2018+na64e-plus-2022"}
    figures = {"coupling.png", "coupling.pdf", "y.png", "y.pdf"}
    assert {f.name for f in (tmp_path / "o").iterdir()} == folders | figures
    both = record(capsys, "limit", "na64e-2016", "na64e-plus-2022", "--masses", "10MeV,100MeV")
    alone = record(capsys, "limit", "na64e-plus-2022", "--masses", "10MeV,100MeV")
    assert both["limits"][1]["observed"] == alone["observed"]
    code, _, err = run(capsys, "limit", "na64e-2016", "na64e-2016", *args)
    assert code == 2
    assert "given twice" in err


def test_the_short_answer_and_the_whole(tmp_path, capsys):
    args = ("limit", "na64e-2016", "--set", "dark_matter=scalar", "-o", str(tmp_path / "o"))
    code, short, _ = run(capsys, *args)
    assert code == 0
    assert "dip: epsilon = " in short
    assert "complex scalar relic: excluded at m_chi " in short
    assert "pseudo-Dirac relic: not reached" in short
    assert "made for scalar dark matter; `emiss verdict`" in short
    assert "4.3e10 on target" in short
    (inputs,) = (line for line in short.splitlines() if "recalled" in line)
    assert "emiss show na64e-2016 --unpublished" in inputs
    assert short.count(" MeV") < 20
    _, whole, _ = run(capsys, *args, "--table")
    assert whole.count(" MeV") > 50
    assert "bremsstrahlung" in whole
    # The command that the line names lists as many numbers as it counts.
    count = sum(int(word) for word in re.findall(r"(\d+) [a-z]+", inputs.split("(")[0]))
    listed = record(capsys, "show", "na64e-2016", "--unpublished")
    assert len(listed["values"]) == count


def test_inputs_are_shown_by_the_names_that_were_typed(tmp_path, capsys):
    own = tmp_path / "my own.toml"
    own.write_text(run(capsys, "template")[1], encoding="utf-8")
    args = ("limit", f"{own},na64e-2016", "--masses", "10MeV,20MeV", "-o", str(tmp_path / "o"))
    code, short, _ = run(capsys, *args)
    assert code == 0
    (line,) = (line for line in short.splitlines() if line.startswith("inputs that are not"))
    commands = line.partition("(")[2].rstrip(")").split("; ")
    assert len(commands) == 2
    for command in commands:
        assert run(capsys, *shlex.split(command)[1:])[0] == 0


def test_a_search_that_excludes_nothing_says_what_it_is_for(tmp_path, capsys):
    masses = ("--masses", "10MeV,20MeV", "-o", str(tmp_path / "o"))
    code, _, err = run(capsys, "limit", "na64-visible-2018", *masses)
    assert code == 0
    words = " ".join(err.split())
    assert "the search is for: a boson leaves the dump and decays to e+ e-" in words
    assert "bosons decay to pseudo-dirac dark matter instead (dark_matter = none" in words


def test_help_flows_to_the_width_of_the_terminal(capsys):
    """Lines of a docstring are not lines of the help."""
    for name in ("plane", "dump-scatter"):
        _, out, _ = run(capsys, name, "--help")
        text = out.split("╭")[0].split("\n")
        body = [line.rstrip() for line in text[3:] if line.strip()]
        # All lines but the last of a paragraph end where no further word fits.
        short = [
            line
            for line, following in itertools.pairwise(body)
            if len(line) + 1 + len(following.split()[0]) < 78 and not line.endswith(".")
        ]
        assert short == [], name


def test_names_in_the_singular_and_numbers_as_people_write_them(capsys):
    assert record(capsys, "list", "experiment") == record(capsys, "list", "experiments")
    assert record(capsys, "list", "process") == record(capsys, "list", "processes")
    _, out, _ = run(capsys, "list", "experiment")
    assert "9.4e11" in out
    assert "e+1" not in out
    code, _, err = run(capsys, "list", "thing")
    assert code == 2
    assert "experiments" in err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("verdict", "na64e-2016", "-o", "x"), "--figure"),
        (("plane", "na64e-2016", "--output=x"), "--figure"),
        (("limit", "na64e-2016", "--figure", "x"), "--output"),
        (("xsec", "annihilation", "--energy", "80GeV", "--mass", "250MeV", "-o", "x"), "--figure"),
    ],
)
def test_the_other_name_of_an_option_that_writes_is_told(capsys, words, meant):
    code, _, err = run(capsys, *words)
    assert code == 2
    assert f"goes where {meant} says" in err


def test_names_with_commas_are_cited_alike(capsys):
    both = ("na64e-2016-2022", "na64mu-2022")
    assert run(capsys, "cite", ",".join(both))[1] == run(capsys, "cite", *both)[1]


def test_verdict_of_a_search_that_cannot_answer(tmp_path, capsys):
    args = ("verdict", "na64-visible-2017", "--masses", "1MeV:100MeV:9")
    code, out, _ = run(capsys, *args, "--figure", str(tmp_path / "v.png"))
    assert code == 0
    assert "no answer" in out
    assert "'na64-visible-2017' cannot answer" in out
    assert (tmp_path / "v.png").is_file()
    scenario = record(capsys, *args)["scenarios"]["scalar"]["na64-visible-2017"]
    assert scenario["answers"] is False
    assert "excluded:" not in out  # there are none to explain
    assert "relic lines:" not in out
    # What a search that cannot answer leaves is no finding.
    assert scenario["left_gev"] is None


def test_a_verdict_takes_a_range_of_masses(capsys):
    asked = ("verdict", "na64e-2016", "--dark-matter", "scalar", "--masses")
    found = record(capsys, *asked, "10MeV:100MeV")
    assert found == record(capsys, *asked, "10MeV:100MeV:80")
    assert found["searched_gev"] == [0.01, 0.1]


def test_files_are_named_with_their_folder(tmp_path, capsys):
    args = ("limit", "na64e-2016", "--masses", "10MeV,100MeV", "--output", str(tmp_path / "o"))
    _, out, _ = run(capsys, *args)
    files = out.split("wrote ")[1].split(" in ")[0].split(", ")
    assert "hepdata/coupling.yaml" in files
    assert all((tmp_path / "o" / name).is_file() for name in files)


def test_counts_with_pseudo_experiments(capsys):
    case = ("counts", "--observed", "4", "--background", "1", "--toys", "2000")
    case += ("--method", "toys", "--discovery", "toys")
    first, again, other = (record(capsys, *case, "--seed", s) for s in ("3", "3", "4"))
    assert first == again
    assert first["upper_limit"] != other["upper_limit"]
    excess = first["excess"]
    # P(N >= 4 | 1) = 0.01899, within 4 of its errors
    assert abs(excess["p_value"] - 0.01899) < 4.0 * excess["error"]
    assert "2000 pseudo-experiments" in first["warnings"][0]


def test_limit_says_how_many_pseudo_experiments(capsys):
    case = ("limit", "na64e-2016", "--masses", "10MeV", "--method", "toys", "--toys", "500")
    first, other = (record(capsys, *case, "--seed", s) for s in ("3", "4"))
    assert first["observed"] != other["observed"]
    assert "500 pseudo-experiments" in first["warnings"][0]


def test_counts_json(capsys):
    found = record(capsys, "counts", "--observed", "0", "--background", "0.51", "--cl", "0.9")
    close(found["upper_limit"], math.log(10), 1e-12)
    assert found["lower_limit"] == 0.0
    found = record(capsys, "counts", "--observed", "3", "--background", "0.5", "--method", "fc")
    # Feldman-Cousins, Table IV: [0.60, 6.92], two digits
    close(found["lower_limit"], 0.60, absolute=0.02, because="the published table has two digits")
    close(found["upper_limit"], 6.92, absolute=0.02, because="the published table has two digits")


def test_tracks_json(capsys):
    found = record(
        capsys, "tracks", "--material", "Pb", "--beam", "e-", "--energy", "100GeV", "--bins", "20"
    )
    edges = np.array(found["energy_edges_gev"])
    assert edges[0] == 1.0
    assert edges[-1] == 100.0
    for key in ("electron", "positron", "photon"):
        total = np.sum(np.array(found[f"{key}_x0_per_gev"]) * np.diff(edges))
        close(total, found[f"{key}_x0_above"][0], 1e-9)


def test_xsec_json(capsys):
    arguments = ("--energy", "100GeV", "--mass", "100MeV", "--target", "Pb")
    etl = record(capsys, "xsec", "bremsstrahlung", *arguments)
    # DMG4 v1.2: 106.04 pb at epsilon = 1e-4
    close(1e-8 * etl["cross_section_pb"], 106.04, 0.03)
    assert 0 < etl["relative_error"] < 0.005
    assert "epsilon" in etl["coupling_convention"]
    part = record(capsys, "xsec", "bremsstrahlung", *arguments, "--min-x", "0.5")
    assert part["cross_section_pb"] < etl["cross_section_pb"]
    resonance = record(
        capsys,
        "xsec",
        "annihilation",
        "--energy",
        "61GeV",
        "--mass",
        "250MeV",
        "--dark-matter",
        "scalar",
        "--alpha-dark",
        "0.1",
        "--mass-ratio",
        "3",
    )
    assert resonance["cross_section_pb"] > 1e9


def test_xsec_associated(capsys):
    found = record(
        capsys,
        "xsec",
        "associated",
        "--energy",
        "100GeV",
        "--mass",
        "50MeV",
        "--min-photon-energy",
        "1GeV",
    )
    from emiss.physics.processes.associated import cross_section_pb

    close(
        found["cross_section_pb"],
        float(cross_section_pb(100.0, 0.05, min_photon_energy=1.0)),
        1e-12,
    )
    assert run(capsys, "xsec", "associated", "--energy", "1GeV", "--mass", "1")[0] == 2


def test_yields_json(capsys):
    found = record(capsys, "yields", "na64e-2016-2022", "--masses", "1MeV,250MeV")
    assert set(found["processes"]) == {"bremsstrahlung", "annihilation", "associated production"}
    brems = found["processes"]["bremsstrahlung"]
    assert len(brems) == 2
    assert all(len(events) == 2 for events in brems.values())


@pytest.mark.parametrize(
    "kind", ["experiments", "models", "materials", "processes", "modes", "elements"]
)
def test_lists(capsys, kind):
    found = record(capsys, "list", kind)
    name = "kind" if kind == "elements" else "name"
    assert all(name in row for row in found[kind])
    code, out, _ = run(capsys, "list", kind)
    assert code == 0
    assert found[kind][0][name] in out


@pytest.mark.parametrize("name", ["na64e-2016-2022", "dark-photon", "na64-ecal"])
def test_show_gives_every_number_with_source_and_status(capsys, name):
    found = record(capsys, "show", name)
    assert found["values"]
    if found["kind"] != "model":
        assert all(row["source"] and row["status"] for row in found["values"])


def test_show_says_what_is_looked_for_and_whether_it_is_a_plan(capsys):
    assert (
        "experiment na64mu-2e13 (missing-momentum, a projection): "
        in run(capsys, "show", "na64mu-2e13")[1]
    )
    assert "experiment na64mu-2022 (missing-momentum): " in run(capsys, "show", "na64mu-2022")[1]
    assert record(capsys, "show", "na64mu-2022")["mode"] == "missing-momentum"


def test_cite_gives_bibtex(capsys):
    code, out, _ = run(capsys, "cite", "na64e-2016-2022")
    assert code == 0
    assert "2307.02404" in out
    assert out.count("@") >= 1


def test_template_round_trip(tmp_path, capsys):
    file = tmp_path / "mine.toml"
    assert run(capsys, "template", "-o", str(file))[0] == 0
    found = record(capsys, "limit", str(file), "--masses", "10MeV,100MeV")
    assert all(value > 0 for value in found["observed"])
    assert json.loads(run(capsys, "template", "--schema")[1])["$schema"]


ERRORS = [
    (("limit", "na64e-2016-2020"), "Did you mean 'na64e-2016-20"),
    (("limit", "na64e-2016", "--model", "dark-foton"), "Did you mean 'dark-photon'"),
    (("limit", "na64e-2016", "--set", "alpha_drak=0.1"), "alpha_dark"),
    (("limit", "na64e-2016", "--set", "alpha_dark"), "KEY=VALUE"),
    (("limit", "na64e-2016", "--set", "alpha_dark=0.1", "--set", "alpha_dark=1"), "twice"),
    (("limit", "na64e-2016", "--set", "alpha_dark=nan"), "alpha_dark"),
    (("limit", "na64e-2016", "--masses", "1:10"), "has no unit"),
    (("limit", "na64e-2016", "--masses", "10"), "no unit"),
    (("limit", "na64e-2016", "--masses", "-1MeV"), "positive"),
    (("limit", "na64e-2016", "--masses", "10TeV"), "mass"),
    (("limit", "na64e-2016", "--masses", "1eV"), "mass"),
    (("limit", "na64e-2016", "--cl", "1.2"), "confidence level"),
    (("limit", "na64e-2016", "--cl", "nan"), "'nan' is not"),
    (("limit", "na64e-2016", "--method", "frequentist"), "unknown method"),
    (("limit", "na64e-2016", "--on-target", "0"), "on_target: 0; give"),
    (("limit", "na64e-2016", "--on-target", "-1e12"), "on_target: -1e+12; give"),
    (("limit", "na64e-2016", "--on-target", "nan"), "'nan' is not"),
    (("limit", "na64e-2016", "--compare", "absent.csv"), "absent.csv"),
    (("limit", "absent.toml"), "absent.toml"),
    (("tracks", "--material", "lead"), "unknown material"),
    (("tracks", "--beam", "pi-"), "particle"),
    (("tracks", "--energy", "100"), "no unit"),
    (("tracks", "--energy", "10TeV"), "energy"),
    (("tracks", "--min-energy", "200GeV"), "energy"),
    (("xsec", "bremsstrahlung", "--energy", "100GeV", "--mass", "10GeV"), "mass"),
    (("xsec", "bremsstrahlung", "--energy", "0GeV", "--mass", "1MeV"), "energy"),
    (
        ("xsec", "bremsstrahlung", "--energy", "9GeV", "--mass", "1MeV", "--target", "Plumbum"),
        "element",
    ),
    (
        ("xsec", "bremsstrahlung", "--energy", "9GeV", "--mass", "1MeV", "--boson", "tensor"),
        "boson",
    ),
    (
        ("xsec", "bremsstrahlung", "--energy", "9GeV", "--mass", "1MeV", "--min-x", "2"),
        "min_x",
    ),
    (
        ("xsec", "annihilation", "--energy", "9GeV", "--mass", "1MeV", "--mass-ratio", "1"),
        "mass_ratio",
    ),
    (("counts", "--observed", "-1", "--background", "1"), "observed"),
    (("counts", "--observed", "1", "--background", "1", "--discovery", "toy"), "toys"),
    (("counts", "--observed", "1", "--background", "1", "--method", "toys", "--toys", "9"), "toys"),
    (("counts", "--observed", "1", "--background", "-1"), "background"),
    (("counts", "--observed", "1", "--background", "nan"), "background"),
    (("show", "na64e-2015"), "Did you mean"),
    (("cite", "nothing-of-that-name"), "unknown"),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_bad_input_is_a_clear_error_with_exit_code_2(
    arguments, message, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert message in err
    assert "Traceback" not in err
    assert out == ""
    assert not list(tmp_path.iterdir()), "nothing partial may be left behind"


@pytest.mark.parametrize(
    "arguments", [("limit",), ("nonsense",), ("counts", "--observed", "x"), ("list", "things")]
)
def test_wrong_usage_has_exit_code_2(arguments, capsys):
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert err


def test_unwritable_output_is_refused(tmp_path, capsys):
    blocker = tmp_path / "file"
    blocker.write_text("here")
    code, _, err = run(
        capsys, "limit", "na64e-2016", "--masses", "10MeV,20MeV", "-o", str(blocker / "below")
    )
    assert code == 2
    assert "file" in err
    assert blocker.read_text() == "here"


def test_broken_toml_names_file_and_line(tmp_path, capsys):
    file = tmp_path / "broken.toml"
    file.write_text('[experiment]\nname = "x"\ntitle = \n')
    code, _, err = run(capsys, "limit", str(file))
    assert code == 2
    assert "broken.toml" in err
    assert "line 3" in err


def test_help_and_import_stay_light():
    """No heavy library is loaded by `import emiss` or by building the command tree."""
    script = (
        "import sys, emiss\n"
        "import emiss.presentation.cli\n"
        "assert 'numpy' not in sys.modules\n"
        "from emiss.presentation.cli import app, command\n"
        "app.make_app(command.discover())\n"
        "heavy = {'numba', 'scipy', 'matplotlib', 'pydantic', 'pandas', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_a_limit_for_a_standard_target_needs_no_compiler():
    script = (
        "import sys, emiss\n"
        "emiss.limit('na64e-2016', masses=[0.01])\n"
        "print(sorted({'numba', 'matplotlib'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def _in_a_terminal(monkeypatch, width):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_a_narrow_terminal_cuts_no_number(capsys, monkeypatch, width):
    _in_a_terminal(monkeypatch, width)
    code, out, _ = run(capsys, "tracks", "--bins", "3")
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
    found = record(capsys, "tracks", "--bins", "3")
    for key in ("electron_x0_per_gev", "photon_x0_per_gev"):
        assert all(f"{value:.4g}" in plain for value in found[key])
    assert "…" not in plain
    assert max(len(line) for line in plain.splitlines()[1:]) <= width


def test_columns_that_do_not_fit_follow_below(capsys, monkeypatch):
    _in_a_terminal(monkeypatch, 80)
    _, out, _ = run(capsys, "limit", "na64e-2016", "--masses", "10MeV,20MeV", "-o", os.devnull)
    assert out == ""  # a file stands in the way: refused before anything is printed
    output.table("t", ["mass", "a", "b"], [["1 MeV", "1.234e-5/" * 4, "9.876e-5/" * 4]])
    output.flush()
    printed = capsys.readouterr().out
    assert printed.count("1 MeV") == 2
    assert "1.234e-5/" * 4 in printed
    assert "9.876e-5/" * 4 in printed


def test_a_reader_that_goes_away_is_no_fault():
    script = f'"{sys.executable}" -m emiss list experiments | true; echo ${{PIPESTATUS[0]}}'
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "0"
    assert found.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_full_disk_behind_standard_output_is_a_clear_error(extra):
    command = [sys.executable, "-m", "emiss", "counts", "--observed", "0", "--background", "1"]
    with open("/dev/full", "w") as full:
        found = subprocess.run(
            [*command, *extra], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert found.returncode == 2
    assert found.stderr.startswith("emiss: error: standard output: ")
    assert "Traceback" not in found.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(tmp_path, number):
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        # Jobs in the background of a shell inherit that interrupts are ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from emiss.presentation import plots\n"
        "from emiss.presentation.cli import main\n"
        f"plots.exclusion = lambda *a, **k: os.kill(os.getpid(), {int(number)})\n"
        "main(['limit', 'na64e-2016', '--masses', '10MeV,20MeV', '-o', sys.argv[1]])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 128 + number
    assert found.stderr == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("xsec", "bremsstrahlung", "--energy", "20GeV", "--mass", "10MeV"),
        ("xsec", "annihilation", "--energy", "80GeV", "--mass", "250MeV"),
        ("tracks", "--bins", "3"),
        ("yields", "na64e-2016", "--masses", "10MeV:1GeV:3"),
    ],
)
def test_figures_with_and_without_json(tmp_path, capsys, arguments):
    record(capsys, *arguments, "--figure", str(tmp_path / "v1.5"))
    assert {file.name for file in tmp_path.iterdir()} == {"v1.5.png", "v1.5.pdf"}
    code, out, _ = run(capsys, *arguments, "--figure", str(tmp_path / "one.svg"))
    assert code == 0
    assert "one.svg" in out
    code, out, err = run(capsys, *arguments, "--figure", str(tmp_path / "one.jpg"))
    assert (code, out) == (2, "")
    assert "jpg" in err


def test_a_thin_dump_is_warned_of(tmp_path, capsys):
    path = tmp_path / "thin.toml"
    run(capsys, "template", "-o", str(path))
    path.write_text(path.read_text().replace("repeat = 134", "repeat = 4"))
    found = record(capsys, "limit", str(path), "--masses", "10MeV")
    assert "radiation lengths deep" in found["warnings"][0]
    assert not record(capsys, "limit", "na64e-2016-2022", "--masses", "10MeV")["warnings"]


@pytest.mark.parametrize(
    "words",
    [
        "limit na64e-2016 --masses 10MeV -o OUT --compare CURVE",
        "plane na64e-2016 --model dark-photon --masses 10MeV --compare CURVE",
        "compare OUT CURVE",
        "recast CURVE --to b-l",
        "direct-detection --curve CURVE",
    ],
)
def test_a_doubt_about_a_curve_is_settled_by_the_same_options_everywhere(tmp_path, capsys, words):
    curve, out = tmp_path / "doubt.csv", tmp_path / "out"
    sigma = words.startswith("direct")
    head, value = ("sigma_e_cm2", "1e-38") if sigma else ("epsilon", "1e-4")
    curve.write_text(f"# values are squared\npixel,{head}\n1,{value}\n100,{value}\n")
    if words.startswith("compare"):
        run(capsys, "limit", "na64e-2016", "--masses", "10MeV", "-o", str(out))
    arguments = words.replace("CURVE", str(curve)).replace("OUT", str(out)).split()
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "--quantity" in err
    arguments += ["--quantity", "sigma_e [cm^2]" if sigma else "epsilon"]
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "--mass-unit" in err
    mass = "m_chi [MeV]" if sigma else "m_A' [MeV]"
    code, _, err = run(capsys, *arguments, "--mass-unit", mass)
    assert code == 0, err
    whose = "the dark matter's mass" if sigma else "the mediator's mass"
    said = f"{head} (column '{head}') against {whose} in MeV"
    assert any(line.startswith(f"emiss: doubt: {said}") for line in err.splitlines())
    assert said in json.dumps(record(capsys, *arguments, "--mass-unit", mass))


def test_a_plane_asks_whether_a_curve_far_away_is_of_the_same_quantity(tmp_path, capsys):
    curve = tmp_path / "square.csv"
    curve.write_text("mass_gev,epsilon\n0.001,1e-10\n1,1e-6\n")
    args = ("plane", "na64e-2016", "--model", "dark-photon", "--compare", str(curve))
    code, out, err = run(capsys, *args, "--masses", "10MeV,100MeV")
    assert code == 0
    assert "everywhere; are both epsilon, not a square" in err
    assert "over square: " in out
    curve.write_text("mass_gev,g_agg [GeV^-1]\n0.001,1e-10\n1,1e-6\n")
    code, _, err = run(capsys, *args, "--masses", "10MeV")
    assert code == 2
    assert "is a curve of g_agg" in err


def test_a_plane_with_curves_of_others_and_the_relic_density(tmp_path, capsys):
    curve = tmp_path / "theirs.csv"
    curve.write_text("mass_gev,epsilon\n0.001,1e-4\n1,1e-2\n")
    args = ("plane", "na64e-2016", "na64e-plus-2022", "--model", "dark-photon")
    args += ("--set", "dark_matter=scalar", "--compare", f"Theirs={curve}")
    code, out, err = run(capsys, *args, "--figure", str(tmp_path / "p.png"))
    assert code == 0
    assert "wrote" in out
    assert out.count("over Theirs: ") == 2
    assert "everywhere; are both" not in err
    # From 1 MeV on, where dark matter of a third of it cannot annihilate at rest.
    assert "no line of the relic density" not in err
    found = record(capsys, *args)
    relic = found["relic"]
    (first, second) = found["comparisons"]
    assert (first["label"], first["experiment"]) == ("Theirs", "na64e-2016")
    # Their line is 1e-4 (m/MeV)^(2/3).
    theirs = 1e-4 * (np.array(found["masses_gev"]) / 1e-3) ** (2.0 / 3.0)
    close(second["ratio"], np.array(found["limits"]["na64e-plus-2022"]) / theirs, 1e-9)
    assert 1.5e-3 < relic["masses_gev"][0] < 1.7e-3


def test_yields_of_nothing_say_what_is_searched_for(capsys):
    asked = ("yields", "na64-visible-2018", "--masses", "10MeV", "--model")
    code, _, words = run(capsys, *asked, "alp")
    assert code == 0
    assert "'alp' gives no signal in 'na64-visible-2018': the search is for: a boson" in words
    code, _, words = run(capsys, *asked, "leptophilic", "--set", "dark_matter=none")
    assert (code, words) == (0, "")
