"""Finding and fitting tracks, all events together; each plane on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from .spectrometer import PLANES, SLOWEST, Estimator, Spectrometer

__all__ = ["GOOD", "Tracks", "find_tracks"]

MOST_HITS: Final = 4
"""Hits of a station that are tried."""
GOOD: Final = 25.0
"""Largest chi^2 per degree of freedom of a track that counts."""
_OTHER_CHARGE: Final = 5.0
"""Errors of q/p by which a track must have the charge of the beam's antiparticle to be none."""
MOST_TRACKS: Final = 3
MOST_COMBINATIONS: Final = 1024
"""Combinations of hits of an event in one plane; fewer hits of each station are tried if more."""
_BATCH: Final = 8_000
"""Combinations that are fitted together: their arrays stay in the cache of a processor."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The best track of each event.

    Parameters
    ----------
    parameters, errors : array, shape (events, 5)
        See `spectrometer.PARAMETERS`, and standard deviations; NaN where there is no track.
    momentum, momentum_error : array, shape (events,)
        In GeV.
    chi2 : array, shape (events,)
        Per degree of freedom, both planes.
    number : array of int, shape (events,)
        Tracks in the plane with more of them: they share no hit and have a chi^2 below `GOOD`.
    slope_x, slope_y : array, shape (events,)
        Slopes behind the last station, from the axis of the nominal beam.
    """

    parameters: FloatArray
    errors: FloatArray
    momentum: FloatArray
    momentum_error: FloatArray
    chi2: FloatArray
    number: Integers
    slope_x: FloatArray
    slope_y: FloatArray


@dataclass(slots=True, eq=False)
class _Best:
    """Best combination of hits of each event in one plane."""

    parameters: FloatArray
    errors: FloatArray
    chi2: FloatArray
    freedom: Integers
    hits: Integers

    @classmethod
    def none(cls, events: int, stations: int, plane: str) -> _Best:
        shape = events, len(PLANES[plane])
        return cls(
            np.full(shape, np.nan), np.full(shape, np.nan), np.full(events, np.inf),
            np.zeros(events, dtype=np.int64), np.full((events, stations), -1, dtype=np.int64),
        )  # fmt: skip

    @property
    def ratio(self) -> FloatArray:
        """chi^2 per degree of freedom."""
        return np.asarray(self.chi2 / np.maximum(self.freedom, 1))


def find_tracks(spectrometer: Spectrometer, x: FloatArray, y: FloatArray) -> Tracks:
    """Find the best track of each event, and count tracks.

    Parameters
    ----------
    spectrometer : Spectrometer
        The stations.
    x, y : array, shape (events, stations, hits)
        Hits in cm from the middle of each station, padded with NaN; those of the two planes do not
        belong together.

    Returns
    -------
    Tracks
        The best: least chi^2 per degree of freedom in each plane.
    """
    best, number = {}, np.zeros(len(x), dtype=np.int64)
    start = np.zeros((len(x), 5))
    for plane, hits in (("x", x), ("y", y)):
        best[plane], count = _count(spectrometer, plane, hits, start)
        number = np.maximum(number, count)
        # the plane that knows the momentum comes first: the other scatters with it
        known = np.isfinite(best[plane].chi2)
        start[np.ix_(known, np.array(PLANES[plane]))] = best[plane].parameters[known]
    known = np.isfinite(best["x"].chi2) & np.isfinite(best["y"].chi2)
    parameters, errors = np.full((len(x), 5), np.nan), np.full((len(x), 5), np.nan)
    for plane, columns in PLANES.items():
        parameters[:, columns], errors[:, columns] = best[plane].parameters, best[plane].errors
    parameters[~known], errors[~known] = np.nan, np.nan
    usable = np.where(known[:, None], parameters, 0.0)
    momentum = spectrometer.momenta(usable)
    _, _, end = spectrometer.predict(usable)
    freedom = np.maximum(best["x"].freedom + best["y"].freedom, 1)
    chi2 = (best["x"].chi2 + best["y"].chi2) / freedom

    def only(values: FloatArray) -> FloatArray:
        return np.where(known, values, np.nan)

    return Tracks(
        parameters, errors, only(momentum), only(momentum**2 * errors[:, 4]), only(chi2),
        np.where(known, number, 0), only(end.ux / end.uz), only(end.uy / end.uz),
    )  # fmt: skip


def _count(
    spectrometer: Spectrometer, plane: str, hits: FloatArray, start: FloatArray
) -> tuple[_Best, Integers]:
    """Best track of a plane, and the number of tracks without a common hit."""
    left, events, stations = hits.copy(), len(hits), hits.shape[1]
    best = current = _found(spectrometer, plane, left, start)
    number = np.zeros(events, dtype=np.int64)
    for _ in range(MOST_TRACKS):
        good = current.ratio < GOOD
        number += good
        event, station = np.nonzero((current.hits >= 0) & good[:, None])
        left[event, station, current.hits[event, station]] = np.nan
        again = good & (np.isfinite(left).any(axis=2).sum(axis=1) > len(PLANES[plane]))
        if not again.any():
            break
        found = _found(spectrometer, plane, left[again], start[again])
        current = _Best.none(events, stations, plane)
        current.chi2[again], current.freedom[again] = found.chi2, found.freedom
        current.hits[again] = found.hits
    return best, number


def _found(spectrometer: Spectrometer, plane: str, hits: FloatArray, start: FloatArray) -> _Best:
    """Best combination of hits of each event; events with the same stations together."""
    events, stations, _ = hits.shape
    # beginning with those next to the nominal track: what is knocked out of matter lies far away
    nominal = spectrometer.nominal["xy".index(plane)][None, :, None]
    distance = np.where(np.isfinite(hits), np.abs(hits - nominal), np.inf)
    order = np.argsort(distance, axis=2, kind="stable")
    places = np.take_along_axis(hits, order, 2)
    counts = np.minimum(np.isfinite(places).sum(axis=2), MOST_HITS)
    for most in range(MOST_HITS - 1, 0, -1):
        many = counts.prod(axis=1, where=counts > 0) > MOST_COMBINATIONS
        counts[many] = np.minimum(counts[many], most)
    best = _Best.none(events, stations, plane)
    _try(spectrometer, plane, places, counts, np.arange(events), start, best)
    # a stray hit may stand in for one that is missing: without each station in turn
    spare = (counts > 0).sum(axis=1) > len(PLANES[plane]) + 1
    poor = np.flatnonzero((best.ratio > GOOD) & spare)
    for left_out in range(stations if poor.size else 0):
        others = counts.copy()
        others[:, left_out] = 0
        _try(spectrometer, plane, places, others, poor[counts[poor, left_out] > 0], start, best)
    event, station = np.nonzero(best.hits >= 0)
    best.hits[event, station] = order[event, station, best.hits[event, station]]
    return best


def _try(
    spectrometer: Spectrometer, plane: str, places: FloatArray, counts: Integers, rows: Integers,
    start: FloatArray, best: _Best,
) -> None:  # fmt: skip
    """Fit all combinations of hits of some events and keep what is better."""
    code = (counts[rows] > 0) @ (1 << np.arange(counts.shape[1]))
    for value in np.unique(code):
        used = (value >> np.arange(counts.shape[1]) & 1).astype(bool)
        estimator = spectrometer.estimator(plane, used)
        if estimator is None:
            continue
        group = rows[code == value]
        ends = np.cumsum(counts[np.ix_(group, used)].prod(axis=1))
        pieces = np.searchsorted(ends, np.arange(_BATCH, ends[-1], _BATCH))
        for part in np.split(group, np.unique(pieces)):
            if part.size:
                _fit_group(spectrometer, plane, estimator, places, counts, part, used, start, best)


def _fit_group(
    spectrometer: Spectrometer, plane: str, estimator: Estimator, places: FloatArray,
    counts: Integers, rows: Integers, used: NDArray[np.bool_], start: FloatArray, best: _Best,
) -> None:  # fmt: skip
    columns = np.flatnonzero(used)
    number = counts[np.ix_(rows, used)]
    sizes = number.prod(axis=1)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(rows.size), sizes)
    # the number of a combination in its event, written with one digit per station
    rest = (np.arange(owner.size) - first[owner]).astype(np.int32)
    digits, choice = number.astype(np.int32), np.empty((owner.size, columns.size), dtype=np.int32)
    for place in range(columns.size):
        rest, choice[:, place] = np.divmod(rest, digits[owner, place])
    values = places[rows[owner][:, None], columns, choice]
    parameters, errors, chi2, choose = _fit(
        spectrometer, plane, estimator, values, used, start[rows[owner]]
    )
    least = _least(choose, owner, first)
    better = chi2[least] / max(estimator.freedom, 1) < best.ratio[rows]
    won, least = rows[better], least[better]
    best.parameters[won], best.errors[won] = parameters[least], errors[least]
    best.chi2[won], best.freedom[won] = chi2[least], estimator.freedom
    best.hits[won] = -1
    best.hits[np.ix_(won, columns)] = choice[least]


def _least(choose: FloatArray, owner: Integers, first: Integers) -> Integers:
    """Index of the first least value of each owner, whose values stand together."""
    places = np.flatnonzero(choose == np.fmin.reduceat(choose, first)[owner])
    found = np.array(first)
    found[owner[places[::-1]]] = places[::-1]
    return found


def _fit(
    spectrometer: Spectrometer, plane: str, estimator: Estimator, values: FloatArray,
    used: NDArray[np.bool_], start: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Parameters of a plane, errors, chi^2 and -2 ln L, which combinations are chosen by.

    The first round takes the scattering of the nominal momentum, the second that of the track, and
    what is not linear. chi^2 alone would prefer hits that make a slow track, whose scattering
    excuses everything; one as slow as `SLOWEST` allows is none, nor is one of the other charge.
    """
    parameters, columns = start.copy(), PLANES[plane]
    # all begin as the nominal track, which is followed once
    nominal = spectrometer.nominal["xy".index(plane)][used]
    parameters[:, columns] = (values - nominal) @ estimator.gain.T
    x, y, _ = spectrometer.predict(parameters)
    rest = values - (x if plane == "x" else y)[:, used]
    steps, errors, chi2, volume = estimator.fit(rest, spectrometer.strength(parameters))
    parameters[:, columns] += steps
    none = spectrometer.strength(parameters) > 0.99 * SLOWEST**2
    if plane == "x":
        none |= 1.0 / spectrometer.momentum + parameters[:, 4] < -_OTHER_CHARGE * errors[:, -1]
    chi2 = np.where(none, np.inf, chi2)
    return parameters[:, columns], errors, chi2, chi2 + volume
