"""Decays of signal events as files hold them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..kinds import KINDS, PDG
from ..signal.decays import Decay
from ..signal.flight import Flown
from .signal_sample import DARK_PDG, SampleDecays

__all__ = ["decays_of"]

_DARK: Final = {"dark": DARK_PDG}


def _numbers(decay: Decay) -> list[int]:
    """PDG numbers of the daughters; of two neutrinos, whose flavour is not told, one is anti."""
    found = [_DARK.get(name) or int(PDG[KINDS.index(name)]) for name in decay.kinds]
    return [
        -pdg if name == "neutrino" and name in decay.kinds[:place] else pdg
        for place, (name, pdg) in enumerate(zip(decay.kinds, found, strict=True))
    ]


def decays_of(flown: Flown, here: NDArray[np.bool_]) -> SampleDecays:
    """Put decays into columns.

    Parameters
    ----------
    flown : Flown
        Flights of bosons.
    here : array of bool, shape (n,)
        Whether each decays within the apparatus; what does not is stable.

    Returns
    -------
    SampleDecays
        One row per boson.
    """
    count = here.size
    pdg, daughters = np.zeros((count, 3), dtype=np.int64), np.zeros((count, 3, 4))
    for decay, rows, vectors in flown.daughters:
        kept = here[rows]
        for place, (number, vector) in enumerate(zip(_numbers(decay), vectors, strict=True)):
            pdg[rows[kept], place], daughters[rows[kept], place] = number, vector[kept]
    excited = flown.companion[:, 0] > 0.0
    return SampleDecays(
        np.where(excited[:, None], flown.flyer, 0.0), flown.companion,
        np.where(here[:, None], flown.point, np.nan), pdg, daughters,
    )  # fmt: skip
