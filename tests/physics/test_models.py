"""Models: couplings, branching, lifetime, parameters and their errors."""

import dataclasses
import math

import numpy as np
import pytest
from closeness import close
from scipy.integrate import quad

from emiss import models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.models.inelastic import excited_ctau_cm, excited_width
from emiss.physics.models.lmu_ltau import loop_mixing
from emiss.physics.models.mesons import MesonModel

NAMES = ("alp", "b-l", "dark-photon", "leptophilic", "lmu-ltau", "scalar")


def test_names():
    bosons = [name for name in models.names() if not isinstance(models.get(name), MesonModel)]
    assert bosons == sorted((*NAMES, "inelastic-dark-matter"))
    preset = models.get("inelastic-dark-matter")
    assert preset == models.get("dark-photon", {"splitting": 0.1})


@pytest.mark.parametrize("name", NAMES)
def test_every_model_keeps_its_promises(name):
    model = models.get(name)
    assert model.name == name
    assert model.boson in models.BOSONS
    assert model.title
    assert model.coupling_label
    assert model.citations()
    masses, couplings = np.array([[0.02], [0.3], [4.0]]), np.array([1e-4, 1e-2])
    widths = model.partial_widths(masses, couplings)
    assert all(w.shape in {(3, 2), (3, 1)} for w in widths.values())
    assert all(np.all(np.isfinite(w)) and np.all(w >= 0.0) for w in widths.values())
    total = model.total_width(masses, couplings)
    close(total, sum(np.broadcast_to(w, (3, 2)) for w in widths.values()), 1e-12)
    branching = model.invisible_branching(masses, couplings)
    assert np.all((branching >= 0.0) & (branching <= 1.0 + 1e-12))
    close(model.ctau_cm(masses, couplings) * total, const.HBARC_GEV_CM, 1e-12)
    invisible = model.neutrino_width(masses, couplings) + model.dark_width(masses)
    close(invisible, branching * total, 1e-12)
    assert model.with_parameters() == model
    assert hash(model) == hash(models.get(name))


def test_models_are_final_and_frozen():
    for name in NAMES:
        model = models.get(name)
        assert getattr(type(model), "__final__", False)
        assert not hasattr(model, "__dict__")
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(model, next(iter(model.parameters())), 1.0)


def test_dark_photon_partial_widths():
    model = models.DarkPhoton(alpha_dark=0.5, mass_ratio=4.0, dark_matter="dirac")
    widths = model.partial_widths(0.6, 1e-3)
    r2 = (const.MUON_MASS / 0.6) ** 2
    muons = const.ALPHA * 1e-6 * 0.6 / 3 * (1 + 2 * r2) * math.sqrt(1 - 4 * r2)
    close(widths["mu+mu-"], muons, 1e-13)
    dark = 0.5 * 0.6 / 3 * (1 + 2 / 16) * math.sqrt(1 - 4 / 16)
    close(widths["chi chi"], dark, 1e-13)
    assert widths["tau+tau-"] == 0.0
    close(model.dark_sector.off_shell_width(0.36, 0.6), dark, 1e-13)
    # The dark matter's mass belongs to the mediator's, not to the virtuality.
    assert model.dark_sector.off_shell_width(0.08, 0.6) == 0.0


def test_visible_dark_photon_flies():
    model = models.get("dark-photon", {"dark_matter": "none"})
    # 16.7 MeV, epsilon 1e-3: c tau = 3/(alpha eps^2 m) hbar c, 0.486 mm per 1e-6; only electrons.
    expected = 3 * const.HBARC_GEV_CM / (const.ALPHA * 1e-6 * 0.0167)
    close(model.ctau_cm(0.0167, 1e-3), expected, 1e-5)
    assert model.invisible_branching(0.0167, 1e-3) == 0.0
    assert model.ctau_cm(0.0009, 1e-3) == math.inf


def test_thermal_variable():
    sector = models.DarkPhoton().dark_sector
    close(sector.y(1e-4), 1e-8 * 0.1 / 81, 1e-12)
    close(sector.epsilon(sector.y(3e-5)), 3e-5, 1e-12)
    close(sector.chi_mass(0.3), 0.1, 1e-6)


def test_pseudo_dirac_without_splitting_is_dirac():
    dirac = models.DarkPhoton(dark_matter="dirac").dark_width(0.3)
    close(models.DarkPhoton(dark_matter="pseudo-dirac").dark_width(0.3), float(dirac), 1e-12)


@pytest.mark.parametrize(
    ("name", "parameters", "error", "match"),
    [
        ("dark-foton", {}, UnknownNameError, "dark-photon"),
        ("dark-photon", {"alpha_drak": 0.1}, UnknownNameError, "alpha_dark"),
        ("dark-photon", {"dark_matter": "scaler"}, UnknownNameError, "scalar"),
        ("dark-photon", {"mass_ratio": "2"}, ValidityError, "mass_ratio > 2"),
        ("dark-photon", {"mass_ratio": "nan"}, EmissError, "mass_ratio"),
        ("dark-photon", {"alpha_dark": "-0.1"}, EmissError, "alpha_dark"),
        ("dark-photon", {"alpha_dark": 20}, EmissError, "4 pi"),
        ("dark-photon", {"alpha_dark": "0,1"}, EmissError, "number"),
        ("dark-photon", {"splitting": 0.1, "dark_matter": "scalar"}, EmissError, "pseudo-dirac"),
        ("dark-photon", {"dark_matter": "none", "alpha_dark": 0.1}, EmissError, "no effect"),
        ("lmu-ltau", {"g_chi": 0.1}, EmissError, "no effect"),
        ("leptophilic", {"kind": "scalar", "dark_matter": "scalar"}, ValidityError, "majorana"),
        ("leptophilic", {"kind": "tensor"}, UnknownNameError, "vector"),
        ("alp", {"electron_to_photon": -1}, EmissError, "negative"),
        ("scalar", {"scaling": "masses"}, UnknownNameError, "mass"),
    ],
)
def test_bad_parameters(name, parameters, error, match):
    with pytest.raises(error, match=match):
        models.get(name, parameters)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_bad_masses_and_couplings(bad):
    model = models.DarkPhoton()
    with pytest.raises(EmissError, match="mass"):
        model.total_width([0.1, bad], 1e-3)
    if bad != 0.0:
        with pytest.raises(EmissError, match="coupling"):
            model.total_width(0.1, bad)
    with pytest.raises(UnknownNameError, match="charged lepton"):
        model.lepton_coupling("nu", 1e-3, 0.1)


def mixing_by_quadrature(q2):
    def part(x, which):
        w = x * (1 - x)
        ratio = complex(const.TAU_MASS**2 - w * q2, 0) / complex(const.MUON_MASS**2 - w * q2, 0)
        logarithm = math.log(abs(ratio))
        # q^2 + i0: either logarithm has imaginary part -pi where its argument is negative.
        phase = -math.pi * (w * q2 > const.TAU_MASS**2) + math.pi * (w * q2 > const.MUON_MASS**2)
        return w * (logarithm if which == "real" else phase)

    points = []
    for m in (const.MUON_MASS, const.TAU_MASS):
        if q2 > 4 * m * m:
            root = math.sqrt(1 - 4 * m * m / q2)
            points += [0.5 * (1 - root), 0.5 * (1 + root)]
    value = [
        quad(part, 0, 1, args=(which,), points=sorted(points) or None, epsabs=1e-13, limit=500)[0]
        for which in ("real", "imaginary")
    ]
    return -const.ELECTRIC_CHARGE / (2 * math.pi**2) * complex(*value)


@pytest.mark.parametrize("q2", [-3.0, -0.01, 1e-6, 0.004, 0.0111, 0.0113, 0.03, 0.05, 1.0, 20.0])
def test_loop_mixing_is_its_integral(q2):
    # Quadrature through logarithmic singularities: 1e-9.
    assert abs(complex(loop_mixing(q2)) - mixing_by_quadrature(q2)) < 1e-9 * 0.0144


def test_loop_mixing_at_zero():
    expected = -const.ELECTRIC_CHARGE / (12 * math.pi**2) * 2 * math.log(1.77686 / 0.1056583755)
    close(loop_mixing(0.0), expected, 1e-13)
    close(1 / loop_mixing(0.0).real, -69.3, absolute=0.05, because="three digits are quoted")


def test_lmu_ltau_decays():
    model = models.LMuLTau()
    light = model.partial_widths(0.1, 1e-3)
    close(light["nu nu"], 1e-6 * 0.1 / (12 * math.pi), 1e-13)
    assert light["mu+mu-"] == 0.0
    assert model.lepton_coupling("mu", 1e-3, 0.1) == 1e-3
    epsilon = abs(complex(loop_mixing(0.01)))
    close(model.lepton_coupling("e", 1e-3, 0.1), 1e-3 * const.ELECTRIC_CHARGE * epsilon, 1e-13)
    # Heavy Z': muon and tau each twice a neutrino flavour, so 1/3 invisible.
    close(model.invisible_branching(10.0, 1e-3), 1 / 3, 1e-2)
    dark = models.get("lmu-ltau", {"dark_matter": "dirac", "g_chi": "0.05"})
    close(
        dark.invisible_branching(0.5, 1e-4),
        1.0,
        absolute=1e-4,
        because="the other channels have a share of 1e-5",
    )


def test_b_minus_l_branching():
    # Below 2 m_mu: electrons 2, neutrinos 3 in units of a left-handed flavour.
    close(
        models.BMinusL().invisible_branching(0.1, 1e-4),
        0.6,
        absolute=1e-6,
        because="electron mass: 6 (m_e/m)^4 = 4e-9",
    )
    assert models.BMinusL().partial_widths(0.78266, 1e-4)["hadrons"] > 0.0


def test_hadrons_of_b_minus_l_beside_its_electrons():
    widths = models.BMinusL().partial_widths(np.array([0.2, 0.78266, 2.9]), 1e-4)
    below, omega, light_quarks = widths["hadrons"] / widths["e+e-"]
    assert below == 0.0
    # Three colours of u, d and s with charge 1/3: 3 * 3/9 = 1, and 1 + alpha_s/pi = 1.08 of it.
    close(light_quarks, 1.08, 0.05)
    # On the omega the coupling is twice that of the photon: four times 9 BR(ee) BR(3 pi)/alpha^2
    # with the PDG's 7.38e-5 and 0.892. Its neighbours and the phi's tail are some per cent.
    close(omega, 4 * 9 * 7.38e-5 * 0.892 * 137.036**2, 0.1)
    # Electrons: g^2 m/12 pi.
    close(widths["e+e-"][2], 1e-8 * 2.9 / (12 * math.pi), 1e-6)


def test_alp_and_scalar_widths():
    close(
        models.ALP().ctau_cm(0.1, 1e-5), 64 * math.pi * const.HBARC_GEV_CM / (1e-10 * 1e-3), 1e-12
    )
    both = models.get("alp", {"electron_to_photon": "2"})
    assert set(both.partial_widths(0.1, 1e-5)) == {"gamma gamma", "e+e-"}
    close(both.lepton_coupling("e", 1e-5, 0.1), 2e-5, 1e-6)
    scalar = models.Scalar()
    # The coupling is that of the muon; the electron's is 206.768 times smaller.
    close(scalar.lepton_coupling("mu", 1e-3, 0.5), 1e-3, 1e-12)
    close(scalar.lepton_coupling("e", 1e-3, 0.5), 1e-3 / 206.7682830, 1e-6)
    # g^2 m b^3/8 pi with b^2 = 1 - 4 * 0.1056583755^2/0.25 = 0.82138093 at 0.5 GeV: 1.4810e-8 GeV.
    close(scalar.partial_widths(0.5, 1e-3)["mu+mu-"], 1.48100e-8, 1e-4)
    ratio = scalar.lepton_coupling("e", 1e-3, 0.1) / scalar.lepton_coupling("mu", 1e-3, 0.1)
    close(ratio, const.ELECTRON_MASS / const.MUON_MASS, 1e-12)


def test_leptophilic_couples_where_told():
    model = models.get("leptophilic", {"kind": "pseudoscalar", "lepton": "mu"})
    assert model.boson == "pseudoscalar"
    assert model.lepton_coupling("e", 1e-3, 0.1) == 0.0
    close(model.lepton_coupling("mu", 1e-3, 0.1), 1e-3 * const.ELECTRIC_CHARGE, 1e-6)


def test_excited_state_in_the_limit_of_small_splitting():
    # Gamma = 4 eps^2 alpha alpha_dark Delta^5/(15 pi m^4) (1 - 1.5 Delta/m_1), massless leptons.
    mass, alpha_dark = 300.0, 0.1
    corrections = []
    for splitting in (0.004, 0.002):
        sector = models.DarkSector("pseudo-dirac", alpha_dark, 3.0, splitting)
        gap = splitting * 100.0
        closed = 4e-6 * const.ALPHA * alpha_dark * gap**5 / (15 * math.pi * mass**4)
        corrections.append((float(excited_width(mass, 1e-3, sector)) / closed - 1) / splitting)
    # The electron mass adds (m_e/Delta)^2 ~ 1e-5; the slope is -1.5 to that and to Delta/m.
    close(corrections, [-1.5, -1.5], absolute=0.05, because="next order in the splitting")


def test_excited_state_against_adaptive_quadrature():
    sector = models.DarkSector("pseudo-dirac", 0.5, 3.0, 0.4)
    mass, m1, me = 0.06, 0.02, const.ELECTRON_MASS
    m2, gap = 1.4 * m1, 0.4 * m1

    def integrand(q2):
        product = (m1**2 + m2**2 - q2) / 2
        tensor = q2 * (4 * product - 8 * m1 * m2) + 2 * gap**2 * (product + m1 * m2)
        p = math.sqrt((gap**2 - q2) * ((m1 + m2) ** 2 - q2)) / (2 * m2)
        lepton = (1 + 2 * me**2 / q2) * math.sqrt(1 - 4 * me**2 / q2) / (6 * math.pi)
        return p / (4 * math.pi * m2) * tensor * lepton / (q2 - mass**2) ** 2 / (2 * math.pi)

    value = quad(integrand, 4 * me**2, gap**2, epsrel=1e-11, epsabs=0.0, limit=400)[0] / (2 * m2)
    value *= 4 * math.pi * 0.5 * 4 * math.pi * const.ALPHA * 1e-8
    close(excited_width(mass, 1e-4, sector), value, 1e-8)
    close(excited_ctau_cm(mass, 1e-4, sector), const.HBARC_GEV_CM / value, 1e-8)
    with pytest.raises(ValidityError, match="pseudo-dirac"):
        excited_width(0.1, 1e-3, models.DarkSector("dirac", 0.1, 3.0))
    stable = models.DarkSector("pseudo-dirac", 0.1, 3.0, 0.001)
    assert excited_ctau_cm(0.1, 1e-3, stable) == math.inf


def test_mixing_in_a_table_of_couplings_is_that_at_each_mass():
    model, masses = models.LMuLTau(), np.geomspace(1e-3, 1.0, 7)
    table = model.lepton_coupling("e", np.array([[1e-3], [1.0]]), masses)
    alone = [[model.lepton_coupling("e", g, m) for m in masses] for g in (1e-3, 1.0)]
    np.testing.assert_allclose(table, np.array(alone, dtype=float), rtol=1e-14)
    turned = model.lepton_coupling("e", np.array([1e-3, 1.0]), masses[:, None])
    np.testing.assert_allclose(turned, table.T, rtol=1e-14)
