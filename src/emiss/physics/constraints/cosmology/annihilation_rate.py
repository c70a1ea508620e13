"""Annihilation of dark matter through an s-channel mediator, for any mediator and kind.

Every cross-section follows from two partial widths of the mediator taken at mass sqrt(s):

    sigma = (2J+1)/(g_1 g_2) S (4 pi/p^2) s G_in(sqrt s) G_out(sqrt s)/[(s-m^2)^2 + m^2 G^2]

with p the momentum of the annihilating pair in its rest frame, g_i their spin states, S = 2 for
identical particles (whose width holds a 1/2), and G the total width on the mass shell. It is exact
at tree level for a spin-0 mediator and for a vector coupled to conserved visible currents. Detailed
balance with the production e+ e- -> chi chi is built in, as both use the same widths.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.errors import EmissError, ValidityError
from ....ground.guards import chosen
from ...models.bosons import polarisations
from ...models.dark_sector import DarkMatterKind, check_dark_matter, dark_width
from .arguments import ARGUMENTS
from .mediators import Mediator, MediatorKind

__all__ = [
    "Annihilation",
    "DarkMatterKind",
    "DarkStates",
    "annihilation_channel",
    "pole_widths",
]

CITATIONS: Final = ("Gondolo:1990dk", "Edsjo:1997bg")

_NARROWEST: Final = 1e-11
"""Smallest width over mass that double precision resolves on the pole."""


@dataclass(frozen=True, slots=True)
class DarkStates:
    """Dark-matter states and their coupling to the mediator.

    Parameters
    ----------
    mass : float
        Mass of the (lighter) dark state in GeV.
    mediator_mass : float
        Mediator mass in GeV.
    kind : str
        ``"scalar"`` (complex), ``"majorana"``, ``"dirac"`` or ``"pseudo-dirac"``.
    alpha_dark : float
        g_D^2/(4 pi). Majorana states couple with g_D/2 times the axial current (to a vector).
    splitting : float
        (m_2 - m_1)/m_1 of a pseudo-Dirac pair, 0 for the others.

    Raises
    ------
    UnknownNameError
        If the kind is not one of the four.
    EmissError
        If a value is not finite or not positive, or a splitting is given to an unsplit kind.
    ValidityError
        If the mediator cannot decay to the dark states (mass ratio of 2 or below).
    """

    mass: float
    mediator_mass: float
    kind: DarkMatterKind
    alpha_dark: float
    splitting: float = 0.0

    def __post_init__(self) -> None:
        chosen(get_args(DarkMatterKind), "dark-matter kind")(self.kind, "kind")
        for name in ("mass", "mediator_mass", "alpha_dark", "splitting"):
            ARGUMENTS[name](getattr(self, name), name)
        if self.splitting > 0.0 and self.kind != "pseudo-dirac":
            raise EmissError(
                f"splitting = {self.splitting!r} with kind '{self.kind}': only pseudo-dirac "
                "states are split; leave it 0 or choose pseudo-dirac."
            )
        if self.mediator_mass <= self.pair_mass:
            raise ValidityError(
                f"mediator_mass: {self.mediator_mass:g} GeV with a pair of {self.pair_mass:g} "
                "GeV; the mediator must be heavier than the pair (mass ratio above 2, or 2 + "
                "splitting), otherwise annihilation into mediators sets the abundance."
            )

    @property
    def pair_mass(self) -> float:
        """Sum of the masses that annihilate together, GeV."""
        return self.mass * (2.0 + self.splitting)

    @property
    def species(self) -> tuple[tuple[float, float], ...]:
        """Mass in GeV and spin states (antiparticles included) of each state in equilibrium."""
        if self.kind == "pseudo-dirac":
            return ((self.mass, 2.0), (self.mass * (1.0 + self.splitting), 2.0))
        return ((self.mass, {"scalar": 2.0, "majorana": 2.0, "dirac": 4.0}[self.kind]),)

    def width(self, sqrt_s: FloatArray, mediator: MediatorKind = "vector") -> FloatArray:
        """Partial width of a mediator of mass sqrt(s) into the dark pair.

        Parameters
        ----------
        sqrt_s : array of float
            Mass in GeV.
        mediator : str
            Kind of mediator.

        Returns
        -------
        array of float
            Width in GeV, 0 below threshold, see `dark_width`.

        Raises
        ------
        ValidityError
            For a spin-0 mediator with scalar or pseudo-Dirac states.
        """
        check_dark_matter(self.kind, mediator, self.splitting)
        return dark_width(
            self.kind,
            sqrt_s,
            self.mass,
            self.alpha_dark,
            splitting=self.splitting,
            mediator=mediator,
        )


@dataclass(frozen=True, slots=True)
class Annihilation:
    """One annihilating pair and the states it depletes, at coupling 1.

    Parameters
    ----------
    cross_section : callable
        Array of s in GeV^2 to the cross-section of the pair in GeV^-2 per coupling^2, averaged
        over its initial spins and summed over final states.
    species : tuple of (float, float)
        Mass in GeV and degrees of freedom of each state, lightest first.
    pair : (float, float)
        Masses in GeV of the annihilating particles.
    pair_weight : float
        Ordered pairs times their spin states: Sum g_i g_j over all (i, j) that annihilate
        with this cross-section. Dirac 2 x 2 x 2 of 4 x 4, hence the factor 1/2 of its rate.
    thresholds : tuple of float
        sqrt(s) in GeV where the cross-section has kinks.
    resonances : tuple of (float, float)
        Mass and width in GeV of peaks in the cross-section.
    """

    cross_section: Callable[[FloatArray], FloatArray]
    species: tuple[tuple[float, float], ...]
    pair: tuple[float, float]
    pair_weight: float
    thresholds: tuple[float, ...] = ()
    resonances: tuple[tuple[float, float], ...] = ()


@lru_cache(maxsize=32)
def pole_widths(mediator: Mediator, dark: DarkStates) -> tuple[float, float, float]:
    """Widths that decide about one mass.

    Parameters
    ----------
    mediator : Mediator
        The boson.
    dark : DarkStates
        Dark states.

    Returns
    -------
    visible : float
        Visible width in GeV per coupling^2 on the pole.
    invisible : float
        Width in GeV to the dark states on the pole.
    at_rest : float
        Visible width in GeV per coupling^2 at the mass of a dark pair at rest.
    """
    points = np.array([dark.mediator_mass, dark.pair_mass])
    visible, at_rest = mediator.visible_width(points).tolist()
    return visible, float(dark.width(points, mediator.kind)[0]), at_rest


def annihilation_channel(
    mediator: Mediator, dark: DarkStates, coupling_squared: float = 0.0
) -> Annihilation:
    """Annihilation of a dark sector through a mediator into visible states.

    Parameters
    ----------
    mediator : Mediator
        The boson in the s channel.
    dark : DarkStates
        Dark states and their coupling.
    coupling_squared : float
        Squared visible coupling at which the total width is taken. The cross-section stays per
        coupling^2; 0 neglects the visible part of the width.

    Returns
    -------
    Annihilation
        Cross-section and counting for the thermal average.

    Raises
    ------
    ValidityError
        If no visible channel is open at rest, or the mediator is narrower than 1e-11 of its mass.
    """
    mass = dark.mediator_mass
    if mass > mediator.maximum_energy:
        raise ValidityError(
            f"mediator of {mass:g} GeV: the visible width of the {mediator.name} is known up to "
            f"{mediator.maximum_energy:g} GeV; choose a lighter one, by smaller masses or a "
            "smaller mass ratio."
        )
    visible, invisible, at_rest = pole_widths(mediator, dark)
    width = invisible + coupling_squared * visible
    if at_rest <= 0.0:
        raise ValidityError(
            f"dark pair of {dark.pair_mass:g} GeV: below every visible threshold of the "
            f"{mediator.name}; annihilation at rest is closed and this case is not covered."
        )
    if width < _NARROWEST * mass:
        raise ValidityError(
            f"mediator width {width:.2g} GeV at mass {mass:g} GeV: narrower than {_NARROWEST:g} of "
            "the mass; raise alpha_dark or the mass ratio."
        )
    spins = {"scalar": 1.0, "majorana": 2.0, "dirac": 2.0, "pseudo-dirac": 2.0}[dark.kind]
    identical = 2.0 if dark.kind == "majorana" else 1.0
    multiplicity = polarisations(mediator.kind)
    pair = (dark.mass, dark.mass * (1.0 + dark.splitting))
    factor = 16.0 * math.pi * multiplicity * identical / spins**2

    def cross_section(s: FloatArray) -> FloatArray:
        sqrt_s = np.sqrt(s)
        breit_wigner = (s - mass**2) ** 2 + (mass * width) ** 2
        # 4 s p^2 written as a product: no cancellation next to the threshold.
        four_s_p2 = (s - dark.pair_mass**2) * (s - (pair[1] - pair[0]) ** 2)
        widths = dark.width(sqrt_s, mediator.kind) * mediator.continued_width(sqrt_s)
        return np.asarray(factor * s * s * widths / (breit_wigner * four_s_p2))

    return Annihilation(
        cross_section,
        dark.species,
        pair,
        (1.0 if dark.kind == "majorana" else 2.0) * spins**2,
        mediator.thresholds,
        ((mass, width), *mediator.resonances),
    )
