"""Published backgrounds, source by source: for comparison only, no estimate uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...experiments.layout import Layout
from ...ground.quantity import Quantity

__all__ = ["PUBLISHED", "published"]

_TALK: Final = "NA64 talk, SPS/OePG meeting 2023"
_2019: Final = "arXiv:1906.00176"


@dataclass(frozen=True, slots=True)
class _Key:
    """Mode, beam particle and period of a run, and the name of a source."""

    mode: str
    particle: str
    period: str
    source: str


def _talk(value: float, error: float | None) -> Quantity:
    note = "an upper limit" if error is None else ""
    return Quantity(value, error, "", _TALK, "published", note)


def _recalled(value: float, error: float | None) -> Quantity:
    note = "medium confidence" if error is not None else "an upper limit; medium confidence"
    return Quantity(value, error, "", _2019, "recalled", note)


_LATE: Final = ("missing-energy", "e-", "2021-2022")
_EARLY: Final = ("missing-energy", "e-", "2016-2018")
_MUONS: Final = ("missing-momentum", "mu-", "2022")
PUBLISHED: Final = {
    _Key(*_LATE, "dimuons"): _talk(0.04, 0.01),
    _Key(*_LATE, "beam-decays"): _talk(0.3, 0.05),
    _Key(*_LATE, "upstream-neutrals"): _talk(0.16, 0.12),
    _Key(*_LATE, "punch-through"): _talk(0.01, None),
    _Key(*_EARLY, "dimuons"): _recalled(0.024, 0.007),
    _Key(*_EARLY, "beam-decays"): _recalled(0.02, 0.01),
    _Key(*_EARLY, "upstream-neutrals"): _recalled(0.43, 0.16),
    _Key(*_EARLY, "punch-through"): _recalled(0.02, None),
    _Key(*_MUONS, "momentum-tails"): _talk(0.045, 0.031),
    _Key(*_MUONS, "hermeticity"): _talk(0.01, None),
    _Key(*_MUONS, "hadron-decays"): _talk(0.010, 0.001),
}
"""Events; without an uncertainty an upper limit."""


def published(layout: Layout, period: str, source: str) -> Quantity | None:
    """What was published of a source in a run.

    Parameters
    ----------
    layout : Layout
        Apparatus of the run.
    period : str
        Its period.
    source : str
        Name of the source.

    Returns
    -------
    Quantity or None
        Events with their error and citation; without an uncertainty an upper limit.
    """
    return PUBLISHED.get(_Key(layout.mode, layout.beam.particle, period, source))
