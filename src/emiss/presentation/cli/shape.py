"""`emiss shape`: limits from bins in variables of events, beside those from the count."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command

_FORM = "VARIABLE=EDGES, for example target_energy=0,25GeV,50GeV"


@command("shape", "Analysis")
def shape(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    bins: Annotated[
        list[str] | None,
        typer.Option(
            "--bins",
            metavar="VARIABLE=EDGES",
            help="Variable and edges, such as target_energy=0,25GeV,50GeV; may be repeated. Bounds "
            "of the signal region must be edges. By default those of the experiment file.",
        ),
    ] = None,
    masses: options.SomeMasses = "10MeV",
    model: options.SomeModel = "dark-photon",
    settings: options.Settings = None,
    backgrounds: Annotated[
        list[str] | None,
        typer.Option(
            "--background",
            metavar="NAME[=EVENTS[+-ERROR]]",
            help="Background in the signal region, of the shape of the sample of that name, else "
            "flat; a sample without events fills the bins outside. May be repeated.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Recorded events; the signal region is hidden until opened."),
    ] = None,
    observed: Annotated[
        str | None,
        typer.Option("--observed", help="Events by bin, such as 0,1,0; the last --bins first."),
    ] = None,
    period: options.Period = None,
    events: options.SignalEvents = 2000,
    background_events: options.BackgroundEvents = 10000,
    method: Annotated[
        str, typer.Option("--method", help="Method: cls, asymptotic or toys.")
    ] = "cls",
    cl: options.ConfidenceLevel = 0.9,
    acceptance: options.Acceptance = None,
    toys: options.Toys = 10_000,
    seed: options.ToySeed = 1,
    pyhf: Annotated[
        Path | None,
        options.directory("Directory for pyhf workspaces of the bins, one per mass.", "--pyhf"),
    ] = None,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Limits from bins in variables of events, beside those from the count."""
    from ...api import shape as of_bins
    from ...ground.checks import read_count
    from .. import plots
    from ..export.shape_workspace import write_shape_workspaces
    from ..shape_table import bins_table, shape_table
    from .output import deliver, note, progress, show

    seen = None
    if observed is not None:
        seen = [read_count(text.strip(), "--observed") for text in observed.split(",")]
    asked = options.read_settings(bins, "--bins", _FORM) if bins else None
    with progress("simulated events") as report:
        found = of_bins(
            experiment, asked, masses=masses,
            model=options.get_model(model, settings), backgrounds=_parts(backgrounds or []),
            data=data, observed=seen, run=period, events=events,
            background_events=background_events, method=method, cl=cl, acceptance=acceptance,
            toys=toys, seed=seed, progress=report,
        )  # fmt: skip
    written = [] if pyhf is None else write_shape_workspaces(found, pyhf)
    if not as_json:
        show(bins_table(found))
    deliver(
        found.record(), shape_table(found), as_json=as_json, figure=figure,
        draw=lambda: plots.shape(found),
    )  # fmt: skip
    if written and not as_json:
        note(f"wrote {', '.join(path.name for path in written)} in {pyhf}")


def _parts(texts: list[str]) -> dict[str, str | None]:
    """Events by name; None for a sample without a number, and its relative error."""
    found: dict[str, str | None] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign and "+-" in name:
            name, _, error = name.partition("+-")
            value, sign = f"+-{error}", "="
        found[name.strip()] = value.strip() if sign else None
    return found
