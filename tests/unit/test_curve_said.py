"""Which remarks a reading quotes: all but those that say no more than it does."""

import json

import pytest
from closeness import close

from emiss import read_curve
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.table import Choice

ROWS = "1,1e-5\n10,3e-5\n"
Y = "m_chi [MeV],y\n1,1e-12\n10,1e-11\n"


def curve(tmp_path, text, **stated):
    file = tmp_path / "c.csv"
    file.write_text(text, encoding="utf-8")
    return read_curve(file, **stated)


def said(tmp_path, remark, head="m_A' [MeV],epsilon"):
    return curve(tmp_path, f"# {remark}\n{head}\n{ROWS}").reading


OF_NUMBERS = """mass column in 10 MeV
mass in tens of MeV
column 1 squared mass
second column squared
2nd column is squared
(1e-4)
1e-4
10^-3
e-4
mass unit: 100 MeV
mass axis times ten
twice the mass
masses halved
values in tens
half of the coupling
values * 3
factor two
ten times
a tenth
1:1000
(1/3)
0.5
90
Mass10
X1000
HALF
IN TENS OF MEV
first column epsilon, second column mass
column 1: epsilon
column 2: mass
y first
electron masses
per nucleon
for Z = 74
alpha_em = 1/128
DM mass = 0.1 GeV
m_chi = 10 MeV fixed
ctau = 1 m
exponent only
do not use
A' -> e+e-
leptophilic
dark coupling=0.1
second region
segment 2
electrons only""".splitlines()


@pytest.mark.parametrize("remark", OF_NUMBERS)
@pytest.mark.parametrize("form", ["# {}", "#: note,{}"])
def test_a_remark_with_a_number_or_a_word_that_alters_is_quoted_or_refused(tmp_path, remark, form):
    text = f"{form.format(remark)}\nm_A' [MeV],epsilon\n{ROWS}"
    try:
        reading = curve(tmp_path, text).reading
    except EmissError:
        return
    assert remark.split()[-1] in reading.partition("; not used: ")[2]


HARMLESS = """Data extracted with WebPlotDigitizer v4.6 from Fig. 3 of arXiv:2307.02404
NA64 Collaboration, Phys. Rev. Lett. 131, 161801 (2023)
90% CL exclusion limits on epsilon from NA64 (2016-2022), 9.37e11 EOT
BaBar 2017 monophoton search, 53 fb^-1
Limits from the LDMX design, 8 GeV electron beam, 1e16 EOT
beam energy 100 GeV
sqrt(s) = 10.58 GeV
Belle II, e+e- -> gamma A', A' -> invisible, 20 fb^-1
generated 2024-03-12 12:30:11
Last modified on 3 May 2021
Figure 4 (left), solid black line
Table 2 of the supplemental material
limits at 90 % confidence level as function of the dark photon mass
Exclusion for masses between 1 MeV and 1 GeV
from 1 to 250 MeV
vector mediator, pseudo-Dirac dark matter
alpha_D = 0.1, m_A'/m_chi = 3
https://www.hepdata.net/record/ins1234567
doi: 10.17182/hepdata.1234
data/NA64/curve_2023.csv
both axes are logarithmic
number of points: 100
--------------------
**********
CL = 90%
confidence level 0.90
3.22 x 10^11 electrons on target
pp collisions at 13 TeV
NA64 e- 2016-2022 (100 GeV e-, ~9.4e11 EOT), A'->invisible
units: m_A' [MeV], epsilon [1]
licence: see the README of the repository
Limit on epsilon vs. mass, from PRL 131 (2023) 161801.
The limits are obtained with a profile likelihood ratio test statistic and the CLs method.
Systematic uncertainties are included as nuisance parameters.
No significant excess was observed.
Numerical values of the observed limit shown in Figure 4.
Preprint: CERN-EP-2023-129
(c) CERN 2023, for the benefit of the NA64 Collaboration
This work is licensed under CC BY 4.0
Missing energy search with a 100 GeV electron beam at the CERN SPS
Column 1: mass of the dark photon in MeV, column 2: epsilon at 90% CL
JHEP 06 (2021) 122""".splitlines()


@pytest.mark.parametrize("remark", HARMLESS)
def test_a_remark_on_the_paper_or_the_search_is_not_quoted(tmp_path, remark):
    assert "not used" not in said(tmp_path, remark)


def test_a_square_that_was_taken_is_not_quoted(tmp_path):
    assert "not used" not in said(tmp_path, "second column squared", "m_A' [MeV],epsilon^2")
    assert "'95% CL'" not in said(tmp_path, "95% CL", "m_A' [MeV],epsilon (95% CL)")


@pytest.mark.parametrize(
    "order",
    ["epsilon^2 alpha_D (m_chi/m_A')^4", "alpha_D eps^2 (m_chi/m_A')^4",
     r"\\alpha_D (m_\\chi/m_{A'})^4 \\epsilon^2"],
)  # fmt: skip
def test_the_definition_of_y_is_known_in_any_order(tmp_path, order):
    assert "not used" not in curve(tmp_path, f"# limits on y = {order}\n{Y}").reading
    other = order.replace("^4", "^2")
    assert "not used" in curve(tmp_path, f"# limits on y = {other}\n{Y}").reading


def test_up_to_four_that_may_be_of_the_numbers_are_quoted(tmp_path):
    tens = "".join(f"# Tens of values {word}\n" for word in ("a", "bb", "cc", "dd", "ee"))
    reading = curve(tmp_path, f"# Wobbly\n{tens}m_A' [MeV],epsilon\n{ROWS}").reading
    assert reading.count("'Tens of values") == 4
    assert reading.endswith("and 2 more")


def test_of_a_long_remark_the_part_that_may_alter_is_shown(tmp_path):
    remark = f"Made {'by hand and by eye ' * 8}in tens of units as in the thesis of our student"
    assert "in tens of units" in said(tmp_path, remark)


def test_a_description_that_repeats_a_comment_is_quoted_once(tmp_path):
    text = "# quantity: epsilon after a wobble\nm_A' [MeV],epsilon\n"
    assert curve(tmp_path, text + ROWS).reading.count("wobble") == 1


def test_what_may_be_of_the_numbers_is_quoted_before_other_remarks(tmp_path):
    text = "# Wobbly\n# Wiggled\n# Tens of values\n# At 95% CL\nm_A' [MeV],epsilon\n"
    reading = curve(tmp_path, text + ROWS).reading
    assert reading.endswith("; not used: 'At 95% CL', 'Tens of values' and 2 more")


@pytest.mark.parametrize(
    ("name", "value"),
    [("Coupling", "electrons only"), ("Final state", "e+ e-"), ("DM mass", "0.1 GEV"),
     ("m(chi)", "1 MeV"), ("Limit", "5 events"), ("dark coupling", "0.1")],
)  # fmt: skip
def test_qualifiers_are_quoted_unless_the_reading_says_their_value(tmp_path, name, value):
    text = f"#: {name},{value}\nm_A' [MeV],epsilon\n{ROWS}"
    assert f"'{name} {value}'" in curve(tmp_path, text).reading


def test_a_qualifier_on_the_axis_is_read(tmp_path):
    text = f"#: X axis,dark matter mass\n{{}} [MeV],epsilon\n{ROWS}"
    with pytest.raises(EmissError, match="differ in whose mass it is"):
        curve(tmp_path, text.format("m_A'"))
    with pytest.raises(EmissError, match="--curve-mass-ratio"):
        curve(tmp_path, text.format("mass"))


@pytest.mark.parametrize(
    "stated",
    ["M(MEDIATOR)/M(DM){}3", "MED/DM mass{}3", "mediator mass/DM mass{}3",
     "mediator to dark matter mass ratio{}3", "DM/mediator mass{}0.333", "m(DM)/m(med){}1/3"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["# {}", "#: {}"])
def test_a_ratio_in_words_is_that_of_the_curve(tmp_path, stated, form):
    mark = " = " if form == "# {}" else ","
    found = curve(tmp_path, f"{form.format(stated.format(mark))}\n{Y}")
    assert found.mass_ratio == 3.0
    assert "for mass ratio = 3" in found.reading
    assert "not used" not in found.reading


def test_a_dark_sector_that_differs_from_the_one_that_is_taken_is_quoted(tmp_path):
    found = curve(tmp_path, f"# alpha_D = 0.5, as in the paper\n#: alpha_D,0.1\n{Y}")
    assert found.alpha_dark == 0.1
    assert "'alpha_D = 0.5, as in the paper'" in found.reading
    assert "not used" not in curve(tmp_path, f"# alpha_D = 0.1\n#: alpha_D,0.1\n{Y}").reading


@pytest.mark.parametrize(
    ("head", "stated", "given"),
    [
        ("m_chi [MeV],epsilon", "m_A'/m_chi = 3", {"mass_ratio": 2.5}),
        ("m_chi [MeV],y", "alpha_D = 0.1", {"alpha_dark": 0.5}),
        ("m_A' [MeV],epsilon", "alpha_D = 0.1", {"alpha_dark": 0.5}),
        ("m_A' [MeV],epsilon", "R = 3", {"mass_ratio": 2.5, "alpha_dark": 0.1}),
    ],
)
def test_a_dark_sector_that_contradicts_the_file_is_refused(tmp_path, head, stated, given):
    text = f"# {stated}\n{head}\n{ROWS}"
    with pytest.raises(EmissError, match="is given, but the file states"):
        curve(tmp_path, text, choice=Choice(**given))


def hepdata(tmp_path, *, name="", qualifiers=()):
    def column(head, unit, values, **more):
        listed = [{"value": value} for value in values]
        return {"header": {"name": head, "units": unit}, "values": listed, **more}

    stated = [{"name": key, "value": value} for key, value in qualifiers]
    table = {
        "independent_variables": [column("m_A'", "MeV", (1, 10))],
        "dependent_variables": [column("epsilon", "", (1e-5, 3e-5), qualifiers=stated)],
    }
    file = tmp_path / "t.json"
    file.write_text(json.dumps({**table, "name": name} if name else table), encoding="utf-8")
    return read_curve(file)


@pytest.mark.parametrize("name", ["mass in tens of MeV", "for Z = 74", "erratum", "3x", "Majorana"])
def test_the_name_of_a_table_is_a_text_like_any_other(tmp_path, name):
    assert f"'{name}'" in hepdata(tmp_path, name=name).reading
    assert "not used" not in hepdata(tmp_path, name="Table 1").reading


@pytest.mark.parametrize(
    ("key", "value"),
    [("half of the coupling", ""), ("unit: keV", ""), ("Coupling of muons", "observed"),
     ("Luminosity scaling", "2"), ("Channel", "mu+ mu-"), ("Search", "displaced"),
     ("Portal", "Higgs"), ("Width/mass", "0.1"), ("Charge", "0.3")],
)  # fmt: skip
def test_the_name_of_a_qualifier_counts_too(tmp_path, key, value):
    assert f"{key} {value}".strip() in hepdata(tmp_path, qualifiers=[(key, value)]).reading


@pytest.mark.parametrize(
    "remark",
    ["mass column in 10 MeV", "mass in tens of MeV", "masses in the MeV range", "sub-MeV masses"],
)
def test_a_multiple_or_a_range_is_no_unit_of_the_mass(tmp_path, remark):
    with pytest.raises(EmissError, match="unit of the mass is not stated"):
        said(tmp_path, remark, "mass,epsilon")
    close(curve(tmp_path, f"# mass in MeV\nmass,epsilon\n{ROWS}").masses, [1e-3, 1e-2], 1e-12)


@pytest.mark.parametrize(
    ("head", "qualifier"),
    [("epsilon excluded below", "x,y"), ("epsilon", "Limit type,lower limit")],
)
def test_a_limit_from_below_is_refused_in_head_and_qualifier(tmp_path, head, qualifier):
    with pytest.raises(EmissError, match="one side of a region"):
        curve(tmp_path, f"#: {qualifier}\nm_A' [MeV],{head}\n{ROWS}")


def test_a_column_that_counts_the_rows_is_no_value(tmp_path):
    for first in (0, 1):
        rows = f"{first},1,1e-5\n{first + 1},10,3e-5\n"
        assert curve(tmp_path, f",m_A' [MeV],epsilon\n{rows}").values.tolist() == [1e-5, 3e-5]
    with pytest.raises(EmissError, match="several columns"):
        curve(tmp_path, ",m_A' [MeV],epsilon\n0,1,1e-5\n2,10,3e-5\n")


def test_words_of_a_remark_are_no_heads(tmp_path):
    file = tmp_path / "c.lmt"
    file.write_text("# electron masses\n0.001 1e-5\n0.01 3e-5\n")
    curve_ = read_curve(file)
    close(curve_.masses, [1e-3, 1e-2], 1e-12)
    assert "'electron masses'" in curve_.reading
    file.write_text("# mass[GeV] epsilon\n# column 2: mass\n0.001 1e-5\n0.01 3e-5\n")
    close(read_curve(file).masses, [1e-3, 1e-2], 1e-12)
    assert "'column 2: mass'" in read_curve(file).reading
