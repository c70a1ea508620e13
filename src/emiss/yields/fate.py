"""What may become of a boson, and what of that counts: seen, escaped, decayed in a volume.

For a boson with dark decays that are always prompt nothing of where it decays matters. For one
without, the energy is missing if it decays behind the detector, or behind the plane from which a
search counts decays as well (a shower in the last calorimeter with nothing in front of it). A
visible search counts decays in a volume.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ..experiments.setup import Setup, Window
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..physics.processes.decay_in_flight import CITATIONS as DECAY
from .acceptance import Acceptance, PairAcceptance
from .escape import DECAY_LENGTHS, always_decays_inside
from .flight import FlightYield, decay_rate
from .semivisible import CITATIONS as SEMIVISIBLE
from .semivisible import SemiVisibleYield, semivisible_yield
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..physics.models import Model
    from .production import Production

__all__ = ["Fate", "fates_of"]


_RARE = 1e-4
_FEW = 1e-3
"""Events in all runs of a setup together that no limit will notice."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What of a boson's fate counts in one setup.

    Parameters
    ----------
    kind : str
        ``prompt``: the invisible branching alone; ``escape``: what is not seen before a plane;
        ``excited``: as long as the excited dark matter is not seen; ``volume``: visible decays in
        a volume.
    window : Window or None
        Where decays count; None for ``prompt``.
    """

    kind: Literal["prompt", "escape", "excited", "volume"]
    window: Window | None = None

    def of(self, model: Model, made: Production) -> FlightYield | SemiVisibleYield:
        """Yield of bosons whose place and energy are known.

        Parameters
        ----------
        model : Model
            The model.
        made : Production
            Bosons by depth, energy and mass.

        Returns
        -------
        FlightYield or SemiVisibleYield
            Events that count.
        """
        assert self.window is not None
        if self.kind == "excited":
            return semivisible_yield(model, made, self.window)
        acceptance: Acceptance | None = None
        if np.isfinite(self.window.calorimeter):
            acceptance = PairAcceptance.of(self.window)
        shares = None if acceptance is None else acceptance.at(made.masses, made.energies)
        return FlightYield.prepare(model, made, self.window, shares)

    @property
    def citations(self) -> tuple[str, ...]:
        """Bibliography keys of what decides the fate."""
        own = {"prompt": (), "excited": (*DECAY, *SEMIVISIBLE)}
        return own.get(self.kind, DECAY)


PROMPT = Fate("prompt")


def fates_of(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    *,
    flavour: str,
    total: Callable[[], FloatArray],
    exposure: float,
) -> tuple[Fate, NDArray[np.bool_]]:
    """Find out what decides whether a boson counts.

    Parameters
    ----------
    setup : Setup
        The setup.
    model : Model
        The model.
    masses : array of float, shape (m,)
        Masses in GeV.
    flavour : str
        Lepton whose coupling the number of bosons goes with: ``e`` or ``mu``.
    total : callable
        Bosons per beam particle at coupling 1, asked for if their number decides.
    exposure : float
        Beam particles on target, all runs of the setup together.

    Returns
    -------
    Fate
        What decides at the masses that are not prompt.
    array of bool, shape (m,)
        Where decays are prompt: where dark decays are so fast that no boson escapes undecayed and
        none of the dark matter decays, and where a boson that also decays to neutrinos is prompt
        whenever it is made in numbers. No mass depends on which others are asked for.
    """
    everywhere, nowhere = np.ones(masses.shape, np.bool_), np.zeros(masses.shape, np.bool_)
    window = setup.window
    if window is None:
        return PROMPT, everywhere
    if not window.invisible:
        return Fate("volume", window), nowhere
    sector = model.dark_sector
    escape = Fate("escape", window)
    if sector is None:
        few = _FEW / exposure
        return escape, _neutrinos_decide(setup, model, masses, flavour, lambda: total() / few)
    if sector.kind == "pseudo-dirac" and sector.splitting > 0.0 and model.boson == "vector":
        return Fate("excited", window), nowhere
    return escape, always_decays_inside(model, masses, setup.highest_energy, window.start)


def _neutrinos_decide(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    flavour: str,
    made: Callable[[], FloatArray],
) -> NDArray[np.bool_]:
    """Where the branching to neutrinos is all that matters, at every coupling.

    Below the coupling at which the detector is 40 decay lengths long visible decays behind it add
    to the signal; they are left out where they are fewer than `_FEW` events there. `made` is in
    units of what gives so few.
    """
    assert setup.window is not None
    one, widths = np.ones(masses.shape), QuadraticWidths.of(model, masses)
    if widths is None:
        width, hidden = model.total_width(masses, one), model.neutrino_width(masses, one)
    else:  # yields of prompt decays ask for them as well
        width, hidden = widths.visible + widths.neutrinos, widths.neutrinos
    found = np.asarray(hidden > 0.0)
    if not found.any():
        return found
    visible = 1.0 - hidden / np.where(found, width, 1.0)
    energies = np.maximum(setup.beam_energy, masses)[None, :]
    unit = decay_rate(width, energies, masses)[0] * setup.window.start
    coupling = np.sqrt(DECAY_LENGTHS / np.where(found, unit, 1.0))
    strength = model.lepton_coupling(flavour, coupling, masses) / const.ELECTRIC_CHARGE
    rare = visible < _RARE
    if np.all(rare | ~found):
        return found
    return np.asarray(found & (rare | (visible * made() * strength**2 < 1.0)))
