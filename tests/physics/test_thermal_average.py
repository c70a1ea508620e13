"""Thermal averages and annihilation cross-sections against adaptive quadrature and closed forms."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from closeness import close
from scipy.integrate import quad
from scipy.special import kve

from emiss.ground.constants import ALPHA, ELECTRON_MASS
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.constraints.cosmology import thermal_average as module
from emiss.physics.constraints.cosmology.annihilation_rate import (
    Annihilation,
    DarkStates,
    annihilation_channel,
)
from emiss.physics.constraints.cosmology.mediators import (
    Mediator,
    dark_photon_mediator,
    lepton_ratio,
    mediator_from_model,
    vector_mediator,
)
from emiss.physics.constraints.cosmology.thermal_average import thermal_average
from emiss.physics.models.dark_photon import DarkPhoton

LEPTONS = vector_mediator("leptons", lepton_ratio)
MASSLESS = vector_mediator("one massless lepton", lambda e: np.ones_like(e))


def closed_cross_section(s: float, dark: DarkStates, ratio: float) -> float:
    """sigma/epsilon^2 written out for equal masses, independent of the widths."""
    m, mediator = dark.mass, dark.mediator_mass
    b = np.sqrt(1 - 4 * m * m / s)
    r2 = (m / mediator) ** 2
    beta = np.sqrt(1 - 4 * r2)
    width = {
        "scalar": beta**3 / 4,
        "majorana": beta**3 / 2,
        "dirac": beta * (1 + 2 * r2),
        "pseudo-dirac": beta * (1 + 2 * r2),
    }[dark.kind]
    width *= dark.alpha_dark * mediator / 3
    h = {"scalar": b, "majorana": b}.get(dark.kind, (1 + 2 * m * m / s) / b)
    propagator = (s - mediator**2) ** 2 + (mediator * width) ** 2
    return 4 * np.pi / 3 * ALPHA * dark.alpha_dark * s / propagator * ratio * h


def adaptive_average(sigma, mass: float, temperature: float, points: list[float]) -> float:
    """1/(8 m^4 T K_2^2) Int ds sigma (s-4m^2) sqrt(s) K_1, in u = sqrt(s - 4m^2)/T, by quad."""

    def integrand(log_k: float) -> float:
        kinetic = np.exp(log_k)
        e = 2 * mass + kinetic
        s = e * e
        k1 = kve(1, e / temperature) * np.exp(-kinetic / temperature)
        return kinetic * 2 * e * sigma(s) * kinetic * (e + 2 * mass) * e * k1

    low, high = np.log(1e-9 * temperature), np.log(80 * temperature)
    inner = sorted(np.log(p) for p in points if np.exp(low) < p < np.exp(high))
    edges = [low, *inner, high]
    total = sum(
        quad(integrand, a, b, epsabs=0, epsrel=1e-9, limit=2000)[0] for a, b in pairwise(edges)
    )
    return total / (8 * mass**4 * temperature * kve(2, mass / temperature) ** 2)


COUNTING = {"scalar": 0.5, "majorana": 1.0, "dirac": 0.5, "pseudo-dirac": 0.5}


@pytest.mark.parametrize("kind", list(COUNTING))
@pytest.mark.parametrize(
    ("mass", "ratio", "alpha_dark"),
    [(0.01, 3.0, 0.1), (0.09, 3.0, 0.1), (0.09, 2.2, 1e-3), (0.3, 2.02, 0.5), (0.1, 10.0, 0.1)],
)
def test_average_of_resonance_and_thresholds(
    kind: str, mass: float, ratio: float, alpha_dark: float
) -> None:
    # 1e-6 is set by quad across the muon threshold; the requirement is 1e-4.
    dark = DarkStates(mass, ratio * mass, kind, alpha_dark)
    channel = annihilation_channel(LEPTONS, dark)
    width = channel.resonances[0][1]
    pole = ratio * mass - 2 * mass
    points = [pole + k * width for k in (-100, -10, -3, -1, 0, 1, 3, 10, 100)]
    points += [2 * m - 2 * mass for m in (0.1056583755, 1.77686)]

    def sigma(s: float) -> float:
        return closed_cross_section(s, dark, float(lepton_ratio(np.array(np.sqrt(s)))))

    for x in (3.0, 20.0, 300.0):
        expected = COUNTING[kind] * adaptive_average(sigma, mass, mass / x, points)
        found = thermal_average(channel, np.array([mass / x, mass / 2.5, mass / 1e5]))[0]
        close(found, expected, 1e-6)


def test_constant_rate_averages_to_itself() -> None:
    # sigma v_lab = a exactly, so <sigma v> = a at any temperature (Gondolo and Gelmini).
    m, a = 2.0, 3e-9

    def sigma(s: np.ndarray) -> np.ndarray:
        return a * (s - 2 * m * m) / np.sqrt(s * (s - 4 * m * m))

    channel = Annihilation(sigma, ((m, 2.0),), (m, m), 4.0)
    np.testing.assert_allclose(thermal_average(channel, m / np.geomspace(1, 1e4, 9)), a, rtol=1e-8)


@pytest.mark.parametrize("kind", ["dirac", "pseudo-dirac"])
def test_non_relativistic_s_wave(kind: str) -> None:
    # sigma v -> 16 pi alpha alpha_dark m^2/(4m^2 - m_A^2)^2; corrections are O(1/x) = 1e-5.
    # The width, absent from the formula, enters as (alpha_dark/3)^2: take a small one.
    m, mediator = 0.05, 0.15
    channel = annihilation_channel(MASSLESS, DarkStates(m, mediator, kind, 1e-3))
    expected = 16 * np.pi * ALPHA * 1e-3 * m**2 / (4 * m**2 - mediator**2) ** 2 / 2
    close(thermal_average(channel, [m / 1e5])[0], expected, 1e-4)


@pytest.mark.parametrize(("kind", "factor"), [("scalar", 0.5), ("majorana", 1.0)])
def test_non_relativistic_p_wave(kind: str, factor: float) -> None:
    # sigma v -> (8 pi/3) alpha alpha_dark m^2 v^2/(4m^2-m_A^2)^2 with <v^2> = 6/x.
    m, mediator, x = 0.05, 0.15, 1e5
    channel = annihilation_channel(MASSLESS, DarkStates(m, mediator, kind, 0.1))
    expected = 8 * np.pi / 3 * ALPHA * 0.1 * m**2 / (4 * m**2 - mediator**2) ** 2 * 6 / x
    close(thermal_average(channel, [m / x])[0], factor * expected, 2e-4)


@pytest.mark.parametrize("boson", ["scalar", "pseudoscalar"])
@pytest.mark.parametrize("kind", ["dirac", "majorana"])
def test_spin_zero_cross_section_from_traces(boson: str, kind: str) -> None:
    # |M|^2 summed over spins, g_chi^2 g_f^2 T_chi T_f/|D|^2 with T = Tr[(p+m)(q-m)] = 2 (s - 4 m^2)
    # (scalar) or 2 s (pseudoscalar); a quarter of it is the average, and sigma = |M|^2 p_f/
    # (16 pi s p_i). The same for Majorana states, whose coupling is g_chi/2 in the Lagrangian.
    m, mediator, fermion, alpha_dark = 0.05, 0.15, 0.02, 0.1
    s = np.array([0.0101, 0.015, 0.0225, 0.04, 1.0])
    b_chi, b_f = np.sqrt(1 - 4 * m**2 / s), np.sqrt(1 - 4 * fermion**2 / s)
    power = 3 if boson == "scalar" else 1

    def visible(energy: np.ndarray) -> np.ndarray:  # m b^power/8 pi at g_f = 1
        return energy * (1 - 4 * fermion**2 / energy**2) ** (power / 2) / (8 * np.pi)

    found = annihilation_channel(
        Mediator("phi", visible, boson), DarkStates(m, mediator, kind, alpha_dark)
    )
    width = alpha_dark * mediator * np.sqrt(1 - 4 * m**2 / mediator**2) ** power / 2
    width *= 1.0 if kind == "dirac" else 0.5
    traces = (2 * s * b_chi**2) * (2 * s * b_f**2) if boson == "scalar" else (2 * s) ** 2
    squared = 4 * np.pi * alpha_dark * traces / 4
    squared /= (s - mediator**2) ** 2 + (mediator * width) ** 2
    close(found.cross_section(s), squared / (16 * np.pi * s) * b_f / b_chi, 1e-12)


@pytest.mark.parametrize("kind", ["scalar", "majorana", "dirac", "pseudo-dirac"])
def test_detailed_balance_with_production(kind: str) -> None:
    # sigma(chi chi -> ee) g_chi^2 p_chi^2 = S sigma(ee -> chi chi) 4 p_e^2, where the production
    # cross-section of identical particles counts half the sphere (S = 2).
    m, mediator, alpha_dark = 0.05, 0.15, 0.1
    dark = DarkStates(m, mediator, kind, alpha_dark)
    electrons = vector_mediator("e", lambda e: lepton_ratio(e, {"e": 1.0}))
    channel = annihilation_channel(electrons, dark)
    for s in np.array([0.011, 0.0225, 0.05]):
        b = np.sqrt(1 - 4 * m * m / s)
        f = {"scalar": b**3 / 4, "majorana": b**3 / 2}.get(kind, b * (1 + 2 * m * m / s))
        width = channel.resonances[0][1]
        beta = np.sqrt(1 - 4 * ELECTRON_MASS**2 / s)
        production = 4 * np.pi / 3 * ALPHA * alpha_dark * s
        production *= f / ((s - mediator**2) ** 2 + (mediator * width) ** 2)
        production *= (1 + 2 * ELECTRON_MASS**2 / s) / beta
        spins = 1.0 if kind == "scalar" else 2.0
        identical = 2.0 if kind == "majorana" else 1.0
        left = channel.cross_section(np.array([s]))[0] * spins**2 * (s / 4 - m * m)
        right = identical * production * 4 * (s / 4 - ELECTRON_MASS**2)
        close(left, right, 1e-12)


def test_dirac_counts_twice_the_states() -> None:
    # Same pair cross-section as Majorana-like counting of one state, but half the rate: of the
    # 16 ordered spin pairs of a Dirac gas only particle-antiparticle ones (8) annihilate.
    m = 0.05

    def sigma(s: np.ndarray) -> np.ndarray:
        return np.ones_like(s)

    dirac = Annihilation(sigma, ((m, 4.0),), (m, m), 8.0)
    majorana = Annihilation(sigma, ((m, 2.0),), (m, m), 4.0)
    ratio = thermal_average(dirac, [m / 20]) / thermal_average(majorana, [m / 20])
    close(ratio[0], 0.5, 1e-12)


def test_coannihilation_weights() -> None:
    # Against a direct double integral over Maxwell-Boltzmann momenta of the two states.
    m1, split = 1.0, 0.15
    m2, x = m1 * (1 + split), 8.0

    def sigma(s: np.ndarray) -> np.ndarray:
        return 1.0 / s

    channel = Annihilation(sigma, ((m1, 2.0), (m2, 2.0)), (m1, m2), 8.0)
    nodes, weights = np.polynomial.legendre.leggauss(100)
    p = 2.5 * (nodes + 1.0)
    w = 2.5 * weights
    e1, e2 = np.hypot(p, m1), np.hypot(p, m2)
    f1, f2 = p * p * np.exp(-x * e1) * w, p * p * np.exp(-x * e2) * w
    c = nodes[None, None, :]
    s = m1**2 + m2**2 + 2 * (e1[:, None, None] * e2[None, :, None])
    s = s - 2 * p[:, None, None] * p[None, :, None] * c
    flux = np.sqrt((s - (m1 + m2) ** 2) * (s - (m1 - m2) ** 2)) / 2
    rate = sigma(s) * flux / (e1[:, None, None] * e2[None, :, None])
    mean = np.einsum("i,j,k,ijk->", f1, f2, 0.5 * weights, rate)
    expected = 2 * mean / (f1.sum() + f2.sum()) ** 2
    close(thermal_average(channel, [m1 / x])[0], expected, 1e-5)


def test_small_splitting_is_the_dirac_limit() -> None:
    t = 0.03 / np.array([5.0, 20.0, 100.0])
    dirac = annihilation_channel(LEPTONS, DarkStates(0.03, 0.09, "dirac", 0.1))
    split = annihilation_channel(LEPTONS, DarkStates(0.03, 0.09, "pseudo-dirac", 0.1, 1e-6))
    np.testing.assert_allclose(thermal_average(split, t), thermal_average(dirac, t), rtol=2e-4)


@pytest.mark.parametrize("splitting", [0.05, 0.3, 0.8])
def test_flux_of_states_of_different_mass(splitting: float) -> None:
    # Breit-Wigner over the momentum in the centre of mass, from the energy of one of the states.
    m, mediator = 0.03, 0.12
    dark = DarkStates(m, mediator, "pseudo-dirac", 0.1, splitting)
    channel = annihilation_channel(LEPTONS, dark)
    s = (m * (2.0 + splitting)) ** 2 * np.array([1.01, 1.3, 3.0, 30.0])
    e1 = (s + m**2 - (m * (1.0 + splitting)) ** 2) / (2.0 * np.sqrt(s))
    p_squared = e1**2 - m**2
    width = dark.width(np.array([mediator]), "vector")[0]
    shape = s / ((s - mediator**2) ** 2 + (mediator * width) ** 2)
    both = dark.width(np.sqrt(s), "vector") * LEPTONS.continued_width(np.sqrt(s))
    # 4 pi (2 J + 1)/(2 s_1 + 1)/(2 s_2 + 1), J = 1; the pi of the form in E - M is 4 pi in s - M^2
    close(channel.cross_section(s), 3.0 * np.pi * shape * both / p_squared, 1e-9)


def test_own_dark_photon_and_model_adapter_agree() -> None:
    own, adapted = dark_photon_mediator(), mediator_from_model(DarkPhoton())
    e = np.geomspace(0.01, 11.0, 40)
    np.testing.assert_allclose(adapted.visible_width(e), own.visible_width(e), rtol=1e-12)
    assert adapted.epsilon_per_coupling == own.epsilon_per_coupling == 1.0


@pytest.mark.parametrize(("boson", "power"), [("scalar", 1.0), ("pseudoscalar", 0.0)])
def test_spin_zero_mediators(boson: str, power: float) -> None:
    # Dirac through a scalar is p-wave, through a pseudoscalar s-wave: the rate falls like x^-power.
    mediator = Mediator("phi", lambda e: 1e-2 * e, boson)
    channel = annihilation_channel(mediator, DarkStates(0.05, 0.15, "dirac", 0.1))
    rates = thermal_average(channel, 0.05 / np.array([1e4, 2e4]))
    close(
        np.log2(rates[0] / rates[1]),
        power,
        absolute=1e-3,
        because="a power of two read off between two temperatures",
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0.1, 0.3, "weyl", 0.1), UnknownNameError),
        ((-0.1, 0.3, "dirac", 0.1), EmissError),
        ((0.1, np.nan, "dirac", 0.1), EmissError),
        ((0.1, 0.3, "dirac", 0.0), EmissError),
        ((0.1, 0.3, "dirac", 0.1, 0.1), EmissError),
        ((0.1, 0.3, "pseudo-dirac", 0.1, -0.1), EmissError),
        ((0.1, 0.2, "dirac", 0.1), ValidityError),
        ((0.1, 0.215, "pseudo-dirac", 0.1, 0.2), ValidityError),
    ],
)
def test_bad_dark_sectors(arguments: tuple, error: type[Exception]) -> None:
    with pytest.raises(error):
        DarkStates(*arguments)


def test_bad_channels() -> None:
    with pytest.raises(ValidityError, match="below every visible threshold"):
        annihilation_channel(LEPTONS, DarkStates(1e-4, 3e-4, "dirac", 0.1))
    with pytest.raises(ValidityError, match="narrower"):
        annihilation_channel(LEPTONS, DarkStates(0.1, 0.3, "dirac", 1e-12))
    with pytest.raises(ValidityError, match="up to 12 GeV"):
        annihilation_channel(dark_photon_mediator(), DarkStates(5.0, 15.0, "dirac", 0.1))
    mediator = Mediator("phi", lambda e: 1e-2 * e, "scalar")
    with pytest.raises(ValidityError, match="scalar mediator is defined for dirac and majorana"):
        annihilation_channel(mediator, DarkStates(0.1, 0.3, "scalar", 0.1))
    channel = annihilation_channel(LEPTONS, DarkStates(0.1, 0.3, "dirac", 0.1))
    assert thermal_average(channel, []).size == 0
    for bad in ([0.0], [-1.0], [np.nan]):
        with pytest.raises(ValidityError, match="temperatures"):
            thermal_average(channel, bad)


def test_series_of_the_bessel_function() -> None:
    z = np.concatenate([np.linspace(5.0, 60.0, 400), np.geomspace(60.0, 1e8, 200)])
    powers = z[:, None] ** -np.arange(module._BESSEL_DEGREE + 1.0)
    found = np.sqrt(np.pi / (2.0 * z)) * (powers @ module._bessel_series())
    np.testing.assert_allclose(found, kve(1, z), rtol=2e-11)


def test_hot_and_cold_formulas_meet() -> None:
    # Above T = 0.4 m the Bessel function is evaluated, below its series is used.
    channel = annihilation_channel(LEPTONS, DarkStates(0.02, 0.06, "dirac", 0.1))
    temperatures = np.array([1e-4, 2e-3, 7.9e-3])
    alone = thermal_average(channel, temperatures)
    with_hot = thermal_average(channel, np.append(temperatures, 8.1e-3))[:3]
    # Panels differ with the hottest temperature: quadrature of order 8.
    np.testing.assert_allclose(alone, with_hot, rtol=1e-7)


@pytest.mark.parametrize(("kind", "share"), [("dirac", 0.5), ("majorana", 1.0)])
def test_pseudoscalar_rate_at_rest_in_closed_form(kind: str, share: float) -> None:
    # Sum |M|^2 = g_chi^2 g_e^2 (2 s)^2/(s - M^2)^2 from two traces, averaged over four spin states:
    # sigma v = s g_chi^2 g_e^2/[8 pi (s - M^2)^2], massless electrons. Of a Dirac pair only half of
    # the encounters are of particle and antiparticle.
    m, heavy, alpha = 0.02, 0.09, 0.1
    mediator = Mediator("a", lambda e: e / (8.0 * np.pi), "pseudoscalar")
    channel = annihilation_channel(mediator, DarkStates(m, heavy, kind, alpha))
    s = 4.0 * m**2
    width = alpha * heavy / (4.0 * share) * np.sqrt(1.0 - s / heavy**2)
    pole = (s - heavy**2) ** 2 + (heavy * width) ** 2
    expected = share * s * 4.0 * np.pi * alpha / (8.0 * np.pi * pole)
    # Temperature m/1e5: corrections of some T/m.
    np.testing.assert_allclose(thermal_average(channel, [m * 1e-5]), expected, rtol=1e-4)


def test_scalar_rate_at_rest_in_closed_form() -> None:
    # The trace of chi gives 2 (s - 4 m^2) for 2 s: v^2/4 of the above, and <v^2> = 6 T/m.
    m, heavy, alpha, t = 0.02, 0.09, 0.1, 2e-7
    mediator = Mediator("phi", lambda e: e / (8.0 * np.pi), "scalar")
    channel = annihilation_channel(mediator, DarkStates(m, heavy, "majorana", alpha))
    s = 4.0 * m**2
    at_rest = s * 4.0 * np.pi * alpha / (8.0 * np.pi * (s - heavy**2) ** 2)
    expected = at_rest * 6.0 * t / m / 4.0
    np.testing.assert_allclose(thermal_average(channel, [t]), expected, rtol=2e-3)
