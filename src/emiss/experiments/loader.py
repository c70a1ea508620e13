"""Reading experiment files: the catalogue that comes with emiss, and the user's own.

pydantic is imported when the first file is read, not before.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..ground.errors import EmissError, ExperimentFileError, UnknownNameError
from ..ground.quantity import shortened
from ..ground.shipped import shipped_path
from ..ground.source_text import Location, dotted, find_line, key_lines, present_part
from .experiment import Experiment

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from .schema import ExperimentFile

__all__ = ["get", "load", "names", "template"]

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 8
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
    text, digest = _read(path)
    data = _parse(path, text)
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


def _problem_type() -> Any:
    from .build import FileProblem

    return FileProblem


def _builder(path: Path) -> Any:
    from .build import Builder

    return Builder(path.name, strict=path.resolve().parent == _CATALOGUE.resolve())


def _own(path: Path, table: ExperimentFile, digest: str) -> Experiment:
    from .build import FileProblem

    own: tuple[Any, ...] = ()
    if table.dump is not None and table.dump.materials_file is not None:
        from .. import materials

        try:
            source = path.parent / table.dump.materials_file
            digest = hashlib.sha256((digest + _read(source)[1]).encode()).hexdigest()
            own = tuple(material for _, material in sorted(materials.load(source).items()))
        except (EmissError, RecursionError) as error:
            raise FileProblem(("dump", "materials_file"), str(error)) from error
    experiment: Experiment = _builder(path).own(table, own, digest)
    return experiment


def _parts(
    references: list[str], path: Path, parents: tuple[Path, ...], where: Location
) -> list[Experiment]:
    from .build import FileProblem

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


def _validate(data: dict[str, Any]) -> ExperimentFile:
    from pydantic import ValidationError

    from .build import FileProblem
    from .schema import ExperimentFile

    try:
        return ExperimentFile.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        location, problem = _explain(details[0])
        if len(details) > 1:
            problem += f" (and {len(details) - 1} more problem(s) in this file)"
        raise FileProblem(location, problem) from None


_TAGS: Final = ("missing-energy", "missing-momentum", "visible")
_EXPLAINED: Final = {
    "finite_number": "must be a finite number",
    "float_type": "must be an ordinary number without quotes",
    "int_type": "must be a whole number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "string_pattern_mismatch": "must be up to 64 letters, digits and . _ + -",
    "greater_than_equal": "must be at least {ge:g}",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:g}",
}


def _explain(detail: ErrorDetails) -> tuple[Location, str]:
    # pydantic names the chosen table of a union by its tag, which is no key of the file
    location: Location = tuple(part for part in detail["loc"] if part not in _TAGS)
    context = detail.get("ctx", {})
    kind, given = detail["type"], detail["input"]
    if "key" in context:
        return (*location, str(context["key"])), detail["msg"]
    if kind == "missing":
        return location, "is missing"
    if kind == "model_type":
        from ..ground import schema_numbers

        number = context.get("class_name") in schema_numbers.__all__
        message = "must be a number, text with a unit, or a table" if number else "must be a table"
    elif "error" in context:  # raised by one of our validators
        message = str(context["error"]).removeprefix("value: ").rstrip(".")
    elif kind in _EXPLAINED:
        message = _EXPLAINED[kind].format_map(context)
    else:
        message = detail["msg"].replace("Input should", "must")
    if isinstance(given, str | int | float | list) and shortened(given) not in message:
        message = f"{shortened(given)} given; {message}"
    return location, message
