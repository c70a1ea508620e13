"""Finding the acceptance of a trigger on the first layers: shipped, cached, or simulated."""

from __future__ import annotations

import functools

from ...ground.shipped import shipped_path
from ..materials import Material
from .preshower_energies import between_energies
from .preshower_table import CITATIONS, FILES, PreshowerAcceptance, file_name, preshower_settings

__all__ = ["CITATIONS", "FILES", "PreshowerAcceptance", "load_acceptance", "preshower_settings"]


@functools.lru_cache(maxsize=16)
def load_acceptance(
    material: Material, particle: str, energy: float, trigger: tuple[float, float], lowest: float
) -> PreshowerAcceptance:
    """Get an acceptance: shipped, between shipped energies, cached, or simulated and cached.

    Parameters
    ----------
    material, particle, energy, trigger, lowest
        See `preshower_settings`.

    Returns
    -------
    PreshowerAcceptance
        The acceptance; one that does not belong to exactly these settings is never used.

    Raises
    ------
    EmissError
        See `preshower_settings`.
    """
    settings = preshower_settings(material, particle, energy, trigger, lowest)

    def make() -> PreshowerAcceptance:
        from .preshower_simulation import simulate_acceptance

        return simulate_acceptance(settings)

    name = file_name(settings)
    if not shipped_path("tables", name).is_file():
        found = between_energies(settings)
        if found is not None:
            return found
    return FILES.find_or_make(name, settings, make)
