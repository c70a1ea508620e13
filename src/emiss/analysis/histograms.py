"""Histograms of an analysis: each cut variable with all other cuts applied; the energy plane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.layout import Layout
from ..experiments.selection import Cut
from ..ground.arrays import FloatArray
from ..ground.histogram import BinAxis
from ..ground.histogram import Histogram as Plottable
from .evaluate import Columns, passes

__all__ = ["Histogram", "Histograms", "Plane"]

BINS: Final = 60
_PLANE_BINS: Final = 75


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Events by one variable; under- and overflow are in the outermost bins.

    Parameters
    ----------
    variable, unit : str
        The variable and its unit.
    cut : str
        Name of the cut that is left out.
    least, most : float or None
        Its bounds.
    edges : array, shape (bins + 1,)
        Edges of the bins.
    counts, squares : array, shape (bins,)
        Sums of weights and of their squares.
    """

    variable: str
    unit: str
    cut: str
    least: float | None
    most: float | None
    edges: FloatArray
    counts: FloatArray
    squares: FloatArray

    def plottable(self) -> Plottable:
        """The same with the protocol that hist and mplhep plot.

        Returns
        -------
        emiss.ground.histogram.Histogram
            Sums of weights with their variances.
        """
        label = f"{self.variable} [{self.unit}]" if self.unit else self.variable
        return Plottable(BinAxis(self.edges, label), self.counts, self.squares, "events")

    def record(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "variable": self.variable, "unit": self.unit, "cut": self.cut, "least": self.least,
            "most": self.most, "edges": self.edges.tolist(), "counts": self.counts.tolist(),
            "errors": np.sqrt(self.squares).tolist(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Events by the energies of target and hadron calorimeter, after all other cuts.

    Parameters
    ----------
    x_edges, y_edges : array
        Edges in GeV: energy of target with preshower, energy of the hadron calorimeter.
    counts : array, shape (x bins, y bins)
        Sums of weights.
    region : (float, float) or None
        Upper edges of the signal region in both energies in GeV, where its cuts are these two.
    """

    x_edges: FloatArray
    y_edges: FloatArray
    counts: FloatArray
    region: tuple[float, float] | None

    def record(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "target_energy_edges_gev": self.x_edges.tolist(),
            "hadronic_energy_edges_gev": self.y_edges.tolist(),
            "counts": self.counts.tolist(),
            "region_gev": None if self.region is None else list(self.region),
        }


def _range(cut: Cut, layout: Layout) -> tuple[float, float]:
    """Range of a histogram that shows both sides of the bounds."""
    least = None if cut.least is None else cut.least.value
    most = None if cut.most is None else cut.most.value
    momentum = layout.beam.momentum.value
    if cut.variable.endswith(("momentum", "target_energy", "ecal_energy", "hadronic_energy")):
        return 0.0, 1.3 * momentum
    if least is not None and most is not None:
        width = most - least
        return least - width, most + width
    bound = most if most is not None else least
    assert bound is not None
    return (0.0, 3.0 * bound) if bound > 0.0 else (3.0 * bound, max(1.0, -bound))


@dataclass(slots=True)
class Histograms:
    """Sums of all histograms, filled chunk by chunk.

    Parameters
    ----------
    layout : Layout
        The apparatus with its selection.
    """

    layout: Layout
    _counts: dict[str, FloatArray] = field(default_factory=dict)
    _squares: dict[str, FloatArray] = field(default_factory=dict)
    _plane: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self._plane = np.zeros((_PLANE_BINS, _PLANE_BINS))
        for cut in self._bounded():
            self._counts[cut.name] = np.zeros(BINS)
            self._squares[cut.name] = np.zeros(BINS)

    def _bounded(self) -> list[Cut]:
        return [c for c in self.layout.selection.cuts if c.variable and (c.least or c.most)]

    def _edges(self, cut: Cut) -> FloatArray:
        return np.linspace(*_range(cut, self.layout), BINS + 1)

    @property
    def _plane_edges(self) -> tuple[FloatArray, FloatArray]:
        """Edges in both energies, the bounds of the signal region among them."""
        largest = 1.25 * self.layout.beam.momentum.value
        target, hadronic = _region(self.layout) or (None, None)
        return _edges_with(target, largest), _edges_with(hadronic, largest)

    def fill(self, columns: Columns, weight: FloatArray) -> None:
        """Add a chunk of events."""
        cuts = self.layout.selection.cuts
        masks = {cut.name: passes(cut, columns) for cut in cuts}
        failed = np.sum([~mask for mask in masks.values()], axis=0) if masks else 0
        for cut in self._bounded():
            others = (failed - (~masks[cut.name]).astype(np.int64)) == 0
            values = np.asarray(columns[cut.variable], dtype=np.float64)
            known = others & ~np.isnan(values)
            edges = self._edges(cut)
            place = np.clip(values[known], edges[0], np.nextafter(edges[-1], edges[0]))
            self._counts[cut.name] += np.histogram(place, edges, weights=weight[known])[0]
            self._squares[cut.name] += np.histogram(place, edges, weights=weight[known] ** 2)[0]
        self._fill_plane(columns, weight, masks)

    def _fill_plane(
        self, columns: Columns, weight: FloatArray, masks: dict[str, NDArray[np.bool_]]
    ) -> None:
        energies = _plane_energies(columns)
        if energies is None:
            return
        chosen = np.ones(weight.size, dtype=bool)
        for name, mask in masks.items():
            if name not in self.layout.selection.signal_region:
                chosen &= mask
        edges = self._plane_edges
        x, y = (
            np.clip(energy[chosen], 0.0, np.nextafter(bins[-1], 0.0))
            for energy, bins in zip(energies, edges, strict=True)
        )
        self._plane += np.histogram2d(x, y, edges, weights=weight[chosen])[0]

    def results(self) -> tuple[tuple[Histogram, ...], Plane]:
        """The histograms, in the order of the cuts, and the plane."""
        units = self.layout.variables
        found = tuple(
            Histogram(
                cut.variable, units.get(cut.variable, ""), cut.name,
                None if cut.least is None else cut.least.value,
                None if cut.most is None else cut.most.value,
                self._edges(cut), self._counts[cut.name], self._squares[cut.name],
            )
            for cut in self._bounded()
        )  # fmt: skip
        return found, Plane(*self._plane_edges, self._plane, _region(self.layout))


def _edges_with(bound: float | None, largest: float) -> FloatArray:
    """Edges from zero to the largest energy, one of which is the bound where it lies between."""
    if bound is None or not 0.0 < bound < largest:
        return np.linspace(0.0, largest, _PLANE_BINS + 1)
    below = min(max(round(_PLANE_BINS * bound / largest), 1), _PLANE_BINS - 1)
    above = np.linspace(bound, largest, _PLANE_BINS - below + 1)
    return np.concatenate([np.linspace(0.0, bound, below + 1), above[1:]])


def _plane_energies(columns: Columns) -> tuple[FloatArray, FloatArray] | None:
    target = columns.get("target_energy")
    hadronic = columns.get("hadronic_energy")
    if target is None or hadronic is None:
        return None
    preshower = columns.get("preshower_energy", np.zeros(len(target)))
    return np.asarray(target + preshower, dtype=np.float64), np.asarray(hadronic, np.float64)


def _region(layout: Layout) -> tuple[float, float] | None:
    upper = {
        cut.variable: cut.most.value
        for cut in layout.selection.cuts
        if cut.name in layout.selection.signal_region and cut.variable and cut.most is not None
    }
    both = "target_energy" in upper and "hadronic_energy" in upper
    return (upper["target_energy"], upper["hadronic_energy"]) if both else None
