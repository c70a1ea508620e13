"""An analysis as JSON: what `emiss analyse` writes and `emiss report` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...ground.errors import EmissError
from ...ground.provenance import make_provenance

if TYPE_CHECKING:
    from ...analysis import Analysis
    from ...experiments import Experiment
    from ...experiments.elements import Element
    from ...experiments.layout import Layout
    from ...experiments.selection import Cut

__all__ = ["ANALYSIS_FORMAT", "analysis_record"]

ANALYSIS_FORMAT: Final = "emiss-analysis/1"


def analysis_record(analysis: Analysis, experiment: Experiment) -> dict[str, Any]:
    """Turn an analysis into a dictionary for JSON that needs nothing else to be read.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    experiment : Experiment
        The experiment as it was.

    Returns
    -------
    dict
        The keys of `emiss analyse --json`, and ``histograms``, ``plane``, ``resolutions``,
        ``setup``, ``unblinded``, ``provenance`` and ``citations``.
    """
    layout = experiment.run_of(analysis.period)[1].layout
    command = f"emiss analyse {analysis.experiment} --run {analysis.period}"
    inputs = {"experiment": experiment.fingerprint, "events": dict(analysis.events_made_by)}
    return {
        "format": ANALYSIS_FORMAT,
        **analysis.record(),
        "histograms": [histogram.record() for histogram in analysis.histograms],
        "plane": analysis.plane.record(),
        "resolutions": [resolution.record() for resolution in analysis.resolutions],
        "setup": _setup(experiment, analysis.period, layout),
        "unblinded": [
            {"when": e.when, "who": e.who, "reason": e.reason, "selection": e.selection}
            for e in analysis.unblinded
        ],
        "experiment_sha256": experiment.fingerprint,
        "events_made_by": dict(analysis.events_made_by),
        "provenance": make_provenance(command, inputs, method="streamed analysis").to_dict(),
        "citations": list(experiment.references),
    }


def _setup(experiment: Experiment, period: str, layout: Layout) -> dict[str, Any]:
    run = experiment.run_of(period)[1]
    return {
        "title": experiment.title,
        "beam": experiment.beam_label,
        "particles_on_target": run.particles_on_target.value,
        "elements": [_element(element) for element in layout.elements],
        "triggers": [trigger.name for trigger in layout.triggers],
        "cuts": [
            {"name": c.name, "asks": _asks(c, layout), "source": c.origin[0], "status": c.origin[1]}
            for c in layout.selection.cuts
        ],
        "signal_region": list(layout.selection.signal_region),
    }


def _element(element: Element) -> dict[str, Any]:
    composition = element.composition
    try:
        length: float | None = element.length_cm
    except EmissError:  # a counter of which only the place is known
        length = None
    return {
        "name": element.name, "kind": element.kind, "role": element.role,
        "start_cm": element.start, "length_cm": length,
        "material": "" if composition is None else composition.name,
    }  # fmt: skip


def _asks(cut: Cut, layout: Layout) -> str:
    """What a cut asks, in the words of the file."""
    if cut.condition:
        return cut.condition
    if not cut.variable:
        return "a stated efficiency"
    unit = layout.variables.get(cut.variable, "")
    words = cut.variable
    if cut.least is not None:
        words = f"{cut.least.value:g} <= {words}"
    if cut.most is not None:
        words = f"{words} < {cut.most.value:g}"
    return f"{words} {unit}".strip()
