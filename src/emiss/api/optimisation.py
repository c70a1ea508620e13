"""The best threshold of a cut, with names and units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..ground.checks import (
    check_real,
    check_whole,
    read_count,
    read_number,
    shortened,
    wrong_type,
)
from ..ground.errors import ArgumentError
from ..ground.guards import guarded, mapping_like, text
from .arguments import ARGUMENTS
from .edge import (
    ExperimentLike,
    MassesLike,
    ModelLike,
    as_experiment,
    as_masses,
    as_model,
    as_quantity,
)

if TYPE_CHECKING:
    from ..analysis.cut_scan import MovedCut
    from ..experiments.layout import Layout
    from ..inference.optimise import CutScan

__all__ = ["optimise"]

_KINDS = {"GeV": "energy", "cm": "length", "ns": "time"}
"""Kinds of quantity by the unit of a variable; others are plain numbers."""
_MOST_VALUES = 1000


_CUTS = mapping_like("{'missing energy': '40GeV:60GeV:9'}")


@guarded(ARGUMENTS, cuts=_CUTS, merit=text, background_events=ARGUMENTS["events"])
def optimise(
    experiment: ExperimentLike,
    cuts: Mapping[str, str | Sequence[Any]],
    *,
    masses: MassesLike = "10 MeV",
    model: ModelLike = "dark-photon",
    backgrounds: str | Mapping[str, float | None] | None = None,
    run: str | None = None,
    events: int = 2000,
    background_events: int = 10000,
    independent: bool = False,
    merit: str = "mean",
    method: str = "cls",
    cl: float = 0.9,
    coupling: float | None = None,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> CutScan:
    """Find the threshold of a cut, or of several, that gives the best expected limit.

    Events are simulated once per mass and background, with the cuts at their loosest; data are
    never read.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    cuts : mapping of str to sequence
        Name of a cut, as in the selection of the experiment, and thresholds: numbers in the unit
        of its variable, texts with a unit, or a grid such as ``"40GeV:60GeV:11"``. Of a cut with
        two bounds, ``"momentum min"`` or ``"momentum max"`` moves.
    masses : numbers, text or quantities, optional
        Masses in GeV or with units; the best choice is that of the mean logarithm over them.
    model : str or Model, optional
        The model of the boson.
    backgrounds : str or mapping, optional
        Sample of the simulation, such as ``"dimuon"``, whose events say how the stated background
        moves with the cut; or samples with their expected events.
    run : str, optional
        Period of the experiment; the first by default.
    events, background_events : int, optional
        Events to simulate per mass, and per background.
    independent : bool, optional
        Take variables of moved cuts in backgrounds as independent of the cuts that stay: keep all
        simulated events with a trigger.
    merit : str, optional
        ``mean`` or ``median`` of the limits that background alone would give. The median does not
        see a background well below one event.
    method : str, optional
        ``cls``, ``fc``, ``fc-raw``, ``bayes``, ``asymptotic`` or ``toys``.
    cl : float, optional
        Confidence level.
    coupling : float, optional
        Coupling at which simulated bosons decay, for searches for visible decays.
    seed : int, optional
        Seed.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    CutScan
        Signal, background and expected coupling for all combinations of thresholds, the best, and
        those that the simulated events cannot tell from it.

    Raises
    ------
    EmissError
        If a cut is unknown or has no such threshold, or no simulated event passes the selection.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.optimise("na64e-2021-2022", {"missing energy": "45GeV,50GeV"}, events=50)
    >>> found.signal.shape
    (1, 3)
    """
    from ..inference.optimise import optimise as scan_cuts

    chosen = as_experiment(experiment)
    layout = chosen.run_of(run)[1].layout
    moved = [_moved(layout, name, values) for name, values in cuts.items()]
    named = {backgrounds: None} if isinstance(backgrounds, str) else dict(backgrounds or {})
    return scan_cuts(
        chosen, as_model(model), as_masses(masses), moved, period=run, backgrounds=named,
        events=check_whole(events, "events"),
        background_events=check_whole(background_events, "background_events"),
        independent=independent, merit=merit, method=method, cl=check_real(cl, "cl"),
        coupling=coupling, seed=check_whole(seed, "seed"), progress=progress,
    )  # fmt: skip


def _moved(layout: Layout, name: str, values: Any) -> MovedCut:
    from ..analysis.cut_scan import moved_cut

    known = {cut.name: cut for cut in layout.selection.cuts}
    word, bound = name, None
    if name not in known and name.rpartition(" ")[2] in ("min", "max"):
        word, _, bound = name.rpartition(" ")
    cut = known.get(word)
    unit = layout.variables.get(cut.variable, "") if cut is not None else ""
    return moved_cut(layout, word, _thresholds(values, _KINDS.get(unit), word), bound)


def _thresholds(values: Any, kind: str | None, cut: str) -> list[float]:
    """Thresholds as numbers: from ``"40GeV:60GeV:11"``, a list in a text, or a sequence."""
    label = f"threshold of '{cut}'"
    if isinstance(values, str):
        parts = values.split(":")
        if len(parts) == 1:
            return [_threshold(part, kind, label) for part in values.split(",")]
        if len(parts) != 3:
            raise ArgumentError(f"{label}: {shortened(values)}; write low:high:count or a list.")
        low, high = (_threshold(part, kind, label) for part in parts[:2])
        count = read_count(parts[2].strip(), f"{label}, count")
        if not 2 <= count <= _MOST_VALUES:
            raise ArgumentError(f"{label}: {count} values; give 2 to {_MOST_VALUES}.")
        step = (high - low) / (count - 1)
        return [low + step * number for number in range(count)]
    if isinstance(values, bytes) or not isinstance(values, Iterable):
        raise wrong_type(values, label, "a sequence of thresholds, or text such as 40GeV:60GeV:11")
    return [_threshold(value, kind, label) for value in values]


def _threshold(value: Any, kind: str | None, label: str) -> float:
    if kind is not None:
        return as_quantity(value, kind, label)
    return read_number(value, label) if isinstance(value, str) else check_real(value, label)
