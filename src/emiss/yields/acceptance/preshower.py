"""Finding the acceptance of a trigger on the first layers: shipped, cached, or simulated."""

from __future__ import annotations

import functools

from ...ground.notices import notice
from ...ground.shipped import shipped_path
from .preshower_energies import between_energies
from .preshower_table import FILES, FirstLayers, PreshowerAcceptance, file_name, settings_of

__all__ = ["CITATIONS", "load_acceptance"]

CITATIONS = (
    "Bhabha:1936zz",
    "Klein:1929lcp",
    "Moliere:1947zza",
    "Moller:1932",
    "Seltzer:1986ppl",
    "Tsai:1973py",
)
"""What the transport rests on, which makes the tables."""


@functools.lru_cache(maxsize=16)
def load_acceptance(layers: FirstLayers, energy: float, lowest: float) -> PreshowerAcceptance:
    """Get an acceptance: shipped, between shipped energies, cached, or simulated and cached.

    Parameters
    ----------
    layers, energy, lowest
        See `settings_of`.

    Returns
    -------
    PreshowerAcceptance
        The acceptance; one that does not belong to exactly these settings is never used.

    Raises
    ------
    EmissError
        See `settings_of`.
    """
    settings = settings_of(layers, energy, lowest)

    def make() -> PreshowerAcceptance:
        from .preshower_simulation import simulate_acceptance

        notice("simulating showers for the trigger on the first layers: half a minute or so; kept.")
        return simulate_acceptance(layers, energy, lowest)

    name = file_name(settings)
    if not shipped_path("tables", name).is_file():
        found = between_energies(settings)
        if found is not None:
            return found
    return FILES.find_or_make(name, settings, make)
