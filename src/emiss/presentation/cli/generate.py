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
    mass: Annotated[
        str, typer.Option("--mass", help="Mass of the boson, e.g. 10MeV.", show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File, .lhe, .lhe.gz or .hepmc.", show_default=False),
    ],
    model: Annotated[str, typer.Option("--model", help="Model of the boson.")] = "dark-photon",
    events: Annotated[
        int,
        options.number(
            "--events", help="Beam particles; each makes one event at most.", whole=True
        ),
    ] = 1000,
    seed: Annotated[int, options.number("--seed", help="Seed.", whole=True)] = 1,
    period: options.Period = None,
    as_json: options.Json = False,
) -> None:
    """Write signal events with weights for your own simulation of the detector."""
    from ... import experiments
    from ...events.record.signal_files import check_sample_file, write_sample
    from ...ground.units import parse_quantity
    from ...yields.sampling.generate import generate_signal
    from .output import deliver

    check_sample_file(output)
    chosen = experiments.get(experiment)
    layout = chosen.run_of(period)[1].layout
    size = parse_quantity(mass, "energy", "--mass")
    sample = generate_signal(layout, chosen.name, model, size, events, seed)
    write_sample(sample, output)
    total = float(sample.weight.sum())
    record = {**sample.header, "events": len(sample), "weight_sum": total, "file": str(output)}
    rows = (("events", str(len(sample))), ("bosons per beam particle at coupling 1", number(total)))
    deliver(record, TextTable(str(output), ("quantity", "value"), rows), as_json=as_json)
