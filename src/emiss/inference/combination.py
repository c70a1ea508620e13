r"""Exact CLs for several channels, at many signal patterns at once.

The test statistic is a weighted count T = sum_i w_i n_i with w_i = ln(1 + r s_i / b_i), the
likelihood ratio of signal plus background to background at a reference strength r. Holding r fixed
makes the order of outcomes independent of the strength under test, so that CLs is a continuous,
falling function of it and the limit is unique. Counts split into signal and background, hence

    P(T <= t | s + b) = sum_j P_s(j) F_b(t - T(j)),

where F_b, the distribution of T from background alone with all its correlated uncertainties, is
computed once, and only the few signal vectors j with T(j) <= t are summed. Without events only
j = 0 is left, and the background cancels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.guards import each, instance
from .channel import Channel, as_channels, check_countable
from .joint import Factors, joint_pmf
from .ordering import Ordering, Outcome, check_signals
from .solution import OBSERVED

__all__ = [
    "BAND_SIGMAS",
    "OBSERVED",
    "Combination",
    "combined_cls_upper_limit",
    "count_vectors",
]

CITATIONS = ("Junk:1999kv", "Read:2002hq", "Cousins:1991qz")

Counts = NDArray[np.int64]

BAND_SIGMAS = {"-2": -2.0, "-1": -1.0, "0": 0.0, "1": 1.0, "2": 2.0}
"""Standard deviations of the expected bands."""

MAX_OUTCOMES = 200_000
_GROWN = 500_000  # count vectors that are looked at together
NEGLIGIBLE = 1e-10  # probability of all count vectors left out, each of signal and background
BAND_TAIL = 1e-6
"""Probability of the outcomes left out of the expected bands."""
_TIE = 1e-9  # relative: sums of equal weights in another order must compare as equal
_BLOCK = 8  # patterns that share their count vectors
_LARGE_BLOCK = 128  # the same where there are at most `_FEW_VECTORS` of them
_FEW_VECTORS = 64
_BACKGROUND_FLOOR = 1e-9  # events; makes the weight of a background-free channel finite


class Combination:
    """Several channels of one search, ready for any signal pattern.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        The channels; their `signal` is not used, patterns are given to `order`.

    Raises
    ------
    ValidityError
        No channels, or more events than can be enumerated.
    """

    def __init__(self, channels: Channel | Sequence[Channel]) -> None:
        each(instance(Channel), alone=True)(channels, "channels")
        self.channels = (channels,) if isinstance(channels, Channel) else tuple(channels)
        if not self.channels:
            raise ValidityError("a combination needs at least one channel, got none.")
        check_countable(self.channels)
        cs = self.channels
        self.observed = np.array([c.observed for c in cs])
        self.background = np.array([c.background for c in cs])
        self.background_factors = Factors.from_widths(
            [c.background_widths for c in cs],
            [c.background_group for c in cs],
            [c.source_widths for c in cs],
        )
        self.signal_factors = Factors.from_widths(
            [c.signal_widths for c in cs], [c.signal_group for c in cs]
        )
        self._outcomes: tuple[Counts, FloatArray] | None = None

    def order(
        self,
        patterns: FloatArray,
        outcomes: Sequence[str] = (OBSERVED,),
        shares: FloatArray | None = None,
    ) -> Ordering:
        """Fix the order of outcomes for signal patterns.

        Parameters
        ----------
        patterns : array of float, shape (c, m)
            Signal events per channel for m patterns (masses); only the shape matters, not the
            total.
        outcomes : sequence of str
            `OBSERVED` for the recorded counts, or keys of `BAND_SIGMAS` for quantiles of the
            outcomes that background alone would give.
        shares : array of float, shape (c, m), optional
            Largest share of the signal that each channel can have in what is evaluated later; ten
            times that of the pattern by default. It bounds the signal counts that are summed.

        Returns
        -------
        Ordering
            Evaluates CLs and limits.

        Raises
        ------
        ValidityError
            Unknown outcome, wrong shape, or too many outcomes to enumerate.

        Notes
        -----
        Bands are quantiles of T over the enumerated background-only outcomes, weighted with
        their probability averaged over the background uncertainties; they are discrete steps.
        """
        patterns = check_signals(patterns, len(self.channels))
        if patterns.ndim != 2:
            raise ValidityError(f"patterns must have shape (channels, m), got {patterns.shape}.")
        bad = set(outcomes) - {OBSERVED, *BAND_SIGMAS}
        if bad:
            raise ValidityError(
                f"unknown outcomes {sorted(bad)}; allowed: {OBSERVED}, {', '.join(BAND_SIGMAS)}."
            )
        weights = self._weights(patterns)
        thresholds = self._thresholds(weights, outcomes)
        if shares is None:
            total = patterns.sum(axis=0)
            shares = 10.0 * patterns / np.where(total > 0.0, total, 1.0)
        built: list[tuple[Outcome, ...]] = []
        seen: dict[bytes, int] = {}
        index = []
        for threshold in thresholds:
            key = np.round(threshold, 12).tobytes()
            if key not in seen:
                seen[key] = len(built)
                built.append(self._outcome(weights, threshold, shares))
            index.append(seen[key])
        return Ordering(tuple(outcomes), patterns, self.signal_factors, tuple(built), tuple(index))

    def _weights(self, patterns: FloatArray) -> FloatArray:
        """Weights w (m, c), scaled so that the largest is 1; 0 for a channel without signal."""
        # The strength a search of this size can just exclude: 3 events, or 1.64 sigma of the
        # background. The limit depends on this choice only through the order of outcomes.
        reference = 3.0 + 1.64 * math.sqrt(self.background.sum())
        total = patterns.sum(axis=0)
        shape = patterns / np.where(total > 0.0, total, 1.0)
        floor = np.maximum(self.background, _BACKGROUND_FLOOR)[:, None]
        weights = np.log1p(reference * shape / floor).T
        top = weights.max(axis=1, keepdims=True)
        return np.asarray(weights / np.where(top > 0.0, top, 1.0))

    def _thresholds(self, weights: FloatArray, outcomes: Sequence[str]) -> list[FloatArray]:
        """Values of T (m,) of each outcome, raised by the tolerance for ties."""
        values = {OBSERVED: weights @ self.observed}
        if set(outcomes) & set(BAND_SIGMAS):
            counts = self.background_outcomes()[0]
            for name, which in self._band_indices(weights).items():
                values[name] = np.einsum("mc,mc->m", weights, counts[which])
        return [values[name] * (1.0 + _TIE) + _TIE**2 for name in outcomes]

    def _band_indices(self, weights: FloatArray) -> dict[str, Counts]:
        """Background-only outcome at every band, per pattern."""
        counts, pmf = self.background_outcomes()
        same = bool(np.all(weights == weights[0]))
        # Rounding keeps outcomes that tie up to the last bit in one order for all patterns.
        statistic = np.round((weights[:1] if same else weights) @ counts.T, 10)
        order = np.argsort(statistic, axis=1, kind="stable")
        cumulative = np.cumsum(pmf[order], axis=1) / pmf.sum()
        indices = {}
        for name, sigma in BAND_SIGMAS.items():
            probability = 0.5 * math.erfc(-sigma / math.sqrt(2.0))
            first = np.argmax(cumulative >= probability, axis=1)
            picked = np.take_along_axis(order, first[:, None], axis=1)[:, 0]
            indices[name] = np.broadcast_to(picked, len(weights))
        return indices

    def band_counts(self, pattern: FloatArray) -> dict[str, tuple[int, ...]]:
        """Return the counts at the bands of what background alone gives, for one pattern.

        Parameters
        ----------
        pattern : array of float, shape (c, 1)
            Signal events per channel.

        Returns
        -------
        dict of str to tuple of int
            Counts per channel at the keys of `BAND_SIGMAS`.
        """
        weights = self._weights(check_signals(pattern, len(self.channels)))
        counts = self.background_outcomes()[0]
        return {
            name: tuple(map(int, counts[which[0]]))
            for name, which in self._band_indices(weights).items()
        }

    def _tail_counts(self, means: FloatArray) -> Counts:
        return np.array([_poisson_tail(float(m)) for m in means])

    def _spread_background(self) -> FloatArray:
        """Backgrounds four standard deviations up, for the truncation of counts."""
        width = self.background_factors.uncorrelated**2
        for shared in self.background_factors.shared:
            width = width + shared**2
        return np.asarray(self.background * np.exp(np.minimum(6.5 * np.sqrt(width), 5.0)))

    def background_outcomes(self) -> tuple[Counts, FloatArray]:
        """Count vectors that background alone gives, most probable first.

        Returns
        -------
        counts : array of int, shape (v, c)
            Count vectors with all but `BAND_TAIL` of the probability.
        pmf : array of float, shape (v,)
            Their probabilities, averaged over the background uncertainties.
        """
        if self._outcomes is None:
            means = self._spread_background()
            vectors = count_vectors(
                self._tail_counts(means), np.ones(len(means)), _poisson_tail(float(means.sum()))
            )
            pmf = self._background_pmf(vectors)
            # Bands reach the 97.7 % quantile; the least probable outcomes only cost time.
            order = np.argsort(-pmf)
            kept = order[: int(np.searchsorted(np.cumsum(pmf[order]), 1.0 - BAND_TAIL)) + 1]
            self._outcomes = vectors[kept], pmf[kept]
        return self._outcomes

    def _background_pmf(self, vectors: Counts) -> FloatArray:
        pmf = joint_pmf(self.background[:, None], vectors, self.background_factors)
        return np.asarray(pmf[0])

    def _outcome(
        self, weights: FloatArray, threshold: FloatArray, shares: FloatArray
    ) -> tuple[Outcome, ...]:
        """One outcome, in blocks of neighbouring patterns: their weights are alike."""
        if np.all(weights == weights[0]):
            size = len(weights)
        else:
            # Few count vectors cost less than another block, also those of other patterns.
            probe = self._block(weights, threshold, shares, slice(0, _BLOCK))
            size = _BLOCK if len(probe.signal_counts) > _FEW_VECTORS else _LARGE_BLOCK
        blocks = [slice(first, first + size) for first in range(0, len(weights), size)]
        return tuple(self._block(weights, threshold, shares, block) for block in blocks)

    def _block(
        self, weights: FloatArray, threshold: FloatArray, shares: FloatArray, block: slice
    ) -> Outcome:
        """Signal vectors with T(j) <= t and the background's F_b(t - T(j)) for each pattern."""
        weights, threshold = weights[block], threshold[block]
        with np.errstate(divide="ignore", over="ignore"):
            hard = np.floor(threshold[:, None] / weights).max(axis=0)
        # Where a weight is zero for some pattern, T sets no bound there and only the tails do.
        reach = 3.0 * (self.observed.max() + 5.0)
        signal = reach * np.minimum(shares[:, block].max(axis=1), 1.0) * self._spread_signal()
        low, top = weights.min(axis=0), float(threshold.max())
        signals = _accepted(np.minimum(hard, self._tail_counts(signal)), low, top)
        statistic = weights @ signals.T
        accepted = (statistic <= threshold[:, None]).any(axis=0)
        signals, statistic = signals[accepted], statistic[:, accepted]
        if not hard.any():
            # No events: the background cancels, even where its probability underflows.
            return Outcome(block, signals, np.ones_like(statistic), np.zeros(len(weights)))
        tails = np.maximum(self._tail_counts(self._spread_background()), self.observed)
        backgrounds = _accepted(np.minimum(hard, tails), low, top)
        pmf = self._background_pmf(backgrounds)
        cdf = _remaining_cdf(statistic, threshold, weights @ backgrounds.T, pmf)
        with np.errstate(divide="ignore"):
            log_clb = np.log(cdf[:, 0])
        if not np.all(np.isfinite(log_clb)):
            raise ValidityError(
                "the recorded counts have no probability from background alone (CLb < 1e-300); "
                "check the background, or use method 'asymptotic'."
            )
        return Outcome(block, signals, cdf, log_clb)

    def _spread_signal(self) -> FloatArray:
        """Factor of a signal five standard deviations up."""
        width = self.signal_factors.uncorrelated**2
        for shared in self.signal_factors.shared:
            width = width + shared**2
        return np.asarray(np.exp(np.minimum(5.0 * np.sqrt(width), 5.0)))


def combined_cls_upper_limit(channels: Sequence[Channel], cl: float = 0.9) -> float:
    """Exact CLs limit on the common strength of several channels.

    Parameters
    ----------
    channels : sequence of Channel
        The channels with their signals at unit strength.
    cl : float
        Confidence level.

    Returns
    -------
    float
        Upper limit on the strength.

    Raises
    ------
    ValidityError
        Channels out of range or too many outcomes.
    """
    channels = as_channels(channels)
    pattern = np.array([[c.signal] for c in channels])
    return float(Combination(channels).order(pattern).upper_limits(cl)[0, 0])


def _accepted(largest: FloatArray, weights: FloatArray, threshold: float) -> Counts:
    return count_vectors(np.asarray(largest, dtype=np.int64), weights, threshold)


def _remaining_cdf(
    statistic: FloatArray, threshold: FloatArray, background: FloatArray, pmf: FloatArray
) -> FloatArray:
    """F_b(t - T(j)) for each pattern (row) and signal vector j."""
    cdf = np.empty_like(statistic)
    for row in range(len(statistic)):
        order = np.argsort(background[row], kind="stable")
        cumulative = np.concatenate(([0.0], np.cumsum(pmf[order])))
        remaining = threshold[row] - statistic[row]
        cdf[row] = cumulative[np.searchsorted(background[row][order], remaining, side="right")]
    return cdf


def _poisson_tail(mean: float) -> int:
    """Smallest n with P(N > n) below `NEGLIGIBLE`, from Chernoff's bound."""
    n = mean
    while n - mean - n * math.log(max(n, 1e-300) / max(mean, 1e-300)) > math.log(NEGLIGIBLE):
        n += 1.0 + 0.25 * math.sqrt(n)
    return math.ceil(n)


def count_vectors(largest: Counts, weights: FloatArray, threshold: float) -> Counts:
    """Enumerate count vectors in a box and below a weighted sum.

    Parameters
    ----------
    largest : array of int, shape (c,)
        Largest count of each channel.
    weights : array of float, shape (c,)
        Weights, not negative.
    threshold : float
        Largest weighted sum.

    Returns
    -------
    array of int, shape (v, c)
        Count vectors, zero first.

    Raises
    ------
    ValidityError
        More vectors than `MAX_OUTCOMES`.
    """
    vectors = np.zeros((1, len(largest)), dtype=np.int64)
    for i, top in enumerate(largest):
        if len(vectors) * (top + 1) > 50 * MAX_OUTCOMES:
            _too_many()
        kept, number = [], 0
        for start in range(0, len(vectors), max(1, _GROWN // (int(top) + 1))):
            part = vectors[start : start + max(1, _GROWN // (int(top) + 1))]
            grown = np.repeat(part, top + 1, axis=0)
            grown[:, i] = np.tile(np.arange(top + 1), len(part))
            kept.append(grown[grown @ weights <= threshold])
            number += len(kept[-1])
            if number > MAX_OUTCOMES:
                _too_many()
        vectors = np.concatenate(kept)
    return vectors


def _too_many() -> None:
    raise ValidityError(
        f"more than {MAX_OUTCOMES} outcomes would have to be enumerated; merge channels, or use "
        "method 'asymptotic', which is accurate for such counts."
    )
