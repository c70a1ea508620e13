"""Models as plain values, as jobs and headers of files carry them: what a file says is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .base import Model
from .registry import defaults, get
from .user_model import Names, UserModel

__all__ = ["model_of", "plain_model"]


def plain_model(
    model: Model | str | Path, settings: Mapping[str, float | str] | None = None
) -> dict[str, Any]:
    """Write a model as plain values.

    Parameters
    ----------
    model : Model, str or path
        The model, its name, or the path of its file.
    settings : mapping, optional
        Parameters that differ from their defaults, of a model given by name.

    Returns
    -------
    dict
        ``model``, the name; ``settings``, where some differ from their defaults; for a model of the
        user's own ``own``, all that its file says, so that the file is not needed any more.

    Raises
    ------
    EmissError
        As of `registry.get`; if a class of the user's own is not known by name.
    """
    found = model if isinstance(model, Model) else get(model, settings)
    if isinstance(found, UserModel):
        return {"model": found.name, "own": asdict(found)}
    # Some names stand for another model with parameters set, so that settings alone do not do.
    given = _differing(found)
    return {"model": found.name, **({"settings": given} if given else {})}


def _differing(model: Model) -> dict[str, float | str]:
    """Parameters of a model that differ from their defaults."""
    usual = defaults(model.name)
    return {
        name: value
        for name, value in model.parameters().items()
        if value is not None and value != usual[name]
    }


def model_of(plain: Mapping[str, Any]) -> Model:
    """Model that `plain_model` wrote.

    Parameters
    ----------
    plain : mapping
        Plain values; others among them are left alone.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    EmissError
        As of `registry.get`.
    """
    own = plain.get("own")
    if own is None:
        return get(str(plain["model"]), plain.get("settings"))
    names = dict(own["names"])
    names["references"] = tuple(names["references"])
    return UserModel(**{**own, "names": Names(**names)})
