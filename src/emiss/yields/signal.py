"""Signal events per process, run period, mass and coupling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..experiments.setup import MissingEnergySelection
from ..experiments.visible import VisibleSelection
from ..ground import constants as const
from ..ground.errors import EmissError
from ..ground.presentable import Presentable
from .flight import DetectorSetup, FlightYield
from .muon_setup import MuonSetup, muon_setup_of
from .setup import Setup, setup_of
from .visible import VisibleSetup, visible_setup
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..models import Model

__all__ = ["SignalYield", "signal_yield"]

FloatArray = NDArray[np.float64]
AnySetup = Setup | DetectorSetup | VisibleSetup | MuonSetup

_MUONS = "muon bremsstrahlung"
_LARGEST = 1e60
COEFFICIENT_COUPLING = 1e-7
"""Coupling at which the coefficient of coupling squared is read off: no visible width there."""


class ProcessYield(Protocol):
    """Events per beam particle of one process in one setup."""

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle.

        Parameters
        ----------
        coupling : array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float, shape (..., n_masses)
            Events that pass the threshold, per beam particle.
        """


@dataclass(frozen=True, slots=True, eq=False)
class BremsstrahlungYield:
    """Bremsstrahlung: coefficient times coupling squared times the invisible branching.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    coefficient : array of float, shape (n_masses,)
        Bosons per beam particle at g = e.
    widths : QuadraticWidths or None
        Widths; None for a model whose widths are not quadratic in the coupling.
    """

    model: Model
    masses: FloatArray
    coefficient: FloatArray
    widths: QuadraticWidths | None = None

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.model.lepton_coupling("e", coupling, self.masses) / const.ELECTRIC_CHARGE
        invisible = (
            self.model.invisible_branching(self.masses, coupling)
            if self.widths is None
            else self.widths.invisible_branching(coupling)
        )
        return np.asarray(self.coefficient * strength**2 * invisible)


@dataclass(frozen=True, slots=True, eq=False)
class SignalYield(Presentable):
    """Expected signal events of an experiment for a model.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    runs : tuple of str
        Run periods.
    scale : array of float, shape (n_runs, n_masses)
        Particles on target times efficiency.
    efficiency : array of float, shape (n_runs, n_masses)
        Efficiency on top of the threshold.
    setup_index : tuple of int
        Index of the setup of each run.
    processes : tuple of mapping of str to ProcessYield
        Processes of each setup.
    citations : tuple of str
        Bibliography keys of the processes.
    """

    experiment: Experiment
    model: Model
    masses: FloatArray
    runs: tuple[str, ...]
    scale: FloatArray
    efficiency: FloatArray
    setup_index: tuple[int, ...]
    processes: tuple[Mapping[str, ProcessYield], ...]
    citations: tuple[str, ...]

    @property
    def process_names(self) -> tuple[str, ...]:
        """Names of the processes."""
        return tuple(dict.fromkeys(name for setup in self.processes for name in setup))

    def _couplings(self, coupling: ArrayLike) -> FloatArray:
        value = np.asarray(coupling, dtype=np.float64)
        if not np.all((value >= 0.0) & (value <= _LARGEST)):
            raise EmissError(f"couplings must be finite and not negative, at most {_LARGEST:g}.")
        if value.ndim == 0:
            return np.full(self.masses.shape, float(value))
        return value

    def per_process(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Signal events per process.

        Parameters
        ----------
        coupling : float or array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        dict of str to array of float, shape (n_runs, ..., n_masses)
            Events that pass all cuts.
        """
        value = self._couplings(coupling)
        shape = (len(self.runs), *(1,) * (value.ndim - 1), self.masses.size)
        scale = self.scale.reshape(shape)
        zero = np.zeros(value.shape)
        found = {}
        for name in self.process_names:
            rates = [
                setup[name].per_particle(value) if name in setup else zero
                for setup in self.processes
            ]
            found[name] = scale * np.stack([rates[i] for i in self.setup_index])
        return found

    def cut_flow(self) -> dict[str, FloatArray]:
        """Share of the bosons made that is left after each cut of a missing-momentum search.

        Returns
        -------
        dict of str to array of float, shape (n_runs, n_masses)
            By cut, cumulative; the last is the acceptance. Empty for other searches, whose
            thresholds are part of the yield.
        """
        from .missing_momentum import MuonYield
        from .muon_acceptance import CUTS

        found = (setup.get(_MUONS) for setup in self.processes)
        flows = [process.flow for process in found if isinstance(process, MuonYield)]
        if len(flows) < len(self.processes):
            return {}
        by_run = np.stack([flows[i] for i in self.setup_index])
        return {cut: by_run[..., number] for number, cut in enumerate(CUTS)}

    @property
    def decays_in_flight(self) -> bool:
        """Whether the signal can fall with the coupling, for where the boson decays decides."""
        return any(getattr(p, "flies", False) for s in self.processes for p in s.values())

    def coefficients(self) -> dict[str, FloatArray]:
        """Events per process over coupling squared, for a coupling so small that it is quadratic.

        Returns
        -------
        dict of str to array of float, shape (n_runs, n_masses)
            Events "at coupling 1" with the widths of the dark channels alone.
        """
        events = self.per_process(COEFFICIENT_COUPLING)
        return {name: value / COEFFICIENT_COUPLING**2 for name, value in events.items()}

    def events(self, coupling: ArrayLike) -> FloatArray:
        """Signal events of all processes.

        Parameters
        ----------
        coupling : float or array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float, shape (n_runs, ..., n_masses)
            Events that pass all cuts.
        """
        parts = list(self.per_process(coupling).values())
        total: FloatArray = np.sum(parts, axis=0)
        return total


def signal_yield(
    experiment: str | Experiment,
    model: Model,
    masses: ArrayLike,
    *,
    on_target: float | None = None,
    form_factor: str = "elastic",
    electron_motion: bool = False,
    progress: Callable[[float], None] | None = None,
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
        Nuclear form factor of bremsstrahlung.
    electron_motion : bool, optional
        Smear annihilation with the motion of the atomic electrons.
    progress : callable, optional
        Called with the share done while tables for a new element are made.

    Returns
    -------
    SignalYield
        Yield as a function of coupling.

    Raises
    ------
    EmissError
        If no process of the experiment's beam couples to the model, or a value is out of range.
    """
    from .. import experiments

    found = experiments.get(experiment) if isinstance(experiment, str) else experiment
    if on_target is not None:
        found = found.with_on_target(on_target)
    grid = np.asarray(masses, dtype=np.float64)
    if grid.ndim != 1 or grid.size == 0 or not np.all((grid > 0.0) & np.isfinite(grid)):
        raise EmissError("masses: a list of positive masses in GeV is needed.")
    _check_coupling(found, model, grid)
    setups: dict[AnySetup, int] = {}
    index = tuple(setups.setdefault(_setup(found, run), len(setups)) for run in found.runs)
    processes = tuple(
        _processes(setup, model, grid, form_factor, electron_motion, progress) for setup in setups
    )
    efficiency = np.stack([run.efficiency.at(grid) for run in found.runs])
    on_target_counts = np.array([run.particles_on_target.value for run in found.runs])
    return SignalYield(
        found,
        model,
        grid,
        tuple(run.period for run in found.runs),
        on_target_counts[:, None] * efficiency,
        efficiency,
        index,
        processes,
        _citations(processes, any(_asks_preshower(setup) for setup in setups)),
    )


def _setup(experiment: Experiment, run: Run) -> AnySetup:
    if experiment.mode == "missing-momentum":
        return muon_setup_of(experiment, run)
    if isinstance(run.selection, VisibleSelection):
        beam, dump = run.own_beam or experiment.beam, run.own_dump or experiment.dump
        return visible_setup(beam, dump, run.selection)
    source = setup_of(experiment, run)
    if not isinstance(run.selection, MissingEnergySelection) or run.selection.decay_plane is None:
        return source
    return DetectorSetup(source, run.selection.decay_plane)


def _asks_preshower(setup: AnySetup) -> bool:
    source = setup.source if isinstance(setup, DetectorSetup) else setup
    return isinstance(source, Setup) and source.min_preshower_energy > 0.0


_FLAVOURS = {
    ("missing-energy", "e-"): "e",
    ("missing-energy", "e+"): "e",
    ("visible", "e-"): "e",
    ("visible", "e+"): "e",
    ("missing-momentum", "mu-"): "mu",
    ("missing-momentum", "mu+"): "mu",
}


def _check_coupling(experiment: Experiment, model: Model, masses: FloatArray) -> None:
    flavour = _FLAVOURS.get((experiment.mode, experiment.beam.particle))
    if flavour is None:
        raise EmissError(
            f"experiment '{experiment.name}': no process is known for a beam of "
            f"{experiment.beam.particle} and a {experiment.mode} selection."
        )
    flying = any(
        isinstance(run.selection, VisibleSelection)
        or (isinstance(run.selection, MissingEnergySelection) and run.selection.decay_plane)
        for run in experiment.runs
    )
    if flying and np.any(model.photon_coupling(1.0, masses) > 0.0):
        return
    if not np.any(model.lepton_coupling(flavour, 1.0, masses) > 0.0):
        lepton = {"e": "electrons", "mu": "muons"}[flavour]
        raise EmissError(
            f"model '{model.name}' does not couple to {lepton}; no process of experiment "
            f"'{experiment.name}' makes it."
        )


def _processes(
    setup: AnySetup,
    model: Model,
    masses: FloatArray,
    form_factor: str,
    electron_motion: bool,
    progress: Callable[[float], None] | None,
) -> Mapping[str, ProcessYield]:
    if isinstance(setup, MuonSetup):
        from .missing_momentum import muon_yield

        return {_MUONS: muon_yield(setup, model, masses, form_factor, progress)}
    if isinstance(setup, VisibleSetup):
        from .visible import visible_yields

        return visible_yields(setup, model, masses, form_factor=form_factor, progress=progress)
    if isinstance(setup, DetectorSetup):
        from .missing_energy import decays_in_flight, escaping_processes

        if decays_in_flight(model, setup.source, masses, setup.plane):
            return escaping_processes(
                setup.source,
                model,
                masses,
                setup.plane,
                form_factor=form_factor,
                electron_motion=electron_motion,
                progress=progress,
            )
        setup = setup.source
    from .annihilation import annihilation_yield
    from .bremsstrahlung import bremsstrahlung_coefficient

    photons = np.any(model.photon_coupling(1.0, masses) > 0.0)
    found: dict[str, ProcessYield] = {}
    if not photons or np.any(model.lepton_coupling("e", 1.0, masses) > 0.0):
        widths = QuadraticWidths.of(model, masses)
        made = bremsstrahlung_coefficient(setup, masses, model.boson, form_factor, progress)
        found["bremsstrahlung"] = BremsstrahlungYield(model, masses, made, widths)
        found["annihilation"] = annihilation_yield(
            setup, model, masses, electron_motion=electron_motion, widths=widths
        )
    if photons:
        from .primakoff import primakoff_yield

        found["Primakoff"] = primakoff_yield(setup, model, masses, form_factor=form_factor)
    return found


def _citations(
    processes: tuple[Mapping[str, ProcessYield], ...], preshower: bool
) -> tuple[str, ...]:
    from ..shower import CITATIONS as SHOWER
    from ..shower.preshower import CITATIONS as PRESHOWER
    from . import annihilation, bremsstrahlung, missing_momentum, primakoff, semivisible, visible

    if all(_MUONS in setup for setup in processes):
        return missing_momentum.CITATIONS
    known = {
        "bremsstrahlung": bremsstrahlung.CITATIONS,
        "annihilation": annihilation.CITATIONS,
        "Primakoff": primakoff.CITATIONS,
    }
    keys = [key for setup in processes for name in setup for key in known[name]]
    kinds = {type(process) for setup in processes for process in setup.values()}
    if FlightYield in kinds:
        keys += visible.CITATIONS
    if semivisible.SemiVisibleYield in kinds:
        keys += semivisible.CITATIONS
    return tuple(dict.fromkeys((*SHOWER, *keys, *(PRESHOWER if preshower else ()))))
