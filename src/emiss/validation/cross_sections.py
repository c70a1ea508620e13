"""Dark bremsstrahlung against the totals that come with DMG4."""

from __future__ import annotations

from .. import materials
from ..processes.bremsstrahlung import total_cross_section
from .check import Check

# beam energy and mass in GeV, total in pb at epsilon = 1e-4, tolerance
_DMG4 = (
    (20.0, 0.0167, 3194.75, 0.03),
    (20.0, 0.1, 61.7703, 0.03),
    (20.0, 1.0, 0.0191653, 0.06),
    (100.0, 0.0167, 3603.08, 0.03),
    (100.0, 0.1, 106.04, 0.03),
    (100.0, 1.0, 0.191974, 0.03),
    (150.0, 0.0167, 3643.0, 0.03),
)


def checks() -> list[Check]:
    """Totals in lead at epsilon = 1e-4."""
    lead = materials.element("Pb")
    return [
        Check(
            f"e- Pb -> e- Pb A' at {energy:g} GeV, {mass:g} GeV (pb)",
            1e-8 * total_cross_section(energy, mass, element=lead).value_pb,
            value,
            tolerance,
            "DMG4 cuts at small x and uses A = 207 and its own form factor at large t",
            "DMG4 v1.2, arXiv:2401.12573",
        )
        for energy, mass, value, tolerance in _DMG4
    ]
