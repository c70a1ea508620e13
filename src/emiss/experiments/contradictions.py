"""What no event can do: cuts, triggers and apertures that each look well and let nothing pass.

Found before anything is computed, since the answer would be a limit from zero events. The bounds
are generous: five standard deviations of the beam and of what measures it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..ground.quantity import Quantity
from .elements import Element
from .elements.calorimeter import Calorimeter
from .elements.dipole import Dipole
from .expression import comparisons
from .layout import TARGET_ROLES, Layout, Problem, extent
from .selection import Cut, Threshold

__all__ = ["WIDEST_BEAM", "contradictions", "share_on_target"]

_DEVIATIONS: Final = 5.0
_ENDLESS: Final = 1e8
"""Sizes in cm above it are not known."""
_UNKNOWN_RESOLUTION: Final = 0.05
"""sigma_p/p where no spectrometer says its own."""
_UNKNOWN_SPOTS: Final = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Standard deviations of the beam in cm where none is given: it may be any of them."""
_UNKNOWN_DIVERGENCE: Final = 1e-3
_ALWAYS_SEEN: Final = ("beam-definition", *TARGET_ROLES)
WIDEST_BEAM: Final = 0.5
"""Share of the beam that must hit the target."""
_LEAST_SHARE: Final = 1e-3
"""Share of the beam that must hit what else has to see it; counters may choose a part of it."""


@dataclass(frozen=True, slots=True)
class _Bound:
    value: float
    inclusive: bool
    text: str
    place: tuple[str | int, ...]


_Bounds = Mapping[str, _Bound]


def contradictions(layout: Layout) -> Iterator[Problem]:
    """Find what lets no event pass.

    Parameters
    ----------
    layout : Layout
        A layout whose parts are sound by themselves, see `Layout.problems`.

    Returns
    -------
    iterator of Problem
        Place in the file and words.
    """
    least, most = _tightest(layout, "min"), _tightest(layout, "max")
    for variable, low in least.items():
        high = most.get(variable)
        if high is not None and _empty(low, high):
            problem = f"no event passes: '{variable}' is at least {low.text} and below {high.text}"
            yield low.place, problem
    yield from _beyond_reach(layout, least, most)
    yield from _too_much_energy(layout, least, most)
    yield from _triggers(layout)
    yield from _beam(layout)


def _empty(low: _Bound, high: _Bound) -> bool:
    if low.value == high.value:
        return not (low.inclusive and high.inclusive)
    return low.value > high.value


def _tightest(layout: Layout, word: str) -> dict[str, _Bound]:
    """Tightest bound on each variable: of all cuts, and the loosest of triggers in parallel."""
    found: dict[str, _Bound] = {}

    def keep(variable: str, bound: _Bound) -> None:
        other = found.get(variable)
        tighter = other is None or (bound.value - other.value) * (1 if word == "min" else -1) > 0.0
        if tighter:
            found[variable] = bound

    for index, cut in enumerate(layout.selection.cuts):
        for variable, bound in _of_cut(cut, word, ("selection", "cut", index)):
            keep(variable, bound)
    each = [
        {name: bound for i, t in enumerate(trigger.thresholds)
         for name, bound in _given(t, word, ("trigger", number, "threshold", i))}
        for number, trigger in enumerate(layout.triggers)
    ]  # fmt: skip
    for variable in set.intersection(*map(set, each)) if each else ():
        loosest = min if word == "min" else max
        keep(variable, loosest((one[variable] for one in each), key=lambda bound: bound.value))
    return found


def _given(
    asking: Cut | Threshold, word: str, place: tuple[str | int, ...]
) -> Iterable[tuple[str, _Bound]]:
    quantity: Quantity | None = asking.least if word == "min" else asking.most
    if quantity is not None:
        yield asking.variable, _Bound(quantity.value, word == "min", quantity.text, (*place, word))


def _of_cut(cut: Cut, word: str, place: tuple[str | int, ...]) -> Iterable[tuple[str, _Bound]]:
    yield from _given(cut, word, place)
    signs = (">", ">=", "==") if word == "min" else ("<", "<=", "==")
    for variable, sign, value in comparisons(cut.condition) if cut.condition else ():
        if sign in signs:
            bound = _Bound(value, sign.endswith("="), f"{value:g}", (*place, "condition"))
            yield variable, bound


def _beyond_reach(layout: Layout, least: _Bounds, most: _Bounds) -> Iterator[Problem]:
    units = layout.variables
    measured = {
        variable: (element, variable.removeprefix(f"{element.variable_prefix}_"))
        for element in layout.elements
        for variable in element.variables
    }
    for variable, low in least.items():
        highest = math.inf
        if units.get(variable) == "GeV":
            highest, what = _highest_energy(layout, variable), f"the beam has {_beam_text(layout)}"
        elif units.get(variable) == "rad":
            highest, what = math.pi, "no angle is above pi"
        elif variable in measured:
            element, quantity = measured[variable]
            highest, what = element.highest(quantity), f"'{element.name}' has not so many"
        if low.value > highest:
            yield low.place, f"no event passes: '{variable}' is at least {low.text}, and {what}"
    for variable, high in most.items():
        unit = units.get(variable)
        below = high.value < 0.0 or (high.value == 0.0 and not high.inclusive)
        if (below and unit in ("", "GeV")) or (unit == "rad" and high.value < -math.pi):
            problem = f"no event passes: '{variable}' is below {high.text}, and never is"
            yield high.place, problem
        if variable == "incoming_momentum" and high.value < _lowest_momentum(layout):
            problem = f"no event passes: it is below {high.text}, and the beam has "
            yield high.place, problem + _beam_text(layout)


def _beam_text(layout: Layout) -> str:
    return layout.beam.momentum.text


def _width(layout: Layout, resolution: float) -> float:
    """Widest relative deviation of a measured momentum from the mean of the beam."""
    return _DEVIATIONS * math.hypot(layout.beam.momentum_spread.value, resolution)


def _momentum_resolution(layout: Layout) -> float:
    given = [
        quantity.value
        for element in layout.elements
        if isinstance(element, Dipole)
        for quantity in (element.momentum_resolution, element.tail_resolution)
        if quantity is not None
    ]
    return max(given, default=_UNKNOWN_RESOLUTION)


def _lowest_momentum(layout: Layout) -> float:
    return layout.beam.energy * (1.0 - _width(layout, _momentum_resolution(layout)))


def _highest_energy(layout: Layout, variable: str) -> float:
    """Energy or momentum in GeV above which nothing of one beam particle is measured."""
    energy = layout.beam.energy
    if variable.endswith("momentum"):
        return energy * (1.0 + _width(layout, _momentum_resolution(layout)))
    widths = [
        float(element.resolution(energy)) / energy
        for element in layout.elements
        if isinstance(element, Calorimeter) and element.stochastic and element.constant
    ]
    return energy * (1.0 + _width(layout, max(widths, default=_UNKNOWN_RESOLUTION)))


def _too_much_energy(layout: Layout, least: _Bounds, most: _Bounds) -> Iterator[Problem]:
    """Energies that are asked for in several elements, against those of a role and of the beam."""
    total, asked = 0.0, []
    for roles in _groups(layout):
        parts = [f"{element.variable_prefix}_energy" for element in layout.role(*roles)]
        parts += [f"{role.replace('-', '_')}_energy" for role in roles if role != roles[-1]]
        given = [least[part] for part in dict.fromkeys(parts) if part in least]
        whole = f"{roles[-1].replace('-', '_')}_energy"
        needed = max((bound.value for bound in given), default=0.0)
        if len(roles) == 1:  # of parts of the target the first layers may be one of the elements
            needed = math.fsum(bound.value for bound in given)
        high = most.get(whole)
        if high is not None and needed > high.value:
            place = max(given, key=lambda bound: bound.value).place
            yield (
                place,
                (
                    f"no event passes: {needed:g} GeV are asked for in parts of what may hold less "
                    f"than {high.text}, {whole}"
                ),
            )
        low = least.get(whole)
        total += max(needed, 0.0 if low is None else low.value)
        asked += given + ([] if low is None else [low])
    top = _highest_energy(layout, "")
    if total > top and all(bound.value <= top for bound in asked):
        place = max(asked, key=lambda bound: bound.value).place
        problem = f"no event passes: {total:g} GeV are asked for in all, and the beam has "
        yield place, problem + _beam_text(layout)


def _groups(layout: Layout) -> Iterator[tuple[str, ...]]:
    """Roles whose energies add up, the target with its first layers as one."""
    yield TARGET_ROLES
    for role in dict.fromkeys(element.role for element in layout.elements):
        if role not in TARGET_ROLES:
            yield (role,)


def _triggers(layout: Layout) -> Iterator[Problem]:
    for index, trigger in enumerate(layout.triggers):
        for key in ("coincidence", "anticoincidence"):
            for name in getattr(trigger, key):
                element = layout.element(name)
                place = ("trigger", index, key)
                if not element.measures:
                    yield place, f"'{name}' is a {element.kind}, which sees nothing"
                elif key == "anticoincidence" and element.role in _ALWAYS_SEEN:
                    yield place, f"every beam particle is seen in '{name}'; no event would pass"
                elif key == "coincidence" and _is_missed(layout, element):
                    yield place, f"the beam misses '{name}', which must see it"


def _is_missed(layout: Layout, element: Element) -> bool:
    """Whether the beam passes beside an element in front of the target, or around it.

    Offsets count from the orbit, so that magnets do not matter.
    """
    if element.start >= 0.0:
        return False
    edges = {axis: extent(element, axis) for axis in ("x", "y")}
    return _share_inside(layout, edges, element.start, _UNKNOWN_DIVERGENCE) < _LEAST_SHARE


def _missed_spectrometer(layout: Layout) -> Iterator[Problem]:
    for index, element in enumerate(layout.elements):
        if element.role == "incoming-spectrometer" and _is_missed(layout, element):
            yield (
                ("element", index),
                f"the beam misses '{element.name}' ({_size(element)}), which must see it",
            )


def _middle(element: Element) -> float:
    """Area around the axis up to the nearer edges, a quarter of it, in cm2."""
    (left, right), (below, above) = (extent(element, axis) for axis in ("x", "y"))
    return max(min(-left, right), 0.0) * max(min(-below, above), 0.0)


def _size(element: Element) -> str:
    """Size of an element across the beam, in words."""
    sizes = [high - low for low, high in (extent(element, axis) for axis in ("x", "y"))]
    return " by ".join(f"{size:.4g}" for size in sizes if size < _ENDLESS) + " cm across"


def _share_inside(
    layout: Layout, edges: Mapping[str, tuple[float, float]], z: float, divergence: float
) -> float:
    """Share of the beam inside edges across it, in cm, at a place along it.

    The largest of all spots where none is stated; `divergence` counts where that is not stated.
    """
    beam = layout.beam
    spread = z * (divergence if beam.divergence is None else beam.divergence.value)
    spots = _UNKNOWN_SPOTS if beam.spot is None else (beam.spot.value,)
    return max(_normal_inside(edges, math.hypot(spot, spread)) for spot in spots)


def _normal_inside(edges: Mapping[str, tuple[float, float]], width: float) -> float:
    if width == 0.0:
        return float(all(low <= 0.0 <= high for low, high in edges.values()))
    scale = math.sqrt(2.0) * width
    return math.prod(
        max(0.0, 0.5 * (math.erf(high / scale) - math.erf(low / scale)))
        for low, high in edges.values()
    )


def share_on_target(layout: Layout) -> float:
    """Share of the beam, as wide as at the end of the target, that hits all of it.

    1 where the size of the target is not known. A beam whose size is not known has the
    standard deviation from 1 mm to 2 cm that fits best.
    """
    parts = layout.role(*TARGET_ROLES)
    end = max((part.known_end for part in parts), default=0.0)
    return _share_inside(layout, _narrowest(parts), end, 0.0)


def _narrowest(parts: Iterable[Element]) -> dict[str, tuple[float, float]]:
    """Edges within which all of some elements are met, by axis."""
    found = {}
    for axis in ("x", "y"):
        low, high = zip(*(extent(part, axis) for part in parts), strict=True)
        found[axis] = (max(low), min(high))
    return found


def _beam(layout: Layout) -> Iterator[Problem]:
    share = share_on_target(layout)
    if share < WIDEST_BEAM:
        yield _wide_beam(layout, share)
    yield from _missed_spectrometer(layout)
    others = math.fsum(part.fraction.value for part in layout.beam.contaminations)
    if others >= 1.0:
        problem = f"make {100.0 * others:g} % of the beam; nothing is left of {layout.beam.label}"
        yield ("beam", "contaminations"), problem


def _wide_beam(layout: Layout, share: float) -> Problem:
    """Words on a beam that is wider than the target; without a spot on so small a target."""
    parts = layout.role(*TARGET_ROLES)
    small = min(parts, key=_middle)
    size, missed = f"'{small.name}' is {_size(small)}", f"{100.0 * (1.0 - share):.0f} %"
    spot, divergence = layout.beam.spot, layout.beam.divergence
    if spot is None:
        beam = f"a beam of {10.0 * _UNKNOWN_SPOTS[0]:g} mm (no spot is stated)"
        if divergence is not None:
            beam += f" and {divergence.text}"
        place = ("element", layout.elements.index(small))
        return place, f"{size}; the beam misses the target: {missed} of {beam} pass beside it"
    stated = f"spot {spot.text}"
    if divergence is not None:
        stated += f" and divergence {divergence.text}"
    return ("beam", "spot"), (
        f"{stated}: {missed} of so wide a beam miss the target ({size}); counts are those of "
        "particles on target"
    )
