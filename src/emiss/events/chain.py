"""The chain of stations that a chunk of events passes."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..experiments.elements import Element
from ..experiments.elements.calorimeter import Calorimeter
from ..experiments.elements.vacuum import Vacuum
from ..experiments.layout import Layout
from ..physics.materials import get
from .bank import Bank
from .beam import LEAD_IN
from .context import Context
from .exchange import exchange, is_exchange
from .hadronic import absorb, first_calorimeter, interact_in
from .kinds import DARK, NEUTRINO, PDG
from .matter import Piece, cross, layers_of, slabs_of
from .orbit import Frame, frame_at, frame_of
from .pending import add_pending
from .stations import Deposits, Place, Points, Station, stations
from .stations.flight import fly
from .transport import Cells, Slab, Stack

__all__ = ["Step", "carry", "steps", "upstream_layers"]

_ALONG = 1e-3
_SHORTEST: Final = 0.1
"""Gaps shorter than this, in cm, are left empty."""
_WIDE = 1e5


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the chain.

    Parameters
    ----------
    name : str
        Names of its elements, or of the gap.
    places : tuple of Place
        Its elements; empty for a gap.
    station : Station or None
        How particles pass; None for a gap.
    frame : Frame
        Of the front face.
    length : float
        Length of a gap in cm.
    """

    name: str
    places: tuple[Place, ...]
    station: Station | None
    frame: Frame
    length: float = 0.0


def _groups(layout: Layout) -> Iterator[tuple[Station, list[Element]]]:
    """Elements by station; those that are one piece of matter together."""
    known = stations()
    group: list[Element] = []
    station: Station | None = None
    for element in layout.elements:
        here = element.of_kind(known, "station", "emiss.stations")
        if station is here and here.joins is not None and here.joins(group[-1], element):
            group.append(element)
            continue
        if station is not None:
            yield station, group
        station, group = here, [element]
    if station is not None:
        yield station, group


@functools.lru_cache(maxsize=32)
def steps(layout: Layout) -> tuple[Step, ...]:
    """The chain of a layout: its elements, and the gaps between them.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    tuple of Step
        In the order of the beam.

    Raises
    ------
    EmissError
        If there is no station for a kind of element.
    """
    found: list[Step] = []
    end = min(0.0, min(element.start for element in layout.elements)) - LEAD_IN
    for station, group in _groups(layout):
        start = group[0].start
        if start - end > _SHORTEST:
            name = f"gap before {group[0].name}"
            found.append(Step(name, (), None, frame_at(layout, end), start - end))
        places = tuple(Place(element, frame_of(layout, element)) for element in group)
        name = " + ".join(element.name for element in group)
        found.append(Step(name, places, station, places[0].frame))
        end = max(end, *(element.known_end for element in group))
    return tuple(found)


@functools.lru_cache(maxsize=256)
def _gap(material: str, length: float) -> Piece | None:
    if material == "vacuum":
        return None
    slab = Slab(get(material), length, 0)
    return Piece(Stack((slab,), _WIDE, Cells(1, 1, 2 * _WIDE)), (), (1,))


def _cross_gap(step: Step, bank: Bank, context: Context) -> Bank:
    local = step.frame.inside(bank)
    ahead = (local.uz > _ALONG) & (local.z < step.length)
    past, local = bank.take(~ahead), local.take(ahead)
    local = local.drift((np.maximum(local.z, 0.0) - local.z) / local.uz)
    local = fly(local, (step.length - local.z) / local.uz, context)
    piece = _gap(context.options.gaps, step.length)
    if piece is None:
        local = local.drift((step.length - local.z) / local.uz)
    elif len(local):
        local = interact_in(layers_of(piece.stack), local, step.frame, context)
        passage = cross(piece, local, context)
        context.book("matter", np.arange(context.particles), passage.deposited[:, 0])
        local = passage.bank
    return Bank.join([step.frame.outside(local), past])


def _remember(bank: Bank, context: Context) -> None:
    """Keep the fastest particle of each event at the front of the target."""
    momentum = bank.momentum
    order = np.lexsort((momentum, bank.event))
    last = np.append(bank.event[order][1:] != bank.event[order][:-1], True)[: order.size]
    best = bank.take(order[last])
    at = Frame(0.0, 0.0).inside(best)
    at = at.drift(-at.z / np.where(at.uz > _ALONG, at.uz, 1.0))
    columns = {
        "target_kind": PDG[best.kind].astype(np.float64), "target_momentum": best.momentum,
        "target_x": at.x, "target_y": at.y, "target_slope_x": best.ux / best.uz,
        "target_slope_y": best.uy / best.uz,
    }  # fmt: skip
    for name, values in columns.items():
        column = np.full(context.particles, np.nan)
        column[best.event] = values
        context.truth[name] = column


def _remember_outgoing(bank: Bank, context: Context) -> None:
    """Keep the momentum of the fastest charged particle of each event before the spectrometer."""
    ahead = bank.take((bank.charge != 0) & (bank.uz > _ALONG))
    fastest = np.full(context.particles, -np.inf)
    np.maximum.at(fastest, ahead.event, ahead.momentum)
    context.truth["outgoing_momentum"] = np.where(np.isfinite(fastest), fastest, np.nan)


def carry(bank: Bank, context: Context) -> dict[str, Deposits | Points]:
    """Carry particles through the whole apparatus.

    Parameters
    ----------
    bank : Bank
        Beam particles, before the first element.
    context : Context
        The chunk; gets the accounts and what is to be remembered.

    Returns
    -------
    dict
        What each element saw, by name.
    """
    hits: dict[str, Deposits | Points] = {}
    remembered = absorbed = left = False
    for step in steps(context.layout):
        here = context.at(step.name)
        if not remembered and step.places and step.places[0].element.start >= 0.0:
            _remember(bank, context)
            remembered = True
        if not left and step.places and step.places[0].element.role == "outgoing-spectrometer":
            _remember_outgoing(bank, context)
            left = True
        if not absorbed and step.places and isinstance(step.places[0].element, Calorimeter):
            if is_exchange(context):
                bank = exchange(bank, here)
            bank = absorb(bank, here)
            absorbed = True
        if step.station is None:
            bank = _cross_gap(step, bank, here)
        else:
            bank, seen = step.station.traverse(step.places, bank, here)
            hits |= dict(seen)
    dark = np.isin(bank.kind, (*DARK, NEUTRINO))
    for account, part in (("invisible", bank.take(dark)), ("behind", bank.take(~dark))):
        context.book(account, part.event, part.available)
    return {name: _with_hadrons(name, seen, context) for name, seen in hits.items()}


def _with_hadrons(name: str, seen: Deposits | Points, context: Context) -> Deposits | Points:
    if not isinstance(seen, Deposits):
        return seen
    return Deposits(*add_pending(name, seen.energy, seen.deposited, seen.time, context))


def upstream_layers(layout: Layout, gaps: str = "air") -> tuple[tuple[str, str, float], ...]:
    """Every layer before the first calorimeter, as a target of interactions.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    gaps : str
        Material between elements, or ``vacuum``.

    Returns
    -------
    tuple of (str, str, float)
        Element or gap, material, thickness in cm.
    """
    found = []
    first = first_calorimeter(layout)
    for step in steps(layout):
        if step.frame.z >= first:
            break
        if step.station is None and gaps != "vacuum":
            found.append((step.name, gaps, step.length))
        for place in step.places:
            if isinstance(place.element, Vacuum) and place.element.window_thickness is not None:
                window = (place.element.window_material, place.element.window_thickness.value)
                found += [(f"{place.element.name} window", *window)] * 2
                continue
            slabs = slabs_of(place.element)
            for material in dict.fromkeys(slab.material for slab in slabs):
                thickness = sum(s.thickness for s in slabs if s.material == material)
                found.append((place.element.name, material.name, thickness))
    return tuple(found)
