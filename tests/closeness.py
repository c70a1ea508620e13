"""Comparison of numbers of any size: relative, with no absolute term unless one is asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["close"]


def close(
    found: ArrayLike,
    expected: ArrayLike,
    rel: float = 0.0,
    *,
    absolute: float = 0.0,
    because: str = "",
) -> None:
    """Assert that |found - expected| is at most rel |expected|, everywhere.

    Cross-sections here are near 1e-29, so that a tolerance which the size of the numbers does not
    set, such as the default of pytest's or numpy's comparisons, passes anything.

    Parameters
    ----------
    found, expected : array_like
        Numbers of shapes that broadcast; NaN is never close, and an infinity only to itself.
    rel : float
        Tolerance in units of the expected value.
    absolute : float
        Tolerance in the units of the numbers, where the expected ones may be zero or the error does
        not scale with them; the larger of the two applies.
    because : str
        What sets the absolute tolerance; it may not be left out.
    """
    assert rel >= 0.0
    assert absolute >= 0.0
    assert rel + absolute > 0.0, "a comparison needs a tolerance"
    assert bool(because.strip()) == (absolute > 0.0), "an absolute tolerance needs a reason"
    x, y = np.broadcast_arrays(np.asarray(found), np.asarray(expected))
    assert x.size > 0, "nothing to compare"
    assert x.dtype.kind in "biufc", f"not numbers: {found!r}"
    assert y.dtype.kind in "biufc", f"not numbers: {expected!r}"
    with np.errstate(invalid="ignore", over="ignore"):
        allowed = np.maximum(rel * np.abs(y), absolute)
        off = np.abs(x - y)
        good = (x == y) | (np.isfinite(y) & (off <= allowed))
    if np.all(good):
        return
    bad = np.argwhere(~good)
    lines = [
        f"{tuple(i.tolist()) or ''} found {x[tuple(i)]!r}, expected {y[tuple(i)]!r}, "
        f"off by {off[tuple(i)]:.3g}, allowed {allowed[tuple(i)]:.3g}"
        for i in bad[:8]
    ]
    raise AssertionError(f"{len(bad)} of {x.size} not close:\n" + "\n".join(lines))
