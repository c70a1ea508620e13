"""Relic density and direct detection, with names and units accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from ..ground.errors import ArgumentError, EmissError
from ..ground.guards import guarded, text
from .arguments import ARGUMENTS
from .edge import MassesLike, ModelLike, as_masses, as_model, as_quantity

if TYPE_CHECKING:
    from ..physics.constraints.cosmology.relic import RelicLine

__all__ = ["direct_detection", "relic"]


@guarded(ARGUMENTS)
def relic(
    model: ModelLike | None = None,
    *,
    masses: MassesLike = "1MeV:300MeV",
    parameters: Mapping[str, Any] | None = None,
    mode: Literal["full", "fast", "textbook"] = "full",
    omega: float = 0.12,
) -> RelicLine:
    """Coupling and y that leave the observed density after freeze-out.

    Parameters
    ----------
    model : str, path or Model, optional
        Mediator with its dark sector; a dark photon with its defaults if not given.
    masses : numbers, text or quantities, optional
        Dark-matter masses in GeV or with units, or a range in which they are placed.
    parameters : mapping, optional
        Parameters of the model, such as ``{"dark_matter": "scalar"}``.
    mode : str, optional
        ``full`` (Boltzmann equation), ``fast`` (a few per cent) or ``textbook``.
    omega : float, optional
        Density Omega h^2 wanted.

    Returns
    -------
    RelicLine
        `emiss.plots.relic_line` draws it.

    Raises
    ------
    EmissError
        If the model has no dark matter, or a value is out of range.

    Examples
    --------
    >>> import emiss
    >>> line = emiss.relic(masses=["10 MeV"], parameters={"dark_matter": "scalar"}, mode="fast")
    >>> bool(1e-12 < line.y[0] < 1e-10)
    True
    """
    from ..physics.constraints.cosmology.mediators import mediator_from_model
    from ..physics.constraints.cosmology.relic_masses import relic_line

    chosen = as_model(model, parameters)
    sector = chosen.dark_sector
    if sector is None:
        raise EmissError(f"model '{chosen.name}' has no dark matter; set dark_matter to a kind.")
    mediator = None if chosen.name == "dark-photon" else mediator_from_model(cast(Any, chosen))
    return relic_line(
        as_masses(masses),
        cast(Any, sector.kind),
        sector.alpha_dark,
        sector.mass_ratio,
        mode,
        mediator=mediator,
        splitting=sector.splitting,
        target=omega,
    )


@guarded(ARGUMENTS, target=text)
def direct_detection(
    mass: Any,
    *,
    y: float | None = None,
    sigma: float | None = None,
    dark_matter: str = "scalar",
    target: Literal["electron", "nucleon"] = "electron",
    mass_ratio: float = 3.0,
    reference: Literal["alpha-m", "zero"] | None = None,
) -> float:
    """Reference cross-section that belongs to y, or y that belongs to a cross-section.

    Parameters
    ----------
    mass : number, text or quantity
        Dark-matter mass in GeV or with a unit.
    y, sigma : float, optional
        The one that is given, sigma in cm^2.
    dark_matter : str, optional
        Kind of dark matter.
    target : str, optional
        ``electron`` or ``nucleon``.
    mass_ratio : float, optional
        Mediator over dark-matter mass.
    reference : str, optional
        Momentum transfer at which sigma is quoted.

    Returns
    -------
    float
        The other one.

    Raises
    ------
    EmissError
        If not one of the two is given, or the kind has no elastic scattering to compare.

    Examples
    --------
    >>> import emiss
    >>> sigma = emiss.direct_detection("10 MeV", y=1e-12)
    >>> round(emiss.direct_detection("10 MeV", sigma=sigma) / 1e-12, 9)
    1.0
    """
    from ..physics.constraints import direct_detection as dd

    if (y is None) == (sigma is None):
        raise ArgumentError("direct_detection: give y or sigma, one of them.")
    chi = as_quantity(mass, "energy", "mass")
    if y is not None:
        found = dd.sigma_from_y(y, chi, dark_matter, target, mass_ratio, reference=reference)
    else:
        found = dd.y_from_sigma(
            cast(float, sigma), chi, dark_matter, target, mass_ratio, reference=reference
        )
    return float(found)
