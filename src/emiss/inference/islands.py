"""Excluded couplings of a search that turns off at large coupling: lower and upper edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from .combination import OBSERVED, Combination
from .island_edges import Edges, edges_near
from .limit import BANDS
from .ordering import Ordering
from .solution import Solution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..yields import SignalYield
    from .channel import Channel
    from .combine import CombinedYield

__all__ = [
    "Islands",
    "edges_of_islands",
    "island_limits",
    "turns_off",
]


COUPLING_SPAN = (1e-12, 1.0)
"""Couplings searched: from where no search reaches to the end of perturbation theory."""
GUESS_COUPLING = 1e-4
"""Coupling at which a search for a single edge starts, and whose shares of runs order outcomes."""
_FEW_EVENTS = 0.1
"""Fewer signal events than this times ln(1/(1 - CL)) are not excluded by any method in use; with
nothing seen CLs asks for the logarithm itself, 2.3 at 90 %."""
_COARSE = 4
"""Couplings per decade of the first scan; the second doubles it."""
_GROWTH = 1e9
"""Factor by which events grow over a decade of the coupling at most: those of production and decay
go with its fourth power."""
_LEAST_POINTS = 25
_AT_ONCE = 6000
_SAME_SHARE = 1e-9
TOLERANCE = 1e-8
_ROUGH = 1e-3
"""Relative accuracy of events from which exact edges are sought."""


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
    peak : dict of str to array of float, shape (n_masses,)
        Largest excess over couplings, 0 at the tip of an island; see `island_edges.Edges`.
    """

    lower: dict[str, FloatArray]
    upper: dict[str, FloatArray]
    regions: NDArray[np.int64]
    peak: dict[str, FloatArray]


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


@dataclass(frozen=True, slots=True, eq=False)
class _Scan:
    """Signal events on a grid of couplings that reaches from nothing to the end of the signal.

    Parameters
    ----------
    couplings : array of float, shape (n,)
        Couplings.
    events : array of float, shape (n_runs, n, n_masses)
        Events.
    """

    couplings: FloatArray
    events: FloatArray

    @classmethod
    def of(cls, signal: SignalYield | CombinedYield, cl: float) -> _Scan | None:
        """Look for the couplings between which there is signal at any mass."""
        low, high = COUPLING_SPAN
        decades = round(math.log10(high / low))
        points = np.geomspace(low, high, _COARSE * decades + 1)
        few = -_FEW_EVENTS * math.log1p(-cl)
        every = np.arange(0, points.size, _COARSE)
        first = _events(signal, points[every])
        events = np.zeros((first.shape[0], points.size, first.shape[2]))
        events[:, every] = first
        known = np.isin(np.arange(points.size), every)

        def look(rows: NDArray[np.intp]) -> None:
            if rows.size:
                events[:, rows], known[rows] = _events(signal, points[rows]), True

        most = first.sum(axis=0).max(axis=1)
        decade = (most[:-1] * _GROWTH > few) | (most[1:] > few)
        look(np.flatnonzero(np.repeat(decade, _COARSE) & ~known[:-1]))
        some = np.flatnonzero((events.sum(axis=0) > few).any(axis=1))
        if some.size == 0:
            return None
        ends = slice(max(some[0] - 1, 0), min(some[-1] + 1, points.size - 1) + 1)
        inside = np.arange(points.size)[ends]
        look(inside[~known[ends]])
        return cls(points[ends], events[:, ends])

    def refined(self, signal: SignalYield | CombinedYield) -> _Scan:
        """The same with further points between all, at least `_LEAST_POINTS`."""
        scan = self
        while True:
            old = scan.couplings
            between = np.sqrt(old[1:] * old[:-1])
            place = np.arange(1, old.size)
            events = np.insert(scan.events, place, _events(signal, between), axis=1)
            scan = _Scan(np.insert(old, place, between), events)
            if scan.couplings.size >= _LEAST_POINTS:
                return scan

    def pattern(self, signal: SignalYield | CombinedYield) -> FloatArray:
        """Pattern of runs that orders outcomes, shape (n_runs, n_masses).

        At the coupling of most events; where these rise to the end, so that there is no upper
        edge, at that of a search for a single edge: what else is asked for changes nothing.
        """
        total = self.events.sum(axis=0)
        best = np.argmax(total, axis=0)
        most = self.events[:, best, np.arange(best.size)]
        guess = signal.events(np.full(best.size, GUESS_COUPLING))
        rises = (best == self.couplings.size - 1) & (guess.sum(axis=0) > 0.0)
        return np.where(rises, guess, most)

    def shares(self) -> FloatArray:
        """Shares of the runs, shape of the events; 0 without any."""
        total = self.events.sum(axis=0)
        return self.events / np.where(total > 0.0, total, 1.0)

    def one_pattern(self) -> bool:
        """Whether the runs share the signal alike at all masses and couplings."""
        total = self.events.sum(axis=0)
        shares = self.shares()[:, total > 0.0]
        return bool(np.all(np.ptp(shares, axis=1) < _SAME_SHARE))


def _events(signal: SignalYield | CombinedYield, couplings: FloatArray) -> FloatArray:
    """Events at couplings that are the same for all masses, in pieces that fit a cache."""
    size = max(1, _AT_ONCE // signal.masses.size)
    parts = [couplings[i : i + size, None] for i in range(0, couplings.size, size)]
    ones = np.ones(signal.masses.size)
    return np.concatenate([signal.events(part * ones) for part in parts], axis=1)


def island_limits(
    channels: Sequence[Channel],
    signal: SignalYield | CombinedYield,
    cl: float,
    required: Callable[[FloatArray], dict[str, FloatArray]],
    *,
    exact: bool,
    tolerance: float = TOLERANCE,
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
    tolerance : float, optional
        Relative accuracy of the edges.

    Returns
    -------
    Islands
        Edges; the tip of an island is found between the points
        of the scan from the largest excess.
    """
    masses = signal.masses.size
    names = (OBSERVED, *BANDS)
    found = _Scan.of(signal, cl)
    if found is None:
        nothing = dict.fromkeys(names, np.full(masses, np.nan))
        never = dict.fromkeys(names, np.full(masses, -np.inf))
        return Islands(nothing, nothing, np.zeros(masses, dtype=np.int64), never)
    scan = found.refined(signal)
    # At couplings that do not depend on the other masses.
    pattern = found.pattern(signal)
    total = pattern.sum(axis=0)
    some = total > 0.0
    # Shares, of one event: those of the smallest floats have limits beyond the largest.
    pattern = np.where(some, pattern, 1.0) / np.where(some, total, len(pattern))
    if exact and not scan.one_pattern():
        shares = found.shares().max(axis=1)
        ordering, index = Combination(channels).order(pattern, names, shares).distinct()
        targets = ordering.upper_limits(cl, _ROUGH)
        edges = _exact_edges(signal, scan, targets, ordering, cl, tolerance)
    else:
        targets, index = _distinct(required(pattern))
        edges = _edges_of_counts(signal, scan, targets, tolerance)
    # An edge at the end of a shorter span is open only if the span ends at the largest coupling.
    lower, upper = np.where(some, edges.lower, np.nan), np.where(some, edges.upper, np.nan)
    rows_of = dict(zip(names, index, strict=True))
    return Islands(
        {name: lower[row] for name, row in rows_of.items()},
        {name: upper[row] for name, row in rows_of.items()},
        np.asarray(np.where(some, edges.regions[index[0]], 0), dtype=np.int64),
        {name: np.where(some, edges.peak[row], -np.inf) for name, row in rows_of.items()},
    )


def _distinct(targets: dict[str, FloatArray]) -> tuple[FloatArray, tuple[int, ...]]:
    """Rows that differ, and which of them belongs to each outcome."""
    names = (OBSERVED, *BANDS)
    rows: dict[bytes, int] = {}
    index = tuple(rows.setdefault(targets[name].tobytes(), len(rows)) for name in names)
    return np.stack([targets[names[index.index(row)]] for row in range(len(rows))]), index


def _edges_of_counts(
    signal: SignalYield | CombinedYield, scan: _Scan, targets: FloatArray, tolerance: float
) -> Edges:
    """Edges where all runs together reach so many events."""
    log_targets = np.log(targets)

    def excess(coupling: FloatArray) -> FloatArray:
        parts = _pieces(coupling)
        return np.concatenate([_log(signal.events(part)) - log_targets for part in parts])

    table = _log(scan.events)[:, None] - log_targets
    return edges_near(excess, scan.couplings, table, own=True, tolerance=tolerance)


def _exact_edges(
    signal: SignalYield | CombinedYield,
    scan: _Scan,
    targets: FloatArray,
    ordering: Ordering,
    cl: float,
    tolerance: float,
) -> Edges:
    """Edges by CLs of the runs' own shares at each coupling; targets say nearly where."""

    def excess(coupling: FloatArray) -> FloatArray:
        parts = (signal.events(part) for part in _pieces(coupling))
        return np.stack([ordering.excess(each, cl) for part in parts for each in _places(part)])

    table = _log(scan.events)[:, None] - np.log(targets)
    starts = (table[1:] >= 0.0) & (table[:-1] < 0.0)
    several = bool(np.any(starts.sum(axis=0) > 1))
    if several:
        rows = range(scan.couplings.size)
        table = np.stack([ordering.excess(scan.events[:, row], cl) for row in rows])
    return edges_near(excess, scan.couplings, table, own=several, tolerance=tolerance)


def _log(events: FloatArray) -> FloatArray:
    """Logarithm of the events of all runs."""
    return np.asarray(np.log(np.maximum(events.sum(axis=0), 1e-304)))


def _places(events: FloatArray) -> Iterator[FloatArray]:
    """Events of shape (runs, k, ...) one by one of k."""
    return (events[:, place] for place in range(events.shape[1]))


def _pieces(coupling: FloatArray) -> list[FloatArray]:
    """Couplings of shape (k, ...) in pieces that fit a cache, or one by one of k."""
    size = max(1, _AT_ONCE // max(coupling[0].size, 1))
    return [coupling[i : i + size] for i in range(0, len(coupling), size)]


def edges_of_islands(
    channels: Sequence[Channel],
    signal: SignalYield | CombinedYield,
    cl: float,
    required: Callable[
        [Sequence[Channel], FloatArray], tuple[dict[str, FloatArray], tuple[str, ...]]
    ],
    *,
    exact: bool,
    tolerance: float = TOLERANCE,
) -> Solution:
    """Edges as a limit takes them, with what the reader must know.

    Parameters
    ----------
    channels, signal, cl, exact, tolerance
        As in `island_limits`.
    required : callable
        Excluded signal events per outcome for channels and a pattern of runs, and warnings.

    Returns
    -------
    Solution
        Both edges.
    """
    notes: tuple[str, ...] = ()

    def events(pattern: FloatArray) -> dict[str, FloatArray]:
        nonlocal notes
        found, notes = required(channels, pattern)
        return found

    found = island_limits(channels, signal, cl, events, exact=exact, tolerance=tolerance)
    return Solution(found.lower, found.upper, found.peak, signal.masses, notes, found.regions)
