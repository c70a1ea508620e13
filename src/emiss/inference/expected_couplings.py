"""Expected limits on a coupling for a signal that is scaled and a background that changes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ..ground.arrays import FloatArray
from .counting import upper_limit
from .couplings import LARGEST_COUPLING, channels_of
from .expected import outcome_quantiles

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from .channel import Channel

__all__ = ["ExpectedCouplings"]

_COUPLINGS: Final = np.geomspace(1e-9, LARGEST_COUPLING, 541)
_TAIL: Final = 1e-4
_MOST_OUTCOMES: Final = 40


class ExpectedCouplings:
    """Expected coupling for a signal that is scaled and another background, by mass."""

    def __init__(
        self, single: Experiment, model: Model, masses: FloatArray, merit: str, method: str,
        cl: float,
    ) -> None:  # fmt: skip
        from ..yields import signal_yield

        self._channel = channels_of(single)[0]
        self._merit, self._method, self._cl = merit, method, cl
        signal = signal_yield(single, model, masses)
        table = np.repeat(_COUPLINGS[:, None], masses.size, axis=1)
        self._events = signal.events(table).sum(axis=0)  # shape (couplings, masses)

    def at(self, signal: FloatArray, background: FloatArray) -> FloatArray:
        """Expected coupling, shape (masses, points); NaN where nothing is excluded."""
        found = np.full(signal.shape, np.nan)
        for place, level in enumerate(background.tolist()):
            outcomes = self._outcomes(level)
            for mass in range(signal.shape[0]):
                scale = float(signal[mass, place])
                if scale > 0.0:
                    found[mass, place] = math.fsum(
                        share * self._coupling(mass, events / scale) for share, events in outcomes
                    )
        return found

    def error(
        self, expected: FloatArray, signal: FloatArray, signal_error: FloatArray,
        background: FloatArray, background_error: FloatArray,
    ) -> FloatArray:  # fmt: skip
        """Monte Carlo error of the expected coupling: shifts by one error, in quadrature."""
        more = self.at(signal + signal_error, background)
        worse = self.at(signal, background + background_error)
        return np.asarray(np.hypot(more - expected, worse - expected))

    def _outcomes(self, background: float) -> list[tuple[float, float]]:
        """Probability and limit in events of the counts that background alone gives."""
        from scipy.stats import poisson

        base = self._channel
        relative = base.background_uncertainty / base.background if base.background > 0.0 else 0.0
        channel = replace(base, background=background, background_uncertainty=relative * background)
        if self._merit == "median":
            return [(1.0, self._limit(channel, outcome_quantiles(channel)["0"]))]
        low, high = (max(0, int(poisson.ppf(p, background))) for p in (_TAIL, 1.0 - _TAIL))
        counts = np.unique(np.linspace(low, high, _MOST_OUTCOMES).astype(int))
        shares = np.diff(poisson.cdf(np.append(counts[:-1], high), background), prepend=0.0)
        shares /= shares.sum()
        return [
            (float(share), self._limit(channel, int(count)))
            for share, count in zip(shares, counts, strict=True)
        ]

    def _limit(self, channel: Channel, count: int) -> float:
        return upper_limit(replace(channel, observed=count), self._method, self._cl).upper_limit

    def _coupling(self, mass: int, events: float) -> float:
        """Smallest coupling with so many events; NaN where none has."""
        curve = self._events[:, mass]
        reached = np.flatnonzero(curve >= events)
        if not reached.size or reached[0] == 0:
            return math.nan
        after = int(reached[0])
        low, high = curve[after - 1], curve[after]
        if not low > 0.0:
            return float(_COUPLINGS[after])
        part = math.log(events / low) / math.log(high / low)
        step = math.log(_COUPLINGS[after] / _COUPLINGS[after - 1])
        return float(_COUPLINGS[after - 1] * math.exp(part * step))
