"""`emiss xsec bremsstrahlung`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command
from .beam import Energy, Mass


@command("bremsstrahlung", "Physics", group="xsec")
def bremsstrahlung(
    energy: Energy,
    mass: Mass,
    projectile: Annotated[str, typer.Option(help="e-, e+, mu- or mu+.")] = "e-",
    boson: Annotated[str, typer.Option(help="vector, axial, scalar or pseudoscalar.")] = "vector",
    target: Annotated[str, typer.Option(help="Chemical element, e.g. Pb.")] = "Pb",
    method: Annotated[str, typer.Option(help="etl (exact), ww or iww.")] = "etl",
    form_factor: Annotated[
        str, typer.Option("--form-factor", help="elastic or elastic+inelastic.")
    ] = "elastic",
    min_x: Annotated[
        float, options.number("--min-x", help="Smallest share of the beam energy taken.")
    ] = 0.0,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Dark bremsstrahlung l N -> l N X per nucleus, at coupling 1 (g = e)."""
    from .... import materials
    from ....ground.units import format_energy, parse_quantity
    from ....processes import bremsstrahlung as process
    from ..output import emit_json, number, save_and_announce, table

    beam_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    element = materials.element(target)
    result = process.total_cross_section(
        beam_energy,
        boson_mass,
        element=element,
        projectile=projectile,
        boson=boson,
        method=method,
        form_factor=form_factor,
        min_x=min_x,
    )
    if figure is not None:
        from ...plots import bremsstrahlung_spectrum

        drawing = bremsstrahlung_spectrum(
            beam_energy,
            boson_mass,
            element=element,
            projectile=projectile,
            boson=boson,
            form_factor=form_factor,
        )
        save_and_announce(drawing, Path(figure), quiet=as_json)
    if as_json:
        emit_json(
            {
                "process": "bremsstrahlung",
                "cross_section_pb": result.value_pb,
                "relative_error": result.relative_error,
                "coupling_convention": result.coupling_convention,
                "method": method,
                "boson": boson,
                "projectile": projectile,
                "target": target,
                "form_factor": form_factor,
                "energy_gev": beam_energy,
                "mass_gev": boson_mass,
                "min_x": min_x,
            }
        )
        return
    rows = [
        ("cross-section per nucleus (pb)", number(result.value_pb, 6)),
        ("relative error of the integration", number(result.relative_error, 2)),
        ("coupling", result.coupling_convention),
    ]
    title = (
        f"{projectile} {target} -> {projectile} {target} X ({boson}), "
        f"{format_energy(beam_energy)}, m = {format_energy(boson_mass)}, {method}"
    )
    table(title, ["", ""], rows)
