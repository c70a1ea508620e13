"""Finding the table of dark bremsstrahlung of an element: shipped, cached, or made."""

from __future__ import annotations

from collections.abc import Callable

from ..materials import Element
from .bremsstrahlung_table_file import (
    CITATIONS,
    FILES,
    BremsstrahlungTable,
    file_name,
    table_settings,
    threshold,
)

__all__ = [
    "CITATIONS",
    "FILES",
    "BremsstrahlungTable",
    "load_table",
    "table_settings",
    "threshold",
]

Progress = Callable[[float], None]


def load_table(
    element: Element,
    projectile: str = "e-",
    form_factor: str = "elastic",
    progress: Progress | None = None,
) -> BremsstrahlungTable:
    """Get a table: the shipped one, else the cached one, else build it and cache it.

    Parameters
    ----------
    element : Element
        Target.
    projectile : str
        ``e-``, ``e+``, ``mu-`` or ``mu+``.
    form_factor : str
        One of `form_factors.FORM_FACTORS`.
    progress : callable, optional
        Called with the fraction done while a table is built.

    Returns
    -------
    BremsstrahlungTable
        The table; one that does not belong to exactly these settings is never used.

    Raises
    ------
    UnknownNameError
        If a name is unknown.
    """
    settings = table_settings(element, projectile, form_factor)
    name = file_name(settings)

    def make() -> BremsstrahlungTable:
        from .bremsstrahlung_table_build import build_table

        return build_table(element, projectile, form_factor, progress)

    return FILES.find_or_make(name, settings, make, f"{settings['sha256'][:12]}_{name}")
