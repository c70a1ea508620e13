"""Charge exchange of beam hadrons, hadron by hadron: depth, ionisation, recoil and decay in flight.

A hadron of energy E that interacts at depth z makes the meson with the weight of the cross-section
at what it has left there. It passes if what it ionised before and the struck nucleon together stay
below what the selection allows; the other engine asks this of each by itself, at the energy of the
beam. Both take the mean ionisation: its fluctuations are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...experiments.setup import SMEARING_REACH, Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.mesons import meson_data
from ...physics.processes import charge_exchange as exchange
from ..processes import charge_exchange as process
from ..processes.base import ProcessYield, Request
from .moments import sizes, standard_errors
from .result import SampledYield
from .streams import BATCHES, stream

__all__ = ["made_by_hadrons", "sampled_mesons"]


def made_by_hadrons(
    setup: Setup, meson: str, count: int, key: tuple[int, int], effective: str = "glauber"
) -> FloatArray:
    """Mesons whose decay to nothing passes, by beam hadron.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    meson : str
        Key of `ground.mesons.MESON_IDS`.
    count : int
        Beam hadrons.
    key : tuple of int
        Seed and chunk of the random stream.
    effective : str, optional
        One of `hadron_nucleus.EFFECTIVE_MODELS`.

    Returns
    -------
    array of float, shape (count,)
        Weights; 0 for what does not pass. Their mean is what `charge_exchange.passing` works out.
    """
    kaon = meson in process.KAONS
    made = "K0" if kaon else meson
    random = np.random.Generator(np.random.Philox(key=np.array(key, dtype=np.uint64)))
    spread = np.clip(random.standard_normal(count), -SMEARING_REACH, SMEARING_REACH)
    beam = setup.beam_energy * (1.0 + setup.momentum_spread * spread)
    free = process.interaction_length(setup)
    # all interact within the target, with the probability of that as weight
    within = -np.expm1(-setup.length / free)
    depth = -free * np.log1p(-within * random.random(count))
    ionised = process.ionisation(setup) * depth
    low, high = exchange.ENERGY_RANGE[0], exchange.MESONS[made].highest_energy
    energy = np.clip(beam - ionised, low, high)
    sigma = exchange.cross_section_pb(made, np.append(energy, setup.beam_energy), setup.particle)
    share = process.per_interaction(setup, made, effective) * sigma[:-1] / sigma[-1]
    weight = within * share
    left = ionised
    if kaon:
        weight = 0.5 * weight * _decays(setup, meson, energy, depth, free, random)
    else:
        transfer = exchange.sample_momentum_transfer(made, setup.beam_energy, count, random)
        left = ionised + transfer / (2.0 * const.PROTON_MASS)
    return np.asarray(np.where(left < setup.max_left, weight, 0.0))


def _decays(
    setup: Setup, meson: str, energy: FloatArray, depth: FloatArray, free: float,
    random: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Probability that neutral kaons decay in the target or behind, and do not interact before.

    All are made to decay there, with the probability of that as weight; what they cross of the
    target before lets through what does not interact.
    """
    data = meson_data(meson)
    length = energy / data.mass * data.ctau_cm
    rest = setup.length - depth
    most = -np.expm1(-(rest + setup.decay_volume) / length)
    path = -length * np.log1p(-most * random.random(energy.size))
    return np.asarray(most * np.exp(-np.minimum(path, rest) / free))


def sampled_mesons(request: Request) -> Mapping[str, ProcessYield]:
    """Yield of charge exchange with hadrons sampled, see `made_by_hadrons`.

    Parameters
    ----------
    request : Request
        What is asked.

    Returns
    -------
    mapping of str to SampledYield
        One title per meson, as of the other engine.
    """
    options, found = request.options, {}
    count = -(-options.showers // BATCHES)
    for title, known in process.PROCESS.prepare(request).items():
        assert isinstance(known, process.MesonYield)
        weights = np.concatenate(
            [
                made_by_hadrons(
                    request.setup, known.meson, count,
                    (options.seed, stream(known.meson, batch) << 8), options.nuclear_model,
                )
                for batch in range(BATCHES)
            ]
        )  # fmt: skip
        error = float(standard_errors(weights / weights.size, weights.size))
        found[title] = SampledYield(
            replace(known, rate=float(weights.mean())),
            replace(known, rate=error),
            np.full(request.masses.shape, float(sizes(weights))),
            warnings=known.warnings,
        )
    return found
