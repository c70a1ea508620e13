"""Templates of the shape of electromagnetic showers: mean share of each cell, and its spread.

Electrons of the beam's spot and divergence are sent onto the target with the transport, as the beam
does it but for other energies; what a cell holds follows the response of the layout.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...events.bank import Bank
from ...events.context import Context, Options
from ...events.kinds import KINDS, MASSES
from ...events.orbit import frame_of
from ...events.pulses import Pulses
from ...events.response import read_energy
from ...events.scale import scale_of
from ...events.stations import Deposits, Place, stations
from ...experiments.elements.calorimeter import Calorimeter
from ...experiments.layout import Layout
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError

__all__ = ["Template", "template_of"]

SHARES: Final = (0.1, 0.3, 0.6, 1.0)
"""Energies of the template as shares of the beam's."""
EVENTS: Final = 400
"""Electrons per energy."""
LEAST: Final = 1e-3
"""Mean share of a cell from which it counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Shape of showers by energy.

    Parameters
    ----------
    energies : array, shape (energies,)
        In GeV, ascending.
    mean, spread : array, shape (energies, cells)
        Mean share of the energy in each cell, and its standard deviation.
    """

    energies: FloatArray
    mean: FloatArray
    spread: FloatArray

    def chi2(self, cells: FloatArray, energy: FloatArray) -> FloatArray:
        """Compare showers with the template.

        Parameters
        ----------
        cells : array, shape (events, cells)
            Energies in GeV.
        energy : array, shape (events,)
            Their sums.

        Returns
        -------
        array, shape (events,)
            chi^2 per cell; NaN without energy. Energies outside the template's use its outermost.
        """
        used = self.mean.max(axis=0) > LEAST
        place = np.interp(np.log(np.maximum(energy, 1e-9)), np.log(self.energies),
                          np.arange(self.energies.size))  # fmt: skip
        low = np.minimum(place.astype(np.int64), self.energies.size - 2)
        part = (place - low)[:, None]
        mean = (1 - part) * self.mean[low] + part * self.mean[low + 1]
        spread = (1 - part) * self.spread[low] + part * self.spread[low + 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = (cells / energy[:, None] - mean) / spread
            found = np.where(energy > 0.0, (pull[:, used] ** 2).mean(axis=1), np.nan)
        return np.asarray(found)


@functools.lru_cache(maxsize=16)
def template_of(layout: Layout, element: Calorimeter) -> Template:
    """Template of a calorimeter, made once per process in about a second.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    element : Calorimeter
        One of its calorimeters in the target.

    Returns
    -------
    Template
        Of electrons; the same whenever it is made.

    Raises
    ------
    EmissError
        If no energy reaches the calorimeter.
    """
    group = tuple(e for e in layout.role("preshower", "target") if isinstance(e, Calorimeter))
    if element not in group:
        group = (element,)
    momentum = layout.beam.momentum.value
    shapes = [_shares(layout, group, element, share * momentum, n)
              for n, share in enumerate(SHARES)]  # fmt: skip
    mean = np.array([rows.mean(axis=0) for rows in shapes])
    spread = np.array([rows.std(axis=0, ddof=1) for rows in shapes])
    return Template(momentum * np.array(SHARES), mean, np.maximum(spread, 1e-4))


def _shares(
    layout: Layout, group: tuple[Calorimeter, ...], element: Calorimeter, energy: float, number: int
) -> FloatArray:
    """Share of each cell, electron by electron."""
    context = Context.start(layout, Options(), "template", 1, number, EVENTS)
    bank = _electrons(layout, energy, context)
    station = stations()["calorimeter"]
    places = tuple(Place(one, frame_of(layout, one)) for one in group)
    _, hits = station.traverse(places, bank, context.at("template"))
    seen = hits[element.name]
    assert isinstance(seen, Deposits)
    pulses = Pulses.group(EVENTS, np.arange(EVENTS), np.zeros(EVENTS), 1.0)
    factor = scale_of(layout, element).factor
    read = read_energy(seen, element, factor, pulses, context.at(element.name))
    cells = read.energy.reshape(EVENTS, -1)
    total = cells.sum(axis=1)
    if not np.any(total > 0.0):
        raise EmissError(f"no electron of {energy:g} GeV leaves energy in '{element.name}'.")
    good = total > 0.0
    return np.asarray(cells[good] / total[good][:, None])


def _electrons(layout: Layout, energy: float, context: Context) -> Bank:
    """Electrons on the front of the target, along the axis, with the beam's spot."""
    spot = 0.0 if layout.beam.spot is None else layout.beam.spot.value
    x, y = spot * context.generator("beam").standard_normal((2, EVENTS))
    kind = KINDS.index("e-")
    place, direction = (x, y, np.zeros(EVENTS)), (0.0, 0.0, 1.0)
    return Bank.make(np.arange(EVENTS), kind, np.hypot(energy, MASSES[kind]), place, direction)
