"""Curves turned by the masses and couplings of the dark sector for which they hold."""

from __future__ import annotations

import math
from dataclasses import replace

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .conversion import checked_sector, epsilon_from_y
from .mass_name import is_of_dark_matter, is_of_mediator
from .overlay import Overlay
from .quantity import KNOWN
from .table import Choice

__all__ = ["in_epsilon", "of_other_mass", "refuse_other_sector"]


def of_other_mass(curve: Overlay, mass: str, choice: Choice, file: str) -> Overlay:
    """Bring a curve to the mass that belongs to its quantity."""
    dark = is_of_dark_matter(mass)
    wants_dark = curve.quantity == "y" or curve.quantity.startswith("sigma")
    own = curve.quantity not in KNOWN | {""} and not curve.quantity.startswith("sigma")
    clear = (dark or is_of_mediator(mass)) and not own
    if not clear or dark == wants_dark or not (dark or curve.quantity):
        return curve
    ratio = choice.mass_ratio if choice.mass_ratio is not None else curve.mass_ratio
    if ratio is None:
        kinds, symbols = ("the dark matter", "the mediator"), ("m_chi", "m_A'")
        raise EmissError(
            f"{file}: {curve.quantity or 'a coupling'} against the mass of {kinds[not dark]} "
            f"('{shown(mass, 60)}'), where that of {kinds[dark]} is needed; give their ratio "
            "with --curve-mass-ratio, or say whose mass it is with --mass-unit, such as "
            f'"{symbols[dark]} [MeV]".'
        )
    if not 0.0 < ratio < math.inf:
        raise EmissError(f"{file}: mass ratio = {ratio:g}: must be positive and finite.")
    factor = ratio if dark else 1.0 / ratio
    note = f"masses times {factor:g}: given against '{shown(mass, 60)}'"
    return replace(curve, masses=curve.masses * factor, notes=(*curve.notes, note))


def refuse_other_sector(curve: Overlay, choice: Choice) -> None:
    """Refuse numbers of the dark sector that contradict those of the file.

    Raises
    ------
    EmissError
        If alpha_D or the mass ratio is given and the file states another one.
    """
    for name, given, stated in (
        ("alpha_D", choice.alpha_dark, curve.alpha_dark),
        ("mass ratio", choice.mass_ratio, curve.mass_ratio),
    ):
        if None not in (given, stated) and not math.isclose(
            given or 0.0, stated or 0.0, rel_tol=1e-6
        ):
            raise EmissError(
                f"'{curve.label}': {name} = {given:g} is given, but the file states {stated:g}."
            )


def in_epsilon(curve: Overlay, choice: Choice) -> Overlay:
    """Turn y into epsilon where one of the numbers that tie them is given, and both are known.

    Raises
    ------
    EmissError
        If one is given, and the other neither given nor stated by the file.
    """
    if curve.quantity != "y" or (choice.alpha_dark is None and choice.mass_ratio is None):
        return curve
    sector = checked_sector(
        curve.alpha_dark if choice.alpha_dark is None else choice.alpha_dark,
        curve.mass_ratio if choice.mass_ratio is None else choice.mass_ratio,
    )
    if sector is None:
        return curve
    alpha, ratio = sector
    upper = None if curve.upper is None else epsilon_from_y(curve.upper, alpha, ratio)
    note = f"y turned into epsilon with alpha_D = {alpha:g} and mass ratio {ratio:g}"
    return replace(
        curve,
        masses=curve.masses * ratio,
        values=epsilon_from_y(curve.values, alpha, ratio),
        upper=upper,
        quantity="epsilon",
        notes=(*curve.notes, note),
    )
