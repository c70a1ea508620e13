"""Beam particles of a chunk, at the front of the first element."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.beam import Beam
from ..experiments.layout import Layout
from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from ..ground.errors import EmissError, UnknownNameError
from .bank import Bank
from .kinds import CHARGES, KINDS, MASSES, kind_number
from .orbit import frame_at

__all__ = ["LEAD_IN", "beam_charge", "composition", "contaminant", "rays", "sample_beam"]

LEAD_IN: Final = 10.0
"""Distance in cm before the first element at which beam particles start."""
_REACH = 5.0
# What a contamination that is no kind of ours means, for a beam of negative and positive charge.
_SIGNED = {"pi": ("pi-", "pi+"), "K": ("K-", "K+"), "mu": ("mu-", "mu+"), "p": ("pbar", "p")}
_GENERIC = {
    "hadrons": _SIGNED["pi"],
    "pions": _SIGNED["pi"],
    "kaons": _SIGNED["K"],
    "muons": _SIGNED["mu"],
    "protons": _SIGNED["p"],
}
_FOLLOWED = KINDS[:15]


def beam_charge(beam: Beam) -> int:
    """Charge of the beam, which its magnets turn towards positive x; -1 for photons."""
    return int(CHARGES[kind_number(beam.particle)]) or -1


def contaminant(name: str, beam: Beam) -> str:
    """Kind that a contamination of a beam means.

    Parameters
    ----------
    name : str
        As in a layout: a kind, or what stands for one of the beam's charge ("muons"; "hadrons" for
        pions).
    beam : Beam
        The beam.

    Returns
    -------
    str
        One of `KINDS`.

    Raises
    ------
    UnknownNameError
        If it is no particle that can be followed; the nearest name is suggested.
    """
    names = {**_GENERIC, **_SIGNED}.get(name)
    if names:
        return names[beam_charge(beam) > 0]
    if name not in KINDS:
        raise UnknownNameError("particle in the beam", name, (*_GENERIC, *_FOLLOWED))
    return name


def composition(beam: Beam) -> tuple[NDArray[np.int64], FloatArray]:
    """Kinds in a beam and their fractions.

    Parameters
    ----------
    beam : Beam
        With its contaminations; "hadrons" are taken as pions of the beam's charge.

    Returns
    -------
    kinds : array of int
        Places in `KINDS`, the beam particle first.
    fractions : array of float
        Their sum is 1.

    Raises
    ------
    EmissError
        If a contamination is no particle, or all fractions together exceed 1.
    """
    kinds, fractions = [kind_number(beam.particle)], [1.0]
    for part in beam.contaminations:
        kinds.append(KINDS.index(contaminant(part.particle, beam)))
        fractions.append(part.fraction.value)
    fractions[0] -= sum(fractions[1:])
    if fractions[0] < 0.0:
        raise EmissError("the contaminations of the beam are more than all of it.")
    return np.array(kinds), np.array(fractions)


def rays(
    beam: Beam,
    event: NDArray[np.int64],
    kinds: NDArray[np.int64],
    z: float | FloatArray,
    generator: np.random.Generator,
) -> Bank:
    """Sample beam particles on the straight lines that they follow where no magnet is.

    Parameters
    ----------
    beam : Beam
        The beam.
    event : array of int
        Number of each.
    kinds : array of int
        Place in `KINDS` of each.
    z : float or array
        Where they are in cm along the beam, from the front of the target.
    generator : Generator
        Random numbers.

    Returns
    -------
    Bank
        Momentum: normal, cut at five standard deviations. Position and slope at the target: normal,
        cut likewise and uncorrelated. Times such that a particle of the speed of light reaches the
        target at 0.
    """
    normal = np.clip(generator.standard_normal((5, event.size)), -_REACH, _REACH)
    spread = 1.0 + beam.momentum_spread.value * normal[0]
    momentum = np.maximum(beam.momentum.value * spread, 1e-3 * beam.momentum.value)
    spot = 0.0 if beam.spot is None else beam.spot.value
    divergence = 0.0 if beam.divergence is None else beam.divergence.value
    sx, sy = divergence * normal[3], divergence * normal[4]
    uz = 1.0 / np.sqrt(1.0 + sx * sx + sy * sy)
    return Bank.make(
        event,
        kinds,
        np.sqrt(momentum**2 + MASSES[kinds] ** 2),
        (spot * normal[1] + sx * z, spot * normal[2] + sy * z, z),
        (sx * uz, sy * uz, uz),
        time=z / SPEED_OF_LIGHT_CM_PER_NS,
    )


def sample_beam(
    layout: Layout,
    event: NDArray[np.int64],
    generator: np.random.Generator,
    kinds: NDArray[np.int64] | None = None,
) -> Bank:
    """Sample beam particles before the first element.

    Parameters
    ----------
    layout : Layout
        Beam and apparatus.
    event : array of int
        Number of each.
    generator : Generator
        Random numbers.
    kinds : array of int, optional
        Place in `KINDS` of each; drawn from the composition of the beam by default.

    Returns
    -------
    Bank
        As `rays`, carried back along the nominal orbit; what magnets do to other momenta comes on
        top.
    """
    beam = layout.beam
    if kinds is None:
        known, fractions = composition(beam)
        place = np.searchsorted(np.cumsum(fractions), generator.random(event.size), side="right")
        kinds = known[place]
    start = min(0.0, min(e.start for e in layout.elements)) - LEAD_IN
    local = rays(beam, event, kinds, start, generator)
    # The frame of the orbit has its origin there.
    return frame_at(layout, start).outside(replace(local, z=np.zeros(len(local))))
