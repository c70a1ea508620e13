"""CLs of fixed orderings of outcomes, for many signal patterns at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .channel import check_confidence_level
from .crossing import Excess, rising_roots
from .joint import Factors, joint_sum
from .roots import secant_rising_root

__all__ = ["Ordering", "Outcome", "check_signals"]

CITATIONS = ("Junk:1999kv", "Read:2002hq")

_LARGEST = float(np.finfo(float).max)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one recorded or hypothetical outcome needs for CLs of some neighbouring patterns.

    Parameters
    ----------
    patterns : slice
        Which patterns.
    signal_counts : array of int, shape (v, c)
        Signal count vectors j with T(j) <= t for some pattern, zero first.
    background_cdf : array of float, shape (m, v)
        F_b(t - T(j)): zero where T(j) > t.
    log_clb : array of float, shape (m,)
        Logarithm of F_b(t).
    """

    patterns: slice
    signal_counts: NDArray[np.int64]
    background_cdf: FloatArray
    log_clb: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """An order of outcomes per signal pattern, made by `Combination.order`.

    Parameters
    ----------
    names : tuple of str
        The outcomes, as given to `Combination.order`.
    patterns : array of float, shape (c, m)
        Signal events per channel and pattern which fixed the order.
    signal_factors : Factors
        Log-normal factors of the signals.
    """

    names: tuple[str, ...]
    patterns: FloatArray
    signal_factors: Factors
    _outcomes: tuple[tuple[Outcome, ...], ...]
    _index: tuple[int, ...]

    def log_cls(self, signals: FloatArray) -> FloatArray:
        """Logarithm of CLs of every outcome at given signal events.

        Parameters
        ----------
        signals : array of float, shape (c, m) or (c, o, m)
            Median signal events in each channel for each pattern, the same for all outcomes or
            one set per outcome in the order of `names`. It need not be proportional to the
            pattern which fixed the order.

        Returns
        -------
        array of float, shape (o, m)
            ln CLs, at most 0; patterns without signal give 0.

        Raises
        ------
        ValidityError
            A wrong shape, or negative or NaN events.
        """
        signals = check_signals(signals, self.patterns.shape[0])
        own = signals.ndim == 3
        result = np.empty((len(self.names), self.patterns.shape[1]))
        done: dict[int, int] = {}
        for row, which in enumerate(self._index):
            if not own and which in done:
                result[row] = result[done[which]]
                continue
            result[row] = self._one(which, signals[:, row] if own else signals)
            done[which] = row
        return result

    def _one(self, which: int, signals: FloatArray) -> FloatArray:
        parts = self._outcomes[which]
        return np.concatenate([self._part(part, signals[:, part.patterns]) for part in parts])

    def _part(self, outcome: Outcome, signals: FloatArray) -> FloatArray:
        if len(outcome.signal_counts) == 1 and self.signal_factors.common_width == 0.0:
            return np.asarray(-signals.sum(axis=0))
        upper = joint_sum(
            signals, outcome.signal_counts, self.signal_factors, outcome.background_cdf
        )
        logs: FloatArray = np.log(np.maximum(upper, 1e-300)) - outcome.log_clb
        return np.minimum(logs, 0.0)

    def excess(self, signals: FloatArray, cl: float = 0.9) -> FloatArray:
        """How far every outcome is excluded; for root finding in a coupling.

        Parameters
        ----------
        signals : array of float, shape (c, m) or (c, o, m)
            As in `log_cls`.
        cl : float
            Confidence level.

        Returns
        -------
        array of float, shape (o, m)
            ln(ln CLs / ln(1 - cl)): positive where excluded, and for outcomes without events and
            a known signal exactly the logarithm of signal events over their limit, so a straight
            line in ln(coupling) where yields are powers. -700 where there is no signal.
        """
        log_alpha = math.log(1.0 - check_confidence_level(cl))
        ratio = self.log_cls(signals) / log_alpha
        return np.asarray(np.log(np.maximum(ratio, 1e-304)))

    @property
    def size(self) -> int:
        """Count vectors that are summed, all outcomes together."""
        return sum(len(part.signal_counts) for parts in self._outcomes for part in parts)

    def distinct(self) -> tuple[Ordering, tuple[int, ...]]:
        """Keep each outcome once, where several are the same.

        Returns
        -------
        ordering : Ordering
            Outcomes that differ, under the first of their names.
        index : tuple of int
            Where each of the outcomes of this ordering is found in it.
        """
        kept = list(dict.fromkeys(self._index))
        names = tuple(self.names[self._index.index(which)] for which in kept)
        index = tuple(kept.index(which) for which in self._index)
        return replace(self, names=names, _index=tuple(kept)), index

    def typical_limits(self, cl: float = 0.9) -> FloatArray:
        """Signal events about which the limits lie, whatever the pattern.

        Parameters
        ----------
        cl : float
            Confidence level.

        Returns
        -------
        array of float, shape (o,)
            Exact without events and for a known signal, else right to some ten per cent.
        """
        typical = [self._typical(which, math.log(1.0 - cl)) for which in self._index]
        return np.array(typical)

    def _typical(self, which: int, target: float) -> float:
        return -target + 1.3 * max(int(o.signal_counts.max()) for o in self._outcomes[which])

    def upper_limits(self, cl: float = 0.9, tolerance: float = 1e-10) -> FloatArray:
        """Limits on the strength that multiplies the patterns.

        Parameters
        ----------
        cl : float
            Confidence level.
        tolerance : float
            Relative accuracy.

        Returns
        -------
        array of float, shape (o, m)
            Upper limits; inf for a pattern without signal, or with so little that the limit is
            beyond the largest float.

        Notes
        -----
        Vectorised over patterns.
        """
        target = math.log(1.0 - check_confidence_level(cl))
        unique = sorted(set(self._index))
        solved = {which: self._solve(which, target, tolerance) for which in unique}
        return np.array([solved[which] for which in self._index])

    def _solve(self, which: int, target: float, tolerance: float) -> FloatArray:
        total = self.patterns.sum(axis=0)
        some = total > 0.0
        unit = self.patterns / np.where(some, total, 1.0)
        counts = [part.signal_counts for part in self._outcomes[which]]
        limits = np.full(total.shape, -target)
        if any(len(part) > 1 for part in counts) or self.signal_factors.common_width != 0.0:
            # Safeguarded secant in (ln s, ln(-ln CLs)), nearly straight in all cases.
            def height(log_s: FloatArray) -> FloatArray:
                ratio = self._one(which, unit * np.exp(log_s)) / target
                return np.asarray(np.log(np.maximum(ratio, 1e-304)))

            start = math.log(self._typical(which, target))
            limits = np.exp(_rising(height, start, len(total), tolerance))
        some &= ~(total <= limits / _LARGEST)
        return np.where(some, limits / np.where(some, total, 1.0), np.inf)


def _rising(height: Excess, start: float, patterns: int, tolerance: float) -> FloatArray:
    """Where a function rises through zero for each pattern, with a slope of about 1."""
    if patterns == 1:  # plain floats cost less
        one = secant_rising_root(lambda x: float(height(np.array([x]))[0]), start, 1.0, tolerance)
        return np.array([one])
    return rising_roots(height, np.full(patterns, start), slope=1.0, tolerance=tolerance)


def check_signals(signals: FloatArray, channels: int) -> FloatArray:
    """Return signal events after checking them.

    Parameters
    ----------
    signals : array of float, shape (c, m) or (c, o, m)
        Signal events.
    channels : int
        Number of channels c.

    Returns
    -------
    array of float
        The same numbers.

    Raises
    ------
    ValidityError
        A wrong shape, or negative, infinite or NaN events.
    """
    signals = np.asarray(signals, dtype=float)
    if signals.ndim not in (2, 3) or signals.shape[0] != channels:
        raise ValidityError(
            f"signals must have shape ({channels} channels, patterns), got {signals.shape}."
        )
    if not (np.all(np.isfinite(signals)) and np.all(signals >= 0.0)):
        raise ValidityError("signal events must be finite and not negative.")
    return signals
