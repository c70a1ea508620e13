"""From an experiment and a model to the excluded couplings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.guards import chosen, guarded
from ..ground.mass_range import MassRange
from ..ground.provenance import make_provenance
from .adaptive_masses import Placed, masses_for_limit
from .arguments import ARGUMENTS
from .channel import Channel
from .combination import OBSERVED
from .combine import CombinedYield, combine_yields
from .combined_experiment import CombinedExperiment, parts_of, split_names
from .counting import METHODS
from .couplings import channels_of, coupling_limits
from .discovery import Excess, significance
from .islands import GUESS_COUPLING, turns_off
from .limit import BANDS, Limit
from .pseudo_experiments import TOYS
from .solution import Solution

if TYPE_CHECKING:
    from ..experiments import Experiment, Layout
    from ..physics.models import Model
    from ..yields import SignalYield

__all__ = ["METHODS", "channels_of", "coupling_limits", "limit"]


CONTAINING_DEPTH_X0 = 20.0
"""Depth in radiation lengths from which a shower of 100 GeV leaks a few per cent only."""
ALMOST_ALL = 0.99
"""Share of the beam on the target from which what misses it is not worth a word."""
_KEPT = "kept as it is at more exposure"
"""Note that a projection leaves on a background which it does not scale."""


def _engine(experiment: Experiment | CombinedExperiment, engine: str | None = None) -> str:
    if engine is not None:
        from ..yields import engines

        return f"{engine}: {engines()[engine].title}"
    return "; ".join(dict.fromkeys(part.search.method for part in parts_of(experiment)))


def _kept_backgrounds(experiment: Experiment | CombinedExperiment) -> tuple[str, ...]:
    """Say where a projection to another exposure keeps the background of the measurement."""
    found = []
    for part in parts_of(experiment):
        kept = [run for run in part.runs if run.background.note == _KEPT] if part.projection else []
        if kept:
            events = sum(run.background.value for run in kept)
            found.append(
                f"'{part.name}' is projected to {part.total_on_target:.4g} on target with the "
                f"background kept as it is ({events:.3g} events), not scaled with the exposure; "
                "with_on_target(..., scale_background=True) or scale_background in its file "
                "scale it."
            )
    return tuple(found)


def _wide_beams(experiment: Experiment | CombinedExperiment) -> tuple[str, ...]:
    """Warnings about beams of which a part misses the target."""
    shares = {part.name: _share_on_target(part.layout) for part in parts_of(experiment)}
    return tuple(
        f"{100.0 * (1.0 - share):.0f} % of the beam miss the target of '{name}'; particles on "
        "target are taken to be those that hit it."
        for name, share in shares.items()
        if share < ALMOST_ALL
    )


@functools.lru_cache(maxsize=64)
def _share_on_target(layout: Layout) -> float:
    from ..experiments.contradictions import share_on_target

    return share_on_target(layout)


def _thin_dumps(experiment: Experiment | CombinedExperiment) -> tuple[str, ...]:
    """Warnings about calorimeters that do not hold the shower, which the yield assumes."""
    found = []
    for part in parts_of(experiment):
        depth = _depth_of_dump(part.layout) if part.search.contains_shower else None
        if depth is None or depth >= CONTAINING_DEPTH_X0:
            continue
        found.append(
            f"the dump of '{part.name}' is {depth:.3g} radiation lengths deep; the yield "
            "is that of a dump that holds the whole shower, and so thin a one leaks energy: "
            f"{CONTAINING_DEPTH_X0:g} radiation lengths are needed."
        )
    return tuple(found)


@functools.lru_cache(maxsize=64)
def _depth_of_dump(layout: Layout) -> float | None:
    """Depth in radiation lengths, None where the length is not known."""
    dump = layout.target
    return None if dump.length is None else dump.depth_x0


@guarded(ARGUMENTS, method=chosen(METHODS))
def limit(
    experiment: str | Experiment | Sequence[str | Experiment],
    model: Model | None = None,
    *,
    masses: ArrayLike | MassRange | None = None,
    cl: float = 0.9,
    method: str = "cls",
    on_target: float | None = None,
    form_factor: str = "elastic",
    electron_motion: bool = False,
    associated: bool = True,
    correlation: str = "shared",
    progress: Callable[[float], None] | None = None,
    engine: str = "deterministic",
    showers: int = 8000,
    seed: int = 1,
    toys: int = TOYS,
    nuclear_model: str = "glauber",
    acceptance: str | Path | None = None,
    recoils: int | None = None,
) -> Limit:
    """Exclude couplings of a model with an experiment.

    Parameters
    ----------
    experiment : str, Experiment or sequence of them
        Name, path of a TOML file, or the experiment itself; several (or names with commas between
        them) are combined into one limit.
    model : Model, optional
        The model; a dark photon with its defaults if not given.
    masses : array of float, int or MassRange, optional
        Mediator masses in GeV, or how many from 1 MeV to 1 GeV; these and no others are used. In a
        range (1 MeV to 1 GeV if nothing is given) they are placed such that lines in double
        logarithm between them follow each curve to a per cent, with the tips of islands. A model
        of one mass, such as a meson, is asked at it.
    cl : float, optional
        Confidence level.
    method : str, optional
        ``cls`` (exact), ``fc``, ``fc-raw``, ``bayes``, ``asymptotic`` or ``toys``.
    on_target : float, optional
        Rescale to this many beam particles: a projection.
    form_factor : str, optional
        Nuclear form factor of bremsstrahlung, ``elastic`` or ``elastic+inelastic``.
    electron_motion : bool, optional
        Smear annihilation with the motion of the atomic electrons.
    associated : bool, optional
        Radiate photons before annihilation; the collaborations' simulations do not.
    correlation : str, optional
        Which of several experiments share the factor of the signal's uncertainty: those that
        rest on a ``shared`` cross-section (electrons and positrons), those with the same ``beam``
        particle, ``all``, or ``none``.
    progress : callable, optional
        Called with the share done while tables for a new element are made.
    engine : str, optional
        What makes the yield: ``deterministic`` or ``montecarlo``, see `emiss.yields.engines`.
    showers, seed : int, optional
        Beam particles per setup, process and mass of an engine that simulates, and the seed, also
        of pseudo-experiments.
    toys : int, optional
        Pseudo-experiments per hypothesis of the method ``toys``.
    nuclear_model : str, optional
        Effective number of nucleons in charge exchange of hadron beams: ``glauber``, ``surface``,
        ``geant4-11.3`` or ``geant4-11.4``.
    acceptance : str or path, optional
        Signal efficiency: ``effective``, ``simulated`` or the file of a table, see
        `emiss.experiments.acceptance`; what the experiment's file says if not given.
    recoils : int, optional
        Scattered leptons sampled per mass for the acceptance of searches that measure them, for a
        preview; all of them, with tables that ship or are kept, if not given.

    Returns
    -------
    Limit
        Excluded couplings, observed and expected; NaN where nothing below coupling 1 is excluded.

    Raises
    ------
    EmissError
        If an input is out of range, see the message.
    """
    from .. import experiments
    from ..experiments.acceptance import with_acceptance
    from ..ground import units
    from ..physics import models

    chosen = models.get("dark-photon", {}) if model is None else model
    parts = [
        experiments.get(part) if isinstance(part, str) else part for part in split_names(experiment)
    ]
    parts = [with_acceptance(part, acceptance, chosen.boson) for part in parts]
    how = {
        "on_target": on_target,
        "form_factor": form_factor,
        "electron_motion": electron_motion,
        "associated": associated,
        "progress": progress,
        "nuclear_model": nuclear_model,
        "recoils": recoils,
    }
    sampled: dict[str, Any] = {"engine": engine, "showers": showers, "seed": seed}

    def signal_at(at: FloatArray) -> SignalYield | CombinedYield:
        return _signal(parts, chosen, at, correlation, **how)

    def solve(signal: SignalYield | CombinedYield, near: FloatArray | None = None) -> Solution:
        return coupling_limits(signal, cl, method, toys=toys, seed=seed, near=near)

    span = masses if isinstance(masses, MassRange) else MassRange()
    known: Solution | None = None
    placed: Placed | None = None
    if masses is None or isinstance(masses, MassRange):
        placed = masses_for_limit(span, parts, chosen, signal_at, solve)
        grid, known = placed.signal.masses, placed.solution
    elif isinstance(masses, int):
        grid = units.mass_grid(span.low, span.high, masses)
    else:
        grid = np.sort(np.atleast_1d(np.asarray(masses, float)))
    # Masses are placed by the deterministic engine.
    if placed is not None and engine == "deterministic":
        signal = placed.signal
    else:
        signal = _signal(parts, chosen, grid, correlation, **how, **sampled)
    if known is None or engine != "deterministic" or bool(known.upper) != turns_off(signal):
        known = solve(signal)
    solution = known
    observed = solution.lower[OBSERVED]
    warnings = (*solution.warnings, *signal.warnings, *_sampling_error(signal, observed))
    if OBSERVED in solution.upper:
        warnings += _sampling_error(signal, solution.upper[OBSERVED], " at the upper edges")
    options = {
        "cl": cl,
        "method": method,
        "form_factor": form_factor,
        "electron_motion": electron_motion,
        "associated": associated,
    }
    if engine != "deterministic":
        options |= {"engine": engine, "showers": showers, "seed": seed}
    if method == "toys":
        options |= {"toys": toys, "seed": seed}
    if nuclear_model != "glauber":
        options["nuclear_model"] = nuclear_model
    if recoils is not None:
        options["recoils"] = recoils
    if acceptance is not None:
        options["acceptance"] = str(acceptance)
    if isinstance(signal, CombinedYield):
        options["correlation"] = correlation
        warnings = (*warnings, *signal.experiment.warnings())
    warnings = (*warnings, *_kept_backgrounds(signal.experiment), *_thin_dumps(signal.experiment))
    warnings = (*warnings, *_wide_beams(signal.experiment), *_simulated(signal))
    warnings = (*warnings, *_why_nothing(parts, chosen, observed))
    return _result(signal, solution, options, warnings)


def _why_nothing(
    parts: Sequence[Experiment], model: Model, observed: FloatArray
) -> tuple[str, ...]:
    """Where no mass is excluded: what is searched for, and a kind of dark matter that hides it."""
    if not np.all(np.isnan(observed)):
        return ()
    titles = "; ".join(dict.fromkeys(part.search.title for part in parts))
    found = f"the search is for: {titles}"
    kind = model.parameters().get("dark_matter", "none")
    if kind != "none" and all(part.search.name == "visible" for part in parts):
        found += f"; bosons decay to {kind} dark matter instead (dark_matter = none: they do not)"
    return (f"{found}.",)


def _simulated(signal: SignalYield | CombinedYield) -> tuple[str, ...]:
    """Where the efficiency comes from a simulation, run by run, in words."""
    found = []
    runs = [run for part in parts_of(signal.experiment) for run in part.runs]
    for run, used in zip(runs, signal.efficiency, strict=True):
        if run.efficiency.parts:
            found.append(
                f"run '{run.period}': signal efficiency {used.min():.3g} to {used.max():.3g} from "
                f"{run.efficiency.source} ({run.efficiency.note}), not the effective one; its "
                f"{100.0 * run.efficiency.spread:.2g} % are part of the uncertainty of the yield."
            )
    return tuple(found)


def _sampling_error(
    signal: SignalYield | CombinedYield, observed: FloatArray, where: str = ""
) -> tuple[str, ...]:
    """Statistical error of a yield that is sampled, in words."""
    at = np.where(np.isfinite(observed), observed, GUESS_COUPLING)
    errors = signal.errors(at)
    if not errors:
        return ()
    variance = np.zeros(at.shape)
    for values in errors.values():
        variance += np.square(values.sum(axis=0))
    total = signal.events(at).sum(axis=0)
    seen = (variance > 0.0) & (total > 0.0)
    if not seen.any():
        return ()
    share = 100.0 * np.sqrt(variance[seen]) / total[seen]
    return (
        f"the yield is sampled: its statistical error{where} is {np.median(share):.2g} % at half "
        f"of the masses and {share.max():.2g} % at most; more showers make it smaller.",
    )


def _signal(
    parts: Sequence[Experiment],
    model: Model,
    masses: FloatArray,
    correlation: str,
    **options: Any,
) -> SignalYield | CombinedYield:
    """Yield of one experiment, or of several side by side."""
    from ..yields import signal_yield

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


def _result(
    signal: SignalYield | CombinedYield,
    solution: Solution,
    options: dict[str, Any],
    warnings: tuple[str, ...],
) -> Limit:
    experiment, model = signal.experiment, signal.model
    observed, upper = solution.lower[OBSERVED], solution.upper if solution.closed else {}
    at = np.where(np.isfinite(observed), observed, GUESS_COUPLING)
    events = {name: value.sum(axis=0) for name, value in signal.per_process(at).items()}
    total = np.sum(list(events.values()), axis=0)
    excluded = np.isfinite(observed) & (total > 0.0)
    safe = np.where(excluded, total, 1.0)
    sector = model.dark_sector
    vector = sector is not None and model.coupling_name == "epsilon"
    configuration = {
        "experiment": experiment.fingerprint,
        "model": model.name,
        "parameters": model.parameters(),
        "masses": signal.masses,
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
        observed_upper=upper.get(OBSERVED),
        expected={band: solution.lower[band] for band in BANDS},
        expected_upper={band: upper[band] for band in BANDS} if upper else None,
        method=options["method"],
        cl=options["cl"],
        shares={n: np.where(excluded, e / safe, np.nan) for n, e in events.items()},
        signal_events=np.where(excluded, total, np.nan),
        particles_on_target=experiment.total_on_target,
        beam_label=experiment.beam_label,
        provenance=make_provenance(
            f"limit {experiment.name} {model.name}",
            configuration,
            method=_engine(experiment, options.get("engine")),
            seed=options.get("seed"),
            inputs=experiment.labels(),
        ),
        citations=_citations(signal, options),
        dark_matter_mass=None if sector is None else sector.chi_mass(signal.masses),
        y=sector.y(observed) if sector is not None and vector else None,
        warnings=warnings,
        coupling_unit=model.coupling_unit,
        symbol=model.symbol,
        projection=any(part.projection for part in parts_of(experiment)),
        excess=_excess(experiment),
    )


def _excess(experiment: Experiment | CombinedExperiment) -> Excess | None:
    """The count of all runs beside their background; None where there is no count or background."""
    if any(part.projection for part in parts_of(experiment)):
        return None
    channels = channels_of(experiment)
    if not any(one.background > 0.0 for one in channels):
        return None
    return _significance(channels)


@functools.lru_cache(maxsize=256)
def _significance(channels: tuple[Channel, ...]) -> Excess:
    return significance(channels)


def _of_method(method: str) -> tuple[str, ...]:
    if method == "cls":
        from . import cls

        return cls.CITATIONS
    if method == "bayes":
        from . import bayes

        return bayes.CITATIONS
    if method == "asymptotic":
        from . import asymptotic

        return asymptotic.CITATIONS
    if method == "toys":
        from . import toys

        return toys.CITATIONS
    from . import feldman_cousins  # the others are varieties of it

    return feldman_cousins.CITATIONS


def _citations(signal: SignalYield | CombinedYield, options: dict[str, Any]) -> tuple[str, ...]:
    keys = [
        *signal.experiment.references,
        *signal.model.citations(),
        *signal.citations,
        *_of_method(options["method"]),
    ]
    if options["electron_motion"]:
        from ..physics.processes import atomic_electrons

        keys += atomic_electrons.CITATIONS
    return tuple(dict.fromkeys(keys))
