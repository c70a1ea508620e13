"""Keywords and topics of a record say nothing of a column; qualifiers belong to columns."""

import json

import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.table import Choice

KEYWORDS = "#: keyword phrases: Dark Photon | Kinetic Mixing | Invisible decay\n"


def written(tmp_path, text):
    path = tmp_path / "theirs.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "described",
    [
        "Upper limit on the decay width",
        "Limits on the number of signal events",
        "Upper limits on the rate",
    ],
)
@pytest.mark.parametrize("keywords", [KEYWORDS, "#: keyword observables: epsilon\n", ""])
def test_keywords_do_not_settle_what_a_column_holds(tmp_path, described, keywords):
    text = f"#: name: Figure 3\n#: description: {described}\n{keywords}"
    path = written(tmp_path, f"{text}$m_{{A'}}$ [MeV],Limit\n1,1e-4\n10,4e-4\n")
    with pytest.raises(EmissError):
        read_curve(path)


def test_keywords_do_not_take_back_a_square(tmp_path):
    text = f"#: description: Upper limits on the mixing strength squared\n{KEYWORDS}"
    path = written(tmp_path, f"{text}$m_{{A'}}$ [MeV],Observed\n1,1e-4\n10,4e-4\n")
    assert read_curve(path).values.tolist() == [1e-2, 2e-2]


@pytest.mark.parametrize("text", [KEYWORDS, "#: description: Upper limits on the kinetic mixing\n"])
def test_a_topic_does_not_contradict_the_power_of_a_head(tmp_path, text):
    path = written(tmp_path, f"{text}$m_{{A'}}$ [MeV],$\\epsilon^2$\n1,1e-4\n10,4e-4\n")
    assert read_curve(path).values.tolist() == [1e-2, 2e-2]


def test_a_symbol_does(tmp_path):
    text = "#: description: Upper limits on the kinetic mixing epsilon\n"
    path = written(tmp_path, f"{text}$m_{{A'}}$ [MeV],$\\epsilon^2$\n1,1e-4\n10,4e-4\n")
    with pytest.raises(EmissError, match="differ in the power"):
        read_curve(path)


ROWS = "m_chi [MeV],y,y\n1,1e-12,2e-12\n10,1e-11,2e-11\n"


def chosen_by(alpha):
    return Choice(qualifiers=(("alpha_D", alpha),))


@pytest.mark.parametrize("cells", ["alpha_D,0.1,0.5", "alpha_D,,0.1,0.5", "alpha_D,0.1,0.5,,"])
def test_qualifiers_belong_to_the_column_below_them(tmp_path, cells):
    path = written(tmp_path, f"#: {cells}\n{ROWS}")
    for chosen, first in (("0.1", 1e-12), ("0.5", 2e-12)):
        assert read_curve(path, choice=chosen_by(chosen)).values[0] == first


def test_more_qualifiers_than_columns_are_refused(tmp_path):
    path = written(tmp_path, f"#: alpha_D,0.05,0.1,0.5\n{ROWS}")
    with pytest.raises(EmissError, match="alpha_D"):
        read_curve(path, choice=chosen_by("0.1"))


def test_the_form_with_one_cell_more_holds_in_blocks(tmp_path):
    blocks = [
        f"#: alpha_D,,{alpha}\nm_chi [MeV],y\n1,{k}e-12\n10,{k}e-11\n"
        for k, alpha in ((1, 0.1), (2, 0.5))
    ]
    path = written(tmp_path, "\n".join(blocks))
    for chosen, first in (("0.1", 1e-12), ("0.5", 2e-12)):
        assert read_curve(path, choice=chosen_by(chosen)).values[0] == first


SQUARES = "1,1e-10\n10,4e-10\n"


@pytest.mark.parametrize("heads", ["", "x,y\n"])
@pytest.mark.parametrize(
    ("said", "rows", "masses"),
    [
        ("WebPlotDigitizer 4.6; x: log10(mass/GeV), y: log10(epsilon)", "-3,-5\n-2,-4\n", 1e-3),
        ("from figure 2 (x in MeV, y = epsilon)", "1,1e-5\n10,1e-4\n", 1e-3),
        ("Fig. 4: x - mass [MeV]; y - epsilon^2", "1,1e-10\n10,1e-8\n", 1e-3),
        ("(x, y) = (mass [GeV], epsilon^2)", "1,1e-10\n10,1e-8\n", 1.0),
    ],
)
def test_axes_are_found_behind_other_words(tmp_path, heads, said, rows, masses):
    curve = read_curve(written(tmp_path, f"# {said}\n{heads}{rows}"))
    assert curve.reading.startswith("epsilon")
    close(curve.masses, [masses, 10.0 * masses], 1e-12)
    close(curve.values, [1e-5, 1e-4], 1e-12)


def test_axes_with_what_is_on_them_in_brackets(tmp_path):
    curve = read_curve(written(tmp_path, f"x (GeV),y (epsilon^2)\n{SQUARES}"))
    close(curve.masses, [1.0, 10.0], 1e-12)
    close(curve.values, [1e-5, 2e-5], 1e-12)


def test_the_definition_of_y_is_no_axis(tmp_path):
    text = f"# limits; y = epsilon^2 alpha_D (m_chi/m_A')^4\nm_chi [MeV],y\n{SQUARES}"
    curve = read_curve(written(tmp_path, text))
    assert curve.reading.startswith("y ")
    close(curve.values, [1e-10, 4e-10], 1e-12)


@pytest.mark.parametrize("version", ["emiss-limit/99", None, 1])
def test_a_limit_of_another_format_is_refused(tmp_path, version):
    record = {
        "format": "emiss-limit/1",
        "coupling_name": "epsilon",
        "masses_gev": [0.1, 0.2],
        "observed": [1e-5, 2e-5],
    }
    path = tmp_path / "limit.json"
    path.write_text(json.dumps(record))
    assert read_curve(path).values.tolist() == [1e-5, 2e-5]
    path.write_text(json.dumps({**record, "format": version}))
    with pytest.raises(EmissError, match=r"format is|is not a HEPData table"):
        read_curve(path)
