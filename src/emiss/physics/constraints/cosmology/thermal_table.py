"""Make the shipped table of thermal lines.

``python -m emiss.physics.constraints.cosmology.thermal_table``.

Masses are added between those of a coarse grid until linear interpolation in the logarithms is
within the tolerance everywhere.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.shipped import shipped_path
from .relic import relic_coupling
from .thermal_lines import TABLE_ALPHA_DARK, TABLE_MASS_RATIO, THERMAL_KINDS

__all__ = ["table_masses", "table_text"]

LOWEST: Final = 5.4e-4
HIGHEST: Final = 3.0
COARSE: Final = 24
TOLERANCE: Final = 4e-3
CLOSEST: Final = 3e-3

_HEAD: Final = """\
# y of the observed relic density, full calculation (Boltzmann equation, average with resonance)
# dark photon, alpha_dark = {alpha}, m_A' = {ratio} m_chi, no splitting, Omega h^2 = 0.12
# degrees of freedom arXiv:1803.01038
# made by: python -m emiss.physics.constraints.cosmology.thermal_table
# masses chosen so that log-log interpolation is within 0.5 %; a test recalculates it
# units: m_chi in GeV, y dimensionless
m_chi_gev,y_scalar,y_majorana,y_pseudo_dirac
"""


@functools.cache
def _log_y(mass: float) -> FloatArray:
    lines = [
        relic_coupling([mass], kind, TABLE_ALPHA_DARK, TABLE_MASS_RATIO, "full").y[0]
        for kind in THERMAL_KINDS
    ]
    log_y: FloatArray = np.log(np.array(lines))
    return log_y


def _rounded(mass: float) -> float:
    return float(f"{mass:.4g}")


def table_masses() -> list[float]:
    """Masses in GeV at which the table holds the lines."""
    grid = [_rounded(m) for m in np.geomspace(LOWEST, HIGHEST, COARSE)]
    kept = set(grid)
    open_intervals = list(itertools.pairwise(grid))
    while open_intervals:
        low, high = open_intervals.pop()
        middle = _rounded(math.sqrt(low * high))
        if middle in (low, high) or math.log(high / low) <= CLOSEST:
            continue
        share = math.log(middle / low) / math.log(high / low)
        straight = _log_y(low) + (_log_y(high) - _log_y(low)) * share
        if np.max(np.abs(straight - _log_y(middle))) > TOLERANCE:
            kept.add(middle)
            open_intervals += [(low, middle), (middle, high)]
    return sorted(kept)


def table_text() -> str:
    """Text of the table."""
    rows = [
        f"{mass:.4g}," + ",".join(f"{value:.6g}" for value in np.exp(_log_y(mass)))
        for mass in table_masses()
    ]
    head = _HEAD.format(alpha=TABLE_ALPHA_DARK, ratio=f"{TABLE_MASS_RATIO:g}")
    return head + "\n".join(rows) + "\n"


def main() -> None:
    """Write the table into the package."""
    path = shipped_path("tables", "thermal_lines.csv")
    path.write_text(table_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
