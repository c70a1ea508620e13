"""Standard streams that may be full or closed."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

__all__ = ["discard", "say", "settle"]


def say(text: str) -> None:
    """Write a line to standard error at once; nobody may listen."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def settle() -> None:
    """Drop what standard error could not take, whoever wrote it.

    The interpreter flushes at exit, and changes the exit code where that fails.
    """
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Point a standard stream elsewhere, so that it can be flushed."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
