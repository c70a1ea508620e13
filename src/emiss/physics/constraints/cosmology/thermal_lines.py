"""Thermal lines for figures and verdicts: the relic coupling at many masses, quickly.

A shipped table holds y of the full calculation for the dark photon with alpha_dark = 0.1 and a mass
ratio of 3. Any other line is calculated at all of its masses together (`fast_line`), with the
resonance at its place: nothing is interpolated, or scaled by a power of alpha_dark or the ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.errors import EmissError, ValidityError
from ....ground.guards import chosen, guarded
from ....ground.shipped import shipped_text
from ...models.dark_sector import DARK_MATTER_KINDS, DarkMatterKind
from ..arguments import ARGUMENTS
from .annihilation_rate import DarkStates
from .fast_line import fast_line
from .mediators import Mediator, dark_photon_mediator, thermal_variable

__all__ = [
    "TABLE_ALPHA_DARK",
    "TABLE_MASS_RATIO",
    "THERMAL_KINDS",
    "ThermalLine",
    "table_line",
    "thermal_line",
]

CITATIONS: Final = ("Gondolo:1990dk", "arXiv:1803.01038", "Planck:2018vyg", "Izaguirre:2015yja")


THERMAL_KINDS: Final[tuple[DarkMatterKind, ...]] = ("scalar", "majorana", "pseudo-dirac")
"""The three scenarios of the usual figure; Dirac has the line of unsplit pseudo-Dirac."""
TABLE_ALPHA_DARK: Final = 0.1
TABLE_MASS_RATIO: Final = 3.0
_TABLE_FILE: Final = ("tables", "thermal_lines.csv")
_TABLE_COLUMN: Final = {"scalar": 1, "majorana": 2, "pseudo-dirac": 3, "dirac": 3}


@dataclass(frozen=True, slots=True, eq=False)
class ThermalLine:
    """Relic line of one scenario at the masses asked for.

    Parameters
    ----------
    kind : str
        Dark-matter kind.
    alpha_dark, mass_ratio, splitting : float
        Dark sector.
    mediator, coupling_name : str
        The mediator and what its coupling is called.
    masses : array of float, shape (n,)
        Dark-matter masses in GeV.
    coupling, y : array of float, shape (n,)
        Coupling with the observed density, and y = epsilon^2 alpha_dark / mass_ratio^4.
    method : str
        ``table`` or ``fast``.
    """

    kind: DarkMatterKind
    alpha_dark: float
    mass_ratio: float
    splitting: float
    mediator: str
    coupling_name: str
    masses: FloatArray
    coupling: FloatArray
    y: FloatArray
    method: str


@lru_cache(maxsize=1)
def _table() -> FloatArray:
    """Rows of the shipped table: m_chi in GeV and ln y per kind."""
    text = shipped_text(*_TABLE_FILE)
    rows = [line.split(",") for line in text.splitlines() if line[:1].isdigit()]
    table = np.array(rows, dtype=np.float64)
    table[:, 1:] = np.log(table[:, 1:])
    return table


@guarded(ARGUMENTS, kind=chosen(DARK_MATTER_KINDS))
def table_line(masses: ArrayLike, kind: DarkMatterKind) -> FloatArray:
    """Shipped y for a dark photon with alpha_dark = 0.1, mass ratio 3 and no splitting.

    Parameters
    ----------
    masses : array_like, shape (n,)
        Dark-matter masses in GeV, 0.54 MeV to 3 GeV.
    kind : str
        Dark-matter kind.

    Returns
    -------
    array of float, shape (n,)
        y within 0.5 % of the full calculation.

    Raises
    ------
    ValidityError
        If a mass is outside the table.
    """
    table = _table()
    m = np.asarray(masses, dtype=np.float64)
    low, high = table[0, 0], table[-1, 0]
    # Grids that share an end with the table differ from it in the last digits.
    if not np.all((m >= low * (1.0 - 1e-9)) & (m <= high * (1.0 + 1e-9))):
        raise ValidityError(
            f"thermal line: masses from {m.min():g} to {m.max():g} GeV given; the table covers "
            f"{low:g} to {high:g} GeV (annihilation needs 2 m_chi above 2 m_e)."
        )
    log_y = np.interp(np.log(m), np.log(table[:, 0]), table[:, _TABLE_COLUMN[kind]])
    return np.asarray(np.exp(log_y))


@guarded(ARGUMENTS, kind=chosen(DARK_MATTER_KINDS))
def thermal_line(
    masses: ArrayLike,
    kind: DarkMatterKind,
    alpha_dark: float = TABLE_ALPHA_DARK,
    mass_ratio: float = TABLE_MASS_RATIO,
    *,
    mediator: Mediator | None = None,
    splitting: float = 0.0,
) -> ThermalLine:
    """Relic line at many masses: from the table, or calculated.

    Parameters
    ----------
    masses : array_like, shape (n,)
        Dark-matter masses in GeV.
    kind : str
        ``"scalar"``, ``"majorana"``, ``"dirac"`` or ``"pseudo-dirac"``.
    alpha_dark, mass_ratio, splitting : float
        Dark sector.
    mediator : Mediator, optional
        The dark photon by default, for which there is the table.

    Returns
    -------
    ThermalLine
        NaN at masses at which no coupling gives the density. Within 0.5 % of the full mode for
        the table, within 1.2 % otherwise.

    Raises
    ------
    EmissError
        If a mass or a parameter is out of range.
    ValidityError
        If annihilation is closed at a mass, or no mass has a solution.
    """
    m = np.atleast_1d(np.asarray(masses, dtype=np.float64))
    if m.ndim != 1 or m.size == 0 or not np.all((m > 0.0) & (m < np.inf)):
        raise EmissError("masses: give a list of positive finite masses in GeV.")
    boson = _dark_photon() if mediator is None else mediator
    own = mediator is None and splitting == 0.0
    if own and (alpha_dark, mass_ratio) == (TABLE_ALPHA_DARK, TABLE_MASS_RATIO):
        y, method = table_line(m, kind), "table"
    else:
        sector = DarkStates(1.0, mass_ratio, kind, alpha_dark, splitting)
        squared = fast_line(m, sector, boson)
        y = thermal_variable(np.sqrt(squared) * boson.epsilon_per_coupling, alpha_dark, mass_ratio)
        method = "fast"
    epsilon = np.sqrt(y / thermal_variable(1.0, alpha_dark, mass_ratio))
    return ThermalLine(
        kind, alpha_dark, mass_ratio, splitting, boson.name, boson.coupling_name, m,
        epsilon / boson.epsilon_per_coupling, np.asarray(y), method,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _dark_photon() -> Mediator:
    """One dark photon, so that results for it are found again in the cache."""
    return dark_photon_mediator(quick=True)
