"""`emiss yields`: expected signal events per process and run period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command


@command("yields")
def yields(
    experiment: Annotated[str, typer.Argument(help="Name or path of a TOML file.")],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV:1GeV:20",
    coupling: Annotated[
        float | None,
        options.number(
            "--coupling",
            help="Coupling at which the events are given; default: events over coupling squared "
            "at small coupling.",
        ),
    ] = None,
    on_target: options.OnTarget = None,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Signal events per process and run period at a given coupling.

    Without a coupling the events are the coefficient of coupling squared, "at coupling 1" with
    the width of the mediator that of its dark channels alone.
    """
    from ...ground.units import format_energy, parse_masses
    from ...yields import signal_yield
    from .output import emit_json, number, save_and_announce, table

    signal = signal_yield(
        experiment,
        options.get_model(model, settings),
        parse_masses(masses),
        on_target=on_target,
    )
    events = signal.coefficients() if coupling is None else signal.per_process(coupling)
    cut_flow = signal.cut_flow()
    if figure is not None:
        from ..plots import yields as draw_yields

        save_and_announce(draw_yields(signal, coupling), Path(figure), quiet=as_json)
    if as_json:
        emit_json(
            {
                "experiment": signal.experiment.name,
                "masses_gev": signal.masses,
                "coupling_name": signal.model.coupling_name,
                "coupling": 1.0 if coupling is None else coupling,
                "coupling_convention": "events over coupling squared at small coupling"
                if coupling is None
                else "events at the coupling given",
                "runs": list(signal.runs),
                "processes": {
                    name: {run: values[i] for i, run in enumerate(signal.runs)}
                    for name, values in events.items()
                },
                "efficiency": {run: signal.efficiency[i] for i, run in enumerate(signal.runs)},
                "cut_flow": {
                    cut: {run: values[i] for i, run in enumerate(signal.runs)}
                    for cut, values in cut_flow.items()
                },
            }
        )
        return
    columns = ["mass", *(f"{name}, {run}" for name in events for run in signal.runs)]
    # of a missing-momentum search: what is left after each cut, the last being the acceptance
    columns += [f"after {cut}, {run}" for cut in cut_flow for run in signal.runs]
    rows = [
        [
            format_energy(float(mass)),
            *(
                number(float(values[j, i]))
                for values in events.values()
                for j in range(len(values))
            ),
            *(
                number(float(values[j, i]), 3)
                for values in cut_flow.values()
                for j in range(len(values))
            ),
        ]
        for i, mass in enumerate(signal.masses)
    ]
    table(
        f"{signal.experiment.title}: signal events "
        + (
            f"over {signal.model.coupling_name} squared"
            if coupling is None
            else f"at {signal.model.coupling_name} = {coupling:g}"
        ),
        columns,
        rows,
    )
