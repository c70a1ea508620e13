"""A sampling or homogeneous calorimeter, with layers and cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.errors import ValidityError
from ...ground.quantity import Quantity
from ..fields import count, number, word
from .base import Detector, Element

__all__ = ["DETECTOR", "Calorimeter", "resolution"]


def resolution(energy: ArrayLike, stochastic: float, constant: float) -> NDArray[np.float64]:
    """Standard deviation of a measured energy.

    Parameters
    ----------
    energy : array_like of float
        Energy in GeV, not negative.
    stochastic : float
        a in sqrt(GeV) of sigma/E = a/sqrt(E) (+) b.
    constant : float
        b of it.

    Returns
    -------
    array of float
        sigma = sqrt(a^2 E + b^2 E^2) in GeV.

    Raises
    ------
    ValidityError
        If an energy is negative or not finite.
    """
    e = np.asarray(energy, dtype=np.float64)
    if not np.all((e >= 0.0) & np.isfinite(e)):
        raise ValidityError("calorimeter resolution: energies must be finite and not negative.")
    sigma: NDArray[np.float64] = np.sqrt(stochastic * stochastic * e + (constant * e) ** 2)
    return sigma


@dataclass(frozen=True, slots=True, kw_only=True)
class Calorimeter(Element):
    """A calorimeter.

    Parameters
    ----------
    cells_x, cells_y : int
        Cells across the beam.
    cell_width, cell_height : Quantity or None
        Size of a cell in cm; the size of all of them where ``width`` and ``height`` are not given.
    stochastic, constant : Quantity or None
        a in sqrt(GeV) and b of sigma/E = a/sqrt(E) (+) b.
    noise : Quantity or None
        Standard deviation in GeV of what a cell reads without a signal.
    cell_threshold : Quantity or None
        Energy in GeV below which a cell reads nothing.
    calibration_spread : Quantity or None
        Relative standard deviation of the cells' calibration.
    light_yield : Quantity or None
        Photoelectrons per GeV of deposit.
    e_over_h : Quantity or None
        Response to electromagnetic over that to hadronic energy.
    time_resolution : Quantity or None
        Standard deviation in ns.
    energy_scale : str
        What its energy means: ``calibrated`` (to the energy of an electron), ``deposited`` in all
        matter, or ``visible`` in the scintillator.
    """

    kind: ClassVar[str] = "calorimeter"
    takes_beam: ClassVar[bool] = True
    least_reading: ClassVar[str] = "cell_threshold"
    measures: ClassVar[Mapping[str, str]] = {
        "energy": "GeV",
        "max_cell_x": "",
        "max_cell_y": "",
        "central_energy": "GeV",
        "lateral_ratio": "",
        "shower_chi2": "",
        "out_of_time_energy": "GeV",
        "periphery_energy": "GeV",
        "time": "ns",
    }

    cells_x: int = count("cells across the beam, in the bending plane")
    cells_y: int = count("cells across the beam, out of that plane")
    cell_width: Quantity | None = number("length", "of a cell")
    cell_height: Quantity | None = number("length", "of a cell")
    stochastic: Quantity | None = number("stochastic", "a of sigma/E = a/sqrt(E) (+) b")
    constant: Quantity | None = number("fraction", "b of it")
    noise: Quantity | None = number("noise", "of a cell without signal")
    cell_threshold: Quantity | None = number("energy", "below which a cell reads nothing")
    calibration_spread: Quantity | None = number("fraction", "of the cells, relative")
    light_yield: Quantity | None = number("yield per energy", "photoelectrons per GeV")
    e_over_h: Quantity | None = number("ratio", "electromagnetic over hadronic response")
    time_resolution: Quantity | None = number("time", "standard deviation")
    energy_scale: str = word(
        "what its energy means", choices=("calibrated", "deposited", "visible")
    )

    def resolution(self, energy: ArrayLike) -> NDArray[np.float64]:
        """Standard deviation in GeV of a measured energy, see `resolution`.

        Raises
        ------
        ValidityError
            If the resolution is not known, or an energy is negative or not finite.
        """
        if self.stochastic is None or self.constant is None:
            raise ValidityError(f"calorimeter '{self.name}': stochastic and constant are missing.")
        return resolution(energy, self.stochastic.value, self.constant.value)

    @property
    def parts(self) -> tuple[str, int, int]:
        """Cells, see `Element.parts`."""
        return "cells", self.cells_y, self.cells_x

    @property
    def half_width(self) -> float | None:
        """Half of the size in the bending plane in cm; None where it is not known."""
        if self.width is not None:
            return 0.5 * self.width.value
        return None if self.cell_width is None else 0.5 * self.cells_x * self.cell_width.value

    @property
    def half_height(self) -> float | None:
        """Half of the size out of the bending plane in cm; None where it is not known."""
        if self.height is not None:
            return 0.5 * self.height.value
        return None if self.cell_height is None else 0.5 * self.cells_y * self.cell_height.value

    def highest(self, quantity: str) -> float:
        """Cells are counted from 0, see `Element.highest`."""
        cells = {"max_cell_x": self.cells_x, "max_cell_y": self.cells_y}
        return cells[quantity] - 1.0 if quantity in cells else math.inf

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself, see `Element.problem`."""
        if (self.stochastic is None) != (self.constant is None):
            given = "constant" if self.stochastic is None else "stochastic"
            return given, "give stochastic and constant together"
        if self.width is not None and self.cell_width is not None:
            return "width", "follows from the cells; leave it out"
        if self.height is not None and self.cell_height is not None:
            return "height", "follows from the cells; leave it out"
        return None


DETECTOR = Detector("calorimeter", Calorimeter)
