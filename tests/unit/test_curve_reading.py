"""No curve is read in silence: how it was read, and what of its file no rule used."""

import json

import pytest
from closeness import close

from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.direct_detection_curve import read_curve_in_y

ROWS = "1,1e-5\n10,2e-5\n"


def reading(tmp_path, text, suffix=".csv", **stated):
    path = tmp_path / f"mine{suffix}"
    path.write_text(text)
    return read_curve(path, **stated).reading


@pytest.mark.parametrize(
    ("mass", "head", "said"),
    [
        ("m_A'", "epsilon", "epsilon (column 'epsilon')"),
        ("m_A'", "eps^2", "epsilon (column 'eps^2', roots taken)"),
        ("m_A'", "epsilon [10^-4]", "epsilon (column 'epsilon [10^-4]', in units of 10^-4)"),
        ("m_A'", "10^4 epsilon", "epsilon (column '10^4 epsilon', times 0.0001)"),
        (
            "m_A'",
            "ln(epsilon^2)",
            "epsilon (column 'ln(epsilon^2)', antilogarithms of ln taken, roots taken)",
        ),
        ("m_a", "g_agg", "g_agg (column 'g_agg', unit taken as GeV^-1)"),
        ("m_A'", "limit", "not said what, taken as the coupling (column 'limit')"),
        ("m_chi", "y", "y (column 'y')"),
        ("m_chi", "sigma_e [cm^2]", "sigma_e_cm2 (column 'sigma_e [cm^2]')"),
    ],
)
def test_a_reading_names_quantity_column_conversions_and_mass(tmp_path, mass, head, said):
    whose = "the dark matter's" if mass == "m_chi" else "the mediator's"
    found = reading(tmp_path, f"{mass} [MeV],{head}\n{ROWS}")
    assert found == f"{said} against {whose} mass in MeV"


@pytest.mark.parametrize(
    ("mass", "head", "said"),
    [
        ("mass [MeV]", "epsilon", "the mass, taken as the mediator's, in MeV"),
        ("m_A'_gev", "epsilon", "the mediator's mass in GeV"),
        ("mass [MeV]", "y", "the mass, taken as the dark matter's, in MeV"),
        (
            "log10(m_A'/GeV)",
            "epsilon",
            "the mediator's mass in GeV (antilogarithms of log10 taken)",
        ),
    ],
)
def test_whose_mass_was_taken_is_said(tmp_path, mass, head, said):
    assert reading(tmp_path, f"{mass},{head}\n{ROWS}").endswith(f" against {said}")


def test_what_the_user_states_is_what_is_said(tmp_path):
    stated = {"quantity": "epsilon^2", "mass_unit": "m_A' [keV]"}
    said = reading(tmp_path, f"a,b\n{ROWS}", **stated)
    assert said == "epsilon (column 'b', roots taken) against the mediator's mass in keV"


def test_both_edges_and_columns_without_heads_are_named(tmp_path):
    two = "m_A' [MeV],epsilon lower,epsilon upper\n1,1e-5,1e-3\n10,2e-5,1e-4\n"
    assert "columns 'epsilon lower' and 'epsilon upper'" in reading(tmp_path, two)
    assert "(column 1 of values) against" in reading(tmp_path, f"# units: MeV, 1\nx,y\n{ROWS}")


def test_texts_that_no_rule_used_are_quoted_two_of_them_and_counted(tmp_path):
    comments = "# wiggled by hand\n# after Bob's wobble\n# third guess\n# limits on epsilon\n"
    said = reading(tmp_path, f"{comments}m_A' [MeV],epsilon\n{ROWS}")
    assert said.endswith("; not used: 'wiggled by hand', 'after Bob's wobble' and 1 more")
    long = f"# {'wobbly ' * 30}\nm_A' [MeV],epsilon\n{ROWS}"
    assert len(reading(tmp_path, long)) < 160


@pytest.mark.parametrize(
    "comment",
    [
        "source: private communication with Bob",
        "limits on epsilon",
        "units: MeV, 1",
        "90% CL limits, arXiv:2307.02404, 2.84e11 electrons on target",
        "m_A' = 3 m_chi, alpha_D = 0.1",
        "m_A' [MeV], epsilon",
    ],
)
def test_texts_that_are_used_or_known_are_not_quoted(tmp_path, comment):
    assert "not used" not in reading(tmp_path, f"# {comment}\nm_A' [MeV],epsilon\n{ROWS}")


@pytest.mark.parametrize(
    "comment",
    [
        "epsilon means sin^2 theta",
        "epsilon = g_X/g_weak",
        "epsilon to the fourth power",
        "epsilon after multiplication with 0.303",
        "masses in m_e",
        "masses are half of the threshold",
        "first column is the decay length",
        "first column: sqrt(s)",
        "first column: invariant mass squared",
        "axion-like particle, Yukawa-like couplings; epsilon is f_pi/f_a",
    ],
)
def test_a_remark_that_names_the_quantity_or_a_column_and_says_more_is_quoted(tmp_path, comment):
    assert "; not used: '" in reading(tmp_path, f"# {comment}\nmass [MeV],epsilon\n{ROWS}")


@pytest.mark.parametrize(
    "comment",
    [
        "masses in MeV",
        "x = mass [MeV], y = epsilon",
        "first column: mass [MeV], second column: epsilon",
        "quantity: epsilon",
        "Upper limits on epsilon at 90% CL as a function of the dark photon mass in MeV",
        "y = epsilon^2 alpha_D (m_chi/m_A')^4",
    ],
)
def test_a_remark_that_says_what_the_reading_says_is_not_quoted(tmp_path, comment):
    assert "not used" not in reading(tmp_path, f"# {comment}\nmass [MeV],epsilon\n{ROWS}")


def test_qualifiers_and_descriptions_count(tmp_path):
    values = [{"value": 1e-5}, {"value": 2e-5}]
    table = {
        "description": "As in the talk of Bob",
        "independent_variables": [
            {"header": {"name": "m_A'", "units": "MeV"}, "values": [{"value": 1}, {"value": 10}]}
        ],
        "dependent_variables": [
            {
                "header": {"name": "epsilon"},
                "qualifiers": [
                    {"name": "RE", "value": "E- N --> E- N A'"},
                    {"name": "alpha_D", "value": 0.1},
                    {"name": "Wobble", "value": "third"},
                ],
                "values": values,
            }
        ],
    }
    said = reading(tmp_path, json.dumps(table), ".json")
    assert said.endswith("; not used: 'As in the talk of Bob', 'Wobble third'")


def test_a_curve_turned_into_y_keeps_its_reading(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("m_chi [MeV],sigma_e [cm^2]\n10,1e-38\n100,1e-40\n")
    curve = read_curve_in_y(path, "scalar")
    close(curve.masses, [0.01, 0.1], 1e-12)
    assert curve.reading.startswith("sigma_e_cm2 (column 'sigma_e [cm^2]')")
