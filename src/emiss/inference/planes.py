"""Curves of a coupling and of y turned into each other, for the dark sector of a limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.constants import ELECTRIC_CHARGE
from ..ground.errors import EmissError
from ..physics import models
from ..physics.constraints.curves.conversion import epsilon_from_y, y_from_epsilon
from ..physics.constraints.curves.overlay import ONE_LEPTON, Overlay
from .limit import Limit

__all__ = [
    "borrowed_sector",
    "dark_sector_of",
    "overlay_in_coupling",
    "overlay_in_y",
    "y_per_coupling_squared",
]


def y_per_coupling_squared(limit: Limit) -> FloatArray:
    r"""Factor that turns the squared coupling into y, per mass.

    .. math:: y / \epsilon^2 = \alpha_D (m_\chi / m_{A'})^4

    Parameters
    ----------
    limit : Limit
        A result with dark matter.

    Returns
    -------
    array of float, shape (n,)
        Dimensionless; NaN where it follows neither from the parameters nor from the result.

    Raises
    ------
    EmissError
        If the model has no y.
    """
    if limit.y is None or limit.dark_matter_mass is None:
        raise EmissError(
            f"the model '{limit.model}' with these parameters has no y; "
            "draw the coupling against the mediator mass instead."
        )
    if "alpha_dark" in limit.model_parameters:
        alpha = float(limit.model_parameters["alpha_dark"])
        return np.asarray(alpha * (limit.dark_matter_mass / limit.masses) ** 4)
    return np.asarray(limit.y / limit.observed**2)


def dark_sector_of(limit: Limit) -> tuple[float, float] | None:
    """alpha_dark and mass ratio of a limit that has y, else None."""
    if limit.y is None or limit.dark_matter_mass is None:
        return None
    factor = y_per_coupling_squared(limit)
    known = factor[np.isfinite(factor)]
    if known.size == 0:
        return None
    ratio = float(limit.masses[0] / limit.dark_matter_mass[0])
    return float(known[0]) * ratio**4, ratio


def borrowed_sector(curve: Overlay, limit: Limit) -> str:
    """What of the dark sector turning a curve in y into the coupling takes from the limit.

    Parameters
    ----------
    curve : Overlay
        The curve.
    limit : Limit
        The limit beside which it is drawn.

    Returns
    -------
    str
        A line for the reader; empty where the curve states both numbers or is not one of y.
    """
    own = dark_sector_of(limit)
    if curve.quantity != "y" or own is None:
        return ""
    taken = [
        f"{name} = {value:g}"
        for name, stated, value in (
            ("alpha_D", curve.alpha_dark, own[0]),
            ("mass ratio", curve.mass_ratio, own[1]),
        )
        if stated is None
    ]
    if not taken:
        return ""
    return (
        f"{curve.label}: turned from y into {limit.coupling_name} with {' and '.join(taken)} "
        "of the limit, for the curve does not state "
        f"{'them' if len(taken) > 1 else 'it'}"
    )


def _of_one_lepton(curve: Overlay, limit: Limit) -> Overlay | None:
    """A curve of the coupling to one lepton as one of a model that couples to it; else None."""
    if curve.quantity not in ONE_LEPTON:
        return None
    given = dict(limit.model_parameters)
    # Without dark matter its parameters are refused; couplings to leptons do not depend on it.
    if given.get("dark_matter") == "none":
        given["dark_matter"] = "scalar"
    try:
        model = models.get(limit.model, given)
    except EmissError:
        return None  # a model of the user's own
    symbol, _, lepton = curve.quantity.partition("_")
    unit = ELECTRIC_CHARGE if symbol == "epsilon" else 1.0
    per = model.lepton_coupling(lepton, 1.0, curve.masses) / unit
    if not np.all(per > 0.0):
        return None
    note = f"{curve.quantity} turned into {limit.coupling_name} by the couplings of {model.name}"
    return replace(
        curve,
        values=curve.values / per,
        upper=None if curve.upper is None else curve.upper / per,
        quantity=limit.coupling_name.lower(),
        notes=(*curve.notes, note),
    )


def _in_the_coupling(curve: Overlay, limit: Limit) -> Overlay | None:
    """A curve of the limit's coupling, for which one that does not say is taken; None for y."""
    if curve.quantity in {"", limit.coupling_name.lower()}:
        return curve
    if (turned := _of_one_lepton(curve, limit)) is not None:
        return turned
    if curve.quantity != "y":
        raise EmissError(
            f"'{curve.label}' is a curve of {curve.quantity}, the limit is on "
            f"{limit.coupling_name}; name the quantity in the head of its column or with "
            "--quantity, or turn it into this model's with `emiss recast`."
            + "".join(f" {note}." for note in curve.notes)
        )
    return None


def overlay_in_coupling(curve: Overlay, limit: Limit) -> Overlay:
    """Give a curve as one of a limit's coupling against mediator mass.

    Parameters
    ----------
    curve : Overlay
        Of the coupling, of that to one charged lepton (``"g_mu"``, ``"epsilon_e"``), which the
        model of the limit ties to its own, or of y against dark-matter mass. y is converted with
        the alpha_dark and mass ratio that the curve states, else with those of the limit.
    limit : Limit
        Says which coupling.

    Returns
    -------
    Overlay
        epsilon = (y / alpha_dark)^(1/2) R^2 at the mediator mass R m_chi.

    Raises
    ------
    EmissError
        If the curve is of another coupling, or the dark sector is not known.
    """
    if (found := _in_the_coupling(curve, limit)) is not None:
        return found
    own = dark_sector_of(limit)
    alpha = curve.alpha_dark if curve.alpha_dark is not None else own and own[0]
    ratio = curve.mass_ratio if curve.mass_ratio is not None else own and own[1]
    if alpha is None or ratio is None or limit.coupling_name != "epsilon":
        raise EmissError(
            f"'{curve.label}' is a curve in y, which this model does not have; give alpha_D and "
            "the mass ratio of the curve to have it turned into epsilon."
        )
    upper = None if curve.upper is None else epsilon_from_y(curve.upper, alpha, ratio)
    return replace(
        curve,
        masses=curve.masses * ratio,
        values=epsilon_from_y(curve.values, alpha, ratio),
        upper=upper,
        quantity="epsilon",
        notes=(*curve.notes, f"turned into epsilon with alpha_D = {alpha:g}, ratio {ratio:g}"),
    )


def overlay_in_y(curve: Overlay, limit: Limit) -> Overlay:
    """Give a curve as one of y against dark-matter mass, for the dark sector of a limit.

    Parameters
    ----------
    curve : Overlay
        Of epsilon against mediator mass, or of y, which is taken as it is.
    limit : Limit
        Its alpha_dark and mass ratio turn epsilon into y.

    Returns
    -------
    Overlay
        y = epsilon^2 alpha_dark / R^4 at the dark-matter mass m / R.

    Raises
    ------
    EmissError
        If the limit has no y, the curve is of another coupling, or does not say of which.
    """
    sector = dark_sector_of(limit)
    if sector is None:
        y_per_coupling_squared(limit)  # says why
        raise EmissError(f"nothing of '{limit.experiment_title}' is known in y.")
    if curve.quantity == "y":
        return curve
    if curve.quantity == "":
        raise EmissError(
            f"'{curve.label}' does not say what it is a curve of; say so (--quantity epsilon) to "
            "have it drawn in y."
        )
    curve = _in_the_coupling(curve, limit) or curve
    alpha, ratio = sector
    upper = None if curve.upper is None else y_from_epsilon(curve.upper, alpha, ratio)
    return replace(
        curve,
        masses=curve.masses / ratio,
        values=y_from_epsilon(curve.values, alpha, ratio),
        upper=upper,
        quantity="y",
        alpha_dark=alpha,
        mass_ratio=ratio,
        notes=(*curve.notes, f"turned into y with alpha_D = {alpha:g}, ratio {ratio:g}"),
    )
