"""What stands on the axes of an exclusion figure, and results of any kind turned into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError, EmissError
from ...ground.notices import notice
from ...inference.couplings import LARGEST_COUPLING
from ...inference.limit import BANDS, Limit
from ...inference.order import ascending
from ...inference.planes import (
    borrowed_sector,
    overlay_in_coupling,
    overlay_in_y,
    y_per_coupling_squared,
)
from ...physics.constraints.curves.overlay import Overlay

if TYPE_CHECKING:
    from ...physics.constraints.cosmology.relic import RelicLine
    from ...physics.constraints.cosmology.thermal_lines import ThermalLine

__all__ = ["QUANTITIES", "Plane", "Region", "of_limit", "of_overlay", "of_relic"]

Quantity = Literal["coupling", "squared", "y"]
QUANTITIES: Final = ("coupling", "squared", "y")
_NO_WIDTH: Final = 1e-4
"""Relative distance of lines that are one in any figure."""


@dataclass(frozen=True, slots=True)
class Plane:
    """What the axes show.

    Parameters
    ----------
    quantity : str
        ``"coupling"`` (epsilon, g or g_agg, as the limits have it), its square, or ``"y"``.
    against : str
        ``"mediator"`` or ``"dark-matter"``: whose mass is on the horizontal axis.
    """

    quantity: Quantity
    against: Literal["mediator", "dark-matter"]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """What one result excludes, in a plane.

    Parameters
    ----------
    masses, lower : array of float, shape (n,)
        Horizontal coordinate in GeV and lower edge; NaN where nothing is excluded.
    upper : array of float, shape (n,), or None
        Upper edge, inf where the region is open; None where it is open everywhere.
    bands : mapping of str to tuple of array
        Lower and upper edge of the expected region by key of `BANDS`; empty without them.
    searched : array of float, shape (n,), or None
        Where the search for upper edges ended; None where it is not known.
    closed : bool
        Whether it ends at the ends of the masses, as the regions of others do; else it may go on.
    """

    masses: FloatArray
    lower: FloatArray
    upper: FloatArray | None = None
    bands: Mapping[str, tuple[FloatArray, FloatArray | None]] = field(default_factory=dict)
    searched: FloatArray | None = None
    closed: bool = False

    def ceiling(self, top: float) -> FloatArray:
        """Upper end of what is filled.

        A region that nowhere ends ends out of sight. One that ends at some masses beyond the
        couplings searched is known up to these, and filled so far: higher it would step up beside
        the last edge that was found.

        Parameters
        ----------
        top : float
            Height out of sight.
        """
        if self.upper is None:
            return np.full_like(self.lower, top)
        return np.minimum(self.known(self.upper), top)

    def known(self, edge: FloatArray) -> FloatArray:
        """An upper edge, or where the search for it ended."""
        if self.searched is None:
            return edge
        return np.where(np.isposinf(edge), self.searched, edge)

    @property
    def edges(self) -> tuple[FloatArray, ...]:
        """All that belongs into the frame."""
        found = [self.lower, *(low for low, _ in self.bands.values())]
        tops = [self.upper, *(high for _, high in self.bands.values())]
        found += [np.where(np.isfinite(top), top, np.nan) for top in tops if top is not None]
        return tuple(found)

    def sheets(self, strong: str, weak: str) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """Couplings between the expected regions of two bands, as pairs of lower and upper edge.

        None where the bands are one at all masses: of many expectations most see no event, and then
        nothing is between them.

        An island has one sheet below and one above. Where only the larger island is left, beside
        the tip of the smaller one, the lower sheet is all of it, and the upper one lies over it:
        sheets that only touched would show a hairline between them.

        Parameters
        ----------
        strong, weak : str
            Keys of `BANDS`: of the larger region and of the smaller one inside it.
        """
        (outer, top), (inner, above) = self.bands[strong], self.bands[weak]
        if top is None or above is None:
            return () if _same(outer, inner) else ((outer, inner),)
        if _same(outer, inner) and _same(top, above):
            return ()
        missing = np.isfinite(outer) & np.isfinite(top) & ~np.isfinite(inner)
        middle = np.sqrt(outer * np.where(missing, top, np.nan))
        return (
            (outer, np.where(missing, top, inner)),
            (np.where(missing, middle, above), top),
        )


def _same(one: FloatArray, other: FloatArray) -> bool:
    """Whether two edges are one line."""
    return bool(np.allclose(one, other, rtol=_NO_WIDTH, atol=0.0, equal_nan=True))


def _to_plane(limit: Limit, plane: Plane, values: FloatArray) -> FloatArray:
    if plane.quantity == "coupling":
        return values
    if plane.quantity == "squared":
        return np.square(values)
    return np.asarray(y_per_coupling_squared(limit) * np.square(values))


def of_limit(limit: Limit, plane: Plane) -> Region:
    """What a limit excludes in a plane.

    Raises
    ------
    EmissError
        If its model has no dark matter and the plane needs it.
    """
    limit = ascending(limit)
    if plane.quantity == "y":
        y_per_coupling_squared(limit)  # says why where there is none
    masses = limit.masses
    if plane.against == "dark-matter":
        if limit.dark_matter_mass is None:
            raise EmissError(
                f"the model '{limit.model}' of '{limit.experiment_title}' has no dark matter with "
                "these parameters; draw the coupling against the mediator mass, or set "
                "dark_matter to a kind."
            )
        masses = limit.dark_matter_mass
    lower = _to_plane(limit, plane, limit.observed)
    if plane.quantity == "y" and limit.y is not None:
        lower = limit.y
    upper = limit.observed_upper
    bands = {
        band: (
            _to_plane(limit, plane, limit.expected[band]),
            None
            if limit.expected_upper is None
            else _to_plane(limit, plane, limit.expected_upper[band]),
        )
        for band in BANDS
    }
    largest = np.full(limit.masses.shape, LARGEST_COUPLING)
    return Region(
        masses,
        lower,
        None if upper is None else _to_plane(limit, plane, upper),
        bands,
        _to_plane(limit, plane, largest),
    )


def of_overlay(curve: Overlay, limit: Limit | None, plane: Plane) -> Region:
    """Turn a curve of others into the quantity of a plane.

    Parameters
    ----------
    curve : Overlay
        A curve of the coupling against mediator mass, or of y against dark-matter mass.
    limit : Limit or None
        Says which coupling is meant and, for y, for which dark sector; None takes the curve as a
        curve of the plane's own quantity.
    plane : Plane
        What the axes show.

    Returns
    -------
    Region
        Without bands.

    Raises
    ------
    EmissError
        If it is of another coupling, its quantity is not known, or the dark sector is not.

    Notes
    -----
    Says once which numbers of the dark sector were taken from the limit.
    """
    found = _turned(curve, limit, plane)
    borrowed = "" if limit is None or plane.quantity == "y" else borrowed_sector(curve, limit)
    if borrowed:
        notice(borrowed)
    return found


def _turned(curve: Overlay, limit: Limit | None, plane: Plane) -> Region:
    found = curve
    if limit is not None and plane.quantity == "y":
        found = overlay_in_y(curve, limit)
    elif limit is not None:
        found = overlay_in_coupling(curve, limit)
    masses, lower, upper = found.masses, found.values, found.upper
    if plane.quantity == "squared":
        lower = np.square(lower)
        upper = None if upper is None else np.square(upper)
    if limit is not None and plane.quantity == "squared" and plane.against == "dark-matter":
        masses = masses / _ratio_of(limit)
    return Region(masses, lower, upper, closed=upper is not None)


def _ratio_of(limit: Limit) -> float:
    if limit.dark_matter_mass is None:
        raise EmissError(f"the model '{limit.model}' has no dark matter with these parameters.")
    return float(limit.masses[0] / limit.dark_matter_mass[0])


def of_relic(line: ThermalLine | RelicLine | Overlay, limit: Limit, plane: Plane) -> Region:
    """Turn a line of the relic density into the quantity of a plane.

    Raises
    ------
    ArgumentError
        If it holds for another coupling or another ratio of masses.
    """
    if isinstance(line, Overlay):
        return _turned(line, limit, plane)
    if plane.quantity == "y":
        return Region(line.masses, line.y)
    ratio = _ratio_of(limit)
    if abs(line.mass_ratio - ratio) > 1e-6 * ratio:
        raise ArgumentError(
            f"relic: the line is for mass_ratio = {line.mass_ratio:g}, the limits are for "
            f"{ratio:g}; calculate it for the same dark sector."
        )
    if line.coupling_name != limit.coupling_name:
        raise ArgumentError(
            f"relic: the line is one of {line.coupling_name}, the limits are on "
            f"{limit.coupling_name}; calculate it for the same model."
        )
    values = line.coupling if plane.quantity == "coupling" else np.square(line.coupling)
    masses = line.masses * (line.mass_ratio if plane.against == "mediator" else 1.0)
    return Region(masses, values)
