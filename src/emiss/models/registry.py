"""The catalogue of models: by name, with parameters given as text or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..errors import EmissError, UnknownNameError
from .alp import ALP
from .b_minus_l import BMinusL
from .base import Model, read_parameters
from .dark_photon import DarkPhoton
from .dark_sector import DARK_MATTER_KINDS
from .leptophilic import Leptophilic
from .lmu_ltau import LMuLTau
from .scalar import Scalar

__all__ = ["defaults", "get", "names"]

_MODELS: Final[dict[str, Model]] = {
    model.name: model
    for model in (ALP(), BMinusL(), DarkPhoton(), Leptophilic(), LMuLTau(), Scalar())
}
_DARK_PARAMETERS = ("alpha_dark", "g_chi", "mass_ratio", "splitting")


def names() -> tuple[str, ...]:
    """Names of all models, sorted."""
    return tuple(sorted(_MODELS))


def defaults(name: str) -> dict[str, float | str]:
    """Parameters of a model with their default values.

    Parameters
    ----------
    name : str
        Name of a model.

    Returns
    -------
    dict of str to (float or str)
        Defaults by parameter.

    Raises
    ------
    UnknownNameError
        If there is no such model.
    """
    if name not in _MODELS:
        raise UnknownNameError("model", name, _MODELS)
    return _MODELS[name].parameters()


def get(name: str, parameters: Mapping[str, float | str] | None = None) -> Model:
    """Model by name.

    Parameters
    ----------
    name : str
        Name of a model, see `names`.
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
    EmissError
        If a value cannot be read, is out of range, or contradicts another.

    Examples
    --------
    >>> get("dark-photon", {"dark_matter": "none"}).dark_sector is None
    True
    """
    known = defaults(name)
    given = read_parameters(known, parameters or {})
    dark_matter = given.get("dark_matter", known.get("dark_matter"))
    idle = [key for key in _DARK_PARAMETERS if key in given]
    if dark_matter == "none" and idle:
        raise EmissError(
            f"{', '.join(idle)}: no effect with dark_matter=none; choose a kind of dark matter "
            f"({', '.join(DARK_MATTER_KINDS)}) or leave this out."
        )
    return _MODELS[name].with_parameters(**given)
