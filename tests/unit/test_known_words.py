"""Heads in which every word counts: known to alter nothing, or a name, or a quantity of its own."""

import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.mass_name import is_mass, is_of_dark_matter
from emiss.physics.constraints.curves.quantity import meaning_of

COUPLINGS = {"epsilon", "g", "y", "g_agg", "g_ae", "g_phigg", ""}


def curve(tmp_path, head="epsilon", mass="mass_mev", **stated):
    file = tmp_path / "c.tsv"
    file.write_text(f"{mass}\t{head}\n1\t1e-6\n10\t4e-6\n", encoding="utf-8")
    return read_curve(file, **stated)


@pytest.mark.parametrize(
    "head",
    ["log10(epsilon)^2", "log10(epsilon) x 10", "1/log10(epsilon)", "10 log10(epsilon)",
     "y pixel", "pixel y", "y coordinate", "y (px)", "g_agg f_a", "|g_agg| x f_a",
     "g_agg sqrt(rho)", "g_ae g_agg", "epsilon weighting", "epsilon smearing", "epsilon yield",
     "epsilon fitted pull", "epsilon residual", "epsilon mass", "epsilon prior", "epsilon dof",
     "epsilon beta", "epsilon_0", "epsilon_r", "epsilon_idx", "epsilon_bin", "epsilon_true",
     "Δε", "δε", "ε η", "√ε", "g''", "g_aγZ", "g_{a\\gamma} Z",
     "epsilon_V", "epsilon'", "epsilon_prime", "PDF(epsilon)", "f(epsilon)", "log10(g_agg*GeV)"],
)  # fmt: skip
def test_a_word_that_is_not_known_makes_a_quantity_of_its_own(tmp_path, head):
    assert meaning_of(head).name not in COUPLINGS
    found = curve(tmp_path, head)
    assert found.quantity not in COUPLINGS
    assert curve(tmp_path, head, quantity="epsilon").quantity == "epsilon"


def test_the_reason_is_told_with_the_way_to_say_it(tmp_path):
    note = " ".join(curve(tmp_path, "epsilon weighting").notes)
    assert "'weighting' beside the quantity" in note
    assert "--quantity" in note


@pytest.mark.parametrize(
    ("head", "name", "power"),
    [("epsilon over the mass range", "epsilon", 1), ("epsilon (|cos theta| < 0.9)", "epsilon", 1),
     ("epsilon; phase 2. 8 GeV", "epsilon", 1), (r"$\epsilon^2/10^{-6}$", "epsilon", 2),
     (r"Limit on $\epsilon^2 (\times 10^{-6})$", "epsilon", 2),
     ("epsilon (MyExperiment)", "epsilon", 1), ("epsilon (NA64e+BaBar)", "epsilon", 1),
     ("kinetic mixing chi", "epsilon", 1), ("LDMX projected sensitivity to epsilon", "epsilon", 1),
     ("epsilon with systematic uncertainties", "epsilon", 1)],
)  # fmt: skip
def test_known_words_and_names_alter_nothing(head, name, power):
    found = meaning_of(head)
    assert (found.name, found.power) == (name, power)


def test_factors_in_heads_are_applied(tmp_path):
    close(curve(tmp_path, r"$\epsilon^2/10^{-6}$").values, [1e-6, 2e-6], 1e-12)
    close(curve(tmp_path, r"Limit on $\epsilon^2 (\times 10^{-6})$").values, [1e-6, 2e-6], 1e-12)


@pytest.mark.parametrize("unit", ["null", "no units", "no unit", "without unit", "unity", "none"])
def test_no_unit_in_many_words(unit):
    assert meaning_of("epsilon", unit).unit.factor == 1.0


def test_units_beside_a_factor_in_the_head():
    unit = meaning_of("g_agg ($10^{-10}$)", "GeV^-1").unit
    assert (unit.dimension, unit.power) == ("per energy", 1)
    close(unit.factor, 1e-10, 1e-12)
    close(meaning_of("sigma_e", "zb").unit.factor, 1e-45, 1e-12)


@pytest.mark.parametrize(
    "mass",
    ["width [MeV]", "Gamma [MeV]", "Gamma_A' [MeV]", "decay width [MeV]", "resolution [MeV]",
     "m_pi_d [MeV]", "m_N [MeV]", "T [MeV]", "mass width [MeV]", "invariant mass of pions [MeV]",
     "jitter mass [MeV]", "Higgs mass [MeV]",
     "electron mass [MeV]", "pixel"],
)  # fmt: skip
def test_what_is_not_known_to_be_a_mass_is_refused_until_it_is_said(tmp_path, mass):
    with pytest.raises(EmissError, match="--mass-unit"):
        curve(tmp_path, mass=mass)
    close(curve(tmp_path, mass=mass, mass_unit="m [MeV]").masses, [1e-3, 1e-2], 1e-12)


@pytest.mark.parametrize(
    "mass",
    ["m_LDM [MeV]", "LDM mass [MeV]", "m_psi [MeV]", "mass of the light dark matter [MeV]",
     "dark fermion mass [MeV]", "m_chi1 [MeV]", "mDM [MeV]", "DM [MeV]", "dark matter [MeV]",
     r"$m_{\rm LDM}$ [MeV]", "DM candidate mass [MeV]", "m_phi (dark matter) [MeV]"],
)  # fmt: skip
def test_masses_of_the_dark_matter(tmp_path, mass):
    assert is_of_dark_matter(mass)
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        curve(tmp_path, mass=mass)
    assert curve(tmp_path, "y", mass).quantity == "y"


@pytest.mark.parametrize(
    "mass",
    ["m_A'", "mA", "mX", "M_Aprime", "mass of the dark photon", "X17 mass", "A'", "m_{Z'}", "x",
     "Mediator mass", "ALP mass", "m_{ee}", "mass hypothesis", "dark photon", "m_phi", "",
     "m_{hidden photon}", "paraphoton mass", "dark Higgs mass", r"$m_a$"],
)  # fmt: skip
def test_masses_of_mediators(tmp_path, mass):
    assert curve(tmp_path, mass=f"{mass} [MeV]").quantity == "epsilon"
    assert not is_of_dark_matter(mass)


def test_a_limit_as_a_function_of_the_mass_is_no_mass():
    assert not is_mass("epsilon over the mass range")
    assert not is_mass("limit on y against the mass")


def test_the_mass_as_the_user_states_it(tmp_path):
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        curve(tmp_path, mass="x [MeV]", mass_unit="m_chi [MeV]")
    assert curve(tmp_path, "y", "pixel", mass_unit="m_chi [MeV]").quantity == "y"
    logarithms = curve(tmp_path, mass="x", mass_unit="log10(m/MeV)")
    close(logarithms.masses, [1e-2, 1e7], 1e-12)
    with pytest.raises(EmissError, match="contradicts"):
        curve(tmp_path, mass="mass_mev", mass_unit="m [GeV]")
    with pytest.raises(EmissError, match="write eV"):
        curve(tmp_path, mass_unit="width [MeV]")


def test_a_choice_by_itself_or_in_a_choice(tmp_path):
    from emiss.physics.constraints.curves.table import Choice

    with pytest.raises(EmissError, match="not both"):
        curve(tmp_path, choice=Choice(), quantity="epsilon")


@pytest.mark.parametrize(
    "heads",
    ["epsilon,epsilon_lower,epsilon_upper", "epsilon,lower,upper", "limit,lower,upper",
     "eps_central,eps_lower,eps_upper", "central,low,high", "median,lower,upper"],
)  # fmt: skip
def test_a_value_between_two_edges_is_taken(tmp_path, heads):
    file = tmp_path / "c.csv"
    file.write_text(f"mass_mev,{heads}\n1,7,1e-6,1e-4\n10,8,4e-6,2e-4\n")
    found = read_curve(file)
    assert (found.values.tolist(), found.upper) == ([7.0, 8.0], None)


def test_numbers_of_columns_are_no_squares(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("mass_mev,epsilon1,epsilon2\n1,1e-6,2e-6\n10,4e-6,8e-6\n")
    with pytest.raises(EmissError, match="second of two columns or a square"):
        read_curve(file)
    curve = read_curve(file, column="epsilon2", quantity="epsilon")
    assert curve.values.tolist() == [2e-6, 8e-6]
    file.write_text("mass_mev,epsilon2\n1,1e-6\n10,4e-6\n")
    close(read_curve(file).values, [1e-3, 2e-3], 1e-12)
