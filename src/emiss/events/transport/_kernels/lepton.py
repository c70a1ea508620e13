"""Electrons and positrons in matter: steps with deflection and losses, hard interactions."""

from __future__ import annotations

import math
from typing import Any

from ....ground._kernels.jit import helper
from ....ground.constants import ELECTRON_MASS
from ..energy_grid import LINES
from . import collide
from .collide import LOST, SIDE
from .draws import deposit, line, log, record, scatter, share, straggle
from .emission import emit, go_on
from .faces import leave, note_exit, passes, to_face
from .inlined import inlined
from .philox import uniform
from .pointers import EVERY_MEDIUM, PARTICLE, PHOTON, ROOM, Place, Vector
from .removal import note, watches

_ME = ELECTRON_MASS
_LEPTON = 13
_ANGLES = 33


@helper
def stop(
    stack: Any,
    top: int,
    e: float,
    place: Place,
    slab: int,
    kind: int,
    score: Any,
    world: Any,
    stream: Any,
) -> Any:
    """A lepton ends here: its energy stays, a positron annihilates."""
    deposit(score, world, slab, place[0], place[1], e)
    if kind == 1:
        return collide.annihilate_at_rest(stack, top, place, slab, stream)
    return top


@inlined
def interact(
    stack: Any,
    top: int,
    e: float,
    place: Place,
    d: Vector,
    slab: int,
    kind: int,
    tables: Any,
    base: int,
    i: int,
    f: float,
    medium: int,
    floor: float,
    score: Any,
    world: Any,
    shapes: Any,
    stream: Any,
) -> Any:
    """One hard interaction of a lepton: top, energy left (0 if it is gone) and direction."""
    lepton = tables.lepton
    r = uniform(stream)
    low = lepton[base + 2] + f * (lepton[base + _LEPTON + 2] - lepton[base + 2])
    if r < low:
        v = share(tables.bremsstrahlung, medium, i, f, r / low, uniform(stream))
        top, e = collide.radiate(
            stack, top, e, place, d, slab, v, floor, score, world, shapes, stream
        )
        return top, e, d
    high = lepton[base + 3] + f * (lepton[base + _LEPTON + 3] - lepton[base + 3])
    if r < high:
        v = 1.0 / share(tables.collision, kind, i, f, (r - low) / (high - low), uniform(stream))
        return collide.knock(stack, top, e, place, d, slab, v, stream)
    low = high
    high = lepton[base + 4] + f * (lepton[base + _LEPTON + 4] - lepton[base + 4])
    if r < high:
        row = ((medium * 2 + kind) * LINES + i) * _ANGLES
        screening = lepton[base + 8] + f * (lepton[base + _LEPTON + 8] - lepton[base + 8])
        cut = lepton[base + 9] + f * (lepton[base + _LEPTON + 9] - lepton[base + 9])
        d = collide.deflect(d, screening, cut, tables.deflection, row, stream)
        return top, e, d
    v = share(tables.annihilation, EVERY_MEDIUM, i, f, uniform(stream), uniform(stream))
    return collide.annihilate(stack, top, e, place, d, slab, v, stream), 0.0, d


@inlined
def hinge(
    world: Any,
    slab: int,
    place: Any,
    d: Vector,
    length: float,
    first: float,
    mean: float,
    stream: Any,
) -> Any:
    """A step with its deflection after `first`: place, direction, path, whether it meets a face."""
    x, y, z = place
    path = first
    crosses = passes(world, slab, z, d[2], path)
    if crosses:
        path = to_face(world, slab, z, d[2])
    x, y, z = x + path * d[0], y + path * d[1], z + path * d[2]
    if not crosses:
        d = scatter(d, mean, stream)
        rest = length - first
        crosses = passes(world, slab, z, d[2], rest)
        if crosses:
            rest = to_face(world, slab, z, d[2])
        path += rest
        x, y, z = x + rest * d[0], y + rest * d[1], z + rest * d[2]
    return x, y, z, d, path, crosses


@inlined
def along(lepton: Any, base: int, f: float, path: float, e: float, random: Any) -> Any:
    """Losses along a path in soft collisions and to soft photons, at most the energy."""
    loss = lepton[base + 1] + f * (lepton[base + _LEPTON + 1] - lepton[base + 1])
    loss = straggle(loss * path, lepton[base + 7], random[0])
    radiated = lepton[base + 11] + f * (lepton[base + _LEPTON + 11] - lepton[base + 11])
    radiated = straggle(radiated * path, lepton[base + 12], random[1])
    loss = min(loss, e)
    return loss, min(radiated, e - loss)


@inlined
def held(lepton: Any, base: int, world: Any, slab: int, z: float) -> bool:
    """Whether the range of a lepton is less than the distance to either face."""
    near = min(z - world.edges[slab], world.edges[slab + 1] - z)
    return bool(lepton[base + _LEPTON + 10] < near)


@helper
def follow_lepton(
    stack: Any,
    top: int,
    stream: Any,
    tables: Any,
    world: Any,
    score: Any,
    control: Any,
    shapes: Any,
    hooked: Any,
) -> Any:
    """Follow the lepton on top of the stack to its end; returns the new top."""
    at = top * PARTICLE
    e, x, y, z = stack[at], stack[at + 1], stack[at + 2], stack[at + 3]
    d = (stack[at + 4], stack[at + 5], stack[at + 6])
    kind, slab = int(stack[at + 7]), int(stack[at + 8])
    medium = world.medium[slab]
    lepton = tables.lepton
    tau = -1.0
    while True:
        if e < control.takeover:
            collide.hand_over(score, world, shapes, kind, e, d, (x, y, z, float(slab)), stream)
            return top
        if e < control.lepton_cut:
            return stop(stack, top, e, (x, y, z), slab, kind, score, world, stream)
        i, f = line(e)
        base = ((medium * 2 + kind) * LINES + i) * _LEPTON
        if e < control.range_limit and held(lepton, base, world, slab, z):
            return stop(stack, top, e, (x, y, z), slab, kind, score, world, stream)
        rate = lepton[base] + f * (lepton[base + _LEPTON] - lepton[base])
        if tau < 0.0:
            tau = -log(uniform(stream))
        length = tau / rate
        hits = length <= lepton[base + 6]
        if not hits:
            length = lepton[base + 6]
        # Where in the step it turns, and the straggling, from the halves of one number.
        both = uniform(stream) * 65536.0
        whole = math.floor(both)
        entry = z
        soft = lepton[base + 5] + f * (lepton[base + _LEPTON + 5] - lepton[base + 5])
        first = length * ((whole + 0.5) / 65536.0)
        x, y, z, d, path, crosses = hinge(
            world, slab, (x, y, z), d, length, first, soft * length, stream
        )
        tau = -1.0 if hits and not crosses else tau - path * rate
        place = (x, y, z, float(slab))
        random = (both - whole, uniform(stream))
        loss, radiated = along(lepton, base, f, path, e, random)
        if hooked is not None and watches(score.hook):
            left = score.cells[0] + (0.5 * loss if world.section[slab] == 0 else 0.0)
            middle = e - 0.5 * (loss + radiated)
            note(score, kind, medium, middle, path, 0.5 * (entry + z), left, top)
        elif hooked is not None and emit(
            score.hook, score.choice, kind, medium, e - 0.5 * (loss + radiated), path, (x, y, z), d,
            slab,
        ):  # fmt: skip
            # The rest of the step is left out; half of its loss came before.
            top, x, y, z, e, d = go_on(score, world, stack, top, slab, 0.5 * (loss + radiated))
            tau = -1.0
            if e <= 0.0:
                return top
            continue
        record(score, kind, e - 0.5 * (loss + radiated), entry, z - entry, path)
        e -= loss + radiated
        if radiated > 0.0 and control.takeover > 0.0:
            collide.hand_over(score, world, shapes, PHOTON, radiated, d, place, stream)
        else:
            loss += radiated
        deposit(score, world, slab, x, y, loss)
        if crosses:
            z = world.edges[slab + 1] if d[2] > 0.0 else world.edges[slab]
            slab = leave(score, world, slab, d[2], e + 2.0 * _ME * kind)
            if slab < 0:
                note_exit(score, world, kind, e, (x, y, z), d)
                return top
            medium = world.medium[slab]
            continue
        if abs(x) > world.frame[0] or abs(y) > world.frame[1]:
            score.balance[SIDE] += e + 2.0 * _ME * kind
            note_exit(score, world, kind, e, (x, y, z), d)
            return top
        if hits:
            i, f = line(e)
            base = ((medium * 2 + kind) * LINES + i) * _LEPTON
            top, e, d = interact(
                stack, top, e, (x, y, z), d, slab, kind, tables, base, i, f, medium,
                control.takeover, score, world, shapes, stream,
            )  # fmt: skip
            if top > ROOM:
                score.balance[LOST] += 1.0
                return 0
            if e <= 0.0 and kind == 1:
                return top
