"""Muons: soft losses along the way, hard ones as secondaries."""

from __future__ import annotations

import math
from typing import Any

from ....ground._kernels.jit import helper
from ....ground.constants import ELECTRON_MASS, MUON_MASS
from ..energy_grid import LINES
from .collide import SIDE, emission_cosine, hand_over
from .deflection import bend
from .draws import deposit, line, log, push, quantile, straggle, swing
from .emission import emit, go_on
from .faces import leave, note_exit, passes, to_face
from .philox import uniform
from .pointers import PARTICLE, Place, Vector

_ME, _MU = ELECTRON_MASS, MUON_MASS
_COLUMNS = 10
_WIDTH = 257
# Scattering is collected up to this strength, some 0.4 mrad, or to the end of matter.
_SMALL = 5e-9
NUCLEAR = 5
"""Place in the balance of energy given to nuclei."""


@helper
def lose(
    stack: Any,
    top: int,
    e: float,
    place: Place,
    d: Vector,
    slab: int,
    tables: Any,
    base: int,
    row: int,
    score: Any,
    world: Any,
    shapes: Any,
    floor: float,
    stream: Any,
) -> Any:
    """One hard loss; returns top and the energy that is left."""
    muon = tables.muon
    r = uniform(stream)
    which = 3
    for k in range(3):
        if r < muon[base + 3 + k]:
            which = k
            break
    inverse = quantile(
        tables.transfer, (row + which * LINES) * _WIDTH, math.sqrt(math.sqrt(uniform(stream)))
    )
    loss = min(e / inverse, e - _MU)
    if which == 3:
        score.balance[NUCLEAR] += loss
        return top, e - loss
    spot = (place[0], place[1], place[2], float(slab))
    parts = 2 if which == 2 else 1
    kinetic = loss - 2.0 * _ME if which == 2 else loss
    share = uniform(stream) if which == 2 else 1.0
    for part in range(parts):
        kind = part if which == 2 else (0 if which == 0 else 2)
        given = kinetic * share if part == 0 else kinetic * (1.0 - share)
        if given < floor:
            hand_over(score, world, shapes, kind, given, d, spot, stream)
            continue
        x = emission_cosine(e * _ME / _MU, stream)
        if which == 0:
            cosine = (e + _ME) / math.sqrt(e * e - _MU * _MU)
            cosine *= math.sqrt(given / (given + 2.0 * _ME))
            x = max(0.0, 1.0 - cosine)
        top = push(stack, top, given, place, swing(d, min(x, 2.0), stream), kind, slab)
    return top, e - loss


@helper
def follow_muon(
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
    """Follow the muon on top of the stack; returns the new top."""
    at = top * PARTICLE
    e, x, y, z = stack[at], stack[at + 1], stack[at + 2], stack[at + 3]
    d = (stack[at + 4], stack[at + 5], stack[at + 6])
    kind, slab = int(stack[at + 7]), int(stack[at + 8])
    muon = tables.muon
    tau, way = -log(uniform(stream)), 0.0
    # Strength, screening and form of the scattering to come, and its place along the way.
    strength, screen, form, first, second = 0.0, 0.0, 0.0, 0.0, 0.0
    while True:
        if e < control.muon_lowest:
            deposit(score, world, slab, x, y, e - _MU)
            score.balance[NUCLEAR] += _MU
            return top
        i, f = line(e)
        if f > 0.5:
            i += 1
        medium = world.medium[slab]
        base = (medium * LINES + i) * _COLUMNS
        rate = muon[base]
        path = tau / rate
        hits = not passes(world, slab, z, d[2], path)
        if not hits:
            path = to_face(world, slab, z, d[2])
        loss = straggle(muon[base + 1] * path, muon[base + 2], uniform(stream))
        loss = min(loss, e - _MU)
        x, y, z = x + path * d[0], y + path * d[1], z + path * d[2]
        if hooked is not None and emit(
            score.hook, score.choice, kind, medium, e - 0.5 * loss, path, (x, y, z), d, slab
        ):
            top, x, y, z, e, d = go_on(score, world, stack, top, slab, 0.5 * loss)
            tau = -log(uniform(stream))
            if e <= 0.0:
                return top
            continue
        e -= loss
        deposit(score, world, slab, x, y, loss)
        # From the line of the table to the energy: strength and A go with 1/p^2.
        off = muon[base + 9] / e
        off *= off
        more, middle = muon[base + 6] * off * path, way + 0.5 * path
        strength += more
        screen += (muon[base + 7] * path + muon[base + 6] * path * (off - 1.0)) * off
        form += muon[base + 8] * path
        first += more * middle
        second += more * (middle * middle + path * path / 12.0)
        way += path
        if strength > _SMALL:
            x, y, d = bend(x, y, d, (strength, screen, form, first, second, way), stream)
            strength, screen, form, first, second, way = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        if abs(x) > world.frame[0] or abs(y) > world.frame[1]:
            score.balance[SIDE] += e
            note_exit(score, world, kind, e, (x, y, z), d)
            return top
        if hits:
            row = (medium * 4) * LINES + i
            top, e = lose(
                stack, top, e, (x, y, z), d, slab, tables, base, row, score, world, shapes,
                control.takeover, stream,
            )  # fmt: skip
            tau = -log(uniform(stream))
            continue
        tau -= path * rate
        z = world.edges[slab + 1] if d[2] > 0.0 else world.edges[slab]
        slab = leave(score, world, slab, d[2], e)
        if slab < 0:
            if strength > 0.0:
                x, y, d = bend(x, y, d, (strength, screen, form, first, second, way), stream)
            note_exit(score, world, kind, e, (x, y, z), d)
            return top


@helper
def make_dimuon(
    stack: Any, top: int, k: float, place: Place, d: Vector, slab: int, v: float, stream: Any
) -> Any:
    """A photon becomes a mu- with the share v and a mu+."""
    for which in range(2):
        e = max(v * k, _MU) if which == 0 else k - max(v * k, _MU)
        e = min(max(e, _MU), k - _MU)
        x = emission_cosine(e * _ME / _MU, stream)
        top = push(stack, top, e, place, swing(d, min(x, 2.0), stream), 3 + which, slab)
    return top
