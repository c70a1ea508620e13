"""A resonance folded with what makes it: integrals over s that treat pole and threshold exactly.

The propagator of X is 1/[(s - m^2)^2 + G(s)^2]. By default G(s) = sqrt(s) Gamma(s) follows the
threshold of the dark channel,

    G(s) = sqrt(s) Gamma_dark(s) + (s/m) Gamma_other(m^2),

since a width taken at s = m^2 goes to zero where m is twice the mass of the dark matter, while the
decays of a virtual X above the threshold do not. Other channels are light and have widths
proportional to sqrt(s). The real part of the self-energy is absorbed in mass and coupling.

Cells of s are integrated in closed form with numerator and G linear in each. From the threshold
s_0 of the dark channel on, where both go with a power of v = sqrt(s - s_0), the variable is v, the
nodes are even in ln v, the pole is one of them, and the order is the fourth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.chebyshev import chebyshev_nodes, from_nodes, nodes_needed
from ...ground.errors import UnknownNameError, ValidityError
from ..models.base import FloatArray, Model, checked_coupling, checked_mass
from .arguments import WIDTH_FORMS
from .breit_wigner import FAR_CELLS, far_cells, linear_cells, smooth_cells

__all__ = ["WIDTH_FORMS", "Density", "Folding", "Resonance", "folded", "line_shape"]

"""G(s): sqrt(s) Gamma(s) with the threshold of the dark channel; m Gamma; s Gamma/m."""

_CHUNK: Final = 128
_MANY: Final = 8
"""Masses for each node, from which on integrals are interpolated."""
_ZONE: Final = 0.25
_ZONE_CELLS: Final = 12
"""Treated with the threshold: cells up to this share above it, and at least so many."""
_NODES: Final = 56
_LEAST: Final = 1e-3
"""Nodes in ln v per threshold, from this share of the smallest scale on."""
_TAIL: Final = 0.4
"""Step in ln u of the line shape far above its pole."""
_AWAY: Final = np.array([0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.27, 0.35, 0.45])
_AROUND: Final = np.concatenate([1.0 - _AWAY, [1.0], 1.0 + _AWAY])
"""Pole and further nodes on both sides of it, over its v."""
_EVEN: Final = np.linspace(0.0, 1.0, _NODES)


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """What meets per interval of s, linear in each cell.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Edges in s in GeV^2, ascending.
    lower, upper : array of float, shape (n,)
        Density at both ends of each cell.
    near : (float, float)
        Squared masses in GeV^2 between which the pole is near some cell; others are far from all,
        so that their integrals need no closed form.
    """

    edges: FloatArray
    lower: FloatArray
    upper: FloatArray
    near: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        room = FAR_CELLS * np.diff(self.edges)
        low, high = np.min(self.edges[:-1] - room), np.max(self.edges[1:] + room)
        object.__setattr__(self, "near", (float(low), float(high)))

    def within(self, cell: NDArray[np.intp]) -> Callable[[FloatArray], FloatArray]:
        """Density as a function of s in the cells with the given indices."""
        low, base = np.take(self.edges, cell), np.take(self.lower, cell)
        rise = np.take((self.upper - self.lower) / np.diff(self.edges), cell)
        return lambda s: np.asarray(base + rise * (s - low))


@dataclass(frozen=True, slots=True, eq=False)
class Resonance:
    """X at given masses and couplings, off its mass shell.

    Parameters
    ----------
    model : Model
        Couplings and widths.
    mass, coupling : array of float, shape (k, 1)
        Masses in GeV and free couplings; a coupling of 0 stands for the limit of small coupling.
    electron : array of float, shape (k,)
        Squared coupling to electrons, per coupling squared in that limit.
    other : array of float, shape (k, 1)
        Width in GeV on the mass shell to all but dark matter.
    form : str
        One of `WIDTH_FORMS`.
    dark_alone : bool
        Whether X has no width but that of the dark matter: the limit of small coupling.
    """

    model: Model
    mass: FloatArray
    coupling: FloatArray
    electron: FloatArray
    other: FloatArray
    form: str
    dark_alone: bool = False

    @classmethod
    def of(
        cls,
        model: Model,
        mass: ArrayLike,
        coupling: ArrayLike | None,
        form: str,
        other: ArrayLike | None = None,
    ) -> Resonance:
        """Check the inputs; for the parameters see `Resonance`, all flattened to columns.

        Raises
        ------
        EmissError
            If a mass or coupling is out of range.
        ValidityError
            If no coupling is given and X does not decay to dark matter.
        UnknownNameError
            If there is no such width form.
        """
        if form not in WIDTH_FORMS:
            raise UnknownNameError("width form", form, WIDTH_FORMS)
        if coupling is None:
            m = checked_mass(mass)
            if not np.all(model.dark_width(m) > 0.0):
                raise ValidityError(
                    f"annihilation: {model.name} has no dark matter to decay to, so the resonance "
                    "has no width at small coupling; give a coupling or a dark sector."
                )
            g, electron = np.zeros_like(m), model.lepton_coupling("e", 1.0, m)
            rest = np.zeros_like(m)
        else:
            m, g = np.broadcast_arrays(checked_mass(mass), checked_coupling(coupling))
            electron = model.lepton_coupling("e", g, m)
            rest = _all_but_dark(model, m, g) if other is None else np.asarray(other)
        columns = [np.atleast_1d(a).reshape(-1, 1) for a in (m, g, rest)]
        squared = np.square(np.atleast_1d(electron)).reshape(-1)
        return cls(model, columns[0], columns[1], squared, columns[2], form, coupling is None)

    def __len__(self) -> int:
        return int(self.mass.shape[0])

    def rows(self, which: slice | NDArray[Any]) -> Resonance:
        """Return the chosen masses and couplings."""
        return Resonance(
            self.model,
            self.mass[which],
            self.coupling[which],
            self.electron[which],
            self.other[which],
            self.form,
            self.dark_alone,
        )

    @property
    def threshold(self) -> FloatArray:
        """Threshold of the dark channel in s in GeV^2, shape (k, 1); 0 without one."""
        sector = self.model.dark_sector
        return np.zeros_like(self.mass) if sector is None else sector.threshold(self.mass)

    def at(self, s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Invisible width in GeV at s, and G(s) in GeV^2.

        Parameters
        ----------
        s : array of float, shape (n,) or (k, n)
            Squared momentum of X in GeV^2.

        Returns
        -------
        invisible, imaginary : array of float, shape (k, n)
            Width to invisible states, and imaginary part of the denominator.
        """
        root, sector = np.sqrt(s), self.model.dark_sector
        dark = 0.0 if sector is None else sector.width_at(root, self.mass)
        if self.dark_alone and self.form == "energy-dependent":
            return np.asarray(dark), np.asarray(root * dark)
        invisible = np.asarray(self.model.neutrino_width(root, self.coupling) + dark)
        if self.form == "energy-dependent":
            return invisible, np.asarray(root * dark + s * (self.other / self.mass))
        width = self.model.dark_width(self.mass) + self.other
        if self.form == "running":
            return invisible, s * (width / self.mass)
        return invisible, np.broadcast_to(
            self.mass * width, np.broadcast_shapes(s.shape, width.shape)
        )


class Folding(Protocol):
    """What makes bosons: positrons that annihilate with or without a photon."""

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest squared mass in GeV^2 of a real boson."""

    def events(
        self,
        mass: ArrayLike,
        model: Model,
        coupling: ArrayLike | None = None,
        *,
        width_form: str = "energy-dependent",
        other_width: FloatArray | None = None,
    ) -> FloatArray:
        """Invisible bosons per beam particle, see `AnnihilationLuminosity.events`."""

    def events_of(self, resonance: Resonance) -> FloatArray:
        """The same for bosons that are known, shape (k,)."""


def _all_but_dark(model: Model, mass: FloatArray, coupling: FloatArray) -> FloatArray:
    visible = sum(model.visible_widths(mass, coupling).values(), np.zeros_like(mass))
    return np.asarray(visible + model.neutrino_width(mass, coupling))


def folded(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    on_edges: FloatArray | None = None,
) -> FloatArray:
    """Integral over s of density, strength and invisible width over the Breit-Wigner denominator.

    Parameters
    ----------
    density : Density
        What meets per interval of s.
    resonance : Resonance
        X at k masses and couplings.
    strength : callable
        Any further smooth function of s.
    on_edges : array of float, optional
        That function on the edges of the cells, where it is at hand.

    Returns
    -------
    array of float, shape (k,)
        Integrals.
    """
    out = np.empty(len(resonance))
    if on_edges is None:
        on_edges = strength(density.edges)
    meets = on_edges[:-1] * density.lower, on_edges[1:] * density.upper
    zone = _threshold_inside(density, resonance)
    far = _far(density, resonance) & ~zone
    left = np.ones(out.size, dtype=bool)
    if resonance.dark_alone:
        closed = _closed(density, resonance)
        out[closed] = 0.0
        smooth = far & _light(density, resonance) & ~closed
        if smooth.any():
            squared = np.square(resonance.mass[smooth, 0])
            out[smooth] = _interpolated(density, resonance, squared, meets)
        left = ~(closed | smooth)
    for rows, simple in ((np.flatnonzero(left & ~far), False), (np.flatnonzero(left & far), True)):
        for start in range(0, rows.size, _CHUNK):
            part = rows[start : start + _CHUNK]
            some = resonance.rows(part)
            x, numerator, imaginary = ends = _ends(density.edges, some, meets)
            if simple:
                out[part] = far_cells(x, numerator, imaginary)
            else:
                out[part] = _chunk(density, some, strength, ends, zone[part])
    return out


def _far(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where the pole is far from all cells."""
    (low, high), pole = density.near, np.square(resonance.mass[:, 0])
    return np.asarray((pole < low) | (pole > high))


def _threshold_inside(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where the threshold of the dark channel, or the zone above it, has cells."""
    edges, threshold = density.edges, resonance.threshold[:, 0]
    above = threshold * (1.0 + _ZONE) > edges[0]
    return np.asarray((threshold > 0.0) & (threshold < edges[-1]) & above)


def _light(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where the pole is far below all cells, if that is so for many: they share nodes."""
    top = density.near[0]
    if len(resonance) < _MANY or top <= 0.0:
        return np.zeros(len(resonance), dtype=bool)
    light = np.square(resonance.mass[:, 0]) < top
    enough = np.count_nonzero(light) >= _MANY * nodes_needed(top, float(density.edges[0]))
    return light if enough else np.zeros_like(light)


def _interpolated(
    density: Density,
    resonance: Resonance,
    squared: FloatArray,
    meets: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Integrals at squared masses far below all cells, of which they are an analytic function.

    The nearest singularity is a pole on the lowest edge; that of a threshold there is heavier.
    """
    top = density.near[0]
    nodes = chebyshev_nodes(top, nodes_needed(top, float(density.edges[0])))
    zero = np.zeros((nodes.size, 1))
    columns = (np.sqrt(nodes)[:, None], zero, np.ones(nodes.size), zero)
    there = Resonance(resonance.model, *columns, resonance.form, resonance.dark_alone)
    return from_nodes(nodes, far_cells(*_ends(density.edges, there, meets)), squared)


def _closed(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where nothing reaches the threshold of the dark channel, if there is no other."""
    return np.asarray(resonance.threshold[:, 0] >= density.edges[-1])


def _ends(
    edges: FloatArray, resonance: Resonance, meets: tuple[FloatArray, FloatArray]
) -> tuple[tuple[FloatArray, FloatArray], ...]:
    """Distance from the pole, numerator and G at both ends of each cell.

    `meets` is what the invisible width is multiplied with at the ends.
    """
    invisible, imaginary = resonance.at(edges)
    x = edges - np.square(resonance.mass)
    return (
        (x[:, :-1], x[:, 1:]),
        (invisible[:, :-1] * meets[0], invisible[:, 1:] * meets[1]),
        (imaginary[:, :-1], imaginary[:, 1:]),
    )


def _chunk(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    ends: tuple[tuple[FloatArray, FloatArray], ...],
    near: NDArray[np.bool_],
) -> FloatArray:
    edges = density.edges
    x, numerator, imaginary = ends
    cells = linear_cells(x, numerator, imaginary)
    if not np.any(near):
        return np.asarray(cells.sum(axis=1))
    threshold = resonance.threshold[:, 0]
    first = np.maximum(np.searchsorted(edges, threshold, side="right") - 1, 0)
    last = np.searchsorted(edges, threshold * (1.0 + _ZONE))
    last = np.minimum(np.maximum(last, first + _ZONE_CELLS), edges.size - 1)
    index = np.arange(edges.size - 1)
    inside = near[:, None] & (index >= first[:, None]) & (index < last[:, None])
    out = np.where(inside, 0.0, cells).sum(axis=1)
    width = int(np.max((last - first)[near]))
    within = np.minimum(first[near, None] + np.arange(width + 1), last[near, None])
    out[near] += _zone(density, resonance.rows(near), strength, edges[within])
    return np.asarray(out)


def _zone(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    borders: FloatArray,
) -> FloatArray:
    """Integral from the cell that holds the threshold to the end of the zone, by its borders."""
    below = _below(density, resonance, strength, borders[:, :1])
    v, pole = _nodes(borders, resonance)
    s, value, width, places = _in_v(resonance, v, pole)
    value, n = value * strength(s), v.shape[1]
    # The density may jump from cell to cell, so that an edge has two values.
    cell = np.searchsorted(density.edges, s[:, n:], side="right") - 1
    cell = np.clip(cell, 0, density.lower.size - 1)
    made = density.within(cell)
    numerator = [value[:, place] * made(s[:, place]) for place in places]
    integrals = smooth_cells(v - pole, numerator, [width[:, place] for place in places])
    return np.asarray(integrals.sum(axis=1) + below)


def line_shape(resonance: Resonance, top: float) -> tuple[FloatArray, FloatArray]:
    """Distribution of a boson's squared mass over that on the mass shell.

    Parameters
    ----------
    resonance : Resonance
        One boson with a dark sector, in the limit of small coupling.
    top : float
        Half of the largest ratio, above 1.

    Returns
    -------
    ratio, weight : array of float, shape (k,)
        Ratios u = M/m^2 and their share of sqrt(M) Gamma_inv(M)/pi over the denominator. The same
        for all masses of a model, whose dark matter has a mass in proportion.
    """
    squared = np.square(resonance.mass)
    # The tail of a width in proportion to sqrt(s) falls with 1/u only.
    tail = np.geomspace(2.0, 2.0 * top, math.ceil(math.log(top) / _TAIL) + 1)[None, :]
    borders = np.hstack([resonance.threshold, tail * squared])
    v, pole = _nodes(borders, resonance)
    s, value, width, places = _in_v(resonance, v, pole)
    value = value * np.sqrt(s) / math.pi
    weight = smooth_cells(v - pole, [value[:, x] for x in places], [width[:, x] for x in places])
    return (s[:, v.shape[1] :] / squared)[0], weight[0]


def _in_v(
    resonance: Resonance, v: FloatArray, pole: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, list[slice]]:
    """S, 2 v times the invisible width and G at nodes and middles, over powers of v + pole.

    The slices pick what belongs to the lower end, the middle and the upper end of each cell.
    """
    both = np.hstack([v, 0.5 * (v[:, 1:] + v[:, :-1])])
    s = resonance.threshold + np.square(both)
    invisible, imaginary = resonance.at(s)
    value = 2.0 * both * invisible / np.square(both + pole)
    n = v.shape[1]
    places = [slice(0, n - 1), slice(n, None), slice(1, n)]
    return s, value, imaginary / (both + pole), places


def _below(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    start: FloatArray,
) -> FloatArray:
    """From the lower edge of the cell that holds the threshold to the threshold: neutrinos only."""
    if resonance.dark_alone:
        return np.zeros(len(resonance))
    end = np.maximum(resonance.threshold, start)
    cell = np.searchsorted(density.edges, 0.5 * (start + end), side="right") - 1
    cell = np.clip(cell, 0, density.lower.size - 1)
    (lower, g_lower), (upper, g_upper) = resonance.at(start), resonance.at(end)
    made = density.within(cell)
    lower, upper = lower * strength(start) * made(start), upper * strength(end) * made(end)
    empty, squared = end <= start, np.square(resonance.mass)
    x = start - squared, np.where(empty, start + 1.0, end) - squared
    found = linear_cells(x, (lower, upper), (g_lower, g_upper))
    return np.asarray(np.where(empty, 0.0, found)[:, 0])


def _nodes(borders: FloatArray, resonance: Resonance) -> tuple[FloatArray, FloatArray]:
    """Nodes in v = sqrt(s - s_0), ascending, and the pole in v."""
    threshold = resonance.threshold
    pole = np.sqrt(np.square(resonance.mass) - threshold)
    width = resonance.at(np.square(resonance.mass))[1] / np.square(pole)
    least = _LEAST * pole / (1.0 + width)
    edges = np.sqrt(np.maximum(borders - threshold, 0.0))
    bottom, top = edges[:, :1], edges[:, -1:]
    found = np.empty((len(edges), edges.shape[1] + _NODES + _AROUND.size))
    inner = found[:, edges.shape[1] :]
    found[:, : edges.shape[1]] = edges
    np.exp(_EVEN * np.log(np.maximum(top / least, 1.0)), out=inner[:, :_NODES])
    inner[:, :_NODES] *= least
    inner[:, _NODES:] = pole * _AROUND
    np.minimum(np.maximum(inner, bottom, out=inner), top, out=inner)
    found.sort(axis=1)
    return found, pole
