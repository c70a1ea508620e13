"""The catalogue of models: by name, with parameters given as text or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ..ground.errors import EmissError, UnknownNameError
from .alp import ALP
from .b_minus_l import BMinusL
from .base import Model, read_parameters
from .dark_photon import DarkPhoton
from .dark_sector import DARK_MATTER_KINDS
from .leptophilic import Leptophilic
from .lmu_ltau import LMuLTau
from .scalar import Scalar
from .user_model import UserModel

__all__ = ["defaults", "get", "is_path", "load", "names", "template"]

_MODELS: Final[dict[str, Model]] = {
    model.name: model
    for model in (ALP(), BMinusL(), DarkPhoton(), Leptophilic(), LMuLTau(), Scalar())
}
_PRESETS: Final[dict[str, Model]] = {
    "inelastic-dark-matter": DarkPhoton(dark_matter="pseudo-dirac", splitting=0.1),
}
"""Names for a built-in model with other defaults; the model keeps its own name."""
_DARK_PARAMETERS = ("alpha_dark", "g_chi", "mass_ratio", "splitting")


def names() -> tuple[str, ...]:
    """Names of all models, sorted; those of built-in models with other defaults too."""
    return tuple(sorted((*_MODELS, *_PRESETS)))


def is_path(name: str | Path) -> bool:
    """Whether a model's name is the path of a file: it ends in ``.toml`` or has a slash."""
    text = str(name)
    return isinstance(name, Path) or text.endswith(".toml") or "/" in text or "\\" in text


def load(path: str | Path, parameters: Mapping[str, float | str] | None = None) -> UserModel:
    """Read a model from a TOML file.

    Parameters
    ----------
    path : path
        The file, see `template`.
    parameters : mapping, optional
        Parameters that differ from the file: couplings (in GeV or GeV^-1 where they have a
        dimension), ``dark_matter``, ``alpha_dark`` or ``g_chi``, ``mass_ratio``, ``splitting``.

    Returns
    -------
    UserModel
        The model.

    Raises
    ------
    ExperimentFileError
        If the file cannot be read or says something impossible: file, line and key are named.
    EmissError
        If a parameter does not exist, cannot be read or is out of range.
    """
    # Files are read a layer above; only who has one needs it.
    from . import model_file

    return model_file.load(path, parameters)


def template() -> str:
    """Return the text of a commented model file to start one's own from."""
    from . import model_file

    return model_file.template()


def _builtin(name: str) -> Model:
    found = _MODELS.get(name) or _PRESETS.get(name)
    if found is None:
        raise UnknownNameError("model", name, (*_MODELS, *_PRESETS))
    return found


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
    return (load(name) if is_path(name) else _builtin(str(name))).parameters()


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
    if is_path(name):
        return load(name, parameters)
    model = _builtin(str(name))
    known = model.parameters()
    given = read_parameters(known, parameters or {})
    dark_matter = given.get("dark_matter", known.get("dark_matter"))
    idle = [key for key in _DARK_PARAMETERS if key in given]
    if dark_matter == "none" and idle:
        raise EmissError(
            f"{', '.join(idle)}: no effect with dark_matter=none; choose a kind of dark matter "
            f"({', '.join(DARK_MATTER_KINDS)}) or leave this out."
        )
    return model.with_parameters(**given)
