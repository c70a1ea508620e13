"""Photons of the shower that turn into an ALP or scalar in the field of a nucleus."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ...experiments.setup import Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...physics.models.bosons import SPIN_ZERO
from ...physics.processes.primakoff import CITATIONS as PRIMAKOFF
from ..beam_tracks import beam_tracks, momentum_nodes, table_energy
from ..grouping import depths_of_tracks, grouped
from ..production import Production, primakoff_production
from .base import Options, Process, ProcessYield, Request, couples_to_photon

if TYPE_CHECKING:
    from ...physics.models import Model

__all__ = [
    "PROCESS",
    "InvisibleProbability",
    "PrimakoffYield",
    "photon_track_length",
    "primakoff_bosons",
    "primakoff_coefficients",
    "primakoff_yield",
]


CITATIONS = PRIMAKOFF
TITLE = "Primakoff"


class InvisibleProbability(Protocol):
    """Probability that a boson of given energy leaves nothing in the detector."""

    def __call__(
        self, energies: FloatArray, masses: FloatArray, coupling: FloatArray
    ) -> FloatArray:
        """Probability from 0 to 1.

        Parameters
        ----------
        energies : array of float, shape (n_energies, 1)
            Energies of the boson in GeV.
        masses : array of float, shape (n_masses,)
            Masses in GeV.
        coupling : array of float, shape (..., 1, n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float
            Of a shape that broadcasts to (..., n_energies, n_masses).
        """


@dataclass(frozen=True, slots=True, eq=False)
class PrimakoffYield:
    """Primakoff production: coefficient times photon coupling squared times invisible probability.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    energies : array of float, shape (n_energies,)
        Energies of the boson in GeV.
    coefficients : array of float, shape (n_energies, n_masses)
        Bosons that pass the threshold, per beam particle and cell of energy, at g = 1 GeV^-1.
    invisible : InvisibleProbability or None
        Probability that the boson is not seen; None for the model's invisible branching.
    """

    model: Model
    masses: FloatArray
    energies: FloatArray
    coefficients: FloatArray
    invisible: InvisibleProbability | None = None

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        strength = np.square(self.model.photon_coupling(coupling, self.masses))
        if self.invisible is None:
            branching = self.model.invisible_branching(self.masses, coupling)
            return np.asarray(strength * branching * self.coefficients.sum(axis=0))
        probability = self.invisible(
            self.energies[:, None], self.masses, np.asarray(coupling)[..., None, :]
        )
        return np.asarray(strength * np.sum(self.coefficients * probability, axis=-2))


@functools.lru_cache(maxsize=32)
def photon_track_length(setup: Setup) -> tuple[FloatArray, FloatArray]:
    """Track length of photons per cell of energy, averaged over the beam's momentum spread.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.

    Returns
    -------
    tuple of array of float, shapes (n+1,) and (n,)
        Edges in GeV, those of `beam_tracks`, and track length per cell in radiation lengths per
        beam particle.
    """
    from ...physics.shower import track_lengths

    edges = beam_tracks(setup).edges
    solution = track_lengths(setup.material, setup.particle, setup.beam_energy, table_energy(setup))
    above = np.zeros_like(edges)
    for node, weight in zip(*momentum_nodes(setup.momentum_spread), strict=True):
        above += weight * solution.above(edges / (1.0 + setup.momentum_spread * node), "gamma")
    length = above[:-1] - above[1:]
    length.flags.writeable = False
    return edges, length


def primakoff_coefficients(
    setup: Setup, masses: FloatArray, form_factor: str = "elastic"
) -> tuple[FloatArray, FloatArray]:
    """Bosons that pass the threshold, per beam particle and cell of energy, at g = 1 GeV^-1.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.

    Returns
    -------
    tuple of array of float, shapes (n_energies,) and (n_energies, n_masses)
        Energies in GeV at the middle of the cells, and for each the sum over elements of atoms per
        X0 times track length times cross-section, times the probability to pass the smeared
        threshold. The boson takes all of the photon's energy but t/2M, which is below a GeV^2
        over the mass of a nucleus and left out; it is missing if the boson is not seen.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the range of the cross-section.
    UnknownNameError
        If there is no such form factor.
    """
    from ...physics.processes.primakoff import cross_section_pb

    edges, length = photon_track_length(setup)
    energies = 0.5 * (edges[1:] + edges[:-1])
    rate = np.zeros((energies.size, masses.size))
    for element, atoms in setup.makers:
        rate += (atoms * const.PICOBARN_CM2) * cross_section_pb(
            energies[:, None], masses[None, :], element, form_factor=form_factor
        )
    weight = length * setup.pass_probability(energies)
    return energies, weight[:, None] * rate


def primakoff_yield(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    *,
    form_factor: str = "elastic",
    invisible: InvisibleProbability | None = None,
) -> PrimakoffYield:
    """Prepare the yield of Primakoff production.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    invisible : InvisibleProbability, optional
        Probability that the boson is not seen as a function of its energy, e.g. that it leaves
        the detector before it decays; the model's invisible branching by default.

    Returns
    -------
    PrimakoffYield
        Yield as a function of coupling.

    Raises
    ------
    ValidityError
        If the model does not couple to photons, or a mass is outside the range.
    """
    if model.boson not in SPIN_ZERO or not np.any(model.photon_coupling(1.0, masses) > 0.0):
        raise ValidityError(
            f"Primakoff production: model '{model.name}' has no spin-0 boson that couples to "
            "photons; use the models 'alp' or 'scalar' with a photon coupling."
        )
    energies, coefficients = primakoff_coefficients(setup, masses, form_factor)
    return PrimakoffYield(model, masses, energies, coefficients, invisible)


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
    energies, weights = primakoff_coefficients(setup, masses, form_factor)
    mean, number = grouped(energies, weights.T)
    mean = np.maximum(mean, masses)
    depths = depths_of_tracks(setup, ("gamma",), mean)
    return Production(masses, depths, mean, number[None], "photon")


def _total(setup: Setup, model: Model, masses: FloatArray, options: Options) -> FloatArray:
    made = primakoff_coefficients(setup.source, masses, options.form_factor)[1]
    return np.asarray(made.sum(axis=0))


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    setup, model, masses, fate = request.setup, request.model, request.masses, request.fate
    form_factor = request.options.form_factor
    if fate.kind == "prompt":
        return {TITLE: primakoff_yield(setup.source, model, masses, form_factor=form_factor)}
    if fate.kind == "volume":
        made = primakoff_production(setup.source, setup.length, masses, form_factor=form_factor)
    else:
        made = primakoff_bosons(setup.source, masses, form_factor)
    return {TITLE: fate.of(model, made)}


PROCESS = Process(
    name="primakoff",
    title=TITLE,
    couples=couples_to_photon,
    prepare=_prepare,
    citations=CITATIONS,
    needs="photons",
    total=_total,
    reaction="gamma N -> a N",
    method="exact tree level, nuclear recoil",
)
