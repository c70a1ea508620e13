"""The boson proposed for anomalies in nuclear transitions: mass and coupling, dated and sourced.

Excited 8Be, 4He and 12C emit e+ e- pairs at angles that a boson of 17 MeV would explain, and PADME
saw an excess of e+ e- in positron annihilation at the same mass. None of it is established: the
entries are what a search at this mass may want to compare itself with, not measurements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ...ground import constants as const
from ...ground.errors import UnknownNameError
from ...ground.guards import guarded
from .arguments import ARGUMENTS

__all__ = ["DEFAULT", "HINTS", "X17Hint", "hint"]

CITATIONS: Final = ("arXiv:2504.11439", "arXiv:2505.24797", "Feng:2016jff")


@dataclass(frozen=True, slots=True)
class X17Hint:
    """Where the boson would be, after one analysis.

    Parameters
    ----------
    name : str
        Name, for example ``"combination-2025"``.
    year : int
        Year of the analysis.
    mass, mass_uncertainty : float
        Mass and its standard deviation in GeV; NaN where no uncertainty is quoted.
    epsilon : tuple of float
        Smallest and largest coupling to electrons over e that it allows; equal for a best fit,
        (0, inf) where it says nothing about the coupling.
    source, coupling_source : str
        Citation keys of the mass and of the coupling.
    status, coupling_status : str
        ``"published"`` where the number was read in its source, ``"recalled"`` where not yet.
    note : str
        What was seen, and how significant it is.
    """

    name: str
    year: int
    mass: float
    mass_uncertainty: float
    epsilon: tuple[float, float]
    source: str
    coupling_source: str
    status: str
    coupling_status: str
    note: str

    @property
    def band(self) -> tuple[float, float]:
        """Mass one standard deviation down and up, in GeV; twice the mass without uncertainty."""
        spread = 0.0 if math.isnan(self.mass_uncertainty) else self.mass_uncertainty
        return self.mass - spread, self.mass + spread

    @property
    def label(self) -> str:
        """Short text for figures, e.g. ``"X17, 16.88 ± 0.05 MeV (2025)"``."""
        spread = self.mass_uncertainty
        error = "" if math.isnan(spread) else f" ± {1e3 * spread:.2g}"
        return f"X17, {1e3 * self.mass:.2f}{error} MeV ({self.year})"


_FROM_NUCLEI: Final = (2e-4, 1.4e-3)
"""|epsilon_e|: decay inside the apparatus and bounds of the time, Feng:2016jff (vector)."""

HINTS: Final = (
    X17Hint(
        name="atomki-2016",
        year=2016,
        mass=16.70e-3,
        mass_uncertainty=0.61e-3,
        epsilon=_FROM_NUCLEI,
        source="Krasznahorkay:2015iga",
        coupling_source="Feng:2016jff",
        status="recalled",
        coupling_status="recalled",
        note="8Be alone; 0.35 MeV statistical and 0.5 MeV systematic in quadrature; the mass of "
        "the NA64 searches of 2018 and 2020",
    ),
    X17Hint(
        name="padme-2025",
        year=2025,
        mass=16.90e-3,
        mass_uncertainty=math.nan,
        epsilon=(5.6e-4 / const.ELECTRIC_CHARGE,) * 2,
        source="arXiv:2505.24797",
        coupling_source="arXiv:2504.14014",
        status="published",
        coupling_status="published",
        note="excess in e+ e- -> e+ e- at sqrt(s) = 16.90 MeV, about 2 standard deviations global; "
        "best vector coupling 5.6e-4, in tension with the electron's magnetic moment",
    ),
    X17Hint(
        name="combination-2025",
        year=2025,
        mass=16.88e-3,
        mass_uncertainty=0.05e-3,
        epsilon=_FROM_NUCLEI,
        source="arXiv:2504.11439",
        coupling_source="Feng:2016jff",
        status="published",
        coupling_status="recalled",
        note="nuclear transitions and PADME together; the range of couplings is that of 2016",
    ),
)
"""Hints from oldest to newest."""

DEFAULT: Final = "combination-2025"
"""The one that figures show."""


@guarded(ARGUMENTS)
def hint(name: str = DEFAULT) -> X17Hint:
    """Look a hint up by name.

    Parameters
    ----------
    name : str, optional
        For example ``"padme-2025"``; the combination by default.

    Returns
    -------
    X17Hint
        Mass, coupling and their sources.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    known = {one.name: one for one in HINTS}
    if name not in known:
        raise UnknownNameError("hint of the X17", name, known)
    return known[name]
