"""Signal from positrons of the shower, or of the beam, that annihilate with atomic electrons."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..processes.annihilation import CITATIONS as ANNIHILATION
from .setup import Setup, beam_tracks
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..models import Model
    from ..processes.annihilation import AnnihilationLuminosity, PreparedAnnihilation

__all__ = ["AnnihilationYield", "annihilation_luminosity", "annihilation_yield"]

FloatArray = NDArray[np.float64]

CITATIONS = ANNIHILATION

NEGLIGIBLE_WIDTH = 1e-6
"""Visible width over dark width below which events go with the coupling squared, to this share."""


@dataclass(frozen=True, slots=True, eq=False)
class AnnihilationYield:
    """Annihilation through a boson of any width to invisible states.

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
    """

    model: Model
    masses: FloatArray
    prepared: PreparedAnnihilation
    widths: QuadraticWidths | None = None

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        slope = self.prepared.slope
        if self.widths is None or slope is None:
            return self.prepared.events(coupling)
        # As `PreparedAnnihilation`, with the widths at hand.
        unit = self.model.lepton_coupling("e", 1.0, self.masses)
        strength = self.model.lepton_coupling("e", coupling, self.masses)
        events = np.asarray(slope * np.square(strength / np.where(unit > 0.0, unit, 1.0)))
        added = self.widths.visible * np.square(coupling)
        changed = added > NEGLIGIBLE_WIDTH * self.widths.dark
        if np.any(changed):
            masses = np.broadcast_to(self.masses, coupling.shape)[changed]
            events[changed] = self.prepared.luminosity.events(
                masses, self.model, coupling[changed], other_width=added[changed]
            )
        return events


@functools.lru_cache(maxsize=32)
def annihilation_luminosity(setup: Setup, electron_motion: bool = False) -> AnnihilationLuminosity:
    """Luminosity of a setup's positrons that pass smeared threshold and preshower.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    electron_motion : bool, optional
        Smear s with the motion of the atomic electrons.

    Returns
    -------
    AnnihilationLuminosity
        Luminosity per beam particle. The positron disappears, so its whole energy is missing.
    """
    from ..processes.annihilation import AnnihilationLuminosity

    tracks = beam_tracks(setup)
    return AnnihilationLuminosity.from_track_length(
        tracks.edges,
        tracks.positron,
        setup.material,
        efficiency=setup.pass_probability(tracks.centres) * tracks.annihilating,
        electron_motion=electron_motion,
    )


def annihilation_yield(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    *,
    electron_motion: bool = False,
    widths: QuadraticWidths | None = None,
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

    Returns
    -------
    AnnihilationYield
        Yield as a function of coupling.
    """
    luminosity = annihilation_luminosity(setup, electron_motion)
    return AnnihilationYield(model, masses, luminosity.prepare(masses, model), widths)
