"""Finding and fitting tracks, all events together; each plane on its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from .spectrometer import PLANES, Spectrometer

__all__ = ["GOOD", "Tracks", "find_tracks"]

MOST_HITS: Final = 4
"""Hits of a station that are tried, in the order of the record."""
GOOD: Final = 25.0
"""Largest chi^2 per degree of freedom of a track that counts."""
MOST_TRACKS: Final = 3
_COMBINATIONS: Final = 4096

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
    for plane, hits in (("x", x), ("y", y)):
        best[plane], count = _count(spectrometer, plane, hits)
        number = np.maximum(number, count)
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


def _count(spectrometer: Spectrometer, plane: str, hits: FloatArray) -> tuple[_Best, Integers]:
    """Best track of a plane, and the number of tracks without a common hit."""
    left, events, stations = hits.copy(), len(hits), hits.shape[1]
    best = current = _found(spectrometer, plane, left)
    number = np.zeros(events, dtype=np.int64)
    for _ in range(MOST_TRACKS):
        good = current.ratio < GOOD
        number += good
        event, station = np.nonzero((current.hits >= 0) & good[:, None])
        left[event, station, current.hits[event, station]] = np.nan
        again = good & (np.isfinite(left).any(axis=2).sum(axis=1) > len(PLANES[plane]))
        if not again.any():
            break
        found = _found(spectrometer, plane, left[again])
        current = _Best.none(events, stations, plane)
        current.chi2[again], current.freedom[again] = found.chi2, found.freedom
        current.hits[again] = found.hits
    return best, number


def _found(spectrometer: Spectrometer, plane: str, hits: FloatArray) -> _Best:
    """Best combination of hits of each event; events with the same stations together."""
    events, stations, _ = hits.shape
    order = np.argsort(~np.isfinite(hits), axis=2, kind="stable")
    places = np.take_along_axis(hits, order, 2)
    counts = np.minimum(np.isfinite(places).sum(axis=2), MOST_HITS)
    best = _Best.none(events, stations, plane)
    code = (counts > 0) @ (1 << np.arange(stations))
    for value in np.unique(code):
        used = (value >> np.arange(stations) & 1).astype(bool)
        _fit_group(spectrometer, plane, places, counts, np.flatnonzero(code == value), used, best)
    event, station = np.nonzero(best.hits >= 0)
    best.hits[event, station] = order[event, station, best.hits[event, station]]
    return best


def _fit_group(
    spectrometer: Spectrometer, plane: str, places: FloatArray, counts: Integers, rows: Integers,
    used: NDArray[np.bool_], best: _Best,
) -> None:  # fmt: skip
    estimator = spectrometer.estimator(plane, used)
    if estimator is None:
        return
    columns = np.flatnonzero(used)
    errors = np.sqrt(np.maximum(np.diag(estimator.covariance), 0.0))
    group = [counts[rows, column] for column in columns]  # a sum over short rows is slow
    ranges = [range(int(most.max())) for most in group]
    for choice in itertools.islice(itertools.product(*ranges), _COMBINATIONS):
        chosen = np.array(choice)
        enough = [most > least for most, least in zip(group, choice, strict=True)]
        there = rows[np.logical_and.reduce(enough)]
        if not there.size:
            continue
        values = places[there][:, columns, chosen]
        parameters, chi2 = _fit(spectrometer, plane, estimator.gain, estimator.weight, values, used)
        better = chi2 < best.chi2[there]
        won = there[better]
        best.parameters[won], best.chi2[won] = parameters[better], chi2[better]
        best.errors[won], best.freedom[won] = errors, estimator.freedom
        best.hits[np.ix_(won, columns)] = chosen


def _fit(
    spectrometer: Spectrometer, plane: str, gain: FloatArray, weight: FloatArray,
    values: FloatArray, used: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Parameters of a plane and chi^2; the second round takes up what is not linear."""
    parameters = np.zeros((len(values), 5))
    # all begin as the nominal track, which is followed once
    nominal = spectrometer.nominal["xy".index(plane)][used]
    parameters[:, PLANES[plane]] = (values - nominal) @ gain.T
    x, y, _ = spectrometer.predict(parameters)
    rest = values - (x if plane == "x" else y)[:, used]
    parameters[:, PLANES[plane]] += rest @ gain.T
    chi2 = np.einsum("ij,jk,ik->i", rest, weight, rest)
    return parameters[:, PLANES[plane]], np.maximum(chi2, 0.0)
