"""Experiments of the catalogue as they were read: quicker to load than their checked text.

The text is the truth: what is kept here is used only while the hashes of the files that it was read
from, and the fields of the classes that it holds, are the same. ``make catalogue`` makes it anew.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ..ground.atomic import atomic_file
from ..ground.errors import EmissError
from ..ground.guards import function, guarded
from ..ground.quantity import Quantity
from ..ground.shipped import shipped_path
from .beam import Beam, Contamination
from .efficiency import Efficiency
from .elements import Layer, kinds
from .experiment import Experiment
from .layout import Layout
from .run import Run
from .selection import Axis, Cut, Selection, Threshold, Trigger
from .stated import Factor, StatedAcceptance, StatedInput

__all__ = ["compiled", "decoded", "encoded", "write_all", "write_compiled"]

_FOLDER: Final = "experiments"
_CLASSES: Final = (
    *(Axis, Beam, Contamination, Cut, Efficiency, Experiment, Factor, Layer, Layout, Quantity, Run),
    *(Selection, StatedAcceptance, StatedInput, Threshold, Trigger),
)


@dataclasses.dataclass(slots=True)
class _Writer:
    """Objects in the order in which they can be made, each once."""

    folder: Path
    objects: list[list[Any]] = dataclasses.field(default_factory=list)
    places: dict[str, int] = dataclasses.field(default_factory=dict)

    def value(self, given: Any) -> Any:
        if isinstance(given, tuple):
            return [self.value(item) for item in given]
        if isinstance(given, Path):
            return {"path": given.resolve().relative_to(self.folder).as_posix()}
        if dataclasses.is_dataclass(given):
            return {"object": self.place(given)}
        if given is None or isinstance(given, str | int | float | bool):
            return given
        raise TypeError(f"an experiment holds a {type(given).__name__}, which cannot be kept")

    def place(self, given: Any) -> int:
        names = _fields(type(given))
        row = [type(given).__name__, *(self.value(getattr(given, name)) for name in names)]
        key = json.dumps(row, sort_keys=True)
        if key not in self.places:
            self.places[key] = len(self.objects)
            self.objects.append(row)
        return self.places[key]


def _fields(kind: type[Any]) -> list[str]:
    return [item.name for item in dataclasses.fields(kind) if item.init]


def _classes() -> dict[str, type[Any]]:
    # Experiments of the catalogue are made of our own kinds; those of others stay unread.
    own = (*_CLASSES, *(detector.element for detector in kinds().own.values()))
    return {kind.__name__: kind for kind in own}


def encoded(experiment: Experiment, folder: Path) -> dict[str, Any]:
    """Objects of an experiment as lists.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    folder : Path
        Folder to which paths are relative.

    Returns
    -------
    dict
        For `decoded`; values that JSON holds.

    Raises
    ------
    TypeError
        If the experiment holds something that cannot be kept.
    """
    writer = _Writer(folder.resolve())
    writer.place(experiment)
    known = _classes()
    used = sorted({row[0] for row in writer.objects})
    return {"classes": {name: _fields(known[name]) for name in used}, "objects": writer.objects}


def decoded(record: Mapping[str, Any], folder: Path) -> Experiment | None:
    """Experiment from its objects.

    Parameters
    ----------
    record : mapping
        What `encoded` gave.
    folder : Path
        Folder to which paths are relative.

    Returns
    -------
    Experiment or None
        None if a class has other fields now.
    """
    known = _classes()
    makers: dict[str, tuple[type[Any], list[str]]] = {}
    for name, names in record["classes"].items():
        if name not in known or _fields(known[name]) != names:
            return None
        makers[name] = (known[name], names)
    made: list[Any] = []

    def value(given: Any) -> Any:
        if isinstance(given, list):
            return tuple([value(item) for item in given])
        if isinstance(given, dict):
            return made[given["object"]] if "object" in given else folder / given["path"]
        return given

    for kind, *values in record["objects"]:
        make, names = makers[kind]
        made.append(make(**dict(zip(names, map(value, values), strict=True))))
    last: Experiment = made[-1]
    return last


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compiled(path: Path) -> Experiment | None:
    """Experiment of the catalogue as it was read before.

    Parameters
    ----------
    path : Path
        Its file.

    Returns
    -------
    Experiment or None
        None if it was not kept, or what was kept is of other text or other code.
    """
    place = shipped_path(_FOLDER, f"{path.stem}.json.z")
    try:
        record = json.loads(zlib.decompress(place.read_bytes()))
        if any(_digest(path.with_name(name)) != known for name, known in record["files"].items()):
            return None
        return decoded(record, path.parent)
    except (EmissError, LookupError, OSError, TypeError, ValueError, zlib.error):
        return None


def write_compiled(path: Path, load: Callable[[Path], Experiment]) -> Path:
    """Keep an experiment of the catalogue.

    Parameters
    ----------
    path : Path
        Its file.
    load : callable
        Reads an experiment from its text.

    Returns
    -------
    Path
        The file written.
    """
    names = sorted(_needed(path))
    record = {
        "files": {name: _digest(path.with_name(name)) for name in names},
        **encoded(load(path), path.parent),
    }
    place = shipped_path(_FOLDER, f"{path.stem}.json.z")
    text = json.dumps(record, separators=(",", ":"))
    with atomic_file(place) as file:
        file.write_bytes(zlib.compress(text.encode(), 9))
    return place


def _needed(path: Path) -> set[str]:
    """Files that an experiment is made of, by name."""
    head = tomllib.loads(path.read_text(encoding="utf-8"))["experiment"]
    references = [head["base"]] if "base" in head else head.get("combine", [])
    found = {path.name}
    for name in references:
        found |= _needed(path.with_name(f"{name.removesuffix('.toml')}.toml"))
    return found


@guarded(load=function)
def write_all(load: Callable[[Path], Experiment]) -> list[Path]:
    """Keep all experiments of the catalogue.

    Parameters
    ----------
    load : callable
        Reads an experiment from its text.

    Returns
    -------
    list of Path
        The files written.
    """
    folder = Path(__file__).with_name("catalogue")
    return [write_compiled(path, load) for path in sorted(folder.glob("*.toml"))]
