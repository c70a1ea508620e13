"""Small pieces of the transport: table look-up, sampling, directions, deposits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....ground._kernels.jit import helper
from ..energy_grid import LINES, LOWEST_EXPONENT, QUANTILES
from .inlined import inlined
from .philox import uniform
from .pointers import PARTICLE, ROOM, Place, Vector, bits, from_bits

_BASE = (1023 + LOWEST_EXPONENT) << 3
_REST = (1 << 49) - 1
_SCALE = 2.0**-49
_LAST = LINES - 2
_WIDTH = QUANTILES + 1
_MANTISSA = (1 << 52) - 1
_ONE = 1023 << 52
_LN2 = math.log(2.0)
_CENTRES = 1.0 + (np.arange(64) + 0.5) / 64.0
_INVERSE, _LOGS = 1.0 / _CENTRES, np.log(_CENTRES)


@inlined
def log(x: float) -> Any:
    """Natural logarithm of a normal positive number, to 1e-11; a third of the library's time."""
    word = bits(x)
    i = (word >> 46) & 63
    r = from_bits((word & _MANTISSA) | _ONE) * _INVERSE[i] - 1.0
    series = r * (1.0 - r * (0.5 - r * (1.0 / 3.0 - r * 0.25)))
    return ((word >> 52) - 1023) * _LN2 + _LOGS[i] + series


@inlined
def line(energy: float) -> Any:
    """Line of the energy grid at or below an energy, and how far above it, 0 to 1."""
    word = bits(energy)
    index = (word >> 49) - _BASE
    if index < 0:
        return 0, 0.0
    if index > _LAST:
        return _LAST, 1.0
    return index, float(word & _REST) * _SCALE


@inlined
def quantile(table: Any, start: int, random: float) -> Any:
    """Fraction at a random place of the cumulative distribution that begins at `start`."""
    place = random * QUANTILES
    i = int(place)
    low = table[start + i]
    return float(low + (place - i) * (table[start + i + 1] - low))


@inlined
def share(table: Any, row: int, i: int, f: float, pick: float, random: float) -> Any:
    """Fraction for an energy between lines i and i + 1, from one of them chosen by `pick`."""
    if pick < f:
        i += 1
    return quantile(table, (row * LINES + i) * _WIDTH, random)


@inlined
def turn(d: Vector, cosine: float, a: float, b: float) -> Any:
    """Direction after a deflection; (a, b) is the sine times cosine and sine of the azimuth."""
    u, v, w = d
    # Two vectors across, without a root (Duff et al., J. Comput. Graph. Tech. 6 (2017) 1).
    sign = 1.0 if w >= 0.0 else -1.0
    k = -1.0 / (sign + w)
    m = u * v * k
    x = u * cosine + a * (1.0 + sign * u * u * k) + b * m
    y = v * cosine + a * sign * m + b * (sign + v * v * k)
    z = w * cosine - a * sign * u - b * v
    # First-order renormalisation keeps the length at one.
    n = 1.5 - 0.5 * (x * x + y * y + z * z)
    return x * n, y * n, z * n


@inlined
def disc(stream: Any) -> Any:
    """Random point in the unit disc and its squared radius, from the halves of one number."""
    while True:
        high = uniform(stream) * 65536.0
        whole = math.floor(high)
        a = (2.0 * whole + 1.0) / 65536.0 - 1.0
        b = 2.0 * (high - whole) - 1.0
        r = a * a + b * b
        if r < 1.0:
            return a, b, r


@inlined
def swing(d: Vector, x: float, stream: Any) -> Any:
    """Direction after a deflection by 1 - cos theta = x, with any azimuth."""
    a, b, r = disc(stream)
    n = math.sqrt(x * (2.0 - x) / r)
    return turn(d, 1.0 - x, a * n, b * n)


@inlined
def scatter(d: Vector, mean: float, stream: Any) -> Any:
    """Direction after many small deflections with a mean 1 - cos theta: exponential in it."""
    a, b, r = disc(stream)
    x = -mean * log(r)
    if x > 2.0:
        x = 2.0 * uniform(stream)
    n = math.sqrt(x * (2.0 - x) / r)
    return turn(d, 1.0 - x, a * n, b * n)


@inlined
def straggle(mean: float, grain: float, r: float) -> Any:
    """A loss with a given mean and the variance mean * grain: mean + grain, or nothing."""
    whole = mean + grain
    return whole if r * whole < mean else 0.0


@inlined
def push(
    stack: Any, top: int, energy: float, place: Place, direction: Vector, kind: int, slab: int
) -> Any:
    """Put a particle on the stack."""
    if top >= ROOM:
        return top + 1
    at = top * PARTICLE
    stack[at] = energy
    stack[at + 1], stack[at + 2], stack[at + 3] = place[0], place[1], place[2]
    stack[at + 4], stack[at + 5], stack[at + 6] = direction[0], direction[1], direction[2]
    stack[at + 7] = kind
    stack[at + 8] = slab
    return top + 1


@inlined
def deposit(score: Any, world: Any, slab: int, x: float, y: float, energy: float) -> None:
    """Leave energy in a slab, and in a cell where its section has cells."""
    score.slabs[slab] += energy
    section = world.section[slab]
    if section >= 0:
        i = math.floor((x - world.frame[2]) * world.frame[4])
        j = math.floor((y - world.frame[3]) * world.frame[5])
        if 0 <= i < score.columns and 0 <= j < score.rows:
            score.cells[(section * score.rows + j) * score.columns + i] += energy


@helper
def spread(score: Any, species: int, b: int, z: float, rise: float, length: float) -> None:
    """Add a straight track from depth z, `rise` deep, to the slices that it passes."""
    low, high = z * score.per_depth, (z + rise) * score.per_depth
    if low > high:
        low, high = high, low
    first, last = max(math.floor(low), 0), min(math.floor(high), score.slices - 1)
    for depth in range(first, last + 1):
        part = length
        if high - low > 1e-12:
            inside = min(high, depth + 1.0) - max(low, float(depth))
            part = length * inside / (high - low)
        score.tracks[(species * score.slices + depth) * score.bins + b] += part


@inlined
def record(score: Any, species: int, energy: float, z: float, rise: float, length: float) -> None:
    """Add track length by species, depth (from z, `rise` deep) and energy."""
    edges = score.edges
    last = score.bins - 1
    if energy < edges[0] or energy > edges[last + 1]:
        return
    i, _ = line(energy)
    b = score.guess[i]
    while b < last and energy >= edges[b + 1]:
        b += 1
    score.event[species * score.bins + b] += length
    if score.slices > 1:
        spread(score, species, b, z, rise, length)
