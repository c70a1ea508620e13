"""Signal from positrons of the shower, or of the beam, that annihilate with atomic electrons."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..physics.processes.annihilation import CITATIONS as ANNIHILATION
from .beam_tracks import beam_tracks, electrons_met
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..physics.models import Model
    from ..physics.models.base import Boson
    from ..physics.processes.annihilation import AnnihilationLuminosity, PreparedAnnihilation
    from ..physics.processes.positron_tracks import PositronTracks
    from ..physics.processes.radiative import RadiatedBosons
    from ..physics.processes.resonance import Folding, Resonance

__all__ = [
    "AnnihilationYield",
    "annihilation_luminosity",
    "annihilation_yield",
    "associated_bosons",
    "associated_yield",
    "positrons",
]

Elements = tuple[str, ...] | None

CITATIONS = ANNIHILATION
ASSOCIATED_CITATIONS = ("Kuraev:1985hb", "arXiv:2505.10302")

NEGLIGIBLE_WIDTH = 3e-5
"""Visible width over dark width, as far as it matters, below which events go with the coupling
squared, to this share."""
FIRST_ORDER, FIRST_ORDER_MOST = 1e-3, 0.1
"""The same below which events over the coupling squared are one over a straight line in it, to the
square of this; and where the resonance is far from all positrons."""
THRESHOLD_NODES = 9
"""Missing energies between which associated production is integrated in closed form."""
PHOTON_NODES = 6
"""Every so many of the trigger's recoil energies are used for the photon."""


@dataclass(frozen=True, slots=True, eq=False)
class _Widened:
    """What visible decays change of the events of a resonance.

    Parameters
    ----------
    distance : array of float, shape (n_masses,)
        Over the total width in GeV it is the distance of the resonance from all positrons in its
        width.
    end : array of float, shape (n_masses,)
        Visible width over dark width up to which the first order is enough.
    lowered : array of float, shape (n_masses,)
        First order, where it is known.
    known : array of bool, shape (n_masses,)
        Where that is.
    """

    distance: FloatArray
    end: FloatArray
    lowered: FloatArray = field(init=False)
    known: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lowered", np.zeros(self.end.shape))
        object.__setattr__(self, "known", np.zeros(self.end.shape, dtype=bool))


@dataclass(frozen=True, slots=True, eq=False)
class AnnihilationYield:
    """Annihilation through a boson of any width to invisible states, with or without a photon.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    prepared : PreparedAnnihilation
        Luminosity with the slope at small coupling worked out at the masses.
    widths : QuadraticWidths or None
        Widths; None for a model whose widths are not quadratic in the coupling.
    smooth : bool
        The rate varies little over the boson's width, so that visible decays lower it by the
        branching alone, but for what they add to the width over the mass.
    """

    model: Model
    masses: FloatArray
    prepared: PreparedAnnihilation
    widths: QuadraticWidths | None = None
    smooth: bool = False
    _widened: _Widened | None = field(default=None, init=False, repr=False)
    _last: list[FloatArray] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.widths is None or self.smooth or self.prepared.slope is None:
            return
        low, high = self.prepared.luminosity.span
        squared = np.square(self.masses)
        away = np.maximum(np.maximum(low - squared, squared - high), 0.0)
        distance = away * self.masses / np.maximum(high, squared)
        far = np.maximum(1.0, math.sqrt(0.5) * distance / self.widths.dark)
        end = np.minimum(FIRST_ORDER * far, FIRST_ORDER_MOST)
        object.__setattr__(self, "_widened", _Widened(distance, end))

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        slope = self.prepared.slope
        if self.widths is None:
            return self.prepared.events(coupling)
        if slope is None:
            return self._at_new(coupling)
        # As `PreparedAnnihilation`, with the widths at hand.
        squared = np.square(coupling)
        events = np.asarray(slope * squared)
        added = self.widths.visible * squared
        if self._widened is None:  # the rate is smooth
            return np.asarray(events * (self.widths.dark / (self.widths.dark + added)))
        # Events change with the width as it does on the resonance, and by 2 G^2/(s - m^2)^2 of it
        # where no positron reaches that.
        negligible = NEGLIGIBLE_WIDTH * self.widths.dark
        reach = np.square(self._widened.distance / (added + self.widths.dark))
        changed = added > negligible * np.maximum(1.0, 0.5 * reach)
        if changed.any():
            ratio = added / self.widths.dark
            line = np.asarray(changed & (ratio <= self._widened.end))
            if line.any():
                lowered = self._lowered(np.any(line, axis=tuple(range(line.ndim - 1))))
                events = np.where(line, events / (1.0 + lowered * ratio), events)
                changed &= ~line
        if changed.any():
            events[changed] = self._at_each(coupling, changed)
        return events

    def _lowered(self, wanted: NDArray[np.bool_]) -> FloatArray:
        """Share by which visible decays lower events, over visible width and under dark width.

        It is 1 on the resonance, and found at the end of the first order where it is `wanted`.
        """
        widths, slope, widened = self.widths, self.prepared.slope, self._widened
        assert widths is not None
        assert slope is not None
        assert widened is not None
        found, new = widened.lowered, wanted & ~widened.known
        if new.any():
            ratio, coupling = widened.end[new], np.ones(self.masses.shape)
            squared = ratio * widths.dark[new] / widths.visible[new]
            coupling[new] = np.sqrt(squared)
            some = slope[new] > 0.0
            events = np.where(some, self._at_each(coupling, new), 1.0)
            found[new] = np.where(some, slope[new] * squared / events - 1.0, 0.0) / ratio
            widened.known[new] = True
        return found

    def _at_new(self, coupling: FloatArray) -> FloatArray:
        """Events of which those at couplings asked for last are known: searches end one by one."""
        last = tuple(self._last)
        if not last or last[0].shape != coupling.shape:
            events = self._at_each(coupling)
        else:
            changed, events = coupling != last[0], last[1].copy()
            if changed.any():
                events[changed] = self._at_each(coupling, changed)
        self._last[:] = coupling.copy(), events
        return events.copy()

    def _at_each(self, coupling: FloatArray, where: Any = ...) -> FloatArray:
        """Events with the Breit-Wigner integrated for each coupling, of some of the elements."""
        assert self.widths is not None
        widths, squared = self.widths, np.square(coupling)
        other = widths.visible + widths.neutrinos
        columns = (self.masses, coupling, widths.leptons["e"] * squared, other * squared)
        each = [np.broadcast_to(one, coupling.shape)[where] for one in columns]
        found = _resonance(self.model, *(one.ravel() for one in each))
        return self.prepared.luminosity.events_of(found).reshape(each[0].shape)


@dataclass(frozen=True, slots=True, eq=False)
class NarrowYield:
    """Bosons without dark matter, whose width is of the order of the coupling squared.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    rate : array of float, shape (n_masses,)
        Bosons per beam particle at g = e.
    widths : QuadraticWidths
        Widths.
    """

    model: Model
    masses: FloatArray
    rate: FloatArray
    widths: QuadraticWidths

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.widths.leptons["e"] / const.ELECTRIC_CHARGE**2 * np.square(coupling)
        return np.asarray(self.rate * strength * self.widths.invisible_branching(coupling))


@functools.lru_cache(maxsize=32)
def annihilation_luminosity(
    setup: Setup,
    electron_motion: bool = False,
    *,
    radiation: bool = False,
    elements: Elements = None,
) -> AnnihilationLuminosity:
    """Luminosity of a setup's positrons that pass smeared threshold and preshower.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    electron_motion : bool, optional
        Smear s with the motion of the atomic electrons.
    radiation : bool, optional
        Less the energy that soft photons take, and virtual corrections; to be used with associated
        production, which is the rest.
    elements : tuple of str, optional
        Elements whose electrons count; all of the dump's without it.

    Returns
    -------
    AnnihilationLuminosity
        Luminosity per beam particle. The positron disappears, so its whole energy is missing but
        for the photon's.
    """
    from ..physics.processes.annihilation import AnnihilationLuminosity

    met = electrons_met(setup, elements)
    edges, accepted = _radiated(setup, elements) if radiation else _whole(setup, elements)
    found = AnnihilationLuminosity.of_electrons(
        edges, dict(zip(met, accepted, strict=True)), electron_motion=electron_motion
    )
    return found if electron_motion else replace(found, tilt=_tilts(found.s_edges, found.weights))


def _whole(setup: Setup, elements: Elements) -> tuple[FloatArray, FloatArray]:
    """Energies, and electrons met by element of positrons that pass with all their energy."""
    tracks = beam_tracks(setup)
    passing = setup.pass_probability(tracks.centres) * tracks.annihilating
    return tracks.edges, _rows(setup, elements) * passing


def _radiated(setup: Setup, elements: Elements) -> tuple[FloatArray, FloatArray]:
    """The same with what soft photons leave of the energy."""
    from ..physics.processes.initial_state import soft_tracks

    tracks = positrons(setup, elements)
    return soft_tracks(replace(tracks, electrons=_rows(setup, elements)))


def _rows(setup: Setup, elements: Elements) -> FloatArray:
    return np.stack(list(electrons_met(setup, elements).values()))


def _tilts(edges: FloatArray, weights: FloatArray) -> FloatArray:
    """Slopes of the density within cells, from the neighbours, without new extremes (van Leer).

    A boson narrower than a cell sees the density at its mass: uniform cells would be a staircase.
    """
    density, centre = weights / np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
    tilt = np.zeros(density.size)
    rise = np.diff(density) / np.diff(centre)
    before, after = rise[:-1], rise[1:]
    together = before * after
    safe = np.where(together > 0.0, before + after, 1.0)
    slope = np.where(together > 0.0, 2.0 * together / safe, 0.0)
    half = 0.5 * np.diff(edges)[1:-1] * slope
    inner = density[1:-1]
    tilt[1:-1] = np.clip(half / np.where(inner > 0.0, inner, 1.0), -1.0, 1.0)
    return tilt


@functools.lru_cache(maxsize=32)
def positrons(setup: Setup, elements: Elements) -> PositronTracks:
    """Positrons of a setup with its acceptance as a function of boson and photon energy."""
    from ..physics.processes.positron_tracks import PositronTracks

    tracks = beam_tracks(setup)
    asked = setup.min_preshower_energy > 0.0
    nodes = slice(None, None, PHOTON_NODES) if asked else slice(0, 0)
    return PositronTracks(
        tracks.edges,
        _rows(setup, elements).sum(axis=0),
        _grid(setup, THRESHOLD_NODES),
        _passing(setup),
        tracks.recoils[nodes],
        _with_photon(tracks.annihilating, tracks.recoiling[:, nodes]),
        tracks.annihilating,
    )


def _with_photon(unseen: FloatArray, recoiling: FloatArray) -> FloatArray:
    """Acceptance of the preshower with a photon of the recoils' energies in the dump.

    That of recoils is averaged over electrons and positrons; what it says about events that fail
    without a recoil, namely how many of them a shower of this energy saves, holds for positrons.
    """
    fails = 1.0 - recoiling[:, :1]
    saved = np.divide(
        recoiling - recoiling[:, :1], fails, out=np.ones_like(recoiling), where=fails > 0
    )
    return np.asarray(unseen[:, None] + (1.0 - unseen[:, None]) * np.clip(saved, 0.0, 1.0))


def _grid(setup: Setup, count: int) -> FloatArray:
    """Missing energies over which the threshold is smeared."""
    reach = setup.min_missing_energy - setup.lowest_energy
    return setup.min_missing_energy + reach * np.linspace(-1.0, 1.0, count)


def _passing(setup: Setup) -> Callable[[FloatArray], FloatArray]:
    if setup.threshold_smearing == 0.0:
        return lambda missing: np.where(missing >= setup.min_missing_energy, 1.0, 0.0)
    grid = _grid(setup, 257)
    values = setup.pass_probability(grid)
    return lambda missing: np.asarray(np.interp(missing, grid, values))


@functools.lru_cache(maxsize=32)
def associated_bosons(
    setup: Setup, boson: Boson = "vector", *, elements: Elements = None
) -> RadiatedBosons:
    """Bosons made together with a hard photon that pass threshold and preshower.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    boson : str, optional
        Kind of boson.
    elements : tuple of str, optional
        Elements whose electrons count; all of the dump's without it.

    Returns
    -------
    RadiatedBosons
        Rate per beam particle by the boson's mass. The photon stays in the dump, so the energy of
        the boson is missing.
    """
    from ..physics.processes.radiative import RadiatedBosons

    return RadiatedBosons.of(positrons(setup, elements), boson)


def annihilation_yield(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    *,
    electron_motion: bool = False,
    widths: QuadraticWidths | None = None,
    radiation: bool = False,
    elements: Elements = None,
) -> AnnihilationYield:
    """Prepare the yield of annihilation.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    electron_motion : bool, optional
        Smear s with the motion of the atomic electrons.
    widths : QuadraticWidths, optional
        Widths of the model at the masses; with them many couplings cost less.
    radiation, elements
        As in `annihilation_luminosity`.

    Returns
    -------
    AnnihilationYield
        Yield as a function of coupling.
    """
    luminosity = annihilation_luminosity(
        setup, electron_motion, radiation=radiation, elements=elements
    )
    return AnnihilationYield(model, masses, _prepared(luminosity, masses, model, widths), widths)


def _prepared(
    luminosity: Folding, masses: FloatArray, model: Model, widths: QuadraticWidths | None
) -> PreparedAnnihilation:
    """`PreparedAnnihilation.of` with the widths at hand."""
    from ..physics.processes.annihilation import PreparedAnnihilation

    if widths is None:
        return PreparedAnnihilation.of(luminosity, masses, model)
    slope = None
    if widths.always_decays and not np.any(widths.neutrinos > 0.0):
        zero = np.zeros(masses.shape)
        alone = _resonance(model, masses, zero, widths.leptons["e"], zero, dark_alone=True)
        slope = luminosity.events_of(alone)
    return PreparedAnnihilation(luminosity, model, masses, slope, "energy-dependent")


def _resonance(
    model: Model,
    masses: FloatArray,
    coupling: FloatArray,
    electron: FloatArray,
    other: FloatArray,
    *,
    dark_alone: bool = False,
) -> Resonance:
    """`Resonance.of` with couplings to electrons, squared, and widths at hand; all shape (k,)."""
    from ..physics.processes.resonance import Resonance

    columns = (masses[:, None], coupling[:, None], electron, other[:, None])
    return Resonance(model, *columns, "energy-dependent", dark_alone)


def associated_yield(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    *,
    widths: QuadraticWidths | None = None,
    elements: Elements = None,
) -> AnnihilationYield | NarrowYield:
    """Prepare the yield of e+ e- -> gamma X with a hard photon.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    widths : QuadraticWidths, optional
        Widths of the model at the masses; with them many couplings cost less.
    elements : tuple of str, optional
        Elements whose electrons count; all of the dump's without it.

    Returns
    -------
    AnnihilationYield or NarrowYield
        Yield as a function of coupling. Goes with `annihilation_yield` of ``radiation=True``:
        together they count each event once. The motion of the atomic electrons, which moves s by
        some percent, is left out: the rate varies slowly with s.
    """
    bosons = associated_bosons(setup, model.boson, elements=elements)
    if widths is not None and not np.any(widths.dark > 0.0):
        return NarrowYield(model, masses, bosons.on_shell(masses), widths)
    prepared = _prepared(bosons, masses, model, widths)
    return AnnihilationYield(model, masses, prepared, widths, smooth=True)
