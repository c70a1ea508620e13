"""`emiss xsec associated`."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import options
from ..command import command
from .beam import Energy, Mass, electron_rows


@command("associated", "Physics", group="xsec")
def associated(
    energy: Energy,
    mass: Mass,
    min_photon_energy: Annotated[
        str, typer.Option("--min-photon-energy", help="Energy of the photon that is seen.")
    ] = "1GeV",
    as_json: options.Json = False,
) -> None:
    """Associated e+ e- -> gamma A' per target electron at rest, at epsilon = 1.

    The photon must have a minimum energy: with a softer one the event is resonant annihilation.
    """
    from ....ground.units import format_energy, parse_quantity
    from ....physics.processes import associated as process
    from ..output import TextTable, deliver

    beam_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    lowest = parse_quantity(min_photon_energy, "energy", "--min-photon-energy")
    value = float(process.cross_section_pb(beam_energy, boson_mass, min_photon_energy=lowest))
    convention = "g = e * epsilon at epsilon = 1; sigma ~ epsilon^2"
    title = (
        f"e+ e- -> gamma A', {format_energy(beam_energy)}, m = {format_energy(boson_mass)}, "
        f"photon above {format_energy(lowest)}"
    )
    record = {
        "process": "associated",
        "cross_section_pb": value,
        "relative_error": 1e-11,
        "coupling_convention": convention,
        "per": "target electron at rest",
        "energy_gev": beam_energy,
        "mass_gev": boson_mass,
        "min_photon_energy_gev": lowest,
    }
    deliver(record, TextTable(title, ("", ""), electron_rows(value, convention)), as_json=as_json)
