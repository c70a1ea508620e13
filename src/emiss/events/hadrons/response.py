"""What modules of a hadron calorimeter record of hadrons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.presentable import Presentable
from ..sampling import Sampling, sampled
from .boxes import Box
from .cascade import shower
from .kinds import code
from .library import load_library
from .particles import Hadrons

__all__ = ["HadronResponse", "response"]

CHUNK = 1000
"""Events of a chunk; memory does not grow with the number of events."""


@dataclass(frozen=True, slots=True, eq=False)
class HadronResponse(Presentable):
    """Energy in modules, before light and noise.

    Parameters
    ----------
    hadron : str
        What enters the first module.
    energy : float
        In GeV (kinetic for baryons, total else).
    events, seed : int
        Number of events and seed.
    model : str
        Hadron model.
    modules : tuple of str
        Names of the modules.
    visible : array, shape (events, modules)
        Energy in GeV of an electron that would be seen alike, with sampling fluctuations if asked.
    leaked, escaped, invisible : float
        Mean energy in GeV of showers beside and behind the modules, of hadrons that leave them,
        and of what collisions take for nuclei.
    unseen : float
        Share of events without an inelastic collision.
    sampling : bool
        Whether the energy fluctuates as the layers sample it.
    """

    hadron: str
    energy: float
    events: int
    seed: int
    model: str
    modules: tuple[str, ...]
    visible: FloatArray
    leaked: float
    escaped: float
    invisible: float
    unseen: float
    sampling: bool = False

    def record(self) -> dict[str, Any]:
        """The plain values of `emiss response hcal`."""
        total = self.visible.sum(axis=1)
        return {
            "beam": self.hadron,
            "energy_gev": self.energy,
            "events": self.events,
            "seed": self.seed,
            "model": self.model,
            "modules": list(self.modules),
            "visible_gev_mean": float(total.mean()),
            "visible_gev_rms": float(total.std(ddof=1)) if self.events > 1 else 0.0,
            "module_gev_mean": self.visible.mean(axis=0).tolist(),
            "leaked_gev_mean": self.leaked,
            "escaped_gev_mean": self.escaped,
            "invisible_gev_mean": self.invisible,
            "uncollided_fraction": self.unseen,
            "sampling": self.sampling,
        }


def response(
    modules: tuple[Box, ...],
    hadron: str = "pi-",
    energy: float = 100.0,
    events: int = 1000,
    seed: int = 1,
    *,
    model: str = "pythia",
    grains: tuple[float, ...] = (),
) -> HadronResponse:
    """Simulate hadrons that enter modules on their axis.

    Parameters
    ----------
    modules : tuple of Box
        Modules in the order of the beam.
    hadron : str
        Name of one of `kinds.HADRONS`.
    energy : float
        In GeV (kinetic for baryons, total else), 1 to 1000.
    events, seed : int
        Number of events and seed.
    model : str
        Hadron model, a key of `library.MODELS`.
    grains : tuple of float
        Of each module the relative variance with which its layers sample an electron of 1 GeV,
        see `events.sampling.Sampling`; without them nothing fluctuates in the layers.

    Returns
    -------
    HadronResponse
        Energies by module and event.

    Raises
    ------
    EmissError
        If there is no module or event, or the energy is out of range.
    """
    if not modules or events < 1 or not 1.0 <= energy <= 1000.0:
        raise EmissError(
            f"{events} events of {energy:g} GeV in {len(modules)} modules: needs at least one "
            "event and module, and an energy of 1 to 1000 GeV."
        )
    library, kind = load_library(model), code(hadron)
    visible, sums = np.zeros((events, len(modules))), np.zeros(4)
    for chunk, first in enumerate(range(0, events, CHUNK)):
        count = min(CHUNK, events - first)
        place = np.tile([0.0, 0.0, modules[0].start - 1e-3], (count, 1))
        start = Hadrons(np.arange(count), np.full(count, kind), np.full(count, float(energy)),
                        place, np.tile([0.0, 0.0, 1.0], (count, 1)))  # fmt: skip
        random = np.random.Generator(np.random.Philox(key=(seed << 40) + chunk))
        result = shower(modules, start, count, random, library=library)
        spots, inside = result.spots, result.spots.box >= 0
        np.add.at(visible, (spots.event[inside] + first, spots.box[inside]), spots.visible[inside])
        sums += [
            spots.deposit[~inside].sum(), result.escaped.energy.sum(), result.invisible.sum(),
            np.sum(result.interactions == 0),
        ]  # fmt: skip
    for column, grain in enumerate(grains):
        random = np.random.Generator(np.random.Philox(key=(seed << 40) + (1 << 39) + column))
        visible[:, column] = sampled(visible[:, column], Sampling(1.0, grain), random)
    means = (sums / events).tolist()
    names = tuple(module.name for module in modules)
    leaked, escaped, invisible, unseen = means
    return HadronResponse(
        hadron, energy, events, seed, model, names, visible, leaked, escaped, invisible, unseen,
        bool(grains),
    )  # fmt: skip
