"""The analysis of events with names and units: cut flows, acceptance, backgrounds, blinding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..ground.checks import check_real, check_whole, read_number, shortened
from ..ground.errors import ArgumentError
from ..ground.guards import guarded, mapping_like, path, text
from ..ground.quantity import Quantity
from .arguments import ARGUMENTS
from .edge import ExperimentLike, MassesLike, as_experiment, as_masses, as_recorded
from .events import boson_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..analysis import Analysis
    from ..analysis.backgrounds import BackgroundTable
    from ..analysis.blinding import Status
    from ..experiments.acceptance import AcceptanceTable

__all__ = ["acceptance", "analyse", "backgrounds", "cutflow", "skim", "unblind"]


@guarded(ARGUMENTS, model=text)
def cutflow(
    experiment: ExperimentLike,
    sample: str = "beam",
    events: int = 1000,
    *,
    mass: Any = None,
    model: str = "dark-photon",
    coupling: float | None = None,
    settings: Mapping[str, float | str] | None = None,
    run: str | None = None,
    seed: int = 1,
    intensity: float | None = None,
) -> Analysis:
    """Share of simulated events that passes each cut: alone, in sequence, with all others.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    sample : str, optional
        ``beam``, ``signal``, ``muon``, ``pion``, ``kaon``, ``dimuon``, ...
    events : int, optional
        Events to begin with.
    mass : float, str or quantity, optional
        Mass of the boson in GeV or with a unit, for the sample ``signal``.
    model : str, optional
        Name of the model of the boson.
    coupling : float, optional
        Free coupling of the model, for the sample ``signal``: bosons decay as their lifetime says,
        in a search for visible decays within its decay volume. Without one they are stable.
    settings : mapping, optional
        Parameters of the model that differ from their defaults.
    run : str, optional
        Period of the experiment; the first by default.
    seed : int, optional
        Seed.
    intensity : float, optional
        Beam particles per second, for pile-up; that of the layout by default.

    Returns
    -------
    Analysis
        Its `flow` has a step per cut; `columns` and `to_frame` give it as a table.

    Raises
    ------
    EmissError
        If there is no event or an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.cutflow("na64e-2021-2022", "signal", 50, mass="10 MeV")
    >>> bool(0.0 < found.flow.total < 1.0)
    True
    """
    from ..analysis import simulated_analysis

    chosen = as_experiment(experiment)
    layout = chosen.run_of(run)[1].layout
    rate = layout.beam.intensity if intensity is None else check_real(intensity, "intensity")
    return simulated_analysis(
        chosen, sample, check_whole(events, "events"), period=run, seed=check_whole(seed, "seed"),
        extra=boson_of(layout, sample, model, mass, coupling, settings=settings),
        options={"intensity": rate},
    )  # fmt: skip


@guarded(ARGUMENTS, events=path)
def analyse(events: str | Path, experiment: ExperimentLike, *, run: str | None = None) -> Analysis:
    """Cut flow, cut variables and the energy plane of recorded events; data stay blind.

    Parameters
    ----------
    events : path
        File or directory of events.
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    run : str, optional
        Period of the experiment; the first by default.

    Returns
    -------
    Analysis
        Of data without the signal region until it is opened.

    Raises
    ------
    EmissError
        If events cannot be read, with the file and the field.

    Examples
    --------
    >>> import emiss
    >>> campaign = emiss.simulate("na64e-2021-2022", "recorded", events=20)
    >>> emiss.analyse("recorded", "na64e-2021-2022").flow.events
    20
    """
    from ..analysis import analyse as analyse_events

    return analyse_events(as_recorded(events), as_experiment(experiment), run)


@guarded(ARGUMENTS, model=text)
def acceptance(
    experiment: ExperimentLike,
    model: str = "dark-photon",
    *,
    masses: MassesLike = None,
    settings: Mapping[str, float | str] | None = None,
    coupling: float | None = None,
    events: int = 1000,
    seed: int = 1,
    intensity: float | None = None,
    path: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> AcceptanceTable:
    """Simulate how much signal trigger, reconstruction and selection keep, at some masses.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    model : str, optional
        Name of the model of the boson.
    masses : numbers, text or quantities, optional
        At least two masses in GeV or with units.
    settings : mapping, optional
        Parameters of the model that differ from their defaults.
    coupling : float, optional
        Free coupling of the model, for searches for visible decays: how far bosons fly. By default
        so small that they decay evenly along the decay volume.
    events : int, optional
        Beam particles per mass and run.
    seed : int, optional
        Seed.
    intensity : float, optional
        Beam particles per second, for pile-up; that of the layout by default.
    path : path, optional
        File ``.npz`` to write as well, for ``emiss.limit(..., acceptance=path)``.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    AcceptanceTable
        Efficiency by run, process and mass, with its Monte Carlo error.

    Raises
    ------
    EmissError
        If an argument is out of range or the file cannot be written.

    Examples
    --------
    >>> import emiss
    >>> table = emiss.acceptance("na64e-2021-2022", masses=["5 MeV", "20 MeV"], events=20)
    >>> table.efficiency.shape[2]
    2
    """
    from ..analysis.acceptance import MASSES, simulated_acceptance
    from ..experiments.acceptance import ACCEPTANCE

    if path is not None and Path(path).suffix != ".npz":
        raise ArgumentError(f"'{path}': the table is a numpy archive; end it in .npz.")
    grid = MASSES if masses is None else tuple(as_masses(masses).tolist())
    table = simulated_acceptance(
        as_experiment(experiment), model, masses=grid, settings=settings,
        coupling=coupling, events=check_whole(events, "events"),
        seed=check_whole(seed, "seed"), intensity=intensity, progress=progress,
    )  # fmt: skip
    if path is not None:
        ACCEPTANCE.write(table, Path(path))
    return table


@guarded(ARGUMENTS, inputs=mapping_like("{'key of the result': '1e-4+-5e-5'}"))
def backgrounds(
    experiment: ExperimentLike,
    *,
    run: str | None = None,
    sources: str | Sequence[str] = (),
    events: int = 1000,
    seed: int = 1,
    inputs: Mapping[str, Any] | None = None,
) -> BackgroundTable:
    """Estimate the backgrounds of a run, source by source, and set them beside published ones.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    run : str, optional
        Period of the experiment; the first by default.
    sources : str or sequence of str, optional
        Names of sources; all that belong to the run by default.
    events : int, optional
        Effort of sources that simulate; errors go with its inverse square root.
    seed : int, optional
        Seed.
    inputs : mapping, optional
        Numbers that sources rest on, by the key that the result names, in place of those of the
        experiment file and of emiss: a number, text such as ``"1e-4+-5e-5"``, or a `Quantity`.

    Returns
    -------
    BackgroundTable
        Events with statistical and systematic error, method, steps and inputs of each.

    Raises
    ------
    EmissError
        If no source belongs to the run, or an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.backgrounds("na64e-2021-2022", sources="dimuons")
    >>> bool(0.0 < found.total < 1.0)
    True
    """
    from ..analysis.backgrounds import estimate_backgrounds

    only = (sources,) if isinstance(sources, str) else tuple(sources)
    return estimate_backgrounds(
        as_experiment(experiment), run, only=only, events=check_whole(events, "events"),
        seed=check_whole(seed, "seed"),
        inputs={str(name): _measured(name, value) for name, value in (inputs or {}).items()},
    )  # fmt: skip


def _measured(name: object, value: Any) -> Quantity:
    label = f"inputs, {shortened(name)}"
    if isinstance(value, Quantity):
        return value
    if not isinstance(value, str):
        return Quantity(check_real(value, label), None, "", "given by the user", "user")
    number, sign, error = value.partition("+-")
    uncertainty = read_number(error, label) if sign else None
    return Quantity(read_number(number, label), uncertainty, "", "given by the user", "user")


@guarded(ARGUMENTS, events=path)
def skim(
    events: str | Path,
    experiment: ExperimentLike,
    destination: str | Path,
    *,
    run: str | None = None,
    renumber: bool = False,
) -> int:
    """Write the events outside the signal region to a file: what an analyst may be given.

    Parameters
    ----------
    events : path
        File or directory of events.
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    destination : path
        File, ``.parquet`` or ``.root``; it appears whole or not at all.
    run : str, optional
        Period of the experiment; the first by default.
    renumber : bool, optional
        Number the events of each run anew from 0: gaps in the numbers say how many are missing.

    Returns
    -------
    int
        Number of events in it.

    Raises
    ------
    EmissError
        If nothing is left, events cannot be read, or the file exists.

    Examples
    --------
    >>> import emiss
    >>> campaign = emiss.simulate("na64e-2021-2022", "all-events", events=20)
    >>> 0 < emiss.skim("all-events", "na64e-2021-2022", "outside.parquet") <= 20
    True
    """
    from ..analysis.blinding import skim as write_skim

    recorded = as_recorded(events)
    layout = as_experiment(experiment).run_of(run)[1].layout
    return write_skim(recorded, layout, Path(destination), renumber=renumber)


@guarded(ARGUMENTS)
def unblind(
    experiment: ExperimentLike,
    data: str | Path,
    *,
    reason: str | None = None,
    run: str | None = None,
    seal: bool = False,
) -> Status:
    """Record who opens the signal region of data, when, why and with which selection.

    Parameters
    ----------
    experiment : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    data : path
        Directory of the data.
    reason : str, optional
        Why; without it nothing is opened and the status is given.
    run : str, optional
        Period of the experiment; the first by default.
    seal : bool, optional
        Open nothing, but seal the region as the experiment has it: as long as the data are blind
        they are read with no other region or apparatus.

    Returns
    -------
    Status
        Whether the region is open, whether the selection changed since, and the log.

    Raises
    ------
    EmissError
        If there is no such directory or signal region, or the log is damaged.

    Examples
    --------
    >>> import emiss
    >>> campaign = emiss.simulate("na64e-2021-2022", "blind", events=20)
    >>> emiss.unblind("na64e-2021-2022", "blind").open
    False
    """
    from ..analysis.blinding import SEALED, append, status_of

    place = Path(data)
    if not place.is_dir():
        raise ArgumentError(f"there is no directory '{data}'.")
    chosen = as_experiment(experiment)
    layout = chosen.run_of(run)[1].layout
    if not layout.selection.signal_region:
        raise ArgumentError(f"'{chosen.name}' declares no signal region; there is nothing to open.")
    if seal:
        append(place, chosen.name, layout, reason or "declared with the experiment file", SEALED)
    elif reason is not None:
        append(place, chosen.name, layout, reason)
    return status_of(place, layout)
