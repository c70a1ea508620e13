"""The stack of slabs in which showers for the acceptance of the first layers are simulated."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.fits import COARSE, FAST, known_sandwich
from ...events.transport import Settings, Slab, Stack
from ...events.transport.shapes import Shapes
from ...events.transport.subshowers import (
    TAKEOVER,
    file_name,
    load_shapes,
    make_shapes,
    shapes_of,
)
from ...ground.arrays import FloatArray
from ...ground.shipped import shipped_path
from ...physics.materials import Material
from .preshower_table import FirstLayers

__all__ = ["ShowerStack", "shower_stack"]

_BEHIND: Final = 30.0
"""Radiation lengths behind the first layers: where showers end."""
_WHOLE: Final = replace(COARSE, lepton_cut=5e-3, photon_cut=1e-3)
_SURELY_FAST: Final = 10.0
"""Beam energy in GeV from which fits are used even where they hide the lowest leptons."""
_BUDGET: Final = 20.0
"""Energy in GeV per node of fits that are made for one table, of sandwiches that do not ship."""
_SLICE: Final = 0.3
_SLICES: Final = (8, 64)
_SLICES_BEHIND: Final = 8
_SLICE_BEHIND: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ShowerStack:
    """Where showers are simulated, and how.

    Parameters
    ----------
    stack : Stack
        Slabs; energy that is seen in the first layers is in section 0, behind them in section 1.
    settings : Settings
        How finely showers are followed.
    shapes : Shapes or None
        Fits of sub-showers.
    seconds_per_gev : float
        Processor time of a shower, roughly.
    faces, depths : array of float, shape (slabs + 1,)
        Faces of the slabs in cm and in radiation lengths.
    slices : array of float, shape (n,)
        Where slices of depth begin, in radiation lengths; the last one is open.
    """

    stack: Stack
    settings: Settings
    shapes: Shapes | None
    seconds_per_gev: float
    faces: FloatArray
    depths: FloatArray
    slices: FloatArray

    def slice_of(self, z: FloatArray) -> NDArray[np.intp]:
        """Number of the slice of places in cm."""
        depth = np.interp(z, self.faces, self.depths)
        return np.searchsorted(self.slices[1:], depth, side="right")

    def starts(self, energy: float, slices: NDArray[np.intp], random: FloatArray) -> FloatArray:
        """Electrons along the beam in slices, even in radiation lengths.

        Parameters
        ----------
        energy : float
            Energy in GeV.
        slices : array of int, shape (n,)
            Their slices.
        random : array of float, shape (n,)
            Place in the slice, 0 to 1.

        Returns
        -------
        array, shape (n, 9)
            Particles for the transport.
        """
        width = np.append(np.diff(self.slices), _SLICE_BEHIND)
        depth = self.slices[slices] + width[slices] * random
        rows = np.zeros((slices.size, 9))
        rows[:, 0], rows[:, 6] = energy, 1.0
        slab = np.clip(np.searchsorted(self.depths, depth, "right") - 1, 0, self.faces.size - 2)
        rows[:, 3] = np.clip(
            np.interp(depth, self.depths, self.faces), self.faces[slab], self.faces[slab + 1]
        )
        rows[:, 8] = slab
        return rows


def shower_stack(layers: FirstLayers, beam: float, lowest: float) -> ShowerStack:
    """Stack of a sandwich, or of matter without layers.

    Parameters
    ----------
    layers : FirstLayers
        The first layers. What stands behind them has the same composition: it counts only for
        what comes back.
    beam, lowest : float
        Beam energy, and lowest energy of leptons that are asked about, in GeV.

    Returns
    -------
    ShowerStack
        Thirty radiation lengths longer than the first layers, and infinitely wide.
    """
    sandwich = known_sandwich(layers.material)
    if sandwich is None or any(layer.layers for layer, _ in sandwich.layers):
        return _of_one(layers)
    fast = lowest >= TAKEOVER or beam >= _SURELY_FAST
    period = sum(thickness for _, thickness in sandwich.layers)
    length = layers.depth + _BEHIND * sandwich.radiation_length_cm
    whole = Stack.sandwich(replace(sandwich, length=period * math.ceil(length / period)))
    faces = whole.world().edges
    middles = 0.5 * (faces[1:] + faces[:-1])
    slabs = tuple(
        replace(slab, section=_section(slab, middle < layers.depth))
        for slab, middle in zip(whole.slabs, middles, strict=True)
    )
    return _placed(
        layers,
        slabs,
        (FAST, _shapes(sandwich), 4.5e-6) if fast else (COARSE, None, 1.7e-3),
    )


def _of_one(layers: FirstLayers) -> ShowerStack:
    """Matter without layers, all of which is seen: particles of 5 MeV leave their energy at once.

    A shower of 20 GeV in lead leaves the same share in 4.3 radiation lengths with 5, 2 and 1 MeV
    (0.1314, 0.1319 and 0.1313, each with an error of 0.0012 to 0.0023).
    """
    plain = replace(layers.material, layers=(), length=None)
    behind = _BEHIND * plain.radiation_length_cm
    slabs = Slab(plain, layers.depth, 0), Slab(plain, behind, 1)
    return _placed(layers, slabs, (_WHOLE, None, 1.5e-4))


def _placed(
    layers: FirstLayers, slabs: tuple[Slab, ...], how: tuple[Settings, Shapes | None, float]
) -> ShowerStack:
    stack = Stack(slabs)
    in_x0 = [slab.thickness / slab.material.radiation_length_cm for slab in slabs]
    faces, depths = stack.world().edges, np.concatenate([[0.0], np.cumsum(in_x0)])
    slices = _slices(float(np.interp(layers.depth, faces, depths)))
    return ShowerStack(stack, *how, faces, depths, slices)


def _section(slab: Slab, in_front: bool) -> int:
    return -1 if slab.section < 0 else 0 if in_front else 1


def _slices(depth: float) -> FloatArray:
    low, high = _SLICES
    inner = np.linspace(0.0, depth, min(max(math.ceil(depth / _SLICE), low), high) + 1)
    return np.concatenate([inner, depth + _SLICE_BEHIND * np.arange(1, _SLICES_BEHIND)])


@functools.lru_cache(maxsize=8)
def _shapes(sandwich: Material) -> Shapes:
    """Fits that ship, else coarser ones made in some twenty seconds."""
    if shipped_path("tables", file_name(sandwich)).is_file():
        return load_shapes(sandwich)
    return shapes_of(make_shapes(sandwich, _BUDGET), sandwich)
