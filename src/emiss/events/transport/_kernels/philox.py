"""Counter-based random numbers: Philox4x32 with ten rounds, written out for kernels.

A stream is an array of twelve words: key (2), counter (4), last block (4), position in it, unused.
The counter is (draw, event, chunk, purpose) and the key the seed, so that what an event draws
depends on (seed, chunk, event) alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....ground._kernels.jit import helper

Words = NDArray[np.uint64]

WORDS = 12
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_PURPOSE = np.uint64(24)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_ONE = np.uint64(1)
_FOUR = np.uint64(4)
_SCALE = 2.0**-32


@helper
def start(stream: Words, seed: int, chunk: int, event: int, purpose: int) -> None:
    """Begin the stream of one event for a purpose; 0 is the transport."""
    stream[0] = np.uint64(seed) & _MASK
    stream[1] = np.uint64(seed) >> _HALF
    stream[2] = np.uint64(0)
    stream[3] = np.uint64(event) & _MASK
    stream[4] = np.uint64(chunk) & _MASK
    stream[5] = (np.uint64(event) >> _HALF) | (np.uint64(purpose) << _PURPOSE)
    stream[10] = _FOUR


@helper
def uniform(stream: Words) -> float:
    """A number in (0, 1), of 32 bits, never 0 or 1."""
    place = stream[10]
    if place == _FOUR:
        # Written out here: a call costs more than the ten rounds.
        k0, k1 = stream[0], stream[1]
        c0, c1, c2, c3 = stream[2], stream[3], stream[4], stream[5]
        for _ in range(10):
            p0, p1 = _M0 * c0, _M1 * c2
            c0, c1, c2, c3 = (
                (p1 >> _HALF) ^ c1 ^ k0,
                p1 & _MASK,
                (p0 >> _HALF) ^ c3 ^ k1,
                p0 & _MASK,
            )
            k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
        stream[6], stream[7], stream[8], stream[9] = c0, c1, c2, c3
        stream[2] = stream[2] + _ONE
        place = np.uint64(0)
    stream[10] = place + _ONE
    # Signed, since the conversion of unsigned words is several times slower.
    return (float(np.int64(stream[np.uint64(6) + place])) + 0.5) * _SCALE
