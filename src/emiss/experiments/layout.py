"""The apparatus of a run: beam, elements in the order of the beam, triggers and selection."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from ..ground.declared_types import check_declared
from ..ground.errors import EmissError, ValidityError
from ..ground.hashed_once import HashedOnce
from .beam import Beam
from .elements import Element
from .expression import names_in, parse, unknown_variable
from .selection import Selection, Trigger

if TYPE_CHECKING:
    from ..physics.materials import Component, Material

__all__ = ["EVENT_VARIABLES", "TARGET_ROLES", "Layout", "Problem", "Stack", "extent"]

E = TypeVar("E", bound=Element)
Problem = tuple[tuple[str | int, ...], str]
"""Place in the file, and what is wrong there."""

EVENT_VARIABLES: Final = {
    "incoming_momentum": "GeV",
    "incoming_angle": "rad",
    "incoming_tracks": "",
    "incoming_chi2": "",
    "outgoing_momentum": "GeV",
    "outgoing_angle": "rad",
    "outgoing_transverse_momentum": "GeV",
    "outgoing_tracks": "",
    "outgoing_chi2": "",
}
"""Variables that an event has whatever the apparatus, with their unit: of the reconstructed tracks
before and behind the target."""
_SLACK: Final = 1e-7
"""Lengths that overlap by less, in cm, touch."""
TARGET_ROLES: Final = ("preshower", "target")


@dataclass(frozen=True, slots=True)
class Stack:
    """The target as a whole: its mean composition and its length.

    Parameters
    ----------
    name : str
        Name of the material, or of the elements.
    material : Material
        Mean composition.
    length : float or None
        Length in cm; None where it is not known.
    producing : tuple of str
        Symbols of the elements on which bosons are made; empty for all.
    """

    name: str
    material: Material
    length: float | None
    producing: tuple[str, ...] = ()

    @property
    def depth_x0(self) -> float:
        """Depth in radiation lengths.

        Raises
        ------
        EmissError
            If the length is not known.
        """
        if self.length is None:
            raise EmissError(f"target '{self.name}' has no length; give one, such as \"45 cm\".")
        return self.length / self.material.radiation_length_cm


@dataclass(frozen=True, slots=True)
class Layout(HashedOnce):
    """What was built and what is asked of an event.

    Parameters
    ----------
    beam : Beam
        The beam.
    elements : tuple of Element
        Elements in the order of the beam.
    selection : Selection
        The cuts.
    triggers : tuple of Trigger
        Triggers in parallel; none: every event is recorded.
    """

    beam: Beam
    elements: tuple[Element, ...]
    selection: Selection
    triggers: tuple[Trigger, ...] = ()
    _hash: int | None = field(default=None, init=False, repr=False, compare=False)

    __hash__ = HashedOnce.__hash__

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def mode(self) -> str:
        """What is looked for."""
        return self.selection.mode

    def element(self, name: str) -> Element:
        """The element of a name.

        Raises
        ------
        EmissError
            If there is none.
        """
        for element in self.elements:
            if element.name == name:
                return element
        known = ", ".join(element.name for element in self.elements)
        raise EmissError(f"there is no element '{name}' (elements: {known}).")

    def role(self, *roles: str) -> tuple[Element, ...]:
        """Elements that play one of some roles, in the order of the beam."""
        return tuple(element for element in self.elements if element.role in roles)

    def first(self, kind: type[E], *roles: str) -> E | None:
        """The first element of a kind in one of some roles; None where there is none."""
        return next((e for e in self.role(*roles) if isinstance(e, kind)), None)

    @property
    def known_end(self) -> float:
        """Back face of what stands farthest behind in cm, as far as it is known."""
        return max(element.known_end for element in self.elements)

    @property
    def target(self) -> Stack:
        """The active dump or target: preshower and target as one stack."""
        return _target(self)

    @property
    def variables(self) -> dict[str, str]:
        """Variables of cuts with their unit: of the event, of each element and of each role."""
        found = dict(EVENT_VARIABLES)
        for element in self.elements:
            found |= element.variables
        for role in dict.fromkeys(e.role for e in self.elements if "energy" in e.measures):
            found[f"{role.replace('-', '_')}_energy"] = "GeV"
        return found

    def problems(self) -> Iterator[Problem]:
        """Find what contradicts itself, whatever the mode: place in the file and words."""
        seen: set[str] = set()
        for index, element in enumerate(self.elements):
            if element.name in seen:
                yield ("element", index, "name"), f"there are two elements '{element.name}'"
            seen.add(element.name)
            problem = element.problem()
            if problem is not None:
                yield ("element", index, problem[0]), problem[1]
        yield from self._same_variables()
        yield from self._order()
        yield from self._trigger_problems(seen)
        yield from self._cut_problems()
        yield from self._bin_problems()
        yield from self._target_problems()

    def _same_variables(self) -> Iterator[Problem]:
        owners = dict.fromkeys(EVENT_VARIABLES, "the event")
        for index, element in enumerate(self.elements):
            for variable in element.variables:
                other = owners.setdefault(variable, f"'{element.name}'")
                if other != f"'{element.name}'":
                    problem = f"'{variable}' is a variable of {other}, too; choose another name"
                    yield ("element", index, "name"), problem

    def _two_meanings(self, variable: str) -> str | None:
        """What is wrong with a variable that is of an element and of a role with others."""
        for element in self.elements:
            if variable in element.variables:
                for role in {other.role for other in self.elements}:
                    names = [e.name for e in self.role(role) if "energy" in e.measures]
                    if f"{role.replace('-', '_')}_energy" == variable and names != [element.name]:
                        return (
                            f"'{variable}' may mean element '{element.name}' or the role '{role}' "
                            f"({', '.join(names)}); rename the element"
                        )
        return None

    def _order(self) -> Iterator[Problem]:
        for index, (front, back) in enumerate(itertools.pairwise(self.elements)):
            if back.start < front.start:
                yield (
                    ("element", index + 1, "position"),
                    f"'{back.name}' starts at {back.start:g} cm, before '{front.name}' at "
                    f"{front.start:g} cm; list the elements in the order of the beam",
                )
        for (_, front), (index, back) in itertools.combinations(enumerate(self.elements), 2):
            end = _end(front)
            if end is not None and end > back.start + _SLACK and _meet(front, back):
                yield (
                    ("element", index, "position"),
                    f"'{back.name}' starts at {back.start:g} cm, inside '{front.name}', which ends "
                    f"at {end:g} cm",
                )

    def _trigger_problems(self, names: set[str]) -> Iterator[Problem]:
        seen: set[str] = set()
        for index, trigger in enumerate(self.triggers):
            if trigger.name in seen:
                yield ("trigger", index, "name"), f"there are two triggers '{trigger.name}'"
            seen.add(trigger.name)
            for name in set(trigger.coincidence) & set(trigger.anticoincidence):
                problem = f"'{name}' is in coincidence as well; no event would pass"
                yield ("trigger", index, "anticoincidence"), problem
            for key in ("coincidence", "anticoincidence"):
                for name in getattr(trigger, key):
                    if name not in names:
                        problem = f"there is no element '{name}' (elements: {', '.join(names)})"
                        yield ("trigger", index, key), problem

    def _cut_problems(self) -> Iterator[Problem]:
        known = self.variables
        for number, trigger in enumerate(self.triggers):
            for index, threshold in enumerate(trigger.thresholds):
                place = ("trigger", number, "threshold", index)
                least, most = threshold.least, threshold.most
                problem = self._variable_problem(threshold.variable, known)
                if problem is not None:
                    yield (*place, "variable"), problem
                elif known[threshold.variable] != "GeV":
                    energies = ", ".join(name for name, unit in known.items() if unit == "GeV")
                    problem = f"'{threshold.variable}' is no energy (energies: {energies})"
                    yield (*place, "variable"), problem
                elif least is not None and most is not None and least.value > most.value:
                    yield (*place, "min"), f"{least.text} is above max {most.text}"
        names: set[str] = set()
        for index, cut in enumerate(self.selection.cuts):
            where = ("selection", "cut", index)
            if cut.name in names:
                yield (*where, "name"), f"there are two cuts '{cut.name}'"
            names.add(cut.name)
            if cut.variable:
                problem = self._variable_problem(cut.variable, known)
                if problem is not None:
                    yield (*where, "variable"), problem
            if cut.condition:
                problem = self._condition_problem(cut.condition, known)
                if problem is not None:
                    yield (*where, "condition"), problem
        for name in self.selection.signal_region:
            if name not in names:
                problem = f"there is no cut '{name}' (cuts: {', '.join(sorted(names))})"
                yield ("selection", "signal_region"), problem
        start = self.selection.decays_from
        if start and all(element.name != start for element in self.elements):
            elements = ", ".join(element.name for element in self.elements)
            problem = f"there is no element '{start}' (elements: {elements})"
            yield ("selection", "decays_from"), problem

    def _bin_problems(self) -> Iterator[Problem]:
        region = [cut for cut in self.selection.cuts if cut.name in self.selection.signal_region]
        named = [axis.variable for axis in self.selection.bins]
        for index, axis in enumerate(self.selection.bins):
            where = ("selection", "bins", index)
            if axis.variable in named[:index]:
                yield (*where, "variable"), f"there are two rows of bins in '{axis.variable}'"
            problem = self._variable_problem(axis.variable, self.variables)
            if problem is not None:
                yield (*where, "variable"), problem
            for cut in region:
                bound = cut.inside_bins(axis.edges) if cut.variable == axis.variable else None
                if bound is not None:
                    words = f"the signal region ends at {bound.text}, within a bin; make it an edge"
                    yield (*where, "edges"), words
        if named and not any(cut.variable in named for cut in region):
            words = "no cut of the signal region is on one of the variables of the bins"
            yield ("selection", "bins", 0, "variable"), words

    def _variable_problem(self, name: str, known: dict[str, str]) -> str | None:
        return self._two_meanings(name) if name in known else unknown_variable(name, known)

    def _condition_problem(self, text: str, known: dict[str, str]) -> str | None:
        try:
            tree = parse(text)
        except EmissError as error:
            return str(error)
        problems = (self._variable_problem(name, known) for name in names_in(tree))
        return next((problem for problem in problems if problem is not None), None)

    def _target_problems(self) -> Iterator[Problem]:
        parts = self.role(*TARGET_ROLES)
        places = {e.name: i for i, e in enumerate(self.elements)}
        for part in parts:
            if not part.takes_beam:
                where = ("element", places[part.name], "kind")
                problem = f"a {part.kind} is no target; use a calorimeter or an absorber"
                yield where, problem
            elif part.composition is None:
                where = ("element", places[part.name], "material")
                yield where, f"is missing; '{part.name}' is part of the target"
        for front, back in itertools.pairwise(parts):
            if (front.role, back.role) == ("target", "preshower"):
                where = ("element", places[back.name], "role")
                yield where, f"a preshower is the first part of the target, and '{front.name}' is"
            end = _end(front)
            if end is None or abs(back.start - end) > 1.0:
                where = ("element", places[back.name], "position")
                yield where, f"must follow '{front.name}' at once: both are parts of the target"
        if parts and abs(parts[0].start) > _SLACK:
            where = ("element", places[parts[0].name], "position")
            yield where, "must be 0: positions count from the front of the target"
        if len({part.producing for part in parts}) > 1:
            where = ("element", places[parts[-1].name], "producing")
            yield where, "must be the same in all parts of the target"
        for part in parts:
            symbols = {c.element.symbol for c in _components(part)}
            strangers = [symbol for symbol in part.producing if symbol not in symbols]
            if strangers:
                where = ("element", places[part.name], "producing")
                yield where, f"'{strangers[0]}' is not in it (it has {', '.join(sorted(symbols))})"
            if not _holds_axis(part):
                where = ("element", places[part.name], "offset_x")
                yield where, f"the beam misses '{part.name}', which is part of the target"


def _components(element: Element) -> tuple[Component, ...]:
    composition = element.composition
    return () if composition is None else composition.components


def _end(element: Element) -> float | None:
    try:
        return element.end
    except EmissError:
        return None


def extent(element: Element, axis: str) -> tuple[float, float]:
    """Edges of an element across the beam in cm, along ``x`` or ``y``; far out where not known."""
    half = element.half_width if axis == "x" else element.half_height
    offset = getattr(element, f"offset_{axis}")
    centre = 0.0 if offset is None else offset.value
    edge = getattr(element, "inner_edge", None)
    if axis == "x" and edge is not None and half is not None:
        centre = edge.value + half
    return (-1e9, 1e9) if half is None else (centre - half, centre + half)


def _meet(one: Element, other: Element) -> bool:
    """Whether two elements overlap across the beam."""
    for axis in ("x", "y"):
        first, second = extent(one, axis), extent(other, axis)
        if first[1] <= second[0] + _SLACK or second[1] <= first[0] + _SLACK:
            return False
    return True


def _holds_axis(element: Element) -> bool:
    return all(low < 0.0 < high for low, high in (extent(element, a) for a in ("x", "y")))


@functools.lru_cache(maxsize=64)
def _stacked(parts: tuple[Element, ...]) -> Stack:
    from ..physics.materials import Material

    compositions = [part.composition for part in parts]
    lengths = [None if _end(part) is None else part.length_cm for part in parts]
    known = [length for length in lengths if length is not None]
    total = sum(known) if len(known) == len(parts) else None
    first = parts[0]
    made = compositions[0]
    assert made is not None
    if len({_recipe(part) for part in parts}) == 1:
        return Stack(first.material or parts[-1].name, made, total, parts[-1].producing)
    stack = [(c, n) for c, n in zip(compositions, lengths, strict=True) if c and n]
    if len(stack) < len(parts):
        raise ValidityError("every part of the target needs a material and a length.")
    name = "+".join(part.name for part in parts)
    mixed = Material.layered(
        name, stack, source=first.source or "user", status=first.status or "user"
    )
    return Stack(name, mixed, total, parts[-1].producing)


def _recipe(element: Element) -> tuple[object, ...]:
    """What decides an element's composition, but not its length."""
    layers = tuple((layer.material, layer.thickness.value) for layer in element.layers)
    return element.material, layers, element.own_materials


def _target(layout: Layout) -> Stack:
    parts = layout.role(*TARGET_ROLES)
    if not parts:
        raise ValidityError("there is no element with the role 'target'.")
    return _stacked(parts)
