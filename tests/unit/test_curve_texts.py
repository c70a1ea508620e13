"""The same words mean the same in a comment, a name, a description or a qualifier."""

import pytest
import yaml
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.labels import spoken

ROWS = "10,1e-5\n20,2e-5\n"


def in_csv(place, words, head):
    return ".csv", f"#: table_doi: 10.17182/x\n{place} {words}\nMass [GeV],{head}\n{ROWS}"


def in_yaml(place, words, head):
    values = [{"value": 1e-5}, {"value": 2e-5}]
    table = {
        "independent_variables": [
            {"header": {"name": "Mass", "units": "GeV"}, "values": [{"value": 10}, {"value": 20}]}
        ],
        "dependent_variables": [{"header": {"name": head}, "values": values}],
    }
    return ".yaml", yaml.safe_dump({**table, place: words})


PLACES = [
    (in_csv, "#: description:"),
    (in_csv, "#: name:"),
    (in_csv, "#"),
    (in_csv, "# Figure 3:"),
    (in_csv, "#: description: Table 2."),
    (in_yaml, "description"),
    (in_yaml, "name"),
]


def written(tmp_path, suffix, text):
    path = tmp_path / f"curve{suffix}"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("form", "place"), PLACES)
@pytest.mark.parametrize(
    "words",
    [
        "Total signal efficiency",
        "Local p-values.",
        "Observed local significance of the excess",
        "Acceptance times efficiency",
        "Ratio of the limit to the expected limit",
        "Exclusion significance CLs",
        "Signal reconstruction efficiency as a function of mass",
    ],
)
@pytest.mark.parametrize("head", ["$\\varepsilon$", "Observed"])
def test_a_title_of_another_quantity_is_refused_wherever_it_stands(
    tmp_path, form, place, words, head
):
    with pytest.raises(EmissError, match="--quantity"):
        read_curve(written(tmp_path, *form(place, words, head)))


@pytest.mark.parametrize(("form", "place"), PLACES)
@pytest.mark.parametrize("words", ["Lifetime limits", "Upper limits on the lifetime"])
def test_lifetimes_are_refused_where_the_head_is_silent(tmp_path, form, place, words):
    with pytest.raises(EmissError, match="--quantity"):
        read_curve(written(tmp_path, *form(place, words, "Value")))


@pytest.mark.parametrize(("form", "place"), PLACES)
@pytest.mark.parametrize(
    "words",
    [
        "Observed 90% CL upper limits on the kinetic mixing as a function of the mass",
        "Limits on epsilon. Systematic uncertainties on the efficiency are included",
        "Exclusion contour",
    ],
)
def test_a_title_of_a_limit_is_read(tmp_path, form, place, words):
    curve = read_curve(written(tmp_path, *form(place, words, "$\\varepsilon$")))
    assert curve.quantity == "epsilon"
    close(curve.values, [1e-5, 2e-5], 1e-12)


def test_labels_and_places_are_taken_off_and_nothing_else():
    assert spoken(": description: Figure 3a. Limits on epsilon") == "Limits on epsilon"
    assert spoken("name: Table 1") == "Table 1"
    assert spoken("scale: 1e-4") == "scale: 1e-4"
    assert spoken("Tabulated limits: epsilon") == "Tabulated limits: epsilon"


def test_a_place_before_a_title_in_yaml_is_taken_off_too(tmp_path):
    text = in_yaml(
        "description", "Table 2. Signal reconstruction efficiency versus mass", "$\\varepsilon$"
    )
    with pytest.raises(EmissError, match="efficiency"):
        read_curve(written(tmp_path, *text))


def csv(tmp_path, text, **stated):
    return read_curve(written(tmp_path, ".csv", text), **stated)


@pytest.mark.parametrize(
    "comment",
    [
        "x axis is m_chi",
        "m_chi in MeV",
        "mass = m_chi",
        "dark matter mass on the horizontal axis",
        "mass of the dark matter particle",
    ],
)
def test_masses_of_dark_matter_need_the_ratio_or_a_word(tmp_path, comment):
    text = f"# {comment}\nmass [MeV],epsilon\n{ROWS}"
    with pytest.raises(EmissError, match=r"--curve-mass-ratio.*--mass-unit"):
        csv(tmp_path, text)
    close(csv(tmp_path, text, mass_unit="m_A' [MeV]").masses, [0.01, 0.02], 1e-12)


@pytest.mark.parametrize(
    "comment",
    ["mass: dark matter mass, m_A'=3m_chi", "Limits on epsilon vs m_chi for m_A'=3m_chi"],
)
def test_a_ratio_in_a_comment_turns_the_masses_and_says_so(tmp_path, comment):
    curve = csv(tmp_path, f"# {comment}\nmass [MeV],epsilon\n{ROWS}")
    close(curve.masses, [0.03, 0.06], 1e-12)
    assert any("masses times 3" in note for note in curve.notes)


@pytest.mark.parametrize(
    "comment",
    [
        "dark matter mass is m_A'/3",
        "for m_A' = 3 m_chi, alpha_D = 0.1",
        "light dark matter with m_chi < m_A'/2",
        "limit vs m_A', with m_chi = m_A'/3",
        "dark matter mass fixed to 1 MeV",
        "mass is that of the mediator, not m_chi",
        "ratio of the mediator mass to the dark matter mass is 3",
    ],
)
def test_a_dark_matter_mass_with_its_number_is_no_axis(tmp_path, comment):
    close(csv(tmp_path, f"# {comment}\nmass [MeV],epsilon\n{ROWS}").masses, [0.01, 0.02], 1e-12)


@pytest.mark.parametrize("name", ["Normalised to", "Relative to", "Ratio to"])
def test_the_name_of_a_qualifier_is_part_of_its_sentence(tmp_path, name):
    with pytest.raises(EmissError, match="alters its values"):
        read_curve(written(tmp_path, *_qualified(name, "expected limit")))


def _qualified(name, value):
    suffix, text = in_yaml("name", "Table 1", "epsilon")
    table = yaml.safe_load(text)
    table["dependent_variables"][0]["qualifiers"] = [{"name": name, "value": value}]
    return suffix, yaml.safe_dump(table)


@pytest.mark.parametrize("name", ["In units of", "Values in units of", "Units"])
def test_a_unit_in_a_qualifier_is_applied(tmp_path, name):
    close(read_curve(written(tmp_path, *_qualified(name, "10^-4"))).values, [1e-9, 2e-9], 1e-12)


@pytest.mark.parametrize(
    "pair", [("RE", "E- N --> E- N A'"), ("CL", "90 %"), ("Signal efficiency", "50")]
)
def test_other_qualifiers_alter_nothing(tmp_path, pair):
    close(read_curve(written(tmp_path, *_qualified(*pair))).values, [1e-5, 2e-5], 1e-12)


@pytest.mark.parametrize(
    "comment",
    [
        "PICO-60 spin-dependent limit",
        "SD WIMP-neutron, XENON1T 2019",
        "Spin-dependent, neutron only",
    ],
)
def test_spin_dependent_in_a_comment_is_refused(tmp_path, comment):
    text = f"# {comment}\nmass [GeV],{{}} [cm^2]\n1,1e-38\n10,2e-40\n"
    with pytest.raises(EmissError, match="spin-dependent"):
        csv(tmp_path, text.format("sigma_p"))
    assert csv(tmp_path, text.format("SI sigma_p")).quantity == "sigma_n_cm2"


@pytest.mark.parametrize(
    ("suffix", "head"), [(".csv", "X,Y\n"), (".csv", "x,y\n"), (".csv", ""), (".lmt", "")]
)
@pytest.mark.parametrize(
    "comment",
    [
        "X = mass (MeV), Y = epsilon^2",
        "x is mass in MeV, y is epsilon^2",
        "x: m_A' [MeV]; y: epsilon^2",
        "first column is the mass in MeV, second column is epsilon^2",
    ],
)
def test_axes_named_in_one_comment_are_the_heads(tmp_path, suffix, head, comment):
    text = f"# {comment}\n{head}1,1e-10\n10,4e-10\n"
    curve = read_curve(written(tmp_path, suffix, text))
    assert curve.quantity == "epsilon"
    close(curve.masses, [1e-3, 1e-2], 1e-12)
    close(curve.values, [1e-5, 2e-5], 1e-12)


@pytest.mark.parametrize(
    ("head", "other"),
    [("m_lo [MeV],m_hi [MeV]", 3), ("m_A' [MeV],alpha_D", 0.1), ("m_A' [MeV],g_chi", 0.1)],
)
def test_a_multiple_of_the_mass_is_a_variable_of_its_own(tmp_path, head, other):
    rows = "".join(f"{m},{m * other},{m}e-5\n" for m in (1, 3, 9))
    ends = "second variable.*ends of bins" if "m_lo" in head else "second variable"
    with pytest.raises(EmissError, match=ends):
        csv(tmp_path, f"{head},epsilon\n{rows}")


@pytest.mark.parametrize("head", ["m_A' [MeV],m_chi [MeV]", "mass [GeV],mass [MeV]"])
def test_the_other_mass_or_the_same_in_another_unit_is_none(tmp_path, head):
    other = 1000 if "GeV" in head else 1 / 3
    rows = "".join(f"{m},{m * other},{m}e-5\n" for m in (1, 3, 9))
    close(csv(tmp_path, f"{head},epsilon\n{rows}").values, [1e-5, 3e-5, 9e-5], 1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "# Millicharged particle search, ArgoNeuT\nm [MeV],epsilon\n",
        "HNL mass [MeV],mixing parameter\n",
        "m [MeV],Neutrino mixing parameter\n",
        "# NSI parameter\nm [MeV],epsilon\n",
        "# dark Higgs mixing angle squared\nm [MeV],limit\n",
    ],
)
def test_couplings_of_the_same_name_in_other_models_are_asked_about(tmp_path, text):
    with pytest.raises(EmissError, match="another model"):
        csv(tmp_path, text + ROWS)
    assert csv(tmp_path, text + ROWS, quantity="epsilon").quantity == "epsilon"


@pytest.mark.parametrize(
    "comment",
    [
        "Search for heavy neutral leptons and dark photons",
        "neutrino beam",
        "B-L and sterile neutrinos",
    ],
)
def test_a_text_that_speaks_of_vectors_too_is_no_doubt(tmp_path, comment):
    assert csv(tmp_path, f"# {comment}\nm [MeV],epsilon\n{ROWS}").quantity == "epsilon"


@pytest.mark.parametrize(
    "head", ["1-CL", "Confidence level [%]", "Exclusion confidence level", "CL"]
)
def test_a_confidence_level_is_no_coupling(tmp_path, head):
    with pytest.raises(EmissError, match="confidence level"):
        csv(tmp_path, f"m_A' [MeV],{head}\n{ROWS}")


@pytest.mark.parametrize("head", ["90% CL", "95% CL limit", "Observed 90% CL"])
def test_a_limit_at_a_confidence_level_is_one(tmp_path, head):
    close(csv(tmp_path, f"m_A' [MeV],{head}\n{ROWS}").values, [1e-5, 2e-5], 1e-12)


def test_observed_beside_a_quantity_is_asked_about_and_numbers_of_events_are_none(tmp_path):
    with pytest.raises(EmissError, match="several columns"):
        csv(tmp_path, "m_A' [MeV],epsilon,Observed\n1,1e-5,3\n10,2e-5,3\n")
    events = csv(tmp_path, "m_A' [MeV],epsilon,N_obs,N_bkg\n1,1e-5,0,1\n10,2e-5,1,1\n")
    close(events.values, [1e-5, 2e-5], 1e-12)


@pytest.mark.parametrize("comment", ["coupling times sqrt(BR)", "unit of coupling: 1e-6"])
def test_comments_on_the_coupling_alter_it(tmp_path, comment):
    with pytest.raises(EmissError, match="--quantity"):
        csv(tmp_path, f"# {comment}\nm_A' [MeV],g\n{ROWS}")


@pytest.mark.parametrize("comment", ["mass[GeV] log10(eps^2)", "mass[GeV],log10(eps^2)"])
def test_heads_in_a_comment_with_a_logarithm_of_a_square(tmp_path, comment):
    curve = csv(tmp_path, f"# {comment}\n1,-10\n10,-8\n")
    close(curve.masses, [1.0, 10.0], 1e-12)
    close(curve.values, [1e-5, 1e-4], 1e-12)


def test_a_unit_before_what_a_cross_section_holds_for(tmp_path):
    rows = "1,1e-38\n10,2e-40\n"
    head = "sigma_e [cm^2] (F_DM = 1)"
    assert csv(tmp_path, f"m_chi [MeV],{head}\n{rows}").quantity == "sigma_e_cm2"
    assert csv(tmp_path, f"m_A' [MeV],gmu_obs[90CL]\n{rows}").quantity == "g_mu"


@pytest.mark.parametrize("head", ["eps_data", "epsilon_vertex", "epsilon_vtx"])
def test_an_efficiency_by_its_subscript_is_no_mixing(tmp_path, head):
    assert csv(tmp_path, f"m_A' [MeV],{head}\n{ROWS}").quantity != "epsilon"


def test_a_square_joined_to_its_name(tmp_path):
    close(csv(tmp_path, "m_A' [MeV],epsilonSq\n1,1e-10\n10,4e-10\n").values, [1e-5, 2e-5], 1e-12)


@pytest.mark.parametrize(
    ("text", "masses", "values"),
    [
        ("m [MeV];epsilon\n1;1,1E-05\n10;2,3E-05\n", [1e-3, 1e-2], [1.1e-5, 2.3e-5]),
        ("m [MeV]\tepsilon\n1,5\t1,1E-05\n10\t2,3E-05\n", [1.5e-3, 1e-2], [1.1e-5, 2.3e-5]),
        ("# m [MeV] epsilon\n1,5 1,1E-05\n10,1 2,3E-05\n", [1.5e-3, 1.01e-2], [1.1e-5, 2.3e-5]),
        (
            'm [MeV],epsilon\n"1,5","1,1E-05"\n"10,1","2,3E-05"\n',
            [1.5e-3, 1.01e-2],
            [1.1e-5, 2.3e-5],
        ),
        ("m [MeV];epsilon [10^-3]\n1;0,011\n10;0,023\n", [1e-3, 1e-2], [1.1e-5, 2.3e-5]),
        ("# units: MeV, 1\n1,5; 0,000011\n10,1; 0,000023\n", [1.5e-3, 1.01e-2], [1.1e-5, 2.3e-5]),
    ],
)
def test_decimal_commas_that_do_not_part_columns_are_read(tmp_path, text, masses, values):
    path = tmp_path / "theirs.csv"
    path.write_text(text, encoding="utf-8")
    curve = read_curve(path)
    close(curve.masses, masses, 1e-12)
    close(curve.values, values, 1e-12)
    assert "decimal commas read as points" in curve.notes


@pytest.mark.parametrize(
    ("comment", "low", "high", "mass"),
    [
        ("# mass (GeV), epsilon", 1e-5, 1e-3, 1.0),
        ("# m epsilon^2", 10.0**-2.5, 10.0**-1.5, 1.0),
        ("# limits on epsilon^2, mass in GeV", 10.0**-2.5, 10.0**-1.5, 1.0),
        ("# mass in MeV, limits on g_B-L", 1e-5, 1e-3, 1e-3),
        ("# mass[MeV] eps_low eps_up", 1e-5, 1e-3, 1e-3),
        ("m_A' eps_min eps_max", 1e-5, 1e-3, 1.0),
        ("# lower and upper edge", 1e-5, 1e-3, 1.0),
    ],
)
def test_three_columns_of_darkcast_are_mass_and_both_edges(tmp_path, comment, low, high, mass):
    path = tmp_path / "theirs.lmt"
    path.write_text(f"{comment}\n1 1e-5 1e-3\n2 2e-5 5e-4\n", encoding="utf-8")
    curve = read_curve(path)
    close([curve.masses[0], curve.values[0], curve.upper[0]], [mass, low, high], 1e-12)
    named = "g" if "g_B-L" in comment else "" if "edge" in comment else "epsilon"
    assert curve.quantity == named


def test_a_sentence_on_two_columns_does_not_name_them_in_its_order(tmp_path):
    path = tmp_path / "theirs.lmt"
    path.write_text("# limits on epsilon^2, mass in GeV\n0.001 1e-10\n0.01 4e-10\n")
    curve = read_curve(path)
    close(curve.masses, [1e-3, 1e-2], 1e-12)
    close(curve.values, [1e-5, 2e-5], 1e-12)


@pytest.mark.parametrize("level", ["CL [%]", "CL", "Confidence level [%]"])
def test_the_observed_one_of_two_limits_is_told_by_their_qualifiers(tmp_path, level):
    path = tmp_path / "theirs.csv"
    path.write_text(
        f"#: Limit,Observed,Expected\n#: {level},90.0,90.0\nm_A' [GeV],epsilon,epsilon\n"
        "1,1e-5,2e-5\n2,2e-5,3e-5\n"
    )
    curve = read_curve(path)
    assert curve.values.tolist() == [1e-5, 2e-5]
    assert "not used" not in curve.reading


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nm [GeV];epsilon\n0,001;1,0E-5\n0,01;2,0E-5\n",
        "m [MeV], 90 % CL limit on epsilon\n1, 1\u00b710^-5\n10, 2\u00d710^{-5}\n",
        "Mass (MeV) | Limit on epsilon\n1 | 1e-5\n10 | 2e-5\n",
        "! mA(GeV) eps\n0.001 1.0D-05\n0.01 2.0D-05\n",
        "# Limits. First column: dark photon mass in GeV. Second column: epsilon.\n"
        "0.001 1e-5\n0.01 2e-5\n",
        "m [MeV],epsilon_lo68,epsilon_med,epsilon_hi68\n1,1e-6,1e-5,4e-5\n10,1e-6,2e-5,5e-5\n",
    ],
)
def test_rows_as_programs_write_them(tmp_path, text):
    path = tmp_path / "theirs.txt"
    path.write_text(text, encoding="utf-8")
    curve = read_curve(path)
    assert curve.quantity == "epsilon"
    close(curve.masses, [1e-3, 1e-2], 1e-12)
    close(curve.values, [1e-5, 2e-5], 1e-12)


@pytest.mark.parametrize("name", ["Dataset 1", "Default Dataset", "curve2", "Series"])
def test_names_that_programs_give_to_curves_say_nothing(tmp_path, name):
    path = tmp_path / "theirs.csv"
    path.write_text(f"{name},\nX,Y\n0.001,1e-5\n0.01,2e-5\n")
    assert read_curve(path, mass_unit="GeV").quantity == ""


def test_heads_of_logarithms_of_edges_say_nothing_of_the_mass(tmp_path):
    path = tmp_path / "theirs.lmt"
    path.write_text("# mass[GeV] log10(eps_low) log10(eps_up)\n0.1 -5 -3\n0.2 -4 -3.5\n")
    curve = read_curve(path)
    close([curve.values[0], curve.upper[0]], [1e-5, 1e-3], 1e-12)


def test_heads_in_a_comment_alter_nothing_of_the_mass(tmp_path):
    path = tmp_path / "theirs.lmt"
    path.write_text("# mass, 1/epsilon\n0.1 1e5\n0.2 1e4\n")
    close(read_curve(path).values, [1e-5, 1e-4], 1e-12)


def test_a_comment_that_begins_with_a_quantity_names_what_darkcast_holds(tmp_path):
    path = tmp_path / "theirs.lmt"
    path.write_text("# epsilon for A' -> invisible, BaBar\n0.1 1e-5\n0.2 2e-5\n")
    assert read_curve(path).quantity == "epsilon"


def test_a_limit_in_square_centimetres_beside_its_bands_is_a_cross_section(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text(
        "WIMP mass [GeV/c^2],Limit [cm^2],-1 sigma [cm^2],median [cm^2],+1 sigma [cm^2]\n"
        "6,1e-45,1e-46,2e-46,3e-46\n10,1e-46,1e-47,2e-47,3e-47\n"
    )
    curve = read_curve(path)
    assert curve.quantity == "sigma_cm2"
    close(curve.values, [1e-45, 1e-46], 1e-12)
