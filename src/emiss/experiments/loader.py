"""Reading experiment files: the catalogue that comes with emiss, and the user's own.

pydantic is imported when the first file is read, not before.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..ground.errors import EmissError, UnknownNameError
from ..ground.shipped import shipped_path
from ..ground.source_text import Location
from ..ground.toml_files import FileProblem, located, parse_toml, read_text, validated
from .experiment import Experiment

if TYPE_CHECKING:
    from .schema import ExperimentFile

__all__ = ["get", "load", "names", "template"]

MAX_DEPTH: Final = 8
_TAGS: Final = ("missing-energy", "missing-momentum", "visible")
_CATALOGUE: Final = Path(__file__).with_name("catalogue")


def names() -> tuple[str, ...]:
    """Names of the experiments that come with emiss, in alphabetical order."""
    return tuple(sorted(path.stem for path in _CATALOGUE.glob("*.toml")))


def template() -> str:
    """Return the text of a commented experiment file to start one's own from."""
    path = shipped_path("experiment-template.toml")
    return path.read_text("utf-8")


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
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return load(name_or_path)
    if text not in names():
        raise UnknownNameError("experiment", text, names())
    return _from_catalogue(text)


@functools.cache
def _from_catalogue(name: str) -> Experiment:
    return load(_CATALOGUE / f"{name}.toml")


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
    return _load(Path(path), ())


def _load(path: Path, parents: tuple[Path, ...]) -> Experiment:
    text, digest = read_text(path)
    data = parse_toml(path, text)
    resolved = path.resolve()
    try:
        table = _validate(data)
        head = table.experiment
        if head.combine is None and head.base is None:
            return _own(path, table, digest)
        key = "base" if head.combine is None else "combine"
        where: Location = ("experiment", key)
        references = [head.base] if head.base is not None else head.combine or []
        parts = _parts(references, path, (*parents, resolved), where)
        sha = hashlib.sha256(digest.encode())
        for part in parts:
            sha.update(part.file_sha256.encode())
        combined: Experiment = _builder(path).derived(table, parts, sha.hexdigest())
        return combined
    except FileProblem as problem:
        raise located(path, text, data, problem) from None


def _builder(path: Path) -> Any:
    from .build import Builder

    return Builder(path.name, strict=path.resolve().parent == _CATALOGUE.resolve())


def _own(path: Path, table: ExperimentFile, digest: str) -> Experiment:
    own: tuple[Any, ...] = ()
    if table.dump is not None and table.dump.materials_file is not None:
        from .. import materials

        try:
            source = path.parent / table.dump.materials_file
            digest = hashlib.sha256((digest + read_text(source)[1]).encode()).hexdigest()
            own = tuple(material for _, material in sorted(materials.load(source).items()))
        except (EmissError, RecursionError) as error:
            raise FileProblem(("dump", "materials_file"), str(error)) from error
    experiment: Experiment = _builder(path).own(table, own, digest)
    return experiment


def _parts(
    references: list[str], path: Path, parents: tuple[Path, ...], where: Location
) -> list[Experiment]:
    parts = []
    for reference in references:
        if reference.endswith(".toml"):
            target = path.parent / reference
        elif reference in names():
            target = _CATALOGUE / f"{reference}.toml"
        else:
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
        parts.append(_load(target, parents))
    return parts


def _validate(data: dict[str, Any]) -> ExperimentFile:
    from .schema import ExperimentFile

    return validated(ExperimentFile, data, _TAGS)
