"""What was seen: by bin, and in the signal region as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.shape_bins import ShapeBins, recorded_bins
from ..ground.errors import ArgumentError

if TYPE_CHECKING:
    from ..experiments import Run

__all__ = ["events_by_bin", "events_counted"]


def events_by_bin(
    bins: ShapeBins, run: Run, data: Path | str | None, observed: Sequence[int] | None
) -> tuple[int | None, ...]:
    """Events by bin: of data, as they are given, or what the stated count says.

    Parameters
    ----------
    bins : ShapeBins
        The bins.
    run : Run
        Run of the experiment.
    data : path or None
        Recorded events.
    observed : sequence of int or None
        Events by bin.

    Returns
    -------
    tuple of int or None
        None where they are unknown or blind. A stated count of zero is zero in all bins of the
        signal region; another is known where one bin is the region.

    Raises
    ------
    ArgumentError
        If both are given, or not one number per bin.
    """
    if data is not None and observed is not None:
        raise ArgumentError("give data or the observed events by bin, not both.")
    if data is not None:
        return recorded_bins(bins, data)
    if observed is not None:
        if len(observed) != bins.size:
            raise ArgumentError(
                f"{len(observed)} observed events for {bins.size} bins; give one per bin, the last "
                "variable moving fastest."
            )
        return tuple(int(n) for n in observed)
    stated = None if run.observed_count is None else run.observed
    if stated == 0:
        return tuple(0 if inside else None for inside in bins.inside)
    one = int(bins.inside.sum()) == 1 and bins.is_region
    return tuple(stated if inside and one else None for inside in bins.inside)


def events_counted(
    bins: ShapeBins, run: Run, seen: Sequence[int | None], data: Path | str | None,
    observed: Sequence[int] | None,
) -> int | None:  # fmt: skip
    """Events of the signal region, for the count beside.

    Parameters
    ----------
    bins, run, data, observed
        As in `events_by_bin`.
    seen : sequence of int or None
        Events by bin.

    Returns
    -------
    int or None
        None where they are not known.
    """
    if data is None and observed is None:
        return None if run.observed_count is None else run.observed
    inside = [n for n, within in zip(seen, bins.inside, strict=True) if within]
    if not bins.is_region or any(n is None for n in inside):
        return None
    return sum(n for n in inside if n is not None)
