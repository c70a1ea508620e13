"""Faults that fresh eyes found in curves: long texts, bands, quantiles, one side, other sectors."""

import json

import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.labels import LONGEST_TEXT, in_parts

ROWS = "1,1e-10\n10,4e-10\n"
LONG = (
    "Upper limits at 90% confidence level on the kinetic mixing parameter of dark photons that "
    "decay invisibly, from the missing-energy search with electrons on an active dump. The data "
    "were taken in the years 2016, 2017, 2018, 2021 and 2022. The number of electrons on target is "
    "9.4e11, of which more than half were taken in the last two years. "
    "The expected background is 0.5 events. No event was found in the signal region. "
)


def saved(folder, text, name="mine.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder, heads, rows, remark="", **stated):
    text = (f"# {remark}\n" if remark else "") + f"{heads}\n{rows}"
    return read_curve(saved(folder, text), **stated)


def record(head, description):
    return json.dumps(
        {
            "name": "Table 1",
            "description": description,
            "independent_variables": [
                {"header": {"name": "m_A'", "units": "MeV"}, "values": [{"value": 1}, {"value": 2}]}
            ],
            "dependent_variables": [
                {"header": {"name": head}, "values": [{"value": 1e-10}, {"value": 2e-10}]}
            ],
        }
    )


@pytest.mark.parametrize(
    ("last", "problem"),
    [
        ("Values are given as epsilon^2.", "differ in the power"),
        ("Limits on log10(epsilon).", "differ in the power or the scale"),
        ("Limits on the cross-section in fb.", "alters the values"),
    ],
)
@pytest.mark.parametrize("form", ["record", "lines", "one line"])
def test_the_last_sentence_of_a_long_text_counts(tmp_path, last, problem, form):
    assert len(LONG) > LONGEST_TEXT
    if form == "record":
        file = saved(tmp_path, record("Limit", LONG + last), "mine.json")
    elif form == "lines":
        lines = "".join(f"# {part}\n" for part in [*in_parts(LONG), last])
        file = saved(tmp_path, f"{lines}m_A' [MeV],epsilon\n{ROWS}")
    else:
        file = saved(tmp_path, f"# {LONG}{last}\nm_A' [MeV],epsilon\n{ROWS}")
    with pytest.raises(EmissError, match=problem):
        read_curve(file)


def test_parts_of_a_text_are_all_of_it_and_short():
    text = f"{LONG}{'column 1: ' * 300}{'x' * 1000}"
    parts = in_parts(text)
    assert max(map(len, parts)) <= LONGEST_TEXT
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_remarks_behind_many_rows_that_were_commented_out_count(tmp_path):
    rows = "".join(f"# {i}, 2e-5\n" for i in range(1200))
    with pytest.raises(EmissError, match="differ in the power"):
        read_curve(saved(tmp_path, f"{rows}# values are epsilon^2\nm [MeV],eps\n{ROWS}"))


def test_what_is_not_read_is_said(tmp_path):
    many = "".join(f"# Sentence {chr(97 + i % 26)} of many\n" for i in range(300))
    curve = read_curve(saved(tmp_path, f"{many}m [MeV],eps\n{ROWS}"))
    assert "100 sentences of the file's texts were not read" in curve.notes


@pytest.mark.parametrize("text", ["column 1: " * 3000, "Said in no time here. " * 3000])
def test_long_texts_are_read(tmp_path, text):
    """In parts of bounded length and number; whole, they took half a minute."""
    curve = read_curve(saved(tmp_path, record("epsilon", text), "mine.json"))
    assert curve.quantity == "epsilon"


@pytest.mark.parametrize(
    ("heads", "value"),
    [
        ("eps,eps_68_low,eps_68_high", 2e-5),
        ("eps_median,eps_low,eps_high", 2e-5),
        ("eps_limit,eps_CI_low,eps_CI_high", 2e-5),
        ("epsilon UL,eps_low,eps_high", 2e-5),
        ("expected,eps_68_low,eps_68_high", None),
        ("eps_exp,eps_95_low,eps_95_high", None),
        ("$\\epsilon$ expected,$\\epsilon$ low,$\\epsilon$ high", None),
    ],
)
def test_a_band_around_a_value_is_no_region(tmp_path, heads, value):
    rows = "1,2e-5,1e-5,4e-5\n10,3e-5,2e-5,6e-5\n"
    if value is None:
        with pytest.raises(EmissError, match="several columns; choose one"):
            read(tmp_path, f"m_A' [MeV],{heads}", rows)
        return
    curve = read(tmp_path, f"m_A' [MeV],{heads}", rows)
    assert curve.upper is None
    close(curve.values[0], value, 1e-12)


@pytest.mark.parametrize(
    ("heads", "remark"),
    [
        ("eps_68_low,eps_68_high", ""),
        ("eps_toy_low,eps_toy_high", ""),
        ("eps green low,eps green high", ""),
        ("eps_min_model,eps_max_model", ""),
        ("eps_min,eps_max", "min and max over models"),
        ("eps_min,eps_max", "smallest and largest of the limits"),
        ("eps_min,eps_max", "theoretical uncertainties"),
        ("eps_min,eps_max", "two models"),
    ],
)
def test_two_sides_of_a_band_are_asked_about(tmp_path, heads, remark):
    with pytest.raises(EmissError, match=r"several columns|sides of a band"):
        read(tmp_path, f"m_A' [MeV],{heads}", "1,1e-5,4e-5\n10,2e-5,6e-5\n", remark)


@pytest.mark.parametrize("heads", ["eps_low,eps_high", "lower edge,upper edge", "eps_min,eps_max"])
def test_two_edges_are_a_region_all_the_same(tmp_path, heads):
    assert read(tmp_path, f"m_A' [MeV],{heads}", "1,1e-5,4e-5\n10,2e-5,6e-5\n").upper is not None


@pytest.mark.parametrize("shares", [(2.5, 16, 50, 84, 97.5), (5, 50, 95), (10, 50, 90)])
def test_quantiles_are_no_confidence_levels(tmp_path, shares):
    heads = ",".join(f"eps {share}%" for share in shares)
    row = ",".join(f"{i + 1}e-5" for i in range(len(shares)))
    with pytest.raises(EmissError, match="several columns; choose one"):
        read(tmp_path, f"m_A' [MeV],{heads}", f"1,{row}\n10,{row}\n")
    # Two levels of limits, of which one is the usual one.
    with pytest.raises(EmissError, match="several columns; choose one"):
        read(tmp_path, "m_A' [MeV],eps 90%,eps 95%", "1,1e-5,2e-5\n10,1e-5,2e-5\n")


@pytest.mark.parametrize(
    "remark",
    [
        "region below is excluded",
        "the area under the curve is excluded",
        "excludes couplings below",
        "the limit is from below",
        "not excluded above",
    ],
)
def test_a_limit_from_below_is_refused(tmp_path, remark):
    with pytest.raises(EmissError, match="one side of a region"):
        read(tmp_path, "m_A' [MeV],eps", ROWS, remark)


@pytest.mark.parametrize(
    "remark",
    [
        "masses below 1 MeV are excluded",
        "excluded below 10 MeV by others",
        "Region above the curve is excluded",
    ],
)
def test_what_is_excluded_in_mass_is_no_side(tmp_path, remark):
    assert read(tmp_path, "m_A' [MeV],eps", ROWS, remark).quantity == "epsilon"


@pytest.mark.parametrize(
    "remark",
    [
        "upper bound of the exclusion region",
        "minimum coupling for prompt decays",
        "not limits",
        "mean values",
        "muon coupling",
        "dark gauge coupling",
        "coupling of the mediator to dark matter",
    ],
)
def test_what_is_no_limit_or_of_another_coupling_is_quoted(tmp_path, remark):
    curve = read(tmp_path, "m_A' [MeV],eps", ROWS, remark)
    assert f"not used: '{remark}'" in curve.reading


@pytest.mark.parametrize(
    ("remark", "alpha", "ratio"),
    [
        ("alpha_D = 0.5, m_A' = 3 m_chi", 0.5, 3.0),
        ("alpha_D = 0.5, R = 3", 0.5, 3.0),
        ("alpha_D = 0.5, eps_R = 0.1", 0.5, None),
        ("sqrt(alpha_D) = 0.5, m_A' = 3 m_chi", None, 3.0),
        ("2 alpha_D = 1, m_A' = 3 m_chi", None, 3.0),
        ("not for alpha_D = 0.5", None, None),
        ("limits for alpha_D = 0.5 are in the other file", None, None),
        ("alpha_D = 0.5 is excluded", None, None),
        ("For comparison, BaBar assumed alpha_D = 0.5", None, None),
        ("converted from alpha_D = 0.1", None, None),
        ("9.4e11 electrons on target, alpha_D = 0.1", 0.1, None),
    ],
)
def test_the_dark_sector_is_that_of_the_curve(tmp_path, remark, alpha, ratio):
    curve = read(tmp_path, "m_chi [MeV],y", ROWS, remark)
    assert (curve.alpha_dark, curve.mass_ratio) == (alpha, ratio)
    assert (None in (alpha, ratio)) == ("alpha_D" in curve.reading.partition("not used")[2]) or (
        alpha is not None
    )


@pytest.mark.parametrize("head", ["scalar mass [MeV]", "axion mass [MeV]"])
def test_a_mass_of_another_boson_is_said(tmp_path, head):
    assert f"not used: '{head}'" in read(tmp_path, f"{head},g", ROWS).reading


def test_a_second_mass_of_one_value_is_said(tmp_path):
    text = "m_A' [MeV],m_chi [MeV],eps\n1,0.3,1e-5\n10,0.3,2e-5\n"
    assert "not used: 'm_chi [MeV] = 0.3'" in read_curve(saved(tmp_path, text)).reading


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("$\\epsilon\\times10^{5}$", 1e-5),
        ("$\\left(\\epsilon\\right)^2$", 1.0),
        ("sqrt(epsilon^2)", 1.0),
        ("EPSILON**2 (90PCT CL)", 1.0),
        ("g'_{B-L}^2", 1.0),
        ("epsilon [PCT]", 1e-2),
    ],
)
def test_wordings_of_records(tmp_path, head, value):
    close(read(tmp_path, f"m_A' [MeV],{head}", "1,1\n10,2\n").values[0], value, 1e-12)


@pytest.mark.parametrize(
    "head",
    [
        "Hypothesised mass [MeV]",
        "Test mass [MeV]",
        "$m_{\\gamma_{\\mathrm{dark}}}$ [MeV]",
        "MASS(NAME=HEAVY PHOTON) [MeV]",
        "MASS(Z-PRIME) [MeV]",
        "m_A' [$\\mathrm{Me\\kern -0.1em V}$]",
    ],
)
def test_names_of_masses_in_records(tmp_path, head):
    close(read(tmp_path, f"{head},epsilon", ROWS).masses, [0.001, 0.01], 1e-12)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("sigma_e [cm^2] (heavy mediator)", "sigma_e_cm2"),
        ('"sigma_e [cm^2], F_DM = 1"', "sigma_e_cm2"),
        ("sigma_e(cm2) FDM=1", "sigma_e_cm2"),
        ("sigma_e [cm^2] (massless mediator)", "sigma_e_cm2 (light mediator)"),
    ],
)
def test_the_mediator_behind_the_unit_of_a_cross_section(tmp_path, head, name):
    assert read(tmp_path, f"m_chi [MeV],{head}", "1,1e-36\n10,1e-37\n").quantity == name


def test_units_of_records_in_brackets(tmp_path):
    text = record("epsilon", "").replace('"MeV"', '"[MeV]"')
    close(read_curve(saved(tmp_path, text, "mine.json")).masses[0], 0.001, 1e-12)
