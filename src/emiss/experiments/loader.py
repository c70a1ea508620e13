"""Reading experiment files: the catalogue that comes with emiss, and the user's own.

pydantic is imported when the first file is read, not before.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..ground.errors import EmissError, ExperimentFileError, UnknownNameError
from ..ground.shipped import shipped_text
from ..ground.source_text import Location, dotted, find_line, key_lines, present_part
from .experiment import Experiment
from .modes import modes
from .old_form import refuse_old_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..materials import Material
    from .build import Builder
    from .tables import ExperimentFile

__all__ = ["get", "load", "names", "template"]

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 8
_CATALOGUE: Final = Path(__file__).with_name("catalogue")


def names() -> tuple[str, ...]:
    """Names of the experiments that come with emiss, in alphabetical order."""
    return tuple(sorted(path.stem for path in _CATALOGUE.glob("*.toml")))


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
    if mode not in known:
        raise UnknownNameError("mode", mode, tuple(known))
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
    text, digest = _read(path)
    data = _parse(path, text)
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
    except _problem_type() as problem:
        location = problem.location
        shown = location if "missing" in problem.problem else present_part(data, location)
        message = problem.problem.rstrip(".")
        raise ExperimentFileError(
            path,
            message if message.endswith("?") else f"{message}.",
            dotted(shown or location),
            find_line(key_lines(text), location),
        ) from None


def _joined(digests: list[str]) -> str:
    """Hash of a file and of all that it builds on."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _problem_type() -> Any:
    from .parts import FileProblem

    return FileProblem


def _validated(data: dict[str, Any]) -> ExperimentFile:
    from . import tables, validate

    return validate.table(tables.ExperimentFile, data)


def _builder(path: Path, digests: list[str]) -> Builder:
    """Builder of one file; digests of the files of materials that it reads are added to the list."""
    from .build import Builder
    from .parts import FileProblem

    def read_materials(name: str, where: Location) -> Mapping[str, Material]:
        from .. import materials

        source = path.parent / name
        try:
            digests.append(_read(source)[1])
            return materials.load(source)
        except (EmissError, RecursionError) as error:
            raise FileProblem(where, str(error)) from error

    strict = path.resolve().parent == _CATALOGUE.resolve()
    return Builder.of(path.name, strict, read_materials)


def _parts(
    references: list[str], path: Path, parents: tuple[Path, ...], where: Location
) -> list[Experiment]:
    from .parts import FileProblem

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


def _read(path: Path) -> tuple[str, str]:
    """Text of a file and the hash of its bytes."""
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "no such file"
            raise ExperimentFileError(path, f"{what}; give a TOML file or a catalogue name.")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except ExperimentFileError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise ExperimentFileError(path, f"cannot be read: {error}") from error
    if len(raw) > MAX_BYTES:
        raise ExperimentFileError(
            path, f"is larger than {MAX_BYTES // 1024} kB; experiment files are a few kB."
        )
    try:
        text = raw.decode("utf-8-sig")  # some editors put a byte-order mark first
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ExperimentFileError(path, "is not UTF-8 text.", line=line) from error
    return text.replace("\r\n", "\n"), hashlib.sha256(raw).hexdigest()


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ExperimentFileError(path, "is nested too deeply.") from None
    except ValueError as error:  # TOMLDecodeError, or a number too long for Python to read
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        end = text.count("\n") + (0 if text.endswith("\n") else 1)
        at_end = "end of document" in str(error)
        line = int(found[1]) if found else max(end, 1) if at_end else None
        problem = f"is not valid TOML: {re.sub(r' *[(]at [^)]*[)]', '', str(error))}."
        raise ExperimentFileError(path, problem, line=line) from error
