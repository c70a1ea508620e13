"""Variables of detectors from their records: one file per kind, also of other packages.

A module of this room that defines ``RECONSTRUCTION = Reconstruction(kind, ...)`` says how the
variables that a kind of element measures follow from its columns; so do other packages under the
entry points ``emiss.reconstructions``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....ground.discovery import discover
from .base import Reconstruction, Variables

__all__ = ["Reconstruction", "Variables", "reconstructions"]


def reconstructions() -> Mapping[str, Reconstruction]:
    """All reconstructions by the kind of element."""
    return discover(
        "emiss.analysis.reconstruction.detectors", "emiss.reconstructions", Reconstruction
    )
