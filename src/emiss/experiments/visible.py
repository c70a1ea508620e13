"""A visible search: a boson leaves the dump and decays to e+ e- in front of a calorimeter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.errors import ValidityError
from ..ground.quantity import Quantity

__all__ = ["VISIBLE_NAMES", "VisibleSelection"]

VISIBLE_NAMES = (
    "min_decay_energy",
    "veto_position",
    "decay_volume_end",
    "calorimeter_position",
    "calorimeter_half_size",
    "stochastic_term",
    "constant_term",
)
"""Numbers of the selection, in the order of the file; all positions from the front of the dump."""


@dataclass(frozen=True, slots=True)
class VisibleSelection:
    """Events with a decay to e+ e- between the end of the dump and a calorimeter behind.

    Parameters
    ----------
    min_decay_energy : Quantity
        Least energy in GeV in the calorimeter behind: that of the decay.
    veto_position : Quantity
        Position in cm of the veto behind the dump; decays in front of it are rejected.
    decay_volume_end : Quantity
        Position in cm of the counter that must see the pair; decays behind it do not count.
    calorimeter_position : Quantity
        Position in cm of the front of the calorimeter.
    calorimeter_half_size : Quantity
        Half of its side in cm; both daughters must hit it.
    stochastic_term, constant_term : Quantity
        a in sqrt(GeV) and b of its resolution sigma/E = a/sqrt(E) (+) b.

    Raises
    ------
    ValidityError
        If the planes are out of order or the decay volume has no length.
    """

    min_decay_energy: Quantity
    veto_position: Quantity
    decay_volume_end: Quantity
    calorimeter_position: Quantity
    calorimeter_half_size: Quantity
    stochastic_term: Quantity
    constant_term: Quantity
    mode: Literal["visible"] = "visible"

    def __post_init__(self) -> None:
        start, end = self.veto_position.value, self.decay_volume_end.value
        if not 0.0 < start < end:
            raise ValidityError(
                f"decay volume from {start:g} cm (veto_position) to {end:g} cm (decay_volume_end): "
                "it must start behind the dump's front and have a length."
            )
        if self.calorimeter_position.value < end:
            raise ValidityError(
                f"the decay volume ends at {end:g} cm, behind the front of the calorimeter at "
                f"{self.calorimeter_position.value:g} cm; decays there are not seen."
            )
        if not self.calorimeter_half_size.value > 0.0:
            raise ValidityError("calorimeter_half_size: must be more than 0 cm.")

    def check_dump(self, length: float) -> None:
        """Check that the dump ends in front of the veto.

        Parameters
        ----------
        length : float
            Length of the dump in cm.

        Raises
        ------
        ValidityError
            If it does not.
        """
        if length > self.veto_position.value * (1.0 + 1e-9):
            raise ValidityError(
                f"the dump is {length:g} cm long, but the veto behind it is at "
                f"{self.veto_position.value:g} cm from its front."
            )

    def resolution(self, energy: ArrayLike) -> NDArray[np.float64]:
        """Standard deviation in GeV of the energy in the calorimeter behind the decay volume.

        Parameters
        ----------
        energy : array_like of float
            Energy in GeV, not negative.

        Returns
        -------
        array of float
            sigma = sqrt(a^2 E + b^2 E^2).

        Raises
        ------
        ValidityError
            If an energy is negative or not finite.
        """
        e = np.asarray(energy, dtype=np.float64)
        if not np.all((e >= 0.0) & np.isfinite(e)):
            raise ValidityError("calorimeter resolution: energies must be finite and not negative.")
        a, b = self.stochastic_term.value, self.constant_term.value
        sigma: NDArray[np.float64] = np.sqrt(a * a * e + (b * e) ** 2)
        return sigma
