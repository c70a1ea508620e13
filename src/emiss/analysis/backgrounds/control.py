"""Muon pairs as a control sample: their rate is known, and they are seen in every calorimeter.

What data or simulation hold of them, over what theory says, normalises the number of electrons
times the efficiency of trigger and tracks, which signal events share.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...experiments import Experiment
from ...experiments.modes.base import asked
from ..flow import simulated_analysis
from .dimuons import CROSS_SECTION, dimuon_rate

__all__ = ["ControlSample", "control_sample"]


@dataclass(frozen=True, slots=True)
class ControlSample:
    """Muon pairs that fire the trigger, by theory and by simulation.

    Parameters
    ----------
    least_photon : float
        Energy in GeV that the photon must have for the trigger to take the event.
    predicted : float
        Pairs per beam particle from such photons: cascade and Bethe-Heitler cross-section.
    found, error : float
        Pairs per beam particle that fire the trigger in the event simulation, and their error.
    events : int
        Simulated events with a pair.
    """

    least_photon: float
    predicted: float
    found: float
    error: float
    events: int

    @property
    def normalisation(self) -> tuple[float, float]:
        """Found over predicted, and its error, that of the cross-section included."""
        ratio = self.found / self.predicted
        return ratio, ratio * (
            (self.error / self.found) ** 2 + CROSS_SECTION.relative_error**2
        ) ** 0.5


def control_sample(
    experiment: Experiment, period: str | None = None, *, events: int = 300, seed: int = 1
) -> ControlSample:
    """Simulate muon pairs and set them beside their rate by theory.

    Parameters
    ----------
    experiment : Experiment
        A search with electrons or positrons on a thick target, with a trigger on the energy in it.
    period : str, optional
        Its run; the first by default.
    events : int, optional
        Beam particles, in each of which pairs are made more often, with weights.
    seed : int, optional
        Seed.

    Returns
    -------
    ControlSample
        Pairs per beam particle.

    Raises
    ------
    EmissError
        If nothing can be simulated.
    """
    layout = experiment.run_of(period)[1].layout
    found = simulated_analysis(
        experiment, "dimuon", events, period=period, seed=seed, options={"intensity": 0.0}
    )
    trigger, flow = found.flow.steps[0], found.flow
    thresholds = [t.most.value for one in layout.triggers for t in one.thresholds
                  if t.variable == "target_energy" and t.most is not None]  # fmt: skip
    most = max(thresholds, default=asked(layout, "target_energy", "max"))
    least = layout.beam.energy - most
    rate = flow.weight / events
    # the weights of pairs that fire are alike: what counts is the effective number of these
    fired = max(flow.effective * trigger.alone, 1.0)
    kept = rate * trigger.alone
    return ControlSample(least, dimuon_rate(layout, least), kept, kept / fired**0.5, flow.events)
