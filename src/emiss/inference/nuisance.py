r"""Poisson probabilities averaged over log-normal factors by deterministic quadrature.

A factor is exp(width z) with z standard normal. Its average (the hybrid treatment of Cousins and
Highland) is a Gauss-Hermite sum where the integrand is wide, and otherwise a trapezoidal sum over
the range in which the integrand lives, with a step set by its narrowest peak: for analytic
integrands that fall off like a Gaussian the trapezoidal rule converges geometrically too, and it
does not miss a peak that is narrow compared with the factor's own width.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.quadrature import gauss_hermite
from .roots import newton_falling_root

__all__ = [
    "log_factorials",
    "log_poisson_table",
    "node_number",
    "normal_nodes",
    "power_sums",
]

CITATIONS = ("Cousins:1991qz",)


MAX_NODES = 20_000
_KEPT_SUMS = 5_000  # numbers of a table that is kept for the next call
_TAIL = 7.5  # standard deviations beyond the outermost peaks: exp(-7.5**2 / 2) = 6e-13


def _distance(width: float, rate: float, count: float) -> float:
    """Where count*width*z - rate*exp(width*z) - z^2/2, which is concave, is largest; 0 or more.

    With a negative width it is the distance below zero.
    """
    if width * (count - rate) <= 0.0:
        return 0.0

    def slopes(z: float) -> tuple[float, float]:
        mean = rate * math.exp(min(width * z, 700.0))
        return width * (count - mean) - z, -width * width * mean - 1.0

    first = width * (count - rate) / (1.0 + width * width * rate)
    return newton_falling_root(slopes, 0.0, first)


@lru_cache(maxsize=512)
def normal_nodes(width: float, rate: float, counts: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights for averages of Poisson probabilities over one log-normal factor.

    Parameters
    ----------
    width : float
        Standard deviation of the logarithm of the factor.
    rate : float
        Largest Poisson mean to be averaged, in events.
    counts : int
        Largest count whose probability is wanted.

    Returns
    -------
    z, weights : array of float, shape (k,)
        Standard normal abscissas and weights. The factor is exp(width * z).

    Notes
    -----
    The relative error of a probability is below 1e-7 for counts up to `counts`.
    """
    if width == 0.0:
        return np.zeros(1), np.ones(1)
    order = _hermite_order(width, max(rate, counts))
    if order:
        return gauss_hermite(order)
    number = node_number(width, rate, counts)
    if number > MAX_NODES:
        raise ValidityError(
            f"an uncertainty with ln-width {width:.3g} on {max(rate, counts):.3g} events needs "
            f"{number} quadrature nodes, at most {MAX_NODES} are allowed; reduce the uncertainty "
            "or use method 'asymptotic'."
        )
    low, high = _range(width, rate, counts)
    z, step = np.linspace(low, high, number, retstep=True)
    return z, np.exp(-0.5 * z**2) * (step / math.sqrt(2.0 * math.pi))


def _hermite_order(width: float, events: float) -> int:
    """Order of a Gauss-Hermite rule that suffices, or 0.

    exp(a z) is integrated by k nodes with relative error a^(2k) k!/(2k)!: 1e-15 (a = 1, k = 12)
    and 1e-11 (a = 2, k = 16); the doubly exponential factor costs the rest.
    """
    if width > 0.3 or width * events > 2.0:
        return 0
    return 12 if width * events <= 1.0 else 20


@lru_cache(maxsize=512)
def _range(width: float, rate: float, counts: int) -> tuple[float, float]:
    return -_distance(-width, rate, 0) - _TAIL, _distance(width, min(rate, 1.0), counts) + _TAIL


@lru_cache(maxsize=512)
def node_number(width: float, rate: float, counts: int) -> int:
    """Nodes that `normal_nodes` takes.

    Parameters
    ----------
    width, rate, counts
        As in `normal_nodes`.

    Returns
    -------
    int
        The number, without a limit.
    """
    if width == 0.0:
        return 1
    order = _hermite_order(width, max(rate, counts))
    if order:
        return order
    low, high = _range(width, rate, counts)
    # The curvature at a peak is 1 + width^2 * (mean there); step = peak width / 1.6.
    step = 0.625 / math.sqrt(1.0 + width**2 * max(rate, counts))
    return math.ceil((high - low) / step) + 1


def power_sums(width: float, rate: float, counts: int) -> tuple[FloatArray, FloatArray]:
    """Factors f at the nodes with weight f^j, for sums of weight exp(-m f) (m f)^j.

    Parameters
    ----------
    width, rate, counts
        As in `normal_nodes`.

    Returns
    -------
    minus : array of float, shape (k,)
        The factors, negative.
    powers : array of float, shape (k, counts + 2)
        weight f^j for j from 0 to counts + 1. May overflow to inf for wide factors.
    """
    order = _hermite_order(width, max(rate, counts)) if width > 0.0 else 0
    if order:
        return _hermite_power_sums(width, order, counts)
    if node_number(width, rate, counts) * (counts + 2) <= _KEPT_SUMS:
        return _kept_power_sums(width, rate, counts)
    return _power_sums(width, normal_nodes(width, rate, counts), counts)


@lru_cache(maxsize=256)
def _hermite_power_sums(width: float, order: int, counts: int) -> tuple[FloatArray, FloatArray]:
    return _power_sums(width, gauss_hermite(order), counts)


@lru_cache(maxsize=256)
def _kept_power_sums(width: float, rate: float, counts: int) -> tuple[FloatArray, FloatArray]:
    return _power_sums(width, normal_nodes(width, rate, counts), counts)


def _power_sums(
    width: float, nodes: tuple[FloatArray, FloatArray], counts: int
) -> tuple[FloatArray, FloatArray]:
    factor = np.exp(width * nodes[0])
    powers = np.empty((factor.size, counts + 2))
    powers[:, 0] = nodes[1]
    powers[:, 1:] = factor[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        return -factor, np.multiply.accumulate(powers, axis=1)


@lru_cache(maxsize=64)
def log_factorials(counts: int) -> FloatArray:
    """ln(k!) for k from 0 to `counts`.

    Parameters
    ----------
    counts : int
        Largest argument.

    Returns
    -------
    array of float, shape (counts + 1,)
        Logarithms of the factorials.
    """
    result = np.zeros(counts + 1)
    np.cumsum(np.log(np.arange(1, counts + 1, dtype=float)), out=result[1:])
    result.flags.writeable = False
    return result


def log_poisson_table(
    rates: FloatArray, width: float, counts: int, largest_rate: float
) -> FloatArray:
    """Logarithm of P(k) for k up to `counts`, averaged over a log-normal factor on the mean.

    Parameters
    ----------
    rates : array of float, shape (b,)
        Median means in events.
    width : float
        Standard deviation of ln(mean).
    counts : int
        Largest count.
    largest_rate : float
        Scale of the means for the choice of nodes, in events.

    Returns
    -------
    array of float, shape (b, counts + 1)
        Natural logarithms; -inf where a probability vanishes.
    """
    k = np.arange(counts + 1)
    z, weights = normal_nodes(width, largest_rate, counts)
    # A floor keeps 0 * ln(0) = 0; a count at a mean of 1e-300 is as good as impossible.
    log_rates = np.log(np.maximum(rates, 1e-300))
    if len(z) == 1:
        return k * log_rates[:, None] - rates[:, None] - log_factorials(counts)
    result = np.empty((len(rates), counts + 1))
    for row in range(len(rates)):
        log_mean = log_rates[row] + width * z
        terms = np.exp(log_mean) * -1.0 + np.log(np.maximum(weights, 1e-300))
        exponent = np.multiply.outer(k, log_mean) + terms
        top = exponent.max(axis=1)
        result[row] = top + np.log(np.exp(exponent - top[:, None]).sum(axis=1))
    return result - log_factorials(counts)
