"""Reading experiment files: the catalogue, those of other packages, and the user's own.

pydantic is imported when the first file is read, not before.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..ground import guards
from ..ground.discovery import warn_of
from ..ground.errors import EmissError, UnknownNameError
from ..ground.shipped import shipped_text
from ..ground.source_text import Location
from ..ground.toml_files import FileProblem, located, parse_toml, read_text, validated
from .catalogues import GROUP, outside
from .experiment import Experiment
from .modes import modes
from .old_form import refuse_old_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..physics.materials import Material
    from .build import Builder
    from .tables import ExperimentFile

__all__ = ["get", "load", "names", "template"]

MAX_DEPTH: Final = 8
_CATALOGUE: Final = Path(__file__).with_name("catalogue")


def names() -> tuple[str, ...]:
    """Names of the experiments of emiss and of other packages, in alphabetical order.

    A file of another package that cannot be read is left out with a `PluginWarning`.
    """
    own = _own_names()
    return tuple(sorted((*own, *(name for name in outside(own) if _readable(name)))))


@functools.cache
def _own_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _CATALOGUE.glob("*.toml")))


@functools.cache
def _readable(name: str) -> bool:
    """Whether an experiment of another package can be read; the warning comes once."""
    entry, path = outside(_own_names())[name]
    try:
        _from_catalogue(path)
    except EmissError as error:
        warn_of(entry, GROUP, f"has '{path.name}', which is left out: {error}")
        return False
    return True


def _find(name: str) -> Path | None:
    """File of a name; other packages are looked at only for a name that is not ours."""
    own = _own_file(name)
    if own is not None:
        return own
    found = outside(_own_names()).get(name)
    return None if found is None else found[1]


@functools.lru_cache(maxsize=256)
def _own_file(name: str) -> Path | None:
    return _CATALOGUE / f"{name}.toml" if name in _own_names() else None


def template(mode: str = "missing-energy") -> str:
    """Return the text of a commented experiment file to start one's own from.

    Parameters
    ----------
    mode : str, optional
        What is looked for.

    Returns
    -------
    str
        TOML text.

    Raises
    ------
    UnknownNameError
        If there is no such mode.
    """
    known = modes()
    guards.chosen(known)(mode, "mode")
    return shipped_text("experiment-template-head.toml") + "\n" + known[mode].template


def get(name_or_path: str | Path) -> Experiment:
    """Look an experiment up by name, or read one's own file.

    Parameters
    ----------
    name_or_path : str or path
        A name of the catalogue, or a path: anything that ends in ``.toml`` or has a slash.

    Returns
    -------
    Experiment
        The experiment.

    Raises
    ------
    UnknownNameError
        If there is no experiment of that name; the nearest is suggested.
    ExperimentFileError
        If the file cannot be read or says something impossible: file, line and key are named.
    """
    guards.path(name_or_path, "name_or_path")
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return load(name_or_path)
    path = _find(text)
    if path is None:
        raise UnknownNameError("experiment", text, names())
    return _from_catalogue(path)


@functools.cache
def _from_catalogue(path: Path) -> Experiment:
    from .compiled import compiled

    kept = compiled(path) if path.parent == _CATALOGUE else None
    return load(path) if kept is None else kept


def load(path: str | Path) -> Experiment:
    """Read an experiment file.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    Experiment
        The experiment.

    Raises
    ------
    ExperimentFileError
        If the file cannot be read or says something impossible: file, line and key are named.
    """
    guards.path(path, "path")
    return _load(Path(path), ())


def _load(path: Path, parents: tuple[Path, ...]) -> Experiment:
    text, digest = read_text(path)
    data = parse_toml(path, text)
    resolved = path.resolve()
    try:
        refuse_old_form(data)
        table = _validated(data)
        head = table.experiment
        digests = [digest]
        builder = _builder(path, digests)
        if head.combine is None and head.base is None:
            return replace(builder.own(table, ""), file_sha256=_joined(digests))
        key = "base" if head.combine is None else "combine"
        where: Location = ("experiment", key)
        references = [head.base] if head.base is not None else head.combine or []
        parts = _parts(references, path, (*parents, resolved), where)
        made = builder.derived(table, parts, "")
        return replace(made, file_sha256=_joined([*digests, *(part.file_sha256 for part in parts)]))
    except FileProblem as problem:
        raise located(path, text, data, problem) from None


def _joined(digests: list[str]) -> str:
    """Hash of a file and of all that it builds on."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _validated(data: dict[str, Any]) -> ExperimentFile:
    from .tables import ExperimentFile

    return validated(ExperimentFile, data)


def _builder(path: Path, digests: list[str]) -> Builder:
    """Builder of one file; adds digests of the files of materials that it reads."""
    from .build import Builder

    def read_materials(name: str, where: Location) -> Mapping[str, Material]:
        from ..physics import materials

        source = path.parent / name
        try:
            digests.append(read_text(source)[1])
            return materials.load(source)
        except (EmissError, RecursionError) as error:
            raise FileProblem(where, str(error)) from error

    strict = path.resolve().parent == _CATALOGUE.resolve()
    return Builder.of(path.name, strict, read_materials, path.parent)


def _parts(
    references: list[str], path: Path, parents: tuple[Path, ...], where: Location
) -> list[Experiment]:
    parts = []
    for reference in references:
        own = reference.endswith(".toml")
        target = path.parent / reference if own else _find(reference)
        if target is None:
            problem = str(UnknownNameError("experiment", reference, names()))
            raise FileProblem(where, f"{problem} Own files end in .toml")
        try:
            resolved = target.resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise FileProblem(where, f"'{reference}' cannot be read: {error}") from error
        if resolved in parents:
            chain = " -> ".join(p.name for p in (*parents, resolved))
            raise FileProblem(where, f"goes in a circle: {chain}")
        if len(parents) > MAX_DEPTH:
            raise FileProblem(where, f"is nested deeper than {MAX_DEPTH} files")
        # A file of the catalogue builds on the catalogue alone, so it closes no circle.
        kept = target.parent == _CATALOGUE
        parts.append(_from_catalogue(target) if kept else _load(target, parents))
    return parts
