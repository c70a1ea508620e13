"""Models by name, found in this room and in other packages; parameters given as numbers or text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ...ground import guards
from ...ground.discovery import Catalogue, discover
from ...ground.errors import EmissError, UnknownNameError
from .base import Model, read_parameters
from .dark_sector import DARK_MATTER_KINDS
from .model_file import load, template

__all__ = ["defaults", "get", "is_path", "load", "names", "template"]

GROUP: Final = "emiss.models"
"""Entry points by which other packages add models."""
DARK_PARAMETERS: Final = ("alpha_dark", "g_chi", "mass_ratio", "splitting")
"""Numbers of a dark sector; without one, or of another kind, some have no effect."""


def _catalogue() -> Catalogue[Model]:
    return discover(__package__, GROUP, Model)


def names() -> tuple[str, ...]:
    """Names of all models, sorted: those of emiss, presets among them, and of other packages."""
    return tuple(_catalogue())


def is_path(name: str | Path) -> bool:
    """Whether a model's name is the path of a file: it ends in ``.toml`` or has a slash."""
    text = str(name)
    return isinstance(name, Path) or text.endswith(".toml") or "/" in text or "\\" in text


def _known(name: str) -> Model:
    try:
        return _catalogue()[name]
    except KeyError:
        raise UnknownNameError("model", name, names()) from None


def defaults(name: str | Path) -> dict[str, float | str]:
    """Parameters of a model with their default values.

    Parameters
    ----------
    name : str or path
        Name of a model, or path of a model file.

    Returns
    -------
    dict of str to (float or str)
        Defaults by parameter.

    Raises
    ------
    UnknownNameError
        If there is no such model.
    ExperimentFileError
        If a model file is broken.
    """
    guards.path(name, "name")
    return (load(name) if is_path(name) else _known(str(name))).parameters()


def get(name: str | Path, parameters: Mapping[str, float | str] | None = None) -> Model:
    """Model by name, or from a model file.

    Parameters
    ----------
    name : str or path
        Name of a model, see `names`; or a path: anything that ends in ``.toml`` or has a slash.
    parameters : mapping, optional
        Parameters that differ from the default, as numbers or text, e.g.
        ``{"alpha_dark": "0.1", "dark_matter": "dirac"}``.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    UnknownNameError
        If the model or a parameter does not exist; the nearest name is suggested.
    ExperimentFileError
        If a model file is broken: file, line and key are named.
    EmissError
        If a value cannot be read, is out of range, or contradicts another.

    Examples
    --------
    >>> get("dark-photon", {"dark_matter": "none"}).dark_sector is None
    True
    """
    guards.path(name, "name")
    if parameters is not None:
        guards.mapping(parameters, "parameters")
    if is_path(name):
        return load(name, parameters)
    model = _known(str(name))
    known = model.parameters()
    given = read_parameters(known, parameters or {})
    dark_matter = given.get("dark_matter", known.get("dark_matter"))
    idle = [key for key in DARK_PARAMETERS if key in given]
    if dark_matter == "none" and idle:
        raise EmissError(
            f"{', '.join(idle)}: no effect with dark_matter=none; choose a kind of dark matter "
            f"({', '.join(DARK_MATTER_KINDS)}) or leave this out."
        )
    return model.with_parameters(**given)
