"""The short answer of a limit: a few masses, dips, what is excluded, thermal scenarios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from .limit import Limit
from .verdict import Range, excluded_ranges

if TYPE_CHECKING:
    from ..physics.constraints.curves.overlay import Overlay

__all__ = ["LimitSummary", "summarise"]

_DEEP: Final = 0.8
"""A dip lies below this share of the lower of the two heights beside it."""
_FEW: Final = 7


@dataclass(frozen=True, slots=True)
class LimitSummary:
    """What a limit says in a few lines.

    Parameters
    ----------
    rows : tuple of int
        Indices of the masses to show: those nearest to 1, 3, 10, 30 ... MeV, and the ends.
    dips : tuple of (float, float)
        Mass in GeV and coupling at which the limit has a minimum between higher values;
        none for islands.
    excluded : tuple of (float, float)
        Ranges of mass in GeV with an excluded coupling.
    thermal : tuple of (str, tuple of (float, float))
        For each relic line its name and the dark-matter masses in GeV at which its coupling is
        excluded.
    """

    rows: tuple[int, ...]
    dips: tuple[Range, ...]
    excluded: tuple[Range, ...]
    thermal: tuple[tuple[str, tuple[Range, ...]], ...]


def summarise(limit: Limit, thermal_lines: Sequence[Overlay] = ()) -> LimitSummary:
    """Sum a limit up.

    Parameters
    ----------
    limit : Limit
        The result.
    thermal_lines : sequence of Overlay, optional
        y of the relic density against dark-matter mass.

    Returns
    -------
    LimitSummary
        For a terminal or a notebook.
    """
    order = np.argsort(limit.masses)
    masses, observed = limit.masses[order], limit.observed[order]
    return LimitSummary(
        tuple(int(order[i]) for i in _telling(masses)),
        () if limit.observed_upper is not None else _dips(masses, observed),
        _runs(masses, np.isfinite(observed)),
        tuple((line.label, _below(limit, line)) for line in thermal_lines),
    )


def _telling(masses: FloatArray) -> list[int]:
    """Indices of the masses nearest to round ones, first and last among them."""
    if masses.size <= _FEW:
        return list(range(masses.size))
    first, last = math.floor(math.log10(masses[0])), math.ceil(math.log10(masses[-1]))
    round_ones = [digit * 10.0**power for power in range(first, last + 1) for digit in (1.0, 3.0)]
    wanted = [x for x in round_ones if masses[0] <= x <= masses[-1]]
    if len(wanted) < 3:
        return sorted(set(np.linspace(0, masses.size - 1, _FEW).round().astype(int).tolist()))
    if len(wanted) > 2 * _FEW:
        wanted = wanted[:: math.ceil(len(wanted) / _FEW)]
    nearest = {int(np.argmin(np.abs(np.log(masses / x)))) for x in wanted}
    return sorted(nearest | {0, masses.size - 1})


def _dips(masses: FloatArray, values: FloatArray) -> tuple[Range, ...]:
    """Minima between two values that are higher by a quarter and more."""
    known = np.isfinite(values)
    m, v = masses[known], values[known]
    found = []
    for i in range(1, v.size - 1):
        if v[i] <= v[i - 1] and v[i] < v[i + 1]:
            left, right = _height(v[:i][::-1], v[i]), _height(v[i + 1 :], v[i])
            if v[i] < _DEEP * min(left, right):
                found.append((float(m[i]), float(v[i])))
    return tuple(found)


def _height(beside: FloatArray, bottom: float) -> float:
    """Highest value before the curve falls below the bottom again."""
    lower = np.flatnonzero(beside < bottom)
    return float(beside[: lower[0] if lower.size else None].max(initial=0.0))


def _runs(masses: FloatArray, inside: NDArray[np.bool_]) -> tuple[Range, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    return tuple(
        (float(masses[start]), float(masses[stop - 1])) for start, stop in edges.reshape(-1, 2)
    )


def _below(limit: Limit, line: Overlay) -> tuple[Range, ...]:
    """Dark-matter masses at which the relic line lies in the excluded region.

    Both curves are straight in logarithms between their own masses, which are those of either.
    """
    if limit.y is None or limit.dark_matter_mass is None:
        return ()
    order = np.argsort(limit.dark_matter_mass)
    own, y = limit.dark_matter_mass[order], limit.y[order]
    chi = np.union1d(own, line.masses)
    low, high = max(own[0], line.masses[0]), min(own[-1], line.masses[-1])
    chi = chi[(chi >= low) & (chi <= high)]
    if chi.size < 2:
        return ()
    relic = _between(chi, line.masses, line.values)
    with np.errstate(invalid="ignore", divide="ignore"):
        depth = relic - _between(chi, own, y)
        if limit.observed_upper is not None:
            reach = (limit.observed_upper / limit.observed)[order]
            depth = np.minimum(depth, _between(chi, own, y * np.square(reach)) - relic)
    return excluded_ranges(chi, np.clip(np.nan_to_num(depth, nan=-3.0), -3.0, 3.0))


def _between(masses: FloatArray, own: FloatArray, values: FloatArray) -> FloatArray:
    """Logarithm of a curve between its own masses; NaN beside masses at which it is."""
    return np.asarray(np.interp(np.log(masses), np.log(own), np.log(values)))
