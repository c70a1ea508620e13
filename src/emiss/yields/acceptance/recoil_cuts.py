"""Cuts on leptons behind the target: measured momentum, energy in the target, planes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.guards import guarded, instance
from ...ground.quadrature import gauss_hermite

__all__ = ["CUTS", "RecoilSample", "counter_share", "cut_flow", "hits_planes", "pass_below"]


CUTS: Final = (
    "momentum before target",
    "momentum behind target",
    "calorimeter energy",
    "counters",
    "vetoes",
)
"""Cuts in the order in which they are applied; shares are cumulative."""


@dataclass(frozen=True, slots=True, eq=False)
class RecoilSample:
    """Scattered muons behind the target.

    Parameters
    ----------
    momentum : array of float, shape (n,)
        Momentum in GeV at the end of the target; 0 where the muon stopped.
    position, slope : array of float, shape (n, 2)
        Position in cm and slope at the end of the target, in the bending plane and across.
    calorimeter : array of float, shape (n,)
        Energy left in the target in GeV.
    weight : array of float, shape (n,)
        Weights with mean 1.
    copies : int
        The sample is that many times the same recoils, one after the other.
    """

    momentum: FloatArray
    position: FloatArray
    slope: FloatArray
    calorimeter: FloatArray
    weight: FloatArray
    copies: int = 1


@guarded(setup=instance("Setup"), sample=instance("RecoilSample"))
def counter_share(setup: Setup, sample: RecoilSample) -> float:
    """Share of a sample that hits all counters."""
    return float(np.mean(sample.weight * hits_planes(setup, sample)))


def hits_planes(setup: Setup, sample: RecoilSample) -> NDArray[np.bool_]:
    """Whether each lepton hits all planes that the setup asks for."""
    momentum = np.maximum(sample.momentum, 1e-6)
    hit = sample.momentum > 0.0
    for counter in setup.asked_recoil.planes:
        beyond = max(counter.distance - setup.asked_recoil.magnet_distance, 0.0)
        x = sample.position[:, 0] + sample.slope[:, 0] * counter.distance
        x = x + setup.asked_recoil.kick / momentum * beyond
        y = sample.position[:, 1] + sample.slope[:, 1] * counter.distance
        hit &= (x >= counter.low) & (x <= counter.high) & (np.abs(y) <= counter.half_height)
    return hit


def cut_flow(setup: Setup, sample: RecoilSample) -> tuple[FloatArray, float]:
    """Share of the sample that is left after each of `CUTS`.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    sample : RecoilSample
        Muons behind the target.

    Returns
    -------
    array of float, shape (5,)
        Cumulative shares.
    float
        Statistical standard deviation of the last.
    """
    low, high = setup.asked_recoil.incoming_window
    spread = setup.momentum_spread
    nodes, weights = gauss_hermite(21)
    beam = setup.beam_energy * np.maximum(1.0 + spread * nodes, 0.01)
    inside = pass_below(beam, high, setup.asked_recoil.incoming_resolution) - pass_below(
        beam, low, setup.asked_recoil.incoming_resolution
    )
    passed = sample.weight * float(inside @ weights)
    flow = [passed.mean()]
    momentum = np.maximum(sample.momentum, 1e-6)
    passed = passed * pass_below(
        momentum, setup.asked_recoil.max_outgoing, setup.asked_recoil.outgoing_resolution
    )
    flow.append(passed.mean())
    passed = passed * (sample.calorimeter <= setup.asked_recoil.max_calorimeter)
    flow.append(passed.mean())
    passed = passed * hits_planes(setup, sample)
    flow.append(passed.mean())
    passed = passed * setup.asked_recoil.veto_acceptance
    flow.append(passed.mean())
    # copies of one recoil are not independent
    groups = passed.reshape(sample.copies, -1).mean(axis=0)
    return np.array(flow), float(np.std(groups) / math.sqrt(groups.size))


def pass_below(
    momentum: FloatArray, limit: float, resolution: tuple[float, float, float, float]
) -> FloatArray:
    """Probability that a measured momentum lies below a limit.

    Parameters
    ----------
    momentum : array of float
        True momentum in GeV, positive.
    limit : float
        Limit in GeV.
    resolution : tuple of float
        As in `Recoil`.

    Returns
    -------
    array of float
        Gaussian core and tail, weighted with the fraction of the tail.
    """
    constant, slope, tail_fraction, tail_width = resolution
    core = _below(momentum, limit, (constant + slope * momentum) * momentum)
    tail = _below(momentum, limit, tail_width * momentum)
    return (1.0 - tail_fraction) * core + tail_fraction * tail


def _below(momentum: FloatArray, limit: float, sigma: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        pull = (limit - momentum) / sigma
    sharp = np.where(momentum <= limit, 1.0, 0.0)
    return np.where(sigma > 0.0, ndtr(np.where(sigma > 0.0, pull, 0.0)), sharp)
