r"""The simplified likelihood of a search: what others need to set a limit on a model of their own.

Per run r and mass the expected events are

.. math:: n_r = b_r e^{w_r z_r}
          + g^2 \sum_p c_{p,r} e^{s_r z'_r + u_r z''_{G(r)}},

with the coupling g (or another power of it than the square, where the model says so),
coefficients c of the processes, and log-normal factors: z for the background
of a run, z' for the signal of a run, z'' for the signal of all runs of a group. Coefficients are
read off at a reference coupling per mass, the observed limit: there the events are exact, and
elsewhere they go with the coupling squared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.guards import check_shapes, chosen, guarded
from ..yields.signal import coupling_power
from .arguments import ARGUMENTS, MASSES
from .channel import Channel
from .combination import OBSERVED
from .combined_experiment import parts_of
from .counting import METHODS
from .couplings import _required_events, channels_of
from .islands import GUESS_COUPLING, turns_off
from .limit import BANDS

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from ..yields import SignalYield
    from .combine import CombinedYield

__all__ = ["SimplifiedLikelihood", "likelihood", "simplified_likelihood"]

_STEPS: Final = 40
_CLOSE: Final = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class SimplifiedLikelihood:
    """Counts, backgrounds, signal coefficients and their uncertainties.

    Parameters
    ----------
    experiment, title, model : str
        Names of the experiment and of the model, and the experiment in words.
    parameters : mapping
        Parameters of the model.
    coupling_name, coupling_unit : str
        The coupling, and its unit; empty for a number.
    runs : tuple of str
        Names of the runs, shape (r,).
    channels : tuple of Channel
        Count, background and uncertainties of each run; its `signal` means nothing here.
    masses : array of float, shape (m,)
        Masses in GeV, ascending.
    reference : array of float, shape (m,)
        Coupling at which the coefficients are read off.
    coefficients : mapping of str to array of float, shape (r, m)
        Events over the power of the coupling, by process.
    citations : tuple of str
        Bibliography keys.
    projection : bool
        Whether no data stand behind the counts.
    power : float
        Power of the coupling that the signal goes with; the coefficients are events over it.
    """

    experiment: str
    title: str
    model: str
    parameters: Mapping[str, float | str]
    coupling_name: str
    coupling_unit: str
    runs: tuple[str, ...]
    channels: tuple[Channel, ...]
    masses: FloatArray
    reference: FloatArray
    coefficients: Mapping[str, FloatArray]
    citations: tuple[str, ...] = ()
    projection: bool = False
    power: float = 2.0

    @property
    def total(self) -> FloatArray:
        """Events over that power of the coupling of all processes, shape (r, m)."""
        found = np.zeros((len(self.runs), self.masses.size))
        for values in self.coefficients.values():
            found += values
        return found

    @guarded(ARGUMENTS)
    def events(self, coupling: ArrayLike) -> FloatArray:
        """Expected signal events.

        Parameters
        ----------
        coupling : float or array of float, shape (m,)
            Coupling.

        Returns
        -------
        array of float, shape (r, m)
            Events per run and mass.
        """
        check_shapes([("coupling", coupling), ("masses", self.masses)])
        return np.asarray(self.total * np.asarray(coupling, dtype=np.float64) ** self.power)

    @guarded(ARGUMENTS, method=chosen(METHODS))
    def limit(self, cl: float = 0.9, method: str = "cls") -> dict[str, FloatArray]:
        """Exclude couplings.

        Parameters
        ----------
        cl : float, optional
            Confidence level.
        method : str, optional
            As in `emiss.limit`.

        Returns
        -------
        dict of str to array of float, shape (m,)
            ``observed`` and the expected ``-2`` ... ``2``; NaN where there is no signal. Equal to
            the limit of the full yield at the level and with the method at which the reference was
            found, and as far as the signal goes with that power of the coupling at others.
        """
        total = self.total
        some = total.sum(axis=0) > 0.0
        found: dict[str, FloatArray] = {}
        if not some.any():
            return {name: np.full(self.masses.shape, np.nan) for name in ("observed", *BANDS)}
        required, _ = _required_events(self.channels, total[:, some], cl, method)
        for name, events in required.items():
            edges = np.full(self.masses.shape, np.nan)
            edges[some] = (events / total[:, some].sum(axis=0)) ** (1.0 / self.power)
            found["observed" if name == OBSERVED else name] = edges
        return found


def simplified_likelihood(
    signal: SignalYield | CombinedYield, cl: float = 0.9, method: str = "cls"
) -> SimplifiedLikelihood:
    """Reduce a yield to its simplified likelihood.

    Parameters
    ----------
    signal : SignalYield or CombinedYield
        Events as a function of coupling.
    cl : float, optional
        Confidence level of the reference coupling.
    method : str, optional
        Its statistical method.

    Returns
    -------
    SimplifiedLikelihood
        For the masses of the yield.

    Raises
    ------
    EmissError
        If the signal falls with the coupling somewhere, or goes with different powers of it: then
        no coefficient describes it.
    """
    power = coupling_power(signal.model)
    if turns_off(signal):
        raise EmissError(
            f"the signal of '{signal.model.name}' in '{signal.experiment.name}' does not go with "
            "the coupling squared, for where the boson decays depends on it; there is no "
            "simplified likelihood. Events at a coupling are given by emiss yields --coupling."
        )
    reference = _excluded(signal, power, cl, method)
    events = signal.per_process(reference)
    experiment, model = signal.experiment, signal.model
    return SimplifiedLikelihood(
        experiment.name,
        experiment.title,
        model.name,
        model.parameters(),
        model.coupling_name,
        model.coupling_unit,
        _names_of_runs(signal),
        channels_of(experiment),
        signal.masses,
        reference,
        {name: values / reference**power for name, values in events.items()},
        signal.citations,
        any(part.projection for part in parts_of(signal.experiment)),
        power,
    )


def _excluded(
    signal: SignalYield | CombinedYield, power: float, cl: float, method: str
) -> FloatArray:
    """Coupling that the counts exclude, per mass; the guess where there is no signal.

    Steps go as if the signal went with that power of the coupling, which it nearly does.
    """
    channels = channels_of(signal.experiment)
    coupling = np.full(signal.masses.shape, GUESS_COUPLING)
    for _ in range(_STEPS):
        events = signal.events(coupling)
        some = events.sum(axis=0) > 0.0
        if not some.any():
            break
        wanted = _required_events(channels, events[:, some], cl, method)[0][OBSERVED]
        factor = (wanted / events[:, some].sum(axis=0)) ** (1.0 / power)
        coupling[some] *= factor
        if np.all(np.abs(factor - 1.0) < _CLOSE):
            break
    return coupling


def _names_of_runs(signal: SignalYield | CombinedYield) -> tuple[str, ...]:
    """Names of periods; with that of their experiment where there are several."""
    parts = parts_of(signal.experiment)
    if len(parts) == 1:
        return tuple(run.period for run in parts[0].runs)
    return tuple(f"{part.name}: {run.period}" for part in parts for run in part.runs)


@guarded(ARGUMENTS, method=chosen(METHODS), masses=MASSES)
def likelihood(
    experiment: str | Experiment | Sequence[str | Experiment],
    model: Model,
    masses: ArrayLike,
    *,
    cl: float = 0.9,
    method: str = "cls",
    on_target: float | None = None,
    correlation: str = "shared",
) -> SimplifiedLikelihood:
    """Reduce a search to its simplified likelihood.

    Parameters
    ----------
    experiment : str, Experiment or sequence of them
        As in `emiss.limit`; several are combined.
    model : Model
        The model.
    masses : array of float, shape (m,)
        Masses in GeV.
    cl, method : optional
        Confidence level and method of the reference coupling.
    on_target : float, optional
        Rescale to this many beam particles.
    correlation : str, optional
        Which of several experiments share the factor of the signal's uncertainty.

    Returns
    -------
    SimplifiedLikelihood
        Counts, backgrounds, coefficients and uncertainties.

    Raises
    ------
    EmissError
        As `emiss.limit` and `simplified_likelihood`.

    Examples
    --------
    >>> import emiss
    >>> from emiss.inference.simplified import likelihood
    >>> found = likelihood("na64e-2016", emiss.models.DarkPhoton(), [0.01, 0.1])
    >>> found.runs, [c.observed for c in found.channels]
    (('2016',), [0])
    """
    from ..yields import signal_yield
    from .combine import combine_yields
    from .combined_experiment import split_names

    grid = np.sort(np.atleast_1d(np.asarray(masses, dtype=np.float64)))
    parts = split_names(experiment)
    options: dict[str, Any] = {} if on_target is None else {"on_target": on_target}
    if len(parts) > 1 and options:
        raise EmissError("on_target with several experiments: rescale one with with_on_target.")
    yields = [signal_yield(part, model, grid, **options) for part in parts]
    signal = yields[0] if len(yields) == 1 else combine_yields(yields, correlation)
    return simplified_likelihood(signal, cl, method)
