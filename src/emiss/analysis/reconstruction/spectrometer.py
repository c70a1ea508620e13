"""Track fit of a spectrometer: least squares over all stations, with scattering between them.

A track has five parameters: place and slope in both planes at its first station, and q/p. Stations
measure x and y; what is expected of them comes from exact motion through the dipoles. Multiple
scattering in the matter between stations correlates the residuals,

    V_ij = sigma_i^2 delta_ij + sum_k theta_k^2 [(s_i - s_k) (s_j - s_k) + L_k^2/12],

summed over the pieces before both stations, of length L_k around s_k, with Highland's theta_k: its
logarithm is that of all matter between the stations. With these correlations the global fit has the
estimates and errors of a Kalman filter with smoother.

theta grows as 1/p, and behind a target p is not known beforehand. Events with the same stations are
fitted together all the same: in the combinations of stations in which resolution and scattering are
both diagonal, V is a sum of variances 1 + (p_0/p)^2 d_i, and each track has its own weights.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.bank import Bank
from ...events.field import bend
from ...events.kinds import KINDS
from ...events.orbit import frame_of, magnet_frame
from ...experiments.elements import Element
from ...experiments.elements.dipole import Dipole
from ...experiments.elements.synchrotron_detector import SynchrotronDetector
from ...experiments.elements.tracker import Tracker
from ...experiments.layout import Layout
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...physics.materials import get as get_material

__all__ = [
    "PARAMETERS",
    "PLANES",
    "SLOWEST",
    "Estimator",
    "Spectrometer",
    "inverses",
    "spectrometer",
]

PARAMETERS: Final = ("x", "y", "slope_x", "slope_y", "q_over_p")
"""Parameters of a track at the first station: cm, and 1/GeV relative to the nominal one."""
PLANES: Final = {"x": (0, 2, 4), "y": (1, 3)}
"""Parameters that each plane measures: the bending plane the momentum as well."""
DEFAULT_RESOLUTION: Final = 0.05
"""Resolution in cm of a station that states none; assumed, half a millimetre."""
MOST_ERROR: Final = 0.5
"""Stations that leave a larger relative error of the nominal momentum do not determine it."""
SLOWEST: Final = 100.0
"""Nominal momentum over the least one that a track may have."""
_HIGHLAND: Final = 0.0136
_SHORTEST: Final = 0.1
"""Gaps shorter than this, in cm, are left empty, as in the event simulation."""
_STEPS: Final = (0.1, 0.1, 1e-4, 1e-4, 1e-5)
_WORST: Final = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """Estimate of the parameters of one plane from the residuals of some stations.

    Parameters
    ----------
    gain : array, shape (parameters of the plane, stations)
        Estimates per residual, with the scattering of the nominal momentum.
    covariance : array, shape (parameters, parameters)
        Of the parameters of the plane, see `PLANES`, at the nominal momentum.
    combine : array, shape (stations, stations)
        Combinations of residuals that are uncorrelated at all momenta.
    scattering : array, shape (stations,)
        Their variances from scattering at the nominal momentum; those from resolution are 1.
    design : array, shape (stations, parameters)
        Derivatives of the combinations, in units of ``scale``.
    scale : array, shape (parameters,)
        Errors of the parameters if they were not correlated.
    freedom : int
        Degrees of freedom.
    """

    gain: FloatArray
    covariance: FloatArray
    combine: FloatArray
    scattering: FloatArray
    design: FloatArray
    scale: FloatArray
    freedom: int

    def fit(
        self, rest: FloatArray, strength: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Least squares with the scattering of each track.

        Parameters
        ----------
        rest : array, shape (tracks, stations)
            Residuals in cm.
        strength : array, shape (tracks,)
            Variance of the scattering angles over that at the nominal momentum: (p_0/p)^2.

        Returns
        -------
        steps, errors : array, shape (tracks, parameters)
            What to add to the parameters, and their standard deviations.
        chi2 : array, shape (tracks,)
            Left after the fit.
        volume : array, shape (tracks,)
            What -2 ln L has beside chi^2: ln det V less that at the nominal momentum.
        """
        tracks, size = len(rest), self.design.shape[1]
        variance = 1.0 + strength[:, None] * self.scattering
        weight = 1.0 / variance
        combined = rest @ self.combine.T
        products = self.design[:, :, None] * self.design[:, None, :]
        normal = (weight @ products.reshape(len(products), -1)).reshape(tracks, size, size)
        inverse = inverses(normal)
        pull = (weight * combined) @ self.design
        steps = np.einsum("ijk,ik->ij", inverse, pull)
        # of what is left: a difference of two sums would keep nothing after a long step
        chi2 = np.sum(weight * (combined - steps @ self.design.T) ** 2, axis=1)
        errors = np.sqrt(np.maximum(np.einsum("ijj->ij", inverse), 0.0))
        volume = np.log(variance / (1.0 + self.scattering)).sum(axis=1)
        return steps * self.scale, errors * self.scale, chi2, volume


def inverses(matrices: FloatArray) -> FloatArray:
    """Invert many small matrices, by one sweep per row for all together.

    Parameters
    ----------
    matrices : array, shape (n, size, size)
        Symmetric and positive definite.

    Returns
    -------
    array, shape (n, size, size)
        Their inverses.
    """
    swept = matrices.copy()
    for k in range(swept.shape[1]):
        column, pivot = swept[:, :, k].copy(), swept[:, k, k].copy()
        row = column / pivot[:, None]
        swept -= column[:, :, None] * row[:, None, :]
        swept[:, k, :] = swept[:, :, k] = row
        swept[:, k, k] = -1.0 / pivot
    return -swept


@dataclass(frozen=True, eq=False)
class Spectrometer:
    """Stations and magnets that measure a momentum.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    stations : tuple of Tracker
        Tracking stations in the order of the beam.
    between : tuple of Element
        Stations, magnets and other matter from the first station to the last.
    resolution : array, shape (stations,)
        In cm.
    momentum : float
        Nominal momentum in GeV.
    charge : int
        Charge of the particle.
    """

    layout: Layout
    stations: tuple[Tracker, ...]
    between: tuple[Element, ...]
    resolution: FloatArray
    momentum: float
    charge: int

    def predict(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray, Bank]:
        """Where tracks cross the stations.

        Parameters
        ----------
        parameters : array, shape (tracks, 5)
            See `PARAMETERS`.

        Returns
        -------
        x, y : array, shape (tracks, stations)
            In cm from the middle of each station.
        end : Bank
            The tracks at the last station, in the frame of the layout.
        """
        tracks = parameters.shape[0]
        momentum = self.momenta(parameters)
        direction = _unit(parameters[:, 2], parameters[:, 3])
        kind = KINDS.index("e+" if self.charge > 0 else "e-")
        local = Bank.make(
            np.arange(tracks), kind, np.hypot(momentum, 0.51099895e-3),
            (parameters[:, 0], parameters[:, 1], 0.0), direction,
        )  # fmt: skip
        bank = frame_of(self.layout, self.stations[0]).outside(local)
        columns = [(parameters[:, 0], parameters[:, 1])]
        for element in self.between[1:]:
            if isinstance(element, Dipole):
                bank = self._through(element, bank)
            elif element in self.stations:
                at = _to_face(frame_of(self.layout, element).inside(bank))
                columns.append((at.x, at.y))
        x, y = (np.stack(rows, axis=1) for rows in zip(*columns, strict=True))
        return x, y, bank

    def momenta(self, parameters: FloatArray) -> FloatArray:
        """Momenta in GeV of tracks; at least a hundredth of the nominal one."""
        inverse = 1.0 / self.momentum + parameters[:, 4]
        return np.asarray(1.0 / np.clip(inverse, 1e-3 / self.momentum, SLOWEST / self.momentum))

    def _through(self, magnet: Dipole, bank: Bank) -> Bank:
        frame, depth = magnet_frame(self.layout, magnet)
        inside = _to_face(frame.inside(bank))
        # positions of a layout count for the beam's own charge: it bends towards positive x
        arc = bend(inside, np.full(len(inside), magnet.kick / magnet.length_cm), depth)
        return frame.outside(arc.bank)

    @functools.cached_property
    def derivatives(self) -> tuple[FloatArray, FloatArray]:
        """Derivatives of x and y at the stations, shape (stations, 5), around the nominal track."""
        steps = np.diag(_STEPS)
        x, y, _ = self.predict(np.concatenate([steps, -steps]))
        scale = 2.0 * np.array(_STEPS)
        return (x[:5] - x[5:]).T / scale, (y[:5] - y[5:]).T / scale

    @functools.cached_property
    def nominal(self) -> tuple[FloatArray, FloatArray]:
        """Where the nominal track crosses the stations, x and y in cm."""
        x, y, _ = self.predict(np.zeros((1, 5)))
        return x[0], y[0]

    @functools.cached_property
    def scattering(self) -> FloatArray:
        """Covariance in cm^2 of one coordinate at the stations from scattering of the nominal p."""
        places = np.array([station.start for station in self.stations])
        found = np.zeros((places.size, places.size))
        pieces = tuple(_pieces(self.between))
        thickness = sum(depth for _, _, depth in pieces)
        if thickness > 0.0:
            spread = (_HIGHLAND / self.momentum * (1.0 + 0.038 * math.log(thickness))) ** 2
            for start, end, depth in pieces:
                behind = np.where(places > start, places - 0.5 * (start + end), 0.0)
                inside = np.outer(behind > 0.0, behind > 0.0) * (end - start) ** 2 / 12.0
                found += spread * depth * (np.outer(behind, behind) + inside)
        return found

    @functools.cached_property
    def covariance(self) -> FloatArray:
        """Covariance of one coordinate at the stations in cm^2, at the nominal momentum."""
        return np.asarray(np.diag(self.resolution**2) + self.scattering)

    def strength(self, parameters: FloatArray) -> FloatArray:
        """Variance of scattering angles of tracks over that of the nominal momentum."""
        return np.asarray((self.momentum / self.momenta(parameters)) ** 2)

    def estimator(self, plane: str, used: NDArray[np.bool_]) -> Estimator | None:
        """Estimator of one plane from some of the stations.

        Parameters
        ----------
        plane : str
            ``x`` or ``y``.
        used : array of bool, shape (stations,)
            Stations with a hit.

        Returns
        -------
        Estimator or None
            None where these stations do not determine the parameters.
        """
        return _estimator(self, plane, tuple(bool(value) for value in used))


@functools.lru_cache(maxsize=1024)
def _estimator(spectrometer: Spectrometer, plane: str, key: tuple[bool, ...]) -> Estimator | None:
    used, parameters = np.array(key), PLANES[plane]
    if used.sum() < len(parameters):
        return None
    weight = np.linalg.inv(spectrometer.covariance[np.ix_(used, used)])
    matrix = spectrometer.derivatives["xy".index(plane)][used][:, parameters]
    normal = matrix.T @ weight @ matrix
    scale = np.sqrt(np.diag(normal))
    if not np.all(scale > 0.0):
        return None
    scaled = normal / np.outer(scale, scale)
    if np.linalg.cond(scaled) > _WORST:
        return None
    inverse = np.linalg.inv(scaled) / np.outer(scale, scale)
    if plane == "x" and not inverse[2, 2] * spectrometer.momentum**2 < MOST_ERROR**2:
        return None
    gain = inverse @ matrix.T @ weight
    freedom = int(used.sum()) - len(parameters)
    # resolution to the unit matrix first, then turned until scattering is diagonal
    whiten = np.diag(1.0 / spectrometer.resolution[used])
    scattering = whiten @ spectrometer.scattering[np.ix_(used, used)] @ whiten
    variances, turn = np.linalg.eigh(scattering)
    combine = turn.T @ whiten
    return Estimator(
        gain, inverse, combine, np.maximum(variances, 0.0), combine @ matrix / scale, 1.0 / scale,
        freedom,
    )  # fmt: skip


def spectrometer(layout: Layout, role: str) -> Spectrometer | None:
    """The spectrometer of a role.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    role : str
        ``incoming-spectrometer`` or ``outgoing-spectrometer``.

    Returns
    -------
    Spectrometer or None
        None where fewer than three stations, no magnet between them, or stations too coarse for
        the field measure no momentum.

    Raises
    ------
    EmissError
        If there is no such role.
    """
    if role not in ("incoming-spectrometer", "outgoing-spectrometer"):
        raise EmissError(f"'{role}' is no role of a spectrometer.")
    return _spectrometer(layout, role)


@functools.lru_cache(maxsize=32)
def _spectrometer(layout: Layout, role: str) -> Spectrometer | None:
    stations = tuple(e for e in layout.role(role) if isinstance(e, Tracker))
    if len(stations) < 3:
        return None
    first, last = layout.elements.index(stations[0]), layout.elements.index(stations[-1])
    between = layout.elements[first : last + 1]
    if not any(isinstance(element, Dipole) for element in between):
        return None
    resolution = [
        DEFAULT_RESOLUTION if s.resolution is None else s.resolution.value for s in stations
    ]
    charge = 1 if layout.beam.particle.endswith("+") else -1
    momentum = layout.beam.momentum.value
    found = Spectrometer(layout, stations, between, np.array(resolution), momentum, charge)
    # all stations together may be too coarse for the field: no hits would ever make a track
    return found if found.estimator("x", np.ones(len(stations), dtype=np.bool_)) else None


def _unit(slope_x: FloatArray, slope_y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    length = np.sqrt(1.0 + slope_x**2 + slope_y**2)
    return slope_x / length, slope_y / length, 1.0 / length


def _to_face(bank: Bank) -> Bank:
    return bank.drift(-bank.z / bank.uz)


def _pieces(between: tuple[Element, ...]) -> Iterator[tuple[float, float, float]]:
    """Start and end in cm of what scatters, and its thickness in radiation lengths.

    Gaps hold air, as in the event simulation; the field of a magnet has nothing in it; tracks pass
    through the hole of what has one.
    """
    air = get_material("air").radiation_length_cm
    end = between[0].start
    for element in between:
        if element.start - end > _SHORTEST:
            yield end, element.start, (element.start - end) / air
        end = max(end, element.known_end)
        matter, hole = element.composition, getattr(element, "hole_width", None)
        if hole is not None:
            yield element.start, element.known_end, (element.known_end - element.start) / air
        elif matter is not None and not isinstance(element, SynchrotronDetector):
            depth = element.length_cm / matter.radiation_length_cm
            yield element.start, element.end, depth
