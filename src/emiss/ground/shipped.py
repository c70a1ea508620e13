"""Data files that ship with the package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped_path", "shipped_text"]

_DATA = Path(__file__).parent / "data"


def shipped_path(*parts: str) -> Path:
    """Path of a data file of the package.

    Parameters
    ----------
    *parts : str
        Folders and name below the data folder.

    Returns
    -------
    Path
        The path; the file need not exist.
    """
    return _DATA.joinpath(*parts)


def shipped_text(*parts: str) -> str:
    """Text of a data file of the package, UTF-8.

    Parameters
    ----------
    *parts : str
        Folders and name below the data folder.

    Returns
    -------
    str
        The whole text.
    """
    return shipped_path(*parts).read_text(encoding="utf-8")
