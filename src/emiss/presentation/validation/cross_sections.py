"""Dark bremsstrahlung against the totals that come with DMG4."""

from __future__ import annotations

from ...physics import materials
from ...physics.processes.bremsstrahlung import total_cross_section
from .check import Check

# beam energy and mass in GeV, total in pb at epsilon = 1e-4
_DMG4 = (
    (20.0, 0.0167, 3194.75),
    (20.0, 0.1, 61.7703),
    (20.0, 1.0, 0.0191653),
    (100.0, 0.0167, 3603.08),
    (100.0, 0.1, 106.04),
    (100.0, 1.0, 0.191974),
    (150.0, 0.0167, 3643.0),
)


def checks() -> list[Check]:
    """Totals in lead at epsilon = 1e-4, without and with the inelastic form factor."""
    lead = materials.element("Pb")
    found = []
    for form_factor in ("elastic", "elastic+inelastic"):
        for energy, mass, value in _DMG4:
            # A heavy boson at low energy needs momentum transfers at which the nucleus breaks up:
            # the inelastic part is 9 % there, and whether the reference has it is not documented.
            hard = form_factor == "elastic" and (energy, mass) == (20.0, 1.0)
            total = total_cross_section(energy, mass, element=lead, form_factor=form_factor)
            found.append(
                Check(
                    f"e- Pb -> e- Pb A', {energy:g} GeV, {mass:g} GeV, {form_factor} (pb)",
                    1e-8 * total.value_pb,
                    value,
                    0.07 if hard else 0.03,
                    "form factor at large momentum transfer; integration error of the reference",
                    "DMG4 v1.2, arXiv:2401.12573",
                )
            )
    return found
