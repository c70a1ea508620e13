"""`emiss report`: one page about all that lies in an output folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..text_table import TextTable
from . import options
from .command import command


@command("report", "Analysis")
def report(
    directory: Annotated[
        Path, typer.Argument(help="Output folder of `emiss analyse -o` and `emiss limit -o`.")
    ],
    as_json: options.Json = False,
) -> None:
    """Write report.html, which needs no network, and report.md into an output folder."""
    from ..report import write_report
    from .output import deliver

    files = write_report(directory)
    sizes = [file.stat().st_size for file in files]
    record = {"files": [str(file) for file in files], "bytes": sizes}
    rows = tuple((str(f), f"{s / 1e3:.0f}") for f, s in zip(files, sizes, strict=True))
    deliver(record, TextTable("", ("file", "size (kB)"), rows), as_json=as_json)
