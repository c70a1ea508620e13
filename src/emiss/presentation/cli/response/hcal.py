"""`emiss response hcal`: what the hadron calorimeter of an experiment records of hadrons."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import options
from ..command import command


@command("hcal", "Physics", group="response")
def hcal(
    experiment: Annotated[
        str, typer.Option("--experiment", help="Experiment whose modules are taken.")
    ] = "na64e-2016-2022",
    beam: Annotated[
        str, typer.Option("--beam", help="n, p, pi-, pi+, K-, K+, K0L or K0S.")
    ] = "pi-",
    energy: Annotated[str, typer.Option("--energy", help="Energy, e.g. 100GeV.")] = "100GeV",
    events: Annotated[int, options.number("--events", help="Number of events.", whole=True)] = 1000,
    seed: Annotated[int, options.seed()] = 1,
    model: Annotated[str, typer.Option("--model", help="Hadron model: pythia or urqmd.")] = (
        "pythia"
    ),
    sampling: Annotated[
        bool, typer.Option("--sampling", help="Let the energy fluctuate as the layers sample it.")
    ] = False,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Energy in the modules on the axis, as of an electron; no noise or light."""
    from ....api import hcal_response
    from ... import plots
    from ...event_tables import hcal_table
    from ..output import deliver

    result = hcal_response(
        beam,
        options.quantity(energy, "energy", "--energy"),
        events,
        experiment=experiment,
        seed=seed,
        model=model,
        sampling=sampling,
    )
    title = f"{beam} of {energy} in {experiment}, {events} events, {model}"
    deliver(
        result.record(), hcal_table(result, title), as_json=as_json, figure=figure,
        draw=lambda: plots.response(result),
    )  # fmt: skip
