"""What comments, descriptions and qualifiers say of the numbers: understood, harmless, refused."""

import pytest
import yaml
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.statements import statements

ALTERING = """values are 1/epsilon
title: Ratio to BaBar
conversion: multiply by 1e-3
note: log10 values
multiply by 1e-3
divide by 1000
Divide the coupling by 10 to get epsilon
normalised to NA64
we give -log10 of epsilon
values in log10
factor 2 included
relative to the 2016 limit
epsilon in units of 1e-4
number of events
log10 values
uncertainty
squared
values are squared
the second column is 1e4 times epsilon
epsilon is given in 1e-4
Limits, multiplied by 10^4.
Coupling values have been scaled by 1e3 for plotting
epsilon^-1 is given
the numbers are exponents
ordinate is log10 of the coupling
inverse of the coupling
reciprocal of epsilon
coupling squared
epsilon in percent
in units of 10^-3
in multiples of the electron charge
values are ratios to the thermal target
The limit divided by the expected limit
normalized to the expected limit
Signal efficiency
relative error
the values are pixel coordinates
the coupling is multiplied by sqrt(alpha_D)
limits times 1e6
values x10^3
natural logarithm of the coupling
epsilon/10^-3
y divided by alpha_D
|log10 epsilon|
the limit on the number of events
95% CL limit on signal strength""".splitlines()

HARMLESS = """90% CL limits on epsilon, arXiv:2307.02404
limits are shown on a logarithmic scale
limits are rescaled to 90% CL
2.84 x 10^11 electrons on target
Digitised with WebPlotDigitizer from Fig. 3
The 90% C.L. exclusion region in the (m_A', epsilon) plane obtained with 2.84E11 EOT
Upper limits at 90% CL on the mixing strength epsilon versus the A' mass, for BR(A' -> inv) = 1
The expected number of background events is 0.5 +- 0.2
limits obtained with the profile likelihood ratio
masses are logarithmically spaced
Rows: even in ln m, denser at the resonance
interpolated linearly in log-log
systematic uncertainty of 10% on the signal efficiency included
limits scaled to 1e13 EOT
improved by a factor of 2 with respect to 2016
about a factor of 10 better than BaBar
cross section multiplied by branching fraction was used to derive the limits
the background is normalised to data
luminosity of 514 fb^-1
mass ratio m_A'/m_chi = 3
uncertainties are not included
errors are one sigma
value 1.0 means no limit (plot padding)
mass [GeV], epsilon
The limit was obtained from the ratio of signal to background in each bin
Limits were derived with the CLs method and the log-likelihood ratio
momentum transfer squared q^2 < 1 GeV^2
y = epsilon^2 alpha_D (m_chi/m_A')^4
limits recast from dark photon to B-L""".splitlines()


def csv(tmp_path, comment, head="epsilon", **stated):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,{head}\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    return read_curve(file, **stated)


def hepdata(tmp_path, head="epsilon", description="", **qualifiers):
    def column(name, units, values):
        return {
            "header": {"name": name, "units": units},
            "values": [{"value": value} for value in values],
        }

    values = column(head, "", (1e-6, 4e-6))
    values["qualifiers"] = [{"name": n, "value": v} for n, v in qualifiers.items()]
    table = {
        "description": description,
        "independent_variables": [column("m_{A'}", "MeV", (1, 10))],
        "dependent_variables": [values],
    }
    file = tmp_path / "t.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    return read_curve(file)


# "Limit on the number of events" says nothing where the head says that it was turned into epsilon.
HEADS = [("limit", text) for text in ALTERING]
HEADS += [("epsilon", text) for text in ALTERING if "limit on" not in text]


@pytest.mark.parametrize(("head", "text"), HEADS)
def test_what_alters_the_values_is_refused_until_the_user_says_what_they_are(tmp_path, head, text):
    refused = r"alters|tells a factor|differ in the power"
    with pytest.raises(EmissError, match=rf"(?:{refused}).*--quantity"):
        csv(tmp_path, text, head)
    with pytest.raises(EmissError, match=refused):
        hepdata(tmp_path, head, Comment=text)
    curve = csv(tmp_path, text, head, quantity="epsilon^2 [10^-4]")
    assert curve.quantity == "epsilon"
    close(curve.values, [1e-5, 2e-5], 1e-12)


def test_comments_that_say_all_are_understood(tmp_path):
    close(csv(tmp_path, "column 2 is the square of epsilon", "limit").values[0], 1e-3, 1e-12)


def test_an_axis_of_logarithms_with_small_numbers_is_asked_about(tmp_path):
    with pytest.raises(EmissError, match="as logarithms they would all be"):
        csv(tmp_path, "y axis: log10(epsilon)", "limit")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_alters_nothing_is_not_refused(tmp_path, text):
    assert statements(text) == ()
    for curve in (csv(tmp_path, text), hepdata(tmp_path, description=text)):
        assert curve.quantity == "epsilon"
        assert curve.values.tolist() == [1e-6, 4e-6]


@pytest.mark.parametrize(
    ("text", "head"),
    [("values are squared", "epsilon^2"), ("log10 values", "log10(epsilon)"),
     ("epsilon in units of 1e-4", "epsilon [10^-4]"), ("epsilon in percent", "epsilon [%]")],
)  # fmt: skip
def test_what_the_head_says_as_well_is_understood(tmp_path, text, head):
    assert csv(tmp_path, text, head).quantity == "epsilon"
    assert csv(tmp_path, text, head).values[0] != 1e-6


@pytest.mark.parametrize(
    "qualifier", [("Type", "uncertainty"), ("Comment", "log10 values"), ("Kind", "efficiency")]
)
def test_qualifiers_that_call_the_values_something_else(tmp_path, qualifier):
    with pytest.raises(EmissError, match="alters its values"):
        hepdata(tmp_path, **dict([qualifier]))
    assert hepdata(tmp_path, Type="observed").quantity == "epsilon"


@pytest.mark.parametrize(
    "text",
    ["masses are given as log10(m/MeV)", "log10 of the mass", "masses are multiplied by 1000",
     "mass in units of 10^-2"],
)  # fmt: skip
def test_what_alters_the_masses_is_refused_until_the_user_says_what_they_are(tmp_path, text):
    with pytest.raises(EmissError, match=r"alters the masses.*--mass-unit"):
        csv(tmp_path, text)
    close(csv(tmp_path, text, mass_unit="m [MeV]").masses, [1e-3, 1e-2], 1e-12)


@pytest.mark.parametrize(
    "text",
    ["limits on epsilon as a function of the dark-matter mass", "limits on epsilon vs m_chi",
     "x axis: m_chi", "masses are those of the dark matter"],
)  # fmt: skip
def test_whose_mass_it_is_may_stand_in_a_comment(tmp_path, text):
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        csv(tmp_path, text)
    assert csv(tmp_path, text.replace("m_chi", "m_A'").replace("dark-matter", "mediator").replace(
        "the dark matter", "the mediator")).quantity == "epsilon"  # fmt: skip


@pytest.mark.parametrize(
    ("comment", "quantity", "masses", "values"),
    [
        ("mass in MeV", "", [1e-5, 2e-5], [1e-7, 2e-7]),
        ("mass [MeV], epsilon", "epsilon", [1e-5, 2e-5], [1e-7, 2e-7]),
        ("masses in GeV, epsilon", "epsilon", [0.01, 0.02], [1e-7, 2e-7]),
        ("epsilon mass", "epsilon", [1e-7, 2e-7], [0.01, 0.02]),
        ("limits on y", "y", [0.01, 0.02], [1e-7, 2e-7]),
        ("mass epsilon^2", "epsilon", [0.01, 0.02], [1e-7**0.5, 2e-7**0.5]),
        ("mass lower upper", "", [0.01, 0.02], [1e-7, 2e-7]),
        ("units: MeV, 1", "", [1e-5, 2e-5], [1e-7, 2e-7]),
        ("first column in MeV", "", [1e-5, 2e-5], [1e-7, 2e-7]),
        ("column 1: mass [MeV], column 2: epsilon", "epsilon", [1e-5, 2e-5], [1e-7, 2e-7]),
        ("coupling, mass", "", [1e-7, 2e-7], [0.01, 0.02]),
        ("m_chi [GeV] sigma_e [cm^2]", "sigma_e_cm2", [0.01, 0.02], [1e-7, 2e-7]),
        ("Limits above 1 MeV from https://x.y/z", "", [0.01, 0.02], [1e-7, 2e-7]),
    ],
)
def test_comments_of_darkcast_tables_rename_columns(tmp_path, comment, quantity, masses, values):
    file = tmp_path / "c.lmt"
    file.write_text(f"# {comment}\n0.01 1e-7\n0.02 2e-7\n")
    curve = read_curve(file)
    assert curve.quantity == quantity
    close(curve.masses, masses, 1e-12)
    close(curve.values, values, 1e-12)


@pytest.mark.parametrize(
    "comment",
    ["coupling squared", "log10 of the coupling", "1/epsilon", "Gamma epsilon", "width epsilon"],
)
def test_comments_of_darkcast_tables_that_alter_are_refused(tmp_path, comment):
    file = tmp_path / "c.lmt"
    file.write_text(f"# {comment}\n0.01 1e-7\n0.02 2e-7\n")
    with pytest.raises(EmissError, match="alters the values"):
        read_curve(file)
    assert read_curve(file, quantity="epsilon").values.tolist() == [1e-7, 2e-7]


@pytest.mark.parametrize(
    "rows",
    ["10 1,5\n20 2,5\n", "0,01 1e-7\n0,02 2e-7\n", "0.01, 1,5\n",
     "# mass, epsilon\n10,1,5\n20,2,5\n"],
)  # fmt: skip
def test_decimal_commas_of_darkcast_tables_are_refused(tmp_path, rows):
    file = tmp_path / "c.lmt"
    file.write_text(rows)
    with pytest.raises(EmissError, match="decimal points"):
        read_curve(file)
    file.write_text("0.01, 1e-7\n0.02, 2e-7\n")
    assert read_curve(file).values.tolist() == [1e-7, 2e-7]


def test_the_unit_of_darkcast_tables_is_a_convention(tmp_path):
    file = tmp_path / "c.lmt"
    file.write_text("10 1e-7\n20 2e-7\n")
    close(read_curve(file, mass_unit="MeV").masses, [0.01, 0.02], 1e-12)
    for comment in ("MeV", "all in MeV", "energies in MeV"):
        file.write_text(f"# {comment}\n10 1e-7\n20 2e-7\n")
        with pytest.raises(EmissError, match=r"unit of the mass is not stated|does not say"):
            read_curve(file)
        close(read_curve(file, mass_unit="MeV", quantity="g").masses, [0.01, 0.02], 1e-12)
    file.write_text("# mass in MeV\n# mass in GeV\n10 1e-7\n20 2e-7\n")
    with pytest.raises(EmissError, match="in MeV and in GeV"):
        read_curve(file)


@pytest.mark.parametrize(
    "qualifier", [("scale", "log10"), ("multiplier", "1000"), ("note", "masses are logarithms")]
)
def test_qualifiers_of_the_mass_count(tmp_path, qualifier):
    def column(name, units, values, **more):
        return {
            "header": {"name": name, "units": units},
            "values": [{"value": value} for value in values],
            **more,
        }

    masses = column("m", "MeV", (1, 10))
    masses["qualifiers"] = [dict(zip(("name", "value"), qualifier, strict=True))]
    table = {
        "independent_variables": [masses],
        "dependent_variables": [column("epsilon", "", (1e-6, 4e-6))],
    }
    file = tmp_path / "t.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(EmissError, match="alters the masses"):
        read_curve(file)
    close(read_curve(file, mass_unit="m [MeV]").masses, [1e-3, 1e-2], 1e-12)


def test_what_else_the_header_of_a_column_says_counts(tmp_path):
    text = """
independent_variables:
- header: {name: m, units: MeV}
  values: [{value: 1}, {value: 10}]
dependent_variables:
- header: {name: epsilon, scale: log10}
  values: [{value: -5}, {value: -4}]
"""
    file = tmp_path / "t.yaml"
    file.write_text(text)
    close(read_curve(file).values, [1e-5, 1e-4], 1e-12)
    file.write_text(text.replace("scale: log10", "factor: 1000"))
    with pytest.raises(EmissError, match="alters its values"):
        read_curve(file)


def test_a_comment_behind_the_numbers_counts(tmp_path):
    file = tmp_path / "c.lmt"
    file.write_text("0.01 1e-7 # x 1e-4\n0.02 2e-7\n")
    with pytest.raises(EmissError, match="tells a factor"):
        read_curve(file)


def test_a_statement_far_above_the_numbers_counts(tmp_path):
    file = tmp_path / "c.csv"
    comments = "# values are 1/epsilon\n" + "# digitised\n" * 150
    file.write_text(comments + "mass_mev,epsilon\n1,1e-6\n10,4e-6\n")
    with pytest.raises(EmissError, match="alters the values"):
        read_curve(file)


@pytest.mark.parametrize(
    ("name", "quantity"), [("Default Dataset", ""), ("epsilon", "epsilon"), ("NA64", "na64")]
)
def test_the_name_of_a_digitised_curve_is_the_head_of_its_values(tmp_path, name, quantity):
    file = tmp_path / "wpd.csv"
    file.write_text(f"{name},\nX,Y\n0.001,1e-5\n0.01,3e-5\n")
    curve = read_curve(file, mass_unit="GeV")
    assert (curve.quantity, curve.values.tolist()) == (quantity, [1e-5, 3e-5])
    with pytest.raises(EmissError, match="unit of the mass"):
        read_curve(file)
