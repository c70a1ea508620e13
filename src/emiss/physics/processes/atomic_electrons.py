"""Motion of the target's electrons: Compton profiles, and how they spread s in annihilation.

Impulse approximation: the electron has momentum component p along the beam, distributed with the
atom's Compton profile J(p), so that s = 2 m_e^2 + 2 E (m_e + p), and the flux grows by 1 + p/m_e.
Binding energies are neglected (they lower s by up to 2 E B). Source: arXiv:2403.12184,
arXiv:2403.15387.

Profiles are hydrogenic with Slater's screening: each shell has J(p) = 8/(3 pi p0) (1 +
p^2/p0^2)^-3 with p0 = alpha m_e (Z - s)/n*. This is exact for 1s, has the right <p^2> for every
shell, and neglects relativity, which matters for the inner shells of heavy atoms.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.errors import EmissError, ValidityError
from ...ground.guards import guarded, numbers, whole
from ..models.base import FloatArray

if TYPE_CHECKING:
    from ..materials import Material

__all__ = [
    "Shell",
    "compton_profile",
    "electrons_by_element",
    "electrons_per_radiation_length",
    "flux_below",
    "mean_square_momentum",
    "shells",
    "spread_luminosity",
]

CITATIONS = ("Slater:1930zz", "arXiv:2403.12184", "arXiv:2403.15387")

MAXIMUM_Z: Final = 92
_ATOMS: Final = whole(1, MAXIMUM_Z)
_MOMENTA: Final = numbers(-1e3, 1e3, "GeV")
# Order of filling (Madelung); the few exceptions move one outer electron, which is slow anyway.
_FILLING: Final = (
    "1s", "2s", "2p", "3s", "3p", "4s", "3d", "4p", "5s", "4d",
    "5p", "6s", "4f", "5d", "6p", "7s", "5f", "6d", "7p",
)  # fmt: skip
_ORBITAL: Final = "spdf"
_EFFECTIVE_N: Final = {1: 1.0, 2: 2.0, 3: 3.0, 4: 3.7, 5: 4.0, 6: 4.2, 7: 4.3}
# Grid of the convolution: step in ln(1 + p/m_e), its range, and how many steps one cell of s holds.
_STEP, _LOWEST, _HIGHEST, _MERGE = 0.004, -2.4, 1.2, 4


@dataclass(frozen=True, slots=True)
class Shell:
    """Electrons of one Slater group and principal quantum number.

    Parameters
    ----------
    name : str
        For example ``"3d"``; s and p of the same n form one group and are named ``"3sp"``.
    electrons : int
        Number of electrons.
    momentum : float
        Scale p0 of the profile in GeV.
    """

    name: str
    electrons: int
    momentum: float


def _groups(Z: int) -> list[tuple[int, str, int]]:
    """Slater groups (n, kind, electrons) in Slater's order: 1s, 2sp, 3sp, 3d, 4sp, 4d, 4f, ..."""
    left = Z
    count: dict[tuple[int, str], int] = {}
    for orbital in _FILLING:
        if left == 0:
            break
        n, kind = int(orbital[0]), orbital[1]
        here = min(left, 2 * (2 * _ORBITAL.index(kind) + 1))
        key = (n, "sp" if kind in "sp" else kind)
        count[key] = count.get(key, 0) + here
        left -= here
    order = {"sp": 0, "d": 1, "f": 2}
    keys = sorted(count, key=lambda key: (key[0], order[key[1]]))
    return [(n, kind, count[n, kind]) for n, kind in keys]


def _screening(groups: list[tuple[int, str, int]], index: int) -> float:
    """Slater's screening constant of a group."""
    n, kind, electrons = groups[index]
    screening = (0.30 if n == 1 else 0.35) * (electrons - 1)
    for inner_n, _, inner in groups[:index]:
        near = kind == "sp" and inner_n == n - 1
        screening += (0.85 if near else 1.0) * inner
    return screening


@functools.cache
def shells(Z: int) -> tuple[Shell, ...]:
    """Shells of a neutral atom by Slater's rules.

    Parameters
    ----------
    Z : int
        Atomic number, 1 to 92.

    Returns
    -------
    tuple of Shell
        From the inside out.

    Raises
    ------
    ValidityError
        If the atomic number is out of range.
    """
    if not 1 <= Z <= MAXIMUM_Z:
        raise ValidityError(f"atomic electrons: Z={Z} is not between 1 and {MAXIMUM_Z}.")
    groups = _groups(Z)
    scale = const.ALPHA * const.ELECTRON_MASS
    return tuple(
        Shell(
            "1s" if n == 1 else f"{n}{kind}",
            count,
            scale * (Z - _screening(groups, i)) / _EFFECTIVE_N[n],
        )
        for i, (n, kind, count) in enumerate(groups)
    )


def _sum_shells(Z: int, function: Callable[[float], FloatArray]) -> FloatArray:
    """Mean of a function of p0 over the electrons of an atom."""
    total = sum((shell.electrons * function(shell.momentum) for shell in shells(Z)), np.zeros(()))
    return np.asarray(total / Z)


@guarded(Z=_ATOMS, momentum=_MOMENTA)
def compton_profile(Z: int, momentum: ArrayLike) -> FloatArray:
    """Compton profile per electron.

    Parameters
    ----------
    Z : int
        Atomic number, 1 to 92.
    momentum : array_like
        Momentum component in GeV.

    Returns
    -------
    array of float
        J in GeV^-1, integral 1. Multiply by alpha m_e Z for the atomic profile in atomic units.
    """
    p = np.asarray(momentum, dtype=np.float64)
    return _sum_shells(
        Z, lambda p0: np.asarray(8.0 / (3.0 * math.pi * p0) * (1.0 + np.square(p / p0)) ** -3)
    )


@guarded(Z=_ATOMS)
def mean_square_momentum(Z: int) -> float:
    """Mean square of one momentum component per electron in GeV^2: the mean of p0^2/3."""
    return float(_sum_shells(Z, lambda p0: np.asarray(p0 * p0 / 3.0)))


@guarded(Z=_ATOMS, momentum=_MOMENTA)
def flux_below(Z: int, momentum: ArrayLike) -> FloatArray:
    """Integral of J(p) (1 + p/m_e) up to a momentum.

    Parameters
    ----------
    Z : int
        Atomic number, 1 to 92.
    momentum : array_like
        Upper end in GeV.

    Returns
    -------
    array of float
        Share of the flux, 0 to 1, in closed form.
    """
    p = np.asarray(momentum, dtype=np.float64)

    def shell(p0: float) -> FloatArray:
        x = p / p0
        q = 1.0 / (1.0 + x * x)
        below = 0.5 + (np.arctan(x) + x * q + 2.0 / 3.0 * x * q * q) / math.pi
        return np.asarray(below - 2.0 * p0 / (3.0 * math.pi * const.ELECTRON_MASS) * q * q)

    return _sum_shells(Z, shell)


@functools.cache
def _kernel(Z: int) -> FloatArray:
    """Share of the flux in each step of ln(1 + p/m_e)."""
    steps = round((_HIGHEST - _LOWEST) / _STEP)
    edges = _LOWEST + _STEP * np.arange(steps + 1)
    return np.diff(flux_below(Z, const.ELECTRON_MASS * np.expm1(edges)))


def electrons_by_element(
    material: Material, elements: Collection[str] | None = None
) -> dict[int, float]:
    """Electrons per cm^2 in one radiation length, keyed by atomic number.

    Parameters
    ----------
    material : Material
        Target.
    elements : collection of str, optional
        Symbols of the elements to count; all of the material's without it.

    Returns
    -------
    dict of int to float
        Electrons per cm^2.

    Raises
    ------
    EmissError
        If an element is not in the material.
    """
    parts = material.atoms_per_radiation_length
    known = {element.symbol for element, _ in parts}
    for symbol in elements or ():
        if symbol not in known:
            raise EmissError(
                f"element '{symbol}' is not in material '{material.name}'; it consists of "
                f"{', '.join(sorted(known))}."
            )
    return {
        element.Z: element.Z * atoms
        for element, atoms in parts
        if elements is None or element.symbol in elements
    }


def electrons_per_radiation_length(
    material: Material, elements: Collection[str] | None = None
) -> float:
    """Electrons per cm^2 in one radiation length; for the parameters see `electrons_by_element`."""
    return sum(electrons_by_element(material, elements).values())


def spread_luminosity(
    energy_edges: FloatArray, met: Mapping[int, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Electrons met per cell of s by positrons on moving electrons.

    Parameters
    ----------
    energy_edges : array of float, shape (n + 1,)
        Edges in positron energy in GeV, ascending.
    met : mapping of int to array of float, shape (n,)
        Electrons per cm^2 per cell by atomic number; each element has its own profile.

    Returns
    -------
    s_edges : array of float, shape (k + 1,)
        Edges in s in GeV^2.
    weights : array of float, shape (k,)
        Electrons per cm^2 in each cell, flux factor included.
    tilt : array of float, shape (k,)
        Slope of the density within each cell, see `AnnihilationLuminosity`.

    Notes
    -----
    ln(s - 2 m_e^2) = ln(2 m_e E) + ln(1 + p/m_e): a convolution of two histograms, equal steps in
    the logarithm.
    """
    low, high = math.log(energy_edges[0]), math.log(energy_edges[-1])
    cells = max(math.ceil((high - low) / _STEP), 1)
    grid = np.exp(low + _STEP * np.arange(cells + 1))
    once = np.zeros(())
    for number, electrons in met.items():
        cumulative = np.concatenate(([0.0], np.cumsum(electrons)))
        tracks = np.diff(np.interp(grid, energy_edges, cumulative))
        once = once + np.convolve(tracks, _kernel(number))
    # Two uniform bins of the same width add up to a triangle over two bins: half goes to each.
    spread = 0.5 * (np.append(once, 0.0) + np.insert(once, 0, 0.0))
    spread = np.append(spread, np.zeros(-spread.size % _MERGE))
    fine = np.exp(low + _LOWEST + _STEP * np.arange(spread.size + 1))
    density = np.pad(spread / np.diff(fine), 1)
    at_edges = 0.5 * (density[1:] + density[:-1])[::_MERGE]
    total, difference = at_edges[1:] + at_edges[:-1], np.diff(at_edges)
    tilt = np.divide(difference, total, out=np.zeros_like(total), where=total > 0.0)
    s_edges = 2.0 * const.ELECTRON_MASS * (fine[::_MERGE] + const.ELECTRON_MASS)
    return s_edges, spread.reshape(-1, _MERGE).sum(axis=1), tilt
