"""The R-ratio model against its limits, PDG peak values and the compilation."""

import numpy as np
import pytest
from closeness import close
from quoted import quoted

from emiss.ground.errors import ValidityError
from emiss.physics.models import r_ratio as module
from emiss.physics.models.r_ratio import baryon_ratio, quick_r_ratio, r_ratio


def test_threshold():
    assert r_ratio(0.27) == 0.0
    w = 2 * 0.13957039 * np.array([1.0001, 1.0002])
    r = r_ratio(w)
    # p-wave: R ~ velocity^3, and the pion form factor is 1 up to 30 % there.
    velocity = np.sqrt(1 - (2 * 0.13957039 / w) ** 2)
    close(r[1] / r[0], (velocity[1] / velocity[0]) ** 3, 1e-3)
    close(
        r[0] / (0.25 * velocity[0] ** 3),
        1.3,
        absolute=0.2,
        because="the form factor is 1 up to 30 %",
    )


def test_form_factor_is_one_at_zero_momentum():
    s = np.array([1e-9])
    # Charge conservation; the Gounaris-Sakurai form has it exactly, on the edge of its range.
    threshold = np.array([4 * 0.13957039**2 * (1 + 1e-12)])
    value = module._gounaris_sakurai(threshold, 0.77526, 0.1474)
    assert 1.0 < abs(value[0]) < 1.3
    close(module._breit_wigner(s, 1.0, 1e-6)[0], 1.0, 1e-5)


def test_rho_peak_gives_the_leptonic_width():
    # R at the pole = 9 BR(ee)/alpha^2; PDG BR(rho -> ee) = 4.72e-5 gives 7.98 without the omega.
    s = np.array([0.77526**2])
    form = module._gounaris_sakurai(s, 0.77526, 0.1474)
    velocity = np.sqrt(1 - 4 * 0.13957039**2 / s)
    r = 0.25 * velocity**3 * abs(form / (1.0 + module._RHO_1450_SHARE)) ** 2
    # 5 %: the tail of the rho(1450) and the omega, left out here, and the PDG's error of 1 %.
    close(r[0], 9 * 4.72e-5 * 137.036**2, 0.05)


def test_kaons_on_the_phi_give_its_branching():
    # Vector dominance with SU(3) couplings has no free parameter: BR(KK) = 0.830 of R = 50.4.
    s = np.array([1.019461**2])
    kaons = module._two_kaons(s, module._ELECTRIC, module._gounaris_sakurai(s, *module._RHO))
    close(kaons[0], 0.830 * 9 * 2.979e-4 * 137.036**2, 0.05)


def test_strong_coupling_at_the_tau_mass():
    # PDG: 0.312 +- 0.015 from tau decays.
    close(
        module._strong_coupling(np.array([1.777**2]))[0],
        0.312,
        absolute=0.01,
        because="the uncertainty of the PDG's value is 0.015",
    )


def test_perturbative_values():
    # 2 (1 + a + ...) for three flavours, 11/3 (...) for five, far above threshold.
    close(r_ratio(2.8), 2.2, 0.02)
    close(r_ratio(12.0), 11.0 / 3.0 * 1.055, 0.06)


def test_baryon_number_has_no_rho_and_twice_the_omega():
    assert baryon_ratio(0.6) < 0.01 * r_ratio(0.6)
    s = np.array([0.78266**2])
    ratio = module._three_pions(s, module._BARYON) / module._three_pions(s, module._ELECTRIC)
    close(ratio[0], 4.0, 0.05)
    # Quark charges 1/3: 3 * 3/9 = 1 against 2 for electric charge.
    close(baryon_ratio(2.9), 0.5 * r_ratio(2.9), 0.01)


@pytest.mark.parametrize("energy", [0.0, -1.0, np.nan, 12.5])
def test_refuses_what_it_does_not_know(energy):
    with pytest.raises(ValidityError, match="R ratio"):
        r_ratio(energy)


REGIONS = [  # low, high, root mean square allowed; measured values stand in the module docstring
    (0.30, 0.50, 0.06),
    (0.50, 0.70, 0.04),
    (0.70, 0.77, 0.02),
    (0.77, 0.80, 0.05),
    (0.80, 0.90, 0.03),
    (0.90, 1.00, 0.10),
    (1.00, 1.015, 0.18),
    (1.015, 1.04, 0.13),
    (1.04, 1.30, 0.10),
    (1.30, 2.00, 0.07),
    (2.00, 3.05, 0.06),
    (3.15, 3.65, 0.07),
    (3.72, 4.60, 0.16),
    (4.60, 9.40, 0.06),
    (10.6, 12.0, 0.07),
]


@pytest.mark.parametrize(("low", "high", "tolerance"), REGIONS)
def test_against_values_of_the_compilation(low, high, tolerance):
    energy, measured = quoted("published_r_ratio").values()
    inside = (energy >= low) & (energy < high)
    assert inside.any()
    deviation = r_ratio(energy[inside]) / measured[inside] - 1.0
    # Single values scatter: up to two standard deviations.
    assert np.abs(deviation).max() < 2.0 * tolerance


def test_against_the_whole_compilation(reference):
    lines = (reference / "r_ratio_pdg2020_central.dat").read_text("utf-8").splitlines()
    table = np.array([line.split() for line in lines if line[:1].isdigit()], dtype=float)
    for low, high, tolerance in REGIONS:
        energy, measured = table[(table[:, 0] >= low) & (table[:, 0] < high)].T
        deviation = r_ratio(energy) / measured - 1.0
        assert np.sqrt(np.mean(deviation**2)) < tolerance, (low, high)


def test_the_table_is_the_function():
    energy = np.exp(np.random.default_rng(11).uniform(np.log(0.26), np.log(12.0), 20_000))
    exact, quick = r_ratio(energy), quick_r_ratio(energy)
    # D Dbar to the psi(3770), where phase space begins and is cut off, and B Bbar.
    beside = (energy > 3.7285) & (energy < 3.775) | (np.abs(energy / 10.5588 - 1.0) < 3e-4)
    low = energy < 1.01 * 0.27914
    smooth = ~(low | beside)
    # Linear interpolation: h^2 f''/8 with steps of a seventh of the narrowest structure.
    np.testing.assert_allclose(quick[smooth], exact[smooth], rtol=5e-4)
    np.testing.assert_allclose(quick[beside], exact[beside], rtol=0.01)
    np.testing.assert_allclose(quick[low], exact[low], rtol=0.0, atol=1e-6)
    with pytest.raises(ValidityError, match="at most 12 GeV"):
        quick_r_ratio(13.0)
