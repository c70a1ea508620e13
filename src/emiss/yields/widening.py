"""What visible decays change of the events of a resonance: its width, which they add to.

Both classes keep what they have worked out, so that a search for many couplings pays once. What
they answer does not depend on what was asked before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from .widths import QuadraticWidths

__all__ = ["NEGLIGIBLE_WIDTH", "LastAsked", "Widening"]

NEGLIGIBLE_WIDTH = 3e-5
"""Visible width over dark width, as far as it matters, below which events go with the coupling
squared, to this share."""
FIRST_ORDER, FIRST_ORDER_MOST = 1e-3, 0.1
"""The same below which events over the coupling squared are one over a straight line in it, to the
square of this; and where the resonance is far from all positrons."""

Integrate = Callable[[FloatArray, NDArray[np.bool_]], FloatArray]
"""Events at couplings, of the places that are marked."""


class Widening:
    """Events of a resonance at fixed masses whose visible width grows with the coupling.

    Parameters
    ----------
    widths : QuadraticWidths
        Widths.
    slope : array of float, shape (n_masses,)
        Events over the coupling squared at small coupling.
    distance : array of float, shape (n_masses,)
        Over the total width in GeV it is the distance of the resonance from all positrons in its
        width.
    """

    __slots__ = ("_distance", "_end", "_known", "_lowered", "_slope", "_widths")

    def __init__(self, widths: QuadraticWidths, slope: FloatArray, distance: FloatArray) -> None:
        far = np.maximum(1.0, math.sqrt(0.5) * distance / widths.dark)
        self._widths, self._slope, self._distance = widths, slope, distance
        # Visible width over dark width up to which the first order is enough.
        self._end = np.minimum(FIRST_ORDER * far, FIRST_ORDER_MOST)
        self._lowered = np.zeros(distance.shape)
        self._known = np.zeros(distance.shape, dtype=bool)

    @classmethod
    def of(
        cls,
        widths: QuadraticWidths,
        slope: FloatArray,
        masses: FloatArray,
        span: tuple[float, float],
    ) -> Self:
        """Find the distance from all positrons.

        Parameters
        ----------
        widths, slope
            As of the class.
        masses : array of float, shape (n_masses,)
            Masses in GeV.
        span : tuple of float
            Range of the positrons in s in GeV^2.

        Returns
        -------
        Widening
            At these masses.
        """
        low, high = span
        squared = np.square(masses)
        away = np.maximum(np.maximum(low - squared, squared - high), 0.0)
        return cls(widths, slope, away * masses / np.maximum(high, squared))

    def apply(
        self, events: FloatArray, added: FloatArray, coupling: FloatArray, integrate: Integrate
    ) -> FloatArray:
        """Events with the visible width.

        Parameters
        ----------
        events : array of float, shape (..., n_masses)
            Those at small coupling, times the coupling squared; changed in place.
        added : array of float, shape (..., n_masses)
            Visible width in GeV.
        coupling : array of float, shape (..., n_masses)
            Couplings.
        integrate : callable
            Events with the Breit-Wigner integrated, where nothing less is enough.

        Returns
        -------
        array of float, shape (..., n_masses)
            Events.
        """
        # Events change with the width as it does on the resonance, and by 2 G^2/(s - m^2)^2 of it
        # where no positron reaches that.
        dark = self._widths.dark
        negligible = NEGLIGIBLE_WIDTH * dark
        reach = np.square(self._distance / (added + dark))
        changed = added > negligible * np.maximum(1.0, 0.5 * reach)
        if changed.any():
            ratio = added / dark
            line = np.asarray(changed & (ratio <= self._end))
            if line.any():
                wanted = np.any(line, axis=tuple(range(line.ndim - 1)))
                lowered = self._first_order(wanted, integrate)
                events = np.where(line, events / (1.0 + lowered * ratio), events)
                changed &= ~line
        if changed.any():
            events[changed] = integrate(coupling, changed)
        return events

    def _first_order(self, wanted: NDArray[np.bool_], integrate: Integrate) -> FloatArray:
        """Share by which visible decays lower events, over visible width and under dark width.

        It is 1 on the resonance, and found at the end of the first order where it is `wanted`.
        """
        new = wanted & ~self._known
        if new.any():
            ratio, coupling = self._end[new], np.ones(self._end.shape)
            squared = ratio * self._widths.dark[new] / self._widths.visible[new]
            coupling[new] = np.sqrt(squared)
            some = self._slope[new] > 0.0
            events = np.where(some, integrate(coupling, new), 1.0)
            self._lowered[new] = (
                np.where(some, self._slope[new] * squared / events - 1.0, 0.0) / ratio
            )
            self._known[new] = True
        return self._lowered


class LastAsked:
    """Events at the couplings asked for last: of a search the masses end one by one."""

    __slots__ = ("_coupling", "_events")

    def __init__(self) -> None:
        self._coupling = self._events = np.zeros(0)

    def get(self, coupling: FloatArray, integrate: Callable[..., Any]) -> FloatArray:
        """Events of which only those at new couplings are worked out.

        Parameters
        ----------
        coupling : array of float, shape (..., n_masses)
            Couplings.
        integrate : callable
            Events at couplings, of all places or of those that are marked.

        Returns
        -------
        array of float, shape (..., n_masses)
            Events.
        """
        if self._coupling.shape != coupling.shape:
            events = integrate(coupling)
        else:
            changed, events = coupling != self._coupling, self._events.copy()
            if changed.any():
                events[changed] = integrate(coupling, changed)
        self._coupling, self._events = coupling.copy(), events
        return np.array(events)
