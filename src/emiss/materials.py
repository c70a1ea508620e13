"""What a dump is made of: elements, compounds and sandwiches, and what follows from composition.

Radiation lengths are computed with Tsai's formula and agree with the PDG table to 0.3 % (tests);
so every material, listed or one's own, is treated alike.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypedDict

from . import constants as const
from .errors import EmissError, ExperimentFileError, UnknownNameError
from .units import parse_quantity

__all__ = ["Component", "Element", "Material", "element", "find", "get", "load", "names"]

CITATIONS = ("Tsai:1973py", "ParticleDataGroup:2024cfk")

# Radiation logarithms where the Thomas-Fermi atom is too coarse: Tsai, Table B.2.
_LIGHT_RADIATION_LOGARITHMS = {
    1: (5.31, 6.144),
    2: (4.79, 5.621),
    3: (4.74, 5.805),
    4: (4.71, 5.924),
}


@dataclass(frozen=True, slots=True)
class Element:
    """One chemical element.

    Parameters
    ----------
    symbol : str
        Chemical symbol.
    Z : int
        Atomic number.
    A : float
        Atomic weight in g/mol.
    density : float
        Density in g/cm^3 at room conditions.
    mean_excitation_energy : float
        Mean excitation energy in GeV.
    """

    symbol: str
    Z: int
    A: float
    density: float
    mean_excitation_energy: float

    @property
    def nuclear_mass(self) -> float:
        """Mass of the mean nucleus in GeV, A atomic mass units."""
        return self.A * const.ATOMIC_MASS_UNIT

    @property
    def coulomb_correction(self) -> float:
        """Coulomb correction f(Z) of Davies, Bethe and Maximon (Tsai:1973py, eq. 3.3)."""
        a2 = (const.ALPHA * self.Z) ** 2
        return a2 * (1 / (1 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2**2 - 0.002 * a2**3)

    @property
    def radiation_logarithms(self) -> tuple[float, float]:
        """Elastic and inelastic radiation logarithms (Tsai:1973py, Table B.2)."""
        light = _LIGHT_RADIATION_LOGARITHMS.get(self.Z)
        if light is not None:
            return light
        log_z = math.log(self.Z)
        return math.log(184.15) - log_z / 3, math.log(1194.0) - 2 * log_z / 3

    @property
    def radiation_length(self) -> float:
        """Radiation length in g/cm^2 (Tsai:1973py, eq. 3.66)."""
        elastic, inelastic = self.radiation_logarithms
        charge = self.Z**2 * (elastic - self.coulomb_correction) + self.Z * inelastic
        area = 4 * const.ALPHA * const.CLASSICAL_ELECTRON_RADIUS_CM**2
        return self.A / (area * const.AVOGADRO * charge)


@dataclass(frozen=True, slots=True)
class Component:
    """An element and its share of a material's mass."""

    element: Element
    mass_fraction: float


@dataclass(frozen=True, slots=True)
class Material:
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

    def __post_init__(self) -> None:
        total = sum(component.mass_fraction for component in self.components)
        if not self.components or abs(total - 1.0) > 1e-9:
            raise EmissError(f"material '{self.name}': mass fractions sum to {total:g}, not 1.")
        if not (0.0 < self.density < 1e3):
            raise EmissError(f"material '{self.name}': density {self.density:g} g/cm3 not in (0, 1000).")

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
        return self.density * const.AVOGADRO * sum(
            c.mass_fraction / c.element.A for c in self.components
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
            return _layer_mean(
                [(m.plasma_energy, m.electrons_per_cm3 * t) for m, t in self.layers]
            )
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


def _element(symbol: str, row: Mapping[str, Any]) -> Element:
    return Element(
        symbol,
        int(row["Z"]),
        float(row["A"]),
        parse_quantity(row["density"], "density"),
        parse_quantity(row["mean_excitation_energy"], "energy"),
    )


def _compound(
    name: str, row: Mapping[str, Any], elements: Mapping[str, Element], labels: _Labels
) -> Material:
    for symbol in row["atoms"]:
        if symbol not in elements:
            raise UnknownNameError("element", symbol, elements)
    weights = {symbol: count * elements[symbol].A for symbol, count in row["atoms"].items()}
    if any(not weight > 0 for weight in weights.values()):
        raise EmissError(f"compound '{name}': numbers of atoms must be positive.")
    total = sum(weights.values())
    parts = tuple(Component(elements[s], weight / total) for s, weight in weights.items())
    excitation = row.get("mean_excitation_energy")
    measured = None if excitation is None else parse_quantity(excitation, "energy")
    density = parse_quantity(row["density"], "density")
    return Material(
        name, density, parts, None, labels["source"], labels["status"], measured
    )


class _Labels(TypedDict):
    source: str
    status: str


def _labels(row: Mapping[str, Any], default: _Labels) -> _Labels:
    return {
        "source": str(row.get("source", default["source"])),
        "status": str(row.get("status", default["status"])),
    }


def _read(
    data: Mapping[str, Any], elements: dict[str, Element], known: dict[str, Material]
) -> dict[str, Material]:
    default = _labels(data, {"source": "user", "status": "user"})
    for symbol, row in data.get("element", {}).items():
        elements[symbol] = _element(symbol, row)
        element = elements[symbol]
        known[symbol] = Material(
            symbol, element.density, (Component(element, 1.0),), **_labels(row, default)
        )
    for name, row in data.get("compound", {}).items():
        known[name] = _compound(name, row, elements, _labels(row, default))
    for name, row in data.get("sandwich", {}).items():
        layers = []
        for material, thickness in row["layers"]:
            if material not in known:
                raise UnknownNameError("material", material, known)
            layers.append((known[material], parse_quantity(thickness, "length")))
        known[name] = Material.layered(
            name, layers, int(row.get("repeat", 1)), **_labels(row, default)
        )
    return known


@functools.cache
def _catalogue() -> tuple[dict[str, Element], dict[str, Material]]:
    text = resources.files("emiss").joinpath("data/materials.toml").read_text("utf-8")
    elements: dict[str, Element] = {}
    known = _read(tomllib.loads(text), elements, {})
    return elements, known


def names() -> tuple[str, ...]:
    """Names of the materials that come with emiss."""
    return tuple(_catalogue()[1])


def get(name: str) -> Material:
    """Look a material up by name.

    Parameters
    ----------
    name : str
        For example ``"Pb"`` or ``"na64-ecal"``.

    Returns
    -------
    Material
        The material.

    Raises
    ------
    UnknownNameError
        If there is no such material.
    """
    known = _catalogue()[1]
    if name not in known:
        raise UnknownNameError("material", name, known)
    return known[name]


def load(path: str | Path) -> dict[str, Material]:
    """Read one's own materials from a TOML file shaped like the one that comes with emiss.

    Parameters
    ----------
    path : path
        File with tables ``element``, ``compound`` and ``sandwich``; may use the built-in names.

    Returns
    -------
    dict of str to Material
        The materials that the file defines.

    Raises
    ------
    ExperimentFileError
        If the file cannot be read or says something impossible.
    """
    elements, known = (dict(part) for part in _catalogue())
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ExperimentFileError(path, f"cannot be read: {error}") from error
    extra = set(data) - {"element", "compound", "sandwich", "source", "status"}
    if extra:
        raise ExperimentFileError(
            path, "unknown table; allowed: element, compound, sandwich", key=sorted(extra)[0]
        )
    try:
        _read(data, elements, known)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"missing key {error}" if isinstance(error, KeyError) else str(error)
        raise ExperimentFileError(path, problem) from error
    own = {n for table in ("element", "compound", "sandwich") for n in data.get(table, {})}
    return {name: known[name] for name in own if name in known}  # type: ignore[misc]


def element(symbol: str) -> Element:
    """Look a chemical element up.

    Parameters
    ----------
    symbol : str
        Chemical symbol, e.g. ``"Pb"``.

    Returns
    -------
    Element
        The element.

    Raises
    ------
    UnknownNameError
        If it is not in the catalogue.
    """
    elements = _catalogue()[0]
    if symbol not in elements:
        raise UnknownNameError("element", symbol, elements)
    return elements[symbol]


def find(name: str) -> Material:
    """Look a material up by name, or read it from a file: ``"my-materials.toml:my-alloy"``.

    Parameters
    ----------
    name : str
        Name, or path of a TOML file, a colon, and the name of a material in it.

    Returns
    -------
    Material
        The material.

    Raises
    ------
    UnknownNameError
        If there is no such material.
    ExperimentFileError
        If the file is broken.
    """
    path, colon, inner = name.rpartition(":")
    if not (colon and path.endswith(".toml")):
        return get(name)
    known = load(path)
    if inner not in known:
        raise UnknownNameError("material", inner, known)
    return known[inner]
