r"""Expected limits: quantiles over the outcomes that background alone would give.

Outcomes are enumerated with their probabilities, averaged over the background uncertainties; no
toys are thrown. With few expected events the bands are discrete steps, and are reported as such.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..ground.guards import chosen
from .channel import Channel, as_channels, check_confidence_level
from .combination import BAND_SIGMAS, Combination
from .counting import METHODS, upper_limit
from .nuisance import log_poisson_table, node_number
from .pseudo_experiments import TOYS

__all__ = ["expected_limits", "outcome_quantiles"]

CITATIONS = ("Cousins:1991qz",)

_MOST_TERMS = 300_000  # of a table of probabilities; beyond, quantiles come from integrals


def expected_limits(
    channels: Channel | Sequence[Channel],
    method: str = "cls",
    cl: float = 0.9,
    *,
    toys: int = TOYS,
    seed: int = 1,
) -> dict[str, float]:
    """Median expected upper limit and its bands if there is no signal.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        The channels; their observed counts are not used.
    method : {"cls", "fc", "fc-raw", "bayes", "asymptotic", "toys"}
        Method of the limits.
    cl : float
        Confidence level.
    toys, seed : int, optional
        Pseudo-experiments per hypothesis of ``toys``, and their seed.

    Returns
    -------
    dict of str to float
        Limits on the strength at "-2", "-1", "0", "1", "2" standard deviations: for each the
        smallest limit which a fraction Phi(z) of the outcomes does not exceed.

    Raises
    ------
    UnknownNameError
        A method that does not exist.
    ValidityError
        Channels out of range, or too many outcomes to enumerate.

    Notes
    -----
    One channel: the limit rises with the count, so quantiles of the count suffice. Several:
    outcomes are ordered by the weighted count of `combination`. With CLs the limit depends on the
    outcome through it alone; for other methods it is that of the outcome at the quantile.
    """
    chosen(METHODS)(method, "method")
    channels = as_channels(channels)
    check_confidence_level(cl)
    if len(channels) == 1:
        counts = outcome_quantiles(channels[0])
        limits = {
            n: _upper(replace(channels[0], observed=n), method, cl, toys, seed)
            for n in set(counts.values())
        }
        return {band: limits[n] for band, n in counts.items()}
    if method == "cls":
        ordering = Combination(channels).order(
            np.array([[c.signal] for c in channels]), tuple(BAND_SIGMAS)
        )
        return dict(zip(BAND_SIGMAS, map(float, ordering.upper_limits(cl)[:, 0]), strict=True))
    return _enumerated(channels, method, cl, toys, seed)


def outcome_quantiles(channel: Channel) -> dict[str, int]:
    """Quantiles of the count that background alone gives in one channel.

    Parameters
    ----------
    channel : Channel
        The channel; its observed count is not used.

    Returns
    -------
    dict of str to int
        Counts at the bands "-2" to "2".
    """
    b, width = channel.background, channel.background_width
    up = b * math.exp(2.5 * width)
    top = math.ceil(up + 3.0 * math.sqrt(up) + 5.0)
    probabilities = {band: 0.5 * math.erfc(-z / math.sqrt(2.0)) for band, z in BAND_SIGMAS.items()}
    if top * node_number(width, max(b, 1.0), top) > _MOST_TERMS:
        return {band: _quantile(p, b, width) for band, p in probabilities.items()}
    logs = log_poisson_table(np.array([b]), width, top, max(b, 1.0))[0]
    cumulative = np.cumsum(np.exp(logs))
    return {band: int(np.searchsorted(cumulative, p)) for band, p in probabilities.items()}


def _upper(channel: Channel, method: str, cl: float, toys: int, seed: int) -> float:
    if method in ("fc", "fc-raw"):
        from .feldman_cousins import feldman_cousins_upper

        return feldman_cousins_upper(channel, cl, raw=method == "fc-raw")
    return upper_limit(channel, method, cl, toys=toys, seed=seed).upper_limit


def _quantile(probability: float, background: float, width: float) -> int:
    """Smallest count with at least this probability below or at it, without a sum over counts."""
    from .smeared import smeared_log_cdf

    log_p, nothing = math.log(probability), np.zeros(1)

    def reaches(count: int) -> bool:
        return float(smeared_log_cdf(count, nothing, background, width)[0]) >= log_p

    low, high = -1, max(1, round(background))
    while not reaches(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def _enumerated(
    channels: tuple[Channel, ...], method: str, cl: float, toys: int, seed: int
) -> dict[str, float]:
    counts = Combination(channels).band_counts(np.array([[c.signal] for c in channels]))
    limits: dict[tuple[int, ...], float] = {}
    for outcome in set(counts.values()):
        recorded = [replace(c, observed=n) for c, n in zip(channels, outcome, strict=True)]
        found = upper_limit(recorded, method, cl, toys=toys, seed=seed)
        limits[outcome] = found.upper_limit
    return {band: limits[outcome] for band, outcome in counts.items()}
