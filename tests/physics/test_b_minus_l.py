"""Widths of the B - L boson by independent routes, and the published limit."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from test_widths import GAMMA, GAMMA5, METRIC, slash

import emiss
from emiss import models
from emiss.ground import constants as const

G = 1e-3
LEFT = models.get("b-l")
DIRAC = models.get("b-l", {"neutrinos": "dirac"})


def chiral_width(mass, projector):
    """Width of a vector to massless fermions of one chirality, from the trace, at coupling 1."""
    momentum = 0.5 * mass
    direction = np.array([0.36, 0.48, 0.8])
    p1 = np.array([momentum, *(momentum * direction)])
    p2 = np.array([momentum, *(-momentum * direction)])
    q = (p1 + p2) * METRIC
    total = 0.0
    for mu in range(4):
        for nu in range(4):
            vertex = GAMMA[mu] @ projector
            bar = GAMMA[0] @ (GAMMA[nu] @ projector).conj().T @ GAMMA[0]
            spins = -(METRIC[mu] if mu == nu else 0.0) + q[mu] * q[nu] / mass**2
            total += spins * np.trace(slash(p1) @ vertex @ slash(p2) @ bar).real
    return total / 3.0 * momentum / (8.0 * math.pi * mass**2)


@pytest.mark.parametrize("mass", [1e-4, 0.01, 3.0])
def test_neutrinos_are_the_trace_with_chiral_projectors(mass):
    one = np.eye(4)
    left, right = (chiral_width(mass, 0.5 * (one + sign * GAMMA5)) for sign in (-1, 1))
    assert_allclose(left, mass / (24.0 * math.pi), rtol=1e-12)
    assert_allclose(LEFT.neutrino_width(mass, G), G**2 * 3.0 * left, rtol=1e-12)
    assert_allclose(DIRAC.neutrino_width(mass, G), G**2 * 3.0 * (left + right), rtol=1e-12)


@pytest.mark.parametrize(
    ("mass", "left", "dirac"),
    [
        # e+e- alone is as much as two left-handed neutrinos: 3/(3 + 2), 6/(6 + 2).
        (0.1, 3.0 / 5.0, 6.0 / 8.0),
        # ... with muons, whose threshold factor at 0.63 GeV is 0.999: 3/7 and 6/10.
        (0.63, 3.0 / 7.0, 6.0 / 10.0),
    ],
)
def test_branching_is_the_count_of_chiralities(mass, left, dirac):
    # Hadrons are 0.5 % of one lepton at 0.63 GeV; electrons are massless to 1e-9.
    assert_allclose(LEFT.invisible_branching(mass, G), left, rtol=2e-3)
    assert_allclose(DIRAC.invisible_branching(mass, G), dirac, rtol=2e-3)


@pytest.mark.parametrize(
    ("mass", "flavours", "tolerance"),
    # Two-loop alpha_s/pi: 1.09 at 2.6 GeV, 1.06 at 7 and 10 GeV; phase space of D Dbar at 7 GeV,
    # rise of the multi-pion curve and charmonium tails within 3 %.
    [(2.6, 3, 0.03), (7.0, 4, 0.03), (10.0, 4, 0.03)],
)
def test_hadrons_at_high_mass_are_free_quarks(mass, flavours, tolerance):
    # Three colours of each flavour with charge 1/3, like leptons: sum = flavours/3.
    strong = {2.6: 0.27, 7.0: 0.195, 10.0: 0.178}[mass] / math.pi  # alpha_s of the PDG's figure
    quarks = sum(3.0 * (1.0 / 3.0) ** 2 for _ in range(flavours)) * (1.0 + strong + 1.5 * strong**2)
    width = LEFT.visible_widths(mass, G)["hadrons"]
    lepton = G**2 * mass / (12.0 * math.pi)
    assert_allclose(width / lepton, quarks, rtol=tolerance)
    # Against electric charge, where data exist: 1/2 for u, d, s and 2/5 with charm.
    photon = models.get("dark-photon", {"dark_matter": "none"}).visible_widths(mass, 1.0)
    electric = photon["hadrons"] / (const.ALPHA * mass / 3.0)
    assert_allclose(width / lepton / electric, {3: 0.5, 4: 0.4}[flavours], rtol=0.03)


def test_hadrons_on_the_omega_are_its_branchings():
    # J_em on the omega is (2/3 - 1/3)/2 of u ubar + d dbar, baryon number (1/3 + 1/3)/2: amplitude
    # 2. On the pole R = (9/alpha^2) B(ee) B(3 pi, pi0 gamma), PDG: 7.38e-5, 0.892 + 0.0835.
    mass = 0.78266
    peak = 4.0 * 9.0 * 137.036**2 * 7.38e-5 * (0.892 + 0.0835)
    width = LEFT.visible_widths(mass, G)["hadrons"]
    assert_allclose(width / (G**2 * mass / (12.0 * math.pi)), peak, rtol=0.03)


def test_isovector_hadrons_are_absent():
    # pi pi is pure isospin 1: nothing of the rho. Only pi0 gamma and three pions start below.
    width = LEFT.visible_widths(0.5, G)["hadrons"]
    assert 0.0 <= float(width) < 1e-2 * float(LEFT.visible_widths(0.5, G)["e+e-"])


# arXiv:2207.09979, 3.22e11 electrons, read off its figure: Z' mass in GeV and g.
PUBLISHED = np.array(
    [
        (5.8768e-3, 7.0511e-6),
        (1.05302e-2, 1.0990e-5),
        (2.9966e-2, 2.8810e-5),
        (5.8669e-2, 5.5005e-5),
        (0.10849, 1.0681e-4),
        (0.14798, 1.5493e-4),
        (0.42096, 5.6239e-4),
    ]
).T


def test_published_limit_is_compatible_with_invisible_decays_only():
    mass, published = PUBLISHED
    experiment = emiss.experiments.get("na64e-2016-2018")
    exposure = math.sqrt(experiment.total_on_target / 3.22e11)
    dark = models.get("dark-photon", {"dark_matter": "scalar"})
    limit = emiss.limit(experiment, dark, masses=mass)
    # The publication has bremsstrahlung alone.
    brems = limit.observed / np.sqrt(limit.shares["bremsstrahlung"])
    ratio = brems * const.ELECTRIC_CHARGE * exposure / published
    # Flat: no step at 2 m_mu, where the invisible share of left-handed neutrinos falls from 0.60 to
    # 0.43 (1.18 in g, Dirac 1.12), nor a rise to decays inside the dump between 6 and 30 MeV.
    assert np.all((ratio[:-1] > 1.06) & (ratio[:-1] < 1.16))
    assert ratio[-1] < 1.23
    left = emiss.limit(experiment, LEFT, masses=mass).observed * exposure / published
    assert np.all(left[2:] > 1.3)
    assert left[-1] > 1.69
