"""Tables in files: those that ship with emiss, and those made when first needed and kept.

A table belongs to its settings: it is used only where they agree, never extrapolated.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import EmissError, OutputError
from .shipped import shipped_path

__all__ = ["cache_directory", "find_or_make", "write_arrays"]


class _Table(Protocol):
    @property
    def settings(self) -> Mapping[str, Any]: ...


_T = TypeVar("_T", bound=_Table)


def cache_directory() -> Path:
    """Where tables made on demand are kept."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("emiss")) / "tables"


def write_arrays(
    path: Path, meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], what: str
) -> None:
    """Write arrays with a record beside them; the file appears whole or not at all.

    Parameters
    ----------
    path : Path
        File, ``.npz``; its folder is made if need be.
    meta : mapping
        JSON-serialisable record, stored as the array ``meta``.
    arrays : mapping of str to array
        What to store.
    what : str
        Name of the table in an error.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                text = np.array(json.dumps(meta, sort_keys=True))
                stored: dict[str, Any] = {"meta": text, **arrays}
                np.savez_compressed(stream, **stored)
            partial.chmod(0o644)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write the {what} {path}: {error}") from error


def find_or_make(
    name: str,
    settings: Mapping[str, Any],
    *,
    read: Callable[[Path], _T],
    make: Callable[[], _T],
    write: Callable[[_T, Path], object],
    cached_name: str | None = None,
) -> _T:
    """Get a table: the shipped one, else the cached one, else make it and cache it.

    Parameters
    ----------
    name : str
        File name of the shipped table.
    settings : mapping
        All that determines the table.
    read, make, write : callable
        Read a file (`EmissError` if it is damaged), make the table, write it to a file.
    cached_name : str, optional
        File name in the cache; `name` if not given.

    Returns
    -------
    table
        One whose ``settings`` are exactly those asked for.
    """
    cached = cache_directory() / (cached_name or name)
    for candidate in (shipped_path("tables", name), cached):
        if not candidate.is_file():
            continue
        try:
            found = read(candidate)
        except EmissError:
            continue  # a damaged file is made again
        if found.settings == settings:
            return found
    made = make()
    try:
        write(made, cached)
    except OutputError:
        return made  # a cache that cannot be written costs time only
    return made
