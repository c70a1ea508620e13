"""Simulated events and what detectors record, with names and units accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..ground.checks import check_real, check_whole
from ..ground.errors import ArgumentError, UnknownNameError
from ..ground.guards import guarded, number, text
from .arguments import ARGUMENTS
from .edge import (
    ExperimentLike,
    as_experiment,
    as_quantity,
)

if TYPE_CHECKING:
    from ..events.campaign import Campaign, Progress
    from ..events.record.signal_sample import SignalSample
    from ..experiments.layout import Layout

__all__ = ["boson_of", "generate", "simulate"]


@guarded(ARGUMENTS, events=number(1.0, 1e12), model=text)
def simulate(
    experiment: ExperimentLike,
    directory: str | Path,
    *,
    events: float = 1000,
    sample: str = "beam",
    model: str = "dark-photon",
    mass: Any = None,
    coupling: float | None = None,
    settings: Mapping[str, float | str] | None = None,
    decay_volume: tuple[Any, Any] | str | None = None,
    seed: int = 1,
    run: str | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    form: str = "parquet",
    chunk_events: int = 2000,
    triggered: bool = False,
    options: Mapping[str, Any] | None = None,
    bad_spills: Sequence[tuple[int, int, int]] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Campaign:
    """Simulate events of an experiment and record them, chunk by chunk.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    directory : path
        Where to: a new or empty directory, or with ``resume`` that of the same campaign.
    events : int, optional
        Events to begin with.
    sample : str, optional
        ``beam``, ``signal``, ``muon``, ``pion``, ``kaon``, ``dimuon``, ...
    model : str, optional
        Name of the model of the boson, for the sample ``signal``.
    mass : float, str or quantity, optional
        Mass of the boson in GeV or with a unit, for the sample ``signal``.
    coupling : float, optional
        Free coupling of the model, for the sample ``signal``: bosons, or the excited dark matter
        that they decay to, decay as their lifetime says. Without one they fly through.
    settings : mapping, optional
        Parameters of the model that differ from their defaults, such as ``dark_matter``.
    decay_volume : pair of float, str or quantity, optional
        Planes from the front of the target, in cm or with a unit, between which all decay, with
        weights; ``"free"`` for decays anywhere. By default the decay volume of the search, if any.
    seed : int, optional
        Seed; results depend on it and on the number of the chunk alone.
    run : str, optional
        Period of the experiment; the first by default.
    workers : int, optional
        Processes that work at the same time.
    executor : concurrent.futures.Executor, optional
        Who works, in place of ``workers``.
    scheduler : str, optional
        Address of a Dask scheduler to work on, in place of ``workers``.
    resume : bool, optional
        Go on with a campaign that was interrupted.
    form : str, optional
        ``parquet``, ``root`` or ``rntuple``.
    chunk_events : int, optional
        Events of a chunk.
    triggered : bool, optional
        Record only events with a trigger bit.
    options : mapping, optional
        Of the simulation, such as ``{"intensity": 1e6, "dimuon_bias": 1e4}``.
    bad_spills : sequence of (run, first, last), optional
        Spills to mark.
    progress : callable, optional
        Called with the progress after each chunk.

    Returns
    -------
    Campaign
        Directory, counts, effective sample size and the chunks of the campaign.

    Raises
    ------
    EmissError
        If an argument is out of range, the directory holds something else or has no room, or a
        chunk fails; finished ones are kept.

    Examples
    --------
    >>> import emiss
    >>> campaign = emiss.simulate("na64e-2021-2022", "campaign", events=20, chunk_events=10)
    >>> campaign.generated
    20
    """
    from ..events.campaign import Plan, run_campaign
    from ..events.produce import make_job

    chosen = as_experiment(experiment)
    number, period = chosen.run_of(run)
    job = make_job(
        period.layout, chosen.name, chosen.fingerprint, sample=sample,
        seed=check_whole(seed, "seed"), run=number,
        chunk_events=check_whole(chunk_events, "chunk_events"), triggered=triggered,
        options=_options(options), bad_spills=tuple(bad_spills),
        extra=boson_of(
            period.layout, sample, model, mass, coupling, settings=settings,
            decay_volume=decay_volume,
        ),
    )  # fmt: skip
    plan = Plan(job, check_whole(events, "events"), form)
    crew = _crew(workers, executor, scheduler)
    return run_campaign(plan, directory, workers=crew, resume=resume, report=progress)


def _crew(workers: int, executor: Executor | None, scheduler: str | None) -> Callable[[], Any]:
    from ..events.campaign import alone, borrowed, cluster, processes

    count = check_whole(workers, "workers")
    if (count > 1) + (executor is not None) + (scheduler is not None) > 1:
        raise ArgumentError("workers, executor and scheduler: give one of them.")
    if executor is not None:
        return partial(borrowed, executor)
    if scheduler is not None:
        return partial(cluster, scheduler)
    return partial(processes, count) if count > 1 else alone


def _options(given: Mapping[str, Any] | None) -> dict[str, Any]:
    from ..events.context import Options

    known = [item.name for item in fields(Options)]
    for name in given or {}:
        if name not in known:
            raise UnknownNameError("option", str(name), known)
    return dict(given or {})


def boson_of(
    layout: Layout,
    sample: str,
    model: str,
    mass: Any,
    coupling: float | None = None,
    *,
    settings: Mapping[str, float | str] | None = None,
    decay_volume: tuple[Any, Any] | str | None = None,
) -> dict[str, Any]:
    """What the sample ``signal`` needs to know; nothing for others.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    sample : str
        Name of the sample.
    model : str
        Name of the model.
    mass : float, str, quantity or None
        Mass of the boson in GeV or with a unit.
    coupling, settings, decay_volume
        See `simulate`.

    Returns
    -------
    dict
        Inputs of the job.

    Raises
    ------
    ArgumentError
        If something of a boson is given and not needed, or needed and not given.
    """
    from ..events.samples.signal import signal_inputs

    if sample != "signal":
        if mass is not None:
            raise ArgumentError(f"a mass belongs to the sample 'signal', not to '{sample}'.")
        if coupling is not None or settings or decay_volume is not None:
            raise ArgumentError(
                "coupling, settings and decay volume belong to the sample 'signal', not to "
                f"'{sample}'."
            )
        return {}
    return signal_inputs(
        layout, model, _mass_of(mass, model, settings),
        None if coupling is None else check_real(coupling, "coupling"),
        settings=settings, volume=_volume(decay_volume),
    )  # fmt: skip


def _mass_of(mass: Any, model: str, settings: Mapping[str, float | str] | None) -> float:
    """Mass in GeV as given; of a model that has one of its own, such as a meson, that one."""
    from ..physics.models import get

    if mass is not None:
        return as_quantity(mass, "energy", "mass")
    own = get(model, settings).own_mass
    if own is None:
        raise ArgumentError("a signal needs a mass, such as 10MeV.")
    return float(own)


def _volume(given: tuple[Any, Any] | str | None) -> tuple[float, float] | str | None:
    if given is None or isinstance(given, str):
        return given
    low, high = (as_quantity(plane, "length", "decay_volume") for plane in given)
    return low, high


@guarded(ARGUMENTS, model=text)
def generate(
    experiment: ExperimentLike,
    mass: Any = None,
    events: int = 1000,
    *,
    model: str = "dark-photon",
    coupling: float | None = None,
    settings: Mapping[str, float | str] | None = None,
    decay_volume: tuple[Any, Any] | str | None = None,
    seed: int = 1,
    run: str | None = None,
    path: str | Path | None = None,
) -> SignalSample:
    """Make signal events with weights, for a simulation of the detector of one's own.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    mass : float, str or quantity, optional
        Mass of the boson in GeV or with a unit; needed unless the model has its own, as that of a
        meson to nothing.
    events : int, optional
        Beam particles; each makes one event at most.
    model : str, optional
        Name of the model of the boson.
    coupling : float, optional
        Free coupling of the model: bosons, or the excited dark matter that they decay to, decay as
        their lifetime says, and weights are at this coupling. Without one they are stable.
    settings : mapping, optional
        Parameters of the model that differ from their defaults, such as ``dark_matter``.
    decay_volume : pair of float, str or quantity, optional
        See `simulate`.
    seed : int, optional
        Seed.
    run : str, optional
        Period of the experiment; the first by default.
    path : path, optional
        File to write as well: ``.lhe``, ``.lhe.gz`` or ``.hepmc``.

    Returns
    -------
    SignalSample
        Four-vectors, vertices, decays and weights; their sum is the number of bosons per beam
        particle at the coupling, or at coupling 1 without one.

    Raises
    ------
    EmissError
        If there is no such boson, number of events or format.

    Examples
    --------
    >>> import emiss
    >>> sample = emiss.generate("na64e-2021-2022", "10 MeV", 100)
    >>> bool(sample.weight.sum() > 0.0)
    True
    """
    from ..events.record.signal_files import check_sample_file, write_sample
    from ..yields.sampling.generate import generate_signal

    if path is not None:
        check_sample_file(path)
    chosen = as_experiment(experiment)
    layout = chosen.run_of(run)[1].layout
    sample = generate_signal(
        layout, chosen.name, model, _mass_of(mass, model, settings),
        check_whole(events, "events"), check_whole(seed, "seed"),
        None if coupling is None else check_real(coupling, "coupling"),
        settings=settings, volume=_volume(decay_volume),
    )  # fmt: skip
    if path is not None:
        write_sample(sample, path)
    return sample
