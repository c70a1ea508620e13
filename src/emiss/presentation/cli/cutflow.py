"""`emiss cutflow`: how many simulated events pass each cut of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..text_table import TextTable, number
from . import options
from .command import command
from .simulate import boson_of

if TYPE_CHECKING:
    from ...analysis import Analysis


def flow_table(analysis: Analysis) -> TextTable:
    """Cut flow as a table."""
    flow = analysis.flow
    rows = tuple(
        (
            step.name, number(step.alone), number(step.cumulative), number(step.error),
            number(step.others) if step.others == step.others else "no event",
        )
        for step in flow.steps
    )  # fmt: skip
    title = f"{analysis.experiment} {analysis.period}, {analysis.sample}, {flow.events} events"
    signal: tuple[str, ...] = ()
    if analysis.signal is not None:
        share, error = analysis.signal.efficiency
        signal = (
            f"efficiency for bosons above {number(analysis.signal.threshold)} GeV: "
            f"{number(share)} ± {number(error)}",
        )
    notes = (
        *signal,
        f"all cuts: {number(flow.total)} ± {number(flow.total_error)}; {analysis.blinding}",
        f"effective number of events {number(flow.effective)}",
    )
    columns = ("cut", "alone", "in sequence", "error", "all others applied")
    return TextTable(title, columns, rows, notes)


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
    period: options.Period = None,
    seed: Annotated[int, options.number("--seed", help="Seed.", whole=True)] = 1,
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
    from ... import experiments
    from ...analysis import simulated_analysis
    from ..plots.analysis import cut_variables
    from .output import deliver, figure_place

    chosen = experiments.get(experiment)
    layout = chosen.run_of(period)[1].layout
    extra = boson_of(layout, sample, model, mass)
    rate = layout.beam.intensity if intensity is None else intensity
    if figure is not None:
        figure_place(figure)
    result = simulated_analysis(
        chosen, sample, events, period=period, seed=seed, extra=extra, options={"intensity": rate}
    )
    deliver(
        result.record(), flow_table(result), as_json=as_json, figure=figure,
        draw=lambda: cut_variables(result),
    )  # fmt: skip
