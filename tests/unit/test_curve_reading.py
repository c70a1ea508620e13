"""No curve is read in silence: how it was read, and what of its file no rule used."""

import json
import math
import re

import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.table import Choice
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
        "masses in GeV",
        "1-CL values",
        "coupling to neutrinos",
        "L_mu - L_tau model",
        "epsilon means sin^2 theta",
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


SHARE = "10 % of the dark matter"


@pytest.mark.parametrize(
    ("comments", "quoted"),
    [
        (f"# for {SHARE}\n", f"for {SHARE}"),
        ("# Limits for 10 % of the\n# dark matter\n", f"Limits for {SHARE}"),
        (f"# hand made\n# wobbly\n# wiggled\n# Chi makes up only\n# {SHARE}\n", f"only {SHARE}"),
        ("# allowed region\n", "allowed region"),
        (f"# {'Limits at 90% CL ' * 8} for {SHARE}\n", SHARE),
    ],
)
def test_what_a_limit_holds_for_is_quoted_first_and_whole(tmp_path, comments, quoted):
    said = reading(tmp_path, f"{comments}m_chi [MeV],y\n{ROWS}")
    assert re.search(rf"; not used: '[^']*{quoted}'", said)


@pytest.mark.parametrize(
    "remark",
    [
        "Digitised from Fig. 3 of arXiv:1906.00176 by Bob Miller",
        "Data from the HEPData record ins1234567",
        "The limits were computed with the CLs method",
        "columns separated by commas",
        "Do not redistribute",
        "version 2, corrected typo",
        "Courtesy of the collaboration",
        "x axis logarithmic",
        "Created by Mathematica 12.0",
        "If you use this data, please cite arXiv:1234.56789",
        "The original figure is Figure 5 (right panel)",
        "This file contains the limits of the NA64 experiment as published (Fig. 3)",
        "obtained with the CLs technique assuming a branching fraction of unity",
        "X axis: mass (MeV), Y axis: epsilon",
        "90% CL upper limits on epsilon for the process E+ E- -> GAMMA A', A' -> INVISIBLE",
        "Kinetic mixing limits",
        "log scale on both axes",
        "by M. Miller, private communication",
    ],
)
def test_remarks_about_the_file_are_not_quoted(tmp_path, remark):
    assert "not used" not in reading(tmp_path, f"# {remark}\nm_A' [MeV],epsilon\n{ROWS}")


def test_only_the_sentence_that_is_not_used_is_quoted(tmp_path):
    text = "# Limits on epsilon at 90% CL. The wobble is third. Data of 2021\nm_A' [MeV],epsilon\n"
    assert reading(tmp_path, text + ROWS).endswith("; not used: 'The wobble is third'")


@pytest.mark.parametrize(
    ("comment", "alpha", "ratio"),
    [
        ("alpha_D = 0.1, m_A'/m_chi = 3", 0.1, 3.0),
        ("for alpha_D = 0.5 and m_{A'} = 3 m_{\\chi}", 0.5, 3.0),
        ("aD=0.5, R=3", 0.5, 3.0),
        ("mass ratio 3, alphaD 0.1", 0.1, 3.0),
        ("alpha_D is 0.1 and the mass ratio is 2.5", 0.1, 2.5),
        ("m_chi/m_A' = 1/3, alpha_D = 0.1", 0.1, 3.0),
        ("\N{GREEK SMALL LETTER ALPHA}_D: 0.1\n# m_chi = m_Z'/3", 0.1, 3.0),
        ("m_chi = 0.33 m_A', g_D = 1", 1.0 / (4.0 * math.pi), 3.0),
        ("g_D: 2, m_A' = 2.5 m_chi", 1.0 / math.pi, 2.5),
        ("m_A'/m_chi is 3 and m_chi = m_A'/3, alpha_D = 0.1", 0.1, 3.0),
        ("m_A' = 0.5 m_chi; alpha_D = 0.1", 0.1, 0.5),
        ("mass ratio = 0.4, alpha_D = 0.1", 0.1, 2.5),
        ("alpha_D = 0.1 and 0.5", None, None),
        ("alpha_D = 0.1 to 0.5", None, None),
        ("alpha_D = 0.1\n# alpha_D = 0.5", None, None),
        ("a beam of 3 GeV", None, None),
    ],
)
def test_the_dark_sector_of_a_curve_in_y_is_taken_from_its_texts(tmp_path, comment, alpha, ratio):
    path = tmp_path / "theirs.csv"
    path.write_text(f"# {comment}\nm_chi [MeV],y\n{ROWS}")
    curve = read_curve(path)
    for found, wanted, name in (
        (curve.alpha_dark, alpha, "alpha_D"),
        (curve.mass_ratio, ratio, "mass ratio"),
    ):
        assert (found is None) == (wanted is None)
        if wanted is not None:
            close(found, wanted, 1e-12)
            assert f"{name} = {wanted:.4g}" in curve.reading
    assert ("; not used: 'alpha_D" in curve.reading) == (
        comment.startswith("alpha_D") and not alpha
    )


def test_a_number_beside_the_column_goes_before_a_comment(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text(f"# alpha_D = 0.5, R = 3\nm_chi [MeV],y (alpha_D = 0.1)\n{ROWS}")
    assert read_curve(path).alpha_dark == 0.1
    with pytest.raises(EmissError, match=r"is given, but the file states 0\.1"):
        read_curve(path, choice=Choice(alpha_dark=0.5, mass_ratio=3.0))


def test_bins_of_mass_are_said(tmp_path):
    bins = [{"low": 1, "high": 4}, {"low": 4, "high": 16}]
    table = {
        "independent_variables": [{"header": {"name": "m_A'", "units": "MeV"}, "values": bins}],
        "dependent_variables": [
            {"header": {"name": "epsilon"}, "values": [{"value": 1e-5}, {"value": 2e-5}]}
        ],
    }
    said = reading(tmp_path, json.dumps(table), ".json")
    assert said.endswith("mass in MeV (bins at the middle of their logarithm)")


def test_a_sentence_over_two_lines_that_the_reading_says_is_not_quoted(tmp_path):
    table = {
        "description": "Limits at 90% CL on the square of the\nmixing strength epsilon",
        "independent_variables": [
            {"header": {"name": "m_A'", "units": "MeV"}, "values": [{"value": 1}, {"value": 10}]}
        ],
        "dependent_variables": [
            {"header": {"name": "UL"}, "values": [{"value": 1e-10}, {"value": 4e-10}]}
        ],
    }
    said = reading(tmp_path, json.dumps(table), ".json")
    assert said.startswith("epsilon (column 'UL', roots taken)")
    assert "not used" not in said
