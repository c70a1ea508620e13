"""`emiss limit`: from an experiment and a model to the excluded couplings."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from ...ground.arrays import FloatArray
from . import curve_options, options
from .command import command

if TYPE_CHECKING:
    from ...constraints.curves.overlay import Overlay
    from ...constraints.curves.table import Choice
    from ...inference.limit import Limit
    from ...models import Model

_MODEL = "dark-photon"
_MASSES = "1MeV:1GeV:60"


@command("limit")
def limit(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
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
    correlation: Annotated[
        str,
        typer.Option(
            "--correlation",
            help="Who shares the yield uncertainty in combinations: shared, beam, all, none.",
        ),
    ] = "shared",
    tip: Annotated[
        bool, typer.Option("--tip", help="Add masses where an excluded region ends (islands).")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="File with a curve to draw and compare with.")
    ] = None,
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
    as_json: options.Json = False,
) -> None:
    """Exclude couplings: table, figures, CSV, JSON, HEPData record and bibliography."""
    from ... import inference
    from ...ground.atomic import check_directory

    if output is None and not as_json:
        check_directory("out")
    chosen, grid = _asked(model, settings, masses, channel)
    stated, sector = (mass_unit, quantity), (curve_alpha, curve_ratio)
    overlay = _read_overlay(compare, curve_options.chosen(column, qualifiers, stated, sector))
    from .output import note, progress, warn

    with progress("tables for new elements") as report:
        given: dict[str, Any] = {
            "cl": cl,
            "method": method,
            "on_target": on_target,
            "form_factor": form_factor,
            "electron_motion": electron_motion,
            "correlation": correlation,
            "progress": report,
        }
        if tip:
            from ...inference.tip import masses_to_the_tip

            grid = masses_to_the_tip(experiment, chosen, grid, **given)
        result = inference.limit(experiment, chosen, masses=grid, **given)
    for text in result.warnings:
        warn(text)
    directory = output
    if directory is None and not as_json:
        directory = Path("out") / result.experiment
    if directory is not None:
        files = _write(result, chosen, directory, overlay)
    if as_json:
        _print_json(result, overlay)
        return
    _print_table(result, overlay)
    note(f"wrote {', '.join(sorted(file.name for file in files))} in {directory}")


def _asked(
    model: str, settings: list[str] | None, masses: str, channel: str | None
) -> tuple[Model, FloatArray]:
    """Model and masses: those that are named, or a meson of a channel at its own mass."""
    from ...ground import units
    from ...ground.errors import EmissError

    if channel is None:
        return options.get_model(model, settings), units.parse_masses(masses)
    if (model, settings, masses) != (_MODEL, None, _MASSES):
        raise EmissError(
            "--channel asks for the branching fraction of a meson, at its own mass; leave out "
            "--model, --set and --masses."
        )
    from ...models.invisible_meson import InvisibleMeson

    asked = InvisibleMeson(channel)
    return asked, np.array([asked.mass])


def _write(result: Limit, model: Model, directory: Path, overlay: Overlay | None) -> list[Path]:
    from ...inference.thermal import thermal_overlays
    from ..export import write_results
    from .output import warn

    lines, remarks = thermal_overlays(result, model)
    for text in remarks:
        warn(text)
    overlays = () if overlay is None else (overlay,)
    return write_results(result, directory, overlays=overlays, thermal_lines=lines)


def _read_overlay(path: Path | None, choice: Choice) -> Overlay | None:
    if path is None:
        curve_options.refuse_without_curve(choice, "--compare")
        return None
    from ...constraints.curves.curve_files import read_curve

    return read_curve(path, choice=choice)


def _ratio(result: Limit, overlay: Overlay) -> Any:
    """Ratio to the other curve; says what to check before it is believed."""
    from ...inference.comparison import compare_ratio, comparison_notes

    ratio = compare_ratio(result, overlay)
    curve_options.say(comparison_notes(result, overlay, ratio))
    return ratio


def _print_json(result: Limit, overlay: Overlay | None) -> None:
    from ..export import limit_record
    from .output import emit_json

    record = limit_record(result)
    if overlay is not None:
        ratio = _ratio(result, overlay)
        record["comparison"] = {"label": overlay.label, "ratio": ratio}
    emit_json(record)


def _print_table(result: Limit, overlay: Overlay | None) -> None:
    from ..limit_table import limit_table
    from .output import show

    ratios = {}
    if overlay is not None:
        ratios[f"ratio to {overlay.label}"] = _ratio(result, overlay)
    # the warnings stand on standard error
    show(limit_table(replace(result, warnings=()), ratios=ratios))
    _print_inputs(result)


DECISIVE = ("fitted", "tuned")
"""Status of inputs that were set with a published result in view: named one by one."""


def _print_inputs(result: Limit) -> None:
    """Name the inputs that were fitted or tuned, count the others that are not published."""
    from .output import note

    unsure = [i for i in result.provenance.inputs if i.status not in {"published", "derived", ""}]
    for label in dict.fromkeys(unsure):
        if label.status in DECISIVE:
            note(f"{label.status}: {label.name} = {label.value}, {label.source}")
    counts = Counter(label.status for label in unsure if label.status not in DECISIVE)
    if counts:
        others = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        note(f"inputs that are not published numbers: {others} (emiss show {result.experiment})")
