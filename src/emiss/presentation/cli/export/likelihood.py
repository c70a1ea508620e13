"""`emiss export likelihood`: counts, backgrounds and signal coefficients for recasting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command
from .written import likelihood_of


@command("likelihood", group="export")
def likelihood(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV:1GeV:60",
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    output: Annotated[
        Path, options.file("File to write, .json or .csv; default likelihood.json.")
    ] = Path("likelihood.json"),
    as_json: options.Json = False,
) -> None:
    """Simplified likelihood, which `emiss likelihood` reads back."""
    from ...export.likelihood_file import likelihood_record, write_likelihood
    from ..output import emit_json, note

    found = likelihood_of(
        experiment, model, settings, masses, cl=cl, method=method, on_target=on_target
    )
    write_likelihood(found, output)
    if as_json:
        emit_json(likelihood_record(found))
        return
    runs, count = len(found.runs), len(found.masses)
    note(f"wrote {output}: {runs} run{'s' if runs > 1 else ''}, {count} masses")
