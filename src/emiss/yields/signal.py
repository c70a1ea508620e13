"""Signal events per process, run period, mass and coupling: what every engine answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from ..ground.guards import numbers
from ..ground.presentable import Recorded

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from .processes.base import ProcessYield

__all__ = ["COEFFICIENT_COUPLING", "SignalYield", "coefficient_coupling", "coupling_power"]

_COUPLINGS = numbers(0.0, 1e60)
COEFFICIENT_COUPLING = 1e-7
"""Coupling at which the coefficient of coupling squared is read off: no visible width there."""
_WITH_NEUTRINOS = 1e-4
"""The same for bosons without dark matter that decay to neutrinos and to what is seen."""


def coefficient_coupling(model: Model) -> float:
    """Coupling at which coefficients of a model are read off.

    Parameters
    ----------
    model : Model
        The model.

    Returns
    -------
    float
        1e-7, where visible widths are nothing beside dark ones. 1e-4, near what searches exclude,
        for a boson without dark matter that decays to neutrinos as well: at 1e-7 it would fly away
        where nobody can see it, and a yield that is made for couplings at which something is seen
        says nothing there.
    """
    one, mass = np.ones(1), np.full(1, 0.1)
    # Models of mesons alone say nothing of leptons, and have no boson whose widths were known.
    made = any(model.lepton_coupling(flavour, one, mass)[0] != 0.0 for flavour in ("e", "mu"))
    if made and model.dark_sector is None and model.neutrino_width(mass, one)[0] > 0.0:
        return _WITH_NEUTRINOS
    return COEFFICIENT_COUPLING


def coupling_power(model: Model) -> float:
    """Power of the coupling with which the events of a model grow.

    Parameters
    ----------
    model : Model
        The model.

    Returns
    -------
    float
        2 for most.

    Raises
    ------
    EmissError
        If its processes go with different powers.
    """
    power = model.coupling_power
    if power is None:
        raise EmissError(
            f"the processes of model '{model.name}' go with different powers of "
            f"{model.coupling_name}: there is no one coefficient. Ask for events at a coupling, as "
            "with emiss yields --coupling."
        )
    return power


@dataclass(frozen=True, slots=True, eq=False)
class SignalYield(Recorded):
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
    relative : mapping of str to array of float, shape (n_runs, n_masses)
        Efficiency of a process over `efficiency`; processes that are not named have 1.
    shares : callable or None
        Gives what `cut_flow` gives where the cuts are part of the yield; asked for when needed.

    Examples
    --------
    >>> import emiss
    >>> signal = emiss.yields("na64e-2016", masses=["10 MeV", "100 MeV"])
    >>> signal.events(1e-4).shape == (len(signal.runs), 2)
    True
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
    shares: Callable[[], Mapping[str, FloatArray]] | None = field(default=None, repr=False)
    relative: Mapping[str, FloatArray] = field(default_factory=dict, repr=False)

    @property
    def process_names(self) -> tuple[str, ...]:
        """Names of the processes."""
        return tuple(dict.fromkeys(name for setup in self.processes for name in setup))

    def _couplings(self, coupling: ArrayLike) -> FloatArray:
        _COUPLINGS(coupling, "coupling")
        value = np.asarray(coupling, dtype=np.float64)
        if value.ndim and value.shape[-1] not in (1, self.masses.size):
            raise ArgumentError(
                f"coupling: shape {value.shape}; give one number, or one for each of the "
                f"{self.masses.size} masses."
            )
        if value.ndim == 0:
            return np.full(self.masses.shape, float(value))
        return np.broadcast_to(value, (*value.shape[:-1], self.masses.size))

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
        zero = np.zeros(value.shape)
        found = {}
        for name in self.process_names:
            rates = [
                setup[name].per_particle(value) if name in setup else zero
                for setup in self.processes
            ]
            found[name] = self._of_runs(rates, value.ndim, name)
        return found

    def _of_runs(self, rates: list[FloatArray], dimensions: int, name: str = "") -> FloatArray:
        """Events of all runs from the rates of each setup; of one process, or of all."""
        scale = self.scale
        if name in self.relative:
            scale = scale * self.relative[name]
        scale = scale.reshape(len(self.runs), *(1,) * (dimensions - 1), self.masses.size)
        if len(rates) == 1:
            return np.asarray(scale * rates[0])
        return np.asarray(scale * np.stack([rates[i] for i in self.setup_index]))

    def cut_flow(self) -> dict[str, FloatArray]:
        """Share of the bosons made that is left after each cut.

        Returns
        -------
        dict of str to array of float, shape (n_runs, n_masses)
            By cut, cumulative; the last is the acceptance. Of a missing-momentum search the cuts on
            the scattered lepton; of a missing-energy search ``missing energy`` and ``preshower``,
            of the bosons with more than 10 % of the beam energy, all processes together, at small
            coupling. Empty where the coupling decides what is seen, as for decays in flight.
        """
        flows: list[dict[str, FloatArray]] = []
        for setup in self.processes:
            computed = [p for p in setup.values() if getattr(p, "cuts", ())]
            if len(computed) != 1:
                return {} if self.shares is None else dict(self.shares())
            flow, cuts = getattr(computed[0], "flow"), getattr(computed[0], "cuts")  # noqa: B009
            flows.append({cut: flow[:, number] for number, cut in enumerate(cuts)})
        return {
            cut: np.stack([flows[index][cut] for index in self.setup_index]) for cut in flows[0]
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the processes say that their yields lack, each sentence once."""
        each = (p for setup in self.processes for p in setup.values())
        return tuple(dict.fromkeys(text for p in each for text in getattr(p, "warnings", ())))

    @property
    def decays_in_flight(self) -> bool:
        """Whether the signal can fall with the coupling, for where the boson decays decides."""
        return any(getattr(p, "flies", False) for s in self.processes for p in s.values())

    def errors(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Statistical standard deviation of the signal events per process.

        Parameters
        ----------
        coupling : float or array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        dict of str to array of float, shape (n_runs, ..., n_masses)
            Of engines that sample; empty for those that do not.
        """
        value = self._couplings(coupling)
        zero = np.zeros(value.shape)
        found = {}
        for name in self.process_names:
            each = [getattr(setup.get(name), "error", None) for setup in self.processes]
            if any(error is not None for error in each):
                rates = [zero if error is None else error(value) for error in each]
                found[name] = self._of_runs(rates, value.ndim, name)
        return found

    def effective_sizes(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Number of bosons of equal weight with the same statistical error, per process.

        Parameters
        ----------
        coupling : float or array of float, shape (..., n_masses)
            Free coupling of the model: it decides which bosons decay where they count.

        Returns
        -------
        dict of str to array of float, shape (n_runs, ..., n_masses)
            (sum w)^2/sum w^2 of bosons that pass the threshold, what is asked of the shower or the
            scattered lepton, and their decay; of engines that sample, empty for those that do not.
        """
        value = self._couplings(coupling)
        zero = np.zeros(value.shape)
        found = {}
        for name in self.process_names:
            each = [getattr(setup.get(name), "effective_size", None) for setup in self.processes]
            if any(size is not None for size in each):
                sizes = [zero if size is None else size(value) for size in each]
                found[name] = np.stack([sizes[i] for i in self.setup_index])
        return found

    def coefficients(self) -> dict[str, FloatArray]:
        """Events per process over coupling squared, for a coupling so small that it is quadratic.

        Where a model's events go with another power of the coupling (`Model.coupling_power`) it is
        events over that.

        Returns
        -------
        dict of str to array of float, shape (n_runs, n_masses)
            Events "at coupling 1" with the widths of the dark channels alone; of bosons that decay
            to neutrinos at coupling 1e-4, over its square, see `coefficient_coupling`.

        Raises
        ------
        EmissError
            If processes of the model go with different powers.
        """
        small = coefficient_coupling(self.model)
        events, unit = self.per_process(small), small ** coupling_power(self.model)
        return {name: value / unit for name, value in events.items()}

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
        value = self._couplings(coupling)
        if self.relative:
            return np.asarray(np.sum(list(self.per_process(value).values()), axis=0))
        zero = np.zeros(value.shape)
        rates = [
            sum((made.per_particle(value) for made in setup.values()), zero)
            for setup in self.processes
        ]
        return self._of_runs(rates, value.ndim)
