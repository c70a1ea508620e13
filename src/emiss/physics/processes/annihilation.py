"""Resonant annihilation e+ e- -> X* -> invisible on the electrons of the target.

A positron of energy E on an electron at rest has s = 2 m_e (E + m_e). The positron disappears, so
all of its energy is missing. For a boson of spin J that couples to electrons and decays to
invisible states,

    sigma(s) = (2 J + 1) 4 pi Gamma_ee(s) Gamma_inv(s) / (b_e^2 [(s - m^2)^2 + m^2 Gamma^2]),

with the widths at virtuality s, b_e^2 = 1 - 4 m_e^2/s and Gamma the total width. For the dark
photon this is (4 pi/3) epsilon^2 alpha alpha_dark s f(s) (1 + 2 m_e^2/s)/b_e over the same
denominator. In place of m Gamma stands by default sqrt(s) Gamma(s), which follows the threshold of
the dark channel, see `resonance`; a constant width and s Gamma/m can be asked for. Mass effects
are exact; an axial boson is taken with its spin-1 part only, which is all there is if the dark
current is conserved. Couplings that run (loops) are taken at m^2.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.constants import ELECTRON_MASS
from ...ground.errors import EmissError, ValidityError
from ...ground.guards import guarded
from ..models.base import COUPLINGS, Boson, FloatArray, Model, checked_coupling, checked_mass
from .arguments import ON_ELECTRONS
from .atomic_electrons import electrons_by_element, spread_luminosity
from .breit_wigner import electron_factor
from .folded_resonance import folded
from .resonance import Density, Folding, Resonance

if TYPE_CHECKING:
    from ..materials import Material

__all__ = [
    "COUPLING_CONVENTION",
    "ELECTRON_MASS",
    "AnnihilationLuminosity",
    "PreparedAnnihilation",
    "cross_section",
    "cross_section_pb",
    "narrow_width_integral",
    "resonance_energy",
    "squared_energy",
]

CITATIONS = ("arXiv:1802.03794", "arXiv:1807.05884")

COUPLING_CONVENTION: Final = (
    "per coupling squared (epsilon = 1) in the limit of small coupling: the total width is that of "
    "the dark matter alone"
)
"""What a cross-section without a coupling means."""
_NEGLIGIBLE_WIDTH: Final = 1e-7


@guarded(ON_ELECTRONS)
def squared_energy(energy: ArrayLike) -> FloatArray:
    """Squared centre-of-mass energy in GeV^2 of a positron (total energy in GeV) on an electron."""
    e = np.asarray(energy, dtype=np.float64)
    return np.asarray(2.0 * ELECTRON_MASS * (e + ELECTRON_MASS))


@guarded(ON_ELECTRONS)
def resonance_energy(mass: ArrayLike) -> FloatArray:
    """Positron energy m^2/2 m_e - m_e in GeV at which s = m^2, on an electron at rest."""
    return np.asarray(checked_mass(mass) ** 2 / (2.0 * ELECTRON_MASS) - ELECTRON_MASS)


@guarded(ON_ELECTRONS, together=("energy", "mass", "coupling"))
def cross_section(
    energy: ArrayLike,
    mass: ArrayLike,
    model: Model,
    coupling: ArrayLike | None = None,
    *,
    width_form: str = "energy-dependent",
) -> FloatArray:
    """Cross-section of e+ e- -> X* -> invisible per electron at rest.

    Parameters
    ----------
    energy : array_like
        Total positron energy in GeV.
    mass : array_like
        Mass of X in GeV.
    model : Model
        Couplings and widths.
    coupling : array_like, optional
        Free coupling of the model; enters the total width too. Without it the result is per
        coupling squared, see `COUPLING_CONVENTION`.
    width_form : str, optional
        In the denominator: ``"energy-dependent"`` (sqrt(s) Gamma(s)), ``"constant"`` (m Gamma) or
        ``"running"`` (s Gamma/m).

    Returns
    -------
    array of float
        Cross-section in cm^2, all inputs broadcast.

    Raises
    ------
    EmissError
        If an energy, mass or coupling is out of range.
    ValidityError
        If no coupling is given and X does not decay to dark matter.
    """
    shape = np.broadcast_shapes(np.shape(mass), np.shape(coupling if coupling is not None else 0.0))
    s, index = np.broadcast_arrays(
        squared_energy(energy), np.arange(math.prod(shape)).reshape(shape)
    )
    at = Resonance.of(model, mass, coupling, width_form).rows(index.ravel())
    squares = s.reshape(-1, 1)
    invisible, imaginary = at.at(squares)
    numerator = electron_factor(model.boson, squares) * invisible
    denominator = np.square(squares - np.square(at.mass)) + np.square(imaginary)
    if not np.all(denominator > 0.0):
        raise ValidityError("annihilation: the coupling is zero and the resonance has no width.")
    value = at.electron * (numerator / denominator)[:, 0]
    return np.asarray(const.GEV2_CM2 * value.reshape(s.shape))


@guarded(ON_ELECTRONS, together=("energy", "mass", "coupling"))
def cross_section_pb(
    energy: ArrayLike,
    mass: ArrayLike,
    model: Model,
    coupling: ArrayLike | None = None,
    *,
    width_form: str = "energy-dependent",
) -> FloatArray:
    """`cross_section` in picobarn."""
    value = cross_section(energy, mass, model, coupling, width_form=width_form)
    return np.asarray(value / const.PICOBARN_CM2)


@guarded(ON_ELECTRONS, together=("mass", "coupling"), coupling=COUPLINGS)
def narrow_width_integral(mass: ArrayLike, model: Model, coupling: ArrayLike) -> FloatArray:
    """Integral of the cross-section over positron energy for a narrow resonance.

    Parameters
    ----------
    mass, coupling : array_like
        Mass of X in GeV and free coupling.
    model : Model
        Couplings and widths.

    Returns
    -------
    array of float
        Integral in cm^2 GeV: (2 J + 1) 2 pi^2 Gamma_ee BR_inv / (m b_e^2 m_e), which for a light
        dark photon's electrons is 2 pi^2 alpha epsilon^2 BR_inv/m_e.
    """
    m = checked_mass(mass)
    electron = model.lepton_coupling("e", coupling, m) ** 2
    factor = electron * electron_factor(model.boson, m * m) * math.pi / (2.0 * m * ELECTRON_MASS)
    return np.asarray(const.GEV2_CM2 * factor * model.invisible_branching(m, coupling))


@dataclass(frozen=True, slots=True, eq=False)
class AnnihilationLuminosity:
    """Positron track length times electron density, as a function of s.

    Parameters
    ----------
    s_edges : array of float, shape (n + 1,)
        Edges in s in GeV^2, ascending.
    weights : array of float, shape (n,)
        Electrons per cm^2 met in each cell per beam particle, selection included.
    tilt : array of float, shape (n,), optional
        Density is linear in s within a cell, 1 - tilt times its mean at the lower edge and 1 + tilt
        at the upper one; uniform without it.
    """

    s_edges: FloatArray
    weights: FloatArray
    tilt: FloatArray | None = None
    _density: Density = field(init=False, repr=False)
    _strengths: dict[Boson, FloatArray] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.s_edges.ndim != 1 or self.weights.shape != (self.s_edges.size - 1,):
            raise EmissError("annihilation luminosity: needs n + 1 edges for n weights.")
        if not (np.all(np.diff(self.s_edges) > 0.0) and self.s_edges[0] > 0.0):
            raise EmissError("annihilation luminosity: edges must be positive and ascending.")
        if not (np.all(self.weights >= 0.0) and np.all(np.isfinite(self.weights))):
            raise EmissError("annihilation luminosity: weights must be finite and not negative.")
        if self.tilt is not None and not np.all(np.abs(self.tilt) <= 1.0):
            raise EmissError("annihilation luminosity: tilts must lie between -1 and 1.")
        density = self.weights / np.diff(self.s_edges)
        tilt = np.zeros_like(density) if self.tilt is None else self.tilt
        made = Density(self.s_edges, density * (1.0 - tilt), density * (1.0 + tilt))
        object.__setattr__(self, "_density", made)

    @classmethod
    def from_track_length(
        cls,
        energy_edges: ArrayLike,
        track_length: ArrayLike,
        material: Material,
        *,
        min_energy: float = 0.0,
        efficiency: ArrayLike | None = None,
        electron_motion: bool = False,
        elements: Collection[str] | None = None,
    ) -> Self:
        """Luminosity of a shower's positrons.

        Parameters
        ----------
        energy_edges : array_like, shape (n + 1,)
            Edges of the cells in positron energy in GeV, ascending.
        track_length : array_like, shape (n,)
            Track length per cell and beam particle in radiation lengths.
        material : Material
            Target.
        min_energy : float, optional
            Sharp threshold on the missing energy, here the positron's energy, in GeV.
        efficiency : array_like, shape (n,), optional
            Probability per cell to pass the selection (a smeared threshold).
        electron_motion : bool, optional
            Spread s by the momenta of the atomic electrons, see `atomic_electrons`.
        elements : collection of str, optional
            Symbols of the elements whose electrons count; all of the material's without it.

        Returns
        -------
        AnnihilationLuminosity
            Luminosity; without cells above the threshold its weights are 0.

        Raises
        ------
        EmissError
            If the shapes do not match, edges do not ascend or an element is not in the material.
        """
        edges = np.asarray(energy_edges, dtype=np.float64)
        tracks = np.asarray(track_length, dtype=np.float64)
        if edges.ndim != 1 or tracks.shape != (edges.size - 1,):
            raise EmissError("positron tracks: needs n + 1 energy edges for n track lengths.")
        if efficiency is not None:
            tracks = tracks * np.asarray(efficiency, dtype=np.float64)
        edges, tracks = _above(edges, tracks, max(min_energy, ELECTRON_MASS))
        met = {z: n * tracks for z, n in electrons_by_element(material, elements).items()}
        return cls.of_electrons(edges, met, electron_motion=electron_motion)

    @classmethod
    def of_electrons(
        cls,
        energy_edges: FloatArray,
        met: Mapping[int, FloatArray],
        *,
        electron_motion: bool = False,
    ) -> Self:
        """Luminosity from the electrons that positrons meet.

        Parameters
        ----------
        energy_edges : array of float, shape (n + 1,)
            Edges of the cells in positron energy in GeV, ascending.
        met : mapping of int to array of float, shape (n,)
            Electrons per cm^2 per cell and beam particle, by atomic number.
        electron_motion : bool, optional
            As in `from_track_length`.

        Returns
        -------
        AnnihilationLuminosity
            Luminosity.
        """
        if electron_motion:
            return cls(*spread_luminosity(energy_edges, met))
        weights = sum(met.values(), np.zeros(energy_edges.size - 1))
        return cls(squared_energy(energy_edges), weights)

    @property
    def span(self) -> tuple[float, float]:
        """Range in s in GeV^2."""
        return float(self.s_edges[0]), float(self.s_edges[-1])

    def bends(self, change: float, least: float = 0.0) -> FloatArray:
        """Where cells meet of which one is not uniform.

        Parameters
        ----------
        change : float
            Smallest tilt of one of the two cells, or step between them over the density.
        least : float, optional
            Smallest density over the largest of all cells.

        Returns
        -------
        array of float
            Inner edges in GeV^2, ascending.
        """
        below, above = self._density.lower, self._density.upper
        left, right = above[:-1], below[1:]
        density = np.maximum(left, right)
        tilt = np.abs(np.zeros(below.size) if self.tilt is None else self.tilt)
        tilted = np.maximum(tilt[1:], tilt[:-1]) > change
        steps = np.abs(right - left) > change * density
        some = density > least * density.max(initial=0.0)
        return np.asarray(self.s_edges[1:-1][(tilted | steps) & some])

    def events(
        self,
        mass: ArrayLike,
        model: Model,
        coupling: ArrayLike | None = None,
        *,
        width_form: str = "energy-dependent",
        other_width: FloatArray | None = None,
    ) -> FloatArray:
        """Annihilations to invisible states per beam particle.

        Parameters
        ----------
        mass : array_like
            Mass of X in GeV.
        model : Model
            Couplings and widths.
        coupling : array_like, optional
            Free coupling, broadcast with mass; without it the result is per coupling squared in
            the limit of small coupling (total width of the dark matter alone).
        width_form : str, optional
            As in `cross_section`.
        other_width : array of float, optional
            Width in GeV to all but dark matter where it is at hand, shape of mass and coupling.

        Returns
        -------
        array of float
            Events, shape of mass and coupling broadcast.

        Raises
        ------
        EmissError
            As `cross_section`.

        Notes
        -----
        See `resonance`: resonances of any width are caught wherever they lie between the edges,
        and the threshold of the dark matter is treated exactly.
        """
        found = Resonance.of(model, mass, coupling, width_form, other_width)
        shape = np.broadcast_shapes(np.shape(mass), np.shape(0.0 if coupling is None else coupling))
        return self.events_of(found).reshape(shape)

    def events_of(self, resonance: Resonance) -> FloatArray:
        """`events` of bosons that are known, shape (k,)."""
        boson = resonance.model.boson
        on_edges = self._strengths.get(boson)
        if on_edges is None:
            on_edges = self._strengths[boson] = electron_factor(boson, self.s_edges)
        sums = folded(self._density, resonance, lambda s: electron_factor(boson, s), on_edges)
        return np.asarray(const.GEV2_CM2 * resonance.electron * sums)

    def prepare(
        self, mass: ArrayLike, model: Model, *, width_form: str = "energy-dependent"
    ) -> PreparedAnnihilation:
        """Prepare fixed masses for many couplings; for the parameters see `events`."""
        return PreparedAnnihilation.of(self, mass, model, width_form)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedAnnihilation:
    """Annihilation at fixed masses, for many couplings.

    Parameters
    ----------
    luminosity : Folding
        Positrons and electrons.
    model : Model
        Couplings and widths.
    masses : array of float, shape (n,)
        Masses in GeV.
    slope : array of float, shape (n,), or None
        Events per coupling squared at small coupling; None where the invisible width itself
        depends on the coupling (neutrinos).
    width_form : str
        As in `cross_section`.
    """

    luminosity: Folding
    model: Model
    masses: FloatArray
    slope: FloatArray | None
    width_form: str

    @classmethod
    def of(
        cls,
        luminosity: Folding,
        mass: ArrayLike,
        model: Model,
        width_form: str = "energy-dependent",
    ) -> Self:
        """Work out the slope; for the parameters see the class."""
        m = np.atleast_1d(checked_mass(mass))
        slope = None
        if np.all(model.dark_width(m) > 0.0) and not np.any(model.neutrino_width(m, 1.0) > 0.0):
            slope = luminosity.events(m, model, width_form=width_form)
        return cls(luminosity, model, m, slope, width_form)

    def events(self, coupling: ArrayLike) -> FloatArray:
        """Annihilations per beam particle.

        Parameters
        ----------
        coupling : array_like, shape (..., n)
            Free coupling for each mass.

        Returns
        -------
        array of float
            Events, shape of the coupling. The Breit-Wigner is integrated anew where the coupling
            changes the total width by more than 1e-7.
        """
        m, g = np.broadcast_arrays(self.masses, checked_coupling(coupling))
        if self.slope is None:
            return self.luminosity.events(m, self.model, g, width_form=self.width_form)
        unit = self.model.lepton_coupling("e", 1.0, self.masses)
        share = np.square(self.model.lepton_coupling("e", g, m) / np.where(unit > 0.0, unit, 1.0))
        events = np.asarray(self.slope * share)
        dark = self.model.dark_width(self.masses)
        changed = self.model.total_width(m, g) - dark > _NEGLIGIBLE_WIDTH * dark
        if np.any(changed):
            events[changed] = self.luminosity.events(
                m[changed], self.model, g[changed], width_form=self.width_form
            )
        return events


def _above(
    edges: FloatArray, tracks: FloatArray, threshold: float
) -> tuple[FloatArray, FloatArray]:
    """Cells above a threshold; the cell that holds it is cut, its density kept."""
    if threshold <= edges[0]:
        return edges, tracks
    if threshold >= edges[-1]:
        return np.array([threshold, threshold * (1.0 + 1e-9)]), np.zeros(1)
    first = int(np.searchsorted(edges, threshold, side="right")) - 1
    share = (edges[first + 1] - threshold) / (edges[first + 1] - edges[first])
    cut_edges, cut_tracks = edges[first:].copy(), tracks[first:].copy()
    cut_edges[0] = threshold
    cut_tracks[0] *= share
    return cut_edges, cut_tracks
