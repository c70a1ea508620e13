"""`emiss depth`: track length of a shower against depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from ...physics.shower.depth import DepthProfile
    from ...physics.shower.tracks import Particle

_NAMES: Final[dict[str, Particle]] = {"electron": "e-", "positron": "e+", "photon": "gamma"}


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
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Track length per depth of electrons, positrons and photons above an energy."""
    from ...ground.units import parse_quantity
    from ...physics import materials
    from ...physics.shower.depth import track_depths
    from ..plots import depth as draw_depth
    from .output import deliver

    beam_energy = parse_quantity(energy, "energy", "--energy")
    lowest = parse_quantity(min_energy, "energy", "--min-energy")
    profile = track_depths(materials.find(material), beam, beam_energy, lowest, depth=to, step=step)
    deliver(
        _record(material, profile, lowest),
        _table(material, profile, lowest),
        as_json=as_json,
        figure=figure,
        draw=lambda: draw_depth(profile, min_energy=lowest),
    )


def _record(material: str, profile: DepthProfile, lowest: float) -> dict[str, Any]:
    record: dict[str, Any] = {
        "material": material,
        "beam": profile.primary,
        "beam_energy_gev": profile.energy,
        "min_energy_gev": lowest,
        "radiation_length_cm": profile.material.radiation_length_cm,
        "depth_edges_x0": profile.depths,
        "depth_edges_cm": profile.depths_cm,
    }
    for name, particle in _NAMES.items():
        record[f"{name}_x0"] = profile.above(particle, lowest)
        record[f"{name}_mean_depth_x0"] = profile.mean_depth(particle, lowest)
    return record


def _table(material: str, profile: DepthProfile, lowest: float) -> TextTable:
    edges = profile.depths
    lengths = [profile.above(particle, lowest) for particle in _NAMES.values()]
    rows = [
        (
            f"{number(float(edges[i]))}–{number(float(edges[i + 1]))}",
            number(float(profile.depths_cm[i + 1])),
            *(number(float(length[i])) for length in lengths),
        )
        for i in range(edges.size - 1)
    ]
    means = (profile.mean_depth(particle, lowest) for particle in _NAMES.values())
    rows.append(("sum", "", *(number(float(length.sum())) for length in lengths)))
    rows.append(("mean depth (X0)", "", *map(number, means)))
    title = (
        f"track length in {material} above {lowest:g} GeV, {profile.primary} of "
        f"{profile.energy:g} GeV, in X0 per primary"
    )
    return TextTable(title, ("depth (X0)", "to cm", "e−", "e+", "γ"), tuple(rows))
