"""`emiss display`: a picture of recorded events."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...ground.errors import ArgumentError
from . import options
from .command import command


@command("display", "Events")
def display(
    path: Annotated[Path, typer.Argument(help="File of events, or directory of a campaign.")],
    event: Annotated[
        int | None, options.number("--event", help="Number of the event in it.", whole=True)
    ] = None,
    events: Annotated[
        int | None,
        options.number("--events", help="Draw so many on top of each other instead.", whole=True),
    ] = None,
    triggered: Annotated[
        bool, typer.Option("--triggered", help="Only events with a trigger bit.")
    ] = False,
    experiment: Annotated[
        str | None,
        typer.Option("--experiment", help="File of the experiment, where it is not listed."),
    ] = None,
    figure: Annotated[
        str, typer.Option("--figure", help="Where to draw it (PNG and PDF).")
    ] = "event",
) -> None:
    """Draw an event, or many: the apparatus from above and from the side, hits and energies."""
    import numpy as np

    from ... import experiments
    from ...events.record import read_events
    from ..plots import event_display
    from .output import figure_place, save_and_announce

    figure_place(figure)
    if event is not None and events is not None:
        raise ArgumentError("--event and --events: give one of them.")
    table = read_events(path)
    rows = np.flatnonzero(table["trigger"]) if triggered else np.arange(len(table))
    if events is not None:
        rows = rows[:events]
    else:
        wanted = event if event is not None else (int(table["event"][rows[0]]) if rows.size else 0)
        rows = rows[table["event"][rows] == wanted]
        if not rows.size:
            raise ArgumentError(f"--event {wanted}: there is no such event in '{path}'.")
    chosen = experiments.get(experiment or str(table.provenance["experiment"]))
    number = int(table["run"][0]) if len(table) else 1
    layout = chosen.runs[min(number, len(chosen.runs)) - 1].layout
    save_and_announce(event_display(layout, table, rows), Path(figure))
