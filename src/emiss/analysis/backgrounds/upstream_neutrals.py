"""Electrons that make hadrons before the dump, of which all that matter is lost.

An electron gives more than the missing energy to a nucleus of a tracker, a counter or the air
between the last magnet and the dump, and goes on into the dump with the rest; the hadrons miss the
calorimeters, or leave next to nothing in them. Equivalent photons are made to interact in each
layer, in proportion to its probability; what comes out is followed through every calorimeter and
veto. Cuts of the selection on what is modelled here are applied as they stand in the layout, but
for that on the hadron calorimeter: its distribution is continued from a side band,

    dN/dE = exp(a + b E),  fitted in several ranges above the cut,

to energies below it. The spread of the ranges and that of two hadron models are systematic errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.hadrons import (
    HADRONS,
    MODELS,
    Box,
    FinalStates,
    Hadrons,
    boxes_of,
    interact,
    interaction_probability,
    load_library,
    scattered,
    shower,
)
from ...experiments.elements import Element
from ...experiments.elements.absorber import Absorber
from ...experiments.elements.calorimeter import Calorimeter
from ...experiments.elements.counter import Counter
from ...experiments.elements.dipole import Dipole
from ...experiments.elements.tracker import Tracker
from ...experiments.elements.vacuum import Vacuum
from ...experiments.elements.veto import Veto
from ...experiments.layout import Layout
from ...experiments.modes.base import asked
from ...ground.arrays import FloatArray
from ...ground.bisection import switch_point
from ...physics.materials import get
from ..evaluate import passes, variables_of
from .base import Estimate, Question, Source
from .beam_decays import flight

__all__ = ["RANGES", "SOURCE", "Interactions", "extrapolated", "interactions", "layers"]

CITATIONS = ("Budnev:1975poe",)
RANGES: Final = ((5.0, 45.0), (2.0, 30.0), (5.0, 30.0), (5.0, 40.0))
"""Side bands in GeV of the energy in the hadron calorimeter; the first gives the central value."""
EFFORT: Final = 60
"""Interactions per event asked for, for each hadron model."""
_TOGETHER: Final = 8000
"""Interactions that are followed at once; more would only take more memory."""
_MATTER: Final = (Tracker, Counter, Absorber)
_GAP: Final = 1.0
_EXTRA: Final = "extra veto"
_CHARGED: Final = np.array([hadron.charge != 0 for hadron in HADRONS])


def layers(layout: Layout) -> tuple[Box, ...]:
    """Matter in the beam between the last magnet and the dump, the air between included.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    tuple of Box
        In the order of the beam.
    """
    start, front = flight(layout)
    inside = [e for e in layout.elements if start <= e.start < front and not isinstance(e, Dipole)]
    found, end = [], start
    for element in inside:
        if not _in_beam(element):
            continue
        if element.start - end > _GAP and not isinstance(element, Vacuum):
            found.append(Box(f"air before {element.name}", get("air"), end, element.start))
        if isinstance(element, _MATTER) and element.composition is not None:
            found.append(Box(element.name, element.composition, element.start, element.end))
        end = max(end, element.end)
    if front - end > _GAP:
        found.append(Box("air before the dump", get("air"), end, front))
    return tuple(found)


def _in_beam(element: Element) -> bool:
    offset = 0.0 if element.offset_x is None else abs(element.offset_x.value)
    hole = getattr(element, "hole_width", None)
    half = math.inf if element.width is None else 0.5 * element.width.value
    return hole is None and offset < half


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """Interactions of electrons before the dump.

    Parameters
    ----------
    probability : float
        Per electron, with more than the missing energy in the exchanged photon.
    hadronic : array, shape (passing,)
        Energy in GeV seen in the hadron calorimeter, of events that pass all other cuts.
    made : int
        Number of interactions that were made.
    """

    probability: float
    hadronic: FloatArray
    made: int


def _boxes(layout: Layout) -> tuple[tuple[Box, ...], tuple[Element, ...]]:
    """Boxes from the dump on, and upstream vetoes; what has no size has that of the calorimeter."""
    start = flight(layout)[0]
    elements = tuple(
        e for e in layout.elements
        if isinstance(e, Calorimeter | Veto) and e.start >= start and e.composition is not None
    )  # fmt: skip
    boxes = boxes_of(elements)
    sizes = [b for b in boxes if math.isfinite(b.x[1])]
    wide = max(sizes, key=lambda b: b.x[1] - b.x[0]) if sizes else None
    if wide is not None:
        boxes = tuple(b if math.isfinite(b.x[1]) else replace(b, x=wide.x, y=wide.y) for b in boxes)
    return boxes, elements


def interactions(
    layout: Layout,
    events: int,
    random: np.random.Generator,
    model: str = "pythia",
    *,
    matter: tuple[Box, ...] = (),
    veto: Box | None = None,
    most: float = math.inf,
) -> Interactions:
    """Let electrons interact in the layers before the dump.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    events : int
        Number of interactions, shared among the layers.
    random : Generator
        Random numbers.
    model : str
        Hadron model, a key of `hadrons.MODELS`.
    matter : tuple of Box, optional
        What electrons interact in; `layers` by default.
    veto : Box, optional
        A calorimeter more than the layout has.
    most : float, optional
        Energy in GeV below which it counts as quiet.

    Returns
    -------
    Interactions
        Probability, and energies in the hadron calorimeter.
    """
    energy, matter = layout.beam.energy, matter or layers(layout)
    missing = energy - asked(layout, "target_energy", "max")
    chances = np.array([interaction_probability(box, energy, missing) for box in matter])
    counts = random.multinomial(events, chances / chances.sum())
    library, seen = load_library(model), []
    for box, count in zip(matter, counts.tolist(), strict=True):
        for done in range(0, count, _TOGETHER):
            part = min(_TOGETHER, count - done)
            seen.append(_passing(layout, box, part, missing, library, random, veto, most))
    return Interactions(float(chances.sum()), np.concatenate(seen), events)


def _passing(
    layout: Layout, layer: Box, count: int, missing: float, library: FinalStates,
    random: np.random.Generator, veto: Box | None, most: float,
) -> FloatArray:  # fmt: skip
    """Energy in the hadron calorimeter of interactions in a layer that pass the other cuts."""
    columns = _columns(layout, layer, count, missing, library, random, veto)
    kept = (columns[_EXTRA] < most) & _passed(layout, columns, count)
    kept &= columns["target_energy"] < asked(layout, "target_energy", "max")
    return np.asarray(columns["hadronic_energy"][kept])


def _passed(layout: Layout, columns: Mapping[str, FloatArray], count: int) -> NDArray[np.bool_]:
    """Events that pass all cuts on these variables but that on the hadron calorimeter."""
    kept = np.ones(count, dtype=bool)
    for cut in layout.selection.cuts:
        names = variables_of(cut)
        if names and all(n in columns for n in names) and "hadronic_energy" not in names:
            kept &= passes(cut, columns)
    return kept


def _columns(
    layout: Layout, layer: Box, count: int, missing: float, library: FinalStates,
    random: np.random.Generator, veto: Box | None,
) -> Mapping[str, FloatArray]:  # fmt: skip
    """Variables of interactions in a layer."""
    event = np.arange(count)
    place = np.zeros((count, 3))
    depth = 1e-6 + (1.0 - 2e-6) * random.random(count)
    place[:, 2] = layer.start + (layer.end - layer.start) * depth
    ahead = np.tile([0.0, 0.0, 1.0], (count, 1))
    energy = np.full(count, layout.beam.energy)
    found = interact(event, energy, place, ahead, random, least_photon=missing)
    own, elements = _boxes(layout)
    boxes = own if veto is None else (veto, *own)
    first = shower(
        (layer,), found.photons, count, random, library=library, collide_first=True, beyond=boxes
    )
    # what the stations reject need not be followed through the calorimeters
    hits = _station_hits(layout, first.escaped, count)
    made = first.escaped.chosen(_passed(layout, hits, count)[first.escaped.event])
    later = shower(boxes, made, count, random, library=library) if made.size else None
    visible = np.zeros((count, len(boxes)))
    for result, skip in ((first, 1), (later, 0)):
        if result is None:
            continue
        spots = result.spots
        rows = spots.box >= skip
        np.add.at(visible, (spots.event[rows], spots.box[rows] - skip), spots.visible[rows])
    direction = scattered(ahead, found.electron_slope, random)
    electron = place, direction, found.electron_energy
    columns = _variables(layout, elements, visible[:, len(boxes) - len(own) :], electron)
    return {**columns, **hits, _EXTRA: visible[:, 0] if veto is not None else np.zeros(count)}


def _variables(
    layout: Layout, elements: tuple[Element, ...], visible: FloatArray,
    electron: tuple[FloatArray, FloatArray, FloatArray],
) -> dict[str, FloatArray]:  # fmt: skip
    """Variables of the selection that are modelled here, see `Layout.variables`."""
    place, direction, kept = electron
    columns: dict[str, FloatArray] = {}
    for number, element in enumerate(elements):
        columns[f"{element.variable_prefix}_energy"] = visible[:, number]
        if isinstance(element, Veto):
            columns[f"{element.variable_prefix}_max_panel_energy"] = visible[:, number]
    for role in {element.role for element in elements}:
        own = [element.role == role for element in elements]
        columns[f"{role.replace('-', '_')}_energy"] = visible[:, own].sum(axis=1)
    front = flight(layout)[1]
    slope = direction[:, 0] / direction[:, 2]
    away = np.hypot(slope, direction[:, 1] / direction[:, 2]) * (front - place[:, 2])
    dump = next(e for e in layout.role("target") if isinstance(e, Calorimeter))
    columns["target_energy"] = (
        columns["target_energy"] + columns.get("preshower_energy", 0.0)
        + np.where(away < 0.5 * _width(dump), kept, 0.0)
    )  # fmt: skip
    return columns


def _station_hits(layout: Layout, made: Hadrons, count: int) -> dict[str, FloatArray]:
    """Hits of the stations between magnets and dump, by the name of the variable."""
    start, front = flight(layout)
    charged = made.chosen(_CHARGED[made.kind] & (made.direction[:, 2] > 1e-3))
    return {
        f"{element.variable_prefix}_hits": _hits(element, charged, count)
        for element in layout.elements
        if isinstance(element, Tracker) and start <= element.start < front
    }


def _hits(element: Element, charged: Hadrons, count: int) -> FloatArray:
    """Hits of a station: that of the electron, and of charged hadrons made before it."""
    steps = (element.start - charged.place[:, 2]) / charged.direction[:, 2]
    hit = steps > 0.0
    for axis, size in ((0, element.width), (1, element.height)):
        half = math.inf if size is None else 0.5 * size.value
        hit &= np.abs(charged.place[:, axis] + steps * charged.direction[:, axis]) < half
    return np.asarray(1.0 + np.bincount(charged.event[hit], minlength=count), dtype=np.float64)


def _width(dump: Calorimeter) -> float:
    """Width of a calorimeter in cm; infinite where it is not known."""
    return math.inf if dump.cell_width is None else dump.cells_x * dump.cell_width.value


def extrapolated(energy: FloatArray, most: float, band: tuple[float, float]) -> tuple[float, float]:
    """Number of events below an energy, from those in a side band above it.

    Parameters
    ----------
    energy : array, shape (events,)
        Energies in GeV.
    most : float
        The energy below which events are wanted, in GeV.
    band : (float, float)
        Lower and upper edge of the side band in GeV, above it.

    Returns
    -------
    tuple of float
        Integral from 0 to ``most`` of exp(a + b E), whose likelihood is largest for the events in
        the band, and its statistical error; both 0 with fewer than 5 events.
    """
    low, high = band
    inside = energy[(energy >= low) & (energy < high)]
    n, width = inside.size, high - low
    if n < 5:
        return 0.0, 0.0
    mean = float(inside.mean()) - low
    slope, sigma = _slope(mean, width, n)

    def below(b: float) -> float:
        return n * _integral(b, -low, most - low) / _integral(b, 0.0, width)

    value = below(slope)
    tilt = 0.5 * (below(slope + sigma) - below(slope - sigma))
    return value, math.hypot(value / math.sqrt(n), tilt)


def _integral(b: float, low: float, high: float) -> float:
    """Integral of exp(b E)."""
    if abs(b) * (high - low) < 1e-6:
        return (high - low) * math.exp(0.5 * b * (low + high))
    return (math.exp(b * high) - math.exp(b * low)) / b


def _moments(b: float, width: float) -> tuple[float, float]:
    """Mean and variance of exp(b E) between 0 and a width."""
    u = b * width
    if abs(u) < 1e-3:
        return width * (0.5 + u / 12.0), width**2 / 12.0
    mean = width * (1.0 / (-math.expm1(-u)) - 1.0 / u)
    variance = width**2 * (1.0 / u**2 - math.exp(-u) / math.expm1(-u) ** 2)
    return mean, variance


def _slope(mean: float, width: float, n: int) -> tuple[float, float]:
    """Slope whose mean is that of the sample, and its error from the information."""
    slope = switch_point(
        lambda b: _moments(b, width)[0] < mean, -60.0 / width, 60.0 / width, halvings=80
    )
    return slope, 1.0 / math.sqrt(n * max(_moments(slope, width)[1], 1e-12))


def _below(found: Interactions, most: float) -> list[tuple[float, float]]:
    """Rate per electron and its statistical error for each side band."""
    scale = found.probability / found.made
    return [
        (scale * value, scale * error)
        for value, error in (extrapolated(found.hadronic, most, band) for band in RANGES)
    ]


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    most = asked(layout, "hadronic_energy", "max")
    results = {
        model: interactions(
            layout, EFFORT * question.events, question.random("upstream", model), model
        )
        for model in MODELS
    }
    bands = {model: _below(found, most) for model, found in results.items()}
    central, other = (bands[model] for model in MODELS)
    (rate, error), values = central[0], [value for value, _ in central]
    first = results[next(iter(MODELS))]
    steps = {
        "interactions per electron with more than the missing energy": first.probability,
        "share that passes all cuts but that on the hadron calorimeter":
            first.hadronic.size / first.made,
        "events counted below its cut, in the simulation": float((first.hadronic < most).sum()),
    }  # fmt: skip
    for model, found in bands.items():
        steps[f"{model}: events per electron"] = found[0][0]
    shifts = {
        "range of the fit": max(max(values) - rate, rate - min(values)),
        "hadron model": abs(other[0][0] - rate),
        "electrons on nuclei, 15 per cent": 0.15 * rate,
    }
    return Estimate(rate, error, shifts, steps)


def _applies(layout: Layout) -> bool:
    return (
        layout.beam.particle in ("e-", "e+") and bool(layout.role("hadronic"))
        and flight(layout)[0] < flight(layout)[1] and bool(layers(layout))
    )  # fmt: skip


SOURCE = Source(
    "upstream-neutrals",
    "hadrons and photons from electrons that interact before the dump",
    ("missing-energy",),
    "Monte Carlo of equivalent photons in every layer, side band of the hadron calorimeter "
    "continued to its cut, two hadron models",
    _estimate,
    _applies,
)
