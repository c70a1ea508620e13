"""Direct-detection limits of others, read from the user's files, as curves in y."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.guards import guarded
from .arguments import ARGUMENTS
from .direct_detection import ReferenceMomentum, Target, y_from_sigma

if TYPE_CHECKING:
    from .curves.overlay import Overlay
    from .curves.table import Choice

__all__ = ["curve_in_y", "read_curve_in_y", "target_of"]

CITATIONS: Final = ("Essig:2015cda", "Izaguirre:2015yja")


@guarded(ARGUMENTS)
def target_of(quantity: str) -> Target | None:
    """Target that the name of a cross-section states.

    Parameters
    ----------
    quantity : str
        Column name such as ``"sigma_e_cm2"``.

    Returns
    -------
    str or None
        ``"electron"`` for sigma_e, ``"nucleon"`` for sigma_n, sigma_p and sigma_si, else None.
    """
    words = re.split(r"[^a-z0-9]+", quantity.lower())
    if {"e", "electron"} & set(words):
        return "electron"
    return "nucleon" if {"n", "p", "si", "nucleon", "proton"} & set(words) else None


@guarded(ARGUMENTS)
def curve_in_y(
    curve: Overlay,
    kind: str,
    target: Target | None = None,
    mass_ratio: float = 3.0,
    *,
    reference: ReferenceMomentum | None = None,
) -> Overlay:
    """Translate a limit on a scattering cross-section into y.

    Parameters
    ----------
    curve : Overlay
        Cross-section in cm^2 against dark-matter mass; its quantity names it, e.g.
        ``"sigma_e_cm2"``.
    kind : str
        Dark-matter kind; scalar or Dirac.
    target : str, optional
        ``"electron"`` or ``"nucleon"``; from the quantity if not given.
    mass_ratio : float, optional
        Mediator mass over dark-matter mass.
    reference : str, optional
        Momentum transfer at which this curve is quoted, ``"alpha-m"`` or ``"zero"``; by default
        that of the papers: alpha m_e for electrons, 0 for nucleons.

    Returns
    -------
    Overlay
        y against dark-matter mass. It holds for a heavy mediator and dark matter of all the
        observed density.

    Raises
    ------
    EmissError
        If the curve is not stated to be a cross-section in cm^2, its target is open, or it is that
        of a light mediator.
    ValidityError
        If the kind of dark matter has no translation (the message says why).
    """
    from .curves.overlay import Overlay

    if "light mediator" in curve.quantity:
        raise EmissError(
            f"'{curve.label}' is a cross-section for a light mediator (F_DM = 1/q^2), which falls "
            "with the momentum transfer; y follows from one for a heavy mediator (F_DM = 1) only."
        )
    if "sigma" not in curve.quantity or not re.search(r"cm\^?2", curve.quantity):
        raise EmissError(
            f"'{curve.label}' {_what(curve.quantity)}; head its "
            "second column sigma_e_cm2 or sigma_n_cm2 to have it read as a cross-section in cm^2."
        )
    chosen = target if target is not None else target_of(curve.quantity)
    if chosen is None:
        raise EmissError(
            f"'{curve.label}': the target of '{curve.quantity}' is open; head the column "
            "sigma_e_cm2 or sigma_n_cm2, or state electron or nucleon."
        )
    y = y_from_sigma(curve.values, curve.masses, kind, chosen, mass_ratio, reference=reference)
    upper = None
    if curve.upper is not None:
        upper = y_from_sigma(
            curve.upper, curve.masses, kind, chosen, mass_ratio, reference=reference
        )
    return Overlay(
        curve.label,
        curve.masses,
        y,
        "y",
        upper,
        reference=curve.reference,
        notes=(*curve.notes, *_out_of_range(curve.label, y)),
        reading=curve.reading,
    )


def _what(quantity: str) -> str:
    return f"is a curve of '{quantity}'" if quantity else "does not say what it is a curve of"


_Y_RANGE: Final = (1e-22, 1.0)
"""Limits on y are far inside: 1e-3 of thermal targets at 1 MeV, and couplings of order 1."""


def _out_of_range(label: str, y: FloatArray) -> tuple[str, ...]:
    """Ask where y is what no search for scattering reaches, or no coupling gives, at all masses."""
    low, high = _Y_RANGE
    if y.min() <= high and y.max() >= low:
        return ()
    return (
        f"{label}: y is {y.min():.3g} to {y.max():.3g} everywhere; is the curve a cross-section on "
        "this target, not a logarithm, and are its units right?",
    )


@guarded(ARGUMENTS)
def read_curve_in_y(
    path: Path | str,
    kind: str,
    target: Target | None = None,
    mass_ratio: float = 3.0,
    label: str | None = None,
    *,
    choice: Choice | None = None,
    reference: ReferenceMomentum | None = None,
) -> Overlay:
    """Read a file with a limit on a scattering cross-section as a curve in y.

    Parameters
    ----------
    path : path
        File with columns such as ``m_chi_MeV,sigma_e_cm2``.
    kind : str
        Dark-matter kind; scalar or Dirac.
    target : str, optional
        ``"electron"`` or ``"nucleon"``; from the column's name if not given.
    mass_ratio : float, optional
        Mediator mass over dark-matter mass.
    label : str, optional
        Name for legends; the file's by default.
    choice : Choice, optional
        Which column is meant, and what the file does not say.
    reference : str, optional
        As in `curve_in_y`.

    Returns
    -------
    Overlay
        y against dark-matter mass.

    Raises
    ------
    EmissError
        As `read_curve` and `curve_in_y`.
    """
    from .curves.curve_files import read_curve

    curve = read_curve(path, label, choice=choice)
    return curve_in_y(curve, kind, target, mass_ratio, reference=reference)
