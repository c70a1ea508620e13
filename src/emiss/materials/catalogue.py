"""Materials by name, from the table that comes with emiss or from one's own file."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from ..ground.errors import EmissError, ExperimentFileError, UnknownNameError
from ..ground.shipped import shipped_text
from ..ground.units import parse_quantity
from .element import Element
from .material import Component, Material

__all__ = ["element", "find", "get", "load", "names"]


_HEAVIEST = 118
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
        raise EmissError(f"element '{name}', key '{key}': {value} is not {low:g} to {high:g}.")


def _element(symbol: str, row: Mapping[str, Any]) -> Element:
    _check_number(symbol, "Z", row["Z"], 1, _HEAVIEST)
    if int(row["Z"]) != row["Z"]:
        raise EmissError(f"element '{symbol}', key 'Z': {row['Z']} is not a whole number.")
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
    weights = {symbol: count * elements[symbol].A for symbol, count in row["atoms"].items()}
    if any(not weight > 0 for weight in weights.values()):
        raise EmissError(f"compound '{name}': numbers of atoms must be positive.")
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


def _read(
    data: Mapping[str, Any], elements: dict[str, Element], known: dict[str, Material]
) -> dict[str, Material]:
    default = _labels(data, {"source": "user", "status": "user"})
    for kind in _KEYS:
        if not isinstance(data.get(kind, {}), Mapping):
            raise EmissError(f"{kind}: must be a table of tables, such as [{kind}.name].")
        for name, row in data.get(kind, {}).items():
            _check_keys(kind, name, row)
    for symbol, row in data.get("element", {}).items():
        elements[symbol] = _element(symbol, row)
        element = elements[symbol]
        known[symbol] = Material(
            symbol, element.density, (Component(element, 1.0),), **_labels(row, default)
        )
    for name, row in data.get("compound", {}).items():
        known[name] = _compound(name, row, elements, _labels(row, default))
    for name, row in data.get("sandwich", {}).items():
        layers = []
        for material, thickness in row["layers"]:
            if material not in known:
                raise UnknownNameError("material", material, known)
            layers.append((known[material], parse_quantity(thickness, "length")))
        known[name] = Material.layered(
            name, layers, int(row.get("repeat", 1)), **_labels(row, default)
        )
    return known


@functools.cache
def _catalogue() -> tuple[dict[str, Element], dict[str, Material]]:
    text = shipped_text("materials.toml")
    elements: dict[str, Element] = {}
    known = _read(tomllib.loads(text), elements, {})
    return elements, known


def names() -> tuple[str, ...]:
    """Names of the materials that come with emiss."""
    return tuple(_catalogue()[1])


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
    known = _catalogue()[1]
    if name not in known:
        raise UnknownNameError("material", name, known)
    return known[name]


def load(path: str | Path) -> dict[str, Material]:
    """Read one's own materials from a TOML file shaped like the one that comes with emiss.

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
    elements, known = (dict(part) for part in _catalogue())
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ExperimentFileError(path, f"cannot be read: {error}") from error
    extra = set(data) - {"element", "compound", "sandwich", "source", "status"}
    if extra:
        raise ExperimentFileError(
            path, "unknown table; allowed: element, compound, sandwich", key=sorted(extra)[0]
        )
    try:
        _read(data, elements, known)  # type: ignore[arg-type]
    except ExperimentFileError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, EmissError) as error:
        problem = f"missing key {error}" if isinstance(error, KeyError) else str(error)
        raise ExperimentFileError(path, problem) from error
    own = {n for table in ("element", "compound", "sandwich") for n in data.get(table, {})}
    return {name: known[name] for name in own if name in known}  # type: ignore[misc]


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
    ExperimentFileError
        If the file is broken.
    """
    path, colon, inner = symbol.rpartition(":")
    if colon and path.endswith(".toml"):
        found = load(path).get(inner)
        if found is None or len(found.components) != 1:
            raise EmissError(f"'{path}' has no element '{inner}'.")
        return found.components[0].element
    elements = _catalogue()[0]
    if symbol not in elements:
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
    path, colon, inner = name.rpartition(":")
    if not (colon and path.endswith(".toml")):
        return get(name)
    known = load(path)
    if inner not in known:
        raise UnknownNameError("material", inner, known)
    return known[inner]
