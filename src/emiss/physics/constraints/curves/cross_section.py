"""Cross-sections that direct detection limits: on what, and for which mediator."""

from __future__ import annotations

import re
from typing import Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .quantity import Meaning
from .table import Column, Table
from .unit_text import split_unit
from .wording import plain

__all__ = ["named_sigma"]

_ELECTRON: Final = re.compile(
    r"sigma_?\(?(?:(?:chi|dm) ?-? ?)?e(?![a-z+-])|(?<!e\+ )electron|(?:dm|chi|wimp)-e(?![a-z])"
)
_NUCLEON: Final = re.compile(
    r"sigma_?\(?(?:(?:chi|dm) ?-? ?)?(?:n|p|si)(?![a-z])|nucleon|proton|neutron|"
    r"spin[ _-]?independent|(?<![a-z])si(?![a-z])"
)
_SPIN_DEPENDENT: Final = re.compile(r"spin[ _-]?dependent|(?<![a-z])sd(?![a-z])")
_KINDS: Final = r"(?:dark[ -]?photon|vector|scalar|boson|(?:vector |scalar )?mediator)s?(?![a-z])"
_LIGHT: Final = re.compile(
    rf"light[ -]{_KINDS}|massless|/ ?\(?(?:vec )?q(?![a-z])|(?<![a-z])q\^\(?-[24]|"
    r"m_?\(?(?:a'|med|v|phi)\)? ?(?:<<|≪|ll(?![a-z])|-> ?0)"
)
_HEAVY: Final = re.compile(
    rf"heavy[ -]{_KINDS}|contact|(?<![a-z])f_?\(?dm\)?(?: ?\(q\))? ?= ?1(?![\d/])"
)
_SPIN_INDEPENDENT: Final = re.compile(r"spin[ _-]?independent|(?<![a-z])si(?![a-z])")


def _is_of_light_mediator(table: Table, column: Column, words: str) -> bool:
    """Whether a cross-section is that of a light mediator: the first text that says so decides."""
    told = " ".join(f"{name} {value}" for name, value in column.qualifiers)
    for text in (words, plain(told), plain(table.description), *map(plain, table.comments)):
        light, heavy = _LIGHT.search(text) is not None, _HEAVY.search(text) is not None
        if light != heavy:
            return light
        if light:
            raise EmissError(
                f"{table.file}: '{shown(column.head, 60)}' is of a heavy or of a light mediator, "
                "which is open; write F_DM = 1 or F_DM = 1/q^2 into the head of the column."
            )
    return False


def named_sigma(table: Table, column: Column, meaning: Meaning, stated: str = "") -> str:
    """Name of a cross-section with its target; refuse one that no coupling follows from.

    `stated` is what the user says that the column holds, which goes first.
    """
    words = plain(split_unit(column.head)[0])
    further = (
        f"{words} {plain(table.description)} {plain(' '.join(v for _, v in column.qualifiers))}"
    )
    unit = meaning.unit
    told = f"{further} {' '.join(map(plain, table.comments))}"
    if _SPIN_DEPENDENT.search(words) or (
        _SPIN_DEPENDENT.search(told) and not _SPIN_INDEPENDENT.search(words)
    ):
        raise EmissError(
            f"{table.file}: '{shown(column.head, 60)}' is, or may be, a spin-dependent "
            "cross-section: no limit here compares with one."
        )
    if unit is None:
        raise EmissError(
            f"{table.file}: '{shown(column.head, 60)}' is a cross-section without a unit; head the "
            "column sigma_e_cm2 or sigma_n_cm2."
        )
    light = " (light mediator)" if _is_of_light_mediator(table, column, words) else ""
    for text in (plain(stated), words, further):
        if _ELECTRON.search(text):
            return f"sigma_e_cm2{light}"
        if _NUCLEON.search(text):
            return f"sigma_n_cm2{light}"
    if unit.dimension == "area" and re.search(r"m\^?2", plain(unit.text)):
        return f"sigma_cm2{light}"
    raise EmissError(
        f"{table.file}: '{shown(column.head, 60)}' is a cross-section in {shown(unit.text, 40)} "
        "and not a coupling, which follows from it only with the production of that experiment; "
        "give a table of the coupling."
    )
