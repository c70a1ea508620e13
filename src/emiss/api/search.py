"""Limits, yields and verdicts, with names accepted wherever objects are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground.checks import check_whole
from ..ground.errors import EmissError
from ..ground.guards import guarded, texts, whole
from .arguments import ARGUMENTS
from .edge import (
    ExperimentsLike,
    MassesLike,
    ModelLike,
    as_experiments,
    as_masses,
    as_model,
)

if TYPE_CHECKING:
    from ..inference.combine import CombinedYield
    from ..inference.limit import Limit
    from ..inference.verdict import VerdictReport
    from ..yields import SignalYield

__all__ = ["limit", "verdict", "yields"]


@guarded(ARGUMENTS, seed=whole(0, 2**63 - 1))
def limit(
    experiment: ExperimentsLike,
    model: ModelLike | None = None,
    *,
    masses: MassesLike = None,
    parameters: Mapping[str, Any] | None = None,
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
    toys: int = 10_000,
    nuclear_model: str = "glauber",
    acceptance: str | Path | None = None,
) -> Limit:
    """Exclude couplings of a model with an experiment.

    Parameters
    ----------
    experiment : str, path, Experiment or sequence of them
        Several (or names with commas between them) are combined into one limit.
    model : str, path or Model, optional
        A dark photon with its defaults if not given.
    masses : numbers, text, quantities or particles, optional
        Mediator masses in GeV or with units, in any order, which the result keeps; how many; or a
        range such as ``"1MeV:300MeV"`` in which they are placed where the curves bend, by default
        from 1 MeV to 1 GeV.
    parameters : mapping, optional
        Parameters of the model, such as ``{"alpha_dark": 0.5}``.
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
        Which of several experiments share the factor of the signal's uncertainty: ``shared``,
        ``beam``, ``all`` or ``none``.
    progress : callable, optional
        Called with the share done while tables for a new element are made.
    engine : str, optional
        What makes the yield: ``deterministic``, or ``montecarlo`` with its statistical error.
    showers, seed : int, optional
        Beam particles that the latter simulates per setup, process and mass, and the seed, also of
        pseudo-experiments.
    toys : int, optional
        Pseudo-experiments per hypothesis of the method ``toys``, from 100 to 10^7.
    nuclear_model : str, optional
        Effective number of nucleons in charge exchange of hadron beams: ``glauber``, ``surface``
        (Z^(2/3)), ``geant4-11.3`` or ``geant4-11.4``.
    acceptance : str or path, optional
        Signal efficiency: ``effective``, ``simulated``, or the file of a table that
        `emiss acceptance` made; what the experiment's file says if not given.

    Returns
    -------
    Limit
        Excluded couplings, observed and expected; NaN where nothing is excluded.

    Raises
    ------
    EmissError
        If an input is out of range or unknown; it is a `TypeError` too where the type is wrong.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.limit("na64e-2016", "dark-photon", masses=["20 MeV", "10 MeV"])
    >>> [round(1e3 * m) for m in found.masses]
    [20, 10]
    """
    from .. import inference
    from ..inference.order import reordered

    grid = as_masses(masses, counts=True)
    found = inference.limit(
        as_experiments(experiment),
        as_model(model, parameters),
        masses=grid,
        cl=cl,
        method=method,
        on_target=on_target,
        form_factor=form_factor,
        electron_motion=electron_motion,
        associated=associated,
        correlation=correlation,
        progress=progress,
        engine=engine,
        showers=showers,
        seed=seed,
        toys=check_whole(toys, "toys"),
        nuclear_model=nuclear_model,
        acceptance=acceptance,
    )
    if isinstance(grid, np.ndarray) and np.any(np.diff(grid) < 0.0):
        return reordered(found, np.argsort(np.argsort(grid)))
    return found


@guarded(ARGUMENTS, seed=whole(0, 2**63 - 1))
def yields(
    experiment: ExperimentsLike,
    model: ModelLike | None = None,
    masses: MassesLike = "1MeV:1GeV",
    *,
    parameters: Mapping[str, Any] | None = None,
    on_target: float | None = None,
    form_factor: str = "elastic",
    electron_motion: bool = False,
    associated: bool = True,
    engine: str = "deterministic",
    showers: int = 8000,
    seed: int = 1,
    nuclear_model: str = "glauber",
    acceptance: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> SignalYield | CombinedYield:
    """Expected signal events of an experiment, per process and run period.

    Parameters
    ----------
    experiment : str, path, Experiment or sequence of them
        Of several (or names with commas between them) the runs stand side by side.
    model : str, path or Model, optional
        A dark photon with its defaults if not given.
    masses : numbers, text, quantities or particles, optional
        Masses in GeV or with units, or a range in which they are placed; of an engine that samples
        each mass 13 of the range.
    parameters : mapping, optional
        Parameters of the model.
    on_target, form_factor, electron_motion, associated, engine, showers, seed : optional
        As in `limit`.
    nuclear_model : str, optional
        As in `limit`.
    acceptance : str or path, optional
        As in `limit`.
    progress : callable, optional
        Called with the share done of each experiment and period.

    Returns
    -------
    SignalYield or CombinedYield
        Events as a function of the coupling; ``to_frame()`` gives a table, ``cut_flow()`` what is
        left after each cut.

    Raises
    ------
    EmissError
        If no process of the experiment couples to the model, or an input is wrong.

    Examples
    --------
    >>> import emiss
    >>> signal = emiss.yields("na64e-2016", masses=["10 MeV"])
    >>> signal.process_names
    ('bremsstrahlung', 'annihilation', 'associated production')
    """
    from ..inference.adaptive_masses import masses_for_yields
    from ..inference.combine import combine_yields
    from ..inference.combined_experiment import split_names
    from ..yields import signal_yield

    parts = split_names(as_experiments(experiment))
    if len(parts) > 1 and on_target is not None:
        raise EmissError("on_target with several experiments: say which; use with_on_target.")
    chosen = as_model(model, parameters)
    grid = masses_for_yields(parts, chosen, as_masses(masses, counts=True), engine)
    found = [
        signal_yield(
            one,
            chosen,
            grid,
            on_target=on_target,
            form_factor=form_factor,
            electron_motion=electron_motion,
            associated=associated,
            engine=engine,
            showers=showers,
            seed=seed,
            nuclear_model=nuclear_model,
            acceptance=acceptance,
            progress=progress,
        )
        for one in parts
    ]
    return found[0] if len(found) == 1 else combine_yields(found)


@guarded(ARGUMENTS, kinds=texts)
def verdict(
    experiments: ExperimentsLike,
    model: ModelLike | None = None,
    *,
    masses: MassesLike = None,
    parameters: Mapping[str, Any] | None = None,
    kinds: Sequence[str] | None = None,
    cl: float = 0.9,
    method: str = "cls",
    correlation: str = "beam",
) -> VerdictReport:
    """Which dark-matter masses each thermal scenario has left.

    Parameters
    ----------
    experiments : str, path, Experiment or sequence of them
        Each is judged alone and then all together; names with commas between them as one.
    model : str, path or Model, optional
        Mediator and dark sector; a dark photon with its defaults if not given.
    masses : numbers, text or quantities, optional
        Dark-matter masses of the first scan, or a range such as ``"1MeV:300MeV"``, the default,
        with 80 of them.
    parameters : mapping, optional
        Parameters of the model.
    kinds : sequence of str, optional
        Scenarios; the usual ones of the mediator by default.
    cl, method, correlation : optional
        As in `limit`.

    Returns
    -------
    VerdictReport
        It shows itself as a table in a notebook.

    Raises
    ------
    EmissError
        If an input is wrong or the model has no dark matter.

    Examples
    --------
    >>> import emiss
    >>> report = emiss.verdict("na64e-2016", masses="10MeV:100MeV:5", kinds=["scalar"])
    >>> report.verdicts[0].answers
    True
    """
    from ..inference.verdict import verdict as judge

    return judge(
        as_experiments(experiments, "experiments"),
        as_model(model, parameters),
        masses=None if masses is None else as_masses(masses),
        kinds=kinds,
        cl=cl,
        method=method,
        correlation=correlation,
    )
