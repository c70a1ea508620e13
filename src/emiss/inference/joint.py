r"""Joint probabilities of several channels, averaged over their own and their shared factors.

Given the shared factors channels are independent: they are averaged on a product grid of the nodes
of `nuisance`, and each channel's own factor by its own nodes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .nuisance import MAX_NODES, log_factorials, log_poisson_table, normal_nodes

__all__ = ["Factors", "joint_pmf", "joint_sum", "joint_total_pmf"]

CITATIONS = ("Cousins:1991qz",)


_MOST_TERMS = 4e8  # of one average over shared factors: some seconds
_SMALL_COUNT = 100  # up to here exp(-mean) is no zero where the probability counts
_MOST_LOOPS = 2_000  # pairs of nodes of shared factors, each a loop in Python


def _batched_table(rates: FloatArray, width: float, counts: int, scale: float) -> FloatArray:
    """Do as `log_poisson_table` for many means, as a matrix product where that is safe."""
    z, weights = normal_nodes(width, scale, counts)
    if len(z) == 1 or counts * width * z[-1] > 300.0 or len(rates) * len(z) > 400_000:
        return log_poisson_table(rates, width, counts, scale)
    factor = np.exp(width * z)
    # sum_z w exp(-rate f) f^k as a matrix product; exp(-rate) is taken out of it.
    powers = weights[:, None] * factor[:, None] ** np.arange(counts + 1)
    sums = np.exp(np.minimum(-rates[:, None] * (factor - 1.0), 300.0)) @ powers
    k = np.arange(counts + 1)
    safe = np.log(np.maximum(rates, 1e-300))[:, None]
    return np.log(np.maximum(sums, 1e-300)) - rates[:, None] + k * safe - log_factorials(counts)


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Log-normal factors on the means of several channels.

    Parameters
    ----------
    uncorrelated : array of float, shape (c,)
        Widths of the factors that belong to one channel each.
    shared : tuple of array of float, shape (c,)
        For each shared factor its width in every channel (0 where it does not act).
    """

    uncorrelated: FloatArray
    shared: tuple[FloatArray, ...]

    @classmethod
    def from_widths(
        cls,
        widths: Sequence[tuple[float, float]],
        groups: Sequence[str],
        sources: Sequence[Mapping[str, float]] = (),
    ) -> Factors:
        """Sort widths into factors; a group with a single member is uncorrelated.

        Parameters
        ----------
        widths : sequence of (uncorrelated, shared)
            Widths of each channel.
        groups : sequence of str
            Name of the shared factor of each channel.
        sources : sequence of mapping, optional
            Widths of further shared factors of each channel, by name.

        Returns
        -------
        Factors
            The factors. The product of two log-normal factors is one, widths in quadrature.
        """
        uncorrelated = np.array([u for u, _ in widths])
        shared = np.array([s for _, s in widths])
        names = np.array(groups)
        factors = [np.where(names == name, shared, 0.0) for name in dict.fromkeys(groups)]
        for name in dict.fromkeys(name for each in sources for name in each):
            factors.append(np.array([each.get(name, 0.0) for each in sources]))
        kept = []
        for factor in factors:
            mine = factor > 0.0
            if mine.sum() == 1:
                uncorrelated[mine] = np.hypot(uncorrelated[mine], factor[mine])
            elif mine.any():
                kept.append(factor)
        return cls(uncorrelated, tuple(kept))

    def independent_blocks(self) -> list[NDArray[np.int64]]:
        """Channels sorted into blocks that share no factor; one block if factors overlap."""
        acting = np.array([shared > 0.0 for shared in self.shared])
        if len(self.shared) == 0 or np.any(acting.sum(axis=0) > 1):
            return [np.arange(len(self.uncorrelated))]
        alone = np.flatnonzero(~acting.any(axis=0))
        singles = [alone[i : i + 1] for i in range(len(alone))]
        return [np.flatnonzero(row) for row in acting] + singles

    def of_channels(self, channels: NDArray[np.int64]) -> Factors:
        """Give the factors that act on some of the channels."""
        shared = tuple(s[channels] for s in self.shared if np.any(s[channels] > 0.0))
        return Factors(self.uncorrelated[channels], shared)

    @property
    def common_width(self) -> float | None:
        """Width of a single factor that acts alike on all channels, or None if there is more."""
        if self.uncorrelated.any() or len(self.shared) > 1:
            return None
        if not self.shared:
            return 0.0
        width = self.shared[0]
        return float(width[0]) if np.all(width == width[0]) else None


def joint_pmf(rates: FloatArray, counts: NDArray[np.int64], factors: Factors) -> FloatArray:
    """Joint probabilities of count vectors with all factors averaged over.

    Parameters
    ----------
    rates : array of float, shape (c, b)
        Median means of the c channels, for b independent cases.
    counts : array of int, shape (v, c)
        Count vectors.
    factors : Factors
        Log-normal factors of the means.

    Returns
    -------
    array of float, shape (b, v)
        Probabilities.

    Raises
    ------
    ValidityError
        More shared factors than a product grid can hold.
    """
    common = factors.common_width
    if common is not None:
        return _joint_common(rates, counts, common)
    blocks = factors.independent_blocks()
    if len(blocks) > 1:
        # Without a factor in common the blocks are independent: no product grid of their factors.
        product = np.ones((rates.shape[1], len(counts)))
        for members in blocks:
            own, back = np.unique(counts[:, members], axis=0, return_inverse=True)
            part = joint_pmf(rates[members], own, factors.of_channels(members))
            product *= part[:, back.ravel()]
        return product
    log_factors, weights = _shared_grid(rates, counts, factors)
    cases, vectors = rates.shape[1], len(counts)
    _check_work(len(weights) * cases * vectors * len(rates))
    result = np.zeros((cases, vectors))
    # Shared nodes are taken together, in blocks that stay within some 10 MB.
    block = max(1, 1_000_000 // (cases * vectors))
    for start in range(0, len(weights), block):
        stop = min(start + block, len(weights))
        logs = np.zeros(((stop - start) * cases, vectors))
        for i, width in enumerate(factors.uncorrelated):
            top = int(counts[:, i].max())
            means = np.multiply.outer(np.exp(log_factors[start:stop, i]), rates[i]).ravel()
            table = _batched_table(means, float(width), top, _scale(rates[i], top))
            logs += table[:, counts[:, i]]
        np.exp(logs, out=logs)
        result += np.tensordot(weights[start:stop], logs.reshape(-1, cases, vectors), axes=1)
    return result


def joint_sum(
    rates: FloatArray, counts: NDArray[np.int64], factors: Factors, values: FloatArray
) -> FloatArray:
    """Sum over count vectors of a value times the joint probability.

    Parameters
    ----------
    rates, counts, factors
        As in `joint_pmf`; no count vector twice.
    values : array of float, shape (b, v)
        Value of each count vector in each case.

    Returns
    -------
    array of float, shape (b,)
        The sums.

    Raises
    ------
    ValidityError
        As `joint_pmf`.

    Notes
    -----
    Where a shared factor moves the channels differently they are summed one after the other at
    each node: the last by a matrix product, which leaves the distinct counts of the others.
    """
    shared_alike = factors.common_width is not None
    if shared_alike or len(counts) == 1 or len(factors.independent_blocks()) > 1:
        return np.asarray(np.einsum("mv,mv->m", joint_pmf(rates, counts, factors), values))
    log_factors, weights = _shared_grid(rates, counts, factors)
    cases = rates.shape[1]
    _check_work(len(weights) * cases * len(counts) * len(rates))
    levels = _levels(counts.tobytes(), len(rates))
    result = np.zeros(cases)
    block = max(1, 1_000_000 // (cases * len(counts)))
    for start in range(0, len(weights), block):
        stop = min(start + block, len(weights))
        left = values[:, :, None]
        for i, (places, kept, top) in reversed(list(enumerate(levels))):
            width = float(factors.uncorrelated[i])
            table = _tables(rates[i], log_factors[start:stop, i], width, top)
            size = kept * (top + 1)
            if len(places) < size:
                flat = np.zeros((cases, size, left.shape[2]))
                flat[:, places] = left
            else:
                flat = left[:, np.argsort(places)]
            dense = flat.reshape(cases, kept, top + 1, -1)
            if dense.shape[3] == 1:
                left = dense[..., 0] @ table
            else:
                left = np.einsum("mknz,mnz->mkz", dense, table)
        result += left[:, 0] @ weights[start:stop]
    return result


def _tables(rates: FloatArray, log_factors: FloatArray, width: float, top: int) -> FloatArray:
    """Probabilities by case, count and node of shared factors, averaged over one's own factor."""
    means = np.multiply.outer(rates, np.exp(log_factors))
    if width > 0.0 or top > _SMALL_COUNT:
        logs = _batched_table(means.ravel(), width, top, _scale(rates, top))
        return np.exp(logs).reshape(*means.shape, -1).transpose(0, 2, 1)
    table = np.empty((len(rates), top + 1, len(log_factors)))
    np.exp(-means, out=table[:, 0])
    for count in range(1, top + 1):
        np.multiply(table[:, count - 1], means / count, out=table[:, count])
    return table


@lru_cache(maxsize=256)
def _levels(vectors: bytes, channels: int) -> tuple[tuple[NDArray[np.intp], int, int], ...]:
    """For each channel, where the counts up to it stand among those before it, by its own count.

    Places, how many distinct counts there are before it, and its largest count.
    """
    found = []
    left = np.frombuffer(vectors, dtype=np.int64).reshape(-1, channels)
    for i in reversed(range(channels)):
        top = int(left[:, i].max())
        kept, back = np.unique(left[:, :i], axis=0, return_inverse=True)
        found.append((back.ravel() * (top + 1) + left[:, i], len(kept), top))
        left = kept
    return tuple(reversed(found))


def _check_work(terms: float) -> None:
    """Refuse sums that would take minutes."""
    if terms > _MOST_TERMS:
        raise ValidityError(
            f"these shared and own uncertainties of several channels need {terms:.2g} terms, at "
            f"most {_MOST_TERMS:.2g} are summed; merge channels or groups, or narrow the "
            "uncertainties."
        )


def _scale(rates: FloatArray, counts: int) -> float:
    """Scale of means that matter, rounded up to a power of 2 so that nodes can be reused.

    Means far above the counts have vanishing probabilities, and there only the sign of
    a comparison matters; they must not inflate the number of nodes.
    """
    largest = min(float(rates.max(initial=0.0)), 4.0 * counts + 40.0)
    return 2.0 ** math.ceil(math.log2(max(largest, 1.0)))


def _joint_common(rates: FloatArray, counts: NDArray[np.int64], width: float) -> FloatArray:
    """Joint probabilities where one factor moves all channels alike.

    Then the counts are multinomial given their total, and the total alone carries the factor.
    """
    total_rate = rates.sum(axis=0)
    total = counts.sum(axis=1)
    top = int(total.max(initial=0))
    sums = _batched_table(total_rate, width, top, _scale(total_rate, top))
    share = np.log(np.maximum(rates, 1e-300)) - np.log(np.maximum(total_rate, 1e-300))
    factorials = log_factorials(max(top, 1))
    constant = factorials[total] - factorials[counts].sum(axis=1)
    logs = sums[:, total] + share.T @ counts.T.astype(float) + constant
    return np.asarray(np.exp(np.minimum(logs, 0.0)))


def _shared_grid(
    rates: FloatArray, counts: NDArray[np.int64], factors: Factors
) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the shared factors (g, c) at the nodes of a product grid, and weights (g,)."""
    top = int(counts.sum(axis=1).max(initial=0))
    scale = _scale(rates.sum(axis=0), top)
    axes = [normal_nodes(float(w.max()), scale, top) for w in factors.shared]
    if math.prod(len(z) for z, _ in axes) > MAX_NODES:
        raise ValidityError(
            f"{len(axes)} shared uncertainties need more than {MAX_NODES} quadrature nodes; "
            "merge groups or use method 'asymptotic'."
        )
    log_factors, weights = np.zeros((1, len(factors.uncorrelated))), np.ones(1)
    for (z, w), widths in zip(axes, factors.shared, strict=True):
        added = np.multiply.outer(z, widths)
        log_factors = (log_factors[:, None] + added).reshape(-1, len(widths))
        weights = np.multiply.outer(weights, w).ravel()
    return log_factors, weights


def joint_total_pmf(
    signal: FloatArray,
    background: FloatArray,
    counts: NDArray[np.int64],
    factors: tuple[Factors, Factors],
) -> FloatArray:
    """Joint probabilities of total counts, signal plus background, all factors averaged over.

    Parameters
    ----------
    signal : array of float, shape (c, b)
        Median signal events in c channels, for b independent cases.
    background : array of float, shape (c,)
        Median background events.
    counts : array of int, shape (v, c)
        Count vectors.
    factors : (Factors, Factors)
        Log-normal factors of signal and of background.

    Returns
    -------
    array of float, shape (b, v)
        Probabilities.

    Notes
    -----
    Given the shared factors, channels are independent, and in each the total is the convolution of
    the averaged signal and background counts.
    """
    backgrounds = background[:, None]
    signal_nodes, signal_weights = _shared_grid(signal, counts, factors[0])
    background_nodes, background_weights = _shared_grid(backgrounds, counts, factors[1])
    result = np.zeros((signal.shape[1], len(counts)))
    tops = counts.max(axis=0, initial=0).astype(float) + 1.0
    cases = signal.shape[1] * len(signal_weights)
    terms = len(background_weights) * cases * float(tops @ (tops + len(counts)))
    loops = len(background_weights) * len(signal_weights)
    _check_work(max(terms, loops * _MOST_TERMS / _MOST_LOOPS))
    for log_b, weight_b in zip(background_nodes, background_weights, strict=True):
        shifts = [
            _shift_matrix(background[i] * math.exp(log_b[i]), float(width), counts[:, i])
            for i, width in enumerate(factors[1].uncorrelated)
        ]
        for log_s, weight_s in zip(signal_nodes, signal_weights, strict=True):
            product = np.full_like(result, weight_b * weight_s)
            for i, width in enumerate(factors[0].uncorrelated):
                matrix, columns = shifts[i]
                top = len(matrix) - 1
                means = signal[i] * math.exp(log_s[i])
                table = np.exp(_batched_table(means, float(width), top, _scale(means, top)))
                product *= (table @ matrix)[:, columns]
            result += product
    return result


def _shift_matrix(
    rate: float, width: float, counts: NDArray[np.int64]
) -> tuple[FloatArray, NDArray[np.int64]]:
    """P_b(n - j) for j (rows) and the distinct n wanted (columns), and each count's column."""
    wanted, columns = np.unique(counts, return_inverse=True)
    top = int(wanted[-1])
    rates = np.array([rate])
    pmf = np.exp(_batched_table(rates, width, top, _scale(rates, top))[0])
    missing = wanted[None, :] - np.arange(top + 1)[:, None]
    return np.where(missing >= 0, pmf[np.maximum(missing, 0)], 0.0), columns
