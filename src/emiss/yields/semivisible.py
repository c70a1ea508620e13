"""Inelastic dark matter in flight: X -> chi_1 chi_2, chi_2 -> chi_1 and a pair that is seen.

chi_2 flies with part of the boson's energy. If it decays behind the detector the event has missing
energy as always; if it decays inside, its pair is seen and the event is lost, unless the search
counts decays from some plane on. X may be off its mass shell: the heavier the pair that
annihilates, the more of its energy chi_2 can get.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Window
from ..ground.arrays import FloatArray
from ..ground.quadrature import gauss_symmetric
from .flight import WidthLaw, chance_in_window, decay_rate, in_window, width_law

if TYPE_CHECKING:
    from ..physics.models import Model
    from .production import Production

__all__ = ["SemiVisibleYield", "excited_energies", "semivisible_yield"]


CITATIONS = ("Izaguirre:2015zva", "arXiv:2107.02021")

ANGLES = 5
"""Gauss nodes in the cosine of the decay angle of X."""
_UNIT = 1e-3


def excited_energies(
    energies: FloatArray, masses: FloatArray, light: FloatArray, heavy: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Laboratory energies of chi_2 from isotropic decays X -> chi_1 chi_2.

    Parameters
    ----------
    energies : array of float, shape (k, m)
        Energies of X in GeV.
    masses : array of float, shape (m,) or (k, m)
        Invariant masses of X in GeV, above those of chi_1 and chi_2 together.
    light, heavy : array of float, shape (m,)
        Masses of chi_1 and chi_2 in GeV.

    Returns
    -------
    tuple of array of float, shapes (n, k, m) and (n,)
        Energies at the nodes, uniform between gamma (E* -+ beta p*), and weights that sum to 1.
    """
    nodes, weights = gauss_symmetric(ANGLES)
    rest = (masses**2 + heavy**2 - light**2) / (2.0 * masses)
    momentum = np.sqrt(np.maximum((rest - heavy) * (rest + heavy), 0.0))
    gamma = energies / masses
    boost = np.sqrt(np.maximum((energies - masses) * (energies + masses), 0.0)) / masses
    found = gamma * rest + boost * momentum * nodes[:, None, None]
    return np.maximum(found, heavy), 0.5 * weights


@dataclass(frozen=True, slots=True, eq=False)
class SemiVisibleYield:
    """Bosons of one process whose chi_2 does not decay where it would be seen.

    Parameters
    ----------
    model : Model
        Vector with split pseudo-Dirac dark matter.
    production : Production
        Bosons by depth, energy and mass.
    window : Window
        Where decays of chi_2 count, to infinity; its channels are not used.
    unit_width : array of float, shape (m,)
        Visible width of chi_2 in GeV at coupling 1; it grows with the coupling squared.
    unit_hidden : array of float, shape (m,)
        The same to neutrinos.
    law : WidthLaw
        Widths of the boson.
    """

    model: Model
    production: Production
    window: Window
    unit_width: FloatArray
    unit_hidden: FloatArray
    law: WidthLaw

    @property
    def flies(self) -> bool:
        """Where dark matter decays decides: the signal can fall with the coupling."""
        return True

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.production.strength(self.model, coupling)
        return np.asarray(strength * self.law.at(coupling)[2] * self.kept(coupling))

    def kept(self, coupling: FloatArray) -> FloatArray:
        """Bosons at coupling 1 with dark decays that stay unseen.

        Parameters
        ----------
        coupling : array of float, shape (..., m)
            Free coupling of the model: decides how far chi_2 flies.

        Returns
        -------
        array of float, shape (..., m)
            Bosons per beam particle, 1 per boson for a production of weight 1.
        """
        survived = np.zeros(coupling.shape)
        for share, rate in self._rates(coupling):
            survived += share * in_window(self.production, self.window, rate)
        hidden = self._hidden
        return np.asarray(hidden * self.production.total + (1.0 - hidden) * survived)

    def chances(self, coupling: FloatArray) -> FloatArray:
        """Probability of each boson to count.

        Parameters
        ----------
        coupling : array of float, shape (..., m)
            Free coupling of the model.

        Returns
        -------
        array of float, shape (..., k, m)
            Of bosons made in the last cell of depth, by energy and mass: to decay darkly, and that
            chi_2 stays unseen.
        """
        survived = np.asarray(0.0)
        for share, rate in self._rates(coupling):
            survived = survived + share * chance_in_window(self.production, self.window, rate)
        hidden, dark = self._hidden, self.law.at(coupling)[2]
        return np.asarray(dark[..., None, :] * (hidden + (1.0 - hidden) * survived))

    @property
    def _hidden(self) -> FloatArray:
        """Branching of chi_2 to neutrinos, shape (m,)."""
        total = self.unit_width + self.unit_hidden
        return np.divide(self.unit_hidden, total, out=np.zeros_like(total), where=total > 0.0)

    def _rates(self, coupling: FloatArray) -> Iterator[tuple[float, FloatArray]]:
        """Share of each decay angle of X, and one over the decay length of chi_2 in 1/cm."""
        sector = self.model.dark_sector
        assert sector is not None
        made = self.production
        light = sector.chi_mass(made.masses)
        heavy = light * (1.0 + sector.splitting)
        own = made.masses if made.invariant is None else made.invariant
        # A rounding, or the width of a window, may put X below the threshold.
        own = np.maximum(own, light + heavy)
        energies, shares = excited_energies(np.maximum(made.energies, own), own, light, heavy)
        width = np.square(coupling) * (self.unit_width + self.unit_hidden)
        for energy, share in zip(energies, shares.tolist(), strict=True):
            yield share, decay_rate(width, energy, heavy)


def semivisible_yield(model: Model, production: Production, window: Window) -> SemiVisibleYield:
    """Prepare the yield of a process for inelastic dark matter.

    Parameters
    ----------
    model : Model
        Vector with split pseudo-Dirac dark matter.
    production : Production
        Bosons by depth, energy and mass.
    window : Window
        From where decays of chi_2 count; the end is infinite.

    Returns
    -------
    SemiVisibleYield
        Yield as a function of coupling.

    Raises
    ------
    ValidityError
        If the dark matter is not a pseudo-Dirac pair coupled to a vector.
    """
    from ..physics.models.inelastic import excited_widths

    masses = production.masses
    widths = excited_widths(model, masses, np.full(masses.shape, _UNIT))
    zero = np.zeros(masses.shape)
    hidden = sum((w for name, w in widths.items() if name.endswith("nu nu")), zero)
    seen = sum((w for name, w in widths.items() if not name.endswith("nu nu")), zero)
    law = width_law(model, masses)
    unit = seen / _UNIT**2, hidden / _UNIT**2
    return SemiVisibleYield(model, production, window, *unit, law)
