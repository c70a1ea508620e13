"""Observed and expected limits of the channels of a shape analysis, by one method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from .asymptotic import asymptotic_expected_limits
from .channel import Channel
from .counting import upper_limit
from .discovery import significance
from .expected import expected_limits
from .limit import BANDS
from .toy_expected import toy_expected_limits

__all__ = ["METHODS", "limits_of_bins"]

METHODS: Final = ("cls", "asymptotic", "toys")
"""Exact CLs by enumeration for few events, asymptotic formulas, and pseudo-experiments."""


def limits_of_bins(
    channels: Sequence[Channel],
    method: str,
    cl: float,
    known: bool,
    formula: bool,
    *,
    toys: int,
    seed: int,
) -> tuple[dict[str, float], float]:
    """Limits on the strength, and the p-value of the background.

    Parameters
    ----------
    channels : sequence of Channel
        The bins.
    method : str
        One of `METHODS`.
    cl : float
        Confidence level.
    known : bool
        Whether the observed events are known.
    formula : bool
        Expect by the Asimov data or pseudo-experiments of the method; otherwise, for one count, by
        enumeration.
    toys, seed : int
        Pseudo-experiments, and their seed.

    Returns
    -------
    dict of str to float, and float
        ``observed`` (NaN where unknown) and the bands; the p-value (NaN where unknown).
    """
    found = {"observed": math.nan, **dict.fromkeys(BANDS, math.nan)}
    if not any(one.signal > 0.0 for one in channels):
        return found, math.nan
    p_value = math.nan
    if known:
        found["observed"] = upper_limit(channels, method, cl, toys=toys, seed=seed).upper_limit
        if any(one.background > 0.0 for one in channels):
            how = "toys" if method == "toys" else "profile"
            p_value = significance(channels, how, toys=toys, seed=seed).p_value
    if method == "asymptotic" and formula:
        expected = asymptotic_expected_limits(channels, cl)
    elif method == "toys" and formula:
        expected = toy_expected_limits(channels, cl, toys=toys, seed=seed)
    else:
        expected = expected_limits(channels, method, cl, toys=toys, seed=seed)
    return {**found, **expected}, p_value
