"""Limits over parameters of a model, on as many workers as an executor has."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..ground import guards
from ..ground.arrays import FloatArray
from ..ground.checks import shortened
from ..ground.errors import ArgumentError, ArgumentTypeError
from ..ground.guards import guarded
from ..ground.presentable import Recorded
from ..ground.workers import workers_of
from .arguments import ARGUMENTS
from .edge import ExperimentsLike, MassesLike, ModelLike, as_experiments, as_masses, as_model
from .search import limit

if TYPE_CHECKING:
    from ..inference.limit import Limit
    from ..physics.models import Model

__all__ = ["ScanResult", "scan"]

_CHUNKS_PER_WORKER: Final = 4
"""So that workers end together, and each task is large beside its overhead."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanResult(Recorded):
    """Limits at every point of a scan.

    Parameters
    ----------
    names : tuple of str
        Parameters that were varied.
    points : tuple of tuple
        Their values, one tuple per point.
    limits : tuple of Limit
        The limit at each point.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.scan({"alpha_dark": [0.1, 0.5]}, masses=["10 MeV", "100 MeV"])
    >>> found.axis("alpha_dark")
    (0.1, 0.5)
    >>> found.values("observed").shape
    (2, 2)
    """

    names: tuple[str, ...]
    points: tuple[tuple[Any, ...], ...]
    limits: tuple[Limit, ...]

    def axis(self, name: str) -> tuple[Any, ...]:
        """Values of one parameter, each once, in the order given."""
        if name not in self.names:
            raise ArgumentError(f"scan: '{name}' was not varied; choose of {self.names}.")
        at = self.names.index(name)
        return tuple(dict.fromkeys(point[at] for point in self.points))

    def values(self, column: str = "observed") -> FloatArray:
        """Numbers of all limits.

        Parameters
        ----------
        column : str, optional
            A field of `Limit` with a number per mass, such as ``"observed"`` or ``"y"``.

        Returns
        -------
        array of float, shape (n_points, n_masses)
            NaN where nothing is excluded.
        """
        found = [getattr(one, column, None) for one in self.limits]
        if any(not isinstance(row, np.ndarray) for row in found):
            raise ArgumentError(f"scan: the limits have no column '{column}'.")
        return np.stack([np.asarray(row, dtype=np.float64) for row in found])


@guarded(ARGUMENTS, executor=guards.executor)
def scan(
    parameters: Mapping[str, Sequence[Any]],
    experiment: ExperimentsLike = "na64e-2016-2022",
    model: ModelLike | None = None,
    *,
    masses: MassesLike = "1MeV:1GeV:20",
    fixed: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> ScanResult:
    """Limits at every combination of some parameters of a model.

    Parameters
    ----------
    parameters : mapping of str to sequence
        Values of each parameter, e.g. ``{"alpha_dark": [0.1, 0.5], "mass_ratio": [3, 4]}``.
    experiment : str, path, Experiment or sequence of them, optional
        As in `emiss.limit`.
    model : str, path or Model, optional
        A dark photon if not given.
    masses : numbers, text or quantities, optional
        Mediator masses, the same at every point.
    fixed : mapping, optional
        Further parameters of the model.
    executor : concurrent.futures.Executor, optional
        Who works: a process or thread pool, or ``dask.distributed.Client().get_executor()``. The
        points are handed over in chunks. Without one they are done here.
    **options
        Further ones of `emiss.limit`, such as ``cl`` or ``method``.

    Returns
    -------
    ScanResult
        ``to_frame()`` is a tidy table with a row per point and mass; `emiss.plots.scan` draws
        contours.

    Raises
    ------
    EmissError
        If a parameter is unknown to the model or has no values, or a value is out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.scan({"alpha_dark": [0.1, 0.5]}, "na64e-2016", masses=["10 MeV", "20 MeV"])
    >>> found.to_frame().shape[0]
    4
    """
    names, points = _points(parameters)
    base = as_model(model, fixed)
    models = [base.with_parameters(**dict(zip(names, point, strict=True))) for point in points]
    grid = as_masses(masses, counts=True)
    work = [(as_experiments(experiment), chosen, grid, dict(options)) for chosen in models]
    if executor is None:
        return ScanResult(names, points, tuple(_limits_of(work)))
    chunks = _chunks(work, _CHUNKS_PER_WORKER * workers_of(executor))
    futures: list[Future[list[Limit]]] = [executor.submit(_limits_of, chunk) for chunk in chunks]
    try:
        done = [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return ScanResult(names, points, tuple(itertools.chain.from_iterable(done)))


def _points(parameters: Mapping[str, Sequence[Any]]) -> tuple[tuple[str, ...], Any]:
    """Names, and all combinations of the values, the last name varying fastest."""
    if not isinstance(parameters, Mapping) or not parameters:
        raise ArgumentTypeError(
            f"parameters: {shortened(parameters)}; give a mapping such as "
            "{'alpha_dark': [0.1, 0.5]}."
        )
    values = []
    for name, given in parameters.items():
        if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
            raise ArgumentTypeError(f"parameters: '{name}' needs several values, as in [0.1, 0.5].")
        row = [x.item() if isinstance(x, np.generic) else x for x in given]
        if not row:
            raise ArgumentError(f"parameters: '{name}' has no values.")
        values.append(row)
    return tuple(parameters), tuple(itertools.product(*values))


def _chunks(work: Sequence[Any], count: int) -> list[list[Any]]:
    """Neighbouring points together: they share tracks and spectra that are kept in memory."""
    edges = np.linspace(0, len(work), min(count, len(work)) + 1).round().astype(int)
    return [list(work[a:b]) for a, b in itertools.pairwise(edges.tolist())]


def _limits_of(work: Sequence[tuple[Any, Model, Any, dict[str, Any]]]) -> list[Limit]:
    return [
        limit(experiment, model, masses=masses, **options)
        for experiment, model, masses, options in work
    ]
