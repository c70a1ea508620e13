"""`emiss compare`: a limit against curves of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import curve_options, options
from .command import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...inference.comparison import Comparison
    from ...inference.limit import Limit
    from ...physics.constraints.curves.overlay import Overlay


@command("compare", "Curves of others")
def compare(
    limit: Annotated[Path, typer.Argument(help="limit.json of emiss, or its directory.")],
    curves: Annotated[
        list[str],
        typer.Argument(
            metavar="[LABEL=]CURVE...",
            help="Curves: text tables, HEPData YAML or JSON, .lmt, another limit.json.",
        ),
    ],
    column: curve_options.Column = None,
    qualifiers: curve_options.Qualifiers = None,
    mass_unit: curve_options.MassUnit = None,
    quantity: curve_options.Quantity = None,
    curve_alpha: curve_options.CurveAlpha = None,
    curve_ratio: curve_options.CurveRatio = None,
    figure: options.Figure = None,
    whole: options.Whole = False,
    as_json: options.Json = False,
) -> None:
    """Ratio of a limit to other curves, and where one excludes what the other does not."""
    from ...inference.comparison import compare_regions
    from ..export import load_limit
    from .output import emit_json, save_and_announce

    stated, sector = (mass_unit, quantity), (curve_alpha, curve_ratio)
    choice = curve_options.chosen(column, qualifiers, stated, sector)
    result = load_limit(limit)
    overlays = curve_options.read_overlays(curves, choice)
    found = [compare_regions(result, overlay) for overlay in overlays]
    curve_options.say(note for comparison in found for note in comparison.notes)
    if as_json:
        emit_json(
            {
                "experiment": result.experiment,
                "model": result.model,
                "coupling_name": result.coupling_name,
                "comparisons": [_record(c, o) for c, o in zip(found, overlays, strict=True)],
            }
        )
    else:
        _print(result, found, overlays, whole)
    if figure is not None:
        from .. import plots

        drawn = plots.compare(result, curves=overlays)
        save_and_announce(drawn, Path(figure), quiet=as_json)


def _record(found: Comparison, overlay: Overlay) -> dict[str, Any]:
    return {
        "label": found.label,
        "quantity": found.quantity,
        "reference": overlay.reference,
        "masses_gev": found.masses,
        "ratio": found.ratio,
        "only_ours_gev": found.only_ours,
        "only_theirs_gev": found.only_theirs,
        "outside_gev": found.outside,
        "reading": overlay.reading,
        "notes": found.notes,
    }


def _print(
    result: Limit, found: Sequence[Comparison], overlays: Sequence[Overlay], whole: bool
) -> None:
    from ...ground.units import format_energy
    from ..comparison_table import spread_of, who_excludes_more
    from ..text_table import TextTable, shortened
    from .output import FEW, note, number, show

    rows = [
        [format_energy(float(mass)), *(number(float(c.ratio[i]), 3) for c in found)]
        for i, mass in enumerate(result.masses)
    ]
    columns = ["mediator mass", *(f"{c.quantity}: ours / {c.label}" for c in found)]
    title = f"{result.title}: {result.model}"
    table = TextTable(title, tuple(columns), tuple(tuple(row) for row in rows))
    show(table if whole else shortened(table, FEW))
    for comparison, overlay in zip(found, overlays, strict=True):
        source = f" ({overlay.reference})" if overlay.reference else ""
        spread = spread_of(comparison.ratio)
        note(f"{comparison.label}{source}: {'' if spread.startswith('no ') else 'ratio '}{spread}")
        for line in who_excludes_more(comparison):
            note(f"  {line}")
