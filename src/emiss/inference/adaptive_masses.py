"""Masses placed where a limit's curves bend, with the tips of islands among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.mass_range import MassRange
from ..ground.notices import notice
from ..ground.refinement import Sampled, enough, refined, spread_by_bend
from .combine import CombinedYield, join_yields
from .couplings import LARGEST_COUPLING
from .islands import GUESS_COUPLING, turns_off
from .mass_nodes import dense_masses, first_masses, kinks_of, luminosity_cells
from .solution import Solution

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from ..yields import SignalYield

    Yield = SignalYield | CombinedYield

__all__ = ["Placed", "masses_for_limit", "masses_for_yields"]


_SAMPLED = 13
"""Masses of a range of which each is sampled: four per decade in the usual range."""
_FEW = 3.0
_FIRST, _FIRST_WITH_Y = 5e-3, 3e-3
"""Deviation of lines from curves known closely that do not turn back, for a per cent in the end; y
goes with the square of the coupling."""
_AT_CELLS = 3.5e-3
"""The same at cells of positron energy, where bosons fly; elsewhere half of that of the curves."""
_TOLERANCE = 3e-3
_CLOSE_TOLERANCE = 5e-3
"""Deviation of lines from curves of limits, as second differences tell; the same where the masses
are those of a close look, whose curve is nearly this one."""
_QUADRATIC = 0.01
_NOTHING = 1e-100
"""Events that are none."""
_FAR_FROM_ONE = -1.0
"""Logarithm of couplings below which none of the bands reaches the largest coupling."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Masses with what was worked out on the way to them.

    Parameters
    ----------
    signal : SignalYield or CombinedYield
        Yield at the masses.
    solution : Solution or None
        Excluded couplings at them, where these had to be found.
    """

    signal: Yield
    solution: Solution | None = None


def masses_for_limit(
    span: MassRange,
    experiments: Sequence[Experiment],
    model: Model,
    make: Callable[[FloatArray], Yield],
    solve: Callable[[Yield, FloatArray | None], Solution],
) -> Placed:
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
        Excluded couplings for a yield, with those near which they are to be sought, or None.

    Returns
    -------
    Placed
        Masses in GeV, ascending: lines between them are within a per cent of the observation, of
        the bands and of both edges of islands, and islands are closed; but for two jumps of the
        bands of several experiments within one step. The one of a model that has one mass only.
    """
    if model.own_mass is not None:
        return Placed(make(np.array([model.own_mass])))
    from ..yields.assembly import all_prompt

    places = kinks, _, _ = kinks_of(experiments, model)
    cells = luminosity_cells(span, experiments, model)
    # Where bosons fly, what it costs to look at them closely tells nothing.
    close, dense = None, dense_masses(span, *places)
    if all(all_prompt(one, model, np.union1d(dense, cells)) for one in experiments):
        deviation = _FIRST if model.dark_sector is None else _FIRST_WITH_Y
        close = _looked_at_closely(dense, _with_middles(cells), kinks, deviation, make)
    signals = [make(first_masses(span, *places) if close is None else close.masses)]
    several = len(experiments) > 1  # whose bands jump, see _beside_the_first
    if close is not None and close.tells_all and not several:
        return Placed(signals[0])
    known: list[Solution] = []

    def sample(masses: FloatArray) -> Sampled:
        if known:  # those of the first yield are at hand
            signals.append(make(masses))
        known.append(solve(signals[-1], None if close is None else close.near(masses)))
        found = _sampled(known[-1])
        return _beside_the_first(found) if several else found

    tolerance = _TOLERANCE if close is None else _CLOSE_TOLERANCE
    refined(sample, signals[0].masses, breaks=kinks, tolerance=tolerance, ends=span.tips)
    if close is None:
        more = _cells_needed(join_yields(signals), cells, make)
        if more.size:
            sample(more)
    return Placed(join_yields(signals), Solution.joined(known))


@dataclass(frozen=True, slots=True, eq=False)
class _Close:
    """What a close look at what limits are nearly in proportion to tells.

    Parameters
    ----------
    masses : array of float, shape (n_masses,)
        Masses in GeV between which lines follow it.
    couplings : array of float, shape (n_masses,)
        Couplings next to the limits.
    tells_all : bool
        Whether limits are in proportion to these, and end nowhere.
    """

    masses: FloatArray
    couplings: FloatArray
    tells_all: bool

    def near(self, masses: FloatArray) -> FloatArray:
        """Couplings next to the limits at any masses."""
        logs = np.interp(np.log(masses), np.log(self.masses), np.log(self.couplings))
        return np.asarray(np.exp(logs))


def _with_middles(cells: FloatArray) -> FloatArray:
    """Both sides of where cells meet, and halfway to the next: within a cell curves bend, too.

    From cell to cell they bend back, of which second differences tell nothing.
    """
    return np.union1d(cells, np.sqrt(cells[1:-1:2] * cells[2::2]))


def _looked_at_closely(
    dense: FloatArray,
    cells: FloatArray,
    kinks: FloatArray,
    deviation: float,
    make: Callable[[FloatArray], Yield],
) -> _Close | None:
    """Masses at which lines follow what costs little; None where bosons fly."""
    signal = make(np.union1d(dense, cells))
    if turns_off(signal):
        return None
    logs, quadratic = _nearly_the_limit(signal)
    at_dense = logs[np.isin(signal.masses, dense)]
    nodes = spread_by_bend(dense, at_dense, kinks, tolerance=deviation)
    masses = np.union1d(nodes, cells)
    there = np.interp(np.log(masses), np.log(signal.masses), logs)
    chosen = enough(masses, there, np.isin(masses, nodes), 0.5 * deviation)
    near = np.where(np.isfinite(there), np.exp(there), GUESS_COUPLING)[chosen]
    tells_all = quadratic and bool(np.all(logs < _FAR_FROM_ONE))
    return _Close(masses[chosen], near, tells_all)


def _cells_needed(
    signal: Yield, cells: FloatArray, make: Callable[[FloatArray], Yield]
) -> FloatArray:
    """Those of further masses at which a line through the grid is off, the worst first.

    Where a curve has kinks close to each other, second differences do not tell how far off it is.
    """
    more = np.setdiff1d(cells, signal.masses)
    if more.size == 0:
        return more
    masses = np.concatenate([signal.masses, more])
    logs = np.concatenate([_nearly_the_limit(one)[0] for one in (signal, make(more))])
    order = np.argsort(masses)
    taken = np.isin(masses, signal.masses)[order]
    if not np.any(np.isfinite(logs[order][taken])):
        return np.empty(0)
    needed = enough(masses[order], logs[order], taken, _AT_CELLS)
    return masses[order][needed & ~taken]


def _nearly_the_limit(signal: Yield) -> tuple[FloatArray, bool]:
    """Logarithm of the coupling that gives a few events, and whether these go with its square.

    It costs little, and the limit is in proportion where they do; NaN without events.
    """
    coupling = np.full(signal.masses.shape, GUESS_COUPLING)
    changes = []
    for _ in range(2):
        events = signal.events(coupling).sum(axis=0)
        some = events > _NOTHING
        change = np.sqrt(_FEW / np.where(some, events, _FEW))
        coupling = np.minimum(coupling * change, LARGEST_COUPLING)
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


def _beside_the_first(found: Sampled) -> Sampled:
    """Add the curves over the first of them.

    Where shares of the signal change, the order of outcomes of several experiments does, and bands
    jump by some per cent: it is not seen in a step in which they rise as much, but over another
    curve that rises alike.
    """
    with np.errstate(invalid="ignore"):
        over = found.logs[1:] - found.logs[:1]
    logs = np.concatenate([found.logs, over])
    unknown = np.full(over.shape, np.inf)
    jumping = np.arange(len(logs)) >= len(found.logs)
    return Sampled(logs, np.concatenate([found.depths, unknown]), jumping)


def masses_for_yields(
    experiments: Sequence[str | Experiment],
    model: Model,
    masses: Any,
    engine: str = "deterministic",
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
    engine : str
        What makes the yield: of one that samples each mass a range has 13 masses, even in the
        logarithm, and a line says so.

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
    from ..ground.units import format_energy, mass_grid
    from ..yields import engines, signal_yield
    from ..yields.signal import coefficient_coupling

    span = MassRange() if masses is None else masses
    if isinstance(masses, int):
        return mass_grid(MassRange().low, MassRange().high, masses)
    if not isinstance(span, MassRange):
        return np.asarray(masses, dtype=np.float64)
    if model.own_mass is not None:
        return np.array([model.own_mass])
    if (chosen_engine := engines().get(engine)) is not None and chosen_engine.sampled:
        notice(
            f"engine {engine} samples every mass, for some seconds: {_SAMPLED} masses from "
            f"{format_energy(span.low)} to {format_energy(span.high)}, even in the logarithm; "
            "others are given as low:high:count or one by one."
        )
        return mass_grid(span.low, span.high, _SAMPLED)
    found = [catalogue.get(one) if isinstance(one, str) else one for one in experiments]
    places = kinks, _, _ = kinks_of(found, model)
    dense = dense_masses(span, *places)
    chosen, small = [dense[[0, -1]]], coefficient_coupling(model)
    for experiment in found:
        events = np.concatenate(
            list(signal_yield(experiment, model, dense).per_process(small).values())
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
