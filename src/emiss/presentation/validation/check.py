"""One reference number, our value for it, and how far they may differ."""

from __future__ import annotations

import math
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
    independent : bool
        False where an input of ours was fitted to, or set in view of, this reference: agreement
        is no test then.
    open_because : str
        What is known of a deviation that is beyond the tolerance and not explained; such a check
        is reported as open and does not fail.
    """

    name: str
    value: float
    reference: float
    tolerance: float
    reason: str
    source: str
    independent: bool = True
    open_because: str = ""

    @property
    def deviation(self) -> float:
        """Relative deviation."""
        return self.value / self.reference - 1.0

    @property
    def passed(self) -> bool:
        """Whether the deviation is within the tolerance, or known and open; NaN is not."""
        return self.within or bool(self.open_because and math.isfinite(self.deviation))

    @property
    def within(self) -> bool:
        """Whether the deviation is within the tolerance; NaN is not."""
        return abs(self.deviation) <= self.tolerance

    @property
    def verdict(self) -> str:
        """``ok``, ``open`` or ``FAILED``."""
        return "ok" if self.within else "open" if self.passed else "FAILED"
