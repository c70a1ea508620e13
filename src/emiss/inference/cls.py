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

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .channel import Channel, as_channels, check_confidence_level
from .nuisance import (
    log_factorials,
    log_poisson_table,
    node_number,
    normal_nodes,
    power_sums,
)
from .roots import newton_falling_root

__all__ = ["cls_upper_limit", "log_cls"]

CITATIONS = ("Junk:1999kv", "Read:2002hq", "Cousins:1991qz")


Evaluate = Callable[[float], tuple[float, float]]

_FEW_COUNTS = 30  # up to here plain floats beat numpy's call overhead
_MOST_COUNTS = 500  # and up to here, and this many terms, sums over counts beat quadratures
_MOST_WORK = 200_000
_MOST_PLAIN = 600.0  # largest exponent that plain floats hold
_LOG_SMALL = math.log(1e-3)
_FACTORIALS = [float(math.factorial(j)) for j in range(_FEW_COUNTS + 1)]


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
    return _limit(channel, log_alpha) / channel.signal


def _limit(channel: Channel, log_alpha: float) -> float:
    """Median signal events at which ln CLs = log_alpha."""
    width = math.hypot(*channel.signal_widths)
    if width == 0.0 and channel.observed == 0:
        return -log_alpha
    evaluate = _evaluator(channel, width)
    if evaluate is None:
        from .large import large_cls_upper_limit

        return large_cls_upper_limit(channel, log_alpha)
    return newton_falling_root(evaluate, log_alpha, _start(channel, log_alpha, width))


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
    if strength == 0.0:
        return 0.0  # by definition; sums over counts give it to a few last bits only
    events = strength * channel.signal
    evaluate = _evaluator(channel, math.hypot(*channel.signal_widths))
    if evaluate is None:
        from .large import large_log_cls

        return min(large_log_cls(channel, events), 0.0)
    return min(evaluate(events)[0], 0.0)


def _start(channel: Channel, log_alpha: float, width: float) -> float:
    """Limit to a per cent or so where the background leaves the count likely.

    For a known background s + b is the Poisson limit at alpha P(N <= n | b), for which there is
    Wilson and Hilferty's cube root; factors count in second order of their widths.
    """
    n, b = channel.observed, channel.background
    rough = max(n - b, 0.0) + 1.5 * math.sqrt(max(n, b)) - log_alpha
    if b > n + 1.0:
        return rough
    term = total = math.exp(-b)
    for k in range(1, n + 1):
        term *= b / k
        total += term
    pull = _normal_quantile(total * math.exp(log_alpha))
    root = 1.0 / (3.0 * math.sqrt(n + 1.0))
    mean = (n + 1.0) * (1.0 - root * root + pull * root) ** 3
    signal, bend = mean - b, 1.0 - n / mean
    found = signal + 0.5 * width**2 * signal * (signal * bend - 1.0)
    return found if 0.0 < found < 2.0 * rough else rough


def _normal_quantile(tail: float) -> float:
    """Standard normal above which there is so much, to 5e-4 (Hastings; Abramowitz, 26.2.23)."""
    if tail > 0.5:
        return -_normal_quantile(1.0 - tail)
    t = math.sqrt(-2.0 * math.log(max(tail, 1e-300)))
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    return t - above / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))


def _evaluator(channel: Channel, width: float) -> Evaluate | None:
    """Return a function that gives ln CLs and its slope, or None if sums over counts are long."""
    n, b = channel.observed, channel.background
    background_width = channel.background_width
    if width == 0.0 and background_width == 0.0 and n <= _FEW_COUNTS:
        known = _background_lists(n, b, 0.0)
        return lambda s: _small(s, *known)
    if n == 0:
        # The background cancels, whatever its size.
        b = background_width = 0.0
    scale = _scale(n, b, width)
    work = node_number(background_width, max(b, 1.0), n) + node_number(width, scale, n)
    if n > _MOST_COUNTS or n * work > _MOST_WORK:
        return None
    if n <= _FEW_COUNTS:
        if width == 0.0:
            pmf, cdf = _background_lists(n, b, background_width)
            return lambda s: _small(s, pmf, cdf)
        few = _few_counts(n, b, background_width, width, scale)
        if few is not None:
            return few
    return _many_counts(n, b, background_width, width, scale)


def _scale(n: int, b: float, width: float) -> float:
    """Signal events for which nodes are chosen, rounded up so that nodes can be reused."""
    start = max(n - b, 0.0) + 1.5 * math.sqrt(max(n, b)) - _LOG_SMALL
    return 2.0 ** math.ceil(math.log2(start * (1.0 + width)))


def _background_lists(n: int, b: float, width: float) -> tuple[list[float], list[float]]:
    """P_b(k) and P_b(N <= k) for k = 0..n, both over P_b(N <= n)."""
    if width > 0.0:
        return _smeared_lists(n, b, width)
    # The common factor exp(-b) cancels; so does any scale, here that of the largest term.
    term = 1.0 if b <= n else math.exp(-n * math.log(b / max(n, 1)))
    pmf, cdf, total = [], [], 0.0
    for k in range(n + 1):
        pmf.append(term)
        total += term
        cdf.append(total)
        term *= b / (k + 1)
    return [p / total for p in pmf], [c / total for c in cdf]


def _smeared_lists(n: int, b: float, width: float) -> tuple[list[float], list[float]]:
    """Do as `_background_lists` with a log-normal factor on the background."""
    minus, powers = power_sums(width, max(b, 1.0), n)
    if b > _MOST_PLAIN or n * math.log(1.0 - minus[-1]) > _MOST_PLAIN:
        pmf_array, cdf_array = _background(n, b, width)
        return pmf_array.tolist(), cdf_array.tolist()
    sums = np.exp(b * minus).dot(powers).tolist()
    pmf, cdf, total, power = [], [], 0.0, 1.0
    for k in range(n + 1):
        term = sums[k] * power
        total += term
        power *= b / (k + 1)
        pmf.append(term)
        cdf.append(total)
    return [p / total for p in pmf], [c / total for c in cdf]


def _background(n: int, b: float, width: float) -> tuple[FloatArray, FloatArray]:
    logs = log_poisson_table(np.array([b]), width, n, max(b, 1.0))[0]
    cumulative = np.logaddexp.accumulate(logs)
    return np.exp(logs - cumulative[-1]), np.exp(cumulative - cumulative[-1])


def _few_counts(
    n: int, b: float, background_width: float, width: float, scale: float
) -> Evaluate | None:
    """Ln CLs and slope as polynomials in s under exp(-s f), one per node of the signal's factor."""
    minus, powers = power_sums(width, scale, n)
    if n * (math.log(scale + 1.0) + 10.0 + math.log(1.0 - minus[-1])) > _MOST_PLAIN:
        return None
    pmf, cdf = _background_lists(n, b, background_width)
    # What the background leaves for j signal events, and its slope, over j!.
    whole = [c / f for c, f in zip(reversed(cdf), _FACTORIALS, strict=False)]
    falls = [p / f for p, f in zip(reversed(pmf), _FACTORIALS, strict=False)]
    work, found = np.empty(minus.size), np.empty(n + 2)

    def evaluate(s: float) -> tuple[float, float]:
        np.multiply(minus, s, work)
        np.exp(work, work)
        sums = work.dot(powers, found).tolist()
        upper, slope, power = 0.0, 0.0, 1.0
        # d/ds of the average of exp(-s f) (s f)^j / j! lowers j by one and brings a factor f.
        for above, below, here, following in zip(whole, falls, sums, sums[1:], strict=False):
            upper += above * power * here
            slope += below * power * following
            power *= s
        if upper <= 0.0:
            return -_MOST_PLAIN, -1.0
        return math.log(upper), -slope / upper

    return evaluate


def _small(s: float, pmf: list[float], cdf: list[float]) -> tuple[float, float]:
    """Logarithm of CLs and its derivative for a known signal and few counts, in plain floats."""
    term, upper, slope = 1.0, 0.0, 0.0
    for j in range(len(pmf)):
        upper += term * cdf[-1 - j]
        slope += term * pmf[-1 - j]
        term *= s / (j + 1)
    # d/ds P(N <= n) = -P(N = n); exp(-s) is common to both sums.
    return math.log(upper) - s, -slope / upper


def _many_counts(n: int, b: float, background_width: float, width: float, scale: float) -> Evaluate:
    """Ln CLs and slope from logarithms of the terms."""
    pmf, cdf = _background(n, b, background_width)
    j = np.arange(n + 1)[::-1]
    # Counts with a cumulative background below 1e-30 cannot matter to CLs >= 1e-6 or so.
    kept = cdf > 1e-30
    pmf, cdf, j = pmf[kept], cdf[kept], j[kept]
    factorials = log_factorials(n)[j]
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
