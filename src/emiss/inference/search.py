"""From an experiment and a model to the excluded couplings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.errors import EmissError, UnknownNameError
from ..ground.provenance import make_provenance
from .channel import Channel, check_confidence_level
from .combination import OBSERVED, Combination
from .crossing import find_lower_edge
from .islands import UPPER, edges_of_islands, turns_off
from .limit import BANDS, Limit

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..models import Model
    from ..yields import SignalYield
    from .combine import CombinedExperiment, CombinedYield

__all__ = ["METHODS", "channels_of", "limit"]

FloatArray = NDArray[np.float64]

METHODS = ("cls", "fc", "bayes", "asymptotic")
LARGEST_COUPLING = 1.0
"""Limits above this are not limits: perturbation theory in the coupling ends."""
CONTAINING_DEPTH_X0 = 20.0
"""Depth in radiation lengths from which a shower of 100 GeV leaks a few per cent only."""
_GUESS_COUPLING = 1e-4
_SAME_SHARE = 1e-9


def _engine(experiment: Experiment | CombinedExperiment) -> str:
    from ..experiments import Experiment

    parts = (experiment,) if isinstance(experiment, Experiment) else experiment.parts
    return "; ".join(dict.fromkeys(part.search.method for part in parts))


def _thin_dumps(experiment: Experiment | CombinedExperiment) -> tuple[str, ...]:
    """Warnings about calorimeters that do not hold the shower, which the yield assumes."""
    from ..experiments import Experiment

    parts = (experiment,) if isinstance(experiment, Experiment) else experiment.parts
    found = []
    for part in parts:
        dump = part.layout.target
        known = dump.length is not None
        if not part.search.contains_shower or not known or dump.depth_x0 >= CONTAINING_DEPTH_X0:
            continue
        found.append(
            f"the dump of '{part.name}' is {dump.depth_x0:.3g} radiation lengths deep; the yield "
            "is that of a dump that holds the whole shower, and so thin a one leaks energy: "
            f"{CONTAINING_DEPTH_X0:g} radiation lengths are needed."
        )
    return tuple(found)


def channels_of(experiment: Experiment | CombinedExperiment) -> tuple[Channel, ...]:
    """Counting channels of an experiment, one per run.

    Parameters
    ----------
    experiment : Experiment or CombinedExperiment
        The experiment, or several.

    Returns
    -------
    tuple of Channel
        Counts with backgrounds; uncertainties of the yield and of the particles on target.
    """
    from .combine import CombinedExperiment

    if isinstance(experiment, CombinedExperiment):
        return experiment.channels(_channel)
    return tuple(_channel(run) for run in experiment.runs)


def _channel(run: Run) -> Channel:
    on_target = run.particles_on_target.relative_uncertainty
    own = run.yield_uncertainty.value
    shared = own if run.yield_correlated else 0.0
    private = 0.0 if run.yield_correlated else own
    return Channel(
        observed=run.observed,
        background=run.background.value,
        background_uncertainty=run.background.uncertainty or 0.0,
        # The beam counters are the same in all periods: so is their calibration.
        signal_uncertainty_shared=float(np.hypot(shared, on_target)),
        signal_uncertainty=private,
    )


def limit(
    experiment: str | Experiment | Sequence[str | Experiment],
    model: Model | None = None,
    *,
    masses: ArrayLike | None = None,
    cl: float = 0.9,
    method: str = "cls",
    on_target: float | None = None,
    form_factor: str = "elastic",
    electron_motion: bool = False,
    associated: bool = True,
    correlation: str = "beam",
    progress: Callable[[float], None] | None = None,
) -> Limit:
    """Exclude couplings of a model with an experiment.

    Parameters
    ----------
    experiment : str, Experiment or sequence of them
        Name, path of a TOML file, or the experiment itself; several (or names with commas between
        them) are combined into one limit.
    model : Model, optional
        The model; a dark photon with its defaults if not given.
    masses : array of float, optional
        Mediator masses in GeV; 60 from 1 MeV to 1 GeV if not given.
    cl : float, optional
        Confidence level.
    method : str, optional
        ``cls`` (exact), ``fc``, ``bayes`` or ``asymptotic``.
    on_target : float, optional
        Rescale to this many beam particles: a projection.
    form_factor : str, optional
        Nuclear form factor of bremsstrahlung, ``elastic`` or ``elastic+inelastic``.
    electron_motion : bool, optional
        Smear annihilation with the motion of the atomic electrons.
    associated : bool, optional
        Radiate photons before annihilation; the collaborations' simulations do not.
    correlation : str, optional
        Which of several experiments share the factor of the signal's uncertainty: those with the
        same ``beam`` particle, ``all``, or ``none``.
    progress : callable, optional
        Called with the share done while tables for a new element are made.

    Returns
    -------
    Limit
        Excluded couplings, observed and expected; NaN where nothing below coupling 1 is excluded.

    Raises
    ------
    EmissError
        If an input is out of range, see the message.
    """
    from .. import models
    from ..ground import units
    from .combine import CombinedYield

    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    check_confidence_level(cl)
    chosen = models.get("dark-photon", {}) if model is None else model
    grid = units.mass_grid(1e-3, 1.0, 60) if masses is None else np.asarray(masses, float)
    grid = np.sort(np.atleast_1d(grid))
    signal = _signal(
        experiment,
        chosen,
        grid,
        correlation,
        on_target=on_target,
        form_factor=form_factor,
        electron_motion=electron_motion,
        associated=associated,
        progress=progress,
    )
    couplings, warnings = coupling_limits(signal, cl, method)
    options = {
        "cl": cl,
        "method": method,
        "form_factor": form_factor,
        "electron_motion": electron_motion,
        "associated": associated,
    }
    if isinstance(signal, CombinedYield):
        options["correlation"] = correlation
        warnings = (*warnings, *signal.experiment.warnings())
    warnings = (*warnings, *_thin_dumps(signal.experiment))
    return _result(signal, couplings, options, warnings)


def _signal(
    experiment: str | Experiment | Sequence[str | Experiment],
    model: Model,
    masses: FloatArray,
    correlation: str,
    **options: Any,
) -> SignalYield | CombinedYield:
    """Yield of one experiment, or of several side by side."""
    from ..yields import signal_yield
    from .combine import combine_yields, split_names

    parts = split_names(experiment)
    if len(parts) == 1:
        return signal_yield(parts[0], model, masses, **options)
    if options["on_target"] is not None:
        raise EmissError(
            "on_target with several experiments: say which; rescale one with with_on_target, or "
            "in its file."
        )
    return combine_yields(
        [signal_yield(part, model, masses, **options) for part in parts], correlation
    )


def coupling_limits(
    signal: SignalYield | CombinedYield, cl: float, method: str
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Solve for the coupling at which exclusion starts.

    Parameters
    ----------
    signal : SignalYield
        Events as a function of coupling.
    cl : float
        Confidence level.
    method : str
        One of `METHODS`.

    Returns
    -------
    dict of str to array of float, shape (n_masses,)
        Limits by outcome, `OBSERVED` and the bands; with `UPPER` where the region may be closed.
    tuple of str
        Warnings.
    """
    if turns_off(signal):
        return edges_of_islands(
            channels_of(signal.experiment),
            signal,
            cl,
            lambda channels, pattern: _required_events(channels, pattern, cl, method),
            exact=method == "cls",
        )
    channels = channels_of(signal.experiment)
    shape = signal.masses.shape
    pattern = signal.events(np.full(shape, _GUESS_COUPLING))
    total = pattern.sum(axis=0)
    some = total > 0.0
    found = {name: np.full(shape, np.nan) for name in (OBSERVED, *BANDS)}
    if not some.any():
        return found, (_nothing(signal),)
    required, warnings = _required_events(channels, pattern[:, some], cl, method)
    names = list(required)
    unique, index = np.unique(np.stack([required[n] for n in names]), axis=0, return_inverse=True)
    guess = np.full((len(unique), *shape), _GUESS_COUPLING)
    guess[:, some] = _GUESS_COUPLING * np.sqrt(unique / total[some])
    target = np.ones_like(guess)
    target[:, some] = unique
    if method == "cls" and not _same_shares(pattern[:, some]):
        excess = _cls_excess(channels, signal, pattern, [names[i] for i in _first(index)], cl)
    else:
        excess = _count_excess(signal, target)
    edges = find_lower_edge(excess, guess, 2.0)
    edges = np.where((edges <= LARGEST_COUPLING) & some, edges, np.nan)
    for position, name in enumerate(names):
        found[name] = edges[index.ravel()[position]]
    return found, warnings


def _same_shares(pattern: FloatArray) -> bool:
    """Whether all runs have the same shares of the signal at all masses.

    Runs of one setup do, at every coupling: the limit on their total is then one number.
    """
    shares = pattern / pattern.sum(axis=0)
    return bool(np.all(np.abs(shares - shares[:, :1]) < _SAME_SHARE))


def _first(index: NDArray[np.int64]) -> list[int]:
    """First position at which each unique value occurs."""
    flat = index.ravel()
    return [int(np.argmax(flat == value)) for value in range(int(flat.max()) + 1)]


def _required_events(
    channels: Sequence[Channel], pattern: FloatArray, cl: float, method: str
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Total signal events excluded, per outcome and mass, for the pattern of runs at each mass."""
    if method == "cls":
        names = (OBSERVED, *BANDS)
        shares = pattern / pattern.sum(axis=0)
        limits = Combination(channels).order(
            shares[:, :1] if _same_shares(pattern) else shares, names
        )
        events = np.broadcast_to(limits.upper_limits(cl), (len(names), pattern.shape[1]))
        return dict(zip(names, events, strict=True)), ()
    return _required_by_pattern(channels, pattern, cl, method)


def _required_by_pattern(
    channels: Sequence[Channel], pattern: FloatArray, cl: float, method: str
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    shares = np.round(pattern / pattern.sum(axis=0), 4)
    unique, index = np.unique(shares, axis=1, return_inverse=True)
    found = {name: np.empty(pattern.shape[1]) for name in (OBSERVED, *BANDS)}
    warnings: tuple[str, ...] = ()
    for number, share in enumerate(unique.T):
        at = index.ravel() == number
        scaled = tuple(replace(c, signal=float(s)) for c, s in zip(channels, share, strict=True))
        limits, warnings = _outcomes(scaled, cl, method)
        for name, value in limits.items():
            found[name][at] = value
    return found, warnings


@functools.lru_cache(maxsize=4096)
def _outcomes(
    channels: tuple[Channel, ...], cl: float, method: str
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Signal events excluded as observed and in the bands; the model has no part in them."""
    from .counting import expected_limits, upper_limit

    observed = upper_limit(channels, method=method, cl=cl)
    expected = expected_limits(channels, method=method, cl=cl)
    return {OBSERVED: observed.upper_limit, **expected}, observed.warnings


def _cls_excess(
    channels: Sequence[Channel],
    signal: SignalYield | CombinedYield,
    pattern: FloatArray,
    names: list[str],
    cl: float,
) -> Callable[[FloatArray], FloatArray]:
    ordering = Combination(channels).order(pattern, names)

    def excess(coupling: FloatArray) -> FloatArray:
        return ordering.excess(signal.events(coupling), cl)

    return excess


def _count_excess(
    signal: SignalYield | CombinedYield, target: FloatArray
) -> Callable[[FloatArray], FloatArray]:
    log_target = np.log(target)

    def excess(coupling: FloatArray) -> FloatArray:
        events = signal.events(coupling).sum(axis=0)
        return np.asarray(np.log(np.maximum(events, 1e-304)) - log_target)

    return excess


def _nothing(signal: SignalYield | CombinedYield) -> str:
    return (
        f"model '{signal.model.name}' with these parameters gives no signal in this search: "
        "nothing that it decays to passes the selection, and nothing is excluded."
    )


def _result(
    signal: SignalYield | CombinedYield,
    couplings: dict[str, FloatArray],
    options: dict[str, Any],
    warnings: tuple[str, ...],
) -> Limit:
    experiment, model = signal.experiment, signal.model
    observed = couplings[OBSERVED]
    at = np.where(np.isfinite(observed), observed, _GUESS_COUPLING)
    events = {name: value.sum(axis=0) for name, value in signal.per_process(at).items()}
    total = np.sum(list(events.values()), axis=0)
    excluded = np.isfinite(observed) & (total > 0.0)
    safe = np.where(excluded, total, 1.0)
    sector = model.dark_sector
    vector = sector is not None and model.coupling_name == "epsilon"
    configuration = {
        "experiment": experiment.to_dict(),
        "model": model.name,
        "parameters": model.parameters(),
        "masses": signal.masses.tolist(),
        **options,
    }
    return Limit(
        experiment=experiment.name,
        experiment_title=experiment.title,
        model=model.name,
        model_parameters=model.parameters(),
        coupling_name=model.coupling_name,
        coupling_label=model.coupling_label,
        masses=signal.masses,
        observed=observed,
        observed_upper=couplings.get(UPPER),
        expected={band: couplings[band] for band in BANDS},
        method=options["method"],
        cl=options["cl"],
        shares={n: np.where(excluded, e / safe, np.nan) for n, e in events.items()},
        signal_events=np.where(excluded, total, np.nan),
        particles_on_target=experiment.total_on_target,
        beam_label=experiment.beam_label,
        provenance=make_provenance(
            f"limit {experiment.name} {model.name}",
            configuration,
            method=_engine(experiment),
            inputs=experiment.labels(),
        ),
        citations=_citations(signal, options),
        dark_matter_mass=None if sector is None else sector.chi_mass(signal.masses),
        y=sector.y(observed) if sector is not None and vector else None,
        warnings=warnings,
        coupling_unit=model.coupling_unit,
        symbol=model.symbol,
    )


def _citations(signal: SignalYield | CombinedYield, options: dict[str, Any]) -> tuple[str, ...]:
    from . import asymptotic, bayes, cls, feldman_cousins

    of_method = {"cls": cls, "fc": feldman_cousins, "bayes": bayes, "asymptotic": asymptotic}
    keys = [
        *signal.experiment.references,
        *signal.model.citations(),
        *signal.citations,
        *of_method[options["method"]].CITATIONS,
    ]
    if options["electron_motion"]:
        from ..processes import atomic_electrons

        keys += atomic_electrons.CITATIONS
    return tuple(dict.fromkeys(keys))
