"""Backgrounds of a run, source by source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ...ground.presentable import Recorded
from ...ground.quantity import Quantity
from .base import Estimate, Source

__all__ = ["Background", "BackgroundTable"]


@dataclass(frozen=True, slots=True)
class Background:
    """Background of one source.

    Parameters
    ----------
    source : Source
        What it is.
    estimate : Estimate
        Per beam particle.
    particles : float
        Beam particles on target.
    efficiency : Quantity
        Share of the events that is recorded and passes what is asked of every event.
    published : Quantity or None
        Published events, for comparison; without an uncertainty an upper limit.
    """

    source: Source
    estimate: Estimate
    particles: float
    efficiency: Quantity
    published: Quantity | None = None

    @property
    def counting(self) -> float:
        """Beam particles of which events are recorded and pass what is asked of every event."""
        return self.particles * self.efficiency.value

    @property
    def events(self) -> float:
        """Expected events."""
        return self.counting * self.estimate.rate

    @property
    def statistical(self) -> float:
        """Statistical error of the events."""
        return self.counting * self.estimate.statistical

    @property
    def shifts(self) -> dict[str, float]:
        """Shifts of the events that make up the systematic error, by what was varied."""
        found = {what: self.counting * abs(v) for what, v in self.estimate.systematic.items()}
        spread = self.efficiency.uncertainty or 0.0
        return {**found, "efficiency": self.particles * spread * self.estimate.rate}

    @property
    def systematic(self) -> float:
        """Systematic error of the events."""
        return math.hypot(*self.shifts.values())

    @property
    def error(self) -> float:
        """Both errors in quadrature."""
        return math.hypot(self.statistical, self.systematic)

    def record(self) -> dict[str, Any]:
        """Plain values, with the keys of `emiss backgrounds --json`."""
        estimate, other = self.estimate, self.published
        return {
            "name": self.source.name,
            "title": self.source.title,
            "events": self.events,
            "statistical": self.statistical,
            "systematic": self.systematic,
            "method": self.source.method,
            "shifts": self.shifts,
            "steps": dict(estimate.steps),
            "inputs": [
                {
                    "key": one.key, "name": one.name, "value": one.quantity.value,
                    "uncertainty": one.quantity.uncertainty, "source": one.quantity.source,
                    "status": one.quantity.status, "note": one.quantity.note,
                }
                for one in estimate.inputs
            ],
            "published": None if other is None else {
                "events": other.value, "error": other.uncertainty, "source": other.source,
                "status": other.status, "upper_limit": other.uncertainty is None,
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BackgroundTable(Recorded):
    """Backgrounds of a run.

    Parameters
    ----------
    experiment, period : str
        Names of the experiment and its run.
    particles : float
        Beam particles on target.
    efficiency : Quantity
        Share of the events that is recorded and passes what is asked of every event: that of the
        run for its signal, mean over the masses.
    sources : tuple of Background
        Source by source.
    stated : Quantity
        What the experiment file says of the sum, which limits use.
    """

    experiment: str
    period: str
    particles: float
    efficiency: Quantity
    sources: tuple[Background, ...]
    stated: Quantity

    def __getitem__(self, name: str) -> Background:
        """Background of the source of a name."""
        return next(one for one in self.sources if one.source.name == name)

    @property
    def total(self) -> float:
        """Expected events of all sources."""
        return math.fsum(one.events for one in self.sources)

    @property
    def total_error(self) -> float:
        """Error of the sum; errors of the sources are taken as independent."""
        return math.hypot(*(one.error for one in self.sources)) if self.sources else 0.0

    def record(self) -> dict[str, Any]:
        """Plain values, with the keys of `emiss backgrounds --json`."""
        return {
            "experiment": self.experiment,
            "run": self.period,
            "particles_on_target": self.particles,
            "efficiency": {
                "value": self.efficiency.value, "error": self.efficiency.uncertainty,
                "source": self.efficiency.source, "status": self.efficiency.status,
            },
            "sources": [one.record() for one in self.sources],
            "total": self.total,
            "total_error": self.total_error,
            "stated": {
                "events": self.stated.value, "error": self.stated.uncertainty,
                "source": self.stated.source, "status": self.stated.status,
            },
        }  # fmt: skip
