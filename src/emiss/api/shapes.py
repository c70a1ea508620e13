"""Limits from bins in variables of events, with names and units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..ground.checks import check_real, check_whole, read_number, shortened, wrong_type
from ..ground.errors import ArgumentError
from ..ground.guards import guarded, mapping_like, optional
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
    from ..experiments.layout import Layout
    from ..experiments.selection import Axis
    from ..inference.shape import ShapeLimit
    from ..inference.shape_channels import PartAsked

__all__ = ["shape"]

_KINDS = {"GeV": "energy", "cm": "length", "ns": "time"}
"""Kinds of quantity by the unit of a variable; others are plain numbers."""
_EVENTS = re.compile(r"\s*([^+\s]*)\s*(?:\+-\s*(\S+)\s*)?")


_BINS = mapping_like("{'target_energy': '0,25GeV,50GeV'}")
_BACKGROUNDS = mapping_like("{'electronuclear': '0.3+-0.1'}")


@guarded(ARGUMENTS, bins=optional(_BINS), backgrounds=optional(_BACKGROUNDS),
         data=optional(ARGUMENTS["data"]), background_events=ARGUMENTS["events"])  # fmt: skip
def shape(
    experiment: ExperimentLike,
    bins: Mapping[str, str | Sequence[Any]] | None = None,
    *,
    masses: MassesLike = "10 MeV",
    model: ModelLike = "dark-photon",
    backgrounds: Mapping[str, str | float | None] | None = None,
    data: str | Path | None = None,
    observed: Sequence[int] | None = None,
    run: str | None = None,
    events: int = 2000,
    background_events: int = 10000,
    method: str = "cls",
    cl: float = 0.9,
    acceptance: str | Path | None = None,
    toys: int = 10_000,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> ShapeLimit:
    """Exclude couplings with bins in variables of events, and with the count beside.

    The bins take the place of the cuts of the signal region on their variables; all other cuts
    stay. Signal and backgrounds by bin come from simulated events.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    bins : mapping of str to sequence, optional
        Variable and edges, at least two: numbers in its unit, texts with a unit, or one text such
        as ``"0,25GeV,50GeV"``. Bounds of the signal region must be edges. None takes
        those of the experiment file (``[[selection.bins]]``).
    masses : numbers, text or quantities, optional
        Masses in GeV or with units.
    model : str or Model, optional
        The model; its boson flies through.
    backgrounds : mapping, optional
        By name the expected events in the signal region, a number or ``"0.3+-0.1"``. A sample of
        the simulation (``emiss list samples``) gives its shape there, any other name is flat. A
        sample with None or ``"+-0.2"`` (relative) fills the bins outside of the signal region, as
        many events as the simulation has. What is left of the stated background is flat.
    data : path, optional
        Recorded events, read through the gate: blind until `unblind` opens the signal region.
    observed : sequence of int, optional
        Events by bin, in place of data; the last variable moves fastest.
    run : str, optional
        Period of the experiment; the first by default.
    events, background_events : int, optional
        Events to simulate per mass, and per background.
    method : str, optional
        ``cls`` (exact, few events), ``asymptotic`` or ``toys``.
    cl : float, optional
        Confidence level.
    acceptance : str or path, optional
        Signal efficiency of the count, as in `limit`.
    toys, seed : int, optional
        Pseudo-experiments of ``toys``, and the seed of all that is thrown.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    ShapeLimit
        Excluded couplings of bins and count, observed where counts are known, and expected.

    Raises
    ------
    EmissError
        If an input is out of range, there are no bins, or no simulated signal passes the selection.

    Examples
    --------
    >>> import emiss
    >>> edges = {"target_energy": "0,25GeV,50GeV", "hadronic_energy": "0,1GeV"}
    >>> found = emiss.shape("na64e-2021-2022", edges, events=100)
    >>> found.observed
    (0, 0)
    """
    from ..inference.shape import shape as of_bins

    chosen = as_experiment(experiment)
    layout = chosen.run_of(run)[1].layout
    axes = layout.selection.bins
    if bins is not None:
        axes = tuple(_axis(layout, name, edges) for name, edges in bins.items())
    elif not axes:
        raise ArgumentError(
            f"'{chosen.name}' has no bins; give some, such as target_energy=0,25GeV,50GeV, or "
            "write [[selection.bins]] into its file."
        )
    return of_bins(
        chosen, as_model(model), as_masses(masses),
        axes, period=run,
        backgrounds=[_part(name, value) for name, value in (backgrounds or {}).items()],
        data=data, observed=_counts(observed), events=check_whole(events, "events"),
        background_events=check_whole(background_events, "background_events"), method=method,
        cl=check_real(cl, "cl"), acceptance=acceptance, toys=check_whole(toys, "toys"),
        seed=check_whole(seed, "seed"), progress=progress,
    )  # fmt: skip


def _counts(observed: Sequence[int] | None) -> list[int] | None:
    if observed is None:
        return None
    if isinstance(observed, str | bytes) or not isinstance(observed, Sequence):
        raise wrong_type(observed, "observed", "one whole number per bin")
    return [check_whole(one, "observed") for one in observed]


def _axis(layout: Layout, variable: Any, edges: Any) -> Axis:
    from ..experiments.expression import unknown_variable
    from ..experiments.selection import Axis

    label, known = f"bins in '{variable}'", layout.variables
    if variable not in known:
        raise ArgumentError(f"bins: {unknown_variable(str(variable), known)}.")
    kind = _KINDS.get(known[variable])
    if isinstance(edges, str):
        edges = edges.split(",")
    if isinstance(edges, bytes | Mapping) or not isinstance(edges, Sequence):
        raise wrong_type(edges, label, "a sequence of edges, or text such as 0,25GeV,50GeV")
    return Axis(str(variable), tuple(_edge(one, kind, label) for one in edges))


def _edge(value: Any, kind: str | None, label: str) -> float:
    if isinstance(value, str) and value.strip() in ("0", "inf"):
        return float(value)
    if kind is not None:
        return as_quantity(value, kind, label)
    return read_number(value, label) if isinstance(value, str) else check_real(value, label)


def _part(name: Any, value: str | float | None) -> PartAsked:
    from ..inference.shape_channels import PartAsked

    label = f"background {shortened(name)}"
    if value is None:
        return PartAsked(str(name))
    if not isinstance(value, str):
        return PartAsked(str(name), check_real(value, label))
    found = _EVENTS.fullmatch(value)
    if found is None or not (found[1] or found[2]):
        raise ArgumentError(f"{label}: {shortened(value)}; write events such as 0.3 or 0.3+-0.1.")
    events = read_number(found[1], label) if found[1] else None
    return PartAsked(str(name), events, read_number(found[2], label) if found[2] else 0.0)
