"""Likelihoods of a limit: made again from its experiment and model, and checked against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...ground.checks import check_real
from ...ground.errors import EmissError
from ...ground.units import parse_quantity
from ...inference.limit import Limit
from .likelihood_file import likelihood_record
from .pyhf_workspace import pyhf_workspace

if TYPE_CHECKING:
    from ...inference.simplified import SimplifiedLikelihood

__all__ = ["limit_likelihood", "limit_pyhf"]

_SAME = 1e-3
"""Relative difference between the limit and the one of its likelihood that is rounding."""


def _likelihood(limit: Limit, masses: Any) -> SimplifiedLikelihood:
    from ... import experiments
    from ...inference.simplified import likelihood
    from ...physics import models

    names = limit.experiment.split("+")
    if any(name not in experiments.names() for name in names):
        raise EmissError(
            f"'{limit.experiment}' is not in the catalogue, and a limit does not keep its file; "
            "use `emiss export` with the file."
        )
    total = sum(experiments.get(name).total_on_target for name in names)
    rescaled = abs(limit.particles_on_target - total) > 1e-9 * total
    return likelihood(
        ",".join(names),
        models.get(limit.model, limit.model_parameters),
        masses,
        cl=limit.cl,
        method=limit.method,
        on_target=limit.particles_on_target if rescaled else None,
    )


def limit_likelihood(limit: Limit) -> dict[str, Any]:
    """Simplified likelihood of a limit at its masses, as a record for JSON.

    Parameters
    ----------
    limit : Limit
        A result for experiments of the catalogue.

    Returns
    -------
    dict
        As `emiss export likelihood` writes it.

    Raises
    ------
    EmissError
        If the experiment is not of the catalogue, or the limit was made with other options.
    """
    found = _likelihood(limit, np.sort(limit.masses))
    own = limit.observed[np.argsort(limit.masses)]
    both = np.isfinite(own) & np.isfinite(found.reference)
    if np.any(np.abs(found.reference[both] / own[both] - 1.0) > _SAME):
        raise EmissError(
            "the limit was made with other options than those of a likelihood (form factor, "
            "electron motion, associated production or correlation); use `emiss export`."
        )
    return likelihood_record(found)


def limit_pyhf(limit: Limit, *, mass: float | str) -> dict[str, Any]:
    """Workspace of pyhf at one mass; ``mu`` is 1 at the excluded coupling.

    Parameters
    ----------
    limit : Limit
        A result for experiments of the catalogue.
    mass : float or str
        In GeV, or text with a unit.

    Returns
    -------
    dict
        Workspace of schema version 1.0.0.

    Raises
    ------
    EmissError
        As `limit_likelihood`.
    """
    value = parse_quantity(mass, "energy", "mass") if isinstance(mass, str) else mass
    return pyhf_workspace(_likelihood(limit, np.array([check_real(value, "mass")])))
