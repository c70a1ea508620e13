"""`emiss generate`: signal events for another simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..text_table import TextTable, number
from . import options
from .command import command


@command("generate", "Events")
def generate(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File, .lhe, .lhe.gz or .hepmc.", show_default=False),
    ],
    mass: Annotated[
        str | None,
        typer.Option("--mass", help="Mass of the boson, e.g. 10MeV.", show_default=False),
    ] = None,
    model: Annotated[str, typer.Option("--model", help="Model of the boson.")] = "dark-photon",
    settings: options.Settings = None,
    coupling: Annotated[
        float | None,
        options.number("--coupling", help="Coupling of the boson: it decays by its lifetime."),
    ] = None,
    decay_volume: options.DecayVolume = None,
    events: Annotated[
        int,
        options.number(
            "--events", help="Beam particles; each makes one event at most.", whole=True
        ),
    ] = 1000,
    seed: Annotated[int, options.seed()] = 1,
    period: options.Period = None,
    as_json: options.Json = False,
) -> None:
    """Write signal events with weights for your own simulation of the detector."""
    from ...api import generate as make_sample
    from .output import deliver

    size = None if mass is None else options.quantity(mass, "energy", "--mass")
    sample = make_sample(
        experiment, size, events, model=model, coupling=coupling,
        settings=options.read_settings(settings, "--set"),
        decay_volume=options.read_volume(decay_volume), seed=seed, run=period, path=output,
    )  # fmt: skip
    total = float(sample.weight.sum())
    record = {**sample.header, "events": len(sample), "weight_sum": total, "file": str(output)}
    at = "1" if coupling is None else number(coupling)
    rows = [
        ("events", str(len(sample))),
        (f"bosons per beam particle at coupling {at}", number(total)),
    ]
    if sample.decays is not None:
        record["decayed"] = int((sample.decays.pdg[:, 0] != 0).sum())
        rows.append(("of these decay in the apparatus", str(record["decayed"])))
    deliver(record, TextTable(str(output), ("quantity", "value"), tuple(rows)), as_json=as_json)
