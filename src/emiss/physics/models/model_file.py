"""Reading a model of one's own from a TOML file; pydantic is imported with the first file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...ground import guards
from ...ground.errors import EmissError
from ...ground.shipped import shipped_text
from ...ground.toml_files import FileProblem, located, parse_toml, read_text, validated
from .base import read_parameters
from .user_model import Names, UserModel

if TYPE_CHECKING:
    from .model_schema import ModelFile

__all__ = ["load", "template"]

_DARK_KEYS: Final = ("alpha_dark", "g_chi", "mass_ratio", "splitting")
_COUPLINGS: Final = ("photons", "nu_tau", "nu_mu", "nu_e", "tau", "mu", "e", "u", "d")


def template() -> str:
    """Return the text of a commented model file to start one's own from."""
    return shipped_text("model-template.toml")


def load(path: str | Path, parameters: Mapping[str, float | str] | None = None) -> UserModel:
    """Read a model from a TOML file, see ``emiss template --model`` and the documentation.

    Parameters
    ----------
    path : path
        The file.
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
    guards.path(path, "path")
    guards.optional(guards.mapping)(parameters, "parameters")
    model = _from_text(Path(path))
    return _changed(model, parameters or {}) if parameters else model


def _changed(model: UserModel, parameters: Mapping[str, float | str]) -> UserModel:
    known = model.parameters()
    given = read_parameters({**known, "g_chi": 0.0}, parameters)
    kind = given.get("dark_matter", known["dark_matter"])
    idle = [key for key in _DARK_KEYS if key in given]
    if kind == "none" and idle:
        raise EmissError(
            f"{', '.join(idle)}: no effect without dark matter; set dark_matter to a kind too."
        )
    if "g_chi" in given:
        if "alpha_dark" in given:
            raise EmissError("alpha_dark and g_chi: give one of them.")
        given["alpha_dark"] = float(given.pop("g_chi")) ** 2 / (4.0 * math.pi)
    return model.with_parameters(**given)


def _from_text(path: Path) -> UserModel:
    from .model_schema import ModelFile

    text, _ = read_text(path)
    data = parse_toml(path, text)
    try:
        return _build(validated(ModelFile, data))
    except FileProblem as problem:
        raise located(path, text, data, problem) from None


def _build(table: ModelFile) -> UserModel:
    head, dark = table.model, table.dark_matter
    couplings = {name: given[1] for name in _COUPLINGS if (given := getattr(table.couplings, name))}
    try:
        names = Names(
            head.name,
            head.title,
            head.coupling,
            head.coupling_label or head.coupling,
            head.unit,
            head.symbol,
            tuple(head.references),
        )
    except EmissError as error:
        raise FileProblem(("model", "unit"), str(error)) from error
    try:
        model = UserModel(names, head.boson, **couplings)
    except EmissError as error:
        key = str(error).partition(":")[0].partition("=")[0]
        where = ("couplings", key) if key in couplings else ("couplings",)
        raise FileProblem(where, str(error)) from error
    if dark is None or dark.kind == "none":
        return model
    alpha = dark.alpha_dark
    if alpha is None:
        alpha = float(dark.g_chi or 0.0) ** 2 / (4.0 * math.pi)
    try:
        return model.with_parameters(
            dark_matter=dark.kind,
            alpha_dark=alpha,
            mass_ratio=dark.mass_ratio,
            splitting=dark.splitting,
        )
    except EmissError as error:
        key = str(error).partition(":")[0].partition("=")[0]
        key = "kind" if key == "dark_matter" else key
        if key == "alpha_dark" and dark.g_chi is not None:
            key = "g_chi"
        where = ("dark_matter", key) if hasattr(dark, key) else ("dark_matter",)
        raise FileProblem(where, str(error)) from error
