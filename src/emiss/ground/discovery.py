"""Finding what a room holds: in its own modules, and in other packages by entry points.

A *room* is a package such as ``emiss.physics.models`` whose things are found and not listed. A
module of the room offers things of a class ``Kind`` by a constant named after it:

    KIND = Kind(...)                         # one, under its own name (attribute ``name``)
    KINDS = {"a-name": Kind(...), ...}       # several, under the names given
    KINDS = (Kind(...), ...)                 # several, under their own names

Another package offers one by an entry point in the room's group, under the name of the entry point:

    [project.entry-points."emiss.models"]
    my-boson = "my_package.bosons:MyBoson"   # an instance, or a class that needs no arguments

Nothing is searched before something is asked for. A name is looked for in the module that is called
like it, then in the others of the room, then in other packages; an entry point is loaded only when
its name, or all of the room, is asked for. What cannot be loaded is left out with a `PluginWarning`
that names the package it comes from.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
import warnings
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import EmissError, PluginWarning

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["Catalogue", "discover", "entry_points", "load_entry_point", "warn_of"]

T = TypeVar("T")


class Catalogue(Mapping[str, T], Generic[T]):
    """What a room holds, by name; see `discover`, which makes one.

    Iteration gives all names in alphabetical order, those of other packages included. A name of the
    room cannot be taken by another package. Looking an unknown name up raises `KeyError`.

    Parameters
    ----------
    package : str
        The room, e.g. ``"emiss.physics.models"``.
    group : str
        Entry points of other packages, e.g. ``"emiss.models"``.
    kind : type
        Class of the things; its name in capitals is that of the constants searched for.
    """

    def __init__(self, package: str, group: str, kind: type[T]) -> None:
        self.package, self.group, self.kind = package, group, kind
        self._loaded: dict[str, T | None] = {}
        self._direct: dict[str, T] = {}

    @functools.cached_property
    def own(self) -> Mapping[str, T]:
        """What the modules of the room offer, by name."""
        found: dict[str, T] = {}
        for module in _offering(self.package, self._constant):
            for name, thing in self._offers(module):
                if name in found:
                    raise EmissError(f"{module.__name__}: there are two '{name}'.")
                found[name] = thing
        return found

    @property
    def _constant(self) -> str:
        return self.kind.__name__.upper()

    def _offers(self, module: ModuleType) -> Iterator[tuple[str, T]]:
        for attribute in (self._constant, f"{self._constant}S"):
            yield from _named(getattr(module, attribute, {}), self.kind).items()

    def _of_room(self, name: str) -> T | None:
        """What the room holds under a name; as a rule in the module that is called like it."""
        if name not in self._direct and "own" not in self.__dict__:
            module = _called(self.package, name, self._constant)
            self._direct.update(() if module is None else self._offers(module))
        return self._direct[name] if name in self._direct else self.own.get(name)

    @functools.cached_property
    def _entries(self) -> Mapping[str, EntryPoint]:
        entries: dict[str, EntryPoint] = {}
        for entry in entry_points(self.group):
            first = entries.get(entry.name)
            if entry.name in self.own or first is not None:
                holder = "emiss has one" if first is None else f"{_origin(first)} has one"
                warn_of(entry, self.group, f"is left out: {holder} of that name.")
            else:
                entries[entry.name] = entry
        return entries

    def _outside(self, name: str) -> T | None:
        """Thing of another package, None where it is broken; the warning comes once."""
        if name not in self._loaded:
            self._loaded[name] = load_entry_point(self._entries[name], self.group, self.kind)
        return self._loaded[name]

    def __getitem__(self, name: str) -> T:
        own = self._of_room(name)
        if own is not None:
            return own
        if name in self._entries:
            found = self._outside(name)
            if found is not None:
                return found
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        outside = (name for name in self._entries if self._outside(name) is not None)
        return iter(sorted((*self.own, *outside)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if self._of_room(name) is not None:
            return True
        return name in self._entries and self._outside(name) is not None


@functools.cache
def discover(package: str, group: str, kind: type[T]) -> Catalogue[T]:
    """Give the catalogue of a room; the same one each time, empty-handed until it is asked.

    Parameters
    ----------
    package : str
        The room: a package whose modules are searched, not those of packages inside it.
    group : str
        Group of entry points by which other packages add to the room.
    kind : type
        Class of the things.

    Returns
    -------
    Catalogue
        Mapping of names to things. ``discover.cache_clear()`` makes the next one look again, for
        packages that were installed meanwhile.
    """
    return Catalogue(package, group, kind)


def _offering(package: str, constant: str) -> Iterator[ModuleType]:
    """Modules of a room that define the constant or its plural.

    The text is looked at first: importing all modules would import what only some of them need.
    """
    spec = find_spec(package)
    for info in pkgutil.iter_modules(spec.submodule_search_locations if spec else None):
        if not info.ispkg and (module := _if_offering(f"{package}.{info.name}", constant)):
            yield module


def _called(package: str, name: str, constant: str) -> ModuleType | None:
    """Module of a room that is called like a thing and defines the constant."""
    word = name.replace("-", "_")
    return _if_offering(f"{package}.{word}", constant) if word.isidentifier() else None


def _if_offering(name: str, constant: str) -> ModuleType | None:
    found = find_spec(name)
    if found is None or found.submodule_search_locations is not None:
        return None
    source = getattr(found.loader, "get_source", None)
    text = source(name) if source is not None else None
    # Without a text (an installation of compiled files only) importing is the way to know.
    if text is None or re.search(rf"^{constant}S?\b\s*[:=]", text, re.MULTILINE):
        return importlib.import_module(name)
    return None


def _named(offered: Any, kind: type[T]) -> dict[str, T]:
    """Things by name, from one thing, a sequence or a mapping."""
    if isinstance(offered, Mapping):
        pairs = list(offered.items())
    else:
        things = offered if isinstance(offered, tuple | list) else (offered,)
        pairs = [(getattr(thing, "name", repr(thing)), thing) for thing in things]
    for name, thing in pairs:
        if not isinstance(thing, kind):
            raise EmissError(f"'{name}' is a {type(thing).__name__}, not a {kind.__name__}.")
    return dict(pairs)


def entry_points(group: str) -> tuple[EntryPoint, ...]:
    """Entry points of other packages in a group, none loaded.

    Parameters
    ----------
    group : str
        For example ``"emiss.models"``.

    Returns
    -------
    tuple of EntryPoint
        In alphabetical order. A package whose list of entry points cannot be read is left out with
        a `PluginWarning`.
    """
    from importlib import metadata

    try:
        found = list(metadata.entry_points(group=group))
    except Exception:  # one broken list spoils all of them: go through the packages one by one
        found = []
        for distribution in metadata.distributions():
            try:
                found += distribution.entry_points.select(group=group)
            except Exception as error:
                name = getattr(distribution, "name", None) or "of unknown name"
                text = f"package {name}: its entry points cannot be read ({error})."
                warnings.warn(text, PluginWarning, stacklevel=2)
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.value)))


def load_entry_point(
    entry: EntryPoint, group: str, kind: type[T] | tuple[type[T], ...]
) -> T | None:
    """Load what an entry point offers.

    Parameters
    ----------
    entry : EntryPoint
        From `entry_points`.
    group : str
        Its group, for the warning.
    kind : type or tuple of type
        What it must be: an instance, or a class of a kind that needs no arguments.

    Returns
    -------
    object or None
        None, with a `PluginWarning`, where it cannot be loaded or is something else.
    """
    try:
        loaded = entry.load()
        if isinstance(loaded, type) and issubclass(loaded, kind):
            loaded = loaded()
    except (Exception, SystemExit) as error:  # whatever a foreign module does when imported
        warn_of(entry, group, f"cannot be loaded ({type(error).__name__}: {error}).")
        return None
    if not isinstance(loaded, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        wanted = " or ".join(one.__name__ for one in kinds)
        warn_of(entry, group, f"is a {type(loaded).__name__}, not a {wanted}.")
        return None
    return loaded


def _origin(entry: EntryPoint) -> str:
    name = entry.dist.name if entry.dist is not None else entry.value.partition(":")[0]
    return f"package {name}"


def warn_of(entry: EntryPoint, group: str, problem: str) -> None:
    """Warn that what a package offers is not used.

    Parameters
    ----------
    entry : EntryPoint
        What it offers.
    group : str
        Its group.
    problem : str
        Why, as the end of a sentence.
    """
    text = f"{_origin(entry)}: '{entry.name}' in {group} ({entry.value}) {problem}"
    warnings.warn(text, PluginWarning, stacklevel=3)
