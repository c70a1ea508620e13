"""`emiss display`: a picture of recorded events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...ground.errors import ArgumentError
from . import options
from .command import command

if TYPE_CHECKING:
    from ...experiments.layout import Layout


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
    period: options.Period = None,
    figure: Annotated[
        str,
        typer.Option("--figure", help="Where to draw it; a name without ending for PNG and PDF."),
    ] = "event",
) -> None:
    """Draw an event, or many, from above and from the side; blind data stay hidden."""
    import numpy as np

    from ...analysis.blinding import readable
    from ..plots import event_display
    from .output import figure_place, save_and_announce

    figure_place(figure)
    if event is not None and events is not None:
        raise ArgumentError("--event and --events: give one of them.")
    if events is not None and events < 1:
        raise ArgumentError(f"--events {events}: give at least one.")
    layout = _layout(path, experiment, period)
    table = readable(path, layout)
    rows = np.flatnonzero(table["trigger"]) if triggered else np.arange(len(table))
    if events is not None:
        rows = rows[:events]
    else:
        wanted = event if event is not None else (int(table["event"][rows[0]]) if rows.size else 0)
        rows = rows[table["event"][rows] == wanted]
        if not rows.size:
            raise ArgumentError(f"--event {wanted}: there is no such event in '{path}'.")
    save_and_announce(event_display(layout, table, rows), Path(figure))


def _layout(path: Path, experiment: str | None, period: str | None) -> Layout:
    """The apparatus of a file; what the signal region holds of data decides on nothing here."""
    from ... import experiments
    from ...events.record.batches import iterate_events
    from ...events.record.table import is_simulation

    first = next(table for _, table in iterate_events(path))
    said = first.provenance
    if is_simulation(said) and not any(len(table) for _, table in iterate_events(path)):
        raise ArgumentError(
            f"'{path}' holds no event to draw: its sample '{said.get('sample')}' recorded none of "
            "those that were begun, or all of them lie in bad spills."
        )
    name = experiment or said.get("experiment")
    if name is None:
        raise ArgumentError(f"--experiment: '{path}' does not say whose events it holds; name it.")
    chosen = experiments.get(name)
    if period is None and len(first) and is_simulation(said):
        number = int(first["run"][0])
        return chosen.runs[min(number, len(chosen.runs)) - 1].layout
    return chosen.run_of(period)[1].layout
