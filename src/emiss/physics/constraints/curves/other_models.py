"""Other models, whose couplings have the names of those here: charges, mixings and strengths."""

from __future__ import annotations

import re
from typing import Final

from ....ground.bounded_text import shown
from .labels import spoken_qualifier
from .table import Column, Table
from .wording import plain

__all__ = ["OTHER_BOSON", "doubt_of_model"]

OTHER_BOSON: Final = re.compile(
    r"(?<![a-z])(?:l_?mu ?- ?l_?tau|b ?- ?l(?![a-z])|proto-?phobic|(?:pseudo-?)?scalars?|axial|"
    r"leptophilic|leptophobic|baryonic|alps?|axions?)(?![a-z'])"
    # Nor the dark matter, whose spin alters no mixing.
    r"(?! *,?[ -]*(?:(?:elastic|inelastic|thermal|light|and|or|/|majorana|pseudo-dirac|dirac|"
    r"fermion\w*|complex|relic) *)*(?:dark[ -]matter|l?dm|relics?|target|thermal|chi|dark fermion)"
    r"(?![a-z]))"
)
"""Bosons other than the dark photon, whose couplings are no kinetic mixing."""

_OTHER: Final = re.compile(
    r"milli-?charge\w*|heavy neutral leptons?|(?<![a-z])(?:hnls?|mcps?|nsi)(?![a-z])|"
    r"(?:sterile|heavy|right-handed)[ -]neutrinos?|neutrino mixing\w*|"
    r"non-?standard (?:neutrino )?interactions?|dark higgs(?! mass)|higgs (?:portal|mixing)|"
    r"mixing angle"
)
_VECTOR: Final = re.compile(
    r"(?:dark|hidden|heavy|para)[ -]?photon|kinetic|(?<![a-z])[az]'|gauge|vector|b ?- ?l(?![a-z])"
)


def doubt_of_model(table: Table, column: Column) -> str:
    """Find a text by which a curve is of another model.

    Parameters
    ----------
    table : Table
        The table.
    column : Column
        A column that is headed epsilon, or does not say what it holds.

    Returns
    -------
    str
        The reason to ask; nothing where the text speaks of a vector too.
    """
    names = (
        value if name == "table" else spoken_qualifier(name, value)
        for name, value in column.qualifiers
    )
    heads = (variable.head for variable in table.independent)
    for text in (column.head, *heads, *names, table.description, *table.comments):
        words = plain(text)
        if (match := _OTHER.search(words)) and not _VECTOR.search(words):
            return (
                f"{table.file}: '{shown(text, 80)}' speaks of another model ('{match[0]}'), in "
                f"which '{shown(column.head, 60)}' may be another quantity; if the curve is of a "
                "coupling here, say which with --quantity."
            )
    return ""
