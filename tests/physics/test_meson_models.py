"""Models of mesons that decay to nothing: worked numbers, limits of the formulas, one count."""

import math

import numpy as np
import pytest
from closeness import close

from emiss import inference, models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.ground.mesons import MESON_IDS, meson_data
from emiss.physics.models import meson_constants
from emiss.physics.models.b_boson import pair_ratio
from emiss.physics.models.mesons import MesonModel

NAMES = (
    "axial-quarks",
    "b-boson",
    "invisible-meson",
    "meson-alp",
    "omega-dark-photon",
    "strange-pseudoscalar",
    "strange-scalars",
)


def coupling_at(model, meson, mass, branching):
    """Coupling at which a meson has a branching fraction, by bisection in its logarithm."""
    low, high = 1e-12, 1e4
    for _ in range(200):
        middle = math.sqrt(low * high)
        small = float(model.meson_branching(meson, middle, mass)) < branching
        low, high = (middle, high) if small else (low, middle)
    return low


def test_masses_and_widths():
    # PDG 2024: eta 547.862 MeV and 1.31 keV, eta' 0.188 MeV; K_S 2.6844 cm.
    close(meson_data("eta").mass, 0.547862, 1e-6)
    close(meson_data("eta").width, 1.31e-6, 0.01)
    close(meson_data("eta-prime").width, 0.188e-3, 0.01)
    close(meson_data("pi0").mass, const.NEUTRAL_PION_MASS, 1e-6)
    close(meson_data("K-short").ctau_cm, 2.6844, 1e-4)
    with pytest.raises(UnknownNameError, match="meson"):
        meson_data("phi")
    # Of the limits: invisible widths below 0.144 eV and 39.5 eV.
    close(1.1e-4 * meson_data("eta").width, 0.144e-9, 0.005)
    close(2.1e-4 * meson_data("eta-prime").width, 39.5e-9, 0.005)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_keeps_its_promises(name):
    model = models.get(name)
    assert isinstance(model, MesonModel)
    assert (model.name, model.boson in models.BOSONS) == (name, True)
    assert model.title
    assert model.coupling_label
    assert model.symbol
    assert model.citations()
    assert model.dark_sector is None
    masses, couplings = np.array([[0.02], [0.1], [0.9]]), np.array([1e-5, 1e-3, 1e-2])
    some = False
    for meson in MESON_IDS:
        found = model.meson_branching(meson, couplings, masses)
        assert found.shape == (3, 3)
        assert np.all(np.isfinite(found))
        assert np.all(np.diff(found, axis=1) >= 0.0)
        some |= bool(np.any(found > 0.0))
        assert np.all(model.meson_branching(meson, 0.0, masses) == 0.0)
    assert some
    assert np.all(model.lepton_coupling("e", 1.0, masses) == 0.0)
    with pytest.raises(ValidityError, match="decay to nothing"):
        model.total_width(0.1, 1e-3)
    assert model.with_parameters() == model


@pytest.mark.parametrize(
    ("name", "parameters", "meson", "mass", "branching", "expected"),
    [
        # Worked out apart, two to three digits; alpha_B = g^2/4 pi.
        ("b-boson", {}, "eta", 1e-3, 1.1e-4, math.sqrt(4 * math.pi * 4.8e-4)),
        ("b-boson", {}, "eta-prime", 1e-3, 2.1e-4, math.sqrt(4 * math.pi * 1.2e-3)),
        ("axial-quarks", {}, "eta", 0.1, 1.1e-4, 1 / 10.0),
        ("axial-quarks", {}, "eta-prime", 0.1, 2.1e-4, 1 / 7.1),
        ("axial-quarks", {}, "eta", 0.2, 1.1e-4, 1 / 13.1),
        ("axial-quarks", {}, "eta-prime", 0.2, 2.1e-4, 1 / 9.9),
        ("axial-quarks", {"mediator_mass": 2.0}, "eta", 0.1, 1.1e-4, 2 / 10.0),
        ("meson-alp", {}, "eta", 1e-3, 1.1e-4, 8.1e-5),
        ("meson-alp", {"meson": "both"}, "eta-prime", 1e-3, 2.1e-4, 1.0e-3),
        # eps^2 alpha_D/alpha < 0.99 for 7.3e-5; here with alpha_D = 0.1.
        ("omega-dark-photon", {}, "omega", 1e-3, 7.3e-5, math.sqrt(0.99 / 13.7)),
        # alpha_B alpha_chi < 1.3e-5 for the same.
        ("b-boson", {}, "omega", 1e-3, 7.3e-5, math.sqrt(4 * math.pi * 1.3e-4)),
    ],
)
def test_couplings_at_published_limits(name, parameters, meson, mass, branching, expected):
    found = coupling_at(models.get(name, parameters), meson, mass, branching)
    close(found, expected, 0.03)


def test_unit_factors():
    # k of B B: 0.0253 and 0.00760; decay constants 42 and 260 MeV, 153 and 125 without strange.
    for meson, k in (("eta", 0.0253), ("eta-prime", 0.00760)):
        close(meson_constants.TO_PHOTONS[meson] * pair_ratio(meson) ** 2, k, 0.005)
    for quarks, constants in (("uds", (0.042, 0.260)), ("ud", (0.153, 0.125))):
        for meson, expected in zip(("eta", "eta-prime"), constants, strict=True):
            close(meson_constants.axial_constant(meson, quarks), expected, 0.005)
    assert meson_constants.axial_constant("pi0") == 0.0
    # Perpendicular combinations: both squares sum to (h_s/2 m_s)^2.
    squares = sum(meson_constants.strange_density(m) ** 2 for m in ("eta", "eta-prime"))
    close(math.sqrt(squares), 0.087 / 2 / 0.0935, 1e-12)


def traced_width(meson, chi, vertex):
    """Two-body width from the spin sum of explicit Dirac spinors, vertex as a matrix of momenta."""
    mass = meson_data(meson).mass
    k = math.sqrt(mass**2 / 4 - chi**2)
    identity, sigma = np.eye(2), np.array([[1, 0], [0, -1]])
    gamma0 = np.kron(np.array([[1, 0], [0, -1]]), identity).astype(complex)
    gamma3 = np.kron(np.array([[0, 1], [-1, 0]]), sigma).astype(complex)
    gamma5 = np.kron(np.array([[0, 1], [1, 0]]), identity).astype(complex)
    particle = gamma0 * mass / 2 - gamma3 * k + chi * np.eye(4)
    other = gamma0 * mass / 2 + gamma3 * k - chi * np.eye(4)
    made = vertex(mass, gamma0, gamma5)
    conjugate = gamma0 @ made.conj().T @ gamma0
    summed = np.trace(particle @ made @ other @ conjugate).real
    return k / (8 * math.pi * mass**2) * summed


@pytest.mark.parametrize("meson", ["eta", "eta-prime"])
@pytest.mark.parametrize("chi", [0.01, 0.2])
def test_widths_against_traces(meson, chi):
    """The formulas against spin sums of Dirac matrices, with the meson at rest."""
    total = meson_data(meson).width
    constant = meson_constants.axial_constant(meson)
    # F p_mu/Lambda^2 on gamma^mu gamma5, p along time.
    axial = traced_width(meson, chi, lambda m, g0, g5: constant * m * g0 @ g5)
    found = models.get("axial-quarks").meson_branching(meson, 1.0, chi)
    close(found * total, axial, 1e-10)
    mixed = traced_width(meson, chi, lambda m, g0, g5: 1j * g5)
    found = models.get("meson-alp", {"meson": "both"}).meson_branching(meson, 1.0, chi)
    close(found * total, mixed, 1e-10)
    density = meson_constants.strange_density(meson)
    found = models.get("strange-pseudoscalar").meson_branching(meson, 1.0, chi)
    close(found * total, density**2 * mixed, 1e-10)
    # Two complex scalars: amplitude h, phase space k/(8 pi M^2).
    mass = meson_data(meson).mass
    pair = density**2 * math.sqrt(mass**2 / 4 - chi**2) / (8 * math.pi * mass**2)
    found = models.get("strange-scalars").meson_branching(meson, 1.0, chi)
    close(found * total, pair, 1e-10)


def test_thresholds():
    for name in ("axial-quarks", "meson-alp", "strange-pseudoscalar", "strange-scalars"):
        model = models.get(name)
        half = 0.5 * meson_data("eta").mass
        assert model.meson_branching("eta", 1.0, 0.999 * half) > 0.0
        assert model.meson_branching("eta", 1.0, 1.001 * half) == 0.0


def test_omega_through_a_heavy_and_a_resonant_vector():
    model = models.get("omega-dark-photon", {"mass_ratio": 1e4})
    omega = meson_data("omega").mass
    unit = meson_constants.OMEGA_TO_ELECTRONS * 0.1 / const.ALPHA
    # Far above the omega the propagator is m^4/M^4.
    close(model.meson_branching("omega", 1.0, 50.0), unit * (omega / 50.0) ** 4, 2e-2)
    # On it (m/Gamma)^2, with alpha_D/3 of the mass as width and light dark matter.
    close(model.meson_branching("omega", 1.0, omega), unit * (3.0 / 0.1) ** 2, 1e-2)


def test_one_count_over_all_mesons():
    """Rates of eta, eta' and omega add in one box: checked against the limits one at a time."""
    single = {}
    for channel in ("eta", "eta-prime", "omega"):
        meson = models.get("invisible-meson", {"channel": channel})
        single[channel] = inference.limit("na64h-2023", meson, masses=[0.5]).observed[0]
    model = models.get("b-boson")
    masses = np.array([0.02, 0.25, 0.4])
    found = inference.limit("na64h-2023", model, masses=masses)
    total = sum(
        model.meson_branching(channel, found.observed, masses) / one
        for channel, one in single.items()
    )
    close(total, 1.0, 1e-6)
    share = model.meson_branching("omega", found.observed, masses) / single["omega"]
    close(found.shares["charge exchange to omega"], share, 1e-6)
    # Above half the eta mass only eta' and omega are left.
    assert found.shares["charge exchange to eta"][2] == 0.0


def test_beyond_all_mesons_nothing_is_excluded():
    found = inference.limit("na64h-2023", models.get("axial-quarks"), masses=[0.1, 0.6])
    assert np.isfinite(found.observed[0])
    assert np.isnan(found.observed[1])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("invisible-meson", {"channel": "phi"}),
        ("b-boson", {"alpha_dark": -1.0}),
        ("b-boson", {"mass_ratio": 2.0}),
        ("omega-dark-photon", {"alpha_dark": math.nan}),
        ("axial-quarks", {"quarks": "s"}),
        ("axial-quarks", {"mediator_mass": -1.0}),
        ("meson-alp", {"meson": "pi0"}),
    ],
)
def test_parameters_out_of_range(name, parameters):
    with pytest.raises(EmissError):
        models.get(name, parameters)


def test_axial_coupling_is_an_inverse_scale_or_that_of_a_mediator():
    scale, mediator = (models.get("axial-quarks", {"mediator_mass": m}) for m in (0.0, 2.0))
    assert (scale.coupling_name, scale.coupling_unit) == ("inverse_scale", "GeV^-1")
    assert (mediator.coupling_name, mediator.coupling_unit) == ("g", "")
    # g/M is 1/Lambda.
    chi = np.array([0.02, 0.1, 0.2])
    close(
        mediator.meson_branching("eta", 2.0 * 0.3, chi), scale.meson_branching("eta", 0.3, chi),
        1e-12,
    )  # fmt: skip
