"""`emiss unblind`: open the signal region of data, on record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..text_table import TextTable
from . import options
from .command import command


@command("unblind", "Analysis")
def unblind(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    data: Annotated[
        Path, typer.Option("--data", help="Directory of the data.", show_default=False)
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; without it the status is shown.")
    ] = None,
    period: options.Period = None,
    as_json: options.Json = False,
) -> None:
    """Record who opens the signal region, when, why, and with which selection; or show the log."""
    from ... import experiments
    from ...analysis.blinding import selection_hash
    from ...api import unblind as open_region
    from .output import deliver

    status = open_region(experiment, data, reason=reason, run=period)
    layout = experiments.get(experiment).run_of(period)[1].layout
    record = {
        "open": status.open, "selection_changed": status.changed,
        "selection": selection_hash(layout),
        "entries": [
            {"when": e.when, "who": e.who, "reason": e.reason, "selection": e.selection,
             "hash": e.hash}
            for e in status.entries
        ],
    }  # fmt: skip
    rows = tuple((e.when, e.who, e.reason, e.selection[:12]) for e in status.entries)
    columns = ("when", "who", "why", "selection")
    deliver(record, TextTable(str(data), columns, rows, (status.text,)), as_json=as_json)
