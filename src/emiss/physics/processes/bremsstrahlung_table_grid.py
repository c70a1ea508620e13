"""Grid of the bremsstrahlung tables, what determines a table, and interpolation on the grid."""

from __future__ import annotations

import functools
import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.table_files import hashed_settings
from ..materials import Element
from . import form_factors
from .bremsstrahlung_results import BOSONS, MASS_RANGE, PROJECTILES

__all__ = ["GRID", "REVISION", "mass_nodes", "table_settings", "threshold"]


_ANCHOR: Final = math.log(1e-4) + 1e-4
_HEAVIEST: Final = math.log(3.0) + 3.0
_BELOW: Final = 14  # steps below 0.1 MeV: the least that reach 1 keV
GRID: Final = {
    "mass": (_ANCHOR - _BELOW * (_HEAVIEST - _ANCHOR) / 40, _HEAVIEST, 41 + _BELOW),
    "log_excess": (math.log(0.05), math.log(500.0), 22),
    # a light vector's spectrum is flat in zeta down to x = m_X/m, 1e-5 for muons and 1 keV
    "zeta": (-14.0, 16.0, 51),
}
"""First and last node and their number: ln m_X + m_X, ln(E - E_thr) with GeV as unit, zeta."""
_LIGHTEST: Final = 9.48e-7
"""Just below the first node in GeV, where yields ask for the cross-section too."""
REVISION: Final = 2
"""Raised when the computation changes, so that cached tables are made again."""
_POINTS: Final = 6
_APART: Final = np.array(
    [math.prod(j - k for k in range(_POINTS) if k != j) for j in range(_POINTS)], dtype=np.float64
)
"""Products of the distances of each node of the interpolation from the others."""


def mass_nodes() -> FloatArray:
    """Masses of the grid in GeV, read-only; the first is a little below the least allowed one."""
    return _mass_nodes(*GRID["mass"])


@functools.cache
def _mass_nodes(low: float, high: float, count: int) -> FloatArray:
    wanted = np.linspace(low, high, count)
    fine = np.linspace(wanted[0] - 0.1, math.log(3.0), 20_001)
    logs = np.interp(wanted, fine + np.exp(fine), fine)
    for _ in range(3):  # Newton's method on ln m + m
        logs = logs - (logs + np.exp(logs) - wanted) / (1.0 + np.exp(logs))
    nodes = np.exp(logs)
    nodes.flags.writeable = False
    return nodes


def threshold(mass: ArrayLike, lepton_mass: float, nuclear_mass: float) -> FloatArray:
    """Least lepton energy for l N -> l N X.

    Parameters
    ----------
    mass : array_like
        Boson mass in GeV.
    lepton_mass, nuclear_mass : float
        Masses in GeV.

    Returns
    -------
    array
        m + m_X + m_X (m_X + 2 m)/(2 M) in GeV.
    """
    x = np.asarray(mass, dtype=np.float64)
    return np.asarray(lepton_mass + x + x * (x + 2.0 * lepton_mass) / (2.0 * nuclear_mass))


def flavour(projectile: str) -> str:
    """``e`` or ``mu``; refuses unknown projectiles."""
    if projectile not in PROJECTILES:
        raise UnknownNameError("projectile", projectile, tuple(PROJECTILES))
    return projectile.rstrip("+-")


def table_settings(element: Element, projectile: str, form_factor: str) -> dict[str, Any]:
    """All that determines a table.

    Parameters
    ----------
    element : Element
        Target.
    projectile : str
        ``e-``, ``e+``, ``mu-`` or ``mu+``.
    form_factor : str
        One of `form_factors.FORM_FACTORS`.

    Returns
    -------
    dict
        JSON-serialisable; ``sha256`` is the hash of the rest.

    Raises
    ------
    UnknownNameError
        If a name is unknown.
    """
    if form_factor not in form_factors.FORM_FACTORS:
        raise UnknownNameError("form factor", form_factor, form_factors.FORM_FACTORS)
    settings: dict[str, Any] = {
        "element": element.symbol,
        "Z": element.Z,
        "A": element.A,
        "lepton": flavour(projectile),
        "lepton_mass_gev": PROJECTILES[projectile],
        "form_factor": form_factor,
        "alpha": const.ALPHA,
        "grid": {name: list(values) for name, values in GRID.items()},
        "bosons": list(BOSONS),
        "revision": REVISION,
    }
    return hashed_settings(settings)


def _lagrange(position: FloatArray, count: int) -> tuple[NDArray[np.intp], FloatArray]:
    """First node and weights of the interpolation at positions given in units of the step."""
    first = _first_node(position, count)
    away = (position - first) - np.arange(_POINTS)[:, None]
    # Products of the distances from all nodes before and behind each.
    weights = np.empty(away.shape)
    weights[0] = 1.0 / _APART[0]
    product = away[0]
    for j in range(1, _POINTS):
        np.multiply(product, 1.0 / _APART[j], out=weights[j])
        product = product * away[j]
    product = away[-1]
    for j in range(_POINTS - 2, -1, -1):
        weights[j] *= product
        product = product * away[j]
    return first, np.ascontiguousarray(weights.T)


def _first_node(position: FloatArray, count: int) -> NDArray[np.intp]:
    return np.clip(np.floor(position).astype(np.intp) - (_POINTS // 2 - 1), 0, count - _POINTS)


def _grid_position(name: str, values: FloatArray) -> FloatArray:
    first, last, count = GRID[name]
    return np.asarray(np.clip((values - first) * ((count - 1) / (last - first)), 0.0, count - 1))


def check_range(name: str, values: FloatArray, low: float, high: float) -> None:
    """Refuse values outside a range, ends included."""
    slack = 1e-9 * high
    if not np.all((values >= low * (1 - 1e-9)) & (values <= high + slack)):
        worst = values[~((values >= low) & (values <= high))].flat[0]
        raise ValidityError(
            f"{name} {worst:g} is outside the bremsstrahlung table ({low:g} to {high:g}); "
            "tables are not extrapolated."
        )


def check_masses(masses: FloatArray) -> None:
    """Refuse masses that the tables do not hold; the nodes of their grid are allowed."""
    least, most = MASS_RANGE
    allowed = np.where(masses >= _LIGHTEST, np.maximum(masses, least), masses)
    check_range("boson mass in GeV", allowed, least, most)


def rows_for(masses: FloatArray) -> NDArray[np.intp]:
    """Nodes of the mass between which `at_masses` interpolates, ascending.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Masses in GeV.

    Returns
    -------
    array of int
        Places in `mass_nodes`.
    """
    return np.unique(nodes_for(masses))


def nodes_for(masses: FloatArray) -> NDArray[np.intp]:
    """Nodes of the mass between which `at_masses` interpolates each mass.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Masses in GeV.

    Returns
    -------
    array of int, shape (n, k)
        Places in `mass_nodes`.
    """
    count = GRID["mass"][2]
    first = _first_node(_grid_position("mass", np.log(masses) + masses), count)
    return first[:, None] + np.arange(_POINTS)


def at_masses(table: FloatArray, masses: FloatArray) -> FloatArray:
    """Interpolate in mass: (mass, excess, zeta) to (given masses, excess, zeta)."""
    first, weights = _lagrange(_grid_position("mass", np.log(masses) + masses), table.shape[0])
    dense = np.zeros((masses.size, table.shape[0]))
    np.put_along_axis(dense, first[:, None] + np.arange(_POINTS), weights, axis=1)
    return np.asarray(
        (dense @ table.reshape(table.shape[0], -1)).reshape(masses.size, *table.shape[1:])
    )


def interpolate_totals(table: FloatArray, which: Any, excess: FloatArray) -> FloatArray:
    """`interpolate` without a cut, where the first column of zeta is all that is needed."""
    first, weight = _lagrange(_grid_position("log_excess", np.log(excess)), table.shape[1])
    index = (which[:, None] * table.shape[1] + first[:, None]) + np.arange(_POINTS)
    value = np.exp(np.sum(weight * np.take(table.ravel(), index), axis=1))
    return np.asarray(value * np.minimum(excess / math.exp(GRID["log_excess"][0]), 1.0))


def interpolate(
    table: FloatArray, which: Any, excess: FloatArray, fraction: FloatArray, rest: FloatArray
) -> FloatArray:
    first_zeta, last_zeta, _ = GRID["zeta"]
    tiny = np.finfo(float).tiny
    zeta = np.log(np.maximum(fraction, tiny)) - np.log(np.maximum(rest, tiny))
    t_first, t_weight = _lagrange(_grid_position("log_excess", np.log(excess)), table.shape[1])
    z_first, z_weight = _lagrange(_grid_position("zeta", zeta), table.shape[2] - 1)
    t_index = (which[:, None] * table.shape[1] + t_first[:, None]) + np.arange(_POINTS)
    z_index = 1 + z_first[:, None] + np.arange(_POINTS)
    block = np.take(table.ravel(), t_index[:, :, None] * table.shape[2] + z_index[:, None, :])
    value = np.exp(np.matmul(t_weight[:, None, :], block @ z_weight[:, :, None])[:, 0, 0])
    # below the first zeta: between the total (f = 0) and the first node, linear in f
    under = zeta < first_zeta
    if np.any(under):
        totals = np.take(table.ravel(), t_index[under] * table.shape[2])
        total = np.exp(np.sum(t_weight[under] * totals, axis=1))
        share = fraction[under] * (1.0 + math.exp(-first_zeta))
        value[under] = total + (value[under] - total) * share
    # above the last zeta and next to threshold: linear to zero at the kinematic end
    value *= np.minimum(rest * (1.0 + math.exp(last_zeta)), 1.0)
    return np.asarray(value * np.minimum(excess / math.exp(GRID["log_excess"][0]), 1.0))
