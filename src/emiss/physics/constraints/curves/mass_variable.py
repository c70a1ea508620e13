"""The mass of a curve: which variable it is, in what unit and scale, and the numbers in cells."""

from __future__ import annotations

import math
import re
from typing import Final

from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .leftover import alters_mass
from .table import Cell, Choice, Column, Table
from .wording import Scale, contradict, parse_unit, plain, scale_of, split_unit

__all__ = ["cell_value", "is_mass", "is_of_dark_matter", "mass_at", "mass_unit", "pick_mass"]

_MISSING: Final = frozenset({"", "-", "--", "nan", "none", "null", "n/a", "~", "\N{EN DASH}"})
_NOT_MASS: Final = re.compile(
    r"(?<![a-z])(?:pt|et|p_t|e_t|sqrt|energy|momentum|q\^2|q2|ht|met|eta|rapidity|angle|time|c?tau|"
    r"lifetime|length|distance|frequency|hz|alpha|epsilon|coupling|splitting|run|bin|"
    r"index|lambda|scale|temperature|f_a|[epqtk])(?![a-z])"
)
_ALTERED: Final = re.compile(
    # A sign, a factor, a power, a ratio, or a word that makes something else of a mass.
    r"^\W*-|^\W*(?!20\d\d)\d[\d.^e]*\s*\*?\s*\(?m(?!ev)|[*/]\s*\(?\d|(?<![a-z])x ?(?:10+|1e\d)|"
    r"m(?:ass)?(?:_\(?\w+)?'?\)*\^\(?-?[2-9]|/\s*m_?\w*'?\)*$|^\W*[kmgt]?ev\s*/|^\W*mass[ _]ratio|"
    r"(?<![a-z])(?:delta|half|twice|double|inverse|reciprocal|err(?:or)?|uncertainty|difference|"
    r"splitting|ratio|resolution|width|shift)(?: (?:of|in|on|between|the|to))*[ _]*\(?m(?![eg]v)|"
    r"mass(?:es)?[ _](?:difference|splitting|err|unc|resolution|width|shift)"
)


def is_mass(head: str) -> bool:
    """Say whether a head names a mass, and not what is made of one (twice a mass, a difference)."""
    words = scale_of(plain(split_unit(head)[0]))[1]
    if _ALTERED.search(words) or alters_mass(words):
        return False
    if re.search(r"(?<![a-z])mass(?![a-z])|mass_|_mass", words):
        return True
    return bool(
        re.fullmatch(
            r"\W*m(?:[ _]?\(?(?:a|a'|ap|aprime|z|z'|zp|zprime|x|v|u|phi|s|chi|dm|gamma|gamma'|d|b|"
            r"alp|med|p=\d|h|w|w'|v'|chi_?\d?|b ?- ?l|gamma_?d|a_?d|a'->\w+|inv|ee|mumu)'?\)?)?'?"
            r"\)?\W*",
            words,
        )
    )


def is_of_dark_matter(head: str) -> bool:
    """Say whether a mass is that of the dark matter, not of the mediator."""
    words = plain(head)
    return bool(
        re.search(r"(?<![a-z])m(?:ass)?[ _(]*(?:of )?(?:the )?(?:chi|dm(?![a-z])|wimp)", words)
        or re.search(r"(?:dark[ -]?matter|wimp|(?<![a-z])dm|chi)[ _-]*(?:particle )?mass", words)
    )


def cell_value(
    cell: Cell, where: str, *, scale: Scale = "linear", upper: bool = False
) -> float | None:
    """Number in a cell; None if there is none."""
    if not isinstance(cell, str):
        raise EmissError(f"{where}: a bin stands where a value is expected.")
    word = cell.strip()
    if word.lower() in _MISSING:
        return None
    value = plain_number(word)
    if value is None:
        hint = (
            "; write decimal points, not commas" if re.fullmatch(r"[\d.,]+(e-?\d+)?", word) else ""
        )
        raise EmissError(f"{where}: '{shown(word, 60)}' is not a number{hint}.")
    if not (math.isfinite(value) or (upper and value == math.inf)):
        raise EmissError(f"{where}: '{shown(word, 60)}' is not finite; remove the row.")
    if scale == "linear" and value <= 0.0:
        raise EmissError(
            f"{where}: {value:g} is not positive; masses and couplings must be (head a "
            "column of logarithms log10(...))."
        )
    return value


def mass_at(cell: Cell, where: str, scale: Scale) -> float:
    """Mass in a cell; the middle of a bin in its logarithm (in itself if the bin starts at 0)."""
    if isinstance(cell, str):
        value = cell_value(cell, where, scale=scale)
        if value is None:
            raise EmissError(f"{where}: the mass is missing.")
        return value
    low, high = (plain_number(end) for end in cell)
    if low is None or high is None or not (0.0 <= low < high < math.inf) or scale != "linear":
        ends = f"{shown(cell[0], 30)} to {shown(cell[1], 30)}"
        raise EmissError(f"{where}: the bin {ends} is no range of masses.")
    return math.sqrt(low * high) if low > 0.0 else 0.5 * high


def pick_mass(table: Table, dark: bool) -> Column:
    """The variable of the curve: a mass, of the dark matter if that is what belongs."""
    masses = [c for c in table.independent if is_mass(c.head) or _has_energy_unit(c)]
    masses = [c for c in masses if is_mass(c.head) or not _is_other(c.head)]
    if not masses:
        masses = [c for c in table.independent if not _is_other(c.head)][:1]
    if not masses:
        heads = ", ".join(f"'{shown(c.head, 60)}'" for c in table.independent)
        raise EmissError(
            f"{table.file}: none of the variables {heads} is a mass; a curve goes with the mass "
            "itself, 'm [MeV]'."
        )
    right = [c for c in masses if is_of_dark_matter(c.head) == dark]
    return (right or masses)[0]


def _is_other(head: str) -> bool:
    """Whether a head names a variable that is no mass."""
    words = plain(split_unit(head)[0])
    return bool(_NOT_MASS.search(words) or _ALTERED.search(words)) or alters_mass(words)


def _has_energy_unit(column: Column) -> bool:
    own = split_unit(column.head)[1]
    unit = parse_unit(column.unit) if column.unit else own
    return unit is not None and unit.dimension == "energy"


def mass_unit(table: Table, mass: Column, choice: Choice) -> tuple[float, Scale]:
    """Size of the unit of the mass in GeV, and its scale."""
    rest, own = split_unit(mass.head)
    scale = scale_of(plain(rest))[0]
    of_unit, words = scale_of(plain(mass.unit))
    unit = parse_unit(mass.unit if of_unit == "linear" else words) if mass.unit else own
    if mass.unit and contradict(own, unit):
        raise EmissError(
            f"{table.file}: the unit in the head '{shown(mass.head, 60)}' and the unit "
            f"'{shown(mass.unit, 40)}' contradict each other; correct one of them."
        )
    scale = of_unit if scale == "linear" else scale
    if scale == "log":
        raise EmissError(
            f"{table.file}: '{shown(mass.head, 60)}': the base of the logarithm is not said; write "
            "log10(...) or ln(...)."
        )
    given = None if choice.mass_unit is None else parse_unit(choice.mass_unit)
    if given is not None and given.dimension != "energy":
        raise EmissError(
            f"--mass-unit '{shown(choice.mass_unit, 40)}': write eV, keV, MeV, GeV or TeV."
        )
    if (unit is not None and unit.dimension == "other") or (
        unit is not None and unit.dimension in {"area", "per energy"}
    ):
        raise EmissError(
            f"{table.file}: the unit '{shown(unit.text, 40)}' of '{shown(mass.head, 60)}' is not "
            "one of mass; needed are eV, keV, MeV, GeV or TeV."
        )
    if unit is None or unit.dimension == "number":
        if given is None:
            raise EmissError(
                f"{table.file}: the unit of the mass is not stated; add the unit of "
                f"'{shown(mass.head, 60)}' to its head (mass_gev, 'm [MeV]'), as a comment line "
                "'# units: GeV, 1', or with --mass-unit."
            )
        return given.factor, scale
    assumed = any("say otherwise with --mass-unit" in note for note in table.notes)
    if (
        given is not None
        and not assumed
        and not math.isclose(given.factor, unit.factor, rel_tol=1e-9)
    ):
        raise EmissError(
            f"{table.file}: --mass-unit {choice.mass_unit} contradicts the file, which has "
            f"'{shown(unit.text, 40)}'."
        )
    return (given.factor if given is not None else unit.factor), scale
