"""`emiss show`: every number of a thing, with its origin."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from . import options
from .command import command


@command("show", "Catalogue and checks")
def show(
    name: Annotated[str, typer.Argument(help="Experiment (name or file), model or material.")],
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="Only numbers of this status, e.g. recalled; repeatable."),
    ] = None,
    unpublished: Annotated[
        bool,
        typer.Option("--unpublished", help="Only numbers that are neither published nor derived."),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Show every number of an experiment, model or material with its source and status."""
    from ...ground.quantity import STATUSES
    from ..describe import describe
    from .output import emit_json, note, table

    record = describe(name)
    if unpublished:
        status = [*(status or ()), *(s for s in STATUSES if s not in ("published", "derived"))]
    if status:
        record = {**record, "values": _of_status(record["values"], status)}
    if as_json:
        emit_json(record)
        return
    rows = [
        [row["name"], _value_text(row), row.get("status", ""), row.get("source", "")]
        for row in record["values"]
    ]
    table(_heading(record), ["", "value", "status", "source"], rows)
    for text in record.get("notes", ()):
        note(text)


def _heading(record: dict[str, Any]) -> str:
    """Line above the table: what it is, and of an experiment what is looked for."""
    what = f"{record['kind']} {record['name']}"
    if "mode" in record:
        what += f" ({record['mode']}{', a projection' if record['projection'] else ''})"
    return f"{what}: {record['title']}"


def _of_status(rows: list[dict[str, Any]], wanted: list[str]) -> list[dict[str, Any]]:
    from ...ground.errors import UnknownNameError
    from ...ground.quantity import STATUSES

    for one in wanted:
        if one not in STATUSES:
            raise UnknownNameError("status", one, STATUSES)
    return [row for row in rows if row.get("status") in wanted]


def _value_text(row: dict[str, Any]) -> str:
    value = row.get("text") or row["value"]
    return f"{value:.6g}" if isinstance(value, float) else str(value)
