"""Dump and scatter: scaling, closed forms and the kinematic end."""

import math

import numpy as np
import pytest
from closeness import close
from scipy.integrate import quad

from emiss import materials, models
from emiss.experiments.setup import Setup
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ValidityError
from emiss.inference import limit
from emiss.yields.bremsstrahlung_production import bremsstrahlung_production
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


IDENTITY, SIGMA = np.eye(2), [np.array(m) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]])]
GAMMA = [np.kron(np.diag([1.0, -1.0]), IDENTITY)]
GAMMA += [np.kron([[0, 1], [-1, 0]], s) for s in (*SIGMA, np.diag([1.0, -1.0]))]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def squared_amplitude(energy, mass, chi, recoil):
    """Mean over spins of |M|^2 at e = g_chi = 1, from Dirac matrices and four-vectors."""
    me = const.ELECTRON_MASS
    momentum, kick = math.sqrt(energy**2 - chi**2), math.sqrt(recoil**2 + 2 * me * recoil)
    # Along the beam: t = q^2 = -2 m_e T = -2 (p.p' - m_chi^2) fixes the electron's direction.
    along = (energy + me) * recoil / momentum
    p, k = np.array([energy, 0, 0, momentum]), np.array([me, 0, 0, 0])
    after_k = np.array([me + recoil, math.sqrt(kick**2 - along**2), 0, along])
    after_p = p + k - after_k
    close(after_p @ METRIC @ after_p, chi**2, absolute=1e-9, because="rounding of GeV^2")

    def slash(v):
        return sum(METRIC[i, i] * v[i] * GAMMA[i] for i in range(4))

    one = np.eye(4)
    total = 0.0
    for a in range(4):
        for b in range(4):
            dark = (slash(after_p) + chi * one) @ GAMMA[a] @ (slash(p) + chi * one) @ GAMMA[b]
            light = (slash(after_k) + me * one) @ GAMMA[a] @ (slash(k) + me * one) @ GAMMA[b]
            total += METRIC[a, a] * METRIC[b, b] * np.trace(dark) * np.trace(light)
    return total.real / 4.0 / (mass**2 + 2 * me * recoil) ** 2


def traced_cross_section(energy, mass, chi, least):
    """Integral of |M|^2/(32 pi m_e p^2) over the recoil, cm^2 at epsilon = alpha_dark = 1."""
    me = const.ELECTRON_MASS
    # Backwards in the centre of mass, the electron leaves with the most.
    beta = math.sqrt(energy**2 - chi**2) / (energy + me)
    most = 2 * me * beta**2 / (1 - beta**2)
    if most <= least:
        return 0.0
    charges = (4 * math.pi) ** 2 * const.ALPHA
    value = quad(
        lambda t: squared_amplitude(energy, mass, chi, math.exp(t)) * math.exp(t),
        math.log(least), math.log(most * (1 - 1e-12)), epsrel=1e-7,
    )[0]  # fmt: skip
    return charges * value / (32 * math.pi * me * (energy**2 - chi**2)) * const.GEV2_CM2


@pytest.mark.parametrize(
    ("energy", "mass", "chi"),
    [(0.5, 0.1, 0.03), (3.0, 0.3, 0.14), (0.7, 0.003, 0.2), (9.0, 0.1, 0)],
)
def test_cross_section_from_traces(energy, mass, chi):
    found = float(electron_cross_section(energy, mass, chi, 1e-3))
    # Differences of products of energies in the traces.
    close(found, traced_cross_section(energy, mass, chi, 1e-3), 1e-5)


def test_events_are_a_sum_over_bosons():
    # Electrons of polystyrene (C8H8, 1.06 g/cm^3) by hand; two daughters of half the boson's energy
    # that reach a disc of 1 m at 200 m with g^2/(1 + g^2), g = E/m * 1/200.
    experiment, chi = described(min_recoil=2.0), MASSES / 3
    density = 1.06 * 6.02214076e23 * 56 / 104.15
    setup = Setup("e-", 20.0, 0.0, materials.get("W"), 2.0, 0.0)
    made = bremsstrahlung_production(setup, math.inf, MASSES, "vector")
    expected = np.zeros(2)
    for column, mass in enumerate(MASSES):
        for energy, number in zip(
            made.energies[:, column], made.weights.sum(axis=0)[:, column], strict=True
        ):
            wide = (energy / mass / 200) ** 2
            area = traced_cross_section(energy / 2, mass, chi[column], 2.0)
            expected[column] += 2 * number * wide / (1 + wide) * area
    expected *= 1e20 * 0.1 * density * 200.0
    # 0.1 %: density and weights of atoms.
    close(scatter_events(experiment, dirac(0.1), MASSES), expected, 3e-3)


def test_recoils_beyond_half_the_beam_energy_do_not_happen():
    # Dark matter has at most 10 of 20 GeV, and gives nearly all of it to an electron if light.
    low, high = (
        scatter_limit(described(min_recoil=least), dirac(), [0.003]) for least in (9.5, 10.5)
    )
    assert np.isfinite(low[0])
    assert np.isinf(high[0])


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
