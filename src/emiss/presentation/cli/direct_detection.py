"""`emiss direct-detection`: scattering cross-sections against y, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from . import curve_options, options
from .command import command

if TYPE_CHECKING:
    from ...physics.constraints.curves.overlay import Overlay
    from ...physics.constraints.curves.table import Choice
    from ...physics.constraints.direct_detection import ReferenceMomentum, Target


@command("direct-detection", "Dark matter")
def direct_detection(
    dark_matter: Annotated[
        str,
        typer.Option(
            "--dark-matter",
            help="scalar, dirac, majorana or pseudo-dirac; scalar unless given, for the default "
            "of limits, pseudo-dirac, does not scatter elastically.",
        ),
    ] = "scalar",
    mass: Annotated[
        str | None, typer.Option("--mass", help="Dark-matter mass, e.g. 10MeV.")
    ] = None,
    y: Annotated[float | None, options.number("--y", help="y, to be turned into sigma.")] = None,
    sigma: Annotated[
        float | None, options.number("--sigma", help="Cross-section in cm2, to be turned into y.")
    ] = None,
    curve: Annotated[
        Path | None,
        typer.Option(
            "--curve", help="Table with columns like m_chi_MeV,sigma_e_cm2, turned into y."
        ),
    ] = None,
    column: curve_options.Column = None,
    qualifiers: curve_options.Qualifiers = None,
    mass_unit: curve_options.MassUnit = None,
    quantity: curve_options.Quantity = None,
    curve_alpha_dark: curve_options.CurveAlpha = None,
    curve_mass_ratio: curve_options.CurveRatio = None,
    target: Annotated[
        str | None,
        typer.Option("--target", help="electron or nucleon; default electron, or as in --curve."),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference-momentum",
            help="Momentum transfer at which sigma is quoted: alpha-m (alpha times the target's "
            "mass) or zero; default alpha-m for electrons, zero for nucleons, as papers do.",
        ),
    ] = None,
    mass_ratio: Annotated[
        float, options.number("--mass-ratio", help="Mediator mass over dark-matter mass.")
    ] = 3.0,
    output: Annotated[
        Path | None,
        options.file("CSV of y for --curve, to be drawn with a limit."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Reference cross-section that belongs to y, or y that belongs to a cross-section."""
    from ...ground.errors import EmissError

    if sum(value is not None for value in (y, sigma, curve)) != 1:
        raise EmissError("give one of --y, --sigma and --curve.")
    if target not in (None, "electron", "nucleon"):
        raise EmissError(f"--target {target}: must be electron or nucleon.")
    if reference not in (None, "alpha-m", "zero"):
        raise EmissError(f"--reference-momentum {reference}: must be alpha-m or zero.")
    chosen = cast("Target | None", target)
    at = cast("ReferenceMomentum | None", reference)
    sector = (curve_alpha_dark, curve_mass_ratio)
    choice = curve_options.chosen(column, qualifiers, (mass_unit, quantity), sector)
    if curve is None:
        curve_options.refuse_without_curve(choice, "--curve")
    else:
        read = _curve(curve, dark_matter, (chosen, mass_ratio, at), choice)
        _print_curve(read, dark_matter, mass_ratio, output, as_json)
        return
    if mass is None or output is not None:
        raise EmissError("--y and --sigma need --mass, and -o/--output needs --curve.")
    _point(mass, (y, sigma), dark_matter, (chosen or "electron", mass_ratio, at), as_json)


def _point(
    mass: str,
    values: tuple[float | None, float | None],
    kind: str,
    case: tuple[Target, float, ReferenceMomentum | None],
    as_json: bool,
) -> None:
    from ...ground.units import format_energy, parse_quantity
    from ...physics.constraints import direct_detection as dd
    from .output import emit_json, note, number, table

    target, ratio, at = case
    quoted = dd.reference_text(target, at)
    m_chi = parse_quantity(mass, "energy", "--mass")
    translation = dd.elastic_translation(kind)
    y, sigma = values
    if translation.exists and y is not None:
        sigma = float(dd.sigma_from_y(y, m_chi, kind, target, ratio, reference=at))
    elif translation.exists and sigma is not None:
        y = float(dd.y_from_sigma(sigma, m_chi, kind, target, ratio, reference=at))
    if as_json:
        emit_json(
            {
                "dark_matter": kind,
                "mass_gev": m_chi,
                "target": target,
                "reference": quoted,
                "mass_ratio": ratio,
                "translation_exists": translation.exists,
                "statement": translation.statement,
                "y": y,
                "sigma_cm2": sigma,
            }
        )
        return
    if translation.exists:
        symbol = "sigma_e" if target == "electron" else "sigma_p"
        rows = [("y", number(y, 5)), (f"{symbol} (cm2)", number(sigma, 5))]
        table(f"{kind}, m_chi = {format_energy(m_chi)}, mass ratio {ratio:g}", ["", ""], rows)
        note(f"{symbol} {quoted}")
    note(translation.statement)


def _curve(
    path: Path,
    kind: str,
    case: tuple[Target | None, float, ReferenceMomentum | None],
    choice: Choice,
) -> Overlay:
    from ...physics.constraints.direct_detection_curve import read_curve_in_y

    target, ratio, at = case
    curve = read_curve_in_y(path, kind, target, ratio, choice=choice, reference=at)
    curve_options.say_reading(curve)
    curve_options.say(curve.notes)
    return curve


def _print_curve(
    curve: Overlay, kind: str, ratio: float, output: Path | None, as_json: bool
) -> None:
    from ...ground.units import format_energy
    from .output import emit_json, note, number, table

    if output is not None:
        from ...ground.atomic import write_text

        write_text(output, _csv(curve, kind, ratio))
    if as_json:
        record = {"label": curve.label, "dark_matter": kind, "mass_ratio": ratio}
        read = {"reading": curve.reading, "notes": curve.notes}
        emit_json({**record, "masses_gev": curve.masses, "y": curve.values, **read})
        return
    rows = [
        [format_energy(float(m)), number(float(v))]
        for m, v in zip(curve.masses, curve.values, strict=True)
    ]
    table(f"{curve.label} as y, {kind} dark matter, mass ratio {ratio:g}", ["m_chi", "y"], rows)
    if output is not None:
        note(f"wrote {output}")


def _csv(curve: Overlay, kind: str, ratio: float) -> str:
    head = f"# {curve.label}: y for {kind} dark matter, mediator mass {ratio:g} m_chi\n"
    head += f"# reference: {curve.reference}\n" if curve.reference else ""
    head += "m_chi_gev,y\n"
    rows = zip(curve.masses.tolist(), curve.values.tolist(), strict=True)
    return head + "".join(f"{m:.9g},{v:.9g}\n" for m, v in rows)
