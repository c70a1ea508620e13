"""Commands decays, compare and recast, on an application of their own."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from closeness import close
from command_line import run, run_json

import emiss
from emiss import models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError
from emiss.physics.models.mesons import MesonModel
from emiss.presentation.export import limit_record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("models")
    text = (ROOT / "docs" / "models.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    (path / "protophobic.toml").write_text(example, encoding="utf-8")
    masses = np.geomspace(5e-3, 0.1, 8)
    limit = emiss.limit("na64e-2016-2022", masses=masses)
    (path / "limit.json").write_text(json.dumps(limit_record(limit)), encoding="utf-8")
    rows = "\n".join(f"{m:.17g},{2 * v:.17g}" for m, v in zip(masses, limit.observed, strict=True))
    text = f"# reference: arXiv:0000.00000\nmass_gev,epsilon\n{rows}\n"
    (path / "twice.csv").write_text(text, encoding="utf-8")
    return path


def test_decays_json():
    record = run_json(
        "decays",
        "dark-photon",
        "--mass",
        "300MeV",
        "--coupling",
        "1e-4",
        "--set",
        "dark_matter=none",
    )
    widths = record["partial_widths_gev"]
    assert set(widths) == {"e+e-", "mu+mu-", "tau+tau-", "hadrons"}
    r2 = (const.MUON_MASS / 0.3) ** 2
    muons = const.ALPHA * 1e-8 * 0.3 / 3 * (1 + 2 * r2) * math.sqrt(1 - 4 * r2)
    close(widths["mu+mu-"], muons, 1e-12)
    close(record["total_width_gev"], sum(widths.values()), 1e-12)
    close(record["ctau_cm"], const.HBARC_GEV_CM / record["total_width_gev"], 1e-6)
    close(record["lifetime_ns"], record["ctau_cm"] / 29.9792458, 1e-6)
    close(sum(record["branching"].values()), 1.0, 1e-6)
    assert record["excited_state"] is None


def test_decays_of_a_stable_and_of_an_excited_state():
    stable = run_json("decays", "dark-photon", "--mass", "0.9MeV", "--set", "dark_matter=none")
    assert stable["ctau_cm"] is None
    assert stable["total_width_gev"] == 0.0
    split = run_json(
        "decays", "inelastic-dark-matter", "--mass", "100MeV", "--set", "splitting=0.4"
    )
    excited = split["excited_state"]
    assert excited["partial_widths_gev"]["chi2 -> chi1 e+e-"] > 0.0
    close(excited["mass_gev"], 1.4 * 0.1 / 3, 1e-6)
    assert "chi chi" in split["partial_widths_gev"]
    text = run("decays", "dark-photon", "--mass", "100MeV", "--set", "dark_matter=pseudo-dirac",
               "--set", "splitting=0.4")  # fmt: skip
    assert "chi2 -> chi1 e+e-" in text
    assert "lifetime (ns)" in text


BOSONS = [n for n in models.names() if not isinstance(models.get(n), MesonModel)]


@pytest.mark.parametrize("name", BOSONS)
def test_decays_of_every_model(name):
    arguments = ("decays", name, "--mass", "1.2GeV")
    if isinstance(models.get(name, {}), MesonModel):
        with pytest.raises(EmissError, match=f"'{name}'.*hadron experiment"):
            run_json(*arguments)
    else:
        assert run_json(*arguments)["total_width_gev"] > 0.0


def test_own_model_everywhere(folder):
    file = folder / "protophobic.toml"
    record = run_json("decays", file, "--mass", "17MeV", "--set", "dark_matter=none")
    assert record["model"] == "protophobic"
    assert record["partial_widths_gev"]["hadrons"] == 0.0
    limit = run_json("limit", "na64e-2016-2022", "--model", file, "--masses", "10MeV:50MeV:3")
    assert limit["model"] == "protophobic"
    with pytest.raises(EmissError, match="parameter"):
        run("limit", "na64e-2016-2022", "--model", file, "--set", "elektron=1")


def test_compare(folder, tmp_path):
    record = run_json(
        "compare", folder / "limit.json", folder / "twice.csv", folder / "limit.json",
        "--figure", tmp_path / "both.png",
    )  # fmt: skip
    twice, itself = record["comparisons"]
    np.testing.assert_allclose(twice["ratio"], 0.5, rtol=1e-12)
    assert twice["reference"] == "arXiv:0000.00000"
    close(twice["only_ours_gev"], [[5e-3, 0.1]], 1e-12)
    assert twice["only_theirs_gev"] == itself["only_ours_gev"] == []
    assert (tmp_path / "both.png").is_file()
    text = run("compare", folder, folder / "twice.csv", "--figure", tmp_path / "one.png")
    assert "ratio 0.5 to 0.5" in text
    assert "theirs excludes more at mass: nowhere" in text
    assert (tmp_path / "one.png").is_file()
    with pytest.raises(EmissError, match="cannot read"):
        run("compare", folder / "limit.json", folder / "absent.csv")


def test_recast(folder, tmp_path):
    record = run_json(
        "recast", folder / "twice.csv", "--to", "b-l", "--production", "electron",
        "--set", "neutrinos=dirac", "-o", tmp_path / "b-l.lmt",
    )  # fmt: skip
    assert record["coupling_name"] == "g"
    assert record["upper"] is None
    rows = np.loadtxt(folder / "twice.csv", delimiter=",", skiprows=2)
    # e, and six neutrinos of eight channels; the electron's mass matters to 1e-4 at 5 MeV.
    expected = const.ELECTRIC_CHARGE * rows[:, 1] / math.sqrt(0.75)
    np.testing.assert_allclose(record["lower"], expected, rtol=1e-3)
    np.testing.assert_allclose(np.loadtxt(tmp_path / "b-l.lmt")[:, 1], record["lower"], rtol=1e-9)
    text = run("recast", folder / "twice.csv", "--to", folder / "protophobic.toml")
    assert "Protophobic vector" in text
    with pytest.raises(EmissError, match="both lengths"):
        run("recast", folder / "twice.csv", "--shield", "1m")
    with pytest.raises(EmissError, match="--shield and --decay"):
        run("recast", folder / "twice.csv", "--energy", "1GeV")
    with pytest.raises(EmissError, match="vectors"):
        run("recast", folder / "twice.csv", "--to", "alp")


def test_recast_of_displaced_decays(tmp_path):
    file = tmp_path / "dump.lmt"
    file.write_text("0.01 1e-7 1e-5\n0.02 1e-7 5e-6\n0.05 1e-7 2e-6\n", encoding="utf-8")
    options = ("--set-from", "dark_matter=none", "--signature", "visible",
               "--shield", "20m", "--decay", "5m")  # fmt: skip
    same = run_json("recast", file, "--to", "dark-photon", "--set", "dark_matter=none", *options)
    np.testing.assert_allclose(same["lower"], 1e-7, rtol=1e-10)
    np.testing.assert_allclose(same["upper"], [1e-5, 5e-6, 2e-6], rtol=1e-10)
    assert "to" in run("recast", file, "--to", "b-l", *options)


def test_every_command_chooses_in_the_same_way(folder, tmp_path):
    """The two columns of one name differ by their qualifier; the chosen one is twice the other."""
    table = tmp_path / "two.yaml"
    masses = [{"value": m} for m in (5.0, 100.0)]
    columns = [
        {
            "header": {"name": "$\\epsilon^2$"},
            "qualifiers": [{"name": "alpha_D", "value": alpha}],
            "values": [{"value": v}, {"value": v}],
        }
        for alpha, v in ((0.1, 1e-10), (0.5, 4e-10))
    ]
    variable = {"header": {"name": "m", "units": "MeV"}, "values": masses}
    content = {"independent_variables": [variable], "dependent_variables": columns}
    table.write_text(json.dumps(content), encoding="utf-8")
    table = table.rename(tmp_path / "two.json")
    for options in (("--qualifier", "alpha_D=0.5"), ("--column", "2")):
        found = run_json("compare", folder, table, *options)["comparisons"][0]
        limit = run_json("compare", folder, folder / "limit.json")  # the limit over itself is 1
        assert limit["comparisons"][0]["notes"] == []
        assert "roots taken" in found["reading"]
        made = run_json("recast", table, "--to", "dark-photon", *options)
        np.testing.assert_allclose(made["lower"], 2e-5, rtol=1e-9)
    with pytest.raises(EmissError, match=r"1: .* \(alpha_D = 0.1\)"):
        run("recast", table)
    bare = tmp_path / "bare.csv"
    bare.write_text("5,1e-10\n100,1e-10\n", encoding="utf-8")
    stated = ("--mass-unit", "MeV", "--quantity", "epsilon^2")
    made = run_json("recast", bare, "--to", "dark-photon", *stated)
    np.testing.assert_allclose(made["masses_gev"], [5e-3, 0.1], rtol=1e-12)
    np.testing.assert_allclose(made["lower"], 1e-5, rtol=1e-9)
    y = tmp_path / "y.csv"
    y.write_text("m_chi_mev,y\n2,1e-12\n30,1e-12\n", encoding="utf-8")
    with pytest.raises(EmissError, match="alpha_D and the mass ratio"):
        run("recast", y)
    sector = ("--curve-alpha-dark", "0.1", "--curve-mass-ratio", "3")
    made = run_json("recast", y, "--to", "dark-photon", *sector)
    np.testing.assert_allclose(made["masses_gev"], [6e-3, 0.09], rtol=1e-12)
    np.testing.assert_allclose(made["lower"], math.sqrt(81e-12 / 0.1), rtol=1e-9)


def test_a_square_compared_as_the_coupling_is_asked_about(folder, tmp_path):
    file = tmp_path / "square.csv"
    rows = np.loadtxt(folder / "twice.csv", delimiter=",", skiprows=2)
    text = "".join(f"{m},{v**2}\n" for m, v in rows)
    file.write_text(f"mass_gev,epsilon\n{text}", encoding="utf-8")
    (found,) = run_json("compare", folder, file)["comparisons"]
    assert any("are both epsilon" in note for note in found["notes"])
