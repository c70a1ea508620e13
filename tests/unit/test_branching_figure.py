"""Figure of branching fractions: everything is there, legible, and apart."""

import itertools

import numpy as np
import pytest
from closeness import close

from emiss import experiments, inference, plots
from emiss.ground import citations
from emiss.ground.errors import EmissError, UnknownNameError
from emiss.physics.constraints.invisible_mesons import QUOTED, quoted_limits
from emiss.physics.models.invisible_meson import InvisibleMeson
from emiss.presentation.plots import style

CHANNELS = ("pi0", "eta", "eta-prime", "omega", "f2", "all")


def limits(experiment="na64h-2023", channels=CHANNELS):
    models = [InvisibleMeson(channel) for channel in channels]
    return [inference.limit(experiment, model, masses=[model.mass]) for model in models]


@pytest.fixture
def counted(tmp_path):
    """An experiment with background and events, whose bands have a width."""
    text = experiments.template("hadron")
    for old, new in (
        ("value = 0.1, uncertainty = 0.05", "value = 4.1, uncertainty = 0.5"),
        ("observed = 0", "observed = 7"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "counted.toml"
    path.write_text(text, "utf-8")
    return str(path)


def boxes(figure):
    """Extents in pixels of texts and of what is drawn in the rows."""
    axes = figure.axes[0]
    with style.styled():
        figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    texts = [t.get_window_extent(renderer) for t in axes.texts]
    marks = [line.get_window_extent(renderer) for line in axes.lines]
    bands = [c.get_window_extent(renderer) for c in axes.collections]
    return axes, texts, [m for m in marks if m.width < 100], bands


def overlap(one, other):
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > 0.5
        and min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5
    )


@pytest.mark.parametrize("channels", [CHANNELS, ("eta",), ("omega", "f2"), ("all",)])
def test_no_text_covers_anything(channels, counted):
    for experiment in ("na64h-2023", counted):
        axes, texts, marks, bands = boxes(plots.branching_fractions(*limits(experiment, channels)))
        frame = axes.get_window_extent()
        inside = [t for t in texts if t.y0 < frame.y1 - 1.0]
        assert len(inside) == len(texts) - 1
        for text in inside:
            assert text.x0 > frame.x0
            assert text.x1 < frame.x1
            assert not any(overlap(text, mark) for mark in (*marks, *bands))
        for one, other in itertools.combinations(texts, 2):
            assert not overlap(one, other)
        page = axes.get_figure().bbox
        assert all(t.x1 <= page.x1 and t.y1 <= page.y1 for t in texts)


def test_each_quoted_limit_is_a_labelled_point():
    axes = plots.branching_fractions(*limits()).axes[0]
    said = [text.get_text() for text in axes.texts]
    for one in QUOTED:
        if one.meson in CHANNELS:
            assert any(one.source in text and one.experiment in text for text in said)
    points = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() != "None"]
    expected = [one.value for channel in CHANNELS for one in quoted_limits(channel)]
    close(sorted(points), sorted(expected), 1e-12)
    alone = plots.branching_fractions(*limits(), others=False).axes[0]
    assert len(alone.texts) == len(CHANNELS) + 1


def test_observed_and_bands_stand_where_they_are(counted):
    (limit,) = limits(counted, ("eta",))
    axes = plots.branching_fractions(limit).axes[0]
    strokes = [float(line.get_xdata()[0]) for line in axes.lines if len(line.get_xdata()) == 2]
    close(strokes, [float(limit.expected["0"][0]), float(limit.observed[0])], 1e-12)
    for collection, (low, high) in zip(axes.collections, (("-2", "2"), ("-1", "1")), strict=True):
        x = collection.get_paths()[0].vertices[:, 0]
        close([x.min(), x.max()], [limit.expected[low][0], limit.expected[high][0]], 1e-12)


def test_bands_differ_in_grey():
    from matplotlib.colors import to_rgb

    shades = [
        float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))
        for colour in (style.OURS, style.BAND_1, style.BAND_2, "white")
    ]
    assert np.all(np.diff(shades) > 0.08)


def test_exclusion_of_a_branching_fraction_is_this_figure(tmp_path):
    (limit,) = limits(channels=("eta",))
    assert [t.get_text() for t in plots.exclusion(limit).axes[0].texts] == [
        t.get_text() for t in plots.branching_fractions(limit).axes[0].texts
    ]
    plots.save_figure(plots.branching_fractions(limit), tmp_path / "eta")
    assert (tmp_path / "eta.pdf").stat().st_size > 1000


def test_a_quoted_limit_is_as_old_as_its_preprint():
    """The number of a preprint begins with its year."""
    for limit in QUOTED:
        assert limit.source.startswith("arXiv:")
        assert limit.year == 2000 + int(limit.source.removeprefix("arXiv:")[:2])


def test_refusals():
    with pytest.raises(EmissError, match="at least one limit"):
        plots.branching_fractions()
    with pytest.raises(EmissError, match="not on a branching fraction"):
        plots.branching_fractions(inference.limit("na64e-2016", masses=[0.01]))
    with pytest.raises(UnknownNameError, match="meson"):
        quoted_limits("phi")
    assert quoted_limits("all") == ()


def test_quoted_limits_are_cited():
    known = citations.canonical_keys([one.source for one in QUOTED])
    assert len(known) == len({one.source for one in QUOTED})
    # 2.58e-4 of Br(gamma gamma) = 39.4 %, 2.39e-2 of 2.31 %: arXiv:1209.2469
    derived = [one.value for one in QUOTED if one.status == "derived"]
    close(derived, [1.0165e-4, 5.521e-4], 1e-4)


def test_a_row_without_a_limit_says_so():
    model = InvisibleMeson("eta")
    weak = inference.limit("na64h-2023", model, masses=[model.mass], on_target=10)
    assert np.isnan(weak.observed[0])
    said = [t.get_text() for t in plots.branching_fractions(weak).axes[0].texts]
    assert "emiss: nothing excluded" in said
    with pytest.raises(EmissError, match="nothing to draw"):
        plots.branching_fractions(weak, others=False)
