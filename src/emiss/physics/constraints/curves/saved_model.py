"""The coupling in a saved limit, against the model that the record names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from ...models import get, names
from ...models.registry import DARK_PARAMETERS
from .quantity import KNOWN

__all__ = ["UNITS", "refuse_other_coupling"]

UNITS: Final = frozenset({"", "GeV^-1"})
"""Units that a free coupling may have."""


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
        If the name is not that of the model's coupling, or the model has no such parameters.
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
        known = frozenset({_free_coupling(model, record.get("model_parameters"))})
        where = f"that of the model '{model}', which is {', '.join(known)}"
    if coupling not in known:
        raise EmissError(f"the coupling_name '{shown(coupling, 40)}' is not {where}.")


def _free_coupling(model: str, parameters: Any) -> str:
    """The name of a model's coupling with the parameters of a record."""
    if parameters is None:
        return get(model).coupling_name
    if not isinstance(parameters, Mapping):
        raise EmissError("'model_parameters' must be an object with names and values.")
    # Records hold numbers of the dark sector even where they have no effect.
    given = {name: value for name, value in parameters.items() if name not in DARK_PARAMETERS}
    try:
        return get(model, given).coupling_name
    except EmissError as error:
        raise EmissError(f"'model_parameters': {error}") from error
