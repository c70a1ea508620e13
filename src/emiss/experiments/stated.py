"""What an experiment file says of its simulated efficiency and of inputs of its backgrounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..ground.quantity import Quantity

__all__ = ["CHOICES", "Factor", "StatedAcceptance", "StatedInput"]

CHOICES: Final = ("effective", "simulated")
"""Which efficiency a limit uses: that of the runs, or that of a simulated table."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An efficiency that no simulation of events gives, such as the live time of the readout.

    Parameters
    ----------
    name : str
        Name.
    efficiency : Quantity
        Share of the signal that is left.
    """

    name: str
    efficiency: Quantity


@dataclass(frozen=True, slots=True)
class StatedAcceptance:
    """The section ``[acceptance]`` of a file.

    Parameters
    ----------
    use : str
        Which efficiency limits use unless they are told: one of `CHOICES`.
    table : str
        File of the table, relative to the experiment file; empty where there is none.
    factors : tuple of Factor
        What multiplies the simulated efficiency.
    folder : Path or None
        Where the table is; no part of what the file says.
    """

    use: str = "effective"
    table: str = ""
    factors: tuple[Factor, ...] = ()
    folder: Path | None = field(default=None, compare=False, repr=False)

    @property
    def product(self) -> float:
        """Product of the factors."""
        return math.prod(factor.efficiency.value for factor in self.factors)

    @property
    def relative_uncertainty(self) -> float:
        """Relative uncertainty of the product, in quadrature."""
        return math.hypot(*(factor.efficiency.relative_uncertainty for factor in self.factors))


@dataclass(frozen=True, slots=True)
class StatedInput:
    """A number that the estimate of a background rests on, a row of ``[[background_input]]``.

    Parameters
    ----------
    name : str
        Key of the input, see `emiss backgrounds`.
    value : Quantity
        The number.
    """

    name: str
    value: Quantity
