"""Curves of the page: limits of what is ticked, relic lines, curves of others, in both planes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.json_values import rounded
from ...ground.provenance import InputLabel
from ...ground.recent import Recent
from ...inference.couplings import LARGEST_COUPLING
from ...inference.limit import Limit
from ...inference.planes import borrowed_sector, overlay_in_coupling, overlay_in_y
from ..plots.labels import title_text
from .previews import preview_record, recoils_for
from .questions import FieldError, Question

if TYPE_CHECKING:
    from ...experiments import Experiment
    from ...physics.constraints.curves.overlay import Overlay

__all__ = ["badges", "curves_of", "limits_of", "planes_of"]

_RELIC: Recent[tuple[tuple[Overlay, ...], tuple[str, ...]]] = Recent(16)
"""Relic lines made last."""

COMBINED: Final = "combined"
UNSURE: Final = ("fitted", "tuned", "assumed", "estimated", "recalled")
"""Status of inputs that wear a badge, the most doubtful first."""


def limits_of(question: Question) -> dict[str, Limit]:
    """Compute the limit of each experiment that is ticked, and of all together where asked.

    Parameters
    ----------
    question : Question
        The controls.

    Returns
    -------
    dict of str to Limit
        By name of the experiment, and `COMBINED`.

    Raises
    ------
    FieldError
        If an experiment cannot answer.
    """
    from ...inference import limit

    model = question.model
    made = _experiments(question)
    options: dict[str, Any] = {"cl": question.cl, "method": question.method}
    options["recoils"] = question.recoils
    found = {}
    for name, experiment in made.items():
        found[name] = _of(name, functools.partial(limit, experiment, model, **options))
    if question.combine and len(made) > 1:
        parts = list(made.values())
        found[COMBINED] = _of(COMBINED, lambda: limit(parts, model, **options))
    return found


def _experiments(question: Question) -> dict[str, Experiment]:
    return {part.name: part.experiment() for part in question.parts}


def soon(question: Question) -> Question:
    """The question with as many sampled muons as there are already, at least those it asks for."""
    experiments = _experiments(question).values()
    return replace(question, recoils=recoils_for(experiments, question.model, question.recoils))


def planes_of(question: Question) -> list[tuple[str, ...]]:
    """Planes in which each curve of others can be drawn: ``coupling``, ``y``."""
    if not question.curves:
        return []
    # Others are drawn beside the first limit, whose units they take.
    first = replace(question, parts=question.parts[:1], combine=False, recoils=1)
    limit = next(iter(limits_of(soon(first)).values()))
    lines = [_line(curve, limit) for curve in question.curves]
    return [tuple(plane for plane in ("coupling", "y") if plane in line) for line in lines]


def _of(name: str, make: Callable[[], Limit]) -> Limit:
    try:
        return make()
    except EmissError as error:
        raise FieldError(f"experiment {name}", str(error)) from None


def curves_of(question: Question) -> dict[str, Any]:
    """All that the page draws for a question, as values for JSON.

    Parameters
    ----------
    question : Question
        The controls.

    Returns
    -------
    dict
        ``limits`` (by experiment: masses, coupling, y, expected band, events and shares of
        processes for hovering, warnings, badges), ``relic`` and ``others`` (lines in both planes),
        ``remarks`` and ``preview``, see `preview_record`: None where this is the whole answer.

    Raises
    ------
    FieldError
        If an experiment cannot answer.
    """
    question = soon(question)
    recoils = question.recoils
    limits = limits_of(question)
    first = next(iter(limits.values()))
    relic, remarks = _relic(first, question)
    remarks = (*remarks, *(note for curve in question.curves for note in _doubts(curve, limits)))
    return {
        "limits": [_limit(name, one) for name, one in limits.items()],
        "relic": [_line(line, first) for line in relic],
        "others": [_line(curve, first) for curve in question.curves],
        "remarks": list(remarks),
        "alpha_dark": question.alpha_dark,
        "mass_ratio": question.mass_ratio,
        "cl": question.cl,
        "preview": None
        if recoils is None
        else preview_record(_experiments(question).values(), question.model, recoils),
    }


def _relic(limit: Limit, question: Question) -> tuple[tuple[Overlay, ...], tuple[str, ...]]:
    from ...inference.thermal import thermal_overlays

    masses, model = limit.dark_matter_mass, question.model
    ends = None if masses is None else (float(masses[0]), float(masses[-1]), masses.size > 1)
    # Exposure, threshold and confidence level change nothing of the relic density.
    return _RELIC.get((model, ends), lambda: thermal_overlays(limit, model))


def _edge(values: FloatArray) -> list[float | str | None]:
    """An upper edge: open regions say so."""
    return [
        "open" if np.isposinf(v) else n
        for v, n in zip(values.tolist(), rounded(values), strict=True)
    ]


def _limit(name: str, limit: Limit) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": name,
        "title": title_text(limit),
        "beam": limit.beam_label,
        "on_target": limit.particles_on_target,
        "masses": rounded(limit.masses),
        "coupling": rounded(limit.observed),
        "median": rounded(limit.expected["0"]),
        "band": [rounded(limit.expected[key]) for key in ("-1", "1")],
        "events": rounded(limit.signal_events),
        "shares": {process: rounded(share) for process, share in limit.shares.items()},
        "warnings": list(limit.warnings),
        "badges": badges(limit.provenance.inputs),
    }
    if limit.observed_upper is not None:
        record["upper"] = _edge(limit.observed_upper)
        record["searched"] = LARGEST_COUPLING
    return record


def badges(inputs: tuple[InputLabel, ...]) -> list[dict[str, Any]]:
    """Inputs that are not published or derived, by status.

    Parameters
    ----------
    inputs : tuple of InputLabel
        Inputs of a result.

    Returns
    -------
    list of dict
        ``status``, ``count`` and ``inputs`` (name, value and source of each).
    """
    by_status: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for label in inputs:
        if label.status in UNSURE:
            row = {"name": label.name, "value": str(label.value), "source": label.source}
            by_status.setdefault(label.status, {})[label.name, str(label.value)] = row
    return [
        {"status": status, "count": len(by_status[status]), "inputs": [*by_status[status].values()]}
        for status in UNSURE
        if status in by_status
    ]


def _doubts(curve: Overlay, limits: Mapping[str, Limit]) -> tuple[str, ...]:
    """What to check before a curve of others is believed, once for all limits."""
    from ...inference.comparison import compare_ratio, comparison_notes

    notes: dict[str, None] = {}
    for limit in limits.values():
        try:
            notes |= dict.fromkeys(comparison_notes(limit, curve, compare_ratio(limit, curve)))
        except EmissError:
            continue  # why it is in no plane is said beside its name
    borrowed = borrowed_sector(curve, next(iter(limits.values())))
    return (*notes, borrowed) if borrowed else tuple(notes)


def _line(curve: Overlay, limit: Limit) -> dict[str, Any]:
    """A curve in each plane into which it can be turned, and why not into the others."""
    record: dict[str, Any] = {"label": curve.label, "faults": []}
    for plane, turn in (("coupling", overlay_in_coupling), ("y", overlay_in_y)):
        try:
            turned = turn(curve, limit)
        except EmissError as error:
            record["faults"].append(str(error))
            continue
        line: dict[str, Any] = {
            "masses": rounded(turned.masses),
            "values": rounded(turned.values),
        }
        if turned.upper is not None:
            line["upper"] = _edge(turned.upper)
        record[plane] = line
    return record
