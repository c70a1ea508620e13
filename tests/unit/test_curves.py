"""Curves of others: formats, errors, comparison."""

import json
import math

import numpy as np
import pytest
import yaml
from closeness import close
from example_limits import island_limit, open_limit
from hypothesis import given
from hypothesis import strategies as st

from emiss.ground.errors import EmissError
from emiss.inference.comparison import compare_regions
from emiss.physics.constraints.curves.curve_files import read_curve, write_lmt
from emiss.physics.constraints.curves.order import edges_of_contour
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.presentation.comparison_table import who_excludes_more
from emiss.presentation.export import limit_record, write_hepdata


def write(tmp_path, text, name="curve.lmt"):
    file = tmp_path / name
    file.write_text(text if isinstance(text, str) else yaml.safe_dump(text), encoding="utf-8")
    return file


def table(masses, values, units="GeV", name="Observed limit on epsilon", **more):
    return {
        "independent_variables": [
            {"header": {"name": "M", "units": units}, "values": [{"value": m} for m in masses]}
        ],
        "dependent_variables": [
            {"header": {"name": name}, "values": [{"value": v} for v in values]}
        ],
        **more,
    }


def test_lmt_two_sided(tmp_path):
    file = write(tmp_path, "# reference: arXiv:1801.04847\n0.01 1e-7 1e-5\n0.02 2e-7 inf # x\n")
    curve = read_curve(file)
    np.testing.assert_array_equal(curve.masses, [0.01, 0.02])
    np.testing.assert_array_equal(curve.upper, [1e-5, math.inf])
    assert (curve.label, curve.reference) == ("curve", "arXiv:1801.04847")
    assert read_curve(file).upper is not None
    one = read_curve(write(tmp_path, "0.01 1e-7\n0.02 2e-7\n"))
    assert one.upper is None


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("0.02 1e-7 1e-5\n0.01 1e-7 1e-5\n", 2, "must ascend"),
        ("0.01 -1e-7 1e-5\n", 1, "not positive"),
        ("0.01 1e-7 1e-5\n0.02 1e-7\n", 2, "2 column"),
        ("0.01\n", 1, "1 column"),
        ("# x\n0.01 1e-5 1e-7\n", 2, "below the lower"),
        ("0.01 - 1e-7\n", 1, "missing"),
        ("0.01 nan 1e-7\n", 1, "missing"),
        ("0.01 inf inf\n", 1, "not finite"),
        ("0.01 few 1e-7\n", 1, "not a number"),
    ],
)
def test_bad_lmt_names_file_and_line(tmp_path, text, line, problem):
    file = write(tmp_path, text)
    with pytest.raises(EmissError, match=problem) as caught:
        read_curve(file)
    assert f"{file}, line {line}:" in str(caught.value)


def test_unreadable_files(tmp_path):
    with pytest.raises(EmissError, match="cannot read"):
        read_curve(tmp_path / "none.lmt")
    with pytest.raises(EmissError, match="two masses"):
        read_curve(write(tmp_path, "0.01 1e-7\n"))
    with pytest.raises(EmissError, match="not JSON"):
        read_curve(write(tmp_path, "{", "x.json"))
    with pytest.raises(EmissError, match="not one YAML document"):
        read_curve(write(tmp_path, "a: 1\n---\nb: 2\n", "x.yaml"))
    with pytest.raises(EmissError, match="mapping"):
        read_curve(write(tmp_path, "[1, 2]", "x.json"))
    with pytest.raises(EmissError, match="not a HEPData table"):
        read_curve(write(tmp_path, "a: 1\n", "x.yaml"))
    with pytest.raises(EmissError, match="'x' is part of the name of 0 columns"):
        read_curve(write(tmp_path, "0.01 1e-7\n0.02 1e-7\n"), column="x")


@given(
    st.lists(
        st.tuples(*[st.floats(1e-9, 1e9)] * 3), min_size=2, max_size=20, unique_by=lambda r: r[0]
    )
)
def test_lmt_round_trip(tmp_path_factory, rows):
    masses = np.array(sorted(row[0] for row in rows))
    low = np.array([min(row[1:]) for row in rows])
    high = np.array([max(row[1:]) for row in rows])
    file = tmp_path_factory.mktemp("lmt") / "a.lmt"
    write_lmt(Overlay("a", masses, low, "epsilon", high, "Someone:2020abc"), file)
    # Ten digits are written; masses that agree in all of them are still in order.
    if np.unique([f"{m:.9e}" for m in masses]).size < 2:
        return
    back = read_curve(file)
    np.testing.assert_allclose([back.masses, back.values, back.upper], [masses, low, high], 1e-9)
    assert back.reference == "Someone:2020abc"


def test_hepdata_yaml_and_json(tmp_path):
    content = table([20, 10], [2e-5, 1e-5], units="MeV", doi="10.17182/hepdata.1")
    curve = read_curve(write(tmp_path, content, "t.yaml"), "theirs")
    np.testing.assert_allclose(curve.masses, [0.01, 0.02], rtol=1e-12)
    np.testing.assert_array_equal(curve.values, [1e-5, 2e-5])
    assert (curve.label, curve.quantity) == ("theirs", "epsilon")
    assert curve.reference == "10.17182/hepdata.1"
    site = {
        "name": "Table 1",
        "doi": "10.17182/hepdata.1",
        "headers": [{"name": "M [MEV]"}, {"name": "limit on epsilon", "colspan": 1}],
        "values": [
            {"x": [{"value": "10"}], "y": [{"value": "1e-5", "errors": [], "group": 0}]},
            {"x": [{"low": "10", "high": "40"}], "y": [{"value": "2e-5", "group": 0}]},
        ],
    }
    again = read_curve(write(tmp_path, json.dumps(site), "t.json"))
    np.testing.assert_allclose(again.masses, [0.01, 0.02], rtol=1e-12)
    np.testing.assert_array_equal(again.values, curve.values)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (table([10, 20, 30], [1e-5, "-", 1e-5]), "inside the curve"),
        (table([10, 20], [1e-5, -1e-5]), "row 2: -1e-05 is not positive"),
        (table([10, "-"], [1e-5, 1e-5]), "mass is missing"),
        (table([10, 20], [1e-5, 1e-5], units=""), "unit of 'M'"),
        (table([10, 20], [1e-5, "many"]), "not a number"),
        (table([10, 20], ["-", "-"]), "two masses"),
    ],
)
def test_bad_hepdata(tmp_path, content, problem):
    with pytest.raises(EmissError, match=problem) as caught:
        read_curve(write(tmp_path, content, "t.yaml"))
    assert str(tmp_path / "t.yaml") in str(caught.value)


def test_hepdata_columns(tmp_path):
    content = table([10, 20], [1e-5, 2e-5], name="Limit A on y")
    content["dependent_variables"] += table([10, 20], [3e-5, 4e-5], name="Limit B")[
        "dependent_variables"
    ]
    file = write(tmp_path, content, "t.yaml")
    with pytest.raises(EmissError, match="1: 'Limit A on y', 2: 'Limit B'"):
        read_curve(file)
    with pytest.raises(EmissError, match="2 columns"):
        read_curve(file, column="limit")
    assert read_curve(file, column="a on").quantity == "y"
    np.testing.assert_array_equal(read_curve(file, column="limit b").values, [3e-5, 4e-5])


@pytest.mark.parametrize(
    ("low", "high", "mass"), [(4.0, 9.0, 6.0), (0.0, 9.0, 4.5), (-1.0, 9.0, None), (9.0, 4.0, None)]
)
def test_bins_of_mass_have_a_middle(tmp_path, low, high, mass):
    rows = [{"low": low, "high": high}, {"low": 16.0, "high": 25.0}]
    content = table([1.0, 2.0], [1e-5, 2e-5])
    content["independent_variables"][0]["values"] = rows
    file = write(tmp_path, content, "bins.yaml")
    if mass is None:
        with pytest.raises(EmissError, match="no range of masses"):
            read_curve(file)
    else:
        np.testing.assert_allclose(read_curve(file).masses, [mass, 20.0], rtol=1e-12)


def test_own_results_are_curves(tmp_path):
    limit = island_limit()
    write_hepdata(limit, tmp_path / "hepdata")
    curve = read_curve(tmp_path / "hepdata" / "coupling.yaml")
    assert curve.quantity == "epsilon"
    # Masses without exclusion at the ends fall away; an open upper edge is infinite.
    kept = np.isfinite(limit.observed)
    np.testing.assert_allclose(curve.masses, limit.masses[kept], rtol=1e-8)
    np.testing.assert_allclose(curve.values, limit.observed[kept], rtol=1e-8)
    np.testing.assert_allclose(curve.upper, limit.observed_upper[kept], rtol=1e-8)
    write_hepdata(open_limit(), tmp_path / "open")
    y = read_curve(tmp_path / "open" / "y.yaml")
    assert y.quantity == "y"
    np.testing.assert_allclose(y.values, open_limit().y, rtol=1e-8)
    (tmp_path / "limit.json").write_text(json.dumps(limit_record(open_limit())), encoding="utf-8")
    again = read_curve(tmp_path)
    assert again.quantity == "epsilon"
    np.testing.assert_array_equal(again.values, open_limit().observed)


def test_regions_that_cross():
    limit = open_limit(count=61)
    # Flat curve: crosses ours, 1.1e-5 (m/MeV)^(1/2), at (3/1.1)^2 MeV.
    flat = Overlay("flat", np.array([1e-3, 0.1]), np.full(2, 3e-5), "epsilon")
    found = compare_regions(limit, flat)
    crossing = 1e-3 * (3.0 / 1.1) ** 2
    (first, *rest) = found.only_ours
    assert first[0] == 1e-3
    assert first[1] <= crossing < first[1] * 1.13  # spacing of the masses is 12 %
    # Above their last mass only we exclude anything.
    close(rest[-1], (limit.masses[41], 1.0), 1e-6)
    assert found.only_theirs == ((limit.masses[limit.masses > crossing][0], 0.1),)
    known = np.isfinite(found.ratio)
    np.testing.assert_allclose(found.ratio[known], limit.observed[known] / 3e-5, rtol=1e-12)


def test_what_lies_beyond_our_masses_is_not_compared():
    limit = open_limit(count=7)
    wide = Overlay("wide", np.array([1e-4, 1e-3, 1.0, 5.0]), np.full(4, 1e-7), "epsilon")
    found = compare_regions(limit, wide)
    assert found.only_theirs == ((limit.masses[0], limit.masses[-1]),)
    assert found.outside == ((1e-4, limit.masses[0]), (limit.masses[-1], 5.0))
    words = who_excludes_more(found)
    assert words[1:] == (
        "theirs excludes more at mass: 1 MeV to 1 GeV",
        "outside the range of ours, not compared, mass: 100 keV to 1 MeV, 1 GeV to 5 GeV",
    )
    # In y the mass is that of the dark matter.
    y = Overlay("y", np.array([1e-3, 1.0]), np.full(2, 1e-12), "y")
    assert compare_regions(limit, y).outside == ((limit.dark_matter_mass[-1], 1.0),)
    within = Overlay("within", np.array([1e-3, 1.0]), np.full(2, 1e-7), "epsilon")
    assert compare_regions(limit, within).outside == ()
    assert len(who_excludes_more(compare_regions(limit, within))) == 2


def test_same_curve_excludes_the_same():
    limit = open_limit()
    same = Overlay("same", limit.masses, limit.observed, "epsilon")
    found = compare_regions(limit, same)
    assert found.only_ours == found.only_theirs == ()
    y = Overlay("y", limit.dark_matter_mass, limit.y, "y")
    assert compare_regions(limit, y).only_ours == ()
    assert compare_regions(limit, y).quantity == "y"
    # The same lower edge closed from above: we exclude more everywhere, they nowhere.
    closed = Overlay("closed", limit.masses, limit.observed, "epsilon", 10.0 * limit.observed)
    found = compare_regions(limit, closed)
    assert found.only_ours == ((limit.masses[0], limit.masses[-1]),)
    assert found.only_theirs == ()


def test_island_ends_where_it_ends():
    limit = island_limit()
    kept = limit.masses[np.isfinite(limit.observed)]
    above = Overlay("above", limit.masses, np.full(limit.masses.size, 0.5), "epsilon")
    found = compare_regions(limit, above)
    assert found.only_ours == ((kept[0], kept[-1]),)
    # They exclude above 0.5 wherever our region is closed below that or absent, not where open.
    open_mass = limit.masses[np.isinf(limit.observed_upper)]
    for low, high in found.only_theirs:
        assert not np.any((open_mass >= low) & (open_mass <= high))
    assert len(found.only_theirs) == 2


def test_closed_contour_in_csv_is_a_region(tmp_path):
    masses = np.geomspace(0.01, 0.1, 12)
    around = np.r_[masses, masses[::-1]]
    values = np.r_[1e-7 * masses, 1e-5 * masses[::-1] ** 2]
    text = "mass_gev,epsilon\n" + "\n".join(f"{m},{v}" for m, v in zip(around, values, strict=True))
    region = read_curve(write(tmp_path, text, "around.csv"))
    np.testing.assert_allclose(region.masses, masses, rtol=1e-12)
    np.testing.assert_allclose(region.values, 1e-7 * masses, rtol=1e-9)
    np.testing.assert_allclose(region.upper, 1e-5 * masses**2, rtol=1e-9)
    assert "closed region" in region.notes[-1]
    # Backwards, or there and back along the same line, is a curve like any other.
    for rows in (masses[::-1], around):
        text = "mass_gev,epsilon\n" + "\n".join(f"{m},{1e-7 * m}" for m in rows)
        np.testing.assert_array_equal(
            read_curve(write(tmp_path, text, "back.csv")).masses, np.sort(rows)
        )


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("open_above", [False, True])
def test_a_short_border_open_at_one_end_is_a_region(tmp_path, backwards, open_above):
    # Lower edge out to the tip, upper edge back; six rows.
    rows = [(1.0, 1e-6), (3.0, 2e-6), (10.0, 5e-6), (8.0, 2e-5), (3.0, 6e-5), (1.0, 1e-4)]
    if open_above:
        rows = [(10.0 / m, v) for m, v in rows]
    text = "".join(f"{m},{v}\n" for m, v in (rows[::-1] if backwards else rows))
    curve = read_curve(write(tmp_path, "mass_mev,epsilon\n" + text, "open.csv"))
    at = [0, 1] if not open_above else [-1, -2]
    close(curve.values[at], [1e-6, 2e-6], 1e-9)
    close(curve.upper[at], [1e-4, 6e-5], 1e-9)


def test_a_border_with_a_vertical_tip_is_a_region(tmp_path):
    rows = [(1, 1e-6), (3, 2e-6), (10, 5e-6), (10, 2e-5), (3, 6e-5), (1, 1e-4)]
    text = "".join(f"{m},{v}\n" for m, v in rows)
    curve = read_curve(write(tmp_path, "mass_mev,epsilon\n" + text, "tip.csv"))
    close(curve.values, [1e-6, 2e-6, 5e-6], 1e-9)
    close(curve.upper, [1e-4, 6e-5, 2e-5], 1e-9)


@pytest.mark.parametrize(
    "masses", [(1, 3, 10, 2), (1, 3, 10, 1, 3, 10), (1, 10, 3, 30, 2), (1, 3, 10, 30, 2, 1.5, 1.2)]
)
def test_rows_in_disorder_are_no_border(tmp_path, masses):
    rows = "".join(f"{m},{1e-6 * 3**i}\n" for i, m in enumerate(masses))
    with pytest.raises(EmissError, match="out of order"):
        read_curve(write(tmp_path, "mass_mev,epsilon\n" + rows, "open.csv"))


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_ring_is_the_same_region_wherever_it_starts(closed, backwards):
    angle = 2.0 * math.pi * np.arange(24) / 24
    if backwards:
        angle = -angle
    places = ["file, line 1"] * 25
    for start in range(24):
        turned = np.roll(angle, start)
        if closed:
            turned = np.r_[turned, turned[:1]]
        found = edges_of_contour(np.exp(np.cos(turned)), np.exp(3.0 * np.sin(turned)), places)
        masses, lower, upper = (np.log(part) for part in found)
        # At its own corners the border is the ellipse.
        height = 3.0 * np.sqrt(np.maximum(1.0 - masses**2, 0.0))
        np.testing.assert_allclose([masses[0], masses[-1]], [-1.0, 1.0], rtol=1e-12)
        np.testing.assert_allclose(upper, height, rtol=1e-9, atol=1e-6)  # sqrt of rounding
        np.testing.assert_allclose(lower, -height, rtol=1e-9, atol=1e-6)


def test_rounded_edges_are_the_same_region():
    limit = open_limit()
    rounded = [float(f"{value:.4g}") for value in limit.observed]
    found = compare_regions(limit, Overlay("rounded", limit.masses, np.array(rounded), "epsilon"))
    assert found.only_ours == found.only_theirs == ()


def test_unsorted_hepdata_is_refused(tmp_path):
    content = table([1, 10, 5], [1e-5, 1e-4, 5e-5], units="MeV")
    with pytest.raises(EmissError, match=r"row 3: .*out of order"):
        read_curve(write(tmp_path, content, "t.yaml"))
