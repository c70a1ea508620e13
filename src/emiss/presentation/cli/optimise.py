"""`emiss optimise`: the threshold of a cut that gives the best expected limit."""

from __future__ import annotations

from typing import Annotated

import typer

from ...ground.checks import read_number
from . import options
from .command import command

_FORM = "NAME=VALUES, for example 'missing energy=40GeV:60GeV:11'"


@command("optimise", "Analysis")
def optimise(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    cuts: Annotated[
        list[str],
        typer.Option(
            "--cut",
            metavar="NAME=VALUES",
            help="Cut and thresholds, low:high:count or a list; may be repeated: all combinations.",
        ),
    ],
    masses: options.SomeMasses = "10MeV",
    model: options.SomeModel = "dark-photon",
    settings: options.Settings = None,
    backgrounds: Annotated[
        list[str] | None,
        typer.Option(
            "--background",
            metavar="SAMPLE[=EVENTS]",
            help="Sample whose events say how the background moves, and its expected events.",
        ),
    ] = None,
    events: options.SignalEvents = 2000,
    background_events: options.BackgroundEvents = 10000,
    independent: Annotated[
        bool,
        typer.Option(
            "--independent", help="Let backgrounds pass all cuts that stay; say so in the notes."
        ),
    ] = False,
    merit: Annotated[
        str, typer.Option("--merit", help="mean or median of the expected limits.")
    ] = "mean",
    method: Annotated[str, typer.Option("--method", help="Method of the limits.")] = "cls",
    cl: options.ConfidenceLevel = 0.9,
    coupling: Annotated[
        float | None,
        options.number("--coupling", help="Coupling at which bosons decay; default: none does."),
    ] = None,
    period: options.Period = None,
    seed: options.ToySeed = 1,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Expected limits for thresholds of a cut, and the best; data are never read."""
    from ...api import optimise as scan_cuts
    from .. import plots
    from ..optimise_table import optimise_table
    from .output import deliver

    found = scan_cuts(
        experiment, options.read_settings(cuts, "--cut", _FORM), masses=masses,
        model=options.get_model(model, settings),
        backgrounds=_samples(backgrounds or []), run=period, events=events,
        background_events=background_events, independent=independent, merit=merit, method=method,
        cl=cl, coupling=coupling, seed=seed,
    )  # fmt: skip
    deliver(
        found.record(), optimise_table(found), as_json=as_json, figure=figure,
        draw=lambda: plots.optimise(found),
    )  # fmt: skip


def _samples(texts: list[str]) -> dict[str, float | None]:
    """Events by sample; None for one without a number."""
    found: dict[str, float | None] = {text.strip(): None for text in texts if "=" not in text}
    given = options.read_settings(
        (text for text in texts if "=" in text), "--background", "SAMPLE=EVENTS"
    )
    return found | {name: read_number(text, f"--background {name}") for name, text in given.items()}
