"""Signal from positrons of the shower, or of the beam, that annihilate with atomic electrons."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground.arrays import FloatArray
from ..physics.processes.annihilation import CITATIONS as ANNIHILATION
from .positrons import Elements, annihilation_luminosity, positrons
from .resonance_yield import AnnihilationYield, NarrowYield, resonance_of
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..physics.models import Model
    from ..physics.models.base import Boson
    from ..physics.processes.annihilation import PreparedAnnihilation
    from ..physics.processes.radiative import RadiatedBosons
    from ..physics.processes.resonance import Folding

__all__ = ["annihilation_yield", "associated_bosons", "associated_yield"]

CITATIONS = ANNIHILATION
ASSOCIATED_CITATIONS = ("Kuraev:1985hb", "arXiv:2505.10302")


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
        alone = resonance_of(model, masses, zero, widths.leptons["e"], zero, dark_alone=True)
        slope = luminosity.events_of(alone)
    return PreparedAnnihilation(luminosity, model, masses, slope, "energy-dependent")


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
