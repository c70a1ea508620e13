"""Sub-showers below the take-over energy: what they leave, drawn from fits to the full transport.

The visible share comes from its distribution at a node of energy, and is left in spots: each in a
layer and at a distance from the axis drawn from the mean profile.
"""

from __future__ import annotations

import math
from typing import Any

from ....ground._kernels.jit import helper
from ....ground.constants import ELECTRON_MASS
from ..shapes import RADII, SHARES
from .draws import disc, log
from .inlined import inlined
from .philox import uniform
from .pointers import Place, Vector

_ME = ELECTRON_MASS
FRONT, BACK, SIDE, CUT, LOST = 0, 1, 2, 3, 4
"""Places in the balance: out at the front, back and sides, below the cut, no room on the stack."""


@inlined
def _at(table: Any, row: int, steps: int, random: float) -> Any:
    place = random * steps
    i = row * (steps + 1) + int(place)
    return table[i] + (place - int(place)) * (table[i + 1] - table[i])


@inlined
def _offset(shapes: Any, row: int, random: float) -> Any:
    """A layer offset by Walker's alias method."""
    place = random * shapes.offsets
    i = int(place)
    at = row * shapes.offsets + i
    if place - i >= shapes.keep[at]:
        i = shapes.alias[at]
    return i - shapes.before


@helper
def spot(
    score: Any,
    world: Any,
    shapes: Any,
    node: int,
    start: int,
    d: Vector,
    place: Place,
    energy: float,
    stream: Any,
) -> None:
    """Leave one spot of visible energy."""
    offset = _offset(shapes, start, uniform(stream))
    slab = (int(place[3]) // shapes.period + offset) * shapes.period + shapes.active
    if slab < 0 or slab >= world.slabs:
        score.balance[FRONT if slab < 0 else BACK] += energy
        return
    group = shapes.groups[offset + shapes.before]
    r = _at(shapes.radii, node * shapes.rings + group, RADII, uniform(stream))
    a, b, s = disc(stream)
    n = r / math.sqrt(s)
    depth = 0.5 * (world.edges[slab] + world.edges[slab + 1]) - place[2]
    slope = depth / d[2] if d[2] > 0.5 else 0.0
    x, y = place[0] + slope * d[0] + n * a, place[1] + slope * d[1] + n * b
    if abs(x) > world.frame[0] or abs(y) > world.frame[1]:
        score.balance[SIDE] += energy
        return
    score.slabs[slab] += energy
    section = world.section[slab]
    i = math.floor((x - world.frame[2]) * world.frame[4])
    j = math.floor((y - world.frame[3]) * world.frame[5])
    if section >= 0 and 0 <= i < score.columns and 0 <= j < score.rows:
        score.cells[(section * score.rows + j) * score.columns + i] += energy


@helper
def subshower(
    score: Any, world: Any, shapes: Any, kind: int, e: float, d: Vector, place: Place, stream: Any
) -> None:
    """Leave the energy of a particle below the take-over; ``place``: x, y, z, slab."""
    slab = int(place[3])
    total = e + 2.0 * _ME if kind == 1 else e
    if e < shapes.lowest:
        score.slabs[slab] += total
        return
    at = (log(e) - shapes.first) * shapes.per_log
    node = min(max(int(at), 0), shapes.nodes - 2)
    if uniform(stream) < at - node:
        node += 1
    node += kind * shapes.nodes
    start = 2 * node + (1 if slab % shapes.period == shapes.active else 0)
    visible = min(total * _at(shapes.visible, start, SHARES, uniform(stream)), total)
    # What is not seen stays with the absorber next to where it began.
    dump = slab if slab % shapes.period != shapes.active else max(slab - 1, 0)
    score.slabs[dump] += total - visible
    if visible <= 0.0:
        return
    count = 1 + int(e * shapes.density)
    for _ in range(count):
        spot(score, world, shapes, node, start, d, place, visible / count, stream)
