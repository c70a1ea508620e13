"""`emiss export hs3`: a search as documents of the HEP Statistics Serialization Standard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command
from .written import FEW_MASSES, announce, likelihood_of, refuse_file_name


@command("hs3", group="export")
def hs3(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = FEW_MASSES,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    output: Annotated[
        Path, options.directory("Directory for the documents, a file each; default out/hs3.")
    ] = Path("out/hs3"),
    as_json: options.Json = False,
) -> None:
    """One document per mass; mu is 1 at the coupling that emiss excludes."""
    from ...export.hs3_document import write_hs3

    refuse_file_name(output, "documents")
    found = likelihood_of(
        experiment, model, settings, masses, cl=cl, method=method, on_target=on_target
    )
    files = write_hs3(found, output)
    announce(found, files, f"documents in {output}", as_json=as_json)
