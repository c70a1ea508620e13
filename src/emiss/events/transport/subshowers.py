"""Fits of sub-showers in a sandwich to the full transport, and their file.

For e-, e+ and photons of 1 MeV to 0.5 GeV that start anywhere in an absorber or an active layer,
deep inside the sandwich: the distribution of the visible energy, the mean profile in layers, and
the mean distance from the axis by groups of layers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.notices import notice
from ...ground.shipped import shipped_path
from ...ground.table_files import Column, TableKind, hashed_settings
from ...physics.materials import Material, get
from .geometry import Cells, Slab, Stack
from .inputs import KINDS, Beam, Settings
from .shapes import RADII, SHARES, Shapes, alias_table
from .simulate import simulate
from .tables import Thresholds

__all__ = [
    "FILES",
    "NODES",
    "TAKEOVER",
    "SubshowerFits",
    "file_name",
    "fit_settings",
    "load_shapes",
    "make_shapes",
    "shapes_of",
]


NODES = 1e-3 * 2.0 ** np.arange(10)
"""Energies of the fits in GeV, 1 MeV to 0.512 GeV."""
TAKEOVER = 0.5
"""Energy in GeV below which the fits may take over."""
_BEFORE, _OFFSETS = 40, 125
_RING_EDGES = (0, 1, 2, 4, 7, 11, 17, 25)
_CELLS = Cells(161, 161, 0.25)
_DENSITY = 40.0
_LOWEST = 1e-4
BUDGET, SEED = 2560.0, 11
"""Energy in GeV per node, particle and kind of start, and seed, of the fits that are used."""
_SMOOTH_FROM = 0.03
_FULL = Settings(Thresholds(deflection=0.2))


@dataclass(frozen=True, slots=True, eq=False)
class SubshowerFits:
    """Fits of sub-showers in one sandwich.

    Parameters
    ----------
    visible : array, shape (3, nodes, 2, SHARES + 1)
        Quantiles of the visible share by particle, node and start (absorber, active layer).
    layers : array, shape (3, nodes, 2, offsets)
        Mean visible energy in GeV by layer.
    radii : array, shape (3, nodes, rings, RADII + 1)
        Quantiles of the distance from the axis in cm by group of layers.
    mean, error, fitted : array, shape (3, nodes, 2)
        Mean visible share as simulated, its error, and the mean that is used.
    settings : dict
        What the fits depend on.
    """

    visible: FloatArray
    layers: FloatArray
    radii: FloatArray
    mean: FloatArray
    error: FloatArray
    fitted: FloatArray
    settings: dict[str, Any]


_STARTS = ("particle", "node", "start")
_COLUMNS = {
    "visible": Column((*_STARTS, "share"), least=0.0, most=2.0),
    "layers": Column((*_STARTS, "offset"), least=0.0),
    "radii": Column(("particle", "node", "ring", "radius"), least=0.0),
    "mean": Column(_STARTS, least=0.0, most=1.0),
    "error": Column(_STARTS, least=0.0, most=1.0),
    "fitted": Column(_STARTS, least=0.0, most=1.0),
}


def _pack(fits: SubshowerFits) -> tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]]:
    arrays = {name: getattr(fits, name).astype(np.float32) for name in _COLUMNS}
    return {"settings": fits.settings}, arrays


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> SubshowerFits:
    values = {name: array.astype(np.float64) for name, array in arrays.items()}
    return SubshowerFits(**values, settings=meta["settings"])


FILES: Final[TableKind[SubshowerFits]] = TableKind("fits of sub-showers", _COLUMNS, _pack, _unpack)
"""How these fits are written and read."""


def fit_settings(material: Material, budget: float = BUDGET, seed: int = SEED) -> dict[str, Any]:
    """What a fit depends on.

    Parameters
    ----------
    material : Material
        Sandwich of two layers.
    budget : float
        Energy in GeV simulated per node, particle and kind of start.
    seed : int
        Seed.

    Returns
    -------
    dict
        Settings, as they stand in the file.

    Raises
    ------
    ValidityError
        If the material is not a sandwich of two layers.
    """
    if len(material.layers) != 2:
        raise ValidityError(
            f"material '{material.name}': fits of sub-showers need a sandwich of two layers."
        )
    settings = {
        "layers": _layers(material),
        "budget_gev": budget,
        "seed": seed,
        "thresholds": asdict(_FULL.thresholds),
        "cuts_gev": [_FULL.lepton_cut, _FULL.photon_cut, _FULL.range_limit],
    }
    return hashed_settings(settings, 10)


def _layers(material: Material) -> list[dict[str, Any]]:
    """Thickness, density and composition of the layers."""
    return [
        {
            "thickness_cm": thickness,
            "density": layer.density,
            "parts": [[c.element.Z, c.element.A, c.mass_fraction] for c in layer.components],
            "excitation_gev": layer.mean_excitation_energy,
        }
        for layer, thickness in material.layers
    ]


def file_name(material: Material) -> str:
    """Name of the file of fits of a sandwich: its name and a hash of its layers."""
    text = json.dumps(hashed_settings({"layers": _layers(material)}, 10)["layers"])
    return f"subshowers_{material.name}_{hashlib.sha256(text.encode()).hexdigest()[:12]}.npz"


def _ring(offset: int) -> int:
    return int(np.searchsorted(_RING_EDGES, offset, side="right"))


def _stack(material: Material) -> tuple[Stack, int]:
    """Sandwich with a set of cells per group of layers, and which layer of two is active."""
    densities = [m.density for m, _ in material.layers]
    active = densities.index(min(densities))
    slabs = [
        Slab(m, t, _ring(period - _BEFORE) if k == active else -1)
        for period in range(_OFFSETS)
        for k, (m, t) in enumerate(material.layers)
    ]
    return Stack(tuple(slabs), cells=_CELLS), active


def _starts(stack: Stack, kind: int, energy: float, slab: int, events: int) -> FloatArray:
    """Particles along z, evenly spread over the thickness of a slab."""
    edges = stack.world().edges
    rows = np.zeros((events, 9))
    rows[:, 0], rows[:, 6], rows[:, 7], rows[:, 8] = energy, 1.0, kind, slab
    share = (np.arange(events) + 0.5) / events
    rows[:, 3] = edges[slab] + share * (edges[slab + 1] - edges[slab])
    return rows


def _node(
    stack: Stack, active: int, kind: int, node: int, where: int, budget: float, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Visible share of each event, mean by layer, and cells by group of layers."""
    energy = float(NODES[node])
    events = int(np.clip(budget / energy * (1.0 if where == 0 else 0.3), 300, 5000))
    slab = 2 * _BEFORE + (active if where == 1 else 1 - active)
    total = energy + (2 * 0.51099895e-3 if kind == 1 else 0.0)
    chunk = simulate(
        stack,
        Beam(KINDS[kind], max(energy, 1e-3)),
        events,
        seed=seed,
        chunk=(kind * NODES.size + node) * 2 + where,
        settings=_FULL,
        keep_slabs=True,
        particles=_starts(stack, kind, energy, slab, events),
    )
    layers = chunk.slabs[:, active::2]
    return layers.sum(axis=1) / total, layers.mean(axis=0), chunk.cell_sum


def _radii(cells: FloatArray) -> FloatArray:
    """Quantiles of the distance from the axis, by group of layers."""
    n = _CELLS.columns
    place = (np.arange(n) - 0.5 * (n - 1)) * _CELLS.pitch
    r = np.hypot(place[:, None], place[None, :]).ravel()
    r[r == 0.0] = 0.25 * _CELLS.pitch
    order = np.argsort(r)
    out = np.zeros((len(_RING_EDGES) + 1, RADII + 1))
    for ring in range(min(cells.shape[0], out.shape[0])):
        weights = cells[ring].ravel()[order]
        cumulative = np.cumsum(weights)
        if cumulative[-1] > 0.0:
            middle = (cumulative - 0.5 * weights) / cumulative[-1]
            out[ring] = np.interp(np.linspace(0, 1, RADII + 1), middle, r[order])
    return out


def _smooth(means: FloatArray, errors: FloatArray) -> FloatArray:
    """Mean visible share by node: as simulated below 30 MeV, above it a parabola in ln E."""
    smooth = means.copy()
    high = NODES > _SMOOTH_FROM
    x = np.log(NODES[high] / NODES[-1])
    fit = np.polynomial.Polynomial.fit(x, means[high], 2, w=1 / errors[high])
    smooth[high] = fit(x)
    return smooth


def make_shapes(material: Material, budget: float = BUDGET, seed: int = SEED) -> SubshowerFits:
    """Simulate sub-showers and fit them.

    Parameters
    ----------
    material : Material
        Sandwich of two layers.
    budget : float
        Energy in GeV simulated per node, particle and kind of start.
    seed : int
        Seed.

    Returns
    -------
    SubshowerFits
        The fits; three to five minutes of processor time with the default budget.
    """
    stack, active = _stack(material)
    n = NODES.size
    visible, layers = np.zeros((3, n, 2, SHARES + 1)), np.zeros((3, n, 2, _OFFSETS))
    radii = np.zeros((3, n, len(_RING_EDGES) + 1, RADII + 1))
    mean, error = np.zeros((3, n, 2)), np.zeros((3, n, 2))
    for kind in range(3):
        for node in range(n):
            cells: FloatArray = np.zeros(1)
            for where in range(2):
                shares, profile, found = _node(stack, active, kind, node, where, budget, seed)
                mean[kind, node, where] = shares.mean()
                error[kind, node, where] = shares.std(ddof=1) / math.sqrt(shares.size)
                visible[kind, node, where] = np.quantile(shares, np.linspace(0, 1, SHARES + 1))
                layers[kind, node, where] = profile
                cells = cells + found * (1.0 if where == 0 else 0.1)
            radii[kind, node] = _radii(np.asarray(cells))
    fitted = np.zeros_like(mean)
    for kind in range(3):
        for where in range(2):
            fitted[kind, :, where] = _smooth(mean[kind, :, where], error[kind, :, where])
    own = 0.5 * (visible[..., 1:] + visible[..., :-1]).mean(axis=-1)
    visible *= (fitted / own)[..., None]
    settings = fit_settings(material, budget, seed)
    return SubshowerFits(visible, layers, radii, mean, error, fitted, settings)


def load_shapes(material: Material) -> Shapes:
    """Fits of a sandwich: those that ship with emiss, else those made before, else new ones.

    Parameters
    ----------
    material : Material
        Sandwich of two layers.

    Returns
    -------
    Shapes
        The fits as arrays for the kernels.

    Raises
    ------
    ValidityError
        If the material is not a sandwich of two layers.
    """
    settings = fit_settings(material)
    fits = FILES.find_or_make(file_name(material), settings, lambda: _make_aloud(material))
    return shapes_of(fits, material)


def _make_aloud(material: Material) -> SubshowerFits:
    notice(
        f"fitting small showers in '{material.name}': once, some minutes; kept on disk for "
        "later runs."
    )
    return make_shapes(material)


def shapes_of(fits: SubshowerFits, material: Material) -> Shapes:
    """Fits of a sandwich as arrays for the kernels.

    Parameters
    ----------
    fits : SubshowerFits
        The fits.
    material : Material
        The sandwich that they were made for.

    Returns
    -------
    Shapes
        The arrays.
    """
    densities = [m.density for m, _ in material.layers]
    groups = np.array([_ring(offset - _BEFORE) for offset in range(_OFFSETS)], dtype=np.int64)
    tables = [alias_table(row) for row in fits.layers.reshape(-1, _OFFSETS)]
    return Shapes(
        fits.visible.ravel(), np.concatenate([t[0] for t in tables]),
        np.concatenate([t[1] for t in tables]).astype(np.int64), fits.radii.ravel(), groups,
        math.log(NODES[0]), 1 / math.log(2.0), _LOWEST, _DENSITY, NODES.size,
        len(_RING_EDGES) + 1, 2, densities.index(min(densities)), _BEFORE, _OFFSETS,
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the fits of a sandwich to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--material", default="na64-ecal")
    parser.add_argument("--budget", type=float, default=BUDGET, help="GeV per node")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--directory", type=Path, default=shipped_path("tables"))
    options = parser.parse_args(arguments)
    material = get(options.material)
    fits = make_shapes(material, options.budget, options.seed)
    FILES.write(fits, options.directory / file_name(material))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
