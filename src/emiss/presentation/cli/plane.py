"""`emiss plane`: limits of several experiments on one coupling, with (g-2) or the relic density."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from . import curve_options, options
from .command import command

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...ground.arrays import FloatArray
    from ...ground.mass_range import MassRange
    from ...inference.limit import Limit
    from ...physics.constraints.cosmology.relic import RelicLine
    from ...physics.constraints.curves.overlay import Overlay
    from ...physics.constraints.magnetic_moments import CouplingBand
    from ...physics.models import Model


@command("plane")
def plane(
    experiments: options.Experiments,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="Model, see `emiss list models`; by default lmu-ltau where a beam is of muons, "
            "else dark-photon.",
        ),
    ] = None,
    settings: options.Settings = None,
    masses: options.Masses = options.MASS_RANGE,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    reference: Annotated[
        str | None,
        typer.Option("--reference", help="Moment whose band is drawn, e.g. muon-2021."),
    ] = None,
    sigmas: Annotated[
        float, options.number("--sigmas", help="Half-width of the band in standard deviations.")
    ] = 2.0,
    compare: curve_options.Compare = None,
    column: curve_options.Column = None,
    qualifiers: curve_options.Qualifiers = None,
    mass_unit: curve_options.MassUnit = None,
    quantity: curve_options.Quantity = None,
    curve_alpha: curve_options.CurveAlpha = None,
    curve_ratio: curve_options.CurveRatio = None,
    figure: options.Figure = None,
    whole: options.Whole = False,
    as_json: options.Json = False,
) -> None:
    """Limits on a coupling against mass, of several experiments together.

    Without dark matter in the model, or with --reference, the band of the muon's (g-2) is drawn
    beside them; with it (--set dark_matter=dirac) the coupling that gives the relic density. One
    experiment and inelastic dark matter (--set splitting=0.4): epsilon^2 against m_chi.
    """
    import numpy as np

    from ... import inference
    from ...ground.mass_range import MassRange, read_masses
    from ...physics.constraints.magnetic_moments import coupling_band
    from .output import emit_json, save_and_announce, warn

    asked = read_masses(masses)
    stated, sector = (mass_unit, quantity), (curve_alpha, curve_ratio)
    choice = curve_options.chosen(column, qualifiers, stated, sector)
    overlays = curve_options.read_overlays(compare, choice)
    names = options.distinct(experiments)
    chosen = options.get_model(model or _usual_model(names), settings)
    thermal = chosen.dark_sector is not None and reference is None

    def limits_at(at: FloatArray | MassRange) -> list[Limit]:
        return [inference.limit(name, chosen, masses=at, cl=cl, method=method) for name in names]

    limits = limits_at(asked)
    grid = np.unique(np.concatenate([one.masses for one in limits]))
    if len(limits) > 1 and isinstance(asked, MassRange):
        limits = limits_at(grid)  # the same masses for all
    band = _in_coupling_of(chosen, coupling_band(chosen.boson, grid, "mu", reference, sigmas))
    for text in dict.fromkeys(text for one in limits for text in one.warnings):
        warn(text)
    ratios = _ratios(limits, overlays)
    relic = _relic(chosen, asked) if thermal else None
    if as_json:
        record: dict[str, Any] = {
            "model": chosen.name,
            "model_parameters": chosen.parameters(),
            "coupling_name": chosen.coupling_name,
            "masses_gev": grid,
            "limits": {one.experiment: one.observed for one in limits},
            "upper_edges": {one.experiment: one.observed_upper for one in limits},
            f"band_{chosen.coupling_name}": {
                "reference": band.reference.name,
                "lower": band.lower,
                "upper": band.upper,
            },
            "excluded_share_of_band": {one.experiment: _share(band, one) for one in limits},
            "relic": None
            if relic is None
            else {"masses_gev": relic.masses * relic.mass_ratio, "coupling": relic.coupling},
            "curves": [{"label": one.label, "reading": one.reading} for one in overlays],
            "comparisons": [
                {"label": label, "experiment": one.experiment, "ratio": ratio}
                for label, one, ratio in ratios
            ],
        }
        emit_json(record)
    else:
        _print(limits, whole)
        if not thermal:
            _print_coverage(limits, band)
        _print_ratios(ratios)
    if figure is not None:
        drawn = _drawn(limits, None if thermal else band, relic, overlays)
        save_and_announce(drawn, Path(figure), quiet=as_json)


def _usual_model(names: list[str]) -> str:
    """The model that searches with such beams publish."""
    from ... import experiments
    from ...inference.combined_experiment import split_names

    beams = [experiments.get(name).beam.particle for name in split_names(names)]
    return "lmu-ltau" if any(beam.startswith("mu") for beam in beams) else "dark-photon"


def _ratios(limits: list[Limit], overlays: tuple[Overlay, ...]) -> list[tuple[str, Limit, Any]]:
    """Ratio of each limit to each curve; says what to check before they are believed.

    Raises
    ------
    EmissError
        If a curve can be compared with none of the limits.
    """
    from ...ground.errors import EmissError
    from ...inference.comparison import compare_ratio, comparison_notes

    found: list[tuple[str, Limit, Any]] = []
    notes: list[str] = []
    for overlay in overlays:
        failed: EmissError | None = None
        before = len(found)
        for one in limits:
            try:
                ratio = compare_ratio(one, overlay)
            except EmissError as error:
                failed = error
                continue
            notes += comparison_notes(one, overlay, ratio)
            found.append((overlay.label, one, ratio))
        if failed is not None and len(found) == before:
            raise failed
    curve_options.say(notes)
    return found


def _print_ratios(ratios: list[tuple[str, Limit, Any]]) -> None:
    from ..comparison_table import spread_of
    from .output import note

    for label, one, ratio in ratios:
        note(f"{one.title} over {label}: {spread_of(ratio)}")


def _in_coupling_of(model: Model, band: CouplingBand) -> CouplingBand:
    """The band in the free coupling of a model; NaN where that has nothing to do with muons."""
    import numpy as np

    unit = model.lepton_coupling("mu", 1.0, band.masses)
    unit = np.where(unit > 0.0, unit, np.nan)
    return replace(band, lower=band.lower / unit, upper=band.upper / unit)


def _share(band: CouplingBand, one: Limit) -> Any:
    from ...physics.constraints.moment_coverage import excluded_share

    return excluded_share(band, one.observed, one.observed_upper)


def _relic(model: Model, asked: FloatArray | MassRange) -> RelicLine | None:
    """Line of the relic density; None, with a warning, if it is not covered."""
    from ...ground.errors import ValidityError
    from ...ground.mass_range import MassRange
    from ...physics.constraints.cosmology.mediators import mediator_from_model
    from ...physics.constraints.cosmology.relic_masses import relic_line
    from .output import warn

    sector = model.dark_sector
    assert sector is not None
    ratio = sector.mass_ratio
    if isinstance(asked, MassRange):
        masses: FloatArray | MassRange = MassRange(asked.low / ratio, asked.high / ratio)
    else:
        masses = asked / ratio
    try:
        mediator = mediator_from_model(cast(Any, model))
        given = (cast(Any, sector.kind), sector.alpha_dark, ratio)
        try:
            return relic_line(masses, *given, mediator=mediator, splitting=sector.splitting)
        except ValidityError:
            above = _above_threshold(masses, mediator.thresholds)
            if above is None:
                raise
        return relic_line(above, *given, mediator=mediator, splitting=sector.splitting)
    except ValidityError as error:
        warn(f"no line of the relic density: {error}")
        return None


_LIGHTEST = 1.06
"""Dark-matter mass over half the lowest threshold from which annihilation at rest is covered."""


def _above_threshold(
    masses: FloatArray | MassRange, thresholds: Any
) -> FloatArray | MassRange | None:
    """The part of some dark-matter masses in GeV for which a visible channel is open at rest."""
    import numpy as np

    from ...ground.mass_range import MassRange

    opened = [float(x) for x in np.atleast_1d(thresholds) if x > 0.0]
    if not opened:
        return None
    lightest = _LIGHTEST * 0.5 * min(opened)
    if isinstance(masses, MassRange):
        covers = masses.low < lightest < masses.high
        return MassRange(lightest, masses.high) if covers else None
    kept = masses[masses >= lightest]
    return kept if 0 < kept.size < masses.size else None


def _print(limits: list[Limit], whole: bool) -> None:
    from ...ground.units import format_energy, format_level
    from ..text_table import TextTable, shortened
    from .output import FEW, note, number, show

    first = limits[0]
    rows = [
        [format_energy(float(mass)), *(number(float(one.observed[i])) for one in limits)]
        for i, mass in enumerate(first.masses)
    ]
    level = f"{format_level(first.cl)} CL ({first.method})"
    title = f"{first.model}: limits on {first.coupling_name}, {level}"
    heads = ("mass", *(one.title for one in limits))
    table = TextTable(title, heads, tuple(tuple(row) for row in rows))
    show(table if whole else shortened(table, FEW))
    parameters = ", ".join(f"{key} = {value}" for key, value in first.model_parameters.items())
    note(f"model parameters: {parameters}")


def _print_coverage(limits: list[Limit], band: CouplingBand) -> None:
    from ...ground.units import format_energy
    from .output import note

    used = band.reference
    note(
        f"(g-2): {used.name}, measured - predicted = {used.value:.4g} +- {used.uncertainty:.2g}, "
        f"band of {band.sigmas:g} standard deviations"
    )
    for one in limits:
        share = _share(band, one)
        whole, some = band.masses[share >= 1.0], band.masses[share > 0.0]
        text = f"  {one.title}: "
        verb = "would exclude" if one.projection else "excludes"
        if some.size == 0:
            note(f"{text}{verb} none of the band at these masses")
            continue
        ends = f"{format_energy(float(some[0]))} to {format_energy(float(some[-1]))}"
        text += f"{verb} part of the band at {some.size} of {band.masses.size} masses ({ends})"
        note(f"{text}, all of it at {whole.size}")


def _is_inelastic(one: Limit) -> bool:
    splitting = float(one.model_parameters.get("splitting", 0.0))
    return splitting > 0.0 and one.coupling_name == "epsilon"


def _drawn(
    limits: list[Limit],
    band: CouplingBand | None,
    relic: RelicLine | None,
    overlays: tuple[Overlay, ...],
) -> Figure:
    from .. import plots

    lines = () if relic is None else (relic,)
    if band is not None:
        return plots.exclusion(*limits, moments=band, overlays=overlays)
    if len(limits) == 1 and _is_inelastic(limits[0]):
        return plots.squared_plane(limits[0], relic=lines, overlays=overlays)
    return plots.exclusion(*limits, relic=lines, overlays=overlays)
