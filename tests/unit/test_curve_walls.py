"""Walls and folds of digitised curves, heads that name both axes, blanks among tabs."""

import contextlib

import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.inference.search import limit
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.quantity import meaning_of
from emiss.physics.constraints.curves.table import Choice
from emiss.physics.models import get
from emiss.presentation.export import write_results


def saved(folder, text, name="mine.txt"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


WALL = ((0.2175, 4.07e-3), (0.2163, 4.31e-4), (0.2652, 3.92e-4), (0.3, 3.9e-4))


@pytest.mark.parametrize("backwards", [False, True])
def test_a_wall_that_falls_back_a_little_is_vertical(tmp_path, backwards):
    rows = WALL[::-1] if backwards else WALL
    text = "# mass [GeV] epsilon\n" + "".join(f"{m} {v}\n" for m, v in rows)
    curve = read_curve(saved(tmp_path, text))
    # The steps of the file, in which the value never rises.
    assert all(b <= a for a, b in zip(curve.values, curve.values[1:], strict=False))
    assert all(b >= a for a, b in zip(curve.masses, curve.masses[1:], strict=False))
    note = "1 row falls back in mass by up to"
    assert any(note in one and "read as vertical" in one for one in curve.notes)


def test_rows_of_a_flat_curve_out_of_order_are_sorted_with_a_word(tmp_path):
    rows = ((1.0, 1e-4), (2.0, 1.1e-4), (1.9, 1.12e-4), (4.0, 1.2e-4))
    text = "# mass [GeV] epsilon\n" + "".join(f"{m} {v}\n" for m, v in rows)
    curve = read_curve(saved(tmp_path, text))
    close(curve.masses, [1.0, 1.9, 2.0, 4.0], 1e-12)
    assert any("put in order" in note for note in curve.notes)


def test_a_wall_that_falls_far_back_is_refused(tmp_path):
    rows = ((1.0, 1e-3), (2.0, 1e-3), (1.6, 1e-5), (4.0, 1e-5))
    text = "# mass [GeV] epsilon\n" + "".join(f"{m} {v}\n" for m, v in rows)
    with pytest.raises(EmissError, match=r"line 4: mass 1\.6 GeV falls back behind 2 GeV"):
        read_curve(saved(tmp_path, text))


def test_rows_in_order_have_no_note(tmp_path):
    text = "# mass [GeV] epsilon\n1 1e-3\n2 1e-3\n2 1e-4\n3 1e-4\n"
    assert read_curve(saved(tmp_path, text)).notes == ()


FOLDED = """0.01,1e-5
0.02,8e-6
0.05,7e-6
0.10,7.5e-6
0.18,1e-5
0.15,2e-5
0.08,3e-5
0.13,4e-5
0.20,6e-5
0.18,1e-4
0.10,2e-4
0.05,3e-4
0.02,4e-4
0.0101,1.1e-5
"""


def test_a_border_with_a_fold_is_refused(tmp_path):
    with pytest.raises(EmissError, match="the curve folds"):
        read_curve(saved(tmp_path, f"mass [GeV],epsilon\n{FOLDED}", "mine.csv"))


def test_a_border_without_a_fold_is_a_region(tmp_path):
    rows = [row for row in FOLDED.splitlines() if row[:4] not in {"0.15", "0.08", "0.13"}]
    curve = read_curve(saved(tmp_path, "mass [GeV],epsilon\n" + "\n".join(rows), "mine.csv"))
    assert curve.upper is not None
    close(curve.values[-1], 6e-5, 1e-9)


def test_both_ways_along_a_border_are_not_to_be_sorted(tmp_path):
    rows = "2 1e-4\n5 2e-4\n30 9e-4\n12 5e-3\n"
    with pytest.raises(EmissError, match="along the border of a region and back") as found:
        read_curve(saved(tmp_path, f"# mass [MeV] epsilon\n{rows}"))
    assert "Sort the rows" not in str(found.value)


@pytest.mark.parametrize(
    ("head", "name", "value"),
    [
        ("M_A' [GeV] vs kinetic mixing. 90%CL from BaBar data. Source arXiv: 1707.08573", "", 1e-6),
        ("epsilon^2 vs. m_A' (MeV), 90% C.L.", "epsilon", 1e-3),
        ("epsilon versus mass [MeV]", "epsilon", 1e-6),
    ],
)
def test_heads_that_name_one_axis_against_the_other(tmp_path, head, name, value):
    curve = read_curve(saved(tmp_path, f"# {head}\n1 1e-6\n10 4e-6\n"))
    assert curve.quantity == (name or "epsilon")
    close(curve.values[0], value, 1e-12)


def test_what_a_darkcast_table_names_against_the_mass_is_known(tmp_path):
    head = "# E774 (Bross et al. 1991): epsilon vs m_A' in GeV, 90% CL"
    text = f"{head}\n0.001 1e-4 1e-3\n0.002 1e-4 1e-3\n"
    curve = read_curve(saved(tmp_path, text, "mine.lmt"))
    assert curve.quantity == "epsilon"
    assert curve.notes == ()


@pytest.mark.parametrize("title", ["Electron g-2", "Muon g-2", "(g-2)_mu limits", "$(g-2)_\\mu$"])
def test_the_anomalous_moment_is_no_difference(tmp_path, title):
    curve = read_curve(
        saved(tmp_path, f"# {title}\nmass [MeV],epsilon\n1,1e-3\n10,2e-3\n", "a.csv")
    )
    assert curve.quantity == "epsilon"


def test_tabs_among_blanks_are_blanks(tmp_path):
    text = "# mass [eV] epsilon\n1e3 3e-12\n1015.05\t 7.73e-14\n1020\t7e-14\n1030\t 6e-14\n"
    close(read_curve(saved(tmp_path, text)).values, [3e-12, 7.73e-14, 7e-14, 6e-14], 1e-12)


def test_names_of_their_own_keep_no_words_of_levels():
    assert meaning_of("UL at 90% CL on |Ue4|^2").name == "ue4^2"
    assert meaning_of("g_ae upper limit (90% C.I.)").name == "g_ae"


def test_the_order_of_columns_that_a_title_leaves_open_is_said(tmp_path):
    curve = read_curve(saved(tmp_path, "# epsilon vs mass (MeV)\n1 1e-6\n10 4e-6\n"))
    assert curve.notes == ("'epsilon vs mass (MeV)': the mass is taken as the first column",)


def test_two_columns_of_masses_state_their_ratio(tmp_path):
    text = "m_chi [MeV],m_A' [GeV],y\n1,0.003,1e-13\n3,0.009,2e-13\n9,0.027,2e-12\n"
    curve = read_curve(saved(tmp_path, text, "mine.csv"))
    close(curve.mass_ratio, 3.0, 1e-12)
    close(curve.masses, [0.001, 0.003, 0.009], 1e-12)


@pytest.mark.parametrize("head", ["lower mass", "upper mass"])
def test_a_darkcast_table_with_the_mass_behind_its_edge(tmp_path, head):
    curve = read_curve(saved(tmp_path, f"# {head}\n1e-5 0.001\n3e-5 0.01\n", "mine.lmt"))
    close(curve.masses, [0.001, 0.01], 1e-12)
    close(curve.values, [1e-5, 3e-5], 1e-12)


@pytest.mark.parametrize(
    "remark",
    [
        "range of limits",
        "spread of the limits",
        "weak and strong cuts",
        "optimistic to conservative",
        "16 and 84 percentiles",
        "expected range",
    ],
)
def test_a_text_that_makes_a_band_of_two_columns(tmp_path, remark):
    text = f"# {remark}\nm_A' [MeV],eps_min,eps_max\n1,1e-5,4e-5\n10,2e-5,6e-5\n"
    with pytest.raises(EmissError, match="sides of a band"):
        read_curve(saved(tmp_path, text, "mine.csv"))


def test_a_scalar_mass_by_its_letter_is_said(tmp_path):
    text = "m_S [MeV],epsilon\n1,1e-5\n10,2e-5\n"
    assert "not used: 'm_S [MeV]'" in read_curve(saved(tmp_path, text, "mine.csv")).reading


@pytest.mark.parametrize(
    ("head", "rows", "name", "value"),
    [
        ("# log10(m_A'/GeV) epsilon", "-3 1e-5\n-2 3e-5\n", "epsilon", 1e-5),
        ("# log10(m_A'/GeV), epsilon^2", "-3,1e-10\n-2,9e-10\n", "epsilon", 1e-5),
        ("# ln(m/GeV)  g", "-7 1e-5\n-6 3e-5\n", "g", 1e-5),
        ("# log10(m_chi/GeV)\ty", "-3\t1e-10\n-2\t9e-10\n", "y", 1e-10),
        (
            "# Limits on epsilon versus log10(m_A'/GeV)\nlog10(m_A'/GeV),epsilon",
            "-3,1e-5\n-2,3e-5\n",
            "epsilon",
            1e-5,
        ),
    ],
)
def test_a_logarithm_of_the_mass_is_none_of_the_values(tmp_path, head, rows, name, value):
    curve = read_curve(saved(tmp_path, f"{head}\n{rows}"))
    assert curve.quantity == name
    close(curve.values[0], value, 1e-12)
    assert curve.reading.count("antilogarithms") == 1


@pytest.mark.parametrize(
    "head",
    [
        "# m_A' [MeV]  eps (obs, 90% CL)",
        "# m_A' [MeV] epsilon(UL,90%)",
        "# mass [MeV], epsilon (90% CL, observed)",
    ],
)
def test_a_comma_in_a_bracket_parts_no_heads(tmp_path, head):
    mark = "," if "], " in head else " "
    curve = read_curve(saved(tmp_path, f"{head}\n1{mark}1e-5\n10{mark}3e-5\n"))
    assert curve.quantity == "epsilon"
    close(curve.masses, [0.001, 0.01], 1e-12)


def test_columns_keep_their_heads_where_brackets_have_commas(tmp_path):
    text = "mass [MeV],eps (95% CL, obs),eps (95% CL, exp)\n1,1e-5,1.2e-5\n10,3e-5,3.5e-5\n"
    file = saved(tmp_path, text, "mine.csv")
    for column, value in (("obs", 1e-5), ("exp", 1.2e-5)):
        close(read_curve(file, choice=Choice(column=column)).values[0], value, 1e-12)


def test_more_heads_than_columns_are_refused(tmp_path):
    text = "id,mass [MeV],eps obs,eps exp\n1,1e-5,1.2e-5\n10,3e-5,3.5e-5\n"
    with pytest.raises(EmissError, match="has no column below it"):
        read_curve(saved(tmp_path, text, "mine.csv"))
    # A column of remarks may be empty.
    text = "mass [MeV],eps,comment\n1,1e-5\n10,3e-5\n"
    assert read_curve(saved(tmp_path, text, "mine.csv")).quantity == "epsilon"


@pytest.mark.parametrize("text", ["Limits on g_agg in TeV^-1", "g_agg per TeV"])
def test_a_unit_of_the_photon_coupling_in_a_text_is_asked_about(tmp_path, text):
    table = f"# {text}\nm_a [MeV],g_agg\n1,0.01\n10,0.03\n"
    with pytest.raises(EmissError, match="write it into the head"):
        read_curve(saved(tmp_path, table, "mine.csv"))
    curve = read_curve(saved(tmp_path, table, "mine.csv"), choice=Choice(quantity="g_agg [TeV^-1]"))
    close(curve.values[0], 1e-5, 1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "Dark photon limits,\nMass (MeV),epsilon\n1,1e-5\n10,3e-5\n",
        "Dark photon limits,\n,\nMass (MeV),epsilon\n1,1e-5\n10,3e-5\n,\n",
        "Author:,A. Author\nDate:,2024-05-01\n\nMass (MeV),epsilon\n1,1e-5\n10,3e-5\n",
        "mass [MeV],epsilon\n1,1e-5\n10,3e-5\nNote: at 90% CL,\n",
        "# mass [MeV] epsilon\n1 1e-5   # from Fig. 2\n10 3e-5   # from Fig. 2\n",
    ],
)
def test_spreadsheets_and_remarks_behind_rows(tmp_path, text):
    curve = read_curve(saved(tmp_path, text, "mine.csv"))
    assert curve.quantity == "epsilon"
    close(curve.values, [1e-5, 3e-5], 1e-12)


def test_a_coupling_of_its_own_in_inverse_energies(tmp_path):
    text = "mass [MeV],inverse_scale [TeV^-1]\n1,0.01\n10,0.03\n"
    curve = read_curve(saved(tmp_path, text, "mine.csv"))
    assert curve.quantity == "inverse_scale"
    close(curve.values[0], 1e-5, 1e-12)


@pytest.mark.parametrize("model", ["strange-pseudoscalar", "axial-quarks", "meson-alp"])
def test_results_of_the_hadron_mode_are_read_back(tmp_path, model):
    found = limit("na64h-2023", get(model), masses=[0.01, 0.05, 0.1])
    write_results(found, tmp_path)
    read_back = [read_curve(tmp_path / name) for name in ("limit.json", "limit.csv")]
    read_back.append(read_curve(tmp_path / "hepdata" / "coupling.yaml"))
    for curve in read_back:
        # Tables have nine digits.
        close(curve.values, found.observed, 1e-7)
        close(curve.masses, found.masses, 1e-7)


@pytest.mark.parametrize(
    "remark",
    [
        "flat prior in log10(epsilon)",
        "interpolated linearly in log10(epsilon)",
        "See also the log10(epsilon) version of this table",
        "original file gave log10(epsilon), here linear",
        "not log10(epsilon)",
        "axis: log10(epsilon)",
        "converted from log10(epsilon)",
    ],
)
@pytest.mark.parametrize("head", ["epsilon", "epsilon^2"])
def test_a_logarithm_that_is_only_mentioned_raises_nothing(tmp_path, remark, head):
    text = f"# {remark}\nmass [MeV],{head}\n1,1e-5\n10,3e-5\n"
    with contextlib.suppress(EmissError):  # asking is right too
        curve = read_curve(saved(tmp_path, text, "mine.csv"))
        close(curve.values[0], 1e-5 if head == "epsilon" else 1e-5**0.5, 1e-12)


def test_a_logarithm_that_is_stated_counts(tmp_path):
    text = "# Limits on log10(epsilon)\nmass [MeV],limit\n1,-5\n10,-4\n"
    close(read_curve(saved(tmp_path, text, "mine.csv")).values, [1e-5, 1e-4], 1e-12)
    with pytest.raises(EmissError, match="small and positive"):
        read_curve(saved(tmp_path, text.replace("-5", "1e-5").replace("-4", "1e-4"), "mine.csv"))


@pytest.mark.parametrize(
    "head",
    [
        "epsilon (obs/exp)",
        "epsilon upper limit / expected",
        "epsilon (max/min)",
        "epsilon NA64/BaBar",
        "epsilon obs - exp",
        "eps(obs)-eps(exp)",
        "y (obs/exp)",
        "g_e g_mu",
        "|g_e g_mu|",
        "g_chi g_e",
        "g g'",
        "epsilon (tau)",
        "epsilon (nu)",
    ],
)
def test_ratios_differences_and_products_are_names_of_their_own(head):
    assert meaning_of(head).power == 0


@pytest.mark.parametrize(
    "head", ["f_chi sigma_e [cm^2]", "rho sigma_e [cm^2]", "sigma_e Omega/Omega_DM [cm^2]"]
)
def test_cross_sections_with_a_factor_are_none(head):
    assert meaning_of(head).power == 0


@pytest.mark.parametrize("head", ["g_e [GeV^-1]", "epsilon_e [GeV^-1]", "g_B [GeV^-1]"])
def test_a_unit_of_a_coupling_that_has_none_is_refused(tmp_path, head):
    with pytest.raises(EmissError, match="which has no unit"):
        read_curve(saved(tmp_path, f"m_X [MeV],{head}\n1,1e-5\n10,3e-5\n", "mine.csv"))


@pytest.mark.parametrize(
    ("text", "mass"),
    [
        ("NA64 limits;;\nm_A [GeV];epsilon;\n0.001;1e-5;\n0.01;3e-5;\n", 0.001),
        ("NA64 limits (PRL 131, 161801)\nm_A [GeV],epsilon\n0.001,1e-5\n0.01,3e-5\n", 0.001),
        ("NA64, 2023\nm_A [GeV],epsilon\n0.001,1e-5\n0.01,3e-5\n", 0.001),
        ("# m in MeV\nm,eps\n1,1e-5\n10,3e-5\n", 0.001),
        ("m_{#gamma'} [GeV],#epsilon\n0.001,1e-5\n0.01,3e-5\n", 0.001),
    ],
)
def test_titles_units_and_letters_of_programs(tmp_path, text, mass):
    curve = read_curve(saved(tmp_path, text, "mine.csv"))
    assert curve.quantity == "epsilon"
    close(curve.masses[0], mass, 1e-12)
    close(curve.values[0], 1e-5, 1e-12)
