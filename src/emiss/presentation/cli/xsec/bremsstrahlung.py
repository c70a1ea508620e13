"""`emiss xsec bremsstrahlung`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .. import options
from ..command import command
from .beam import Energy, Mass, cross_section_record, nucleus_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    from ....ground.units import format_energy, parse_quantity
    from ....physics import materials
    from ....physics.processes import bremsstrahlung as process
    from ..output import TextTable, deliver

    beam_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    case = {"projectile": projectile, "boson": boson, "form_factor": form_factor}
    element = materials.element(target)
    result = process.total_cross_section(
        beam_energy, boson_mass, element=element, method=method, min_x=min_x, **case
    )
    title = (
        f"{projectile} {target} -> {projectile} {target} X ({boson}), "
        f"{format_energy(beam_energy)}, m = {format_energy(boson_mass)}, {method}"
    )

    def draw() -> Figure:
        from ...plots import bremsstrahlung_spectrum

        return bremsstrahlung_spectrum(beam_energy, mass=boson_mass, element=element, **case)

    settings = {"method": method, "target": target, "min_x": min_x, **case}
    record = cross_section_record("bremsstrahlung", beam_energy, boson_mass, result)
    table = TextTable(title, ("", ""), nucleus_rows(result))
    deliver({**record, **settings}, table, as_json=as_json, figure=figure, draw=draw)
