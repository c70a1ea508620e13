"""Backgrounds and signals by bin, as the channels of a shape analysis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError
from .channel import Channel

__all__ = ["PartAsked", "ShapePart", "channels_of_bins", "count_channel", "parts_asked"]

SIGNAL_REGION: Final = "flat"
SAMPLE: Final = "simulated"
SIDEBAND: Final = "sideband"


@dataclass(frozen=True, slots=True)
class PartAsked:
    """A background as it is asked for.

    Parameters
    ----------
    name : str
        A sample of the simulation, or any other name for one that is flat in the signal region.
    events : float or None
        Expected events in the signal region; None for a sample that is taken as the simulation has
        it, outside of the signal region.
    error : float
        Its absolute uncertainty; relative where no events are given.
    """

    name: str
    events: float | None = None
    error: float = 0.0

    def __post_init__(self) -> None:
        for label, value in (("events", self.events), ("error", self.error)):
            if value is not None and not (math.isfinite(value) and value >= 0.0):
                raise ArgumentError(
                    f"background '{self.name}': {label} {value}; give a number of at least 0."
                )


@dataclass(frozen=True, slots=True, eq=False)
class ShapePart:
    """A background by bin.

    Parameters
    ----------
    name : str
        What it is.
    how : str
        ``flat`` over the signal region, ``simulated`` there, or ``sideband``: simulated outside.
    relative : float
        Relative uncertainty that all its bins share.
    events, monte_carlo : array of float, shape (bins,)
        Expected events, and the statistical error of the simulation.
    """

    name: str
    how: str
    relative: float
    events: FloatArray
    monte_carlo: FloatArray


def parts_asked(asked: Sequence[PartAsked], stated: float, error: float) -> tuple[PartAsked, ...]:
    """Backgrounds that are asked for, and what they leave of the stated one.

    Parameters
    ----------
    asked : sequence of PartAsked
        Backgrounds.
    stated, error : float
        What the run states of the signal region.

    Returns
    -------
    tuple of PartAsked
        The rest, flat, has what the others leave of events and, in quadrature, of the error.

    Raises
    ------
    ArgumentError
        If a name comes twice, or they are more than is stated.
    """
    names = [one.name for one in asked]
    if len(set(names)) != len(names) or "rest" in names:
        raise ArgumentError("backgrounds: name each once, and none 'rest'.")
    inside = [one for one in asked if one.events is not None]
    total = math.fsum(one.events or 0.0 for one in inside)
    if total > stated * (1.0 + 1e-9):
        raise ArgumentError(
            f"backgrounds of {total:g} events in all, of which the run states {stated:g}; give no "
            "more than that."
        )
    rest = stated - total
    if rest <= 1e-9 * stated:
        return tuple(asked)
    left = math.sqrt(max(error**2 - math.fsum(one.error**2 for one in inside), 0.0))
    name = "rest" if inside else "stated"
    return (*asked, PartAsked(name, rest, min(left, 10.0 * rest)))


def channels_of_bins(
    parts: Sequence[ShapePart],
    used: NDArray[np.intp],
    signal: FloatArray,
    signal_error: FloatArray,
    observed: Sequence[int | None],
    relative: float,
) -> tuple[Channel, ...]:
    """One channel per bin.

    Parameters
    ----------
    parts : sequence of ShapePart
        Backgrounds.
    used : array of int
        Numbers of the bins that are used.
    signal, signal_error : array of float, shape (bins,)
        Signal over that of the count, and its Monte Carlo error.
    observed : sequence of int or None
        Events by bin; the nearest whole number to the background stands for unknown ones.
    relative : float
        Relative uncertainty of the signal that all bins share.

    Returns
    -------
    tuple of Channel
        A strength is a number of signal events of the count. Of a single bin all uncertainties of
        the background are one.
    """
    found = []
    for number in used.tolist():
        background = math.fsum(float(part.events[number]) for part in parts)
        sources = tuple(
            (part.name, part.relative * float(part.events[number]))
            for part in parts
            if part.relative * part.events[number] > 0.0
        )
        own = math.hypot(*(float(part.monte_carlo[number]) for part in parts))
        if len(used) == 1:
            own, sources = math.hypot(own, *(error for _, error in sources)), ()
        share, error = float(signal[number]), float(signal_error[number])
        count = observed[number]
        found.append(
            Channel(
                round(background) if count is None else count, background, own, signal=share,
                signal_uncertainty=min(error / share, 10.0) if share > 0.0 else 0.0,
                signal_uncertainty_shared=relative, background_sources=sources,
            )
        )  # fmt: skip
    return tuple(found)


def count_channel(run: Channel, observed: int | None) -> Channel:
    """The count of the run as a channel of one bin.

    Parameters
    ----------
    run : Channel
        Channel of the run.
    observed : int or None
        Events seen; the background stands for an unknown count.

    Returns
    -------
    Channel
        With the uncertainties of the run and a signal of 1.
    """
    own = math.hypot(run.background_uncertainty, run.background_uncertainty_shared)
    return Channel(
        round(run.background) if observed is None else observed, run.background, own, signal=1.0,
        signal_uncertainty_shared=signal_relative(run),
    )  # fmt: skip


def signal_relative(run: Channel) -> float:
    """Relative uncertainty of the signal, own and shared factors together."""
    return math.expm1(math.hypot(*run.signal_widths))
