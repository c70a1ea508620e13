"""The command tree."""

from __future__ import annotations

import typer

from . import (
    catalogue,
    compare,
    counts,
    decays,
    depth,
    direct_detection,
    dump_scatter,
    limit,
    loss,
    moments,
    plane,
    recast,
    relic,
    tracks,
    validate,
    verdict,
    xsec,
    yields,
)

app = typer.Typer(
    help="Missing-energy searches for dark bosons, from beam to limit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        from ... import __version__

        typer.echo(f"emiss {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    _: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Missing-energy searches for dark bosons, from beam to limit."""


app.command("limit")(limit.limit)
app.command("yields")(yields.yields)
app.add_typer(xsec.app, name="xsec")
app.command("tracks")(tracks.tracks)
app.command("depth")(depth.depth)
app.command("loss")(loss.loss)
app.command("decays")(decays.decays)
app.command("moments")(moments.moments)
app.command("plane")(plane.plane)
app.command("relic")(relic.relic)
app.command("verdict")(verdict.verdict)
app.command("direct-detection")(direct_detection.direct_detection)
app.command("dump-scatter")(dump_scatter.dump_scatter)
app.command("counts")(counts.counts)
app.command("compare")(compare.compare)
app.command("recast")(recast.recast)
app.command("list")(catalogue.list_names)
app.command("show")(catalogue.show)
app.command("cite")(catalogue.cite)
app.command("template")(catalogue.template)
app.command("validate")(validate.validate)
