"""Thermal lines of a limit's own model, as curves for the y plane and for verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.constants import ELECTRON_MASS
from ..ground.errors import EmissError, ValidityError
from ..ground.guards import guarded, instance, optional
from ..physics.constraints.cosmology.thermal_lines import THERMAL_KINDS, ThermalLine, thermal_line
from ..physics.models.bosons import SPIN_ZERO
from ..physics.models.dark_sector import DARK_MATTER_NAMES, DarkMatterKind

if TYPE_CHECKING:
    from ..physics.constraints.curves.overlay import Overlay
    from ..physics.models import Model
    from .limit import Limit

__all__ = ["LABELS", "kinds_of", "model_line", "thermal_overlays"]

CITATIONS: Final = ("arXiv:1807.01730", "Izaguirre:2015yja")


LABELS: Final = {kind: f"{name} relic" for kind, name in DARK_MATTER_NAMES.items()}
_POINTS: Final = 121
# Annihilation at rest closes at the electron mass; the line is drawn from just above it.
_LIGHTEST: Final = 1.06 * ELECTRON_MASS
_HEAVIEST_MEDIATOR: Final = 9.0


def kinds_of(model: Model) -> tuple[DarkMatterKind, ...]:
    """Kinds of dark matter that a model's mediator can couple to, for the usual figure.

    Parameters
    ----------
    model : Model
        A model with a dark sector.

    Returns
    -------
    tuple of str
        Scalar, Majorana and pseudo-Dirac for a vector; Majorana and Dirac for spin 0.
    """
    if model.boson in SPIN_ZERO:
        return ("majorana", "dirac")
    return THERMAL_KINDS


def model_line(model: Model, masses: ArrayLike, kind: str | None = None) -> ThermalLine:
    """Thermal line of a model with another kind of dark matter.

    Parameters
    ----------
    model : Model
        Gives the mediator, alpha_dark, the mass ratio and the splitting.
    masses : array_like, shape (n,)
        Dark-matter masses in GeV.
    kind : str, optional
        Dark-matter kind; the model's own by default.

    Returns
    -------
    ThermalLine
        The line. A splitting is kept for pseudo-Dirac dark matter only.

    Raises
    ------
    EmissError
        If the model has no dark sector or the line has no solution.
    """
    sector = model.dark_sector
    if sector is None:
        raise EmissError(
            f"model '{model.name}' has no dark matter, so no relic density; set dark_matter to a "
            "kind, for example --set dark_matter=scalar."
        )
    chosen = cast(DarkMatterKind, sector.kind if kind is None else kind)
    mediator = None
    if model.name != "dark-photon":
        from ..physics.constraints.cosmology.mediators import mediator_from_model

        mediator = mediator_from_model(model)
    return thermal_line(
        masses,
        chosen,
        sector.alpha_dark,
        sector.mass_ratio,
        mediator=mediator,
        splitting=sector.splitting if chosen == "pseudo-dirac" else 0.0,
    )


@guarded(limit=instance("Limit"), model=optional(instance("Model")))
def thermal_overlays(
    limit: Limit, model: Model | None = None
) -> tuple[tuple[Overlay, ...], tuple[str, ...]]:
    """Thermal lines to draw with a limit.

    Parameters
    ----------
    limit : Limit
        The limit; its dark-matter masses set the range.
    model : Model, optional
        Its model; looked up by the limit's name and parameters if not given.

    Returns
    -------
    lines : tuple of Overlay
        y of each kind against dark-matter mass; empty for a limit without y.
    warnings : tuple of str
        Why a line is missing.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=["10 MeV", "30 MeV"])
    >>> lines, remarks = thermal_overlays(limit)
    >>> [line.label for line in lines]
    ['complex scalar relic', 'Majorana relic', 'pseudo-Dirac relic']
    >>> figure = emiss.plots.exclusion(limit, relic=lines)
    """
    from ..physics import models
    from ..physics.constraints.curves.overlay import Overlay

    if limit.y is None or limit.dark_matter_mass is None or limit.masses.size < 2:
        return (), ()
    chosen = models.get(limit.model, limit.model_parameters) if model is None else model
    sector = chosen.dark_sector
    if sector is None:
        return (), ()
    masses = _range(limit.dark_matter_mass, sector.mass_ratio)
    if masses is None:
        return (), ("no thermal line: all dark-matter masses are below that of the electron.",)
    lines, warnings = [], []
    for kind in kinds_of(chosen):
        try:
            line = model_line(chosen, masses, kind)
        except ValidityError as error:
            warnings.append(f"no thermal line for {kind} dark matter: {error}")
            continue
        good = np.isfinite(line.y)
        lines.append(Overlay(LABELS[kind], masses[good], line.y[good], "y"))
    return tuple(lines), tuple(warnings)


def _range(masses: FloatArray, mass_ratio: float) -> FloatArray | None:
    """Even masses over the range of a limit, as far as a line exists."""
    low = max(float(masses.min()), _LIGHTEST)
    high = min(float(masses.max()), _HEAVIEST_MEDIATOR / mass_ratio)
    if high <= low:
        return None
    return np.asarray(np.geomspace(low, high, _POINTS))
