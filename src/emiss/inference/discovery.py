r"""How unlikely a count is if there is background alone: the p-value of a discovery.

Several runs are counted together; the limit of an experiment weighs them, and so do the methods
``profile`` and ``toys``. A count is the same at all masses of a mediator, so that no trials over
masses have to be accounted for.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.guards import chosen
from ..ground.quadrature import gauss
from .asymptotic import discovery_root
from .channel import Channel, as_channels, lognormal_width
from .poisson import log_survival
from .pseudo_experiments import TOYS

__all__ = ["DISCOVERY_METHODS", "Excess", "significance"]

CITATIONS = ("Cousins:2008zz", "Cowan:2010js")

DISCOVERY_METHODS: Final = ("exact", "on-off", "asymptotic", "profile", "toys")
"""Average over a log-normal background, ratio of Poisson means, q0 of an on-off likelihood, and q0
of the likelihood of limits: asymptotically, or with pseudo-experiments."""
_FARTHEST = 38.0
_PANEL = 0.25


@dataclass(frozen=True, slots=True)
class Excess:
    """A count beside what background alone gives.

    Parameters
    ----------
    observed : int
        Events seen.
    background, background_uncertainty : float
        Events expected from background, and the uncertainty.
    p_value : float
        Probability of at least so many events from background alone; 0 where it underflows.
    significance : float or None
        Standard deviations of a normal distribution with that tail on one side; negative where less
        is seen than expected, None where nothing is seen or a fit finds no signal (p-value 1).
    method : str
        One of `DISCOVERY_METHODS`.
    error : float or None
        Statistical error of the p-value, of ``toys`` alone.
    """

    observed: int
    background: float
    background_uncertainty: float
    p_value: float
    significance: float | None
    method: str
    error: float | None = None

    @property
    def words(self) -> str:
        """One sentence."""
        events = "event" if self.observed == 1 else "events"
        return (
            f"{self.observed} {events} seen where background alone gives {self.background:.4g}"
            + (f" ± {self.background_uncertainty:.2g}" if self.background_uncertainty else "")
            + f": p-value {self.p_value:.3g}"
            + (f" ± {self.error:.1g}" if self.error is not None else "")
            + (
                ""
                if self.significance is None
                else f", {self.significance:.2f} standard deviations"
            )
        )

    def record(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def significance(
    channels: Channel | Sequence[Channel],
    method: str = "exact",
    *,
    toys: int = TOYS,
    seed: int = 1,
) -> Excess:
    r"""Probability that background alone gives at least the observed count.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        Counts with their backgrounds; several are added, with their own uncertainties in
        quadrature and the shared ones of a group linearly. ``profile`` and ``toys`` weigh them by
        their signals.
    method : {"exact", "on-off", "asymptotic", "profile", "toys"}, optional
        ``exact`` averages the Poisson tail over a log-normal factor of the background with its
        nominal value as median, as the limits do. ``on-off`` takes the background as measured by a
        Poisson count of the same relative error. ``asymptotic`` is the square root of its q0.
        ``profile`` is the root of q0 of the likelihood that limits profile, and ``toys`` throws
        pseudo-experiments of that q0, see `emiss.inference.toy_discovery`.
    toys, seed : int, optional
        Pseudo-experiments of ``toys``, and their seed.

    Returns
    -------
    Excess
        p-value and significance, one-sided.

    Raises
    ------
    UnknownNameError
        If there is no such method.
    ValidityError
        If the background is zero, or ``on-off`` is asked for a background without uncertainty.

    Notes
    -----
    With a background that is known all of them start from P(N >= n | b) or from
    :math:`q_0 = 2 [n \ln(n/b) - n + b]` (arXiv:1007.1727, eq. 97). ``on-off``:
    p = I_{1/(1+t)}(n, m + 1) with t = b/s^2 and m = b t (arXiv:physics/0702156, eq. 14).
    ``asymptotic`` with an uncertainty s profiles such an auxiliary count.

    Examples
    --------
    >>> from emiss.inference import Channel, significance
    >>> found = significance(Channel(observed=5, background=0.51, background_uncertainty=0.13))
    >>> round(found.significance, 1)
    3.4
    """
    chosen(DISCOVERY_METHODS)(method, "method")
    channels = as_channels(channels)
    observed = sum(one.observed for one in channels)
    background = math.fsum(one.background for one in channels)
    if not background > 0.0:
        raise ValidityError(
            "significance: the background is zero, and any event would be a discovery; give the "
            "events that are expected."
        )
    uncertainty = _uncertainty(channels)
    if method == "exact":
        log_p = _log_tail(observed, background, lognormal_width(uncertainty / background))
    elif method == "on-off":
        log_p = _on_off(observed, background, uncertainty)
    elif method == "toys":
        from .toy_discovery import toy_p_value

        p, error = toy_p_value(channels, toys=toys, seed=seed)
        sigmas = _deviations(math.log(p))
        return Excess(observed, background, uncertainty, p, sigmas, method, error)
    elif method == "profile":
        root = discovery_root(channels)
        p, seen = (_normal_tail(root), root) if root > 0.0 else (1.0, None)
        return Excess(observed, background, uncertainty, p, seen, method)
    else:
        number = _asymptotic(observed, background, uncertainty)
        return Excess(observed, background, uncertainty, _normal_tail(number), number, method)
    return Excess(observed, background, uncertainty, math.exp(log_p), _deviations(log_p), method)


def _uncertainty(channels: Sequence[Channel]) -> float:
    shared: dict[str, float] = {}
    for one in channels:
        group = one.background_group
        shared[group] = shared.get(group, 0.0) + one.background_uncertainty_shared
        for name, value in one.background_sources:
            shared[f"source {name}"] = shared.get(f"source {name}", 0.0) + value
    return math.hypot(*(one.background_uncertainty for one in channels), *shared.values())


def _deviations(log_p: float) -> float | None:
    """Standard deviations whose tail has a logarithm; None for the whole."""
    if log_p >= 0.0:
        return None
    from scipy.special import (
        ndtri_exp,
    )  # a twentieth of a limit with figures: not where none is seen

    return -float(ndtri_exp(log_p))


def _normal_tail(deviations: float) -> float:
    return 0.5 * math.erfc(deviations / math.sqrt(2.0))


@functools.lru_cache(maxsize=64)
def _log_tail(count: int, background: float, width: float) -> float:
    """Ln P(N >= count) averaged over exp(width z), z standard normal."""
    if count == 0:
        return 0.0
    below = np.asarray(count - 1.0)
    if width == 0.0:
        return float(log_survival(below, np.asarray(background)))
    nodes, weights = _panels(count, background, width)
    mean = background * np.exp(np.minimum(width * nodes, 600.0))
    logs = log_survival(below, mean) - 0.5 * nodes**2 + np.log(weights)
    top = float(logs.max())
    return top + math.log(np.exp(logs - top).sum()) - 0.5 * math.log(2.0 * math.pi)


def _panels(count: int, background: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Gauss points in z: panels of a quarter, and fine ones where the Poisson tail rises."""
    rise = math.log(count / background) / width
    sharp = 1.0 / (width * math.sqrt(count))
    edges = np.arange(-_FARTHEST, _FARTHEST + _PANEL, _PANEL)
    fine = rise + sharp * np.linspace(-40.0, 10.0, 101)
    edges = np.unique(np.concatenate([edges, fine[np.abs(fine) < _FARTHEST]]))
    x, w = gauss(12)
    wide = np.diff(edges)[:, None]
    return (edges[:-1, None] + wide * x).ravel(), (wide * w).ravel()


def _on_off(count: int, background: float, uncertainty: float) -> float:
    from scipy.special import betainc

    if not uncertainty > 0.0:
        raise ValidityError(
            "significance by on-off: the background has no uncertainty, so that no auxiliary count "
            "stands for it; use exact."
        )
    if count == 0:
        return 0.0
    ratio = background / uncertainty**2
    p = float(betainc(count, background * ratio + 1.0, 1.0 / (1.0 + ratio)))
    return math.log(p) if p > 0.0 else -math.inf


def _asymptotic(count: int, background: float, uncertainty: float) -> float:
    """Root of q0, with the sign of the excess."""
    n, b, variance = float(count), background, uncertainty**2
    if variance == 0.0:
        half = (n * math.log(n / b) if n > 0.0 else 0.0) - (n - b)
    else:
        first = n * math.log(n * (b + variance) / (b * b + n * variance)) if n > 0.0 else 0.0
        second = b * b / variance * math.log1p(variance * (n - b) / (b * (b + variance)))
        half = first - second
    return math.copysign(math.sqrt(2.0 * max(half, 0.0)), n - b)
