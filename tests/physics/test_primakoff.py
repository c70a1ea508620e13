"""Primakoff production against other variables, explicit amplitudes, limits and its own sampler."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from closeness import close
from scipy import integrate, stats

from emiss import materials
from emiss.ground import constants as const
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.models.widths import photon_width
from emiss.physics.processes import form_factors, primakoff
from emiss.physics.processes import primakoff_events as events

LEAD = materials.element("Pb")
UNIT = const.ALPHA * const.GEV2_PICOBARN
POINTS = [
    ("Pb", 100.0, 1e-6, "elastic"),
    ("Pb", 50.0, 0.01, "elastic"),
    ("Pb", 500.0, 3.0, "elastic"),
    ("W", 0.1, 0.05, "elastic"),
    ("W", 2.0, 1.98, "elastic"),
    ("Cu", 20.0, 1.0, "elastic"),
    ("C", 3.5, 3.0, "elastic"),
    ("Be", 150.0, 1e-3, "elastic"),
    ("H", 5.0, 1.2, "elastic"),
    ("H", 100.0, 0.3, "nuclear"),
    ("Pb", 50.0, 0.01, "nuclear"),
    ("Pb", 100.0, 0.1, "elastic+inelastic"),
    ("C", 20.0, 1.0, "elastic+inelastic"),
    ("Si", 100.0, 1e-6, "elastic+inelastic"),
    ("Pb", 100.0, 0.1, "helm"),
    ("Fe", 10.0, 0.5, "helm"),
    ("Pb", 0.2, 1e-3, "helm"),
]


def pieces(function, low, high, step=0.4):
    """Integral in pieces, so that adaptive quadrature sees every scale of a logarithmic axis."""
    edges = np.linspace(low, high, max(3, math.ceil((high - low) / step) + 1))
    # Pieces that hardly count need no relative accuracy, and rounding may not allow it.
    floor = 1e-12 * max(function(x) for x in edges[1:-1])
    return sum(
        integrate.quad(function, a, b, epsabs=floor, epsrel=1e-10)[0]
        for a, b in itertools.pairwise(edges)
    )


def centre_of_mass_total(omega, mass, element, form_factor):
    """Exact two-body kinematics in the centre of mass, integral over ln(1 - cos theta*).

    |M|^2 = 2 g^2 e^2 M^2 G2 |k x k_a|^2/t^2 and |k x k_a| = omega k_a* sin theta* in any frame
    along the beam; d sigma/dcos = |M|^2 k_a*/(32 pi s k*).
    """
    with mpmath.workdps(60):  # the least t is a difference of 1e-30 times its terms
        w, m, nucleus = (mpmath.mpf(x) for x in (omega, mass, element.nuclear_mass))
        s = nucleus**2 + 2 * nucleus * w
        k = nucleus * w / mpmath.sqrt(s)
        e_a = (s + m**2 - nucleus**2) / (2 * mpmath.sqrt(s))
        k_a = mpmath.sqrt(e_a**2 - m**2)
        least = float((k - k_a) ** 2 - (k - e_a) ** 2)
        s, k, k_a = float(s), float(k), float(k_a)

    def density(y):
        w1 = math.exp(y)
        t = least + 2 * k * k_a * w1
        g2 = float(form_factors.squared_form_factor(t, element, form_factor))
        return w1 * g2 * (omega * k_a) ** 2 * w1 * (2 - w1) / t**2

    strength = 8 * math.pi * element.nuclear_mass**2 * k_a / (32 * math.pi * s * k)
    top = math.log(2.0)
    bottom = min(math.log(max(least, 1e-12) / (k * k_a)), 0.0) - 14.0
    return UNIT * strength * pieces(density, bottom, top)


def radiative_width_angle(theta, omega, mass, element, form_factor="elastic"):
    """d sigma/dOmega of a static nucleus from the two-photon width (arXiv:1009.1681), GeV^-2."""
    k = math.sqrt((omega - mass) * (omega + mass))
    t = mass**4 / (omega + k) ** 2 + 4 * omega * k * math.sin(theta / 2) ** 2
    g2 = float(form_factors.squared_form_factor(t, element, form_factor))
    width = float(photon_width(mass, 1.0))
    strength = 8 * const.ALPHA * width * (k / omega) ** 3 * omega**4 / mass**3
    return strength * g2 * math.sin(theta) ** 2 / t**2


@pytest.mark.parametrize(("symbol", "omega", "mass", "form_factor"), POINTS)
def test_totals_in_the_centre_of_mass(symbol, omega, mass, form_factor):
    element = materials.element(symbol)
    result = primakoff.total_cross_section(omega, mass, element=element, form_factor=form_factor)
    expected = centre_of_mass_total(omega, mass, element, form_factor)
    # Required 3e-3; the integration here is good to 1e-10.
    close(result.value_pb, expected, 1e-8)
    assert abs(result.value_pb / expected - 1) < result.relative_error + 1e-9
    assert result.relative_error < 1e-6


@pytest.mark.parametrize(("symbol", "omega", "mass", "form_factor"), POINTS)
def test_static_totals_in_the_angle(symbol, omega, mass, form_factor):
    element = materials.element(symbol)
    value = primakoff.cross_section_pb(omega, mass, element, form_factor=form_factor, recoil=False)

    def density(y):
        theta = math.exp(y)
        solid = 2 * math.pi * math.sin(theta) * theta
        return solid * radiative_width_angle(theta, omega, mass, element, form_factor)

    # Below the screening angle and m^2/2 omega^2 the integrand falls like theta^4.
    bottom = math.log(max(mass**2 / omega**2, 1e-6 / omega)) - 12.0
    total = pieces(density, bottom, math.log(math.pi)) * const.GEV2_PICOBARN
    close(float(value), total, 1e-8)


@pytest.mark.parametrize("recoil", [True, False])
@pytest.mark.parametrize(
    ("symbol", "omega", "mass"), [("Pb", 50.0, 0.01), ("C", 5.0, 1.0), ("H", 9.0, 1.5)]
)
def test_angular_distribution_adds_up(symbol, omega, mass, recoil):
    element = materials.element(symbol)

    def density(y):
        angle = np.array(math.exp(y))
        value = events.differential_theta(angle, omega, mass, element=element, recoil=recoil)
        return float(value) * math.exp(y)

    if symbol == "H" and recoil:  # the boson is slower than the centre of mass: a largest angle
        nucleus = element.nuclear_mass
        sine = nucleus / (mass * omega) * math.sqrt((omega - mass**2 / 2 / nucleus) ** 2 - mass**2)
        largest = math.asin(sine)
        # Inverse square root at the end: theta = largest (1 - x^2) makes it smooth.
        total = integrate.quad(
            lambda x: density(math.log(largest * (1 - x * x))) * 2 * x / (1 - x * x),
            0.0,
            1.0 - 1e-9,
            epsrel=1e-9,
        )[0]
        beyond = events.differential_theta(
            np.array([largest * 1.001]), omega, mass, element=element
        )
        assert beyond == 0.0
    else:
        total = pieces(density, math.log(math.pi) - 26.0, math.log(math.pi))
    value = primakoff.cross_section_pb(omega, mass, element, recoil=recoil)
    close(total, float(value), 1e-7)


def test_static_angle_is_the_textbook_formula():
    theta = np.geomspace(1e-7, math.pi - 1e-3, 60)
    value = events.differential_solid_angle(theta, 10.0, 0.2, element=LEAD, recoil=False)
    expected = [radiative_width_angle(x, 10.0, 0.2, LEAD) * const.GEV2_PICOBARN for x in theta]
    np.testing.assert_allclose(value, expected, rtol=1e-9)


def levi_civita():
    tensor = np.zeros((4, 4, 4, 4))
    for order in itertools.permutations(range(4)):
        tensor[order] = np.linalg.det(np.eye(4)[list(order)])
    return tensor


def test_amplitudes_of_both_parities():
    """d sigma/dt from explicit tensors and polarisations, with the recoil of the nucleus."""
    omega, mass, nucleus = 3.0, 0.7, LEAD.nuclear_mass
    metric = np.diag([1.0, -1.0, -1.0, -1.0])
    k, p = np.array([omega, 0, 0, omega]), np.array([nucleus, 0, 0, 0])
    epsilon = levi_civita()
    for t in (0.03, 0.2, 4.0, 20.0):
        energy = omega - t / (2 * nucleus)
        along = energy - (t + mass**2) / (2 * omega)
        across = math.sqrt(energy**2 - mass**2 - along**2)
        k_a = np.array([energy, 0.6 * across, 0.8 * across, along])
        q = k_a - k
        close(-(q @ metric @ q), t, 1e-9)
        current = 2 * p - q  # P + P', P' = P - q
        squares = {"alp": 0.0, "scalar": 0.0}
        for e in np.eye(4)[1:3]:
            lower = [metric @ v for v in (e, k, q, current)]
            alp = np.einsum("abcd,a,b,c,d", epsilon, *lower)
            scalar = (k @ lower[2]) * (e @ lower[3]) - (k @ lower[3]) * (e @ lower[2])
            squares["alp"] += 0.5 * alp**2
            squares["scalar"] += 0.5 * scalar**2
        g2 = float(form_factors.elastic(t, LEAD))
        flux = 64 * math.pi * (nucleus * omega) ** 2  # 64 pi s p*^2
        value = primakoff.differential_t(t, omega, mass, element=LEAD)
        for square in squares.values():
            expected = 4 * math.pi * UNIT * g2 * square / t**2 / flux
            close(float(value), expected, 1e-8)


@pytest.mark.parametrize("mass", [1e-4, 1e-2, 0.05])
@pytest.mark.parametrize("symbol", ["Pb", "C"])
def test_limit_of_high_energy(symbol, mass):
    element, omega = materials.element(symbol), 100.0
    value = float(primakoff.cross_section_pb(omega, mass, element))
    least = mass**4 / (4 * omega**2)
    flux = float(form_factors.effective_flux(least, 4 * omega**2, element))
    # Corrections are of order td/omega^2 and m^2/omega^2.
    close(value, UNIT / 8 * flux, 1e-5)
    _, ta, td = form_factors.parameters(element)[:3]
    logarithm = math.log((td + least) / (ta + least)) - 2.0
    # The logarithmic form drops terms of order (ta, tmin)/td times the logarithm.
    close(value, UNIT / 8 * element.Z**2 * logarithm, 1e-5)


@pytest.mark.parametrize(("omega", "mass"), [(0.1, 0.099), (1.0, 0.5), (100.0, 0.01), (500.0, 3.0)])
def test_point_nucleus(omega, mass):
    """Static point charge: (alpha g^2 Z^2/32 omega^2)[(t+ + t-) ln(t+/t-) - 2 (t+ - t-)]."""
    point = materials.Element("point", 82, 1e-30, 1.0, 1e-6)
    k = math.sqrt(omega**2 - mass**2)
    total = 2 * (2 * omega**2 - mass**2)
    rapidity = 4 * math.atanh(k / omega) if k < 0.9 * omega else 4 * math.log((omega + k) / mass)
    expected = UNIT * 82**2 / (32 * omega**2) * (total * rapidity - 8 * omega * k)
    value = primakoff.cross_section_pb(omega, mass, point, form_factor="nuclear", recoil=False)
    close(float(value), expected, 1e-10)


@pytest.mark.parametrize("recoil", [True, False])
def test_threshold(recoil):
    element, mass = materials.element("C"), 2.0
    least = primakoff.threshold_energy(mass, element, recoil)
    inverse = 1 / element.nuclear_mass if recoil else 0.0
    close(least, mass + mass**2 / 2 * inverse, 1e-12)
    energies = least * np.array([0.9, 1.0, 1 + 1e-6])
    values = primakoff.cross_section_pb(energies, mass, element, recoil=recoil)
    assert np.all(values[:2] < 1e-9 * values[2])
    # (t - tmin)(tmax - t) integrates to width^3/6; t hardly varies.
    span = primakoff.limits(energies[2], mass, element, recoil)
    t = 0.5 * (span.low + span.high)
    g2 = form_factors.elastic(t, element)
    near = UNIT / 32 * span.slope / energies[2] ** 2 * g2 * span.width**3 / 6 / t**2
    close(values[2], float(near), 1e-4)
    closed = primakoff.total_cross_section(1.0, mass, element=element, recoil=recoil)
    assert (closed.value_pb, closed.relative_error) == (0.0, 0.0)


def test_closed_form_against_many_digits():
    """Rounding of the closed form over the whole range, in 60 digits."""
    rng = np.random.default_rng(11)
    for symbol in ("H", "C", "Pb", "U"):
        element = materials.element(symbol)
        for _ in range(12):
            omega = math.exp(rng.uniform(math.log(0.1), math.log(1000.0)))
            mass = math.exp(rng.uniform(math.log(1e-6), math.log(min(3.0, 0.6 * omega))))
            if omega < primakoff.threshold_energy(mass, element):
                continue
            value = float(primakoff.cross_section_pb(omega, mass, element))
            with mpmath.workdps(60):
                w, m, nucleus = (mpmath.mpf(x) for x in (omega, mass, element.nuclear_mass))
                slope = 1 + 2 * w / nucleus
                half = 2 * w**2 - m**2 * (1 + w / nucleus)
                root = mpmath.sqrt(half**2 - slope * m**4)
                low, high = (half - root) / slope, (half + root) / slope
                _, ta, td = (mpmath.mpf(x) for x in form_factors.parameters(element)[:3])
                # Plain partial fractions.
                log = mpmath.log((ta + high) * (td + low) / ((ta + low) * (td + high)))
                front = (2 * ta * td + (low + high) * (ta + td) + 2 * low * high) / (td - ta) ** 3
                integral = td**2 * (front * log - 2 * (high - low) / (td - ta) ** 2)
                exact = UNIT / 32 * element.Z**2 * slope / w**2 * integral
                # Near threshold the energy's last digit counts (omega - m - m^2/2M).
                assert abs(value / exact - 1) < 1e-12


def test_recoil_is_the_default_and_small_where_it_should_be():
    for symbol, omega, mass, low, high in (
        ("Pb", 100.0, 0.01, 0.0, 1e-6),
        ("Pb", 5.0, 1.0, 1e-4, 1e-2),
        ("H", 3.0, 1.0, 0.1, 1.0),
    ):
        element = materials.element(symbol)
        value = primakoff.cross_section_pb(omega, mass, element)
        static = primakoff.cross_section_pb(omega, mass, element, recoil=False)
        assert low <= abs(float(static / value) - 1) < high


@pytest.mark.parametrize(
    ("symbol", "omega", "mass", "form_factor"),
    [
        ("Pb", 100.0, 1e-6, "elastic"),
        ("Pb", 100.0, 0.3, "elastic"),
        ("W", 1.0, 0.5, "elastic"),
        ("H", 9.0, 1.5, "elastic"),
        ("C", 0.1, 0.05, "elastic"),
        ("C", 20.0, 0.01, "elastic+inelastic"),
        ("Pb", 20.0, 0.1, "helm"),
    ],
)
def test_sampler(symbol, omega, mass, form_factor):
    element, count = materials.element(symbol), 20_000
    rng = np.random.default_rng(2024)
    drawn = events.sample(omega, mass, count, rng, element=element, form_factor=form_factor)
    initial = np.array([omega + element.nuclear_mass, 0.0, 0.0, omega])
    # Required 1e-9 of the energy.
    total = drawn.boson + drawn.nucleus
    np.testing.assert_allclose(total, np.tile(initial, (count, 1)), atol=1e-12 * initial[0])
    for momenta, rest in ((drawn.boson, mass), (drawn.nucleus, element.nuclear_mass)):
        square = momenta[:, 0] ** 2 - np.sum(momenta[:, 1:] ** 2, axis=1)
        # E^2 - p^2 cancels: compare on the scale of E^2.
        assert np.max(np.abs(square - rest**2)) < 1e-11 * np.max(momenta[:, 0]) ** 2
    q = drawn.boson - np.array([omega, 0, 0, omega])
    t = np.sum(q[:, 1:] ** 2, axis=1) - q[:, 0] ** 2
    np.testing.assert_allclose(t, drawn.momentum_transfer, rtol=1e-6, atol=1e-12 * omega**2)

    # 20 bins with edges at sample quantiles of another seed; contents from adaptive quadrature of
    # d sigma/dt, and from that of d sigma/dtheta: two independent chi^2 with 19 degrees of freedom.
    other = events.sample(
        omega, mass, 4000, np.random.default_rng(1), element=element, form_factor=form_factor
    )
    span = primakoff.limits(omega, mass, element)
    options = {"element": element, "form_factor": form_factor}
    logs = np.quantile(np.log(other.momentum_transfer), np.linspace(0, 1, 21))
    logs[[0, -1]] = math.log(span.low), math.log(span.high)
    logs[0] = max(logs[0], logs[1] - 20.0)

    def density(y):
        x = math.exp(y)
        return float(primakoff.differential_t(x, omega, mass, **options)) * x

    shares = np.array([pieces(density, a, b) for a, b in itertools.pairwise(logs)])
    whole = primakoff.total_cross_section(omega, mass, **options).value_pb
    close(shares.sum(), whole, 1e-7)
    counts = np.histogram(np.log(drawn.momentum_transfer), logs)[0]
    # False alarm 1e-4 per case; the seed is fixed.
    assert stats.chisquare(counts, count * shares / shares.sum()).pvalue > 1e-4

    # Azimuth: uniform, and Kolmogorov-Smirnov with the same false-alarm probability.
    azimuth = np.arctan2(drawn.boson[:, 2], drawn.boson[:, 1])
    assert stats.kstest(azimuth, stats.uniform(-math.pi, 2 * math.pi).cdf).pvalue > 1e-4


def test_sampled_angles_follow_the_angular_distribution():
    omega, mass, count = 50.0, 0.05, 50_000
    drawn = events.sample(omega, mass, count, np.random.default_rng(7), element=LEAD)

    def density(y):
        angle = np.array(math.exp(y))
        return float(events.differential_theta(angle, omega, mass, element=LEAD)) * math.exp(y)

    edges = np.concatenate([[-25.0], np.linspace(-14.0, -5.5, 24), [math.log(math.pi)]])
    shares = np.array([pieces(density, a, b) for a, b in itertools.pairwise(edges)])
    counts = np.histogram(np.log(drawn.theta), edges)[0]
    assert np.all(count * shares / shares.sum() > 5.0)
    # False alarm 1e-4.
    assert stats.chisquare(counts, count * shares / shares.sum()).pvalue > 1e-4


class Ramp:
    """Stands in for a generator: evenly spaced numbers show the distribution function itself."""

    def random(self, count):
        return (np.arange(count) + 0.5) / count


@pytest.mark.parametrize(("omega", "mass"), [(100.0, 1e-6), (100.0, 0.3), (0.1, 0.05)])
def test_distribution_function_of_the_sampler(omega, mass):
    drawn = events.sample(omega, mass, 20, Ramp(), element=LEAD)
    span = primakoff.limits(omega, mass, LEAD)

    def density(y):
        return float(primakoff.differential_t(math.exp(y), omega, mass, element=LEAD)) * math.exp(y)

    bottom = max(math.log(span.low), -34.0)
    whole = float(primakoff.cross_section_pb(omega, mass, LEAD))
    below = [pieces(density, bottom, math.log(t)) / whole for t in drawn.momentum_transfer]
    # The docstring promises 1e-6.
    np.testing.assert_allclose(below, Ramp().random(20), atol=1e-6)


def test_arrays_broadcast():
    energies, masses = np.geomspace(0.1, 500.0, 7)[:, None], np.geomspace(1e-6, 3.0, 5)
    for form_factor in form_factors.FORM_FACTORS:
        grid = primakoff.cross_section_pb(energies, masses, LEAD, form_factor=form_factor)
        assert grid.shape == (7, 5)
        for i, j in ((0, 0), (3, 2), (6, 4), (0, 4)):
            one = primakoff.cross_section_pb(
                float(energies[i, 0]), float(masses[j]), LEAD, form_factor=form_factor
            )
            close(grid[i, j], float(one), 1e-12)


def test_bad_input():
    for energy, mass in ((0.05, 0.01), (2e3, 0.01), (math.nan, 0.01), (10.0, 1e-7), (10.0, 4.0)):
        with pytest.raises(ValidityError, match="Primakoff"):
            primakoff.total_cross_section(energy, mass, element=LEAD)
    with pytest.raises(UnknownNameError, match="form factor"):
        primakoff.total_cross_section(10.0, 0.01, element=LEAD, form_factor="elstic")
    with pytest.raises(UnknownNameError, match="form factor"):
        primakoff.cross_section_pb(1.0, 2.0, LEAD, form_factor="elstic")
    with pytest.raises(ValidityError, match="threshold"):
        events.sample(1.0, 1.0, 10, np.random.default_rng(0), element=LEAD)
    with pytest.raises(ValidityError, match="negative"):
        events.sample(1.0, 0.1, -1, np.random.default_rng(0), element=LEAD)
    with pytest.raises(ValidityError, match="theta"):
        events.differential_solid_angle(4.0, 1.0, 0.1, element=LEAD)
    with pytest.raises(ValidityError, match="1e-30"):
        primakoff.differential_t(0.0, 1.0, 0.1, element=LEAD)
