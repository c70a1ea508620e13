r"""CLs limit from the asymptotic distribution of the profile-likelihood ratio q-tilde.

For comparison with papers that used it. With few events the asymptotic distributions are not
reached and the limit is too strong: at n = 0, b = 0.5 its true CLs is 0.19 instead of 0.10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.guards import guarded
from .arguments import ARGUMENTS
from .channel import Channel, as_channels, check_confidence_level
from .combination import BAND_SIGMAS
from .roots import between

__all__ = [
    "asymptotic_expected_limits",
    "asymptotic_log_cls",
    "asymptotic_upper_limit",
    "discovery_root",
    "nuisance_loads",
]

CITATIONS = ("Cowan:2010js", "Junk:1999kv", "Read:2002hq")


def asymptotic_upper_limit(channels: Channel | Sequence[Channel], cl: float = 0.9) -> float:
    """CLs upper limit in the asymptotic approximation.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    cl : float
        Confidence level.

    Returns
    -------
    float
        Upper limit on the strength.

    Raises
    ------
    ValidityError
        Channels out of range, or no limit found.

    Notes
    -----
    Cowan:2010js, q-tilde (section 2.5, eqs. 16 and 65-66); the Asimov data set is that of the
    background-only fit to the data. Each uncertainty is a log-normal factor with a unit Gaussian
    constraint.
    """
    channels = as_channels(channels)
    log_alpha = math.log(1.0 - check_confidence_level(cl))
    fit = _Fit(channels)
    total = sum(c.signal for c in channels)
    observed = sum(c.observed for c in channels)
    low, high = 0.0, (observed + 3.0 * math.sqrt(observed + 1.0) + 2.0) / total
    f_low = -log_alpha
    for _ in range(60):
        f_high = fit.log_cls(high) - log_alpha
        if f_high <= 0.0:
            break
        low, f_low, high = high, f_high, 2.0 * high
    else:
        raise ValidityError("no asymptotic limit found; check signal and background.")
    return between(lambda mu: fit.log_cls(mu) - log_alpha, (low, f_low), (high, f_high), 1e-10)


def asymptotic_expected_limits(
    channels: Channel | Sequence[Channel], cl: float = 0.9
) -> dict[str, float]:
    """Median expected CLs limit and its bands in the asymptotic approximation.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        The channels; their observed counts are not used.
    cl : float
        Confidence level.

    Returns
    -------
    dict of str to float
        Limits on the strength at "-2" to "2" standard deviations of background alone.

    Raises
    ------
    ValidityError
        Channels out of range, or no limit found.

    Notes
    -----
    The Asimov data are the nominal backgrounds. At N standard deviations the root of q-tilde there
    is N + Phi^-1(1 - (1 - cl) Phi(N)), arXiv:1007.1727, eq. 89 for CLs.
    """
    from scipy.special import ndtr, ndtri

    channels = as_channels(channels)
    alpha = 1.0 - check_confidence_level(cl)
    fit = _Fit(channels, np.array([c.background for c in channels]))
    found = {}
    for band, sigmas in BAND_SIGMAS.items():
        wanted = sigmas - float(ndtri(alpha * ndtr(sigmas)))
        found[band] = _strength_of_root(fit, wanted)
    return found


def _strength_of_root(fit: _Fit, wanted: float) -> float:
    """Strength at which the root of q-tilde of the Asimov data has a value."""
    low, f_low, high = 0.0, -wanted, fit.unit
    for _ in range(200):
        f_high = fit.expected_root(high) - wanted
        if f_high >= 0.0:
            break
        low, f_low, high = high, f_high, 2.0 * high
    else:
        raise ValidityError("no expected asymptotic limit found; check signal and background.")
    return between(lambda mu: fit.expected_root(mu) - wanted, (low, f_low), (high, f_high), 1e-10)


@guarded(ARGUMENTS)
def asymptotic_log_cls(channels: Channel | Sequence[Channel], strength: float) -> float:
    """Natural logarithm of the asymptotic CLs at a strength.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels.
    strength : float
        Signal strength, at least 0.

    Returns
    -------
    float
        ln CLs.

    Raises
    ------
    ValidityError
        A negative or NaN strength.
    """
    if not 0.0 <= strength < math.inf:
        raise ValidityError(f"strength must be a finite number of at least 0, got {strength}.")
    return _Fit(as_channels(channels)).log_cls(strength)


def discovery_root(channels: Channel | Sequence[Channel]) -> float:
    """Root of q0, the profile-likelihood ratio of no signal to the best strength.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels; several are weighed by their signals.

    Returns
    -------
    float
        Asymptotic significance in standard deviations; 0 where the best strength is 0.
    """
    fit = _Fit(as_channels(channels))
    return math.sqrt(max(2.0 * (fit.at_zero - fit.best), 0.0))


def _weight(counts: FloatArray, mean: FloatArray) -> FloatArray:
    """n/mu^2, at most 1e200; 0 for no event however small the mean."""
    with np.errstate(over="ignore"):
        return np.asarray(np.minimum(counts / mean, 1e100) / np.maximum(mean, 1e-100))


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    counts: FloatArray
    constraints: FloatArray  # centres of the unit Gaussian constraints


def _log_tail(x: float) -> float:
    """ln(1 - Phi(x)), with the leading expansion where erfc underflows."""
    if x < 35.0:
        return math.log(0.5 * math.erfc(x / math.sqrt(2.0)))
    return -0.5 * x * x - math.log(x * math.sqrt(2.0 * math.pi))


class _Fit:
    """Profile likelihood of several channels in the strength."""

    def __init__(self, channels: tuple[Channel, ...], counts: FloatArray | None = None) -> None:
        self.signal = np.array([c.signal for c in channels])
        self.background = np.array([c.background for c in channels])
        self.signal_loads, self.background_loads = nuisance_loads(channels)
        self.size = size = self.signal_loads.shape[1]
        self.unit = 1.0 / float(self.signal.sum())
        if counts is None:
            counts = np.array([float(c.observed) for c in channels])
        self.data = _Data(counts, np.zeros(size))
        self.at_zero, z = self._profile(0.0, self.data)
        self.best_mu, self.best = self._best()
        self.asimov = _Data(self.background * np.exp(self.background_loads @ z), z)
        self.asimov_best = self._profile(0.0, self.asimov)[0]

    def log_cls(self, mu: float) -> float:
        """Natural logarithm of CLs of a strength from the asymptotic formulas."""
        if mu == 0.0:
            return 0.0
        q = 0.0
        if mu > self.best_mu:
            q = max(2.0 * (self._profile(mu, self.data)[0] - self.best), 0.0)
        root, root_asimov = math.sqrt(q), self.expected_root(mu)
        if root <= root_asimov:
            return min(_log_tail(root) - _log_tail(root - root_asimov), 0.0)
        q_asimov = root_asimov**2
        up, down = (q + q_asimov) / (2.0 * root_asimov), (q - q_asimov) / (2.0 * root_asimov)
        return min(_log_tail(up) - _log_tail(down), 0.0)

    def expected_root(self, mu: float) -> float:
        """Root of q-tilde of a strength in the Asimov data set, standard deviations of CLs."""
        q_asimov = 2.0 * (self._profile(mu, self.asimov)[0] - self.asimov_best)
        return math.sqrt(max(q_asimov, 1e-300))

    def _terms(self, mu: float, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        signal = mu * self.signal * np.exp(self.signal_loads @ z)
        return signal, self.background * np.exp(self.background_loads @ z)

    def _objective(self, mu: float, z: FloatArray, data: _Data) -> float:
        signal, background = self._terms(mu, z)
        mean = np.maximum(signal + background, 1e-300)
        pull = z - data.constraints
        return float(mean.sum() - data.counts @ np.log(mean) + 0.5 * pull @ pull)

    def _profile(self, mu: float, data: _Data) -> tuple[float, FloatArray]:
        """Smallest -ln L over the nuisance parameters, by damped Newton steps."""
        z = data.constraints.copy()
        value = self._objective(mu, z, data)
        for _ in range(100 if self.size else 0):
            gradient, hessian = self._derivatives(mu, z, data)
            step = np.linalg.solve(hessian, gradient)
            step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
            decrement = float(gradient @ step)
            if decrement < 1e-14 * (1.0 + abs(value)):
                break
            for _ in range(40):
                trial = self._objective(mu, z - step, data)
                if trial <= value:
                    break
                step *= 0.5
            else:
                break
            z, value = z - step, trial
        return value, z

    def _derivatives(self, mu: float, z: FloatArray, data: _Data) -> tuple[FloatArray, FloatArray]:
        signal, background = self._terms(mu, z)
        mean = np.maximum(signal + background, 1e-300)
        load = signal[:, None] * self.signal_loads + background[:, None] * self.background_loads
        pull = 1.0 - data.counts / mean
        gradient = load.T @ pull + z - data.constraints
        # Only the positive part of the second derivative of the mean keeps the matrix definite.
        bend = np.maximum(pull, 0.0)
        hessian = (load.T * _weight(data.counts, mean)) @ load + np.eye(self.size)
        hessian += (self.signal_loads.T * (bend * signal)) @ self.signal_loads
        hessian += (self.background_loads.T * (bend * background)) @ self.background_loads
        return gradient, hessian

    def _best(self) -> tuple[float, float]:
        """Best strength of at least 0 and its -ln L, by Newton steps in the strength.

        The slope on the profile is that at fixed nuisance parameters (envelope theorem), and
        the curvature is the Schur complement of the joint second derivatives.
        """
        # Without background a count cannot be at strength 0: the slope there is infinite.
        alone = bool(np.any((self.background == 0.0) & (self.data.counts > 0.0)))
        mu, low, high = self.unit if alone else 0.0, 0.0, math.inf
        z = self._profile(mu, self.data)[1]
        for _ in range(100):
            slope, curvature = self._slope(mu, z)
            if slope >= 0.0:
                high = mu
            else:
                low = mu
            if high == 0.0:
                return 0.0, self.at_zero
            following = mu - slope / curvature if curvature > 0.0 else math.inf
            if not low < following < high or math.isinf(following):
                following = 0.5 * (low + high) if math.isfinite(high) else 2.0 * mu + self.unit
            moved = abs(following - mu)
            mu = following
            value, z = self._profile(mu, self.data)
            if moved <= 1e-9 * mu:
                break
        return mu, min(value, self.at_zero)

    def _slope(self, mu: float, z: FloatArray) -> tuple[float, float]:
        """First and second derivative of the profiled -ln L in the strength."""
        signal, background = self._terms(mu, z)
        per_unit = self.signal * np.exp(self.signal_loads @ z)
        mean = np.maximum(signal + background, 1e-300)
        weight = _weight(self.data.counts, mean)
        load = signal[:, None] * self.signal_loads + background[:, None] * self.background_loads
        slope = float(per_unit @ (1.0 - self.data.counts / mean))
        mixed = load.T @ (weight * per_unit)
        mixed += self.signal_loads.T @ (per_unit * (1.0 - self.data.counts / mean))
        curvature = float(per_unit**2 @ weight)
        if self.size:
            hessian = self._derivatives(mu, z, self.data)[1]
            curvature -= float(mixed @ np.linalg.solve(hessian, mixed))
        return slope, curvature


def nuisance_loads(channels: tuple[Channel, ...]) -> tuple[FloatArray, FloatArray]:
    """Load of every nuisance parameter on ln(signal) and ln(background).

    Parameters
    ----------
    channels : tuple of Channel
        The channels.

    Returns
    -------
    tuple of array of float, shape (c, k)
        Change of both logarithms in every channel per standard deviation of each parameter.
    """
    size = len(channels)
    zero = np.zeros(size)
    columns: list[tuple[FloatArray, FloatArray]] = []
    for i, c in enumerate(channels):
        unit = np.eye(size)[i]
        if c.signal_widths[0] > 0.0:
            columns.append((unit * c.signal_widths[0], zero))
        if c.background_widths[0] > 0.0:
            columns.append((zero, unit * c.background_widths[0]))
    for name in dict.fromkeys(c.signal_group for c in channels):
        load = np.array([c.signal_widths[1] * (c.signal_group == name) for c in channels])
        if load.any():
            columns.append((load, zero))
    for name in dict.fromkeys(c.background_group for c in channels):
        load = np.array([c.background_widths[1] * (c.background_group == name) for c in channels])
        if load.any():
            columns.append((zero, load))
    widths = [c.source_widths for c in channels]
    for name in dict.fromkeys(name for each in widths for name in each):
        columns.append((zero, np.array([each.get(name, 0.0) for each in widths])))
    shape = (len(columns), size)
    signal, background = (np.array([c[i] for c in columns]).reshape(shape).T for i in (0, 1))
    return signal, background
