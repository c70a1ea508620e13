"""Curves of others, read from the user's files, to draw and to compare with.

CSV is read here; `curve_files` reads HEPData tables, DarkCast-style tables and records of emiss.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import EmissError
from ...inference.limit import Limit

__all__ = ["Overlay", "compare_ratio", "read_overlay"]

_MASS_UNITS = {"ev": 1e-9, "kev": 1e-6, "mev": 1e-3, "gev": 1.0, "tev": 1e3}
_CONTOUR_ROWS = 24
_STEP_BACK = 0.7
"""Share of the largest mass so far that a row may fall back to: steps of digitised curves."""
_SYNONYMS = {"eps": "epsilon", "coupling": "", "value": "", "limit": "", "observed": ""}


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A curve against mass.

    Parameters
    ----------
    label : str
        Name for legends.
    masses : array of float, shape (n,)
        Masses in GeV, ascending.
    values : array of float, shape (n,)
        Couplings (or y), positive; in the unit of the quantity.
    quantity : str
        What the values are, e.g. ``"epsilon"`` or ``"y"``; empty if the file does not say.
    upper : array of float, shape (n,), or None
        Upper edge of the excluded region where it is closed; inf where it is open.
    reference : str
        Where the curve was published, as the file says; empty if it does not.
    unit : str
        Unit of the values as the file says; empty for a number.
    """

    label: str
    masses: NDArray[np.float64]
    values: NDArray[np.float64]
    quantity: str = ""
    upper: NDArray[np.float64] | None = None
    reference: str = ""
    unit: str = ""

    def outline(self, top: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the line to draw: the curve, or for a two-sided one the way around its region.

        Parameters
        ----------
        top : float
            Where a region that is open above is cut, out of sight.

        Returns
        -------
        masses, values : array of float
            Vertices; a region ends where its two edges do.
        """
        if self.upper is None:
            return self.masses, self.values
        upper = np.minimum(self.upper, max(top, float(self.values.max())))
        masses = np.concatenate([self.masses, self.masses[::-1], self.masses[:1]])
        values = np.concatenate([self.values, upper[::-1], self.values[:1]])
        return masses, values


def _mass_unit(text: str) -> str | None:
    """Last energy unit that stands as a word in a column name or units comment, lower case."""
    words = re.split(r"[^a-z0-9]+", text.lower())
    return next((word for word in reversed(words) if word in _MASS_UNITS), None)


def _quantity(column: str) -> str:
    name = re.sub(r"_(observed|obs|limit|90cl)$", "", column.strip().lower())
    return _SYNONYMS.get(name, name)


def _number(text: str, where: str) -> float:
    if not text.strip():
        raise EmissError(f"{where}: a value is missing; remove the row or complete it.")
    try:
        value = float(text)
    except ValueError:
        raise EmissError(f"{where}: '{text.strip()}' is not a number.") from None
    if not math.isfinite(value):
        raise EmissError(f"{where}: '{text.strip()}' is not finite; remove the row.")
    if value <= 0.0:
        raise EmissError(f"{where}: {text.strip()} is not positive; masses and couplings must be.")
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lines(file: Path) -> tuple[list[tuple[int, list[str]]], str, str]:
    """Rows with their line numbers, and the texts of ``# units:`` and ``# reference:``."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EmissError(f"cannot read '{file}': {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise EmissError(f"'{file}' is not text in UTF-8: {error}.") from error
    units, reference = "", ""
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("#"):
            if match := re.match(r"#\s*units\s*:\s*(.*)", stripped, re.IGNORECASE):
                units = match[1]
            if match := re.match(r"#\s*references?\s*:\s*(.*)", stripped, re.IGNORECASE):
                reference = match[1]
        elif stripped:
            rows.append((number, next(csv.reader([stripped]))))
    return rows, units, reference


def read_overlay(path: Path | str, label: str | None = None) -> Overlay:
    """Read a curve from a file; other formats than CSV by their suffix, see `curve_files`.

    CSV files have masses in the first column and couplings in the second.

    The unit of the mass stands in the header (``mass_gev``, ``m_chi_MeV``) or, in a file without
    such a header, in a comment ``# units: GeV, 1``. Lines that begin with ``#`` are comments, and
    further columns are left alone. Rows go up in mass, or down; steps back by up to 30 %, as
    digitised curves have them, are put in order. A comment ``# reference: ...`` is kept.

    Parameters
    ----------
    path : path
        The file.
    label : str, optional
        Name for legends; default the file's name without its suffix.

    Returns
    -------
    Overlay
        The curve, sorted by mass, masses in GeV.

    Raises
    ------
    EmissError
        If the file cannot be read, the unit of the mass is not stated, a value is missing, not a
        number, not finite or not positive, there are fewer than two different masses, the rows
        run around a closed region or are not in order; the message names file and line.
    """
    file = Path(path)
    if file.suffix.lower() in {".yaml", ".yml", ".json", ".lmt"} or file.is_dir():
        from .curve_files import read_curve

        return read_curve(file, label)
    rows, units, reference = _lines(file)
    header = ["", ""]
    if rows and not _is_number(rows[0][1][0]):
        number, header = rows.pop(0)
        if len(header) < 2:
            raise EmissError(f"{file}, line {number}: needs two columns, mass and coupling.")
    # A curve's unit comment may name the unit of the second column too; the mass comes first.
    unit = _mass_unit(header[0]) or _mass_unit(units.split(",")[0])
    if unit is None:
        raise EmissError(
            f"{file}: the unit of the mass is not stated; head the columns "
            "'mass_gev,epsilon' (or mass_mev), or add a comment line '# units: GeV, 1'."
        )
    points: list[tuple[float, float]] = []
    for number, cells in rows:
        where = f"{file}, line {number}"
        if len(cells) < 2:
            raise EmissError(f"{where}: needs two columns, mass and coupling.")
        mass, value = (_number(cell, where) for cell in cells[:2])
        points.append((mass * _MASS_UNITS[unit], value))
    if len({mass for mass, _ in points}) < 2:
        raise EmissError(f"{file}: {len(points)} row(s) of data; a curve needs two masses.")
    _refuse_contour(file, np.array(points))
    refuse_disorder(points, [f"{file}, line {number}" for number, _ in rows])
    # The sort keeps the order of rows of equal mass: digitised curves have vertical steps.
    masses, values = np.array(sorted(points, key=lambda point: point[0])).T
    return Overlay(
        label or file.stem,
        masses.copy(),
        values.copy(),
        _quantity(header[1]),
        reference=reference,
    )


def refuse_disorder(points: Sequence[tuple[float, float]], places: Sequence[str]) -> None:
    """Refuse rows that jump back and forth in mass: the rows of one curve are in order.

    Parameters
    ----------
    points : sequence of (float, float)
        Mass in GeV and value of each row; a row that repeats another one exactly does not count.
    places : sequence of str
        File and line of each row.

    Raises
    ------
    EmissError
        If a mass falls behind a former one by more than digitised curves do.
    """
    rows = dict(reversed(list(zip(points, places, strict=True))))  # the first of equal rows stays
    ordered = [(point, rows[point]) for point in dict.fromkeys(points)]
    if ordered[-1][0][0] < ordered[0][0][0]:
        ordered.reverse()
    largest = 0.0
    for (mass, _), place in ordered:
        if mass < _STEP_BACK * largest:
            raise EmissError(
                f"{place}: mass {mass:g} GeV is out of order beside {largest:g} GeV; a curve goes "
                "up or down in mass. Sort the rows, and write several curves to several files."
            )
        largest = max(largest, mass)


def _refuse_contour(file: Path, points: NDArray[np.float64]) -> None:
    """Refuse rows that run along a closed region: sorting them by mass would make a saw of it."""
    x, y = np.log(points).T
    steps = np.sign(np.diff(x))
    turns = np.flatnonzero(np.diff(steps[steps != 0.0]))
    # Few rows may turn once by chance: they may come in any order.
    if len(points) < _CONTOUR_ROWS or turns.size != 1:
        return
    turn = int(np.argmax(x) if steps[steps != 0.0][0] > 0.0 else np.argmin(x))
    runs = [points_of[np.argsort(points_of[:, 0])] for points_of in np.split(np.c_[x, y], [turn])]
    low, high = max(run[0, 0] for run in runs), min(run[-1, 0] for run in runs)
    if high - low < 0.5 * (x.max() - x.min()):
        return
    middle = np.linspace(low, high, 9)
    apart = np.interp(middle, *runs[0].T) - np.interp(middle, *runs[1].T)
    if np.max(np.abs(apart)) > 0.1:
        raise EmissError(
            f"{file}: the masses run one way and then back along other values, a closed region. "
            "Order matters there: write it as a .lmt table with mass, lower edge and upper edge, "
            "or keep the edge that is meant."
        )


def compare_ratio(limit: Limit, overlay: Overlay) -> NDArray[np.float64]:
    """Ratio of our observed limit to another curve, at our masses.

    The curve is interpolated linearly in the logarithms of mass and value, never extrapolated.

    Parameters
    ----------
    limit : Limit
        Our result.
    overlay : Overlay
        The other curve: the same coupling against mediator mass, or y against dark-matter mass.

    Returns
    -------
    array of float, shape (n,)
        Ours over theirs; NaN outside the curve or where we exclude nothing.

    Raises
    ------
    EmissError
        If the curve is of another quantity or shares no mass with the limit.
    """
    masses, values = limit.masses, limit.observed
    if overlay.quantity == "y":
        if limit.y is None or limit.dark_matter_mass is None:
            raise EmissError(f"'{overlay.label}' is a curve in y, which this model does not have.")
        masses, values = limit.dark_matter_mass, limit.y
    elif overlay.quantity not in {"", limit.coupling_name.lower()}:
        raise EmissError(
            f"'{overlay.label}' is a curve of {overlay.quantity}; it can be compared only if it is "
            f"of {limit.coupling_name} (or y), named so in the header of the second column."
        )
    low, high = overlay.masses[0], overlay.masses[-1]
    # Grids that share their end differ there in the last digits.
    inside = (masses >= low * (1.0 - 1e-9)) & (masses <= high * (1.0 + 1e-9))
    if not inside.any():
        raise EmissError(
            f"'{overlay.label}' covers {low:g} to {high:g} GeV, none of the masses of the limit "
            f"({masses[0]:g} to {masses[-1]:g} GeV); is the unit of its mass right?"
        )
    theirs = np.exp(np.interp(np.log(masses), np.log(overlay.masses), np.log(overlay.values)))
    return np.where(inside, values / theirs, np.nan)
