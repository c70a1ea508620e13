"""The threshold of a cut that gives the best expected limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ..analysis.cut_scan import MovedCut, MovedSample, grid_of, loosened, moved_sample
from ..events.context import seed_of
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from ..ground.guards import chosen
from ..ground.json_values import finite
from ..ground.presentable import Recorded
from .channel import check_confidence_level
from .counting import METHODS
from .expected_couplings import ExpectedCouplings
from .signals_asked import signals_asked

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model

__all__ = ["MERITS", "BackgroundShape", "CutScan", "optimise"]

CITATIONS = ("Feldman:1997qc",)

MERITS: Final = ("mean", "median")
"""What is made smallest: the mean limit of the outcomes of background alone, or their median."""


@dataclass(frozen=True, slots=True)
class BackgroundShape:
    """A background whose events move with the cut as those of a simulated sample do.

    Parameters
    ----------
    sample : str
        Sample of the simulation.
    events : float
        Expected events with the selection of the experiment.
    """

    sample: str
    events: float


@dataclass(frozen=True, slots=True, eq=False)
class CutScan(Recorded):
    """Expected limits for thresholds of cuts.

    Parameters
    ----------
    experiment, period, model, coupling_name : str
        Names.
    masses : array of float, shape (masses,)
        Masses in GeV.
    moved : tuple of MovedCut
        The cuts that move.
    points : array of float, shape (points, cuts)
        Thresholds; the last row is the selection of the experiment.
    signal, signal_error : array of float, shape (masses, points)
        Signal over that of the selection of the experiment, and its Monte Carlo error.
    background, background_error : array of float, shape (points,)
        Expected background events, and the Monte Carlo error.
    simulated : array of bool, shape (points,)
        Whether simulated events of each background that moves are left; where none is, the
        background is an upper limit.
    expected, expected_error : array of float, shape (masses, points)
        Expected limit on the coupling, and its Monte Carlo error.
    compatible : array of bool, shape (points,)
        Whether a choice is as good as the best one within two Monte Carlo errors.
    merit, method : str
        What is made smallest, and how limits are made.
    cl : float
        Confidence level.
    shapes : tuple of BackgroundShape
        Backgrounds that move.
    events : int
        Simulated signal events per mass.
    notes : tuple of str
        What the reader must know.
    """

    experiment: str
    period: str
    model: str
    coupling_name: str
    masses: FloatArray
    moved: tuple[MovedCut, ...]
    points: FloatArray
    signal: FloatArray
    signal_error: FloatArray
    background: FloatArray
    background_error: FloatArray
    simulated: NDArray[np.bool_]
    expected: FloatArray
    expected_error: FloatArray
    compatible: NDArray[np.bool_]
    merit: str
    method: str
    cl: float
    shapes: tuple[BackgroundShape, ...]
    events: int
    notes: tuple[str, ...] = field(default=())

    @property
    def figure_of_merit(self) -> FloatArray:
        """Mean over the masses of ln(expected coupling over that of the experiment), by point."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.log(self.expected / self.expected[:, -1:]).mean(axis=0))

    @property
    def best(self) -> int:
        """Number of the choice with the best expected limit."""
        return _smallest(self.figure_of_merit)

    def record(self) -> dict[str, Any]:
        """Plain values, with the keys of `emiss optimise --json`."""
        best, last = self.best, self.points.shape[0] - 1
        return {
            "experiment": self.experiment, "run": self.period, "model": self.model,
            "coupling": self.coupling_name, "masses_gev": self.masses.tolist(),
            "merit": self.merit, "method": self.method, "cl": self.cl, "events": self.events,
            "cuts": [
                {
                    "name": one.name, "variable": one.variable, "unit": one.unit,
                    "bound": one.bound, "nominal": one.nominal,
                }
                for one in self.moved
            ],
            "backgrounds": [
                {"sample": one.sample, "events": one.events} for one in self.shapes
            ],
            "points": [self._point(number) for number in range(last)],
            "nominal": self._point(last),
            "best": self._point(best),
            "gain": (self.expected[:, last] / self.expected[:, best]).tolist(),
            "notes": list(self.notes),
        }  # fmt: skip

    def _point(self, number: int) -> dict[str, Any]:
        return {
            "thresholds": self.points[number].tolist(),
            "signal": self.signal[:, number].tolist(),
            "signal_error": self.signal_error[:, number].tolist(),
            "background": float(self.background[number]),
            "background_error": float(self.background_error[number]),
            "background_simulated": bool(self.simulated[number]),
            "expected": finite(self.expected[:, number]),
            "expected_error": finite(self.expected_error[:, number]),
            "compatible_with_best": bool(self.compatible[number]),
        }


def _smallest(values: FloatArray) -> int:
    return int(np.argmin(np.where(np.isfinite(values), values, np.inf)))


def optimise(
    experiment: Experiment,
    model: Model,
    masses: FloatArray,
    moved: Sequence[MovedCut],
    *,
    period: str | None = None,
    backgrounds: Mapping[str, float | None] | None = None,
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
    """Expected limits for thresholds of one cut or several; data are never read.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    model : Model
        The model.
    masses : array of float, shape (masses,)
        Masses in GeV.
    moved : sequence of MovedCut
        Cuts with their thresholds; all combinations are tried.
    period : str, optional
        Run of the experiment; the first by default.
    backgrounds : mapping of str to float or None, optional
        Samples whose simulated events say how a background moves with the cut, and its expected
        events with the selection of the experiment; None for all that the run states. What is left
        of the stated background stays as it is.
    events, background_events : int, optional
        Events to simulate per mass, and per background.
    independent : bool, optional
        Take the variables of moved cuts in backgrounds as independent of the cuts that stay.
    merit : str, optional
        ``mean`` or ``median`` of the limits that background alone would give.
    method : str, optional
        Method of the limits.
    cl : float, optional
        Confidence level.
    coupling : float, optional
        Coupling at which simulated bosons decay, see `emiss simulate`; without it they fly
        through, or decay evenly along the volume in which a search looks for decays.
    seed : int, optional
        Seed.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    CutScan
        Signal, background and expected coupling of each choice, the best one, and those that the
        simulated events cannot tell from it. The signal of a choice is that of the experiment
        times the ratio of simulated signal that passes.

    Raises
    ------
    EmissError
        If an input is out of range, or no simulated event passes the selection as it is.
    """
    chosen(MERITS)(merit, "merit")
    chosen(METHODS)(method, "method")
    check_confidence_level(cl)
    number, run = experiment.run_of(period)
    single = replace(experiment, runs=(run,), layout=run.layout)
    points = np.vstack([grid_of(moved), [one.nominal for one in moved]])
    shapes = _shapes(dict(backgrounds or {}), run.background.value)
    steps = masses.size + len(shapes)

    def simulate(sample: str, count: int, done: int, alone: bool, extra: Any) -> MovedSample:
        found = moved_sample(
            run, experiment.name, experiment.fingerprint, moved, sample, count, number=number,
            seed=seed_of(seed, "optimise", sample, done), independent=alone, extra=extra,
        )  # fmt: skip
        if progress is not None:
            progress((done + 1) / steps)
        return found

    asked = signals_asked(loosened(run.layout, moved), model, masses, coupling)
    signals = [simulate("signal", events, place, False, made) for place, made in enumerate(asked)]
    others = [
        simulate(shape.sample, background_events, masses.size + place, independent, None)
        for place, shape in enumerate(shapes)
    ]
    by_mass = [sample.shares(points, points[-1]) for sample in signals]
    signal = np.array([ratio * left for ratio, _, left in by_mass])
    error = np.array([spread for _, spread, _ in by_mass])
    background, spread, simulated = _background(run.background.value, shapes, others, points)
    limits = ExpectedCouplings(single, model, masses, merit, method, cl)
    expected = limits.at(signal, background)
    expected_error = limits.error(expected, signal, error, background, spread)
    result = CutScan(
        experiment.name, run.period, model.name, model.coupling_name, masses, tuple(moved), points,
        signal, error, background, spread, simulated, expected, expected_error,
        np.zeros(points.shape[0], bool), merit, method, cl, shapes, events,
        _notes(shapes, simulated, independent),
    )  # fmt: skip
    return replace(result, compatible=_compatible(result, signals, others, limits))


def _shapes(backgrounds: dict[str, float | None], stated: float) -> tuple[BackgroundShape, ...]:
    if any(value is None for value in backgrounds.values()) and len(backgrounds) > 1:
        raise ArgumentError("several backgrounds: give the expected events of each.")
    given = {name: stated if value is None else value for name, value in backgrounds.items()}
    for name, value in given.items():
        if not 0.0 < value < math.inf:
            raise ArgumentError(
                f"background '{name}': {value:g} expected events; give a positive number."
            )
    if math.fsum(given.values()) > stated * (1.0 + 1e-9):
        raise ArgumentError(
            f"backgrounds of {math.fsum(given.values()):g} events in all, of which the run states "
            f"{stated:g}; give no more than that."
        )
    return tuple(BackgroundShape(name, value) for name, value in given.items())


def _background(
    stated: float, shapes: Sequence[BackgroundShape], samples: Sequence[MovedSample],
    points: FloatArray,
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:  # fmt: skip
    """Events of all backgrounds, their Monte Carlo error, and whether simulated events are left."""
    fixed = max(0.0, stated - math.fsum(shape.events for shape in shapes))
    total, variance = np.full(points.shape[0], fixed), np.zeros(points.shape[0])
    simulated = np.ones(points.shape[0], dtype=bool)
    for shape, sample in zip(shapes, samples, strict=True):
        try:
            ratio, error, left = sample.shares(points, points[-1])
        except EmissError as problem:
            raise EmissError(
                f"background '{shape.sample}': {problem} Simulate more events, or take its "
                "variables as independent of the other cuts (independent, --independent)."
            ) from None
        total += shape.events * ratio
        variance += np.square(shape.events * error)
        simulated &= left
    return total, np.sqrt(variance), simulated


def _notes(
    shapes: tuple[BackgroundShape, ...], simulated: NDArray[np.bool_], independent: bool
) -> tuple[str, ...]:
    found = []
    if not shapes:
        found.append(
            "the background stays as the run states it, whatever the threshold: only the signal "
            "moves; name samples that say how it moves."
        )
    elif independent:
        found.append(
            "backgrounds: variables of the moved cuts are taken as independent of the other cuts."
        )
    if not simulated.all():
        found.append(
            f"no simulated background event is left at {int((~simulated).sum())} of "
            f"{simulated.size} choices: the background is an upper limit there (90 %)."
        )
    return tuple(found)


def _compatible(
    scan: CutScan, signals: Sequence[MovedSample], others: Sequence[MovedSample],
    limits: ExpectedCouplings,
) -> NDArray[np.bool_]:  # fmt: skip
    """Choices whose distance from the best is within two errors of that distance.

    Choices share events, so that the error is that of the ratio to the best, not of each.
    """
    best, merit = scan.best, scan.figure_of_merit
    away = scan.points[best]
    try:
        signal = np.array([sample.shares(scan.points, away)[1] for sample in signals])
        relative = [sample.shares(scan.points, away)[1] for sample in others]
    except EmissError:  # nothing simulated is left at the best choice
        return np.asarray(merit - merit[best] <= 0.0)
    shifted = limits.at(
        scan.signal[:, [best]] * (1.0 + signal),
        np.full_like(scan.background, scan.background[best]),
    )
    moved = [np.log(shifted / scan.expected[:, [best]])]
    for shape, error in zip(scan.shapes, relative, strict=True):
        more = scan.background[best] + shape.events * error
        moved.append(
            np.log(
                limits.at(np.repeat(scan.signal[:, [best]], more.size, axis=1), more)
                / scan.expected[:, [best]]
            )
        )
    spread = np.sqrt(np.mean(np.square(moved).sum(axis=0), axis=0))
    return np.asarray(merit - merit[best] <= 2.0 * spread)
