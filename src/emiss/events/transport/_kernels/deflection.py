"""Deflection of a heavy particle along a path: a Gaussian core and single scatterings beyond it.

The angle above which scatterings are drawn one by one is such that a few are expected, whatever the
thickness: with the tail in the Gaussian too its core would be a quarter too wide.
"""

from __future__ import annotations

import math
from typing import Any

from ....ground._kernels.jit import helper
from .draws import disc, log, turn
from .inlined import inlined
from .philox import uniform
from .pointers import Vector

SINGLE = 4.0
"""Single scatterings expected per path."""
_FORM = 1e-4


@inlined
def collected(strength: float, a: float, g: float, cut: float) -> Any:
    """Mean square angle of what stays below a cut in mu, see `emiss.events.transport.coulomb`."""
    mean = math.log((cut + a) / a) - cut / (cut + a)
    y = g * cut
    if y > _FORM:
        r = 1.0 / (1.0 + y)
        mean += math.log(r) + r + r * r / 2.0 + r * r * r / 3.0 - 11.0 / 6.0
    return 4.0 * strength * max(mean, 0.0)


@helper
def angles(strength: float, screen: float, form: float, stream: Any) -> Any:
    """Deflection in two planes in rad, from the sums of `coulomb.COULOMB_COLUMNS` along a path."""
    a, g = math.exp(screen / strength), form / strength
    cut = max(strength / SINGLE - a, 0.0)
    u = v = 0.0
    if cut > 0.0:
        b, c, r = disc(stream)
        n = math.sqrt(-collected(strength, a, g, cut) * log(r) / r)
        u, v = b * n, c * n
    low, high = 1.0 / (1.0 + a), 1.0 / (cut + a)
    number = strength * (high - low)
    at = -log(uniform(stream))
    while at < number:
        at -= log(uniform(stream))
        mu = max(1.0 / (low + uniform(stream) * (high - low)) - a, 0.0)
        y = g * mu
        if y > _FORM and uniform(stream) > (1.0 + y) ** -4:
            continue
        b, c, r = disc(stream)
        n = 2.0 * math.sqrt(mu / r)
        u, v = u + b * n, v + c * n
    return u, v


@helper
def bend(x: float, y: float, d: Vector, path: Any, stream: Any) -> Any:
    """Place and direction behind a path that was followed straight.

    ``path``: strength, screening and form; first and second moment of the strength in the distance;
    length. It bends at one of the two places that have these moments: the spread of the place
    behind and its correlation with the angle are those of the whole path.
    """
    strength, screen, form, first, second, way = path
    u, v = angles(strength, screen, form, stream)
    square = u * u + v * v
    if square <= 0.0:
        return x, y, d
    turned = min(0.5 * square, 2.0)
    n = math.sqrt(turned * (2.0 - turned) / square)
    before = d
    d = turn(d, 1.0 - turned, u * n, v * n)
    mean = first / strength
    spread = math.sqrt(max(second / strength - mean * mean, 0.0))
    lever = way - (mean + spread if uniform(stream) < 0.5 else mean - spread)
    return x + lever * (d[0] - before[0]), y + lever * (d[1] - before[1]), d
