"""`emiss branching`: limits on all mesons of a hadron experiment, beside those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    from ..mesons import BRANCHING, meson_records, meson_table
    from ..plots import branching_fractions
    from .output import deliver, warn

    found = experiments.get(experiment)
    asked = [name.strip() for name in channels.split(",") if name.strip()]
    given = {"cl": cl, "method": method, "on_target": on_target, "nuclear_model": nuclear_model}
    limits, reasons = limits_by_meson(found, asked, given)
    warnings = list(dict.fromkeys([*(w for one in limits for w in one.warnings), *reasons]))
    for text in warnings:
        warn(text)
    deliver(
        {
            "experiment": found.name,
            "coupling_name": BRANCHING,
            "cl": limits[0].cl,
            "channels": meson_records(limits),
            "warnings": warnings,
        },
        meson_table(found.title, limits),
        as_json=as_json,
        figure=figure,
        draw=lambda: branching_fractions(*limits),
    )


def limits_by_meson(
    experiment: Experiment, asked: list[str], given: dict[str, Any]
) -> tuple[list[Limit], list[str]]:
    """Limits on mesons, and why some that the beam makes have none.

    Parameters
    ----------
    experiment : Experiment
        A search with a hadron beam.
    asked : list of str
        Channels; if empty all that the beam makes, and all of them together at the end.
    given : dict
        Options of `emiss.inference.limit`.

    Returns
    -------
    limits : list of Limit
        One per channel.
    reasons : list of str
        Sentences.

    Raises
    ------
    EmissError
        If a channel that was asked for has no limit, or none has.
    """
    from ... import inference
    from ...ground.errors import EmissError
    from ...physics.models.invisible_meson import InvisibleMeson

    found, reasons = [], []
    problem: EmissError | None = None
    for channel in asked or _made(experiment):
        try:
            found.append(inference.limit(experiment, InvisibleMeson(channel), **given))
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
