"""What a column is, in the wordings of public records: recognised, converted or refused."""

import ast
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from closeness import close
from example_limits import island_limit, open_limit
from hypothesis import given, settings
from hypothesis import strategies as st

from emiss.ground.constants import ELECTRIC_CHARGE
from emiss.ground.errors import EmissError
from emiss.inference.comparison import compare_ratio, compare_regions
from emiss.physics import models
from emiss.physics.constraints import curves
from emiss.physics.constraints.curves.choosing import choose_rows
from emiss.physics.constraints.curves.conversion import epsilon_from_y, y_from_epsilon
from emiss.physics.constraints.curves.curve_files import read_curve, write_lmt
from emiss.physics.constraints.curves.mass_name import is_mass, is_of_dark_matter
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.curves.quantity import meaning_of
from emiss.physics.constraints.curves.saved_model import refuse_other_coupling
from emiss.physics.constraints.curves.table import Choice, Column, Table, read_choice
from emiss.physics.constraints.curves.unit_text import parse_unit
from emiss.physics.constraints.curves.wording import plain
from emiss.presentation.export import limit_record
from emiss.presentation.export.json_record import load_limit

MASSES = [2.0, 10.0, 100.0]


def save(tmp_path, content, name="curve.csv"):
    file = tmp_path / name
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    return file


def variable(name, values, units=""):
    return {"header": {"name": name, "units": units}, "values": [{"value": v} for v in values]}


def column(name, values, units="", **qualifiers):
    made = variable(name, values, units)
    made["qualifiers"] = [{"name": n, "value": v} for n, v in qualifiers.items()]
    return made


def hepdata(*columns, mass=("m_{A'}", "MeV"), masses=MASSES, more=()):
    return {
        "independent_variables": [variable(mass[0], masses, mass[1]), *more],
        "dependent_variables": list(columns),
    }


@pytest.mark.parametrize(
    ("head", "unit", "name", "power", "scale"),
    [
        ("90% CL upper limit on epsilon^2", "", "epsilon", 2, "linear"),
        (r"$\epsilon^2$", "", "epsilon", 2, "linear"),
        (r"$\varepsilon^{2}$", "", "epsilon", 2, "linear"),
        ("ε²", "", "epsilon", 2, "linear"),
        ("ϵ^2", "", "epsilon", 2, "linear"),
        ("eps2", "", "epsilon", 2, "linear"),
        ("UL_eps2", "", "epsilon", 2, "linear"),
        ("epsilon_sq", "", "epsilon", 2, "linear"),
        ("epsilon_squared", "", "epsilon", 2, "linear"),
        ("Epsilon Squared", "", "epsilon", 2, "linear"),
        ("epsilon**2", "", "epsilon", 2, "linear"),
        ("kinetic mixing squared", "", "epsilon", 2, "linear"),
        ("Square of the kinetic mixing", "", "epsilon", 2, "linear"),
        ("mixing strength squared $\\varepsilon^2$", "", "epsilon", 2, "linear"),
        ("$\\alpha'/\\alpha$", "", "epsilon", 2, "linear"),
        ("alpha_prime/alpha", "", "epsilon", 2, "linear"),
        ("dark photon coupling eps^2", "", "epsilon", 2, "linear"),
        ("epsilon", "", "epsilon", 1, "linear"),
        ("eps_90", "", "epsilon", 1, "linear"),
        ("limit_epsilon", "", "epsilon", 1, "linear"),
        ("Upper limit on $|\\epsilon|$", "", "epsilon", 1, "linear"),
        ("Kinetic mixing ($\\epsilon$)", "", "epsilon", 1, "linear"),
        ("kinetic mixing [dimensionless]", "", "epsilon", 1, "linear"),
        ("log10(epsilon)", "", "epsilon", 1, "log10"),
        (r"$\log_{10}(\varepsilon^2)$", "", "epsilon", 2, "log10"),
        ("log10_eps", "", "epsilon", 1, "log10"),
        (r"\log_{10} \epsilon", "", "epsilon", 1, "log10"),
        ("epsilon", "log10", "epsilon", 1, "log10"),
        ("ln(eps)", "", "epsilon", 1, "ln"),
        ("log(epsilon)", "", "epsilon", 1, "log"),
        ("y", "", "y", 1, "linear"),
        ("y (alpha_D = 0.1, m_A' = 3 m_chi)", "", "y", 1, "linear"),
        (r"Limit on $y = \epsilon^2 \alpha_D (m_\chi/m_{A'})^4$", "", "y", 1, "linear"),
        ("g_{B-L}", "", "g", 1, "linear"),
        ("$g_{Z'}$", "", "g", 1, "linear"),
        ("g^2", "", "g", 2, "linear"),
        (r"Coupling $g_{a\gamma\gamma}$", "GeV$^{-1}$", "g_agg", 1, "linear"),
        ("g_{a\\gamma}", "1/GeV", "g_agg", 1, "linear"),
        ("g_{ae}", "", "g_ae", 1, "linear"),
        ("95% CL upper limit on cross section", "FB", "sigma", 1, "linear"),
        (r"$\bar{\sigma}_e$", "cm$^2$", "sigma", 1, "linear"),
        ("BR(A'->inv)", "%", "branching", 1, "linear"),
        ("y^2", "", "y", 2, "linear"),
        ("Log10[y]", "", "y", 1, "log10"),
        ("epsilon [log10]", "", "epsilon", 1, "log10"),
        ("NA64 2016 epsilon", "", "epsilon", 1, "linear"),
        ("exp epsilon", "", "epsilon", 1, "linear"),
        ("90 epsilon", "", "epsilon", 1, "linear"),
        ("epsilon (2019)", "", "epsilon", 1, "linear"),
        ("log10(g_agg [MeV^-1])", "", "g_agg", 1, "log10"),
        ("coupling", "", "", 1, "linear"),
        ("Observed 90% CL limit", "", "", 1, "linear"),
    ],
)
def test_heads_are_recognised(head, unit, name, power, scale):
    found = meaning_of(head, unit)
    assert (found.name, found.power, found.scale) == (name, power, scale)


@pytest.mark.parametrize(
    "head",
    ["epsilon*sqrt(alpha_D)", "epsilon^2 x BR(ee)", "epsilon^2 alpha_D", "sigma x BR",
     "(g-2)_mu", "g_mu", "epsilon_e", "+1 sigma", "Events", "lifetime", "sin(theta)", "p-value",
     "inverse epsilon", "epsilon^(1/2)", "epsilon^0.5", "exp(epsilon)", "1+epsilon", "1-epsilon",
     "delta epsilon", "epsilon error", "uncertainty of epsilon", "epsilon_eff",
     "epsilon (efficiency)", "(log10 epsilon)^2", "log2(epsilon)",
     "epsilon^2 e8", "y (x 10^12)", "y/y_relic", "y-axis", r"g_{a\gamma\gamma} x 10^4 [GeV^-1]",
     "g_agg/2 [1/GeV]",
     "2 epsilon", "epsilon # times 1e4", "g relative to g_0"],
)  # fmt: skip
def test_other_quantities_keep_a_name_of_their_own(head):
    assert meaning_of(head).name not in {"epsilon", "g", "y", "sigma", "branching", ""}


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("MEV", "energy", 1e-3), ("GeV/c^2", "energy", 1.0), ("GeV/$c^2$", "energy", 1.0),
        ("keV", "energy", 1e-6), ("eV", "energy", 1e-9), ("μeV", "energy", 1e-15),
        ("TeV", "energy", 1e3), ("cm$^2$", "area", 1.0), ("PB", "area", 1e-36),
        ("10^{-36} cm^2", "area", 1e-36), ("GeV^{-1}", "per energy", 1.0),
        ("TeV$^{-1}$", "per energy", 1e-3), ("10^-4 GeV^-1", "per energy", 1e-4),
        ("%", "number", 0.01), ("10^-4", "number", 1e-4), ("1", "number", 1.0), ("", "number", 1.0),
        ("events", "other", math.nan), ("ppm", "number", 1e-6), ("per mille", "number", 1e-3),
    ],
)  # fmt: skip
def test_units(text, dimension, factor):
    unit = parse_unit(text)
    assert unit.dimension == dimension
    np.testing.assert_allclose(unit.factor, factor, rtol=1e-12, atol=0.0)


def test_milli_electronvolt_is_asked_for():
    with pytest.raises(EmissError, match="write MeV"):
        parse_unit("meV")
    assert parse_unit("mev").factor == parse_unit("MeV").factor


def test_plain_spelling_is_stable():
    assert plain(r"$\varepsilon^{2}$") == plain("ε²") == plain("epsilon**2") == "epsilon^2"
    assert plain(r"$m_{A^{\prime}}$") == plain("m_{A'}") == "m_a'"


@pytest.mark.parametrize(
    "head", ["m_{A'}", "mass_gev", "M(A')", "Boson mass", "log10(m_A'/GeV)", "mX"]
)
def test_masses(head):
    assert is_mass(head)


@pytest.mark.parametrize(
    "head",
    ["m x 1000 [GeV]", "mass (x1000) [GeV]", "1000 m [GeV]", "2m_chi [MeV]", "m/2 [MeV]", "m/m_e",
     "mass difference [MeV]", "mass error [MeV]", "delta m [MeV]", "half mass [MeV]", "E [GeV]",
     "-log10(m/GeV)", "log10(GeV/m)", "m_A'^2 [MeV^2]", "f_a [GeV]", "mass ratio [10^-3 GeV]",
     "mass (squared) [GeV]", "squared mass [GeV]", "relative mass [GeV]", "mass times 3 [GeV]",
     "mass multiplied by 1000 [GeV]", "number of mass points [GeV]", "mass 1e3 [GeV]",
     "mass x 3 [GeV]",
     "square root of the mass [GeV]", "mass (units of 10 MeV)", "mass minus 1 [GeV]"],
)  # fmt: skip
def test_what_is_made_of_a_mass_is_none(tmp_path, head):
    with pytest.raises(EmissError, match="is a mass"):
        read_curve(save(tmp_path, f"{head},epsilon\n1,1e-5\n2,1e-5\n", "c.csv"))


@pytest.mark.parametrize(
    "head",
    ["X17 mass [MeV]", r"$m_{\tilde\chi^0_1}$ [MeV]", "m_chi (m_A'/m_chi=3) [MeV]",
     "Mass of H^{++} [MeV]", "2016 mass [MeV]", "mass (90% CL) [MeV]",
     "mass points [MeV]", "mass hypothesis Fig. 3 [MeV]", "mass from Table 2 (53 fb^-1) [MeV]"],
)  # fmt: skip
def test_words_beside_a_mass_change_nothing(tmp_path, head):
    y = save(tmp_path, f"{head},y\n1,1e-12\n10,1e-11\n", "c.csv")
    np.testing.assert_allclose(read_curve(y).masses, [1e-3, 1e-2], rtol=1e-12)


def test_which_mass():
    assert all(
        is_of_dark_matter(h) for h in ("m_chi_MeV", r"$m_{\chi}$", "Dark-matter mass", "DM mass")
    )
    assert not any(is_of_dark_matter(h) for h in ("m_{A'}", "Mediator mass", "mass"))
    assert not any(is_mass(h) for h in ("PT", "SQRT(S)", "x", "epsilon", "energy"))


# --- conversions through files


@pytest.mark.parametrize(
    ("head", "unit", "given"),
    [
        ("90% CL upper limit on epsilon^2", "", [4e-9, 4e-8, 4e-6]),
        (r"$\log_{10}(\epsilon)$", "", [math.log10(math.sqrt(v)) for v in (4e-9, 4e-8, 4e-6)]),
        ("log10(eps^2)", "", [math.log10(v) for v in (4e-9, 4e-8, 4e-6)]),
        ("ln(epsilon)", "", [0.5 * math.log(v) for v in (4e-9, 4e-8, 4e-6)]),
        ("epsilon", "10^-4", [1e4 * math.sqrt(v) for v in (4e-9, 4e-8, 4e-6)]),
        ("alpha'/alpha", "", [4e-9, 4e-8, 4e-6]),
        ("epsilon^2 [%]", "", [4e-7, 4e-6, 4e-4]),
    ],
)
def test_each_spelling_of_a_curve_is_the_same_curve(tmp_path, head, unit, given):
    expected = np.sqrt([4e-9, 4e-8, 4e-6])
    curve = read_curve(save(tmp_path, hepdata(column(head, given, unit)), "t.yaml"))
    assert curve.quantity == "epsilon"
    np.testing.assert_allclose(curve.masses, [0.002, 0.01, 0.1], rtol=1e-12)
    # Digits of the numbers written, some 1e-15, times the derivative of the antilogarithm.
    np.testing.assert_allclose(curve.values, expected, rtol=1e-12)
    assert any(done in curve.reading for done in ("taken", "in units of"))
    head = f"{head} [{unit}]" if unit else head
    rows = "\n".join(f"{m}\t{v!r}" for m, v in zip(MASSES, given, strict=True))
    again = read_curve(save(tmp_path, f"m_A' [MeV]\t{head}\n{rows}\n", "t.tsv"))
    np.testing.assert_allclose(again.values, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("mass", "unit", "values"),
    [
        ("log10(m_A'/GeV)", "", [-2.0, -1.0, 0.0]),
        ("log10(mass [MeV])", "", [1.0, 2.0, 3.0]),
        ("$m_{A'}$ [keV]", "", [1e4, 1e5, 1e6]),
        ("M", "TEV", [1e-5, 1e-4, 1e-3]),
        ("Mass", "GeV/$c^2$", [0.01, 0.1, 1.0]),
    ],
)
def test_masses_in_any_unit_and_scale(tmp_path, mass, unit, values):
    content = hepdata(column("epsilon", [1e-5] * 3), mass=(mass, unit), masses=values)
    curve = read_curve(save(tmp_path, content, "t.yaml"))
    np.testing.assert_allclose(curve.masses, [0.01, 0.1, 1.0], rtol=1e-12)


@pytest.mark.parametrize(
    ("head", "unit", "problem"),
    [
        ("95% CL upper limit on cross section", "FB", "cross-section in FB and not a coupling"),
        ("sigma(e+e- -> gamma A') [pb]", "", "not a coupling"),
        ("epsilon", "GeV", "'GeV' does not belong"),
        ("epsilon [MeV]", "", "'MeV' does not belong"),
        ("$\\epsilon^2$", "furlong", "'furlong' does not belong"),
        ("y", "cm^2", "'cm\\^2' does not belong"),
        ("90% CL limit", "FB", "'FB' does not belong"),
        ("coupling [fb]", "", "'fb' does not belong"),
        ("g_agg", "cm^2", "does not belong"),
        ("g_agg^2", "GeV^-1", "'GeV\\^-1' does not belong to 'g_agg\\^2' .*, which has GeV\\^-2"),
        ("g_agg", "GeV^-2", "'GeV\\^-2' does not belong to 'g_agg' .*, which has GeV\\^-1"),
        ("epsilon", "GeV^-2", "which has no unit"),
        ("sigma_e^2", "cm^2", "which has cm\\^4"),
        ("log(epsilon)", "", "base of the logarithm"),
        ("cross section", "", "without a unit"),
    ],
)
def test_what_does_not_belong_is_refused(tmp_path, head, unit, problem):
    with pytest.raises(EmissError, match=problem) as caught:
        read_curve(save(tmp_path, hepdata(column(head, [1e-5] * 3, unit)), "t.yaml"))
    assert str(tmp_path / "t.yaml") in str(caught.value)


def test_cross_sections_of_direct_detection_are_curves(tmp_path):
    for head, unit, name, factor in (
        (r"$\bar{\sigma}_e$", "cm$^2$", "sigma_e_cm2", 1.0),
        ("sigma_e_cm2", "", "sigma_e_cm2", 1.0),
        ("DM-nucleon cross section", "PB", "sigma_n_cm2", 1e-36),
        ("Spin-independent cross-section", "CM**2", "sigma_n_cm2", 1.0),
    ):
        content = hepdata(column(head, [1e-3] * 3, unit), mass=("m_chi", "MeV"))
        curve = read_curve(save(tmp_path, content, "t.yaml"))
        assert curve.quantity == name
        np.testing.assert_allclose(curve.values, 1e-3 * factor, rtol=1e-12)


def test_inverse_energies(tmp_path):
    for head, unit, factor in (
        ("g_{a\\gamma\\gamma}", "GeV^{-1}", 1.0),
        ("g_agg [TeV^-1]", "", 1e-3),
    ):
        curve = read_curve(save(tmp_path, hepdata(column(head, [1e-5] * 3, unit)), "t.yaml"))
        assert (curve.quantity, curve.unit) == ("g_agg", "GeV^-1")
        np.testing.assert_allclose(curve.values, 1e-5 * factor, rtol=1e-12)


@pytest.mark.parametrize(
    ("head", "unit", "factor"),
    [
        ("g_agg^2 [GeV^-2]", "", 1.0),
        ("$g_{a\\gamma\\gamma}^{2}$", "TeV$^{-2}$", 1e-3),
        ("g_agg squared in 1/GeV^2", "", 1.0),
        ("g_agg^2 GeV-2", "", 1.0),
        ("g_agg^2", "10^-10 GeV^-2", 1e-5),
    ],
)
def test_squares_of_inverse_energies_are_read_as_roots(tmp_path, head, unit, factor):
    content = hepdata(column(head, [4e-10, 9e-10, 1.6e-9], unit))
    curve = read_curve(save(tmp_path, content, "t.yaml"))
    assert (curve.quantity, curve.unit) == ("g_agg", "GeV^-1")
    np.testing.assert_allclose(curve.values, factor * np.array([2e-5, 3e-5, 4e-5]), rtol=1e-12)


# --- choosing

TWO = hepdata(
    column("y", [4e-14, 4e-13, 4e-11], alpha_D=0.1),
    column("y", [8e-14, 8e-13, 8e-11], alpha_D=0.5),
    mass=("m_chi", "MEV"),
)


def test_columns_of_one_name_by_qualifier_or_number(tmp_path):
    file = save(tmp_path, TWO, "t.yaml")
    with pytest.raises(EmissError, match=r"1: 'y' \(alpha_D = 0.1\), 2: 'y' \(alpha_D = 0.5\)"):
        read_curve(file)
    with pytest.raises(EmissError, match="2 columns"):
        read_curve(file, column="y")
    for choice in (
        Choice(qualifiers=(("alpha_D", "0.5"),)),
        Choice(qualifiers=(("ALPHA_D", "5e-1"),)),
        Choice(column="2"),
        Choice(column="#2"),
        Choice(column="y", qualifiers=(("alpha_D", "0.50"),)),
    ):
        curve = read_curve(file, choice=choice)
        np.testing.assert_array_equal(curve.values, [8e-14, 8e-13, 8e-11])
        assert curve.alpha_dark == 0.5
    with pytest.raises(EmissError, match=r"no column has the qualifier alpha_D = 0.3"):
        read_curve(file, choice=Choice(qualifiers=(("alpha_D", "0.3"),)))
    with pytest.raises(EmissError, match="no column 3"):
        read_curve(file, column="3")


def test_an_exact_name_wins(tmp_path):
    content = hepdata(column("epsilon", [1e-5] * 3), column("epsilon expected", [2e-5] * 3))
    file = save(tmp_path, content, "t.yaml")
    assert read_curve(file, column="epsilon").values[0] == 1e-5
    assert read_curve(file, column="expected").values[0] == 2e-5
    numbers = hepdata(column("2", [1e-5] * 3), column("epsilon", [2e-5] * 3))
    chosen = Choice(column="2", quantity="epsilon")
    assert read_curve(save(tmp_path, numbers, "n.yaml"), choice=chosen).values[0] == 1e-5


def test_observed_is_taken_unless_told_otherwise(tmp_path):
    text = (
        "mass [GeV],epsilon expected,epsilon -1 sigma,epsilon +1 sigma,epsilon observed\n"
        "0.01,2e-5,1e-5,3e-5,5e-5\n0.1,2e-4,1e-4,3e-4,5e-4\n"
    )
    file = save(tmp_path, text)
    np.testing.assert_array_equal(read_curve(file).values, [5e-5, 5e-4])
    np.testing.assert_array_equal(read_curve(file, column="expected").values, [2e-5, 2e-4])
    np.testing.assert_array_equal(read_curve(file, column="3").values, [3e-5, 3e-4])


def test_choices_are_the_same_in_every_format(tmp_path):
    (tmp_path / "limit.json").write_text(json.dumps(limit_record(open_limit())), encoding="utf-8")
    limit = open_limit()
    np.testing.assert_array_equal(
        read_curve(tmp_path, column="expected 0").values, limit.expected["0"]
    )
    y = read_curve(tmp_path, column="y")
    np.testing.assert_array_equal(y.values, limit.y)
    np.testing.assert_array_equal(y.masses, limit.dark_matter_mass)
    assert (y.alpha_dark, y.mass_ratio) == (0.1, 3.0)
    lmt = save(tmp_path, "# mass lower upper\n0.01 1e-6 1e-5\n0.1 1e-6 1e-5\n", "c.lmt")
    np.testing.assert_array_equal(read_curve(lmt, column="upper").values, [1e-5, 1e-5])
    assert read_choice(["alpha_D=0.5", " a = b=c "]) == (("alpha_D", "0.5"), ("a", "b=c"))
    with pytest.raises(EmissError, match="NAME=VALUE"):
        read_choice(["alpha_D"])


# --- variables


def test_no_variable_is_ignored(tmp_path):
    second = variable("alpha_D", [0.1, 0.1, 0.5, 0.5])
    content = hepdata(
        column("epsilon", [1e-5, 2e-5, 3e-5, 4e-5]), masses=[1, 2, 1, 2], more=[second]
    )
    file = save(tmp_path, content, "t.yaml")
    with pytest.raises(EmissError, match="'alpha_D' is a second variable"):
        read_curve(file)
    curve = read_curve(file, choice=Choice(qualifiers=(("alpha_D", "0.5"),)))
    np.testing.assert_array_equal(curve.values, [3e-5, 4e-5])
    with pytest.raises(EmissError, match=r"nowhere 0\.3"):
        read_curve(file, choice=Choice(qualifiers=(("alpha_D", "0.3"),)))
    rows = "1,0.1,1e-5\n2,0.1,2e-5\n1,0.5,3e-5\n2,0.5,4e-5\n"
    text = save(tmp_path, "mass_mev,alpha_D,epsilon\n" + rows)
    with pytest.raises(EmissError, match="second variable"):
        read_curve(text)
    curve = read_curve(text, choice=Choice(qualifiers=(("alpha_D", "0.1"),)))
    np.testing.assert_array_equal(curve.values, [1e-5, 2e-5])


def test_two_masses_that_go_together_are_one_variable(tmp_path):
    text = "m_A'_mev,m_chi_mev,epsilon,y\n3,1,1e-5,1e-13\n30,10,1e-4,1e-11\n"
    file = save(tmp_path, text)
    np.testing.assert_allclose(read_curve(file, column="epsilon").masses, [3e-3, 0.03], rtol=1e-12)
    np.testing.assert_allclose(read_curve(file, column="y").masses, [1e-3, 0.01], rtol=1e-12)
    loose = save(tmp_path, "m_A'_mev,m_chi_mev,epsilon\n3,1,1e-5\n30,2,1e-4\n")
    with pytest.raises(EmissError, match="second variable"):
        read_curve(loose)


def test_a_table_without_a_mass_is_refused(tmp_path):
    for head, unit in (("PT", "GeV"), ("lifetime", "ns"), ("SQRT(S)", "GeV")):
        content = hepdata(column("epsilon", [1e-5] * 3), mass=(head, unit))
        with pytest.raises(EmissError, match=r"is a mass|not one of mass"):
            read_curve(save(tmp_path, content, "t.yaml"))
    swapped = read_curve(save(tmp_path, "epsilon,mass_mev\n1e-5,1\n1e-4,10\n"))
    np.testing.assert_allclose(swapped.masses, [1e-3, 1e-2], rtol=1e-12)
    np.testing.assert_array_equal(swapped.values, [1e-5, 1e-4])


def test_a_coupling_against_the_wrong_mass_needs_the_ratio(tmp_path):
    file = save(tmp_path, "m_chi_mev,epsilon\n1,1e-5\n10,1e-4\n")
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        read_curve(file)
    curve = read_curve(file, choice=Choice(mass_ratio=3.0))
    np.testing.assert_allclose(curve.masses, [3e-3, 3e-2], rtol=1e-12)
    file = save(tmp_path, "m_A'_mev,y\n3,1e-13\n30,1e-11\n")
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        read_curve(file)


def test_y_becomes_epsilon_only_when_both_numbers_are_given(tmp_path):
    file = save(tmp_path, "m_chi_mev,y\n1,1e-13\n10,1e-11\n")
    assert read_curve(file).quantity == "y"
    curve = read_curve(file, choice=Choice(alpha_dark=0.1, mass_ratio=3.0))
    assert curve.quantity == "epsilon"
    # y = epsilon^2 alpha_D / R^4, by hand: sqrt(81 y / 0.1)
    np.testing.assert_allclose(
        curve.values, np.sqrt(81.0 * np.array([1e-13, 1e-11]) / 0.1), rtol=1e-12
    )
    np.testing.assert_allclose(curve.masses, [3e-3, 3e-2], rtol=1e-12)
    np.testing.assert_allclose(y_from_epsilon(curve.values, 0.1, 3.0), [1e-13, 1e-11], rtol=1e-12)
    np.testing.assert_allclose(epsilon_from_y(np.array([1e-12]), 1.0, 1.0), 1e-6, rtol=1e-12)
    with pytest.raises(EmissError, match="both"):
        read_curve(file, choice=Choice(alpha_dark=0.1))
    two = save(tmp_path, TWO, "t.yaml")
    with pytest.raises(EmissError, match=r"states 0\.5"):
        read_curve(two, choice=Choice(column="2", alpha_dark=0.1, mass_ratio=3.0))


# --- layouts of text


@pytest.mark.parametrize(
    "text",
    [
        "0.002 1e-4\n0.01 3e-4\n0.1 1e-3\n",
        "  2.0e-3   1e-4  \n\n# middle\n1e-2 3e-4\n.1 1E-3",
        "# units: MeV, 1\n2 1e-4\n10 3e-4\n100 1e-3\n",
        "mass_gev\tepsilon\n0.002\t1e-4\n0.01\t3e-4\n0.1\t1e-3\n",
        "mass [MeV]   epsilon\n2 1e-4\n10 3e-4\n100 1e-3\n",
        "# mass [eV] kinetic mixing\n2e6\t1e-4\n1e7\t3e-4\n1e8\t1e-3\n",
        "# mass [eV] kinetic mixing [dimensionless]\n2e6\t1e-4\n1e7\t3e-4\n1e8\t1e-3\n",
        "# m_A' [MeV]   epsilon\n2 1e-4\n10 3e-4\n100 1e-3\n",
        "% log10(m/GeV)  log10(epsilon)\n-2.6989700043360187 -4\n-2 -3.5228787452803374\n-1 -3\n",
        "mass_mev;epsilon\n2;1e-4\n10;3e-4\n100;1e-3\n",
        '"mass [GeV]","Limit on epsilon, observed"\n0.002,1e-4\n0.01,3e-4\n0.1,1e-3\n',
        "#: table_doi: 10.17182/hepdata.1.v1/t1\n#: name: Table 1\n"
        "$m_{A'}$ [GEV],$m_{A'}$ [GEV] LOW,$m_{A'}$ [GEV] HIGH,$\\epsilon^2$\n"
        "0.002,0.001,0.003,1e-8\n0.01,0.005,0.02,9e-8\n0.1,0.05,0.2,1e-6\n",
        "# quantity: 90% CL upper limit on epsilon^2\nmass_mev,limit\n2,1e-8\n10,9e-8\n100,1e-6\n",
    ],
)
def test_layouts(tmp_path, text):
    curve = read_curve(save(tmp_path, text, "c.txt"))
    np.testing.assert_allclose(curve.masses, [0.002, 0.01, 0.1], rtol=1e-12)
    np.testing.assert_allclose(curve.values, [1e-4, 3e-4, 1e-3], rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "mass_mev,epsilon\n1,5,2e-5\n2,5,3e-5\n",
            "3 cells where there are 2 columns; write decimal",
        ),
        ("mass_mev;epsilon\n1,500;2e-5\n2,500;3e-5\n", "decimal points"),
        ("mass_mev;epsilon\n1,5;2.0e-5\n2,5;3e-5\n", "decimal points"),
        ("0,01 1e-5\n0,02 1e-5\n", "unit of the mass"),
        ("mass_mev,epsilon\n1,1e-5\n2,2e-5\n\nmass_mev,y\n1,1e-13\n", "'mass_mev' is not a number"),
        ("mass_mev,epsilon\n1,1_0e-5\n2,2e-5\n", "'1_0e-5' is not a number"),
        ("mass_mev,epsilon\n١,1e-5\n2,2e-5\n", "is not a number"),
        ("mass_mev,epsilon\n1,0x1p-3\n2,2e-5\n", "is not a number"),
        (f"mass_mev,epsilon\n1,{'9' * 500}\n2,2e-5\n", "is not a number"),
        ("mass_mev,epsilon\n1,1e-400\n2,2e-5\n", "not positive"),
        ("mass_mev,log10(epsilon)\n1,400\n2,-2\n", "out of range"),
        ("x,y\n1,1e-5\n2,2e-5\n", "unit of the mass"),
        ("mass_mev,alpha,beta\n1,2,3\n2,3,4\n", "several columns"),
    ],
)
def test_text_that_is_refused(tmp_path, text, problem):
    with pytest.raises(EmissError, match=problem):
        read_curve(save(tmp_path, text, "c.csv"))


def test_units_may_be_stated_but_not_contradicted(tmp_path):
    file = save(tmp_path, "0.01,1e-10\n0.02,4e-10\n")
    with pytest.raises(EmissError, match="--mass-unit"):
        read_curve(file)
    curve = read_curve(file, choice=Choice(mass_unit="MeV", quantity="epsilon^2"))
    np.testing.assert_allclose(curve.masses, [1e-5, 2e-5], rtol=1e-12)
    np.testing.assert_allclose(curve.values, [1e-5, 2e-5], rtol=1e-12)
    stated = save(tmp_path, "mass_gev,epsilon\n0.01,1e-5\n0.02,2e-5\n")
    with pytest.raises(EmissError, match="contradicts"):
        read_curve(stated, choice=Choice(mass_unit="MeV"))
    with pytest.raises(EmissError, match="contradicts"):
        read_curve(stated, choice=Choice(quantity="epsilon^2"))
    with pytest.raises(EmissError, match="write eV"):
        read_curve(file, choice=Choice(mass_unit="pb"))
    with pytest.raises(EmissError, match="write epsilon"):
        read_curve(stated, choice=Choice(quantity="limit"))
    blank = save(tmp_path, "10 1e-5\n20 2e-5\n", "c.txt")
    assert "--mass-unit" in read_curve(blank).notes[0]
    np.testing.assert_allclose(
        read_curve(blank, choice=Choice(mass_unit="MeV")).masses, [0.01, 0.02], rtol=1e-12
    )


def test_darkcast_tables(tmp_path):
    ratios = "# mass g r\n0.3 1e-6 0.45\n0.3 1e-5 0.45\n0.4 1e-6 0.6\n"
    with pytest.raises(EmissError, match="ratios r"):
        read_curve(save(tmp_path, ratios, "r.lmt"))
    text = "# mass lower upper\n0.01 1e-7 1e-5\n0.02 2e-7 5e-6\n0.03 1e5 1e5\n0.04 1e5 1e5\n"
    curve = read_curve(save(tmp_path, text, "b.lmt"))
    np.testing.assert_array_equal(curve.masses, [0.01, 0.02])
    # A quantity that is written comes back.
    write_lmt(Overlay("a", np.array([0.1, 0.2]), np.array([1e-5, 2e-5]), "g"), tmp_path / "g.lmt")
    assert read_curve(tmp_path / "g.lmt").quantity == "g"


# --- closed contours


def ring(start=0):
    """A rhombus in logarithms, clockwise from one of its corners, closed."""
    corners = [(0.01, 1e-5), (0.03, 1e-4), (0.1, 1e-5), (0.03, 1e-6)]
    corners = corners[start:] + corners[:start]
    return [*corners, corners[0]]


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("name", ["c.csv", "c.txt", "c.yaml", "c.json", "c.lmt"])
def test_closed_contours_are_regions_in_every_format(tmp_path, start, name):
    points = ring(start)
    if name == "c.csv":
        content = "mass_gev,epsilon\n" + "\n".join(f"{m},{v}" for m, v in points)
    elif name in {"c.txt", "c.lmt"}:
        content = "\n".join(f"{m} {v}" for m, v in points)
    else:
        content = hepdata(
            column("epsilon", [v for _, v in points]),
            mass=("m", "GeV"),
            masses=[m for m, _ in points],
        )
        content = content if name == "c.yaml" else json.dumps(content)
    curve = read_curve(save(tmp_path, content, name))
    np.testing.assert_allclose(curve.masses, [0.01, 0.03, 0.1], rtol=1e-12)
    np.testing.assert_allclose(curve.values, [1e-5, 1e-6, 1e-5], rtol=1e-9)
    np.testing.assert_allclose(curve.upper, [1e-5, 1e-4, 1e-5], rtol=1e-9)
    assert "closed region" in curve.notes[-1]


def test_a_border_that_is_not_one_interval_per_mass_is_refused(tmp_path):
    # A figure of eight: the two ways cross.
    points = [(1, 1e-5), (10, 1e-3), (20, 1e-5), (10, 1e-4), (5, 1e-2), (1, 1e-5)]
    text = "mass_mev,epsilon\n" + "\n".join(f"{m},{v}" for m, v in points)
    with pytest.raises(EmissError, match=r"not one interval|out of order"):
        read_curve(save(tmp_path, text))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    count=st.integers(12, 60),
    start=st.floats(0.0, 1.0),
    backwards=st.booleans(),
    repeat=st.booleans(),
    width=st.floats(0.02, 3.0),
)
def test_ellipses_are_regions_wherever_they_start(
    tmp_path_factory, count, start, backwards, repeat, width
):
    """An ellipse in logarithms: both edges are known in closed form."""
    angle = 2 * math.pi * (start + np.arange(count + repeat) / count)
    angle = -angle if backwards else angle
    masses, values = 0.05 * np.exp(width * np.cos(angle)), 1e-5 * np.exp(np.sin(angle))
    rows = "\n".join(f"{m!r},{v!r}" for m, v in zip(masses.tolist(), values.tolist(), strict=True))
    file = save(tmp_path_factory.mktemp("ring"), f"mass_gev,epsilon\n{rows}\n")
    curve = read_curve(file)
    assert curve.upper is not None
    u = np.clip(np.log(curve.masses / 0.05) / width, -1.0, 1.0)
    # Chords of a polygon with n corners lie inside by at most 1 - cos(pi/n) (times the slope, which
    # grows at the tips: left out).
    inner = np.abs(u) < 0.7
    height = np.sqrt(1.0 - u[inner] ** 2)
    sag = 2.5 * (1.0 - math.cos(math.pi / count)) / (1.0 - 0.7**2)
    for edge, sign in ((curve.values, -1.0), (curve.upper, 1.0)):
        np.testing.assert_allclose(np.log(edge[inner] / 1e-5), sign * height, rtol=0, atol=sag)


# --- comparison


def test_a_ratio_beyond_a_thousand_everywhere_asks():
    limit = open_limit()
    square = Overlay("sq", limit.masses, limit.observed**2, "epsilon")
    found = compare_regions(limit, square)
    assert "are both epsilon" in found.notes[-1]
    near = Overlay("near", limit.masses, 900.0 * limit.observed, "epsilon")
    assert compare_regions(limit, near).notes == ()
    # One point within a factor of 1000 is enough not to ask.
    values = 1e4 * limit.observed
    values[0] = limit.observed[0]
    assert compare_regions(limit, Overlay("one", limit.masses, values, "epsilon")).notes == ()


def test_another_dark_sector_is_said():
    limit = open_limit()
    other = Overlay("y", limit.dark_matter_mass, limit.y, "y", alpha_dark=0.5, mass_ratio=3.0)
    (note,) = compare_regions(limit, other).notes
    assert "alpha_dark = 0.5" in note
    bare = replace(other, alpha_dark=None, mass_ratio=None)
    with pytest.raises(EmissError, match="turned into epsilon"):
        compare_ratio(island_limit(), bare)


def test_saved_limits_are_checked_like_anything_else(tmp_path):
    def broken(**changes):
        record = limit_record(open_limit()) | changes
        return save(tmp_path, json.dumps(record), "limit.json")

    good = limit_record(open_limit())
    count = len(good["masses_gev"])
    for changes, problem in (
        ({"masses_gev": good["masses_gev"][::-1]}, "ascend"),
        ({"masses_gev": [-1.0, *good["masses_gev"][1:]]}, "positive"),
        ({"observed": [-1e-5] * count}, "must be positive"),
        ({"observed": [0.0] * count}, "must be positive"),
        ({"observed": [1e-5] * (count - 1)}, "one per mass"),
        ({"observed": ["many"] * count}, "only numbers"),
        (
            {"observed": [1e-5, *[None] * (count - 2), 1e-5], "y": None},
            "inside the curve",
        ),
        ({"y": [1e6 * y for y in good["y"]]}, "'y' does not follow from 'observed'"),
        (
            {"dark_matter_masses_gev": good["masses_gev"]},
            "'dark_matter_masses_gev' does not follow",
        ),
        (
            {"coupling_label": "g"},
            "'coupling_label' 'g' does not belong to the model 'dark-photon'",
        ),
        ({"model_parameters": good["model_parameters"] | {"alpha_dark": -1}}, "alpha_dark"),
        ({"model_parameters": good["model_parameters"] | {"mass_ratio": -3}}, "mass_ratio"),
        ({"observed": [1e-320] * count}, "from 1e-60 to 1e\\+60"),
        ({"observed": [1e300] * count}, "from 1e-60 to 1e\\+60"),
        (
            {"expected": {"0": good["expected"]["1"], "1": good["expected"]["0"]}},
            "band 0 lies above band 1",
        ),
        ({"observed_upper": [1e-9] * count}, "below the lower"),
        ({"coupling_name": 3}, "coupling_name"),
        ({"coupling_name": "epsilon error"}, "not that of a coupling"),
        ({"coupling_name": "epsilon_error"}, "not that of a coupling"),
        ({"coupling_name": "epsilon^2"}, "not that of a coupling"),
        ({"coupling_name": "log10_epsilon"}, "not that of a coupling"),
        ({"coupling_name": "expected epsilon"}, "not that of a coupling"),
        ({"coupling_name": "banana"}, "banana.*that of the model 'dark-photon', which is epsilon"),
        ({"coupling_name": "g"}, "'g' is not that of the model"),
        ({"coupling_name": "y"}, "'y' is not that of the model"),
        ({"coupling_name": "banana", "model": None}, "is not that of a coupling known here"),
        ({"model": 3}, "'model' must be the name"),
        ({"model": "b-l"}, "which is g"),
        ({"model_parameters": {"dark_matter": "banana"}}, "'model_parameters': .*banana"),
        ({"model_parameters": {"banana": 1}}, "'model_parameters': .*banana"),
        ({"projection": "yes"}, "'projection' must be true or false"),
        ({"expected": [1e-5] * count}, "'expected' must be an object"),
        ({"expected": {"median": [1e-5] * count}}, "'expected' must be an object"),
        ({"observed": ["1e-5"] * count}, "only numbers"),
        ({"observed": [True] * count}, "only numbers"),
        ({"expected": {"0": [-1e-5] * count}}, "must be positive"),
        ({"y": [-1e-12] * count, "dark_matter_masses_gev": good["masses_gev"]}, "must be positive"),
        ({"y": [1e-12] * count, "dark_matter_masses_gev": good["masses_gev"][::-1]}, "ascend"),
        ({"coupling_unit": "GeV^-1"}, "does not belong"),
        ({"coupling_unit": 1}, "does not belong"),
        ({"cl": 5}, "'cl' must be"),
        ({"cl": "0.9"}, "'cl' must be"),
        ({"model_parameters": {"mass_ratio": -3}}, "'mass_ratio' must be"),
        ({"model_parameters": {"alpha_dark": "x"}}, "'alpha_dark' must be"),
    ):
        file = broken(**changes)
        with pytest.raises(EmissError, match=problem):
            read_curve(file)


@pytest.mark.parametrize(
    "changes",
    [
        {"coupling_name": "banana"}, {"coupling_name": "g"}, {"method": "banana"},
        {"coupling_unit": "banana"}, {"coupling_unit": None}, {"mediator_symbol": 3},
        {"coupling_unit": "GeV^-1"}, {"coupling_label": "g"}, {"y": [1e-9] * 7},
        {"dark_matter_masses_gev": [0.1 * k for k in range(1, 8)]},
        {"model_parameters": {"alpha_dark": -1, "mass_ratio": 3.0, "dark_matter": "scalar"}},
        {"model_parameters": {"alpha_dark": 0.1, "mass_ratio": 1e9, "dark_matter": "scalar"}},
        {"observed": [1e-320] * 7}, {"observed": [1e300] * 7}, {"signal_events": [-1.0] * 7},
        {"model": "mine", "model_parameters": {"mass_ratio": -3.0}},
        {"shares": {"bremsstrahlung": [2.0] * 7}}, {"shares": {"bremsstrahlung": [-1.0] * 7}},
        {"model_parameters": {"dark_matter": "banana"}},
    ],
)  # fmt: skip
def test_a_limit_that_is_loaded_has_the_words_that_one_can_have(tmp_path, changes):
    file = save(tmp_path, json.dumps(limit_record(open_limit()) | changes), "limit.json")
    with pytest.raises(EmissError, match=rf"limit\.json.*'{next(iter(changes))}|coupling_name"):
        load_limit(file)


def test_the_coupling_of_a_model_of_ones_own_may_have_any_name(tmp_path):
    changes = {"model": "mine", "coupling_name": "zeta", "model_parameters": {"kind": "vector"}}
    record = limit_record(open_limit()) | changes | {"y": None, "dark_matter_masses_gev": None}
    file = save(tmp_path, json.dumps(record), "limit.json")
    assert read_curve(file).quantity == "zeta"
    assert load_limit(file).coupling_name == "zeta"


def test_records_of_all_models_have_the_coupling_of_their_model():
    for name in models.names():
        for model in (models.get(name), *_without_dark_matter(name)):
            record = {"model": model.name, "model_parameters": model.parameters()}
            refuse_other_coupling(record | {"coupling_name": model.coupling_name})
            with pytest.raises(EmissError, match="coupling_name"):
                refuse_other_coupling(record | {"coupling_name": "banana"})


def _without_dark_matter(name):
    known = models.defaults(name).get("dark_matter", "none")
    return [] if known == "none" else [models.get(name, {"dark_matter": "none"})]


def test_the_room_knows_nothing_above_it():
    """Also inside functions; only the recast, and what names the model of a record, use models."""
    with_models = {"recast.py", "saved_model.py"}
    for file in Path(curves.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 3:
                allowed = {"ground"} | ({"models"} if file.name in with_models else set())
                assert (node.module or "").split(".")[0] in allowed, (file.name, node.module)


# --- what stands beside the head


def test_qualifiers_and_comments_say_what_a_plain_head_does_not(tmp_path):
    content = hepdata(column("Observed", [4e-9, 4e-8, 4e-6], LIMIT=r"$\epsilon^2$"))
    curve = read_curve(save(tmp_path, content, "t.yaml"))
    assert curve.quantity == "epsilon"
    np.testing.assert_allclose(curve.values, np.sqrt([4e-9, 4e-8, 4e-6]), rtol=1e-12)
    content = hepdata(column("epsilon", [-5, -4, -3], SCALE="log10"))
    np.testing.assert_allclose(
        read_curve(save(tmp_path, content, "t.yaml")).values, [1e-5, 1e-4, 1e-3], rtol=1e-12
    )
    text = "# scale: log10\nmass_mev,epsilon\n1,-5\n10,-4\n"
    np.testing.assert_allclose(read_curve(save(tmp_path, text)).values, [1e-5, 1e-4], rtol=1e-12)
    text = "# quantity: limit on epsilon^2\nmass_mev,epsilon\n1,1e-10\n10,1e-8\n"
    with pytest.raises(EmissError, match="differ in the power"):
        read_curve(save(tmp_path, text))


def test_tables_of_the_site_with_qualifiers(tmp_path):
    site = {
        "headers": [{"name": "m_chi [MEV]"}, {"name": "y", "colspan": 2}],
        "qualifiers": {"alpha_D": [{"value": "0.1", "colspan": 1}, {"value": "0.5", "colspan": 1}]},
        "values": [
            {"x": [{"value": str(m)}], "y": [{"value": f"{m}e-13"}, {"value": f"{5 * m}e-13"}]}
            for m in (1, 10)
        ],
    }
    file = save(tmp_path, json.dumps(site), "t.json")
    curve = read_curve(file, choice=Choice(qualifiers=(("alpha_D", "0.5"),)))
    np.testing.assert_allclose(curve.values, [5e-13, 5e-12], rtol=1e-12)


def test_several_tables_in_one_file(tmp_path):
    one = {"name": "Table 1", **hepdata(column("epsilon", [1e-5] * 3))}
    two = {"name": "Table 2", **hepdata(column("epsilon", [2e-5] * 3))}
    file = tmp_path / "t.yaml"
    file.write_text(yaml.safe_dump_all([{"comment": "c"}, one, two]), encoding="utf-8")
    with pytest.raises(EmissError, match="'Table 1', 'Table 2'"):
        read_curve(file)
    curve = read_curve(file, choice=Choice(qualifiers=(("table", "Table 2"),)))
    np.testing.assert_array_equal(curve.values, [2e-5] * 3)


# --- traps: each was once read as something else


@pytest.mark.parametrize(
    ("text", "quantity", "first"),
    [
        ("mA,eps\nMeV,1\n1,1e-5\n10,1e-4\n", "epsilon", 1e-5),
        ("x,y\n1,1e-5\n10,1e-4\n# units: MeV, 1\n", "", 1e-5),
        ("mass_mev,epsilon x 10^4\n1,1.2\n10,2.2\n", "epsilon", 1.2e-4),
        ("mass_mev,epsilon (x10^4)\n1,1.2\n10,2.2\n", "epsilon (x10^4)", 1.2),
        ("mass_mev,10^4 epsilon\n1,1.2\n10,2.2\n", "epsilon", 1.2e-4),
        ("mass_mev,epsilon (x10^-4)\n1,1.2\n10,2.2\n", "epsilon", 1.2e-4),
        ("mass_mev,eps^2/1e-6\n1,1.21\n10,2.2\n", "epsilon", 1.1e-3),
        ("mass_mev,g_{Z'}/e\n1,1e-5\n10,1e-4\n", "g", 1e-5 * ELECTRIC_CHARGE),
        ("mass_mev,eps^2*alpha_D\n1,1e-5\n10,1e-4\n", "eps^2*alpha_d", 1e-5),
        ("mass_mev,epsilon [90% CL]\n1,1e-5\n10,1e-4\n", "epsilon", 1e-5),
        ("mass_mev,dark photon mixing\n1,1e-5\n10,1e-4\n", "epsilon", 1e-5),
        ("mass_mev,NA64\n1,1e-5\n10,1e-4\n", "na64", 1e-5),
        ("mass_mev,epsilon,\n1,1e-5,\n10,1e-4,\n", "epsilon", 1e-5),
        ("mass_mev,epsilon\n1,1e-5,\n10,1e-4,\n", "epsilon", 1e-5),
        ("# x: m_A' [MeV]\n# y: epsilon^2\n1 1e-10\n10 1e-8\n", "epsilon", 1e-5),
        ("# m_A [MeV]\n# epsilon^2\n1 1e-10\n10 1e-8\n", "epsilon", 1e-5),
        ("# unit of mass: MeV\n1 1e-5\n10 1e-4\n", "", 1e-5),
        ("# Mass in MeV, coupling is epsilon^2\n1 1e-10\n10 1e-8\n", "epsilon", 1e-5),
        ("mass_mev,epsilon in percent\n1,1e-3\n10,1e-2\n", "epsilon", 1e-5),
        ("mass_mev,epsilon %\n1,1e-3\n10,1e-2\n", "epsilon", 1e-5),
        ("mass_mev,epsilon ppm\n1,10\n10,20\n", "epsilon", 1e-5),
        ("mass_mev,eps^2 in units of 10^-8\n1,1.21\n10,2.2\n", "epsilon", 1.1e-4),
        ("mass_mev,log10(g_agg [MeV^-1])\n1,-8\n10,-7\n", "g_agg", 1e-5),
        ("# log10 of epsilon\nmass_mev,value\n1,-5\n10,-4\n", "epsilon", 1e-5),
    ],
)
def test_traps(tmp_path, text, quantity, first):
    curve = read_curve(save(tmp_path, text, "c.txt"))
    assert curve.quantity == quantity
    np.testing.assert_allclose(curve.masses, [1e-3, 1e-2], rtol=1e-12)
    np.testing.assert_allclose(curve.values[0], first, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# energies are in keV here\n1 1e-5\n2 1e-5\n", "unit of the mass"),
        ("mass_mev,BaBar 2017,NA64 2023\n1,1e-4,1e-5\n10,2e-4,1e-5\n", "several columns"),
        ("# units: GeV, 1\nmass_mev,epsilon\n1,1e-5\n10,1e-4\n", "contradict each other"),
        ("mass [meV],eps\n1,1e-5\n10,1e-4\n", "c.txt: the unit 'meV'"),
        ("mass_mev,alpha_D\n1,0.1\n10,0.1\n", "no column of values"),
        ("m_A_mev,y\n1,1e-12\n10,1e-11\n", "--curve-mass-ratio"),
        ("mass_mev,mass_mev,epsilon\n1,2,1e-5\n10,20,1e-4\n", "second variable"),
        ("mlow [MeV],mhigh [MeV],epsilon\n1,2,1e-5\n2,3,1e-4\n", "second variable"),
        ("mass [MeV],E_0 [GeV],epsilon\n1,100,1e-5\n2,150,1e-4\n", "second variable"),
        ("# epsilon in percent\nmass_mev,epsilon\n1,1\n10,2\n", "tells a factor"),
        ("# epsilon is multiplied by 1e4\nmass_mev,epsilon\n1,1\n10,2\n", "tells a factor"),
        ("# values in units of 1e-4\nmass_mev,epsilon\n1,1\n10,2\n", "tells a factor"),
        ("# this is epsilon squared\nmass_mev,epsilon\n1,1\n10,2\n", "differ in the power"),
        ("", "no row of data"),
    ],
)
def test_traps_that_are_refused(tmp_path, text, problem):
    with pytest.raises(EmissError, match=problem):
        read_curve(save(tmp_path, text, "c.txt"))


def test_edges_of_a_region_are_told_from_upper_limits(tmp_path):
    for low, high in (
        (r"90\% CL exclusion: lower $\epsilon$", r"90\% CL exclusion: upper $\epsilon$"),
        ("epsilon_lower", "epsilon_upper"),
        ("Lower boundary", "Upper boundary"),
        ("epsilon lower limit", "epsilon upper limit"),
        (r"Lower limit on $\epsilon$", r"Upper limit on $\epsilon$"),
        ("eps_low", "eps_up"),
        ("bottom edge epsilon", "top edge epsilon"),
        (r"$\epsilon$ excluded from", r"$\epsilon$ excluded to"),
    ):
        content = hepdata(column(low, [1e-5] * 3), column(high, [1e-3] * 3))
        curve = read_curve(save(tmp_path, content, "t.yaml"))
        np.testing.assert_array_equal(curve.upper, [1e-3] * 3)


def test_a_choice_is_checked_when_it_is_made():
    for bad in ({"alpha_dark": math.nan}, {"mass_ratio": -1.0}, {"mass_ratio": math.inf}):
        with pytest.raises(EmissError, match="one positive real number"):
            Choice(**bad)
    with pytest.raises(EmissError, match="empty"):
        Choice(column=" ")


def test_the_dark_sector_of_a_curve_is_read(tmp_path):
    said = (
        "# quantity: limit on y = alpha_D eps^2 (m_chi/m_A')^4 vs m_chi, alpha_D=0.5, m_A'=3 m_chi"
    )
    curve = read_curve(save(tmp_path, f"{said}\nm_chi_mev,y\n1,1e-13\n10,1e-12\n"))
    assert (curve.quantity, curve.alpha_dark, curve.mass_ratio) == ("y", 0.5, 3.0)
    head = "y (alpha_D = 0.1, m_A' = 2.5 m_chi)"
    content = hepdata(column(head, [1e-13] * 3), mass=("m_chi", "MeV"))
    curve = read_curve(save(tmp_path, content, "t.yaml"))
    assert (curve.alpha_dark, curve.mass_ratio) == (0.1, 2.5)
    content = hepdata(column("y", [1e-13] * 3, MASS_RATIO=3), mass=("m_chi", "MeV"))
    assert read_curve(save(tmp_path, content, "t.yaml")).mass_ratio == 3.0


@pytest.mark.parametrize("text", ["10^400 GeV", "10^-61 GeV", "10^99999999 cm^2"])
def test_units_with_powers_beyond_any_size_are_unknown(text):
    from emiss.physics.constraints.curves.unit_text import parse_unit

    assert parse_unit(text).dimension == "other"


def test_a_table_of_separators_alone_is_refused(tmp_path):
    from emiss.ground.errors import EmissError
    from emiss.physics.constraints.curves.curve_files import read_curve

    for text in (",\n,\n", ",,,\n", "\n,\n", ",\n"):
        file = tmp_path / "empty.csv"
        file.write_text(text)
        with pytest.raises(EmissError):
            read_curve(file)


def test_units_of_area_in_square_centimetres():
    # A barn is 1e-24 cm^2; then the prefixes of the SI.
    prefixes = {"": 0, "m": -3, "mu": -6, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18}
    for prefix, power in prefixes.items():
        unit = parse_unit(f"{prefix}b")
        assert unit.dimension == "area"
        close(unit.factor, 1e-24 * 10.0**power, 1e-12)
    close([parse_unit(text).factor for text in ("cm^2", "cm2", "m^2")], [1.0, 1.0, 1e4], 1e-12)


def test_a_second_variable_in_bins_may_follow_the_mass():
    """Middles of bins are compared: m_chi = m/3 is no further variable, m_chi = m/3 - 1 is."""
    bins = [(f"{low}", f"{low + 2}") for low in (2, 5, 11)]
    mass = Column("m [GeV]", "GeV", bins)
    for shift, follows in ((0.0, True), (1.0, False)):
        cells = [(f"{float(a) / 3.0 - shift}", f"{float(b) / 3.0 - shift}") for a, b in bins]
        other = Column("m_chi [GeV]", "GeV", cells)
        table = Table("f.csv", ["1", "2", "3"], (mass, other), ())
        if follows:
            assert choose_rows(table, Choice(), mass) == [0, 1, 2]
        else:
            with pytest.raises(EmissError, match="second variable"):
                choose_rows(table, Choice(), mass)


def test_columns_of_darkcast_are_counted_without_the_mass(tmp_path):
    file = save(tmp_path, "# mass g\n0.01 1e-7\n0.02 2e-7\n", "b.lmt")
    assert read_curve(file, choice=Choice(column="1")).values.tolist() == [1e-7, 2e-7]
    with pytest.raises(EmissError, match="column"):
        read_curve(file, choice=Choice(column="2"))


def test_there_and_back_over_more_than_half_the_way_is_a_region(tmp_path):
    """One way is shorter than the other: the border of an open region all the same."""
    out = [(10.0 ** (-2.0 + 0.02 * i), 1e-5 * 1.02**i) for i in range(51)]
    back = [(m * 0.99, 4.0 * v) for m, v in reversed(out[15:50])]
    rows = "".join(f"{m:.8g},{v:.8g}\n" for m, v in out + back)
    curve = read_curve(save(tmp_path, "mass_gev,epsilon\n" + rows, "two.csv"))
    assert curve.upper is not None


def test_columns_are_numbered_alike_wherever_a_choice_is_asked_for(tmp_path):
    """Masses are not counted, in no format."""
    text = "m_A' [MeV],epsilon A',epsilon Z'\n1,1e-5,3e-5\n10,2e-5,4e-5\n"
    file = save(tmp_path, text)
    for wanted in (None, "epsilon", "9"):
        with pytest.raises(EmissError, match="1: 'epsilon A'', 2: 'epsilon Z''"):
            read_curve(file, column=wanted)
    close(read_curve(file, column="2").values, [3e-5, 4e-5], 1e-12)
    table = hepdata(column("epsilon one", [1e-5, 2e-5, 3e-5]), column("g", [1.0, 2.0, 3.0]))
    close(read_curve(save(tmp_path, table, "t.yaml"), column="2").values, [1.0, 2.0, 3.0], 1e-12)
