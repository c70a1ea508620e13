"""Dark matter that a mediator decays to: kind, coupling, mass; widths on and off shell."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.checks import check_real
from ...ground.errors import EmissError, ValidityError
from ...ground.guards import chosen, text
from .bosons import BOSONS, SPIN_ZERO, Boson

__all__ = [
    "DARK_MATTER_KINDS",
    "DARK_MATTER_NAMES",
    "DarkMatterKind",
    "DarkSector",
    "check_dark_matter",
    "dark_sector",
    "dark_width",
    "phase_space",
]

DarkMatterKind = Literal["scalar", "majorana", "dirac", "pseudo-dirac"]
DARK_MATTER_KINDS: Final[tuple[str, ...]] = get_args(DarkMatterKind)
"""Kinds of dark matter; ``"none"`` stands for a mediator without any."""
DARK_MATTER_NAMES: Final = {
    "scalar": "complex scalar",
    "majorana": "Majorana",
    "dirac": "Dirac",
    "pseudo-dirac": "pseudo-Dirac",
}
"""What the kinds are called in words."""


LARGEST_RATIO = 1e15
"""Largest ratio of masses whose powers stay numbers."""
_KINDS: Final = chosen((*DARK_MATTER_KINDS, "none"), "dark matter")


def check_dark_matter(kind: str, mediator: str, splitting: float = 0.0) -> None:
    """Check that a kind of dark matter exists, may be split, and couples to a mediator.

    Parameters
    ----------
    kind : str
        Kind of dark matter.
    mediator : str
        Kind of boson.
    splitting : float, optional
        (m_2 - m_1)/m_1.

    Raises
    ------
    UnknownNameError
        If the kind is unknown.
    EmissError
        If the splitting is no number from 0, or given to an unsplit kind.
    ValidityError
        If the combination is not defined.
    """
    _KINDS(kind, "dark_matter")
    if not (0.0 <= splitting < math.inf):
        raise EmissError(f"splitting={splitting:g}: must be finite and not negative.")
    if splitting > 0.0 and kind != "pseudo-dirac":
        raise EmissError(f"splitting: only pseudo-dirac dark matter is split, not {kind}.")
    if mediator in SPIN_ZERO and kind not in ("dirac", "majorana"):
        raise ValidityError(
            f"dark_matter={kind}: a {mediator} mediator is defined for dirac and "
            "majorana dark matter only."
        )
    if mediator == "axial" and kind == "scalar":
        raise ValidityError(
            "dark_matter=scalar: a complex scalar has no axial current; choose dirac, "
            "majorana or pseudo-dirac."
        )


def phase_space(
    kind: str, ratio: ArrayLike, splitting: float = 0.0, mediator: str = "vector"
) -> FloatArray:
    """Phase-space function f of a width to dark matter, alpha_dark M f / 3.

    Parameters
    ----------
    kind : str
        Kind of dark matter.
    ratio : array_like
        m^2/M^2 of the lighter dark-matter particle and the decaying (virtual) mediator.
    splitting : float, optional
        (m_2 - m_1)/m_1 of a pseudo-Dirac pair.
    mediator : str, optional
        Kind of boson.

    Returns
    -------
    array of float
        With b = sqrt(1 - 4 m^2/M^2), 0 below threshold. Vector mediator: Dirac b (1 + 2 m^2/M^2),
        complex scalar b^3/4, Majorana b^3/2; pseudo-Dirac
        (1 + (m1+m2)^2/2M^2) (1 - (m2-m1)^2/M^2)^(3/2) (1 - (m1+m2)^2/M^2)^(1/2).
        Axial: Dirac b^3, Majorana b^3/2. Scalar: 3 b^3/2, pseudoscalar: 3 b/2, Majorana half.
        Exact at tree level. Source: arXiv:1505.00011, arXiv:1807.01730; tests integrate the
        amplitudes.
    """
    r = np.asarray(ratio, dtype=np.float64)
    if kind == "pseudo-dirac":
        return _split_phase_space(r, splitting, mediator)
    b2 = np.maximum(1.0 - 4.0 * r, 0.0)
    b = np.sqrt(b2)
    half = 0.5 if kind == "majorana" else 1.0
    if kind == "scalar":
        return np.asarray(0.25 * b2 * b)
    if mediator == "scalar":
        return np.asarray(1.5 * half * b2 * b)
    if mediator == "pseudoscalar":
        return np.asarray(1.5 * half * b)
    if kind == "majorana" or mediator == "axial":
        return np.asarray(half * b2 * b)
    return np.asarray(b * (1.0 + 2.0 * r))


def _split_phase_space(ratio: FloatArray, splitting: float, mediator: str) -> FloatArray:
    """Phase-space function of chi_1 chi_2; ratio is m_1^2/M^2."""
    total = (2.0 + splitting) ** 2 * ratio
    open_ = np.maximum(1.0 - total, 0.0)
    if mediator == "axial":  # gamma5 turns m_1 into -m_1: sum and difference change places
        difference = splitting**2 * ratio
        weight = (1.0 + 0.5 * difference) * np.sqrt(np.maximum(1.0 - difference, 0.0))
        return np.asarray(weight * open_ * np.sqrt(open_))
    weight = (1.0 + 0.5 * total) * np.sqrt(open_)
    if splitting > 0.0:
        weight *= np.maximum(1.0 - splitting**2 * ratio, 0.0) ** 1.5
    return np.asarray(weight)


def dark_width(
    kind: str,
    sqrt_s: ArrayLike,
    chi_mass: ArrayLike,
    alpha_dark: float,
    *,
    splitting: float = 0.0,
    mediator: str = "vector",
) -> FloatArray:
    """Width of a mediator to dark matter, on or off its mass shell.

    Parameters
    ----------
    kind : str
        Kind of dark matter.
    sqrt_s : array_like
        Mass M of the (virtual) mediator in GeV.
    chi_mass : array_like
        Mass of the lighter dark-matter particle in GeV.
    alpha_dark : float
        g_dark^2 / 4 pi.
    splitting : float, optional
        (m_2 - m_1)/m_1 of a pseudo-Dirac pair.
    mediator : str, optional
        Kind of boson.

    Returns
    -------
    array of float
        alpha_dark M f / 3 in GeV, with f of `phase_space`; 0 below threshold.
    """
    m = np.asarray(sqrt_s, dtype=np.float64)
    ratio = np.square(np.asarray(chi_mass, dtype=np.float64)) / np.square(m)
    return np.asarray(alpha_dark / 3.0 * m * phase_space(kind, ratio, splitting, mediator))


@dataclass(frozen=True, slots=True)
class DarkSector:
    """Dark matter coupled to a mediator X.

    Parameters
    ----------
    kind : str
        ``"scalar"`` (complex), ``"majorana"``, ``"dirac"`` or ``"pseudo-dirac"``.
    alpha_dark : float
        g_dark^2 / 4 pi, between 0 and 4 pi (beyond which perturbation theory has no meaning).
    mass_ratio : float
        Mass of X over mass of the (lighter) dark-matter particle.
    splitting : float, optional
        (m_2 - m_1)/m_1 of a pseudo-Dirac pair.
    mediator : str, optional
        Kind of boson that X is.

    Raises
    ------
    UnknownNameError
        If the kind is unknown.
    EmissError
        If a number is out of range, or a splitting is given to an unsplit kind.
    ValidityError
        If X is too light to decay to the dark matter, or the combination is not defined.

    Notes
    -----
    Currents: scalar i(chi^* d chi - h.c.), Dirac chibar gamma^mu chi, Majorana
    (1/2) chibar gamma^mu gamma5 chi, pseudo-Dirac chibar_1 gamma^mu chi_2, each times g_dark X_mu.
    Mediators of spin 0 couple g_dark X chibar (1 or i gamma5) chi, times 1/2 for Majorana.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("Izaguirre:2015yja", "arXiv:1807.01730")

    kind: str
    alpha_dark: float
    mass_ratio: float
    splitting: float = 0.0
    mediator: Boson = "vector"

    def __post_init__(self) -> None:
        text(self.kind, "kind")
        chosen(BOSONS, "kind of boson")(self.mediator, "mediator")
        for name in ("alpha_dark", "mass_ratio", "splitting"):
            check_real(getattr(self, name), name)
        check_dark_matter(self.kind, self.mediator, self.splitting)
        if not (0.0 < self.alpha_dark <= 4.0 * math.pi):
            raise EmissError(
                f"alpha_dark={self.alpha_dark:g}: must be above 0 and at most 4 pi; for a model "
                "without dark matter set dark_matter=none."
            )
        if not (self.mass_ratio <= LARGEST_RATIO):
            raise EmissError(f"mass_ratio={self.mass_ratio:g}: at most {LARGEST_RATIO:g}.")
        if not (self.mass_ratio > 2.0 + self.splitting):
            raise ValidityError(
                f"mass_ratio={self.mass_ratio:g}: the mediator decays to dark matter only if it is "
                f"heavier than the pair, mass_ratio > 2 + splitting = {2.0 + self.splitting:g}. "
                "Choose a larger ratio, or dark_matter=none for visible decays."
            )

    def chi_mass(self, mass: ArrayLike) -> FloatArray:
        """Mass of the lighter dark-matter particle in GeV for a mediator of the given mass."""
        return np.asarray(np.asarray(mass, dtype=np.float64) / self.mass_ratio)

    def threshold(self, mass: ArrayLike) -> FloatArray:
        """Virtuality in GeV^2 from which a mediator of the given mass in GeV decays."""
        return np.asarray(np.square((2.0 + self.splitting) * self.chi_mass(mass)))

    def phase_space(self, s: ArrayLike, chi_mass: ArrayLike) -> FloatArray:
        """Phase-space function f of width = alpha_dark sqrt(s) f / 3.

        Parameters
        ----------
        s : array_like
            Squared mass of the decaying (virtual) mediator in GeV^2.
        chi_mass : array_like
            Mass of the lighter dark-matter particle in GeV.

        Returns
        -------
        array of float
            Dimensionless, 0 below threshold; see the function `phase_space`.
        """
        s_ = np.asarray(s, dtype=np.float64)
        ratio = np.square(np.asarray(chi_mass, dtype=np.float64)) / s_
        return phase_space(self.kind, ratio, self.splitting, self.mediator)

    def width(self, mass: ArrayLike) -> FloatArray:
        """Width in GeV of a mediator of the given mass in GeV to dark matter."""
        m = np.asarray(mass, dtype=np.float64)
        return self.off_shell_width(m * m, m)

    def off_shell_width(self, s: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Width in GeV at virtuality s in GeV^2 of a mediator of the given mass in GeV."""
        return self.width_at(np.sqrt(np.asarray(s, dtype=np.float64)), mass)

    def width_at(self, sqrt_s: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Width in GeV at a virtual mass in GeV of a mediator of the given mass in GeV."""
        return dark_width(
            self.kind,
            sqrt_s,
            self.chi_mass(mass),
            self.alpha_dark,
            splitting=self.splitting,
            mediator=self.mediator,
        )

    def y(self, epsilon: ArrayLike) -> FloatArray:
        """Thermal variable y = epsilon^2 alpha_dark (m_chi/m_X)^4."""
        squared = np.square(np.asarray(epsilon, dtype=np.float64))
        return np.asarray(squared * self.alpha_dark / self.mass_ratio**4)

    def epsilon(self, y: ArrayLike) -> FloatArray:
        """Kinetic mixing that belongs to the thermal variable y."""
        value = np.asarray(y, dtype=np.float64)
        return np.asarray(np.sqrt(value / self.alpha_dark) * self.mass_ratio**2)


def dark_sector(
    dark_matter: str,
    alpha_dark: float,
    mass_ratio: float,
    splitting: float = 0.0,
    mediator: Boson = "vector",
) -> DarkSector | None:
    """Dark sector from a model's parameters; None if ``dark_matter`` is ``"none"``.

    Parameters
    ----------
    dark_matter : str
        Kind of dark matter, or ``"none"``.
    alpha_dark, mass_ratio, splitting : float
        As in `DarkSector`; checked only if there is dark matter.
    mediator : str, optional
        Kind of boson.

    Returns
    -------
    DarkSector or None
        The dark sector.

    Raises
    ------
    EmissError
        As `DarkSector`.
    """
    given = (dark_matter, alpha_dark, mass_ratio, splitting, mediator)
    try:
        hash(given)
    except TypeError:  # an array, say: refused with words of its own
        return _sector(*given)
    return _known_sector(*given)  # models ask at every width


def _sector(
    dark_matter: str, alpha_dark: float, mass_ratio: float, splitting: float, mediator: Boson
) -> DarkSector | None:
    text(dark_matter, "dark_matter")
    if dark_matter == "none":
        for name, value in (("alpha_dark", alpha_dark), ("mass_ratio", mass_ratio)):
            check_real(value, name)
        check_real(splitting, "splitting")
        return None
    return DarkSector(dark_matter, alpha_dark, mass_ratio, splitting, mediator)


_known_sector = functools.lru_cache(maxsize=256, typed=True)(_sector)
