"""Limits from bins in variables of events, beside those from the count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ..analysis.shape_bins import ShapeBins
from ..events.samples import samples as known_samples
from ..experiments.selection import Axis
from ..ground.arrays import FloatArray
from ..ground.guards import chosen
from ..ground.json_values import finite
from ..ground.presentable import Recorded
from .channel import Channel, check_confidence_level
from .couplings import channels_of, couplings_of_events
from .limit import BANDS
from .pseudo_experiments import TOYS
from .shape_channels import (
    PartAsked,
    ShapePart,
    channels_of_bins,
    count_channel,
    parts_asked,
    signal_relative,
)
from .shape_counts import events_by_bin, events_counted
from .shape_inputs import Simulation, background_parts, notes_of, used_bins
from .shape_limits import METHODS, limits_of_bins

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from ..yields import SignalYield

__all__ = ["ShapeLimit", "shape"]

CITATIONS = ("Cowan:2010js",)

_OBSERVED: Final = "observed"


@dataclass(frozen=True, slots=True, eq=False)
class ShapeLimit(Recorded):
    """Limits from bins beside those from the count.

    Parameters
    ----------
    experiment, period, model, coupling_name : str
        Names.
    masses : array of float, shape (masses,)
        Masses in GeV.
    axes : tuple of Axis
        Edges of the bins.
    units : tuple of str
        Units of their variables.
    inside : array of bool, shape (bins,)
        Whether each bin lies in the signal region.
    used : array of int
        Numbers of the bins that are channels of the limit.
    signal, signal_error : array of float, shape (masses, bins)
        Signal over that of the count, and its Monte Carlo error.
    parts : tuple of ShapePart
        Backgrounds by bin.
    observed : tuple of int or None, length bins
        Events seen; None where they are unknown or blind.
    channels : tuple of tuple of Channel
        By mass; a strength is a number of signal events of the count.
    shape_couplings, count_couplings : mapping of str to array of float, shape (masses,)
        Excluded couplings, ``observed`` and the bands "-2" to "2"; NaN where there is none.
    shape_events, count_events : mapping of str to array of float, shape (masses,)
        The same as signal events of the count.
    p_value : array of float, shape (masses,)
        Local probability of the background alone, see `method`; NaN where counts are unknown.
    method : str
        ``cls``, ``asymptotic`` or ``toys``.
    cl : float
        Confidence level.
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
    axes: tuple[Axis, ...]
    units: tuple[str, ...]
    inside: NDArray[np.bool_]
    used: NDArray[np.intp]
    signal: FloatArray
    signal_error: FloatArray
    parts: tuple[ShapePart, ...]
    observed: tuple[int | None, ...]
    channels: tuple[tuple[Channel, ...], ...]
    shape_couplings: Mapping[str, FloatArray]
    count_couplings: Mapping[str, FloatArray]
    shape_events: Mapping[str, FloatArray]
    count_events: Mapping[str, FloatArray]
    p_value: FloatArray
    method: str
    cl: float
    events: int
    notes: tuple[str, ...] = field(default=())

    @property
    def gain(self) -> FloatArray:
        """Expected coupling of the count over that of the bins, by mass."""
        return np.asarray(self.count_couplings["0"] / self.shape_couplings["0"])

    @property
    def background(self) -> FloatArray:
        """Expected background events, by bin."""
        return np.asarray(np.sum([part.events for part in self.parts], axis=0))

    def record(self) -> dict[str, Any]:
        """Plain values, with the keys of `emiss shape --json`."""
        return {
            "experiment": self.experiment, "run": self.period, "model": self.model,
            "coupling": self.coupling_name, "method": self.method, "cl": self.cl,
            "masses_gev": self.masses.tolist(), "events": self.events,
            "axes": [
                {
                    "variable": axis.variable, "unit": unit, "edges": list(axis.edges),
                    "source": axis.source, "status": axis.status,
                }
                for axis, unit in zip(self.axes, self.units, strict=True)
            ],
            "bins": [self._bin(number) for number in range(self.inside.size)],
            "shape": finite(self.shape_couplings), "count": finite(self.count_couplings),
            "shape_events": finite(self.shape_events), "count_events": finite(self.count_events),
            "gain": finite(self.gain), "p_value": finite(self.p_value),
            "notes": list(self.notes),
        }  # fmt: skip

    def _bin(self, number: int) -> dict[str, Any]:
        return {
            "signal_region": bool(self.inside[number]), "used": number in self.used,
            "observed": self.observed[number],
            "signal": self.signal[:, number].tolist(),
            "signal_error": self.signal_error[:, number].tolist(),
            "background": float(self.background[number]),
            "backgrounds": [
                {
                    "name": part.name, "how": part.how, "events": float(part.events[number]),
                    "monte_carlo": float(part.monte_carlo[number]),
                    "systematic": float(part.relative * part.events[number]),
                }
                for part in self.parts
            ],
        }  # fmt: skip


def shape(
    experiment: Experiment,
    model: Model,
    masses: FloatArray,
    axes: Sequence[Axis],
    *,
    period: str | None = None,
    backgrounds: Sequence[PartAsked] = (),
    data: Path | str | None = None,
    observed: Sequence[int] | None = None,
    events: int = 2000,
    background_events: int = 10000,
    method: str = "cls",
    cl: float = 0.9,
    acceptance: str | Path | None = None,
    toys: int = TOYS,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> ShapeLimit:
    """Exclude couplings with bins in variables of events, and with the count beside.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    model : Model
        The model; its boson flies through.
    masses : array of float, shape (masses,)
        Masses in GeV.
    axes : sequence of Axis
        Edges of the bins.
    period : str, optional
        Run of the experiment; the first by default.
    backgrounds : sequence of PartAsked, optional
        Backgrounds by name; what they leave of the stated one is flat in the signal region.
    data : path, optional
        Recorded events, read through the gate: without the signal region until it is opened.
    observed : sequence of int, optional
        Events by bin, in place of data.
    events, background_events : int, optional
        Events to simulate per mass, and per background.
    method : str, optional
        ``cls``, ``asymptotic`` or ``toys``.
    cl : float, optional
        Confidence level.
    acceptance : str or path, optional
        Signal efficiency of the count, see `emiss.limit`.
    toys, seed : int, optional
        Pseudo-experiments of the method ``toys``, and the seed of all that is thrown.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    ShapeLimit
        Excluded couplings of bins and count, templates and backgrounds by bin.

    Raises
    ------
    EmissError
        If an input is out of range, no simulated event passes the selection, or the signal can fall
        with the coupling.

    Notes
    -----
    The signal of a bin is that of the count times the ratio of simulated signal in the bin to that
    in the signal region. Its Monte Carlo error, like that of the background, is the bin's own; the
    uncertainty of each background and that of the yield are common to all bins.
    """
    chosen(METHODS)(method, "method")
    check_confidence_level(cl)
    number, run = experiment.run_of(period)
    bins = ShapeBins(run.layout, tuple(axes))
    of_run = channels_of(replace(experiment, runs=(run,), layout=run.layout))[0]
    asked = parts_asked(backgrounds, of_run.background, of_run.background_uncertainty)
    steps = masses.size + sum(one.name in known_samples() for one in asked)
    simulation = Simulation(bins, experiment, number, run, seed, steps, progress)
    signal, error = simulation.signal(model, masses, events)
    parts = background_parts(simulation, asked, background_events)
    seen, used = events_by_bin(bins, run, data, observed), used_bins(bins, parts)
    channels = tuple(
        channels_of_bins(parts, used, signal[row], error[row], seen, signal_relative(of_run))
        for row in range(masses.size)
    )
    known = all(seen[place] is not None for place in used.tolist())
    counted = events_counted(bins, run, seen, data, observed)
    strengths = partial(
        limits_of_bins, method=method, cl=cl, formula=used.size > 1, toys=toys, seed=seed
    )
    by_mass = [strengths(each, known=known) for each in channels]
    alone, _ = strengths((count_channel(of_run, counted),), known=counted is not None)
    shape_events = _by_name([each for each, _ in by_mass])
    count_events = _by_name([alone] * masses.size)
    yielded = _yield(experiment, model, masses, period, acceptance)
    return ShapeLimit(
        experiment.name, run.period, model.name, model.coupling_name, masses, bins.axes,
        tuple(run.layout.variables.get(axis.variable, "") for axis in bins.axes), bins.inside,
        used, signal, error, parts, seen, channels, _couplings(yielded, shape_events),
        _couplings(yielded, count_events), shape_events, count_events,
        np.array([p_value for _, p_value in by_mass]), method, cl, events,
        notes_of(bins, parts, used, known, data, method),
    )  # fmt: skip


_NAMES: Final = (_OBSERVED, *BANDS)


def _by_name(events: Sequence[Mapping[str, float]]) -> dict[str, FloatArray]:
    return {name: np.array([each[name] for each in events]) for name in _NAMES}


def _yield(
    experiment: Experiment, model: Model, masses: FloatArray, period: str | None,
    acceptance: str | Path | None,
) -> SignalYield:  # fmt: skip
    """Signal of the count in one run."""
    from ..experiments.acceptance import with_acceptance
    from ..yields import signal_yield

    _, run = with_acceptance(experiment, acceptance, model.boson).run_of(period)
    return signal_yield(replace(experiment, runs=(run,), layout=run.layout), model, masses)


def _couplings(signal: SignalYield, events: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    edges = couplings_of_events(signal, np.array([events[name] for name in _NAMES]))
    return dict(zip(_NAMES, edges, strict=True))
