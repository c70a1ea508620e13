"""Kinematic range and quadrature of exact tree-level bremsstrahlung, for all bosons at once."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError
from ...ground.quadrature import gauss
from ..materials import Element
from . import form_factors

__all__ = ["COUPLINGS_PB", "QUADRATURES", "Quadrature", "boson_energy_range", "exact_totals"]

CITATIONS = ("Liu:2016mqv", "Liu:2017htz", "Gninenko:2017yus")


COUPLINGS_PB: Final = const.ALPHA**3 * const.GEV2_PICOBARN
"""alpha^2 alpha_X at g = e, and 1 GeV^-2 in pb."""


class Quadrature(NamedTuple):
    """Orders and panel widths: Gauss order and width in t, edges in y, order and width in zeta."""

    order: int
    t_width: float
    y_edges: tuple[float, ...]
    zeta_order: int
    zeta_width: float

    def suited(self, ff: FloatArray) -> Quadrature:
        """The same with narrower panels in t where the form factor oscillates (Helm's)."""
        return self._replace(t_width=0.4 * self.t_width) if ff[3] > 0.0 else self

    def rules(self) -> FloatArray:
        """Gauss nodes and weights on (0, 1) below a row with the panel width, for t and y."""
        nodes, weights = gauss(self.order)
        rule = np.vstack([[self.t_width, 0.0], np.column_stack([nodes, weights])])
        return np.stack([rule, rule])


_WIDE = (0.0, 1.2, 2.8, 5.0, 8.5, 15.0)
_FINE = (0.0, 1.0, 2.2, 3.6, 5.4, 8.0, 11.5, 15.0)
QUADRATURES: Final = {
    "draft": Quadrature(4, 2.0, _WIDE, 4, 3.0),
    "standard": Quadrature(5, 2.0, _WIDE, 5, 2.2),
    "high": Quadrature(8, 1.5, _FINE, 8, 1.5),
}
_COARSER: Final = {"standard": "draft", "high": "standard"}
_FLOOR: Final = {"standard": 2e-4, "high": 1e-5}  # ends of the ranges that are left out, and more


def boson_energy_range(
    energy: ArrayLike, mass: ArrayLike, lepton_mass: float, nuclear_mass: float
) -> tuple[FloatArray, FloatArray]:
    """Least and largest laboratory energy of the boson.

    Parameters
    ----------
    energy, mass : array_like
        Lepton energy and boson mass in GeV; they broadcast.
    lepton_mass, nuclear_mass : float
        Masses in GeV.

    Returns
    -------
    tuple of array
        Limits in GeV, both NaN where the process is closed: those of X against a lepton and
        nucleus at rest to each other (exact three-body kinematics), or m_X where X can stand still.
    """
    e, x = np.asarray(energy, dtype=np.float64), np.asarray(mass, dtype=np.float64)
    s = nuclear_mass**2 + 2 * nuclear_mass * e + lepton_mass**2
    rest = nuclear_mass + lepton_mass
    with np.errstate(invalid="ignore"):
        root = np.sqrt(s)
        open_ = root > rest + x
        star = np.sqrt(np.where(open_, (s - (rest + x) ** 2) * (s - (rest - x) ** 2), np.nan))
        star = star / (2 * root)
        star_energy = (s + x**2 - rest**2) / (2 * root)
        boost, shift = (e + nuclear_mass) / root, np.sqrt(e**2 - lepton_mass**2) / root
        low = np.where(star >= shift * x, x, boost * star_energy - shift * star)
        high = boost * star_energy + shift * star
    return np.where(open_, np.maximum(low, x), np.nan), np.where(open_, high, np.nan)


def start_values(energy: float, mass: float, lepton: float, element: Element) -> FloatArray | None:
    """Start values of the kernels, None where the process is closed."""
    (values,) = all_start_values(np.array([energy]), mass, lepton, element)
    return None if np.isnan(values[0]) else np.asarray(values)


def all_start_values(
    energies: FloatArray, mass: float, lepton: float, element: Element
) -> FloatArray:
    """Start values of the kernels for many energies, shape (n, 7); NaN where it is closed."""
    low, high = boson_energy_range(energies, mass, lepton, element.nuclear_mass)
    left = np.maximum(energies - high - lepton, 0.0)
    span = energies - lepton - left - low
    same = np.ones(energies.size)
    columns = (
        energies, lepton * same, mass * same, element.nuclear_mass * same, span, low - mass, left,
    )  # fmt: skip
    return np.where((high > low)[:, None], np.stack(columns, axis=1), np.nan)


def zeta_range(particle: FloatArray, min_x: float) -> tuple[float, float] | None:
    """Range of zeta = ln(f/(1-f)) that holds all but 1e-5 of the spectrum above min_x."""
    energy, lepton, mass, _, span, low = particle[:6]
    start = 3e-4 * min(1.0, mass / lepton)
    start = max(start, (min_x * energy - mass - low) / span)
    stop = 1e-4 * min(1.0, max((lepton / mass) ** 2, lepton / energy))
    if start >= 1.0:
        return None
    stop = min(stop, 1e-4 * (1.0 - start))
    return math.log(start / (1.0 - start)), math.log((1.0 - stop) / stop)


def quadrature_sum(
    particle: FloatArray, ff: FloatArray, min_x: float, quadrature: Quadrature
) -> FloatArray:
    """Totals of the four bosons over alpha^2 alpha_X in GeV^-2."""
    from ...ground._kernels import bremsstrahlung as kernels

    ends = zeta_range(particle, min_x)
    if ends is None:
        return np.zeros(4)
    quadrature = quadrature.suited(ff)
    panels = max(2, math.ceil((ends[1] - ends[0]) / quadrature.zeta_width))
    nodes, weights = gauss(quadrature.zeta_order)
    step = (ends[1] - ends[0]) / panels
    zetas = (ends[0] + step * (np.arange(panels)[:, None] + nodes)).ravel()
    spectrum = kernels.spectrum(
        zetas, particle, ff, quadrature.rules(), np.array(quadrature.y_edges)
    )
    return np.asarray(step * (np.tile(weights, panels) @ spectrum))


def exact_totals(
    energy: float, mass: float, lepton: float, element: Element, options: tuple[str, float, str]
) -> tuple[FloatArray, FloatArray]:
    """Totals of the four bosons in pb with relative errors; form factor, min_x, accuracy."""
    form_factor, min_x, accuracy = options
    if accuracy not in _COARSER:
        raise UnknownNameError("accuracy", accuracy, _COARSER)
    particle = start_values(energy, mass, lepton, element)
    if particle is None:
        return np.zeros(4), np.zeros(4)
    ff = form_factors.parameters(element, form_factor)
    best = quadrature_sum(particle, ff, min_x, QUADRATURES[accuracy])
    other = quadrature_sum(particle, ff, min_x, QUADRATURES[_COARSER[accuracy]])
    if not np.all(best > 0.0):
        return best * COUPLINGS_PB, np.zeros(4)
    # a single difference can vanish by accident, so the largest of the four counts, with a margin
    error = 2.0 * np.max(np.abs(other / best - 1.0)) + _FLOOR[accuracy]
    return best * COUPLINGS_PB, np.full(4, error)
