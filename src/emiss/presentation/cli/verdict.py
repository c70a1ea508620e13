"""`emiss verdict`: which dark-matter masses each thermal scenario has left."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .command import command

if TYPE_CHECKING:
    from ...inference.verdict import VerdictReport
    from ...physics.models import Model


@command("verdict", "Dark matter")
def verdict(
    experiments: options.Experiments,
    alpha_dark: Annotated[
        float | None, options.number("--alpha-dark", help="Dark coupling g^2/4pi; default 0.1.")
    ] = None,
    mass_ratio: Annotated[
        float | None, options.number("--mass-ratio", help="Mediator mass over m_chi; default 3.")
    ] = None,
    dark_matter: Annotated[
        list[str] | None,
        typer.Option("--dark-matter", help="Scenario; may be repeated. Default: the usual three."),
    ] = None,
    masses: Annotated[
        str,
        typer.Option(
            "--masses",
            help="Dark-matter masses of the first scan: low:high (80 of them), low:high:count, or "
            "a comma-separated list.",
        ),
    ] = "1MeV:300MeV",
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Excluded and remaining dark-matter masses of the thermal scenarios, alone and combined."""
    from ...ground.mass_range import read_masses
    from ...inference.verdict import verdict as judge
    from ..views import table
    from .output import emit_json, save_and_announce, show

    chosen = _with_dark_matter(model, settings, (dark_matter or ["majorana"])[0])
    report = judge(
        experiments,
        _with_sector(chosen, alpha_dark, mass_ratio),
        masses=read_masses(masses),
        kinds=dark_matter,
        cl=cl,
        method=method,
    )
    if figure is not None:
        from .. import plots

        save_and_announce(plots.verdict(report), Path(figure), quiet=as_json)
    if as_json:
        emit_json(_record(report))
        return
    show(table(report))


def _with_dark_matter(name: str, settings: list[str] | None, kind: str) -> Model:
    """Model with a dark sector; every scenario replaces its kind of dark matter later."""
    from ...physics import models

    given = options.read_settings(settings)
    own = given.get("dark_matter", models.defaults(name).get("dark_matter", "none"))
    # A model that has one is left alone: its splitting goes with its own kind only.
    return models.get(name, given if own != "none" else {**given, "dark_matter": kind})


def _with_sector(model: Model, alpha_dark: float | None, mass_ratio: float | None) -> Model:
    """Change the dark sector where asked; gauge bosons have g_chi in place of alpha_dark."""
    changes: dict[str, float] = {}
    if alpha_dark is not None and "g_chi" in model.parameters():
        changes["g_chi"] = math.sqrt(4.0 * math.pi * max(alpha_dark, 0.0))
    elif alpha_dark is not None:
        changes["alpha_dark"] = alpha_dark
    if mass_ratio is not None:
        changes["mass_ratio"] = mass_ratio
    return model.with_parameters(**changes)


def _record(report: VerdictReport) -> dict[str, object]:
    scenarios: dict[str, dict[str, object]] = {}
    for item in report.verdicts:
        mass, ratio = item.closest
        scenarios.setdefault(item.kind, {})[item.source] = {
            "answers": item.answers,
            "projection": item.source in report.projected,
            "excluded_gev": item.excluded,
            # What a search that excludes nothing leaves is no finding.
            "left_gev": item.left if item.answers else None,
            "deepest": {"mass_gev": mass, "excluded_over_relic_y": ratio},
        }
    return {
        "model": report.model,
        "alpha_dark": report.alpha_dark,
        "mass_ratio": report.mass_ratio,
        "cl": report.cl,
        "searched_gev": report.searched,
        "scenarios": scenarios,
        "notes": list(report.notes),
        "citations": list(report.citations),
    }
