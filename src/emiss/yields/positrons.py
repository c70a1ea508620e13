"""Positrons of a setup that annihilate, and which of them are accepted."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground.arrays import FloatArray
from .beam_tracks import beam_tracks, electrons_met

if TYPE_CHECKING:
    from ..physics.processes.annihilation import AnnihilationLuminosity
    from ..physics.processes.positron_tracks import PositronTracks

__all__ = ["Elements", "annihilation_luminosity", "positrons"]

Elements = tuple[str, ...] | None
"""Symbols of the elements whose electrons count; None for all of the dump's."""

THRESHOLD_NODES = 9
"""Missing energies between which associated production is integrated in closed form."""
PHOTON_NODES = 3
"""Every so many of the trigger's recoil energies are used for the photon."""


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
    return lambda missing: np.asarray(np.interp(missing, grid, values, left=0.0))
