"""Translation between direct-detection cross-sections and y."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from numpy.testing import assert_allclose
from quoted import quoted

from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.direct_detection import (
    REFERENCE_MOMENTUM,
    elastic_translation,
    reference_text,
    sigma_from_y,
    y_from_sigma,
)
from emiss.physics.constraints.direct_detection_curve import curve_in_y, read_curve_in_y


def test_electron_cross_section_by_hand() -> None:
    # m_chi = 100 MeV, y = 1e-9, heavy mediator: 16 pi/137.036 * (0.50840 MeV)^2 * 1e-9/(0.1 GeV)^4
    # = 9.481e-13 GeV^-2, times 3.8938e-28 cm^2. The screening (alpha m_e/m_A)^2 is 1e-10.
    mu = 0.1 * 0.51099895e-3 / (0.1 + 0.51099895e-3)
    expected = 16 * np.pi / 137.035999 * mu**2 * 1e-9 / 0.1**4 * 3.893793721e-28
    close(sigma_from_y(1e-9, 0.1, "scalar"), expected, 1e-8)


@pytest.mark.parametrize(
    ("mass", "factor"), [(1e-3, 0.026), (3e-3, 0.40), (1e-2, 0.903), (0.1, 0.9990)]
)
def test_reference_momentum_of_nucleons(mass: float, factor: float) -> None:
    # alpha m_p = 6.8468 MeV beside a mediator of 3 m_chi, [m^2/(m^2 + q^2)]^2; two digits.
    zero = sigma_from_y(1e-12, mass, "dirac", "nucleon", reference="zero")
    screened = sigma_from_y(1e-12, mass, "dirac", "nucleon", reference="alpha-m")
    assert_allclose(screened / zero, factor, rtol=0.012)
    exact = (9e6 * mass**2 / (9e6 * mass**2 + (938.27208816 / 137.035999) ** 2)) ** 2
    assert_allclose(screened / zero, exact, rtol=1e-12)


def test_nucleon_cross_section_by_hand() -> None:
    # Papers: q -> 0. 16 pi/137.036 (mu in GeV)^2 1e-12/(1 MeV)^4 GeV^-2.
    mu = 1e-3 * 938.27208816 / 939.27208816
    expected = 16 * np.pi / 137.035999 * mu**2 * 1e-12 / 1e-12 * 3.893793721e-28
    assert_allclose(sigma_from_y(1e-12, 1e-3, "dirac", "nucleon"), expected, rtol=1e-8)
    # It does not depend on the mediator's mass at q = 0.
    heavy = sigma_from_y(1e-12, 1e-3, "dirac", "nucleon", mass_ratio=1e6)
    assert_allclose(heavy, expected, rtol=1e-8)


def test_defaults_are_those_of_the_papers() -> None:
    for target, reference in (("electron", "alpha-m"), ("nucleon", "zero")):
        default = y_from_sigma(1e-38, 2e-3, "scalar", target)
        stated = y_from_sigma(1e-38, 2e-3, "scalar", target, reference=reference)
        assert default == stated
        assert REFERENCE_MOMENTUM[target] == reference
    assert reference_text("electron") == "quoted at q = alpha m_e"
    assert reference_text("nucleon") == "quoted at q -> 0"
    assert reference_text("nucleon", "alpha-m") == "quoted at q = alpha m_p"
    with pytest.raises(UnknownNameError, match="alpha-m"):
        sigma_from_y(1e-10, 0.1, "dirac", reference="alpha")


def test_curves_are_taken_for_mediators_of_thrice_the_mass(tmp_path) -> None:
    masses = np.array([1e-3, 0.01, 0.1])
    sigma = np.array([1e-36, 1e-38, 1e-39])
    curve = Overlay("x", masses, sigma, "sigma_e_cm2", 100.0 * sigma)
    file = tmp_path / "x.csv"
    file.write_text("mass_gev,sigma_e_cm2\n1e-3,1e-36\n0.01,1e-38\n0.1,1e-39\n")
    expected = y_from_sigma(sigma, masses, "scalar", "electron", 3.0)
    for found in (curve_in_y(curve, "scalar"), read_curve_in_y(file, "scalar")):
        assert_allclose(found.values, expected, rtol=1e-12)
        assert found.quantity == "y"
    assert_allclose(curve_in_y(curve, "scalar").upper, 100.0 * expected, rtol=1e-12)
    other = curve_in_y(curve, "scalar", mass_ratio=6.0)
    assert_allclose(other.values, y_from_sigma(sigma, masses, "scalar", "electron", 6.0))
    for text in ("epsilon", "sigma_e"):
        with pytest.raises(EmissError, match="cm"):
            curve_in_y(Overlay("x", masses, sigma, text), "scalar")
    with pytest.raises(EmissError, match="target"):
        curve_in_y(Overlay("x", masses, sigma, "sigma_cm2"), "scalar")


@pytest.mark.parametrize("target", ["electron", "nucleon"])
def test_round_trip(target: str) -> None:
    masses = np.geomspace(1e-4, 10.0, 20)
    sigma = np.geomspace(1e-44, 1e-30, 20)
    there = y_from_sigma(sigma, masses, "scalar", target, 2.5)
    np.testing.assert_allclose(
        sigma_from_y(there, masses, "scalar", target, 2.5), sigma, rtol=1e-13
    )


def test_published_pandax_4t_curve() -> None:
    # Cross-section and y of the published limit (arXiv:2212.10067 as redrawn in the y plane). The
    # publication rounds GeV^-2 to cm^2 (7e-5) and the electron mass to 0.511 MeV.
    masses, sigma, y = quoted("published_pandax4t_electrons").values()
    np.testing.assert_allclose(y_from_sigma(sigma, masses, "scalar"), y, rtol=2e-4)
    np.testing.assert_allclose(sigma_from_y(y, masses, "dirac"), sigma, rtol=2e-4)


@pytest.mark.parametrize("kind", ["majorana", "pseudo-dirac"])
def test_no_translation_is_said(kind: str) -> None:
    translation = elastic_translation(kind)
    assert not translation.exists
    assert "do not translate" in translation.statement
    with pytest.raises(ValidityError, match="do not translate"):
        y_from_sigma(1e-38, 0.1, kind)


@pytest.mark.parametrize(
    "arguments",
    [(-1e-38, 0.1), (np.nan, 0.1), (1e-38, 0.0), (1e-38, -1.0), (1e-38, np.inf)],
)
def test_bad_numbers(arguments: tuple[float, float]) -> None:
    with pytest.raises(EmissError):
        y_from_sigma(*arguments, "scalar")


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError, match="dirac"):
        sigma_from_y(1e-10, 0.1, "diracc")
    with pytest.raises(UnknownNameError, match="electron"):
        sigma_from_y(1e-10, 0.1, "dirac", "electrons")
    with pytest.raises(EmissError, match="mass_ratio"):
        sigma_from_y(1e-10, 0.1, "dirac", mass_ratio=float("nan"))
