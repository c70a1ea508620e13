"""`emiss show`: every number of a thing, with its origin."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from . import options
from .command import command


@command("show", "Catalogue and checks")
def show(
    name: Annotated[str, typer.Argument(help="Experiment (name or file), model or material.")],
    as_json: options.Json = False,
) -> None:
    """Show every number of an experiment, model or material with its source and status."""
    from ..describe import describe
    from .output import emit_json, note, table

    record = describe(name)
    if as_json:
        emit_json(record)
        return
    rows = [
        [row["name"], _value_text(row), row.get("status", ""), row.get("source", "")]
        for row in record["values"]
    ]
    table(
        f"{record['kind']} {record['name']}: {record['title']}",
        ["", "value", "status", "source"],
        rows,
    )
    for text in record.get("notes", ()):
        note(text)


def _value_text(row: dict[str, Any]) -> str:
    value = row.get("text") or row["value"]
    return f"{value:.6g}" if isinstance(value, float) else str(value)
