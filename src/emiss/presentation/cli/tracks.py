"""`emiss tracks`: differential track lengths of a shower."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ...ground.arrays import FloatArray
from ..text_table import TextTable, number
from . import options
from .command import command
from .tracks_montecarlo import montecarlo_record

if TYPE_CHECKING:
    from ...physics.shower import TrackLengths
    from ...physics.shower.tracks import Particle

_NAMES: Final[dict[str, Particle]] = {"electron": "e-", "positron": "e+", "photon": "gamma"}

_MOST_BINS = 10_000


class Engine(StrEnum):
    """Who answers."""

    deterministic = "deterministic"
    montecarlo = "montecarlo"


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
    engine: Annotated[
        Engine, typer.Option("--engine", help="Cascade equations, or sampled showers.")
    ] = Engine.deterministic,
    events: Annotated[
        int, options.number("--events", help="Showers to sample.", whole=True)
    ] = 1000,
    seed: Annotated[int, options.seed("Seed of them.")] = 1,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Track length per energy of electrons, positrons and photons in a thick target."""
    from ...ground.errors import EmissError
    from ...ground.units import format_energy, mass_grid, parse_quantity
    from ...physics import materials
    from ...physics.shower.layers import path_lengths
    from ..plots import tracks as draw_solved
    from ..plots.labels import typeset
    from ..plots.tracks import draw_tracks
    from .output import deliver

    beam_energy = parse_quantity(energy, "energy", "--energy")
    lowest = parse_quantity(min_energy, "energy", "--min-energy")
    if not 1 <= bins <= _MOST_BINS:
        raise EmissError(f"--bins {bins}: must lie between 1 and {_MOST_BINS}.")
    if engine is Engine.montecarlo:
        if not 0.0 < lowest < beam_energy:
            raise EmissError(
                f"--min-energy {format_energy(lowest)}: must lie above 0 and below the energy of "
                f"the beam, {format_energy(beam_energy)}."
            )
        grid = mass_grid(lowest, beam_energy, bins + 1)
        record = montecarlo_record(material, beam, beam_energy, grid, events=events, seed=seed)
        deliver(
            record,
            _sampled_table(record),
            as_json=as_json,
            figure=figure,
            draw=lambda: draw_tracks(
                record["energy_edges_gev"],
                averages={p: record[f"{name}_x0_per_gev"] for name, p in _NAMES.items()},
                title=f"{format_energy(beam_energy)} {typeset(beam)} in {material}",
                details=(f"{events} sampled showers",),
            ),
        )
        return
    result = path_lengths(materials.find(material), beam, beam_energy, lowest)
    edges = mass_grid(lowest, beam_energy, bins + 1)
    deliver(
        _record(material, result, edges),
        _table(material, result, edges),
        as_json=as_json,
        figure=figure,
        draw=lambda: draw_solved(result),
    )


def _sampled_table(record: dict[str, Any]) -> TextTable:
    edges = record["energy_edges_gev"]
    rows = tuple(
        (
            f"{number(float(edges[i]))}–{number(float(edges[i + 1]))}",
            *(
                f"{number(float(record[f'{name}_x0_per_gev'][i]))} ± "
                f"{number(float(record[f'{name}_x0_per_gev_error'][i]), 2)}"
                for name in _NAMES
            ),
        )
        for i in range(len(edges) - 1)
    )
    beam = f"{record['beam']} of {record['beam_energy_gev']:g} GeV"
    title = f"dL/dE in {record['material']}, {beam}, in X0/GeV per primary"
    notes = (f"{record['events']} showers, {record['events_per_second']:.3g} per second",)
    return TextTable(title, ("E (GeV)", "e−", "e+", "γ"), rows, notes)


def _record(material: str, result: TrackLengths, edges: FloatArray) -> dict[str, Any]:
    record: dict[str, Any] = {
        "material": material,
        "beam": result.primary,
        "beam_energy_gev": result.energy,
        "radiation_length_cm": result.material.radiation_length_cm,
        "energy_edges_gev": edges,
    }
    for name, particle in _NAMES.items():
        record[f"{name}_x0_per_gev"] = result.bin_averages(edges, particle)
        record[f"{name}_x0_above"] = result.above(edges, particle)
    return record


def _table(material: str, result: TrackLengths, edges: FloatArray) -> TextTable:
    averages = [result.bin_averages(edges, particle) for particle in _NAMES.values()]
    rows = [
        (
            f"{number(float(edges[i]))}–{number(float(edges[i + 1]))}",
            *(number(float(average[i])) for average in averages),
        )
        for i in range(edges.size - 1)
    ]
    totals = (float(result.above(edges[:1], particle)[0]) for particle in _NAMES.values())
    rows.append((f"total above {number(float(edges[0]))} GeV (X0)", *map(number, totals)))
    beam = f"{result.primary} of {result.energy:g} GeV"
    title = f"dL/dE in {material}, {beam}, in X0/GeV per primary"
    return TextTable(title, ("E (GeV)", "e−", "e+", "γ"), tuple(rows))
