"""Faces of slabs: whether a path reaches one, where, and what lies behind."""

from __future__ import annotations

from typing import Any

from .collide import BACK, FRONT
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


@inlined
def note_exit(
    score: Any, kind: int, energy: float, x: float, y: float, z: float, d: Any, face: int
) -> None:
    """Keep a particle that leaves, as far as there is room; all are counted."""
    at = score.exit_place[0]
    score.exit_place[0] = at + 1
    if at < score.exit_place[1]:
        at *= EXIT
        score.exits[at] = float(score.exit_place[2])
        score.exits[at + 1] = float(kind)
        score.exits[at + 2] = energy
        score.exits[at + 3] = x
        score.exits[at + 4] = y
        score.exits[at + 5] = z
        score.exits[at + 6] = d[0]
        score.exits[at + 7] = d[1]
        score.exits[at + 8] = d[2]
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
