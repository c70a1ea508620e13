"""Faces of slabs: whether a path reaches one, where, and what lies behind."""

from __future__ import annotations

from typing import Any

from ....ground._kernels.jit import helper
from .collide import BACK, FRONT, SIDE
from .inlined import inlined
from .pointers import EXIT


@inlined
def passes(world: Any, slab: int, z: float, w: float, path: float) -> Any:
    """Whether a path leaves the slab."""
    ahead = z + path * w
    return ahead >= world.edges[slab + 1] or ahead < world.edges[slab]


@inlined
def to_face(world: Any, slab: int, z: float, w: float) -> Any:
    """Path to the face ahead, for a direction that reaches it."""
    face = world.edges[slab + 1] if w > 0.0 else world.edges[slab]
    return max((face - z) / w, 0.0)


@helper
def note_exit(score: Any, world: Any, kind: int, energy: float, place: Any, d: Any) -> None:
    """Keep a particle that leaves, where it does, as far as there is room; all are counted."""
    if energy < score.exit_lowest:
        return
    at = score.exit_place[0]
    score.exit_place[0] = at + 1
    if at >= score.exit_place[1]:
        return
    x, y, z = place
    face = BACK if d[2] > 0.0 else FRONT
    # The last step may have gone beyond a side.
    beyond = 0.0
    if abs(x) > world.frame[0]:
        beyond = (abs(x) - world.frame[0]) / max(abs(d[0]), 1e-9)
    if abs(y) > world.frame[1]:
        beyond = max(beyond, (abs(y) - world.frame[1]) / max(abs(d[1]), 1e-9))
    if beyond > 0.0:
        face = SIDE
        x = min(max(x - beyond * d[0], -world.frame[0]), world.frame[0])
        y = min(max(y - beyond * d[1], -world.frame[1]), world.frame[1])
        z = min(max(z - beyond * d[2], world.edges[0]), world.edges[world.slabs])
    at *= EXIT
    score.exits[at] = float(score.exit_place[2])
    score.exits[at + 1] = float(kind)
    score.exits[at + 2] = energy
    score.exits[at + 3], score.exits[at + 4], score.exits[at + 5] = x, y, z
    score.exits[at + 6], score.exits[at + 7], score.exits[at + 8] = d[0], d[1], d[2]
    score.exits[at + 9] = float(face)


@inlined
def leave(score: Any, world: Any, slab: int, w: float, energy: float) -> Any:
    """Slab entered through the face ahead, or -1 with the energy counted as leaked."""
    slab += 1 if w > 0.0 else -1
    if slab < 0:
        score.balance[FRONT] += energy
        return -1
    if slab >= world.slabs:
        score.balance[BACK] += energy
        return -1
    return slab
