"""Every kind of figure of every experiment of the catalogue can be read."""

from functools import lru_cache

import numpy as np
import pytest
from legible import faults

import emiss
from emiss import experiments, models
from emiss.ground.errors import EmissError
from emiss.inference.thermal import thermal_overlays
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.magnetic_moments import coupling_band
from emiss.presentation import plots

NAMES = experiments.names()
MASSES = np.geomspace(1e-3, 1.0, 25)


def _model(name):
    """A model that the beam makes."""
    if "kaons" in name:
        return models.get("invisible-meson", {"channel": "K-short"})
    if name.startswith("na64h"):
        return models.get("meson-alp", {})
    if name.startswith("na64e-alp"):
        return models.get("alp", {})
    if name.startswith("na64-visible"):
        return models.get("dark-photon", {"dark_matter": "none"})
    return models.get("dark-photon", {"dark_matter": "scalar"})


def _masses(name):
    """A range, or the one mass at which a meson decays to nothing."""
    return np.array([_model(name).mass]) if "kaons" in name else MASSES


@lru_cache
def _limit(name):
    return emiss.limit(name, _model(name), masses=_masses(name))


def _drawn(limit):
    return np.isfinite(limit.observed).any() or np.isfinite(limit.expected["0"]).any()


def _others(limit):
    """Two curves across the frame, one of them two-sided."""
    level = float(np.nanmedian(limit.observed))
    name = limit.coupling_name.lower()
    wide, part = np.geomspace(1e-3, 1.0, 9), np.geomspace(5e-3, 0.2, 9)
    return [
        Overlay("Experiment A 2017", wide, level * (0.3 + wide), name),
        Overlay(
            "Experiment B 2021", part, level * 3.0 * part**0.3, name, 40.0 * level + 0.0 * part
        ),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_exclusion(name):
    limit = _limit(name)
    if not _drawn(limit):
        with pytest.raises(EmissError, match="nothing to draw"):
            plots.exclusion(limit)
        return
    assert faults(plots.exclusion(limit)) == []


@pytest.mark.parametrize("name", NAMES)
def test_exclusion_with_curves_of_others(name):
    limit = _limit(name)
    if _drawn(limit) and np.isfinite(limit.observed).any():
        assert faults(plots.exclusion(limit, overlays=_others(limit))) == []


@pytest.mark.parametrize("name", NAMES)
def test_comparison(name):
    limit = _limit(name)
    if np.isfinite(limit.observed).any():
        assert faults(plots.compare(limit, curves=_others(limit)[0])) == []


@pytest.mark.parametrize("name", [n for n in NAMES if _model(n).dark_sector and "na64h" not in n])
def test_planes_of_dark_matter(name):
    limit = _limit(name)
    lines, _ = thermal_overlays(limit)
    assert faults(plots.thermal_plane(limit, relic=lines)) == []
    assert faults(plots.thermal_plane(limit, relic=lines, overlays=_others(limit))) == []
    assert faults(plots.squared_plane(limit)) == []


@pytest.mark.parametrize("name", NAMES)
def test_yields(name):
    signal = emiss.yields(name, _model(name), _masses(name))
    if signal.masses.size > 1 and any(np.any(v > 0.0) for v in signal.coefficients().values()):
        assert faults(plots.yields(signal)) == []
        assert faults(plots.yields(signal, coupling=1e-4)) == []


@pytest.mark.parametrize("names", [NAMES[i : i + 4] for i in range(0, len(NAMES), 4)])
def test_several_side_by_side(names):
    groups = {}
    for name in names:
        groups.setdefault(_limit(name).coupling_name, []).append(_limit(name))
    for limits in groups.values():
        some = [one for one in limits if _drawn(one)]
        if some:
            assert faults(plots.exclusion(*some)) == []


@pytest.mark.parametrize("name", [n for n in NAMES if "mu" in n])
def test_muon_plane_with_the_moment(name):
    model = models.get("lmu-ltau", {})
    limit = emiss.limit(name, model, masses=MASSES)
    band = coupling_band("vector", MASSES, "mu", None, 2.0)
    assert faults(plots.exclusion(limit, moments=band)) == []
    old = coupling_band("vector", MASSES, "mu", "muon-2021", 2.0)
    assert faults(plots.exclusion(limit, moments=old)) == []


@pytest.mark.parametrize(
    "names",
    [
        ["na64e-2016-2022"],
        ["na64-visible-2017"],
        ["na64e-2016", "na64e-plus-2022"],
        ["ldmx-4gev"],  # with long names
        ["na64mu-2e13", "na64e-1e13"],
    ],
)
def test_verdicts(names):
    report = emiss.verdict(names, masses="1MeV:200MeV:12")
    assert faults(plots.verdict(report)) == []


@pytest.mark.parametrize("low", [1e-3, 0.00342, 0.01, 0.0155, 0.099, 0.15, 0.23])
def test_short_axes(low):
    """Ranges that end at round numbers too: these had eleven labels, over each other."""
    for ratio in (1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0):
        limit = emiss.limit("na64e-2016", _model("na64e-2016"), masses=[low, low * ratio])
        assert faults(plots.exclusion(limit)) == []
        assert faults(plots.thermal_plane(limit)) == []


@pytest.mark.parametrize("beam", ["e-", "e+", "gamma"])
def test_showers(beam):
    shower = emiss.tracks("Pb", beam, "50 GeV", min_energy="1 GeV")
    assert faults(plots.tracks(shower)) == []
    profile = emiss.depth("Pb", beam, "50 GeV", min_energy="1 GeV")
    assert faults(plots.depth(profile)) == []


def test_relic_lines_and_scans():
    kinds = ("scalar", "majorana", "pseudo-dirac")
    lines = [
        emiss.relic(masses="1MeV:300MeV:25", mode="fast", parameters={"dark_matter": kind})
        for kind in kinds
    ]
    assert faults(plots.relic_line(*lines)) == []
    assert faults(plots.relic_line(lines[0], in_y=False)) == []
    values = {"alpha_dark": [0.02, 0.1, 0.5], "mass_ratio": [2.2, 3.0, 5.0]}
    found = emiss.scan(values, "na64e-2016", masses=["10 MeV", "200 MeV"])
    assert faults(plots.scan(found)) == []
    found = emiss.scan({"alpha_dark": [0.02, 0.1, 0.5]}, "na64e-2016", masses="1MeV:1GeV:20")
    assert faults(plots.scan(found)) == []


def test_dump_and_scatter_beside_missing_energy():
    dump = emiss.dump_experiment(
        on_target=1e20, distance="20 m", radius="50 cm", length="1 m", min_recoil="500 MeV"
    )
    curve = emiss.dump_scatter(dump, masses="1MeV:1GeV:9")
    assert faults(plots.exclusion(_limit("na64e-2016-2022"), overlays=[curve])) == []


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.3), (0.2, 0.26), (0.03, 0.4)])
def test_short_ranges_of_mass(low, high):
    model = models.get("dark-photon", {"dark_matter": "scalar"})
    limit = emiss.limit("na64e-plus-2022", model, masses=np.geomspace(low, high, 20))
    assert faults(plots.exclusion(limit)) == []
    assert faults(plots.thermal_plane(limit, relic=thermal_overlays(limit)[0])) == []


def test_the_check_sees_faults():
    figure = plots.exclusion(_limit("na64e-2016"))
    (axes,) = figure.axes
    axes.text(0.5, 0.5, "A", transform=axes.transAxes)
    axes.text(0.5, 0.5, "B", transform=axes.transAxes)
    axes.text(1.5, 0.5, "C", transform=axes.transAxes)
    axes.get_legend().set_loc("upper left")
    axes.plot([2e-3, 2e-2], [axes.get_ylim()[1] / 1.5] * 2)
    axes.yaxis.set_major_locator(axes.yaxis.get_major_locator().__class__([]))
    found = "\n".join(faults(figure))
    for fault in ("over each other: B | A", "off the page: C", "data under", "labels on y"):
        assert fault in found
