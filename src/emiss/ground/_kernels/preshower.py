"""Showers followed down to a cut, for the energy that they leave in the first layers of a dump.

Leptons and photons above the cut are followed one by one; what falls below it deposits along the
mean profile of a shower that starts there. Depths are in radiation lengths, energies in GeV.
"""

from __future__ import annotations

import math

import numpy as np

from ..arrays import FloatArray
from .jit import kernel

_SOFTEST = 1e-4
_ELEMENTS = 4096
_STACK = 256


@kernel
def deposited(energy: float, room: float, scale: FloatArray, shares: FloatArray) -> float:
    """Energy that a lepton's shower leaves within ``room`` X0.

    ``shares`` of the energy by ln E and room; ``scale`` is lowest ln E, its step, step in room.
    """
    if room <= 0.0:
        return 0.0
    row = (math.log(energy) - scale[0]) / scale[1]
    if row <= 0.0:
        return float(energy * shares[0, -1])
    row = min(row, shares.shape[0] - 1 - 1e-9)
    column = min(room / scale[2], shares.shape[1] - 1 - 1e-9)
    i, j = int(row), int(column)
    u, v = row - i, column - j
    low = shares[i, j] * (1.0 - v) + shares[i, j + 1] * v
    high = shares[i + 1, j] * (1.0 - v) + shares[i + 1, j + 1] * v
    return float(energy * (low * (1.0 - u) + high * u))


@kernel
def split_pair(random: np.random.Generator) -> float:
    """Energy share of one lepton of a pair, 1 - 4/3 u (1 - u)."""
    while True:
        u = random.random()
        if random.random() < 1.0 - 4.0 / 3.0 * u * (1.0 - u):
            return u


@kernel
def photon_share(random: np.random.Generator) -> float:
    """Energy share of a photon above the softest, [4/3 (1 - v) + v^2]/v."""
    low = math.log(_SOFTEST)
    while True:
        v = math.exp(low * random.random())
        if random.random() * 4.0 / 3.0 < 4.0 / 3.0 * (1.0 - v) + v * v:
            return v


@kernel
def tally(
    track: FloatArray,
    charge: int,
    total: float,
    numbers: FloatArray,
    grids: tuple[FloatArray, ...],
    tallies: tuple[FloatArray, FloatArray, FloatArray],
) -> None:
    """Count one track element of a finished shower; arguments as in `showers`."""
    beam, depth, threshold, scale = numbers[0], numbers[2], numbers[3], numbers[5:8]
    edges, recoils, shares = grids
    length, vanished, first = tallies
    bins = edges.size - 1
    where = np.searchsorted(edges, 1.0 - track[0] / beam, side="right") - 1
    if where < 0 or where >= bins:
        return
    weight = track[2]
    length[charge, where] += weight
    others = total - track[4]
    if others >= threshold:
        first[where, 0] += weight
        if charge == 1:
            vanished[where] += weight
        return
    # The recoil's deposit grows with its energy: bisection for the first that passes.
    low, high = 0, recoils.size
    while low < high:
        middle = (low + high) // 2
        own = deposited(recoils[middle], depth - track[1], scale, shares)
        if others + own >= threshold:
            high = middle
        else:
            low = middle + 1
    first[where, low] += weight


@kernel
def showers(
    random: np.random.Generator,
    count: int,
    primary: int,
    numbers: FloatArray,
    grids: tuple[FloatArray, ...],
) -> tuple[FloatArray, FloatArray, FloatArray, float, int]:
    """Follow showers; ``primary`` is 0 for e-, 1 for e+.

    ``numbers``: beam energy, cut, depth of the preshower, threshold, collision loss per X0, then
    ``scale`` of `deposited`. ``grids``: edges in 1 - E/E_beam, recoil energies, profile.

    Returns track length (2, bins), positron track length that passes if the positron vanishes
    (bins,), track length by the first recoil energy that passes (bins, recoils + 1), energy left in
    the preshower by all showers, and how many track elements found no room.
    """
    beam, cut, depth = numbers[0], numbers[1], numbers[2]
    loss_rate, scale = numbers[4], numbers[5:8]
    edges, recoils, shares = grids
    rate = 4.0 / 3.0 * (math.log(1.0 / _SOFTEST) - 1.0 + _SOFTEST) + 0.5 * (1.0 - _SOFTEST**2)
    bins = edges.size - 1
    length = np.zeros((2, bins))
    vanished = np.zeros(bins)
    first = np.zeros((bins, recoils.size + 1))
    energies, depths = np.zeros(_STACK), np.zeros(_STACK)
    kinds = np.zeros(_STACK, dtype=np.int64)
    # One row per track element: energy, depth, length, energy left before and after it.
    track = np.zeros((_ELEMENTS, 5))
    level, charge = np.zeros(_ELEMENTS, dtype=np.int64), np.zeros(_ELEMENTS, dtype=np.int64)
    lost, everything = 0, 0.0
    for _ in range(count):
        found, height, total, open_from = 0, 1, 0.0, 0
        energies[0], depths[0], kinds[0] = beam, 0.0, primary
        while height > 0:
            # Particles are followed depth first: what was recorded at this height or above has no
            # more descendants to come.
            for i in range(found - 1, open_from - 1, -1):
                if level[i] >= height:
                    track[i, 4] = total - track[i, 3]
                    level[i] = -1
            while open_from < found and level[open_from] < 0:
                open_from += 1
            height -= 1
            energy, t, kind = energies[height], depths[height], kinds[height]
            if kind == 2:
                t += 9.0 / 7.0 * random.standard_exponential()
                u = split_pair(random)
                for which in range(2):
                    part = energy * u if which == 0 else energy * (1.0 - u)
                    if part > cut:
                        energies[height], depths[height], kinds[height] = part, t, which
                        height += 1
                    else:
                        total += deposited(part, depth - t, scale, shares)
                continue
            step = random.standard_exponential() / rate
            if found < _ELEMENTS:
                track[found, 0] = energy
                track[found, 1] = t + step * random.random()
                track[found, 2] = step
                track[found, 3] = total
                level[found], charge[found] = height, kind
                found += 1
            else:
                lost += 1
            # Collisions, and photons too soft to follow, deposit on the spot.
            soft = (loss_rate + 4.0 / 3.0 * _SOFTEST * energy) * step
            if t < depth:
                total += soft * min((depth - t) / step, 1.0)
            t += step
            photon = photon_share(random) * energy
            energy -= photon + soft
            if energy > cut:
                energies[height], depths[height], kinds[height] = energy, t, kind
                height += 1
            elif energy > 0.0:
                total += deposited(energy, depth - t, scale, shares)
            if photon > cut:
                energies[height], depths[height], kinds[height] = photon, t, 2
                height += 1
            else:
                t += 9.0 / 7.0 * random.standard_exponential()
                if t < depth:
                    u = split_pair(random)
                    total += deposited(photon * u, depth - t, scale, shares)
                    total += deposited(photon * (1.0 - u), depth - t, scale, shares)
        everything += total
        for i in range(found):
            if level[i] >= 0:
                track[i, 4] = total - track[i, 3]
            tally(track[i], charge[i], total, numbers, grids, (length, vanished, first))
    return length, vanished, first, everything, lost
