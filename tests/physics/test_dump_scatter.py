"""Dump and scatter: scaling, closed forms and the kinematic end."""

import math

import numpy as np
import pytest
from closeness import close
from scipy.integrate import quad

from emiss import constants as const
from emiss import materials, models
from emiss.errors import EmissError, ValidityError
from emiss.inference import limit
from emiss.yields.dump_scatter import (
    DumpExperiment,
    electron_cross_section,
    scatter_events,
    scatter_limit,
)

MASSES = np.array([0.01, 0.1])


def described(**changes):
    values = {
        "on_target": 1e20, "beam_energy": 20.0, "dump": materials.get("W"), "distance": 2e4,
        "radius": 100.0, "length": 200.0, "detector": materials.get("polystyrene"),
        "min_recoil": 1.0,
    }  # fmt: skip
    return DumpExperiment(**{**values, **changes})


def dirac(alpha_dark=0.1):
    return models.get("dark-photon", {"dark_matter": "dirac", "alpha_dark": alpha_dark})


def test_cross_section_at_high_energy():
    # E -> infinity: 4 pi alpha/m^2 times m^2/(m^2 + 2 m_e T_min), by hand.
    for mass in MASSES:
        found = float(electron_cross_section(1e5, mass, mass / 3, 1e-3))
        spread = mass**2 + 2 * const.ELECTRON_MASS * 1e-3
        expected = const.GEV2_CM2 * 4 * math.pi * const.ALPHA / spread
        # Corrections of relative order m^2/(2 m_e E) times a logarithm.
        close(found, expected, 2e-3)


@pytest.mark.parametrize("energy", [0.5, 3.0, 50.0])
@pytest.mark.parametrize("mass", [0.003, 0.1])
def test_cross_section_against_another_quadrature(energy, mass):
    me, chi, least = const.ELECTRON_MASS, mass / 3, 0.05
    p2 = energy**2 - chi**2
    most = 2 * me * p2 / (2 * me * energy + chi**2 + me**2)

    def slope(t):
        ee = me + t
        form = 2 * me * energy - me * ee + chi**2 + 2 * me**2
        top = 2 * me * energy**2 - form * (ee - me)
        return 4 * math.pi * const.ALPHA * top / (p2 * (mass**2 + 2 * me * ee - 2 * me**2) ** 2)

    expected = quad(slope, least, most, epsrel=1e-12, limit=400)[0] if most > least else 0.0
    found = float(electron_cross_section(energy, mass, chi, least))
    close(found, const.GEV2_CM2 * expected, 1e-8)
    assert electron_cross_section(energy, mass, chi, 1.01 * most) == 0.0


def test_scaling():
    unit = scatter_events(described(), dirac(), MASSES)
    assert np.all(unit > 0.0)
    np.testing.assert_allclose(scatter_events(described(), dirac(0.5), MASSES), 5.0 * unit)
    more = scatter_events(described(on_target=1e21), dirac(), MASSES)
    np.testing.assert_allclose(more, 10.0 * unit)
    longer = scatter_events(described(length=400.0), dirac(), MASSES)
    np.testing.assert_allclose(longer, 2.0 * unit)
    # epsilon^4: ten thousand times the beam for a tenth of the coupling.
    near = scatter_limit(described(), dirac(), MASSES)
    far = scatter_limit(described(on_target=1e24), dirac(), MASSES)
    np.testing.assert_allclose(near / far, 10.0, rtol=1e-12)
    # A wider detector takes everything in the end.
    close(
        described(radius=1e9).acceptance(20.0, 0.1),
        1.0,
        absolute=1e-9,
        because="a probability of one",
    )
    close(described().acceptance(20.0, 0.1), 0.5, 1e-6)


def test_beside_the_missing_energy_technique():
    # alpha_dark drops out of missing energy and enters here to the power -1/4.
    for alpha in (0.01, 0.1):
        model = dirac(alpha)
        missing = limit("na64e-2016-2022", model, masses=MASSES).observed
        ratio = scatter_limit(described(), model, MASSES) / missing
        if alpha == 0.01:
            first, coupling = ratio, missing
    np.testing.assert_allclose(missing, coupling, rtol=2e-2)
    np.testing.assert_allclose(first / ratio, 10.0**0.25, rtol=2e-2)


def test_bad_input():
    for changes in ({"distance": 0.0}, {"on_target": math.nan}, {"efficiency": 1.5}):
        with pytest.raises(EmissError):
            described(**changes)
    with pytest.raises(ValidityError, match="dark matter"):
        scatter_events(described(), models.get("dark-photon", {"dark_matter": "none"}), MASSES)
    with pytest.raises(EmissError, match="events"):
        scatter_limit(described(), dirac(), MASSES, 0.0)
    assert np.all(np.isinf(scatter_limit(described(min_recoil=30.0), dirac(), MASSES)))
