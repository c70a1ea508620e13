"""The relic line at dark-matter masses placed where it bends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ....ground.mass_range import MassRange
from ....ground.refinement import Sampled, refined
from .mediators import dark_photon_mediator
from .relic import relic_coupling

if TYPE_CHECKING:
    from ....ground.arrays import FloatArray
    from .annihilation_rate import DarkMatterKind
    from .mediators import Mediator
    from .relic import RelicLine

__all__ = ["relic_line"]

_STEP = 0.2
"""Step in ln m of the first masses."""
_AROUND = (0.97, 0.995, 1.0, 1.005, 1.03, 1.1)
"""First masses in units of that at which a channel opens for particles at rest."""


def relic_line(
    masses: FloatArray | MassRange,
    kind: DarkMatterKind,
    alpha_dark: float,
    mass_ratio: float,
    mode: Any = "full",
    *,
    mediator: Mediator | None = None,
    **options: Any,
) -> RelicLine:
    """Coupling that gives the relic density, at given masses or in a range.

    Parameters
    ----------
    masses : array of float or MassRange
        Dark-matter masses in GeV: these and no others; or a range, in which lines in double
        logarithm between the masses follow the curve to a per cent. The masses are placed with the
        fast mode, whose curve has the same shape.
    kind, alpha_dark, mass_ratio, mode, mediator
        As in `relic.relic_coupling`.
    **options
        Further options of `relic.relic_coupling`.

    Returns
    -------
    RelicLine
        The line.

    Raises
    ------
    EmissError
        As `relic.relic_coupling`.
    """

    def line(at: FloatArray, how: Any) -> RelicLine:
        return relic_coupling(at, kind, alpha_dark, mass_ratio, how, mediator=mediator, **options)

    if not isinstance(masses, MassRange):
        return line(masses, mode)

    def sample(at: FloatArray) -> Sampled:
        logs = np.log(line(at, "textbook" if mode == "textbook" else "fast").coupling)[None, :]
        return Sampled(logs, np.where(np.isfinite(logs), np.inf, -np.inf))

    chosen, _ = refined(sample, _first(masses, mediator or dark_photon_mediator()))
    return line(chosen, mode)


def _first(span: MassRange, mediator: Mediator) -> FloatArray:
    low, high = span.low, span.high
    kinks = np.outer(0.5 * np.asarray(mediator.thresholds), _AROUND).ravel()
    poles = [0.5 * (m + n * width) for m, width in mediator.resonances for n in (-4, -1, 0, 1, 4)]
    count = max(5, math.ceil(math.log(high / low) / _STEP) + 1)
    found = np.concatenate([np.geomspace(low, high, count)[1:-1], kinks, poles])
    inner = found[(found > low) & (found < high)]
    return np.unique(np.concatenate([[low, high], inner]))
