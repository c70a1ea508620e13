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
        (("--energy", "5GeV"), "outside 10 to 200 GeV"),
        (("--energy", "60GeV", "--meson", "f2"), "10 to 53 GeV"),
        (("--energy", "50GeV", "--meson", "phi"), "unknown meson"),
        (("--energy", "50GeV", "--target", "n"), "no protons"),
        (("--energy", "50GeV", "--target", "H", "--beam", "pi+"), "no neutrons"),
        (("--energy", "50GeV", "--nucleus", "bag"), "effective nucleons"),
    ],
)
def test_bad_cross_sections(options, words):
    with pytest.raises(EmissError, match=words):
        run("xsec", "charge-exchange", *options)


def test_limit_on_a_branching_fraction():
    for channel, published in (("eta", 1.1e-4), ("eta-prime", 2.1e-4)):
        record = run_json("limit", "na64h-2023", "--channel", channel)
        assert record["coupling_name"] == "branching_fraction"
        assert len(record["observed"]) == 1
        close(record["observed"], [published], 0.05)
        assert "arXiv:2406.01990" in record["citations"]


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
