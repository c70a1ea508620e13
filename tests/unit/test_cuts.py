"""Cuts on columns, and cut flows."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

from emiss.analysis.cutflow import Tally
from emiss.analysis.evaluate import evaluate, passes, variables_of
from emiss.experiments.selection import Cut
from emiss.ground.errors import EmissError
from emiss.ground.quantity import Quantity

COLUMNS = {
    "a": np.array([0.0, 1.0, 2.0, 3.0, np.nan]),
    "b": np.array([5.0, 1.0, -2.0, 0.0, 1.0]),
}


def bound(value):
    return Quantity(value, source="test", status="assumed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < 2", [1, 1, 0, 0, 0]),
        ("1 <= a < 3", [0, 1, 1, 0, 0]),
        ("not a < 2", [0, 0, 1, 1, 0]),
        ("a > 0 and b > 0 or a == 0", [1, 1, 0, 0, 0]),
        ("abs(b) == 2 or minimum(a, b) == 1", [0, 1, 1, 0, 0]),
        ("hypot(a, b) <= sqrt(2) + 1e-9", [0, 1, 0, 0, 0]),
        ("a / b > 0", [0, 1, 0, 1, 0]),
        ("-a + 2 * b - 1 != 0", [1, 0, 1, 1, 0]),
        ("b > 0", [1, 1, 0, 0, 1]),
        ("log(exp(b)) > 4.9", [1, 0, 0, 0, 0]),
    ],
)
def test_conditions_are_what_python_says(text, expected):
    # without a value (NaN in a) an event fails every condition on it
    assert evaluate(text, COLUMNS).astype(int).tolist() == expected


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5))
def test_conditions_agree_with_python_event_by_event(x, y, z):
    text = "x + y * z < 1 and not (x < y or z > 2) or abs(x - y) <= maximum(z, 0.5)"
    columns = {name: np.array([value]) for name, value in (("x", x), ("y", y), ("z", z))}
    python = (x + y * z < 1 and not (x < y or z > 2)) or abs(x - y) <= max(z, 0.5)
    assert bool(evaluate(text, columns)[0]) == python


def test_bounds_keep_their_lower_edge_and_drop_their_upper():
    cut = Cut("window", variable="a", least=bound(1.0), most=bound(3.0))
    assert passes(cut, COLUMNS).tolist() == [False, True, True, False, False]
    assert variables_of(cut) == ("a",)
    assert variables_of(Cut("c", condition="a < b and a > 0")) == ("a", "b")
    assert passes(Cut("known", efficiency=bound(0.9)), COLUMNS).all()


def test_unknown_variables_are_named_with_the_nearest():
    with pytest.raises(EmissError, match="did you mean 'ecal_energy'"):
        evaluate("ecal_energi < 1", {"ecal_energy": np.zeros(2)})
    with pytest.raises(EmissError, match="cut 'x'"):
        passes(Cut("x", variable="c", most=bound(1.0)), COLUMNS)


CUTS = (
    Cut("first", condition="x > 0.3"),
    Cut("second", condition="y > 0.5"),
    Cut("third", condition="x + y < 1.6"),
)


def flow(events, seed, chunks=1, weighted=False):
    random = np.random.default_rng(seed)
    columns = {name: random.random(events) for name in ("x", "y")}
    weight = random.exponential(1.0, events) if weighted else np.ones(events)
    tally = Tally(CUTS)
    for part in np.array_split(np.arange(events), chunks):
        tally.fill({name: values[part] for name, values in columns.items()}, weight[part])
    return tally.result(), columns, weight


def test_flow_counts_what_counting_gives():
    result, columns, _ = flow(4000, 1)
    masks = [evaluate(cut.condition, columns) for cut in CUTS]
    so_far = np.ones(4000, dtype=bool)
    for number, (step, mask) in enumerate(zip(result.steps, masks, strict=True)):
        so_far &= mask
        others = np.logical_and.reduce([m for k, m in enumerate(masks) if k != number])
        close(step.alone, mask.mean(), 1e-12)
        close(step.cumulative, so_far.mean(), 1e-12)
        close(step.others, mask[others].mean(), 1e-12)
        close(step.error, np.sqrt(so_far.mean() * (1 - so_far.mean()) / 4000), 1e-9)
    assert result.total == result.steps[-1].cumulative
    assert result.record()["total_efficiency"] == result.total


def test_flow_is_the_same_in_chunks_and_merged():
    whole, parts = flow(1000, 2)[0], flow(1000, 2, chunks=7)[0]
    for one, other in zip(whole.steps, parts.steps, strict=True):
        close(one.cumulative, other.cumulative, 1e-12)
        close(one.error, other.error, 1e-12)


def test_errors_of_weighted_flows_cover():
    # 400 samples of weighted events: the pull of the efficiency has unit width within 15 %
    # (four sigma of its own error, false alarms 6e-5)
    pulls = []
    for seed in range(400):
        result = flow(400, seed, weighted=True)[0]
        exact = 0.7 * 0.5 - 0.5 * 0.4**2  # area of x > 0.3, y > 0.5, x + y < 1.6
        pulls.append((result.total - exact) / result.total_error)
    assert abs(np.std(pulls) - 1.0) < 0.15
    assert abs(np.mean(pulls)) < 4 / np.sqrt(400)


def test_a_flow_without_events_is_refused_and_no_event_left_is_said():
    with pytest.raises(EmissError, match="needs events"):
        Tally(CUTS).result()
    tally = Tally((Cut("none", condition="x > 2"), Cut("late", condition="x > 0")))
    tally.fill({"x": np.linspace(0, 1, 50)}, np.ones(50))
    result = tally.result()
    assert result.total == 0.0
    assert 0.0 < result.total_error < 0.02
    assert result.record()["cuts"][1]["others_applied"] is None


def test_flows_of_different_selections_are_not_added():
    with pytest.raises(EmissError, match="different selections"):
        Tally(CUTS).merge([Tally(CUTS[:1])])
