"""What decides the yield per beam particle, as plain numbers: derived from a layout by its mode."""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.declared_types import check_declared
from ..ground.errors import EmissError, ValidityError
from ..ground.guards import number

if TYPE_CHECKING:
    from ..physics.materials import Element, Material

__all__ = ["Plane", "Recoil", "Setup", "Window"]


SMEARING_REACH: Final = 4.0
"""Standard deviations below the threshold from which tracks are still counted."""
FLOORS: Final = (0.3, 0.1, 0.03, 0.01)
"""Lowest energies over beam energy: everything but the threshold is prepared from the highest of
these below it, so that a change of threshold finds it ready."""
_LENGTH: Final = number(0.0, math.inf, "cm")
_IGNORED_TAIL: Final = 3e-3
"""Fraction of badly measured tracks from which on soft bosons are sampled too."""


@dataclass(frozen=True, slots=True)
class Window:
    """Where, and to what, a boson must decay to be signal.

    Parameters
    ----------
    start, end : float
        Planes in cm from the front of the target; the end may be infinite.
    channels : tuple of str
        Visible final states that count between them; empty for all of them.
    invisible : bool
        Whether decays to invisible states count, wherever they happen.
    calorimeter, half_size : float
        Position and half of the side in cm of a square that both daughters must hit; infinite
        where nothing is asked of them.

    Raises
    ------
    EmissError
        If a plane is negative or not a number.
    ValidityError
        If the window ends in front of its start.
    """

    start: float
    end: float = math.inf
    channels: tuple[str, ...] = ()
    invisible: bool = False
    calorimeter: float = math.inf
    half_size: float = math.inf

    def __post_init__(self) -> None:
        check_declared(self)
        for name in ("calorimeter", "half_size"):
            _LENGTH(getattr(self, name), name)
        if not 0.0 <= self.start < math.inf:
            raise EmissError(
                f"decay window: start {self.start:g} cm must be finite and not negative."
            )
        if self.end < self.start:
            raise ValidityError(
                f"decay window: ends at {self.end:g} cm, in front of its start at "
                f"{self.start:g} cm."
            )


@dataclass(frozen=True, slots=True)
class Plane:
    """Rectangle behind the target that the scattered lepton must hit; lengths in cm.

    Parameters
    ----------
    name : str
        Name.
    distance : float
        From the end of the target.
    low, high : float
        Edges in the bending plane, from the axis of the undeflected beam.
    half_height : float
        Half of the size across.
    """

    name: str
    distance: float
    low: float
    high: float
    half_height: float

    def __post_init__(self) -> None:
        check_declared(self)


@dataclass(frozen=True, slots=True)
class Recoil:
    """What is asked of the scattered lepton in a missing-momentum search.

    Parameters
    ----------
    beam_size, beam_divergence : float
        Standard deviations of the beam at the target, in cm and rad.
    incoming_window : tuple of float
        Measured momentum before the target, in GeV.
    max_outgoing : float
        Largest measured momentum behind it, in GeV.
    max_calorimeter : float
        Largest energy in the calorimeters, in GeV.
    veto_acceptance : float
        Probability to pass the vetoes.
    incoming_resolution, outgoing_resolution : tuple of float
        sigma_p/p as constant and slope in GeV^-1 (one of them 0), tail fraction, sigma_p/p of the
        tail.
    kick, magnet_distance : float
        Transverse momentum in GeV from the magnet behind the target, and its distance from the end
        of the target in cm.
    planes : tuple of Plane
        All must be hit.
    min_outgoing : float
        Least measured momentum behind the target, in GeV.
    angle, transverse : tuple of float
        Least and largest angle to the beam in rad, and momentum across it in GeV, behind the
        target.
    calorimeter_resolution : tuple of float
        a in sqrt(GeV) and b of sigma/E = a/sqrt(E) (+) b of the energy in the calorimeters.
    """

    beam_size: float
    beam_divergence: float
    incoming_window: tuple[float, float]
    max_outgoing: float
    max_calorimeter: float
    veto_acceptance: float
    incoming_resolution: tuple[float, float, float, float]
    outgoing_resolution: tuple[float, float, float, float]
    kick: float
    magnet_distance: float
    planes: tuple[Plane, ...]
    min_outgoing: float = 0.0
    angle: tuple[float, float] = (0.0, math.inf)
    transverse: tuple[float, float] = (0.0, math.inf)
    calorimeter_resolution: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        check_declared(self)


@dataclass(frozen=True, slots=True)
class Setup:
    """Beam, target, what is asked of the energy, of the boson's fate and of the scattered lepton.

    Parameters
    ----------
    particle : str
        Beam particle.
    beam_energy : float
        Energy in GeV.
    momentum_spread : float
        Relative standard deviation of the beam momentum.
    material : Material
        Mean composition of the target.
    min_missing_energy : float
        Energy in GeV that the boson must take away, or bring into a calorimeter behind.
    threshold_smearing : float
        Standard deviation in GeV of that energy at the threshold: resolution of the calorimeter
        and, where the energy is what is missing, momentum spread, in quadrature.
    min_preshower_energy : float
        Energy in GeV asked for in the first layers of the target; 0 asks for nothing.
    preshower_depth : float
        Depth of these layers in radiation lengths of the target.
    preshower_scale : str
        What the energy in these layers means: ``calibrated``, ``deposited`` or ``visible``.
    preshower_material : Material or None
        Composition of these layers where it is not that of the target.
    producing : tuple of str
        Symbols of the elements of the material on which bosons are made; empty for all.
    length : float
        Length of the target in cm; infinite where it is not known.
    window : Window or None
        Where decays count; None where the invisible branching alone decides.
    recoil : Recoil or None
        What is asked of the scattered lepton; None where nothing is.
    decay_volume : float
        Length in cm of an empty volume right behind the target, in which a meson may decay.
    """

    particle: str
    beam_energy: float
    momentum_spread: float
    material: Material
    min_missing_energy: float
    threshold_smearing: float
    min_preshower_energy: float = 0.0
    preshower_depth: float = 0.0
    preshower_scale: str = field(default="calibrated", kw_only=True)
    preshower_material: Material | None = field(default=None, kw_only=True)
    producing: tuple[str, ...] = field(default=(), kw_only=True)
    length: float = field(default=math.inf, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    recoil: Recoil | None = field(default=None, kw_only=True)
    decay_volume: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def source(self) -> Setup:
        """The same beam, target and threshold, with nothing said of the boson's fate."""
        return _source(self)

    @property
    def without_window(self) -> Setup:
        """The same setup, with nothing said of where decays count."""
        return _without_window(self)

    @property
    def visible_window(self) -> Window | None:
        """Where a search counts visible decays; None in all other searches."""
        return None if self.window is None or self.window.invisible else self.window

    @property
    def makers(self) -> tuple[tuple[Element, float], ...]:
        """Elements on which bosons are made, with their atoms per cm^2 in a radiation length."""
        return tuple(
            (element, atoms)
            for element, atoms in self.material.atoms_per_radiation_length
            if not self.producing or element.symbol in self.producing
        )

    @property
    def electrons(self) -> float:
        """Electrons on which bosons are made, per cm^2 in a radiation length."""
        return sum(element.Z * atoms for element, atoms in self.makers)

    @property
    def max_left(self) -> float:
        """Energy in GeV that may stay behind where the boson takes `min_missing_energy` away."""
        return self.beam_energy - self.min_missing_energy

    @property
    def floor(self) -> float:
        """Energy in GeV from which the shower is prepared, for this and for similar thresholds."""
        for share in FLOORS:
            if share * self.beam_energy <= self.lowest_energy:
                return share * self.beam_energy
        return self.lowest_energy

    def at_floor(self) -> Setup:
        """Return the same beam and target with a sharp threshold at the floor."""
        return _at_floor(self)

    @property
    def lowest_energy(self) -> float:
        """Energy in GeV below which nothing passes."""
        return self.min_missing_energy - SMEARING_REACH * self.threshold_smearing

    @property
    def highest_energy(self) -> float:
        """Energy in GeV of the fastest beam particles that are counted."""
        return self.beam_energy * (1.0 + SMEARING_REACH * self.momentum_spread)

    def pass_probability(self, energy: FloatArray) -> FloatArray:
        """Probability that an event of the given true energy in GeV passes the threshold."""
        if self.threshold_smearing == 0.0:
            return np.where(energy >= self.min_missing_energy, 1.0, 0.0)
        pull = (energy - self.min_missing_energy) / self.threshold_smearing
        return np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in pull])

    @property
    def lowest_share(self) -> float:
        """Energy share x of the boson below which no scattered lepton can pass.

        Raises
        ------
        ValidityError
            If nothing is asked of the scattered lepton.
        """
        recoil = self.asked_recoil
        constant, slope, tail_fraction, tail = recoil.outgoing_resolution
        width = constant + slope * recoil.max_outgoing
        if tail_fraction > _IGNORED_TAIL:
            width = max(width, tail)
        reach = 1.0 - 5.0 * math.hypot(width, self.momentum_spread)
        if reach <= 0.0:
            return 0.0
        return max(0.0, 1.0 - recoil.max_outgoing / (reach * self.beam_energy))

    @property
    def asked_recoil(self) -> Recoil:
        """What is asked of the scattered lepton.

        Raises
        ------
        ValidityError
            If nothing is.
        """
        if self.recoil is None:
            raise ValidityError("this search asks nothing of the scattered lepton.")
        return self.recoil

    def acceptance_inputs(self) -> dict[str, Any]:
        """All that decides the acceptance of the scattered lepton, as plain values."""
        recoil = self.asked_recoil
        found: dict[str, Any] = {
            "particle": self.particle,
            "beam_energy": self.beam_energy,
            "momentum_spread": self.momentum_spread,
            "length": self.length,
            "material": {
                "density": self.material.density,
                "components": [
                    [c.element.symbol, c.element.A, c.mass_fraction]
                    for c in self.material.components
                ],
            },
        }
        for item in dataclasses.fields(recoil):
            value = getattr(recoil, item.name)
            # What is not asked for does not belong to the table.
            if item.name != "planes" and value != item.default:
                found[item.name] = value
        found["counters"] = [[p.distance, p.low, p.high, p.half_height] for p in recoil.planes]
        return found


# Every process asks for them at each yield.
@functools.lru_cache(maxsize=256)
def _source(setup: Setup) -> Setup:
    return replace(setup, length=math.inf, window=None, recoil=None, decay_volume=0.0)


@functools.lru_cache(maxsize=256)
def _without_window(setup: Setup) -> Setup:
    return replace(setup, window=None)


@functools.lru_cache(maxsize=256)
def _at_floor(setup: Setup) -> Setup:
    return replace(setup.source, min_missing_energy=setup.floor, threshold_smearing=0.0)
