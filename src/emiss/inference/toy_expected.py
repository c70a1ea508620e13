r"""Expected CLs limits from pseudo-experiments of the profile-likelihood ratio q-tilde."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np

from ..ground.arrays import FloatArray
from .asymptotic import asymptotic_expected_limits
from .channel import Channel, check_confidence_level
from .limit import BANDS
from .pseudo_experiments import TIE, TOYS, ToyProblem, distribution, toy_problem
from .toys import q_tilde

__all__ = ["toy_expected_limits"]

CITATIONS = ("Cowan:2010js",)

_STEP = 1.05
_CLOSE = 1.003


def toy_expected_limits(
    channels: Channel | Sequence[Channel],
    cl: float = 0.9,
    *,
    toys: int = TOYS,
    seed: int = 1,
    executor: Executor | None = None,
) -> dict[str, float]:
    """Median expected CLs limit and its bands, from pseudo-experiments.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        The channels; their observed counts are not used.
    cl : float
        Confidence level.
    toys, seed, executor : optional
        As in `emiss.inference.toys.toy_upper_limit`.

    Returns
    -------
    dict of str to float
        Limits on the strength at "-2" to "2" standard deviations.

    Raises
    ------
    ValidityError
        Channels out of range.

    Notes
    -----
    At each strength a band is the quantile of q-tilde in pseudo-experiments of the nominal
    background; its CLs is the share of those with signal beyond it over that without.
    """
    channels, problem = toy_problem(channels, toys, seed, executor)
    alpha = 1.0 - check_confidence_level(cl)
    total = sum(c.signal for c in channels)
    start = asymptotic_expected_limits(channels, cl)

    @functools.cache
    def thrown(mu: float) -> tuple[FloatArray, FloatArray]:
        return _sorted(problem, mu, mu), _sorted(problem, mu, 0.0)

    def cls(mu: float, band: str) -> float:
        signal, background = thrown(mu)
        share = 0.5 * math.erfc(-float(band) / math.sqrt(2.0))
        at = background[-max(1, math.ceil(share * toys))]
        edge = at - TIE * (1.0 + at)
        beyond = [toys - int(np.searchsorted(each, edge)) for each in (signal, background)]
        return beyond[0] / beyond[1]

    return {band: _solved(cls, band, alpha, start[band] * total) / total for band in BANDS}


def _solved(cls: Callable[[float, str], float], band: str, alpha: float, mu: float) -> float:
    """Strength at which CLs falls to alpha, by halving in its logarithm from a guess."""
    low = high = mu
    factor = _STEP
    while cls(high, band) > alpha:
        low, high, factor = high, high * factor, factor * factor
    while cls(low, band) <= alpha:
        low, high, factor = low / factor, low, factor * factor
    while high > _CLOSE * low:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if cls(middle, band) > alpha else (low, middle)
    return math.sqrt(low * high)


def _sorted(problem: ToyProblem, mu: float, strength: float) -> FloatArray:
    nominal = np.zeros(problem.model.size)
    return np.sort(distribution(problem, strength, nominal, functools.partial(q_tilde, mu)))
