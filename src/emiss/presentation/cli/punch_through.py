"""`emiss punch-through`: how often hadrons pass the hadron calorimeter unseen."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    pass


@command("punch-through", "Physics")
def punch_through(
    experiment: Annotated[
        str, typer.Option("--experiment", help="Experiment whose modules are taken.")
    ] = "na64e-2016-2022",
    hadron: Annotated[
        str, typer.Option("--hadron", help="n, p, pi-, pi+, K-, K+, K0L or K0S.")
    ] = "n",
    energy: Annotated[str, typer.Option("--energy", help="Energy, e.g. 100GeV.")] = "100GeV",
    threshold: Annotated[
        str, typer.Option("--threshold", help="Modules with less are quiet, e.g. 1GeV.")
    ] = "1GeV",
    modules: Annotated[
        int, options.number("--modules", help="Number of modules; 0 for all.", whole=True)
    ] = 0,
    events: Annotated[
        int, options.number("--events", help="Events per slice and repetition.", whole=True)
    ] = 500,
    seed: Annotated[int, options.seed()] = 1,
    as_json: options.Json = False,
) -> None:
    """Probability that a hadron leaves less than a threshold in every module, by splitting."""
    from ...api import punch_through as splitting
    from ...api.responses import modules_of
    from .output import deliver

    found = splitting(
        hadron,
        options.quantity(energy, "energy", "--energy"),
        options.quantity(threshold, "energy", "--threshold"),
        experiment=experiment,
        modules=modules,
        events=events,
        seed=seed,
    )
    boxes, results = modules_of(experiment, modules), list(found.values())
    spread = abs(results[0].probability - results[1].probability)
    record: dict[str, Any] = {
        "experiment": experiment,
        "modules": [box.name for box in boxes],
        "model_spread": spread,
        "results": [dataclasses.asdict(result) for result in results],
    }
    rows = [(r.model, number(r.probability), number(r.error), number(r.through)) for r in results]
    title = (
        f"{hadron} of {energy} through {len(boxes)} modules of {experiment}, each below {threshold}"
    )
    columns = ("model", "probability", "error", "of it through the back")
    table = TextTable(title, columns, (*rows, ("difference", number(spread), "", "")))
    deliver(record, table, as_json=as_json)
