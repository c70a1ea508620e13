"""`emiss response hcal`: what the hadron calorimeter of an experiment records of hadrons."""

from __future__ import annotations

from typing import Annotated

import typer

from ...text_table import TextTable, number
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
    seed: Annotated[int, options.number("--seed", help="Seed.", whole=True)] = 1,
    model: Annotated[str, typer.Option("--model", help="Hadron model: pythia or urqmd.")] = (
        "pythia"
    ),
    as_json: options.Json = False,
) -> None:
    """Energy in the modules on the axis, as of an electron; no sampling, noise or light."""
    from ....api import hcal_response
    from ..output import deliver

    result = hcal_response(
        beam,
        options.quantity(energy, "energy", "--energy"),
        events,
        experiment=experiment,
        seed=seed,
        model=model,
    )
    record = result.record()
    rows = [
        ("visible energy, mean (GeV)", number(record["visible_gev_mean"])),
        ("visible energy, rms (GeV)", number(record["visible_gev_rms"])),
        *(
            (f"in {name}, mean (GeV)", number(mean))
            for name, mean in zip(result.modules, record["module_gev_mean"], strict=True)
        ),
        ("leaked, mean (GeV)", number(result.leaked)),
        ("hadrons that escape, mean (GeV)", number(result.escaped)),
        ("taken by nuclei, mean (GeV)", number(result.invisible)),
        ("events without collision", number(result.unseen)),
    ]
    title = f"{beam} of {energy} in {experiment}, {events} events, {model}"
    deliver(record, TextTable(title, ("quantity", "value"), tuple(rows)), as_json=as_json)
