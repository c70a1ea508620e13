"""Emission of a boson along a track: one place chosen per event, and forced when it is replayed.

Where emissions are not looked for ``hooked`` is None, which is known when a kernel is compiled: a
question in the loop would cost a fifteenth of the speed. Else a hook is one array of numbers, so
that kernels carry a single address more:

- what is done (0 nothing, 1 choose, 2 force) and the number of steps so far;
- choosing: sum of weights, sum at which the choice changes next, the choice (`CHOICE` words: step,
  kind, energy, x, y, z, direction, slab, weight), grid of the rates;
- forcing: the step, place, energy and direction of what goes on, and particles that are added.
"""

from __future__ import annotations

from typing import Any

from ....ground._kernels.jit import helper
from .draws import deposit, log, push
from .inlined import inlined
from .philox import uniform
from .pointers import PARTICLE, Place, Vector
from .removal import EVENT, watches

MODE, STEP, TOTAL, NEXT, CHOSEN = 0, 1, 2, 3, 4
CHOICE = 11
"""Words of a choice."""
GRID = 16
"""Logarithm of the lowest energy, points per unit of it, points, media."""
TARGET, FORCED, ADDED = 20, 21, 28
"""Step that is forced; place, energy and direction behind it; number of particles added."""
MOST_ADDED = 8
ROWS = 29
RATES = ROWS + MOST_ADDED * PARTICLE
"""Where the rates begin: per cm, by kind, medium and energy."""
FORCED_WORDS = 7


@inlined
def rate_at(hook: Any, kind: int, medium: int, energy: float) -> Any:
    """Rate per cm, linear in the logarithm of the energy; 0 outside the grid."""
    place = (log(energy) - hook[GRID]) * hook[GRID + 1]
    count = int(hook[GRID + 2])
    if place < 0.0 or place >= count - 1:
        return 0.0
    i = int(place)
    at = RATES + (kind * int(hook[GRID + 3]) + medium) * count + i
    return hook[at] + (place - i) * (hook[at + 1] - hook[at])


@helper
def emit(
    hook: Any,
    choice: Any,
    kind: int,
    medium: int,
    energy: float,
    path: float,
    place: Place,
    d: Vector,
    slab: int,
) -> bool:
    """Count a step that ends at a place and weigh it, or say that the boson is emitted in it."""
    if watches(hook):
        return False
    hook[STEP] += 1.0
    if hook[MODE] > 1.5:
        return bool(hook[STEP] == hook[TARGET])
    weight = rate_at(hook, kind, medium, energy) * path
    if weight <= 0.0:
        return False
    total = hook[TOTAL] + weight
    hook[TOTAL] = total
    # A step replaces the choice with probability weight/total. None does before the sum has grown
    # by a factor 1/u (Efraimidis and Spirakis, Inf. Process. Lett. 97 (2006) 181).
    if total < hook[NEXT]:
        return False
    hook[NEXT] = total / uniform(choice)
    back = uniform(choice) * path
    hook[CHOSEN], hook[CHOSEN + 1], hook[CHOSEN + 2] = hook[STEP], kind, energy
    for i in range(3):
        hook[CHOSEN + 3 + i] = place[i] - back * d[i]
        hook[CHOSEN + 6 + i] = d[i]
    hook[CHOSEN + 9], hook[CHOSEN + 10] = slab, weight
    return False


@helper
def add(hook: Any, stack: Any, top: int) -> Any:
    """Put the particles that the emission adds on the stack."""
    for row in range(int(hook[ADDED])):
        at = ROWS + row * PARTICLE
        place = (hook[at + 1], hook[at + 2], hook[at + 3])
        d = (hook[at + 4], hook[at + 5], hook[at + 6])
        top = push(stack, top, hook[at], place, d, int(hook[at + 7]), int(hook[at + 8]))
    return top


@helper
def go_on(score: Any, world: Any, stack: Any, top: int, slab: int, loss: float) -> Any:
    """Place, energy and direction behind a forced emission, with the loss before it."""
    hook = score.hook
    x, y, z = hook[FORCED], hook[FORCED + 1], hook[FORCED + 2]
    deposit(score, world, slab, x, y, loss)
    top = add(hook, stack, top)
    d = (hook[FORCED + 4], hook[FORCED + 5], hook[FORCED + 6])
    return top, x, y, z, hook[FORCED + 3], d


@helper
def begin(n: int, hook: Any, plan: Any) -> None:
    """Set the hook for an event."""
    if watches(hook):
        hook[EVENT] = n
        return
    hook[STEP], hook[TOTAL], hook[NEXT] = 0.0, 0.0, 0.0
    for i in range(CHOICE):
        hook[CHOSEN + i] = 0.0
    if hook[MODE] < 1.5:
        return
    hook[TARGET] = plan.step[n]
    for i in range(FORCED_WORDS):
        hook[FORCED + i] = plan.goes_on[n, i]
    first, last = plan.begins[n], plan.begins[n + 1]
    hook[ADDED] = last - first
    for row in range(last - first):
        for i in range(PARTICLE):
            hook[ROWS + row * PARTICLE + i] = plan.added[first + row, i]
