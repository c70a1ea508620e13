"""`emiss export pyhf`: a search as workspaces of pyhf."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import options
from ..command import command


@command("pyhf", group="export")
def pyhf(
    experiment: Annotated[
        str, typer.Argument(help="Name or path of a TOML file; several with commas are combined.")
    ],
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = "1MeV,3MeV,10MeV,30MeV,100MeV,300MeV,1GeV",
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
        Path, options.directory("Directory for the workspaces; default out/pyhf.")
    ] = Path("out/pyhf"),
    as_json: options.Json = False,
) -> None:
    """One workspace per mass; mu is 1 at the coupling that emiss excludes."""
    from ....ground.units import parse_masses
    from ....inference.simplified import likelihood
    from ...export.pyhf_workspace import write_pyhf
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
    files = write_pyhf(found, output, hepdata=hepdata)
    rows = tuple(
        (f"{mass:.6g}", number(float(g)), file.name)
        for mass, g, file in zip(found.masses, found.reference, files, strict=False)
    )
    deliver(
        {
            "masses_gev": found.masses,
            "coupling_at_mu_1": found.reference,
            "files": [str(file) for file in files],
        },
        TextTable(
            f"{found.title}: workspaces in {output}",
            ("mass (GeV)", f"{found.coupling_name} at mu = 1", "file"),
            rows,
        ),
        as_json=as_json,
    )
