"""Ranges that documentation states are those that are accepted: ends pass, beyond them nothing."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from emiss import materials, models
from emiss.ground.errors import EmissError
from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit
from emiss.physics.constraints.cosmology.degrees_of_freedom import SAIKAWA_SHIRAI
from emiss.physics.models.r_ratio import r_ratio
from emiss.physics.processes import annihilation, charge_exchange, magnetic_moment, primakoff
from emiss.physics.processes.bremsstrahlung import total_cross_section

CARBON = materials.element("C")
PHOTON = models.get("dark-photon")


def photon_mass(mass: float) -> object:
    return primakoff.total_cross_section(900.0, mass, element=CARBON).value_pb


def photon_energy(energy: float) -> object:
    return primakoff.total_cross_section(energy, 1e-3, element=CARBON).value_pb


def boson_mass(mass: float) -> object:
    return total_cross_section(400.0, mass, element=CARBON, method="iww").value_pb


def lepton_energy(energy: float) -> object:
    return total_cross_section(energy, 1e-3, element=CARBON, method="iww").value_pb


def least_share(share: float) -> object:
    return total_cross_section(50.0, 1e-3, element=CARBON, method="iww", min_x=share).value_pb


def dark(**parameters: float) -> Callable[[float], object]:
    (name,) = parameters
    return lambda value: models.get("dark-photon", {name: value}).dark_width(0.1)


def dark_meson(name: str) -> Callable[[float], object]:
    boson = "b-boson"
    return lambda value: models.get(boson, {name: value}).meson_branching("omega", 1e-4, 0.1)


# Function, lowest and highest value (None: no such end), and whether the ends themselves count.
RANGES: dict[str, tuple[Callable[[float], object], float | None, float | None, bool]] = {
    "energy of the R ratio": (r_ratio, None, 12.0, True),
    "photon energy": (photon_energy, 0.1, 1000.0, True),
    "mass of what a photon makes": (photon_mass, 1e-6, 3.0, True),
    "mass of a threshold": (
        lambda m: primakoff.threshold_energy(m, CARBON), 1e-6, 3.0, True,
    ),
    "lepton energy": (lepton_energy, 1.0, 500.0, True),
    "mass of what a lepton radiates": (boson_mass, 1e-6, 3.0, True),
    "share of the energy": (least_share, 0.0, 1.0 - 1e-6, True),
    "energy of pions": (lambda e: charge_exchange.cross_section_pb("eta", e), 10.0, 200.0, True),
    "energy of f2": (lambda e: charge_exchange.cross_section_pb("f2", e), 10.0, 53.0, True),
    "recoil in charge exchange": (
        lambda t: charge_exchange.recoil_below("pi0", 50.0, t), 0.0, 1e6, True,
    ),
    "positron energy": (
        lambda e: annihilation.cross_section(e, 0.1, PHOTON), 0.51099895e-3, 1e6, True,
    ),
    "mass of a boson": (lambda m: PHOTON.total_width(m, 1e-4), 1e-15, None, True),
    "coupling": (lambda g: PHOTON.total_width(0.1, g), 0.0, 1e60, True),
    "mass over that of the lepton": (
        lambda r: magnetic_moment.loop_integral("vector", r), 1e-8, 1e8, True,
    ),
    "temperature": (SAIKAWA_SHIRAI.energy, None, 1e16, True),
    "dark coupling": (dark(alpha_dark=0.1), None, 4.0 * math.pi, True),
    "dark coupling of the B boson": (dark_meson("alpha_dark"), None, 10.0, True),
    "mass ratio of the B boson": (dark_meson("mass_ratio"), 2.0, None, False),
    "largest mass ratio": (dark(mass_ratio=3.0), None, 1e15, True),
    "mass ratio": (dark(mass_ratio=3.0), 2.0, None, False),
    "confidence level": (lambda cl: cls_upper_limit(Channel(1, 0.5), cl), 0.01, 0.999999, True),
    "background": (lambda b: Channel(1, b).background, 0.0, None, True),
}  # fmt: skip


@pytest.mark.parametrize("name", RANGES)
def test_ends_of_stated_ranges(name: str) -> None:
    function, low, high, ends_count = RANGES[name]
    step = 1e-6
    for end, sign in ((low, 1.0), (high, -1.0)):
        if end is None:
            continue
        size = abs(end) if end else 1.0
        inside = end if ends_count else end + sign * step * size
        assert np.all(np.isfinite(np.asarray(function(inside), dtype=float))), (name, inside)
        beyond = end - sign * step * size if ends_count else end
        for value in (beyond, end - sign * size * 1e3, math.nan):
            with pytest.raises(EmissError):
                function(value)


def test_highest_mass() -> None:
    """Without hadrons, which end at 12 GeV, masses go to 10^6 GeV."""
    leptons = models.get("leptophilic")
    assert leptons.total_width(1e6, 1e-4) > leptons.total_width(9.9e5, 1e-4)
    with pytest.raises(EmissError, match="mass"):
        leptons.total_width(1.000001e6, 1e-4)
