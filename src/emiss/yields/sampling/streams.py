"""Random numbers of batches: each process has its own."""

from __future__ import annotations

import zlib
from typing import Final

__all__ = ["BATCHES", "stream"]

BATCHES: Final = 10
"""Batches in which beam particles are simulated: what one makes is in memory at once."""
_NAMES: Final = (1 << 24) - 1


def stream(name: str, batch: int) -> int:
    """Number of the chunk of random numbers that a process uses in a batch.

    Processes with the same showers would have errors that do not add in quadrature.

    Parameters
    ----------
    name : str
        Name of the process, or of the meson that it makes.
    batch : int
        Number of the batch, below `BATCHES`.

    Returns
    -------
    int
        Below 2^28; a function of the name, so that a process has the same showers beside others as
        alone.
    """
    return (zlib.crc32(name.encode()) & _NAMES) * BATCHES + batch
