"""What decides the yield per muon in a missing-momentum search, as plain numbers."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ValidityError

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..experiments.missing_momentum import MissingMomentumSelection
    from ..materials import Material

__all__ = ["Counter", "MuonSetup", "muon_setup_of"]

Array = NDArray[np.float64]

_IGNORED_TAIL = 3e-3
"""Fraction of badly measured tracks from which on soft bosons are sampled too."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Rectangle behind the target that the muon must hit; lengths in cm.

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


@dataclass(frozen=True, slots=True)
class MuonSetup:
    """Beam, target and selection of a muon run.

    Parameters
    ----------
    particle : str
        ``"mu-"`` or ``"mu+"``.
    beam_energy : float
        Energy in GeV.
    momentum_spread, beam_size, beam_divergence : float
        Standard deviations: relative, in cm, and in rad.
    material : Material
        Mean composition of the target.
    length : float
        Length of the target in cm.
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
        Transverse momentum in GeV from the second magnet, and its distance from the target in cm.
    counters : tuple of Counter
        All must be hit.
    detector_end : float
        From the end of the target to that of the last calorimeter in cm; infinite if what decays
        visibly never counts. The acceptance does not depend on it.
    """

    particle: str
    beam_energy: float
    momentum_spread: float
    beam_size: float
    beam_divergence: float
    material: Material
    length: float
    incoming_window: tuple[float, float]
    max_outgoing: float
    max_calorimeter: float
    veto_acceptance: float
    incoming_resolution: tuple[float, float, float, float]
    outgoing_resolution: tuple[float, float, float, float]
    kick: float
    magnet_distance: float
    counters: tuple[Counter, ...]
    detector_end: float = math.inf

    def to_dict(self) -> dict[str, Any]:
        """All that decides the acceptance as plain values, the material as its composition."""
        found = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("material", "counters", "detector_end")
        }
        found["material"] = {
            "density": self.material.density,
            "components": [
                [c.element.symbol, c.element.A, c.mass_fraction] for c in self.material.components
            ],
        }
        found["counters"] = [[c.distance, c.low, c.high, c.half_height] for c in self.counters]
        return found

    @property
    def lowest_share(self) -> float:
        """Energy share x of the boson below which no event can pass the outgoing momentum."""
        constant, slope, tail_fraction, tail = self.outgoing_resolution
        width = constant + slope * self.max_outgoing
        if tail_fraction > _IGNORED_TAIL:
            width = max(width, tail)
        reach = 1.0 - 5.0 * math.hypot(width, self.momentum_spread)
        if reach <= 0.0:
            return 0.0
        return max(0.0, 1.0 - self.max_outgoing / (reach * self.beam_energy))


def pass_below(
    momentum: Array, limit: float, resolution: tuple[float, float, float, float]
) -> Array:
    """Probability that a measured momentum lies below a limit.

    Parameters
    ----------
    momentum : array of float
        True momentum in GeV, positive.
    limit : float
        Limit in GeV.
    resolution : tuple of float
        As in `MuonSetup`.

    Returns
    -------
    array of float
        Gaussian core and tail, weighted with the fraction of the tail.
    """
    constant, slope, tail_fraction, tail_width = resolution
    core = _below(momentum, limit, (constant + slope * momentum) * momentum)
    tail = _below(momentum, limit, tail_width * momentum)
    return (1.0 - tail_fraction) * core + tail_fraction * tail


def _below(momentum: Array, limit: float, sigma: Array) -> Array:
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        pull = (limit - momentum) / sigma
    sharp = np.where(momentum <= limit, 1.0, 0.0)
    return np.where(sigma > 0.0, ndtr(np.where(sigma > 0.0, pull, 0.0)), sharp)


def muon_setup_of(experiment: Experiment, run: Run) -> MuonSetup:
    """Setup of one run of a missing-momentum search.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    run : Run
        One of its runs, with a selection of that mode.

    Returns
    -------
    MuonSetup
        What decides the yield per muon.

    Raises
    ------
    ValidityError
        If the beam is not of muons, or no momentum is missing.
    """
    selection: Any = run.selection
    beam = experiment.beam
    if beam.particle not in ("mu-", "mu+"):
        raise ValidityError(
            f"experiment '{experiment.name}': missing momentum is measured with mu- or mu+ beams, "
            f"not {beam.particle}."
        )
    energy = beam.energy.value
    window = (selection.min_incoming_momentum.value, selection.max_incoming_momentum.value)
    if not window[0] < energy < window[1]:
        raise ValidityError(
            f"run {run.period}: the window of incoming momentum, {window[0]:g} to {window[1]:g} "
            f"GeV, does not hold the beam energy of {energy:g} GeV."
        )
    return MuonSetup(
        beam.particle,
        energy,
        beam.momentum_spread.value,
        selection.beam_size.value,
        selection.beam_divergence.value,
        experiment.dump.material,
        experiment.dump.length_cm,
        window,
        selection.max_outgoing_momentum.value,
        selection.max_calorimeter_energy.value,
        selection.veto_acceptance.value,
        _resolution(selection, "incoming", energy),
        _resolution(selection, "outgoing", energy),
        float(selection.outgoing.deflection(1.0)),
        selection.magnet_distance.value,
        tuple(
            Counter(c.name, c.distance.value, c.span[0], c.span[1], 0.5 * c.height.value)
            for c in selection.counters
        ),
        math.inf if selection.detector_end is None else selection.detector_end.value,
    )


def _resolution(
    selection: MissingMomentumSelection, place: str, energy: float
) -> tuple[float, float, float, float]:
    spectrometer = getattr(selection, place)
    tail = (spectrometer.tail_fraction.value, spectrometer.tail_resolution.value)
    width = float(spectrometer.resolution(energy))
    if spectrometer.momentum_resolution is not None:
        return (width, 0.0, *tail)
    return (0.0, width / energy, *tail)
