"""What a decay in events is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ....ground.arrays import FloatArray
from ....physics.models import Model

__all__ = ["Decay"]


@dataclass(frozen=True, slots=True)
class Decay:
    """A final state, and how its particles fly.

    Parameters
    ----------
    name : str
        Key of the final state: of `Model.partial_widths` for the boson, of
        `physics.models.inelastic.excited_widths` for excited dark matter.
    title : str
        In words.
    excited : bool
        Whether excited dark matter decays, and not the boson itself.
    kinds : tuple of str
        Names of the daughters in `emiss.events.kinds`, those that are seen first.
    draw : callable
        ``(parents, model, mass, random)`` to a four-vector in GeV per daughter, each of shape
        (n, 4), from those of the parents and the mass of the boson in GeV.
    """

    name: str
    title: str
    excited: bool
    kinds: tuple[str, ...]
    draw: Callable[[FloatArray, Model, float, np.random.Generator], tuple[FloatArray, ...]]
