"""Missing energy from bosons that may be seen after all: escape before decay, in every process.

For a boson with dark decays that are always prompt nothing of this matters. For one without, the
energy is missing if it decays behind the detector, or behind the plane from which a search counts
decays as well (a shower in the last calorimeter with nothing in front of it). Planes are far
behind the dump compared with the depth of the shower, so production is taken as even over twice
its mean depth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground import constants as const
from ..ground.errors import ValidityError
from ..processes.decay_in_flight import CITATIONS as DECAY
from .annihilation import AnnihilationYield, annihilation_yield
from .bremsstrahlung import (
    _at_nodes,
    _mean_probability,
    boson_spectrum,
    bremsstrahlung_coefficient,
)
from .escape import DECAY_LENGTHS, always_decays_inside
from .flight import FlightYield, Window, decay_rate
from .production import CITATIONS as PRODUCTION
from .production import Production, _profile, annihilation_production
from .semivisible import SemiVisibleYield, semivisible_yield
from .setup import SMEARING_REACH, Setup

if TYPE_CHECKING:
    from ..models import Model
    from ..shower.tracks import Particle
    from .signal import ProcessYield

__all__ = [
    "bremsstrahlung_bosons",
    "decays_in_flight",
    "escaping_processes",
    "primakoff_bosons",
]

CITATIONS = tuple(dict.fromkeys((*PRODUCTION, *DECAY)))

FloatArray = NDArray[np.float64]
Progress = Callable[[float], None]

ENERGY_GROUPS = 32
"""Groups of boson energies; the energy within a group is its mean."""
_RARE = 1e-4
_FEW = 1e-18
"""Bosons per beam particle that no search will notice, with room for a resonance."""


@dataclass(frozen=True, slots=True, eq=False)
class SumYield:
    """Sum of contributions to one process."""

    parts: tuple[ProcessYield, ...]

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return np.asarray(sum(part.per_particle(coupling) for part in self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class KeptAnnihilation:
    """Annihilation to excited dark matter, less the events in which its decay is seen.

    Parameters
    ----------
    whole : AnnihilationYield
        All annihilations to dark matter.
    kept : SemiVisibleYield
        A unit of production per mass with the energy of the resonance.
    """

    whole: AnnihilationYield
    kept: SemiVisibleYield

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return np.asarray(self.whole.per_particle(coupling) * self.kept.kept(coupling))


def decays_in_flight(model: Model, setup: Setup, masses: FloatArray, end: float) -> bool:
    """Whether anything but the invisible branching decides what is missing.

    Parameters
    ----------
    model : Model
        The model.
    setup : Setup
        Beam and dump.
    masses : array of float, shape (m,)
        Masses in GeV.
    end : float
        End of the detector in cm.

    Returns
    -------
    bool
        False if dark decays are so fast that no boson escapes undecayed and none of the dark
        matter decays, or if a boson that also decays to neutrinos is prompt wherever it is made in
        numbers.
    """
    sector = model.dark_sector
    if sector is None:
        return not _neutrinos_decide(model, setup, masses, end)
    if sector.kind == "pseudo-dirac" and sector.splitting > 0.0 and model.boson == "vector":
        return True
    top = setup.beam_energy * (1.0 + SMEARING_REACH * setup.momentum_spread)
    return not always_decays_inside(model, masses, top, end)


def _neutrinos_decide(model: Model, setup: Setup, masses: FloatArray, end: float) -> bool:
    """Whether the branching to neutrinos is all that matters, at every coupling.

    Below the coupling at which the detector is 40 decay lengths long visible decays behind it add
    to the signal; they are left out where they are fewer than `_FEW` per beam particle there.
    """
    one = np.ones(masses.shape)
    total, hidden = model.total_width(masses, one), model.neutrino_width(masses, one)
    if not np.all(hidden > 0.0):
        return False
    visible = 1.0 - hidden / total
    energies = np.maximum(setup.beam_energy, masses)[None, :]
    unit = decay_rate(total, energies, masses)[0] * end
    coupling = np.sqrt(DECAY_LENGTHS / unit)
    strength = model.lepton_coupling("e", coupling, masses) / const.ELECTRIC_CHARGE
    made = bremsstrahlung_coefficient(setup, masses, model.boson) * strength**2
    return bool(np.all((visible < _RARE) | (visible * made < _FEW)))


def _two_depths(setup: Setup, particles: tuple[Particle, ...]) -> FloatArray:
    """Edges of one cell of depth in cm whose middle is the mean depth of the tracks."""
    profile = _profile(setup, math.inf)
    least = max(setup.min_missing_energy, profile.min_energy)
    weights = np.zeros(profile.depths.size - 1)
    for particle in particles:
        weights += profile.above(particle, least)
    middle = 0.5 * (profile.depths_cm[1:] + profile.depths_cm[:-1])
    mean = float(np.sum(weights * middle) / np.sum(weights))
    return np.array([0.0, 2.0 * mean])


def _grouped(energies: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Energies (k, m) and weights (k, m) of groups; mean energy and number are kept."""
    ends = np.linspace(0, energies.size, min(ENERGY_GROUPS, energies.size) + 1).round().astype(int)
    number = np.add.reduceat(weights, ends[:-1], axis=1)
    energy = np.add.reduceat(weights * energies, ends[:-1], axis=1)
    plain = np.add.reduceat(energies, ends[:-1]) / np.diff(ends)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(number > 0.0, energy / number, plain)
    return mean.T, number.T


def bremsstrahlung_bosons(
    setup: Setup,
    masses: FloatArray,
    boson: str,
    form_factor: str = "elastic",
    progress: Progress | None = None,
) -> Production:
    """Bosons of bremsstrahlung that pass threshold and preshower, by energy.

    Parameters
    ----------
    setup, masses, boson, form_factor, progress
        As in `bremsstrahlung_coefficient`; the sum over energies is that coefficient.

    Returns
    -------
    Production
        One cell of depth.

    Raises
    ------
    ValidityError
        If a mass is outside the tables.
    """
    from ..processes.bremsstrahlung_table_grid import at_masses, check_masses

    check_masses(masses)
    base = setup.at_floor()
    energies, spectrum = _at_nodes(base, boson, form_factor, progress)
    passing = _mean_probability(setup, energies)
    mean, number = _grouped(energies, spectrum * passing)
    used = number.max(axis=1) > 0.0
    if np.all(number[used] > 0.0):
        both = np.stack([np.log(number[used]), mean[used]]).transpose(2, 1, 0)
        found = at_masses(both, masses)
        number, mean = np.exp(found[..., 0]).T, found[..., 1].T
    else:
        energies, spectrum = boson_spectrum(base, masses, boson, form_factor, progress)
        mean, number = _grouped(energies, spectrum * passing)
    # What little the interpolation in mass changes of the sum is given back.
    whole = bremsstrahlung_coefficient(setup, masses, boson, form_factor, progress)
    total = number.sum(axis=0)
    number = number * np.divide(whole, total, out=np.zeros_like(whole), where=total > 0.0)
    depths = _two_depths(setup, ("e-", "e+"))
    return Production(masses, depths, np.maximum(mean, masses), number[None], "electron")


def primakoff_bosons(setup: Setup, masses: FloatArray, form_factor: str = "elastic") -> Production:
    """Bosons of Primakoff production that pass the threshold, by energy.

    Parameters
    ----------
    setup, masses, form_factor
        As in `primakoff_coefficients`.

    Returns
    -------
    Production
        One cell of depth.
    """
    from .primakoff import primakoff_coefficients

    energies, weights = primakoff_coefficients(setup, masses, form_factor)
    mean, number = _grouped(energies, weights.T)
    depths = _two_depths(setup, ("gamma",))
    return Production(masses, depths, np.maximum(mean, masses), number[None], "photon")


def _resonances(setup: Setup, masses: FloatArray, boson: str) -> Production:
    """On-shell bosons of annihilation, in one cell of depth."""
    made = annihilation_production(setup, math.inf, masses, boson)
    weights = made.weights.sum(axis=0)[None]
    return Production(masses, _two_depths(setup, ("e+",)), made.energies, weights, "electron")


def escaping_processes(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    start: float,
    *,
    form_factor: str = "elastic",
    electron_motion: bool = False,
    progress: Progress | None = None,
) -> dict[str, ProcessYield]:
    """Prepare the yields of all processes with decays in flight.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    model : Model
        The model.
    masses : array of float, shape (m,)
        Masses in GeV.
    start : float
        Plane in cm from the front of the dump behind which visible decays leave the energy
        missing, or count by themselves.
    form_factor, electron_motion, progress
        As in `signal_yield`.

    Returns
    -------
    dict of str to ProcessYield
        Yields by process.

    Raises
    ------
    ValidityError
        If the plane is inside the shower, or nothing in the shower makes the boson.
    """
    window = Window(start, math.inf, invisible=True)
    excited = _has_excited(model)
    found: dict[str, ProcessYield] = {}
    if np.any(model.lepton_coupling("e", 1.0, masses) > 0.0):
        made = bremsstrahlung_bosons(setup, masses, model.boson, form_factor, progress)
        resonances = _resonances(setup, masses, model.boson)
        whole = annihilation_yield(setup, model, masses, electron_motion=electron_motion)
        if excited:
            found["bremsstrahlung"] = semivisible_yield(model, made, window)
            found["annihilation"] = _kept_annihilation(setup, whole, resonances, window)
        else:
            found["bremsstrahlung"] = FlightYield.prepare(model, made, window)
            escaped = FlightYield.prepare(model, resonances, Window(start))
            has_dark = bool(np.any(model.invisible_branching(masses, 1e-4) > 0.0))
            found["annihilation"] = SumYield((whole, escaped)) if has_dark else escaped
    if np.any(model.photon_coupling(1.0, masses) > 0.0):
        photons = primakoff_bosons(setup, masses, form_factor)
        found["Primakoff"] = FlightYield.prepare(model, photons, window)
    if not found:
        raise ValidityError(
            f"model '{model.name}' couples neither to electrons nor to photons; nothing in the "
            "shower makes it."
        )
    return found


def _has_excited(model: Model) -> bool:
    sector = model.dark_sector
    if sector is None or sector.kind != "pseudo-dirac" or model.boson != "vector":
        return False
    return sector.splitting > 0.0


def _kept_annihilation(
    setup: Setup, whole: AnnihilationYield, resonances: Production, window: Window
) -> KeptAnnihilation:
    masses = resonances.masses
    # Off the resonance the positron's energy is somewhere between the threshold and the beam's.
    energies = np.clip(resonances.energies, setup.min_missing_energy, setup.beam_energy)
    unit = Production(
        masses,
        resonances.depths,
        np.maximum(energies, masses),
        np.ones((1, 1, masses.size)),
        "electron",
    )
    return KeptAnnihilation(whole, semivisible_yield(whole.model, unit, window))
