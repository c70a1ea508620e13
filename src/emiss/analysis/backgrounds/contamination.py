"""Particles other than the beam's own: what they are, and how often they pass for it.

A layout says how many; a contamination called "hadrons" is split into kinds here. Pions in beams of
either charge are taken to be as many, those of K0S decays at the production target; what a
positive beam has more are protons of Lambda decays. Kaons and muons are estimated.
"""

from __future__ import annotations

import math
from typing import Final

from ...events.beam import beam_charge, contaminant
from ...events.kinds import KINDS, LIFETIMES, MASSES
from ...experiments.layout import Layout
from ...ground.quantity import Quantity
from .base import Input

__all__ = ["KAONS", "MUONS", "PIONS", "SUPPRESSION", "contamination", "suppression"]

SUPPRESSION: Final = Input(
    "share of hadrons and muons that pass the tagger",
    Quantity(
        1e-5, 0.5e-5, "", "arXiv:1703.05993, 100 GeV pions on NA64's tagger", "recalled",
        "high confidence; half of it is taken as its error",
    ),
)  # fmt: skip
PIONS: Final = Input(
    "pions and kaons per beam particle where a positive beam has hadrons",
    Quantity(
        0.01, 0.004, "", "hadrons of the electron beam, NA64 papers", "recalled",
        "K0S makes as many of either charge; the rest of a positive beam are protons",
    ),
)  # fmt: skip
KAONS: Final = Input(
    "kaons over pions at the experiment",
    Quantity(
        0.03, 0.02, "", "a twentieth at the production target, less decays over 500 m", "estimated",
    ),
)  # fmt: skip
BEAM_LINE: Final = Input(
    "length of the beam line in which pions become muons, cm",
    Quantity(5e4, 1e4, "", "H4 beam line of the SPS", "recalled", "medium confidence"),
)
MUONS: Final = Input(
    "muons accepted by the beam line, over muons from pions in it",
    Quantity(
        0.05, 0.05, "", "muons of a flat spectrum within one per cent of the beam's momentum",
        "derived", "pions of other momenta and halo muons are left out",
    ),
)  # fmt: skip
_GENERIC: Final = ("hadrons", "pions")


def contamination(layout: Layout) -> dict[str, tuple[float, float]]:
    """Fraction of each kind of meson and muon in the beam, with its relative error.

    Parameters
    ----------
    layout : Layout
        With the contaminations of its beam.

    Returns
    -------
    dict of str to (float, float)
        Fraction and relative error by name, such as ``pi-``.

    Raises
    ------
    UnknownNameError
        If one of them is no particle that can be followed.
    """
    beam = layout.beam
    sign = "+" if beam_charge(beam) > 0 else "-"
    found: dict[str, tuple[float, float]] = {}
    for part in beam.contaminations:
        fraction, error = part.fraction.value, (part.fraction.uncertainty or 0.0)
        if part.particle in _GENERIC:
            found |= _split(fraction, error / fraction if error else 0.0, sign, beam.energy)
        else:
            name = contaminant(part.particle, beam)
            found[name] = (fraction, error / fraction if error else 0.0)
    return found


def _split(
    fraction: float, error: float, sign: str, momentum: float
) -> dict[str, tuple[float, float]]:
    mesons, relative = fraction, max(error, PIONS.relative_error)
    if sign == "+":
        mesons = min(fraction, PIONS.quantity.value)
    kaons, muons, line = (one.quantity.value for one in (KAONS, MUONS, BEAM_LINE))
    pions = mesons / (1.0 + kaons)
    pion = KINDS.index(f"pi{sign}")
    decayed = -math.expm1(-line * MASSES[pion] / momentum / LIFETIMES[pion])
    return {
        f"pi{sign}": (pions, relative),
        f"K{sign}": (pions * kaons, math.hypot(relative, KAONS.relative_error)),
        f"mu{sign}": (pions * decayed * muons, math.hypot(relative, MUONS.relative_error)),
    }


def suppression(layout: Layout) -> tuple[float, float]:
    """Share of hadrons that pass the tagger, and its relative error; 1 without a tagger.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    tuple of float
        Share and relative error.
    """
    if not layout.role("tagger"):
        return 1.0, 0.0
    return SUPPRESSION.quantity.value, SUPPRESSION.relative_error
