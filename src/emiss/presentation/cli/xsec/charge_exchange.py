"""`emiss xsec charge-exchange`."""

from __future__ import annotations

from typing import Annotated

import typer

from ...text_table import number
from .. import options
from ..command import command
from .beam import Energy


@command("charge-exchange", "Physics", group="xsec")
def charge_exchange(
    energy: Energy,
    meson: Annotated[
        str | None,
        typer.Option(
            help="pi0, eta, eta-prime, omega, f2; K0 with kaons. Default: eta, of kaons K0."
        ),
    ] = None,
    beam: Annotated[str, typer.Option(help="pi-, pi+, K- or K+.")] = "pi-",
    target: Annotated[str, typer.Option(help="Chemical element; H is the free proton.")] = "Fe",
    nucleus: Annotated[
        str, typer.Option(help="glauber, surface, geant4-11.3 or geant4-11.4.")
    ] = "glauber",
    as_json: options.Json = False,
) -> None:
    """Charge exchange of pions and kaons to a neutral meson, per nucleus."""
    from ....ground.units import format_energy, parse_quantity
    from ....physics.processes import nuclear_charge_exchange as process
    from ..output import TextTable, deliver

    meson = meson or ("K0" if beam.startswith("K") else "eta")
    beam_energy = parse_quantity(energy, "energy", "--energy")
    result = process.on_nucleus(meson, beam_energy, target, beam=beam, effective=nucleus)
    record = {
        "process": "charge-exchange",
        "cross_section_pb": result.value_pb,
        "relative_uncertainty": result.relative_uncertainty,
        "cross_section_free_nucleon_pb": result.per_nucleon_pb,
        "effective_nucleons": result.effective,
        "inelastic_cross_section_mb": result.inelastic_mb,
        "beam": beam,
        "meson": meson,
        "target": target,
        "nucleus": nucleus,
        "energy_gev": beam_energy,
    }
    rows = (
        ("cross-section per nucleus (pb)", number(result.value_pb, 6)),
        ("relative uncertainty", number(result.relative_uncertainty, 2)),
        (f"on a free {result.nucleon} (pb)", number(result.per_nucleon_pb, 6)),
        (f"effective {result.nucleon}s", number(result.effective, 4)),
        ("inelastic cross-section (mb)", number(result.inelastic_mb, 4)),
    )
    title = f"{beam} {target} -> {meson}, {format_energy(beam_energy)}, {nucleus}"
    deliver(record, TextTable(title, ("", ""), rows), as_json=as_json)
