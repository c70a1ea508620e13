"""The energy grid of all process tables: eight lines per factor of two.

The lines are E = 2^n (1 + j/8) GeV, so that the line below an energy, and how far the energy lies
above it, are bits of its floating-point number: a look-up needs no logarithm.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray

__all__ = [
    "LINES",
    "LOWEST_EXPONENT",
    "QUANTILES",
    "energy_lines",
    "inverse_cumulative",
    "inverse_cumulative_of_inverse",
]


LOWEST_EXPONENT = -17
"""The lowest line is at 2^-17 GeV = 7.6 keV."""
_OCTAVES = 27
LINES = 8 * _OCTAVES + 1
"""Number of lines; the last is at 1024 GeV."""
QUANTILES = 256
"""Steps of equal probability in the tables that are sampled."""


def energy_lines() -> FloatArray:
    """Kinetic energies of the lines.

    Returns
    -------
    array, shape (LINES,)
        GeV, ascending.
    """
    octave, part = np.divmod(np.arange(LINES), 8)
    lines: FloatArray = np.ldexp(1.0 + part / 8.0, octave + LOWEST_EXPONENT)
    return lines


def inverse_cumulative(
    fractions: FloatArray, density: FloatArray, power: int = 1
) -> NDArray[np.float32]:
    """Fractions at equal steps of a root of the cumulative distribution.

    Parameters
    ----------
    fractions : array, shape (n, m)
        Ascending fractions, row by row.
    density : array, shape (n, m)
        Density in the fraction, not normalised; linear between the points.
    power : int
        The steps are even in the cumulative distribution to the power 1/power.

    Returns
    -------
    array of float32, shape (n, QUANTILES + 1)
        Quantiles; between them the density counts as constant. A row without density has 0.5
        throughout.
    """
    steps = np.linspace(0.0, 1.0, QUANTILES + 1) ** power
    out = np.full((fractions.shape[0], QUANTILES + 1), 0.5, dtype=np.float32)
    for row, (x, p) in enumerate(zip(fractions, np.maximum(density, 0.0), strict=True)):
        area = 0.5 * (p[1:] + p[:-1]) * np.diff(x)
        total = float(area.sum())
        if total > 0.0:
            cumulative = np.concatenate([[0.0], np.cumsum(area)]) / total
            # The ends of the table are the ends of the support, not of the grid.
            low = int(np.searchsorted(cumulative, 0.0, side="right")) - 1
            high = int(np.searchsorted(cumulative, cumulative[-1], side="left"))
            out[row] = np.interp(steps, cumulative[low : high + 1], x[low : high + 1])
    return out


def inverse_cumulative_of_inverse(
    fractions: FloatArray, density: FloatArray, power: int = 1
) -> NDArray[np.float32]:
    """Inverse fractions at equal steps of the cumulative distribution, for steep spectra.

    Where the density falls like v^-2 equal steps are even in 1/v; the last step of v itself would
    reach from a small fraction to the largest.

    Parameters
    ----------
    fractions : array, shape (n, m)
        Ascending fractions, row by row.
    density : array, shape (n, m)
        Density in the fraction, not normalised.
    power : int
        See `inverse_cumulative`; 4 resolves the largest fractions to 2e-10 in probability.

    Returns
    -------
    array of float32, shape (n, QUANTILES + 1)
        Quantiles of 1/v, ascending; 2 in a row without density.
    """
    x = 1.0 / fractions[:, ::-1]
    found = inverse_cumulative(x, (density * fractions**2)[:, ::-1], power)
    empty = ~(np.maximum(density, 0.0).max(axis=1) > 0.0)
    found[empty] = 2.0
    return found
