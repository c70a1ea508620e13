"""`emiss export likelihood`: counts, backgrounds and signal coefficients for recasting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command
from .written import likelihood_of

SUFFIXES = (".json", ".csv")


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
        Path,
        options.file_or_directory(
            "Directory for likelihood.json, or a file, .json or .csv; default out/likelihood.",
            SUFFIXES,
        ),
    ] = Path("out/likelihood"),
    as_json: options.Json = False,
) -> None:
    """Simplified likelihood, which `emiss likelihood` reads back."""
    from ....ground.atomic import atomic_directory
    from ...export.likelihood_file import likelihood_record, write_likelihood
    from ..output import emit_json, note

    found = likelihood_of(
        experiment, model, settings, masses, cl=cl, method=method, on_target=on_target
    )
    if output.suffix.lower() in SUFFIXES:
        file = write_likelihood(found, output)
    else:
        file = output / "likelihood.json"
        with atomic_directory(output) as staging:
            write_likelihood(found, staging / file.name)
    if as_json:
        emit_json(likelihood_record(found))
        return
    runs, count = len(found.runs), len(found.masses)
    note(f"wrote {file}: {runs} run{'s' if runs > 1 else ''}, {count} masses")
