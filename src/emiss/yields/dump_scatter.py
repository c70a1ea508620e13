"""Dump and scatter: dark matter made in a beam dump that hits an electron of a far detector.

An estimate for an experiment that the user describes in a few numbers, to set the epsilon^2 of the
missing-energy technique beside the epsilon^4 alpha_dark of this one:

    N = N_beam eta sum_k n_k(m) 2 A(E_k, m) n_e l sigma(chi e -> chi e; E_k/2, T > T_min).

Each dark photon of energy E_k makes two dark-matter particles of E_k/2 on average; A is the share
that flies into the detector, from isotropic decays of a boson along the beam. Left out: the angles
of electrons and bosons in the dump, scattering on nuclei, dark matter from other processes, the
spread of the energy between the two. Good to a factor of two or so in events, which is 20 % in
epsilon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.errors import EmissError, ValidityError
from ..ground.quadrature import gauss_symmetric
from .bremsstrahlung_production import bremsstrahlung_production

if TYPE_CHECKING:
    from ..physics.materials import Material
    from ..physics.models import Model

__all__ = ["DumpExperiment", "electron_cross_section", "scatter_events", "scatter_limit"]

CITATIONS = ("Izaguirre:2013uxa", "Batell:2014mga")


_NODES = 48


@dataclass(frozen=True, slots=True)
class DumpExperiment:
    """An electron beam, a thick dump and a detector behind it.

    Parameters
    ----------
    on_target : float
        Electrons on target.
    beam_energy : float
        Energy in GeV, 2 to 500.
    dump : Material
        Material of the dump, thick enough to stop the shower.
    distance : float
        Distance in cm from the dump to the detector.
    radius, length : float
        Radius and length of the detector in cm, on the axis of the beam.
    detector : Material
        Material of the detector.
    min_recoil : float
        Least kinetic energy in GeV of the electron that is hit.
    efficiency : float, optional
        Efficiency of the detector.
    min_boson_energy : float, optional
        Least energy of the dark photon as a share of the beam energy.

    Raises
    ------
    EmissError
        If a number is not positive and finite, or a share is not in (0, 1].
    """

    on_target: float
    beam_energy: float
    dump: Material
    distance: float
    radius: float
    length: float
    detector: Material
    min_recoil: float
    efficiency: float = 1.0
    min_boson_energy: float = 0.1

    def __post_init__(self) -> None:
        numbers = ("on_target", "beam_energy", "distance", "radius", "length", "min_recoil")
        for name in (*numbers, "efficiency", "min_boson_energy"):
            value = getattr(self, name)
            if not 0.0 < value < math.inf:
                raise EmissError(f"dump experiment: {name}={value:g} must be positive and finite.")
        for name in ("efficiency", "min_boson_energy"):
            if getattr(self, name) > 1.0:
                raise EmissError(f"dump experiment: {name} must be at most 1.")

    @property
    def electrons(self) -> float:
        """Electrons per cm^2 along the detector."""
        material = self.detector
        return material.electrons_per_radiation_length * self.length / material.radiation_length_cm

    def acceptance(self, energy: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Share of daughters of isotropic decays that reach the detector.

        Parameters
        ----------
        energy, mass : array_like
            Energy and mass of the boson in GeV.

        Returns
        -------
        array of float
            g^2/(1 + g^2), g = (E/m) radius/distance: exact for light daughters of a fast boson.
        """
        ratio = np.asarray(energy) / np.asarray(mass) * (self.radius / self.distance)
        return np.asarray(np.square(ratio) / (1.0 + np.square(ratio)))


def electron_cross_section(
    energy: ArrayLike, mass: ArrayLike, chi_mass: ArrayLike, min_recoil: float
) -> FloatArray:
    """Cross-section of chi e -> chi e at epsilon = alpha_dark = 1.

    Parameters
    ----------
    energy : array_like
        Energy of the dark matter in GeV.
    mass, chi_mass : array_like
        Masses of dark photon and dark matter in GeV.
    min_recoil : float
        Least kinetic energy T of the electron in GeV.

    Returns
    -------
    array of float
        Integral in cm^2 from T_min to the kinematic end of 4 pi alpha
        [2 m_e E^2 - T (2 m_e E - m_e T + m_chi^2 + m_e^2)]/[(E^2 - m_chi^2)(m^2 + 2 m_e T)^2]
        for a Dirac fermion (arXiv:1406.2698, with the energy of the electron m_e + T); 0 where
        the end is below T_min.
    """
    e, m, chi = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64)[..., None] for v in (energy, mass, chi_mass))
    )
    me = const.ELECTRON_MASS
    momentum2 = np.maximum(e**2 - chi**2, 0.0)
    most = 2.0 * me * momentum2 / (2.0 * me * e + chi**2 + me**2)
    open_ = most > min_recoil
    nodes, weights = gauss_symmetric(_NODES)
    # Even in the logarithm of m^2 + 2 m_e T, in which the propagator is a power.
    low = np.log(m**2 + 2.0 * me * min_recoil)
    high = np.log(m**2 + 2.0 * me * np.maximum(most, min_recoil))
    spot = np.exp(0.5 * (low + high) + 0.5 * (high - low) * nodes)
    recoil = (spot - m**2) / (2.0 * me)
    top = 2.0 * me * e**2 - recoil * (2.0 * me * e - me * recoil + chi**2 + me**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = 4.0 * math.pi * const.ALPHA * np.maximum(top, 0.0) / (momentum2 * spot**2)
    slope = np.where(open_, slope, 0.0)
    # dT = d(ln s) s/(2 m_e).
    area = np.sum(slope * spot * weights, axis=-1) * 0.5 * (high - low)[..., 0] / (2.0 * me)
    return np.asarray(const.GEV2_CM2 * area)


def scatter_events(experiment: DumpExperiment, model: Model, masses: ArrayLike) -> FloatArray:
    """Scattering events over epsilon^4.

    Parameters
    ----------
    experiment : DumpExperiment
        The experiment.
    model : Model
        Dark photon with dark matter.
    masses : array of float, shape (n,)
        Masses of the dark photon in GeV.

    Returns
    -------
    array of float, shape (n,)
        Events at epsilon = 1 if they went with epsilon^4 up to there; with alpha_dark of the
        model. All dark photons are taken to decay to dark matter.

    Raises
    ------
    ValidityError
        If the model has no dark matter or another coupling than epsilon e to electrons, or a mass
        is outside the tables.
    """
    sector = model.dark_sector
    if sector is None or model.boson != "vector":
        raise ValidityError(
            f"dump and scatter: model '{model.name}' needs a vector boson with dark matter; "
            "choose dark_matter=dirac."
        )
    m = np.atleast_1d(np.asarray(masses, dtype=np.float64))
    if not np.allclose(model.lepton_coupling("e", 1.0, m), const.ELECTRIC_CHARGE, rtol=1e-9):
        raise ValidityError(
            f"dump and scatter: model '{model.name}' does not couple to electrons as epsilon e; "
            "use dark-photon."
        )
    least = experiment.min_boson_energy * experiment.beam_energy
    setup = Setup("e-", experiment.beam_energy, 0.0, experiment.dump, least, 0.0)
    made = bremsstrahlung_production(setup, math.inf, m, "vector")
    numbers = made.weights.sum(axis=0)
    share = 2.0 * experiment.acceptance(made.energies, m)
    area = electron_cross_section(0.5 * made.energies, m, sector.chi_mass(m), experiment.min_recoil)
    per_particle = np.sum(numbers * share * area, axis=0) * experiment.electrons
    scale = experiment.on_target * experiment.efficiency * sector.alpha_dark
    return np.asarray(scale * per_particle)


def scatter_limit(
    experiment: DumpExperiment, model: Model, masses: ArrayLike, events: float = 2.303
) -> FloatArray:
    """Kinetic mixing at which an experiment would see a number of events.

    Parameters
    ----------
    experiment, model, masses
        As in `scatter_events`.
    events : float, optional
        Events that are excluded; 2.303 at 90 % CL where nothing is seen.

    Returns
    -------
    array of float, shape (n,)
        epsilon = (events/N)^(1/4); infinite where nothing is scattered.

    Raises
    ------
    EmissError
        If the number of events is not positive.
    """
    if not 0.0 < events < math.inf:
        raise EmissError(f"dump and scatter: {events:g} events; must be positive and finite.")
    unit = scatter_events(experiment, model, masses)
    with np.errstate(divide="ignore"):
        return np.asarray((events / unit) ** 0.25)
