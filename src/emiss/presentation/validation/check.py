"""One reference number, our value for it, and how far they may differ."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Check"]


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison.

    Parameters
    ----------
    name : str
        What is compared, with unit.
    value, reference : float
        Our value and the reference.
    tolerance : float
        Largest relative deviation.
    reason : str
        Why the tolerance is what it is.
    source : str
        Where the reference comes from.
    """

    name: str
    value: float
    reference: float
    tolerance: float
    reason: str
    source: str

    @property
    def deviation(self) -> float:
        """Relative deviation."""
        return self.value / self.reference - 1.0

    @property
    def passed(self) -> bool:
        """Whether the deviation is within the tolerance; NaN is not."""
        return abs(self.deviation) <= self.tolerance
