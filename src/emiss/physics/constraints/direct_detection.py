"""Direct detection in the y plane: reference cross-sections sigma_e, sigma_n against y.

For elastic scattering through a vector mediator,

    sigma = 16 pi alpha mu^2 epsilon^2 alpha_dark/(m_A^2 + q^2)^2
          = 16 pi alpha mu^2 y/m_chi^4 * [m_A^2/(m_A^2 + q^2)]^2

with mu the reduced mass of dark matter and target (electron or nucleon) and q the momentum transfer
at which the cross-section is quoted. Papers quote electrons at q = alpha m_e (Essig et al.,
arXiv:1509.01598) and nucleons at q -> 0, which is what is used here unless stated otherwise; some
public collections of curves take alpha m_p for nucleons too, which makes sigma smaller by 0.026 at
1 MeV, 0.40 at 3 MeV and 0.90 at 10 MeV for a mediator three times as heavy as dark matter.

It holds for non-relativistic complex scalar and Dirac dark matter that make up all dark matter. For
a nucleon it is the cross-section on a proton: a dark photon does not couple to neutrons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PROTON_MASS
from ...ground.errors import EmissError, UnknownNameError, ValidityError
from ...ground.guards import guarded
from .arguments import ARGUMENTS

__all__ = [
    "REFERENCE_MOMENTUM",
    "ElasticTranslation",
    "ReferenceMomentum",
    "Target",
    "elastic_translation",
    "reference_text",
    "sigma_from_y",
    "y_from_sigma",
]

CITATIONS: Final = ("Essig:2015cda", "Izaguirre:2015yja")

Target = Literal["electron", "nucleon"]
ReferenceMomentum = Literal["alpha-m", "zero"]

REFERENCE_MOMENTUM: Final[dict[Target, ReferenceMomentum]] = {
    "electron": "alpha-m",
    "nucleon": "zero",
}
"""Momentum transfer at which papers quote cross-sections: alpha times the target's mass, or 0."""

_TARGET_MASS: Final[dict[str, float]] = {"electron": ELECTRON_MASS, "nucleon": PROTON_MASS}
_STATEMENTS: Final = {
    "scalar": (True, "Complex scalars scatter elastically: sigma is proportional to y."),
    "dirac": (True, "Dirac fermions scatter elastically: sigma is proportional to y."),
    "majorana": (
        False,
        "Majorana dark matter couples through its axial current only, so elastic scattering is "
        "suppressed by the squared velocity (about 1e-6); limits on sigma do not translate to y.",
    ),
    "pseudo-dirac": (
        False,
        "Pseudo-Dirac dark matter scatters inelastically; with a splitting above the kinetic "
        "energy of halo dark matter (about 1e-6 of its mass) tree-level scattering is closed and "
        "limits on sigma do not translate to y.",
    ),
}


@dataclass(frozen=True, slots=True)
class ElasticTranslation:
    """Whether limits on an elastic cross-section speak about y for a kind of dark matter.

    Parameters
    ----------
    kind : str
        Dark-matter kind.
    exists : bool
        True for complex scalar and Dirac.
    statement : str
        The reason, for legends and tables.
    """

    kind: str
    exists: bool
    statement: str


@guarded(ARGUMENTS)
def elastic_translation(kind: str) -> ElasticTranslation:
    """Tell whether direct detection translates to y for a kind of dark matter.

    Parameters
    ----------
    kind : str
        ``"scalar"``, ``"dirac"``, ``"majorana"`` or ``"pseudo-dirac"``.

    Returns
    -------
    ElasticTranslation
        The answer with its reason.

    Raises
    ------
    UnknownNameError
        If the kind is not one of the four.
    """
    if kind not in _STATEMENTS:
        raise UnknownNameError("dark-matter kind", kind, _STATEMENTS)
    return ElasticTranslation(kind, *_STATEMENTS[kind])


@guarded(ARGUMENTS)
def reference_text(target: Target, reference: ReferenceMomentum | None = None) -> str:
    """Say at which momentum transfer a cross-section is quoted.

    Parameters
    ----------
    target : str
        ``"electron"`` or ``"nucleon"``.
    reference : str, optional
        As in `sigma_from_y`.

    Returns
    -------
    str
        For example ``"quoted at q = alpha m_e"``.

    Raises
    ------
    UnknownNameError
        If target or reference is unknown.
    """
    if _momentum(target, reference) == 0.0:
        return "quoted at q -> 0"
    return f"quoted at q = alpha m_{'e' if target == 'electron' else 'p'}"


def _momentum(target: Target, reference: ReferenceMomentum | None) -> float:
    """Reference momentum in GeV."""
    if target not in _TARGET_MASS:
        raise UnknownNameError("direct-detection target", target, _TARGET_MASS)
    chosen = REFERENCE_MOMENTUM[target] if reference is None else reference
    if chosen not in get_args(ReferenceMomentum):
        raise UnknownNameError("reference momentum", chosen, get_args(ReferenceMomentum))
    return ALPHA * _TARGET_MASS[target] if chosen == "alpha-m" else 0.0


@guarded(ARGUMENTS, together=("y", "mass_chi"))
def sigma_from_y(
    y: ArrayLike,
    mass_chi: ArrayLike,
    kind: str,
    target: Target = "electron",
    mass_ratio: float = 3.0,
    *,
    reference: ReferenceMomentum | None = None,
) -> FloatArray:
    """Give the reference scattering cross-section that belongs to y.

    Parameters
    ----------
    y : array_like
        epsilon^2 alpha_dark (m_chi/m_A)^4, not negative.
    mass_chi : array_like
        Dark-matter mass in GeV; broadcasts with `y`.
    kind : str
        Dark-matter kind; only scalar and Dirac have a translation.
    target : str
        ``"electron"`` or ``"nucleon"`` (proton).
    mass_ratio : float
        Mediator mass over dark-matter mass.
    reference : str, optional
        Momentum transfer at which the cross-section is quoted: ``"alpha-m"`` (alpha times the
        target's mass) or ``"zero"``; by default that of the papers, `REFERENCE_MOMENTUM`.

    Returns
    -------
    array of float
        Cross-section in cm^2, shape of the two broadcast.

    Raises
    ------
    UnknownNameError
        If kind, target or reference is unknown.
    ValidityError
        If the kind has no translation (the message says why).
    EmissError
        If a number is negative, not finite, or a mass is not positive.
    """
    values, factor = _translate(y, mass_chi, (kind, target, mass_ratio, reference), "y")
    return np.asarray(values * factor)


@guarded(ARGUMENTS, together=("sigma_cm2", "mass_chi"))
def y_from_sigma(
    sigma_cm2: ArrayLike,
    mass_chi: ArrayLike,
    kind: str,
    target: Target = "electron",
    mass_ratio: float = 3.0,
    *,
    reference: ReferenceMomentum | None = None,
) -> FloatArray:
    """Give the y that belongs to a cross-section, the inverse of `sigma_from_y`.

    Parameters
    ----------
    sigma_cm2 : array_like
        Cross-section in cm^2, not negative.
    mass_chi : array_like
        Dark-matter mass in GeV; broadcasts with `sigma_cm2`.
    kind : str
        Dark-matter kind; only scalar and Dirac have a translation.
    target : str
        ``"electron"`` or ``"nucleon"`` (proton).
    mass_ratio : float
        Mediator mass over dark-matter mass.
    reference : str, optional
        Momentum transfer at which the cross-section is quoted: ``"alpha-m"`` (alpha times the
        target's mass) or ``"zero"``; by default that of the papers, `REFERENCE_MOMENTUM`.

    Returns
    -------
    array of float
        y, dimensionless, shape of the two broadcast.

    Raises
    ------
    UnknownNameError
        If kind, target or reference is unknown.
    ValidityError
        If the kind has no translation (the message says why).
    EmissError
        If a number is negative, not finite, or a mass is not positive.
    """
    case = (kind, target, mass_ratio, reference)
    values, factor = _translate(sigma_cm2, mass_chi, case, "sigma_cm2")
    return np.asarray(values / factor)


def _translate(
    values: ArrayLike,
    mass_chi: ArrayLike,
    case: tuple[str, Target, float, ReferenceMomentum | None],
    name: str,
) -> tuple[FloatArray, FloatArray]:
    """Check the input; return the values and sigma/y in cm^2."""
    kind, target, mass_ratio, reference = case
    translation = elastic_translation(kind)
    if not translation.exists:
        raise ValidityError(translation.statement)
    momentum = _momentum(target, reference)
    array = np.asarray(values, dtype=np.float64)
    mass = np.asarray(mass_chi, dtype=np.float64)
    if not np.all((array >= 0.0) & np.isfinite(array)):
        raise EmissError(f"{name}: values must be finite and not negative; drop missing points.")
    if not np.all((mass > 0.0) & np.isfinite(mass)):
        raise EmissError("mass_chi: masses in GeV must be positive and finite.")
    if not (np.isfinite(mass_ratio) and mass_ratio > 0.0):
        raise EmissError(f"mass_ratio = {mass_ratio!r}: must be a positive finite number.")
    target_mass = _TARGET_MASS[target]
    reduced = mass * target_mass / (mass + target_mass)
    mediator2 = np.square(mass * mass_ratio)
    screening = np.square(mediator2 / (mediator2 + momentum**2))
    factor = 16.0 * np.pi * ALPHA * np.square(reduced) / mass**4 * screening * GEV2_CM2
    return array, np.asarray(factor)
