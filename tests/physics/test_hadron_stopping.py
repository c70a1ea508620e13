"""Mean loss of charged hadrons to electrons."""

import math

import numpy as np
import pytest
from closeness import close
from emiss.materials import get
from scipy.integrate import quad

from emiss.ground.errors import ValidityError
from emiss.physics.shower.hadron_stopping import hadron_stopping_power

PION, PROTON, ELECTRON = 0.13957, 0.93827, 0.51099895e-3
CONSTANT = 0.307075e-3
"""4 pi N_A r_e^2 m_e in GeV cm^2/mol (Particle Data Group)."""


@pytest.mark.parametrize(
    ("name", "smallest"),
    [
        ("C", 1.742),
        ("Al", 1.615),
        ("Fe", 1.451),
        ("Cu", 1.403),
        ("W", 1.145),
        ("Pb", 1.122),
        ("polystyrene", 1.936),
    ],
)
def test_the_minimum_is_that_of_the_particle_data_group(name, smallest):
    # 2 %: the general parametrisation of the density effect in place of fits by material
    found = 1e3 * hadron_stopping_power(get(name), np.geomspace(1.0, 20.0, 200), PION)
    close(float(found.min()), smallest, 0.02)
    assert 2.5 < np.geomspace(1.0, 20.0, 200)[np.argmin(found)] < 4.5


@pytest.mark.parametrize(("name", "charge_per_mass"), [("Fe", 26 / 55.845), ("Pb", 82 / 207.2)])
def test_at_high_velocity_only_the_density_of_electrons_counts(name, charge_per_mass):
    # plateau of the density effect: ln(2 m T_max / plasma energy^2), 28.816 eV sqrt(rho Z/A)
    ratio = 5e3
    plasma = 28.816e-9 * math.sqrt(get(name).density * charge_per_mass)
    largest = 2 * ELECTRON * ratio**2 / (1 + 2 * ratio * ELECTRON / PROTON)
    wanted = CONSTANT * charge_per_mass * 0.5 * (math.log(2 * ELECTRON * largest / plasma**2) - 1)
    found = hadron_stopping_power(get(name), np.array([ratio]), PROTON)
    close(float(found[0]), wanted, 1e-3)  # the largest transfer without (m_e/m)^2; beta = 1


@pytest.mark.parametrize("ratio", [1.0, 10.0, 100.0, 1000.0])
def test_a_heavier_hadron_as_fast_knocks_on_harder_electrons(ratio):
    # the difference is the energy of the electrons beyond 100 keV, from the spectrum of spin 0
    beta2, gamma = ratio**2 / (1 + ratio**2), math.sqrt(1 + ratio**2)

    def hard(mass):
        share = ELECTRON / mass
        top = 2 * ELECTRON * ratio**2 / (1 + 2 * gamma * share + share**2)
        energy, _ = quad(lambda log: 1 - beta2 * math.exp(log) / top, math.log(1e-4), math.log(top),
                         epsrel=1e-12)  # fmt: skip
        return 0.5 * CONSTANT * (26 / 55.845) / beta2 * energy

    found = [float(hadron_stopping_power(get("Fe"), np.array(ratio), m)) for m in (PION, PROTON)]
    # relative to the loss itself: rounded constants agree to 1e-4 or so,
    # and 1 - 1e-4/T_max is counted at the lower end
    assert abs(found[1] - found[0] - (hard(PROTON) - hard(PION))) < 2e-4 * found[0]


def test_no_loss_is_given_where_the_formula_fails():
    for ratio in (0.05, 2e5, math.nan):
        with pytest.raises(ValidityError, match="momentum_per_mass"):
            hadron_stopping_power(get("Fe"), np.array([ratio]), PION)
