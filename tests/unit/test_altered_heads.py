"""Words, numbers and powers beside a quantity: converted where defined, never dropped."""

import math
import os

import numpy as np
import pytest
import yaml
from closeness import close

from emiss.ground.constants import ELECTRIC_CHARGE
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.quantity import meaning_of
from emiss.physics.constraints.curves.table import Choice
from emiss.physics.constraints.direct_detection_curve import curve_in_y

COUPLINGS = {"epsilon", "g", "y", "g_agg", "g_ae", "g_phigg", "sigma", "branching", ""}


def text_curve(tmp_path, head, values=("1e-6", "4e-6")):
    file = tmp_path / "c.txt"
    file.write_text(f"mass_mev\t{head}\n1\t{values[0]}\n10\t{values[1]}\n", encoding="utf-8")
    return read_curve(file)


def hepdata_curve(
    tmp_path, head="epsilon", comment="", choice=None, description="", unit="",
    mass=("m_{A'}", "MeV"), **qualifiers,
):  # fmt: skip
    table = {
        "description": description,
        "independent_variables": [
            {
                "header": {"name": mass[0], "units": mass[1]},
                "values": [{"value": v} for v in (1, 9)],
            }
        ],
        "dependent_variables": [
            {
                "header": {"name": head, "units": unit},
                "qualifiers": [{"name": n, "value": v} for n, v in qualifiers.items()],
                "values": [{"value": v} for v in (1e-6, 4e-6)],
            }
        ],
    }
    file = tmp_path / "t.yaml"
    file.write_text(comment + yaml.safe_dump(table), encoding="utf-8")
    return read_curve(file, choice=choice)


@pytest.mark.parametrize(
    "head",
    ["squared kinetic mixing", "squared mixing strength", "squared epsilon", "epsilon (squared)",
     "epsilon (^2)", r"\epsilon_{90\%}^2", "epsilon_ul^2", "90% CL limit on the squared epsilon",
     "ε<sup>2</sup>"],
)  # fmt: skip
def test_squares_are_read_as_roots(tmp_path, head):
    curve = text_curve(tmp_path, head)
    assert curve.quantity == "epsilon"
    np.testing.assert_allclose(curve.values, [1e-3, 2e-3], rtol=1e-12)


@pytest.mark.parametrize(
    ("head", "quantity", "power", "factor"),
    [
        ("epsilon (units of 1e-4)", "epsilon", 1, 1e-4),
        ("epsilon (in units of 10^{-4})", "epsilon", 1, 1e-4),
        ("10^4 epsilon", "epsilon", 1, 1e-4),
        (r"$10^{6}\,\epsilon^2$", "epsilon", 2, 1e-6),
        (r"g_{L_\mu-L_\tau}", "g", 1, 1.0),
        ("g/e", "g", 1, ELECTRIC_CHARGE),
        ("(g/e)^2", "g", 2, ELECTRIC_CHARGE**2),
        ("(g_{Z'}/e) squared", "g", 2, ELECTRIC_CHARGE**2),
        ("g^2/e^2", "g", 2, ELECTRIC_CHARGE**2),
        ("g_{B-L}^2/e^2", "g", 2, ELECTRIC_CHARGE**2),
        ("g^2/(4 pi)", "g", 2, 4.0 * math.pi),
        (r"$g^2/4\pi$", "g", 2, 4.0 * math.pi),
    ],
)
def test_multiples_with_a_definition_are_converted(tmp_path, head, quantity, power, factor):
    curve = text_curve(tmp_path, head)
    assert curve.quantity == quantity
    expected = (np.array([1e-6, 4e-6]) * factor) ** (1.0 / power)
    np.testing.assert_allclose(curve.values, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "head",
    ["epsilon, x 10^-4", "epsilon; 1e-4",
     "epsilon multiplied by 10^4", "y multiplied by 1e12", "epsilon e", "epsilon ratio",
     "ratio of epsilon", "relative epsilon", "number of epsilon points", "epsilon limit squared",
     "epsilon to the power 2", "square root of epsilon", "epsilon factor", "epsilon scaled by 3",
     "g over e", "epsilon over e", "epsilon 3",
     "BR(B->K A') x 10^6", "ratio of cross sections", "epsilon (A' -> e+e-) x 10^4",
     "y = epsilon^2 alpha_D (m_chi/m_A')^4 x 10^12", "half epsilon", "milli epsilon",
     "(10^4 epsilon)^2", "10^4 log10(epsilon)", "10^4 epsilon [10^-4]", "y = 10^4 epsilon",
     "epsilon_sel", "epsilon_sig", "epsilon_trk", r"$\epsilon_{\rm det}$", "epsilon_tot",
     "epsilon_sys", "significance", "local p-value", "epsilon over thermal",
     "epsilon cos(theta_W)", r"$\epsilon\cos\theta_W$", "epsilon m_A'", "alpha epsilon^2",
     "y alpha_D", "10^4 g/e", "g/e^2", "2 x 10^4 epsilon",
     "epsilon [10^-3] (90% CL) squared"],
)  # fmt: skip
def test_what_alters_a_quantity_makes_another_name_of_it(head):
    assert meaning_of(head).name not in COUPLINGS


@pytest.mark.parametrize(
    ("head", "scale"),
    [
        ("decimal logarithm of epsilon", "log10"),
        ("common logarithm of the kinetic mixing", "log10"),
        ("logarithm (base 10) of epsilon", "log10"),
        ("log<sub>10</sub>(ε)", "log10"),
        ("natural logarithm of epsilon", "ln"),
        ("logarithm of epsilon", "log"),
        ("epsilon (logarithmic)", "log"),
        ("epsilon (log)", "log"),
    ],
)
def test_logarithms_in_words(tmp_path, head, scale):
    found = meaning_of(head)
    assert (found.name, found.power, found.scale) == ("epsilon", 1, scale)
    if scale == "log":
        with pytest.raises(EmissError, match="base of the logarithm"):
            text_curve(tmp_path, head, ("-6", "-5"))
        return
    base = {"log10": 10.0, "ln": math.e}[scale]
    curve = text_curve(tmp_path, head, ("-6", "-5"))
    np.testing.assert_allclose(curve.values, [base**-6, base**-5], rtol=1e-12)


@pytest.mark.parametrize(
    ("head", "name", "power"),
    [
        ("90% CL$_s$ upper limit on $\\epsilon^2$", "epsilon", 2),
        ("$\\epsilon$ (e+e- -> gamma A', A' -> invisible)", "epsilon", 1),
        (r"Upper limit on $\epsilon^2$ for $A' \to \mu^+\mu^-$", "epsilon", 2),
        ("NA64e 9.37e11 EOT epsilon", "epsilon", 1),
        ("epsilon for 10^13 EOT", "epsilon", 1),
        ("Belle II 50 ab^-1 epsilon", "epsilon", 1),
        ("median expected epsilon with 68% band", "epsilon", 1),
        ("Expected +2 sigma limit on epsilon", "epsilon", 1),
        ("epsilon_expected_2", "epsilon", 1),
        ("epsilon (arXiv:2307.02404, Fig. 4a)", "epsilon", 1),
        ("epsilon from Table 2, 2016-2022", "epsilon", 1),
        ("PRL 131, 161801 (2023) epsilon", "epsilon", 1),
        ("epsilon^2, Phys. Rev. Lett. 125 (2020) 081801", "epsilon", 2),
        ("epsilon (JHEP 06, 122)", "epsilon", 1),
        ("epsilon (Run 1+2)", "epsilon", 1),
        ("epsilon_1", "epsilon", 1),
        ("epsilon.1", "epsilon", 1),
        ("epsilon, runs 1-3", "epsilon", 1),
        ("epsilon (scaled to 1e13 EOT)", "epsilon", 1),
        ("Kinetic mixing parameter epsilon at 90% CL", "epsilon", 1),
        ("epsilon = g/e", "epsilon", 1),
        ("y DarkSide-50 2023", "y", 1),
        ("E-137 epsilon(m)", "epsilon", 1),
        ("epsilon 97.5% quantile", "epsilon", 1),
        ("epsilon, 10 signal events in 18 t yr", "epsilon", 1),
        ("two-sided limit on epsilon", "epsilon", 1),
        ("y (complex scalar, mass ratio 3)", "y", 1),
        ("y, alpha_D = 0.5, m_A'/m_chi = 3", "y", 1),
        (r"y = $\epsilon^2\alpha_D(m_\chi/m_{A'})^4$", "y", 1),
        ("sigma_e F_DM=1 [cm^2]", "sigma", 1),
        ("g_agg [GeV^-1] 95% CL", "g_agg", 1),
        (r"$\epsilon$, $2.84 \times 10^{11}$ EOT", "epsilon", 1),
        ("NA64e 9.37x10^11 EOT epsilon", "epsilon", 1),
        ("epsilon (50 ab-1)", "epsilon", 1),
        ("epsilon, Phase 2, 8 GeV", "epsilon", 1),
        ("|g_ag| [GeV^-1]", "g_agg", 1),
        ("Photon coupling (GeV^-1)", "g_agg", 1),
        ("2-sigma limit on epsilon", "epsilon", 1),
        (r"$g_{\mu-\tau}$", "g", 1),
        (r"$\bar\sigma_e$ [cm2] 90% CL", "sigma", 1),
    ],
)
def test_harmless_words_change_nothing(head, name, power):
    found = meaning_of(head)
    assert (found.name, found.power, found.factor) == (name, power, 1.0)


def test_an_energy_is_no_unit_and_an_area_before_a_confidence_level_is():
    assert meaning_of("epsilon, Phase 2, 8 GeV").unit is None
    unit = meaning_of(r"$\bar\sigma_e$ [cm2] 90% CL").unit
    assert unit is not None
    assert (unit.dimension, unit.factor) == ("area", 1.0)


@pytest.mark.parametrize(
    "head",
    ["sigma_SD_p [cm^2]", "spin-dependent cross section [cm^2]",
     "Spin-dependent WIMP-proton cross section [cm^2]", "sigma_SD (electron) [cm^2]"],
)  # fmt: skip
def test_cross_sections_that_depend_on_spin_are_refused(tmp_path, head):
    with pytest.raises(EmissError, match="spin-dependent"):
        text_curve(tmp_path, head)


@pytest.mark.parametrize(
    "head",
    ["sigma_e (F_DM=1/q^2) [cm^2]", r"$\sigma_e$, $F_{DM} = (\alpha m_e/q)^2$ [cm^2]",
     "sigma_e light mediator [cm^2]", "sigma_e, F_DM ~ q^-2 [cm^2]",
     "sigma_e, massless mediator [cm^2]", "sigma_e F_DM=(alpha m_e/q)^2 [cm^2]"],
)  # fmt: skip
def test_cross_sections_of_light_mediators_have_a_name_of_their_own(tmp_path, head):
    # No y belongs to one: it falls with the momentum transfer, and y is of a heavy mediator.
    curve = text_curve(tmp_path, head)
    assert curve.quantity == "sigma_e_cm2 (light mediator)"
    with pytest.raises(EmissError, match="for a light mediator"):
        curve_in_y(curve, "scalar")


@pytest.mark.parametrize(
    "head",
    ["sigma_e [cm^2]", "sigma_e F_DM=1 [cm^2]", "sigma_e heavy mediator [cm^2]",
     "sigma_e at q = alpha m_e [cm^2]", "sigma_e of light dark matter [cm^2]"],
)  # fmt: skip
def test_cross_sections_of_heavy_mediators_are_read(tmp_path, head):
    assert text_curve(tmp_path, head).quantity == "sigma_e_cm2"


@pytest.mark.parametrize(
    "heads",
    ["epsilon_low,epsilon_up", "epsilon_min,epsilon_max", "epsilon low,epsilon high",
     "epsilon_lower,epsilon_upper", "epsilon_down,epsilon_up", "epsilon_lo,epsilon_hi"],
)  # fmt: skip
def test_two_edges_of_a_region(tmp_path, heads):
    file = tmp_path / "c.csv"
    file.write_text(f"mass_mev,{heads}\n1,1e-6,1e-4\n10,4e-6,2e-4\n")
    curve = read_curve(file)
    assert curve.values.tolist() == [1e-6, 4e-6]
    assert curve.upper is not None
    assert curve.upper.tolist() == [1e-4, 2e-4]


@pytest.mark.parametrize("ends", ["low,high", "min,max", "epsilon_low,epsilon_up"])
def test_ends_beside_a_value_are_no_region(tmp_path, ends):
    file = tmp_path / "c.csv"
    file.write_text(f"mass_mev,epsilon,{ends}\n1,7,1e-6,1e-4\n10,8,4e-6,2e-4\n")
    curve = read_curve(file)
    assert (curve.values.tolist(), curve.upper) == ([7.0, 8.0], None)
    if not ends.startswith("epsilon"):
        file.write_text(f"mass_mev,{ends}\n1,1e-6,1e-4\n10,4e-6,2e-4\n")
        curve = read_curve(file)
        assert (curve.quantity, curve.values.tolist()) == ("", [1e-6, 4e-6])
        assert curve.upper is not None


@pytest.mark.parametrize(
    "heads",
    ["epsilon lower error,epsilon upper error", "epsilon stat lower,epsilon stat upper",
     "epsilon lower uncertainty,epsilon upper uncertainty", "epsilon low stat,epsilon up stat",
     "epsilon 68% lower,epsilon 68% upper", "68% lower,68% upper",
     "epsilon_err_low,epsilon_err_up"],
)  # fmt: skip
def test_errors_and_bands_are_no_region(tmp_path, heads):
    file = tmp_path / "c.csv"
    rows = "1,1e-6,1e-4{}\n10,4e-6,2e-4{}\n"
    file.write_text(f"mass_mev,{heads}\n" + rows.format("", ""))
    with pytest.raises(EmissError, match="several columns"):
        read_curve(file)
    file.write_text(f"mass_mev,{heads},epsilon\n" + rows.format(",7", ",8"))
    curve = read_curve(file)
    assert (curve.values.tolist(), curve.upper) == ([7.0, 8.0], None)


@pytest.mark.parametrize(
    "qualifier",
    [("SCALE", "10^-4"), ("multiplier", 1000), ("transformation", "squared"), ("power", 2),
     ("values", "squared"), ("note", "values are epsilon squared"), ("note", "multiplied by 10^4"),
     ("quantity", "epsilon x 10^4"), ("factor", "1e-4")],
)  # fmt: skip
def test_qualifiers_that_alter_values_are_refused(tmp_path, qualifier):
    with pytest.raises(EmissError, match="alters its values"):
        hepdata_curve(tmp_path, **dict([qualifier]))
    # Who says what the column holds is asked no more.
    chosen = hepdata_curve(tmp_path, "values", choice=Choice(quantity="g"), **dict([qualifier]))
    assert chosen.quantity == "g"


def test_qualifiers_of_units_and_logarithms_are_applied(tmp_path):
    curve = hepdata_curve(tmp_path, units="1e-4")
    np.testing.assert_allclose(curve.values, [1e-10, 4e-10], rtol=1e-12)
    curve = hepdata_curve(tmp_path, transformation="log10")
    np.testing.assert_allclose(curve.values, [10**1e-6, 10**4e-6], rtol=1e-12)
    with pytest.raises(EmissError, match="contradicts its unit"):
        hepdata_curve(tmp_path, "epsilon [10^-3]", units="10^-4")
    with pytest.raises(EmissError, match="does not belong"):
        hepdata_curve(tmp_path, units="fb")
    for harmless in (
        {"SCALE": "linear"}, {"units": "dimensionless"}, {"SQRT(S)": "10 GeV"}, {"scale": "10 GeV"},
        {"EOT": r"$2.84\times 10^{11}$"}, {"RE": "E- PB --> E- PB A'"}, {"CL": "90 %"},
    ):  # fmt: skip
        np.testing.assert_array_equal(hepdata_curve(tmp_path, **harmless).values, [1e-6, 4e-6])


@pytest.mark.parametrize("unit", ["1", "dimensionless", "", "10^-4"])
def test_a_factor_in_the_head_stays_beside_a_unit_that_is_one(tmp_path, unit):
    curve = hepdata_curve(tmp_path, r"$\epsilon$ ($10^{-4}$)", unit=unit)
    np.testing.assert_allclose(curve.values, [1e-10, 4e-10], rtol=1e-12)


def test_two_units_of_one_column_are_refused(tmp_path):
    with pytest.raises(EmissError, match="contradict each other"):
        hepdata_curve(tmp_path, "g_agg [TeV^-1]", unit="GeV^-1")
    with pytest.raises(EmissError, match="contradict each other"):
        hepdata_curve(tmp_path, mass=("m [MeV]", "GEV"))
    # The same unit twice, in two spellings.
    assert hepdata_curve(tmp_path, "g_agg [GeV^-1]", unit="1/GEV").values.tolist() == [1e-6, 4e-6]
    close(hepdata_curve(tmp_path, mass=("m [MeV]", "MEV")).masses[1], 9e-3, 1e-12)


@pytest.mark.parametrize(
    "text",
    ["m [MeV],g_agg [GeV^-1]\nGeV,GeV^-1\n1,1\n2,2\n", "m,g_agg [TeV^-1]\nGeV,GeV^-1\n1,1\n2,2\n",
     "# units: GeV, GeV^-1\nm,g_agg [TeV^-1]\n1,1\n2,2\n",
     "# units: MeV, 1\nm [GeV],epsilon\n1,1\n2,2\n"],
)  # fmt: skip
def test_units_of_a_text_that_contradict_its_heads_are_refused(tmp_path, text):
    file = tmp_path / "c.csv"
    file.write_text(text)
    with pytest.raises(EmissError, match="contradict each other"):
        read_curve(file)


@pytest.mark.parametrize("qualifier", [("alpha_D = 0.5", ""), ("coupling", "alpha_D=0.5")])
def test_qualifiers_state_the_dark_coupling(tmp_path, qualifier):
    close(hepdata_curve(tmp_path, **dict([qualifier])).alpha_dark, 0.5, 1e-12)


def test_comments_and_descriptions_of_hepdata(tmp_path):
    with pytest.raises(EmissError, match="differ in the power"):
        hepdata_curve(tmp_path, comment="# values are epsilon squared\n")
    curve = hepdata_curve(tmp_path, "limit", comment="# values are epsilon squared\n")
    np.testing.assert_allclose(curve.values, [1e-3, 2e-3], rtol=1e-12)
    with pytest.raises(EmissError, match="tells a factor"):
        hepdata_curve(tmp_path, comment="# values are multiplied by 1e4\n")
    with pytest.raises(EmissError, match="description tells a factor"):
        hepdata_curve(tmp_path, description="Limits, multiplied by 10^4.")
    said = r"Limits from $2.84 \times 10^{11}$ electrons at 90% CL."
    assert hepdata_curve(tmp_path, description=said).quantity == "epsilon"


@pytest.mark.parametrize(
    "comment",
    ["scale: 10^-4", "scale: squared", "multiplier: 1000", "values are squared",
     "values are relative to BaBar", "all values in log10", "column 2 is the square of epsilon",
     "the second column is 1e4 times epsilon", "epsilon is given in 1e-4", "logarithmic values",
     "units: MeV, squared"],
)  # fmt: skip
def test_comments_that_alter_values_are_refused(tmp_path, comment):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,epsilon\n1,1e-6\n10,4e-6\n")
    with pytest.raises(EmissError, match=r"alters|tells a factor|differ in the power|belong"):
        read_curve(file)
    if "units" not in comment:
        with pytest.raises(EmissError, match=r"alters|tells a factor|differ in the power"):
            hepdata_curve(tmp_path, comment=f"# {comment}\n")


@pytest.mark.parametrize(
    ("comment", "head", "power"),
    [
        ("values are squared", "epsilon^2", 2),
        ("limits are shown on a logarithmic scale", "epsilon", 1),
        ("limits are given on a log scale", "epsilon", 1),
        ("the limit is 1e-4 at 10 MeV", "epsilon", 1),
        ("limits are rescaled to 90% CL", "epsilon", 1),
        ("scale: linear", "epsilon", 1),
        ("2.84 x 10^11 electrons on target", "epsilon", 1),
    ],
)
def test_comments_that_alter_nothing(tmp_path, comment, head, power):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,{head}\n1,1e-6\n10,4e-6\n")
    expected = np.array([1e-6, 4e-6]) ** (1.0 / power)
    np.testing.assert_allclose(read_curve(file).values, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["mass_mev,epsilon, 10^-4\n1,1\n2,2\n", "mass_mev;epsilon; 1e-4\n1;1\n2;2\n",
     "mass_mev epsilon x 10^-4\n1 1\n2 2\n", "mass_mev,epsilon, relative\n1,1\n2,2\n",
     "mass_mev,epsilon,%\n1,1\n2,2\n"],
)  # fmt: skip
def test_a_head_split_at_its_separator_is_refused(tmp_path, text):
    file = tmp_path / "c.txt"
    file.write_text(text)
    with pytest.raises(EmissError, match="has no column below it"):
        read_curve(file)
    file.write_text("mass_mev,epsilon,comment\n1,1\n2,2\n")
    assert read_curve(file).values.tolist() == [1.0, 2.0]


def test_a_comment_in_place_of_a_head_is_read_like_one(tmp_path):
    file = tmp_path / "c.txt"
    for said in ("quantity: relative epsilon", "y: epsilon ratio"):
        file.write_text(f"# x: mass [GeV]\n# {said}\n0.1 1e-4\n0.2 1e-4\n")
        with pytest.raises(EmissError, match="alters the values"):
            read_curve(file)


def test_comments_of_darkcast_tables(tmp_path):
    file = tmp_path / "c.lmt"
    rows = "0.01 1e-10 1e-6\n0.02 4e-10 1e-6\n"
    file.write_text("# values are epsilon squared\n" + rows)
    curve = read_curve(file)
    assert curve.quantity == "epsilon"
    np.testing.assert_allclose(curve.values, [1e-5, 2e-5], rtol=1e-12)
    file.write_text("# values are multiplied by 10^4\n" + rows)
    with pytest.raises(EmissError, match="tells a factor"):
        read_curve(file)
    file.write_text("# scale: log10\n0.01 -5 -3\n0.02 -4 -3\n")
    np.testing.assert_allclose(read_curve(file).values, [1e-5, 1e-4], rtol=1e-12)
    file.write_text("# values are squared\n" + rows)
    with pytest.raises(EmissError, match="alters the values"):
        read_curve(file)
    # A plain name, and what the package wrote itself, change nothing.
    for said in ("# from a plot of epsilon\n", "# quantity: g\n# beside epsilon squared\n"):
        file.write_text(said + rows)
        assert read_curve(file).quantity == ("g" if "g\n" in said else "")
        np.testing.assert_array_equal(read_curve(file).values, [1e-10, 4e-10])


def test_a_product_in_a_qualifier_is_not_the_coupling(tmp_path):
    with pytest.raises(EmissError, match="alters its values"):
        hepdata_curve(tmp_path, "Observed", limit="epsilon^2 alpha_D")


@pytest.mark.parametrize("backwards", [False, True])
def test_vertical_steps_keep_the_way_of_the_curve(tmp_path, backwards):
    rows = ["0.01 1e-4", "0.01 1e-3", "0.02 2e-3", "0.03 1e-3", "0.03 2e-4"]
    file = tmp_path / "c.txt"
    file.write_text("mass_gev epsilon\n" + "\n".join(rows[::-1] if backwards else rows) + "\n")
    curve = read_curve(file)
    assert curve.masses.tolist() == [0.01, 0.01, 0.02, 0.03, 0.03]
    assert curve.values.tolist() == [1e-4, 1e-3, 2e-3, 1e-3, 2e-4]


def test_names_of_files_that_are_not_text_are_readable(tmp_path):
    file = tmp_path / os.fsdecode(b"bad\xff.csv")
    file.write_text("mass_gev,epsilon\n0.1,1e-4\n0.2,1e-4\n")
    assert read_curve(file).label == r"bad\xff"
