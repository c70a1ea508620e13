"""Words and symbols that figures share: beams, models, methods."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...ground.errors import EmissError
from ...ground.units import format_level
from ...inference.limit import Limit
from ...physics import models
from ...physics.models.dark_sector import DARK_MATTER_NAMES
from .style import power_of_ten

__all__ = [
    "SECTOR_PARTS",
    "beam_text",
    "coupling_axis",
    "dark_matter_text",
    "dark_sector_parts",
    "level_text",
    "mediator_symbol",
    "mediator_texts",
    "model_text",
    "squared",
    "title_text",
    "typeset",
    "vertical_axis",
]

_ON_TARGET = {"e-": "EOT", "e+": "e⁺OT", "mu-": "MOT", "mu+": "MOT"}
_METHODS = {
    "cls": "CLs",
    "fc": "Feldman–Cousins",
    "bayes": "Bayes, flat prior",
    "asymptotic": "asymptotic CLs",
    "toys": "CLs from toys",
}


def coupling_axis(limit: Limit) -> str:
    """Label of an axis of couplings, with the unit where there is one."""
    return rf"${limit.coupling_label}$" + _unit(limit.coupling_unit)


def squared(symbol: str, power: float = 2.0) -> str:
    """Mathtext square of a symbol, in parentheses where it is a product or a quotient."""
    plain = re.fullmatch(r"\\?\w+(_(\w|\{.*\}))?", symbol)
    if power == 1.0:
        return symbol
    return f"{symbol}^{power:g}" if plain else f"({symbol})^{power:g}"


def _unit(unit: str, power: int = 1) -> str:
    if not unit:
        return ""
    if power == 2:
        unit = unit.replace("^-1", "^-2") if "^-1" in unit else f"{unit}^2"
    return f" [{unit.replace('^-1', '⁻¹').replace('^-2', '⁻²').replace('^2', '²')}]"


def vertical_axis(limits: Sequence[Limit], quantity: str, symbol: str, chi: str) -> str:
    """Label of the vertical axis of an exclusion figure.

    Parameters
    ----------
    limits : sequence of Limit
        What is drawn; may be empty.
    quantity : str
        ``"coupling"``, ``"squared"`` or ``"y"``.
    symbol, chi : str
        Mathtext symbols of mediator and dark matter.

    Returns
    -------
    str
        With the unit where there is one.
    """
    coupling = limits[0].coupling_label if limits else "g"
    if quantity == "y":
        return rf"$y = {squared(coupling)}\,\alpha_D\,(m_{{{chi}}}/m_{{{symbol}}})^4$"
    unit = limits[0].coupling_unit if limits else ""
    if quantity == "squared":
        return rf"${squared(coupling)}$" + _unit(unit, 2)
    return rf"${coupling}$" + _unit(unit)


def dark_matter_text(kind: str) -> str:
    """Kind of dark matter in words, e.g. ``complex scalar χ``."""
    return f"{DARK_MATTER_NAMES.get(kind, kind)} χ"


def mediator_symbol(limit: Limit) -> str:
    """Mathtext symbol of a limit's mediator; X where neither the limit nor the model says."""
    known = _model(limit)
    return limit.symbol or (known.symbol if known is not None else "X")


def mediator_texts(mediator: str) -> tuple[str, str]:
    """Title and mathtext symbol of a mediator by its model's name; as it is, and X, if unknown."""
    try:
        known = models.get(mediator.replace(" ", "-"), {})
    except EmissError:
        return mediator, "X"
    return known.math_title, known.symbol


def model_text(limit: Limit) -> str:
    """Short name of the model of a limit, as the model itself gives it where it is known."""
    known = _model(limit)
    return known.math_title if known is not None else limit.model.replace("-", " ")


def _model(limit: Limit) -> models.Model | None:
    # Parameters of a dark sector without dark matter are refused; names do not depend on them.
    for parameters in (limit.model_parameters, {}):
        try:
            return models.get(limit.model, parameters)
        except EmissError:
            continue
    return None  # a model from a file or a class


def typeset(text: str) -> str:
    """Raise charges of particles and powers of ten, write Greek letters; other hyphens stay."""
    text = re.sub(r"(?<![\w.])\d+(\.\d+)?e\+?\d+\b", lambda m: power_of_ten(float(m[0])), text)
    text = re.sub(r"\b(e|mu|pi|K)([-+])(?!\w)", lambda m: m[1] + "⁻⁺"["-+".index(m[2])], text)
    for word, letter in (("mu(?=[⁻⁺])", "μ"), ("pi(?=[⁻⁺])", "π"), ("gamma", "γ")):
        text = re.sub(rf"\b{word}\b" if word == "gamma" else rf"\b{word}", letter, text)
    return text


def title_text(limit: Limit) -> str:
    """Title of the experiment for figures."""
    return typeset(limit.title)


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


SECTOR_PARTS = ("dark_matter", "alpha_dark", "g_chi", "mass_ratio", "splitting")
"""Parameters of a dark sector, in the order in which figures name them."""


def dark_sector_parts(limit: Limit) -> dict[str, str]:
    """Dark-sector parameters in words, by parameter; empty where the model has none."""
    given = limit.model_parameters
    kind = str(given.get("dark_matter", ""))
    if kind == "none":
        return {}
    parts = {}
    if kind:
        parts["dark_matter"] = dark_matter_text(kind)
    if "alpha_dark" in given:
        parts["alpha_dark"] = rf"$\alpha_D = {float(given['alpha_dark']):g}$"
    if "g_chi" in given:
        parts["g_chi"] = rf"$g_\chi = {float(given['g_chi']):g}$"
    if "mass_ratio" in given:
        ratio = float(given["mass_ratio"])
        parts["mass_ratio"] = rf"$m_{{{mediator_symbol(limit)}}} = {ratio:g}\,m_\chi$"
    if float(given.get("splitting", 0.0)) > 0.0:
        parts["splitting"] = rf"$\Delta = {float(given['splitting']):g}$"
    return parts
