"""`emiss decays`: partial widths, branching and lifetime of a model's boson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .command import command

if TYPE_CHECKING:
    from ...physics.models.decays import Decays


@command("decays", "Physics")
def decays(
    model: Annotated[str, typer.Argument(help="Model, or path of a model file.")],
    mass: Annotated[str, typer.Option("--mass", help="Mass of the boson, e.g. 300MeV.")],
    coupling: Annotated[
        float, options.number("--coupling", help="Free coupling, in the model's unit.")
    ] = 1e-4,
    settings: options.Settings = None,
    as_json: options.Json = False,
) -> None:
    """Partial widths, branching and lifetime of a model's boson, and of an excited dark state."""
    from ...ground.units import format_energy, parse_quantity
    from ...physics.models.decays import decays as boson_decays
    from ...physics.models.decays import excited_decays
    from .output import emit_json, note

    chosen = options.get_model(model, settings)
    value = parse_quantity(mass, "energy", "--mass")
    boson = boson_decays(chosen, value, coupling)
    excited = excited_decays(chosen, value, coupling)
    if as_json:
        emit_json(
            {
                "model": chosen.name,
                "parameters": chosen.parameters(),
                "coupling_name": chosen.coupling_name,
                "coupling": coupling,
                **_record(boson),
                "excited_state": None if excited is None else _record(excited),
            }
        )
        return
    _print(
        boson,
        f"{chosen.title}: m = {format_energy(value)}, {chosen.coupling_name} = {coupling:g}",
    )
    if excited is not None:
        _print(excited, f"chi2, m = {format_energy(excited.mass)} (leptons and neutrinos only)")
    parameters = ", ".join(f"{key} = {item}" for key, item in chosen.parameters().items())
    note(f"model parameters: {parameters or 'none'}")


def _record(decay: Decays) -> dict[str, Any]:
    return {
        "mass_gev": decay.mass,
        "partial_widths_gev": dict(decay.partial_widths),
        "total_width_gev": decay.total_width,
        "branching": decay.branching,
        "ctau_cm": decay.ctau_cm,
        "lifetime_ns": decay.lifetime_ns,
    }


def _print(decay: Decays, title: str) -> None:
    from .output import number, table

    branching = decay.branching
    rows = [
        (state, number(width, 6), number(branching[state], 4))
        for state, width in decay.partial_widths.items()
    ]
    rows.append(("total", number(decay.total_width, 6), ""))
    rows.append(("c tau (cm)", number(decay.ctau_cm, 6), ""))
    rows.append(("lifetime (ns)", number(decay.lifetime_ns, 6), ""))
    table(title, ["final state", "width (GeV)", "branching"], rows)
