"""Two-body widths against amplitudes summed with explicit Dirac matrices, and closed limits."""

import math

import numpy as np
import pytest
from closeness import close

from emiss.ground import constants as const
from emiss.physics.models import DarkSector
from emiss.physics.models.widths import hadron_width, lepton_width, neutrino_width, photon_width

ONE, ZERO = np.eye(2, dtype=complex), np.zeros((2, 2), dtype=complex)
PAULI = [
    np.array([[0, 1], [1, 0]], dtype=complex),
    np.array([[0, -1j], [1j, 0]]),
    np.array([[1, 0], [0, -1]], dtype=complex),
]
GAMMA = [np.block([[ONE, ZERO], [ZERO, -ONE]])] + [
    np.block([[ZERO, sigma], [-sigma, ZERO]]) for sigma in PAULI
]
GAMMA5 = np.block([[ZERO, ONE], [ONE, ZERO]])
METRIC = np.array([1.0, -1.0, -1.0, -1.0])


def slash(p):
    return sum(METRIC[mu] * p[mu] * GAMMA[mu] for mu in range(4))


def amplitude_width(boson, mass, m1, m2, coupling=1.0):
    """Width of X -> f1 fbar2 from traces, two-body phase space p/(8 pi M^2)."""
    momentum = math.sqrt((mass**2 - (m1 + m2) ** 2) * (mass**2 - (m1 - m2) ** 2)) / (2 * mass)
    direction = np.array([0.36, 0.48, 0.8])
    p1 = np.array([math.hypot(m1, momentum), *(momentum * direction)])
    p2 = np.array([math.hypot(m2, momentum), *(-momentum * direction)])
    left = slash(p1) + m1 * np.eye(4)
    right = slash(p2) - m2 * np.eye(4)
    if boson in ("vector", "axial"):
        vertices = [g if boson == "vector" else g @ GAMMA5 for g in GAMMA]
        q = (p1 + p2) * METRIC
        total = 0.0
        for mu in range(4):
            for nu in range(4):
                bar = GAMMA[0] @ vertices[nu].conj().T @ GAMMA[0]
                spin_sum = -(METRIC[mu] if mu == nu else 0.0) + q[mu] * q[nu] / mass**2
                total += spin_sum * np.trace(left @ vertices[mu] @ right @ bar).real
        total /= 3.0
    else:
        vertex = np.eye(4, dtype=complex) if boson == "scalar" else 1j * GAMMA5
        bar = GAMMA[0] @ vertex.conj().T @ GAMMA[0]
        total = np.trace(left @ vertex @ right @ bar).real
    return coupling**2 * total * momentum / (8.0 * math.pi * mass**2)


@pytest.mark.parametrize("boson", ["vector", "axial", "scalar", "pseudoscalar"])
@pytest.mark.parametrize("mass", [0.2114, 0.25, 1.0, 10.0])
def test_lepton_widths_are_the_traces(boson, mass):
    m = const.MUON_MASS
    expected = amplitude_width(boson, mass, m, m, 0.3)
    # Closed forms against rounding of 4x4 products; near threshold the axial trace cancels.
    close(lepton_width(boson, mass, 0.3, m), expected, 1e-8)


@pytest.mark.parametrize("boson", ["vector", "axial"])
@pytest.mark.parametrize("splitting", [0.0, 0.1, 0.9])
def test_split_pair_is_the_trace(boson, splitting):
    sector = DarkSector("pseudo-dirac", 0.2, 3.1, splitting, boson)
    m1 = 0.7 / 3.1
    g = math.sqrt(4.0 * math.pi * 0.2)
    expected = amplitude_width(boson, 0.7, m1, m1 * (1.0 + splitting), g)
    close(sector.width(0.7), expected, 1e-10)


@pytest.mark.parametrize("boson", ["vector", "axial", "scalar", "pseudoscalar"])
def test_dirac_pair_is_the_trace_and_majorana_half_of_the_axial_one(boson):
    g = math.sqrt(4.0 * math.pi * 0.1)
    dirac = DarkSector("dirac", 0.1, 3.0, 0.0, boson)
    majorana = DarkSector("majorana", 0.1, 3.0, 0.0, boson)
    close(dirac.width(0.3), amplitude_width(boson, 0.3, 0.1, 0.1, g), 1e-10)
    # (g/2) chibar Gamma chi: vertex doubled by exchange, phase space halved (identical particles).
    majorana_boson = "axial" if boson == "vector" else boson
    half = 0.5 * amplitude_width(majorana_boson, 0.3, 0.1, 0.1, g)
    close(majorana.width(0.3), half, 1e-10)


def test_complex_scalar_pair_is_the_integral_of_the_amplitude():
    # |M|^2 summed = g^2 (p1 - p2)^i (p1 - p2)^i = 4 g^2 p^2, averaged over three polarisations.
    mass, m, alpha = 0.5, 0.13, 0.1
    p = math.sqrt(mass**2 / 4 - m**2)
    expected = 4 * math.pi * alpha * 4 * p**2 / 3 * p / (8 * math.pi * mass**2)
    close(DarkSector("scalar", alpha, mass / m).width(mass), expected, 1e-12)


def test_widths_vanish_below_threshold_and_broadcast():
    widths = lepton_width("vector", np.array([[0.1], [0.3]]), np.array([1.0, 2.0]), 0.1056583755)
    assert widths.shape == (2, 2)
    assert np.all(widths[0] == 0.0)
    close(widths[1, 1], 4.0 * widths[1, 0], 1e-6)


def test_massless_limits():
    # alpha/3 per unit mass for a charge; two photons m^3/64 pi; neutrino half of a Dirac lepton.
    g = const.ELECTRIC_CHARGE
    close(lepton_width("vector", 5.0, g, 1e-9), const.ALPHA * 5.0 / 3.0, 1e-12)
    close(photon_width(2.0, 3.0), 9.0 * 8.0 / (64.0 * math.pi), 1e-12)
    close(neutrino_width(2.0, 0.1, 1), 0.5 * float(lepton_width("vector", 2.0, 0.1, 0.0)), 1e-12)


def test_hadrons_over_muons_is_the_ratio():
    from emiss.physics.models.r_ratio import r_ratio

    muons = lepton_width("vector", 0.77, const.ELECTRIC_CHARGE * 1e-3, 0.0)
    close(hadron_width(0.77, 1e-3), float(r_ratio(0.77) * muons), 1e-12)
