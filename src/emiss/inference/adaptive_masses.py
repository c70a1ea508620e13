"""Masses placed where a limit's curves bend, with the tips of islands among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.mass_range import MassRange
from ..ground.refinement import Sampled, refined, spread_by_bend
from .islands import turns_off
from .mass_nodes import dense_masses, first_masses
from .solution import Solution

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..models import Model
    from ..yields import SignalYield
    from .combine import CombinedYield

__all__ = ["masses_for_limit", "masses_for_yields"]


_ANCHORS = 7
_FEW = 3.0
_QUADRATIC = 0.01
_FAR_FROM_ONE = -1.0
"""Logarithm of couplings below which none of the bands reaches the largest coupling."""
GUESS_COUPLING = 1e-4
"""Coupling at which a search starts; what is found does not depend on it."""


def masses_for_limit(
    span: MassRange,
    experiments: Sequence[Experiment],
    model: Model,
    make: Callable[[FloatArray], SignalYield | CombinedYield],
    solve: Callable[[SignalYield | CombinedYield], Solution],
) -> FloatArray:
    """Masses between which straight lines in double logarithm follow all curves of a limit.

    Parameters
    ----------
    span : MassRange
        The range.
    experiments : sequence of Experiment
        The experiments.
    model : Model
        The model.
    make : callable
        Yield at given masses.
    solve : callable
        Excluded couplings for a yield.

    Returns
    -------
    array of float
        Masses in GeV, ascending: lines between them are within a per cent of the observation, of
        the bands and of both edges of islands, and islands are closed.
    """
    dense, kinks = dense_masses(span, experiments, model)
    signal = make(dense)
    if turns_off(signal):
        nodes, _ = first_masses(span, experiments, model)
    else:
        logs, quadratic = _nearly_the_limit(signal)
        nodes = spread_by_bend(dense, logs, kinks)
        if quadratic and np.all(logs < _FAR_FROM_ONE):
            return nodes
    # Whether bosons are followed in flight is decided for all masses of a yield together: some that
    # stand for the range are always among them.
    anchors = nodes[np.linspace(0, nodes.size - 1, _ANCHORS).round().astype(int)]

    def sample(masses: FloatArray) -> Sampled:
        if np.array_equal(masses, nodes):
            return _sampled(solve(make(masses)))
        found = _sampled(solve(make(np.concatenate([anchors, masses]))))
        return Sampled(found.logs[:, _ANCHORS:], found.depths[:, _ANCHORS:])

    return refined(sample, nodes, breaks=kinks)


def _nearly_the_limit(signal: SignalYield | CombinedYield) -> tuple[FloatArray, bool]:
    """Logarithm of the coupling that gives a few events, and whether these go with its square.

    It costs little, and the limit is in proportion where they do; NaN without events.
    """
    coupling = np.full(signal.masses.shape, GUESS_COUPLING)
    changes = []
    for _ in range(2):
        events = signal.events(coupling).sum(axis=0)
        some = events > 0.0
        change = np.sqrt(_FEW / np.where(some, events, _FEW))
        coupling = np.minimum(coupling * change, 1.0)
        changes.append(change)
    quadratic = bool(np.all(np.abs(changes[1] - 1.0) < _QUADRATIC))
    return np.where(some, np.log(coupling), np.nan), quadratic


def _sampled(solution: Solution) -> Sampled:
    logs, depths = [], []
    for name, lower in solution.lower.items():
        logs.append(np.log(lower))
        depths.append(solution.depth[name])
        upper = solution.upper.get(name, np.full(lower.shape, np.inf))
        closed = np.isfinite(upper)
        logs.append(np.log(np.where(closed, upper, np.nan)))
        # An edge ends at a tip, or where the region opens at the largest coupling.
        room = np.where(closed, -logs[-1], -np.inf)
        depths.append(np.minimum(solution.depth[name], room))
    return Sampled(np.stack(logs), np.stack(depths))


def masses_for_yields(
    span: MassRange, experiment: Experiment, model: Model, make: Callable[[FloatArray], SignalYield]
) -> FloatArray:
    """Masses between which straight lines in double logarithm follow the events.

    Parameters
    ----------
    span : MassRange
        The range.
    experiment : Experiment
        The experiment.
    model : Model
        The model.
    make : callable
        Yield at given masses.

    Returns
    -------
    array of float
        Masses in GeV, ascending: lines are within a per cent of the events of each process and run
        at small coupling.
    """
    nodes, kinks = first_masses(span, [experiment], model)

    def sample(masses: FloatArray) -> Sampled:
        events = np.concatenate(list(make(masses).coefficients().values()))
        some = events > 0.0
        logs = np.log(np.where(some, events, np.nan))
        return Sampled(logs, np.where(some, np.inf, -np.inf))

    return refined(sample, nodes, breaks=kinks)
