"""Four-vectors: turned into the direction of what flies, boosted, and split by isotropic decays."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.guards import guarded, rows_of

__all__ = ["boosted", "direction_of", "invariant_mass", "isotropic", "turned", "two_body"]

_FOUR: Final = rows_of(4, -1e30, 1e30, "GeV")


def turned(vectors: FloatArray, direction: FloatArray) -> FloatArray:
    """Four-vectors whose z axis lies along a direction.

    Parameters
    ----------
    vectors : array, shape (n, 4)
        (E, px, py, pz) in GeV.
    direction : array, shape (n, 3)
        Unit vectors.

    Returns
    -------
    array, shape (n, 4)
        The same turned such that z becomes the direction.
    """
    u, v, w = direction.T
    # Two vectors across, without a root (Duff et al., J. Comput. Graph. Tech. 6 (2017) 1).
    sign = np.where(w >= 0.0, 1.0, -1.0)
    k = -1.0 / (sign + w)
    m = u * v * k
    e, x, y, z = vectors.T
    return np.stack(
        [
            e,
            x * (1.0 + sign * u * u * k) + y * m + z * u,
            x * sign * m + y * (sign + v * v * k) + z * v,
            -x * sign * u - y * v + z * w,
        ],
        axis=1,
    )


@guarded(vectors=_FOUR)
def invariant_mass(vectors: FloatArray) -> FloatArray:
    """Invariant masses in GeV of four-vectors, shape (n, 4); 0 for rounding below it."""
    vectors = np.asarray(vectors, dtype=np.float64)
    p = np.sqrt(np.sum(np.square(vectors[:, 1:]), axis=1))
    e = vectors[:, 0]
    return np.asarray(np.sqrt(np.maximum((e - p) * (e + p), 0.0)))


@guarded(vectors=_FOUR)
def direction_of(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Momenta in GeV and unit vectors; along z where nothing moves."""
    vectors = np.asarray(vectors, dtype=np.float64)
    p = np.sqrt(np.sum(np.square(vectors[:, 1:]), axis=1))
    unit = np.zeros((len(vectors), 3))
    unit[:, 2] = 1.0
    moves = p > 0.0
    unit[moves] = vectors[moves, 1:] / p[moves, None]
    return p, unit


def isotropic(random: FloatArray) -> FloatArray:
    """Unit vectors from pairs of uniform numbers, shape (n, 2)."""
    cosine = 2.0 * random[:, 0] - 1.0
    sine = np.sqrt(np.maximum((1.0 - cosine) * (1.0 + cosine), 0.0))
    turn = 2.0 * math.pi * random[:, 1]
    return np.stack([sine * np.cos(turn), sine * np.sin(turn), cosine], axis=1)


def boosted(vectors: FloatArray, parents: FloatArray, masses: FloatArray) -> FloatArray:
    """Four-vectors in the frame in which a parent has the given four-vector.

    Parameters
    ----------
    vectors : array, shape (n, 4)
        In the rest frame of the parent, in GeV.
    parents : array, shape (n, 4)
        Four-vectors of the parents in GeV.
    masses : array, shape (n,)
        Their masses in GeV, above 0.

    Returns
    -------
    array, shape (n, 4)
        Boosted vectors.
    """
    u = parents[:, 1:] / masses[:, None]
    gamma = parents[:, 0] / masses
    along = np.sum(u * vectors[:, 1:], axis=1)
    e = gamma * vectors[:, 0] + along
    space = vectors[:, 1:] + u * (vectors[:, 0] + along / (gamma + 1.0))[:, None]
    return np.column_stack([e, space])


def two_body(
    parents: FloatArray, masses: FloatArray, first: FloatArray, second: FloatArray,
    random: FloatArray,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Isotropic decays to two particles.

    Parameters
    ----------
    parents : array, shape (n, 4)
        Four-vectors in GeV.
    masses, first, second : array, shape (n,)
        Masses in GeV of parents and of both daughters.
    random : array, shape (n, 2)
        Uniform numbers.

    Returns
    -------
    tuple of array, shape (n, 4)
        Four-vectors of the daughters.
    """
    e = 0.5 * (masses**2 + first**2 - second**2) / masses
    p = np.sqrt(np.maximum((e - first) * (e + first), 0.0))
    inner = isotropic(random) * p[:, None]
    one = boosted(np.column_stack([e, inner]), parents, masses)
    return one, parents - one
