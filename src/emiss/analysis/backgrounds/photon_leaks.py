"""Photons that leave the dump of a visible search and convert before the calorimeter.

The flux of photons at the end of the dump follows from the deterministic cascade by depth: all
generations count, as long as the photon has enough energy. It passes the counter behind the dump
and converts in the one at the end of the decay volume, early enough for the pair to be seen. The
rest of the shower is taken to leave the first counter quiet: an upper estimate.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...experiments.layout import Layout
from ...experiments.modes.base import asked
from ...experiments.modes.visible import DECAY_ENERGY
from ...physics.shower.depth import track_depths
from .base import Estimate, Question, Source
from .visible_neutrals import PAIR, converted, passage

__all__ = ["SOURCE", "photon_flux"]

_CELL: Final = 0.5
"""Depth in radiation lengths over which the flux at the end is averaged, before the end."""


def photon_flux(layout: Layout, least: float, depth: float) -> float:
    """Photons above an energy at a depth of the dump.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    least : float
        Least energy in GeV.
    depth : float
        In radiation lengths.

    Returns
    -------
    float
        Photons per beam particle.
    """
    beam = layout.beam
    profile = track_depths(
        layout.target.material, beam.particle, beam.energy, least, depth=depth, step=_CELL
    )
    return float(profile.lengths[2, 0, -1].sum() / np.diff(profile.depths)[-1])


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    place = passage(question)
    least = asked(layout, DECAY_ENERGY, "min")
    end = layout.target.depth_x0
    flux = photon_flux(layout, least, end)
    veto = (place.veto.end - place.veto.start) / place.veto.material.radiation_length_cm
    convert = math.exp(-7.0 / 9.0 * veto) * converted(place.counter, place.pair)
    rate = flux * convert
    steps = {
        "photons with enough energy behind the dump, per electron": flux,
        "share that converts in the second counter": convert,
    }
    shifts = {
        "shower that is seen by the first counter": rate,
        "length of the dump, 1 radiation length": photon_flux(layout, least, end - 1.0) * convert
        - rate,
    }
    return Estimate(rate, 0.0, shifts, steps, question.inputs(PAIR))


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("e-", "e+", "gamma")


SOURCE = Source(
    "photon-leaks",
    "photons that pass the dump and convert before the calorimeter",
    ("visible",),
    "photon flux of the deterministic cascade at the end of the dump, times conversion",
    _estimate,
    _applies,
    (PAIR,),
)
