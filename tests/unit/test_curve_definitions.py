"""Definitions in heads, other bosons, titles and fields of records: what counts, what is said."""

import json
import math

import pytest
from closeness import close
from example_limits import open_limit

from emiss.ground import constants as const
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.quantity import meaning_of
from emiss.physics.constraints.curves.recast import recast
from emiss.physics.constraints.curves.table import Choice
from emiss.physics.constraints.direct_detection_curve import read_curve_in_y
from emiss.physics.models import get
from emiss.presentation.export.json_record import limit_from_record, limit_record

ROWS = "10,1e-8\n20,4e-8\n"
HEPDATA = """independent_variables:
- header: {{name: "m_A'", units: MeV}}
  values: [{{value: 10}}, {{value: 20}}]
dependent_variables:
- header: {{name: {head}}}
  qualifiers:
  - {{name: {name}, value: "{value}"}}
  values: [{{value: 1e-8}}, {{value: 4e-8}}]
"""


def saved(folder, text, name="mine.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("head", "name", "power", "factor"),
    [
        ("epsilon = g/e", "epsilon", 1, 1.0),
        ("epsilon = e'/e", "epsilon", 1, 1.0),
        ("epsilon = kappa", "epsilon", 1, 1.0),
        ("epsilon = sqrt(alpha'/alpha)", "epsilon", 1, 1.0),
        ("epsilon^2 = alpha'/alpha", "epsilon", 2, 1.0),
        ("y = eps^2 alpha_D (m_chi/m_A')^4", "y", 1, 1.0),
        # alpha' = epsilon^2 alpha, alpha_B = g_B^2/4pi.
        ("alpha'", "epsilon", 2, 1.0 / const.ALPHA),
        ("alpha_B", "g_b", 2, 4.0 * math.pi),
        ("(\u03b5/10\u207b\u00b3)\u00b2", "epsilon", 2, 1e-6),
        ("epsilon sq.", "epsilon", 2, 1.0),
        ("eps.^2", "epsilon", 2, 1.0),
        ("g_{mu tau}^2", "g", 2, 1.0),
        ("gamma-mixing eps^2", "epsilon", 2, 1.0),
    ],
)
def test_definitions_and_abbreviations_are_understood(head, name, power, factor):
    found = meaning_of(head)
    assert (found.name, found.power) == (name, power)
    close(found.factor, factor, 1e-12)


@pytest.mark.parametrize(
    "head",
    [
        "epsilon = g_q/e",
        "epsilon = Q/e",
        "epsilon = kappa^2",
        "epsilon = g^2",
        "epsilon = sqrt(alpha_D)",
        "y = eps^2 alpha_D (m_A'/m_chi)^4",
        "alpha'/alpha_D",
        # Bosons that do not mix.
        "epsilon (scalar)",
        "epsilon (pseudoscalar)",
        "epsilon (axial)",
        "epsilon (protophobic)",
        "epsilon (B-L)",
    ],
)
def test_another_definition_or_boson_makes_another_name(head):
    assert meaning_of(head).power == 0


@pytest.mark.parametrize(
    "head", ["epsilon (scalar DM)", "epsilon (inelastic scalar dark matter)", "epsilon, Dirac"]
)
def test_the_spin_of_the_dark_matter_alters_no_mixing(head):
    assert (meaning_of(head).name, meaning_of(head).power) == ("epsilon", 1)


@pytest.mark.parametrize(
    ("value", "power"), [("epsilon", 1), ("epsilon squared", 2), ("log10(epsilon)", 1)]
)
def test_the_parameter_that_a_qualifier_names_is_that_of_the_values(tmp_path, value, power):
    text = HEPDATA.format(head="Limit", name="Parameter", value=value)
    if value.startswith("log"):
        text = text.replace("1e-8", "-4").replace("4e-8", "-3")
    curve = read_curve(saved(tmp_path, text, "mine.yaml"))
    assert curve.quantity == "epsilon"
    wanted = 1e-4 if value.startswith("log") else 1e-8 ** (1.0 / power)
    close(curve.values[0], wanted, 1e-12)


def test_the_model_of_a_curve_without_a_name_is_said(tmp_path):
    text = HEPDATA.format(head="Coupling", name="Model", value="B-L")
    assert "'Model B-L'" in read_curve(saved(tmp_path, text, "mine.yaml")).reading


@pytest.mark.parametrize(
    ("head", "remark", "quoted"),
    [
        ("observed epsilon", "expected sensitivity", True),
        ("observed epsilon", "projected limits", True),
        ("expected epsilon", "observed limit", True),
        ("observed epsilon", "observed limits", False),
        ("observed epsilon", "No excess over the expected background was seen", False),
        ("epsilon", "y = epsilon^2 alpha_D (m_A'/m_chi)^4", True),
        ("epsilon", "y = epsilon^2 alpha_D (m_chi/m_A')^4", False),
        ("epsilon", "All limits are at 90 percent confidence level", False),
        ("epsilon", "All limits are at 95 percent confidence level", True),
        ("epsilon", "Update of Banerjee et al. (2019)", False),
    ],
)
def test_remarks_that_say_something_else_than_the_head_are_quoted(tmp_path, head, remark, quoted):
    text = f"# {remark}\nm_A' [MeV],{head}\n{ROWS}"
    assert ("; not used: '" in read_curve(saved(tmp_path, text)).reading) == quoted


@pytest.mark.parametrize(
    "text",
    [
        f"Limits on dark photons\nm_A' [MeV],epsilon\n{ROWS}",
        f"Limits on dark photons\nNA64\nm_A' [MeV],epsilon\n{ROWS}",
        "Limits on dark photons from 2019\nm_A'[MeV] epsilon\n10 1e-8\n20 4e-8\n",
    ],
)
def test_a_title_above_the_heads_is_a_remark(tmp_path, text):
    curve = read_curve(saved(tmp_path, text))
    assert curve.quantity == "epsilon"
    close(curve.masses[0], 0.01, 1e-12)


def test_a_title_that_names_another_power_is_not_lost(tmp_path):
    text = f"values are squared\nm_A' [MeV],epsilon\n{ROWS}"
    with pytest.raises(EmissError, match="alters the values"):
        read_curve(saved(tmp_path, text))


def test_two_columns_of_masses_against_the_ratio_that_is_stated(tmp_path):
    text = "# m_A' = 3 m_chi\nm_chi [MeV],m_A' [GeV],epsilon\n10,{},1e-4\n20,{},2e-4\n"
    # Rounded to two digits.
    curve = read_curve(saved(tmp_path, text.format(0.03, 0.0601)))
    close(curve.masses[0], 0.03, 1e-12)
    with pytest.raises(EmissError, match=r"line 3: .* have the ratio 4, .* states 3"):
        read_curve(saved(tmp_path, text.format(0.04, 0.08)))


def test_the_target_of_a_cross_section_is_what_the_user_states(tmp_path):
    file = saved(tmp_path, "m_chi [MeV],limit\n10,1e-38\n20,4e-38\n")
    curve = read_curve(file, choice=Choice(quantity="sigma_e [cm^2]"))
    assert curve.quantity == "sigma_e_cm2"
    told = read_curve_in_y(file, "scalar", choice=Choice(quantity="sigma_e [cm^2]"))
    chosen = read_curve_in_y(
        file, "scalar", "electron", choice=Choice(quantity="cross-section [cm^2]")
    )
    close(told.values, chosen.values, 1e-12)


def test_the_dark_sector_that_a_file_states_is_used(tmp_path):
    text = "# alpha_D = 0.1, m_A' = 3 m_chi\nm_chi [MeV],y\n10,1e-10\n20,4e-10\n"
    stated = read_curve(saved(tmp_path, text))
    found = recast(stated, get("dark-photon"), get("b-l"))
    epsilon = read_curve(saved(tmp_path, text), choice=Choice(alpha_dark=0.1, mass_ratio=3.0))
    # y = epsilon^2 alpha_D / R^4.
    close(epsilon.values, [9.0 * math.sqrt(1e-9), 9.0 * math.sqrt(4e-9)], 1e-12)
    same = recast(epsilon, get("dark-photon"), get("b-l"))
    close(found.lower, same.lower, 1e-12)
    close(found.masses, [0.03, 0.06], 1e-12)
    assert "y turned into epsilon" in found.notes[0]
    # One number given, the other one stated.
    one = read_curve(saved(tmp_path, text), choice=Choice(mass_ratio=3.0))
    close(one.values, epsilon.values, 1e-12)


def test_one_number_of_the_dark_sector_without_the_other_is_asked_about(tmp_path):
    text = "m_chi [MeV],y\n10,1e-10\n20,4e-10\n"
    with pytest.raises(EmissError, match="need both"):
        read_curve(saved(tmp_path, text), choice=Choice(mass_ratio=3.0))
    # For the masses the ratio is enough.
    moved = read_curve(
        saved(tmp_path, text.replace("m_chi", "m_A'")), choice=Choice(mass_ratio=2.0)
    )
    assert moved.quantity == "y"
    close(moved.masses[0], 0.005, 1e-12)


@pytest.fixture(scope="module")
def record():
    return limit_record(open_limit())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"notes": 5}, "'notes' must be a list of texts"),
        ({"warnings": {}}, "'warnings' must be a list of texts"),
        ({"experiment": None}, "'experiment' must be a text"),
        ({"particles_on_target": -1e11}, "'particles_on_target' must be a positive number"),
        ({"shares": []}, "'shares' must be an object"),
    ],
)
def test_fields_of_a_record_are_checked(tmp_path, record, changes, problem):
    with pytest.raises(EmissError, match=problem):
        read_curve(saved(tmp_path, json.dumps(record | changes), "limit.json"))
    with pytest.raises(EmissError, match=problem):
        limit_from_record(record | changes)


def test_y_without_dark_matter_is_refused(tmp_path, record):
    none = record["model_parameters"] | {"dark_matter": "none"}
    with pytest.raises(EmissError, match="has no dark matter"):
        read_curve(saved(tmp_path, json.dumps(record | {"model_parameters": none}), "limit.json"))
