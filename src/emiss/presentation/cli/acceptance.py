"""`emiss acceptance`: signal efficiency from simulated events, as a table for limits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from ...experiments.acceptance import AcceptanceTable


def acceptance_record(table: AcceptanceTable) -> dict[str, Any]:
    """Plain values of a table, with the keys of `emiss acceptance --json`."""
    return {
        **table.settings, "masses_gev": table.masses, "energy_edges_gev": table.edges,
        "efficiency": table.efficiency, "error": table.error, "effective_events": table.size,
        "share": table.share, "share_error": table.share_error, "beam": table.beam,
        "beam_error": table.beam_error,
    }  # fmt: skip


def _table(table: AcceptanceTable) -> TextTable:
    from ...ground.units import format_energy

    rows = []
    for r, run in enumerate(table.runs):
        for m, mass in enumerate(table.masses.tolist()):
            cells = [
                f"{number(float(table.efficiency[r, p, m] * table.beam[r]), 3)} ± "
                f"{number(float(table.error[r, p, m] * table.beam[r]), 2)}"
                for p in range(len(table.processes))
            ]
            size = number(float(table.size[r, 0, m]), 3)
            rows.append((run, format_energy(mass), *cells, size))
    notes = tuple(
        f"{run}: {number(float(beam), 3)} ± {number(float(error), 2)} of the bosons of the "
        "deterministic yield are made, the rest of the beam loses energy on its way"
        for run, beam, error in zip(table.runs, table.beam, table.beam_error, strict=True)
    )
    heads = ("run", "mass", *table.processes, "effective events")
    title = f"{table.settings['experiment']}: simulated signal efficiency"
    return TextTable(title, heads, tuple(rows), notes)


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
    model: Annotated[
        str, typer.Option("--model", help="Model of the boson, with its default parameters.")
    ] = "dark-photon",
    intensity: Annotated[
        float | None,
        options.number(
            "--intensity", help="Beam particles per second, for pile-up; default: of the layout."
        ),
    ] = None,
    seed: Annotated[int, options.number("--seed", help="Seed.", whole=True)] = 1,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Simulate how much signal trigger, reconstruction and selection keep, at some masses."""
    from ... import experiments
    from ...analysis.acceptance import MASSES, simulated_acceptance
    from ...experiments.acceptance import ACCEPTANCE
    from ...ground.errors import ArgumentError
    from ...ground.units import parse_masses
    from ..plots.acceptance import acceptance_figure
    from .output import deliver, note, progress

    if output is not None and output.suffix != ".npz":
        raise ArgumentError(f"--output {output}: the table is a numpy archive; end it in .npz.")
    grid = MASSES if masses is None else tuple(parse_masses(masses).tolist())
    with progress("signal events") as report:
        table = simulated_acceptance(
            experiments.get(experiment), model, masses=grid, events=events, seed=seed,
            intensity=intensity, progress=report,
        )  # fmt: skip
    if output is not None:
        ACCEPTANCE.write(table, output)
    deliver(
        acceptance_record(table), _table(table), as_json=as_json, figure=figure,
        draw=lambda: acceptance_figure(table),
    )  # fmt: skip
    if output is not None and not as_json:
        note(f"wrote {output}")
