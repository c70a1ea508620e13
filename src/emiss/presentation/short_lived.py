"""What a process that runs one command and ends can leave out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ends_soon", "undocumented"]

_ending: list[bool] = []


def ends_soon() -> None:
    """Say that this process runs one command, and nobody asks it for documentation."""
    _ending.append(True)


@contextmanager
def undocumented() -> Iterator[None]:
    """Load matplotlib without its tables of properties, where nobody can read them.

    While it is loaded matplotlib writes lists of all properties into its documentation, a quarter
    of the time that it takes. Sessions and notebooks get them as ever, and so does whoever has
    loaded it before.
    """
    if not _ending or "matplotlib.artist" in sys.modules:
        yield
        return
    from matplotlib import artist

    tables = artist.kwdoc
    artist.kwdoc = lambda artist: ""
    try:
        yield
    finally:
        artist.kwdoc = tables
