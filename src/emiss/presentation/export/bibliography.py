"""BibTeX for exactly the physics that went into a result."""

from __future__ import annotations

from ...ground.citations import bibtex
from ...inference.limit import Limit

__all__ = ["limit_bibliography"]


def limit_bibliography(limit: Limit) -> str:
    """BibTeX of the works behind a limit.

    Parameters
    ----------
    limit : Limit
        The result.

    Returns
    -------
    str
        One entry per work in ``limit.citations``.

    Raises
    ------
    UnknownNameError
        If a cited key is not in the bibliography.
    """
    return bibtex(limit.citations)
