"""Photons in matter, up to their interaction."""

from __future__ import annotations

import math
from typing import Any

from ....ground._kernels.jit import helper
from ..energy_grid import LINES
from . import collide
from .collide import SIDE
from .draws import deposit, line, log, record, share
from .emission import add, emit
from .faces import leave, note_exit, passes, to_face
from .inlined import inlined
from .muon import make_dimuon
from .philox import uniform
from .pointers import EVERY_MEDIUM, PARTICLE, PHOTON

_COLUMNS = 4


@inlined
def bias_dimuon(r: float, plain: float, bias: float, score: Any) -> Any:
    """The number that picks a process, with muon pairs more likely, and the weight for it."""
    often = min(plain * bias, 0.5)
    if r > 1.0 - often:
        score.log_weight[0] += math.log(plain / often)
        return 1.0
    rest = (1.0 - plain) / (1.0 - often)
    score.log_weight[0] += math.log(rest)
    return r * rest


@helper
def follow_photon(
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
    """Follow the photon on top of the stack to its interaction; returns the new top."""
    at = top * PARTICLE
    k, x, y, z = stack[at], stack[at + 1], stack[at + 2], stack[at + 3]
    d = (stack[at + 4], stack[at + 5], stack[at + 6])
    slab = int(stack[at + 8])
    if k < control.takeover:
        collide.hand_over(score, world, shapes, PHOTON, k, d, (x, y, z, float(slab)), stream)
        return top
    if k < control.photon_cut:
        deposit(score, world, slab, x, y, k)
        return top
    i, f = line(k)
    photon = tables.photon
    tau = -log(uniform(stream))
    while True:
        medium = world.medium[slab]
        base = (medium * LINES + i) * _COLUMNS
        rate = photon[base] + f * (photon[base + _COLUMNS] - photon[base])
        path = tau / rate
        crosses = passes(world, slab, z, d[2], path)
        if crosses:
            path = to_face(world, slab, z, d[2])
        if hooked is not None and emit(
            score.hook, score.choice, PHOTON, medium, k, path,
            (x + path * d[0], y + path * d[1], z + path * d[2]), d, slab,
        ):  # fmt: skip
            return add(score.hook, stack, top)
        record(score, PHOTON, k, z, path * d[2], path)
        x, y = x + path * d[0], y + path * d[1]
        if abs(x) > world.frame[0] or abs(y) > world.frame[1]:
            score.balance[SIDE] += k
            note_exit(score, world, PHOTON, k, (x, y, z + path * d[2]), d)
            return top
        if not crosses:
            z += path * d[2]
            break
        z = world.edges[slab + 1] if d[2] > 0.0 else world.edges[slab]
        slab = leave(score, world, slab, d[2], k)
        if slab < 0:
            note_exit(score, world, PHOTON, k, (x, y, z), d)
            return top
        tau -= path * rate
    place = (x, y, z)
    r = uniform(stream)
    if control.dimuon_bias != 1.0 and photon[base + 3] > 0.0:
        r = bias_dimuon(r, photon[base + 3], control.dimuon_bias, score)
    low = photon[base + 1] + f * (photon[base + _COLUMNS + 1] - photon[base + 1])
    if r < low:
        v = share(tables.pair, medium, i, f, r / low, uniform(stream))
        return collide.make_pair(
            stack, top, k, place, d, slab, v, control.takeover, score, world, shapes, stream
        )
    high = photon[base + 2] + f * (photon[base + _COLUMNS + 2] - photon[base + 2])
    if r < high:
        v = share(tables.compton, EVERY_MEDIUM, i, f, (r - low) / (high - low), uniform(stream))
        return collide.compton(stack, top, k, place, d, slab, v, stream)
    if r > 1.0 - photon[base + 3]:
        v = share(tables.dimuon, medium, i, f, uniform(stream), uniform(stream))
        return make_dimuon(stack, top, k, place, d, slab, v, stream)
    edge = (tables.edge[2 * medium], tables.edge[2 * medium + 1])
    return collide.absorb_photon(stack, top, k, place, d, slab, edge, score, world, stream)
