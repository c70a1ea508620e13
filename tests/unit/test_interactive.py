"""Figures to hover over: what the pointer shows, and a page that needs no network."""

import re
from dataclasses import replace

import numpy as np
import pytest
from example_limits import island_limit, open_limit

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.presentation import plots

pytest.importorskip("plotly")


def trace(figure, name):
    (found,) = (one for one in figure.data if one.name == name)
    return found


def test_hover_says_mass_coupling_events_and_shares():
    limit = open_limit()
    figure = plots.interactive(limit)
    observed = trace(figure, "observed")
    np.testing.assert_array_equal(observed.y, limit.observed)
    # The fourth of seven masses: half of the signal from either process, ln 10 events.
    lines = observed.text[3].split("<br>")
    assert lines[0] == "m = 31.62 MeV"
    assert lines[1] == "m_χ = 10.54 MeV"
    assert "2.3 signal events" in lines
    assert {"bremsstrahlung: 50 %", "annihilation: 50 %"} <= set(lines)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert "TOY e⁻ 2030" in figure.layout.title.text


def test_the_plane_of_y_with_relic_lines_and_converted_curves():
    limit = open_limit()
    relic = Overlay("relic", np.array([1e-3, 0.3]), np.array([1e-13, 1e-9]), "y")
    theirs = Overlay("theirs", limit.masses, limit.observed, "epsilon")
    figure = plots.interactive(limit, relic=[relic], overlays=[theirs], quantity="y")
    np.testing.assert_array_equal(trace(figure, "observed").y, limit.y)
    # y = epsilon^2 alpha_D / R^4 by hand; rounding only.
    np.testing.assert_allclose(trace(figure, "theirs").y, limit.observed**2 * 0.1 / 81, rtol=1e-12)
    np.testing.assert_array_equal(trace(figure, "relic").x, relic.masses)
    assert figure.layout.xaxis.title.text == "m<sub>χ</sub> [GeV]"
    assert figure.layout.yaxis.title.text == "y = ε² α<sub>D</sub> (m<sub>χ</sub>/m<sub>A′</sub>)⁴"
    assert "α<sub>D</sub> = 0.1, m<sub>A′</sub> = 3 m<sub>χ</sub>" in figure.layout.title.text
    with pytest.raises(EmissError, match="curve of g_agg"):
        plots.interactive(limit, overlays=[Overlay("x", limit.masses, limit.observed, "g_agg")])


def test_several_limits_and_islands():
    limits = open_limit(), open_limit(experiment_title="TOY e+ 2031")
    figure = plots.interactive(*limits)
    assert {"TOY e⁻ 2030", "TOY e⁺ 2031"} <= {one.name for one in figure.data}
    island = plots.interactive(island_limit())
    upper = trace(island, "observed, upper edge")
    assert not np.isinf(np.asarray(upper.y, dtype=float)).any()
    closed = island_limit()
    tops = {b: closed.observed_upper * f for b, f in zip("21", (0.8, 0.9), strict=True)}
    tops |= {f"-{b}": closed.observed_upper * f for b, f in zip("21", (1.2, 1.1), strict=True)}
    closed = replace(closed, expected_upper=tops | {"0": closed.observed_upper})
    drawn = plots.interactive(closed).data
    for name in ("expected, 95 %", "expected, 68 %", "expected, median"):
        both = [one for one in drawn if one.name == name]
        assert [one.showlegend for one in both] == [True, False], name
    with pytest.raises(EmissError, match="at least one"):
        plots.interactive()


def test_the_page_loads_nothing_from_elsewhere(tmp_path):
    file = plots.save_interactive(plots.interactive(open_limit()), tmp_path / "page")
    assert file.name == "page.html"
    text = file.read_text("utf-8")
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", text)
    # The same figure gives the same page.
    again = plots.save_interactive(plots.interactive(open_limit()), tmp_path / "again.html")
    assert again.read_bytes() == file.read_bytes()


def test_a_region_of_others_has_sides_and_a_fill():
    limit = open_limit()
    masses, low, top = np.array([0.01, 0.1]), np.array([1e-4, 2e-4]), np.array([1e-3, 1e-2])
    figure = plots.interactive(limit, overlays=[Overlay("theirs", masses, low, "epsilon", top)])
    drawn = trace(figure, "theirs")
    np.testing.assert_array_equal(drawn.x, [0.01, 0.1, 0.1, 0.01, 0.01])
    np.testing.assert_array_equal(drawn.y, [1e-4, 2e-4, 1e-2, 1e-3, 1e-4])
    (shade,) = (one for one in figure.data if one.legendgroup == "theirs" and one.fill)
    np.testing.assert_array_equal(shade.y, drawn.y)
