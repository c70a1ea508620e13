"""Materials by name: from the files of the catalogue, other packages, or one's own file.

Another package offers a material by an entry point in the group ``emiss.materials``: a `Material`
under the name of the entry point, or the path of a TOML file shaped like those of the catalogue.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

from ...ground import guards
from ...ground.checks import shortened
from ...ground.discovery import entry_points, load_entry_point, warn_of
from ...ground.errors import EmissError, ExperimentFileError, UnknownNameError
from ...ground.toml_files import parse_toml, read_text
from ...ground.units import parse_quantity
from .element import Element
from .material import Component, Material

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["element", "find", "get", "load", "names"]

GROUP: Final = "emiss.materials"
"""Entry points by which other packages add materials."""

_HEAVIEST = 118
_FEWEST = 1e-12
"""Least number of atoms in a compound."""
_MOST_LAYERS = 1_000_000
_KEYS = {
    "element": ("Z", "A", "density", "mean_excitation_energy"),
    "compound": ("density", "atoms", "mean_excitation_energy"),
    "sandwich": ("layers", "repeat"),
}
_OPTIONAL = ("source", "status", "note")


def _check_keys(kind: str, name: str, row: object) -> None:
    if not isinstance(row, Mapping):
        raise EmissError(f"{kind} '{name}': must be a table.")
    for key in row:
        if key not in (*_KEYS[kind], *_OPTIONAL):
            raise UnknownNameError(f"key of {kind} '{name}'", str(key), (*_KEYS[kind], *_OPTIONAL))


def _check_number(name: str, key: str, value: object, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and low <= value <= high):  # type: ignore[operator]
        raise EmissError(
            f"'{name}', key '{key}': {shortened(value)} is not a number from {low:g} to {high:g}."
        )


def _check_whole(name: str, key: str, value: Any, high: int) -> None:
    _check_number(name, key, value, 1, high)
    if int(value) != value:
        raise EmissError(f"'{name}', key '{key}': {value} is not a whole number.")


def _element(symbol: str, row: Mapping[str, Any]) -> Element:
    _check_whole(symbol, "Z", row["Z"], _HEAVIEST)
    _check_number(symbol, "A", row["A"], 1.0, 3.0 * _HEAVIEST)
    if row["A"] < row["Z"]:
        raise EmissError(f"element '{symbol}': A = {row['A']} is less than Z = {row['Z']}.")
    excitation = parse_quantity(row["mean_excitation_energy"], "energy")
    _check_number(symbol, "mean_excitation_energy, in GeV", excitation, 1e-9, 1e-5)
    return Element(
        symbol,
        int(row["Z"]),
        float(row["A"]),
        parse_quantity(row["density"], "density"),
        excitation,
    )


def _compound(
    name: str, row: Mapping[str, Any], elements: Mapping[str, Element], labels: _Labels
) -> Material:
    for symbol in row["atoms"]:
        if symbol not in elements:
            raise UnknownNameError("element", symbol, elements)
    for symbol, count in row["atoms"].items():
        _check_number(name, f"atoms.{symbol}", count, _FEWEST, 1.0 / _FEWEST)
    weights = {symbol: count * elements[symbol].A for symbol, count in row["atoms"].items()}
    total = sum(weights.values())
    parts = tuple(Component(elements[s], weight / total) for s, weight in weights.items())
    excitation = row.get("mean_excitation_energy")
    measured = None if excitation is None else parse_quantity(excitation, "energy")
    density = parse_quantity(row["density"], "density")
    return Material(name, density, parts, None, labels["source"], labels["status"], measured)


class _Labels(TypedDict):
    source: str
    status: str


def _labels(row: Mapping[str, Any], default: _Labels) -> _Labels:
    return {
        "source": str(row.get("source", default["source"])),
        "status": str(row.get("status", default["status"])),
    }


@dataclass(slots=True)
class _Shelf:
    """Elements and materials read so far, each built on those before it."""

    elements: dict[str, Element] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)

    def copy(self) -> _Shelf:
        return _Shelf(dict(self.elements), dict(self.materials))

    def add(self, *files: Mapping[str, Any]) -> list[str]:
        """Add what tables define, elements of all of them first; return the names."""
        for data in files:
            _check_tables(data)
        added: list[str] = []
        for kind, make in (
            ("element", self._element),
            ("compound", self._compound),
            ("sandwich", self._sandwich),
        ):
            for data in files:
                default = _labels(data, {"source": "user", "status": "user"})
                for name, row in data.get(kind, {}).items():
                    self.materials[name] = make(name, row, _labels(row, default))
                    added.append(name)
        return added

    def _element(self, symbol: str, row: Mapping[str, Any], labels: _Labels) -> Material:
        element = self.elements[symbol] = _element(symbol, row)
        return Material(symbol, element.density, (Component(element, 1.0),), **labels)

    def _compound(self, name: str, row: Mapping[str, Any], labels: _Labels) -> Material:
        return _compound(name, row, self.elements, labels)

    def _sandwich(self, name: str, row: Mapping[str, Any], labels: _Labels) -> Material:
        layers = []
        for material, thickness in row["layers"]:
            if material not in self.materials:
                raise UnknownNameError("material", material, self.materials)
            layers.append((self.materials[material], parse_quantity(thickness, "length")))
        repeat = row.get("repeat", 1)
        _check_whole(name, "repeat", repeat, _MOST_LAYERS)
        return Material.layered(name, layers, int(repeat), **labels)


def _check_tables(data: Mapping[str, Any]) -> None:
    for kind in _KEYS:
        if not isinstance(data.get(kind, {}), Mapping):
            raise EmissError(f"{kind}: must be a table of tables, such as [{kind}.name].")
        for name, row in data.get(kind, {}).items():
            _check_keys(kind, name, row)


@functools.cache
def _own() -> _Shelf:
    """What the files of the room define; a file more is a family of materials more."""
    shelf = _Shelf()
    files = sorted(Path(__file__).with_name("catalogue").glob("*.toml"))
    shelf.add(*(tomllib.loads(path.read_text("utf-8")) for path in files))
    return shelf


@functools.cache
def _all() -> _Shelf:
    """The same with what other packages add; they cannot take a name of ours."""
    shelf = _own().copy()
    for entry in entry_points(GROUP):
        offered: object = load_entry_point(entry, GROUP, (Material, Path, str))
        if isinstance(offered, Path | str):
            _add_file(entry, Path(offered), shelf)
        elif isinstance(offered, Material):
            _put(entry, {entry.name: offered}, shelf)
    return shelf


def _add_file(entry: EntryPoint, path: Path, shelf: _Shelf) -> None:
    try:
        materials = load(path)
    except EmissError as error:
        warn_of(entry, GROUP, f"cannot be used: {error}")
        return
    _put(entry, materials, shelf)


def _put(entry: EntryPoint, materials: Mapping[str, Material], shelf: _Shelf) -> None:
    for name, material in materials.items():
        if name in shelf.materials:
            warn_of(entry, GROUP, f"is left out: there is a material '{name}' already.")
            continue
        shelf.materials[name] = material
        if len(material.components) == 1:
            shelf.elements.setdefault(name, material.components[0].element)


def names() -> tuple[str, ...]:
    """Names of the materials that come with emiss, and of those that other packages add."""
    return tuple(_all().materials)


def get(name: str) -> Material:
    """Look a material up by name.

    Parameters
    ----------
    name : str
        For example ``"Pb"`` or ``"na64-ecal"``.

    Returns
    -------
    Material
        The material.

    Raises
    ------
    UnknownNameError
        If there is no such material.
    """
    guards.text(name, "name")
    known = _own().materials
    if name not in known:  # only now other packages are looked at
        known = _all().materials
    if name not in known:
        raise UnknownNameError("material", name, known)
    return known[name]


def load(path: str | Path) -> dict[str, Material]:
    """Read one's own materials from a TOML file shaped like those of the catalogue.

    Parameters
    ----------
    path : path
        File with tables ``element``, ``compound`` and ``sandwich``; may use the built-in names.

    Returns
    -------
    dict of str to Material
        The materials that the file defines.

    Raises
    ------
    ExperimentFileError
        If the file cannot be read or says something impossible.
    """
    guards.path(path, "path")
    file = Path(path)
    data = parse_toml(file, read_text(file)[0])
    extra = set(data) - {*_KEYS, "source", "status"}
    if extra:
        raise ExperimentFileError(
            path, "unknown table; allowed: element, compound, sandwich", key=sorted(extra)[0]
        )
    shelf = _own().copy()
    try:
        own = shelf.add(data)
    except ExperimentFileError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, EmissError) as error:
        problem = f"missing key {error}" if isinstance(error, KeyError) else str(error)
        raise ExperimentFileError(path, problem) from error
    return {name: shelf.materials[name] for name in own}


def element(symbol: str) -> Element:
    """Look a chemical element up, or read it from a file: ``"my-materials.toml:Ge"``.

    Parameters
    ----------
    symbol : str
        Chemical symbol, e.g. ``"Pb"``, or path of a TOML file, a colon, and a symbol in it.

    Returns
    -------
    Element
        The element.

    Raises
    ------
    UnknownNameError
        If there is no such element.
    EmissError
        If it is a material of several elements.
    ExperimentFileError
        If the file is broken.
    """
    guards.text(symbol, "symbol")
    path, colon, inner = symbol.rpartition(":")
    if colon and path.endswith(".toml"):
        found = load(path).get(inner)
        if found is None or len(found.components) != 1:
            raise EmissError(f"'{path}' has no element '{inner}'.")
        return found.components[0].element
    elements = _own().elements
    if symbol not in elements:
        elements = _all().elements
    if symbol not in elements:
        if symbol in names() and len(get(symbol).components) > 1:
            parts = ", ".join(part.element.symbol for part in get(symbol).components)
            raise EmissError(
                f"'{symbol}' is a material of several elements, and what is asked for is per "
                f"nucleus; choose one of {parts}."
            )
        raise UnknownNameError("element", symbol, elements)
    return elements[symbol]


def find(name: str) -> Material:
    """Look a material up by name, or read it from a file: ``"my-materials.toml:my-alloy"``.

    Parameters
    ----------
    name : str
        Name, or path of a TOML file, a colon, and the name of a material in it.

    Returns
    -------
    Material
        The material.

    Raises
    ------
    UnknownNameError
        If there is no such material.
    ExperimentFileError
        If the file is broken.
    """
    guards.text(name, "name")
    path, colon, inner = name.rpartition(":")
    if not (colon and path.endswith(".toml")):
        return get(name)
    known = load(path)
    if inner not in known:
        raise UnknownNameError("material", inner, known)
    return known[inner]
