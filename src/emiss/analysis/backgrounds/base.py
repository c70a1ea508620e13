"""What a source of background is: the modes it belongs to, and how it is estimated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

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
    key : str
        Under which an experiment file or a user gives another, ``[[background_input]]``.
    name : str
        What it is, and its unit.
    quantity : Quantity
        Value, uncertainty, source and status.
    most : float
        Largest value that makes sense.
    """

    key: str
    name: str
    quantity: Quantity
    most: float = 1e6

    @property
    def value(self) -> float:
        """The number."""
        return self.quantity.value

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
    stated : mapping of str to Quantity
        Inputs by key that replace the ones of the sources.
    """

    layout: Layout
    particles: float
    events: int
    seed: int
    stated: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def input(self, default: Input) -> Input:
        """An input as it is stated for this run, or else its default."""
        given = self.stated.get(default.key)
        return default if given is None else replace(default, quantity=given)

    def inputs(self, *defaults: Input) -> tuple[Input, ...]:
        """Several inputs, see `input`."""
        return tuple(self.input(one) for one in defaults)

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
    inputs : tuple of Input
        Inputs that may be stated otherwise.
    """

    name: str
    title: str
    modes: tuple[str, ...]
    method: str
    estimate: Callable[[Question], Estimate]
    applies: Callable[[Layout], bool] = lambda _: True
    inputs: tuple[Input, ...] = ()

    def belongs_to(self, layout: Layout) -> bool:
        """Whether a layout can have it."""
        return layout.mode in self.modes and self.applies(layout)
