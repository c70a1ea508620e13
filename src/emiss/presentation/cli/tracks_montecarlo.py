"""The Monte Carlo engine behind `emiss tracks --engine montecarlo`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["montecarlo_record"]


def montecarlo_record(
    material: str,
    beam: str,
    energy: float,
    edges: NDArray[np.float64],
    *,
    events: int,
    seed: int,
) -> dict[str, Any]:
    """Track lengths with the keys of the deterministic engine, errors and the rate.

    Parameters
    ----------
    material : str
        Name of a material or file, see `emiss list materials`.
    beam : str
        "e-", "e+" or "gamma".
    energy : float
        Beam energy in GeV.
    edges : array, shape (n+1,)
        Bin edges in GeV, ascending.
    events, seed : int
        Number of primaries and seed.

    Returns
    -------
    dict
        What `emiss tracks --json` prints, with ``*_error`` for each species, ``events``, ``seed``
        and ``events_per_second``.
    """
    from ...events.transport import tracks_montecarlo
    from ...physics import materials

    chosen = materials.find(material)
    result = tracks_montecarlo(
        chosen, beam, energy, float(edges[0]), events=events, seed=seed, edges=edges
    )
    record: dict[str, Any] = {
        "material": material,
        "beam": beam,
        "beam_energy_gev": energy,
        "radiation_length_cm": chosen.radiation_length_cm,
        "energy_edges_gev": result.edges,
        "engine": "montecarlo",
        "events": events,
        "seed": seed,
        "events_per_second": result.events_per_second,
    }
    for name, particle in (("electron", "e-"), ("positron", "e+"), ("photon", "gamma")):
        mean, error = result.differential(particle)
        record[f"{name}_x0_per_gev"] = mean
        record[f"{name}_x0_per_gev_error"] = error
        record[f"{name}_x0_above"] = result.above(result.edges, particle)
    return record
