"""Slow muons of pairs: angles against the formula, losses against the range."""

from __future__ import annotations

import numpy as np
from closeness import close

from emiss import experiments
from emiss.analysis.backgrounds.slow_muons import followed, pair_angles
from emiss.physics.materials import get
from emiss.physics.shower.muon_stopping import stopping_power

MASS = 0.1056583755


def layout():
    return experiments.get("na64e-2021-2022").runs[0].layout


def random(key=3):
    return np.random.Generator(np.random.Philox(key=key))


def test_angles_of_fast_muons_have_the_distribution_of_free_pairs():
    # far above the bound of the nucleus P(theta gamma > u) = 1/(1 + u^2); false alarms 6e-5 each
    n = 20_000
    u = pair_angles(np.full(n, 100.0), 207.0, random()) * 100.0 / MASS
    for edge in (0.5, 1.0, 3.0, 6.0):
        expected = 1.0 / (1.0 + edge**2)
        error = np.sqrt(expected * (1.0 - expected) / n)
        assert abs((u > edge).mean() - expected) < 4.0 * error + 2e-3 * expected


def test_the_nucleus_bounds_the_transverse_momentum():
    # at t^2 = C the density is half of what it would be: transverse momenta of some 0.1 GeV
    energy = 2.0
    bound = (0.35 * 207.0**0.27 * MASS / energy) ** 2
    angle = pair_angles(np.full(40_000, energy), 207.0, random())
    t = 1.0 / (1.0 + (angle * energy / MASS) ** 2)
    edges = np.linspace(0.02, 1.0, 9)
    found = np.histogram(t, edges)[0]
    # the integral of t^2/(t^2 + C) is t - sqrt(C) arctan(t/sqrt(C))
    root = np.sqrt(bound)
    integral = edges - root * np.arctan(edges / root)
    whole = 1.0 - root * np.arctan(1.0 / root)
    expected = 40_000 * np.diff(integral) / whole
    # chi^2 of 8 degrees of freedom above 31.8 has chance 1e-4
    assert float(((found - expected) ** 2 / expected).sum()) < 31.8


def test_straight_muons_lose_what_the_mean_loss_says():
    kinetic = np.array([0.2, 3.0, 40.0])
    straight = followed(layout(), kinetic, 0.0 * kinetic, 0.0, random(), scattering=False)
    dump = experiments.get("na64e-2021-2022").runs[0].layout.target
    loss = stopping_power(dump.material, 40.0) * dump.material.density * dump.length
    # losses change with the energy by a per mille on the way; the table by less
    close(float(straight.dump[2]), loss, 5e-3)
    close(float(straight.dump[0]), 0.2, 1e-12)  # stops
    assert not straight.behind[0]
    iron = stopping_power(get("Fe"), 30.0) * get("Fe").density * 3 * 48 * 2.5
    plastic = stopping_power(get("polystyrene"), 30.0) * get("polystyrene").density * 3 * 48 * 0.4
    # a layered calorimeter has the density effect of the mixture
    close(float(straight.hadronic[2]), iron + plastic, 0.03)


def test_energy_is_kept_and_wide_muons_pass_by():
    kinetic = np.geomspace(0.1, 1.5, 400)
    angle = pair_angles(kinetic + MASS, 207.0, random())
    found = followed(layout(), kinetic, angle, 2.0, random(4))
    assert (found.dump + found.hadronic <= kinetic + 1e-9).all()
    wide = followed(layout(), np.full(50, 5.0), np.full(50, 0.6), 2.0, random(5))
    assert (wide.hadronic < 0.2).mean() > 0.9
