import itertools
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from closeness import close
from example_limits import island_limit, open_limit
from legible import faults
from matplotlib.collections import LineCollection

import emiss
from emiss.ground.errors import EmissError, OutputError
from emiss.inference.limit import BANDS
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.magnetic_moments import coupling_band
from emiss.presentation import plots
from emiss.presentation.plots import axis, labels, page, style


class TrackLengths(SimpleNamespace):
    """Stands for one with the numbers of a test."""


class Element(SimpleNamespace):
    """Stands for one without atoms."""


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def fill_range(axes, label):
    """Lowest and highest ordinate of a filled region."""
    (found,) = (c for c in axes.collections if c.get_label() == label)
    heights = found.get_paths()[0].vertices[:, 1]
    return heights.min(), heights.max()


def test_exclusion_shows_the_numbers_on_logarithmic_axes():
    limit = open_limit()
    (axes,) = plots.exclusion(limit).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "$m_{A'}$ [GeV]"
    assert axes.get_ylabel() == r"$\epsilon$"
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["observed"].get_ydata(), limit.observed)
    np.testing.assert_array_equal(drawn["observed"].get_xdata(), limit.masses)
    np.testing.assert_array_equal(drawn["expected, median"].get_ydata(), limit.expected["0"])
    assert drawn["expected, median"].get_linestyle() == "--"
    assert drawn["observed"].get_linewidth() > drawn["expected, median"].get_linewidth()


def test_exclusion_fills_upwards_and_draws_both_bands():
    limit = open_limit()
    (axes,) = plots.exclusion(limit).axes
    low, high = fill_range(axes, "excluded")
    assert low == limit.observed.min()
    assert high > axes.get_ylim()[1]
    for label, bottom, top in (("expected, 68 %", "-1", "1"), ("expected, 95 %", "-2", "2")):
        assert fill_range(axes, label) == (limit.expected[bottom].min(), limit.expected[top].max())


def test_a_single_mass_shows_bars_for_what_the_legend_names():
    whole = open_limit()
    one = replace(
        whole,
        masses=whole.masses[:1],
        observed=whole.observed[:1],
        expected={band: values[:1] for band, values in whole.expected.items()},
        shares={name: share[:1] for name, share in whole.shares.items()},
        signal_events=whole.signal_events[:1],
        dark_matter_mass=whole.dark_matter_mass[:1],
        y=whole.y[:1],
    )
    drawn = lines(plots.exclusion(one).axes[0])
    for label, ends in (("expected, 68 %", "-1 1"), ("expected, 95 %", "-2 2")):
        wanted = [one.expected[band][0] for band in ends.split()]
        np.testing.assert_array_equal(drawn[label].get_ydata(), wanted)
    assert drawn["excluded"].get_ydata()[0] == one.observed[0]
    assert drawn["expected, median"].get_marker() == "_"


def test_a_region_that_is_open_above_has_a_wall_where_its_masses_end():
    """At a threshold couplings are excluded up to the last one searched, and below it none are."""
    limit = island_limit()
    (axes,) = plots.exclusion(limit).axes
    x, y = lines(axes)["observed"].get_data()
    at = np.flatnonzero(x == limit.masses[1])
    # Down the wall to the edge below: the last two points, next to each other.
    assert at[-1] == at[-2] + 1
    np.testing.assert_array_equal(y[at[-2:]], [1.0, limit.observed[1]])


@pytest.mark.parametrize(("quantity", "end"), [("coupling", 1.0), ("squared", 1.0), ("y", 1 / 810)])
def test_the_fill_ends_where_the_search_for_upper_edges_did(quantity, end):
    """Next to an edge just below coupling 1 the fill does not step up out of the frame."""
    low, upper = np.full(7, 1e-4), np.geomspace(4.0, 0.1, 7)
    limit = open_limit(observed=low, observed_upper=np.where(upper > 1.0, np.inf, upper))
    assert np.isinf(limit.observed_upper).sum() == 3
    (axes,) = plots.exclusion(limit, quantity=quantity).axes
    # y = epsilon^2 alpha_D / 3^4 = epsilon^2 / 810; rounding only.
    close(fill_range(axes, "excluded")[1], end, 1e-12)


def covered(axes, label, mass):
    """Length in log10 of the coupling that the fills of one band cover together at a mass."""
    (first,) = (one for one in axes.collections if one.get_label() == label)
    colour = tuple(first.get_facecolor()[0])
    heights = np.geomspace(1e-5, 1e-1, 4001)
    points = np.column_stack([np.full_like(heights, mass), heights])
    inside = np.zeros(heights.size, dtype=bool)
    for fill in axes.collections:
        if tuple(fill.get_facecolor()[0]) == colour:
            for path in fill.get_paths():
                inside |= path.contains_points(points)
    return np.count_nonzero(inside) * 1e-3


def test_bands_of_islands_close_around_the_smaller_one():
    """Beyond the tip of the smaller expected island all of the larger one belongs to the band."""
    nan = np.nan
    large, top = np.array([1e-4, 1e-4, 1e-4, 1e-4]), np.array([1e-2, 1e-2, 1e-2, 1e-2])
    small, above = np.array([2e-4, 1e-3, nan, nan]), np.array([5e-3, 1e-3, nan, nan])
    expected = {"-2": large, "-1": large, "0": large, "1": small, "2": small}
    limit = open_limit(
        4,
        observed=large,
        observed_upper=top,
        expected=expected,
        expected_upper={"-2": top, "-1": top, "0": top, "1": above, "2": above},
    )
    (axes,) = plots.exclusion(limit).axes
    m = limit.masses
    for label in ("expected, 95 %", "expected, 68 %"):
        # At the first mass log10 of 2e-4/1e-4 and of 1e-2/5e-3, from the tip on both decades;
        # the count goes in steps of 1e-3, and the edges are straight in the coupling.
        assert abs(covered(axes, label, 1.0001 * m[0]) - 2 * np.log10(2.0)) < 0.02
        for mass in (1.0001 * m[1], np.sqrt(m[1] * m[2]), np.sqrt(m[2] * m[3])):
            assert abs(covered(axes, label, mass) - 2.0) < 0.02


def drawn_names(limit):
    """Names of what is drawn and of what the legend shows."""
    axes = plots.exclusion(limit).axes[0]
    legend = axes.get_legend()
    shown = [text.get_text() for text in legend.get_texts()] if legend else []
    return [artist.get_label() for artist in axes.get_children()], shown


@pytest.mark.parametrize("make", [open_limit, island_limit])
def test_a_band_without_width_has_no_name(make):
    """Of few expected events most experiments see none: the 68 % are one line."""
    limit = make()
    one = {**limit.expected, "-1": limit.expected["0"], "1": limit.expected["0"]}
    changes = {"expected": one}
    if limit.expected_upper is not None:
        edges = limit.expected_upper
        changes["expected_upper"] = {**edges, "-1": edges["0"], "1": edges["0"]}
    for names in drawn_names(limit):
        assert {"expected, 68 %", "expected, 95 %"} <= set(names)
    for names in drawn_names(replace(limit, **changes)):
        assert "expected, 95 %" in names
        assert "expected, 68 %" not in names


def test_exclusion_states_beam_level_and_dark_sector():
    (axes,) = plots.exclusion(open_limit()).axes
    assert texts(axes) == [
        "TOY e⁻ 2030",
        "100 GeV e⁻, 9.4×10¹¹ EOT",
        "dark photon, 90 % CL (CLs)",
        r"complex scalar χ, $\alpha_D = 0.1$, $m_{A'} = 3\,m_\chi$",
    ]


def test_curves_of_others_are_converted_or_refused_never_drawn_as_they_are():
    masses = np.array([1e-3, 1.0])
    limit = open_limit()
    theirs = Overlay("theirs", masses, np.array([1e-5, 1e-3]), "epsilon")
    in_y = Overlay("in y", masses / 3.0, np.array([1e-12, 1e-9]), "y")
    drawn = lines(plots.exclusion(limit, overlays=[theirs, in_y]).axes[0])
    np.testing.assert_array_equal(drawn["theirs"].get_ydata(), theirs.values)
    # epsilon = (y R^4 / alpha_D)^(1/2) at R m_chi, by hand; rounding only.
    np.testing.assert_allclose(
        drawn["in y"].get_ydata(), np.sqrt(in_y.values * 81.0 / 0.1), rtol=1e-13
    )
    np.testing.assert_allclose(drawn["in y"].get_xdata(), masses, rtol=1e-13)
    drawn = lines(plots.thermal_plane(limit, overlays=[theirs, in_y]).axes[0])
    np.testing.assert_allclose(
        drawn["theirs"].get_ydata(), theirs.values**2 * 0.1 / 81.0, rtol=1e-13
    )
    np.testing.assert_array_equal(drawn["in y"].get_ydata(), in_y.values)
    squared = lines(plots.squared_plane(limit, overlays=[theirs]).axes[0])
    np.testing.assert_allclose(squared["theirs"].get_ydata(), theirs.values**2, rtol=1e-13)
    np.testing.assert_allclose(squared["theirs"].get_xdata(), masses / 3.0, rtol=1e-13)
    for plane in (plots.exclusion, plots.thermal_plane):
        with pytest.raises(EmissError, match="curve of g_agg"):
            plane(limit, overlays=[Overlay("alp", masses, theirs.values, "g_agg")])
    with pytest.raises(EmissError, match="does not say what"):
        plots.thermal_plane(limit, overlays=[Overlay("bare", masses, theirs.values)])
    with pytest.raises(EmissError, match="in y, which this model does not have"):
        plots.exclusion(island_limit(), overlays=[in_y])


def test_a_curve_in_y_for_another_alpha_says_so():
    limit = open_limit()
    other = Overlay("beam", np.array([1e-3, 0.1]), np.array([1e-11, 1e-9]), "y", alpha_dark=0.5)
    assert any(
        "0.5" in label for label in lines(plots.thermal_plane(limit, overlays=[other]).axes[0])
    )


def test_several_limits_share_axes_and_are_named_by_what_differs():
    one = open_limit()
    two = open_limit(experiment_title="TOY e+ 2031", observed=3.0 * one.observed)
    (axes,) = plots.exclusion(one, two).axes
    assert {"TOY e⁻ 2030", "TOY e⁺ 2031"} <= set(lines(axes))
    fills = [c for c in axes.collections if c.get_zorder() == 0.5]
    # Opaque and of one colour: what lies over each other is seen as the union.
    assert {tuple(c.get_facecolor()[0]) for c in fills} == {tuple(fills[0].get_facecolor()[0])}
    assert fills[0].get_facecolor()[0][3] == 1.0
    styles = {tuple(np.ravel(lines(axes)[name]._dash_pattern[1] or 0)) for name in lines(axes)}
    assert len(styles) == 2
    (axes,) = plots.exclusion(one, two, labels=["A", "B"], colours=["black", "red"]).axes
    assert lines(axes)["B"].get_color() == "red"
    with pytest.raises(EmissError, match="1 given for 2 limits"):
        plots.exclusion(one, two, labels=["A"])
    with pytest.raises(EmissError, match="different couplings"):
        plots.exclusion(one, open_limit(coupling_name="g"))
    with pytest.raises(TypeError, match="give Limit"):
        plots.exclusion("na64e-2016")
    darker = open_limit(model_parameters={**one.model_parameters, "alpha_dark": 0.5})
    names = set(lines(plots.exclusion(one, darker).axes[0]))
    assert {r"$\\alpha_D = 0.1$", r"$\\alpha_D = 0.5$"} <= {n.replace("\\", "\\\\") for n in names}


def test_limits_are_drawn_into_axes_of_the_user():
    from matplotlib.figure import Figure

    figure = Figure()
    first, second = figure.subplots(1, 2)
    assert plots.exclusion(open_limit(), ax=first) is figure
    plots.exclusion(open_limit(), quantity="y", ax=second)
    plots.exclusion(open_limit(experiment_title="MORE"), ax=first)
    assert first.get_ylabel() == r"$\epsilon$"
    assert {"observed", "MORE"} <= set(lines(first))
    assert second.get_xlabel() == r"$m_{\chi}$ [GeV]"


def test_island_is_a_closed_outline_over_the_excluded_masses():
    limit = island_limit()
    (axes,) = plots.exclusion(limit).axes
    outline = lines(axes)["observed"]
    x, y = outline.get_data()
    assert (x[0], y[0]) == (x[-1], y[-1])
    assert (np.nanmin(x), np.nanmax(x)) == (limit.masses[1], limit.masses[4])
    np.testing.assert_array_equal(y[:4], limit.observed[1:5])
    np.testing.assert_array_equal(y[4:7], limit.observed_upper[4:1:-1])
    # Where it is open above no edge is known and none is drawn.
    assert np.isnan(y[7])
    low, high = fill_range(axes, "excluded")
    assert low == np.nanmin(limit.observed)
    assert high > axes.get_ylim()[1]


def test_the_end_of_the_masses_is_no_edge():
    low = np.full(7, 1e-4)
    limit = open_limit(observed=low, observed_upper=10.0 * low)
    x, _ = lines(plots.exclusion(limit).axes[0])["observed"].get_data()
    # Two lines from end to end, with nothing between them.
    assert np.flatnonzero(np.isnan(x)).tolist() == [7]
    assert x[6] == x[8] == limit.masses[-1]


def test_two_islands_are_one_line_with_gaps():
    lower = np.array([np.nan, 1.0, 1.0, np.nan, 1.0, 1.0, np.nan]) * 1e-4
    limit = open_limit(observed=lower, observed_upper=10.0 * lower)
    x = lines(plots.exclusion(limit).axes[0])["observed"].get_xdata()
    assert np.flatnonzero(np.isnan(x)).tolist() == [5]
    assert x.size == 11


def test_single_mass_is_a_point_without_warning():
    (axes,) = plots.exclusion(open_limit(1)).axes
    assert lines(axes)["observed"].get_marker() == "o"
    low, high = axes.get_xlim()
    assert low < 1e-3 < high


def test_nothing_to_draw_is_refused():
    gone = np.full(7, np.nan)
    limit = open_limit(observed=gone, expected=dict.fromkeys(BANDS, gone))
    with pytest.raises(EmissError, match="nothing to draw"):
        plots.exclusion(limit)


def test_thermal_plane_turns_couplings_into_y():
    limit = open_limit()
    relic = Overlay("relic", np.array([1e-3, 0.3]), np.array([1e-13, 1e-9]), "y")
    (axes,) = plots.thermal_plane(limit, relic=[relic]).axes
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["observed"].get_xdata(), limit.masses / 3.0)
    np.testing.assert_array_equal(drawn["observed"].get_ydata(), limit.y)
    # y = epsilon^2 alpha_D / 3^4, by hand; rounding only.
    expected = limit.expected["0"] ** 2 * 0.1 / 81.0
    np.testing.assert_allclose(drawn["expected, median"].get_ydata(), expected, rtol=1e-13)
    assert drawn["relic"].get_color() != drawn["expected, median"].get_color()
    np.testing.assert_array_equal(drawn["relic"].get_ydata(), relic.values)
    assert axes.get_xlabel() == r"$m_{\chi}$ [GeV]"
    assert "alpha_D" in axes.get_ylabel()
    assert any("= 0.1$" in text and "= 3" in text for text in texts(axes))


def test_thermal_plane_without_given_alpha_uses_the_result():
    limit = open_limit(model_parameters={})
    (axes,) = plots.thermal_plane(limit).axes
    expected = limit.expected["1"] ** 2 * 0.1 / 81.0
    close(fill_range(axes, "expected, 68 %")[1], expected.max(), 1e-12)


def test_thermal_plane_needs_dark_matter():
    with pytest.raises(EmissError, match="has no y"):
        plots.thermal_plane(island_limit())


def test_compare_shows_the_ratio():
    limit = open_limit()
    theirs = Overlay("theirs", limit.masses, limit.observed / 1.2, "epsilon")
    upper, lower = plots.compare(limit, curves=theirs).axes
    np.testing.assert_allclose(lower.get_lines()[-1].get_ydata(), 1.2, rtol=1e-12)
    assert lower.get_ylim()[0] < 1.0 < 1.2 < lower.get_ylim()[1]
    assert lower.get_xlim() == upper.get_xlim()
    np.testing.assert_array_equal(lines(upper)["theirs"].get_ydata(), theirs.values)
    below = plots.compare(limit, curves=Overlay("y", limit.dark_matter_mass, limit.y, "y")).axes[1]
    assert below.get_xlabel() == r"$m_{\chi}$ [GeV]"


def test_cross_section_curves_and_labels():
    x = np.linspace(0.1, 0.9, 5)
    figure = plots.cross_section(x, curves={"etl": x, "ww": 2.0 * x}, title="T", details=("D",))
    (axes,) = figure.axes
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["WW"].get_ydata(), 2.0 * x)
    assert list(drawn) == ["exact tree level", "WW"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")
    assert axes.get_ylabel().endswith("[pb]")
    assert texts(axes)[:2] == ["T", "D"]
    with pytest.raises(EmissError, match="3 values for 5"):
        plots.cross_section(x, curves={"etl": x[:3]})


def test_tracks_are_steps_between_the_given_edges():
    def averages(edges, particle):
        return {"e-": 3.0, "e+": 2.0, "gamma": 1.0}[particle] / edges[:-1]

    lengths = TrackLengths(
        primary="e-",
        energy=100.0,
        min_energy=1.0,
        material=SimpleNamespace(name="Pb"),
        bin_averages=averages,
    )
    (axes,) = plots.tracks(lengths, bins=4).axes
    steps = {patch.get_label(): patch.get_data() for patch in axes.patches}
    assert list(steps) == ["e⁻", "e⁺", "γ"]
    # Four bins even in the logarithm from 1 to 100 GeV.
    np.testing.assert_allclose(steps["e⁻"].edges, 10.0 ** np.array([0, 0.5, 1, 1.5, 2]), rtol=1e-12)
    np.testing.assert_allclose(steps["e⁺"].values, 2.0 / steps["e⁺"].edges[:-1], rtol=1e-12)
    assert axes.get_ylabel() == r"$\mathrm{d}L/\mathrm{d}E$ [$X_0$/GeV]"
    assert texts(axes) == ["100 GeV e⁻ in Pb"]


@pytest.mark.parametrize(
    ("beam", "unit"),
    [
        ("100 GeV e-", "100 GeV e⁻, 10¹⁰ EOT"),
        ("70 GeV e+", "70 GeV e⁺, 10¹⁰ e⁺OT"),
        ("160 GeV mu-", "160 GeV μ⁻, 10¹⁰ MOT"),
        ("50 GeV pi-", "50 GeV π⁻, 10¹⁰ on target"),
    ],
)
def test_beams_are_named_as_in_the_field(beam, unit):
    assert labels.beam_text(open_limit(beam_label=beam, particles_on_target=1e10)) == unit


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "10⁰"), (9.4e11, "9.4×10¹¹"), (1e-5, "10⁻⁵"), (2.84e11, "2.84×10¹¹"), (12.0, "1.2×10¹")],
)
def test_powers_of_ten(value, text):
    assert style.power_of_ten(value) == text


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1e-3, 1.0),
        (2e-3, 3e-2),
        (0.2, 0.5),
        (1e-30, 1e-2),
        (0.1, 0.3),
        (0.02, 0.021),
        (3.1e-5, 3.4e-5),
        (1.5e-4, 1.6e-3),
    ],
)
def test_axes_have_readable_ticks(low, high):
    _figure, axes = page.new_figure()
    axis.log_axis(axes, "x", low, high)
    shown = [t for t in axes.xaxis.get_majorticklocs() if low <= t <= high]
    assert 2 <= len(shown) <= 11
    assert axes.get_xlim() == (low, high)
    labels = axes.xaxis.get_major_formatter().format_ticks(shown)
    assert len(set(labels)) == len(labels)


def test_saving_is_reproducible_and_complete(tmp_path):
    figure = plots.exclusion(open_limit())
    files = plots.save_figure(figure, tmp_path / "a.b", ("png", "pdf", "svg"))
    assert [file.name for file in files] == ["a.b.png", "a.b.pdf", "a.b.svg"]
    again = plots.save_figure(plots.exclusion(open_limit()), tmp_path / "c", ("png", "pdf", "svg"))
    for first, second in zip(files, again, strict=True):
        assert first.read_bytes() == second.read_bytes()
        assert b"CreationDate" not in first.read_bytes()
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert files[1].read_bytes().startswith(b"%PDF")


def test_saving_refuses_unknown_formats_and_places(tmp_path):
    figure = plots.exclusion(open_limit())
    with pytest.raises(EmissError, match="'bmp'; use png, pdf, svg"):
        plots.save_figure(figure, tmp_path / "a", ("png", "bmp"))
    with pytest.raises(OutputError, match="not a directory"):
        plots.save_figure(figure, tmp_path / "absent" / "a")
    assert list(tmp_path.iterdir()) == []


def test_user_settings_of_matplotlib_are_untouched():
    import matplotlib

    before = dict(matplotlib.rcParams)
    plots.exclusion(open_limit())
    assert dict(matplotlib.rcParams) == before


STRANGE = {
    "font.family": ["serif"],
    "font.size": 17.0,
    "mathtext.fontset": "cm",
    "axes.grid": True,
    "axes.facecolor": "black",
    "axes.linewidth": 4.0,
    "xtick.labelsize": 20.0,
    "ytick.major.size": 20.0,
    "ytick.minor.width": 5.0,
    "lines.linestyle": ":",
    "legend.frameon": True,
    "legend.title_fontsize": 30.0,
    "figure.autolayout": True,
    "savefig.transparent": True,
    "savefig.pad_inches": 3.0,
    "text.color": "red",
    "hatch.color": "red",
    "axes.labelpad": 40.0,
}


def _picture(tmp_path, name, **options):
    figure = plots.thermal_plane(open_limit(), overlays=[], **options)
    return plots.save_figure(figure, tmp_path / name, ("png",))[0].read_bytes()


def test_settings_of_the_user_do_not_leak_into_the_style_of_the_package(tmp_path):
    import matplotlib

    plain = _picture(tmp_path, "plain")
    with matplotlib.rc_context(STRANGE):
        assert _picture(tmp_path, "strange") == plain
        figure = plots.exclusion(open_limit())
        inside, _ = figure._repr_png_()
    # Built under one set of settings, shown under another.
    assert figure._repr_png_()[0] == inside


def test_the_style_of_the_user_is_taken_as_a_whole(tmp_path):
    import matplotlib

    plain = _picture(tmp_path, "plain")
    with matplotlib.rc_context({"axes.facecolor": "#eeeeff", "font.size": 7.0}):
        figure = plots.exclusion(open_limit(), style="user")
        (axes,) = figure.axes
        assert axes.get_facecolor() == matplotlib.colors.to_rgba("#eeeeff")
        assert axes.xaxis.label.get_fontsize() == 7.0
        assert _picture(tmp_path, "user", style="user") != plain
    with pytest.raises(EmissError, match="style 'mine'"):
        plots.exclusion(open_limit(), style="mine")


def test_the_prime_of_the_mediator_survives_the_style_of_mplhep(tmp_path):
    mplhep = pytest.importorskip("mplhep")
    import matplotlib

    plain = _picture(tmp_path, "plain")
    with matplotlib.rc_context():
        matplotlib.rcParams.update(mplhep.style.CMS)
        assert _picture(tmp_path, "hep") == plain
        # A missing letter would be a warning, and warnings are errors here.
        plots.save_figure(plots.exclusion(open_limit(), style="user"), tmp_path / "u")
        for draw in (plots.exclusion, plots.thermal_plane):  # letters of 26 points: the page grows
            assert faults(draw(open_limit(), style="user")) == []


def test_import_is_light_and_pyplot_is_never_used(tmp_path):
    # A fresh process: other tests may have imported anything.
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from emiss.physics.constraints.curves import overlay\n"
        "from emiss.presentation import export, plots\n"
        "assert not {'matplotlib', 'yaml', 'scipy'} & sys.modules.keys()\n"
        "from example_limits import open_limit\n"
        "export.write_results(open_limit(), sys.argv[2])\n"
        "assert 'matplotlib' in sys.modules\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert 'scipy' not in sys.modules\n"
    )
    here = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, here, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_bremsstrahlung_spectrum_draws_each_method(monkeypatch):
    from emiss.physics.processes import bremsstrahlung

    asked = []

    def spectrum(x, energy, mass, *, method, **options):
        asked.append((energy, mass, method, options["projectile"], options["boson"]))
        return SimpleNamespace(values_pb=(1.0 + len(asked)) * x)

    monkeypatch.setattr(bremsstrahlung, "differential_x", spectrum)
    element = Element(symbol="Pb")
    figure = plots.bremsstrahlung_spectrum(100.0, mass=0.0167, element=element, boson="scalar")
    (axes,) = figure.axes
    assert asked == [(100.0, 0.0167, method, "e-", "scalar") for method in ("etl", "ww", "iww")]
    drawn = lines(axes)
    x = drawn["exact tree level"].get_xdata()
    assert 0.0 < x.min() < 0.02
    assert 0.999 < x.max() < 1.0
    np.testing.assert_array_equal(drawn["WW"].get_ydata(), 3.0 * x)
    assert texts(axes)[0] == "e⁻ Pb → e⁻ Pb X (scalar)"


def test_two_sided_curves_are_drawn_as_outlines_with_sides_and_filled():
    limit = open_limit()
    masses, low = np.array([0.01, 0.1]), np.array([1e-4, 2e-4])
    region = Overlay("region", masses, low, "epsilon", np.array([1e-3, np.inf]))
    (axes,) = plots.exclusion(limit, overlays=[region]).axes
    drawn = lines(axes)["region"]
    # Where it is open above there is no edge to go to.
    np.testing.assert_array_equal(drawn.get_xdata(), [0.01, 0.1, 0.1, 0.01, 0.01])
    np.testing.assert_array_equal(drawn.get_ydata(), [1e-4, 2e-4, np.nan, 1e-3, 1e-4])
    shade = axes.collections[-1]
    assert shade.get_alpha() == 0.12
    shape = shade.get_paths()[0]
    assert all(shape.contains_point(p) for p in ((0.02, 3e-4), (0.09, 1e-2)))
    assert not any(shape.contains_point(p) for p in ((0.02, 5e-5), (0.005, 3e-4), (0.011, 0.9)))
    upper, _ = plots.compare(limit, curves=region).axes
    np.testing.assert_array_equal(lines(upper)["region"].get_xdata(), drawn.get_xdata())
    island = island_limit()
    other = Overlay("x", np.array([1e-3, 1.0]), low, "epsilon")
    mine, _ = plots.compare(island, curves=other).axes
    assert lines(mine)["this work"].get_xdata().size == 2 * 4 + 2  # back, and the wall


@pytest.mark.parametrize("suffix", [".csv", ".lmt"])
def test_a_closed_contour_is_closed_in_each_way_of_drawing(tmp_path, suffix):
    angle = np.linspace(0.0, 2.0 * np.pi, 25)
    x, y = 10.0 ** (np.cos(angle) - 1.5), 10.0 ** (-4.0 + np.sin(angle))
    if suffix == ".csv":
        text = "m_A' [GeV],epsilon\n" + "".join(f"{a},{b}\n" for a, b in zip(x, y, strict=True))
    else:
        text = "".join(f"{m} {1e-4 / m} {1e-2 / m}\n" for m in (0.01, 0.03, 0.1))
    file = tmp_path / f"theirs{suffix}"
    file.write_text(text, encoding="utf-8")
    curve = read_curve(file)
    figures = (
        plots.exclusion(open_limit(), overlays=[curve]),
        plots.compare(open_limit(), curves=curve),
        plots.curves([curve]),
    )
    for figure in figures:
        drawn = lines(figure.axes[0])["theirs"]
        assert (drawn.get_xdata()[0], drawn.get_ydata()[0]) == (
            drawn.get_xdata()[-1],
            drawn.get_ydata()[-1],
        )
        assert not np.isnan(drawn.get_xdata()).any()
        assert any(one.get_alpha() == 0.12 for one in figure.axes[0].collections)


def test_thermal_lines_far_below_the_limit_are_in_sight():
    limit = open_limit()
    relic = Overlay("deep", limit.dark_matter_mass, 1e-7 * limit.y, "y")
    (axes,) = plots.thermal_plane(limit, relic=[relic]).axes
    assert axes.get_ylim()[0] < relic.values.min()


def test_exposures_of_different_beams_have_no_unit_of_one():
    both = open_limit(beam_label="100 GeV e-, 160 GeV mu-")
    assert labels.beam_text(both) == "100 GeV e⁻, 160 GeV μ⁻, 9.4×10¹¹ on target in all"
    assert labels.beam_text(open_limit(beam_label="100 GeV e-, 70 GeV e-")).endswith("EOT")


def test_fills_and_lines_are_told_apart_in_grey():
    from matplotlib.colors import to_rgb

    def lightness(colour):
        return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))

    fills = [lightness(c) for c in ("white", style.EXCLUDED, style.BAND_2, style.BAND_1)]
    # White, excluded, 95 % and 68 % get darker step by step; the line is far darker than all.
    assert all(light - dark > 0.08 for light, dark in itertools.pairwise(fills))
    assert fills[-1] - lightness(style.OURS) > 0.25
    # Lines that follow each other differ in their dashes.
    for dashes in (style.DASHES, style.OTHER_DASHES, style.RELIC_DASHES):
        assert len({str(one) for one in dashes}) == len(dashes)


def test_lines_of_others_and_of_relic_densities_are_like_no_limit():
    from matplotlib.colors import to_rgb

    def apart(one, other):
        return float(np.linalg.norm(np.subtract(to_rgb(one), to_rgb(other))))

    assert min(apart(x, y) for x in style.OTHERS for y in style.COLOURS[:4]) > 0.25
    assert min(apart(x, y) for x, y in itertools.combinations(style.OTHERS, 2)) > 0.25
    # The expected median is black and dashed.
    assert "--" not in style.RELIC_DASHES
    assert apart(style.RELIC, "black") > 0.5


def test_verdicts_and_relic_lines_call_things_as_other_figures_do():
    report = emiss.verdict(["na64e-2016", "ldmx-8gev"], masses="10MeV:100MeV:3", kinds=["scalar"])
    (axes,) = plots.verdict(report).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "NA64 e⁻ 2016"
    assert names[1].startswith("LDMX 8 GeV plan")
    assert names[2].startswith("combined")
    line = emiss.relic("dark-photon", masses="10MeV:100MeV:3", mode="fast")
    words = [text.get_text() for text in plots.relic_line(line).axes[0].texts]
    assert any("$m_{A'} = 3" in text for text in words), words
    assert any("dark photon" in text for text in words)
    assert labels.mediator_texts("my boson") == ("my boson", "X")


def test_a_band_of_magnetic_moments_leaves_what_is_excluded_to_be_seen():
    from matplotlib.collections import PolyCollection

    limit = open_limit()
    band = coupling_band("vector", limit.masses, "mu", "muon-2021", 2.0)
    drawn = plots.exclusion(limit, moments=[band]).axes[0]
    fills = [one for one in drawn.collections if isinstance(one, PolyCollection)]
    excluded = [one for one in fills if one.get_label() == "excluded"]
    green = [one for one in fills if str(one.get_label()).startswith("preferred")]
    assert green[0].get_zorder() < excluded[0].get_zorder()
    over = [one for one in fills if one.get_hatch() and one.get_facecolor().size == 0]
    assert over[0].get_zorder() > excluded[0].get_zorder()


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("LDMX 8 GeV plan, 1e16 on target", "LDMX 8 GeV plan, 10¹⁶ on target"),
        ("DarkSHINE plan, 9e14 on target", "DarkSHINE plan, 9×10¹⁴ on target"),
        ("NA64 K- projection, 1e11 on target", "NA64 K⁻ projection, 10¹¹ on target"),
        ("NA64 e- 2016-2022", "NA64 e⁻ 2016-2022"),
        ("run2e5", "run2e5"),
    ],
)
def test_titles_have_raised_charges_and_powers(title, written):
    assert labels.typeset(title) == written


def test_figures_saved_later_keep_their_style():
    """By `Figure.savefig` under settings of the user: the prime of A' was lost under mplhep."""
    import io

    import matplotlib

    def saved(figure):
        page = io.BytesIO()
        figure.savefig(page, format="png", dpi=100)
        return page.getvalue()

    figure = plots.exclusion(open_limit())
    plain = saved(figure)
    theirs = {"mathtext.fontset": "cm", "mathtext.default": "regular", "savefig.facecolor": "red"}
    with matplotlib.rc_context(theirs):
        assert saved(figure) == plain
        assert saved(plots.exclusion(open_limit(), style="user")) != plain


def test_the_legend_shows_the_x17_as_it_is_drawn():
    """A bar with ends; a patch had stood for it."""
    visible = emiss.models.get("dark-photon", {"dark_matter": "none"})
    legend = plots.exclusion(emiss.limit("na64-visible-2017", visible)).axes[0].get_legend()
    drawn = dict(
        zip([t.get_text() for t in legend.get_texts()], legend.legend_handles, strict=True)
    )
    (key,) = [handle for text, handle in drawn.items() if text.startswith("X17")]
    assert isinstance(key, LineCollection)


def test_eight_limits_differ_in_grey():
    """By dashes, for the colours are about as dark as each other; the fifth was solid again."""
    limits = [
        emiss.limit("na64e-2016", masses=[0.01, 0.1], on_target=10.0 ** (11 + 0.5 * step))
        for step in range(8)
    ]
    lines = plots.exclusion(*limits, labels=list("ABCDEFGH")).axes[0].get_lines()
    dashes = [line._unscaled_dash_pattern for line in lines if line.get_label() in "ABCDEFGH"]
    assert len(dashes) == len({str(one) for one in dashes}) == 8
