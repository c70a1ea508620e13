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

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.guards import guarded
from .arguments import ARGUMENTS
from .asymptotic import asymptotic_upper_limit
from .channel import Channel, check_confidence_level
from .pseudo_experiments import TIE, TOYS, ToyProblem, distribution, toy_problem
from .toy_fits import ChannelModel, ToyData, fit_best, fit_fixed

__all__ = ["ToyCls", "ToyLimit", "q_tilde", "toy_cls", "toy_upper_limit"]

CITATIONS = ("Cowan:2010js", "Junk:1999kv", "Read:2002hq")

_WIDEN: Final = 1.3
_REFINEMENTS: Final = 30
_NEGLIGIBLE: Final = 0.1  # part of the statistical error of ln CLs


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


@guarded(ARGUMENTS)
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
    channels, problem = toy_problem(channels, toys, seed, executor)
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
    limit, error = _refined(excess, low, high, slope)
    return ToyLimit(limit / total, error / total, toys, seed)


def _refined(
    excess: Callable[[float], tuple[float, float]], low: float, high: float, slope: float
) -> tuple[float, float]:
    """Root between two strengths of which the second is excluded, and its statistical error.

    By false position; an end that stays is halved (Illinois). Steps of CLs are borne: in the end
    the strengths are as close as the error.
    """
    above, below = excess(low)[0], excess(high)[0]
    stayed = 0
    for _ in range(_REFINEMENTS):
        if high - low <= max(excess(low)[1], 1e-9) / slope:
            break
        part = above / (above - below) if math.isfinite(below) else 0.5
        middle = low + part * (high - low)
        value, relative = excess(middle)
        if math.isfinite(value) and abs(value) <= _NEGLIGIBLE * relative:
            return middle, relative / slope
        side = 1 if value > 0.0 else -1
        if value > 0.0:
            low, above, below = middle, value, below * (0.5 if stayed == side else 1.0)
        else:
            high, below, above = middle, value, above * (0.5 if stayed == side else 1.0)
        stayed = side
    # Within its error ln CLs is a line.
    above, below = excess(low)[0], excess(high)[0]
    part = above / (above - below) if math.isfinite(below) else 0.5
    return low + part * (high - low), excess(low)[1] / slope


def _slope(excess: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """How fast ln CLs falls between two strengths of which the second is excluded."""
    fall = excess(low)[0] - excess(high)[0]
    # Far above all pseudo-experiments CLs is 0; without background ln CLs falls like the strength.
    return fall / (high - low) if math.isfinite(fall) and fall > 0.0 else 1.0


@guarded(ARGUMENTS)
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
    channels, problem = toy_problem(channels, toys, seed, executor)
    return _cls(problem, strength * sum(c.signal for c in channels))


def _cls(problem: ToyProblem, mu: float) -> ToyCls:
    model, data = problem.model, problem.data
    statistic = functools.partial(q_tilde, mu)
    observed = float(statistic(model, data)[0])
    shares = []
    for strength in (mu, 0.0):
        z = fit_fixed(model, strength, data)[1][0]
        thrown = distribution(problem, strength, z, statistic)
        shares.append(float(np.mean(thrown >= observed - TIE * (1.0 + observed))))
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


def q_tilde(mu: float, model: ChannelModel, data: ToyData) -> FloatArray:
    """Test statistic q-tilde of a strength in several data sets.

    Parameters
    ----------
    mu : float
        Strength, in signal events of all channels together.
    model : ChannelModel
        The channels.
    data : ToyData
        The data sets.

    Returns
    -------
    array of float, shape (t,)
        0 where the best strength is above the tested one.
    """
    best, at = fit_best(model, data)
    below = np.flatnonzero(at <= mu)
    fixed = fit_fixed(model, mu, data.of(below))[0]
    q = np.zeros(at.size)
    q[below] = np.maximum(2.0 * (fixed - best[below]), 0.0)
    return q
