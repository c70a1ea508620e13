"""What a source of background is: the modes it belongs to, and how it is estimated."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...events.context import generator_of, seed_of
from ...experiments.layout import Layout
from ...ground.quantity import Quantity

__all__ = ["Estimate", "Input", "Question", "Source"]


@dataclass(frozen=True, slots=True)
class Input:
    """A number that an estimate rests on and that no layout holds.

    Parameters
    ----------
    name : str
        What it is.
    quantity : Quantity
        Value, uncertainty, source and status.
    """

    name: str
    quantity: Quantity

    @property
    def relative_error(self) -> float:
        """Uncertainty over value; 0 where none is stated."""
        return (self.quantity.uncertainty or 0.0) / self.quantity.value


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a source.

    Parameters
    ----------
    layout : Layout
        Apparatus and selection of the run.
    particles : float
        Beam particles on target.
    events : int
        Effort: events that a source simulates, where it does.
    seed : int
        Seed.
    """

    layout: Layout
    particles: float
    events: int
    seed: int

    def stream(self, *parts: object) -> int:
        """Seed that belongs to some words."""
        return seed_of(self.seed, "background", *parts)

    def random(self, *parts: object) -> np.random.Generator:
        """Random numbers that belong to some words."""
        return generator_of(self.seed, "background", *parts)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Events per beam particle of one source.

    Parameters
    ----------
    rate : float
        Expected background events per beam particle.
    statistical : float
        Statistical error of the rate, from the number of simulated events; 0 for an integral.
    systematic : mapping of str to float
        Shifts of the rate, by what was varied; independent of each other.
    steps : mapping of str to float
        Factors and intermediate results, in words.
    inputs : tuple of Input
        Numbers that no layout holds.
    """

    rate: float
    statistical: float = 0.0
    systematic: dict[str, float] = field(default_factory=dict, hash=False)
    steps: dict[str, float] = field(default_factory=dict, hash=False)
    inputs: tuple[Input, ...] = ()

    @property
    def systematic_error(self) -> float:
        """All shifts in quadrature."""
        return math.hypot(*self.systematic.values()) if self.systematic else 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A source of background.

    Parameters
    ----------
    name : str
        What it is called in tables and files.
    title : str
        In words.
    modes : tuple of str
        Modes to which it belongs.
    method : str
        How it is estimated.
    estimate : callable
        From a question to the rate per beam particle.
    applies : callable
        Whether a layout of these modes can have it.
    """

    name: str
    title: str
    modes: tuple[str, ...]
    method: str
    estimate: Callable[[Question], Estimate]
    applies: Callable[[Layout], bool] = lambda _: True

    def belongs_to(self, layout: Layout) -> bool:
        """Whether a layout can have it."""
        return layout.mode in self.modes and self.applies(layout)
