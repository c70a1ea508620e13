"""`emiss depth`: track length of a shower against depth."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .command import command


@command("depth", "Physics")
def depth(
    material: Annotated[str, typer.Option("--material", help="See `emiss list materials`.")] = "Pb",
    beam: Annotated[str, typer.Option("--beam", help="Primary: e-, e+ or gamma.")] = "e-",
    energy: Annotated[str, typer.Option("--energy", help="Beam energy, e.g. 100GeV.")] = "100GeV",
    min_energy: Annotated[
        str, typer.Option("--min-energy", help="Count tracks above this energy, e.g. 50GeV.")
    ] = "1GeV",
    to: Annotated[
        float, options.number("--to", help="Depth in radiation lengths up to which it is shown.")
    ] = 20.0,
    step: Annotated[
        float, options.number("--step", help="Width of the cells in radiation lengths, 0.02 to 5.")
    ] = 1.0,
    as_json: options.Json = False,
) -> None:
    """Track length per depth of electrons, positrons and photons above an energy."""
    from ... import materials
    from ...ground.units import parse_quantity
    from ...shower import PARTICLES
    from ...shower.depth import track_depths
    from .output import emit_json, number, table

    beam_energy = parse_quantity(energy, "energy", "--energy")
    lowest = parse_quantity(min_energy, "energy", "--min-energy")
    target = materials.find(material)
    profile = track_depths(target, beam, beam_energy, lowest, depth=to, step=step)
    lengths = {particle: profile.above(particle, lowest) for particle in PARTICLES}
    means = {particle: profile.mean_depth(particle, lowest) for particle in PARTICLES}
    names = ("electron", "positron", "photon")
    if as_json:
        record = {
            "material": material,
            "beam": beam,
            "beam_energy_gev": beam_energy,
            "min_energy_gev": lowest,
            "radiation_length_cm": target.radiation_length_cm,
            "depth_edges_x0": profile.depths,
            "depth_edges_cm": profile.depths_cm,
        }
        record |= {f"{n}_x0": lengths[p] for n, p in zip(names, PARTICLES, strict=True)}
        record |= {f"{n}_mean_depth_x0": means[p] for n, p in zip(names, PARTICLES, strict=True)}
        emit_json(record)
        return
    edges = profile.depths
    rows = [
        [
            f"{number(float(edges[i]))}–{number(float(edges[i + 1]))}",
            number(float(profile.depths_cm[i + 1])),
            *(number(float(length[i])) for length in lengths.values()),
        ]
        for i in range(edges.size - 1)
    ]
    rows.append(["sum", "", *(number(float(length.sum())) for length in lengths.values())])
    rows.append(["mean depth (X0)", "", *(number(mean) for mean in means.values())])
    table(
        f"track length in {material} above {lowest:g} GeV, {beam} of {beam_energy:g} GeV, in X0 "
        "per primary",
        ["depth (X0)", "to cm", "e−", "e+", "γ"],
        rows,
    )
