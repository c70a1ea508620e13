r"""p-value of background alone from pseudo-experiments of the profile-likelihood ratio q0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from ..ground.arrays import FloatArray
from .channel import Channel
from .pseudo_experiments import TIE, TOYS, distribution, toy_problem
from .toy_fits import ChannelModel, ToyData, fit_best, fit_fixed

__all__ = ["toy_p_value"]

CITATIONS = ("Cowan:2010js",)


def toy_p_value(
    channels: Channel | Sequence[Channel],
    *,
    toys: int = TOYS,
    seed: int = 1,
    executor: Executor | None = None,
) -> tuple[float, float]:
    """Probability that background alone looks at least as much like a signal as the data.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels; several are weighed by their signals.
    toys : int, optional
        Pseudo-experiments, from 100 to 10^7.
    seed : int, optional
        Seed.
    executor : concurrent.futures.Executor, optional
        Where chunks are worked on. The result does not depend on it.

    Returns
    -------
    tuple of float
        p-value and its statistical error. With k of N pseudo-experiments beyond the data it is
        (k + 1)/(N + 1), never 0, and 1 where the best fit has no signal.

    Raises
    ------
    ValidityError
        Channels out of range.

    Notes
    -----
    q0 of Cowan:2010js, eq. 12: -2 ln of L without signal over L at the best strength, 0 where that
    is not positive. Nuisance parameters are thrown about their best values without signal.
    """
    channels, problem = toy_problem(channels, toys, seed, executor)
    observed = float(_statistic(problem.model, problem.data)[0])
    z = fit_fixed(problem.model, 0.0, problem.data)[1][0]
    thrown = distribution(problem, 0.0, z, _statistic)
    beyond = int(np.count_nonzero(thrown >= observed - TIE * (1.0 + observed)))
    p_value = (beyond + 1.0) / (toys + 1.0)
    return p_value, math.sqrt(p_value * (1.0 - p_value) / toys)


def _statistic(model: ChannelModel, data: ToyData) -> FloatArray:
    """q0 of several data sets."""
    fixed = fit_fixed(model, 0.0, data)[0]
    best, _ = fit_best(model, data)
    # Rounding must not tell two data sets without a signal apart.
    q0 = 2.0 * (fixed - best)
    return np.where(q0 > TIE, q0, 0.0)
