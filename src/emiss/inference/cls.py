r"""Exact CLs limit of a single counting channel.

With N = N_s + N_b the probability of at most n events is a sum over signal counts j,

    P(N <= n) = sum_j E[Poisson(j; s f_s)] P_b(N_b <= n - j),

so the background enters only through its cumulative distribution, computed once. At n = 0 it
cancels in CLs = P(N <= n | s + b) / P(N <= n | b), whatever its size and uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ValidityError
from .channel import Channel, as_channels, check_confidence_level
from .nuisance import log_factorials, log_poisson_table, normal_nodes

__all__ = ["cls_upper_limit", "log_cls"]

CITATIONS = ("Junk:1999kv", "Read:2002hq", "Cousins:1991qz")

Array = NDArray[np.float64]

_PURE_PYTHON_COUNTS = 30  # below this plain floats beat numpy's call overhead


def cls_upper_limit(channel: Channel, cl: float = 0.9) -> float:
    """Exact CLs upper limit on the signal strength of one channel.

    Parameters
    ----------
    channel : Channel
        The count, its background and its signal.
    cl : float
        Confidence level.

    Returns
    -------
    float
        Strength at which CLs = 1 - cl; signal events where `channel.signal` is 1.

    Raises
    ------
    ValidityError
        Confidence level or channel out of range.

    Notes
    -----
    CLs = P(N <= n | s + b) / P(N <= n | b), Junk:1999kv, Read:2002hq; uncertainties are averaged
    over before the ratio is taken (Cousins:1991qz). Without signal uncertainty ln CLs is concave
    in s, so Newton's iteration converges from any start.

    Examples
    --------
    >>> round(cls_upper_limit(Channel(observed=0, background=0.5), 0.9), 4)
    2.3026
    """
    (channel,) = as_channels(channel)
    log_alpha = math.log(1.0 - check_confidence_level(cl))
    width = math.hypot(*channel.signal_widths)
    n = channel.observed
    if width == 0.0 and n == 0:
        return -log_alpha / channel.signal
    if width == 0.0 and n <= _PURE_PYTHON_COUNTS:
        pmf, cdf = _background_lists(channel)
        limit = _newton(lambda s: _small(s, pmf, cdf), log_alpha, n - log_alpha)
    else:
        evaluate = _evaluator(channel, width)
        limit = _newton(evaluate, log_alpha, _start(channel, log_alpha))
    return limit / channel.signal


def log_cls(channel: Channel, strength: float) -> float:
    """Natural logarithm of CLs at a signal strength.

    Parameters
    ----------
    channel : Channel
        The count, its background and its signal.
    strength : float
        Signal strength, at least 0.

    Returns
    -------
    float
        ln CLs, 0 at strength 0.

    Raises
    ------
    ValidityError
        A negative or NaN strength.
    """
    if not 0.0 <= strength < math.inf:
        raise ValidityError(f"strength must be a finite number of at least 0, got {strength}.")
    evaluate = _evaluator(channel, math.hypot(*channel.signal_widths))
    return evaluate(strength * channel.signal)[0]


def _start(channel: Channel, log_alpha: float) -> float:
    n, b = channel.observed, channel.background
    return max(n - b, 0.0) + 1.5 * math.sqrt(max(n, b)) - log_alpha


def _background_lists(channel: Channel) -> tuple[list[float], list[float]]:
    """P_b(k) and P_b(N <= k) for k = 0..n, both over P_b(N <= n)."""
    n, b = channel.observed, channel.background
    if math.hypot(*channel.background_widths) > 0.0:
        pmf_array, cdf_array = _background(channel)
        return pmf_array.tolist(), cdf_array.tolist()
    # The common factor exp(-b) cancels; so does any scale, here that of the largest term.
    term = 1.0 if b <= n else math.exp(-n * math.log(b / max(n, 1)))
    pmf, cdf, total = [], [], 0.0
    for k in range(n + 1):
        pmf.append(term)
        total += term
        cdf.append(total)
        term *= b / (k + 1)
    return [p / total for p in pmf], [c / total for c in cdf]


def _background(channel: Channel) -> tuple[Array, Array]:
    n, b = channel.observed, channel.background
    width = math.hypot(*channel.background_widths)
    logs = log_poisson_table(np.array([b]), width, n, max(b, 1.0))[0]
    cumulative = np.logaddexp.accumulate(logs)
    return np.exp(logs - cumulative[-1]), np.exp(cumulative - cumulative[-1])


def _small(s: float, pmf: list[float], cdf: list[float]) -> tuple[float, float]:
    """Logarithm of CLs and its derivative for a known signal and few counts, in plain floats."""
    term, upper, slope = 1.0, 0.0, 0.0
    for j in range(len(pmf)):
        upper += term * cdf[-1 - j]
        slope += term * pmf[-1 - j]
        term *= s / (j + 1)
    # d/ds P(N <= n) = -P(N = n); exp(-s) is common to both sums.
    return math.log(upper) - s, -slope / upper


def _evaluator(channel: Channel, width: float) -> Callable[[float], tuple[float, float]]:
    """Return a function of the median signal events that gives ln CLs and its derivative."""
    n = channel.observed
    pmf, cdf = _background(channel)
    # Counts with a cumulative background below 1e-30 cannot matter to CLs >= 1e-6 or so.
    j = np.arange(n + 1)[::-1]
    kept = cdf > 1e-30
    pmf, cdf, j = pmf[kept], cdf[kept], j[kept]
    factorials = log_factorials(n)[j]
    scale = 2.0 ** math.ceil(math.log2(_start(channel, math.log(1e-3)) * (1.0 + width)))
    z, weights = normal_nodes(width, scale, n)
    factor = np.exp(width * z)
    log_factor = width * z[:, None]

    def evaluate(s: float) -> tuple[float, float]:
        if s <= 0.0:
            return 0.0, -float(weights @ factor * pmf[-1])
        mean = s * factor
        exponent = j * (math.log(s) + log_factor) - mean[:, None] - factorials
        top = float(exponent.max())
        terms = np.exp(exponent - top)
        upper = float(weights @ (terms @ cdf))
        slope = float((weights * factor) @ (terms @ pmf))
        return math.log(upper) + top, -slope / upper

    return evaluate


def _newton(
    evaluate: Callable[[float], tuple[float, float]], log_alpha: float, start: float
) -> float:
    """Root of ln CLs = log_alpha by Newton steps, kept inside a shrinking bracket."""
    low, high, s = 0.0, math.inf, start
    for _ in range(200):
        value, slope = evaluate(s)
        excess = value - log_alpha
        if excess > 0.0:
            low = s
        else:
            high = s
        step = -excess / slope if slope < 0.0 else math.inf
        following = s + step
        if not low <= following <= high or math.isinf(following):
            following = 2.0 * s + 1.0 if math.isinf(high) else 0.5 * (low + high)
        if abs(following - s) <= 1e-12 * following:
            return following
        s = following
    return s
