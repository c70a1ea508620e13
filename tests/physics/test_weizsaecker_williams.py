"""WW and IWW against mpmath, each other's limits and their published short forms."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from closeness import close

from emiss import materials
from emiss.ground import constants as const
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.processes import weizsaecker_williams as ww
from emiss.physics.processes.form_factors import effective_flux

PB = materials.get("Pb").components[0].element
BOSONS = ("vector", "axial", "scalar", "pseudoscalar")
UNIT = const.ALPHA**3 * const.GEV2_PICOBARN


@pytest.mark.parametrize("boson", BOSONS)
@pytest.mark.parametrize("lepton", [const.ELECTRON_MASS, const.MUON_MASS])
def test_spectrum_is_the_integral_over_angle(boson, lepton):
    energy, mass, x = 100.0, 0.05, 0.6

    def integrand(log_theta):
        theta = math.exp(log_theta)
        value = ww.ww_double_spectrum(x, theta, energy, mass, PB, boson, lepton_mass=lepton)
        return float(value) * theta**2  # dcos(theta) = theta dtheta at small angles

    # up to where tmin = tmax
    most = 2 * energy * (1 - x) * math.hypot(mass, lepton)
    least = mass**2 * (1 - x) / x + lepton**2 * x
    top = math.log(math.sqrt((most - least) / x) / energy)
    expected = mpmath.quad(integrand, [-22, -12, -9, -7, -5.5, top], maxdegree=7)
    found = float(ww.ww_spectrum(x, energy, mass, PB, boson, lepton_mass=lepton))
    close(found, float(expected), 1e-6)


@pytest.mark.parametrize("boson", BOSONS)
def test_iww_is_ww_with_frozen_flux(boson):
    # the u integral of a_X/u^2 with c as written, by mpmath: checks Int c/u^2 = -x/(6 U0^2)
    energy, mass, x, lepton = 100.0, 0.05, 0.6, const.MUON_MASS
    regular, weight = ww._splitting(np.array(x), mass, lepton, boson)
    least = mass**2 * (1 - x) / x + lepton**2 * x

    def integrand(u):
        c = (-u * x + mass**2 * (1 - x) + lepton**2 * x**2) / u**2
        return (float(regular) + weight * c) / u**2

    integral = float(mpmath.quad(integrand, [least, 10 * least, mpmath.inf]))
    flux = float(effective_flux((mass**2 / (2 * energy)) ** 2, mass**2 + lepton**2, PB))
    beta = math.sqrt(1 - (mass / (x * energy)) ** 2)
    found = float(ww.iww_spectrum(x, energy, mass, PB, boson, lepton_mass=lepton))
    close(found, UNIT * flux * beta * (1 - x) * integral, 1e-10)


def test_vector_iww_is_the_form_of_bjorken_for_light_leptons():
    energy, mass, x, tiny = 100.0, 0.1, np.array([0.2, 0.5, 0.9]), 1e-9
    flux = float(effective_flux((mass**2 / (2 * energy)) ** 2, mass**2, PB))
    beta = np.sqrt(1 - (mass / (x * energy)) ** 2)
    least = mass**2 * (1 - x) / x
    expected = UNIT * flux * beta * (4 - 4 * x + 4 * x**2 / 3) / least
    close(ww.iww_spectrum(x, energy, mass, PB, lepton_mass=tiny), expected, 1e-12)


@pytest.mark.parametrize("boson", BOSONS)
@pytest.mark.parametrize("min_x", [0.0, 0.5])
def test_totals_against_mpmath(boson, min_x):
    energy, mass = 50.0, 0.02
    for total, spectrum in ((ww.ww_total, ww.ww_spectrum), (ww.iww_total, ww.iww_spectrum)):
        value, error = total(energy, mass, PB, boson, min_x=min_x)

        def integrand(s, spectrum=spectrum):
            # 1 - x = exp(-s)
            rest = math.exp(-s)
            return float(spectrum(1 - rest, energy, mass, PB, boson)) * rest

        start = -math.log1p(-max(min_x, mass / energy))
        stop = -math.log(const.ELECTRON_MASS / energy)
        points = [start, start + 0.5, start + 2, *np.linspace(start + 4, stop, 4)]
        expected = float(mpmath.quad(integrand, points, maxdegree=4))
        close(value, expected, 2e-4)  # ends left out: 1e-4
        assert 1e-5 <= error < 1e-3  # what is added for the angle at least


def test_logarithm_is_leading():
    # the integrated form tends to the logarithm only slowly: tens of per cent at 10 MeV
    log = ww.iww_log_total(100.0, 0.01, PB)
    integrated, _ = ww.iww_total(100.0, 0.01, PB)
    assert 0.7 < integrated / log < 1.3
    light = ww.iww_log_total(100.0, 1e-6, PB, lepton_mass=1e-10)
    integrated, _ = ww.iww_total(100.0, 1e-6, PB, lepton_mass=1e-10)
    assert abs(integrated / light - 1) < 0.1  # the constant beside a logarithm of 18


def test_outside_the_range_is_zero_or_refused():
    assert ww.ww_spectrum([1e-4, 1.0], 100.0, 0.1, PB).tolist() == [0.0, 0.0]
    assert ww.ww_total(1.0, 2.0, PB) == (0.0, 0.0)
    with pytest.raises(UnknownNameError, match="vector"):
        ww.ww_spectrum(0.5, 100.0, 0.1, PB, "vectr")
    with pytest.raises(ValidityError, match="give one real number"):
        ww.iww_total(100.0, math.nan, PB)
    with pytest.raises(ValidityError, match="logarithm"):
        ww.iww_log_total(100.0, 1e-4, PB)
