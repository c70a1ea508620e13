"""`emiss likelihood`: limits of a simplified likelihood from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .command import command


@command("likelihood", "Search")
def likelihood(
    file: Annotated[Path, typer.Argument(help="What `emiss export likelihood` wrote.")],
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    as_json: options.Json = False,
) -> None:
    """Limit on the coupling from counts, backgrounds and signal coefficients in a file."""
    from ...ground.units import format_energy, format_level
    from ..export.likelihood_file import load_likelihood
    from ..limit_table import BAND_HEADS
    from .output import TextTable, deliver, number

    found = load_likelihood(file)
    limits = found.limit(cl, method)
    word = "projected" if found.projection else "obs."
    heads = ("mass", f"{found.coupling_name} {word}", *(BAND_HEADS[key] for key in BAND_HEADS))
    columns = [limits["observed"], *(limits[key] for key in BAND_HEADS)]
    rows = tuple(
        (format_energy(float(mass)), *(number(float(column[i])) for column in columns))
        for i, mass in enumerate(found.masses)
    )
    deliver(
        {
            "experiment": found.experiment,
            "model": found.model,
            "coupling_name": found.coupling_name,
            "coupling_unit": found.coupling_unit,
            "cl": cl,
            "method": method,
            "masses_gev": found.masses,
            "projection": found.projection,
            "observed": limits["observed"],
            "expected": {key: limits[key] for key in BAND_HEADS},
        },
        TextTable(f"{found.title}, {found.model}: {format_level(cl)} CL, {method}", heads, rows),
        as_json=as_json,
    )
