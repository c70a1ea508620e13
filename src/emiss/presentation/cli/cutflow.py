"""`emiss cutflow`: how many simulated events pass each cut of an experiment."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .command import command


@command("cutflow", "Analysis")
def cutflow(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    sample: Annotated[
        str, typer.Option("--sample", help="beam, signal, muon, pion, kaon, dimuon, ...")
    ] = "beam",
    events: Annotated[
        int, options.number("--events", help="Events to begin with.", whole=True)
    ] = 1000,
    mass: Annotated[
        str | None, typer.Option("--mass", help="Mass of the boson, e.g. 10MeV; for signal.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="Model of the boson; for signal.")
    ] = "dark-photon",
    settings: options.Settings = None,
    coupling: Annotated[
        float | None,
        options.number(
            "--coupling", help="Coupling of the boson, for signal: it decays by its lifetime."
        ),
    ] = None,
    period: options.Period = None,
    seed: Annotated[int, options.seed()] = 1,
    intensity: Annotated[
        float | None,
        options.number(
            "--intensity", help="Beam particles per second, for pile-up; default: of the layout."
        ),
    ] = None,
    figure: Annotated[
        str | None, typer.Option("--figure", help="Draw each variable with all other cuts applied.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Share of simulated events that passes each cut: alone, in sequence, with all others."""
    from ...api import cutflow as simulate_flow
    from .. import plots
    from ..event_tables import flow_table
    from .output import deliver, figure_place

    if figure is not None:
        figure_place(figure)
    result = simulate_flow(
        experiment,
        sample,
        events,
        mass=options.quantity(mass, "energy", "--mass"),
        model=model,
        settings=options.read_settings(settings, "--set"),
        coupling=coupling,
        run=period,
        seed=seed,
        intensity=intensity,
    )
    deliver(
        result.record(),
        flow_table(result),
        as_json=as_json,
        figure=figure,
        draw=lambda: plots.cut_variables(result),
    )
