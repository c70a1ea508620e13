"""Verdicts of the page: dark-matter masses that each thermal scenario has left."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .questions import Question

__all__ = ["verdicts_of"]

FIRST_SCAN: Final = np.geomspace(1e-3, 0.3, 80)
"""Dark-matter masses in GeV of the first scan, as on the command line."""


def verdicts_of(question: Question) -> dict[str, Any]:
    """Judge the thermal scenarios with the experiments that are ticked.

    Parameters
    ----------
    question : Question
        The controls.

    Returns
    -------
    dict
        ``rows`` (scenario, experiment, excluded and remaining ranges in GeV, closest approach) and
        ``notes``.
    """
    from ...inference.verdict import verdict

    report = verdict(
        [part.experiment() for part in question.parts],
        question.model,
        masses=FIRST_SCAN,
        cl=question.cl,
        method=question.method,
    )
    rows = [
        {
            "kind": one.kind,
            "source": one.source,
            "excluded": [list(r) for r in one.excluded],
            "left": [list(r) for r in one.left],
            "closest_mass": one.closest[0],
            "closest": one.closest[1] if np.isfinite(one.closest[1]) else None,
        }
        for one in report.verdicts
    ]
    return {"rows": rows, "searched": list(report.searched), "notes": list(report.notes)}
