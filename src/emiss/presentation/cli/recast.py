"""`emiss recast`: a published limit on one vector model as a limit on another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import curve_options, options
from .command import command

if TYPE_CHECKING:
    from ...physics.constraints.curves.recast import Displacement, Recast


@command("recast", "Curves of others")
def recast(
    curve: Annotated[Path, typer.Argument(help="Text table, HEPData table, .lmt or limit.json.")],
    source: Annotated[str, typer.Option("--from", help="Model of the curve.")] = "dark-photon",
    target: Annotated[
        str, typer.Option("--to", help="Model to recast to, or path of a model file.")
    ] = "b-l",
    production: Annotated[
        str, typer.Option("--production", help="electron, muon, annihilation or proton.")
    ] = "electron",
    signature: Annotated[
        str, typer.Option("--signature", help="invisible, or visible decays.")
    ] = "invisible",
    final_state: Annotated[
        str, typer.Option("--final-state", help="Visible final state, e.g. e+e-.")
    ] = "e+e-",
    shield: Annotated[
        str | None, typer.Option("--shield", help="Displaced decays: length of the shield, 20m.")
    ] = None,
    decay: Annotated[
        str | None, typer.Option("--decay", help="Displaced decays: length of the decay volume.")
    ] = None,
    energy: Annotated[
        str | None,
        typer.Option("--energy", help="Energy of the boson; default: from the curve's two edges."),
    ] = None,
    settings: options.Settings = None,
    source_settings: Annotated[
        list[str] | None,
        typer.Option("--set-from", metavar="KEY=VALUE", help="A parameter of the curve's model."),
    ] = None,
    column: curve_options.Column = None,
    qualifiers: curve_options.Qualifiers = None,
    mass_unit: curve_options.MassUnit = None,
    quantity: curve_options.Quantity = None,
    curve_alpha: curve_options.CurveAlpha = None,
    curve_ratio: curve_options.CurveRatio = None,
    output: Annotated[Path | None, options.file("Also write a DarkCast-style .lmt table.")] = None,
    as_json: options.Json = False,
) -> None:
    """Recast a limit to another vector model by production, branching and lifetime ratios."""
    from ...physics.constraints.curves.curve_files import read_curve
    from ...physics.constraints.curves.recast import recast as recast_curve
    from .output import emit_json, note

    old = options.get_model(source, source_settings)
    new = options.get_model(target, settings)
    stated, sector = (mass_unit, quantity), (curve_alpha, curve_ratio)
    given = read_curve(curve, choice=curve_options.chosen(column, qualifiers, stated, sector))
    curve_options.say_reading(given)
    curve_options.say(given.notes)
    result = recast_curve(
        given,
        old,
        new,
        production=production,
        signature=signature,
        final_state=final_state,
        displacement=_displacement(shield, decay, energy),
    )
    curve_options.say(result.notes)
    written = [] if output is None else _write(result, output)
    if as_json:
        emit_json(
            {
                "label": result.label,
                "from": {"model": old.name, "parameters": old.parameters()},
                "to": {"model": new.name, "parameters": new.parameters()},
                "production": production,
                "signature": signature,
                "coupling_name": result.quantity,
                "masses_gev": result.masses,
                "lower": result.lower,
                "upper": result.upper,
                "reference": result.reference,
                "reading": given.reading,
                "notes": (*given.notes, *result.notes),
            }
        )
        return
    _print(result)
    if written:
        note(f"wrote {', '.join(str(path) for path in written)}")


def _write(result: Recast, output: Path) -> list[Path]:
    """One table per connected piece."""
    from ...physics.constraints.curves.darkcast import write_lmt

    pieces = result.pieces()
    written = []
    for number, piece in enumerate(pieces):
        stem = output if len(pieces) == 1 else output.with_stem(f"{output.stem}-{number + 1}")
        write_lmt(piece, stem)
        written.append(stem)
    return written


def _displacement(shield: str | None, decay: str | None, energy: str | None) -> Displacement | None:
    from ...ground.errors import EmissError
    from ...ground.units import parse_quantity
    from ...physics.constraints.curves.recast import Displacement

    if shield is None and decay is None:
        if energy is not None:
            raise EmissError("--energy: belongs to displaced decays; give --shield and --decay.")
        return None
    if shield is None or decay is None:
        raise EmissError("displaced decays need both lengths: give --shield and --decay.")
    return Displacement(
        parse_quantity(shield, "length", "--shield"),
        parse_quantity(decay, "length", "--decay"),
        None if energy is None else parse_quantity(energy, "energy", "--energy"),
    )


def _print(result: Recast) -> None:
    from ...ground.units import format_energy
    from .output import number, table

    columns = ["mass", f"{result.quantity} from"]
    columns += [] if result.upper is None else ["to"]
    rows = []
    for i, mass in enumerate(result.masses):
        row = [format_energy(float(mass)), number(float(result.lower[i]))]
        if result.upper is not None:
            row.append(number(float(result.upper[i])))
        rows.append(row)
    table(result.label, columns, rows)
