"""From signal events as a function of the coupling to the couplings that counts exclude."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError
from ..ground.guards import chosen, guarded, optional, row
from ..ground.recent import Recent
from .arguments import ARGUMENTS
from .channel import Channel
from .combination import OBSERVED, Combination
from .combined_experiment import CombinedExperiment
from .counting import METHODS, upper_limit
from .crossing import find_lower_edge
from .expected import expected_limits
from .islands import GUESS_COUPLING, edges_of_islands, turns_off
from .limit import BANDS
from .ordering import Ordering
from .pseudo_experiments import TOYS
from .solution import Solution

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..yields import SignalYield
    from .combine import CombinedYield

__all__ = ["LARGEST_COUPLING", "channels_of", "coupling_limits", "couplings_of_events"]

Required = dict[str, FloatArray]
Thrown = tuple[int, int]  # pseudo-experiments and their seed
Start = tuple[float | FloatArray, FloatArray]  # couplings and the events of runs there

LARGEST_COUPLING = 1.0
"""Limits above this are not limits: perturbation theory in the coupling ends."""
_SAME_SHARE = 1e-9
_OUTCOMES = (OBSERVED, *BANDS)
_ORDERINGS: Recent[Ordering] = Recent(64, room=300_000)
"""Orders of outcomes asked for last, of so many count vectors together."""


def channels_of(experiment: Experiment | CombinedExperiment) -> tuple[Channel, ...]:
    """Counting channels of an experiment, one per run.

    Parameters
    ----------
    experiment : Experiment or CombinedExperiment
        The experiment, or several.

    Returns
    -------
    tuple of Channel
        Counts with backgrounds; uncertainties of the yield and of the particles on target.
    """
    if isinstance(experiment, CombinedExperiment):
        return experiment.channels(_channel)
    return tuple(_channel(run) for run in experiment.runs)


def _channel(run: Run) -> Channel:
    on_target = run.particles_on_target.relative_uncertainty
    own = run.yield_uncertainty.value
    shared = own if run.yield_correlated else 0.0
    own = 0.0 if run.yield_correlated else own
    private = math.hypot(own, run.efficiency.relative_uncertainty)
    # The beam counters are the same in all periods: so is their calibration.
    common = float(np.hypot(shared, on_target))
    background = run.background
    return _counted(run.observed, background.value, background.uncertainty or 0.0, common, private)


@functools.lru_cache(maxsize=1024, typed=True)
def _counted(
    observed: int, background: float, background_uncertainty: float, shared: float, private: float
) -> Channel:
    return Channel(
        observed=observed,
        background=background,
        background_uncertainty=background_uncertainty,
        signal_uncertainty_shared=shared,
        signal_uncertainty=private,
    )


@guarded(ARGUMENTS, method=chosen(METHODS), near=optional(row(1e-60, LARGEST_COUPLING)))
def coupling_limits(
    signal: SignalYield | CombinedYield,
    cl: float,
    method: str,
    *,
    toys: int = TOYS,
    seed: int = 1,
    near: FloatArray | None = None,
) -> Solution:
    """Solve for the couplings at which exclusion starts, and where it ends again.

    Parameters
    ----------
    signal : SignalYield
        Events as a function of coupling.
    cl : float
        Confidence level.
    method : str
        One of `METHODS`.
    toys, seed : int, optional
        Pseudo-experiments per hypothesis of ``toys``, and their seed.
    near : array of float, shape (n_masses,), optional
        Couplings from which edges are sought; what is found does not depend on them.

    Returns
    -------
    Solution
        Limits by outcome, `OBSERVED` and the bands.
    """
    if near is not None and np.shape(near) != signal.masses.shape:
        raise ArgumentError(
            f"near: shape {np.shape(near)}; give one coupling for each of the "
            f"{signal.masses.size} masses."
        )
    channels = channels_of(signal.experiment)
    thrown = (toys, seed)
    if turns_off(signal):
        return edges_of_islands(
            channels,
            signal,
            cl,
            lambda channels, pattern: _required_events(channels, pattern, cl, method, thrown),
            exact=method == "cls",
        )
    start = _start(signal, near)
    pattern = start[1]
    some = pattern.sum(axis=0) > 0.0
    if not some.any():
        nothing, never = (np.full(signal.masses.shape, x) for x in (np.nan, -np.inf))
        return Solution(
            dict.fromkeys(_OUTCOMES, nothing),
            {},
            dict.fromkeys(_OUTCOMES, never),
            signal.masses,
            (_nothing(signal),),
        )
    warnings: tuple[str, ...] = ()
    if method == "cls" and not _same_shares(pattern[:, some]):
        edges, index = _edges_of_patterns(channels, signal, pattern, cl, start)
    else:
        required, warnings = _required_events(channels, pattern[:, some], cl, method, thrown)
        edges, index = _edges_of_counts(signal, pattern, required, start)
    with np.errstate(divide="ignore"):
        depth = np.where(some & ~np.isnan(edges), np.log(LARGEST_COUPLING / edges), -np.inf)
    edges = np.where(depth >= 0.0, edges, np.nan)
    rows = dict(zip(_OUTCOMES, index, strict=True))
    return Solution(
        {name: edges[row] for name, row in rows.items()},
        {},
        {name: depth[row] for name, row in rows.items()},
        signal.masses,
        warnings,
    )


def _start(signal: SignalYield | CombinedYield, near: FloatArray | None) -> Start:
    """Couplings to start from: those given where runs of one setup have the same shares at all."""
    if near is not None and len(getattr(signal, "processes", ())) == 1:
        events = signal.events(near)
        if np.all(events.sum(axis=0) > 0.0) and _same_shares(events):
            return near, events
    return GUESS_COUPLING, signal.events(np.full(signal.masses.shape, GUESS_COUPLING))


def couplings_of_events(signal: SignalYield | CombinedYield, required: FloatArray) -> FloatArray:
    """Smallest couplings at which so many signal events are expected.

    Parameters
    ----------
    signal : SignalYield or CombinedYield
        Events as a function of coupling.
    required : array of float, shape (rows, masses)
        Events, all runs together.

    Returns
    -------
    array of float, shape (rows, masses)
        NaN where they are not reached below coupling 1, or NaN were required.
    """
    pattern = signal.events(np.full(signal.masses.shape, GUESS_COUPLING))
    known = np.isfinite(required) & (pattern.sum(axis=0) > 0.0)
    target = np.where(known, required, 1.0)

    def excess(coupling: FloatArray) -> FloatArray:
        events = signal.events(coupling).sum(axis=0)
        return np.asarray(np.log(np.maximum(events, 1e-304)) - np.log(target))

    guess = _guess((GUESS_COUPLING, pattern), target)
    edges = find_lower_edge(excess, guess, 2.0, largest=LARGEST_COUPLING)
    return np.where(known & (edges <= LARGEST_COUPLING), edges, np.nan)


def _edges_of_patterns(
    channels: Sequence[Channel],
    signal: SignalYield | CombinedYield,
    pattern: FloatArray,
    cl: float,
    start: Start,
) -> tuple[FloatArray, tuple[int, ...]]:
    """Edges by exact CLs for runs whose shares of the signal differ from mass to mass."""
    ordering, index = Combination(channels).order(pattern, _OUTCOMES).distinct()

    def excess(coupling: FloatArray) -> FloatArray:
        return ordering.excess(signal.events(coupling), cl)

    guess = _guess(start, ordering.typical_limits(cl)[:, None])
    return find_lower_edge(excess, guess, 2.0, largest=LARGEST_COUPLING), index


def _edges_of_counts(
    signal: SignalYield | CombinedYield, pattern: FloatArray, required: Required, start: Start
) -> tuple[FloatArray, tuple[int, ...]]:
    """Edges where the total signal reaches what each outcome excludes."""
    rows: dict[bytes, int] = {}
    index = tuple(rows.setdefault(required[n].tobytes(), len(rows)) for n in _OUTCOMES)
    unique = np.stack([required[_OUTCOMES[index.index(row)]] for row in range(len(rows))])
    target = np.ones((len(unique), pattern.shape[1]))
    target[:, pattern.sum(axis=0) > 0.0] = unique
    log_target = np.log(target)

    def excess(coupling: FloatArray) -> FloatArray:
        events = signal.events(coupling).sum(axis=0)
        return np.asarray(np.log(np.maximum(events, 1e-304)) - log_target)

    return find_lower_edge(excess, _guess(start, target), 2.0, largest=LARGEST_COUPLING), index


def _guess(start: Start, events: FloatArray) -> FloatArray:
    """Coupling that gives so many events if they go with its square; as it is without signal."""
    coupling, pattern = start
    total = pattern.sum(axis=0)
    some = total > 0.0
    factor = np.sqrt(events / np.where(some, total, 1.0))
    return np.asarray(coupling * np.where(some, factor, 1.0))


def _same_shares(pattern: FloatArray) -> bool:
    """Whether all runs have the same shares of the signal at all masses.

    Runs of one setup do, at every coupling: the limit on their total is then one number.
    """
    shares = pattern / pattern.sum(axis=0)
    return bool(np.all(np.abs(shares - shares[:, :1]) < _SAME_SHARE))


def _required_events(
    channels: Sequence[Channel],
    pattern: FloatArray,
    cl: float,
    method: str,
    thrown: Thrown = (TOYS, 1),
) -> tuple[Required, tuple[str, ...]]:
    """Total signal events excluded, per outcome and mass, for the pattern of runs at each mass."""
    if method != "cls":
        return _required_by_pattern(channels, pattern, cl, method, thrown)
    shares = pattern / pattern.sum(axis=0)
    if _same_shares(pattern):
        # Rounding makes the last bits of one share the same for all models, so that it is found.
        one = tuple(np.round(shares[:, 0], 14).tolist())
        limits = np.array(_limits_of_shares(tuple(channels), one, cl))[:, None]
    else:
        limits = Combination(channels).order(shares, _OUTCOMES).upper_limits(cl)
    events = np.broadcast_to(limits, (len(_OUTCOMES), pattern.shape[1]))
    return dict(zip(_OUTCOMES, events, strict=True)), ()


@functools.lru_cache(maxsize=1024)
def _limits_of_shares(
    channels: tuple[Channel, ...], shares: tuple[float, ...], cl: float
) -> tuple[float, ...]:
    """CLs limits on the total, observed and in the bands; the model has no part in them."""
    return tuple(_ordering_of_shares(channels, shares).upper_limits(cl)[:, 0].tolist())


def _ordering_of_shares(channels: tuple[Channel, ...], shares: tuple[float, ...]) -> Ordering:
    """Order of the outcomes, which no confidence level changes."""
    return _ORDERINGS.get(
        (channels, shares),
        lambda: Combination(channels).order(np.array(shares)[:, None], _OUTCOMES),
        lambda made: made.size,
    )


def _required_by_pattern(
    channels: Sequence[Channel], pattern: FloatArray, cl: float, method: str, thrown: Thrown
) -> tuple[Required, tuple[str, ...]]:
    shares = np.round(pattern / pattern.sum(axis=0), 4)
    unique, index = np.unique(shares, axis=1, return_inverse=True)
    found = {name: np.empty(pattern.shape[1]) for name in _OUTCOMES}
    warnings: tuple[str, ...] = ()
    for number, share in enumerate(unique.T):
        at = index.ravel() == number
        scaled = tuple(replace(c, signal=float(s)) for c, s in zip(channels, share, strict=True))
        limits, warnings = _outcomes(scaled, cl, method, thrown)
        for name, value in limits.items():
            found[name][at] = value
    return found, warnings


@functools.lru_cache(maxsize=4096)
def _outcomes(
    channels: tuple[Channel, ...], cl: float, method: str, thrown: Thrown
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Signal events excluded as observed and in the bands; the model has no part in them."""
    toys, seed = thrown
    observed = upper_limit(channels, method=method, cl=cl, toys=toys, seed=seed)
    expected = expected_limits(channels, method=method, cl=cl, toys=toys, seed=seed)
    return {OBSERVED: observed.upper_limit, **expected}, observed.warnings


def _nothing(signal: SignalYield | CombinedYield) -> str:
    return (
        f"model '{signal.model.name}' with these parameters gives no signal in this search: "
        "nothing that it decays to passes the selection, and nothing is excluded."
    )
