"""`emiss export hs3`: a search as documents of the HEP Statistics Serialization Standard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command


@command("hs3", group="export")
def hs3(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV,3MeV,10MeV,30MeV,100MeV,300MeV,1GeV",
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    on_target: options.OnTarget = None,
    output: Annotated[
        Path, options.directory("Directory for the documents; default out/hs3.")
    ] = Path("out/hs3"),
    as_json: options.Json = False,
) -> None:
    """One document per mass; mu is 1 at the coupling that emiss excludes."""
    from ....ground.units import parse_masses
    from ....inference.simplified import likelihood
    from ...export.hs3_document import write_hs3
    from ...text_table import TextTable, number
    from ..output import deliver

    found = likelihood(
        experiment,
        options.get_model(model, settings),
        parse_masses(masses),
        cl=cl,
        method=method,
        on_target=on_target,
    )
    files = write_hs3(found, output)
    rows = tuple(
        (f"{mass:.6g}", number(float(g)), file.name)
        for mass, g, file in zip(found.masses, found.reference, files, strict=True)
    )
    title = f"{found.title}: documents in {output}"
    record = {
        "masses_gev": found.masses,
        "coupling_at_mu_1": found.reference,
        "files": [str(file) for file in files],
    }
    heads = ("mass (GeV)", f"{found.coupling_name} at mu = 1", "file")
    deliver(record, TextTable(title, heads, rows), as_json=as_json)
