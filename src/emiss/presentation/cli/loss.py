"""`emiss loss`: the energy that a muon loses in a slab."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .command import command

THRESHOLDS_GEV = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 80.0)


@command("loss", "Physics")
def loss(
    beam: Annotated[str, typer.Option("--beam", help="mu- or mu+.")] = "mu-",
    energy: Annotated[str, typer.Option("--energy", help="Energy, e.g. 160GeV.")] = "160GeV",
    material: Annotated[
        str, typer.Option("--material", help="See `emiss list materials`.")
    ] = "na64-ecal",
    thickness: Annotated[
        str | None,
        typer.Option("--thickness", help="Thickness, e.g. 45cm; default: that of a sandwich."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Mean, median and tail of the energy lost by muons, with the share of each process."""
    from ...api import loss as muon_loss
    from .output import TextTable, deliver, number

    result = muon_loss(
        material,
        beam,
        options.quantity(energy, "energy", "--energy"),
        thickness=options.quantity(thickness, "length", "--thickness"),
    )
    above = dict(zip(THRESHOLDS_GEV, result.fraction_above(THRESHOLDS_GEV).tolist(), strict=True))
    record = {
        "beam": beam,
        "energy_gev": result.energy,
        "material": material,
        "thickness_cm": result.thickness_cm,
        "mean_gev": result.mean,
        "median_gev": result.median,
        "most_probable_gev": result.most_probable,
        "fraction_above": {f"{limit:g}": share for limit, share in above.items()},
        "contributions_gev": result.contributions,
    }
    values = {"mean loss": result.mean, "median": result.median}
    values |= {"most probable": result.most_probable}
    rows = [(f"{name} (GeV)", number(value)) for name, value in values.items()]
    rows += [(f"fraction losing over {limit:g} GeV", number(s)) for limit, s in above.items()]
    rows += [(f"mean loss by {name} (GeV)", number(v)) for name, v in result.contributions.items()]
    title = f"{beam} of {result.energy:g} GeV in {result.thickness_cm:.4g} cm of {material}"
    deliver(record, TextTable(title, ("quantity", "value"), tuple(rows)), as_json=as_json)
