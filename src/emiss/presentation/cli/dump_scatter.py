"""`emiss dump-scatter`: what a dump with a far detector would see, beside missing energy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .command import command

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...ground.arrays import FloatArray
    from ...inference.limit import Limit
    from ...physics.models import Model

_EVENTS = 2.303


@command("dump-scatter", "Physics")
def dump_scatter(
    on_target: Annotated[float, options.number("--on-target", help="Electrons on target.")],
    distance: Annotated[
        str, typer.Option("--distance", help="From the dump to the detector, e.g. 20m.")
    ],
    radius: Annotated[str, typer.Option("--radius", help="Of the detector, on axis, e.g. 50cm.")],
    length: Annotated[str, typer.Option("--length", help="Of the detector along the beam.")],
    min_recoil: Annotated[
        str, typer.Option("--min-recoil", help="Least energy of the electron hit, e.g. 500MeV.")
    ],
    energy: Annotated[str, typer.Option("--energy", help="Beam energy, e.g. 20GeV.")] = "20GeV",
    dump: Annotated[str, typer.Option("--dump", help="Material of the thick dump.")] = "W",
    detector: Annotated[str, typer.Option("--detector", help="Its material.")] = "polystyrene",
    efficiency: Annotated[
        float, options.number("--efficiency", help="Of the detector, up to 1.")
    ] = 1.0,
    events: Annotated[
        float, options.number("--events", help="Events excluded; 2.303 at 90 % CL with none seen.")
    ] = _EVENTS,
    beside: Annotated[
        str | None,
        typer.Option("--beside", help="Missing-energy experiment for comparison (name or file)."),
    ] = None,
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV:1GeV:13",
    figure: options.Figure = None,
    as_json: options.Json = False,
) -> None:
    """Coupling at which dark matter from a dump would be seen to scatter on electrons.

    An estimate for a described experiment, good to 20 % in the coupling. Its events go with
    epsilon^4 alpha_dark, those of missing energy (--beside) with epsilon^2.
    """
    from ... import inference
    from ...ground import units
    from ...ground.mass_range import MassRange
    from ...physics import materials
    from ...yields.dump_scatter import DumpExperiment, scatter_events, scatter_limit
    from .output import emit_json, save_and_announce, warn

    grid = units.parse_masses(masses)
    chosen = options.get_model(model, settings)
    described = DumpExperiment(
        on_target=on_target,
        beam_energy=units.parse_quantity(energy, "energy", "--energy"),
        dump=materials.find(dump),
        distance=units.parse_quantity(distance, "length", "--distance"),
        radius=units.parse_quantity(radius, "length", "--radius"),
        length=units.parse_quantity(length, "length", "--length"),
        detector=materials.find(detector),
        min_recoil=units.parse_quantity(min_recoil, "energy", "--min-recoil"),
        efficiency=efficiency,
    )
    epsilon = scatter_limit(described, chosen, grid, events)
    sector = chosen.dark_sector
    assert sector is not None  # or scatter_limit had refused the model
    other = None if beside is None else inference.limit(beside, chosen, masses=grid)
    for text in () if other is None else other.warnings:
        warn(text)
    record: dict[str, Any] = {
        "model": chosen.name,
        "model_parameters": chosen.parameters(),
        "masses_gev": grid,
        "dark_matter_masses_gev": sector.chi_mass(grid),
        "events_excluded": events,
        "events_over_epsilon4": scatter_events(described, chosen, grid),
        "epsilon": epsilon,
        "y": sector.y(epsilon),
        "beside": None
        if other is None
        else {"experiment": other.experiment, "epsilon": other.observed, "y": other.y},
    }
    if as_json:
        emit_json(record)
    else:
        _print(record, chosen, other)
    if figure is not None:
        if beside is not None:
            # Between the masses of the table a resonance may lie.
            span = MassRange(float(grid[0]), float(grid[-1])) if grid.size > 1 else grid
            other = inference.limit(beside, chosen, masses=span)
        drawn = _drawn(record, chosen, other, grid)
        save_and_announce(drawn, Path(figure), quiet=as_json)


def _drawn(record: dict[str, Any], model: Model, other: Limit | None, masses: FloatArray) -> Figure:
    """The curve beside the missing-energy search, or alone."""
    from ...physics.constraints.curves.overlay import Overlay
    from ..plots.curves import curves

    label = f"dump and scatter, {record['events_excluded']:g} events"
    curve = Overlay(label, masses, record["epsilon"], model.coupling_name)
    if other is None:
        facts = (model.math_title, f"{record['events_excluded']:g} events")
        return curves([curve], coupling_axis=rf"${model.coupling_label}$", facts=facts)
    from ..plots import exclusion

    return exclusion(other, overlays=[curve])


def _print(record: dict[str, Any], model: Model, other: Limit | None) -> None:
    from ...ground.units import format_energy
    from .output import note, number, table

    columns = ["mass", "m_chi", "events/epsilon^4", "epsilon", "y"]
    names = ("events_over_epsilon4", "epsilon", "y")
    columns += [] if other is None else [f"epsilon, {other.title}", "ratio"]
    rows = []
    for i, mass in enumerate(record["masses_gev"]):
        row = [format_energy(float(mass)), format_energy(record["dark_matter_masses_gev"][i])]
        row += [number(float(record[name][i])) for name in names]
        if other is not None:
            reach = float(other.observed[i])
            row += [number(reach), number(float(record["epsilon"][i]) / reach, 3)]
        rows.append(row)
    count = record["events_excluded"]
    table(f"{model.name}: dump and scatter, coupling of {count:g} events", columns, rows)
    parameters = ", ".join(f"{key} = {value}" for key, value in model.parameters().items())
    note(f"model parameters: {parameters}")
    note("an estimate, good to a factor of two in events: bremsstrahlung along the beam, isotropic")
    note("decays, scattering on electrons; see docs/visible.md")
