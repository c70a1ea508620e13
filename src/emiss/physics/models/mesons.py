"""What a model offers that is seen in mesons: how often they decay to nothing."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from ...ground.errors import EmissError, ValidityError
from ...ground.mesons import meson_data
from .base import FloatArray, Model, checked_flavour, no_coupling
from .dark_sector import DarkSector, dark_width
from .meson_constants import OMEGA_TO_ELECTRONS

__all__ = ["MesonModel", "check_dark", "through_vector", "two_body"]


class MesonModel(Model):
    """A model that says how often a neutral meson decays to what leaves no trace.

    The free coupling and the mass are those of the model: each says whether the mass is that of a
    mediator or of the dark matter. Nothing is said of leptons, photons, or decays of a boson.
    """

    __slots__ = ()

    @abstractmethod
    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction of a meson to invisible states.

        Parameters
        ----------
        meson : str
            Key of `ground.mesons.MESON_IDS`.
        coupling, mass : array_like of float
            Free coupling, and mass in GeV; they broadcast.

        Returns
        -------
        array of float
            Partial width over the total width of the meson as measured: exact while it is small.
            0 where the meson does not take part. It may pass 1 where the coupling is absurd.
        """

    @property
    def dark_sector(self) -> DarkSector | None:
        """None: the dark matter is a parameter of the meson's decay, not of a boson's."""
        return None

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Zero: nothing is said of leptons."""
        checked_flavour(flavour)
        return no_coupling(mass, coupling)

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Zero: nothing is said of photons."""
        return no_coupling(mass, coupling)

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Refuse: the model describes decays of mesons, and no boson's."""
        raise ValidityError(
            f"model '{self.name}' says how mesons decay to nothing and no more; use it with a "
            "hadron experiment such as na64h-2023."
        )

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Refuse, see `visible_widths`."""
        return self.visible_widths(mass, coupling)["nu nu"]


def two_body(parent: float, daughter: ArrayLike) -> FloatArray:
    """Velocity of two equal daughters.

    Parameters
    ----------
    parent : float
        Mass in GeV.
    daughter : array_like of float
        Mass in GeV.

    Returns
    -------
    array of float
        beta = sqrt(1 - 4 m^2/M^2); 0 where the decay is closed.
    """
    ratio = 2.0 * np.asarray(daughter, dtype=np.float64) / parent
    return np.asarray(np.sqrt(np.maximum(0.0, 1.0 - ratio * ratio)))


def check_dark(alpha_dark: float, mass_ratio: float) -> None:
    """Refuse a dark coupling outside (0, 10], or a mediator too light to decay to dark matter."""
    if not 0.0 < alpha_dark <= 10.0:
        raise EmissError(f"alpha_dark={alpha_dark:g}: must be above 0 and at most 10.")
    if not 2.0 < mass_ratio < np.inf:
        raise EmissError(f"mass_ratio={mass_ratio:g}: must be above 2, so that decays are open.")


def through_vector(mass: ArrayLike, alpha_dark: float, mass_ratio: float) -> FloatArray:
    """Branching of the omega to Dirac dark matter through a vector, over its relative strength.

    Parameters
    ----------
    mass : array_like of float
        Mass of the vector in GeV.
    alpha_dark : float
        Coupling of the vector to dark matter.
    mass_ratio : float
        Mass of the vector over that of the dark matter.

    Returns
    -------
    array of float
        Br(e+ e-) (1 + 2 r^2) sqrt(1 - 4 r^2) m^4/((m^2 - M^2)^2 + M^2 Gamma^2), r = m_chi/m, m the
        mass of the omega and M, Gamma mass and width to dark matter of the vector. To be multiplied
        by the product of couplings of the vector over that of the photon.
    """
    vector = np.asarray(mass, dtype=np.float64)
    omega = meson_data("omega").mass
    chi = vector / mass_ratio
    width = dark_width("dirac", vector, chi, alpha_dark)
    ratio = chi / omega
    space = (1.0 + 2.0 * ratio**2) * two_body(omega, chi)
    propagator = omega**4 / ((omega**2 - vector**2) ** 2 + (vector * width) ** 2)
    return np.asarray(OMEGA_TO_ELECTRONS * space * propagator)
