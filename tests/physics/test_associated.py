"""Associated production against explicit integration of the amplitude in extended precision."""

import math

import mpmath as mp
import numpy as np
import pytest
from closeness import close
from scipy.integrate import quad

from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ValidityError
from emiss.physics.processes import associated as process

ME = const.ELECTRON_MASS


def amplitude_integral(energy, mass):
    """Total cross-section in cm^2 with 40 digits, cos(theta) = tanh(x)."""
    with mp.workdps(40):
        me, e = mp.mpf(ME), mp.mpf(energy)
        big_m, s = mp.mpf(mass) ** 2, 2 * me * (e + me)
        beta = mp.sqrt(1 - 4 * me**2 / s)

        def integrand(x):
            c = mp.tanh(x)
            a1, a2 = ((s - big_m) / 2 * (1 + sign * beta * c) for sign in (-1, 1))
            inverse = 1 / a1 + 1 / a2
            value = 2 * (a1 / a2 + a2 / a1) + 4 * s * big_m / (a1 * a2) + 8 * me**2 * inverse
            value -= 8 * me**4 * inverse**2 + 4 * me**2 * big_m * (1 / a1**2 + 1 / a2**2)
            return value / mp.cosh(x) ** 2

        integral = mp.quad(integrand, list(range(-40, 41, 4)))
        flux = (s - big_m) / (32 * mp.pi * s * s * beta)
        return float((4 * mp.pi * const.ALPHA) ** 2 * flux * integral) * const.GEV2_CM2


@pytest.mark.parametrize(
    ("energy", "mass"), [(100.0, 0.1), (100.0, 0.3), (100.0, 1e-3), (0.05, 0.002), (0.005, 0.001)]
)
def test_closed_form_is_the_integral(energy, mass):
    expected = amplitude_integral(energy, mass)
    close(process.cross_section(energy, mass), expected, 1e-11)


def test_massless_limit_is_annihilation_to_two_photons():
    # Heitler's formula for e+ e- -> gamma gamma; X without mass is a second photon, but the two are
    # not identical: twice as many. Corrections m_X^2/s.
    for energy in (0.002, 0.05, 10.0):
        g = energy / ME
        root = math.sqrt(g * g - 1)
        heitler = (g * g + 4 * g + 1) / (g * g - 1) * math.log(g + root) - (g + 3) / root
        expected = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 / (g + 1) * heitler
        value = process.cross_section(energy, 1e-9)
        close(value, expected, 1e-8)


def test_leading_logarithm():
    energies = np.array([100.0, 100.0, 70.0])
    masses = np.array([0.01, 0.25, 0.2])
    exact = process.cross_section(energies, masses)
    # Corrections of order (m_e^2/s) ln: 2e-5.
    close(process.leading_logarithm(energies, masses), exact, 3e-5)


def test_spectrum_integrates_to_the_cross_section_with_cuts():
    energy, mass = 80.0, 0.2
    low, high = (float(k) for k in process.photon_energies(energy, mass))
    cuts = (low + 0.2 * (high - low), low + 0.7 * (high - low))
    numeric = quad(
        lambda k: float(process.photon_spectrum(k, energy, mass)), *cuts, epsrel=1e-10, epsabs=0.0
    )[0]
    value = process.cross_section(
        energy, mass, min_photon_energy=cuts[0], max_photon_energy=cuts[1]
    )
    close(value, numeric, 1e-9)
    parts = process.cross_section(energy, mass, max_photon_energy=cuts[0])
    parts = parts + value + process.cross_section(energy, mass, min_photon_energy=cuts[1])
    whole = process.cross_section(energy, mass)
    close(parts, float(whole), 1e-13)


def test_kinematics():
    low, high = process.photon_energies(100.0, 0.2)
    # X gets the rest: its energy is at least its mass, and for the softest photon nearly all.
    assert 0.0 < low < 1e-3
    assert 100.0 + ME - high >= 0.2
    # Largest photon energy: momentum conservation along the beam, E_X from the mass shell.
    k, p = float(high), math.sqrt(100.0**2 - ME**2)
    energy_x, p_x = 100.0 + ME - k, p - k
    close(energy_x**2 - p_x**2, 0.04, 1e-9)


def test_closed_and_singular():
    assert process.cross_section(10.0, 0.2) == 0.0
    assert process.photon_spectrum(1.0, 10.0, 0.2) == 0.0
    assert process.cross_section(80.0, 0.2, min_photon_energy=79.9) == 0.0
    with pytest.raises(EmissError, match="photon energies"):
        process.cross_section(80.0, 0.2, min_photon_energy=5.0, max_photon_energy=1.0)
    with pytest.raises(ValidityError, match="closed"):
        process.leading_logarithm(10.0, 0.2)
    # Soft photon: grows like 1/(1 - z) towards s = m^2.
    energy = 80.0
    s = 2 * ME * (energy + ME)
    values = [process.cross_section(energy, math.sqrt(s * (1 - d))) for d in (1e-3, 1e-4)]
    close(values[1] / values[0], 10.0, 0.01)


def test_photon_energies_forward_and_backward_are_one_another_boosted():
    """Their product is the square of the energy in the centre of mass, (s - m^2)^2/4s."""
    electron = 0.51099895e-3
    for energy in (0.5, 20.0, 150.0):
        s = 2.0 * electron * (energy + electron)
        for mass in np.sqrt(s) * np.array([0.01, 0.5, 0.99]):
            low, high = process.photon_energies(energy, mass)
            close(low * high, (s - mass**2) ** 2 / (4.0 * s), 1e-9)
            # And their sum twice that energy times the boost of the whole.
            boost = (energy + electron) / np.sqrt(s)
            close(low + high, boost * (s - mass**2) / np.sqrt(s), 1e-9)
