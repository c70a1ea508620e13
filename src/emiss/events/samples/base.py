"""What a sample is: which particles begin, and how the target treats them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...experiments.layout import Layout
from ..bank import Bank
from ..context import Context, Options

__all__ = ["Primaries", "Sample"]

Primaries: TypeAlias = Callable[[Context, NDArray[np.int64]], Bank]
"""Gives the beam particles with the numbers asked for."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of events.

    Parameters
    ----------
    name : str
        What is typed.
    title : str
        What it is, in a few words.
    primaries : callable
        ``(context, event) -> Bank``: the particles of events, before the first element.
    options : dict
        Options that differ from their defaults unless the user gives them.
    keep : callable, optional
        ``(context) -> mask`` by beam particle: which events are recorded; all by default.
    problem : callable, optional
        ``(layout, options) -> str``: why an apparatus gives no event of the sample; empty where it
        may give some.
    """

    name: str
    title: str
    primaries: Primaries
    options: dict[str, Any] = field(default_factory=dict)
    keep: Callable[[Context], NDArray[np.bool_]] | None = None
    problem: Callable[[Layout, Options], str] | None = None
