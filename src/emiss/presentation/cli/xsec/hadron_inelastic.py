"""`emiss xsec hadron-inelastic`."""

from __future__ import annotations

from typing import Annotated

import typer

from ...text_table import number
from .. import options
from ..command import command
from .beam import Energy


@command("hadron-inelastic", "Physics", group="xsec")
def hadron_inelastic(
    energy: Energy,
    projectile: Annotated[str, typer.Option(help="pi-, pi+, K-, K+, K0, p or n.")] = "pi-",
    target: Annotated[str, typer.Option(help="Chemical element.")] = "Fe",
    as_json: options.Json = False,
) -> None:
    """Inelastic collisions of a hadron on a nucleus, and the interaction length they give."""
    from ....ground import constants
    from ....ground.units import format_energy, parse_quantity
    from ....physics import materials
    from ....physics.processes import hadron_nucleus as process
    from ..output import TextTable, deliver

    beam_energy = parse_quantity(energy, "energy", "--energy")
    element = materials.element(target)
    millibarn = float(process.inelastic_cross_section_mb(element, beam_energy, projectile))
    length = element.A / (constants.AVOGADRO * millibarn * constants.PICOBARN_CM2 * 1e9)
    record = {
        "process": "hadron-inelastic",
        "cross_section_mb": millibarn,
        "interaction_length_g_cm2": length,
        "projectile": projectile,
        "target": target,
        "energy_gev": beam_energy,
    }
    rows = (
        ("cross-section per nucleus (mb)", number(millibarn, 4)),
        ("interaction length (g/cm^2)", number(length, 4)),
    )
    title = f"{projectile} {target} -> anything, inelastic, {format_energy(beam_energy)}"
    deliver(record, TextTable(title, ("", ""), rows), as_json=as_json)
