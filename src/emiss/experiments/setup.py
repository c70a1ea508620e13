"""What was built and what is asked of an event: beam, dump and selection."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.errors import EmissError, ValidityError
from ..ground.quantity import Quantity
from .missing_momentum import MissingMomentumSelection
from .visible import VisibleSelection

if TYPE_CHECKING:
    from ..materials import Material

__all__ = ["Beam", "Dump", "Layer", "MissingEnergySelection", "Particle", "Selection"]

Particle = Literal["e-", "e+", "mu-", "mu+", "gamma"]


@dataclass(frozen=True, slots=True)
class Beam:
    """The beam.

    Parameters
    ----------
    particle : str
        ``e-``, ``e+``, ``mu-``, ``mu+`` or ``gamma``.
    energy : Quantity
        Energy in GeV.
    momentum_spread : Quantity
        Relative standard deviation of the momentum.
    contamination : Quantity or None
        Fraction of other particles; for information, counts on target are not corrected with it.
    """

    particle: Particle
    energy: Quantity
    momentum_spread: Quantity
    contamination: Quantity | None = None

    @property
    def label(self) -> str:
        """Energy and particle, such as ``"100 GeV e-"``."""
        return f"{self.energy.text} {self.particle}"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a dump: a material's name and a thickness in cm."""

    material: str
    thickness: Quantity


@dataclass(frozen=True, slots=True)
class Dump:
    """The active dump in which the boson is made.

    Parameters
    ----------
    name : str
        Name of the material, or a name for the stack of layers.
    layers : tuple of Layer
        Layers of an own stack; empty for a material known by name.
    repeat : int
        How often the layers repeat.
    length : Quantity or None
        Total length in cm where it is given; else it follows from the material or the layers.
    own_materials : tuple of Material
        The user's own materials, beside those that come with emiss.
    source, status, note : str
        Origin of the statement that the dump is made like this; empty: that of the material.
    """

    name: str
    layers: tuple[Layer, ...] = ()
    repeat: int = 1
    length: Quantity | None = None
    own_materials: tuple[Material, ...] = ()
    source: str = ""
    status: str = ""
    note: str = ""

    @property
    def material(self) -> Material:
        """Mean composition, looked up when first needed."""
        return _material(self)

    @property
    def length_cm(self) -> float:
        """Total length in cm.

        Raises
        ------
        EmissError
            If neither the dump nor its material has a length.
        """
        length = self.length.value if self.length is not None else self.material.length
        if length is None:
            raise EmissError(f"dump '{self.name}' has no length; give one, such as \"450 mm\".")
        return length

    @property
    def depth_x0(self) -> float:
        """Total depth in radiation lengths."""
        return self.length_cm / self.material.radiation_length_cm


@functools.lru_cache(maxsize=64)
def _material(dump: Dump) -> Material:
    from .. import materials

    own = {material.name: material for material in dump.own_materials}

    def find(name: str) -> Material:
        return own[name] if name in own else materials.get(name)

    if not dump.layers:
        return find(dump.name)
    stack = [(find(layer.material), layer.thickness.value) for layer in dump.layers]
    thickness = dump.layers[0].thickness
    return materials.Material.layered(
        dump.name, stack, dump.repeat, source=thickness.source, status=thickness.status
    )


@dataclass(frozen=True, slots=True)
class MissingEnergySelection:
    """Events in which little energy is left in the calorimeter.

    Parameters
    ----------
    max_calorimeter_energy : Quantity
        Largest energy left in the calorimeter, in GeV.
    stochastic_term : Quantity
        a of the resolution sigma/E = a/sqrt(E) (+) b, in sqrt(GeV).
    constant_term : Quantity
        b of the resolution.
    min_preshower_energy : Quantity or None
        Least energy in the first layers of the calorimeter, in GeV; None where it is not asked for.
    preshower_depth : Quantity or None
        Length of these layers in cm; given if and only if the energy is.
    detector_end : Quantity or None
        End of the last calorimeter in cm from the front of the dump: a boson that decays visibly
        behind it is missing. None: visible decays never count, however far.
    decays_from : Quantity or None
        Plane in cm from the front of the dump behind which a visible decay counts as well, because
        the search looks for it; None if it does not.

    Raises
    ------
    EmissError
        If one of a pair is given without the other, or planes are out of order.
    """

    max_calorimeter_energy: Quantity
    stochastic_term: Quantity
    constant_term: Quantity
    min_preshower_energy: Quantity | None = None
    preshower_depth: Quantity | None = None
    detector_end: Quantity | None = None
    decays_from: Quantity | None = None
    mode: Literal["missing-energy"] = "missing-energy"

    def __post_init__(self) -> None:
        if (self.min_preshower_energy is None) != (self.preshower_depth is None):
            raise EmissError("selection: give min_preshower_energy and preshower_depth together.")
        if self.decays_from is not None:
            if self.detector_end is None:
                raise EmissError("selection: decays_from needs detector_end.")
            if self.decays_from.value >= self.detector_end.value:
                raise EmissError("selection: decays_from must be in front of detector_end.")

    @property
    def decay_plane(self) -> float | None:
        """Plane in cm behind which visible decays count; None if they never do."""
        plane = self.detector_end if self.decays_from is None else self.decays_from
        return None if plane is None else plane.value

    @property
    def preshower(self) -> tuple[Quantity, Quantity] | None:
        """Least energy and length of the first layers; None where nothing is asked of them."""
        if self.min_preshower_energy is None or self.preshower_depth is None:
            return None
        return self.min_preshower_energy, self.preshower_depth

    def resolution(self, energy: ArrayLike) -> NDArray[np.float64]:
        """Compute the standard deviation of the measured energy.

        Parameters
        ----------
        energy : array_like of float
            Energy in the calorimeter in GeV, not negative.

        Returns
        -------
        array of float
            sigma = sqrt(a^2 E + b^2 E^2) in GeV.

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


Selection = MissingEnergySelection | MissingMomentumSelection | VisibleSelection
"""Union of the selections, told apart by their `mode`; each mode is one class and one member."""
