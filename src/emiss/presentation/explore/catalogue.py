"""What the page can ask for: experiments with their own numbers, kinds, methods, ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...experiments.variation import threshold_of
from ...ground.errors import EmissError
from ...inference.counting import METHODS
from ..plots.labels import typeset
from .questions import MODEL

__all__ = ["catalogue"]


def catalogue() -> dict[str, Any]:
    """List what can be ticked and chosen.

    Returns
    -------
    dict
        ``experiments`` (name, title, beam energy and threshold in GeV, None where they cannot be
        changed alone, particles on target), ``kinds`` of dark matter, ``methods``, ``version``.
    """
    from ...experiments import get, names
    from ...ground.provenance import version
    from ...physics.models.dark_sector import DARK_MATTER_NAMES

    rows = [_row(get(name)) for name in names() if _can_answer(name)]
    return {
        "experiments": rows,
        "kinds": [[kind, name] for kind, name in DARK_MATTER_NAMES.items()],
        "methods": list(METHODS),
        "version": version(),
    }


def _can_answer(name: str) -> bool:
    """Whether a process of the experiment makes dark photons that decay to dark matter."""
    from ...experiments import get
    from ...physics import models
    from ...yields.processes import processes

    experiment, model = get(name), models.get(MODEL)
    windows = [run.setup.window for run in experiment.runs]
    if any(window is not None and not window.invisible for window in windows):
        return False
    known, masses = processes(), np.array([0.1])
    return any(known[p].couples(model, masses) for p in experiment.search.processes)


def _row(experiment: Any) -> dict[str, Any]:
    try:
        threshold = threshold_of(experiment)
    except EmissError:
        threshold = None
    energies = {run.layout.beam.energy for run in experiment.runs}
    alone = len(energies) == 1 and bool(experiment.search.beam_bounds)
    return {
        "name": experiment.name,
        "title": typeset(experiment.title),
        "beam": experiment.beam_label,
        "beam_energy": experiment.runs[0].layout.beam.energy if alone else None,
        "threshold": threshold,
        "on_target": experiment.total_on_target,
        "projection": experiment.projection,
    }
