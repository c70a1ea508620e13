"""`emiss acceptance`: signal efficiency from simulated events, as a table for limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command


@command("acceptance", "Analysis")
def acceptance(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    output: Annotated[
        Path | None, options.file("File of the table, .npz, for `emiss limit --acceptance`.")
    ] = None,
    events: Annotated[
        int, options.number("--events", help="Beam particles per mass and run.", whole=True)
    ] = 1000,
    masses: Annotated[
        str | None, typer.Option("--masses", help="low:high:count or a comma-separated list.")
    ] = None,
    model: Annotated[str, typer.Option("--model", help="Model of the boson.")] = "dark-photon",
    settings: options.Settings = None,
    coupling: Annotated[
        float | None,
        options.number(
            "--coupling", help="For visible decays: how far bosons fly; default: even decays."
        ),
    ] = None,
    intensity: Annotated[
        float | None,
        options.number(
            "--intensity", help="Beam particles per second, for pile-up; default: of the layout."
        ),
    ] = None,
    seed: Annotated[int, options.seed()] = 1,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Simulate how much signal trigger, reconstruction and selection keep, at some masses."""
    from ...api import acceptance as simulate_acceptance
    from ...ground.units import parse_masses
    from .. import plots
    from ..event_tables import acceptance_record, acceptance_table
    from .output import deliver, note, progress

    with progress("signal events") as report:
        table = simulate_acceptance(
            experiment, model, masses=None if masses is None else parse_masses(masses),
            settings=options.read_settings(settings, "--set"), coupling=coupling,
            events=events, seed=seed, intensity=intensity, path=output, progress=report,
        )  # fmt: skip
    deliver(
        acceptance_record(table), acceptance_table(table), as_json=as_json, figure=figure,
        draw=lambda: plots.acceptance(table),
    )  # fmt: skip
    if output is not None and not as_json:
        note(f"wrote {output}")
