"""What a sample does not show: processes of which no simulated boson passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.units import format_energy
from ..deterministic import prepared
from ..signal import COEFFICIENT_COUPLING

if TYPE_CHECKING:
    from ..processes.base import Process, ProcessYield, Request

__all__ = ["with_unseen"]

_NEGLIGIBLE: Final = 1e-6
"""Share of all events below which nothing is said."""


def with_unseen(
    request: Request, used: tuple[Process, ...], made: Mapping[str, Any]
) -> Mapping[str, ProcessYield]:
    """Say at which masses a process has events though none of its bosons are in the sample.

    Parameters
    ----------
    request : Request
        What is asked.
    used : tuple of Process
        Processes that couple to the model.
    made : mapping of str to SampledYield or FlownYield
        Yields by title.

    Returns
    -------
    mapping of str to ProcessYield
        The same with warnings; without what neither this sample nor the deterministic engine has.
    """
    coupling = np.full(request.masses.shape, COEFFICIENT_COUPLING)
    empty = {title: each.effective_size(coupling) == 0.0 for title, each in made.items()}
    if not any(none.any() for none in empty.values()):
        return made
    known = {
        title: each.per_particle(coupling) for title, each in prepared(request, used)[0].items()
    }
    total = np.asarray(sum(known.values(), np.zeros(request.masses.shape)))
    found = {}
    for title, each in made.items():
        rate = known.get(title, np.zeros(total.shape))
        missed = empty[title] & (rate > _NEGLIGIBLE * total)
        if missed.any():
            text = _words(title, request.masses[missed], (rate / total)[missed])
            found[title] = replace(each, warnings=(*each.warnings, text))
        elif title in known or not empty[title].all():
            found[title] = each
    return found


def _words(title: str, masses: FloatArray, shares: FloatArray) -> str:
    at = format_energy(float(masses[0]))
    if masses.size > 1:
        at = f"{masses.size} masses from {at} to {format_energy(float(masses[-1]))}"
    share = f"{'up to ' if masses.size > 1 else ''}{100.0 * float(shares.max()):.2g} %"
    return (
        f"{title}: no simulated boson passes at {at}, so that its events read 0 there; in the "
        f"deterministic engine they are {share} of all."
    )
