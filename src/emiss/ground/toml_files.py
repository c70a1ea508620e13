"""Reading TOML files of users: bounded, with file, line and key in every message.

Rooms that read files (experiments, models, materials) share this; pydantic's errors are put into
words here, but pydantic itself is imported by the schemas only.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .bounded_text import read_bytes
from .errors import ExperimentFileError
from .quantity import shortened
from .source_text import Location, dotted, find_line, key_lines, present_part

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = [
    "MAX_BYTES",
    "FileProblem",
    "explained",
    "located",
    "parse_toml",
    "read_text",
    "validated",
]

T = TypeVar("T", bound="BaseModel")

MAX_BYTES: Final = 256 * 1024
"""Largest file read."""


class FileProblem(ValueError):
    """What is wrong at which key of the file.

    Parameters
    ----------
    location : tuple of (str or int)
        Keys and indices from the top of the file.
    problem : str
        What is wrong and what is allowed.
    """

    def __init__(self, location: Location, problem: str) -> None:
        self.location, self.problem = location, problem
        super().__init__(problem)


def read_text(path: Path) -> tuple[str, str]:
    r"""Text of a file and the hash of its bytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    text : str
        With line ends as ``\n``.
    sha256 : str
        Of the bytes.

    Raises
    ------
    ExperimentFileError
        If it is no regular file, cannot be read, is too large, or is not UTF-8.
    """
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "no such file"
            raise ExperimentFileError(path, f"{what}; give a TOML file or a catalogue name.")
        raw = read_bytes(path, "the file", MAX_BYTES)
    except ExperimentFileError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path, no regular file
        raise ExperimentFileError(path, f"cannot be read: {error}") from error
    if len(raw) > MAX_BYTES:
        raise ExperimentFileError(
            path, f"is larger than {MAX_BYTES // 1024} kB; such files are a few kB."
        )
    try:
        text = raw.decode("utf-8-sig")  # some editors put a byte-order mark first
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ExperimentFileError(path, "is not UTF-8 text.", line=line) from error
    return text.replace("\r\n", "\n"), hashlib.sha256(raw).hexdigest()


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """Parse TOML text.

    Parameters
    ----------
    path : Path
        The file it is from, for messages.
    text : str
        The text.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    ExperimentFileError
        If it is not valid TOML; the line is named where it is known.
    """
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


def located(
    path: Path, text: str, data: dict[str, Any], problem: FileProblem
) -> ExperimentFileError:
    """Error that names file, line and key of a problem.

    Parameters
    ----------
    path : Path
        The file.
    text, data
        Its text, and what was parsed from it.
    problem : FileProblem
        What is wrong.

    Returns
    -------
    ExperimentFileError
        To be raised. A missing key is named in full, any other as far as the file has it.
    """
    location, message = problem.location, problem.problem.rstrip(".")
    shown = location if "missing" in message else present_part(data, location) or location
    return ExperimentFileError(
        path,
        message if message.endswith("?") else f"{message}.",
        dotted(shown),
        find_line(key_lines(text), location),
    )


def validated(schema: type[T], data: dict[str, Any], tags: tuple[str, ...] = ()) -> T:
    """Check tables against a pydantic model.

    Parameters
    ----------
    schema : type of BaseModel
        The model.
    data : dict
        Tables as parsed.
    tags : tuple of str, optional
        See `explained`.

    Returns
    -------
    BaseModel
        The checked tables.

    Raises
    ------
    FileProblem
        With the first problem in words, and how many more there are.
    """
    from pydantic import ValidationError

    try:
        return schema.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        location, problem = explained(details[0], tags)
        if len(details) > 1:
            problem += f" (and {len(details) - 1} more problem(s) in this file)"
        raise FileProblem(location, problem) from None


_EXPLAINED: Final = {
    "finite_number": "must be a finite number",
    "float_type": "must be an ordinary number without quotes",
    "int_type": "must be a whole number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "string_pattern_mismatch": "must be up to 64 letters, digits and . _ + -",
    "greater_than_equal": "must be at least {ge:g}",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:g}",
}


def explained(detail: ErrorDetails, tags: tuple[str, ...] = ()) -> tuple[Location, str]:
    """Put one of pydantic's errors into words.

    Parameters
    ----------
    detail : ErrorDetails
        The error.
    tags : tuple of str, optional
        Names by which pydantic tells the members of a union apart; they are no keys of the file.

    Returns
    -------
    location : tuple
        Key at fault.
    problem : str
        What is wrong and what is allowed.
    """
    location: Location = tuple(part for part in detail["loc"] if part not in tags)
    if location and location[-1] in ("float", "str"):  # branch of a union, no key of the file
        location = location[:-1]
    context = detail.get("ctx", {})
    kind, given = detail["type"], detail["input"]
    if "key" in context:
        inner = (str(context[key]) for key in ("key", "second") if context.get(key))
        return (*location, *inner), detail["msg"]
    if kind == "missing":
        return location, "is missing"
    if kind == "model_type":
        from . import schema_numbers

        number = context.get("class_name") in schema_numbers.__all__
        message = "must be a number, text with a unit, or a table" if number else "must be a table"
        if isinstance(given, list) and not number:
            return location, "must be one table: write its header with single brackets"
    elif kind == "list_type" and isinstance(given, dict):
        header = ".".join(part for part in location if isinstance(part, str))
        return location, f"must be a list of tables: write [[{header}]]"
    elif "error" in context:  # raised by one of our validators
        message = str(context["error"]).removeprefix("value: ").rstrip(".")
    elif kind in _EXPLAINED:
        message = _EXPLAINED[kind].format_map(context)
    else:
        message = detail["msg"].replace("Input should", "must")
    if isinstance(given, str | int | float | list) and shortened(given) not in message:
        message = f"{shortened(given)} given; {message}"
    return location, message
