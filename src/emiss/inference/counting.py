"""Front door of the counting statistics: one function for all methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..ground.guards import chosen
from .channel import Channel, as_channels, check_confidence_level
from .pseudo_experiments import TOYS

if TYPE_CHECKING:
    from .toys import ToyLimit

__all__ = ["METHODS", "CountingLimit", "upper_limit"]

METHODS = ("cls", "fc", "fc-raw", "bayes", "asymptotic", "toys")
"""Names of the statistical methods."""

_FEW = 5.0  # events below which asymptotic distributions are known to be wrong


@dataclass(frozen=True, slots=True)
class CountingLimit:
    """Limits on a signal strength.

    Parameters
    ----------
    upper_limit : float
        Upper limit on the strength; signal events where the channels' signal is 1.
    lower_limit : float
        Lower limit; above 0 for Feldman-Cousins intervals only.
    method : str
        One of `METHODS`.
    cl : float
        Confidence level.
    warnings : tuple of str
        What the reader must know about the number.
    """

    upper_limit: float
    lower_limit: float
    method: str
    cl: float
    warnings: tuple[str, ...] = ()


def upper_limit(
    channels: Channel | Sequence[Channel],
    method: str = "cls",
    cl: float = 0.9,
    *,
    toys: int = TOYS,
    seed: int = 1,
) -> CountingLimit:
    """Limit on the signal strength of one or more counting channels.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        The channels with their signals at unit strength.
    method : {"cls", "fc", "fc-raw", "bayes", "asymptotic", "toys"}
        Exact CLs, Feldman-Cousins (as published, or the raw construction), Bayes with a flat
        prior, CLs of the profile likelihood by asymptotic formulas, or by pseudo-experiments.
    cl : float
        Confidence level.
    toys, seed : int, optional
        Pseudo-experiments per hypothesis of ``toys``, and their seed.

    Returns
    -------
    CountingLimit
        The limits.

    Raises
    ------
    UnknownNameError
        A method that does not exist.
    ValidityError
        Channels or confidence level out of range, or too many outcomes to enumerate.

    Examples
    --------
    >>> round(upper_limit(Channel(observed=0, background=0.51)).upper_limit, 4)
    2.3026
    """
    chosen(METHODS)(method, "method")
    channels = as_channels(channels)
    cl = check_confidence_level(cl)
    lower = 0.0
    warnings: tuple[str, ...] = ()
    if method == "cls":
        upper = _cls(channels, cl)
    elif method == "bayes":
        from .bayes import bayes_upper_limit

        upper = bayes_upper_limit(channels, cl)
    elif method in ("fc", "fc-raw"):
        from .feldman_cousins import feldman_cousins_interval

        lower, upper = feldman_cousins_interval(channels, cl, raw=method == "fc-raw")
        warnings = _fc_warnings(channels)
    elif method == "toys":
        from .toys import toy_upper_limit

        found = toy_upper_limit(channels, cl, toys=toys, seed=seed)
        upper, warnings = found.upper_limit, (_toy_error(found),)
    else:
        from .asymptotic import asymptotic_upper_limit

        upper = asymptotic_upper_limit(channels, cl)
        warnings = _asymptotic_warnings(channels, upper)
    return CountingLimit(upper, lower, method, cl, warnings)


def _cls(channels: tuple[Channel, ...], cl: float) -> float:
    if len(channels) == 1:
        from .cls import cls_upper_limit

        return cls_upper_limit(channels[0], cl)
    from .combination import combined_cls_upper_limit

    return combined_cls_upper_limit(channels, cl)


def _fc_warnings(channels: tuple[Channel, ...]) -> tuple[str, ...]:
    observed = sum(c.observed for c in channels)
    background = sum(c.background for c in channels)
    if observed >= background:
        return ()
    return (
        f"fewer events observed ({observed}) than expected from background ({background:.3g}): "
        "a Feldman-Cousins upper limit then falls with the background; state the sensitivity too.",
    )


def _toy_error(found: ToyLimit) -> str:
    return (
        f"the limit rests on {found.toys} pseudo-experiments with and as many without signal "
        f"(seed {found.seed}): its statistical error is "
        f"{100.0 * found.error / found.upper_limit:.2g} %."
    )


def _asymptotic_warnings(channels: tuple[Channel, ...], upper: float) -> tuple[str, ...]:
    observed = sum(c.observed for c in channels)
    background = sum(c.background for c in channels)
    if min(observed, background) >= _FEW:
        return ()
    text = (
        f"the asymptotic method is not valid for {observed} observed events on a background of "
        f"{background:.3g} (fewer than {_FEW:g}): the limit is too strong. Use method 'cls'."
    )
    if len(channels) == 1:
        import math

        from .cls import log_cls

        text += f" Its exact CLs is {math.exp(log_cls(channels[0], upper)):.3f}."
    return (text,)
