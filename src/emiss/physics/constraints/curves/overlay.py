"""A curve of someone else, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ONE_LEPTON", "Overlay"]

ONE_LEPTON: Final = frozenset(
    f"{name}_{lepton}" for name in ("epsilon", "g") for lepton in ("e", "mu", "tau")
)
"""Couplings to one charged lepton alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A curve against mass.

    Parameters
    ----------
    label : str
        Name for legends.
    masses : array of float, shape (n,)
        Masses in GeV, ascending.
    values : array of float, shape (n,)
        Couplings (or y), positive; in the unit of the quantity.
    quantity : str
        What the values are, e.g. ``"epsilon"``, ``"y"`` or one of `ONE_LEPTON`; empty if the file
        does not say.
    upper : array of float, shape (n,), or None
        Upper edge of the excluded region where it is closed; inf where it is open.
    reference : str
        Where the curve was published, as the file says; empty if it does not.
    unit : str
        Unit of the values; empty for a number.
    notes : tuple of str
        What was assumed when it was read.
    alpha_dark, mass_ratio : float or None
        Dark coupling and mediator mass over dark-matter mass for which the curve holds, as its
        file says; None if it does not.
    reading : str
        How its file was read, in one line: quantity, column, what was done to the numbers (roots,
        antilogarithms, units), whose mass and in what unit; then two texts of the file that no
        rule used, up to four if they may be of the numbers, and how many more there are. Empty for
        a curve that is not from a file.
    """

    label: str
    masses: NDArray[np.float64]
    values: NDArray[np.float64]
    quantity: str = ""
    upper: NDArray[np.float64] | None = None
    reference: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    alpha_dark: float | None = None
    mass_ratio: float | None = None
    reading: str = ""
