"""`emiss moments`: what a boson adds to the magnetic moments of electron and muon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options


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
        float, typer.Option("--sigmas", help="Half-width of the band in standard deviations.")
    ] = 2.0,
    limits: Annotated[
        list[str] | None,
        typer.Option(
            "--limit", help="With --figure: an experiment to draw, for the model of L_mu - L_tau."
        ),
    ] = None,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Contribution to (g-2)/2 per squared coupling, and the couplings that a discrepancy asks for.

    With --figure the band is drawn against the mass, with the limits of the experiments given by
    --limit; these are limits on the Z' of L_mu - L_tau and need a vector.
    """
    from ..constants import ELECTRIC_CHARGE
    from ..constraints.magnetic_moments import coupling_band
    from ..processes.magnetic_moment import delta_a_per_g2
    from ..units import format_energy, parse_masses
    from .output import emit_json, note, number, table

    masses = parse_masses(mass)
    if limits and figure is None:
        from ..errors import EmissError

        raise EmissError("--limit draws into a figure: give --figure FILE as well.")
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
                "delta_a_per_epsilon2": (float(slope[0]) if single else slope)
                * ELECTRIC_CHARGE**2,
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
        _draw(boson, lepton, reference, sigmas, limits or [], Path(figure), quiet=as_json)


def _draw(
    boson: str,
    lepton: str,
    reference: str | None,
    sigmas: float,
    limits: list[str],
    path: Path,
    *,
    quiet: bool,
) -> None:
    import emiss

    from .. import models, plots
    from ..constraints.magnetic_moments import coupling_band
    from ..errors import EmissError
    from ..plots.muon import coupling_plane
    from ..units import mass_grid
    from .output import save_and_announce

    if limits and (boson != "vector" or lepton != "mu"):
        raise EmissError(
            "--limit: limits are on the Z' of L_mu - L_tau, a vector; "
            "use --boson vector --lepton mu, or leave --limit out."
        )
    grid = mass_grid(1e-3, 1.0, 60)
    model = models.get("lmu-ltau", {})
    found = [emiss.limit(name, model, masses=grid) for name in limits]
    drawn = coupling_plane(coupling_band(boson, grid, lepton, reference, sigmas), found)
    if quiet:
        plots.save_figure(drawn, path.with_suffix(""), (path.suffix[1:] or "png",))
    else:
        save_and_announce(drawn, path)
