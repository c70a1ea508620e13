"""`emiss relic`: the coupling that gives the observed dark-matter density."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer

from ...ground.constants import ELECTRIC_CHARGE
from . import options
from .command import command

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...physics.constraints.cosmology.annihilation_rate import DarkMatterKind
    from ...physics.constraints.cosmology.mediators import Mediator
    from ...physics.constraints.cosmology.relic import Mode, RelicLine
    from ...physics.models import Model

_NO_Y = "y is not defined for a mediator of spin 0; the coupling is given"


@command("relic", "Dark matter")
def relic(
    dark_matter: Annotated[
        str | None,
        typer.Option(
            "--dark-matter",
            help="scalar, majorana, dirac or pseudo-dirac; default: the model's, else scalar "
            "(dirac for a mediator of spin 0).",
        ),
    ] = None,
    alpha_dark: Annotated[
        float | None, options.number("--alpha-dark", help="Dark coupling g^2/4pi; default 0.1.")
    ] = None,
    mass_ratio: Annotated[
        float | None,
        options.number("--mass-ratio", help="Mediator mass over m_chi; default 3."),
    ] = None,
    splitting: Annotated[
        float | None,
        options.number("--splitting", help="(m2 - m1)/m1 of pseudo-Dirac dark matter."),
    ] = None,
    masses: Annotated[
        str,
        typer.Option(
            "--masses",
            help="Dark-matter masses: low:high (placed where the curve bends), low:high:count, or "
            "a list.",
        ),
    ] = "1MeV:300MeV",
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    mode: Annotated[
        str,
        typer.Option(
            "--mode",
            help="full (Boltzmann equation), fast (a few per cent) or textbook (the estimate "
            "behind many published lines).",
        ),
    ] = "full",
    omega: Annotated[float, options.number("--omega", help="Density Omega h^2 wanted.")] = 0.12,
    figure: options.Figure = None,
    whole: options.Whole = False,
    as_json: options.Json = False,
) -> None:
    """Coupling and y that leave the observed density after freeze-out, per dark-matter mass."""
    from ...ground.mass_range import read_masses
    from ...physics.constraints.cosmology.relic_masses import relic_line
    from .output import emit_json, note, save_and_announce

    chosen = options.get_model(model, settings)
    given = {
        "dark_matter": dark_matter,
        "alpha_dark": alpha_dark,
        "mass_ratio": mass_ratio,
        "splitting": splitting,
    }
    kind, alpha, ratio, split = _sector(chosen, given, settings)
    line = relic_line(
        read_masses(masses),
        cast("DarkMatterKind", kind),
        alpha,
        ratio,
        cast("Mode", mode),
        mediator=_mediator(chosen),
        splitting=split,
        target=omega,
    )
    in_y = chosen.boson == "vector"
    notes = line.notes if in_y else (*line.notes, _NO_Y)
    if as_json:
        emit_json(_record(line, chosen, notes, in_y))
    else:
        _print(line, in_y, whole)
        for text in notes:
            note(text)
    if figure is not None:
        from ..plots.relic import relic_line as draw_line

        save_and_announce(draw_line(line, in_y=in_y), Path(figure), quiet=as_json)


def _sector(
    model: Model, given: dict[str, str | float | None], settings: list[str] | None
) -> tuple[str, float, float, float]:
    """Dark sector from the options, else from the model, as in a limit."""
    from ...ground.errors import EmissError
    from ...physics.models.bosons import SPIN_ZERO

    for name, value in given.items():
        if value is not None and name in options.read_settings(settings):
            option = "--" + name.replace("_", "-")
            raise EmissError(f"{name} is given by {option} and by --set; give it once.")
    own = model.dark_sector
    kind = given["dark_matter"]
    if kind is None and own is not None:
        kind = own.kind
    elif kind is None:
        kind = "dirac" if model.boson in SPIN_ZERO else "scalar"
    if own is not None and kind != own.kind and given["splitting"] is None:
        own = replace(own, kind=str(kind), splitting=0.0)
    numbers = []
    for name, default in (("alpha_dark", 0.1), ("mass_ratio", 3.0), ("splitting", 0.0)):
        value = given[name]
        if value is None:
            value = default if own is None else getattr(own, name)
        numbers.append(float(value))
    return str(kind), numbers[0], numbers[1], numbers[2]


def _mediator(model: Model) -> Mediator | None:
    if model.name == "dark-photon":
        return None
    from ...physics.constraints.cosmology.mediators import mediator_from_model

    return mediator_from_model(model)


def _record(line: RelicLine, model: Model, notes: tuple[str, ...], in_y: bool) -> dict[str, object]:
    return {
        "model": model.name,
        "dark_matter": line.kind,
        "alpha_dark": line.alpha_dark,
        "mass_ratio": line.mass_ratio,
        "splitting": line.splitting,
        "omega_h2": line.omega_h2,
        "mode": line.mode,
        "masses_gev": line.masses,
        "y": line.y if in_y else None,
        "coupling_name": line.coupling_name,
        **({"epsilon": _epsilon(line)} if in_y else {}),
        line.coupling_name: line.coupling,
        "x_freeze_out": line.x_freeze_out,
        "notes": list(notes),
        "citations": list(line.citations),
    }


def _epsilon(line: RelicLine) -> NDArray[np.float64]:
    """Coupling in units of the positron charge, which y is made of."""
    unit = 1.0 if line.coupling_name == "epsilon" else ELECTRIC_CHARGE
    return np.asarray(line.coupling / unit)


def _print(line: RelicLine, in_y: bool, whole: bool) -> None:
    from ..relic_table import relic_table
    from ..text_table import shortened
    from .output import FEW, show

    table = relic_table(line, in_y)
    show(table if whole else shortened(table, FEW))
