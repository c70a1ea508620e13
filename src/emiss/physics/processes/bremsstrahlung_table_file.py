"""Tables of dark bremsstrahlung above a cut, sigma(E, m_X; E_X > x E), for one target element.

A table is the exact tree-level cross-section of all four bosons on a grid that is uniform in
ln m_X + m_X (GeV), ln(E - E_threshold) and zeta = ln(f/(1-f)), f the position of the cut within
the kinematic range of E_X; ln sigma is smooth there and becomes linear at all ends, so six-point
Lagrange interpolation holds to the error that each file states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError
from ...ground.table_files import Column, TableKind, stated_number
from .bremsstrahlung_quadrature import boson_energy_range
from .bremsstrahlung_results import BOSONS, ENERGY_RANGE
from .bremsstrahlung_table_grid import (
    at_masses,
    check_masses,
    check_range,
    interpolate,
    interpolate_totals,
    table_settings,
    threshold,
)

__all__ = ["FILES", "BremsstrahlungTable", "file_name", "table_settings", "threshold"]

CITATIONS = ("Liu:2016mqv", "Liu:2017htz")


LOG_STEP: Final = 2e-5
"""Step in which ln(sigma/pb) is stored."""
_CHUNK: Final = 16384
_MASS_CHUNK: Final = 1024


@dataclass(frozen=True, slots=True, eq=False)
class BremsstrahlungTable:
    """Cumulative cross-section of one element and projectile mass for all bosons.

    Parameters
    ----------
    log_sigma : array, shape (mass, excess, 1 + zeta, 4)
        ln(sigma/pb) at coupling 1; the first entry of the third axis is the total.
    settings : dict
        See `table_settings`.
    interpolation_error : float
        Largest relative interpolation error found in the check after the build.
    command, version : str
        What made the table.
    """

    log_sigma: FloatArray
    settings: dict[str, Any]
    interpolation_error: float
    command: str
    version: str

    @property
    def nuclear_mass(self) -> float:
        """Nuclear mass in GeV."""
        return float(self.settings["A"]) * const.ATOMIC_MASS_UNIT

    def above(
        self, energy: ArrayLike, mass: ArrayLike, min_x: ArrayLike = 0.0, boson: str = "vector"
    ) -> FloatArray:
        """Cross-section above a cut in the boson's energy fraction.

        Parameters
        ----------
        energy : array_like
            Lepton energy in GeV, 1 to 500.
        mass : array_like
            Boson mass in GeV, 1e-6 to 3.
        min_x : array_like
            Least x = E_X/E, in [0, 1]; the three broadcast.
        boson : str
            ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.

        Returns
        -------
        array
            pb per nucleus at coupling 1 (g = e), zero where kinematics closes the process.
            Closer than 50 MeV to threshold the value falls linearly to zero at threshold.

        Raises
        ------
        ValidityError
            If a value is outside its range or not a number.
        UnknownNameError
            If there is no such boson.
        """
        if boson not in BOSONS:
            raise UnknownNameError("boson", boson, BOSONS)
        e, m, x = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (energy, mass, min_x)))
        check_range("lepton energy in GeV", e, *ENERGY_RANGE)
        check_masses(m)
        check_range("min_x", x, 0.0, 1.0)
        table = self.log_sigma[..., BOSONS.index(boson)]
        flat = (e.ravel(), m.ravel(), x.ravel())
        parts = [
            self._chunk(table, *(v[i : i + _CHUNK] for v in flat))
            for i in range(0, flat[0].size, _CHUNK)
        ]
        values = np.concatenate(parts) if parts else np.zeros(0)
        return np.asarray(values.reshape(e.shape))

    def _chunk(
        self, table: FloatArray, energy: FloatArray, mass: FloatArray, min_x: FloatArray
    ) -> FloatArray:
        lepton = float(self.settings["lepton_mass_gev"])
        excess = energy - threshold(mass, lepton, self.nuclear_mass)
        if not np.any(min_x):
            return _without_cut(table, excess, mass)
        low, high = boson_energy_range(energy, mass, lepton, self.nuclear_mass)
        with np.errstate(invalid="ignore"):
            fraction = np.maximum((min_x * energy - low) / (high - low), 0.0)
            rest = np.maximum((high - min_x * energy) / (high - low), 0.0)
            open_ = (excess > 0.0) & (rest > 0.0)
        result = np.zeros(energy.size)
        masses, which = np.unique(mass[open_], return_inverse=True)
        for i in range(0, masses.size, _MASS_CHUNK):
            here = (which >= i) & (which < i + _MASS_CHUNK)
            chosen = np.flatnonzero(open_)[here]
            result[chosen] = interpolate(
                at_masses(table, masses[i : i + _MASS_CHUNK]),
                which[here] - i,
                excess[chosen],
                fraction[chosen],
                np.minimum(rest[chosen], 1.0),
            )
        return result


def _without_cut(table: FloatArray, excess: FloatArray, mass: FloatArray) -> FloatArray:
    """Total cross-section by excess over threshold and mass."""
    open_ = excess > 0.0
    result = np.zeros(excess.size)
    masses, which = np.unique(mass[open_], return_inverse=True)
    totals = at_masses(np.ascontiguousarray(table[..., :1]), masses)
    result[open_] = interpolate_totals(totals, which, excess[open_])
    return result


def file_name(settings: dict[str, Any]) -> str:
    """Name of a table's file."""
    kind = settings["form_factor"].replace("+", "_")
    return f"bremsstrahlung_{settings['element']}_{settings['lepton']}_{kind}.npz"


def _pack(table: BremsstrahlungTable) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Ln sigma as differences of whole steps along all axes, small numbers that pack well."""
    steps = np.rint(table.log_sigma / LOG_STEP).astype(np.int64)
    for axis in range(4):
        steps = np.diff(steps, axis=axis, prepend=0)
    # sign in the last bit, bosons first, bytes of equal significance next to each other
    folded = np.moveaxis((steps << 1) ^ (steps >> 63), 3, 0).astype("<u4")
    planes = folded.reshape(-1, 1).view(np.uint8).T
    meta = {
        "settings": table.settings,
        "interpolation_error": table.interpolation_error,
        "command": table.command,
        "version": table.version,
        "log_step": LOG_STEP,
        "content": "differences along boson, mass, excess and cut of ln(sigma/pb) in log_step",
    }
    return meta, {"planes": np.ascontiguousarray(planes)}


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> BremsstrahlungTable:
    settings, step = meta["settings"], stated_number(meta, "log_step", 1e-12, 1.0)
    grid = settings["grid"]
    counts = [grid[name][2] for name in ("mass", "log_excess", "zeta")]
    shape = (4, *counts[:2], counts[2] + 1)
    folded = np.zeros(shape, dtype=np.uint32)
    if len(arrays["planes"]) != folded.itemsize:
        raise ValueError("its numbers have four bytes")
    for plane in arrays["planes"][::-1]:
        folded <<= 8
        folded |= plane.reshape(shape)
    steps = (folded >> 1).astype(np.int32) ^ -(folded & 1).astype(np.int32)
    for axis in range(3):
        # Slice by slice: numpy's own sum along these axes jumps through memory.
        slices = np.moveaxis(steps, axis, 0)
        for number in range(1, len(slices)):
            slices[number] += slices[number - 1]
    np.cumsum(steps, axis=3, out=steps)
    if np.any(steps[..., 1:] > steps[..., :-1] + 1):
        raise ValueError("a cross-section rises with its cut")
    log_sigma: FloatArray = np.multiply(steps, step, dtype=np.float64)
    return BremsstrahlungTable(
        np.moveaxis(log_sigma, 0, 3),
        settings,
        stated_number(meta, "interpolation_error", 0.0, 1.0),
        str(meta["command"]),
        str(meta["version"]),
    )


FILES: Final[TableKind[BremsstrahlungTable]] = TableKind(
    "bremsstrahlung table", {"planes": Column(("byte", "value"), kind="u")}, _pack, _unpack
)
"""How these tables are written and read."""
