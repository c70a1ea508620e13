"""Decays in flight of muons, pions and kaons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.constants import NEUTRAL_PION_MASS
from .bank import ORIGINS, Bank
from .kinds import KINDS, LIFETIMES, MASSES

__all__ = ["CHANNELS", "decay", "decay_into", "decay_probability"]

_DECAY = ORIGINS.index("decay")
_PI0 = "pi0"
_NUMBER = {name: i for i, name in enumerate(KINDS)}

CHANNELS: Final[dict[str, tuple[tuple[float, tuple[str, ...]], ...]]] = {
    "mu-": ((1.0, ("e-", "neutrino", "neutrino")),),
    "pi-": ((0.999877, ("mu-", "neutrino")), (1.230e-4, ("e-", "neutrino"))),
    "K-": (
        (0.6356, ("mu-", "neutrino")),
        (0.2067, ("pi-", _PI0)),
        (0.05583, ("pi-", "pi-", "pi+")),
        (0.0507, (_PI0, "e-", "neutrino")),
        (0.03352, (_PI0, "mu-", "neutrino")),
        (0.01760, ("pi-", _PI0, _PI0)),
        (1.582e-5, ("e-", "neutrino")),
    ),
    "K0L": (
        (0.2028, ("pi-", "e+", "neutrino")),
        (0.2027, ("pi+", "e-", "neutrino")),
        (0.1352, ("pi-", "mu+", "neutrino")),
        (0.1352, ("pi+", "mu-", "neutrino")),
        (0.1952, (_PI0, _PI0, _PI0)),
        (0.1254, ("pi+", "pi-", _PI0)),
    ),
    "K0S": ((0.6920, ("pi+", "pi-")), (0.3069, (_PI0, _PI0))),
}
"""Branching ratios of the PDG review of 2024 (recalled), negative particles; a channel with three
particles is flat in phase space, but for the muon, whose electron has the Michel spectrum."""

_SIGN = {"-": "+", "+": "-"}


def _conjugate(name: str) -> str:
    return name[:-1] + _SIGN[name[-1]] if name[-1] in _SIGN else name


def _channels(kind: int) -> tuple[FloatArray, list[tuple[str, ...]]]:
    name = KINDS[kind]
    own = name in CHANNELS
    table = CHANNELS[name if own else _conjugate(name)]
    shares = np.array([share for share, _ in table])
    finals = [tuple(p if own else _conjugate(p) for p in final) for _, final in table]
    return shares / shares.sum(), finals


def decay_probability(bank: Bank, path: FloatArray, bias: float = 1.0) -> FloatArray:
    """Probability that a particle decays on a path.

    Parameters
    ----------
    bank : Bank
        Particles.
    path : array of float
        Path in cm.
    bias : float
        Factor on the rate.

    Returns
    -------
    array of float
        1 - exp(-bias L m/(p c tau)); 0 for what does not decay here.
    """
    return np.asarray(-np.expm1(-bias * _mean(bank, path)))


def _mean(bank: Bank, path: FloatArray) -> FloatArray:
    """Path over decay length."""
    length = LIFETIMES[bank.kind] * bank.momentum / np.maximum(bank.mass, 1e-12)
    return np.asarray(path / np.maximum(length, 1e-9))


def decay(
    bank: Bank, path: FloatArray, generator: np.random.Generator, bias: float = 1.0
) -> tuple[Bank, Bank, FloatArray]:
    """Let particles decay on straight paths that begin where they are.

    Parameters
    ----------
    bank : Bank
        Particles.
    path : array of float
        Path of each in cm.
    generator : Generator
        Random numbers.
    bias : float
        Factor on the rate of decay; weights undo it.

    Returns
    -------
    survivors : Bank
        What does not decay, where it was.
    daughters : Bank
        Particles from decays, neutral pions as photons, where they were made.
    factor : array of float
        What the weight of each given particle was multiplied with.
    """
    chance = decay_probability(bank, path, bias)
    gone = generator.random(len(bank)) < chance
    factor = np.ones(len(bank))
    if bias > 1.0:
        plain = decay_probability(bank, path)
        alive = (1 - plain) / np.maximum(1 - chance, 1e-300)
        factor = np.where(gone, plain / np.maximum(chance, 1e-300), alive)
        bank = bank.change(weight=bank.weight * factor)
    if not gone.any():
        return bank, Bank.empty(), factor
    parents = bank.take(gone)
    # Where on the path: exponential, cut at its end.
    mean = bias * _mean(parents, path[gone])
    along = -np.log1p(-generator.random(len(parents)) * chance[gone]) / mean
    parents = parents.drift(along * path[gone])
    return bank.take(~gone), _daughters(parents, generator), factor


def _daughters(parents: Bank, generator: np.random.Generator) -> Bank:
    made = []
    for kind in np.unique(parents.kind):
        rows = parents.take(parents.kind == kind)
        shares, finals = _channels(int(kind))
        channel = np.searchsorted(np.cumsum(shares), generator.random(len(rows)), side="right")
        for number, final in enumerate(finals):
            chosen = rows.take(channel == number)
            if len(chosen):
                made.append(decay_into(chosen, final, generator))
    return Bank.join(made)


def decay_into(parents: Bank, final: tuple[str, ...], generator: np.random.Generator) -> Bank:
    """Let particles of one kind decay where they are, into one channel.

    Parameters
    ----------
    parents : Bank
        Particles, all of one kind.
    final : tuple of str
        Names of the products, see `CHANNELS`; ``pi0`` becomes two photons.
    generator : Generator
        Random numbers.

    Returns
    -------
    Bank
        The products, with the event numbers of their parents.
    """
    masses = [NEUTRAL_PION_MASS if name == _PI0 else MASSES[_NUMBER[name]] for name in final]
    momenta = _boost(_at_rest(parents, masses, generator), parents)
    made = []
    for name, vectors in zip(final, momenta, strict=True):
        if name == _PI0:
            for photon in _boost(_pair(np.full(len(parents), NEUTRAL_PION_MASS), generator),
                                 None, vectors, NEUTRAL_PION_MASS):  # fmt: skip
                made.append(_rows(parents, "gamma", photon))
        else:
            made.append(_rows(parents, name, vectors))
    return Bank.join(made)


def _rows(parents: Bank, name: str, vectors: FloatArray) -> Bank:
    size = np.maximum(np.linalg.norm(vectors[1:], axis=0), 1e-30)
    u = vectors[1:] / size
    return parents.change(
        kind=np.full(len(parents), _NUMBER[name], dtype=np.int8),
        energy=vectors[0],
        ux=u[0],
        uy=u[1],
        uz=u[2],
        origin=np.full(len(parents), _DECAY, dtype=np.int8),
    )


def _sphere(n: int, generator: np.random.Generator) -> FloatArray:
    cosine = 2.0 * generator.random(n) - 1.0
    azimuth = 2.0 * np.pi * generator.random(n)
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])


def _momentum(total: FloatArray, a: FloatArray | float, b: FloatArray | float) -> FloatArray:
    square = (total**2 - (a + b) ** 2) * (total**2 - (a - b) ** 2)
    return np.asarray(np.sqrt(np.maximum(square, 0.0)) / (2.0 * total))


def _pair(
    total: FloatArray,
    generator: np.random.Generator,
    a: FloatArray | float = 0.0,
    b: FloatArray | float = 0.0,
) -> list[FloatArray]:
    """Two bodies at rest together: four-vectors, shape (4, n)."""
    p = _momentum(total, a, b)
    direction = _sphere(total.size, generator) * p
    return [
        np.concatenate([np.sqrt(p**2 + a * a)[None], direction]),
        np.concatenate([np.sqrt(p**2 + b * b)[None], -direction]),
    ]


def _at_rest(
    parents: Bank, masses: list[float], generator: np.random.Generator
) -> list[FloatArray]:
    total = parents.mass
    if len(masses) == 2:
        return _pair(total, generator, *masses)
    accept: Callable[[FloatArray], FloatArray] | None = None
    if KINDS[int(parents.kind[0])] in ("mu-", "mu+"):
        accept = _michel
    pair_mass = _pair_mass(total, masses, generator, accept)
    first, recoil = _pair(total, generator, masses[0], pair_mass)
    inner = _pair(pair_mass, generator, masses[1], masses[2])
    return [first, *(_boost([v], None, recoil, pair_mass)[0] for v in inner)]


def _michel(x: FloatArray) -> FloatArray:
    """Michel's spectrum over phase space, x^2 (3 - 2x)/x, at most 1; x = 2E/m."""
    return np.asarray(x * (3.0 - 2.0 * x) / 1.125)


def _pair_mass(
    total: FloatArray,
    masses: list[float],
    generator: np.random.Generator,
    accept: Callable[[FloatArray], FloatArray] | None,
) -> FloatArray:
    """Mass of the second and third particle: dN/dm = p1(m) p23(m), by acceptance."""
    low, high = masses[1] + masses[2], total - masses[0]
    found = np.zeros(total.size)
    open_rows: NDArray[np.int64] = np.arange(total.size)
    # An upper bound of each factor within the limits of the pair's mass.
    top1 = _momentum(total, masses[0], low)
    while open_rows.size:
        whole = total[open_rows]
        m = low + (high[open_rows] - low) * generator.random(open_rows.size)
        top2 = _momentum(high[open_rows], masses[1], masses[2])
        value = _momentum(whole, masses[0], m) * _momentum(m, masses[1], masses[2])
        chance = value / (top1[open_rows] * top2)
        if accept is not None:
            chance *= accept(1.0 - (m / whole) ** 2)
        kept = generator.random(open_rows.size) < chance
        found[open_rows[kept]] = m[kept]
        open_rows = open_rows[~kept]
    return found


def _boost(
    vectors: list[FloatArray],
    parents: Bank | None,
    frame: FloatArray | None = None,
    mass: FloatArray | float = 0.0,
) -> list[FloatArray]:
    """Four-vectors of a rest frame as seen where that moves: with parents, or a four-vector."""
    if parents is not None:
        p = parents.momentum
        mass = parents.mass
        frame = np.stack([parents.energy, p * parents.ux, p * parents.uy, p * parents.uz])
    assert frame is not None
    energy, momentum = frame[0], frame[1:]
    result = []
    for vector in vectors:
        along = np.einsum("in,in->n", momentum, vector[1:])
        boosted = (energy * vector[0] + along) / mass
        factor = (along / (energy + mass) + vector[0]) / mass
        result.append(np.concatenate([boosted[None], vector[1:] + factor * momentum]))
    return result
