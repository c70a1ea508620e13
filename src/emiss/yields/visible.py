"""Signal of a visible search: bosons that leave the dump and decay in the volume behind it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground import constants as const
from ..ground.errors import ValidityError
from ..processes.decay_in_flight import CITATIONS as DECAY
from ..processes.decay_in_flight import pair_acceptance
from .flight import FlightYield, Window
from .production import (
    CITATIONS as PRODUCTION,
)
from .production import (
    Production,
    annihilation_production,
    bremsstrahlung_production,
    primakoff_production,
)
from .setup import SMEARING_REACH, Setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..experiments.setup import Beam, Dump
    from ..experiments.visible import VisibleSelection
    from ..models import Model

__all__ = ["CHANNEL", "VisibleSetup", "visible_setup", "visible_yields"]

FloatArray = NDArray[np.float64]

CITATIONS = tuple(dict.fromkeys((*PRODUCTION, *DECAY)))

CHANNEL = "e+e-"
"""Final state that the counters behind the decay volume ask for."""
_ACCEPTANCE_NODES = 6
_ACCEPTANCE_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class VisibleSetup:
    """What decides the visible yield per beam particle.

    Parameters
    ----------
    source : Setup
        Beam and dump; its threshold is on the energy of the boson.
    dump_length : float
        Length of the dump in cm.
    start, end : float
        Decay volume in cm from the front of the dump.
    calorimeter, half_size : float
        Position and half of the side of the calorimeter behind, in cm.
    """

    source: Setup
    dump_length: float
    start: float
    end: float
    calorimeter: float
    half_size: float


def visible_setup(beam: Beam, dump: Dump, selection: VisibleSelection) -> VisibleSetup:
    """Setup of one run of a visible search.

    Parameters
    ----------
    beam, dump, selection : Beam, Dump, VisibleSelection
        What the experiment file says.

    Returns
    -------
    VisibleSetup
        The setup. The threshold is smeared with the resolution of the calorimeter.

    Raises
    ------
    ValidityError
        If the dump reaches behind the veto, or the threshold leaves nothing to look for.
    """
    selection.check_dump(dump.length_cm)
    least = selection.min_decay_energy.value
    smearing = float(selection.resolution(least))
    energy = beam.energy.value
    source = Setup(
        beam.particle, energy, beam.momentum_spread.value, dump.material, least, smearing
    )
    if not 0.0 < source.lowest_energy < energy:
        raise ValidityError(
            f"decay energy of at least {least:g} GeV, smeared by {smearing:.3g} GeV: must stay "
            f"between 0 and the beam energy of {energy:g} GeV within {SMEARING_REACH:g} standard "
            "deviations."
        )
    return VisibleSetup(
        source,
        dump.length_cm,
        selection.veto_position.value,
        selection.decay_volume_end.value,
        selection.calorimeter_position.value,
        selection.calorimeter_half_size.value,
    )


@functools.lru_cache(maxsize=16)
def _sampled(distance: float, half_size: float, masses: bytes, energies: bytes) -> FloatArray:
    """`pair_acceptance` of e+ e-, kept: arrays come as bytes, energies (nodes, masses)."""
    mass = np.frombuffer(masses)
    energy = np.frombuffer(energies).reshape(-1, mass.size)
    return pair_acceptance(
        mass,
        energy,
        distance,
        half_size,
        daughter_mass=const.ELECTRON_MASS,
        samples=_ACCEPTANCE_SAMPLES,
    )


def _acceptance(setup: VisibleSetup, production: Production) -> FloatArray:
    """Share of pairs inside the calorimeter, from the farthest decay: a lower bound."""
    # Smooth in the energy, at which it is close to 1: a few nodes, linear in 1/E, are enough.
    count = min(_ACCEPTANCE_NODES, len(production.energies))
    chosen = np.unique(np.linspace(0, len(production.energies) - 1, count).round().astype(int))
    nodes = _sampled(
        setup.calorimeter - setup.start,
        setup.half_size,
        np.asarray(production.masses, dtype=np.float64).tobytes(),
        np.asarray(production.energies[chosen], dtype=np.float64).tobytes(),
    )
    found = np.empty(production.energies.shape)
    for column, mass in enumerate(nodes.T):
        inverse = -1.0 / production.energies[:, column]
        found[:, column] = np.interp(inverse, inverse[chosen], mass)
    return found


def visible_yields(
    setup: VisibleSetup,
    model: Model,
    masses: FloatArray,
    *,
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> dict[str, FlightYield]:
    """Prepare the yields of all processes that make the boson.

    Parameters
    ----------
    setup : VisibleSetup
        The setup.
    model : Model
        The model; its decays to e+ e- count.
    masses : array of float, shape (m,)
        Masses in GeV.
    form_factor : str, optional
        Nuclear form factor.
    progress : callable, optional
        Called with the share done while a table for a new element is made.

    Returns
    -------
    dict of str to FlightYield
        Yields by process.

    Raises
    ------
    ValidityError
        If nothing couples the boson to the shower, or a mass is outside the tables.
    """
    source, limit = setup.source, setup.dump_length
    made: dict[str, Production] = {}
    if np.any(model.lepton_coupling("e", 1.0, masses) > 0.0):
        made["bremsstrahlung"] = bremsstrahlung_production(
            source, limit, masses, model.boson, form_factor=form_factor, progress=progress
        )
        annihilation = annihilation_production(source, limit, masses, model.boson)
        if np.any(annihilation.total > 0.0):
            made["annihilation"] = annihilation
    if np.any(model.photon_coupling(1.0, masses) > 0.0):
        made["Primakoff"] = primakoff_production(source, limit, masses, form_factor=form_factor)
    if not made:
        raise ValidityError(
            f"model '{model.name}' couples neither to electrons nor to photons; nothing in the "
            "shower makes it."
        )
    window = Window(setup.start, setup.end, (CHANNEL,))
    return {
        name: FlightYield.prepare(model, production, window, _acceptance(setup, production))
        for name, production in made.items()
    }
