r"""Profile-likelihood fits of many pseudo-experiments at once, by damped Newton steps.

Each row is a data set of its own: counts, and the centres of the Gaussian constraints that its
auxiliary measurements gave. The strength is in units in which all channels together expect one
signal event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray

__all__ = ["ChannelModel", "ToyData", "fit_best", "fit_fixed"]

CITATIONS = ("Cowan:2010js",)

_STEPS = 200
_HALVINGS = 40
_LONGEST = 2.0  # of one step of a nuisance parameter, in its standard deviations
_CONVERGED = 1e-10  # relative decrease that a step still promises
_AT_ZERO = 1e-12  # of the strength a step began at, plus 1: rounding of a step that ends at 0
_TINY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class ChannelModel:
    """Means of several channels as a function of strength and nuisance parameters.

    Parameters
    ----------
    signal, background : array of float, shape (c,)
        Median events; the signal at unit strength.
    signal_loads, background_loads : array of float, shape (c, k)
        Change of ln(signal) and ln(background) per unit of each nuisance parameter.
    """

    signal: FloatArray
    background: FloatArray
    signal_loads: FloatArray
    background_loads: FloatArray

    @property
    def size(self) -> int:
        """Number of nuisance parameters."""
        return int(self.signal_loads.shape[1])

    def terms(self, mu: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Signal and background means, shape (t, c), at strengths (t,) and nuisances (t, k)."""
        signal = mu[:, None] * self.signal * np.exp(z @ self.signal_loads.T)
        return signal, self.background * np.exp(z @ self.background_loads.T)


@dataclass(frozen=True, slots=True, eq=False)
class ToyData:
    """Several data sets.

    Parameters
    ----------
    counts : array of float, shape (t, c)
        Events per channel.
    centres : array of float, shape (t, k)
        Centres of the unit Gaussian constraints of the nuisance parameters.
    """

    counts: FloatArray
    centres: FloatArray

    def of(self, rows: NDArray[np.intp]) -> ToyData:
        """Take some of the data sets."""
        return ToyData(self.counts[rows], self.centres[rows])


def fit_fixed(model: ChannelModel, mu: float, data: ToyData) -> tuple[FloatArray, FloatArray]:
    """Smallest -ln L over the nuisance parameters at one strength.

    Parameters
    ----------
    model : ChannelModel
        The channels.
    mu : float
        Strength.
    data : ToyData
        The data sets.

    Returns
    -------
    value : array of float, shape (t,)
        -ln L over that of means equal to the counts.
    z : array of float, shape (t, k)
        Nuisance parameters there.
    """
    value, _, z = _minimise(model, np.full(len(data.counts), mu), data, free=False)
    return value, z


def fit_best(model: ChannelModel, data: ToyData) -> tuple[FloatArray, FloatArray]:
    """Smallest -ln L over strengths of at least 0 and nuisance parameters.

    Parameters
    ----------
    model : ChannelModel
        The channels.
    data : ToyData
        The data sets.

    Returns
    -------
    value, mu : array of float, shape (t,)
        -ln L over that of means equal to the counts, and the strength there.
    """
    if len(model.signal) == 1:
        # What one count has beyond the background at the constraints' centres is all signal there.
        signal, background = model.terms(np.ones(len(data.counts)), data.centres)
        start = np.maximum((data.counts - background) / signal, 0.0)[:, 0]
    else:
        # A strength above the best one is where the likelihood is convex.
        start = np.maximum(data.counts.sum(axis=1) - model.background.sum(), 0.0) + 1.0
    value, mu, _ = _minimise(model, start, data, free=True)
    return value, mu


def _objective(model: ChannelModel, mu: FloatArray, z: FloatArray, data: ToyData) -> FloatArray:
    signal, background = model.terms(mu, z)
    mean = np.maximum(signal + background, _TINY)
    value = _over_saturated(mean, data.counts).sum(axis=1)
    return np.asarray(value + 0.5 * np.square(z - data.centres).sum(axis=1))


def _over_saturated(mean: FloatArray, counts: FloatArray) -> FloatArray:
    """Poisson -ln L over that of a mean equal to the count, without differences of large numbers.

    A billion events would lose in them what tells a pseudo-experiment from another.
    """
    many = np.maximum(counts, 1.0)
    x = (mean - counts) / many
    log_ratio = np.where(x > -0.5, np.log1p(np.maximum(x, -0.5)), np.log(mean / many))
    return np.where(counts > 0.0, counts * (x - log_ratio), mean)


def _minimise(
    model: ChannelModel, mu: FloatArray, data: ToyData, free: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    mu, z = mu.copy(), data.centres.copy()
    value = _objective(model, mu, z, data)
    active = np.arange(len(mu)) if free or model.size else np.empty(0, dtype=np.intp)
    for _ in range(_STEPS):
        if not active.size:
            break
        part = data.of(active)
        step, promised = _step(model, mu[active], z[active], part, free)
        moving = promised > _CONVERGED * (1.0 + np.abs(value[active]))
        active, step, part = active[moving], step[moving], data.of(active[moving])
        if not active.size:
            break
        done = _descend(model, (mu, z, value), active, step, part)
        active = active[~done]
    return value, mu, z


def _descend(
    model: ChannelModel,
    state: tuple[FloatArray, FloatArray, FloatArray],
    active: NDArray[np.intp],
    step: FloatArray,
    data: ToyData,
) -> NDArray[np.bool_]:
    """Move the data sets downhill in place; tells which of them cannot move any more."""
    mu, z, value = state
    open_rows = np.arange(len(active))
    for _ in range(_HALVINGS):
        rows = active[open_rows]
        new_mu = mu[rows] - step[open_rows, 0]
        # Rounding must not leave a strength just beside 0: below it there is none, and just above
        # it the next step would be as short.
        new_mu[new_mu < _AT_ZERO * (1.0 + mu[rows])] = 0.0
        new_z = z[rows] - step[open_rows, 1:]
        trial = _objective(model, new_mu, new_z, data.of(open_rows))
        lower = trial <= value[rows]
        found = rows[lower]
        mu[found], z[found], value[found] = new_mu[lower], new_z[lower], trial[lower]
        open_rows = open_rows[~lower]
        if not open_rows.size:
            break
        step[open_rows] *= 0.5
    stuck = np.zeros(len(active), dtype=bool)
    stuck[open_rows] = True
    return stuck


def _step(
    model: ChannelModel, mu: FloatArray, z: FloatArray, data: ToyData, free: bool
) -> tuple[FloatArray, FloatArray]:
    """Newton step in (strength, nuisances), and the decrease that it promises."""
    signal, background = model.terms(mu, z)
    mean = np.maximum(signal + background, _TINY)
    per_unit = model.signal * np.exp(z @ model.signal_loads.T)
    pull = 1.0 - data.counts / mean
    weight = data.counts / mean / mean
    of_signal = signal[:, :, None] * model.signal_loads
    of_background = background[:, :, None] * model.background_loads
    loads = np.concatenate([per_unit[:, :, None], of_signal + of_background], axis=2)
    turned = loads.transpose(0, 2, 1)
    gradient = (turned @ pull[:, :, None])[:, :, 0]
    gradient[:, 1:] += z - data.centres
    # Only the positive part of the second derivative of the mean keeps the matrix definite.
    bend = np.maximum(pull, 0.0)
    hessian = (turned * weight[:, None, :]) @ loads
    if model.size:
        hessian[:, 1:, 1:] += np.eye(model.size)
        for each, load in ((signal, model.signal_loads), (background, model.background_loads)):
            squares = (load[:, :, None] * load[:, None, :]).reshape(len(load), -1)
            hessian[:, 1:, 1:] += ((bend * each) @ squares).reshape(-1, model.size, model.size)
    held = np.ones(len(mu), dtype=bool)
    if free:
        held = (mu <= 0.0) & (gradient[:, 0] >= 0.0)
    # A count of zero everywhere has no curvature in the strength: the step then ends at 0.
    flat = hessian[:, 0, 0] <= 1e-12 * np.square(gradient[:, 0])
    hessian[flat, 0, 0] += 1e-3
    step = _solve(hessian, gradient, held)
    if free:
        # At 0 a strength that the nuisance parameters would pull below waits for them.
        pulled = np.flatnonzero(~held & (mu <= 0.0) & (step[:, 0] > 0.0))
        if pulled.size:
            every = np.ones(pulled.size, dtype=bool)
            step[pulled] = _solve(hessian[pulled], gradient[pulled], every)
    share = np.ones(len(mu))
    if model.size:
        share /= np.maximum(np.abs(step[:, 1:]).max(axis=1) / _LONGEST, 1.0)
    below = (step[:, 0] * share > mu) & (mu > 0.0)
    share[below] = mu[below] / step[below, 0]
    step *= share[:, None]
    return step, (gradient * step).sum(axis=1)


def _solve(hessian: FloatArray, gradient: FloatArray, held: NDArray[np.bool_]) -> FloatArray:
    """Newton steps, without one in the strength where that is held."""
    hessian, gradient = hessian.copy(), gradient.copy()
    gradient[held, 0] = 0.0
    hessian[held, 0, :] = 0.0
    hessian[held, :, 0] = 0.0
    hessian[held, 0, 0] = 1.0
    return np.asarray(np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0])
