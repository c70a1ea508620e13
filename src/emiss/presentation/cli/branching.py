"""`emiss branching`: limits on all mesons of a hadron experiment, beside those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from ...experiments import Experiment
    from ...inference.limit import Limit


@command("branching")
def branching(
    experiment: Annotated[str, typer.Argument(help="Hadron experiment: name or TOML file.")],
    channels: Annotated[
        str, typer.Option("--channels", help="Mesons with commas; default: all that are made.")
    ] = "",
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    nuclear_model: options.NuclearModel = "glauber",
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Limits on branching fractions of mesons to nothing, beside those that others published."""
    from ... import experiments
    from ..plots import branching_fractions
    from .output import deliver, warn

    found = experiments.get(experiment)
    asked = [name.strip() for name in channels.split(",") if name.strip()]
    given = {"cl": cl, "method": method, "on_target": on_target, "nuclear_model": nuclear_model}
    limits, reasons = _limits(found, asked, given)
    warnings = list(dict.fromkeys([*(w for one in limits for w in one.warnings), *reasons]))
    for text in warnings:
        warn(text)
    deliver(
        _record(found.name, limits) | {"warnings": warnings},
        _table(found.title, limits),
        as_json=as_json,
        figure=figure,
        draw=lambda: branching_fractions(*limits),
    )


def _limits(
    experiment: Experiment, asked: list[str], given: dict[str, Any]
) -> tuple[list[Limit], list[str]]:
    """Limits, and why some mesons that the beam makes have none."""
    from ... import inference
    from ...ground.errors import EmissError
    from ...physics.models.invisible_meson import InvisibleMeson

    found, reasons = [], []
    problem: EmissError | None = None
    for channel in asked or _made(experiment):
        model = InvisibleMeson(channel)
        try:
            found.append(inference.limit(experiment, model, masses=[model.mass], **given))
        except EmissError as error:
            if asked:
                raise
            problem = error
            reasons.append(f"{channel} is left out: {error}")
    if not found and problem is not None:
        raise problem
    return found, reasons


def _made(experiment: Experiment) -> list[str]:
    """Channels of the mesons that the beam makes, and all of them together."""
    from ...physics.models.invisible_meson import ALL, CHANNELS
    from ...physics.processes.charge_exchange import BEAMS, made_by

    particle = experiment.layout.beam.particle
    made = made_by(particle) if particle in BEAMS else ()
    kaons = "K0" in made
    return [c for c in CHANNELS if c in (*made, ALL) or (kaons and c.startswith("K-"))]


def _record(name: str, limits: list[Limit]) -> dict[str, Any]:
    from ...physics.constraints.invisible_mesons import quoted_limits

    channels = {}
    for one in limits:
        channel = str(one.model_parameters["channel"])
        channels[channel] = {
            "observed": float(one.observed[0]),
            "projection": one.projection,
            "expected": {band: float(value[0]) for band, value in one.expected.items()},
            "others": [
                {
                    "branching_fraction": other.value,
                    "experiment": other.experiment,
                    "year": other.year,
                    "source": other.source,
                    "status": other.status,
                    "note": other.note,
                }
                for other in quoted_limits(channel)
            ],
        }
    return {
        "experiment": name,
        "coupling_name": "branching_fraction",
        "cl": limits[0].cl,
        "channels": channels,
    }


def _table(title: str, limits: list[Limit]) -> TextTable:
    from ...physics.constraints.invisible_mesons import quoted_limits

    rows = []
    for one in limits:
        channel = str(one.model_parameters["channel"])
        others = "; ".join(
            f"{number(other.value, 2)} {other.experiment} {other.year} ({other.source})"
            for other in quoted_limits(channel)
        )
        rows.append(
            (
                channel,
                number(float(one.observed[0]), 3),
                number(float(one.expected["0"][0]), 3),
                others,
            )
        )
    head = ("meson", limits[0].kind, "expected", "others, 90% CL")
    level = f"{100 * limits[0].cl:g}% CL ({limits[0].method})"
    return TextTable(f"{title}: branching fractions to nothing, {level}", head, tuple(rows))
