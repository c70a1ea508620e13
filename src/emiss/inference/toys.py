r"""CLs limit from pseudo-experiments of the profile-likelihood ratio q-tilde.

Right where few events spoil the asymptotic distributions and uncertainties are profiled, not
averaged over. Each pseudo-experiment throws the counts of all channels and the auxiliary
measurements of all nuisance parameters, at their best values for the data.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..ground import guards
from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .asymptotic import asymptotic_upper_limit, nuisance_loads
from .channel import Channel, as_channels, check_confidence_level
from .toy_fits import ChannelModel, ToyData, fit_best, fit_fixed

__all__ = ["TOYS", "ToyCls", "ToyLimit", "toy_cls", "toy_upper_limit"]

CITATIONS = ("Cowan:2010js", "Junk:1999kv", "Read:2002hq")

TOYS: Final = 10_000
"""Pseudo-experiments per hypothesis."""
LARGEST_COUNT: Final = 1e9
_LEAST, _MOST = 100, 10_000_000
_CHUNK: Final = 2_000
_TIE: Final = 1e-7  # of q, in which equal counts tie up to rounding
_WIDEN: Final = 1.3
_REFINEMENTS: Final = 30


@dataclass(frozen=True, slots=True)
class ToyCls:
    """CLs of one strength from pseudo-experiments.

    Parameters
    ----------
    cls : float
        Ratio of the two probabilities.
    error : float
        Its statistical error.
    signal_p_value, background_p_value : float
        Shares of the pseudo-experiments with signal, and of those without, that agree with the
        strength no better than the data.
    """

    cls: float
    error: float
    signal_p_value: float
    background_p_value: float


@dataclass(frozen=True, slots=True)
class ToyLimit:
    """CLs limit from pseudo-experiments.

    Parameters
    ----------
    upper_limit : float
        Upper limit on the strength.
    error : float
        Its statistical error.
    toys : int
        Pseudo-experiments per hypothesis.
    seed : int
        Seed.
    """

    upper_limit: float
    error: float
    toys: int
    seed: int


def toy_upper_limit(
    channels: Channel | Sequence[Channel],
    cl: float = 0.9,
    *,
    toys: int = TOYS,
    seed: int = 1,
    executor: Executor | None = None,
) -> ToyLimit:
    """CLs upper limit from pseudo-experiments.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    cl : float
        Confidence level.
    toys : int, optional
        Pseudo-experiments per hypothesis, from 100 to 10^7.
    seed : int, optional
        Seed; the same pseudo-random numbers serve all strengths.
    executor : concurrent.futures.Executor, optional
        Where chunks are worked on. The result does not depend on it.

    Returns
    -------
    ToyLimit
        The limit and its statistical error.

    Raises
    ------
    ValidityError
        Channels out of range, or data that no pseudo-experiment resembles.

    Examples
    --------
    >>> found = toy_upper_limit(Channel(observed=0, background=0.51))
    >>> abs(found.upper_limit - 2.3026) < 4.0 * found.error
    True
    """
    channels, problem = _problem(channels, toys, seed, executor)
    log_alpha = math.log(1.0 - check_confidence_level(cl))

    @functools.cache
    def excess(mu: float) -> tuple[float, float]:
        found = _cls(problem, mu)
        if found.cls == 0.0:
            return -math.inf, math.inf
        return math.log(found.cls) - log_alpha, found.error / found.cls

    total = sum(c.signal for c in channels)
    low = high = asymptotic_upper_limit(channels, cl) * total
    while excess(low)[0] <= 0.0:
        high, low = low, low / _WIDEN
    while excess(high)[0] > 0.0 or low == high:
        low, high = (high if excess(high)[0] > 0.0 else low), high * _WIDEN
    slope = _slope(excess, low, high)
    for _ in range(_REFINEMENTS):
        error = max(excess(low)[1], 1e-9) / slope
        if high - low <= error:
            break
        # Common random numbers leave small steps in CLs: halving bears them.
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle)[0] > 0.0 else (low, middle)
    # Within its error ln CLs is a line.
    above, below = excess(low)[0], excess(high)[0]
    part = above / (above - below) if math.isfinite(below) else 0.5
    limit = low + part * (high - low)
    return ToyLimit(limit / total, excess(low)[1] / slope / total, toys, seed)


def _slope(excess: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """How fast ln CLs falls between two strengths of which the second is excluded."""
    fall = excess(low)[0] - excess(high)[0]
    # Far above all pseudo-experiments CLs is 0; without background ln CLs falls like the strength.
    return fall / (high - low) if math.isfinite(fall) and fall > 0.0 else 1.0


def toy_cls(
    channels: Channel | Sequence[Channel],
    strength: float,
    *,
    toys: int = TOYS,
    seed: int = 1,
    executor: Executor | None = None,
) -> ToyCls:
    """CLs of one strength from pseudo-experiments.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    strength : float
        Signal strength, above 0.
    toys, seed, executor : optional
        As in `toy_upper_limit`.

    Returns
    -------
    ToyCls
        CLs, its error, and the two p-values.

    Raises
    ------
    ValidityError
        Channels or strength out of range, or data that no pseudo-experiment resembles.

    Notes
    -----
    q-tilde of Cowan:2010js, eq. 16: -2 ln of L at the strength over L at the best strength between
    0 and the tested one. Nuisance parameters are thrown about their conditional best values.
    """
    if not 0.0 < strength < math.inf:
        raise ValidityError(f"strength must be a finite number above 0, got {strength}.")
    channels, problem = _problem(channels, toys, seed, executor)
    return _cls(problem, strength * sum(c.signal for c in channels))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    model: ChannelModel
    data: ToyData
    toys: int
    seed: int
    executor: Executor | None


def _problem(
    channels: Channel | Sequence[Channel], toys: int, seed: int, executor: Executor | None
) -> tuple[tuple[Channel, ...], _Problem]:
    channels = as_channels(channels)
    guards.count(_LEAST, _MOST)(toys, "toys")
    guards.whole(0, 2**63 - 1)(seed, "seed")
    guards.optional(guards.executor)(executor, "executor")
    largest = max(max(c.observed, c.background) for c in channels)
    if largest > LARGEST_COUNT:
        raise ValidityError(
            f"pseudo-experiments are thrown for up to {LARGEST_COUNT:g} events, got {largest:g}; "
            "use method 'asymptotic', which is accurate for so many."
        )
    loads = nuisance_loads(channels)
    signal = np.array([c.signal for c in channels])
    model = ChannelModel(
        signal / signal.sum(),
        np.array([c.background for c in channels]),
        *loads,
    )
    counts = np.array([[float(c.observed) for c in channels]])
    data = ToyData(counts, np.zeros((1, model.size)))
    return channels, _Problem(model, data, toys, seed, executor)


def _cls(problem: _Problem, mu: float) -> ToyCls:
    model, data = problem.model, problem.data
    observed = float(_statistic(model, mu, data)[0])
    shares = []
    for strength in (mu, 0.0):
        z = fit_fixed(model, strength, data)[1][0]
        statistic = _distribution(problem, mu, strength, z)
        shares.append(float(np.mean(statistic >= observed - _TIE * (1.0 + observed))))
    signal, background = shares
    if background == 0.0:
        raise ValidityError(
            f"none of {problem.toys} pseudo-experiments without signal has as few events as the "
            "data (CLb = 0); check the background, throw more toys, or use method 'cls'."
        )
    cls = signal / background
    relative = _relative_variance(signal, problem.toys) + _relative_variance(
        background, problem.toys
    )
    return ToyCls(min(cls, 1.0), cls * math.sqrt(relative), signal, background)


def _relative_variance(share: float, number: int) -> float:
    return (1.0 - share) / (number * share) if share > 0.0 else 1.0


def _statistic(model: ChannelModel, mu: float, data: ToyData) -> FloatArray:
    """q-tilde of several data sets; 0 where the best strength is above the tested one."""
    fixed = fit_fixed(model, mu, data)[0]
    best, at = fit_best(model, data)
    return np.where(at > mu, 0.0, np.maximum(2.0 * (fixed - best), 0.0))


def _distribution(problem: _Problem, mu: float, strength: float, z: FloatArray) -> FloatArray:
    """q-tilde of a strength in pseudo-experiments of another, chunk by chunk."""
    sizes = [min(_CHUNK, problem.toys - start) for start in range(0, problem.toys, _CHUNK)]
    task = functools.partial(_chunk, problem.model, mu, strength, z, problem.seed)
    numbers = range(len(sizes))
    if problem.executor is None:
        return np.concatenate(list(map(task, numbers, sizes)))
    return np.concatenate(list(problem.executor.map(task, numbers, sizes)))


def _chunk(
    model: ChannelModel,
    mu: float,
    strength: float,
    z: FloatArray,
    seed: int,
    number: int,
    size: int,
) -> FloatArray:
    """q-tilde in one chunk; its numbers follow from the seed, its own and the hypothesis alone."""
    from scipy.special import pdtrik

    stream = np.array([0, 0, number, int(strength > 0.0)], dtype=np.uint64)
    random = np.random.Generator(np.random.Philox(key=seed, counter=stream))
    centres = z + random.standard_normal((size, model.size))
    uniform = random.random((size, len(model.signal)))
    signal, background = model.terms(np.array([strength]), z[None, :])
    # The inverse of the distribution makes counts rise with the mean, uniform numbers held.
    mean = np.broadcast_to(signal + background, uniform.shape)
    counts = np.where(
        uniform <= np.exp(-mean), 0.0, np.ceil(pdtrik(uniform, np.maximum(mean, 1e-300)))
    )
    return _statistic(model, mu, ToyData(counts, centres))
