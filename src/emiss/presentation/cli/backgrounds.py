"""`emiss backgrounds`: expected background events of a run, source by source."""

from __future__ import annotations

from typing import Annotated

import typer

from ...ground.checks import shortened
from ...ground.errors import ArgumentError
from . import options
from .command import command


@command("backgrounds", "Analysis")
def backgrounds(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    period: options.Period = None,
    sources: Annotated[
        str | None, typer.Option("--sources", help="Comma-separated names; default: all.")
    ] = None,
    events: Annotated[
        int, options.number("--events", help="Effort of sources that simulate.", whole=True)
    ] = 1000,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="NAME=VALUE[+-ERROR]",
            help="A number that sources rest on, in place of ours; may be given several times.",
        ),
    ] = None,
    seed: Annotated[int, options.seed()] = 1,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Expected background events of a run, source by source, beside published ones."""
    from ...api import backgrounds as estimate
    from .. import plots
    from ..background_tables import background_table
    from .output import deliver

    names = [] if sources is None else [name.strip() for name in sources.split(",")]
    table = estimate(
        experiment, run=period, sources=names, events=events, seed=seed, inputs=_inputs(inputs)
    )
    deliver(
        table.record(), background_table(table), as_json=as_json, figure=figure,
        draw=lambda: plots.backgrounds(table),
    )  # fmt: skip


def _inputs(texts: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign:
            raise ArgumentError(
                f"--input {shortened(text)}: write NAME=VALUE or NAME=VALUE+-ERROR."
            )
        found[name.strip()] = value.strip()
    return found
