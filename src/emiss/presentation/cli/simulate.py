"""`emiss simulate`: a campaign of events on disk."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...ground.checks import read_number
from ...ground.errors import ArgumentError
from . import options
from .command import command
from .streams import say

if TYPE_CHECKING:
    from ...events.campaign import Campaign, Progress

_PATIENCE = 10.0


@command("simulate", "Events")
def simulate(
    experiment: Annotated[str, typer.Argument(help="See `emiss list experiments`, or a file.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Directory of the campaign.", show_default=False)
    ],
    events: Annotated[
        float, options.number("--events", help="Events to begin with, such as 1e6.")
    ] = 1000.0,
    sample: Annotated[
        str, typer.Option("--sample", help="beam, muon, pion, kaon, dimuon, ...")
    ] = "beam",
    model: Annotated[
        str, typer.Option("--model", help="Model of the boson; for the sample signal.")
    ] = "dark-photon",
    mass: Annotated[
        str | None, typer.Option("--mass", help="Mass of the boson, e.g. 10MeV; for signal.")
    ] = None,
    settings: options.Settings = None,
    coupling: Annotated[
        float | None,
        options.number(
            "--coupling", help="Coupling of the boson, for signal: it decays by its lifetime."
        ),
    ] = None,
    decay_volume: options.DecayVolume = None,
    seed: Annotated[int, options.seed()] = 1,
    workers: Annotated[
        int, options.number("--workers", help="Processes that work at the same time.", whole=True)
    ] = 1,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler to work on.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a campaign that was interrupted.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="parquet, root or rntuple.")] = "parquet",
    period: options.Period = None,
    chunk_events: Annotated[
        int, options.number("--chunk-events", help="Events of a chunk.", whole=True)
    ] = 2000,
    triggered: Annotated[
        bool, typer.Option("--triggered", help="Record only events with a trigger bit.")
    ] = False,
    intensity: Annotated[
        float, options.number("--intensity", help="Beam particles per second, for pile-up.")
    ] = 0.0,
    gaps: Annotated[
        str, typer.Option("--gaps", help="Between elements: air, another gas, or vacuum.")
    ] = "air",
    decay_bias: Annotated[
        float, options.number("--decay-bias", help="Factor on decays in flight, with weights.")
    ] = 1.0,
    dimuon_bias: Annotated[
        float | None, options.number("--dimuon-bias", help="Factor on muon pairs, with weights.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            metavar="KEY=VALUE",
            help="Another option, such as electronuclear_bias=1e4 or window=100; see the docs.",
        ),
    ] = None,
    bad_spills: Annotated[
        str, typer.Option("--bad-spills", help="Spills to mark: run:first-last, comma-separated.")
    ] = "",
    as_json: options.Json = False,
) -> None:
    """Simulate events of an experiment and record them, chunk by chunk."""
    from ... import experiments
    from ...api import simulate as run

    asked: dict[str, Any] = {"intensity": intensity, "gaps": gaps, "decay_bias": decay_bias}
    if dimuon_bias is not None:
        asked["dimuon_bias"] = dimuon_bias
    for name, text in options.read_settings(option, "--option").items():
        asked[name] = read_number(text, f"--option {name}")
    with _told_of_breaks(output), _reporting() as report:
        result = run(
            experiment,
            output,
            events=events,
            sample=sample,
            model=model,
            mass=options.quantity(mass, "energy", "--mass"),
            coupling=coupling,
            settings=options.read_settings(settings, "--set"),
            decay_volume=options.read_volume(decay_volume),
            seed=seed,
            run=period,
            workers=workers,
            scheduler=scheduler,
            resume=resume,
            form=form,
            chunk_events=chunk_events,
            triggered=triggered,
            options=asked,
            bad_spills=_bad_spills(bad_spills),
            progress=report,
        )
    _deliver(result, sample, experiments.get(experiment).run_of(period)[1].period, as_json)


def _bad_spills(text: str) -> tuple[tuple[int, int, int], ...]:
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        run, colon, spills = part.partition(":")
        first, _, last = spills.partition("-")
        try:
            row = (int(run), int(first), int(last or first))
        except ValueError:
            row = (0, 1, 0)
        if not colon or row[1] > row[2]:
            raise ArgumentError(f"--bad-spills '{part}': write run:spill or run:first-last.")
        found.append(row)
    return tuple(found)


@contextmanager
def _told_of_breaks(place: Path) -> Iterator[None]:
    """Say that a campaign that is interrupted, by the keyboard or a batch system, can go on."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if (place / "campaign.json").is_file():
            say("emiss: interrupted; finished chunks are kept: go on with --resume.")
        raise


@contextmanager
def _reporting() -> Iterator[Callable[[Progress], None]]:
    """Give a callback that shows progress on standard error: a bar, or a line now and then."""
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
        return
    last, said = time.monotonic(), False

    def tell(progress: Progress) -> None:
        nonlocal last, said
        ended = progress.done == progress.total
        if time.monotonic() - last >= _PATIENCE or (said and ended):
            last, said = time.monotonic(), not ended
            say(f"emiss: {_words(progress)}")

    yield tell


def _words(progress: Progress) -> str:
    left = progress.left
    scale = ((3600.0, "h"), (60.0, "min"), (1.0, "s"))
    size, unit = next((s for s in scale if left >= s[0]), scale[-1])
    remaining = f", {left / size:.3g} {unit} left" if left < 1e9 else ""
    rate = f", {progress.rate:.4g} per second" if progress.rate > 0.0 else ""
    return f"{progress.done} of {progress.total} events{rate}{remaining}"


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(BarColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("compiling", total=1.0)

        def show(progress: Progress) -> None:
            share = progress.done / progress.total
            bar.update(task, completed=share, description=_words(progress))

        yield show


def _deliver(result: Campaign, sample: str, period: str, as_json: bool) -> None:
    from ..event_tables import campaign_record, campaign_table
    from .output import deliver, warn

    for problem in result.problems:
        warn(f"{problem}; it was made again.")
    if not result.recorded:
        warn(
            f"none of the {result.generated} events is one that the sample '{sample}' records: "
            "begin with more, or with a larger bias where it has one."
        )
    record = {"sample": sample, "run": period, **campaign_record(result)}
    table = campaign_table(result, f"{sample} events in {result.directory}")
    deliver(record, table, as_json=as_json)
