"""Commands about decays in flight: depth, dump and scatter, templates of both modes, tips."""

from __future__ import annotations

import re

import numpy as np
import pytest
from closeness import close
from command_line import run, run_json

from emiss import experiments
from emiss.ground.errors import EmissError

DUMP = (
    "dump-scatter", "--on-target", "1e20", "--distance", "200m", "--radius", "1m",
    "--length", "2m", "--min-recoil", "1GeV", "--set", "dark_matter=dirac",
)  # fmt: skip


def test_depth_sums_to_the_integrated_track_length() -> None:
    from emiss import materials
    from emiss.physics.shower import track_lengths

    found = run_json("depth", "--min-energy", "50GeV", "--to", "25", "--step", "0.5")
    assert len(found["electron_x0"]) == len(found["depth_edges_x0"]) - 1 == 50
    whole = track_lengths(materials.get("Pb"), "e-", 100.0, 50.0)
    for name, particle in (("electron", "e-"), ("positron", "e+"), ("photon", "gamma")):
        expected = float(whole.above(50.0, particle))
        close(sum(found[f"{name}_x0"]), expected, 1e-3)
    # The primary is there first, what it makes follows.
    assert found["electron_mean_depth_x0"] < found["positron_mean_depth_x0"]
    assert "mean depth" in run("depth", "--to", "3")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--step", "0"), "step"),
        (("--to", "-1"), "depth"),
        (("--to", "1e9"), "at most"),
        (("--min-energy", "200GeV"), "min_energy"),
        (("--beam", "mu-"), "unknown particle"),
        (("--material", "Pbb"), "Did you mean"),
    ],
)
def test_depth_refuses(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(EmissError, match=message):
        run("depth", *arguments)


def test_dump_scatter_beside_missing_energy() -> None:
    found = run_json(*DUMP, "--masses", "10MeV,30MeV", "--beside", "na64e-2016-2022")
    epsilon = np.array(found["epsilon"])
    events = np.array(found["events_over_epsilon4"])
    np.testing.assert_allclose(events * epsilon**4, found["events_excluded"], rtol=1e-12)
    np.testing.assert_allclose(found["y"], epsilon**2 * 0.1 / 81, rtol=1e-12)
    assert found["beside"]["experiment"] == "na64e-2016-2022"
    # Events go with epsilon^4 alpha_dark here, with epsilon^2 there.
    more = run_json(
        *DUMP, "--masses", "10MeV,30MeV", "--beside", "na64e-2016-2022", "--set", "alpha_dark=0.5"
    )
    np.testing.assert_allclose(np.array(more["epsilon"]) / epsilon, 5**-0.25, rtol=1e-9)
    np.testing.assert_allclose(more["beside"]["epsilon"], found["beside"]["epsilon"], rtol=5e-3)
    text = run(*DUMP, "--masses", "10MeV,1GeV")
    assert "∞" in text
    assert "an estimate" in text


def test_dump_scatter_draws_the_resonance_between_its_masses(tmp_path, monkeypatch) -> None:
    """With the table's few masses the dip at 0.23 GeV was drawn over, a factor of three off."""
    from emiss.presentation import plots

    drawn = []
    exclusion = plots.exclusion
    monkeypatch.setattr(
        plots, "exclusion", lambda one, **more: (drawn.append(one), exclusion(one, **more))[1]
    )
    figure = str(tmp_path / "dump.png")
    run(*DUMP, "--masses", "1MeV:1GeV:5", "--beside", "na64e-2016-2022", "--figure", figure)
    between = (drawn[0].masses > 0.2) & (drawn[0].masses < 0.3)
    assert drawn[0].observed[between].min() < 1.3e-4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--distance", "0m"), "distance"),
        (("--on-target", "-1"), "on_target"),
        (("--efficiency", "2"), "at most 1"),
        (("--events", "0"), "events"),
        (("--model", "b-l"), "epsilon e"),
        (("--model", "leptophilic", "--set", "lepton=mu"), "epsilon e"),
        (("--detector", "watr"), "Did you mean"),
        (("--masses", "100GeV"), "outside"),
    ],
)
def test_dump_scatter_refuses(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(EmissError, match=message):
        run(*DUMP, *arguments)


def test_dump_scatter_needs_dark_matter() -> None:
    with pytest.raises(EmissError, match="dark matter"):
        run(*DUMP[:-1], "dark_matter=none")


@pytest.mark.parametrize("mode", ["missing-energy", "missing-momentum", "visible"])
def test_template_of_every_mode_can_be_read(mode: str, tmp_path) -> None:
    path = tmp_path / "mine.toml"
    run("template", "--mode", mode, "-o", str(path))
    assert experiments.get(path).mode == mode
    # What is commented out as optional is right too.
    text = path.read_text("utf-8")
    optional = re.compile(
        r"# (?:\[\[(?:element|trigger|selection\.cut)\]\]|decays_from)(?:.*\n# \w+ = .*)*"
    )
    text = optional.sub(lambda found: re.sub("(?m)^# ", "", found[0]), text)
    text = text.replace('decays_from = "hcal1"', 'decays_from = "hcal0"')
    path.write_text(text, "utf-8")
    assert experiments.get(path).mode == mode
    assert ("hcal0" in text) == (mode == "missing-energy")


def test_template_refuses() -> None:
    with pytest.raises(EmissError, match="Did you mean"):
        run("template", "--mode", "visble")
    with pytest.raises(EmissError, match="--mode"):
        run("template", "--mode", "visible", "--schema")


def test_template_of_the_visible_mode_gives_an_island(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    run("template", "--mode", "visible", "-o", str(path))
    arguments = ("limit", str(path), "--set", "dark_matter=none", "--masses", "5MeV,30MeV")
    found = run_json(*arguments)
    assert found["observed"][0] < found["observed_upper"][0] < 1.0
    assert found["observed"][1] is None


def test_tip_of_an_island_is_resolved() -> None:
    arguments = ("limit", "na64-visible-2017", "--set", "dark_matter=none")
    found = run_json(*arguments, "--masses", "10MeV,30MeV", "--tip")
    masses, lower = found["masses_gev"], found["observed"]
    assert len(masses) == 10
    inside = [value is not None for value in lower]
    last = inside.index(False)
    assert not any(inside[last:])
    assert masses[last] / masses[last - 1] < 1.005
    # Both edges meet.
    assert found["observed_upper"][last - 1] / lower[last - 1] < 1.3
