"""Signal events for several choices of cuts: what the simulation is asked to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..events.bosons import KEY
from ..events.samples.signal import inputs_by_mass
from ..experiments.modes import modes
from ..ground.arrays import FloatArray

if TYPE_CHECKING:
    from ..experiments.layout import Layout
    from ..physics.models import Model

__all__ = ["signals_asked"]


def signals_asked(
    layout: Layout, model: Model, masses: FloatArray, coupling: float | None = None
) -> list[dict[str, Any]]:
    """What the simulation makes: bosons of as little energy as the loosest choice lets through.

    Where a scattered lepton is measured that is what its resolution lets in, as in the
    deterministic yield.
    """
    asked = inputs_by_mass(layout, model, masses, coupling)
    setup = modes()[layout.mode].setup(layout)
    if setup.recoil is not None:
        lowest = setup.lowest_share * setup.beam_energy
        for made, mass in zip(asked, masses.tolist(), strict=True):
            made[KEY]["least"] = min(made[KEY]["least"], max(lowest, 1.001 * mass))
    return asked
