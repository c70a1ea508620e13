"""`emiss analyse`: the analysis of recorded events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command


@command("analyse", "Analysis")
def analyse(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    events: Annotated[Path, typer.Argument(help="File or directory of events.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Directory for tables and figures.")
    ] = None,
    period: options.Period = None,
    as_json: options.Json = False,
) -> None:
    """Cut flow, cut variables and the energy plane of recorded events; data stay blind."""
    from ... import experiments
    from ...api import analyse as analyse_events
    from ...ground.atomic import atomic_directory, check_directory
    from ...ground.json_values import finite
    from .. import plots
    from ..event_tables import flow_table
    from ..export.analysis_record import analysis_record
    from .output import deliver, note

    if output is not None:
        check_directory(output)
    chosen = experiments.get(experiment)
    result = analyse_events(events, chosen, run=period)
    deliver(result.record(), flow_table(result), as_json=as_json)
    if output is None:
        return
    with atomic_directory(output) as place:
        (place / "analysis.json").write_text(
            json.dumps(finite(analysis_record(result, chosen))), encoding="utf-8"
        )
        plots.save_figure(plots.cut_variables(result), place / "cut-variables")
        plots.save_figure(plots.energy_plane(result), place / "energy-plane")
    if not as_json:
        note(f"wrote analysis.json, cut-variables and energy-plane (.png, .pdf) in {output}")
