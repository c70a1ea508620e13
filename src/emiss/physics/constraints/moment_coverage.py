"""How much of the band that a magnetic moment asks for a limit excludes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded
from .arguments import ARGUMENTS, edges_of_limits
from .magnetic_moments import CouplingBand

__all__ = ["excluded_share"]


@guarded(ARGUMENTS, limit=edges_of_limits, upper_edge=edges_of_limits)
def excluded_share(
    band: CouplingBand, limit: ArrayLike, upper_edge: ArrayLike | None = None
) -> FloatArray:
    """Share of the band that is excluded, measured in the moment.

    Parameters
    ----------
    band : CouplingBand
        Couplings with which a boson accounts for the moment.
    limit : array_like, shape (n,)
        Smallest excluded coupling at the masses of the band; NaN where nothing is excluded.
    upper_edge : array_like, shape (n,), optional
        Largest excluded coupling, infinite where the region is open; open everywhere if left out.

    Returns
    -------
    array of float, shape (n,)
        Width in g^2 of what is excluded of the band over that of the band, between 0 and 1: the
        moment goes as g^2. NaN where there is no band.

    Raises
    ------
    ValidityError
        If limit and band differ in length.
    """
    value = np.asarray(limit, dtype=np.float64)
    other = value if upper_edge is None else np.asarray(upper_edge, dtype=np.float64)
    for name, given in (("limit", value), ("upper_edge", other)):
        if given.shape != band.masses.shape:
            raise ValidityError(f"{name}: shape {given.shape}; give one for each mass of the band.")
    if np.any(np.isnan(other) & ~np.isnan(value)):
        raise ValidityError("upper_edge: NaN beside a limit; give infinity where it is open.")
    upper, lower = np.square(band.upper), np.square(band.lower)
    reach = np.where(np.isfinite(value), np.square(value), np.inf)
    top = np.full(reach.shape, np.inf) if upper_edge is None else np.square(other)
    top = np.where(np.isfinite(value), top, np.inf)
    with np.errstate(invalid="ignore"):
        excluded = np.clip(top, lower, upper) - np.clip(reach, lower, upper)
        share = excluded / (upper - lower)
    return np.asarray(share)
