"""`emiss export pyhf`: a search as workspaces of pyhf."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command
from .written import FEW_MASSES, announce, likelihood_of, refuse_file_name


@command("pyhf", group="export")
def pyhf(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = FEW_MASSES,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    hepdata: Annotated[
        str | None,
        typer.Option(
            "--hepdata", help="HEPData record of the search, ins and seven digits: writes patches."
        ),
    ] = None,
    output: Annotated[
        Path, options.directory("Directory for the workspaces, a file each; default out/pyhf.")
    ] = Path("out/pyhf"),
    as_json: options.Json = False,
) -> None:
    """One workspace per mass; mu is 1 at the coupling that emiss excludes."""
    from ...export.pyhf_workspace import write_pyhf

    refuse_file_name(output, "workspaces")
    found = likelihood_of(
        experiment, model, settings, masses, cl=cl, method=method, on_target=on_target
    )
    files = write_pyhf(found, output, hepdata=hepdata)
    announce(found, files, f"workspaces in {output}", as_json=as_json)
