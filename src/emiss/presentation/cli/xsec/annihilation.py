"""`emiss xsec annihilation`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command
from .beam import Energy, Mass


@command("annihilation", "Physics", group="xsec")
def annihilation(
    energy: Energy,
    mass: Mass,
    dark_matter: Annotated[
        str, typer.Option("--dark-matter", help="scalar, majorana, dirac or pseudo-dirac.")
    ] = "scalar",
    alpha_dark: Annotated[float, options.number("--alpha-dark", help="Dark coupling.")] = 0.1,
    mass_ratio: Annotated[float, options.number("--mass-ratio", help="m_A' / m_chi.")] = 3.0,
    width: Annotated[str, typer.Option(help="constant or running width.")] = "constant",
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Resonant e+ e- -> A' -> chi chi per target electron at rest, over epsilon squared."""
    from ....ground.units import format_energy, parse_quantity
    from ....processes import annihilation as process
    from ..output import emit_json, number, save_and_announce, table

    beam_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    model = options.get_model(
        "dark-photon",
        [
            f"dark_matter={dark_matter}",
            f"alpha_dark={alpha_dark}",
            f"mass_ratio={mass_ratio}",
        ],
    )
    value = float(process.cross_section_pb(beam_energy, boson_mass, model, width_form=width))
    peak = boson_mass**2 / (2 * process.ELECTRON_MASS) - process.ELECTRON_MASS
    if figure is not None:
        from ...plots import annihilation_excitation

        drawing = annihilation_excitation(beam_energy, boson_mass, model, width_form=width)
        save_and_announce(drawing, Path(figure), quiet=as_json)
    if as_json:
        emit_json(
            {
                "process": "annihilation",
                "cross_section_pb": value,
                "relative_error": 1e-12,
                "coupling_convention": process.COUPLING_CONVENTION,
                "per": "target electron at rest",
                "energy_gev": beam_energy,
                "mass_gev": boson_mass,
                "resonance_energy_gev": peak,
                "dark_matter": dark_matter,
                "alpha_dark": alpha_dark,
                "mass_ratio": mass_ratio,
                "width_form": width,
            }
        )
        return
    rows = [
        ("cross-section per target electron (pb)", number(value, 6)),
        ("coupling", process.COUPLING_CONVENTION),
        ("resonance at positron energy", format_energy(peak)),
    ]
    title = (
        f"e+ e- -> A' -> chi chi ({dark_matter}), {format_energy(beam_energy)}, "
        f"m = {format_energy(boson_mass)}, alpha_dark = {alpha_dark:g}"
    )
    table(title, ["", ""], rows)
