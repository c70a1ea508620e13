"""Masses placed where a limit's curves bend, with the tips of islands among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.mass_range import MassRange
from ..ground.refinement import Sampled, refined, spread_by_bend
from .islands import turns_off
from .mass_nodes import dense_masses, first_masses, luminosity_cells
from .solution import Solution

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from ..yields import SignalYield
    from .combine import CombinedYield

__all__ = ["masses_for_limit", "masses_for_yields"]


_FEW = 3.0
_FIRST = 3.5e-3
"""Deviation of lines from curves known closely that do not turn back, for a per cent in the end."""
_QUADRATIC = 0.01
_FAR_FROM_ONE = -1.0
"""Logarithm of couplings below which none of the bands reaches the largest coupling."""
_NOTHING = 1e-100
"""Events that are none."""
GUESS_COUPLING = 1e-4
"""Coupling at which a search starts; what is found does not depend on it."""


def masses_for_limit(
    span: MassRange,
    experiments: Sequence[Experiment],
    model: Model,
    make: Callable[[FloatArray], SignalYield | CombinedYield],
    solve: Callable[[SignalYield | CombinedYield], Solution],
) -> tuple[FloatArray, Solution | None]:
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
    masses : array of float
        In GeV, ascending: lines between them are within a per cent of the observation, of
        the bands and of both edges of islands, and islands are closed. The one of a model that has
        one mass only.
    solution : Solution or None
        Excluded couplings at them, where these had to be found on the way.
    """
    if model.own_mass is not None:
        return np.array([model.own_mass]), None
    nodes, kinks = first_masses(span, experiments, model)
    # Where bosons fly, what it costs to look at them closely tells nothing.
    if not (_likely_flies(experiments, model) and turns_off(make(nodes))):
        dense, _ = dense_masses(span, experiments, model)
        signal = make(dense)
        if not turns_off(signal):
            logs, quadratic = _nearly_the_limit(signal)
            nodes = spread_by_bend(dense, logs, kinks, tolerance=_FIRST)
            if quadratic and np.all(logs < _FAR_FROM_ONE):
                return nodes, None
    known: list[Solution] = []

    def sample(masses: FloatArray) -> Sampled:
        found = solve(make(masses))
        known.append(found)
        return _sampled(found)

    grid, _ = refined(sample, nodes, breaks=kinks, ends=span.tips)
    whole = _with_cells(grid, luminosity_cells(span, experiments, model), make)
    more = np.setdiff1d(whole, grid)
    if more.size:
        sample(more)
    return whole, Solution.joined(known)


def _likely_flies(experiments: Sequence[Experiment], model: Model) -> bool:
    """Whether few masses are enough to see that bosons fly: visible decays, or no dark ones."""
    setups = [run.setup for experiment in experiments for run in experiment.runs]
    if model.dark_sector is None:
        return any(setup.window is not None for setup in setups)
    return any(setup.visible_window is not None for setup in setups)


def _with_cells(
    grid: FloatArray, cells: FloatArray, make: Callable[[FloatArray], SignalYield | CombinedYield]
) -> FloatArray:
    """Add those of further masses at which a line through the grid is off, the worst first.

    Where a curve has kinks close to each other, second differences do not tell how far off it is.
    """
    masses = np.union1d(grid, cells)
    if masses.size == grid.size:
        return grid
    x, chosen = np.log(masses), np.isin(masses, grid)
    logs = np.empty(masses.size)
    # Apart, for the yield at the grid is asked for again.
    logs[chosen] = _nearly_the_limit(make(grid))[0]
    logs[~chosen] = _nearly_the_limit(make(masses[~chosen]))[0]
    known = np.isfinite(logs)
    if not np.any(chosen & known):
        return grid
    while True:
        nodes = np.flatnonzero(chosen & known)
        off = np.abs(np.interp(x, x[nodes], logs[nodes]) - logs)
        wrong = np.flatnonzero(known & ~chosen & (off > _FIRST))
        if wrong.size == 0:
            return masses[chosen]
        # The worst of each step.
        order = wrong[np.lexsort((-off[wrong], np.searchsorted(nodes, wrong)))]
        first = np.unique(np.searchsorted(nodes, order), return_index=True)[1]
        chosen[order[first]] = True


def _nearly_the_limit(signal: SignalYield | CombinedYield) -> tuple[FloatArray, bool]:
    """Logarithm of the coupling that gives a few events, and whether these go with its square.

    It costs little, and the limit is in proportion where they do; NaN without events.
    """
    coupling = np.full(signal.masses.shape, GUESS_COUPLING)
    changes = []
    for _ in range(2):
        events = signal.events(coupling).sum(axis=0)
        some = events > _NOTHING
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
    experiments: Sequence[str | Experiment], model: Model, masses: Any
) -> FloatArray:
    """Masses for yields: those given, or in a range such that lines follow the events.

    Parameters
    ----------
    experiments : sequence of str or Experiment
        Names, paths of TOML files, or the experiments themselves.
    model : Model
        The model.
    masses : array of float, int, MassRange or None
        Masses in GeV or how many from 1 MeV to 1 GeV: these and no others; or a range, in which
        lines in double logarithm between the masses follow the events of each process and run at
        small coupling to a per cent.

    Returns
    -------
    array of float
        Masses in GeV.

    Raises
    ------
    EmissError
        As `yields.signal_yield`.
    """
    from .. import experiments as catalogue
    from ..ground.units import mass_grid
    from ..yields import signal_yield
    from ..yields.signal import COEFFICIENT_COUPLING

    span = MassRange() if masses is None else masses
    if isinstance(masses, int):
        return mass_grid(MassRange().low, MassRange().high, masses)
    if not isinstance(span, MassRange):
        return np.asarray(masses, dtype=np.float64)
    if model.own_mass is not None:
        return np.array([model.own_mass])
    found = [catalogue.get(one) if isinstance(one, str) else one for one in experiments]
    dense, kinks = dense_masses(span, found, model)
    chosen = [dense[[0, -1]]]
    for experiment in found:
        events = np.concatenate(
            list(signal_yield(experiment, model, dense).per_process(COEFFICIENT_COUPLING).values())
        )
        curves = np.log(np.where(events > 0.0, events, np.nan))
        chosen += [spread_by_bend(dense, logs, kinks) for logs in _shapes(curves)]
    return np.unique(np.concatenate(chosen))


def _shapes(logs: FloatArray) -> list[FloatArray]:
    """Curves that are not the same but for a factor: runs with the same setup are."""
    found: dict[bytes, FloatArray] = {}
    for row in logs:
        known = row[np.isfinite(row)]
        first = known[0] if known.size else 0.0
        found.setdefault(np.round(row - first, 6).tobytes(), row)
    return list(found.values())
