"""Answers from few sampled muons, until all of them are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from ...experiments import Experiment
    from ...experiments.setup import Setup
    from ...physics.models import Model
    from ...yields.acceptance.recoil_tables import AcceptanceTables

__all__ = ["preview_record", "recoils_for"]

_MORE: Final = 4
"""How many times more is sampled for the next answer."""
_RANGE: Final = (1e-3, 1.0)
"""Masses in GeV of the page."""


def _sampled(experiments: Iterable[Experiment]) -> Iterator[tuple[AcceptanceTables, Setup]]:
    """Tables of the acceptance and setups that use them."""
    from ...yields.processes import processes

    known = processes()
    for experiment in experiments:
        # A name that is not known is refused with the yield.
        used = (known[name].scattered for name in experiment.search.processes if name in known)
        setups = {run.setup: None for run in experiment.runs}
        yield from ((tables, setup) for tables in used if tables is not None for setup in setups)


def recoils_for(experiments: Iterable[Experiment], model: Model, wanted: int | None) -> int | None:
    """Sampled leptons per mass with which to answer.

    Parameters
    ----------
    experiments : iterable of Experiment
        The experiments.
    model : Model
        The model.
    wanted : int or None
        How many are enough for now; None for the whole answer.

    Returns
    -------
    int or None
        As many as are there already, or those wanted; None where nothing has to be sampled, or the
        whole answer is wanted.
    """
    if wanted is None:
        return None
    some = [
        max(ready, wanted)
        for tables, setup in _sampled(experiments)
        if (ready := tables.ready(setup, model.boson)) < tables.events
    ]
    return min(some) if some else None


def preview_record(experiments: Iterable[Experiment], model: Model, recoils: int) -> dict[str, Any]:
    """What the page says of a preview.

    Parameters
    ----------
    experiments : iterable of Experiment
        The experiments.
    model : Model
        The model.
    recoils : int
        Sampled leptons per mass.

    Returns
    -------
    dict
        The standard deviation of the coupling in per cent where it is largest (``error``), and how
        many ``recoils`` were wanted, of how many (``of``), and how many to ask for ``next``: None
        for all.
    """
    worst, most = 0.0, recoils
    for tables, setup in _sampled(experiments):
        table = tables.load(setup, model.boson, recoils=recoils)
        accepted = table.flow[:, -1]
        seen = (table.masses >= _RANGE[0]) & (table.masses <= _RANGE[1]) & (accepted > 0.0)
        # Events go with the square of the coupling.
        errors = 50.0 * table.error[seen] / accepted[seen]
        worst, most = max(worst, float(np.max(errors, initial=0.0))), max(most, tables.events)
    after = _MORE * recoils
    return {
        "recoils": recoils,
        "of": most,
        "error": round(worst, 1),
        "next": after if after < most else None,
    }
