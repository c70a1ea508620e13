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
    with pytest.raises(EmissError, match=r"grid\.csv.*same \d values at each of \d masses"):
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
