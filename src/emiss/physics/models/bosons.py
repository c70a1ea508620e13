"""Kinds of boson, and what they are called."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["BOSONS", "INVISIBLE_CHANNELS", "SPIN_ONE", "SPIN_ZERO", "Boson", "polarisations"]

Boson = Literal["vector", "axial", "scalar", "pseudoscalar"]

BOSONS: Final[tuple[Boson, ...]] = get_args(Boson)
"""Kinds of boson, by their coupling to leptons."""
SPIN_ZERO: Final[tuple[Boson, ...]] = ("scalar", "pseudoscalar")
"""Those without spin."""
SPIN_ONE: Final = tuple(boson for boson in BOSONS if boson not in SPIN_ZERO)
"""Those with spin 1."""
INVISIBLE_CHANNELS: Final = ("chi chi", "nu nu")
"""Final states that leave no trace in a detector."""


def polarisations(boson: str) -> int:
    """Number of spin states of a massive boson: 1 for spin 0, 3 for spin 1."""
    return 1 if boson in SPIN_ZERO else 3
