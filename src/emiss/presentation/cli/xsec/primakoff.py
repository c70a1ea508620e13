"""`emiss xsec primakoff`."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import options
from ..command import command
from .beam import Energy, Mass, cross_section_record, nucleus_rows


@command("primakoff", "Physics", group="xsec")
def primakoff(
    energy: Energy,
    mass: Mass,
    target: Annotated[str, typer.Option(help="Chemical element, e.g. Pb.")] = "Pb",
    form_factor: Annotated[
        str, typer.Option("--form-factor", help="elastic or elastic+inelastic.")
    ] = "elastic",
    recoil: Annotated[bool, typer.Option(help="Recoil of the nucleus.")] = True,
    as_json: options.Json = False,
) -> None:
    """Primakoff production gamma N -> a N per nucleus, at g = 1 GeV^-1."""
    from ....ground.units import format_energy, parse_quantity
    from ....physics import materials
    from ....physics.processes import primakoff as process
    from ..output import TextTable, deliver

    photon_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    result = process.total_cross_section(
        photon_energy,
        boson_mass,
        element=materials.element(target),
        form_factor=form_factor,
        recoil=recoil,
    )
    title = (
        f"gamma {target} -> {target} a, {format_energy(photon_energy)}, "
        f"m = {format_energy(boson_mass)}"
    )
    settings = {"target": target, "form_factor": form_factor, "recoil": recoil}
    record = cross_section_record("primakoff", photon_energy, boson_mass, result)
    table = TextTable(title, ("", ""), nucleus_rows(result))
    deliver({**record, **settings}, table, as_json=as_json)
