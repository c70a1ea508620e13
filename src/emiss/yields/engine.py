"""Engines that answer how many signal events are expected; nothing above knows which one did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.discovery import discover
from ..ground.errors import UnknownNameError
from ..ground.guards import guarded, named
from .arguments import ARGUMENTS
from .processes import Options

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from .signal import SignalYield

__all__ = ["Engine", "YieldEngine", "engines", "signal_yield"]


class YieldEngine(Protocol):
    """Makes the yield of an experiment for a model."""

    def __call__(
        self,
        experiment: Experiment,
        model: Model,
        masses: NDArray[np.float64],
        options: Options,
    ) -> SignalYield:
        """Yield as a function of coupling.

        Parameters
        ----------
        experiment : Experiment
            The experiment.
        model : Model
            The model.
        masses : array of float, shape (n_masses,)
            Masses in GeV.
        options : Options
            How to compute.

        Returns
        -------
        SignalYield
            Events of every process and run.
        """


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine, as its module offers it.

    Parameters
    ----------
    name : str
        What the user calls it.
    title : str
        In words.
    yield_of : YieldEngine
        The engine.
    sampled : bool
        Whether each mass is sampled, for seconds: a range is then of few masses.
    """

    name: str
    title: str
    yield_of: YieldEngine
    sampled: bool = False


def engines() -> Mapping[str, Engine]:
    """All engines by name, those of other packages (entry points ``emiss.engines``) included."""
    return discover("emiss.yields", "emiss.engines", Engine)


@guarded(ARGUMENTS, experiment=named("Experiment"))
def signal_yield(
    experiment: str | Experiment,
    model: Model,
    masses: ArrayLike,
    *,
    on_target: float | None = None,
    form_factor: str = "elastic",
    electron_motion: bool = False,
    associated: bool = True,
    progress: Callable[[float], None] | None = None,
    engine: str = "deterministic",
    showers: int = 8000,
    seed: int = 1,
    nuclear_model: str = "glauber",
    acceptance: str | Path | None = None,
    recoils: int | None = None,
) -> SignalYield:
    """Prepare the signal yield of an experiment for a model.

    Parameters
    ----------
    experiment : str or Experiment
        Name, path of a TOML file, or the experiment itself.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    on_target : float, optional
        Rescale to this many beam particles.
    form_factor : str, optional
        Nuclear form factor of bremsstrahlung and Primakoff production.
    electron_motion : bool, optional
        Smear annihilation with the motion of the atomic electrons.
    associated : bool, optional
        Add associated production, e+ e- -> gamma X, and take from annihilation what radiates.
    progress : callable, optional
        Called with the share done while tables for a new element are made.
    engine : str, optional
        Engine that makes the yield, see `engines`.
    showers : int, optional
        Beam particles per setup, process and mass of an engine that simulates.
    seed : int, optional
        Its seed.
    nuclear_model : str, optional
        Effective number of nucleons in charge exchange, one of
        `physics.processes.hadron_nucleus.EFFECTIVE_MODELS`.
    acceptance : str or path, optional
        Signal efficiency, see `emiss.experiments.acceptance.with_acceptance`; if not given, that of
        the runs as they are.
    recoils : int, optional
        Scattered leptons sampled per mass for the acceptance of searches that measure them, for a
        preview; all of them, with tables that ship or are kept, if not given.

    Returns
    -------
    SignalYield
        Yield as a function of coupling.

    Raises
    ------
    EmissError
        If no process of the experiment's mode couples to the model, or a value is out of range.
    """
    from .. import experiments

    found = experiments.get(experiment) if isinstance(experiment, str) else experiment
    if acceptance is not None:
        from ..experiments.acceptance import with_acceptance

        found = with_acceptance(found, acceptance, model.boson)
    if on_target is not None:
        found = found.with_on_target(on_target)
    grid = np.atleast_1d(np.asarray(masses, dtype=np.float64))
    known = engines()
    if engine not in known:
        raise UnknownNameError("engine", engine, tuple(known))
    showers = int(showers)
    if nuclear_model != "glauber":
        from ..physics.processes.hadron_nucleus import EFFECTIVE_MODELS

        if nuclear_model not in EFFECTIVE_MODELS:
            raise UnknownNameError("nuclear model", nuclear_model, tuple(EFFECTIVE_MODELS))
    options = Options(
        form_factor, electron_motion, associated, progress, showers, seed, nuclear_model, recoils
    )
    return known[engine].yield_of(found, model, grid, options)
