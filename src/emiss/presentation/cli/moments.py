"""`emiss moments`: what a boson adds to the magnetic moments of electron and muon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .command import command

if TYPE_CHECKING:
    from ...constraints.magnetic_moments import CouplingBand


@command("moments", "Physics")
def moments(
    boson: Annotated[
        str, typer.Option("--boson", help="vector, axial, scalar or pseudoscalar.")
    ] = "vector",
    mass: Annotated[
        str, typer.Option("--mass", "--masses", help="One mass, a list, or low:high:count.")
    ] = "100MeV",
    lepton: Annotated[str, typer.Option("--lepton", help="mu or e.")] = "mu",
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            help="Measured minus predicted moment, e.g. muon-2021; default: the latest.",
        ),
    ] = None,
    sigmas: Annotated[
        float, options.number("--sigmas", help="Half-width of the band in standard deviations.")
    ] = 2.0,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Contribution to (g-2)/2 per squared coupling, and the couplings that a discrepancy asks for.

    With --figure the band is drawn against the mass; `emiss plane` draws limits beside it.
    """
    from ...constraints.magnetic_moments import coupling_band
    from ...ground.constants import ELECTRIC_CHARGE
    from ...ground.units import format_energy, mass_grid, parse_masses
    from ...processes.magnetic_moment import delta_a_per_g2
    from .output import emit_json, note, number, table

    masses = parse_masses(mass)
    slope = delta_a_per_g2(boson, masses, lepton)
    band = coupling_band(boson, masses, lepton, reference, sigmas)
    used = band.reference
    if as_json:
        single = masses.size == 1
        emit_json(
            {
                "boson": boson,
                "lepton": lepton,
                "masses_gev": masses,
                "delta_a_per_g2": float(slope[0]) if single else slope,
                "delta_a_per_epsilon2": (float(slope[0]) if single else slope) * ELECTRIC_CHARGE**2,
                "reference": {
                    "name": used.name,
                    "year": used.year,
                    "delta_a": used.value,
                    "uncertainty": used.uncertainty,
                    "status": used.status,
                    "sources": list(used.sources),
                },
                "sigmas": sigmas,
                "band_g": {"lower": band.lower, "upper": band.upper},
            }
        )
    else:
        rows = [
            [
                format_energy(float(m)),
                number(float(slope[i])),
                number(float(band.lower[i])),
                number(float(band.upper[i])),
            ]
            for i, m in enumerate(masses)
        ]
        table(
            f"{boson} boson and the moment of {lepton}",
            ["mass", "Δa/g²", f"g, −{sigmas:g}σ", f"g, +{sigmas:g}σ"],
            rows,
        )
        note(
            f"reference {used.name}: measured − predicted = {used.value:.4g} ± "
            f"{used.uncertainty:.2g} ({used.measurement}; {used.prediction}) [{used.status}]"
        )
    if figure is not None:
        wide = mass_grid(float(masses[0]) / 30.0, float(masses[0]) * 30.0, 60)
        shown = wide if masses.size == 1 else masses
        drawn = coupling_band(boson, shown, lepton, reference, sigmas)
        _draw(drawn, Path(figure), quiet=as_json)


def _draw(band: CouplingBand, path: Path, *, quiet: bool) -> None:
    from ..plots.muon import coupling_plane
    from .output import save_and_announce

    save_and_announce(coupling_plane(band), path, quiet=quiet)
