"""Production of bosons from 1 keV to 0.1 MeV: other integrations, exact limits, many digits."""

from __future__ import annotations

import itertools
import math

import mpmath
import numpy as np
import pytest
from bremsstrahlung_reference import invariant_amplitudes, monte_carlo, reference_totals
from numpy.testing import assert_allclose
from scipy import integrate

import emiss
from emiss import materials, models
from emiss.ground import constants as const
from emiss.physics.processes import bremsstrahlung as brems
from emiss.physics.processes import bremsstrahlung_quadrature as quadrature
from emiss.physics.processes import form_factors, primakoff
from emiss.physics.processes.bremsstrahlung_sampler import sample_events
from emiss.physics.processes.bremsstrahlung_table import load_table

KEV = 1e-6
PB, W, C, H = (materials.element(symbol) for symbol in ("Pb", "W", "C", "H"))
BY_SYMBOL = {"Pb": PB, "W": W, "C": C, "H": H}

POINTS = [
    ("e-", "Pb", 100.0, 1e-6),
    ("e-", "W", 20.0, 3e-6),
    ("e-", "C", 1.0, 1e-6),
    ("e+", "H", 500.0, 1e-6),
    ("e-", "Pb", 500.0, 3e-5),
    ("e-", "C", 150.0, 1e-5),
    ("mu-", "Pb", 160.0, 1e-6),
    ("mu+", "H", 2.0, 1e-6),
    ("mu-", "C", 160.0, 2e-5),
]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_totals_against_other_variables(point):
    projectile, symbol, energy, mass = point
    target, lepton = BY_SYMBOL[symbol], brems.PROJECTILES[projectile]
    found = brems.total_cross_sections(energy, mass, element=target, projectile=projectile)
    expected = reference_totals(energy, mass, target, lepton, order=64)
    for boson, value in expected.items():
        # measured: 2.2e-4, most of it in what the standard accuracy leaves out at small t
        assert_allclose(found[boson].value_pb, value, rtol=5e-4, atol=0.0, err_msg=boson)
        assert abs(found[boson].value_pb / value - 1.0) < found[boson].relative_error


@pytest.mark.parametrize(
    ("projectile", "symbol", "energy", "mass"),
    [("e-", "Pb", 100.0, 1e-6), ("mu-", "C", 160.0, 3e-6)],
)
def test_spectra_against_random_points(projectile, symbol, energy, mass):
    # 4 standard errors in 8 bins x 4 bosons: false alarm 0.2 % (fixed seed)
    target, lepton = BY_SYMBOL[symbol], brems.PROJECTILES[projectile]
    x, weights = monte_carlo(energy, mass, target, lepton, 400_000, seed=11)
    knee = mass / lepton
    edges = np.array([0.0, 0.3 * knee, knee, 3 * knee, 30 * knee, 0.1, 0.5, 0.9, 1.0])
    options = {"element": target, "projectile": projectile}
    above = np.array([
        [c.value_pb for c in brems.total_cross_sections(energy, mass, min_x=e, **options).values()]
        for e in edges[:-1]
    ])  # fmt: skip
    for i, boson in enumerate(brems.BOSONS):
        expected = -np.diff([*above[:, i], 0.0])
        found = np.histogram(x, edges, weights=weights[boson])[0]
        error = np.sqrt(np.histogram(x, edges, weights=weights[boson] ** 2)[0])
        counts = expected > 1e-3 * above[0, i]
        assert counts.sum() >= 3
        assert np.all(error[counts] < 0.1 * found[counts])
        assert np.all(np.abs(found - expected)[counts] < 4.0 * error[counts])


def _photon_spectrum(y, energy, element):
    """Bethe and Heitler's dsigma/dy in pb in the field of a screened nucleus (Tsai:1973py, 3.9).

    phi1 and phi2 are integrals of the form factor from the least momentum transfer to m_e; what
    lies above is that of a point charge in closed form.
    """
    m = const.ELECTRON_MASS
    least = m**2 * y / (2 * energy * (1 - y))
    screening = const.ELECTRON_MASS * element.Z ** (1 / 3) / 111.0

    def screened(q):
        return (q**2 / (q**2 + screening**2)) ** 2

    def one(log_q):
        q = math.exp(log_q)
        return (q - least) ** 2 * screened(q) / q**2

    def two(log_q):
        q = math.exp(log_q)
        bracket = q**3 - 6 * least**2 * q * math.log(q / least) + 3 * least**2 * q - 4 * least**3
        return bracket * screened(q) / q**3

    ends = (math.log(least), math.log(m))
    places = [math.log(v) for v in (screening, 3 * least) if least < v < m]
    phi1, phi2 = (
        4 * integrate.quad(f, *ends, points=places, limit=400, epsrel=1e-10)[0] + c
        for f, c in ((one, 4.0), (two, 10 / 3))
    )
    shape = (4 / 3 - 4 / 3 * y + y**2) * phi1 + 2 / 3 * (1 - y) * (phi1 - phi2)
    area = const.ALPHA * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * element.Z**2 / const.PICOBARN_CM2
    return area * shape / y


@pytest.mark.parametrize("symbol", ["Pb", "C", "H"])
@pytest.mark.parametrize("energy", [5.0, 100.0])
def test_light_vector_is_the_photon(symbol, energy):
    # The mass shifts the spectrum by m_X^2 (1 - x)/(x m_e)^2 = 4e-4 at x = 0.1; the formula
    # leaves out the screening above q = m_e, of relative size (Z^(1/3)/111)^2 = 1.5e-3 in lead.
    x = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    target = BY_SYMBOL[symbol]
    found = brems.differential_x(x, energy, KEV, element=target, boson="vector").values_pb
    expected = [_photon_spectrum(y, energy, target) for y in x]
    tolerance = 5e-4 + 1.2 * (target.Z ** (1 / 3) / 111.0) ** 2
    assert_allclose(found, expected, rtol=tolerance, atol=0.0)


def _soft_spectrum(x, energy, mass, lepton, element):
    """X dsigma/dx of soft vector and scalar emission in pb: Rutherford scattering times a factor.

    With D = mu^2 + kappa^2, D' = mu^2 + (kappa - q)^2, mu^2 = m^2 + m_X^2/x^2, emission is
    alpha/(pi^2 x) times the integral over kappa of q^2/DD' - m^2 (1/D - 1/D')^2 (vector) or of
    m^2 (1/D - 1/D')^2 (scalar); that of 1/DD' is 4 pi asinh(q/2 mu)/(q sqrt(q^2 + 4 mu^2)).
    """
    mu = math.sqrt(lepton**2 + (mass / x) ** 2)
    least = (x * mu**2 / (2 * energy)) ** 2

    def both(log_t):
        t = math.exp(log_t)
        q = math.sqrt(t)
        mixed = 4 * math.pi * math.asinh(q / (2 * mu)) / (q * math.sqrt(t + 4 * mu**2))
        scalar = 2 * lepton**2 * (math.pi / mu**2 - mixed)
        g2 = float(form_factors.elastic(t, element))
        return np.array([t * mixed - scalar, scalar]) * 4 * const.ALPHA**3 * g2 / (math.pi * t)

    z = np.linspace(math.log(least), math.log(1e3), 6001)
    return integrate.simpson([both(v) for v in z], x=z, axis=0) * const.GEV2_PICOBARN


@pytest.mark.parametrize(
    ("projectile", "symbol", "mass"),
    [("e-", "Pb", 1e-6), ("e-", "C", 4e-6), ("mu-", "Pb", 1e-6), ("mu-", "C", 1e-5)],
)
def test_soft_emission_is_scattering_times_a_factor(projectile, symbol, mass):
    # from photon-like (x = 10 m_X/m) to cut off by the mass (x = m_X/3m); the rest falls with x
    lepton, target = brems.PROJECTILES[projectile], BY_SYMBOL[symbol]
    for x in np.array([10.0, 3.0, 1.0, 0.3]) * mass / lepton:
        expected = _soft_spectrum(x, 100.0, mass, lepton, target)
        for boson, value in zip(("vector", "scalar"), expected, strict=True):
            found = brems.differential_x(
                [x], 100.0, mass, element=target, projectile=projectile, boson=boson
            ).values_pb[0]
            assert_allclose(found * x, value, rtol=1.5 * x + 2e-3, atol=0.0, err_msg=boson)


@pytest.mark.parametrize("projectile", ["e-", "mu-"])
def test_scaling_towards_no_mass(projectile):
    lepton = brems.PROJECTILES[projectile]
    options = {"element": PB, "projectile": projectile, "accuracy": "high"}
    one, ten = (brems.total_cross_sections(100.0, m, min_x=0.5, **options) for m in (1e-6, 1e-5))
    for boson in ("vector", "scalar", "pseudoscalar"):
        # m_X^2/(x m)^2 = 4e-4 (1 - x)/x for electrons at 10 keV
        assert_allclose(ten[boson].value_pb, one[boson].value_pb, rtol=1e-3, atol=0.0)
    # the longitudinal axial boson is the pseudoscalar times 4 m^2/m_X^2, plus a transverse part
    # of relative size m_X^2/m^2
    assert_allclose(one["axial"].value_pb, 100.0 * ten["axial"].value_pb, rtol=1e-3, atol=0.0)
    ratio = one["axial"].value_pb / one["pseudoscalar"].value_pb
    assert_allclose(ratio, 4.0 * (lepton / KEV) ** 2, rtol=1e-4, atol=0.0)


def test_soft_logarithm_of_the_total():
    # without a cut a light vector's total grows like ln(m/m_X): equal steps for equal factors
    masses = np.array([1e-6, 4e-6, 1.6e-5])
    totals = [
        brems.total_cross_section(160.0, m, element=PB, projectile="mu-").value_pb for m in masses
    ]
    steps = -np.diff(totals)
    assert np.all(steps > 0.0)
    assert_allclose(steps[0], steps[1], rtol=0.02, atol=0.0)
    # and one decade is the integral of the photon's flat x dsigma/dx over it
    flat = brems.differential_x([1e-3], 160.0, KEV, element=PB, projectile="mu-").values_pb[0]
    assert_allclose(steps[0], flat * 1e-3 * math.log(4.0), rtol=0.02, atol=0.0)


@pytest.mark.parametrize("boson", brems.BOSONS)
def test_ww_is_the_limit_for_muons(boson):
    # t << m_mu^2: agreed goal 1 %, as at higher masses
    for mass in (1e-6, 1e-5, 1e-4):
        options = {"element": PB, "projectile": "mu-", "boson": boson}
        exact = brems.total_cross_section(160.0, mass, **options).value_pb
        ww = brems.total_cross_section(160.0, mass, method="ww", **options).value_pb
        assert_allclose(exact, ww, rtol=0.01, atol=0.0)


def _many_digits(lab, g, t, cos_phi):
    """|A|^2/(8 M^2) from four-vectors in 60 digits at the kernel's own kinematic point."""
    mp = mpmath.mpf
    energy, m, m_x, nucleus, kinetic, w = (
        mp(float(v)) for v in (lab[0], lab[1], lab[2], lab[3], lab[13], g[7])
    )
    t = mp(float(t))
    e_x = m_x + kinetic
    p, k = mpmath.sqrt(energy**2 - m**2), mpmath.sqrt(e_x**2 - m_x**2)
    k_t, k_z = k * mpmath.sqrt(w * (2 - w)), k * (1 - w)
    u = m_x**2 - 2 * (energy * e_x - p * k_z)
    v_t, v_z = -k_t, p - k_z
    size = mpmath.sqrt(v_t**2 + v_z**2)
    q0 = -t / (2 * nucleus)
    along = (u - t - (energy - e_x) * t / nucleus) / (2 * size)
    across = mpmath.sqrt(t + q0**2 - along**2)
    q_x = along * v_t / size + across * cos_phi * v_z / size
    q_y = across * mpmath.sqrt(1 - cos_phi**2)
    q_z = along * v_z / size - across * cos_phi * v_t / size
    out = (energy - e_x + q0, q_x - k_t, q_y, p + q_z - k_z)
    s = 2 * (out[0] * e_x - out[1] * k_t - out[3] * k_z) + m_x**2
    pp = (2 * nucleus - q0) * energy + q_z * p
    pq = (2 * nucleus - q0) * out[0] + q_x * out[1] + q_y * out[2] + q_z * out[3]
    pk = (2 * nucleus - q0) * e_x + q_x * k_t + q_z * k_z
    inv = (s, u, t, 4 * nucleus**2 + t, pp, pq, pk)
    found = invariant_amplitudes(inv, m, m_x)
    return [found[b] / (8 * nucleus**2) for b in brems.BOSONS]


@pytest.mark.parametrize("projectile", ["e-", "mu-"])
@pytest.mark.parametrize("symbol", ["Pb", "H"])
def test_amplitude_keeps_its_digits_at_one_kev(projectile, symbol):
    # Differences of 1e-12 GeV^2 between terms of 1e4 GeV^2, and their mean over the azimuth: double
    # precision against 60 digits.
    from emiss.ground._kernels import bremsstrahlung as kernels

    lepton, target = brems.PROJECTILES[projectile], BY_SYMBOL[symbol]
    random = np.random.default_rng(5)
    nodes = (np.arange(48) + 0.5) * math.pi / 48
    with mpmath.workdps(60):
        for _ in range(12):
            energy = float(np.exp(random.uniform(0.0, math.log(500.0))))
            mass = float(np.exp(random.uniform(math.log(1e-6), math.log(1e-4))))
            particle = quadrature.start_values(energy, mass, lepton, target)
            lab, g = kernels.make_lab(particle), np.zeros(8)
            x = float(random.choice([random.uniform(0.05, 0.95), 10 ** random.uniform(-4, -1)]))
            kernels.set_energy(lab, x, 1.0 - x)
            assert kernels.set_angle(lab, g, random.uniform(0.5, 6.0))
            t = float(g[5] * (g[6] / g[5]) ** random.uniform(0.2, 0.6))
            point = [*lab, particle[5] + particle[4] * x]
            # substitution that flattens the ridge of 1/S = 1/(A - B cos phi)
            s = [_invariant_s(point, g, t, c) for c in (-1, 1)]
            a, b = (s[0] + s[1]) / 2, (s[0] - s[1]) / 2
            mean = [mpmath.mpf(0)] * 4
            for node in nodes:
                c = mpmath.cos(mpmath.mpf(node))
                cos_phi = (b + a * c) / (a + b * c)
                weight = mpmath.sqrt(a * a - b * b) / (a + b * c) / len(nodes)
                values = _many_digits(point, g, t, cos_phi)
                mean = [m + weight * v for m, v in zip(mean, values, strict=True)]
            found = kernels.averaged(t, lab, g)
            for boson, value, exact in zip(brems.BOSONS, found, mean, strict=True):
                assert_allclose(value, float(exact), rtol=1e-6, atol=0.0, err_msg=boson)


def _invariant_s(point, g, t, cos_phi):
    mp = mpmath.mpf
    energy, m, m_x, nucleus, kinetic, w = (
        mp(float(v)) for v in (point[0], point[1], point[2], point[3], point[13], g[7])
    )
    t = mp(float(t))
    e_x = m_x + kinetic
    p, k = mpmath.sqrt(energy**2 - m**2), mpmath.sqrt(e_x**2 - m_x**2)
    k_t, k_z = k * mpmath.sqrt(w * (2 - w)), k * (1 - w)
    u = m_x**2 - 2 * (energy * e_x - p * k_z)
    v_z = p - k_z
    size = mpmath.sqrt(k_t**2 + v_z**2)
    q0 = -t / (2 * nucleus)
    along = (u - t - (energy - e_x) * t / nucleus) / (2 * size)
    across = mpmath.sqrt(t + q0**2 - along**2)
    q_z = along * v_z / size + across * cos_phi * k_t / size
    return -2 * p * q_z + 2 * energy * q0 - t


@pytest.mark.parametrize(
    ("projectile", "symbol", "cuts"),
    [
        ("e-", "Pb", (0.0, 1e-4, 2e-3, 0.03, 0.5, 0.99)),
        ("mu-", "Pb", (0.0, 1e-6, 1e-5, 3e-4, 0.1, 0.9)),
        ("mu-", "H", (0.0, 1e-6, 1e-5, 3e-4, 0.1, 0.9)),
    ],
)
def test_tables_hold_soft_cuts_too(projectile, symbol, cuts):
    target = BY_SYMBOL[symbol]
    table = load_table(target, projectile)
    for mass in (1e-6, 1.4e-6, 7e-6, 4e-5):
        for cut in cuts:
            direct = brems.total_cross_sections(
                130.0, mass, element=target, projectile=projectile, min_x=cut, accuracy="high"
            )
            for boson, value in direct.items():
                found = float(table.above(130.0, mass, cut, boson))
                # the tables state 3e-4 to 6e-4; goal 3e-3
                assert_allclose(found, value.value_pb, rtol=2e-3, atol=0.0)


def test_tables_join_at_the_former_end():
    # 0.1 MeV was the lightest node; nothing may bend there
    table = load_table(PB)
    masses = np.geomspace(5e-5, 2e-4, 61)
    for boson in brems.BOSONS:
        logs = np.log(table.above(100.0, masses, 0.5, boson))
        bend = np.diff(logs, 2)
        assert np.abs(np.diff(bend)).max() < 2e-4


@pytest.mark.parametrize("boson", brems.BOSONS)
def test_events_of_light_bosons(boson):
    events = sample_events(5000, 160.0, KEV, element=C, seed=4, projectile="mu-", boson=boson)
    total = brems.total_cross_section(
        160.0, KEV, element=C, projectile="mu-", boson=boson, accuracy="high"
    )
    pull = (events.cross_section_pb - total.value_pb) / events.cross_section_error_pb
    assert abs(pull) < 4.0  # false alarm 6e-5 (fixed seed)
    momenta = events.boson + events.recoil + events.nucleus
    start = [160.0 + C.nuclear_mass, 0.0, 0.0, math.sqrt(160.0**2 - const.MUON_MASS**2)]
    assert np.abs(momenta - start).max() < 1e-10


@pytest.mark.parametrize("symbol", ["Pb", "C"])
@pytest.mark.parametrize("form_factor", form_factors.FORM_FACTORS)
def test_primakoff_at_one_kev(symbol, form_factor):
    # the same integral in ln(t - tmin), by an adaptive rule and from the definition
    target, energy = BY_SYMBOL[symbol], 60.0
    for mass in (1e-6, 3e-5):
        found = primakoff.total_cross_section(
            energy, mass, element=target, form_factor=form_factor
        ).value_pb
        span = primakoff.limits(energy, mass, target)
        low = float(span.low)

        def density(z, low=low, mass=mass, form_factor=form_factor):
            excess = math.exp(z)
            t = low + excess
            rate = primakoff.differential_t(
                t, energy, mass, element=target, form_factor=form_factor
            )
            # t - tmin of the definition is rounded where t is close to tmin
            return float(rate) / max((t - low) / excess, 1e-300) * excess

        ends = np.linspace(math.log(1e-6 * low), math.log(60.0), 41)
        expected = sum(
            integrate.quad(density, a, b, epsrel=1e-9)[0] for a, b in itertools.pairwise(ends)
        )
        assert_allclose(found, expected, rtol=3e-5, atol=0.0)


def test_primakoff_limit_of_a_massless_boson():
    # unscreened: tmin = m^4/4 omega^2, so that a decade in m adds 4 ln 10 to ln(d/tmin);
    # screened: the cross-section stops growing below m = sqrt(2 omega/a)
    area = const.ALPHA / 8.0 * const.GEV2_PICOBARN * PB.Z**2
    bare = [
        primakoff.total_cross_section(100.0, m, element=PB, form_factor="nuclear").value_pb
        for m in (1e-5, 1e-6)
    ]
    assert_allclose(bare[1] - bare[0], area * 4.0 * math.log(10.0), rtol=1e-6, atol=0.0)
    screened = [primakoff.total_cross_section(100.0, m, element=PB).value_pb for m in (1e-4, 1e-6)]
    assert_allclose(screened[0], screened[1], rtol=1e-9, atol=0.0)


@pytest.mark.parametrize(
    ("experiment", "model", "tolerance"),
    [
        ("na64e-2016-2022", "dark-photon", 5e-3),
        ("na64e-2016-2022", "b-l", 5e-3),
        ("na64e-2016-2022", "scalar", 1e-2),
        ("na64e-2016-2022", "alp", 1e-3),
        # the share above the threshold and the total are interpolated apart: 1.2e-3 each
        ("na64mu-2022", "lmu-ltau", 2e-3),
    ],
)
def test_limits_are_flat_from_one_kev(experiment, model, tolerance):
    # as published for B-L (arXiv:2207.09979) and L_mu - L_tau (arXiv:2206.03101): nearly flat
    # below 0.1 MeV; x > 1/2 sees the mass as (1 - x) (m_X/x m_e)^2, 2 % at 0.1 MeV in the rate
    masses = [1e-6, 2.2e-6, 1e-5, 3e-5]
    found = emiss.limit(experiment, models.get(model), masses=masses).observed
    assert np.all(np.isfinite(found))
    assert_allclose(found, found[0], rtol=tolerance, atol=0.0)
    at_tenth = emiss.limit(experiment, models.get(model), masses=[1e-4]).observed
    assert_allclose(at_tenth, found[0], rtol=0.02, atol=0.0)


@pytest.mark.parametrize(
    "experiment", ["na64-visible-2017", "na64e-plus-2022", "na64e-alp-2016-2018"]
)
def test_other_modes_take_light_bosons(experiment):
    # positrons below threshold of the resonance, decays in flight that do not happen
    found = emiss.limit(experiment, models.get("dark-photon"), masses=[1e-6, 0.01])
    assert found.observed.shape == (2,)
    if experiment == "na64-visible-2017":
        assert np.isnan(found.observed[0])  # lighter than two electrons
    else:
        assert np.all(found.observed > 0.0)
