"""Tables in files: those that ship with emiss, and those made when first needed and kept.

A table belongs to its settings: it is used only where they agree, never extrapolated. A file is a
numpy archive whose last 64 bytes, in the archive's comment, are the SHA-256 of all before them, so
that damage is found before anything is parsed. What then does not have the shapes and values that
its kind of table has is damaged as well.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import EmissError, OutputError
from .notices import notice
from .private_folders import temporary_directory
from .shipped import shipped_path

__all__ = ["LARGEST", "Column", "TableKind", "cache_directory", "hashed_settings", "stated_number"]

Arrays = dict[str, NDArray[Any]]

LARGEST: Final = 1e30
"""Size of values where a column says no other: a number in single precision too."""
_MOST_BYTES: Final = 1 << 26
"""Larger files, packed or unpacked, are none of ours."""
_DIGEST: Final = 64


class _Table(Protocol):
    @property
    def settings(self) -> Mapping[str, Any]: ...


_T = TypeVar("_T", bound=_Table)


def cache_directory() -> Path:
    """Where tables made on demand are kept."""
    from platformdirs import user_cache_dir

    found = Path(user_cache_dir("emiss"))
    # without a home the path is a relative one
    return (found if found.is_absolute() else temporary_directory()) / "tables"


def hashed_settings(settings: Mapping[str, Any], digits: int | None = None) -> dict[str, Any]:
    """Settings as they are read back from a file, with their hash.

    Parameters
    ----------
    settings : mapping
        JSON-serialisable; all that determines a table.
    digits : int, optional
        Significant digits kept of every number with a fraction, so that the last bit of a unit
        conversion does not make another table; all if not given.

    Returns
    -------
    dict
        The settings; ``sha256`` is the hash of the rest.
    """
    kept = settings if digits is None else _rounded(settings, digits)
    canonical = json.dumps(kept, sort_keys=True)
    result: dict[str, Any] = json.loads(canonical)
    result["sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    return result


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item, digits) for item in value]
    return value


def stated_number(meta: Mapping[str, Any], name: str, least: float, most: float) -> float:
    """A number in the record of a table.

    Raises
    ------
    ValueError
        If it is none, or not between the bounds.
    """
    value = meta[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"'{name}' is no number from {least:g} to {most:g}")
    return float(value)


@dataclass(frozen=True, slots=True)
class Column:
    """What one array of a table must be.

    Parameters
    ----------
    axes : tuple of str
        Name of each axis; an axis of one name has one length throughout a table.
    least, most : float
        Bounds of the values, both allowed; `LARGEST` in size if not given.
    kind : str
        Kinds of number, as in `numpy.dtype.kind`.
    ascending : bool
        Whether the values rise strictly along the first axis.
    """

    axes: tuple[str, ...]
    least: float = -LARGEST
    most: float = LARGEST
    kind: str = "f"
    ascending: bool = False

    def check(self, name: str, array: NDArray[Any], sizes: dict[str, int]) -> None:
        """Raise ValueError if an array is another; ``sizes`` collects the lengths of the axes."""
        if array.dtype.kind not in self.kind or array.ndim != len(self.axes):
            raise ValueError(f"'{name}' is an array of another kind")
        for axis, size in zip(self.axes, array.shape, strict=True):
            if size < 1 or sizes.setdefault(axis, size) != size:
                raise ValueError(f"'{name}' has {size} entries along '{axis}'")
        free = array.dtype.kind != "f" and self.least == -LARGEST and self.most == LARGEST
        if not free and not np.all(
            np.isfinite(array) & (array >= self.least) & (array <= self.most)
        ):
            raise ValueError(
                f"'{name}' has values that are not between {self.least} and {self.most}"
            )
        if self.ascending and not np.all(np.diff(array, axis=0) > 0):
            raise ValueError(f"'{name}' does not rise")


@dataclass(frozen=True, slots=True)
class TableKind(Generic[_T]):
    """One kind of table in files: its name, what its arrays are, and how it is packed.

    Parameters
    ----------
    what : str
        Name in messages, such as "preshower table".
    columns : mapping of str to Column
        The arrays of a file.
    pack : callable
        Table to its record (JSON-serialisable) and arrays.
    unpack : callable
        Record and arrays to the table; raises anything if they do not fit together.
    """

    what: str
    columns: Mapping[str, Column]
    pack: Callable[[_T], tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]]]
    unpack: Callable[[dict[str, Any], Arrays], _T]

    def write(self, table: _T, path: Path) -> None:
        """Write a table; the file appears whole or not at all.

        Parameters
        ----------
        table : table
            What to write.
        path : Path
            File, ``.npz``; its folder is made if need be.

        Raises
        ------
        OutputError
            If it cannot be written; nothing is left behind.
        """
        self._store(self._encoded(table), path)

    def read(self, path: str | Path) -> _T:
        """Read a table.

        Parameters
        ----------
        path : path
            File written by `write`.

        Returns
        -------
        table
            As it was written.

        Raises
        ------
        EmissError
            If the file is missing, damaged or of another kind.
        """
        try:
            return self._decoded(_bytes_of(Path(path)))
        # zip, deflate, tokens, JSON, memory, shapes, keys: whatever a file can do to its readers
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise EmissError(f"cannot read the {self.what} {path}: {reason}") from error

    def find_or_make(
        self,
        name: str,
        settings: Mapping[str, Any],
        make: Callable[[], _T],
        cached_name: str | None = None,
    ) -> _T:
        """Get a table: the shipped one, else the cached one, else make it and cache it.

        Parameters
        ----------
        name : str
            File name of the shipped table.
        settings : mapping
            All that determines the table.
        make : callable
            Make the table.
        cached_name : str, optional
            File name in the cache; `name` if not given.

        Returns
        -------
        table
            One whose ``settings`` are exactly those asked for, with the values that a file holds.
            A damaged file is made again, with a line that names it; where the cache cannot be
            written, a table is made once per process.
        """
        found = self.shipped(name, settings)
        if found is not None:
            return found
        cached = cache_directory() / (cached_name or name)
        found = self._fitting(cached, settings)
        if found is not None:
            return found
        key = cached, json.dumps(settings, sort_keys=True)
        kept = _KEPT.get(key)
        if kept is None:
            kept = self._encoded(make())
            try:
                self._store(kept, cached)
            except OutputError as error:
                notice(f"{error}; it is kept for this process only.")
                _KEPT[key] = kept
        return self._decoded(kept)

    def shipped(self, name: str, settings: Mapping[str, Any]) -> _T | None:
        """The shipped table of a file name; None if there is none with exactly these settings."""
        return self._fitting(shipped_path("tables", name), settings)

    def cached(self, name: str, settings: Mapping[str, Any]) -> _T | None:
        """The table of a file in the user's cache; None if there is none with these settings."""
        return self._fitting(cache_directory() / name, settings)

    def in_cache(self, name: str) -> bool:
        """Whether the user's cache has a file of this name."""
        return _is_file(cache_directory() / name)

    def _fitting(self, path: Path, settings: Mapping[str, Any]) -> _T | None:
        found = self._usable(path)
        return found if found is not None and found.settings == settings else None

    def _usable(self, path: Path) -> _T | None:
        if not _is_file(path):
            return None
        try:
            return self.read(path)
        except EmissError as error:
            notice(f"{error}; it is not used, the table is made again.")
            return None

    def _encoded(self, table: _T) -> bytes:
        meta, arrays = self.pack(table)
        text = np.array(json.dumps(meta, sort_keys=True))
        stored: dict[str, Any] = {"meta": text, **arrays}
        stream = io.BytesIO()
        np.savez_compressed(stream, **stored)
        with zipfile.ZipFile(stream, "a") as archive:
            archive.comment = b"0" * _DIGEST
        body = stream.getvalue()[:-_DIGEST]
        return body + _digest(body)

    def _decoded(self, data: bytes) -> _T:
        if len(data) <= _DIGEST or _digest(data[:-_DIGEST]) != data[-_DIGEST:]:
            raise ValueError("it is damaged, its checksum differs")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it is too large")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            meta = json.loads(str(archive["meta"]))
            arrays = {name: archive[name] for name in self.columns}
        sizes: dict[str, int] = {}
        for name, column in self.columns.items():
            column.check(name, arrays[name], sizes)
        return self.unpack(meta, arrays)

    def _store(self, data: bytes, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
            partial = Path(name)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(data)
                partial.chmod(0o644)
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write the {self.what} {path}: {error}") from error


_KEPT: dict[tuple[Path, str], bytes] = {}
"""Tables that could not be written, as their files would be."""


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # one may not look there
        return False


def _bytes_of(path: Path) -> bytes:
    if not _is_file(path):
        raise ValueError("there is no such file")
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("it is too large")
    return data
