"""The result of a search: which couplings are excluded at each mass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import EmissError
from ..ground.provenance import Provenance

if TYPE_CHECKING:
    import pandas

__all__ = ["BANDS", "Limit"]

BANDS = ("-2", "-1", "0", "1", "2")
"""Keys of the expected limit: standard deviations from the median."""


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
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
    method : str
        Statistical method: ``cls``, ``fc``, ``bayes`` or ``asymptotic``.
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
    dark_matter_mass: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    warnings: tuple[str, ...] = field(default=())
    coupling_unit: str = ""
    symbol: str = ""

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Numbers of the limit by column, as in ``limit.csv``; masses in GeV."""
        from ..presentation.export import limit_columns

        return limit_columns(self)

    def to_frame(self) -> pandas.DataFrame:
        """Table of the limit as a pandas data frame.

        Raises
        ------
        EmissError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise EmissError(
                "to_frame needs pandas (pip install 'emiss[io]'); `columns` gives arrays."
            ) from error
        return pandas.DataFrame(self.columns())

    def save(self, directory: str | Path, **options: Any) -> list[Path]:
        """Write all files of the result, see `emiss.export.write_results`."""
        from ..presentation.export import write_results

        return write_results(self, directory, **options)

    def _repr_html_(self) -> str:
        from ..presentation.export import limit_html

        return limit_html(self)
