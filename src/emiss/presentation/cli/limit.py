"""`emiss limit`: from an experiment and a model to the excluded couplings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...ground.arrays import FloatArray
from ...ground.mass_range import MassRange, read_masses
from . import curve_options, options
from .command import command
from .limit_answer import LimitAnswer

if TYPE_CHECKING:
    from ...inference.limit import Limit
    from ...physics.models import Model

_MODEL = "dark-photon"
_MASSES = options.MASS_RANGE


@command("limit")
def limit(
    experiments: options.Experiments,
    model: options.ModelName = _MODEL,
    settings: options.Settings = None,
    masses: options.Masses = _MASSES,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            help="Hadron beams, instead of a model: the meson that decays to nothing, or all.",
        ),
    ] = None,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    form_factor: Annotated[
        str, typer.Option("--form-factor", help="elastic or elastic+inelastic.")
    ] = "elastic",
    electron_motion: Annotated[
        bool, typer.Option("--electron-motion", help="Motion of the target's atomic electrons.")
    ] = False,
    nuclear_model: options.NuclearModel = "glauber",
    correlation: Annotated[
        str,
        typer.Option(
            "--correlation",
            help="Who shares the yield uncertainty in combinations: shared, beam, all, none.",
        ),
    ] = "shared",
    tip: Annotated[
        bool | None,
        typer.Option(
            "--tip/--no-tip",
            help="Add masses where an excluded region ends (islands); default: in a range "
            "low:high, not to masses that are given.",
        ),
    ] = None,
    engine: options.EngineName = "deterministic",
    showers: options.Showers = 8000,
    toys: options.Toys = 10_000,
    seed: options.ToySeed = 1,
    acceptance: Annotated[
        str | None,
        typer.Option(
            "--acceptance",
            help="Signal efficiency: effective, simulated, FILE.npz of `emiss acceptance`, or both "
            "(the first two side by side); default: what the experiment's file says.",
        ),
    ] = None,
    compare: curve_options.Compare = None,
    column: curve_options.Column = None,
    qualifiers: curve_options.Qualifiers = None,
    mass_unit: curve_options.MassUnit = None,
    quantity: curve_options.Quantity = None,
    curve_alpha: curve_options.CurveAlpha = None,
    curve_ratio: curve_options.CurveRatio = None,
    output: Annotated[
        Path | None,
        options.directory("Directory for the results; default out/EXPERIMENT (not with --json)."),
    ] = None,
    html: Annotated[
        bool,
        typer.Option(
            "--html", help="Also write figures to hover over, coupling.html and y.html (plotly)."
        ),
    ] = False,
    whole: options.Whole = False,
    as_json: options.Json = False,
) -> None:
    """Exclude couplings: short answer, figures, CSV, JSON, HEPData record and bibliography.

    Several experiments are drawn side by side; those with commas between them are combined into
    one limit.
    """
    from ... import inference
    from ...ground.atomic import check_directory
    from .output import progress, warn

    if output is None and not as_json:
        check_directory("out")
    chosen, grid = _asked(model, settings, masses, channel)
    stated, sector = (mass_unit, quantity), (curve_alpha, curve_ratio)
    choice = curve_options.chosen(column, qualifiers, stated, sector)
    overlays = curve_options.read_overlays(compare, choice)
    with progress("tables for new elements") as report:
        given: dict[str, Any] = {
            "cl": cl,
            "method": method,
            "on_target": on_target,
            "form_factor": form_factor,
            "electron_motion": electron_motion,
            "nuclear_model": nuclear_model,
            "correlation": correlation,
            "progress": report,
            "engine": engine,
            "showers": showers,
            "seed": seed,
            "toys": toys,
        }
        results, asked = [], []
        hows = ("effective", "simulated") if acceptance == "both" else (acceptance,)
        for one, how in ((one, how) for one in options.distinct(experiments) for how in hows):
            own = grid
            if isinstance(own, MassRange):
                own = replace(own, tips=tip is not False)
            elif tip:
                from ...inference.tip import masses_to_the_tip

                own = masses_to_the_tip(one, chosen, own, **given)
            found = inference.limit(one, chosen, masses=own, acceptance=how, **given)
            results.append(_named(found, how) if len(hows) > 1 else found)
            asked.append(one)
    for text in dict.fromkeys(text for result in results for text in result.warnings):
        warn(text)
    mesons = _mesons(results, experiments, channel, given)
    answer = LimitAnswer(tuple(results), chosen, overlays, tuple(asked), tuple(mesons))
    directory = output
    if directory is None and not as_json:
        directory = Path("out") / "_".join(result.experiment for result in results)
    written: list[Path] = [] if directory is None else answer.write(directory, html=html)
    if as_json:
        answer.print_json()
        return
    answer.print(whole=whole)
    answer.print_files(written, directory)


def _named(result: Limit, how: str | None) -> Limit:
    """The result with the efficiency in its name, to tell two of one experiment apart."""
    return replace(
        result, experiment=f"{result.experiment}-{how}",
        experiment_title=f"{result.experiment_title}, {how} acceptance",
    )  # fmt: skip


def _mesons(
    results: list[Limit], experiments: list[str], channel: str | None, given: dict[str, Any]
) -> list[Limit]:
    """Of all mesons together in one experiment also those of each, for the table."""
    if channel is None or len(results) > 1 or "," in experiments[0]:
        return []
    from ... import experiments as catalogue
    from ...physics.models.invisible_meson import ALL
    from .branching import limits_by_meson

    if channel != ALL:
        return []
    found, _ = limits_by_meson(catalogue.get(experiments[0]), [], given)
    return found[:-1]


def _asked(
    model: str, settings: list[str] | None, masses: str, channel: str | None
) -> tuple[Model, FloatArray | MassRange]:
    """Model and masses: those that are named, or a meson of a channel at its own mass."""
    from ...ground.errors import EmissError

    if channel is None:
        return options.get_model(model, settings), read_masses(masses)
    if (model, settings, masses) != (_MODEL, None, _MASSES):
        raise EmissError(
            "--channel asks for the branching fraction of a meson, at its own mass; leave out "
            "--model, --set and --masses."
        )
    from ...physics.models.invisible_meson import InvisibleMeson

    return InvisibleMeson(channel), MassRange()
