"""Analogue Monte Carlo of a shower, apart from the package."""

import numpy as np


def simulate(count, least, depth, rng, excess, cell=1.0):
    """Track length in X0 above `least` GeV of e-, e+ and photons, in cells down to `depth` X0.

    Electrons of 100 GeV, complete screening; `excess` is the term b of the spectra.
    """
    c, soft = 4 / 3 + 2 * excess, 1e-3
    hard = c * (np.log(1 / soft) - 1 + soft) + (1 - soft**2) / 2
    pair = 1 - c / 6
    low = cell * np.arange(round(depth / cell))[:, None]
    found = np.zeros((3, low.size))
    kind = np.zeros(count, dtype=int)
    energy, place = np.full(count, 100.0), np.zeros(count)
    while kind.size:
        photon = kind == 2
        flight = rng.exponential(size=kind.size) / np.where(photon, pair, hard)
        # Soft photons as a continuous loss; the electron may fall below the threshold on the way.
        loss = np.where(photon, 0.0, c * soft)
        reach = np.log(energy / least) / np.maximum(loss, 1e-12)
        end = place + np.minimum(flight, reach)
        for species in range(3):
            chosen = kind == species
            overlap = np.minimum(end[chosen], low + cell) - np.maximum(place[chosen], low)
            found[species] += np.maximum(overlap, 0.0).sum(axis=1)
        energy, place = energy * np.exp(-loss * flight), place + flight
        v = np.empty(kind.size)
        todo = np.arange(kind.size)
        while todo.size:
            r = rng.random(todo.size)
            v[todo] = np.where(photon[todo], r, soft**r)
            u = v[todo]
            weight = np.where(photon[todo], 1 - c * u * (1 - u), 1 - u + u * u / c)
            todo = todo[rng.random(todo.size) > weight]
        first = np.where(photon, 0, kind)
        second = np.where(photon, 1, 2)
        kind = np.concatenate([first, second])
        energy, place = np.concatenate([energy * (1 - v), energy * v]), np.tile(place, 2)
        keep = (energy > least) & (place < depth)
        kind, energy, place = kind[keep], energy[keep], place[keep]
    return found / count
