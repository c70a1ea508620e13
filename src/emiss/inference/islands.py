"""Excluded couplings of a search that turns off at large coupling: lower and upper edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.units import format_energy
from .combination import OBSERVED, Combination
from .crossing import find_edges
from .limit import BANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..yields import SignalYield
    from .channel import Channel
    from .combine import CombinedYield

__all__ = [
    "UPPER",
    "Islands",
    "edges_of_islands",
    "island_limits",
    "turns_off",
]


COUPLING_SPAN = (1e-12, 1.0)
"""Couplings searched: from where no search reaches to the end of perturbation theory."""
UPPER = "upper"
"""Key of the upper edge of the observation beside the limits by outcome."""
_FEW_EVENTS = 0.1
"""Fewer signal events than this times ln(1/(1 - CL)) are not excluded by any method in use; with
nothing seen CLs asks for the logarithm itself, 2.3 at 90 %."""
_PER_DECADE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Islands:
    """Lower and upper edges by outcome.

    Parameters
    ----------
    lower : dict of str to array of float, shape (n_masses,)
        Smallest excluded coupling of `OBSERVED` and the bands; NaN where nothing is excluded.
    upper : dict of str to array of float, shape (n_masses,)
        Largest; inf where coupling 1 is still excluded.
    regions : array of int, shape (n_masses,)
        Number of separate excluded regions of the observation.
    """

    lower: dict[str, FloatArray]
    upper: dict[str, FloatArray]
    regions: NDArray[np.int64]


def turns_off(signal: SignalYield | CombinedYield) -> bool:
    """Whether the signal can fall with the coupling: bosons that decay in flight.

    Parameters
    ----------
    signal : SignalYield or CombinedYield
        Yield of one or several experiments.

    Returns
    -------
    bool
        True if any part of it can.
    """
    parts = getattr(signal, "parts", (signal,))
    return any(getattr(part, "decays_in_flight", False) for part in parts)


def _span(
    signal: SignalYield | CombinedYield, cl: float
) -> tuple[tuple[float, float], FloatArray, FloatArray] | None:
    """Couplings between which there is signal at any mass, pattern of runs at most, shares."""
    low, high = COUPLING_SPAN
    points = np.geomspace(low, high, 4 * round(math.log10(high / low)) + 1)
    grid = np.broadcast_to(points[:, None], (points.size, signal.masses.size))
    events = signal.events(grid)
    total = events.sum(axis=0)
    few = -_FEW_EVENTS * math.log1p(-cl)
    some = np.flatnonzero((total > few).any(axis=1))
    if some.size == 0:
        return None
    first, last = max(some[0] - 1, 0), min(some[-1] + 1, points.size - 1)
    best = np.argmax(total, axis=0)
    pattern = events[:, best, np.arange(signal.masses.size)]
    shares = np.max(events / np.where(total > 0.0, total, 1.0), axis=1)
    return (float(points[first]), float(points[last])), pattern, shares


def island_limits(
    channels: Sequence[Channel],
    signal: SignalYield | CombinedYield,
    cl: float,
    required: Callable[[FloatArray], dict[str, FloatArray]],
    *,
    exact: bool,
) -> Islands:
    """Solve for both edges of the excluded couplings.

    Parameters
    ----------
    channels : sequence of Channel
        Counting channels, one per run.
    signal : SignalYield
        Events as a function of coupling, of any shape.
    cl : float
        Confidence level.
    required : callable
        Signal events, all runs together, that are excluded per outcome for the pattern of runs at
        each mass, shape (runs, masses).
    exact : bool
        Follow the pattern as it changes with the coupling (CLs), instead of the pattern at the
        coupling of most events.

    Returns
    -------
    Islands
        Edges, to a relative accuracy of 1e-5; the tip of an island is found between the points
        of the scan from the largest excess.
    """
    masses = signal.masses.size
    names = (OBSERVED, *BANDS)
    nothing = {name: np.full(masses, np.nan) for name in names}
    found = _span(signal, cl)
    if found is None:
        return Islands(nothing, dict(nothing), np.zeros(masses, dtype=np.int64))
    span, pattern, shares = found
    some = pattern.sum(axis=0) > 0.0
    pattern = np.where(some, pattern, 1.0)
    targets = required(pattern)
    unique, index = np.unique(
        np.stack([targets[name] for name in names]), axis=0, return_inverse=True
    )
    index = index.ravel()
    first = [names[int(np.argmax(index == row))] for row in range(len(unique))]
    shape = (len(unique), masses)
    ordering = Combination(channels).order(pattern, first, shares) if exact else None

    def excess(coupling: FloatArray) -> FloatArray:
        events = signal.events(coupling.reshape(shape))
        if ordering is not None:
            value = ordering.excess(events, cl)
        else:
            value = np.log(np.maximum(events.sum(axis=0), 1e-304)) - np.log(unique)
        return np.asarray(value).ravel()

    decades = math.log10(span[1] / span[0])
    points = max(25, math.ceil(_PER_DECADE * decades) + 1)
    edges = find_edges(excess, span, len(unique) * masses, scan_points=points, tolerance=1e-5)
    lower, upper = edges.lower.reshape(shape), edges.upper.reshape(shape)
    # An edge at the end of a shorter span is open only if the span ends at the largest coupling.
    regions = edges.regions.reshape(shape)[index[0]]
    return Islands(
        {name: np.where(some, lower[index[i]], np.nan) for i, name in enumerate(names)},
        {name: np.where(some, upper[index[i]], np.nan) for i, name in enumerate(names)},
        np.asarray(np.where(some, regions, 0), dtype=np.int64),
    )


def edges_of_islands(
    channels: Sequence[Channel],
    signal: SignalYield | CombinedYield,
    cl: float,
    required: Callable[
        [Sequence[Channel], FloatArray], tuple[dict[str, FloatArray], tuple[str, ...]]
    ],
    *,
    exact: bool,
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Edges as a limit takes them, with what the reader must know.

    Parameters
    ----------
    channels, signal, cl, exact
        As in `island_limits`.
    required : callable
        Excluded signal events per outcome for channels and a pattern of runs, and warnings.

    Returns
    -------
    dict of str to array of float, shape (n_masses,)
        Lower edges by outcome, and `UPPER` unless the region is open at all masses.
    tuple of str
        Warnings.
    """
    warnings: tuple[str, ...] = ()

    def events(pattern: FloatArray) -> dict[str, FloatArray]:
        nonlocal warnings
        found, warnings = required(channels, pattern)
        return found

    found = island_limits(channels, signal, cl, events, exact=exact)
    couplings, upper = dict(found.lower), found.upper[OBSERVED]
    several = [format_energy(float(m)) for m in signal.masses[found.regions > 1]]
    if several:
        warnings = (
            *warnings,
            f"more than one excluded region of couplings at {', '.join(several)}; what lies "
            "between the edges given is not excluded throughout.",
        )
    if np.all(np.isnan(couplings[OBSERVED])):
        warnings = (*warnings, "nothing is excluded at any of these masses.")
    if not np.any(np.isinf(upper)) or np.any(np.isfinite(upper)):
        couplings[UPPER] = upper
    return couplings, warnings
