"""`emiss xsec annihilation`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .. import options
from ..command import command
from .beam import Energy, Mass, electron_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@command("annihilation", "Physics", group="xsec")
def annihilation(
    energy: Energy,
    mass: Mass,
    dark_matter: Annotated[
        str,
        typer.Option(
            "--dark-matter", help="scalar, majorana, dirac or pseudo-dirac, as in a limit."
        ),
    ] = "pseudo-dirac",
    alpha_dark: Annotated[float, options.number("--alpha-dark", help="Dark coupling.")] = 0.1,
    mass_ratio: Annotated[float, options.number("--mass-ratio", help="m_A' / m_chi.")] = 3.0,
    width: Annotated[
        str, typer.Option(help="Width: energy-dependent, constant or running.")
    ] = "energy-dependent",
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Resonant e+ e- -> A' -> chi chi per target electron at rest, over epsilon squared."""
    from ....ground.units import format_energy, parse_quantity
    from ....physics.processes import annihilation as process
    from ..output import TextTable, deliver

    beam_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    sector = {"dark_matter": dark_matter, "alpha_dark": alpha_dark, "mass_ratio": mass_ratio}
    model = options.get_model("dark-photon", [f"{key}={value}" for key, value in sector.items()])
    value = float(process.cross_section_pb(beam_energy, boson_mass, model, width_form=width))
    peak = boson_mass**2 / (2 * process.ELECTRON_MASS) - process.ELECTRON_MASS
    title = (
        f"e+ e- -> A' -> chi chi ({dark_matter}), {format_energy(beam_energy)}, "
        f"m = {format_energy(boson_mass)}, alpha_dark = {alpha_dark:g}"
    )

    def draw() -> Figure:
        from ...plots import annihilation_excitation

        return annihilation_excitation(beam_energy, mass=boson_mass, model=model, width_form=width)

    record = {
        "process": "annihilation",
        "cross_section_pb": value,
        "relative_error": 1e-12,
        "coupling_convention": process.COUPLING_CONVENTION,
        "per": "target electron at rest",
        "energy_gev": beam_energy,
        "mass_gev": boson_mass,
        "resonance_energy_gev": peak,
        **sector,
        "width_form": width,
    }
    rows = electron_rows(value, process.COUPLING_CONVENTION)
    rows = (*rows, ("resonance at positron energy", format_energy(peak)))
    table = TextTable(title, ("", ""), rows)
    deliver(record, table, as_json=as_json, figure=figure, draw=draw)
