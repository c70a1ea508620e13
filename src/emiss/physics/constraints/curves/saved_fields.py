"""Fields of a saved limit that no column comes from: texts, lists of texts, numbers, objects."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError

__all__ = ["refuse_other_fields"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_positive(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0.0 < value < math.inf


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


_FIELDS: Final[tuple[tuple[str, Callable[[Any], bool], tuple[str, ...]], ...]] = (
    (
        "a text",
        _is_text,
        (
            "experiment",
            "experiment_title",
            "beam",
            "mediator_symbol",
            "method",
        ),
    ),
    ("a list of texts", _is_list_of_texts, ("notes", "warnings", "citations")),
    ("a positive number", _is_positive, ("particles_on_target",)),
    ("an object", _is_object, ("model_parameters", "shares", "provenance")),
)


def refuse_other_fields(record: Mapping[str, Any]) -> None:
    """Refuse fields of another type, and y of a model that has no dark matter.

    Parameters
    ----------
    record : mapping
        Parsed JSON of a limit; fields that it lacks are not asked for.

    Raises
    ------
    EmissError
        If a field is not what `limit_record` writes.
    """
    for what, belongs, names in _FIELDS:
        for name in names:
            if name in record and not belongs(record[name]):
                raise EmissError(f"'{name}' must be {what}, not {shown(repr(record[name]), 40)}.")
    if record.get("y") is not None:
        dark = record.get("model_parameters", {}).get("dark_matter")
        if dark == "none":
            raise EmissError("'y' is given, but 'model_parameters' has no dark matter.")
