"""Bosons of associated production on and off their mass shell."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.recent import Recent
from ..models.base import Boson, FloatArray, Model
from .annihilation import squared_energy
from .dark_threshold import line_shapes
from .folded_resonance import folded
from .initial_state import SEPARATION, hard_rate
from .positron_tracks import PositronTracks
from .resonance import Density, Resonance

__all__ = ["RadiatedBosons", "line_shares", "mass_nodes"]

_STEPS: Final = (
    (1.0, 0.0025), (1.1, 0.015), (1.35, 0.03), (2.0, 0.06), (3.5, 0.15), (10.0, 0.35), (30.0, 0.7),
    (1e6, 0.0),
)  # fmt: skip
"""How far below the largest M a step in ln M of the nodes begins. Next to the largest M the rate
falls to 0 within the momentum spread of the beam, far below it is flat."""
_LEAST_TOP: Final = 10.0
_TOGETHER: Final = 6
"""Tops of line shapes that are worked out together: six times as much takes twice as long."""
_CHUNK: Final = 1024
_LIGHTEST: Final = 1e-14
"""Squared mass in GeV^2 from which on the rate is given."""
_SHAPES: Final[Recent[tuple[FloatArray, FloatArray]]] = Recent(64)


def mass_nodes(tracks: PositronTracks, separation: float = SEPARATION) -> FloatArray:
    """Squared masses in GeV^2, ascending, between which rates are linear.

    From M = 2 m_e E on a boson has more than the energy E whatever the photon takes: at thresholds
    the rate has kinks.
    """
    top = float(squared_energy(tracks.edges[-1])) * (1.0 - separation)
    below = [
        np.arange(math.log(start), math.log(end), step)
        for (start, step), (end, _) in itertools.pairwise(_STEPS)
    ]
    even = top * np.exp(-np.concatenate(below))
    kinks = 2.0 * const.ELECTRON_MASS * tracks.thresholds
    kinks = kinks[(kinks > _LIGHTEST) & (kinks < top)]
    return np.unique(np.concatenate([[_LIGHTEST], kinks, even]))


@dataclass(frozen=True, slots=True, eq=False)
class RadiatedBosons:
    """Rate of bosons with a hard photon by their squared mass M.

    Parameters
    ----------
    squared_masses : array of float, shape (k,)
        M in GeV^2, ascending.
    rate : array of float, shape (k,)
        Bosons per beam particle at g = e that are accepted; linear in between, 0 above.
    """

    squared_masses: FloatArray
    rate: FloatArray

    @classmethod
    def of(
        cls, tracks: PositronTracks, boson: Boson = "vector", separation: float = SEPARATION
    ) -> Self:
        """Work the rate out; for the parameters see `hard_rate`."""
        big_m = mass_nodes(tracks, separation)
        return cls(big_m, hard_rate(tracks, big_m, boson, separation))

    @property
    def span(self) -> tuple[float, float]:
        """Range of squared masses in GeV^2."""
        return float(self.squared_masses[0]), float(self.squared_masses[-1])

    def on_shell(self, mass: ArrayLike) -> FloatArray:
        """Bosons per beam particle at g = e of given masses in GeV, if they are narrow."""
        return self._at(np.square(np.asarray(mass, dtype=np.float64)))

    def _at(self, big_m: FloatArray) -> FloatArray:
        found = np.interp(big_m, self.squared_masses, self.rate, left=self.rate[0], right=0.0)
        return np.asarray(found)

    def events(
        self,
        mass: ArrayLike,
        model: Model,
        coupling: ArrayLike | None = None,
        *,
        width_form: str = "energy-dependent",
        other_width: FloatArray | None = None,
    ) -> FloatArray:
        """Accepted invisible bosons per beam particle.

        Parameters
        ----------
        mass, model, coupling, width_form, other_width
            As in `AnnihilationLuminosity.events`.

        Returns
        -------
        array of float
            Events: the rate folded with sqrt(M) Gamma_inv(M)/pi over the Breit-Wigner's
            denominator, which for a narrow boson is its invisible branching.
        """
        found = Resonance.of(model, mass, coupling, width_form, other_width)
        shape = np.broadcast_shapes(np.shape(mass), np.shape(0.0 if coupling is None else coupling))
        return self.events_of(found).reshape(shape)

    def events_of(self, resonance: Resonance) -> FloatArray:
        """`events` of bosons that are known, shape (k,)."""
        if resonance.dark_alone and resonance.form == "energy-dependent":
            sums = self._of_one_shape(resonance, resonance.mass[:, 0] ** 2)
        else:
            density = Density(self.squared_masses, self.rate[:-1], self.rate[1:])
            sums = folded(density, resonance, lambda s: np.sqrt(s) / math.pi)
        return np.asarray(resonance.electron / const.ELECTRIC_CHARGE**2 * sums)

    def _of_one_shape(self, resonance: Resonance, squared: FloatArray) -> FloatArray:
        """Mean rate over the line shape, which all masses have in common."""
        # How far up it is followed depends on the mass by factors of `_LEAST_TOP`, so that no mass
        # depends on which others are asked for.
        ratio = np.maximum(self.squared_masses[-1] / squared, _LEAST_TOP)
        powers = np.ceil(np.log(ratio) / math.log(_LEAST_TOP) - 1e-12).astype(np.intp)
        out = np.empty(squared.size)
        for power in np.unique(powers).tolist():
            rows = np.flatnonzero(powers == power)
            shape = _shape_up_to(resonance, power)
            for start in range(0, rows.size, _CHUNK):
                part = rows[start : start + _CHUNK]
                out[part] = self._at(squared[part, None] * shape[0]) @ shape[1]
        return out


def line_shares(nodes: FloatArray, resonance: Resonance) -> FloatArray:
    """Share of the line shape of bosons at nodes in squared mass, between which rates are linear.

    Parameters
    ----------
    nodes : array of float, shape (n,)
        M in GeV^2, ascending; what is lighter than all goes to the first, of what is heavier
        nothing is made.
    resonance : Resonance
        Bosons in the limit of small coupling.

    Returns
    -------
    array of float, shape (n, k)
        Shares by node and boson: the product with rates at the nodes is `RadiatedBosons.events`
        over the squared coupling.
    """
    found = np.empty((nodes.size, len(resonance)))
    for column, squared in enumerate((resonance.mass[:, 0] ** 2).tolist()):
        top = max(float(nodes[-1]) / squared, _LEAST_TOP)
        power = math.ceil(math.log(top, _LEAST_TOP) - 1e-12)
        ratio, weight = _shape_up_to(resonance, power)
        big_m = squared * ratio
        made = np.where(big_m <= nodes[-1], weight, 0.0)
        left = np.clip(np.searchsorted(nodes, big_m, side="right") - 1, 0, nodes.size - 2)
        share = np.clip((big_m - nodes[left]) / (nodes[left + 1] - nodes[left]), 0.0, 1.0)
        found[:, column] = np.bincount(left, made * (1.0 - share), nodes.size)
        found[:, column] += np.bincount(left + 1, made * share, nodes.size)
    return found


def _shape_up_to(resonance: Resonance, power: int) -> tuple[FloatArray, FloatArray]:
    """Line shape in the limit of small coupling, kept: of a model its dark sector alone decides."""
    block, row = divmod(power - 1, _TOGETHER)

    def make() -> tuple[FloatArray, FloatArray]:
        one, zero = np.ones((1, 1)), np.zeros((1, 1))
        unit = Resonance(resonance.model, one, zero, one[0], zero, resonance.form, dark_alone=True)
        powers = np.arange(_TOGETHER, dtype=np.float64) + (1 + block * _TOGETHER)
        return line_shapes(unit, np.asarray(_LEAST_TOP**powers))

    ratio, weight = _SHAPES.get((resonance.model.dark_sector, block), make)
    return ratio[row], weight[row]
