"""Commands of the muon mode."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError


def test_loss_gives_the_distribution() -> None:
    found = run_json("loss", "--beam", "mu-", "--energy", "160GeV", "--material", "na64-ecal")
    assert list(found["fraction_above"]) == ["0.5", "1", "2", "5", "10", "20", "50", "80"]
    shares = list(found["fraction_above"].values())
    assert all(after <= before * (1.0 + 1e-9) for before, after in pairwise(shares))
    assert found["most_probable_gev"] < found["median_gev"] < found["mean_gev"]
    close(sum(found["contributions_gev"].values()), found["mean_gev"], 1e-3)
    # Bethe with density effect, about 2 MeV cm2/g, and radiation: PDG b ~ 8e-6 cm2/g in lead
    assert 0.9 < found["mean_gev"] < 1.4
    table = run("loss", "--thickness", "45cm")
    assert "most probable" in table
    assert "bremsstrahlung" in table


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--beam", "e-"), "mu-"),
        (("--energy", "160"), "unit"),
        (("--energy", "-5GeV"), "GeV"),
        (("--material", "Pbb"), "Did you mean"),
        (("--material", "Pb"), "thickness"),
        (("--thickness", "0cm"), "0 cm; give one real number between 0 and"),
        (("--material", "Pb", "--thickness", "1000m"), "stop muons"),
        (("--material", "Pb", "--energy", "2GeV", "--thickness", "2m"), "stop muons"),
        (("--material", "Pb", "--energy", "1GeV", "--thickness", "40cm"), "stop muons"),
    ],
)
def test_loss_refuses(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(EmissError, match=message):
        run("loss", *arguments)


def test_moments_agrees_with_the_massless_limit() -> None:
    found = run_json("moments", "--boson", "vector", "--mass", "1keV", "--lepton", "mu")
    # Schwinger: alpha_X/(2 pi) = g^2/(8 pi^2), corrections of order m_X/m_mu
    close(found["delta_a_per_g2"], 1 / (8 * math.pi**2), 1e-4)
    heavy = run_json("moments", "--boson", "vector", "--mass", "100GeV", "--lepton", "e")
    close(heavy["delta_a_per_g2"], (0.51099895e-3 / 100.0) ** 2 / (12 * math.pi**2), 1e-5)


def test_moments_prints_the_band_of_the_reference() -> None:
    found = run_json("moments", "--mass", "1MeV", "--reference", "muon-2021")
    assert found["reference"]["year"] == 2021
    slope = found["delta_a_per_g2"]
    close(found["band_g"]["lower"][0], math.sqrt((251 - 118) * 1e-11 / slope), 1e-6)
    text = run("moments", "--mass", "1MeV,10MeV", "--reference", "muon-2025")
    assert "2025" in text


def test_moments_figure(tmp_path) -> None:
    run("moments", "--reference", "muon-2021", "--figure", str(tmp_path / "band.png"))
    assert (tmp_path / "band.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--boson", "vectr"), "Did you mean"),
        (("--lepton", "tauon"), "lepton"),
        (("--mass", "100"), "unit"),
        (("--reference", "muon-2020"), "Did you mean"),
        (("--reference", "muon-2021", "--lepton", "e"), "is about"),
        (("--sigmas", "0"), "sigmas: 0; give one real number from"),
    ],
)
def test_moments_refuses(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(EmissError, match=message):
        run("moments", *arguments)


def test_plane_draws_several_experiments(tmp_path) -> None:
    found = run_json(
        "plane", "na64mu-2022", "na64e-2016-2022", "--masses", "2MeV:500MeV:5",
        "--reference", "muon-2021", "--figure", str(tmp_path / "plane.png"),
    )  # fmt: skip
    assert set(found["limits"]) == {"na64mu-2022", "na64e-2016-2022"}
    assert found["relic"] is None
    assert (tmp_path / "plane.png").stat().st_size > 1000


def test_plane_with_dark_matter_has_the_relic_line(tmp_path) -> None:
    found = run_json(
        "plane", "na64mu-2022", "--masses", "50MeV", "--set", "dark_matter=scalar",
        "--figure", str(tmp_path / "thermal.png"),
    )  # fmt: skip
    assert found["model_parameters"]["g_chi"] == 0.05
    assert 1e-6 < found["relic"]["coupling"][0] < 1.0
    assert (tmp_path / "thermal.png").is_file()


def test_plane_gives_the_band_in_the_coupling_of_the_model(tmp_path) -> None:
    gauge = run_json("plane", "na64mu-2022", "--masses", "10MeV", "--reference", "muon-2021")
    arguments = ("--masses", "10MeV", "--reference", "muon-2021", "--set", "dark_matter=dirac")
    dark = run_json("plane", "na64mu-2022", "--model", "dark-photon", *arguments)
    e = math.sqrt(4 * math.pi / 137.035999)
    assert dark["coupling_name"] == "epsilon"
    close(e * dark["band_epsilon"]["upper"][0], gauge["band_g"]["upper"][0], 1e-6)
    # nothing but invisible decays: the same limit on the coupling to muons
    g = gauge["limits"]["na64mu-2022"][0]
    close(e * dark["limits"]["na64mu-2022"][0], g, 1e-4)
    assert dark["relic"] is None
    figure = str(tmp_path / "scalar.png")
    arguments = ("--model", "leptophilic", "--set", "kind=scalar", "--set", "lepton=mu")
    found = run_json("plane", "na64mu-2022", *arguments, "--masses", "10MeV", "--figure", figure)
    assert found["relic"] is None  # a scalar that couples to muons alone: too light a pair
    assert (tmp_path / "scalar.png").is_file()


def test_plane_takes_the_model_that_is_usual_for_the_beams():
    for names, model in (
        (("na64e-2016",), "dark-photon"),
        (("na64e-2016", "na64mu-2022"), "lmu-ltau"),
        (("na64e-2016,na64e-plus-2022",), "dark-photon"),
    ):
        assert run_json("plane", *names, "--masses", "10MeV,20MeV")["model"] == model


def test_plane_draws_islands_closed(tmp_path) -> None:
    found = run_json(
        "plane", "na64-visible-2017-2018", "na64e-2016-2022", "--model", "b-l",
        "--masses", "5MeV,10MeV,20MeV", "--figure", str(tmp_path / "islands.png"),
    )  # fmt: skip
    upper = found["upper_edges"]
    assert upper["na64e-2016-2022"] is None
    assert upper["na64-visible-2017-2018"][2] is None
    share = found["excluded_share_of_band"]
    # The island ends above the band at 5 MeV and below its upper end at 10 MeV.
    top = found["band_g"]["upper"][1]
    lower, edge = found["limits"]["na64-visible-2017-2018"][1], upper["na64-visible-2017-2018"][1]
    assert edge < top
    expected = (edge**2 - lower**2) / top**2
    close(share["na64-visible-2017-2018"][1], expected, 1e-6)
    assert share["na64-visible-2017-2018"][2] == 0.0
    assert (tmp_path / "islands.png").is_file()


def test_yields_show_the_acceptance() -> None:
    arguments = ("yields", "na64mu-2022", "--model", "lmu-ltau", "--masses", "10MeV,300MeV")
    found = run_json(*arguments)
    light, heavy = found["cut_flow"]["vetoes"]["2022"]
    assert 0.0 < light < heavy < 1.0
    assert "after counters" in run(*arguments)


def test_yields_answer_with_all_runs_together():
    asked = ("yields", "na64e-2016-2022", "--masses", "1MeV,10MeV")
    processes = run_json(*asked)["processes"]
    short = run(*asked)
    assert max(map(len, short.splitlines())) <= 80
    (line,) = (line for line in short.splitlines() if line.startswith(" 10 MeV"))
    sums = [sum(values[1] for values in by_run.values()) for by_run in processes.values()]
    for said, value in zip(line.split()[2:], [*sums, sum(sums)], strict=True):
        close(float(said), value, 1e-3)  # four digits are shown
    assert "2016-2018" in run(*asked, "--table")
