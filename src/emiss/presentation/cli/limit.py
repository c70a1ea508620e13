"""`emiss limit`: from an experiment and a model to the excluded couplings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .command import command

if TYPE_CHECKING:
    from ...constraints.curves.overlay import Overlay
    from ...inference.limit import Limit


@command("limit")
def limit(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV:1GeV:60",
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    form_factor: Annotated[
        str, typer.Option("--form-factor", help="elastic or elastic+inelastic.")
    ] = "elastic",
    electron_motion: Annotated[
        bool, typer.Option("--electron-motion", help="Motion of the target's atomic electrons.")
    ] = False,
    tip: Annotated[
        bool, typer.Option("--tip", help="Add masses where an excluded region ends (islands).")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="CSV with a curve to draw and compare with.")
    ] = None,
    output: Annotated[
        Path | None,
        options.directory("Directory for the results; default out/EXPERIMENT (not with --json)."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Exclude couplings: table, figures, CSV, JSON, HEPData record and bibliography."""
    from ... import inference
    from ...ground import units
    from ...ground.atomic import check_directory

    if output is None and not as_json:
        check_directory("out")
    grid = units.parse_masses(masses)
    overlay = _read_overlay(compare)
    chosen = options.get_model(model, settings)
    from .output import note, progress, warn

    with progress("tables for new elements") as report:
        given: dict[str, Any] = {
            "cl": cl,
            "method": method,
            "on_target": on_target,
            "form_factor": form_factor,
            "electron_motion": electron_motion,
            "progress": report,
        }
        if tip:
            from ...inference.islands import masses_to_the_tip

            grid = masses_to_the_tip(experiment, chosen, grid, **given)
        result = inference.limit(experiment, chosen, masses=grid, **given)
    for text in result.warnings:
        warn(text)
    directory = output
    if directory is None and not as_json:
        directory = Path("out") / result.experiment
    if directory is not None:
        from ...inference.thermal import thermal_overlays
        from ..export import write_results

        lines, remarks = thermal_overlays(result, chosen)
        for text in remarks:
            warn(text)
        files = write_results(
            result,
            directory,
            overlays=() if overlay is None else (overlay,),
            thermal_lines=lines,
        )
    if as_json:
        _print_json(result, overlay)
        return
    _print_table(result, overlay)
    note(f"wrote {', '.join(sorted(file.name for file in files))} in {directory}")


def _read_overlay(path: Path | None) -> Overlay | None:
    if path is None:
        return None
    from ...constraints.curves.overlay import read_overlay

    return read_overlay(path)


def _print_json(result: Limit, overlay: Overlay | None) -> None:
    from ..export import limit_record
    from .output import emit_json

    record = limit_record(result)
    if overlay is not None:
        from ...constraints.curves.overlay import compare_ratio

        ratio = compare_ratio(result, overlay)
        record["comparison"] = {"label": overlay.label, "ratio": ratio}
    emit_json(record)


def _print_table(result: Limit, overlay: Overlay | None) -> None:
    from ..limit_table import limit_table
    from .output import note, show

    ratios = {}
    if overlay is not None:
        from ...constraints.curves.overlay import compare_ratio

        ratios[f"ratio to {overlay.label}"] = compare_ratio(result, overlay)
    # the warnings stand on standard error
    show(limit_table(replace(result, warnings=()), ratios=ratios))
    unsure = [i for i in result.provenance.inputs if i.status not in {"published", "derived"}]
    if unsure:
        note("inputs that are not published numbers (see `emiss show`):")
        for label in unsure:
            note(f"  {label.name} = {label.value} [{label.status}] {label.source}")
