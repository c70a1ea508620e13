"""Homogeneous materials and sandwiches: radiation length, densities, collision loss."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ...ground import constants as const
from ...ground.errors import EmissError
from ...ground.guards import check_fields, each, instance, number, optional, text
from ...ground.hashed_once import HashedOnce
from .element import Element

__all__ = ["Component", "Material"]


@dataclass(frozen=True, slots=True)
class Component:
    """An element and its share of a material's mass."""

    element: Element
    mass_fraction: float

    def __post_init__(self) -> None:
        check_fields(self, {"element": instance(Element), "mass_fraction": number(0.0, 1.0)})


_FIELDS: Final = {
    "name": text,
    "density": number(0.0, 1e3, "g/cm3", inside=True),
    "components": each(instance(Component)),
    "length": optional(number(0.0, 1e30, "cm")),
    "measured_excitation_energy": optional(number(0.0, 1.0, "GeV", inside=True)),
}


@dataclass(frozen=True, slots=True)
class Material(HashedOnce):
    """A homogeneous material, or a sandwich with its mean composition.

    Parameters
    ----------
    name : str
        Name.
    density : float
        Density in g/cm^3.
    components : tuple of Component
        Elements with mass fractions that sum to 1.
    length : float or None
        Total thickness in cm where the material is a sandwich of given size.
    source, status : str
        Where the composition comes from, and how sure it is.
    measured_excitation_energy : float or None
        Mean excitation energy in GeV where one is tabulated; else Bragg's rule is used.
    layers : tuple of (Material, float)
        Layers of a sandwich with their thickness in cm; what happens at microscopic distances
        (density effect, Landau-Pomeranchuk-Migdal suppression) is that of the layers.
    """

    name: str
    density: float
    components: tuple[Component, ...]
    length: float | None = None
    source: str = "user"
    status: str = "user"
    measured_excitation_energy: float | None = None
    layers: tuple[tuple[Material, float], ...] = ()
    _hash: int | None = field(default=None, init=False, repr=False, compare=False)

    __hash__ = HashedOnce.__hash__

    def __post_init__(self) -> None:
        check_fields(self, _FIELDS)
        total = sum(component.mass_fraction for component in self.components)
        if not self.components or abs(total - 1.0) > 1e-9:
            raise EmissError(
                f"material '{self.name}': mass fractions of components sum to {total:g}, not 1."
            )

    @property
    def radiation_length(self) -> float:
        """Radiation length in g/cm^2: inverse weights by mass fraction."""
        return 1.0 / sum(c.mass_fraction / c.element.radiation_length for c in self.components)

    @property
    def radiation_length_cm(self) -> float:
        """Radiation length in cm."""
        return self.radiation_length / self.density

    @property
    def electrons_per_gram(self) -> float:
        """Electrons per gram."""
        return const.AVOGADRO * sum(
            c.mass_fraction * c.element.Z / c.element.A for c in self.components
        )

    @property
    def electrons_per_cm3(self) -> float:
        """Electrons per cm^3."""
        return self.electrons_per_gram * self.density

    @property
    def atoms_per_cm3(self) -> float:
        """Atoms of all elements per cm^3."""
        return (
            self.density
            * const.AVOGADRO
            * sum(c.mass_fraction / c.element.A for c in self.components)
        )

    @property
    def electrons_per_radiation_length(self) -> float:
        """Electrons per cm^2 in one radiation length."""
        return self.electrons_per_gram * self.radiation_length

    @property
    def atoms_per_radiation_length(self) -> tuple[tuple[Element, float], ...]:
        """Each element with its atoms per cm^2 in one radiation length."""
        return tuple(
            (c.element, const.AVOGADRO * c.mass_fraction / c.element.A * self.radiation_length)
            for c in self.components
        )

    @property
    def plasma_energy(self) -> float:
        """Plasma energy hbar omega_p in GeV, from the electron density.

        In a sandwich the geometric mean over the layers, weighted with their electrons: the
        density effect is linear in its logarithm.
        """
        if self.layers:
            return _layer_mean([(m.plasma_energy, m.electrons_per_cm3 * t) for m, t in self.layers])
        electrons = self.electrons_per_cm3 * const.HBARC_GEV_CM**3
        return math.sqrt(4 * math.pi * const.ALPHA * electrons / const.ELECTRON_MASS)

    @property
    def local_radiation_length_cm(self) -> float:
        """Radiation length in cm of the substance at hand, for the LPM suppression.

        In a sandwich the geometric mean over the layers, weighted with their radiation lengths:
        radiation forms within micrometres, inside one layer.
        """
        if self.layers:
            return _layer_mean(
                [(m.local_radiation_length_cm, t / m.radiation_length_cm) for m, t in self.layers]
            )
        return self.radiation_length_cm

    @property
    def mean_excitation_energy(self) -> float:
        """Mean excitation energy in GeV: tabulated, or Bragg's additivity rule."""
        if self.measured_excitation_energy is not None:
            return self.measured_excitation_energy
        weights = [c.mass_fraction * c.element.Z / c.element.A for c in self.components]
        logs = [math.log(c.element.mean_excitation_energy) for c in self.components]
        return math.exp(sum(w * g for w, g in zip(weights, logs, strict=True)) / sum(weights))

    def density_effect(self, energy: float) -> float:
        """Density-effect correction delta of an electron.

        Parameters
        ----------
        energy : float
            Electron energy in GeV.

        Returns
        -------
        float
            delta, from the general parametrisation for condensed media (Sternheimer:1971zz);
            exact above about 0.5 GeV, where it depends on the plasma energy alone.
        """
        excitation = self.mean_excitation_energy
        constant = 2 * math.log(excitation / self.plasma_energy) + 1.0
        heavy = excitation >= 100e-9
        x1 = 3.0 if heavy else 2.0
        slope_start, offset = (5.215, 1.5) if heavy else (3.681, 1.0)
        x0 = 0.2 if constant < slope_start else 0.326 * constant - offset
        x = math.log10(energy / const.ELECTRON_MASS)
        if x < x0:
            return 0.0
        delta = 2 * math.log(10.0) * x - constant
        if x < x1:
            bend = (constant - 2 * math.log(10.0) * x0) / (x1 - x0) ** 3
            delta += bend * (x1 - x) ** 3
        return max(delta, 0.0)

    def collision_loss(self, energy: float) -> float:
        """Mean collision energy loss of an electron in GeV per radiation length.

        Parameters
        ----------
        energy : float
            Electron energy in GeV, above 5 MeV.

        Returns
        -------
        float
            Mean loss, all transfers up to half the energy included, GeV per radiation length:
            Berger-Seltzer formula at gamma >> 1 (ICRU 37) with `density_effect`.
        """
        gamma = energy / const.ELECTRON_MASS
        area = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * const.ELECTRON_MASS
        bracket = (
            2 * math.log(energy / self.mean_excitation_energy)
            + math.log(gamma / 2.0)
            + 1.0 / 8.0
            - self.density_effect(energy)
        )
        return area * self.electrons_per_radiation_length * bracket

    @property
    def critical_energy(self) -> float:
        """Critical energy in GeV, Rossi's definition: collision loss per X0 at E equals E."""
        energy = 0.02
        for _ in range(50):
            energy = self.collision_loss(energy)
        return energy

    @classmethod
    def layered(
        cls,
        name: str,
        layers: Iterable[tuple[Material, float]],
        repeat: int = 1,
        *,
        source: str = "user",
        status: str = "user",
    ) -> Material:
        """Mean composition of a stack of layers.

        Parameters
        ----------
        name : str
            Name.
        layers : iterable of (Material, float)
            Materials with their thickness in cm.
        repeat : int, optional
            How often the layers repeat.
        source, status : str, optional
            Labels of the layout.

        Returns
        -------
        Material
            Homogeneous material with the same mass per area and the same length.

        Raises
        ------
        EmissError
            If a thickness is not positive or there is no layer.
        """
        stack = list(layers)
        if not stack or any(not thickness > 0.0 for _, thickness in stack) or repeat < 1:
            raise EmissError(f"sandwich '{name}': needs layers of positive thickness.")
        length = sum(thickness for _, thickness in stack)
        mass = sum(material.density * thickness for material, thickness in stack)
        shares: dict[Element, float] = {}
        for material, thickness in stack:
            for part in material.components:
                share = part.mass_fraction * material.density * thickness / mass
                shares[part.element] = shares.get(part.element, 0.0) + share
        components = tuple(Component(element, share) for element, share in shares.items())
        return cls(
            name,
            mass / length,
            components,
            length * repeat,
            source,
            status,
            layers=tuple(stack),
        )


def _layer_mean(parts: Iterable[tuple[float, float]]) -> float:
    """Geometric mean of values with weights."""
    rows = list(parts)
    total = sum(weight for _, weight in rows)
    return math.exp(sum(weight * math.log(value) for value, weight in rows) / total)
