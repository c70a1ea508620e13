"""How a part of an experiment declares what its table in the file holds.

A frozen dataclass says once which numbers it has, in which dimension and what they mean; from that
follow the table in the file (`tables`), the reading (`build`) and the rows of ``emiss show``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

__all__ = ["Declared", "count", "declared", "number", "word", "words"]

Form = Literal["number", "word", "words", "count"]

DIMENSIONS: Final = {
    "angle": "AngleTable",
    "energy": "EnergyTable",
    "field integral": "FieldIntegralTable",
    "fraction": "FractionTable",
    "length": "LengthTable",
    "momentum": "BeamEnergyTable",
    "noise": "EnergyTable",
    "particles": "OnTargetTable",
    "position": "PositionTable",
    "ratio": "RatioTable",
    "size": "SizeTable",
    "stochastic": "StochasticTable",
    "time": "TimeTable",
    "yield per energy": "LightYieldTable",
}
"""Dimensions of numbers, with the name of the table that reads them."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One key of a table.

    Parameters
    ----------
    name : str
        The key.
    form : str
        ``number`` (with dimension), ``word``, ``words`` or ``count`` (a whole number).
    doc : str
        What it means.
    dimension : str
        Key of `DIMENSIONS` for a number.
    required : bool
        Whether it must be given.
    choices : tuple of str
        Allowed words; empty for any.
    """

    name: str
    form: Form
    doc: str
    dimension: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()


def number(dimension: str, doc: str, *, required: bool = False) -> Any:
    """Declare a number with origin: a `Quantity`, None where it is not given.

    Parameters
    ----------
    dimension : str
        Key of `DIMENSIONS`.
    doc : str
        What it means.
    required : bool, optional
        Whether it must be given.
    """
    if dimension not in DIMENSIONS:
        raise KeyError(dimension)
    return _field("number", doc, required, dimension=dimension)


def word(doc: str, *, required: bool = False, choices: tuple[str, ...] = ()) -> Any:
    """Declare a text; empty where it is not given."""
    return _field("word", doc, required, default="", choices=choices)


def words(doc: str, *, choices: tuple[str, ...] = ()) -> Any:
    """Declare a list of texts."""
    return _field("words", doc, False, default=(), choices=choices)


def count(doc: str, default: int = 1) -> Any:
    """Declare a whole number of at least 1."""
    return _field("count", doc, False, default=default)


def _field(
    form: Form,
    doc: str,
    required: bool,
    *,
    default: Any = None,
    dimension: str = "",
    choices: tuple[str, ...] = (),
) -> Any:
    said = {"form": form, "doc": doc, "dimension": dimension, "required": required}
    metadata = {"emiss": {**said, "choices": choices}}
    if required:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def declared(part: type[Any] | Any) -> Iterator[Declared]:
    """Keys that a dataclass declares, in order.

    Parameters
    ----------
    part : dataclass or instance
        The part of an experiment.

    Returns
    -------
    iterator of Declared
        The keys.
    """
    for item in dataclasses.fields(part):
        said = item.metadata.get("emiss")
        if said is not None:
            yield Declared(item.name, **said)
