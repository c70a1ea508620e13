"""Yields of one experiment at different masses, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from .mixed import mixed
from .signal import SignalYield

if TYPE_CHECKING:
    from .processes.base import ProcessYield

__all__ = ["joined"]


def joined(signals: Sequence[SignalYield]) -> SignalYield:
    """Put yields at different masses together.

    Parameters
    ----------
    signals : sequence of SignalYield
        Of one experiment, for one model; no mass is in two of them.

    Returns
    -------
    SignalYield
        At all masses, ascending.
    """
    if len(signals) == 1:
        return signals[0]
    first, masses = signals[0], np.concatenate([signal.masses for signal in signals])
    order = np.argsort(masses, kind="stable")
    sizes = np.cumsum([signal.masses.size for signal in signals])
    places = np.split(np.argsort(order, kind="stable"), sizes[:-1])
    # Runs that share a setup, or what is asked of it, at all of the masses.
    shared = list(zip(*(signal.setup_index for signal in signals), strict=True))
    setups = list(dict.fromkeys(shared))
    processes: list[dict[str, ProcessYield]] = []
    for numbers in setups:
        each = [signal.processes[n] for signal, n in zip(signals, numbers, strict=True)]
        processes.append(
            {
                title: mixed(
                    tuple((rows, made.get(title)) for rows, made in zip(places, each, strict=True)),
                    masses.size,
                )
                for title in dict.fromkeys(title for made in each for title in made)
            }
        )
    names = dict.fromkeys(name for signal in signals for name in signal.relative)
    relative = {
        name: np.concatenate([s.relative.get(name, np.ones_like(s.scale)) for s in signals], axis=1)
        for name in names
    }
    return replace(
        first,
        masses=masses[order],
        scale=np.concatenate([signal.scale for signal in signals], axis=1)[:, order],
        efficiency=np.concatenate([signal.efficiency for signal in signals], axis=1)[:, order],
        setup_index=tuple(setups.index(numbers) for numbers in shared),
        processes=tuple(processes),
        citations=tuple(dict.fromkeys(key for signal in signals for key in signal.citations)),
        shares=lambda: _flow(signals, order),
        relative={name: rows[:, order] for name, rows in relative.items()},
    )


def _flow(signals: Sequence[SignalYield], order: NDArray[np.intp]) -> dict[str, FloatArray]:
    """Shares left after each cut; empty where there are none at some of the masses."""
    flows = [signal.cut_flow() for signal in signals]
    if any(list(flow) != list(flows[0]) for flow in flows):
        return {}
    return {
        cut: np.concatenate([flow[cut] for flow in flows], axis=1)[:, order] for cut in flows[0]
    }
