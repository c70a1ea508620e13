"""Formation length, suppression and mixing of light bosons in matter."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from emiss import materials
from emiss.ground import constants as const
from emiss.ground.errors import ValidityError
from emiss.physics.processes import bremsstrahlung as brems
from emiss.physics.processes import medium_effects as medium
from emiss.physics.shower import radiation

LEAD = materials.get("Pb")


def test_formation_length_is_the_inverse_of_the_least_momentum_transfer():
    # p - k - p' of collinear momenta, in extended precision
    for lepton, energy, mass in (
        (const.ELECTRON_MASS, 5.0, 1e-4),
        (const.MUON_MASS, 160.0, 1e-3),
        (const.MUON_MASS, 160.0, 0.3),
    ):
        for x in (0.05, 0.5, 0.95):
            e, k, m, m_x = (np.longdouble(v) for v in (energy, x * energy, lepton, mass))
            q = np.sqrt(e**2 - m**2) - np.sqrt(k**2 - m_x**2) - np.sqrt((e - k) ** 2 - m**2)
            expected = const.HBARC_GEV_CM / float(q)
            found = medium.formation_length_cm(x, energy, mass, lepton)
            # the next order in (m/E')^2 and (m_X/k)^2
            rest = (lepton / (energy * (1 - x))) ** 2 + (mass / (x * energy)) ** 2
            assert_allclose(found, expected, rtol=2.0 * rest + 1e-6, atol=0.0)


def test_massless_boson_is_suppressed_like_the_photon():
    for energy in (25.0, 100.0, 500.0):
        for v in (1e-3, 0.1, 0.5, 0.99):
            expected = np.sqrt(radiation.lpm_energy(LEAD) * v / (8.0 * energy * (1.0 - v)))
            assert_allclose(medium.migdal_variable(v, energy, 0.0, LEAD), expected, rtol=1e-12)


def test_mass_acts_as_the_polarisation_of_the_medium_does():
    # a photon of energy k >> plasma energy has the mass omega_p: same factor in s
    v = np.array([1e-5, 1e-4, 1e-3])
    ratio = medium.migdal_variable(v, 100.0, LEAD.plasma_energy, LEAD)
    ratio = ratio / medium.migdal_variable(v, 100.0, 0.0, LEAD)
    expected = 1.0 + (1.0 - v) * (LEAD.plasma_energy / (v * const.ELECTRON_MASS)) ** 2
    assert_allclose(ratio, expected, rtol=1e-12)


def _lost(mass, cut):
    """Share of vectors of 100 GeV electrons in lead lost to multiple scattering, xi = 2 and 1."""
    z = np.linspace(-9.0, 9.0, 241)
    x = 1.0 / (1.0 + np.exp(-z))
    x = x[x > cut]
    spectrum = brems.differential_x(x, 100.0, mass, element=LEAD.components[0].element)
    weight = spectrum.values_pb * x * (1.0 - x)
    s = medium.migdal_variable(x, 100.0, mass, LEAD)
    return [
        1.0 - weight @ radiation.migdal_functions(s / np.sqrt(xi))[1] / weight.sum()
        for xi in (2.0, 1.0)
    ]


def test_what_the_documentation_says_about_lead():
    length = medium.formation_length_cm(0.5, 100.0, 1e-6)
    assert_allclose(length, 0.15e-4, rtol=0.02)
    assert_allclose(LEAD.radiation_length_cm / length, 3.7e4, rtol=0.01)
    assert_allclose(medium.migdal_variable(0.5, 100.0, 1e-6, LEAD), 2.3, rtol=0.02)
    # above half the energy nothing is missing; of all soft ones at 1 keV 14 to 21 %
    assert _lost(1e-6, 0.5)[0] < 5e-4
    assert_allclose(_lost(1e-6, 0.0), [0.21, 0.14], rtol=0.05)
    assert_allclose(_lost(1e-5, 0.0), [0.045, 0.019], rtol=0.05)
    assert _lost(1e-4, 0.0)[0] < 2e-3
    assert medium.migdal_variable(0.001, 160.0, 1e-6, LEAD, const.MUON_MASS) > 10.0
    assert_allclose(LEAD.plasma_energy, 61e-9, rtol=0.01)
    assert_allclose(medium.mixing_factor(1e-6, LEAD), 1.0075, rtol=1e-4)
    assert_allclose(medium.mixing_factor(1e-5, LEAD) - 1.0, 7.5e-5, rtol=0.01)


def test_mixing_is_the_photon_propagator():
    # epsilon m^2/(q^2 - Pi) at q^2 = m^2, Pi = omega_p^2: expanded to third order
    m = 3e-7
    r = (LEAD.plasma_energy / m) ** 2
    series = 1.0 + 2.0 * r + 3.0 * r**2 + 4.0 * r**3
    assert_allclose(medium.mixing_factor(m, LEAD), series, rtol=5.0 * r**4 * 1.2)


def test_refusals():
    with pytest.raises(ValidityError, match="between 1e-12 and 1"):
        medium.formation_length_cm([0.5, 1.0], 100.0, 1e-6)
    for energy, mass, lepton in ((0.0, 1e-6, 1e-3), (1.0, -1.0, 1e-3), (1.0, np.nan, 1e-3)):
        with pytest.raises(ValidityError, match="give one real number"):
            medium.formation_length_cm(0.5, energy, mass, lepton)
    with pytest.raises(ValidityError, match="122 eV"):
        medium.mixing_factor(1e-7, LEAD)
