"""`emiss xsec`: cross-sections, one process per subcommand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options

app = typer.Typer(help="Cross-sections of single processes.", no_args_is_help=True)

Energy = Annotated[str, typer.Option("--energy", help="Beam energy, e.g. 100GeV.")]
Mass = Annotated[str, typer.Option("--mass", help="Mass of the boson, e.g. 16.7MeV.")]


@app.command("bremsstrahlung")
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
        float, typer.Option("--min-x", help="Smallest share of the beam energy taken.")
    ] = 0.0,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Dark bremsstrahlung l N -> l N X per nucleus, at coupling 1 (g = e)."""
    from ... import materials
    from ...ground.units import format_energy, parse_quantity
    from ...processes import bremsstrahlung as process
    from .output import emit_json, number, save_and_announce, table

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
        from ..plots import bremsstrahlung_spectrum

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


@app.command("annihilation")
def annihilation(
    energy: Energy,
    mass: Mass,
    dark_matter: Annotated[
        str, typer.Option("--dark-matter", help="scalar, majorana, dirac or pseudo-dirac.")
    ] = "scalar",
    alpha_dark: Annotated[float, typer.Option("--alpha-dark", help="Dark coupling.")] = 0.1,
    mass_ratio: Annotated[float, typer.Option("--mass-ratio", help="m_A' / m_chi.")] = 3.0,
    width: Annotated[
        str, typer.Option(help="Width: energy-dependent, constant or running.")
    ] = "energy-dependent",
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Resonant e+ e- -> A' -> chi chi per target electron at rest, over epsilon squared."""
    from ...ground.units import format_energy, parse_quantity
    from ...processes import annihilation as process
    from .output import emit_json, number, save_and_announce, table

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
        from ..plots import annihilation_excitation

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


@app.command("primakoff")
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
    from ... import materials
    from ...ground.units import format_energy, parse_quantity
    from ...processes import primakoff as process
    from .output import emit_json, number, table

    photon_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    result = process.total_cross_section(
        photon_energy,
        boson_mass,
        element=materials.element(target),
        form_factor=form_factor,
        recoil=recoil,
    )
    if as_json:
        emit_json(
            {
                "process": "primakoff",
                "cross_section_pb": result.value_pb,
                "relative_error": result.relative_error,
                "coupling_convention": result.coupling_convention,
                "target": target,
                "form_factor": form_factor,
                "energy_gev": photon_energy,
                "mass_gev": boson_mass,
                "recoil": recoil,
            }
        )
        return
    rows = [
        ("cross-section per nucleus (pb)", number(result.value_pb, 6)),
        ("relative error of the integration", number(result.relative_error, 2)),
        ("coupling", result.coupling_convention),
    ]
    title = (
        f"gamma {target} -> {target} a, {format_energy(photon_energy)}, "
        f"m = {format_energy(boson_mass)}"
    )
    table(title, ["", ""], rows)


@app.command("associated")
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
    from ...ground.units import format_energy, parse_quantity
    from ...processes import associated as process
    from .output import emit_json, number, table

    beam_energy = parse_quantity(energy, "energy", "--energy")
    boson_mass = parse_quantity(mass, "energy", "--mass")
    lowest = parse_quantity(min_photon_energy, "energy", "--min-photon-energy")
    value = float(process.cross_section_pb(beam_energy, boson_mass, min_photon_energy=lowest))
    convention = "g = e * epsilon at epsilon = 1; sigma ~ epsilon^2"
    if as_json:
        emit_json(
            {
                "process": "associated",
                "cross_section_pb": value,
                "relative_error": 1e-11,
                "coupling_convention": convention,
                "per": "target electron at rest",
                "energy_gev": beam_energy,
                "mass_gev": boson_mass,
                "min_photon_energy_gev": lowest,
            }
        )
        return
    rows = [
        ("cross-section per target electron (pb)", number(value, 6)),
        ("coupling", convention),
    ]
    title = (
        f"e+ e- -> gamma A', {format_energy(beam_energy)}, m = {format_energy(boson_mass)}, "
        f"photon above {format_energy(lowest)}"
    )
    table(title, ["", ""], rows)
