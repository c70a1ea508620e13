"""Thermal lines for figures and verdicts: the relic coupling at many masses, quickly.

A shipped table holds y of the full calculation for the dark photon with alpha_dark = 0.1 and a mass
ratio of 3. Far from resonance the dependence on both parameters is a smooth factor of the mass, as
the structure of the line (thresholds, rho, omega, phi) comes from energies near 2 m_chi: the factor
is calculated at six masses. Near resonance the structure of the pole at mass_ratio m_chi comes on
top, and the whole line is calculated at masses that follow both. Nothing is scaled by a power of
alpha_dark or of the mass ratio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.constants import CHARGED_PION_MASS, ELECTRON_MASS, MUON_MASS
from ....ground.errors import EmissError, ValidityError
from ....ground.guards import chosen, guarded
from ....ground.shipped import shipped_text
from ...models.dark_sector import DARK_MATTER_KINDS, DarkMatterKind
from ..arguments import ARGUMENTS
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
_FACTOR_NODES: Final = 6
_NEGLIGIBLE_RESONANCE: Final = 1e-5
# Where quark and lepton channels open or peak: muons, pions, rho, omega, phi.
_FEATURES: Final = (
    2.0 * MUON_MASS * np.array([0.97, 1.0, 1.002, 1.006, 1.015, 1.05]),
    np.array([2.0 * CHARGED_PION_MASS, 0.45, 0.55, 0.62, 0.68, 0.73, 0.76, 0.775, 0.783]),
    np.array([1.5, 1.6, 1.67, 1.75]),
    np.array([0.79, 0.81, 0.85, 0.9, 0.96, 1.0, 1.012, 1.018, 1.0195, 1.022, 1.027, 1.035, 1.1]),
)


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
        ``table``, ``table and fast`` or ``fast``.
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


@lru_cache(maxsize=64)
def _direct(
    nodes: tuple[float, ...],
    kind: DarkMatterKind,
    sector: tuple[float, float, float],
    mediator: Mediator,
) -> FloatArray:
    """Fast y at the nodes; NaN where no coupling gives the density."""
    from .relic import relic_coupling

    alpha_dark, mass_ratio, splitting = sector
    values = np.full(len(nodes), np.nan)
    reason: ValidityError | None = None
    for i, mass in enumerate(nodes):
        try:
            line = relic_coupling(
                [mass], kind, alpha_dark, mass_ratio, "fast", mediator=mediator, splitting=splitting
            )
        except ValidityError as error:
            reason = error
            continue
        values[i] = line.y[0]
    if reason is not None and not np.isfinite(values).any():
        raise reason
    return values


def _is_off_resonance(alpha_dark: float, mass_ratio: float) -> bool:
    """Whether the pole is too far up the thermal tail to matter.

    A pole at mass_ratio m is reached with a probability of about exp(-x (mass_ratio - 2)) with x
    of 15, and is higher than its surroundings by mass over width, some 1/alpha_dark.
    """
    return math.exp(-15.0 * (mass_ratio - 2.0)) < _NEGLIGIBLE_RESONANCE * alpha_dark


def _nodes(low: float, high: float, mass_ratio: float) -> tuple[float, ...]:
    """Masses at which a line with all its structure is calculated."""
    count = max(2, 1 + math.ceil(7.0 * math.log10(high / low)))
    energies = np.concatenate(_FEATURES)
    grid = np.concatenate([np.geomspace(low, high, count), energies / 2.0, energies / mass_ratio])
    electron = np.array([1.02, 1.05, 1.1, 1.2, 1.4]) * ELECTRON_MASS
    grid = np.unique(np.concatenate([grid, electron]))
    kept = grid[(grid > low) & (grid < high)]
    return (low, *kept.tolist(), high)


def _log_interpolate(masses: FloatArray, nodes: ArrayLike, log_values: FloatArray) -> FloatArray:
    """Log-log interpolation that leaves out nodes without a value; NaN outside the others."""
    good = np.isfinite(log_values)
    at = np.log(np.asarray(nodes)[good])
    x = np.log(masses)
    # A node at the end of the range and its mass differ in the last digits.
    inside = (x >= at[0] - 1e-9) & (x <= at[-1] + 1e-9)
    return np.where(inside, np.interp(x, at, log_values[good]), np.nan)


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
    """Relic line at many masses: from the table, from the table and six points, or calculated.

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
        NaN at masses beyond which no coupling gives the density. Within 0.5 % of the full mode for
        the table, some per cent otherwise; up to 15 % on the narrow structures of omega and phi.

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
    elif own and 0.0 < alpha_dark <= 4.0 * math.pi and _is_off_resonance(alpha_dark, mass_ratio):
        y, method = _from_table(m, kind, (alpha_dark, mass_ratio)), "table and fast"
    else:
        low, high = float(m.min()), float(m.max())
        nodes = _nodes(low, high, mass_ratio) if low < high else (low,)
        values = _direct(nodes, kind, (alpha_dark, mass_ratio, splitting), boson)
        y, method = np.exp(_log_interpolate(m, nodes, np.log(values))), "fast"
    epsilon = np.sqrt(y / thermal_variable(1.0, alpha_dark, mass_ratio))
    return ThermalLine(
        kind, alpha_dark, mass_ratio, splitting, boson.name, boson.coupling_name, m,
        epsilon / boson.epsilon_per_coupling, np.asarray(y), method,
    )  # fmt: skip


def _from_table(
    masses: FloatArray, kind: DarkMatterKind, sector: tuple[float, float]
) -> FloatArray:
    """Table times a smooth factor calculated at a few masses."""
    at = table_line(masses, kind)
    ends = np.geomspace(masses.min(), masses.max(), _FACTOR_NODES)
    nodes = tuple(dict.fromkeys(ends.tolist()))
    fast = _direct(nodes, kind, (*sector, 0.0), _dark_photon())
    factor = np.log(fast) - np.log(table_line(nodes, kind))
    return at * np.exp(_log_interpolate(masses, nodes, factor))


@lru_cache(maxsize=1)
def _dark_photon() -> Mediator:
    """One dark photon, so that results for it are found again in the cache."""
    return dark_photon_mediator(quick=True)
