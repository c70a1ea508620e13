"""Build the tables of `bremsstrahlung_table` and measure their interpolation error."""

from __future__ import annotations

import argparse
import math
import tomllib
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.quadrature import gauss
from ...ground.shipped import shipped_path
from ..materials import Element, get
from . import form_factors
from .bremsstrahlung_quadrature import (
    COUPLINGS_PB,
    QUADRATURES,
    exact_totals,
    start_values,
)
from .bremsstrahlung_results import MASS_RANGE, PROJECTILES
from .bremsstrahlung_table_file import FILES, BremsstrahlungTable, file_name
from .bremsstrahlung_table_grid import GRID, mass_nodes, table_settings, threshold

__all__ = ["build_table", "interpolation_error"]

CITATIONS = ("Liu:2016mqv", "Liu:2017htz")

_ORDER: Final = 3  # Gauss order per zeta step of 0.6
_CHECKS: Final = 120


def _zeta_edges(particle: FloatArray) -> tuple[FloatArray, int, int]:
    """Panel edges: the grid, with wider panels below and above; and how many of these."""
    lepton, mass, energy = particle[1], particle[2], particle[0]
    first, last, count = GRID["zeta"]
    start = min(math.log(3e-4 * min(1.0, mass / lepton)), first - 1.2)
    stop = -math.log(1e-4 * min(1.0, max((lepton / mass) ** 2, lepton / energy)))
    below = math.ceil((first - start) / 1.2)
    above = max(1, math.ceil((stop - last) / 1.2))
    under = first - 1.2 * np.arange(below, 0, -1)
    over = last + 1.2 * np.arange(1, above + 1)
    return np.concatenate([under, np.linspace(first, last, count), over]), below, above


def _cumulative(particle: FloatArray, ff: FloatArray) -> FloatArray:
    """Sigma above each grid zeta, with the total first; over alpha^2 alpha_X, GeV^-2."""
    from ...ground._kernels import bremsstrahlung as kernels

    edges, below, above = _zeta_edges(particle)
    nodes, weights = gauss(_ORDER)
    width = np.diff(edges)
    zetas = edges[:-1, None] + width[:, None] * nodes
    quadrature = QUADRATURES["standard"].suited(ff)
    spectrum = kernels.spectrum(
        zetas.ravel(), particle, ff, quadrature.rules(), np.array(quadrature.y_edges)
    ).reshape(*zetas.shape, 4)
    panels = np.einsum("i,j,ijb->ib", width, weights, spectrum)
    upward = np.cumsum(panels[::-1], axis=0)[::-1]  # above the lower edge of each panel
    return np.concatenate([upward[:1], upward[below : len(upward) - above + 1]])


def build_table(
    element: Element,
    projectile: str = "e-",
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> BremsstrahlungTable:
    """Compute a table and measure its interpolation error.

    Parameters
    ----------
    element : Element
        Target.
    projectile : str
        ``e-``, ``e+``, ``mu-`` or ``mu+``.
    form_factor : str
        One of `form_factors.FORM_FACTORS`.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    BremsstrahlungTable
        The table.

    Raises
    ------
    UnknownNameError
        If a name is unknown.
    """
    settings = table_settings(element, projectile, form_factor)
    lepton = PROJECTILES[projectile]
    ff = form_factors.parameters(element, form_factor)
    masses = mass_nodes()
    excesses = np.exp(np.linspace(*GRID["log_excess"]))
    log_sigma = np.empty((masses.size, excesses.size, GRID["zeta"][2] + 1, 4))
    for i, mass in enumerate(masses):
        for j, excess in enumerate(excesses):
            energy = float(threshold(mass, lepton, element.nuclear_mass)) + float(excess)
            particle = start_values(energy, float(mass), lepton, element)
            if particle is None:
                raise EmissError(f"{element.symbol}: no phase space above threshold; report this.")
            sigma = _cumulative(particle, ff) * COUPLINGS_PB
            log_sigma[i, j] = np.log(np.maximum(sigma, 1e-250))
        if progress is not None:
            progress((i + 1) / masses.size)
    version = _version()
    command = (
        "python -m emiss.physics.processes.bremsstrahlung_table"
        f" --element {element.symbol} --projectile {projectile} --form-factor {form_factor}"
    )
    raw = BremsstrahlungTable(log_sigma, settings, math.nan, command, version)
    error = interpolation_error(raw, element, projectile, _CHECKS)
    return BremsstrahlungTable(log_sigma, settings, error, command, version)


def _version() -> str:
    project = Path(__file__).resolve().parents[3] / "pyproject.toml"
    if project.is_file():  # a source tree, installed or not
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
    return metadata.version("emiss")


def check_points(count: int, lepton: float, nucleus: float, seed: int) -> FloatArray:
    """Random (E, m_X, x) where the process matters: E at least 1.2 times its threshold."""
    random = np.random.Generator(np.random.Philox(seed))
    points: list[tuple[float, float, float]] = []
    while len(points) < count:
        energy = math.exp(random.uniform(0.0, math.log(500.0)))
        mass = math.exp(random.uniform(*np.log(MASS_RANGE)))
        soft, hard = 10 ** random.uniform(-7, -2), 1 - 10 ** random.uniform(-3, -1)
        cut = random.choice([0.0, soft, random.uniform(0.05, 0.95), hard])
        if energy > 1.2 * float(threshold(mass, lepton, nucleus)) and cut * energy < energy - 1.0:
            points.append((energy, mass, float(cut)))
    return np.array(points)


def interpolation_error(
    table: BremsstrahlungTable, element: Element, projectile: str, count: int
) -> float:
    """Largest relative deviation of a table from direct integration at random points.

    Parameters
    ----------
    table : BremsstrahlungTable
        The table.
    element : Element
        Its element.
    projectile : str
        Its projectile.
    count : int
        Number of points (mass, energy and cut random), four bosons at each.

    Returns
    -------
    float
        Largest |table/direct - 1| where the direct value is above 1e-4 of the total.
    """
    lepton = PROJECTILES[projectile]
    worst = 0.0
    for energy, mass, cut in check_points(count, lepton, element.nuclear_mass, seed=20):
        options = (str(table.settings["form_factor"]), float(cut), "high")
        direct, _ = exact_totals(float(energy), float(mass), lepton, element, options)
        for i, boson in enumerate(table.settings["bosons"]):
            total = float(table.above(energy, mass, 0.0, boson))
            if direct[i] > 1e-4 * total:
                value = float(table.above(energy, mass, cut, boson))
                worst = max(worst, abs(value / float(direct[i]) - 1.0))
    return worst


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a table file.

    ``python -m emiss.physics.processes.bremsstrahlung_table --element Pb``.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--element", required=True)
    parser.add_argument("--projectile", default="e-", choices=tuple(PROJECTILES))
    parser.add_argument("--form-factor", default="elastic", choices=form_factors.FORM_FACTORS)
    parser.add_argument("--directory", type=Path, default=shipped_path("tables"))
    options = parser.parse_args(arguments)
    element = get(options.element).components[0].element
    table = build_table(element, options.projectile, options.form_factor)
    FILES.write(table, options.directory / file_name(table.settings))
    return 0
