"""Errors that a user can cause and mend: each says what was given and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "EmissError",
    "ExperimentFileError",
    "OutputError",
    "PluginWarning",
    "UnitError",
    "UnknownNameError",
    "ValidityError",
    "listed",
]


_LONGEST = 1800
"""Characters of a message: more is not read."""
_LISTED = 60
"""Names that a sentence lists; of more, those nearest to what was asked for."""


def listed(given: str, names: Iterable[str]) -> str:
    """Write names that exist, so that a sentence can hold them.

    Parameters
    ----------
    given : str
        What was asked for.
    names : iterable of str
        What there is.

    Returns
    -------
    str
        All of them by alphabet; of more than 60 the nearest 20, and how many more there are.
    """
    every = sorted(names)
    if len(every) <= _LISTED:
        return ", ".join(every) or "none"
    near = sorted(difflib.get_close_matches(given[:80], every, n=20, cutoff=0.0))
    return f"{', '.join(near)}, and {len(every) - len(near)} others"


class EmissError(ValueError):
    """Base of all errors caused by input; the command line turns it into exit code 2.

    Examples
    --------
    >>> import emiss
    >>> try:
    ...     emiss.limit("na64e-2106")
    ... except emiss.EmissError as error:
    ...     print(str(error)[:63])
    unknown experiment 'na64e-2106'. Did you mean 'na64e-2016'? Kno
    """

    def __str__(self) -> str:
        text = super().__str__()
        if len(text) <= _LONGEST:
            return text
        # What a damaged file holds is quoted in places, by libraries too, and may be of any length.
        return f"{text[: 2 * _LONGEST // 3]} ... {text[-_LONGEST // 4 :]}"


class ArgumentError(EmissError):
    """An argument with a value that cannot be used; the message names it."""


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument of a type that cannot be used; a `TypeError` as Python expects one."""


class UnknownNameError(EmissError):
    """A name that is not in a catalogue.

    Parameters
    ----------
    kind : str
        What was looked up, e.g. ``"experiment"``.
    given : str
        The name that was asked for.
    allowed : iterable of str
        The names that exist; the nearest one is suggested.
    """

    def __init__(self, kind: str, given: str, allowed: Iterable[str]) -> None:
        self.kind, self.given, self.allowed = kind, given, tuple(sorted(allowed))
        near = difflib.get_close_matches(given, self.allowed, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        super().__init__(f"unknown {kind} '{given}'.{hint} Known: {listed(given, self.allowed)}.")


class UnitError(EmissError):
    """A quantity without a unit where one is needed, or with a unit of another dimension."""


class ValidityError(EmissError):
    """A value outside the range in which a formula or table holds."""


class OutputError(EmissError):
    """A place where results cannot be written."""


class PluginWarning(UserWarning):
    """Something that another package offers to emiss and that cannot be used."""


class ExperimentFileError(EmissError):
    """A broken TOML file.

    Parameters
    ----------
    path : path
        The file.
    problem : str
        What is wrong and what is allowed.
    key : str, optional
        Dotted key at fault.
    line : int, optional
        Line number, from 1.
    """

    def __init__(
        self, path: Path | str, problem: str, key: str | None = None, line: int | None = None
    ) -> None:
        self.path, self.problem, self.key, self.line = Path(path), problem, key, line
        where = str(path) + (f", line {line}" if line else "") + (f", key '{key}'" if key else "")
        super().__init__(f"{where}: {problem}")
