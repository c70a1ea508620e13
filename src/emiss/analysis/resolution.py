"""How well variables are measured: deviations from a reference, event by event, summed in bins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events.record import EventTable
from ..experiments.elements.calorimeter import Calorimeter
from ..experiments.layout import Layout
from ..ground.arrays import FloatArray
from .evaluate import Columns

__all__ = ["Resolution", "Resolutions"]

BINS: Final = 200
_LEAST: Final = 1.0
"""Least energy in GeV that is compared: below, relative deviations say nothing."""
_SPAN: Final = {"momentum": 0.1, "energy": 0.5}
_CENTRAL: Final = (0.1587, 0.5, 0.8413)
"""Quantiles of the median and of one standard deviation of a normal distribution around it."""
_PHOTON: Final = 22


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """Relative deviations of a variable from its reference.

    Parameters
    ----------
    variable, reference : str
        What was measured, and what it is held against.
    events : float
        Sum of weights of the events that have a reference.
    efficiency : float
        Share of them that have a value.
    bias, width : float
        Median of value / reference - 1, and half the width of the central 68 %; NaN without events.
    edges, counts : array
        Histogram; under- and overflow are in the outermost bins.
    """

    variable: str
    reference: str
    events: float
    efficiency: float
    bias: float
    width: float
    edges: FloatArray
    counts: FloatArray

    def record(self) -> dict[str, Any]:
        """Plain values; None for what is not known."""

        def known(value: float) -> float | None:
            return value if np.isfinite(value) else None

        return {
            "variable": self.variable, "reference": self.reference, "events": self.events,
            "efficiency": known(self.efficiency), "bias": known(self.bias),
            "width": known(self.width), "edges": self.edges.tolist(),
            "counts": self.counts.tolist(),
        }  # fmt: skip


@dataclass(slots=True)
class _Sums:
    """Sums of one variable."""

    span: float
    all: float = 0.0
    counts: FloatArray = field(default_factory=lambda: np.zeros(BINS))

    @property
    def edges(self) -> FloatArray:
        return np.linspace(-self.span, self.span, BINS + 1)

    def fill(self, value: FloatArray, reference: FloatArray, weight: FloatArray) -> None:
        compared = reference > _LEAST
        self.all += float(weight[compared].sum())
        known = compared & np.isfinite(value)
        edges = self.edges
        relative = value[known] / reference[known] - 1.0
        inside = np.clip(relative, edges[0], np.nextafter(edges[-1], 0.0))
        self.counts += np.histogram(inside, edges, weights=weight[known])[0]


class Resolutions:
    """Sums over batches of events.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._sums: dict[tuple[str, str], _Sums] = {}

    def fill(self, table: EventTable, columns: Columns, weight: FloatArray) -> None:
        """Add a batch of events: records with their truth, if any, and reconstructed variables."""
        for variable, reference, values in self._references(table, len(weight)):
            kind = "momentum" if variable.endswith("momentum") else "energy"
            sums = self._sums.setdefault((variable, reference), _Sums(_SPAN[kind]))
            sums.fill(np.asarray(columns[variable], np.float64), values, weight)

    def _references(self, table: EventTable, size: int) -> Iterator[tuple[str, str, FloatArray]]:
        truth: Mapping[str, Any] = table.columns
        if not {"truth_target_momentum", "truth_target_kind"} <= set(truth):
            nominal = self._layout.beam.momentum.value
            yield "incoming_momentum", "nominal momentum of the beam", np.full(size, nominal)
            return
        charged = np.asarray(truth["truth_target_kind"]) != _PHOTON
        momentum = np.asarray(truth["truth_target_momentum"], np.float64)
        yield "incoming_momentum", "simulated momentum", np.where(charged, momentum, 0.0)
        if self._layout.role("outgoing-spectrometer") and "truth_outgoing_momentum" in truth:
            behind = np.asarray(truth["truth_outgoing_momentum"], np.float64)
            yield "outgoing_momentum", "simulated momentum", np.nan_to_num(behind)
        for element in self._layout.elements:
            name = f"truth_deposited_{element.name.replace('-', '_').replace('.', '_')}"
            variable = f"{name.removeprefix('truth_deposited_')}_energy"
            if isinstance(element, Calorimeter) and name in truth:
                values: NDArray[np.float64] = np.asarray(truth[name], np.float64)
                yield variable, "simulated energy in it", values

    def results(self) -> tuple[Resolution, ...]:
        """The resolutions, in the order of the beam."""
        return tuple(_result(*names, sums) for names, sums in self._sums.items())


def _result(variable: str, reference: str, sums: _Sums) -> Resolution:
    total = float(sums.counts.sum())
    low, bias, high = (float("nan"),) * 3
    if total > 0.0:
        share = np.concatenate([[0.0], np.cumsum(sums.counts)]) / total
        low, bias, high = (float(q) for q in np.interp(_CENTRAL, share, sums.edges))
    efficiency = total / sums.all if sums.all > 0.0 else float("nan")
    return Resolution(
        variable, reference, sums.all, efficiency, bias, 0.5 * (high - low), sums.edges, sums.counts
    )
