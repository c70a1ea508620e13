"""Files and directories that appear complete or not at all.

Everything is written under a temporary name next to its destination and renamed at the end, so an
error or an interruption leaves what was there before. Not guarded against: loss of power (nothing
is forced to the disk).
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import OutputError

__all__ = ["atomic_directory", "atomic_file", "write_text"]


def _temporary(directory: Path, name: str) -> Path:
    return directory / f".{name}.{secrets.token_hex(4)}.part"


def _explain(error: OSError, target: Path) -> OutputError:
    advice = {
        errno.ENOSPC: "no space is left there; free some or choose another place with -o",
        errno.EDQUOT: "the quota there is used up; free some space or choose another place with -o",
        errno.EACCES: "no permission to write there; choose another place with -o",
        errno.EPERM: "no permission to write there; choose another place with -o",
        errno.EROFS: "that file system is read-only; choose another place with -o",
        errno.ENOTDIR: "a file stands where a directory is needed; move it or choose another place",
        errno.EEXIST: "a file stands where a directory is needed; move it or choose another place",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    }
    code = error.errno or 0
    reason = advice.get(code, f"{error.strerror or error}; choose another place with -o")
    return OutputError(f"cannot write '{target}': {reason}.")


@contextmanager
def _as_output_error(target: Path, staging: Path) -> Iterator[None]:
    """Turn failures to write into `OutputError`; errors about other files pass."""
    try:
        yield
    except OutputError as error:
        # A writer inside the block knows only the temporary place.
        if isinstance(error.__cause__, OSError):
            raise _explain(error.__cause__, target) from error
        raise
    except OSError as error:
        # A failed write carries no file name; a failed open carries that of the staged file.
        ours = error.filename is None or str(error.filename).startswith(str(staging))
        if not ours:
            raise
        raise _explain(error, target) from error


@contextmanager
def atomic_file(path: Path | str) -> Iterator[Path]:
    """Write one file under a temporary name and rename it at the end.

    Parameters
    ----------
    path : path
        Destination; an existing file is replaced at the end, a link is followed.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    OutputError
        If the destination is no regular file, its directory does not exist, or writing fails.
    """
    target = Path(path)
    if target.is_dir():
        raise OutputError(f"cannot write '{target}': it is a directory; give a file name.")
    if target.exists() and not target.is_file():
        raise OutputError(f"cannot write '{target}': it is not a regular file.")
    final = target.resolve()
    if not final.parent.is_dir():
        raise OutputError(
            f"cannot write '{target}': '{final.parent}' is not a directory; create it first."
        )
    staging = _temporary(final.parent, final.name)
    try:
        with _as_output_error(target, staging):
            yield staging
            staging.replace(final)
    finally:
        with suppress(OSError):
            staging.unlink(missing_ok=True)


def write_text(path: Path | str, text: str) -> None:
    r"""Write a text file in UTF-8 with ``\n`` line ends, complete or not at all.

    Parameters
    ----------
    path : path
        Destination.
    text : str
        Contents.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with atomic_file(path) as staging:
        staging.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def atomic_directory(path: Path | str) -> Iterator[Path]:
    """Fill a directory in a temporary place and move its contents at the end.

    Files of the same name are replaced, others in an existing directory stay. If a move fails
    half-way, what was replaced is put back.

    Parameters
    ----------
    path : path
        Destination; missing parents are created at the end.

    Yields
    ------
    Path
        An empty directory to write into.

    Raises
    ------
    OutputError
        If something stands in the way or writing fails.
    """
    target = Path(path)
    final = target.resolve()
    existing = next(place for place in (final, *final.parents) if os.path.lexists(place))
    if not existing.is_dir():
        raise OutputError(
            f"cannot write into '{target}': '{existing}' is a file, not a directory; "
            "move it or choose another place with -o."
        )
    staging = _temporary(existing, final.name or "output")
    try:
        with _as_output_error(target, staging):
            (staging / "new").mkdir(parents=True)
            yield staging / "new"
        if final == existing:
            _merge(staging / "new", staging / "old", final)
        else:
            _place(staging / "new", final, existing, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _place(new: Path, final: Path, existing: Path, target: Path) -> None:
    """Rename ``new`` to ``final``, making the directories between it and ``existing``."""
    between = [place for place in final.parents if place.is_relative_to(existing)][:-1]
    made: list[Path] = []
    try:
        for folder in reversed(between):
            folder.mkdir()
            made.append(folder)
        new.rename(final)
    except OSError as error:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise _explain(error, target) from error


def _merge(new: Path, old: Path, target: Path) -> None:
    """Move the files below ``new`` into ``target``, keeping what they replace in ``old``."""
    files = [item.relative_to(new) for item in sorted(new.rglob("*")) if item.is_file()]
    folders = [item.relative_to(new) for item in sorted(new.rglob("*")) if item.is_dir()]
    for name in (*files, *folders):
        there = target / name
        if os.path.lexists(there) and there.is_dir() != (new / name).is_dir():
            kind = "a directory" if there.is_dir() else "a file"
            raise OutputError(
                f"cannot write '{there}': {kind} of that name stands in the way; "
                "move it or choose another place with -o."
            )
    made: list[Path] = []
    moved: list[Path] = []
    try:
        for name in folders:
            (old / name).mkdir(parents=True, exist_ok=True)
            if not (target / name).is_dir():
                (target / name).mkdir()
                made.append(target / name)
        old.mkdir(exist_ok=True)
        for name in files:
            if os.path.lexists(target / name):
                (target / name).rename(old / name)
            moved.append(name)
            (new / name).rename(target / name)
    except OSError as error:
        for name in moved:
            with suppress(OSError):
                (target / name).unlink(missing_ok=True)
                if os.path.lexists(old / name):
                    (old / name).rename(target / name)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise _explain(error, target) from error
