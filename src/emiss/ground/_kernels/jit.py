"""The one place that fixes how kernels are compiled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba

from ..notices import notice
from ..private_folders import is_private, temporary_directory

_PACKAGE = Path(__file__).parents[2]
_F = TypeVar("_F", bound=Callable[..., Any])
HELPED: Final[dict[str, Any]] = {
    "error_model": "numpy",
    "nogil": True,
    "no_cfunc_wrapper": True,
}
"""How functions are compiled that are called from kernels alone."""


def kernel(function: _F) -> _F:
    """Compile a kernel with numba: cached on disk, IEEE division, without the interpreter lock.

    Where numba finds no folder that it may write to (a read-only installation without a writable
    home), the cache is one of the user's own in the temporary folder, or there is none.
    """
    try:
        return _compiled(function, cache=True)
    except RuntimeError:  # numba: "no locator available"
        return _without_locator(function)


def helper(function: _F) -> _F:
    """Compile a function that kernels alone call.

    It is compiled with the first kernel that calls it, and kept within that. A file of its own and
    an entry from C for each of fifty helpers took a third of the time of compilation.
    """
    return cast("_F", numba.njit(**HELPED)(function))


def announce(function: Any, what: str) -> None:
    """Say that a kernel is about to be compiled, unless code of it is kept from before.

    Parameters
    ----------
    function : callable
        A kernel, before it is called.
    what : str
        What it is for people, and how long it takes.
    """
    if function.signatures:
        return
    source = Path(function.py_func.__code__.co_filename)
    names = f"{source.stem}.{function.py_func.__qualname__}-*.nbi"
    place = function.stats.cache_path
    kept = Path(place).glob(names) if place else ()
    changed = max(source.stat().st_mtime, *(time for _, time, _ in _stamp()))
    if not any(file.stat().st_mtime >= changed for file in kept):
        notice(f"compiling {what}")


def _compiled(function: _F, *, cache: bool) -> _F:
    made = numba.njit(cache=cache, error_model="numpy", nogil=True)(function)
    if cache:
        _renew_with_any_source(made)
    return cast("_F", made)


@functools.cache
def _sources() -> tuple[Path, ...]:
    """All files of kernels of the package; not by a search of all its folders, at every start."""
    rooms = [path for depth in ("*", "*/*", "*/*/*") for path in _PACKAGE.glob(f"{depth}/_kernels")]
    return tuple(sorted(file for room in rooms for file in room.glob("*.py")))


@functools.cache
def _stamp() -> tuple[tuple[str, float, int], ...]:
    """What changes when any kernel does."""
    stats = [(file, file.stat()) for file in _sources()]
    return tuple((str(file), found.st_mtime, found.st_size) for file, found in stats)


def _renew_with_any_source(dispatcher: Any) -> None:
    """Make kept code stale when any kernel has changed.

    Code of a kernel holds that of the kernels it calls; numba looks at the file of the former
    alone, and would go on with old physics after an update of the latter.
    """
    kept: Any = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if hasattr(kept, "_source_stamp"):
        kept._source_stamp = (kept._source_stamp, _stamp())


def _without_locator(function: _F) -> _F:
    folder = _kernel_folder()
    if folder is None:
        return _compiled(function, cache=False)
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = folder
    try:
        return _compiled(function, cache=True)
    finally:
        settings.CACHE_DIR = before


@functools.cache
def _kernel_folder() -> str | None:
    """Folder in which compiled kernels can be kept, None if there is none."""
    # Compiled code is loaded from here: the folder must be one that no other user writes to.
    if is_private(temporary_directory()):
        notice(f"compiled kernels are kept in {temporary_directory()}: no other cache is writable.")
        return str(temporary_directory())
    notice("no folder for compiled kernels is writable; they are compiled in each run.")
    return None
