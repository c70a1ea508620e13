"""Limits from bins in variables of events, beside those from the count."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ..analysis.shape_bins import Axis, BinSums, ShapeBins, simulated_bins
from ..events.context import seed_of
from ..events.samples import samples as known_samples
from ..events.samples.signal import signal_inputs
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from ..ground.guards import chosen
from ..ground.presentable import Recorded
from .channel import Channel, check_confidence_level
from .couplings import channels_of, couplings_of_events
from .limit import BANDS
from .pseudo_experiments import TOYS
from .shape_channels import (
    SAMPLE,
    SIDEBAND,
    SIGNAL_REGION,
    PartAsked,
    ShapePart,
    channels_of_bins,
    count_channel,
    parts_asked,
    signal_relative,
)
from .shape_counts import events_by_bin, events_counted
from .shape_limits import METHODS, limits_of_bins

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..physics.models import Model
    from ..yields import SignalYield

__all__ = ["ShapeLimit", "shape"]

CITATIONS = ("Cowan:2010js",)

NORMALISATION: Final = 0.2
"""Relative uncertainty of a simulated sideband where none is given: assumed."""
_OBSERVED: Final = "observed"
_FEW: Final = 5.0  # events below which asymptotic distributions are known to be wrong


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
                {"variable": axis.variable, "unit": unit, "edges": list(axis.edges)}
                for axis, unit in zip(self.axes, self.units, strict=True)
            ],
            "bins": [self._bin(number) for number in range(self.inside.size)],
            "shape": _known(self.shape_couplings), "count": _known(self.count_couplings),
            "shape_events": _known(self.shape_events), "count_events": _known(self.count_events),
            "gain": _plain(self.gain), "p_value": _plain(self.p_value),
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


def _plain(values: FloatArray) -> list[float | None]:
    return [float(x) if math.isfinite(x) else None for x in values]


def _known(values: Mapping[str, FloatArray]) -> dict[str, list[float | None]]:
    return {name: _plain(each) for name, each in values.items()}


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
    from ..experiments.acceptance import with_acceptance
    from ..yields import signal_yield

    chosen(METHODS)(method, "method")
    check_confidence_level(cl)
    number, run = experiment.run_of(period)
    bins = ShapeBins(run.layout, tuple(axes))
    of_run = channels_of(replace(experiment, runs=(run,), layout=run.layout))[0]
    asked = parts_asked(backgrounds, of_run.background, of_run.background_uncertainty)
    samples = [one for one in asked if one.name in known_samples()]
    steps = masses.size + len(samples)
    done: list[BinSums] = []

    def simulate(sample: str, count: int, extra: Any) -> BinSums:
        found = simulated_bins(
            bins, run, experiment.name, experiment.fingerprint, sample, count, number=number,
            seed=seed_of(seed, "shape", sample, len(done)), extra=extra,
        )  # fmt: skip
        done.append(found)
        if progress is not None:
            progress(len(done) / steps)
        return found

    shares = [
        simulate("signal", events, signal_inputs(run.layout, model.name, mass)).shares()
        for mass in masses.tolist()
    ]
    sums = {one.name: simulate(one.name, background_events, None) for one in samples}
    parts = tuple(_part(one, bins, sums.get(one.name), run) for one in asked)
    seen = events_by_bin(bins, run, data, observed)
    used = _used(bins, parts)
    signal, error = (np.array([each[i] for each in shares]) for i in (0, 1))
    channels = tuple(
        channels_of_bins(parts, used, signal[row], error[row], seen, signal_relative(of_run))
        for row in range(masses.size)
    )
    known = all(seen[place] is not None for place in used.tolist())
    counted = events_counted(bins, run, seen, data, observed)
    count = count_channel(of_run, counted)
    many = used.size > 1
    thrown = {"toys": toys, "seed": seed}
    by_mass = [limits_of_bins(each, method, cl, known, many, **thrown) for each in channels]
    alone = limits_of_bins((count,), method, cl, counted is not None, many, **thrown)
    alone_by_mass = [alone] * masses.size
    expanded = with_acceptance(experiment, acceptance, model.boson)
    single = replace(expanded, runs=(expanded.run_of(period)[1],), layout=run.layout)
    yielded = signal_yield(single, model, masses)
    shape_events = {name: np.array([each[0][name] for each in by_mass]) for name in _NAMES}
    count_events = {name: np.array([each[0][name] for each in alone_by_mass]) for name in _NAMES}
    return ShapeLimit(
        experiment.name, run.period, model.name, model.coupling_name, masses, bins.axes,
        tuple(run.layout.variables.get(axis.variable, "") for axis in bins.axes), bins.inside,
        used, signal, error, parts, seen, channels, _couplings(yielded, shape_events),
        _couplings(yielded, count_events), shape_events, count_events,
        np.array([each[1] for each in by_mass]), method, cl, events,
        _notes(bins, parts, used, known, data, method),
    )  # fmt: skip


_NAMES: Final = (_OBSERVED, *BANDS)


def _couplings(signal: SignalYield, events: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    edges = couplings_of_events(signal, np.array([events[name] for name in _NAMES]))
    return dict(zip(_NAMES, edges, strict=True))


def _part(asked: PartAsked, bins: ShapeBins, sums: BinSums | None, run: Run) -> ShapePart:
    """One background by bin."""
    if sums is None:
        if asked.events is None:
            raise ArgumentError(
                f"background '{asked.name}' is no sample of the simulation; give its expected "
                f"events. Samples: {', '.join(known_samples())}."
            )
        relative = asked.error / asked.events if asked.events > 0.0 else 0.0
        return ShapePart(
            asked.name, SIGNAL_REGION, relative, asked.events * bins.flat, np.zeros(bins.size)
        )
    if asked.events is None:
        live = math.prod(f.efficiency.value for f in run.acceptance.factors)
        scale = run.particles_on_target.value * live / sums.begun
        outside = ~bins.inside
        return ShapePart(
            asked.name, SIDEBAND, asked.error or NORMALISATION, scale * sums.weight * outside,
            scale * np.sqrt(sums.square) * outside,
        )  # fmt: skip
    try:
        share, error = sums.shares()
    except EmissError as problem:
        raise EmissError(
            f"background '{asked.name}': {problem} Simulate more events, or give its expected "
            "events under another name: it is then flat in the signal region."
        ) from None
    share, error = (np.where(bins.inside, x, 0.0) for x in (share, error))
    empty = bins.inside & (sums.number == 0)
    if empty.any():
        # no simulated event in a bin: half of a mean one, give or take as much
        covered, half = share.sum(), 0.5 / sums.number[bins.inside].sum()
        share, error = (np.where(empty, half, x) for x in (share, error))
        share, error = (x * covered / share.sum() for x in (share, error))
    relative = asked.error / asked.events if asked.events > 0.0 else 0.0
    return ShapePart(asked.name, SAMPLE, relative, asked.events * share, asked.events * error)


def _used(bins: ShapeBins, parts: Sequence[ShapePart]) -> NDArray[np.intp]:
    """Bins of the signal region, and others of which a background is known."""
    background = np.sum([part.events for part in parts], axis=0)
    return np.flatnonzero(bins.inside | (background > 0.0))


def _notes(
    bins: ShapeBins, parts: Sequence[ShapePart], used: NDArray[np.intp], known: bool,
    data: Path | str | None, method: str,
) -> tuple[str, ...]:  # fmt: skip
    found = []
    background = np.sum([part.events for part in parts], axis=0)
    flat = [part.name for part in parts if part.how == SIGNAL_REGION]
    if flat and int(bins.inside.sum()) > 1:
        found.append(
            f"backgrounds without a simulated shape are taken as flat in the signal region: "
            f"{', '.join(flat)} (assumed)."
        )
    idle = bins.size - used.size
    if idle:
        found.append(
            f"bins outside of the signal region without a simulated background, not used: {idle}; "
            "name samples (--background)."
        )
    if method == "asymptotic" and background[bins.inside].sum() < _FEW:
        found.append(
            f"the asymptotic method is not valid for {background[bins.inside].sum():.3g} "
            f"background events in the signal region (fewer than {_FEW:g}): its limits are too "
            "strong. Use method 'cls' or 'toys'."
        )
    if not known:
        found.append(
            "blind: the signal region of the data is hidden or left out; limits are expected ones."
            if data is not None
            else "the events seen by bin are not known: only expected limits are given."
        )
    return tuple(found)
