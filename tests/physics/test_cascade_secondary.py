"""Scattering on atomic electrons against quadrature of the textbook spectra."""

import numpy as np
import pytest
from closeness import close
from scipy import integrate

from emiss import materials
from emiss.ground import constants as const
from emiss.physics.shower import secondary as sec

LEAD = materials.get("Pb")
ME = const.ELECTRON_MASS


def _unit(energy):
    electrons = LEAD.electrons_per_radiation_length
    return np.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * electrons * ME / energy


def _klein_nishina(energy, v):
    k, kp = energy, energy * (1 - v)
    mu = ME / kp - ME / k
    return _unit(energy) * (k / kp + kp / k + mu**2 - 2 * mu)


def _moller(energy, e):
    g = energy / ME
    a = ((g - 1) / g) ** 2
    b = (2 * g - 1) / g**2
    return 2 * _unit(energy) * (a + (1 / e) * (1 / e - b) + (1 / (1 - e)) * (1 / (1 - e) - b))


def _bhabha(energy, e):
    y = 1 / (energy / ME + 1)
    b1, b2, b4 = 2 - y**2, (1 - 2 * y) * (3 + y**2), (1 - 2 * y) ** 3
    b3 = b4 + (1 - 2 * y) ** 2
    return 2 * _unit(energy) * (1 / e**2 - b1 / e + b2 - b3 * e + b4 * e**2)


def _heitler(energy, e):
    g = energy / ME
    return _unit(energy) / e * (1 + 2 * g / (g + 1) ** 2 - e - 1 / ((g + 1) ** 2 * e))


CUT = 0.5


@pytest.mark.parametrize("energy", [1.7, 30.0])
@pytest.mark.parametrize("v", [0.01, 0.2, 0.45, 0.9])
@pytest.mark.parametrize("process", ["compton", "moller", "bhabha"])
def test_flows(process, energy, v):
    if process == "compton":
        flows = sec.compton_flows(LEAD, np.array(energy), np.array(v))
        spectrum, low, high = _klein_nishina, 0.0, 1 - 1 / (1 + 2 * energy / ME)
    elif process == "moller":
        flows = sec.moller_flows(LEAD, np.array(energy), np.array(v), CUT)
        spectrum, low, high = _moller, CUT / energy, 0.5
    else:
        flows = sec.bhabha_flows(LEAD, np.array(energy), np.array(v), CUT)
        spectrum, low, high = _bhabha, CUT / energy, 1.0
    start = max(v, low)
    phi = omega = 0.0
    if start < high:
        phi = integrate.quad(lambda x: spectrum(energy, x), start, high, epsrel=1e-11)[0]
        omega = integrate.quad(lambda x: (x - v) * spectrum(energy, x), start, high, epsrel=1e-11)[
            0
        ]
    # Closed forms against quadrature, which strains at the soft end of Compton scattering.
    np.testing.assert_allclose(flows, [phi, omega], rtol=1e-6)


@pytest.mark.parametrize("energy", [1.0, 40.0])
def test_annihilation(energy):
    g = energy / ME
    root = np.sqrt((g - 1) / (g + 1))
    low, high = (1 - root) / 2, (1 + root) / 2
    rate = integrate.quad(
        lambda x: np.exp(x) * _heitler(energy, np.exp(x)), np.log(low), np.log(high), epsrel=1e-11
    )[0]
    e = np.array(energy)
    close(sec.annihilation_rate(LEAD, e), rate, 1e-7)
    # Heitler at gamma >> 1: pi r_e^2 (ln 2 gamma - 1)/gamma per electron.
    close(rate, _unit(energy) * (np.log(2 * g) - 1), 5e-3)
    v = 0.2
    numbers = [
        integrate.quad(lambda x: _heitler(energy, x), *ends)[0]
        for ends in ((v, high), (low, 1 - v))
    ]
    phi, _ = sec.annihilation_flows(LEAD, e, np.array(v))
    close(phi, sum(numbers), 1e-6)
    # Two photons share all of the energy.
    phi, omega = sec.annihilation_flows(LEAD, e, np.array(0.0))
    close(phi, 2 * rate, 1e-7)
    close(omega, rate, 1e-7)


def test_klein_nishina_high_energy_limit():
    e = np.array(10.0)
    total = sec.compton_flows(LEAD, e, np.array(0.0))[0]
    close(total, _unit(10.0) * (np.log(2 * 10.0 / ME) + 0.5), 2e-3)
