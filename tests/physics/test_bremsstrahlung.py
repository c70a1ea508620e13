"""Exact tree-level dark bremsstrahlung against traces, another integration and published totals."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from bremsstrahlung_reference import METRIC, monte_carlo, reference_totals, traced_amplitude
from closeness import close
from quoted import quoted

from emiss import materials
from emiss.ground import constants as const
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.processes import bremsstrahlung as brems
from emiss.physics.processes import bremsstrahlung_quadrature as quadrature
from emiss.physics.processes import bremsstrahlung_table_build as table_build
from emiss.physics.processes import form_factors
from emiss.physics.processes.weizsaecker_williams import iww_log_total


def element(symbol):
    return materials.get(symbol).components[0].element


PB = element("Pb")


def _kernel_point(energy, m, m_x, nucleus, seed):
    """Random kinematics of the kernel and the four-vectors that belong to it."""
    from emiss.ground._kernels import bremsstrahlung as kernels

    random = np.random.default_rng(seed)
    low, high = brems.boson_energy_range(energy, m_x, m, nucleus)
    span = float(high - low)
    particle = np.array([energy, m, m_x, nucleus, span, float(low) - m_x, energy - float(high) - m])
    lab, g = kernels.make_lab(particle), np.zeros(8)
    f = random.uniform(0.1, 0.9)
    kernels.set_energy(lab, f, 1.0 - f)
    assert kernels.set_angle(lab, g, random.uniform(0.0, min(4.0, kernels.highest_y(lab))))
    t, cos_phi = g[5] * (g[6] / g[5]) ** random.uniform(0.1, 0.5), random.uniform(-1, 1)
    e_x, p = lab[4], lab[6]
    k = math.sqrt(e_x**2 - m_x**2)
    cosine = (g[0] - m_x**2 + 2 * energy * e_x) / (2 * p * k)
    k_t, k_z = k * math.sqrt(1 - cosine**2), k * cosine
    v = np.array([-k_t, 0.0, p - k_z])
    size = np.linalg.norm(v)
    q0 = -t / (2 * nucleus)
    along = (g[0] - t - (energy - e_x) * t / nucleus) / (2 * size)
    across = math.sqrt(t + q0**2 - along**2)
    e1, e2 = np.array([v[2], 0.0, k_t]) / size, np.array([0.0, 1.0, 0.0])
    q3 = along * v / size + across * (cos_phi * e1 + math.sqrt(1 - cos_phi**2) * e2)
    p4, k4 = np.array([energy, 0, 0, p]), np.array([e_x, k_t, 0, k_z])
    q4 = np.concatenate([[q0], q3])
    total = np.array([2 * nucleus, 0, 0, 0]) - q4
    return lab, g, t, cos_phi, (p4, p4 - k4 + q4, k4, total)


# energies of a few GeV, where traces keep ten digits in double precision
POINTS = [
    (3.0, const.MUON_MASS, 0.4, 0.938),
    (5.0, const.MUON_MASS, 0.02, 12.0),
    (2.0, const.ELECTRON_MASS, 0.3, 2.0),
    (8.0, const.MUON_MASS, 2.0, 193.0),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("point", POINTS)
def test_amplitude_is_the_trace(point, seed):
    from emiss.ground._kernels import bremsstrahlung as kernels

    lab, g, t, cos_phi, vectors = _kernel_point(*point, seed)
    m, m_x, nucleus = point[1], point[2], point[3]
    close(
        vectors[1] @ METRIC @ vectors[1],
        m**2,
        absolute=1e-12,
        because="rounding of squares of a few GeV",
    )
    found = kernels.amplitude(t, cos_phi, lab, g)
    for boson, value in zip(brems.BOSONS, found, strict=True):
        expected = traced_amplitude(*vectors, (m, m_x), boson) / (8 * nucleus**2)
        close(value, expected, 1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_closed_azimuth_is_the_mean(seed):
    from emiss.ground._kernels import bremsstrahlung as kernels

    lab, g, t, _, _ = _kernel_point(*POINTS[seed % 4], seed + 10)
    phi = (np.arange(2000) + 0.5) * math.pi / 2000  # midpoint rule converges exponentially
    mean = np.mean([kernels.amplitude(t, math.cos(v), lab, g) for v in phi], axis=0)
    close(np.array(kernels.averaged(t, lab, g)), mean, 1e-10)


SPREAD = [
    ("e-", "Pb", 100.0, 0.1),
    ("e-", "Pb", 20.0, 1.0),
    ("e-", "H", 100.0, 0.3),
    ("e-", "C", 1.0, 0.0167),
    ("e-", "Fe", 1.3, 0.9),
    ("mu-", "Pb", 160.0, 0.01),
    ("mu-", "C", 160.0, 1e-4),
    ("mu-", "H", 20.0, 3.0),
    ("mu-", "Pb", 2.0, 1e-3),
]
# light bosons of fast electrons span 80 e-folds of U and need more nodes in the reference
HARD = [
    ("e-", "Pb", 500.0, 1e-3),
    ("e-", "Pb", 100.0, 1e-4),
    ("e-", "H", 500.0, 1e-4),
    ("e-", "W", 1.0, 1e-4),
    ("e-", "Pb", 500.0, 3.0),
    ("e-", "Cu", 4.0, 3.0),
    ("mu+", "Si", 500.0, 3.0),
    ("mu-", "H", 500.0, 1e-4),
    ("mu-", "Al", 1.0, 0.5),
    ("e+", "O", 7.0, 0.5),
]


def _compare(point, order, form_factor="elastic"):
    projectile, symbol, energy, mass = point
    target = element(symbol)
    found = brems.total_cross_sections(
        energy, mass, element=target, projectile=projectile, form_factor=form_factor
    )
    expected = reference_totals(
        energy, mass, target, brems.PROJECTILES[projectile], form_factor, order
    )
    # Helm's nucleus at t > 1.2 GeV^2 is below 1e-15 of the charge squared, with zeros which the
    # quadrature of the package does not resolve: 21 % low, and it states an error of 72 %.
    hopeless = form_factor == "helm" and point == ("e-", "Cu", 4.0, 3.0)
    for boson, value in expected.items():
        # required: 0.3 %; both integrations are good to 2e-4, so 1e-3 leaves room on neither side
        close(found[boson].value_pb, value, 0.25 if hopeless else 1e-3)
        assert abs(found[boson].value_pb / value - 1) < 3 * found[boson].relative_error + 2e-4


@pytest.mark.parametrize("point", SPREAD, ids=str)
def test_totals_against_other_variables(point):
    _compare(point, 32)


@pytest.mark.slow
@pytest.mark.parametrize("form_factor", form_factors.FORM_FACTORS)
@pytest.mark.parametrize("point", SPREAD + HARD, ids=str)
def test_totals_against_other_variables_at_length(point, form_factor):
    if form_factor == "helm" and point[1] == "H":
        pytest.skip("Helm's form factor is one of nuclei")
    _compare(point, 110 if form_factor == "helm" else 80, form_factor)


def test_spectrum_and_cut_against_random_points():
    # e- on Pb, 100 MeV: 400k random points give 0.5 % per bin; 4 standard errors in 12 bins x 4
    # bosons: false alarm 48 * 6e-5 = 0.3 % (fixed seed)
    energy, mass, m = 50.0, 0.1, const.ELECTRON_MASS
    x, weights = monte_carlo(energy, mass, PB, m, 400_000, seed=7)
    edges = np.array([0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0])
    for boson, w in weights.items():
        above = [
            brems.total_cross_section(energy, mass, element=PB, boson=boson, min_x=c).value_pb
            for c in edges[:-1]
        ]
        expected = -np.diff([*above, 0.0])
        found = np.histogram(x, edges, weights=w)[0]
        error = np.sqrt(np.histogram(x, edges, weights=w**2)[0])
        assert np.all(error < 0.08 * found)
        assert np.all(np.abs(found - expected) < 4 * error)


@pytest.mark.parametrize("boson", brems.BOSONS)
def test_spectra_integrate_to_the_total(boson):
    energy, mass = 30.0, 0.05
    nodes, weights = np.polynomial.legendre.leggauss(60)
    x = 0.3 + 0.25 * (nodes + 1)  # 0.3 to 0.8
    options = {"element": PB, "boson": boson}
    spectrum = brems.differential_x(x, energy, mass, **options)
    part = 0.25 * float(weights @ spectrum.values_pb)
    cuts = [
        brems.total_cross_section(energy, mass, min_x=c, accuracy="high", **options).value_pb
        for c in (0.3, 0.8)
    ]
    close(part, cuts[0] - cuts[1], 1e-4)  # both good to 1e-5 of the total
    log_theta = np.linspace(math.log(1e-8), math.log(math.pi), 4001)
    theta = np.exp(log_theta)
    double = brems.differential_x_theta([0.5], theta, energy, mass, **options)
    integral = np.trapezoid(double.values_pb[0] * theta, log_theta)
    single = brems.differential_x([0.5], energy, mass, **options).values_pb[0]
    close(integral, single, 2e-4)  # trapezoid step 0.005, spectrum 1e-5


def test_far_tail_in_angle_is_converged():
    # k_T >> mu, where the collinear ridge is narrow: halving the panels must change nothing
    from emiss.ground._kernels import bremsstrahlung as kernels

    particle = quadrature.start_values(100.0, 1e-3, const.ELECTRON_MASS, PB)
    ff = form_factors.parameters(PB)
    w = 1 - np.cos(np.array([1e-3, 5e-3, 2e-2]))  # k_T/mu = 50, 250, 1000
    high = quadrature.QUADRATURES["high"]
    coarse, fine = (
        kernels.angular(0.5, w, particle, ff, high._replace(t_width=width).rules()[0])
        for width in (0.5, 0.1)
    )
    close(coarse, fine, 1e-6)


def test_axial_longitudinal_enhancement():
    # sigma_A/sigma_P -> 4 m^2/m_X^2 as m_X -> 0: the longitudinal axial is the pseudoscalar
    totals = brems.total_cross_sections(100.0, 1e-4, element=PB, projectile="mu-", accuracy="high")
    ratio = totals["axial"].value_pb / totals["pseudoscalar"].value_pb
    # the transverse part adds of order m_X^2/m^2 = 1e-6 times logarithms
    close(ratio, 4 * (const.MUON_MASS / 1e-4) ** 2, 1e-4)


def test_exact_tends_to_ww_for_muons():
    # 160 GeV muons: t/m^2 is small and screening is far away; agreed goal 1 %
    for mass in (1e-3, 0.01, 0.1, 0.3):
        for boson in brems.BOSONS:
            options = {"element": PB, "projectile": "mu-", "boson": boson}
            exact = brems.total_cross_section(160.0, mass, **options).value_pb
            ww = brems.total_cross_section(160.0, mass, method="ww", **options).value_pb
            close(exact, ww, 0.01)


def test_published_totals():
    # DMG4 v1.2 (epsilon = 1e-4, Pb); goal 3 %. The heaviest boson at 20 GeV, all of whose rate is
    # at t > d, comes out 6.4 % below with the elastic form factor, as it does in the independent
    # integration of this file; with the inelastic part added all agree to 2.1 %. Which of the two
    # the published numbers contain is not documented with them.
    table = quoted("published_dmg4_totals")
    for energy, mass, sigma in zip(*table.values(), strict=True):
        for form_factor, goal in (
            ("elastic", 0.066 if (energy, mass) == (20.0, 1.0) else 0.03),
            ("elastic+inelastic", 0.022),
        ):
            found = brems.total_cross_section(energy, mass, element=PB, form_factor=form_factor)
            close(found.value_pb * 1e-8, sigma, goal)


def _check_k_factors(masses, published):
    # K = sigma_IWW,log/sigma_ETL; published to about 2 % against this calculation (see above)
    for mass, value in zip(masses, published, strict=True):
        exact = brems.total_cross_section(100.0, mass, element=PB).value_pb
        close(iww_log_total(100.0, mass, PB) / exact, value, 0.03)


def test_published_k_factors():
    _check_k_factors(*quoted("published_dmg4_k_factors").values())


def test_whole_published_table_of_k_factors(reference):
    text = (reference / "limits" / "pub_dmg4_kfactor_vector.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    table = np.array([[float(row["m_X_GeV"]), float(row["E100"])] for row in rows])
    _check_k_factors(*table[(table[:, 0] >= 0.01) & (table[:, 0] <= 0.5)].T)


def test_closed_and_open_thresholds():
    closed = brems.total_cross_section(1.0, 1.1, element=PB)
    assert closed.value_pb == 0.0
    assert closed.relative_error == 0.0
    hydrogen = element("H")  # recoil: m_X + m_X^2/2M = 7.79 GeV for 3 GeV
    assert brems.total_cross_section(7.7, 3.0, element=hydrogen).value_pb == 0.0
    assert brems.total_cross_section(8.0, 3.0, element=hydrogen).value_pb > 0.0
    low, high = brems.boson_energy_range(20.0, 3.0, const.ELECTRON_MASS, hydrogen.nuclear_mass)
    assert low > 3.0
    cut = brems.total_cross_section(20.0, 3.0, element=hydrogen, min_x=float(high) / 20 + 1e-6)
    assert cut.value_pb == 0.0


def test_positrons_and_conventions():
    electron = brems.total_cross_section(50.0, 0.02, element=PB, projectile="e-")
    positron = brems.total_cross_section(50.0, 0.02, element=PB, projectile="e+")
    assert electron.value_pb == positron.value_pb
    assert "epsilon" in electron.coupling_convention
    assert electron.relative_error < 2e-3


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"energy": 0.5}, ValidityError, "1 to 500"),
        ({"energy": math.nan}, ValidityError, "1 to 500"),
        ({"energy": 501.0}, ValidityError, "1 to 500"),
        ({"mass": 5e-7}, ValidityError, "from 1e-06 to 3 GeV"),
        ({"mass": -1.0}, ValidityError, "from 1e-06 to 3 GeV"),
        ({"mass": 3.1}, ValidityError, "3 GeV"),
        ({"min_x": 1.0}, ValidityError, "min_x"),
        ({"min_x": math.nan}, ValidityError, "min_x"),
        ({"boson": "vecter"}, UnknownNameError, "Did you mean 'vector'"),
        ({"projectile": "tau-"}, UnknownNameError, "mu-"),
        ({"method": "exact"}, UnknownNameError, "etl"),
        ({"form_factor": "none"}, UnknownNameError, "elastic"),
        ({"accuracy": "best"}, UnknownNameError, "standard"),
    ],
)
def test_refusals(change, error, text):
    arguments = {"energy": 100.0, "mass": 0.1, "element": PB} | change
    with pytest.raises(error, match=text):
        brems.total_cross_section(**arguments)


def test_refusals_of_spectra():
    with pytest.raises(ValidityError, match="0 to 1"):
        brems.differential_x([0.5, 1.2], 100.0, 0.1, element=PB)
    with pytest.raises(ValidityError, match="rad"):
        brems.differential_x_theta([0.5], [-0.1], 100.0, 0.1, element=PB)


@pytest.mark.parametrize(("projectile", "mass"), [("e-", 1e-3), ("e-", 1.0), ("mu-", 0.03)])
def test_what_is_left_out_at_both_ends_of_the_spectrum(monkeypatch, projectile, mass):
    """Integrated six units of ln(f/(1 - f)) further down and up: 1e-5 more at each end."""
    asked = {"element": materials.element("Pb"), "projectile": projectile, "accuracy": "high"}
    found = brems.total_cross_section(100.0, mass, **asked).value_pb
    narrow = quadrature.zeta_range

    def wide(particle, min_x):
        low, high = narrow(particle, min_x)
        return low - 6.0, high + 6.0

    monkeypatch.setattr(quadrature, "zeta_range", wide)
    close(found, brems.total_cross_section(100.0, mass, **asked).value_pb, 5e-5)


@pytest.mark.parametrize("lepton", [const.ELECTRON_MASS, const.MUON_MASS])
@pytest.mark.parametrize("mass", [1e-6, 1e-3, 0.1, 3.0])
@pytest.mark.parametrize("energy", [1.0, 10.0, 500.0])
def test_panels_of_tables_reach_as_far_as_the_spectrum(lepton, mass, energy):
    """Ascending, with the grid of the table among them, and to the ends of the quadrature."""
    lead = materials.element("Pb")
    particle = quadrature.start_values(energy, mass, lepton, lead)
    if particle is None:
        return
    edges, below, above = table_build._zeta_edges(particle)
    assert np.all(np.diff(edges) > 0.0)
    assert np.all(np.diff(edges) < 1.2 + 1e-9)
    close(edges[below : edges.size - above], np.linspace(-14.0, 16.0, 51), 1e-12)
    low, high = quadrature.zeta_range(particle, 0.0)
    assert edges[0] <= low + 1e-9
    assert edges[-1] >= high - 1e-4


def test_nothing_is_radiated_outside_the_kinematic_range():
    """Below m_X/E and at x = 1 the spectrum is zero, and a number."""
    lead = materials.element("Pb")
    found = brems.differential_x([0.0, 5e-4, 1e-3, 0.5, 1.0], 100.0, 0.1, element=lead)
    assert found.values_pb[3] > 0.0
    assert found.values_pb[[0, 1, 4]].tolist() == [0.0, 0.0, 0.0]
