"""`emiss response ecal`: what a calorimeter records of beam particles."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import options
from ..command import command


@command("ecal", "Physics", group="response")
def ecal(
    beam: Annotated[str, typer.Option("--beam", help="e-, e+, gamma, mu- or mu+.")] = "e-",
    energy: Annotated[str, typer.Option("--energy", help="Energy, e.g. 100GeV.")] = "100GeV",
    events: Annotated[int, options.number("--events", help="Number of events.", whole=True)] = 1000,
    seed: Annotated[int, options.seed()] = 1,
    material: Annotated[
        str, typer.Option("--material", help="Sandwich, see `emiss list materials`.")
    ] = "na64-ecal",
    full: Annotated[
        bool, typer.Option("--full", help="Follow every particle instead of fitted sub-showers.")
    ] = False,
    stepping: Annotated[
        str | None,
        typer.Option(
            "--stepping",
            help="Sampling fraction: geant4-default or converged; the former for na64-ecal.",
        ),
    ] = None,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Raw scintillator deposit, beam on the centre of the central cell; no noise, no light."""
    from ....api import ecal_response
    from ... import plots
    from ...event_tables import ecal_table
    from ..output import deliver

    result = ecal_response(
        beam,
        options.quantity(energy, "energy", "--energy"),
        events,
        seed=seed,
        material=material,
        full=full,
        stepping=stepping,
    )
    title = f"{beam} of {result.beam.energy:g} GeV in {material}, {events} events"
    deliver(
        result.record(), ecal_table(result, title), as_json=as_json, figure=figure,
        draw=lambda: plots.response(result),
    )  # fmt: skip
