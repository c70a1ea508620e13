"""Words and symbols that figures share: beams, models, methods."""

from __future__ import annotations

import re

from ... import models
from ...ground.errors import EmissError
from ...ground.units import format_level
from ...inference.limit import Limit
from ...models.dark_sector import DARK_MATTER_NAMES
from .style import power_of_ten

__all__ = [
    "beam_text",
    "coupling_axis",
    "dark_matter_text",
    "dark_sector_text",
    "level_text",
    "mediator_symbol",
    "model_text",
    "title_text",
    "typeset",
]

_ON_TARGET = {"e-": "EOT", "e+": "e⁺OT", "mu-": "MOT", "mu+": "MOT"}
_METHODS = {
    "cls": "CLs",
    "fc": "Feldman–Cousins",
    "bayes": "Bayes, flat prior",
    "asymptotic": "asymptotic CLs",
}


def coupling_axis(limit: Limit) -> str:
    """Label of an axis of couplings, with the unit where there is one."""
    unit = limit.coupling_unit.replace("^-1", "⁻¹")
    return rf"${limit.coupling_label}$" + (f" [{unit}]" if unit else "")


def dark_matter_text(kind: str) -> str:
    """Kind of dark matter in words, e.g. ``complex scalar χ``."""
    return f"{DARK_MATTER_NAMES.get(kind, kind)} χ"


def mediator_symbol(limit: Limit) -> str:
    """Mathtext symbol of a limit's mediator; X where neither the limit nor the model says."""
    known = _model(limit)
    return limit.symbol or (known.symbol if known is not None else "X")


def model_text(limit: Limit) -> str:
    """Short name of the model of a limit, as the model itself gives it where it is known."""
    known = _model(limit)
    return known.math_title if known is not None else limit.model.replace("-", " ")


def _model(limit: Limit) -> models.Model | None:
    try:
        return models.get(limit.model, limit.model_parameters)
    except EmissError:  # a model from a file or a class
        return None


def typeset(text: str) -> str:
    """Write particle names with raised charges and Greek letters; other hyphens stay."""
    text = re.sub(r"\b(e|mu|pi)([-+])(?!\w)", lambda m: m[1] + "⁻⁺"["-+".index(m[2])], text)
    for word, letter in (("mu(?=[⁻⁺])", "μ"), ("pi(?=[⁻⁺])", "π"), ("gamma", "γ")):
        text = re.sub(rf"\b{word}\b" if word == "gamma" else rf"\b{word}", letter, text)
    return text


def title_text(limit: Limit) -> str:
    """Title of the experiment for figures."""
    return typeset(limit.experiment_title)


def beam_text(limit: Limit) -> str:
    """Beam and exposure, e.g. ``100 GeV e⁻, 9.4×10¹¹ EOT``."""
    kinds = {match[0] for match in re.finditer(r"\b(e|mu|pi)[-+]", limit.beam_label)}
    unit = "on target in all" if len(kinds) > 1 else "on target"
    if len(kinds) == 1:
        unit = _ON_TARGET.get(kinds.pop(), unit)
    beam = typeset(limit.beam_label)
    exposure = f"{power_of_ten(limit.particles_on_target)} {unit}"
    return f"{beam}, {exposure}" if beam else exposure


def level_text(limit: Limit) -> str:
    """Confidence level and method, e.g. ``90 % CL (CLs)``."""
    return f"{format_level(limit.cl)[:-1]} % CL ({_METHODS.get(limit.method, limit.method)})"


def dark_sector_text(limit: Limit) -> str:
    """Dark-sector parameters in words; empty where the model has none."""
    given = limit.model_parameters
    parts = []
    kind = str(given.get("dark_matter", ""))
    if kind and kind != "none":
        parts.append(dark_matter_text(kind))
    if "alpha_dark" in given:
        parts.append(rf"$\alpha_D = {float(given['alpha_dark']):g}$")
    if "mass_ratio" in given:
        parts.append(rf"$m_{{{mediator_symbol(limit)}}} = {float(given['mass_ratio']):g}\,m_\chi$")
    return ", ".join(parts) if kind != "none" else ""
