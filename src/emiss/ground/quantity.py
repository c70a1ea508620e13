"""A number with its uncertainty, and the words on where it comes from and how sure it is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final

from .checks import shortened
from .declared_types import check_declared
from .errors import EmissError, UnitError
from .provenance import InputLabel
from .units import format_energy

__all__ = ["STATUSES", "Quantity", "parse_fraction", "parse_stochastic_term", "shortened"]

STATUSES: Final = (
    "published",
    "recalled",
    "derived",
    "fitted",
    "tuned",
    "estimated",
    "assumed",
    "user",
)
"""How sure a number is.

``published``: read in the named source; ``recalled``: from general knowledge of the literature, not
checked against the source; ``derived``: computed from published numbers; ``fitted``: adjusted to a
published result; ``tuned``: chosen after looking at the result it is compared with, so that the
comparison is no independent test; ``estimated``: scaled from a similar case; ``assumed``: a choice;
``user``: given by the user without a source.
"""

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_FRACTION = re.compile(rf"\s*({_NUMBER})\s*%\s*")
_STOCHASTIC = re.compile(rf"\s*({_NUMBER})\s*(%)?\s*sqrt\(GeV\)\s*")


def parse_fraction(value: object, name: str = "value") -> float:
    """Read a fraction: a plain number or text in per cent.

    Parameters
    ----------
    value : float or str
        For example ``0.01`` or ``"1 %"``.
    name : str, optional
        How to call it in an error.

    Returns
    -------
    float
        The fraction.

    Raises
    ------
    UnitError
        If it is neither, or not finite.

    >>> parse_fraction("1 %")
    0.01
    """
    fraction = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        fraction = float(value)
    elif isinstance(value, str) and (match := _FRACTION.fullmatch(value[:80])):
        fraction = float(match[1]) / 100.0
    if not math.isfinite(fraction):
        raise UnitError(
            f"{name}: {shortened(value)} is not a fraction; write a number such as 0.01 or text "
            'in per cent such as "1 %".'
        )
    return fraction


def parse_stochastic_term(value: object, name: str = "value") -> float:
    """Read the stochastic term a of a resolution sigma/E = a/sqrt(E).

    Parameters
    ----------
    value : str
        For example ``"9 % sqrt(GeV)"`` or ``"0.09 sqrt(GeV)"``.
    name : str, optional
        How to call it in an error.

    Returns
    -------
    float
        a in sqrt(GeV).

    Raises
    ------
    UnitError
        If the unit is missing or the number is not finite.

    >>> parse_stochastic_term("9 % sqrt(GeV)")
    0.09
    """
    match = _STOCHASTIC.fullmatch(value[:80]) if isinstance(value, str) else None
    term = math.nan if match is None else float(match[1]) / (100.0 if match[2] else 1.0)
    if not math.isfinite(term):
        raise UnitError(
            f"{name}: {shortened(value)} is not a stochastic term; write text with its unit, "
            'such as "9 % sqrt(GeV)" for sigma/E = 9 % / sqrt(E/GeV).'
        )
    return term


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of an experiment with its origin.

    Parameters
    ----------
    value : float
        The number in `unit`.
    uncertainty : float or None
        Standard deviation in `unit`; None where none is known.
    unit : str
        Internal unit: ``"GeV"``, ``"cm"``, ``"sqrt(GeV)"`` or empty for pure numbers.
    source : str
        Where it was read, or how it was obtained.
    status : str
        One of `STATUSES`.
    note : str
        What else the reader must know.
    uncertainty_source, uncertainty_status : str
        The same for the uncertainty where it differs from the number; empty where it does not.

    Raises
    ------
    EmissError
        If a number is not finite, an uncertainty is negative or a status is unknown.
    """

    value: float
    uncertainty: float | None = None
    unit: str = ""
    source: str = "user"
    status: str = "user"
    note: str = ""
    uncertainty_source: str = ""
    uncertainty_status: str = ""

    def __post_init__(self) -> None:
        check_declared(self)
        if not math.isfinite(self.value):
            raise EmissError(f"the value of a quantity must be finite, not {self.value}.")
        if self.uncertainty is not None and not (0.0 <= self.uncertainty < math.inf):
            raise EmissError(f"uncertainty {self.uncertainty} must be finite and not negative.")
        for status in (self.status, self.uncertainty_status or self.status):
            if status not in STATUSES:
                raise EmissError(f"status '{status}' is unknown; use {', '.join(STATUSES)}.")

    @property
    def relative_uncertainty(self) -> float:
        """Uncertainty over value; 0 where no uncertainty is known.

        Raises
        ------
        EmissError
            If the value is zero and the uncertainty is not.
        """
        if not self.uncertainty:
            return 0.0
        if self.value == 0.0:
            raise EmissError("a relative uncertainty of the number zero does not exist.")
        return self.uncertainty / abs(self.value)

    @property
    def text(self) -> str:
        """The number with its unit."""
        return self._written(self.value)

    def _written(self, number: float) -> str:
        if self.unit == "GeV":
            return format_energy(number, 6) if number else "0 GeV"
        return f"{number:.6g} {self.unit}".rstrip()

    def _labelled(self, number: float) -> float | str:
        if self.unit:
            return self._written(number)
        return int(number) if float(number).is_integer() and abs(number) < 1e6 else number

    def labels(self, name: str) -> tuple[InputLabel, ...]:
        """Labels of the number and, where there is one, of its uncertainty.

        Parameters
        ----------
        name : str
            Name of the number.

        Returns
        -------
        tuple of InputLabel
            One or two labels; numbers with a unit are given as text.
        """
        number = InputLabel(name, self._labelled(self.value), self.status, self.source)
        if self.uncertainty is None:
            return (number,)
        spread = InputLabel(
            f"{name} uncertainty",
            self._labelled(self.uncertainty),
            self.uncertainty_status or self.status,
            self.uncertainty_source or self.source,
        )
        return number, spread

    def relabelled(self, source: str, status: str, note: str = "") -> Quantity:
        """Give the same number another origin, for its uncertainty as well."""
        return replace(
            self,
            source=source,
            status=status,
            note=note,
            uncertainty_source="",
            uncertainty_status="",
        )
