"""`emiss relic`, `emiss verdict` and `emiss direct-detection`."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.constraints.cosmology.relic import relic_coupling
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.direct_detection import sigma_from_y, y_from_sigma


def test_relic_json() -> None:
    found = run_json(
        "relic", "--dark-matter", "scalar", "--alpha-dark", "0.1", "--mass-ratio", "3",
        "--masses", "1MeV:300MeV:5",
    )  # fmt: skip
    full = relic_coupling(np.geomspace(1e-3, 0.3, 5), "scalar", 0.1, 3.0)
    np.testing.assert_allclose(found["masses_gev"], full.masses, rtol=1e-12)
    np.testing.assert_allclose(found["y"], full.y, rtol=1e-10)
    np.testing.assert_allclose(found["epsilon"], full.coupling, rtol=1e-10)
    assert found["mode"] == "full"
    assert any("kinetic equilibrium" in text for text in found["notes"])


def test_relic_modes_are_said() -> None:
    fast = run_json("relic", "--masses", "10MeV", "--mode", "fast")
    assert fast["mode"] == "fast"
    assert fast["notes"][0].startswith("fast:")
    text = run("relic", "--masses", "10MeV", "--mode", "fast")
    assert "fast mode" in " ".join(text.split())
    assert "10 MeV" in text


def test_relic_of_another_mediator() -> None:
    found = run_json(
        "relic", "--model", "lmu-ltau", "--dark-matter", "majorana", "--masses", "20MeV",
        "--mode", "fast",
    )  # fmt: skip
    assert found["coupling_name"] == "g"
    assert found["g"][0] > 0.0
    assert found["dark_matter"] == "majorana"
    own = run_json(
        "relic", "--model", "lmu-ltau", "--set", "dark_matter=scalar", "--set", "g_chi=0.5",
        "--masses", "20MeV", "--mode", "fast",
    )  # fmt: skip
    close(own["alpha_dark"], 0.25 / (4 * np.pi), 1e-6)
    assert own["dark_matter"] == "scalar"


def test_relic_of_a_spin_zero_mediator_has_no_y() -> None:
    found = run_json(
        "relic",
        "--model",
        "scalar",
        "--dark-matter",
        "dirac",
        "--masses",
        "20MeV",
        "--mode",
        "fast",
    )
    assert found["y"] is None
    assert "spin 0" in found["notes"][-1]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_relic_figure(tmp_path, options: tuple) -> None:
    file = tmp_path / "line.png"
    run("relic", "--masses", "10MeV:50MeV:3", "--mode", "fast", "--figure", str(file), *options)
    assert file.stat().st_size > 1000


def test_relic_gives_epsilon_for_every_vector() -> None:
    for model in ("b-l", "lmu-ltau", "leptophilic"):
        found = run_json("relic", "--model", model, "--masses", "20MeV", "--mode", "fast")
        y = found["epsilon"][0] ** 2 * found["alpha_dark"] / found["mass_ratio"] ** 4
        close(y, found["y"][0], 1e-12)


def test_relic_of_split_dark_matter_and_of_spin_zero_by_default() -> None:
    split = run_json("relic", "--model", "inelastic-dark-matter", "--masses", "20MeV")
    assert (split["dark_matter"], split["splitting"]) == ("pseudo-dirac", 0.1)
    scalar = run_json(
        "relic", "--model", "inelastic-dark-matter", "--dark-matter", "scalar", "--masses", "20MeV"
    )
    assert (scalar["dark_matter"], scalar["splitting"]) == ("scalar", 0.0)
    assert run_json("relic", "--model", "alp", "--masses", "20MeV")["dark_matter"] == "dirac"


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("--dark-matter", "scalr"), UnknownNameError, "scalar"),
        (("--mode", "quick"), UnknownNameError, "full"),
        (("--mass-ratio", "1.5"), ValidityError, "heavier"),
        (("--alpha-dark", "0.1", "--set", "alpha_dark=0.2"), EmissError, "give it once"),
        (("--masses", "100keV"), ValidityError, "threshold"),
        (("--omega", "-1"), EmissError, "target"),
    ],
)
def test_relic_bad_input(arguments: tuple, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        run("relic", "--masses", "10MeV", *arguments)


def test_verdict_json() -> None:
    found = run_json(
        "verdict", "na64e-2016-2022", "na64e-plus-2022", "--dark-matter", "scalar",
        "--masses", "30MeV:200MeV:20",
    )  # fmt: skip
    assert found["alpha_dark"] == 0.1
    scalar = found["scenarios"]["scalar"]
    assert list(scalar) == ["na64e-2016-2022", "na64e-plus-2022", "combined"]
    for item in scalar.values():
        edges = sorted({*np.ravel(item["excluded_gev"]), *np.ravel(item["left_gev"])})
        close(edges[0], 0.03, 1e-6)
        close(edges[-1], 0.2, 1e-6)


def test_verdict_table_and_sector() -> None:
    text = run(
        "verdict", "na64e-2016-2022", "--alpha-dark", "0.5", "--mass-ratio", "4",
        "--dark-matter", "pseudo-dirac", "--masses", "20MeV:100MeV:12",
    )  # fmt: skip
    assert "alpha_dark = 0.5" in " ".join(text.split())
    gauge = run_json(
        "verdict", "na64e-2016-2022", "--model", "lmu-ltau", "--alpha-dark", "0.02",
        "--dark-matter", "scalar", "--masses", "20MeV:50MeV:4",
    )  # fmt: skip
    close(gauge["alpha_dark"], 0.02, 1e-6)


def test_verdict_of_split_dark_matter() -> None:
    options = ("verdict", "na64e-2016-2022", "--masses", "60MeV:100MeV:8")
    split = run_json(*options, "--model", "inelastic-dark-matter")["scenarios"]
    assert list(split) == ["scalar", "majorana", "pseudo-dirac"]
    plain = run_json(*options)["scenarios"]
    assert split["scalar"] == plain["scalar"]
    # A splitting lowers the rate: the relic line lies higher and the limit reaches deeper.
    depth = [s["pseudo-dirac"]["na64e-2016-2022"]["deepest"] for s in (split, plain)]
    assert depth[0]["excluded_over_relic_y"] < depth[1]["excluded_over_relic_y"]


def test_direct_detection_both_ways() -> None:
    there = run_json("direct-detection", "--mass", "10MeV", "--y", "1e-11")
    close(there["sigma_cm2"], float(sigma_from_y(1e-11, 0.01, "scalar")), 1e-6)
    back = run_json("direct-detection", "--mass", "10MeV", "--sigma", repr(there["sigma_cm2"]))
    close(back["y"], 1e-11, 1e-12)
    nucleon = run_json("direct-detection", "--mass", "10MeV", "--y", "1e-11", "--target", "nucleon")
    assert nucleon["sigma_cm2"] > 100 * there["sigma_cm2"]


@pytest.mark.parametrize("kind", ["majorana", "pseudo-dirac"])
def test_direct_detection_states_where_there_is_none(kind: str) -> None:
    found = run_json("direct-detection", "--dark-matter", kind, "--mass", "10MeV", "--y", "1e-11")
    assert found["translation_exists"] is False
    assert found["sigma_cm2"] is None
    assert "do not translate" in found["statement"]
    assert "do not translate" in run(
        "direct-detection", "--dark-matter", kind, "--mass", "10MeV", "--y", "1e-11"
    )


def test_direct_detection_curve_becomes_an_overlay_in_y(tmp_path) -> None:
    file, out = tmp_path / "theirs.csv", tmp_path / "y.csv"
    text = "# reference: Someone:2020abc\nm_chi_MeV,sigma_e_cm2\n10,1e-38\n100,1e-40\n"
    file.write_text(text, encoding="utf-8")
    found = run_json("direct-detection", "--curve", str(file), "-o", str(out))
    expected = y_from_sigma([1e-38, 1e-40], [0.01, 0.1], "scalar")
    np.testing.assert_allclose(found["y"], expected, rtol=1e-12)
    overlay = read_curve(out)
    assert overlay.quantity == "y"
    assert overlay.reference == "Someone:2020abc"
    # Nine digits are written.
    np.testing.assert_allclose(overlay.values, expected, rtol=1e-8)
    with pytest.raises(ValidityError, match="do not translate"):
        run("direct-detection", "--curve", str(file), "--dark-matter", "majorana")


def test_direct_detection_curve_against_the_mass_of_the_mediator(tmp_path) -> None:
    file = tmp_path / "theirs.csv"
    file.write_text("m_A' [MeV],sigma_e [cm^2]\n30,1e-38\n300,1e-40\n", encoding="utf-8")
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        run("direct-detection", "--curve", str(file))
    found = run_json("direct-detection", "--curve", str(file), "--curve-mass-ratio", "3")
    expected = y_from_sigma([1e-38, 1e-40], [0.01, 0.1], "scalar")
    np.testing.assert_allclose(found["y"], expected, rtol=1e-12)
    with pytest.raises(EmissError, match="--curve"):
        run("direct-detection", "--mass", "10MeV", "--y", "1e-11", "--curve-alpha-dark", "0.1")


@pytest.mark.parametrize(
    ("head", "words"),
    [("mass_mev,y", "cross-section"), ("mass_mev,sigma_cm2", "target"), ("mass_mev,sigma_e", "cm")],
)
def test_direct_detection_curve_of_something_else(tmp_path, head: str, words: str) -> None:
    file = tmp_path / "theirs.csv"
    file.write_text(f"{head}\n10,1e-38\n100,1e-40\n", encoding="utf-8")
    with pytest.raises(EmissError, match=words):
        run("direct-detection", "--curve", str(file))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--mass", "10MeV"),
        ("--y", "1e-11"),
        ("--mass", "10MeV", "--y", "1e-11", "--sigma", "1e-38"),
        ("--mass", "10MeV", "--y", "-1"),
        ("--mass", "10MeV", "--y", "1e-11", "--target", "moon"),
    ],
)
def test_direct_detection_bad_input(arguments: tuple) -> None:
    with pytest.raises(EmissError):
        run("direct-detection", *arguments)
