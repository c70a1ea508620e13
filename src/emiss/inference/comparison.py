"""Our limit against a curve of others: ratio, and where one excludes what the other does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.presentable import Presentable
from ..physics.constraints.curves.overlay import ONE_LEPTON, Overlay
from .limit import Limit
from .planes import overlay_in_coupling

__all__ = ["Comparison", "compare_ratio", "compare_regions", "comparison_notes"]

Ranges = tuple[tuple[float, float], ...]

_TOLERANCE = 1e-9
"""Masses that agree to this count as the same."""
_SAME = 1e-3
"""Edges that agree to this count as the same: published numbers are rounded."""
_FAR = 1e3
"""Ratio beyond which, everywhere, two curves are hardly of the same quantity."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Presentable):
    """Two excluded regions compared.

    Parameters
    ----------
    label : str
        Name of the other curve.
    quantity : str
        What is compared: the name of the coupling, or ``"y"``.
    masses : array of float, shape (n,)
        Our masses in GeV: of the mediator, or of the dark matter for y.
    ratio : array of float, shape (n,)
        Our lower edge over theirs; NaN where there is none or the other curve does not reach.
    only_ours, only_theirs : tuple of (float, float)
        Ranges of mass in GeV in which one region has couplings that the other has not; they end
        at the outermost masses of either curve at which this is so, and of ours for theirs.
    notes : tuple of str
        What to check before the ratio is believed.
    outside : tuple of (float, float)
        Ranges of mass in GeV in which the other curve goes on beyond our masses; not compared.
    """

    label: str
    quantity: str
    masses: FloatArray
    ratio: FloatArray
    only_ours: Ranges
    only_theirs: Ranges
    notes: tuple[str, ...] = ()
    outside: Ranges = ()


def compare_ratio(limit: Limit, overlay: Overlay) -> FloatArray:
    """Ratio of our observed limit to another curve, at our masses.

    The curve is interpolated linearly in the logarithms of mass and value, never extrapolated.

    Parameters
    ----------
    limit : Limit
        Our result.
    overlay : Overlay
        The other curve: the same coupling against mediator mass, or y against dark-matter mass,
        which is turned into the coupling where the limit has no y.

    Returns
    -------
    array of float, shape (n,)
        Ours over theirs; NaN outside the curve or where we exclude nothing.

    Raises
    ------
    EmissError
        If the curve is of another quantity or shares no mass with the limit.
    """
    masses, values = limit.masses, limit.observed
    if overlay.quantity == "y" and limit.y is not None and limit.dark_matter_mass is not None:
        masses, values = limit.dark_matter_mass, limit.y
    else:
        overlay = overlay_in_coupling(overlay, limit)
    low, high = overlay.masses[0], overlay.masses[-1]
    # Grids that share their end differ there in the last digits.
    inside = (masses >= low * (1.0 - _TOLERANCE)) & (masses <= high * (1.0 + _TOLERANCE))
    if not inside.any():
        raise EmissError(
            f"'{overlay.label}' covers {low:g} to {high:g} GeV, none of the masses of the limit "
            f"({masses[0]:g} to {masses[-1]:g} GeV); is the unit of its mass right?"
        )
    theirs = np.exp(np.interp(np.log(masses), np.log(overlay.masses), np.log(overlay.values)))
    return np.where(inside, values / theirs, np.nan)


def comparison_notes(limit: Limit, overlay: Overlay, ratio: FloatArray) -> tuple[str, ...]:
    """What to check before a ratio is believed.

    Parameters
    ----------
    limit : Limit
        Our result.
    overlay : Overlay
        The other curve.
    ratio : array of float, shape (n,)
        From `compare_ratio`.

    Returns
    -------
    tuple of str
        Notes of the curve itself; a question where the ratio is beyond 1000 everywhere; and where
        a curve in y holds for another dark sector than ours.
    """
    turned = overlay_in_coupling(overlay, limit) if overlay.quantity in ONE_LEPTON else overlay
    notes = [f"{overlay.label}: {note}" for note in turned.notes]
    known = ratio[np.isfinite(ratio)]
    if known.size and (known.min() > _FAR or known.max() < 1.0 / _FAR):
        what = overlay.quantity or "a quantity that its file does not name"
        notes.append(
            f"{overlay.label}: ours is {known.min():.3g} to {known.max():.3g} times theirs "
            f"everywhere; are both {limit.coupling_name if what != 'y' else 'y'}, not a square or "
            f"a logarithm (the curve was read as {what}), and the units right?"
        )
    if overlay.quantity == "y":
        for name, stated in (
            ("alpha_dark", overlay.alpha_dark),
            ("mass_ratio", overlay.mass_ratio),
        ):
            own = limit.model_parameters.get(name)
            if (
                stated is not None
                and isinstance(own, int | float)
                and abs(own - stated) > 1e-6 * stated
            ):
                notes.append(
                    f"{overlay.label}: holds for {name} = {stated:g}, our limit for {own:g}; "
                    "limits on y depend on it."
                )
    return tuple(notes)


def _edges(
    masses: FloatArray, region: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper edge at the given masses; (inf, 0), an empty region, where there is none."""
    own, lower, upper = region
    x, known = np.log(masses), np.log(own)
    # Logarithms of inf stay inf between two open points; between an open and a closed one the
    # upper edge counts as open up to the closed one.
    low = np.exp(np.interp(x, known, np.log(lower)))
    closed = np.interp(x, known, np.where(np.isfinite(upper), 0.0, 1.0)) == 0.0
    finite = np.where(np.isfinite(upper), upper, 1.0)
    high = np.where(closed, np.exp(np.interp(x, known, np.log(finite))), np.inf)
    # Beside a mass without exclusion the interpolation is undefined even at a mass that has one.
    nearest = np.clip(np.searchsorted(own, masses), 0, own.size - 1)
    exact = own[nearest] == masses
    low, high = np.where(exact, lower[nearest], low), np.where(exact, upper[nearest], high)
    inside = (masses >= own[0] * (1.0 - _TOLERANCE)) & (masses <= own[-1] * (1.0 + _TOLERANCE))
    inside &= np.isfinite(low)
    return np.where(inside, low, np.inf), np.where(inside, high, 0.0)


def _ours(limit: Limit, quantity: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    masses, lower = limit.masses, limit.observed
    upper = np.full_like(lower, np.inf)
    if limit.observed_upper is not None:
        upper = np.where(np.isnan(limit.observed_upper), np.inf, limit.observed_upper)
    if quantity == "y":
        if limit.dark_matter_mass is None or limit.y is None:
            raise EmissError("this model has no y.")
        upper = limit.y * np.square(upper / lower)
        masses, lower = limit.dark_matter_mass, limit.y
    # No exclusion is a lower edge at infinity, which interpolates to no exclusion.
    open_ = np.where(np.isnan(upper), np.inf, upper)
    return masses, np.where(np.isfinite(lower), lower, np.inf), open_


def _ranges(masses: FloatArray, flags: NDArray[np.bool_]) -> Ranges:
    steps = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return tuple(
        (float(masses[start]), float(masses[stop - 1])) for start, stop in steps.reshape(-1, 2)
    )


def compare_regions(limit: Limit, overlay: Overlay) -> Comparison:
    """Compare the observed limit with another curve.

    Both are interpolated linearly in the logarithms of mass and value, at the masses of both.
    A curve without upper edge excludes everything above it. Edges within 0.1 % are the same.

    Parameters
    ----------
    limit : Limit
        Our result.
    overlay : Overlay
        The other curve: the same coupling against mediator mass, or y against dark-matter mass.

    Returns
    -------
    Comparison
        Ratio at our masses, and the ranges of mass in which either excludes more.

    Raises
    ------
    EmissError
        If the curve is of another quantity or shares no mass with the limit.
    """
    ratio = compare_ratio(limit, overlay)
    if limit.y is None:
        overlay = overlay_in_coupling(overlay, limit)
    quantity = "y" if overlay.quantity == "y" else limit.coupling_name
    ours = _ours(limit, quantity)
    upper = np.full_like(overlay.values, np.inf) if overlay.upper is None else overlay.upper
    masses = np.union1d(ours[0], overlay.masses)
    with np.errstate(invalid="ignore"):  # inf - inf in the interpolation: no exclusion
        low, high = _edges(masses, ours)
        their_low, their_high = _edges(masses, (overlay.masses, overlay.values, upper))
    first, last = float(ours[0][0]), float(ours[0][-1])
    common = (masses >= first * (1.0 - _TOLERANCE)) & (masses <= last * (1.0 + _TOLERANCE))
    return Comparison(
        overlay.label,
        quantity,
        ours[0],
        ratio,
        _ranges(masses, _more((low, high), (their_low, their_high))),
        _ranges(masses, common & _more((their_low, their_high), (low, high))),
        comparison_notes(limit, overlay, ratio),
        _beyond(overlay.masses, first, last),
    )


def _beyond(masses: FloatArray, first: float, last: float) -> Ranges:
    """Ranges in which masses go on beyond a first and a last one, up to these."""
    low, high = float(masses[0]), float(masses[-1])
    below = ((low, min(high, first)),) if low < first * (1.0 - _TOLERANCE) else ()
    above = ((max(low, last), high),) if high > last * (1.0 + _TOLERANCE) else ()
    return below + above


def _more(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]
) -> NDArray[np.bool_]:
    """Where one interval is not inside the other."""
    (low, high), (other_low, other_high) = one, other
    outside = (low < other_low * (1.0 - _SAME)) | (high > other_high * (1.0 + _SAME))
    return np.asarray((low < high) & outside)
