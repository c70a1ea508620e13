"""A range of masses in which the program chooses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import EmissError

if TYPE_CHECKING:
    from .arrays import FloatArray

__all__ = ["MassRange", "read_masses"]


@dataclass(frozen=True, slots=True)
class MassRange:
    """Masses between two ends, placed where the curves bend.

    Parameters
    ----------
    low, high : float
        Ends in GeV.
    tips : bool
        Whether masses are added up to where an excluded region ends.

    Raises
    ------
    EmissError
        If the ends are not positive and in order.
    """

    low: float = 1e-3
    high: float = 1.0
    tips: bool = True

    def __post_init__(self) -> None:
        if not 0.0 < self.low < self.high < float("inf"):
            raise EmissError(
                f"masses from {self.low:g} to {self.high:g} GeV: both must be positive and finite, "
                "the first below the second."
            )


def read_masses(text: str) -> FloatArray | MassRange:
    """Read masses, or a range of them.

    Parameters
    ----------
    text : str
        ``low:high`` for a range, else as `units.parse_masses` reads it.

    Returns
    -------
    array of float or MassRange
        Masses in GeV.

    Raises
    ------
    EmissError
        If the text cannot be read.
    """
    from .units import parse_masses, parse_quantity

    if text.count(":") != 1:
        return parse_masses(text)
    low, high = (parse_quantity(part, "energy", "mass") for part in text.split(":"))
    return MassRange(low, high)
