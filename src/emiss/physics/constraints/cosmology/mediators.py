"""Mediators as the freeze-out sees them: a visible width at any mass, its kinks and its peaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.constants import ALPHA, CHARGED_PION_MASS, ELECTRIC_CHARGE, LEPTON_MASS
from ....ground.errors import ValidityError
from ....ground.guards import guarded
from ..arguments import ARGUMENTS

__all__ = [
    "Mediator",
    "MediatorKind",
    "MediatorModel",
    "dark_photon_mediator",
    "lepton_ratio",
    "mediator_from_model",
    "thermal_variable",
    "vector_mediator",
]

CITATIONS: Final = ("Izaguirre:2015yja",)

MediatorKind = Literal["vector", "scalar", "pseudoscalar"]

# They only place quadrature panels: pi pi, rho, omega, phi (PDG).
_HADRON_THRESHOLDS: Final = (2.0 * CHARGED_PION_MASS,)
_HADRON_RESONANCES: Final = ((0.775, 0.147), (0.7827, 0.0087), (1.0195, 0.00425))


@dataclass(frozen=True, slots=True)
class Mediator:
    """A boson in the s channel, as far as annihilation into visible particles needs it.

    Parameters
    ----------
    name : str
        For notes and errors.
    visible_width : callable
        Array of sqrt(s) in GeV to the partial width into visible states (neutrinos included) of a
        mediator of that mass, in GeV per coupling^2.
    kind : str
        ``"vector"``, ``"scalar"`` or ``"pseudoscalar"``.
    coupling_name : str
        What the squared coupling is the square of, e.g. ``"epsilon"``.
    epsilon_per_coupling : float
        Factor to the equivalent epsilon of the y plane: 1 for epsilon, 1/e for a gauge coupling.
    thresholds : tuple of float
        Values of sqrt(s) in GeV at which `visible_width` has a kink.
    resonances : tuple of (float, float)
        Mass and width in GeV of narrow structures in `visible_width`.
    maximum_energy : float
        Largest sqrt(s) in GeV at which `visible_width` is known. Pairs must be lighter; in the
        thermal tail above it the width is continued in proportion to sqrt(s).
    """

    name: str
    visible_width: Callable[[FloatArray], FloatArray]
    kind: MediatorKind = "vector"
    coupling_name: str = "epsilon"
    epsilon_per_coupling: float = 1.0
    thresholds: tuple[float, ...] = ()
    resonances: tuple[tuple[float, float], ...] = ()
    maximum_energy: float = math.inf

    def continued_width(self, sqrt_s: FloatArray) -> FloatArray:
        """Visible width in GeV per coupling^2, continued linearly above `maximum_energy`."""
        known = np.minimum(sqrt_s, self.maximum_energy)
        return np.asarray(self.visible_width(known) * (sqrt_s / known))


def lepton_ratio(
    sqrt_s: FloatArray, charges: dict[str, float] | None = None, neutrinos: float = 0.0
) -> FloatArray:
    """Visible ratio of leptons, F = Sum Q^2 sqrt(1-4m^2/s) (1+2m^2/s) + neutrinos.

    Parameters
    ----------
    sqrt_s : array of float
        Centre-of-mass energy in GeV.
    charges : dict, optional
        Charge of each lepton ``"e"``, ``"mu"``, ``"tau"``; all 1 by default.
    neutrinos : float
        Constant share of neutrinos, 1/2 Q^2 per left-handed flavour.

    Returns
    -------
    array of float
        F relative to one massless lepton of charge 1.
    """
    total = np.full(np.shape(sqrt_s), float(neutrinos))
    for lepton, charge in (charges or dict.fromkeys(LEPTON_MASS, 1.0)).items():
        r2 = np.minimum((LEPTON_MASS[lepton] / sqrt_s) ** 2, 0.25)
        total = total + charge**2 * np.sqrt(1.0 - 4.0 * r2) * (1.0 + 2.0 * r2)
    return total


def vector_mediator(
    name: str,
    visible_ratio: Callable[[FloatArray], FloatArray],
    coupling_name: str = "epsilon",
    thresholds: tuple[float, ...] = (),
    resonances: tuple[tuple[float, float], ...] = (),
    *,
    maximum_energy: float = math.inf,
) -> Mediator:
    """Vector mediator from its visible ratio F, with width alpha_X M F/3.

    Parameters
    ----------
    name : str
        For notes and errors.
    visible_ratio : callable
        Array of sqrt(s) in GeV to F, the visible width over that of one massless charged lepton
        of unit charge.
    coupling_name : str
        ``"epsilon"`` (charge in units of e, alpha_X = epsilon^2 alpha) or the name of a gauge
        coupling g (alpha_X = g^2/(4 pi)).
    thresholds, resonances : tuple
        Kinks and narrow peaks of F, see `Mediator`; those of charged leptons are always there.
    maximum_energy : float
        Largest sqrt(s) in GeV at which F is known.

    Returns
    -------
    Mediator
    """
    epsilon = coupling_name == "epsilon"
    strength = ALPHA if epsilon else 1.0 / (4.0 * math.pi)

    def visible_width(sqrt_s: FloatArray) -> FloatArray:
        return np.asarray(strength / 3.0 * sqrt_s * visible_ratio(sqrt_s))

    return Mediator(
        name,
        visible_width,
        "vector",
        coupling_name,
        1.0 if epsilon else 1.0 / ELECTRIC_CHARGE,
        (*(2.0 * m for m in LEPTON_MASS.values()), *thresholds),
        resonances,
        maximum_energy,
    )


def dark_photon_mediator(
    r_ratio: Callable[[FloatArray], FloatArray] | None = None, *, quick: bool = False
) -> Mediator:
    """Dark photon: three charged leptons and hadrons by the R ratio.

    Parameters
    ----------
    r_ratio : callable, optional
        Array of sqrt(s) in GeV to R; the package's own model, known up to 12 GeV, by default.
    quick : bool, optional
        Look the package's own R up in a table of it, see `quick_r_ratio`.

    Returns
    -------
    Mediator
    """
    if r_ratio is None:
        from ...models import r_ratio as own

        hadrons: Callable[[FloatArray], FloatArray] = own.quick_r_ratio if quick else own.r_ratio
        maximum_energy = own.MAXIMUM_ENERGY
    else:
        hadrons, maximum_energy = r_ratio, math.inf

    def ratio(sqrt_s: FloatArray) -> FloatArray:
        return lepton_ratio(sqrt_s) + np.asarray(hadrons(sqrt_s))

    return vector_mediator(
        "dark photon",
        ratio,
        thresholds=_HADRON_THRESHOLDS,
        resonances=_HADRON_RESONANCES,
        maximum_energy=maximum_energy,
    )


class MediatorModel(Protocol):
    """What is needed of a model to follow its freeze-out; the models of the package have it."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def boson(self) -> str:
        """Return ``"vector"``, ``"scalar"`` or ``"pseudoscalar"``."""

    @property
    def coupling_name(self) -> str:
        """Name of the free coupling."""

    def visible_widths(self, mass: FloatArray, coupling: float) -> Mapping[str, FloatArray]:
        """Widths in GeV by final state, for masses in GeV."""

    def neutrino_width(self, mass: FloatArray, coupling: float) -> FloatArray:
        """Width in GeV to all neutrinos, for masses in GeV."""


def mediator_from_model(model: MediatorModel, maximum_energy: float = 12.0) -> Mediator:
    """Mediator with the widths of a model, taken at coupling 1.

    Parameters
    ----------
    model : MediatorModel
        A model with one free coupling, to whose square all widths are proportional.
    maximum_energy : float
        Largest mass in GeV at which its widths are known (hadrons: 12).

    Returns
    -------
    Mediator
        Its `epsilon_per_coupling` is 1 for a coupling called epsilon, else 1/e. Where the
        coupling has a dimension, y has no meaning and only the coupling should be used.

    Raises
    ------
    ValidityError
        For an axial mediator: its current is not conserved, so that production and decay do not
        factorise off the mass shell.
    """
    if model.boson not in get_args(MediatorKind):
        raise ValidityError(
            f"{model.name}: annihilation through a {model.boson} mediator is not a product of "
            "widths off the mass shell; vector, scalar and pseudoscalar mediators are covered."
        )

    def visible_width(sqrt_s: FloatArray) -> FloatArray:
        widths = model.visible_widths(sqrt_s, 1.0)
        return np.asarray(sum(widths.values()) + model.neutrino_width(sqrt_s, 1.0))

    return Mediator(
        model.name,
        visible_width,
        cast(MediatorKind, model.boson),
        model.coupling_name,
        1.0 if model.coupling_name == "epsilon" else 1.0 / ELECTRIC_CHARGE,
        (*(2.0 * m for m in LEPTON_MASS.values()), *_HADRON_THRESHOLDS),
        _HADRON_RESONANCES,
        maximum_energy,
    )


@guarded(ARGUMENTS)
def thermal_variable(epsilon: ArrayLike, alpha_dark: float, mass_ratio: float) -> FloatArray:
    """Thermal variable y = epsilon^2 alpha_dark (m_chi/m_mediator)^4.

    Parameters
    ----------
    epsilon : array_like
        Coupling to charge in units of e.
    alpha_dark : float
        g_D^2/(4 pi).
    mass_ratio : float
        Mediator mass over dark-matter mass.

    Returns
    -------
    array of float
        y, same shape as `epsilon`.
    """
    return np.square(np.asarray(epsilon, dtype=np.float64)) * alpha_dark / mass_ratio**4
