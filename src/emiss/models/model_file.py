"""Reading a model of one's own from a TOML file; pydantic is imported with the first file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..ground.errors import EmissError, ExperimentFileError
from ..ground.shipped import shipped_path
from .base import read_parameters
from .user_model import Names, UserModel

if TYPE_CHECKING:
    from .model_schema import ModelFile

__all__ = ["load", "template"]

_DARK_KEYS: Final = ("alpha_dark", "g_chi", "mass_ratio", "splitting")
_COUPLINGS: Final = ("photons", "nu_tau", "nu_mu", "nu_e", "tau", "mu", "e", "u", "d")


def template() -> str:
    """Return the text of a commented model file to start one's own from."""
    path = shipped_path("model-template.toml")
    return path.read_text("utf-8")


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
    # The helpers of experiment files: they know TOML and pydantic, and nothing of experiments.
    from ..experiments import loader
    from ..experiments.build import FileProblem
    from ..ground import source_text

    text, _ = loader._read(path)
    data = loader._parse(path, text)
    try:
        return _build(_validated(data))
    except FileProblem as problem:
        location, message = problem.location, problem.problem.rstrip(".")
        shown = location
        if "missing" not in message:
            shown = source_text.present_part(data, location) or location
        line = source_text.find_line(source_text.key_lines(text), location)
        end = "" if message.endswith("?") else "."
        key = source_text.dotted(shown)
        raise ExperimentFileError(path, message + end, key, line) from None


def _validated(data: dict[str, Any]) -> ModelFile:
    from pydantic import ValidationError

    from ..experiments.build import FileProblem
    from ..experiments.loader import _explain
    from .model_schema import ModelFile

    try:
        return ModelFile.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        location, problem = _explain(details[0])
        if second := details[0].get("ctx", {}).get("second"):
            location = (*location, second)
        if len(details) > 1:
            problem += f" (and {len(details) - 1} more problem(s) in this file)"
        raise FileProblem(location, problem) from None


def _build(table: ModelFile) -> UserModel:
    from ..experiments.build import FileProblem

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
