"""The loop of the transport: one event after the other, an explicit stack in each."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....ground._kernels.jit import helper, kernel
from .addresses import score_at, shapes_at, tables_at, world_at
from .collide import LOST
from .emission import CHOICE, CHOSEN, TOTAL, begin
from .lepton import follow_lepton
from .muon import follow_muon
from .philox import WORDS, start
from .photon import follow_photon
from .pointers import PARTICLE, ROOM, address
from .removal import FOUND, close, finish, give_up, hopeless, watches


@helper
def shower(
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
    """Follow everything on the stack."""
    first, turn = 0, 0
    if hooked is not None and watches(score.hook):
        first = int(score.hook[FOUND])
    while top > 0:
        if hooked is not None and watches(score.hook):
            # Right after the first particle, when nearly all of the work is still to be done.
            if turn == 1 and hopeless(score, stack, top):
                give_up(score, first)
                return
            close(score, top)
            turn += 1
        top -= 1
        kind = stack[top * PARTICLE + 7]
        if kind > 2.5:
            top = follow_muon(stack, top, stream, tables, world, score, control, shapes, hooked)
        elif kind > 1.5:
            top = follow_photon(stack, top, stream, tables, world, score, control, shapes, hooked)
        else:
            top = follow_lepton(stack, top, stream, tables, world, score, control, shapes, hooked)
        if top > ROOM:
            score.balance[LOST] += 1.0
            top = 0
    if hooked is not None and watches(score.hook):
        finish(score, first)


@kernel
def events(
    seed: int,
    chunk: int,
    first: int,
    beam: Any,
    begins: Any,
    tables: Any,
    world: Any,
    score: Any,
    control: Any,
    shapes: Any,
    plan: Any,
    hooked: Any,
    out: Any,
) -> Any:
    """Simulate the events of a chunk.

    ``beam``: energy, x, y, z, direction, kind and slab of each particle, shape (n, 9); ``begins``:
    place of the first particle of each event, and their number; ``plan``: emissions that are
    forced, see `emission`; ``hooked``: None where none are looked for, nor compiled.
    """
    words = np.zeros(WORDS, dtype=np.uint64)
    particles = np.zeros(ROOM * PARTICLE)
    stream, stack = address(words), address(particles)
    where, what, tally = world_at(world), tables_at(tables), score_at(score)
    fits = shapes_at(shapes)
    for n in range(begins.size - 1):
        start(words, seed, chunk, first + n, 0)
        start(score.choice, seed, chunk, first + n, 1)
        if hooked is not None:
            begin(n, score.hook, plan)
        score.slabs[:] = 0.0
        score.cells[:] = 0.0
        score.event[:] = 0.0
        score.balance[:] = 0.0
        score.log_weight[0] = 0.0
        score.exit_place[2] = n
        count = begins[n + 1] - begins[n]
        for row in range(count):
            for c in range(PARTICLE):
                particles[row * PARTICLE + c] = beam[begins[n] + row, c]
        shower(stack, count, stream, what, where, tally, control, fits, hooked)
        keep(n, score, out)
    # The last use of the arrays, whose addresses were in use until here.
    return particles[0] + float(words[0])


@helper
def keep(n: int, score: Any, out: Any) -> None:
    """Store or add up what an event left."""
    for j in range(score.balance.size):
        out.balance[n, j] = score.balance[j]
    out.log_weight[n] = score.log_weight[0]
    if out.emissions.shape[0] > 0:
        out.emissions[n, 0] = score.hook[TOTAL]
        for j in range(CHOICE):
            out.emissions[n, 1 + j] = score.hook[CHOSEN + j]
    for j in range(score.slabs.size):
        out.slab_sum[j] += score.slabs[j]
        if out.slabs.shape[0] > 0:
            out.slabs[n, j] = score.slabs[j]
    for s in range(score.cells.shape[0]):
        for j in range(score.cells.shape[1]):
            for i in range(score.cells.shape[2]):
                out.cell_sum[s, j, i] += score.cells[s, j, i]
                if out.cells.shape[0] > 0:
                    out.cells[n, s, j, i] = score.cells[s, j, i]
    for s in range(score.event.shape[0]):
        for b in range(score.event.shape[1]):
            value = score.event[s, b]
            out.track_sum[s, b] += value
            out.track_square[s, b] += value * value
