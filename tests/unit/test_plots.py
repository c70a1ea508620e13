import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from closeness import close
from example_limits import island_limit, open_limit

from emiss.constraints.curves.overlay import Overlay
from emiss.ground.errors import EmissError, OutputError
from emiss.inference.limit import BANDS
from emiss.presentation import plots
from emiss.presentation.plots import labels, style


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


def test_exclusion_states_beam_level_and_dark_sector():
    (axes,) = plots.exclusion(open_limit()).axes
    assert texts(axes) == [
        "TOY e⁻ 2030",
        "100 GeV e⁻, 9.4×10¹¹ EOT",
        "90 % CL (CLs)",
        r"complex scalar χ, $\alpha_D = 0.1$, $m_{A'} = 3\,m_\chi$",
    ]


def test_exclusion_draws_matching_overlays_only():
    masses = np.array([1e-3, 1.0])
    theirs = Overlay("theirs", masses, np.array([1e-5, 1e-3]), "epsilon")
    other = Overlay("other", masses, np.array([1e-15, 1e-13]), "y")
    (axes,) = plots.exclusion(open_limit(), [theirs, other]).axes
    np.testing.assert_array_equal(lines(axes)["theirs"].get_ydata(), theirs.values)
    assert "other" not in lines(axes)


def test_island_is_a_closed_outline_over_the_excluded_masses():
    limit = island_limit()
    (axes,) = plots.exclusion(limit).axes
    outline = lines(axes)["observed"]
    x, y = outline.get_data()
    assert (x[0], y[0]) == (x[-1], y[-1])
    assert (x.min(), x.max()) == (limit.masses[1], limit.masses[4])
    np.testing.assert_array_equal(y[:4], limit.observed[1:5])
    np.testing.assert_array_equal(y[4:7], limit.observed_upper[4:1:-1])
    # The open edge ends above the frame.
    assert y[7] > axes.get_ylim()[1]
    low, _high = fill_range(axes, "excluded")
    assert low == np.nanmin(limit.observed)


def test_two_islands_have_two_outlines_and_one_legend_entry():
    lower = np.array([1.0, 1.0, np.nan, 1.0, 1.0, np.nan, 1.0]) * 1e-4
    limit = open_limit(observed=lower, observed_upper=10.0 * lower)
    (axes,) = plots.exclusion(limit).axes
    outlines = [x for x in axes.get_lines() if x.get_linewidth() == 2.2]
    assert [len(x.get_xdata()) for x in outlines] == [5, 5, 3]
    assert [x.get_label() for x in outlines].count("observed") == 1


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
    (axes,) = plots.thermal_plane(limit, [relic]).axes
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["observed"].get_xdata(), limit.masses / 3.0)
    np.testing.assert_array_equal(drawn["observed"].get_ydata(), limit.y)
    # y = epsilon^2 alpha_D / 3^4, by hand; rounding only.
    expected = limit.expected["0"] ** 2 * 0.1 / 81.0
    np.testing.assert_allclose(drawn["expected, median"].get_ydata(), expected, rtol=1e-13)
    assert drawn["relic"].get_color() != drawn["expected, median"].get_color()
    np.testing.assert_array_equal(drawn["relic"].get_ydata(), relic.values)
    assert axes.get_xlabel() == r"$m_\chi$ [GeV]"
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
    upper, lower = plots.compare(limit, theirs).axes
    np.testing.assert_allclose(lower.get_lines()[-1].get_ydata(), 1.2, rtol=1e-12)
    assert lower.get_ylim()[0] < 1.0 < 1.2 < lower.get_ylim()[1]
    assert lower.get_xlim() == upper.get_xlim()
    np.testing.assert_array_equal(lines(upper)["theirs"].get_ydata(), theirs.values)
    below = plots.compare(limit, Overlay("y", limit.dark_matter_mass, limit.y, "y")).axes[1]
    assert below.get_xlabel() == r"$m_\chi$ [GeV]"


def test_cross_section_curves_and_labels():
    x = np.linspace(0.1, 0.9, 5)
    figure = plots.cross_section(x, {"etl": x, "ww": 2.0 * x}, title="T", details=("D",))
    (axes,) = figure.axes
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["WW"].get_ydata(), 2.0 * x)
    assert list(drawn) == ["exact tree level", "WW"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")
    assert axes.get_ylabel().endswith("[pb]")
    assert texts(axes) == ["T", "D"]
    with pytest.raises(EmissError, match="3 values for 5"):
        plots.cross_section(x, {"etl": x[:3]})


def test_tracks_are_steps_between_the_given_edges():
    def averages(edges, particle):
        return {"e-": 3.0, "e+": 2.0, "gamma": 1.0}[particle] / edges[:-1]

    lengths = SimpleNamespace(
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


@pytest.mark.parametrize(("low", "high"), [(1e-3, 1.0), (2e-3, 3e-2), (0.2, 0.5), (1e-30, 1e-2)])
def test_axes_have_readable_ticks(low, high):
    _figure, axes = style.new_figure()
    style.log_axis(axes, "x", low, high)
    shown = [t for t in axes.xaxis.get_majorticklocs() if low <= t <= high]
    assert 2 <= len(shown) <= 11
    assert axes.get_xlim() == (low, high)


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


def test_import_is_light_and_pyplot_is_never_used(tmp_path):
    # A fresh process: other tests may have imported anything.
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from emiss.constraints.curves import overlay\n"
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
    from emiss.processes import bremsstrahlung

    asked = []

    def spectrum(x, energy, mass, *, method, **options):
        asked.append((energy, mass, method, options["projectile"], options["boson"]))
        return SimpleNamespace(values_pb=(1.0 + len(asked)) * x)

    monkeypatch.setattr(bremsstrahlung, "differential_x", spectrum)
    element = SimpleNamespace(symbol="Pb")
    figure = plots.bremsstrahlung_spectrum(100.0, 0.0167, element=element, boson="scalar")
    (axes,) = figure.axes
    assert asked == [(100.0, 0.0167, method, "e-", "scalar") for method in ("etl", "ww", "iww")]
    drawn = lines(axes)
    x = drawn["exact tree level"].get_xdata()
    assert 0.0 < x.min() < 0.02
    assert 0.999 < x.max() < 1.0
    np.testing.assert_array_equal(drawn["WW"].get_ydata(), 3.0 * x)
    assert texts(axes)[0] == "e⁻ Pb → e⁻ Pb X (scalar)"


def test_two_sided_curves_are_drawn_as_outlines():
    limit = open_limit()
    masses, low = np.array([0.01, 0.1]), np.array([1e-4, 2e-4])
    region = Overlay("region", masses, low, "epsilon", np.array([1e-3, np.inf]))
    (axes,) = plots.exclusion(limit, [region]).axes
    drawn = lines(axes)["region"]
    np.testing.assert_array_equal(drawn.get_xdata(), [0.01, 0.1, 0.1, 0.01, 0.01])
    assert drawn.get_ydata()[2] > axes.get_ylim()[1]
    np.testing.assert_allclose(np.delete(drawn.get_ydata(), 2), [1e-4, 2e-4, 1e-3, 1e-4])
    upper, _ = plots.compare(limit, region).axes
    assert lines(upper)["region"].get_xdata().size == 5
    island = island_limit()
    mine, _ = plots.compare(island, Overlay("x", np.array([1e-3, 1.0]), low, "epsilon")).axes
    assert lines(mine)["this work"].get_xdata().size == 2 * 4 + 1


def test_thermal_lines_far_below_the_limit_are_in_sight():
    limit = open_limit()
    relic = Overlay("deep", limit.dark_matter_mass, 1e-7 * limit.y, "y")
    (axes,) = plots.thermal_plane(limit, [relic]).axes
    assert axes.get_ylim()[0] < relic.values.min() / 10.0


def test_exposures_of_different_beams_have_no_unit_of_one():
    both = open_limit(beam_label="100 GeV e-, 160 GeV mu-")
    assert labels.beam_text(both) == "100 GeV e⁻, 160 GeV μ⁻, 9.4×10¹¹ on target in all"
    assert labels.beam_text(open_limit(beam_label="100 GeV e-, 70 GeV e-")).endswith("EOT")
