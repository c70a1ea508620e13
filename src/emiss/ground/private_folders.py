"""Folders of one's own in shared places."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

__all__ = ["is_private", "temporary_directory"]


def temporary_directory() -> Path:
    """Folder for emiss in the system's temporary folder, one per user; it need not exist."""
    user = getattr(os, "getuid", lambda: 0)()
    return Path(tempfile.gettempdir()) / f"emiss-{user}"


def is_private(path: Path) -> bool:
    """Whether a folder exists or can be made, belongs to the user and no one else writes to it.

    Parameters
    ----------
    path : Path
        The folder; it is made if need be.

    Returns
    -------
    bool
        False for links, for folders of others and where nothing can be written.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return mine and stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022
