"""Upper limits of others on branching fractions of neutral mesons to nothing, as quoted.

All at 90 % confidence level. Where a ratio to a visible decay was published, its branching fraction
is taken from the Particle Data Group's tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...ground.errors import UnknownNameError
from ...ground.guards import guarded
from ...ground.mesons import MESON_IDS
from .arguments import ARGUMENTS

__all__ = ["QUOTED", "QuotedLimit", "quoted_limits"]


@dataclass(frozen=True, slots=True)
class QuotedLimit:
    """An upper limit at 90 % confidence level.

    Parameters
    ----------
    meson : str
        Key of `ground.mesons.MESON_IDS`.
    value : float
        Upper limit on the branching fraction.
    experiment : str
        Who.
    year : int
        Year of the preprint.
    source : str
        Bibliography key.
    status : str
        ``published``, or ``derived`` from a published ratio.
    note : str
        What else to know.
    """

    meson: str
    value: float
    experiment: str
    year: int
    source: str
    status: str = "published"
    note: str = ""

    @property
    def label(self) -> str:
        """Experiment, year and preprint for a figure."""
        return f"{self.experiment} {self.year}, {self.source}"


_GAMMAS = "from the ratio to two photons, {}, with {}"
QUOTED: Final = (
    QuotedLimit("pi0", 4.4e-9, "NA62", 2020, "arXiv:2010.07644"),
    QuotedLimit(
        "eta",
        2.58e-4 * 0.394,
        "BESIII",
        2012,
        "arXiv:1209.2469",
        "derived",
        _GAMMAS.format("2.58e-4", "0.394"),
    ),
    QuotedLimit("eta", 1.1e-4, "NA64h", 2024, "arXiv:2406.01990"),
    QuotedLimit(
        "eta",
        2.6e-5,
        "BESIII",
        2025,
        "arXiv:2506.10316",
        note="2.4e-5 in another version of the abstract",
    ),
    QuotedLimit(
        "eta-prime",
        2.39e-2 * 0.0231,
        "BESIII",
        2012,
        "arXiv:1209.2469",
        "derived",
        _GAMMAS.format("2.39e-2", "0.0231"),
    ),
    QuotedLimit("eta-prime", 2.1e-4, "NA64h", 2024, "arXiv:2406.01990"),
    QuotedLimit("omega", 7.3e-5, "BESIII", 2018, "arXiv:1805.05613"),
    QuotedLimit("K-short", 8.4e-4, "BESIII", 2025, "arXiv:2501.06426"),
)
"""By meson and year."""


@guarded(ARGUMENTS)
def quoted_limits(meson: str) -> tuple[QuotedLimit, ...]:
    """Limits of others on one meson.

    Parameters
    ----------
    meson : str
        Key of `ground.mesons.MESON_IDS`, or ``"all"``, on which nobody has a limit.

    Returns
    -------
    tuple of QuotedLimit
        By year; empty where none is known here.

    Raises
    ------
    UnknownNameError
        If there is no such meson.
    """
    if meson not in (*MESON_IDS, "all"):
        raise UnknownNameError("meson", meson, MESON_IDS)
    return tuple(one for one in QUOTED if one.meson == meson)
