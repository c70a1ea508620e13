"""Integral of the Primakoff cross-section over the momentum transfer, see `primakoff`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss_panels
from ..materials import Element
from . import form_factors

__all__ = ["Limits", "integral_over_t"]

_PANELS: Final = 24
_CHUNK: Final = 512


class Limits(NamedTuple):
    """Range of the momentum transfer; arrays of one shape, all zero where the process is closed.

    Parameters
    ----------
    low, high : array
        tmin and tmax in GeV^2.
    width : array
        tmax - tmin in GeV^2, without cancellation at threshold.
    slope : array
        c = 1 + 2 omega/M, 1 for a static nucleus.
    """

    low: FloatArray
    high: FloatArray
    width: FloatArray
    slope: FloatArray


def _remainder(z: FloatArray, ratio: FloatArray) -> FloatArray:
    """(artanh z - z)/z^3 for z from 0 to 1, where ratio = (1 + z)/(1 - z)."""
    small = z < 0.25
    safe = np.where(small, 1.0, z)
    series = np.zeros_like(z)
    for power in range(12, -1, -1):
        series = series * np.square(z) + 1.0 / (2 * power + 3)
    return np.where(small, series, (0.5 * np.log(ratio) - safe) / safe**3)


def _closed_integral(span: Limits, numbers: FloatArray) -> FloatArray:
    """Integral of (t - tmin)(tmax - t)/t^2 G2 for the dipole, screened or not.

    Partial fractions of (t - tmin)(tmax - t) td^2/[(ta + t)(td + t)]^2 combine to
    2 td^2 (tmax - tmin)^3/(u + v)^2 * (artanh z - z)/z^3, u = (ta + tmax)(td + tmin),
    v = (ta + tmin)(td + tmax), z = (u - v)/(u + v), where nothing cancels.
    """
    charge2, ta, td = numbers[:3]
    u = (ta + span.high) * (td + span.low)
    v = (ta + span.low) * (td + span.high)
    z = (td - ta) * span.width / (u + v)
    value = 2.0 * charge2 * td**2 * span.width**3 / (u + v) ** 2
    return np.asarray(value * _remainder(z, u / v))


def _numerical_integral(
    span: Limits,
    element: Element,
    form_factor: str,
    ends: tuple[FloatArray, FloatArray],
    order: int,
) -> FloatArray:
    """Integral of (t - tmin)(tmax - t)/t^2 G2 by Gauss-Legendre panels in ln t between ends."""
    start, stop = ends
    position, weight = gauss_panels(order, _PANELS)
    length = np.log1p((stop - start) / start)
    result = np.empty(start.shape)
    for first in range(0, start.size, _CHUNK):
        part = slice(first, first + _CHUNK)
        excess = start[part, None] * np.expm1(length[part, None] * position)
        t = start[part, None] + excess
        above = excess + (start - span.low)[part, None]  # t - tmin, exact close to tmin
        below = np.maximum(span.width[part, None] - above, 0.0)
        if form_factor == "inelastic":
            g2 = form_factors.inelastic(t, element)
        else:
            g2 = form_factors.squared_form_factor(t, element, form_factor)
        result[part] = length[part] * np.sum(weight * above * below / t * g2, axis=1)
    return result


def integral_over_t(span: Limits, element: Element, form_factor: str, order: int) -> FloatArray:
    """Integral of (t - tmin)(tmax - t)/t^2 G2 between the limits, closed or by quadrature.

    Parameters
    ----------
    span : Limits
        Flat arrays where the process is open.
    element : Element
        The nucleus.
    form_factor : str
        Name of G2, see `form_factors`.
    order : int
        Nodes of a panel where quadrature is needed.

    Returns
    -------
    array
        In GeV^2.
    """
    numbers = form_factors.parameters(element, form_factor)
    if form_factor == "helm":
        # Less is left out than rounding: screening below, exp(-t s^2) above.
        start = np.maximum(span.low, 1e-6 * numbers[1])
        stop = np.minimum(span.high, start + 36.0 / numbers[4] ** 2)
        return _numerical_integral(span, element, form_factor, (start, stop), order)
    total = _closed_integral(span, numbers)
    if form_factor != "elastic+inelastic":
        return total
    start = np.maximum(span.low, 1e-6 * numbers[6])
    stop = np.minimum(span.high, 1e3 * (start + 0.71))  # falls like t^-6 there
    return total + _numerical_integral(span, element, "inelastic", (start, stop), order)
