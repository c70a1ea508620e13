"""Pseudo-experiments of several channels: counts and auxiliary measurements, thrown by chunks.

A chunk is a pure function of seed, number and hypothesis, so that results do not depend on workers.
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
from .asymptotic import nuisance_loads
from .channel import Channel, as_channels
from .toy_fits import ChannelModel, ToyData

__all__ = ["TIE", "TOYS", "ToyProblem", "distribution", "toy_problem"]

TOYS: Final = 10_000
"""Pseudo-experiments per hypothesis."""
TIE: Final = 1e-7
"""Of a test statistic, in which equal counts tie up to rounding."""
LARGEST_COUNT: Final = 1e10
"""Events that are thrown: bands of the largest background lie within."""
_WIDEST: Final = 1e3
"""Largest squared ratio of the smaller uncertainty, of background or signal, to the statistical one
of a count: beyond, fits are slow."""
_LEAST, _MOST = 100, 10_000_000
_CHUNK: Final = 2_000
_LEAST_UNIFORM: Final = 2.0**-54  # stands for 0, which uniform numbers of 53 bits can be

Statistic = Callable[[ChannelModel, ToyData], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class ToyProblem:
    """Channels as pseudo-experiments see them.

    Parameters
    ----------
    model : ChannelModel
        Means; at strength 1 all channels together expect one signal event.
    data : ToyData
        What was observed, one row.
    toys, seed : int
        How many are thrown, and the seed.
    executor : concurrent.futures.Executor or None
        Where chunks are worked on.
    """

    model: ChannelModel
    data: ToyData
    toys: int
    seed: int
    executor: Executor | None


def toy_problem(
    channels: Channel | Sequence[Channel], toys: int, seed: int, executor: Executor | None
) -> tuple[tuple[Channel, ...], ToyProblem]:
    """Channels and their model, checked.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    toys, seed : int
        From 100 to 10^7, and the seed.
    executor : concurrent.futures.Executor or None
        Where chunks are worked on.

    Returns
    -------
    tuple
        The channels and the problem.

    Raises
    ------
    ValidityError
        Channels out of range, more events than can be thrown, or uncertainties of very many.
    """
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
    spread = max(
        max(c.observed, c.background) * min(c.background_width, math.hypot(*c.signal_widths)) ** 2
        for c in channels
    )
    if spread > _WIDEST:
        raise ValidityError(
            f"background and signal both uncertain by {math.sqrt(spread):.3g} times the "
            "statistical error make fits to pseudo-experiments slow, "
            f"{math.sqrt(_WIDEST):.0f} times is the most; use method 'asymptotic', which is "
            "accurate for so many events."
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
    return channels, ToyProblem(model, data, toys, seed, executor)


def distribution(
    problem: ToyProblem, strength: float, z: FloatArray, statistic: Statistic
) -> FloatArray:
    """Values of a test statistic in pseudo-experiments.

    Parameters
    ----------
    problem : ToyProblem
        The channels.
    strength : float
        Signal events thrown, all channels together.
    z : array of float, shape (k,)
        Nuisance parameters about which auxiliary measurements are thrown.
    statistic : callable
        Of a model and data sets, shape (t,).

    Returns
    -------
    array of float, shape (toys,)
        The values, chunk by chunk.
    """
    sizes = [min(_CHUNK, problem.toys - start) for start in range(0, problem.toys, _CHUNK)]
    task = functools.partial(_chunk, problem.model, strength, z, statistic, problem.seed)
    numbers = range(len(sizes))
    if problem.executor is None:
        return np.concatenate(list(map(task, numbers, sizes)))
    return np.concatenate(list(problem.executor.map(task, numbers, sizes)))


def _chunk(
    model: ChannelModel,
    strength: float,
    z: FloatArray,
    statistic: Statistic,
    seed: int,
    number: int,
    size: int,
) -> FloatArray:
    """Values in one chunk; its numbers follow from the seed, its own and the hypothesis alone."""
    stream = np.array([0, 0, number, int(strength > 0.0)], dtype=np.uint64)
    random = np.random.Generator(np.random.Philox(key=seed, counter=stream))
    centres = z + random.standard_normal((size, model.size))
    uniform = random.random((size, len(model.signal)))
    signal, background = model.terms(np.array([strength]), z[None, :])
    # The inverse of the distribution makes counts rise with the mean, uniform numbers held.
    counts = _poisson_quantiles(uniform, np.broadcast_to(signal + background, uniform.shape))
    return statistic(model, ToyData(counts, centres))


def _poisson_quantiles(probability: FloatArray, mean: FloatArray) -> FloatArray:
    """Smallest counts whose cumulative probabilities reach the given ones.

    The expansion of Cornish and Fisher is right to about one count, so that few sums are looked at
    however many events there are.
    """
    from scipy.special import ndtri, pdtr

    probability = np.maximum(probability, _LEAST_UNIFORM)
    z = ndtri(probability)
    count = np.ceil(mean + np.sqrt(mean) * z + (np.square(z) - 4.0) / 6.0)
    count = np.maximum(count, 0.0)
    for step in (1.0, -1.0):
        # First up to where the sum is enough, then down to the smallest count where it is.
        rows = np.arange(count.size)
        while rows.size:
            k, m, p = count.flat[rows], mean.flat[rows], probability.flat[rows]
            moves = pdtr(k, m) < p if step > 0.0 else (k > 0.0) & (pdtr(k - 1.0, m) >= p)
            rows = rows[moves]
            count.flat[rows] += step
    return count
