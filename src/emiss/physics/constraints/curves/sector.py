"""Masses and couplings of the dark sector for which a curve holds, and y turned by them."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .conversion import checked_sector, epsilon_from_y
from .mass_name import is_of_dark_matter, is_of_mediator
from .overlay import Overlay
from .table import Choice, Column, Table
from .wording import plain

__all__ = ["in_epsilon", "of_other_mass", "stated_number", "stated_ratio"]


def stated_number(table: Table, column: Column, pattern: str) -> float | None:
    """A number that the head, its qualifiers or the description give to a name."""
    for name, value in column.qualifiers:
        if re.fullmatch(pattern, plain(name).replace(" ", "_")):
            number = plain_number(value)
            # "nan" and "inf" state nothing.
            return number if number is not None and math.isfinite(number) else None
    told = "; ".join(f"{name} {value}" for name, value in column.qualifiers)
    words = plain(f"{column.head}; {told[:300]}; {table.description}")
    match = re.search(rf"(?:{pattern})\s*=\s*([\d.]+(?:e-?\d+)?)(?!\s*\*?\s*m)", words)
    return plain_number(match[1].rstrip(".")) if match else None


def stated_ratio(table: Table, column: Column) -> float | None:
    """Mediator mass over dark-matter mass, as a ratio or as ``m_A' = 3 m_chi``."""
    found = stated_number(table, column, r"mass_?ratio|m_?\(?a'?\)?_?/_?m_?\(?chi\)?")
    told = {
        match[1]
        for text in (f"{column.head} {table.description}", *table.comments)
        for match in re.finditer(
            r"m_?\(?(?:a|z|ap)'?\)?\s*=\s*([\d.]+)\s*\*?\s*m_?\(?chi", plain(text)
        )
    }
    return plain_number(next(iter(told))) if found is None and len(told) == 1 else found


def of_other_mass(curve: Overlay, mass: str, choice: Choice, file: str) -> Overlay:
    """Bring a curve to the mass that belongs to its quantity."""
    dark = is_of_dark_matter(mass)
    wants_dark = curve.quantity == "y" or curve.quantity.startswith("sigma")
    clear = dark or is_of_mediator(mass)
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


def in_epsilon(curve: Overlay, choice: Choice) -> Overlay:
    """Turn y into epsilon where both numbers that tie them are given."""
    if curve.quantity != "y":
        return curve
    sector = checked_sector(choice.alpha_dark, choice.mass_ratio)
    if sector is None:
        return curve
    alpha, ratio = sector
    for name, given, stated in (
        ("alpha_D", alpha, curve.alpha_dark),
        ("mass ratio", ratio, curve.mass_ratio),
    ):
        if stated is not None and not math.isclose(given, stated, rel_tol=1e-6):
            raise EmissError(
                f"'{curve.label}': {name} = {given:g} is given, but the file states {stated:g}."
            )
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
