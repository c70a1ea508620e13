"""Signal events per process, run period, mass and coupling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import constants as const
from ..errors import EmissError
from .setup import Setup, setup_of

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..models import Model

__all__ = ["SignalYield", "signal_yield"]

FloatArray = NDArray[np.float64]

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
    widths : array of float, shape (3, n_masses), or None
        Visible and neutrino width over coupling squared and dark width, in GeV; None for a model
        whose widths are not quadratic in the coupling.
    """

    model: Model
    masses: FloatArray
    coefficient: FloatArray
    widths: FloatArray | None = None

    @classmethod
    def prepare(cls, model: Model, masses: FloatArray, coefficient: FloatArray) -> Self:
        """Prepare fixed masses for many couplings; for the parameters see the class."""
        return cls(model, masses, coefficient, _quadratic_widths(model, masses))

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.model.lepton_coupling("e", coupling, self.masses) / const.ELECTRIC_CHARGE
        return np.asarray(self.coefficient * strength**2 * self._invisible(coupling))

    def _invisible(self, coupling: FloatArray) -> FloatArray:
        if self.widths is None:
            return self.model.invisible_branching(self.masses, coupling)
        visible, neutrinos, dark = self.widths
        squared = np.square(coupling)
        invisible = neutrinos * squared + dark
        total = visible * squared + invisible
        out = np.zeros_like(total)
        return np.asarray(np.divide(invisible, total, out=out, where=total > 0.0))


def _quadratic_widths(model: Model, masses: FloatArray) -> FloatArray | None:
    """Widths over coupling squared, if two couplings give the same; and the dark width."""
    found = []
    for coupling in (1e-3, 1.0):
        visible = np.sum(list(model.visible_widths(masses, coupling).values()), axis=0)
        found.append([visible, model.neutrino_width(masses, coupling)] / np.square(coupling))
    if not np.allclose(found[0], found[1], rtol=1e-9, atol=0.0):
        return None
    return np.concatenate([found[1], [model.dark_width(masses)]])


@dataclass(frozen=True, slots=True, eq=False)
class SignalYield:
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
        if not np.all((value >= 0.0) & np.isfinite(value)):
            raise EmissError("couplings must be finite and not negative.")
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
    setups: dict[Setup, int] = {}
    index = tuple(setups.setdefault(setup_of(found, run), len(setups)) for run in found.runs)
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
        _citations(processes),
    )


def _check_coupling(experiment: Experiment, model: Model, masses: FloatArray) -> None:
    if experiment.beam.particle not in ("e-", "e+"):
        raise EmissError(
            f"experiment '{experiment.name}': no process is known for a beam of "
            f"{experiment.beam.particle}."
        )
    if not np.any(model.lepton_coupling("e", 1.0, masses) > 0.0):
        raise EmissError(
            f"model '{model.name}' does not couple to electrons; no process of experiment "
            f"'{experiment.name}' makes it."
        )


def _processes(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    form_factor: str,
    electron_motion: bool,
    progress: Callable[[float], None] | None,
) -> Mapping[str, ProcessYield]:
    from .annihilation import annihilation_yield
    from .bremsstrahlung import bremsstrahlung_coefficient

    coefficient = bremsstrahlung_coefficient(setup, masses, model.boson, form_factor, progress)
    return {
        "bremsstrahlung": BremsstrahlungYield.prepare(model, masses, coefficient),
        "annihilation": annihilation_yield(setup, model, masses, electron_motion=electron_motion),
    }


def _citations(processes: tuple[Mapping[str, ProcessYield], ...]) -> tuple[str, ...]:
    from ..shower import CITATIONS as SHOWER
    from . import annihilation, bremsstrahlung

    known = {
        "bremsstrahlung": bremsstrahlung.CITATIONS,
        "annihilation": annihilation.CITATIONS,
    }
    keys = [key for setup in processes for name in setup for key in known[name]]
    return tuple(dict.fromkeys((*SHOWER, *keys)))
