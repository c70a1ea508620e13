"""What all engines have in common: runs sorted by setup, fates, efficiencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError, UnknownNameError
from .fate import PROMPT, Fate, fates_of
from .mixed import mixed
from .processes import Options, Process, Request, processes
from .signal import SignalYield

if TYPE_CHECKING:
    from ..experiments import Experiment, Run, Setup
    from ..physics.models import Model
    from .processes.base import ProcessYield

__all__ = ["Prepared", "all_prompt", "assembled"]

Prepared = tuple["Mapping[str, ProcessYield]", tuple[str, ...]]
"""Yields of a setup by title, and bibliography keys."""
Shares = Callable[[list[Request], list[int], tuple[Process, ...]], "Mapping[str, FloatArray]"]


def assembled(
    experiment: Experiment,
    model: Model,
    masses: FloatArray,
    options: Options,
    prepare: Callable[[Request, tuple[Process, ...]], Prepared],
    shares: Shares | None = None,
) -> SignalYield:
    """Yield of an experiment from those of its setups.

    Parameters
    ----------
    experiment, model, masses, options
        As of `YieldEngine`.
    prepare : callable
        Yields of a setup.
    shares : callable, optional
        Shares of bosons left after each cut, of requests, index of the request of each run, and
        processes; asked for when they are wanted.

    Returns
    -------
    SignalYield
        Events of every process and run.
    """
    used = _coupling_processes(experiment, model, masses)
    own, asked = _asked_of_setups(experiment, model, masses, options, used)
    on_target = np.array([run.particles_on_target.value for run in experiment.runs])
    # Where decays are prompt the length of the detector decides nothing: one yield for all.
    distinct: dict[tuple[tuple[Setup, Fate, bytes], ...], int] = {}
    place = [distinct.setdefault(tuple(p.key for p in parts), len(distinct)) for parts in asked]
    wanted = {place[number]: parts for number, parts in reversed(list(enumerate(asked)))}
    prepared = [_together(wanted[number], used, prepare) for number in range(len(distinct))]
    efficiency = np.stack([_efficiency(run, masses) for run in experiment.runs])
    keys = [key for _, citations in prepared for key in citations]
    return SignalYield(
        experiment,
        model,
        masses,
        tuple(run.period for run in experiment.runs),
        on_target[:, None] * efficiency,
        efficiency,
        tuple(place[number] for number in own),
        tuple(made for made, _ in prepared),
        tuple(dict.fromkeys(keys)),
        # Parts with another fate than prompt decide that there are none.
        lambda: {} if shares is None else shares([parts[-1].request for parts in asked], own, used),
        _relative(experiment, used, masses),
    )


def all_prompt(experiment: Experiment, model: Model, masses: FloatArray) -> bool:
    """Whether at all of some masses it decides nothing where bosons decay.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.

    Returns
    -------
    bool
        As a yield with the usual options has it, of which this costs a part. True where nothing is
        made.
    """
    named = _named_processes(experiment)
    used = tuple(process for process in named if process.couples(model, masses))
    if not used:
        return True
    _, asked = _asked_of_setups(experiment, model, masses, Options(), used)
    return all(part.request.fate == PROMPT for parts in asked for part in parts)


def _asked_of_setups(
    experiment: Experiment,
    model: Model,
    masses: FloatArray,
    options: Options,
    used: tuple[Process, ...],
) -> tuple[list[int], list[tuple[_Part, ...]]]:
    """Setup of each run by number, and what is asked of each setup."""
    setups: dict[Setup, int] = {}
    own = [setups.setdefault(run.setup, len(setups)) for run in experiment.runs]
    exposures = np.bincount(own, [run.particles_on_target.value for run in experiment.runs])
    asked = [
        _asked(Request(setup, model, masses, PROMPT, options), used, float(exposures[number]))
        for setup, number in setups.items()
    ]
    return own, asked


def _relative(
    experiment: Experiment, used: tuple[Process, ...], masses: FloatArray
) -> dict[str, FloatArray]:
    """Efficiency of each process over that of all, by title; nothing where it is the same."""
    if not any(run.efficiency.parts for run in experiment.runs):
        return {}
    found = {}
    for process in used:
        rows = []
        for run in experiment.runs:
            whole = run.efficiency.at(masses)
            part = run.efficiency.of_process(process.name, masses)
            rows.append(np.divide(part, whole, out=np.ones_like(whole), where=whole > 0.0))
        found[process.title] = np.stack(rows)
    return found


def _efficiency(run: Run, masses: FloatArray) -> FloatArray:
    efficiency = run.efficiency.at(masses)
    # Of a scattered lepton the acceptance holds the cuts that are not computed.
    return efficiency if run.setup.recoil else efficiency * run.layout.selection.efficiency


def _named_processes(experiment: Experiment) -> list[Process]:
    """Processes that the mode of an experiment names."""
    known, search = processes(), experiment.search
    for name in search.processes:
        if name not in known:
            problem = UnknownNameError("process", name, tuple(known))
            raise EmissError(f"mode '{search.name}' of '{experiment.name}': {problem}")
    return [known[name] for name in search.processes]


def _coupling_processes(
    experiment: Experiment, model: Model, masses: FloatArray
) -> tuple[Process, ...]:
    named = _named_processes(experiment)
    used = tuple(process for process in named if process.couples(model, masses))
    if not used:
        reasons = "".join(f" {process.why(model)}" for process in named if process.why(model))
        needed = " or ".join(dict.fromkeys(process.needs for process in named))
        raise EmissError(
            f"model '{model.name}' does not couple to {needed}; no process of experiment "
            f"'{experiment.name}' makes it.{reasons}"
        )
    return used


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Masses of one fate in a setup: their places among all, and what is asked."""

    rows: NDArray[np.intp]
    request: Request

    @property
    def key(self) -> tuple[Setup, Fate, bytes]:
        return self.request.setup, self.request.fate, self.rows.tobytes()


def _asked(asked: Request, used: tuple[Process, ...], exposure: float) -> tuple[_Part, ...]:
    """Give each mass its fate, the prompt ones first; of prompt decays the window says nothing."""
    setup, model, masses = asked.setup, asked.model, asked.masses
    counting = next((process for process in used if process.total is not None), None)

    def total() -> FloatArray:
        if counting is None or counting.total is None:
            return np.full(masses.shape, np.inf)
        return counting.total(setup, model, masses, asked.options)

    fate, prompt = fates_of(
        setup, model, masses, flavour=used[0].flavour, total=total, exposure=exposure
    )
    found = (
        _Part(rows, replace(asked, setup=of, fate=its, masses=masses[rows]))
        for rows, of, its in (
            (np.flatnonzero(prompt), setup.without_window, PROMPT),
            (np.flatnonzero(~prompt), setup, fate),
        )
    )
    return tuple(part for part in found if part.rows.size)


def _together(
    parts: tuple[_Part, ...],
    used: tuple[Process, ...],
    prepare: Callable[[Request, tuple[Process, ...]], Prepared],
) -> Prepared:
    """Yields of all masses of a setup."""
    made = [prepare(part.request, used) for part in parts]
    if len(parts) == 1:
        return made[0]
    size = sum(part.rows.size for part in parts)
    titles = dict.fromkeys(title for found, _ in made for title in found)
    both = {
        title: mixed(
            tuple((p.rows, found.get(title)) for p, (found, _) in zip(parts, made, strict=True)),
            size,
        )
        for title in titles
    }
    return both, tuple(dict.fromkeys(key for _, keys in made for key in keys))
