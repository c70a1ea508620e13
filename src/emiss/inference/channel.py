"""A counting channel: what one bin or run period saw, expects and would see of a signal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..ground.checks import check_real, shortened
from ..ground.errors import ArgumentTypeError, ValidityError
from ..ground.guards import text

__all__ = [
    "Channel",
    "as_channels",
    "check_confidence_level",
    "check_countable",
    "lognormal_width",
]

MAX_COUNTS = 1_000_000_000
"""Largest background in events."""
MAX_OBSERVED = 1_000_000_000_000
"""Largest count: bands of a background with a wide uncertainty reach beyond `MAX_COUNTS`."""
MAX_RELATIVE_UNCERTAINTY = 10.0
MOST_ENUMERATED = 1000
"""Most events in each of several channels."""


def lognormal_width(relative: float) -> float:
    """Width of ln(rate) for a relative uncertainty.

    The rate is ``nominal * exp(width * z)`` with z standard normal: the nominal value is the
    *median*, and one standard deviation multiplies by ``1 + relative`` (the kappa convention of
    the usual fitting tools).

    Parameters
    ----------
    relative : float
        Relative uncertainty, e.g. 0.1.

    Returns
    -------
    float
        ln(1 + relative).
    """
    return math.log1p(relative)


_NUMBERS = (
    "background",
    "background_uncertainty",
    "signal",
    "signal_uncertainty",
    "signal_uncertainty_shared",
    "background_uncertainty_shared",
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One independent Poisson count.

    Every uncertainty is a log-normal factor with the nominal value as its median. An
    uncorrelated factor belongs to this channel alone; shared factors with the same group name
    move together in all channels of that group.

    Parameters
    ----------
    observed : int
        Observed events.
    background : float
        Expected background events.
    background_uncertainty : float
        Absolute uncertainty of the background, uncorrelated between channels.
    signal : float
        Expected signal events at unit strength. With the default 1 a strength is a number of
        signal events.
    signal_uncertainty : float
        Relative uncertainty of the signal, uncorrelated between channels.
    signal_uncertainty_shared : float
        Relative uncertainty of the signal that is common to the channels of `signal_group`.
    background_uncertainty_shared : float
        Absolute uncertainty of the background that is common to those of `background_group`.
    signal_group, background_group : str
        Names of the shared factors; signal and background groups are apart from each other.
    background_sources : tuple of (str, float)
        Further absolute uncertainties of the background by name of a source, each common to all
        channels that name it. Factors multiply the whole background.

    Raises
    ------
    ArgumentError
        What is no finite number.
    ValidityError
        A negative value, counts above 1e12, a background above 1e9, a
        relative uncertainty above 10, or an uncertainty on a background of zero.

    Examples
    --------
    >>> Channel(observed=0, background=0.51, background_uncertainty=0.13).background
    0.51
    """

    observed: int
    background: float
    background_uncertainty: float = 0.0
    signal: float = 1.0
    signal_uncertainty: float = 0.0
    signal_uncertainty_shared: float = 0.0
    background_uncertainty_shared: float = 0.0
    signal_group: str = "signal"
    background_group: str = "background"
    background_sources: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for name in ("observed", *_NUMBERS):
            check_real(getattr(self, name), name)
        for name in ("signal_group", "background_group"):
            text(getattr(self, name), name)
        observed = self.observed
        if isinstance(observed, bool) or not _is_whole(observed) or observed < 0:
            raise ValidityError(
                f"observed events must be a whole number from 0 to {MAX_OBSERVED:g}, "
                f"got {observed!r}."
            )
        object.__setattr__(self, "observed", int(observed))
        _check("observed events", self.observed, MAX_OBSERVED)
        _check("background", self.background, MAX_COUNTS)
        _check("signal per unit strength", self.signal, math.inf)
        for name in ("signal_uncertainty", "signal_uncertainty_shared"):
            _check(name, getattr(self, name), MAX_RELATIVE_UNCERTAINTY)
        for name, value in self._background_errors():
            _check(name, value, MAX_RELATIVE_UNCERTAINTY * MAX_COUNTS)
            if value == 0.0:
                continue
            if self.background == 0.0:
                raise ValidityError(
                    f"{name} is {value} but the background is 0: a log-normal factor cannot "
                    "spread zero. Give the background a positive median."
                )
            if value > MAX_RELATIVE_UNCERTAINTY * self.background:
                raise ValidityError(
                    f"{name} {value} is more than {MAX_RELATIVE_UNCERTAINTY:g} times the "
                    f"background {self.background}; check its unit (it is absolute, in events)."
                )

    def _background_errors(self) -> list[tuple[str, float]]:
        """Absolute uncertainties of the background, with their names."""
        found = [
            (name, getattr(self, name))
            for name in ("background_uncertainty", "background_uncertainty_shared")
        ]
        given = self.background_sources
        listed = isinstance(given, tuple | list)
        if not listed or not all(isinstance(x, tuple | list) and len(x) == 2 for x in given):
            raise ArgumentTypeError(
                f"background_sources: {shortened(given)}; give pairs of a name and a number of "
                "events."
            )
        object.__setattr__(self, "background_sources", tuple((a, b) for a, b in given))
        for source, value in self.background_sources:
            text(source, "background_sources")
            check_real(value, f"background source '{source}'")
            found.append((f"background source '{source}'", value))
        return found

    @property
    def background_width(self) -> float:
        """Width of ln(background), all factors together."""
        if not self.background_sources:
            return math.hypot(*self.background_widths)
        return math.hypot(*self.background_widths, *self.source_widths.values())

    @property
    def source_widths(self) -> dict[str, float]:
        """Width of ln(background) by name of a source."""
        if self.background == 0.0:
            return {}
        return {n: lognormal_width(u / self.background) for n, u in self.background_sources if u}

    @property
    def background_widths(self) -> tuple[float, float]:
        """Widths of ln(background): uncorrelated and shared."""
        if self.background == 0.0:
            return 0.0, 0.0
        return (
            lognormal_width(self.background_uncertainty / self.background),
            lognormal_width(self.background_uncertainty_shared / self.background),
        )

    @property
    def signal_widths(self) -> tuple[float, float]:
        """Widths of ln(signal): uncorrelated and shared."""
        return (
            lognormal_width(self.signal_uncertainty),
            lognormal_width(self.signal_uncertainty_shared),
        )


def _is_whole(value: object) -> bool:
    try:
        return float(value).is_integer()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _check(name: str, value: float, largest: float) -> None:
    # NaN fails every comparison, so the test is written for what is allowed.
    if not (0.0 <= value <= largest and math.isfinite(value)):
        top = "a finite number" if math.isinf(largest) else f"{largest:g}"
        raise ValidityError(f"{name} must be between 0 and {top}, got {value}.")


def as_channels(channels: Channel | Sequence[Channel]) -> tuple[Channel, ...]:
    """One or more channels as a tuple.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        At least one, at least one with a signal.

    Returns
    -------
    tuple of Channel
        The channels.

    Raises
    ------
    ValidityError
        No channel, or no signal in any of them.
    """
    if isinstance(channels, Channel) and channels.signal > 0.0:
        return (channels,)
    given = [channels] if isinstance(channels, Channel) else channels
    listed = isinstance(given, list | tuple)
    if not listed or not all(isinstance(c, Channel) for c in given):
        raise ArgumentTypeError(
            f"channels: {shortened(channels)}; give a Channel, or a list or tuple of them."
        )
    result = tuple(given)
    if not result:
        raise ValidityError("channels: a limit needs at least one channel, got none.")
    if not any(c.signal > 0.0 for c in result):
        raise ValidityError(
            "no channel expects a signal (signal = 0 everywhere), so the strength has no limit; "
            "give the signal events at unit strength."
        )
    return result


def check_countable(channels: Sequence[Channel]) -> None:
    """Refuse several channels whose counts are too many to be enumerated.

    Parameters
    ----------
    channels : sequence of Channel
        Two or more channels.

    Raises
    ------
    ValidityError
        A channel with more than `MOST_ENUMERATED` events, observed or expected with its
        uncertainty.
    """
    for channel in channels:
        spread = math.exp(2.5 * channel.background_width)
        most = max(channel.observed, channel.background * spread)
        if most > MOST_ENUMERATED:
            raise ValidityError(
                f"several channels are enumerated up to {MOST_ENUMERATED} events in each, one of "
                f"these reaches {most:.4g}; merge the channels into one, which has no such bound."
            )


def check_confidence_level(cl: float) -> float:
    """Return a confidence level after checking it.

    Parameters
    ----------
    cl : float
        Confidence level.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    ValidityError
        Not between 0.01 and 0.999999.
    """
    check_real(cl, "confidence level cl")
    if not 0.01 <= cl <= 0.999999:
        raise ValidityError(
            f"confidence level cl must be between 0.01 and 0.999999, got {cl:.12g}; "
            "90 % is written 0.9."
        )
    return float(cl)
