"""No model at all: a branching fraction of a meson to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground.guards import chosen
from ...ground.mesons import MESON_IDS, meson_data
from .base import Boson, FloatArray, checked_pair
from .mesons import MesonModel

__all__ = ["ALL", "CHANNELS", "MODEL", "InvisibleMeson"]

ALL: Final = "all"
"""Channel in which all mesons share one branching fraction."""
CHANNELS: Final = (*MESON_IDS, ALL)
"""What may decay to nothing."""


@final
@dataclass(frozen=True, slots=True)
class InvisibleMeson(MesonModel):
    """A meson decays to nothing with a branching fraction, which is the free coupling.

    Parameters
    ----------
    channel : str, optional
        One of `CHANNELS`: the meson, all others never do; or ``"all"``, where each does with the
        same branching fraction.

    Raises
    ------
    UnknownNameError
        If there is no such channel.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("ParticleDataGroup:2024cfk",)

    channel: str = "eta"

    def __post_init__(self) -> None:
        chosen(CHANNELS)(self.channel, "channel")

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "invisible-meson"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Mesons to nothing" if self.channel == ALL else f"{self.channel} to nothing"

    @property
    def boson(self) -> Boson:
        """Not asked for: what the meson decays to is left open."""
        return "vector" if self.channel == "omega" else "pseudoscalar"

    @property
    def coupling_name(self) -> str:
        """Name of the branching fraction."""
        return "branching_fraction"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return rf"\mathrm{{Br}}({self.symbol}\to\mathrm{{inv}})"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of the meson."""
        return "M" if self.channel == ALL else meson_data(self.channel).label

    @property
    def mass(self) -> float:
        """Mass of the meson in GeV, the one mass at which a limit is asked for; all: of the eta."""
        return meson_data("eta" if self.channel == ALL else self.channel).mass

    @property
    def coupling_power(self) -> float:
        """Events go with the branching fraction itself."""
        return 1.0

    @property
    def mass_of(self) -> str:
        """Whose mass it is."""
        return "meson"

    @property
    def own_mass(self) -> float:
        """As `mass`: a meson has no other."""
        return self.mass

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """The free coupling itself for the mesons of the channel, see `MesonModel`."""
        _, value = checked_pair(mass, coupling)
        return np.where(self.channel in (meson, ALL), value, 0.0)


MODEL: Final = InvisibleMeson()
