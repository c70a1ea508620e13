"""Heads, their units and the qualifiers above them: nothing between or behind them is lost."""

import math

import pytest
from closeness import close

from emiss import read_curve
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.choosing import is_uncertainty

ROWS = "1,1e-5\n10,3e-5\n"


def curve(tmp_path, text, **stated):
    file = tmp_path / "c.csv"
    file.write_text(text, encoding="utf-8")
    return read_curve(file, **stated)


@pytest.mark.parametrize(
    ("head", "name", "values"),
    [
        ("epsilon [10^-3] (90% CL)", "epsilon", [1e-3, 2e-3]),
        ("epsilon [10^-3] observed", "epsilon", [1e-3, 2e-3]),
        ("epsilon [1e-4] limit", "epsilon", [1e-4, 2e-4]),
        ("epsilon^2 (10^-6) (obs.)", "epsilon", [1e-3, math.sqrt(2e-6)]),
        ("g_agg [10^-10 GeV^-1] 95% CL", "g_agg", [1e-10, 2e-10]),
        ("g_agg [TeV^-1] at 95% C.L.", "g_agg", [1e-3, 2e-3]),
        ("epsilon (90% CL) [10^-3]", "epsilon", [1e-3, 2e-3]),
        ("g_e^2/(4 pi)", "g_e", [math.sqrt(4 * math.pi), math.sqrt(8 * math.pi)]),
        ("g_mu^2/4pi", "g_mu", [math.sqrt(4 * math.pi), math.sqrt(8 * math.pi)]),
    ],
)
def test_a_unit_before_the_level_of_a_limit_is_applied(tmp_path, head, name, values):
    found = curve(tmp_path, f"m_A' [MeV],{head}\n1,1\n10,2\n")
    assert found.quantity == name
    close(found.values, values, 1e-12)


@pytest.mark.parametrize("head", ["epsilon [10^-3] (90% CL) squared", "epsilon [10^-3] error"])
def test_other_words_behind_a_unit_are_no_level(tmp_path, head):
    assert curve(tmp_path, f"m_A' [MeV],{head}\n1,1\n10,2\n").quantity != "epsilon"


AXES = "# x = m_A' (MeV, {0}), y = epsilon^2 ({0})\n"


def test_logarithms_of_axes_or_of_numbers_are_asked_about_with_the_answer(tmp_path):
    positive, negative = "1,1e-10\n10,4e-10\n", "0,-10\n1,-8\n"
    with pytest.raises(EmissError, match=r"base of the logarithm.*--mass-unit"):
        curve(tmp_path, AXES.format("log") + positive)
    with pytest.raises(EmissError, match=r"base of the logarithm.*--quantity"):
        curve(tmp_path, AXES.format("log") + positive, mass_unit="m_A' [MeV]")
    stated = {"mass_unit": "m_A' [MeV]", "quantity": "epsilon^2"}
    close(curve(tmp_path, AXES.format("log") + positive, **stated).values, [1e-5, 2e-5], 1e-12)
    stated = {"mass_unit": "log10(m_A'/MeV)", "quantity": "log10(epsilon^2)"}
    found = curve(tmp_path, AXES.format("log") + negative, **stated)
    close(found.masses, [1e-3, 1e-2], 1e-12)
    close(found.values, [1e-5, 1e-4], 1e-12)


def test_the_scale_in_the_bracket_of_the_unit_counts(tmp_path):
    found = curve(tmp_path, AXES.format("log scale") + "1,1e-10\n10,4e-10\n")
    close(found.masses, [1e-3, 1e-2], 1e-12)
    close(found.values, [1e-5, 2e-5], 1e-12)
    close(
        curve(tmp_path, "m (MeV; log10)\tepsilon\n0\t1e-5\n1\t2e-5\n").masses, [1e-3, 1e-2], 1e-12
    )


@pytest.mark.parametrize("mark", ["Column {}: {}", "col {} = {}", "{}: {}", "[{}]: {}"])
def test_a_comment_for_each_column_is_its_head(tmp_path, mark):
    heads = (mark.format(1, "log10(m_A'/MeV)"), mark.format(2, "log10(epsilon)"))
    found = curve(tmp_path, "% {}\n% {}\n0 -5\n1 -4\n".format(*heads))
    close(found.masses, [1e-3, 1e-2], 1e-12)
    close(found.values, [1e-5, 1e-4], 1e-12)
    assert "not used" not in found.reading


def test_the_head_of_one_column_is_enough_where_it_is_a_mass(tmp_path):
    close(
        curve(tmp_path, "% Column 1: log10(m_A'/MeV)\n0 1e-5\n1 1e-4\n").masses, [1e-3, 1e-2], 1e-12
    )


def test_heads_with_units_behind_a_stroke(tmp_path):
    found = curve(tmp_path, "# m_A'/MeV epsilon/1e-4\n1 0.1\n10 0.3\n")
    close(found.masses, [1e-3, 1e-2], 1e-12)
    close(found.values, [1e-5, 3e-5], 1e-12)


@pytest.mark.parametrize("other", ["epsilon_up", "epsilon_low", "epsilon_max", "epsilon min", "up"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_lone_edge_beside_a_value_is_asked_about(tmp_path, other, order):
    heads = ",".join(["epsilon", other][::order])
    text = f"m_A' [MeV],{heads}\n1,1e-5,1e-3\n10,3e-5,2e-3\n"
    with pytest.raises(EmissError, match="may be an edge of a region or one side"):
        curve(tmp_path, text)
    assert curve(tmp_path, text, column="epsilon").upper is None


def test_the_observed_one_of_many_columns_is_taken(tmp_path):
    heads = "# m_A'[MeV] eps eps_exp eps_1sig_low eps_1sig_up"
    found = curve(tmp_path, f"{heads}\n1 1e-5 2e-5 1e-6 3e-5\n10 3e-5 2e-5 1e-6 3e-5\n")
    assert "'eps'" in found.reading
    assert (found.values.tolist(), found.upper) == ([1e-5, 3e-5], None)


ERRORS = "m_chi [MeV],Y,stat +,stat -\n1,1e-12,1e-13,1e-13\n2,2e-12,1e-13,1e-13\n"


@pytest.mark.parametrize("cells", ["LIMIT,,expected", "LIMIT,expected", "LIMIT,,expected,,"])
def test_a_qualifier_above_a_column_with_errors_belongs_to_it(tmp_path, cells):
    assert "'LIMIT expected'" in curve(tmp_path, f"#: {cells}\n{ERRORS}").reading


def test_what_a_qualifier_above_a_column_with_errors_alters_is_refused(tmp_path):
    with pytest.raises(EmissError, match=r"SCALE = 10\^-3 of 'Y' alters its values"):
        curve(tmp_path, f"#: SCALE,,10^-3\n{ERRORS}")
    text = f"#: MODEL,,millicharged\nm_A' [MeV],epsilon\n{ROWS}"
    with pytest.raises(EmissError, match="another model"):
        curve(tmp_path, text)


def test_a_qualifier_of_one_of_two_columns_is_quoted_where_it_is_open_of_which(tmp_path):
    text = "#: wobble,,third\nm_A' [MeV],epsilon,y\n1,1e-5,1e-12\n10,3e-5,3e-12\n"
    assert "wobble,,third" in curve(tmp_path, text, column="epsilon").reading


def test_a_parameter_of_the_model_is_quoted_and_not_of_the_mass(tmp_path):
    assert "'g_q 0.1'" in curve(tmp_path, f"#: g_q,,0.1\nm_A' [MeV],epsilon\n{ROWS}").reading


def test_uncertainties_by_their_heads():
    for head in ("stat +", "sys -", "error", "epsilon_err", "total uncertainty +", "stat_up"):
        assert is_uncertainty(head)
    for head in ("epsilon", "limit", "observed +1 sigma", "g_e", "error band of epsilon"):
        assert not is_uncertainty(head)
