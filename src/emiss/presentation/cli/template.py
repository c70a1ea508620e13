"""`emiss template`: files to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command


@command("template", "Catalogue and checks")
def template(
    output: Annotated[Path | None, options.file("File to write; default: print.")] = None,
    model: Annotated[
        bool, typer.Option("--model", help="A file for one's own model, not an experiment.")
    ] = False,
    mode: Annotated[
        str | None,
        typer.Option("--mode", help="missing-energy (default), or another; see emiss list modes."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="The JSON Schema instead of the commented template.")
    ] = False,
) -> None:
    """Give a commented experiment or model file to start from, or the JSON Schema of such files."""
    from ... import experiments
    from ...ground.errors import EmissError
    from ...ground.shipped import shipped_text
    from ...physics import models
    from .output import note

    if mode is not None and (model or schema):
        raise EmissError("--mode chooses an experiment template; leave --model and --schema out.")
    if schema:
        text = shipped_text(f"{'model' if model else 'experiment'}.schema.json")
    else:
        text = models.template() if model else experiments.template(mode or "missing-energy")
    if output is None:
        note(text.rstrip("\n"))
        return
    from ...ground.atomic import write_text

    write_text(output, text)
    note(f"wrote {output}")
