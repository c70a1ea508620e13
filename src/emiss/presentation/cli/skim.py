"""`emiss skim`: a file of events without the signal region."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..text_table import TextTable
from . import options
from .command import command


@command("skim", "Analysis")
def skim(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    events: Annotated[Path, typer.Argument(help="File or directory of events.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="File, .parquet or .root.", show_default=False)
    ],
    renumber: Annotated[
        bool,
        typer.Option("--renumber", help="Number events anew: gaps say how many are missing."),
    ] = False,
    period: options.Period = None,
    as_json: options.Json = False,
) -> None:
    """Write the events outside the signal region to a file: what an analyst may be given."""
    from ...api import skim as write_skim
    from .output import deliver

    kept = write_skim(events, experiment, output, run=period, renumber=renumber)
    record = {"events": kept, "file": str(output)}
    table = TextTable("", ("file", "events outside the signal region"), ((str(output), str(kept)),))
    deliver(record, table, as_json=as_json)
