"""Verdicts: the dark-matter masses that each thermal scenario has left.

A mass is excluded where the coupling that the relic density needs lies in the excluded couplings of
the limit, both taken for the same kind of dark matter: the limit depends on it too, through the
mediator's width and its resonance. Edges are crossings of the two curves on a grid that is refined
around each crossing and each close approach.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.mass_range import MassRange
from ..ground.presentable import Tabular
from .thermal import kinds_of, model_line

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model

__all__ = ["COMBINED", "Verdict", "VerdictReport", "excluded_ranges", "remaining", "verdict"]

CITATIONS: Final = ("arXiv:1807.01730", "Izaguirre:2015yja")

Range = tuple[float, float]

COMBINED: Final = "combined"
"""Name under which all experiments together stand."""
_FAR: Final = 3.0
_CLOSE: Final = 0.7
_PASSES: Final = 2
_FIRST_SCAN: Final = 80
"""Masses of the first scan of a range."""
_NOTES: Final = (
    "excluded: the coupling that gives the observed density is excluded by the limit for the same "
    "kind of dark matter; ranges end where the search in mass ends",
    "relic lines: dark matter of one kind, symmetric, all of the observed density; a smaller "
    "part of it needs larger couplings",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one experiment, or all together, leave of one scenario.

    Parameters
    ----------
    kind : str
        Dark-matter kind.
    source : str
        Name of the experiment, or `COMBINED`.
    excluded, left : tuple of (float, float)
        Ranges of dark-matter mass in GeV within the searched one.
    closest : (float, float)
        Mass in GeV where the limit reaches deepest, and there the excluded over the relic value of
        the squared coupling (of y): below 1 where it excludes, inf where there is no limit.
    """

    kind: str
    source: str
    excluded: tuple[Range, ...]
    left: tuple[Range, ...]
    closest: Range

    @property
    def answers(self) -> bool:
        """Whether the search excludes any coupling at all; without that it says nothing."""
        return math.isfinite(self.closest[1])


@dataclass(frozen=True, slots=True)
class VerdictReport(Tabular):
    """Verdicts of several experiments on several scenarios.

    Parameters
    ----------
    verdicts : tuple of Verdict
        By scenario, then experiment, then combined.
    searched : (float, float)
        Range of dark-matter mass in GeV.
    model : str
        Model of the mediator.
    alpha_dark, mass_ratio : float
        Dark sector.
    cl : float
        Confidence level.
    notes : tuple of str
        What the ranges mean and what could not be done.
    citations : tuple of str
        Bibliography keys.
    projected : tuple of str
        Sources that are projections, in whole or in part.
    titles : tuple of (str, str)
        Sources that are one experiment, each with its title.

    Examples
    --------
    >>> import emiss
    >>> report = emiss.verdict("na64e-2016", masses="10MeV:100MeV:5", kinds=["scalar"])
    >>> [one.kind for one in report.verdicts]
    ['scalar']
    """

    verdicts: tuple[Verdict, ...]
    searched: Range
    model: str
    alpha_dark: float
    mass_ratio: float
    cl: float
    notes: tuple[str, ...]
    citations: tuple[str, ...]
    projected: tuple[str, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()


def excluded_ranges(masses: ArrayLike, margin: ArrayLike) -> tuple[Range, ...]:
    """Ranges in which a margin is positive, with edges interpolated linearly in ln mass.

    Parameters
    ----------
    masses : array_like, shape (n,)
        Ascending masses in GeV.
    margin : array_like, shape (n,)
        Positive where excluded.

    Returns
    -------
    tuple of (float, float)
        Ranges in GeV; those at an end of the masses stop there.

    Raises
    ------
    EmissError
        If the masses do not ascend or the lengths differ.
    """
    m = np.asarray(masses, dtype=np.float64)
    f = np.asarray(margin, dtype=np.float64)
    if m.ndim != 1 or m.shape != f.shape or m.size < 2 or np.any(np.diff(m) <= 0.0):
        raise EmissError("masses must ascend, two or more, with one margin each.")
    x = np.log(m)
    ranges: list[Range] = []
    start = float(m[0]) if f[0] > 0.0 else None
    for i in np.flatnonzero((f[:-1] > 0.0) != (f[1:] > 0.0)):
        part = f[i] / (f[i] - f[i + 1])
        edge = float(np.exp(x[i] + part * (x[i + 1] - x[i])))
        if start is None:
            start = edge
        else:
            ranges.append((start, edge))
            start = None
    if start is not None:
        ranges.append((start, float(m[-1])))
    return tuple(ranges)


def remaining(excluded: Sequence[Range], searched: Range) -> tuple[Range, ...]:
    """Ranges between and around the excluded ones.

    Parameters
    ----------
    excluded : sequence of (float, float)
        Ascending ranges that do not overlap.
    searched : (float, float)
        Whole range.

    Returns
    -------
    tuple of (float, float)
        What is left of the whole.
    """
    edges = [searched[0], *(edge for pair in excluded for edge in pair), searched[1]]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low, high) for low, high in pairs if high > low)


def verdict(
    experiments: str | Experiment | Sequence[str | Experiment],
    model: Model | None = None,
    *,
    masses: ArrayLike | MassRange | None = None,
    kinds: Sequence[str] | None = None,
    cl: float = 0.9,
    method: str = "cls",
    correlation: str = "beam",
) -> VerdictReport:
    """Find the masses that each thermal scenario has left, per experiment and combined.

    Parameters
    ----------
    experiments : str, Experiment or sequence of them
        One or more, each judged alone and then all together; names with commas between them are
        combined and judged as one.
    model : Model, optional
        Mediator and dark sector; a dark photon with alpha_dark 0.1 and mass ratio 3 by default.
        Its kind of dark matter is replaced by each of `kinds`.
    masses : array_like or MassRange, optional
        Dark-matter masses in GeV of the first scan, or a range with 80 of them; from 1 MeV to
        300 MeV by default.
    kinds : sequence of str, optional
        Scenarios; scalar, Majorana and pseudo-Dirac for a vector mediator.
    cl, method, correlation : optional
        As in `emiss.inference.limit`.

    Returns
    -------
    VerdictReport
        Ranges; edges to about 0.3 % of the mass for given curves.

    Raises
    ------
    EmissError
        If there is no experiment, fewer than two masses, no dark matter, or an input is wrong.
    """
    from ..ground import units
    from ..physics import models
    from .combined_experiment import split_names

    chosen = models.get("dark-photon", {"dark_matter": "scalar"}) if model is None else model
    sector = chosen.dark_sector
    if sector is None:
        raise EmissError(f"model '{chosen.name}' has no dark matter; set dark_matter to a kind.")
    named = [_experiments(split_names(one)) for one in _each(experiments)]
    found = list({item.name: item for group in named for item in group}.values())
    asked = MassRange(1e-3, 0.3) if masses is None else masses
    if isinstance(asked, MassRange):
        grid = units.mass_grid(asked.low, asked.high, _FIRST_SCAN)
    else:
        grid = np.asarray(asked, np.float64)
    grid = np.unique(np.atleast_1d(grid))
    if grid.size < 2:
        raise EmissError("verdict: give a range of at least two dark-matter masses.")
    # Names with commas between them are one source, each of the others another.
    sources = {"+".join(item.name for item in group): group for group in named}
    notes = []
    if len(named) > 1:
        reason = _combination_fault(found, correlation)
        if reason is None:
            sources[COMBINED] = found
        else:
            notes.append(f"not combined: {reason}")
    verdicts = []
    options = {"cl": cl, "method": method, "correlation": correlation}
    for kind in kinds or kinds_of(chosen):
        scenario = _scenario(chosen, kind)
        for name, parts in sources.items():
            margin = _margin(parts, scenario, options)
            verdicts.append(_judge(kind, name, margin, grid))
    # Of ranges and lines there is nothing to say where no search answers.
    notes[:0] = _NOTES if any(item.answers for item in verdicts) else ()
    plans = [name for name, parts in sources.items() if any(part.projection for part in parts)]
    if plans:
        notes.append(f"projected, no data; what would be excluded: {', '.join(plans)}")
    notes += _silent(verdicts, sources)
    return VerdictReport(
        tuple(verdicts),
        (float(grid[0]), float(grid[-1])),
        chosen.name,
        sector.alpha_dark,
        sector.mass_ratio,
        cl,
        tuple(notes),
        tuple(dict.fromkeys((*CITATIONS, *chosen.citations(), *_references(found)))),
        tuple(plans),
        tuple((name, parts[0].title) for name, parts in sources.items() if len(parts) == 1),
    )


def _each(experiments: str | Experiment | Sequence[str | Experiment]) -> list[Any]:
    several = isinstance(experiments, Sequence) and not isinstance(experiments, str)
    found = list(cast(Sequence[Any], experiments)) if several else [experiments]
    if not found:
        raise EmissError("verdict: give at least one experiment.")
    return found


def _silent(verdicts: Sequence[Verdict], sources: dict[str, list[Experiment]]) -> list[str]:
    """Say which searches exclude no coupling at all, and what they look for."""
    notes = []
    for name, parts in sources.items():
        own = [item for item in verdicts if item.source == name]
        if own and not any(item.answers for item in own):
            sought = "; ".join(dict.fromkeys(part.search.title for part in parts))
            notes.append(
                f"'{name}' cannot answer: it excludes no coupling of this model at these masses "
                f"(its search is for: {sought}); choose a search that sees the decay to dark matter"
            )
    return notes


def _scenario(model: Model, kind: str) -> Model:
    """Model with another kind of dark matter; only pseudo-Dirac dark matter keeps a splitting."""
    changes: dict[str, float | str] = {"dark_matter": kind}
    if kind != "pseudo-dirac" and "splitting" in model.parameters():
        changes["splitting"] = 0.0
    return model.with_parameters(**changes)


def _experiments(given: Sequence[Any]) -> list[Experiment]:
    from .. import experiments

    return [experiments.get(one) if isinstance(one, str) else one for one in given]


def _references(found: Sequence[Experiment]) -> list[str]:
    return [key for item in found for key in item.references]


def _combination_fault(found: list[Experiment], correlation: str) -> str | None:
    """Why experiments cannot be combined, None where they can."""
    from ..ground.errors import UnknownNameError
    from .combined_experiment import CombinedExperiment

    try:
        CombinedExperiment(tuple(found), correlation)
    except UnknownNameError:
        raise
    except EmissError as error:
        return str(error)
    return None


def _margin(
    parts: list[Experiment], model: Model, options: dict[str, Any]
) -> Callable[[FloatArray], FloatArray]:
    """Make the function ln(relic coupling over smallest excluded one) of dark-matter mass.

    It is -inf where nothing is excluded or no coupling gives the relic density.
    """
    from . import limit

    assert model.dark_sector is not None
    ratio = model.dark_sector.mass_ratio

    def margin(masses: FloatArray) -> FloatArray:
        experiment: Any = parts if len(parts) > 1 else parts[0]
        result = limit(experiment, model, masses=masses * ratio, **options)
        relic = model_line(model, masses).coupling
        with np.errstate(invalid="ignore", divide="ignore"):
            depth = np.log(relic / result.observed)
            if result.observed_upper is not None:
                depth = np.minimum(depth, np.log(result.observed_upper / relic))
        return np.asarray(np.where(np.isnan(depth), -np.inf, depth))

    return margin


def _judge(
    kind: str, source: str, margin: Callable[[FloatArray], FloatArray], grid: FloatArray
) -> Verdict:
    masses, values = grid, margin(grid)
    for _ in range(_PASSES):
        extra = _refinement(masses, np.maximum(values, -_FAR))
        if extra.size == 0:
            break
        joined = np.concatenate([masses, extra])
        order = np.argsort(joined)
        masses, values = joined[order], np.concatenate([values, margin(extra)])[order]
    excluded = excluded_ranges(masses, np.maximum(values, -_FAR))
    searched = (float(grid[0]), float(grid[-1]))
    best = int(np.argmax(values))
    closest = (float(masses[best]), float(np.exp(-2.0 * values[best])))
    return Verdict(kind, source, excluded, remaining(excluded, searched), closest)


def _refinement(masses: FloatArray, values: FloatArray) -> FloatArray:
    """Masses to add: inside intervals with a crossing, and beside extrema close to one."""
    positive = values > 0.0
    wanted = positive[:-1] != positive[1:]
    inner, rise = values[1:-1], np.diff(values)
    extremum = (rise[:-1] * rise[1:] <= 0.0) & (np.abs(inner) < _CLOSE)
    wanted[:-1] |= extremum
    wanted[1:] |= extremum
    steps = np.linspace(0.0, 1.0, 6)[1:-1]
    low, high = np.log(masses[:-1])[wanted], np.log(masses[1:])[wanted]
    return cast(FloatArray, np.exp(low[:, None] + steps * (high - low)[:, None]).ravel())
