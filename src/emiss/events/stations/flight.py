"""Flight between elements: decays of what is unstable."""

from __future__ import annotations

import numpy as np

from ...ground.arrays import FloatArray
from ..bank import Bank
from ..context import Context
from ..decays import decay
from ..kinds import LIFETIMES, NEUTRINO

__all__ = ["fly"]

_ALONG = 1e-3


def fly(bank: Bank, path: FloatArray, context: Context, purpose: str = "decays") -> Bank:
    """Let particles decay on the paths ahead of them.

    Parameters
    ----------
    bank : Bank
        Particles at the beginning of a flight, in any frame with z along it.
    path : array of float
        Path of each in cm.
    context : Context
        The chunk; energy of neutrinos and of what goes backwards is booked there.
    purpose : str
        Part of the key of the random numbers.

    Returns
    -------
    Bank
        Survivors where they were, daughters where they were made.
    """
    unstable = np.isfinite(LIFETIMES[bank.kind])
    if not unstable.any():
        return bank
    rows = bank.take(unstable)
    survivors, daughters, factor = decay(
        rows, path[unstable], context.generator(purpose), context.options.decay_bias
    )
    context.weigh(rows.event, factor)
    if not len(daughters):
        return Bank.join([bank.take(~unstable), survivors])
    seen = daughters.take((daughters.kind != NEUTRINO) & (daughters.uz > _ALONG))
    lost = np.zeros(context.particles)
    for part, sign in ((rows, 1.0), (survivors, -1.0), (seen, -1.0)):
        np.add.at(lost, part.event, sign * part.available)
    context.book("invisible", np.arange(context.particles), lost)
    return Bank.join([bank.take(~unstable), survivors, seen])
