"""`emiss moments`: what a boson adds to the magnetic moments of electron and muon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...ground.arrays import FloatArray
from ...ground.constants import ELECTRIC_CHARGE
from ...ground.units import format_energy
from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...physics.constraints.magnetic_moments import CouplingBand


_AROUND = 30.0
"""A figure of one mass reaches so many times as far to both sides."""


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
    from ...ground.units import mass_grid, parse_masses
    from ...physics.constraints.magnetic_moments import coupling_band
    from ...physics.processes.magnetic_moment import delta_a_per_g2
    from .output import deliver

    masses = parse_masses(mass)
    slope = delta_a_per_g2(boson, masses, lepton)
    band = coupling_band(boson, masses, lepton, reference, sigmas)

    def draw() -> Figure:
        from ..plots import exclusion

        shown = masses
        if masses.size == 1:
            low, high = (float(masses[0] * factor) for factor in (1 / _AROUND, _AROUND))
            shown = mass_grid(low, high, 60)
        return exclusion(moments=coupling_band(boson, shown, lepton, reference, sigmas))

    case = (boson, lepton)
    deliver(
        _record(case, slope, band),
        _table(case, slope, band),
        as_json=as_json,
        figure=figure,
        draw=draw,
    )


def _record(case: tuple[str, str], slope: FloatArray, band: CouplingBand) -> dict[str, Any]:
    used = band.reference
    shown: float | FloatArray = float(slope[0]) if slope.size == 1 else slope
    return {
        "boson": case[0],
        "lepton": case[1],
        "masses_gev": band.masses,
        "delta_a_per_g2": shown,
        "delta_a_per_epsilon2": shown * ELECTRIC_CHARGE**2,
        "reference": {
            "name": used.name,
            "year": used.year,
            "delta_a": used.value,
            "uncertainty": used.uncertainty,
            "status": used.status,
            "sources": list(used.sources),
        },
        "sigmas": band.sigmas,
        "band_g": {"lower": band.lower, "upper": band.upper},
    }


def _table(case: tuple[str, str], slope: FloatArray, band: CouplingBand) -> TextTable:
    used = band.reference
    rows = tuple(
        (
            format_energy(float(mass)),
            *(number(float(v[i])) for v in (slope, band.lower, band.upper)),
        )
        for i, mass in enumerate(band.masses)
    )
    heads = ("mass", "Δa/g²", f"g, −{band.sigmas:g}σ", f"g, +{band.sigmas:g}σ")
    note = (
        f"reference {used.name}: measured − predicted = {used.value:.4g} ± "
        f"{used.uncertainty:.2g} ({used.measurement}; {used.prediction}) [{used.status}]"
    )
    return TextTable(f"{case[0]} boson and the moment of {case[1]}", heads, rows, (note,))
