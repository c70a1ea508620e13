"""Stacks of slabs with cells across, and their form as arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...physics.materials import Material

__all__ = ["Cells", "Slab", "Stack", "World"]

Integers = NDArray[np.int64]

_FAR = 1e12


@dataclass(frozen=True, slots=True)
class Slab:
    """A slab across the beam.

    Parameters
    ----------
    material : Material
        Homogeneous material.
    thickness : float
        In cm.
    section : int
        Which set of cells the energy left here is added to; -1 for none (absorber).
    """

    material: Material
    thickness: float
    section: int = -1


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells across the beam.

    Parameters
    ----------
    columns, rows : int
        Number of cells in x and y.
    pitch : float
        Side of a cell in x, in cm.
    x, y : float
        Middle of the array in cm.
    pitch_y : float or None
        Side of a cell in y, in cm; square cells by default.
    """

    columns: int
    rows: int
    pitch: float
    x: float = 0.0
    y: float = 0.0
    pitch_y: float | None = None

    def __post_init__(self) -> None:
        if self.columns < 1 or self.rows < 1 or not all(0.0 < p < math.inf for p in self.sides):
            raise ValidityError(
                f"cells: {self.columns} x {self.rows} of {self.pitch:g} cm; needs at least one "
                "cell each way and a positive pitch."
            )

    @property
    def sides(self) -> tuple[float, float]:
        """Sides of a cell in x and y, in cm."""
        return self.pitch, self.pitch if self.pitch_y is None else self.pitch_y


class World(NamedTuple):
    """A stack as arrays.

    Parameters
    ----------
    edges : array, shape (n+1,)
        Faces of the slabs in cm, from 0.
    medium, section : array of int, shape (n,)
        Number of the material, and set of cells (-1 for none).
    frame : array, shape (6,)
        Half widths in x and y, lower corner of the cells in x and y, 1/pitch in x and y.
    """

    edges: FloatArray
    medium: Integers
    section: Integers
    frame: FloatArray


@dataclass(frozen=True, slots=True)
class Stack:
    """Slabs one behind the other from z = 0, with vacuum around.

    Parameters
    ----------
    slabs : tuple of Slab
        In the order of the beam.
    half_width : float
        Half of the side of the cross-section in x, in cm; infinite by default.
    cells : Cells or None
        Cells across the beam, the same in all slabs with a section.
    half_height : float or None
        Half of the side in y, in cm; as wide as high by default.
    """

    slabs: tuple[Slab, ...]
    half_width: float = math.inf
    cells: Cells | None = None
    half_height: float | None = None

    def __post_init__(self) -> None:
        if not self.slabs or any(not 0.0 < s.thickness < _FAR for s in self.slabs):
            raise ValidityError("stack: needs slabs of positive, finite thickness in cm.")
        for half in (self.half_width, self.half_height):
            if half is not None and not half > 0.0:
                raise ValidityError(f"stack: half width {half:g} cm must be positive.")

    @property
    def materials(self) -> tuple[Material, ...]:
        """The different materials, in the order of their first slab."""
        return tuple(dict.fromkeys(slab.material for slab in self.slabs))

    @property
    def sections(self) -> int:
        """Number of sets of cells."""
        return max(slab.section for slab in self.slabs) + 1

    @property
    def depth(self) -> float:
        """Thickness of all slabs in cm."""
        return sum(slab.thickness for slab in self.slabs)

    def world(self) -> World:
        """The stack as arrays for the kernels."""
        number = {material: i for i, material in enumerate(self.materials)}
        edges = np.concatenate([[0.0], np.cumsum([s.thickness for s in self.slabs])])
        high = self.half_width if self.half_height is None else self.half_height
        cells = self.cells or Cells(1, 1, 2 * _FAR)
        width, height = cells.sides
        corner = (cells.x - 0.5 * cells.columns * width, cells.y - 0.5 * cells.rows * height)
        return World(
            edges,
            np.array([number[s.material] for s in self.slabs], dtype=np.int64),
            np.array([s.section for s in self.slabs], dtype=np.int64),
            np.array([min(self.half_width, _FAR), min(high, _FAR), *corner, 1 / width, 1 / height]),
        )

    @classmethod
    def sandwich(
        cls, material: Material, half_width: float = math.inf, cells: Cells | None = None
    ) -> Stack:
        """The layers of a sandwich material, of which the lightest is active.

        Parameters
        ----------
        material : Material
            A sandwich with layers and a length, such as ``na64-ecal``; else one passive slab.
        half_width : float
            Half of the side in cm.
        cells : Cells or None
            Cells across the beam.

        Returns
        -------
        Stack
            The layers, repeated over the length; the active ones have section 0.

        Raises
        ------
        ValidityError
            If the material has no length.
        """
        if material.length is None:
            raise ValidityError(
                f"material '{material.name}' has no length; give its slabs with their thickness."
            )
        if not material.layers:
            return cls((Slab(material, material.length),), half_width, cells)
        period = sum(thickness for _, thickness in material.layers)
        active = min(layer.density for layer, _ in material.layers)
        once = tuple(Slab(m, t, 0 if m.density == active else -1) for m, t in material.layers)
        return cls(once * round(material.length / period), half_width, cells)
