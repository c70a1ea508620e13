"""What happens where a particle interacts: secondaries and their directions."""

from __future__ import annotations

import math
from typing import Any

from ....ground._kernels.jit import helper
from ....ground.constants import ELECTRON_MASS
from .draws import deposit, disc, log, push, swing, turn
from .inlined import inlined
from .philox import uniform
from .pointers import ELECTRON, PHOTON, Place, Vector
from .subshower import BACK, CUT, FRONT, LOST, SIDE, subshower

__all__ = ["BACK", "CUT", "FRONT", "LOST", "SIDE"]

_ME = ELECTRON_MASS
_ANGLES = 32


@helper
def hand_over(
    score: Any, world: Any, shapes: Any, kind: int, e: float, d: Vector, place: Place, stream: Any
) -> None:
    """A particle below the take-over: a fitted sub-shower where there are fits, else dropped."""
    if shapes.nodes > 0:
        subshower(score, world, shapes, kind, e, d, place, stream)
    else:
        score.balance[CUT] += e + 2.0 * _ME if kind == 1 else e


@helper
def azimuth(stream: Any) -> Any:
    """Cosine and sine of a random angle."""
    a, b, r = disc(stream)
    n = 1.0 / math.sqrt(r)
    return a * n, b * n


@inlined
def emission_cosine(energy: float, stream: Any) -> Any:
    """1 - cos theta of a photon from, or a lepton into, a particle of a total energy (Tsai)."""
    r = uniform(stream)
    wide = r < 0.25
    r = r * 4.0 if wide else (r - 0.25) * (4.0 / 3.0)
    scale = 1.6 if wide else 1.6 / 3.0
    angle = -log(r * uniform(stream)) * scale * _ME / energy
    if angle > 3.14159:
        angle = 3.14159 * uniform(stream)
    half = math.sin(0.5 * angle) if angle > 0.1 else 0.5 * angle
    return 2.0 * half * half


@inlined
def radiate(
    stack: Any,
    top: int,
    e: float,
    place: Place,
    d: Vector,
    slab: int,
    v: float,
    floor: float,
    score: Any,
    world: Any,
    shapes: Any,
    stream: Any,
) -> Any:
    """Bremsstrahlung with photon share v; returns top and the energy that is left."""
    photon = v * e
    if photon < floor:
        spot = (place[0], place[1], place[2], float(slab))
        hand_over(score, world, shapes, PHOTON, photon, d, spot, stream)
        return top, e - photon
    x = emission_cosine(e + _ME, stream)
    out = swing(d, x, stream)
    return push(stack, top, photon, place, out, PHOTON, slab), e - photon


@helper
def knock(
    stack: Any, top: int, e: float, place: Place, d: Vector, slab: int, v: float, stream: Any
) -> Any:
    """Moller or Bhabha scattering; returns top, energy left and the new direction."""
    given = v * e
    left = e - given
    cosine = min(1.0, math.sqrt(given * (e + 2.0 * _ME) / (e * (given + 2.0 * _ME))))
    c, s = azimuth(stream)
    sine = math.sqrt(1.0 - cosine * cosine)
    out = turn(d, cosine, sine * c, sine * s)
    top = push(stack, top, given, place, out, ELECTRON, slab)
    if left <= 0.0:
        return top, 0.0, d
    cosine = min(1.0, math.sqrt(left * (e + 2.0 * _ME) / (e * (left + 2.0 * _ME))))
    sine = math.sqrt(1.0 - cosine * cosine)
    return top, left, turn(d, cosine, -sine * c, -sine * s)


@helper
def deflect(d: Vector, screening: float, cut: float, table: Any, start: int, stream: Any) -> Any:
    """A single elastic deflection, with the rejection of the tabulated ratio."""
    low = cut + screening
    high = 1.0 + screening
    r = uniform(stream)
    mu = low * high / (high - r * (high - low)) - screening
    mu = min(max(mu, 0.0), 1.0)
    place = math.sqrt(mu) * _ANGLES
    i = min(int(place), _ANGLES - 1)
    bound = table[start + i] + (place - i) * (table[start + i + 1] - table[start + i])
    if uniform(stream) > bound:
        return d
    return swing(d, 2.0 * mu, stream)


@helper
def annihilate(
    stack: Any, top: int, e: float, place: Place, d: Vector, slab: int, v: float, stream: Any
) -> Any:
    """Annihilation in flight into two photons; v is the share of one."""
    total = e + 2.0 * _ME
    momentum = math.sqrt(e * total)
    c, s = azimuth(stream)
    for which in range(2):
        photon = v * total if which == 0 else total - v * total
        cosine = (total - _ME * total / photon) / momentum
        cosine = min(1.0, max(-1.0, cosine))
        sine = math.sqrt(1.0 - cosine * cosine)
        out = turn(d, cosine, sine * c, sine * s)
        top = push(stack, top, photon, place, out, PHOTON, slab)
        c, s = -c, -s
    return top


@helper
def annihilate_at_rest(stack: Any, top: int, place: Place, slab: int, stream: Any) -> Any:
    """Two photons back to back."""
    w = 2.0 * uniform(stream) - 1.0
    c, s = azimuth(stream)
    r = math.sqrt(1.0 - w * w)
    top = push(stack, top, _ME, place, (r * c, r * s, w), PHOTON, slab)
    return push(stack, top, _ME, place, (-r * c, -r * s, -w), PHOTON, slab)


@helper
def make_pair(
    stack: Any,
    top: int,
    k: float,
    place: Place,
    d: Vector,
    slab: int,
    v: float,
    floor: float,
    score: Any,
    world: Any,
    shapes: Any,
    stream: Any,
) -> Any:
    """Pair production; v is the electron's share of the kinetic energy."""
    kinetic = k - 2.0 * _ME
    first = v * kinetic
    c, s = azimuth(stream)
    for which in range(2):
        e = first if which == 0 else kinetic - first
        if e < floor:
            spot = (place[0], place[1], place[2], float(slab))
            hand_over(score, world, shapes, which, e, d, spot, stream)
            continue
        x = emission_cosine(e + _ME, stream)
        sine = math.sqrt(x * (2.0 - x))
        out = turn(d, 1.0 - x, sine * c, sine * s)
        top = push(stack, top, e, place, out, which, slab)
        c, s = -c, -s
    return top


@helper
def compton(
    stack: Any, top: int, k: float, place: Place, d: Vector, slab: int, v: float, stream: Any
) -> Any:
    """Compton scattering: an electron with v of the photon's energy, and the photon."""
    e = v * k
    left = k - e
    x = _ME * e / (k * left)
    x = min(x, 2.0)
    c, s = azimuth(stream)
    sine = math.sqrt(x * (2.0 - x))
    out = turn(d, 1.0 - x, sine * c, sine * s)
    top = push(stack, top, left, place, out, PHOTON, slab)
    momentum = math.sqrt(e * (e + 2.0 * _ME))
    if momentum <= 0.0:
        return top
    cosine = min(1.0, max(-1.0, (k - left * (1.0 - x)) / momentum))
    sine = math.sqrt(1.0 - cosine * cosine)
    out = turn(d, cosine, -sine * c, -sine * s)
    return push(stack, top, e, place, out, ELECTRON, slab)


@helper
def photoelectric_cosine(e: float, stream: Any) -> Any:
    """1 - cos theta of a photoelectron (Sauter's K shell)."""
    gamma = e / _ME + 1.0
    beta = math.sqrt(e * (e + 2.0 * _ME)) / (e + _ME)
    a = 1.0 / beta - 1.0
    b = 0.5 * beta * gamma * (gamma - 1.0) * (gamma - 2.0)
    most = 2.0 * (1.0 / a + b)
    while True:
        r = uniform(stream)
        x = 2.0 * a * (2.0 * r + (a + 2.0) * math.sqrt(r)) / ((a + 2.0) ** 2 - 4.0 * r)
        if uniform(stream) * most < (2.0 - x) * (1.0 / (a + x) + b):
            return min(x, 2.0)


@helper
def absorb_photon(
    stack: Any,
    top: int,
    k: float,
    place: Place,
    d: Vector,
    slab: int,
    edge: Any,
    score: Any,
    world: Any,
    stream: Any,
) -> Any:
    """Photoelectric effect: an electron, and the binding energy on the spot."""
    binding = 0.0
    if k > edge[0] and uniform(stream) < edge[1]:
        binding = edge[0]
    e = k - binding
    deposit(score, world, slab, place[0], place[1], binding)
    out = d
    if e < 50.0 * _ME and e > 0.0:
        x = photoelectric_cosine(e, stream)
        out = swing(d, x, stream)
    return push(stack, top, e, place, out, ELECTRON, slab)
