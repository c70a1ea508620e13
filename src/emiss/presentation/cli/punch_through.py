"""`emiss punch-through`: how often hadrons pass the hadron calorimeter unseen."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from ...events.hadrons import Box


def modules_of(experiment: str) -> tuple[Box, ...]:
    """Modules of the hadron calorimeter of an experiment's last run."""
    from ...events.hadrons import boxes_of
    from ...experiments import get
    from ...ground.errors import EmissError

    layout = get(experiment).runs[-1].layout
    found = boxes_of(layout.role("hadronic"))
    if not found:
        raise EmissError(f"'{experiment}' has no hadron calorimeter (role 'hadronic').")
    return found


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
    seed: Annotated[int, options.number("--seed", help="Seed.", whole=True)] = 1,
    as_json: options.Json = False,
) -> None:
    """Probability that a hadron leaves less than a threshold in every module, by splitting."""
    from ...events.hadrons import MODELS
    from ...events.hadrons import punch_through as splitting
    from ...ground.errors import EmissError
    from ...ground.units import parse_quantity
    from .output import deliver

    value = parse_quantity(energy, "energy", "--energy")
    least = parse_quantity(threshold, "energy", "--threshold")
    boxes = modules_of(experiment)
    if not 0 <= modules <= len(boxes):
        raise EmissError(f"{modules} modules of '{experiment}': it has {len(boxes)}; 0 for all.")
    boxes = boxes[: modules or len(boxes)]
    results = [
        splitting(boxes, hadron, value, least, events=events, seed=seed, model=model)
        for model in MODELS
    ]
    spread = abs(results[0].probability - results[1].probability)
    record: dict[str, Any] = {
        "experiment": experiment,
        "modules": [box.name for box in boxes],
        "model_spread": spread,
        "results": [dataclasses.asdict(result) for result in results],
    }
    rows = [(r.model, number(r.probability), number(r.error), number(r.through)) for r in results]
    title = (
        f"{hadron} of {value:g} GeV through {len(boxes)} modules of {experiment}, each below "
        f"{least:g} GeV"
    )
    columns = ("model", "probability", "error", "of it through the back")
    table = TextTable(title, columns, (*rows, ("difference", number(spread), "", "")))
    deliver(record, table, as_json=as_json)
