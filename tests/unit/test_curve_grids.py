"""Points of a grid in mass and coupling are no curve; steps and constants are."""

import numpy as np
import pytest

from emiss import read_curve
from emiss.ground.errors import EmissError


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


def test_a_scan_of_random_points_is_refused_and_a_search_for_bumps_is_not(tmp_path):
    # Of scans of 40 points over two decades 4 % pass; of bumps of 30 % fewer than 1e-3 are refused.
    draw = np.random.default_rng(5)
    masses = np.sort(10.0 ** draw.uniform(0.0, 2.0, 40))
    scan = zip(masses, 10.0 ** draw.uniform(-5.0, -3.0, 40), strict=True)
    with pytest.raises(EmissError, match="turn by more than a factor of 2"):
        read_curve(written(tmp_path, scan))
    bumps = zip(masses, 1e-4 * np.exp(draw.normal(0.0, 0.3, 40)), strict=True)
    assert read_curve(written(tmp_path, bumps)).values.size == 40
