"""What of the thermal average does not depend on the mass of dark matter.

In units of the dark-matter mass the average of `thermal_average` is a linear functional of the
visible width over energy, F:

    m^2 <sigma v>(x) = Int du K(x, u) F(u m),      u = sqrt(s)/m, x = m/T,

with K fixed by the kind of dark matter, the mass ratio, the splitting and the mediator's width over
its mass. Over cells of u in which F is a straight line, the average is one product of matrices for
all masses.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from .annihilation_rate import Annihilation, DarkStates, annihilation_channel, pole_widths
from .boltzmann import Grid, plan_of
from .mediators import Mediator, MediatorKind
from .thermal_average import panel_edges, panel_nodes, scaled_bessel, scaled_density

__all__ = ["kernel_cells", "thermal_kernel", "unit_annihilation"]

CITATIONS: Final = ("Gondolo:1990dk", "Edsjo:1997bg")

_WIDEST: Final = 0.02
"""Widest cell of u where freeze-out happens: exp(-x u) changes by a third there at x = 20."""
_TAIL: Final = 2.0
"""Kinetic energy over mass from which cells grow: nothing is left of exp(-15 times this)."""
_GROWTH: Final = 1.3
_BESIDE: Final = 0.1
"""Distance from the pole in u within which panels are halved."""


@lru_cache(maxsize=3)
def _unit_mediator(kind: MediatorKind) -> Mediator:
    """Visible width over energy of 1."""
    return Mediator("unit", lambda energy: energy, kind)


def unit_annihilation(
    dark: DarkStates, mediator: MediatorKind, widening: float = 0.0
) -> Annihilation:
    """Annihilation of a dark sector of unit mass into a visible width that is the energy.

    Parameters
    ----------
    dark : DarkStates
        Dark states, the lighter of mass 1.
    mediator : str
        Kind of mediator.
    widening : float, optional
        Logarithm of the total over the dark width on the pole.

    Returns
    -------
    Annihilation
        Cross-section and counting.

    Raises
    ------
    ValidityError
        If the mediator is narrower than 1e-11 of its mass.
    """
    unit = _unit_mediator(mediator)
    visible, invisible, _ = pole_widths(unit, dark)
    return annihilation_channel(unit, dark, math.expm1(widening) * invisible / visible)


def kernel_cells(annihilation: Annihilation, grid: Grid) -> FloatArray:
    """Edges of cells, narrow at rest and on the pole.

    Parameters
    ----------
    annihilation : Annihilation
        Of unit mass.
    grid : Grid
        Temperatures.

    Returns
    -------
    array of float, shape (n + 1,)
        Kinetic energies over mass, ascending from 0.
    """
    x = plan_of(grid).x_average
    edges = panel_edges(annihilation, 1.0 / x[-1], 1.0 / x[0], grid.exponent)
    highest = edges[-1]
    count = 1 + math.ceil(math.log(highest / _TAIL) / math.log(_GROWTH))
    even = np.arange(_WIDEST, _TAIL, _WIDEST)
    # Beside the pole the kernel changes by factors in a panel; the phi may be as narrow as that.
    pole = annihilation.resonances[0][0] - sum(annihilation.pair)
    middles = 0.5 * (edges[1:] + edges[:-1])
    beside = middles[np.abs(middles - pole) < _BESIDE]
    tail = np.geomspace(_TAIL, highest, count)[:-1]
    merged = np.unique(np.concatenate([edges, even, beside, tail]))
    # Places that differ by rounding alone would make cells without width.
    return np.asarray(merged[np.diff(merged, prepend=-1.0) > 1e-13])


def thermal_kernel(
    annihilation: Annihilation, cells: FloatArray, grid: Grid
) -> tuple[FloatArray, FloatArray]:
    """Kernel integrated over cells.

    Parameters
    ----------
    annihilation : Annihilation
        Of unit mass into a visible width that is the energy.
    cells : array of float, shape (n + 1,)
        Edges as of `kernel_cells`.
    grid : Grid
        Temperatures and order of the quadrature in a cell.

    Returns
    -------
    kernel : array of float, shape (k, 2 n)
        At each temperature, times means and slopes of F in the cells it makes m^2 <sigma v> but for
    exponent : array of float, shape (k,)
        a factor exp(exponent), which may underflow.
    """
    x = plan_of(grid).x_average
    t = 1.0 / x
    kinetic, weights = panel_nodes(cells, grid.order)
    m1, m2 = annihilation.pair
    u = m1 + m2 + kinetic
    s = u * u
    four_s_p2 = kinetic * (u + m1 + m2) * (s - (m1 - m2) ** 2)
    weights = weights * four_s_p2 * annihilation.cross_section(s)
    values = np.exp(-kinetic * x[:, None]) * scaled_bessel(u * x[:, None]) * weights
    by_cell = values.reshape(x.size, -1, grid.order)
    xi = 2.0 * panel_nodes(np.array([0.0, 1.0]), grid.order)[0] - 1.0
    norm = annihilation.pair_weight / (4.0 * t * scaled_density(annihilation.species, t) ** 2)
    kernel = np.concatenate([by_cell.sum(axis=2), by_cell @ xi], axis=1) * norm[:, None]
    return kernel, -(m1 + m2 - 2.0) * x
