"""The coupling in a saved limit, against the model that the record names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from ...models import defaults, get, names
from ...models.base import Model
from ...models.registry import DARK_PARAMETERS
from .quantity import KNOWN

__all__ = ["LARGEST", "SMALLEST", "UNITS", "is_known", "refuse_other_coupling", "refuse_other_y"]

SMALLEST: Final = 1e-60
LARGEST: Final = 1e60
"""Bounds of masses and couplings that are read: their fourth powers are numbers of a computer."""

UNITS: Final = frozenset({"", "GeV^-1"})
"""Units that a free coupling may have."""


def is_known(model: str) -> bool:
    """Whether emiss, or a package that offers models, knows one of this name."""
    return model in names()


def refuse_other_coupling(record: Mapping[str, Any]) -> None:
    """Refuse a coupling that the model of a record does not have.

    A model that emiss knows has one free coupling; that of a model of the user's own may have any
    name, so that one is only checked to be named. A record without a model has a quantity that
    curves can have, or the coupling of some model.

    Parameters
    ----------
    record : mapping
        Parsed JSON of a limit.

    Raises
    ------
    EmissError
        If the name, label or unit is not that of the model's coupling, or the model has no such
        parameters.
    """
    model, coupling = record.get("model"), record.get("coupling_name")
    if model is not None and not (isinstance(model, str) and model.strip()):
        raise EmissError(f"'model' must be the name of a model, not {shown(repr(model), 40)}.")
    if model is not None and model not in names():
        return
    if model is None:
        known = KNOWN | {get(name).coupling_name for name in names()}
        where = f"that of a coupling known here ({', '.join(sorted(known))})"
    else:
        made = _model(model, record.get("model_parameters"))
        known = frozenset({made.coupling_name})
        where = f"that of the model '{model}', which is {', '.join(known)}"
    if coupling not in known:
        raise EmissError(f"the coupling_name '{shown(coupling, 40)}' is not {where}.")
    if model is not None:
        _refuse_other(record, "coupling_label", made.coupling_label, model)
        _refuse_other(record, "coupling_unit", made.coupling_unit, model)


def _refuse_other(record: Mapping[str, Any], key: str, own: str, model: str) -> None:
    """Refuse what the model has otherwise; records of old lack some."""
    if (stated := record.get(key, own)) != own:
        raise EmissError(
            f"the '{key}' {shown(repr(stated), 40)} does not belong to the model '{model}', which "
            f"has {own!r}."
        )


def _model(model: str, parameters: Any) -> Model:
    """A model with the parameters of a record."""
    if parameters is None:
        return get(model)
    if not isinstance(parameters, Mapping):
        raise EmissError("'model_parameters' must be an object with names and values.")
    # Records hold numbers of the dark sector even where they have no effect.
    idle = parameters.get("dark_matter", defaults(model).get("dark_matter", "none")) == "none"
    given = {n: v for n, v in parameters.items() if not (idle and n in DARK_PARAMETERS)}
    known = defaults(model)
    given = {n: v for n, v in given.items() if n in known or n not in DARK_PARAMETERS}
    try:
        return get(model, given)
    except EmissError as error:
        raise EmissError(f"'model_parameters': {error}") from error


_DIGITS: Final = 1e-6
"""To which numbers of a record agree that follow from each other."""


def refuse_other_y(record: Mapping[str, Any]) -> None:
    """Refuse y, or masses of dark matter, that do not follow from coupling and parameters.

    Parameters
    ----------
    record : mapping
        Parsed JSON of a limit, its lists checked.

    Raises
    ------
    EmissError
        If y is not epsilon^2 alpha_D / R^4, a mass not that of the mediator over R, or one of
        these numbers not positive.
    """
    given = record.get("model_parameters")
    given = given if isinstance(given, Mapping) else {}
    alpha, ratio = given.get("alpha_dark"), given.get("mass_ratio")
    for name, value in (("alpha_dark", alpha), ("mass_ratio", ratio)):
        if isinstance(value, int | float) and not value > 0.0:
            raise EmissError(f"'model_parameters': {name}={value:g}: must be positive.")
    if not isinstance(ratio, int | float):
        return
    masses, dark = record["masses_gev"], record.get("dark_matter_masses_gev")
    if dark is not None:
        _refuse_apart("dark_matter_masses_gev", dark, [m / ratio for m in masses])
    y = record.get("y")
    if y is not None and isinstance(alpha, int | float) and record["coupling_name"] == "epsilon":
        squares = [None if e is None else e * e * alpha / ratio**4 for e in record["observed"]]
        _refuse_apart("y", y, squares)


def _refuse_apart(name: str, found: list[Any], expected: list[float | None]) -> None:
    for one, other in zip(found, expected, strict=True):
        if (one is None) != (other is None) or (
            one is not None and other is not None and abs(one - other) > _DIGITS * other
        ):
            raise EmissError(
                f"'{name}' does not follow from 'observed', 'masses_gev' and 'model_parameters': "
                f"{shown(repr(one), 30)} where it would be {shown(repr(other), 30)}."
            )
