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
from ...ground.quantity import Quantity
from .base import Input, Question

__all__ = ["INPUTS", "KAONS", "contamination", "suppression"]

SUPPRESSION: Final = Input(
    "tagger-suppression",
    "share of hadrons and muons that pass the tagger",
    Quantity(
        1e-5, 0.5e-5, "", "arXiv:1703.05993, 100 GeV pions on NA64's tagger", "recalled",
        "high confidence; half of it is taken as its error. Runs with another tagger state "
        "their own",
    ),
    most=1.0,
)  # fmt: skip
PIONS: Final = Input(
    "mesons-per-positron",
    "pions and kaons per beam particle where a positive beam has hadrons",
    Quantity(
        0.01, 0.004, "", "hadrons of the electron beam, NA64 papers", "recalled",
        "K0S makes as many of either charge; the rest of a positive beam are protons",
    ),
    most=1.0,
)  # fmt: skip
KAONS: Final = Input(
    "kaons-over-pions",
    "kaons over pions at the experiment",
    Quantity(
        0.03, 0.02, "", "a twentieth at the production target, less decays over 500 m", "estimated",
    ),
)  # fmt: skip
BEAM_LINE: Final = Input(
    "beam-line-length",
    "length of the beam line in which pions become muons, cm",
    Quantity(5e4, 1e4, "", "H4 beam line of the SPS", "recalled", "medium confidence"),
)
MUONS: Final = Input(
    "muon-acceptance",
    "muons accepted by the beam line, over muons from pions in it",
    Quantity(
        0.05, 0.2, "", "muons of a flat spectrum within one per cent of the beam's momentum",
        "derived", "five times as many are within 10 GeV, which is the error; pions of other "
        "momenta and halo muons are left out",
    ),
)  # fmt: skip
INPUTS: Final = (SUPPRESSION, PIONS, KAONS, MUONS, BEAM_LINE)
_GENERIC: Final = ("hadrons", "pions")


def contamination(question: Question) -> dict[str, tuple[float, float]]:
    """Fraction of each kind of meson and muon in the beam, with its relative error.

    Parameters
    ----------
    question : Question
        With the layout, which has the contaminations of its beam, and stated inputs.

    Returns
    -------
    dict of str to (float, float)
        Fraction and relative error by name, such as ``pi-``.

    Raises
    ------
    UnknownNameError
        If one of them is no particle that can be followed.
    """
    beam = question.layout.beam
    sign = "+" if beam_charge(beam) > 0 else "-"
    found: dict[str, tuple[float, float]] = {}
    for part in beam.contaminations:
        fraction, error = part.fraction.value, (part.fraction.uncertainty or 0.0)
        if part.particle in _GENERIC:
            relative = error / fraction if error else 0.0
            found |= _split(question, fraction, relative, sign)
        else:
            name = contaminant(part.particle, beam)
            found[name] = (fraction, error / fraction if error else 0.0)
    return found


def _split(
    question: Question, fraction: float, error: float, sign: str
) -> dict[str, tuple[float, float]]:
    among, kaons, muons, line = question.inputs(PIONS, KAONS, MUONS, BEAM_LINE)
    momentum = question.layout.beam.energy
    mesons, relative = fraction, max(error, among.relative_error)
    if sign == "+":
        mesons = min(fraction, among.value)
    pions = mesons / (1.0 + kaons.value)
    pion = KINDS.index(f"pi{sign}")
    decayed = -math.expm1(-line.value * MASSES[pion] / momentum / LIFETIMES[pion])
    return {
        f"pi{sign}": (pions, relative),
        f"K{sign}": (pions * kaons.value, math.hypot(relative, kaons.relative_error)),
        f"mu{sign}": (
            pions * decayed * muons.value,
            math.hypot(relative, muons.relative_error, line.relative_error),
        ),
    }


def suppression(question: Question) -> tuple[float, float]:
    """Share of hadrons that pass the tagger, and its relative error; 1 without a tagger.

    Parameters
    ----------
    question : Question
        With the apparatus and stated inputs.

    Returns
    -------
    tuple of float
        Share and relative error.
    """
    if not question.layout.role("tagger"):
        return 1.0, 0.0
    found = question.input(SUPPRESSION)
    return found.value, found.relative_error
