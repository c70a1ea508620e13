"""Points of a grid in mass and coupling are no curve; steps and constants are."""

import numpy as np
import pytest

from emiss import read_curve
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.order import (
    edges_of_contour,
    refuse_disorder,
    refuse_plane,
)


@pytest.mark.parametrize("last", ["CLs", "N_sig", "signal efficiency"])
@pytest.mark.parametrize("values", [(1e-5, 1e-4), (1e-5, 1e-4, 1e-3)])
@pytest.mark.parametrize("masses", [(1, 10), (1, 10, 100)])
def test_a_grid_is_refused(tmp_path, last, values, masses):
    file = tmp_path / "grid.csv"
    rows = [f"{m},{v},{0.01 * m * v / 1e-3}" for m in masses for v in values]
    file.write_text("\n".join([f"m_A' [MeV],epsilon,{last}", *rows]) + "\n", "utf-8")
    with pytest.raises(EmissError, match=r"grid\.csv.*several values at \d of \d masses"):
        read_curve(file)


@pytest.mark.parametrize(
    "rows",
    ["1,1e-5\n1,1e-4\n10,1e-4\n10,1e-3\n", "1,1e-5\n10,1e-5\n100,1e-5\n"],
    ids=["steps", "constant"],
)
def test_steps_and_constants_are_curves(tmp_path, rows):
    file = tmp_path / "steps.csv"
    file.write_text("m_A' [MeV],epsilon\n" + rows, "utf-8")
    curve = read_curve(file)
    assert curve.quantity == "epsilon"
    assert np.all(curve.values >= 1e-5)


def written(tmp_path, rows):
    file = tmp_path / "scan.csv"
    file.write_text("m_A' [MeV],epsilon\n" + "".join(f"{m:.6g},{v:.6g}\n" for m, v in rows))
    return file


def test_grids_with_other_values_at_each_mass_are_refused(tmp_path):
    draw = np.random.default_rng(3)
    for counts in ((2, 2), (3, 5, 4), (1, 3, 2, 4), (6, 2, 5, 3, 4, 2)):
        rows = [
            (mass, value)
            for mass, count in zip(range(1, 9), counts, strict=False)
            for value in np.sort(10.0 ** draw.uniform(-5.0, -3.0, count))
        ]
        with pytest.raises(EmissError, match=r"scan\.csv: several values at"):
            read_curve(written(tmp_path, rows))


def test_both_edges_in_one_column_are_refused(tmp_path):
    rows = [(m, v) for m in (1, 2, 5) for v in (1e-5 * m, 1e-3 / m)]
    with pytest.raises(EmissError, match="lower edge and upper edge"):
        read_curve(written(tmp_path, rows))


def passes(masses, values):
    points = list(zip(masses.tolist(), values.tolist(), strict=True))
    places = [f"f, line {i}" for i in range(len(points))]
    try:
        if edges_of_contour(masses, values, places) is None:
            refuse_plane(points, places)
            refuse_disorder(points, places)
    except EmissError:
        return False
    return True


@pytest.mark.parametrize("ordered", [True, False], ids=["ordered in mass", "in no order"])
@pytest.mark.parametrize(("decades", "most"), [(2.0, 3), (4.0, 1)])
@pytest.mark.parametrize("rows", [30, 100])
def test_scans_of_random_points_are_refused(ordered, decades, most, rows):
    # Ordered in mass 1.3 % (0.05 %) of 2000 passed at 30 rows, none of the rest: more than 3 (1) of
    # 60 do with a probability below 1e-2, and the seed is fixed.
    draw = np.random.default_rng(5)
    found = 0
    for _ in range(60):
        masses = 10.0 ** draw.uniform(0.0, 2.0, rows)
        masses = np.sort(masses) if ordered else masses
        found += passes(masses, 10.0 ** draw.uniform(-3.0 - decades, -3.0, rows))
    assert found <= (most if ordered else 0)


@pytest.mark.parametrize("rows", [8, 12])
def test_few_random_points_in_no_order_are_refused(rows):
    # 0.4 % of scans of 8 points pass: more than 4 of 200 with a probability below 1e-2.
    draw = np.random.default_rng(6)
    scans = (
        (10.0 ** draw.uniform(0.0, 1.0, rows), draw.uniform(1.0, 50.0, rows)) for _ in "x" * 200
    )
    assert sum(passes(*scan) for scan in scans) <= 4


@pytest.mark.parametrize("rows", [10, 40, 400])
def test_what_fluctuates_jitters_or_has_peaks_is_a_curve(rows):
    # Limits that scatter by 40 % are refused in fewer than 1e-3 of tables; the seed is fixed.
    draw = np.random.default_rng(7)
    x = np.linspace(0.0, 2.0, rows)
    for _ in range(50):
        trend = -5.0 + draw.uniform(-1.0, 1.0) * x
        jitter = x + draw.normal(0.0, 0.004 * np.ptp(x), rows)
        peak = 1.5 * np.exp(
            -0.5 * ((np.arange(rows) - draw.integers(rows)) / (0.5 + rows / 40)) ** 2
        )
        assert passes(10.0**x, 10.0 ** (trend + draw.normal(0.0, 0.15, rows)))
        assert passes(10.0 ** jitter[::-1], 10.0 ** (trend + peak)[::-1])
        marks = np.where(np.arange(rows) == draw.integers(1, rows - 1), 0.0, trend)
        assert passes(10.0**x, 10.0**marks)


def test_a_traced_peak_that_leans_over_is_a_curve():
    row = np.arange(60)
    peak = np.exp(-0.5 * ((row - 30.0) / 4.0) ** 2)
    assert passes(10.0 ** (row / 30.0 - 0.1 * peak), 10.0 ** (-5.0 + 2.0 * peak))


def test_a_scan_is_no_border_of_a_region():
    # Points in no order that begin and end beside each other were the two edges of a region.
    draw = np.random.default_rng(8)
    found = 0
    for _ in range(300):
        x, y = draw.uniform(0.0, 2.0, (2, 14))
        x[-1], y[-1] = x[0], y[0]
        found += passes(10.0**x, 10.0**y)
    assert found <= 3  # 0.15 % of 2000 passed: more than 3 with a probability below 1e-2


def test_y_goes_with_the_square_of_what_fluctuates(tmp_path):
    draw = np.random.default_rng(9)
    masses = np.linspace(1.0, 100.0, 200)
    rows = zip(masses, 10.0 ** draw.normal(-12.0, 0.35, 200), strict=True)
    file = written(tmp_path, rows)
    with pytest.raises(EmissError, match="go back and forth from row to row"):
        read_curve(file)
    file.write_text(file.read_text().replace("m_A' [MeV],epsilon", "m_chi [MeV],y"))
    assert read_curve(file).values.size == 200
