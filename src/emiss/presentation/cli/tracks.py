"""`emiss tracks`: differential track lengths of a shower."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command

_MOST_BINS = 10_000


@command("tracks", "Physics")
def tracks(
    material: Annotated[str, typer.Option("--material", help="See `emiss list materials`.")] = "Pb",
    beam: Annotated[str, typer.Option("--beam", help="Primary: e-, e+ or gamma.")] = "e-",
    energy: Annotated[str, typer.Option("--energy", help="Beam energy, e.g. 100GeV.")] = "100GeV",
    min_energy: Annotated[
        str, typer.Option("--min-energy", help="Lowest energy, e.g. 1GeV.")
    ] = "1GeV",
    bins: Annotated[
        int, options.number("--bins", help="Bins, even in ln E, 1 to 10000.", whole=True)
    ] = 40,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Track length per energy of electrons, positrons and photons in a thick target."""
    import numpy as np

    from ... import materials
    from ...ground.errors import EmissError
    from ...ground.units import mass_grid, parse_quantity
    from ...shower import PARTICLES, track_lengths
    from .output import emit_json, number, save_and_announce, table

    beam_energy = parse_quantity(energy, "energy", "--energy")
    lowest = parse_quantity(min_energy, "energy", "--min-energy")
    result = track_lengths(materials.find(material), beam, beam_energy, lowest)
    if not 1 <= bins <= _MOST_BINS:
        raise EmissError(f"--bins {bins}: must lie between 1 and {_MOST_BINS}.")
    edges = mass_grid(lowest, beam_energy, bins + 1)
    if figure is not None:
        from ..plots import tracks as draw_tracks

        save_and_announce(draw_tracks(result), Path(figure), quiet=as_json)
    averages = {particle: result.bin_averages(edges, particle) for particle in PARTICLES}
    if as_json:
        emit_json(
            {
                "material": material,
                "beam": beam,
                "beam_energy_gev": beam_energy,
                "radiation_length_cm": materials.find(material).radiation_length_cm,
                "energy_edges_gev": edges,
                "electron_x0_per_gev": averages["e-"],
                "positron_x0_per_gev": averages["e+"],
                "photon_x0_per_gev": averages["gamma"],
                "electron_x0_above": result.above(edges, "e-"),
                "positron_x0_above": result.above(edges, "e+"),
                "photon_x0_above": result.above(edges, "gamma"),
            }
        )
        return
    rows = [
        [
            f"{number(float(edges[i]))}–{number(float(edges[i + 1]))}",
            *(number(float(average[i])) for average in averages.values()),
        ]
        for i in range(edges.size - 1)
    ]
    rows.append(
        [
            f"total above {number(float(edges[0]))} GeV (X0)",
            *(number(float(np.asarray(result.above(lowest, p)))) for p in averages),
        ]
    )
    table(
        f"dL/dE in {material}, {beam} of {beam_energy:g} GeV, in X0/GeV per primary",
        ["E (GeV)", "e−", "e+", "γ"],
        rows,
    )
