"""The result of a search: which couplings are excluded at each mass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..ground.presentable import Recorded
from ..ground.provenance import Provenance
from .discovery import Excess

__all__ = ["BANDS", "Limit"]

BANDS = ("-2", "-1", "0", "1", "2")
"""Keys of the expected limit: standard deviations from the median."""


@dataclass(frozen=True, slots=True, eq=False)
class Limit(Recorded):
    r"""Excluded couplings per mass, observed and expected.

    Parameters
    ----------
    experiment, experiment_title : str
        Name and title of the experiment.
    model : str
        Name of the model.
    model_parameters : mapping
        The model's parameters, e.g. ``{"alpha_dark": 0.1, "mass_ratio": 3.0}``.
    coupling_name, coupling_label : str
        Plain name (``"epsilon"``) and LaTeX label (``"\epsilon"``) of the free coupling.
    masses : array of float, shape (n,)
        Mediator masses in GeV, ascending.
    observed : array of float, shape (n,)
        Smallest excluded coupling; NaN where nothing is excluded.
    observed_upper : array of float, shape (n,), or None
        Largest excluded coupling where the excluded region is an island (inf where it is open).
    expected : mapping of str to array of float, shape (n,)
        Expected limits in the background-only hypothesis, keys `BANDS`.
    expected_upper : mapping of str to array of float, shape (n,), or None
        Upper edges of what would be excluded, where the regions are islands.
    method : str
        Statistical method: ``cls``, ``fc``, ``fc-raw``, ``bayes``, ``asymptotic`` or ``toys``.
    cl : float
        Confidence level.
    shares : mapping of str to array of float, shape (n,)
        Share of each production process in the signal at the observed limit.
    signal_events : array of float, shape (n,)
        Expected signal events at the observed limit.
    particles_on_target : float
        Total number of beam particles on target.
    beam_label : str
        Beam particle and energy for labels, e.g. ``"100 GeV e-"``.
    dark_matter_mass, y : array of float, shape (n,), or None
        Dark-matter mass in GeV and y = epsilon^2 alpha_dark (m_chi/m_A')^4 at the observed limit.
    provenance : Provenance
        How to reproduce the result.
    citations : tuple of str
        Bibliography keys of exactly the physics used.
    warnings : tuple of str
        What the reader must know, e.g. where the method is known to be wrong.
    coupling_unit : str
        Unit of the free coupling, ``"GeV^-1"``; empty where it is a number.
    symbol : str
        LaTeX symbol of the mediator, without dollar signs; empty: that of the model of this name.
    projection : bool
        Whether no data stand behind `observed`: then it is what the median of the counts expected
        from background would exclude, and `kind` says so in tables, figures and records.
    excess : Excess or None
        The count beside what background alone gives, all runs together; None for a projection and
        where no background is expected.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016-2022", masses=["10 MeV", "100 MeV"])
    >>> print(f"{limit.observed[0]:.1e} {limit.coupling_name}")
    2.2e-05 epsilon
    >>> sorted(limit.shares)[:2]
    ['annihilation', 'associated production']
    """

    experiment: str
    experiment_title: str
    model: str
    model_parameters: Mapping[str, float | str]
    coupling_name: str
    coupling_label: str
    masses: NDArray[np.float64]
    observed: NDArray[np.float64]
    expected: Mapping[str, NDArray[np.float64]]
    method: str
    cl: float
    shares: Mapping[str, NDArray[np.float64]]
    signal_events: NDArray[np.float64]
    particles_on_target: float
    beam_label: str
    provenance: Provenance
    citations: tuple[str, ...]
    observed_upper: NDArray[np.float64] | None = None
    expected_upper: Mapping[str, NDArray[np.float64]] | None = None
    dark_matter_mass: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    warnings: tuple[str, ...] = field(default=())
    coupling_unit: str = ""
    symbol: str = ""
    projection: bool = False
    excess: Excess | None = None

    @property
    def kind(self) -> str:
        """What the limit is: ``"observed"``, or ``"projected"`` where nothing was observed."""
        return "projected" if self.projection else "observed"

    @property
    def title(self) -> str:
        """Title of the experiment, which says of a projection that it is one."""
        said = "project" in self.experiment_title.lower() or not self.projection
        return self.experiment_title if said else f"{self.experiment_title} (projected)"
