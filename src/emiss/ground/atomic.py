"""Files and directories that appear complete or not at all.

Everything is written into a temporary folder next to its destination and renamed at the end, so an
error or an interruption leaves what was there before. A process that was killed leaves that folder;
the next one that writes there removes it, as the lock in it is free. Not guarded against: loss of
power (nothing is forced to the disk).
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import OutputError

__all__ = [
    "atomic_directory",
    "atomic_file",
    "check_directory",
    "check_file",
    "explain_failure",
    "write_text",
]

_STAGING = re.compile(r"\..*\.[0-9a-f]{8}\.part", re.DOTALL)
_LOCK = "lock"
_LONGEST_NAME = 40


@contextmanager
def _staging_folder(directory: Path, name: str) -> Iterator[Path]:
    """Make a temporary folder that is locked as long as this process works on it."""
    _remove_stale(directory)
    folder = directory / f".{name[:_LONGEST_NAME]}.{secrets.token_hex(4)}.part"
    handle = None
    try:
        folder.mkdir()
        handle = _locked(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _locked(folder: Path) -> int | None:
    """Put a locked file into a folder; None where the system knows no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(folder / f"{_LOCK}.new", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Under its final name it was never free while its process lived.
        (folder / f"{_LOCK}.new").rename(folder / _LOCK)
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove_stale(directory: Path) -> None:
    """Remove temporary folders whose process is gone; those of running ones are locked."""
    try:
        import fcntl

        names = [entry.name for entry in os.scandir(directory) if entry.name.endswith(".part")]
    except (ImportError, OSError):
        return
    for name in names:
        if not _STAGING.fullmatch(name):
            continue
        with suppress(OSError):
            handle = os.open(directory / name / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory / name, ignore_errors=True)
            finally:
                os.close(handle)


def explain_failure(error: OSError, target: Path) -> OutputError:
    """Say in words why something could not be written, and what to do."""
    advice = {
        errno.ENOSPC: "no space is left there; free some or choose another place with -o",
        errno.EDQUOT: "the quota there is used up; free some space or choose another place with -o",
        errno.EACCES: "no permission to write there; choose another place with -o",
        errno.EPERM: "no permission to write there; choose another place with -o",
        errno.EROFS: "that file system is read-only; choose another place with -o",
        errno.ENOTDIR: "a file stands where a directory is needed; move it or choose another place",
        errno.EEXIST: "a file stands where a directory is needed; move it or choose another place",
        errno.EFBIG: "the file would be larger than allowed; choose another place with -o",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    }
    code = error.errno or 0
    reason = advice.get(code, f"{error.strerror or error}; choose another place with -o")
    return OutputError(f"cannot write '{target}': {reason}.")


def _is_staged(file: Path, folder: Path) -> bool:
    if not file.is_relative_to(folder) or file == folder:
        return False
    return _STAGING.fullmatch(file.relative_to(folder).parts[0]) is not None


@contextmanager
def _as_output_error(target: Path, folder: Path) -> Iterator[None]:
    """Turn failures to write into `OutputError`; errors about other files pass."""
    try:
        yield
    except OutputError as error:
        # A writer inside the block knows only the temporary place.
        if isinstance(error.__cause__, OSError):
            raise explain_failure(error.__cause__, target) from error
        raise
    except OSError as error:
        # A failed write carries no file name; a failed open carries that of the staged file.
        ours = error.filename is None or _is_staged(Path(os.fsdecode(error.filename)), folder)
        if not ours:
            raise
        raise explain_failure(error, target) from error


def check_file(path: Path | str) -> Path:
    """Check that a file can be written, before the work that makes it is begun.

    Parameters
    ----------
    path : path
        Destination; an existing file would be replaced, a link is followed.

    Returns
    -------
    Path
        Where the file comes to stand.

    Raises
    ------
    OutputError
        If it has no name or is no regular file, or its directory is absent or not writable.
    """
    target = Path(path)
    try:
        if target.is_dir() or not target.name:
            raise OutputError(f"cannot write '{target}': it is a directory; give a file name.")
        if target.exists() and not target.is_file():
            raise OutputError(f"cannot write '{target}': it is not a regular file.")
        final = _resolved(target)
        if not final.parent.is_dir():
            raise OutputError(
                f"cannot write '{target}': '{final.parent}' is not a directory; create it first."
            )
        _existing(final)
    except OSError as error:
        raise explain_failure(error, target) from error
    except (ValueError, RuntimeError) as error:
        if isinstance(error, OutputError):
            raise
        # a name with a zero byte; a link that leads to itself
        raise OutputError(f"cannot write {str(target)!r}: no such name is possible.") from error
    _check_writable(final.parent, target)
    return final


def check_directory(path: Path | str) -> Path:
    """Check that files can be written into a directory, before the work is begun.

    Parameters
    ----------
    path : path
        Destination; need not exist.

    Returns
    -------
    Path
        Where the directory stands or comes to stand.

    Raises
    ------
    OutputError
        If a file stands in the way or the place is not writable.
    """
    target = Path(path)
    try:
        final = _resolved(target)
        existing = _existing(final)
        if not existing.is_dir():
            raise OutputError(
                f"cannot write into '{target}': '{existing}' is a file, not a directory; "
                "move it or choose another place with -o."
            )
    except OSError as error:
        raise explain_failure(error, target) from error
    except (ValueError, RuntimeError) as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"cannot write {str(target)!r}: no such name is possible.") from error
    _check_writable(existing, target)
    return final


def _resolved(target: Path) -> Path:
    """Where links lead; one that leads to itself leads nowhere on any Python."""
    final = target.resolve()
    if final.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(target))
    return final


def _existing(final: Path) -> Path:
    """Nearest directory or file that is there; a name that cannot be is an `OSError`."""
    with suppress(FileNotFoundError, NotADirectoryError):
        os.lstat(final)
    return next(place for place in (final, *final.parents) if os.path.lexists(place))


def _check_writable(folder: Path, target: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise explain_failure(PermissionError(errno.EACCES, os.strerror(errno.EACCES)), target)


@contextmanager
def atomic_file(path: Path | str) -> Iterator[Path]:
    """Write one file in a temporary folder and move it at the end.

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
    final = check_file(target)
    with (
        _as_output_error(target, final.parent),
        _staging_folder(final.parent, final.name) as staging,
    ):
        yield staging / final.name
        (staging / final.name).replace(final)


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
    final = check_directory(target)
    existing = _existing(final)
    with (
        _as_output_error(target, existing),
        _staging_folder(existing, final.name or "output") as staging,
    ):
        (staging / "new").mkdir()
        yield staging / "new"
        if final == existing:
            _merge(staging / "new", staging / "old", final)
        else:
            _place(staging / "new", final, existing, target)


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
        raise explain_failure(error, target) from error


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
        raise explain_failure(error, target) from error
