"""`emiss unblind`: open the signal region of data, on record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..text_table import TextTable
from . import options
from .command import command

if TYPE_CHECKING:
    from ...analysis.blinding import Entry


@command("unblind", "Analysis")
def unblind(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    data: Annotated[
        Path, typer.Option("--data", help="Directory of the data.", show_default=False)
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; without it the status is shown.")
    ] = None,
    seal: Annotated[
        bool,
        typer.Option("--seal", help="Open nothing: fix the region with which blind data are read."),
    ] = False,
    period: options.Period = None,
    as_json: options.Json = False,
) -> None:
    """Record who opens the signal region, when, why, and with which selection; or show the log."""
    from ... import experiments
    from ...analysis.blinding import selection_hash
    from ...api import unblind as open_region
    from .output import deliver

    status = open_region(experiment, data, reason=reason, run=period, seal=seal)
    layout = experiments.get(experiment).run_of(period)[1].layout
    record = {
        "open": status.open,
        "selection_changed": status.changed,
        "selection": selection_hash(layout),
        "sealed": None if status.sealed is None else _plain(status.sealed),
        "entries": [_plain(entry) for entry in status.entries],
        "still_blind": list(status.added),
    }
    rows = tuple(
        (e.when, e.who, e.reason, e.selection[:12], "all" if e.files is None else str(len(e.files)))
        for e in status.entries
    )
    columns = ("when", "who", "why", "selection", "files")
    deliver(record, TextTable(str(data), columns, rows, (status.text,)), as_json=as_json)


def _plain(entry: Entry) -> dict[str, str]:
    return {
        "when": entry.when, "who": entry.who, "reason": entry.reason,
        "selection": entry.selection, "hash": entry.hash,
    }  # fmt: skip
