"""What all elements of an apparatus have: a place along the beam, matter, a role."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from ...ground.declared_types import check_declared
from ...ground.errors import EmissError
from ...ground.quantity import Quantity
from ..fields import count, declared, number, word, words

if TYPE_CHECKING:
    from ...physics.materials import Material

__all__ = ["ROLES", "Detector", "Element", "Layer"]

T = TypeVar("T")

ROLES: Final = {
    "beam-definition": "counter that defines the beam",
    "incoming-spectrometer": "magnet or tracker of the momentum before the target",
    "tagger": "identifies the beam particle",
    "veto": "must stay quiet",
    "preshower": "first layers of the target, read on their own",
    "target": "the active dump or target in which the boson is made",
    "hadronic": "calorimeter behind the target",
    "outgoing-spectrometer": "magnet or tracker of the momentum behind the target",
    "trigger": "counter behind the target that must be hit",
    "decay-volume": "where a visible decay counts",
    "passive": "matter in the way",
}
"""Roles that any mode may ask for, in words; kinds and modes bring more, see `roles.roles`."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: a material's name and a thickness in cm."""

    material: str
    thickness: Quantity

    def __post_init__(self) -> None:
        check_declared(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of the apparatus.

    Parameters
    ----------
    name : str
        Name, unique in its experiment; variables of cuts start with it.
    role : str
        What it is for, a key of `roles.roles`.
    position : Quantity
        Front face along the beam in cm, from the front of the target; negative before it.
    length : Quantity or None
        Length along the beam in cm where it does not follow from the layers or the material.
    material : str
        Material where it is one; empty for layers, or for nothing that matters.
    layers : tuple of Layer
        Layers that repeat.
    repeat : int
        How often the layers repeat.
    width, height : Quantity or None
        Size across the beam in cm, in the bending plane and out of it.
    producing : tuple of str
        Symbols of the chemical elements on which bosons are made; empty for all of them. Some
        simulations let the boson be made in the absorber only.
    offset_x, offset_y : Quantity or None
        Place of the centre across the beam in cm, from the axis of the undeflected beam behind the
        target; x towards the side to which the beam is bent.
    own_materials : tuple of Material
        The user's own materials, beside those that come with emiss.
    source, status, note : str
        Origin of the statement that the element is made like this.
    """

    kind: ClassVar[str] = ""
    measures: ClassVar[Mapping[str, str]] = {}
    """Quantities that it measures, with their unit: the variables of cuts."""
    beam_power: ClassVar[Mapping[str, float]] = {}
    """Powers of the beam momentum with which quantities go of which no mode speaks."""
    takes_beam: ClassVar[bool] = False
    """Whether it may be the target, or a part of it."""
    least_reading: ClassVar[str] = ""
    """Key of the energy below which a part of it reads nothing."""
    may_miss: ClassVar[bool] = False
    """Whether a part of it sees a particle only with the probability ``efficiency``."""

    name: str
    role: str
    position: Quantity = number(
        "position", "front face along the beam, from the front of the target", required=True
    )
    length: Quantity | None = number("length", "length along the beam")
    material: str = word("material, where it is one")
    layers: tuple[Layer, ...] = ()
    repeat: int = count("how often the layers repeat")
    producing: tuple[str, ...] = words("elements such as Pb that make bosons; all by default")
    width: Quantity | None = number("length", "size across the beam, in the bending plane")
    height: Quantity | None = number("length", "size across the beam, out of the bending plane")
    offset_x: Quantity | None = number("position", "place of the centre, in the bending plane")
    offset_y: Quantity | None = number("position", "place of the centre, out of that plane")
    own_materials: tuple[Material, ...] = ()
    source: str = ""
    status: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def half_width(self) -> float | None:
        """Half of the size in the bending plane in cm; None where it is not known."""
        return None if self.width is None else 0.5 * self.width.value

    @property
    def half_height(self) -> float | None:
        """Half of the size out of the bending plane in cm; None where it is not known."""
        return None if self.height is None else 0.5 * self.height.value

    @property
    def parts(self) -> tuple[str, int, int]:
        """Word for the parts that are read on their own, and their rows and columns."""
        return "", 1, 1

    @classmethod
    def lineage(cls) -> tuple[str, ...]:
        """Its kind, and the kinds that it is derived from, nearest first."""
        kinds = (c.kind for c in cls.__mro__ if issubclass(c, Element))
        return tuple(kind for kind in dict.fromkeys(kinds) if kind)

    def of_kind(self, known: Mapping[str, T], what: str, group: str) -> T:
        """Find what belongs to its kind, or to the nearest kind that it is derived from.

        Parameters
        ----------
        known : mapping of str to anything
            By kind.
        what : str
            What it is, in words.
        group : str
            Entry points where other packages offer it.

        Raises
        ------
        EmissError
            If there is nothing.
        """
        for kind in self.lineage():
            if kind in known:
                return known[kind]
        raise EmissError(
            f"element '{self.name}': there is no {what} for the kind '{self.kind}' (only for "
            f"{', '.join(known)}); derive the kind from one of these, or offer a {what} at the "
            f"entry points {group}."
        )

    @property
    def composition(self) -> Material | None:
        """Mean composition; None for an element without matter."""
        return _composition(self)

    @property
    def length_cm(self) -> float:
        """Length along the beam in cm.

        Raises
        ------
        EmissError
            If neither the element nor its material has a length.
        """
        if self.length is not None:
            return self.length.value
        composition = self.composition
        if composition is None or composition.length is None:
            raise EmissError(f"element '{self.name}' has no length; give one, such as \"45 cm\".")
        return composition.length

    @property
    def start(self) -> float:
        """Front face in cm from the front of the target."""
        return self.position.value

    @property
    def end(self) -> float:
        """Back face in cm from the front of the target."""
        return self.position.value + self.length_cm

    @property
    def known_end(self) -> float:
        """Back face in cm, as far as it is known: the front of what has no length."""
        try:
            return self.end
        except EmissError:
            return self.start

    @property
    def variables(self) -> dict[str, str]:
        """Variables of cuts that it offers, with their unit."""
        prefix = self.variable_prefix
        return {f"{prefix}_{quantity}": unit for quantity, unit in self.measures.items()}

    @property
    def variable_powers(self) -> dict[str, float]:
        """Powers of the beam momentum with which variables go, where they do."""
        prefix = self.variable_prefix
        return {f"{prefix}_{quantity}": power for quantity, power in self.beam_power.items()}

    @property
    def variable_prefix(self) -> str:
        """What its variables start with: its name, as far as conditions may spell it."""
        return self.name.replace("-", "_").replace(".", "_")

    def highest(self, quantity: str) -> float:
        """Highest value that it can measure of a quantity without unit; infinite by default."""
        return math.inf

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself: key and words; None if all is well.

        A kind says here what only it knows; what all kinds share is said in `common_problem`.
        """
        return None

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Name and number of everything that is given, layers included."""
        for key in declared(self):
            value = getattr(self, key.name)
            if key.form == "number" and value is not None:
                yield key.name, value
        for index, layer in enumerate(self.layers, 1):
            yield f"layer {index}, {layer.material}", layer.thickness

    def words(self) -> Iterator[tuple[str, str]]:
        """Name and text of what is given but is no number with an origin."""
        yield "kind", f"{self.kind}, {self.role}"
        for key in declared(self):
            value = getattr(self, key.name)
            if key.form == "word" and value:
                yield key.name, value
            elif key.form == "words" and value:
                yield key.name, ", ".join(value)
            elif key.form == "count" and value != 1:
                yield key.name, str(value)


@dataclass(frozen=True, slots=True)
class Detector:
    """A kind of element, as its module offers it.

    Parameters
    ----------
    name : str
        What an experiment file calls it: ``kind``.
    element : type of Element
        Its class.
    own_roles : mapping of str to str
        Roles that come with it, and what each is for.
    """

    name: str
    element: type[Element]
    own_roles: Mapping[str, str] = field(default_factory=dict, hash=False)


@functools.lru_cache(maxsize=256)
def _composition(element: Element) -> Material | None:
    from ...physics import materials

    own = {material.name: material for material in element.own_materials}

    def find(name: str) -> Material:
        return own[name] if name in own else materials.get(name)

    if element.layers:
        stack = [(find(layer.material), layer.thickness.value) for layer in element.layers]
        first = element.layers[0].thickness
        return materials.Material.layered(
            element.name, stack, element.repeat, source=first.source, status=first.status
        )
    return find(element.material) if element.material else None
