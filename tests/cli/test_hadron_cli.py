"""Hadrons on the command line: cross-sections, limits on branching fractions, refusals."""

import json

import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError


def test_cross_section_per_nucleus():
    asked = ("xsec", "charge-exchange", "--beam", "pi-", "--energy", "50GeV", "--meson", "eta")
    free = run_json(*asked, "--target", "H")
    # 2.51 ub on a proton, three digits; 5.85 effective protons in iron.
    close(free["cross_section_pb"], 2.51e6, 0.003)
    iron = run_json(*asked, "--target", "Fe")
    close(iron["cross_section_pb"], 5.85 * 2.51e6, 0.003)
    assert iron["inelastic_cross_section_mb"] == 585.0
    surface = run_json(*asked, "--target", "Fe", "--nucleus", "surface")
    close(surface["effective_nucleons"], 26 ** (2 / 3), 1e-9)
    assert "effective protons" in run(*asked)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--energy", "5GeV"), "from 10 to 200 GeV"),
        (("--energy", "60GeV", "--meson", "f2"), "10 to 53 GeV"),
        (("--energy", "50GeV", "--meson", "phi"), "unknown meson"),
        (("--energy", "50GeV", "--target", "n"), "no protons"),
        (("--energy", "50GeV", "--target", "vacuum"), "no protons: there is no nucleus"),
        (("--energy", "50GeV", "--target", "polystyrene"), "choose one of C, H"),
        (("--energy", "50GeV", "--beam", "K-", "--meson", "eta"), "it makes K0"),
        (("--energy", "50GeV", "--beam", "e-"), "unknown hadron beam"),
        (("--energy", "nanGeV"), "cannot read"),
        (("--energy", "50GeV", "--target", "H", "--beam", "pi+"), "no neutrons"),
        (("--energy", "50GeV", "--nucleus", "bag"), "effective nucleons"),
    ],
)
def test_bad_cross_sections(options, words):
    with pytest.raises(EmissError, match=words):
        run("xsec", "charge-exchange", *options)


def test_kaons_need_not_be_told_what_they_make():
    found = run_json("xsec", "charge-exchange", "--beam", "K-", "--energy", "50GeV", "--target=H")
    assert found["meson"] == "K0"
    close(found["cross_section_pb"], 4.29e6, 0.003)


def test_inelastic_collisions():
    asked = ("xsec", "hadron-inelastic", "--energy", "50GeV", "--target")
    assert run_json(*asked, "Fe")["cross_section_mb"] == 585.0
    # Particle Data Group: 132.1 g/cm^2 for neutrons in iron; 6 %.
    neutron = run_json(*asked, "Fe", "--projectile", "n")
    close(neutron["interaction_length_g_cm2"], 132.1, 0.06)
    assert "interaction length (g/cm^2)" in run(*asked, "Pb", "--projectile", "K0")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--projectile", "pbar"), "annihilation adds"),
        (("--projectile", "e-"), "unknown hadron 'e-'"),
        (("--energy", "5GeV"), "10 to 400 GeV"),
        (("--target", "Xx"), "Xx"),
    ],
)
def test_bad_inelastic_collisions(options, words):
    with pytest.raises(EmissError, match=words):
        run("xsec", "hadron-inelastic", "--energy", "50GeV", *options)


def test_limit_on_a_branching_fraction():
    for channel, published in (("eta", 1.1e-4), ("eta-prime", 2.1e-4)):
        record = run_json("limit", "na64h-2023", "--channel", channel)
        assert record["coupling_name"] == "branching_fraction"
        assert len(record["observed"]) == 1
        close(record["observed"], [published], 0.05)
        assert "arXiv:2406.01990" in record["citations"]


def test_nuclear_model():
    asked = ("limit", "na64h-2023", "--channel", "eta")
    default = run_json(*asked)["observed"][0]
    record = run_json(*asked, "--nuclear-model", "surface")
    # Z_eff of iron 8.78 for 5.85; carbon and hydrogen of the scintillator add a hundredth.
    close(record["observed"][0] / default, 5.85 / 8.78, 0.02)
    assert "fitted anew" in record["warnings"][0]
    each = run_json("branching", "na64h-2023", "--nuclear-model", "geant4-11.3")["channels"]
    close(each["eta"]["observed"] / default, 5.85 / 4.52, 0.02)
    of_yields = [
        run_json(
            "yields", "na64h-2023", "--model", "invisible-meson", "--masses", "548MeV",
            "--coupling", "1e-4", "--nuclear-model", name,
        )["processes"]["charge exchange to eta"]["2023"][0]
        for name in ("glauber", "surface")
    ]  # fmt: skip
    close(of_yields[0] / of_yields[1], record["observed"][0] / default, 1e-6)
    for command in (asked, ("branching", "na64h-2023"), ("yields", "na64e-2016")):
        with pytest.raises(EmissError, match="unknown nuclear model 'bag'"):
            run_json(*command, "--nuclear-model", "bag")


def test_files_of_a_limit(tmp_path):
    run("limit", "na64h-2023", "--channel", "eta", "--output", tmp_path / "eta")
    record = json.loads((tmp_path / "eta" / "limit.json").read_text("utf-8"))
    assert record["model_parameters"] == {"channel": "eta"}
    for name in ("coupling.png", "limit.csv", "references.bib"):
        assert (tmp_path / "eta" / name).stat().st_size > 100


def test_what_is_left_out_is_said(tmp_path):
    template = run("template", "--mode", "hadron").replace('"50 GeV"', '"60 GeV"')
    path = tmp_path / "sixty.toml"
    path.write_text(template, "utf-8")
    record = run_json("limit", str(path), "--channel", "all")
    assert any("f2 is left out" in text for text in record["warnings"])
    model = ("--model", "invisible-meson", "--set", "channel=all", "--masses", "500MeV")
    record = run_json("yields", str(path), *model)
    assert any("f2 is left out" in text for text in record["warnings"])
    with pytest.raises(EmissError, match="f2: beam energy 60 GeV"):
        run_json("limit", str(path), "--channel", "f2")
    record = run_json("branching", str(path))
    assert "f2" not in record["channels"]
    assert any("f2 is left out: charge exchange to f2" in text for text in record["warnings"])


def test_recast_of_a_model():
    record = run_json("limit", "na64h-2023", "--model", "axial-quarks", "--masses", "100MeV")
    # 10 GeV from eta alone.
    close(1.0 / record["observed"][0], 10.0, 0.08)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--channel", "phi"), "unknown channel"),
        (("--channel", "K-long"), "does not make K0"),
        (("--channel", "eta", "--model", "b-l"), "leave out --model"),
        (("--channel", "eta", "--masses", "1MeV"), "leave out --model"),
        ((), "fourth power"),
        (("--model", "scalar"), "CP forbids"),
    ],
)
def test_bad_limits(options, words):
    with pytest.raises(EmissError, match=words):
        run_json("limit", "na64h-2023", *options)


def test_all_mesons_beside_others(tmp_path):
    found = run_json("branching", "na64h-2023")
    assert set(found["channels"]) == {"pi0", "eta", "eta-prime", "omega", "f2", "all"}
    close(found["channels"]["eta"]["observed"], 1.1e-4, 0.01)
    close(found["channels"]["eta-prime"]["observed"], 2.19e-4, 0.005)
    assert found["channels"]["pi0"]["others"][0]["branching_fraction"] == 4.4e-9
    assert found["coupling_name"] == "branching_fraction"
    run("branching", "na64h-2023", "--channels", "eta,omega", "--figure", tmp_path / "few.png")
    assert (tmp_path / "few.png").stat().st_size > 1000
    assert set(run_json("branching", "na64h-kaons-1e11")["channels"]) == {
        "K-short",
        "K-long",
        "all",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("na64h-2023", "--channels", "eta,K-short"), "does not make K0"),
        (("na64h-2023", "--channels", "phi"), "unknown channel 'phi'"),
        (("na64e-2016",), "does not couple"),
        (("na64h-2023", "--cl", "2"), "confidence level"),
    ],
)
def test_bad_questions_on_mesons(arguments, words):
    with pytest.raises(EmissError, match=words):
        run("branching", *arguments)
