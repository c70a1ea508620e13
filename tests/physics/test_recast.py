"""Recasts: exact where they must be, against root finding, and NA64's B - L limit."""

import math

import numpy as np
import pytest
from closeness import close
from scipy.optimize import brentq

from emiss import models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.curves.recast import Displacement, production_strength, recast
from emiss.physics.models.user_model import Names, UserModel

MASSES = np.geomspace(2e-3, 1.0, 40)
CURVE = Overlay("toy", MASSES, 1e-4 * (MASSES / 0.1) ** 0.9, "epsilon")
VISIBLE = models.get("dark-photon", {"dark_matter": "none"})


def scaled_dark_photon(charge, **changes):
    """A vector with exactly the couplings of a dark photon, times a charge."""
    unit = charge * const.ELECTRIC_CHARGE
    numbers = {"e": -unit, "mu": -unit, "tau": -unit, "u": 2 * unit / 3, "d": -unit / 3}
    return UserModel(Names("scaled", "scaled"), "vector", **(numbers | changes))


@pytest.mark.parametrize("production", ["electron", "muon", "annihilation", "proton"])
@pytest.mark.parametrize("name", ["dark-photon", "b-l", "lmu-ltau"])
def test_identity(name, production):
    model = models.get(name)
    curve = Overlay("toy", MASSES, CURVE.values)
    found = recast(curve, model, model, production=production)
    # The closed form inverts a rational function: rounding only.
    np.testing.assert_allclose(found.lower, CURVE.values, rtol=1e-12)
    assert found.quantity == model.coupling_name


def test_pure_rescaling_invisible_prompt_and_displaced():
    target = scaled_dark_photon(0.25)
    dark = {"dark_matter": "scalar", "alpha_dark": 1e-4, "mass_ratio": 3.0}
    found = recast(CURVE, models.get("dark-photon", dark), target.with_parameters(**dark))
    np.testing.assert_allclose(found.lower, 4.0 * CURVE.values, rtol=1e-12)
    prompt = recast(CURVE, VISIBLE, target, production="proton", signature="visible")
    np.testing.assert_allclose(prompt.lower, 4.0 * CURVE.values, rtol=1e-12)
    two = Overlay("dump", MASSES, CURVE.values, "epsilon", 20.0 * CURVE.values)
    shape = Displacement(20e2, 5e2)
    both = recast(two, VISIBLE, target, signature="visible", displacement=shape)
    # Bisection to rounding in ln x; the top of the hump is not near here.
    np.testing.assert_allclose(both.lower, 4.0 * two.values, rtol=1e-10)
    np.testing.assert_allclose(both.upper, 4.0 * two.upper, rtol=1e-10)


def test_events_are_equal_by_independent_route():
    """The recast edge gives the same coupling^2 x branching as the old one, by the models' API."""
    old = models.get("dark-photon", {"alpha_dark": 1e-9, "dark_matter": "dirac"})
    new = models.get("b-l", {"dark_matter": "majorana", "g_chi": 1e-4})
    found = recast(CURVE, old, new)
    kept = np.isfinite(found.lower)
    assert kept.any()
    for mass, before, after in zip(
        MASSES[kept], CURVE.values[kept], found.lower[kept], strict=True
    ):
        events = [
            float(m.lepton_coupling("e", g, mass) ** 2 * m.invisible_branching(mass, g))
            for m, g in ((old, before), (new, after))
        ]
        close(events[1], events[0], 1e-11)


def test_too_few_invisible_decays_exclude_nothing():
    # The yield of invisible decays saturates at coupling^2 ~ dark over visible width.
    old = models.DarkPhoton()
    new = models.get("dark-photon", {"alpha_dark": 1e-16})
    assert np.isnan(recast(CURVE, old, new).lower).all()
    assert recast(CURVE, old, new).pieces() == ()
    none = models.get("dark-photon", {"dark_matter": "none"})
    assert np.isnan(recast(CURVE, old, none).lower).all()


def test_displaced_edges_against_root_finding():
    """B - L from dark photon by scalar root finding in the exponential law itself."""
    low, high = 2e-7, 4e-5
    masses = np.array([0.005, 0.02, 0.1])
    curve = Overlay("dump", masses, np.full(3, low), "epsilon", np.full(3, high))
    ratio, target = 0.3, models.BMinusL()
    found = recast(
        curve, VISIBLE, target, signature="visible", displacement=Displacement(1e3, ratio * 1e3)
    )
    for i, mass in enumerate(masses):

        def events(model, g, time, mass=mass):
            width = float(model.total_width(mass, g))
            share = float(model.partial_widths(mass, g)["e+e-"]) / width
            made = float(model.lepton_coupling("e", g, mass)) ** 2
            return made * share * (math.exp(-time * width) - math.exp(-(1 + ratio) * time * width))

        scale = 1.0 / float(VISIBLE.total_width(mass, high))
        time = brentq(
            lambda t: math.log(events(VISIBLE, low, t) / events(VISIBLE, high, t)),
            1e-3 * scale,
            100 * scale,
            rtol=1e-12,
        )
        level = events(VISIBLE, low, time)
        grid = np.geomspace(1e-9, 1e-4, 4001)
        above = np.array([events(target, g, time) >= level for g in grid])
        first, last = np.flatnonzero(above)[[0, -1]]
        for value, start in ((found.lower[i], first - 1), (found.upper[i], last)):
            root = brentq(
                lambda lng: math.log(events(target, math.exp(lng), time) / level),  # noqa: B023
                math.log(grid[start]),
                math.log(grid[start + 1]),
                xtol=1e-13,
            )
            close(value, math.exp(root), 1e-9)


def test_displacement_with_energy_needs_one_edge():
    masses = np.array([0.01, 0.02])
    curve = Overlay("dump", masses, np.full(2, 1e-6), "epsilon")
    shape = Displacement(20e2, 5e2, energy=50.0)
    found = recast(curve, VISIBLE, VISIBLE, signature="visible", displacement=shape)
    # The given edge is on the rising side: it comes back; the other has equal events.
    np.testing.assert_allclose(found.lower, curve.values, rtol=1e-10)
    lengths = [
        np.sqrt(50.0**2 - masses**2) / masses * VISIBLE.ctau_cm(masses, g)
        for g in (found.lower, found.upper)
    ]
    seen = [np.exp(-20e2 / x) - np.exp(-25e2 / x) for x in lengths]
    np.testing.assert_allclose(
        found.lower**2 * seen[0], found.upper**2 * seen[1], rtol=1e-8
    )  # steep side: 1e-10 in the coupling is some 1e-9 in the exponential
    with pytest.raises(EmissError, match="typical energy"):
        recast(curve, VISIBLE, VISIBLE, signature="visible", displacement=Displacement(1.0, 1.0))


def test_na64_b_minus_l_from_dark_photon():
    """NA64's own B - L limit (arXiv:2207.09979, 3.22e11) from its dark-photon limit of 2.84e11.

    Dark photon, 2016-2018 as digitised by DarkCast: 3.3e-5 at 10 MeV, 3.5e-4 at 100 MeV. The
    sensitivity in the coupling grows with the root of the exposure. Published g = 1.1e-5 at
    10.5 MeV for unbroken B - L. 15 %: two digitised curves of two digits and a published curve
    with its own efficiency.
    """
    masses = np.array([0.010, 0.100])
    values = np.array([3.3e-5, 3.5e-4])
    curve = Overlay("NA64", masses, values * math.sqrt(2.84 / 3.22), "epsilon")
    target = models.get("b-l", {"neutrinos": "dirac"})
    found = recast(curve, models.DarkPhoton(), target)
    at = math.exp(np.interp(math.log(0.0105), np.log(masses), np.log(found.lower)))
    close(at, 1.1e-5, 0.15)
    # By hand: g = e epsilon/sqrt(3/4) where electrons and six neutrinos are all there is; 1e-5
    # for the electron's mass.
    close(found.lower[0], const.ELECTRIC_CHARGE * curve.values[0] / math.sqrt(0.75), 1e-5)


def test_proton_strength_vanishes_for_protophobic():
    protophobic = UserModel(Names("p", "p"), "vector", e=0.1, u=-1.0 / 3.0, d=2.0 / 3.0)
    with pytest.raises(ValidityError, match="proton"):
        production_strength(protophobic, "proton", MASSES)
    # Charge of the proton: 1 for a dark photon in units of e epsilon, 1 for B - L.
    close(production_strength(models.BMinusL(), "proton", MASSES)[0], 1.0, 1e-6)
    close(
        production_strength(models.DarkPhoton(), "proton", MASSES)[0],
        const.ELECTRIC_CHARGE**2,
        1e-6,
    )


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"production": "electrons"}, UnknownNameError, "electron"),
        ({"signature": "seen"}, UnknownNameError, "visible"),
        ({"signature": "visible", "final_state": "ee"}, UnknownNameError, r"e\+e-"),
        ({"target": models.Scalar()}, ValidityError, "vectors"),
        ({"target": models.Leptophilic(lepton="mu")}, ValidityError, "electron"),
        ({"source": models.BMinusL()}, EmissError, "epsilon"),
        ({"displacement": Displacement(1.0, 1.0)}, EmissError, "visible"),
        (
            {"curve": Overlay("x", MASSES, CURVE.values, "epsilon", 2 * CURVE.values)},
            EmissError,
            "upper edge",
        ),
    ],
)
def test_bad_input(changes, error, match):
    case = {"curve": CURVE, "source": models.DarkPhoton(), "target": models.BMinusL()} | changes
    curve, source, target = (case.pop(name) for name in ("curve", "source", "target"))
    with pytest.raises(error, match=match):
        recast(curve, source, target, **case)
    with pytest.raises(EmissError, match="positive"):
        Displacement(0.0, 1.0)
