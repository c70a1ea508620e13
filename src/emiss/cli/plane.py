"""`emiss plane`: limits of several experiments on one coupling, with (g-2) or the relic density."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from . import options

if TYPE_CHECKING:
    from ..constraints.magnetic_moments import CouplingBand
    from ..cosmology.relic import RelicLine
    from ..inference.limit import Limit
    from ..models import Model

RELIC_POINTS = 25


def plane(
    experiments: Annotated[list[str], typer.Argument(help="Names or paths of TOML files.")],
    model: options.ModelName = "lmu-ltau",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV:1GeV:60",
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    reference: Annotated[
        str | None,
        typer.Option("--reference", help="Moment whose band is drawn, e.g. muon-2021."),
    ] = None,
    sigmas: Annotated[
        float, typer.Option("--sigmas", help="Half-width of the band in standard deviations.")
    ] = 2.0,
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Limits on a coupling g against mass, of several experiments together.

    Without dark matter in the model the band of the muon's (g-2) is drawn beside them; with it
    (--set dark_matter=dirac) the coupling that gives the relic density.
    """
    from .. import inference, units
    from ..constraints.magnetic_moments import coupling_band
    from ..constraints.moment_coverage import excluded_share
    from ..errors import EmissError
    from .output import emit_json, warn

    grid = units.parse_masses(masses)
    chosen = options.get_model(model, settings)
    if chosen.coupling_name != "g":
        raise EmissError(
            f"model '{chosen.name}' has the coupling {chosen.coupling_name}; emiss plane draws "
            "models with a gauge coupling g, such as lmu-ltau and b-l."
        )
    band = coupling_band(chosen.boson, grid, "mu", reference, sigmas)
    limits = [
        inference.limit(name, chosen, masses=grid, cl=cl, method=method) for name in experiments
    ]
    for text in dict.fromkeys(text for one in limits for text in one.warnings):
        warn(text)
    relic = None if chosen.dark_sector is None else _relic(chosen, grid)
    if as_json:
        record: dict[str, Any] = {
            "model": chosen.name,
            "model_parameters": chosen.parameters(),
            "masses_gev": grid,
            "limits": {one.experiment: one.observed for one in limits},
            "band_g": {"reference": band.reference.name, "lower": band.lower, "upper": band.upper},
            "excluded_share_of_band": {
                one.experiment: excluded_share(band, one.observed) for one in limits
            },
            "relic": None
            if relic is None
            else {"masses_gev": relic.masses * relic.mass_ratio, "coupling": relic.coupling},
        }
        emit_json(record)
    else:
        _print(limits)
        if chosen.dark_sector is None:
            _print_coverage(limits, band)
    if figure is not None:
        _draw(limits, band, relic, Path(figure), as_json)


def _relic(model: Model, grid: Any) -> RelicLine:
    from ..cosmology.mediators import mediator_from_model
    from ..cosmology.relic import relic_coupling
    from ..units import mass_grid

    sector = model.dark_sector
    assert sector is not None
    low, high = float(grid[0]), float(grid[-1])
    count = 1 if low == high else RELIC_POINTS
    masses = mass_grid(low, high, count) / sector.mass_ratio
    return relic_coupling(
        masses,
        cast(Any, sector.kind),
        sector.alpha_dark,
        sector.mass_ratio,
        mediator=mediator_from_model(cast(Any, model)),
        splitting=sector.splitting,
    )


def _print(limits: list[Limit]) -> None:
    from ..units import format_energy
    from .output import note, number, table

    first = limits[0]
    rows = [
        [format_energy(float(mass)), *(number(float(one.observed[i])) for one in limits)]
        for i, mass in enumerate(first.masses)
    ]
    title = f"{first.model}: limits on {first.coupling_name}, {first.cl:.0%} CL ({first.method})"
    table(title, ["mass", *(one.experiment_title for one in limits)], rows)
    parameters = ", ".join(f"{key} = {value}" for key, value in first.model_parameters.items())
    note(f"model parameters: {parameters}")


def _print_coverage(limits: list[Limit], band: CouplingBand) -> None:
    from ..constraints.moment_coverage import excluded_share
    from ..units import format_energy
    from .output import note

    used = band.reference
    note(
        f"(g-2): {used.name}, measured - predicted = {used.value:.4g} +- {used.uncertainty:.2g}, "
        f"band of {band.sigmas:g} standard deviations"
    )
    for one in limits:
        whole = band.masses[excluded_share(band, one.observed) >= 1.0]
        some = band.masses[excluded_share(band, one.observed) > 0.0]
        text = f"  {one.experiment_title}: "
        if some.size == 0:
            note(f"{text}excludes none of the band at these masses")
            continue
        ends = f"{format_energy(float(some[0]))} to {format_energy(float(some[-1]))}"
        text += f"excludes part of the band at {some.size} of {band.masses.size} masses ({ends})"
        note(f"{text}, all of it at {whole.size}")


def _draw(limits: list[Limit], band: Any, relic: RelicLine | None, path: Path, quiet: bool) -> None:
    from .. import plots
    from ..plots.muon import coupling_plane, thermal_coupling_plane
    from .output import save_and_announce

    thermal = relic is not None
    drawn = thermal_coupling_plane(limits, relic) if thermal else coupling_plane(band, limits)
    if quiet:
        formats = (path.suffix[1:],) if path.suffix else ("png", "pdf")
        plots.save_figure(drawn, path.with_suffix(""), formats)
    else:
        save_and_announce(drawn, path)
