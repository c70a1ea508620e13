"""Simulate showers with the transport and make the tables of `preshower`.

Every step of a lepton in a shower is a place at which it may make a boson. One pass says what the
rest of each shower leaves in the first layers (`Removals` of the transport). What a recoil of less
energy leaves from there on is another shower, of that energy and begun at that depth, which knows
nothing of the first: its distribution is simulated on its own, and the two are folded.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ...events.transport import Beam, Chunk, Removals, simulate
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.shipped import shipped_path
from ...ground.units import parse_quantity
from ...physics import materials
from .preshower_stack import ShowerStack, shower_stack
from .preshower_table import (
    FILES,
    FOLLOWED,
    LOSS_BINS,
    RECOILS,
    SCALES,
    FirstLayers,
    PreshowerAcceptance,
    file_name,
    settings_of,
)

__all__ = ["Statistics", "Steps", "simulate_acceptance", "simulate_steps", "statistics_for"]

SEED: Final = 64
_BATCHES: Final = 20
_CHUNK: Final = 1000
_PILOT: Final = 1000
_SCALE_CHUNK, _RECOIL_CHUNK, _RARE_CHUNK = 1 << 20, 1 << 21, 1 << 22
_RARE: Final = 0.75
"""Lepton energy over beam energy above which the other charge has showers of its own."""
_RARE_SHOWERS: Final = 6
"""How many more showers are begun for it; most are given up early."""
_NEEDS: Final = 128
"""Bins of the energy that a recoil must leave for the trigger to pass."""
_RATIO: Final = 1.4
"""Ratio of the energies at which showers of recoils are simulated."""
_RECOIL_BATCHES: Final = 10
_MOST_RECOILS: Final = 2000
_LEAST_RECOILS: Final = 100
_LEAST_SLOW: Final = 20
"""The least without fits."""
_SECONDS: Final = 12.0
"""Processor time of the showers of a table made on demand."""
_SHARE_OF_RECOILS: Final = 2.5e-2
"""Energy of the showers of recoils, by slice and node, over that of the showers."""


class Statistics(NamedTuple):
    """How much is simulated.

    Parameters
    ----------
    showers : int
        Number of showers, rounded up to a multiple of 20.
    seed : int
        Seed; the same seed gives the same table.
    """

    showers: int
    seed: int = SEED


def statistics_for(energy: float, seconds_per_gev: float) -> Statistics:
    """What half a minute allows for a table made on demand, recoils and rare positrons included.

    Parameters
    ----------
    energy : float
        Beam energy in GeV.
    seconds_per_gev : float
        Processor time of a shower.

    Returns
    -------
    Statistics
        Showers and seed.
    """
    return Statistics(int(min(max(_SECONDS / (seconds_per_gev * energy), 400), 40_000)))


class Steps(NamedTuple):
    """Track length by what the shower leaves in the first layers without the lepton.

    Parameters
    ----------
    length : array of float, shape (batches, 2, n)
        Track length in radiation lengths per shower of leptons of the beam's charge and of the
        other one, in bins of 1 - E/E_beam.
    passing : array of float, shape (batches, 2, n)
        Of which the rest of the shower passes by itself.
    needing : array of float, shape (batches, n, slices, needs)
        Of both charges that needs more energy, by depth and by that energy.
    """

    length: FloatArray
    passing: FloatArray
    needing: FloatArray


class _Job(NamedTuple):
    """What all showers of a table have in common."""

    place: ShowerStack
    beam: float
    lowest: float
    edges: FloatArray
    seen: float
    statistics: Statistics


def simulate_acceptance(
    layers: FirstLayers, energy: float, lowest: float, statistics: Statistics | None = None
) -> PreshowerAcceptance:
    """Simulate showers and find the acceptance.

    Parameters
    ----------
    layers, energy, lowest
        See `settings_of`.
    statistics : Statistics, optional
        How much is simulated; what half a minute allows by default.

    Returns
    -------
    PreshowerAcceptance
        Acceptance with statistical errors from the spread of batches.
    """
    settings = settings_of(layers, energy, lowest)
    beam = settings["beam_energy_gev"]
    lowest = settings["lowest_fraction"] * beam
    place = shower_stack(layers, beam, lowest)
    # Fits do not say where leptons below their energy are: these take the value next above.
    lowest = lowest if place.shapes is None else max(lowest, FOLLOWED)
    used = statistics or statistics_for(beam, place.seconds_per_gev)
    factor, share = _scale(place, settings["energy_scale"], beam, used.seed)
    edges, recoils = _grid(settings)
    job = _Job(place, beam, lowest, edges, layers.least / factor, used)
    steps = simulate_steps(job)
    losses = np.sqrt(np.maximum(edges[:-1], 0.5 * edges[1]) * edges[1:])
    recoiled, recoiled_error = _recoiled(steps, _saved(job, recoils), losses)
    counts = _with_rare(job, steps)
    vanished = [_ratio(counts.passing[:, c, :, None], counts.length[:, c], losses) for c in (0, 1)]
    return PreshowerAcceptance(
        losses,
        np.stack([value[:, 0] for value, _ in vanished]),
        recoils / beam,
        recoiled,
        np.stack([error[:, 0] for _, error in vanished]),
        recoiled_error,
        settings,
        {"showers": used.showers, "seed": used.seed},
        _command(layers, settings, used),
        share,
    )


def _recoiled(steps: Steps, saved: FloatArray, losses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Probability with a recoil, and its error from showers and from showers of recoils."""
    alone, total = steps.passing.sum(axis=1)[:, :, None], steps.length.sum(axis=1)
    by_all = np.tensordot(steps.needing, saved.mean(axis=0), 2)
    passed, error = _ratio(alone + by_all, total, losses)
    whole, sums = steps.needing.sum(axis=0), total.sum(axis=0)
    parts = np.stack([np.tensordot(whole, part, 2) for part in saved])
    parts /= np.where(sums > 0.0, sums, math.inf)[:, None]
    own = parts.std(axis=0, ddof=1) / math.sqrt(len(saved))
    return passed, np.minimum(np.hypot(error, own), 1.0)


def _command(layers: FirstLayers, settings: dict[str, Any], used: Statistics) -> str:
    return (
        "python -m emiss.yields.acceptance.preshower_simulation"
        f" --material '{layers.material.name}' --depth '{settings['depth_cm']} cm'"
        f" --energy '{settings['beam_energy_gev']} GeV'"
        f" --min-preshower-energy '{settings['min_energy_gev']} GeV'"
        f" --energy-scale {settings['energy_scale']}"
        f" --lowest-fraction {settings['lowest_fraction']}"
        f" --showers {used.showers} --seed {used.seed}"
    )


def _grid(settings: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
    """Edges in 1 - E/E_beam, and recoil energies in GeV."""
    last = 1.0 - settings["lowest_fraction"]
    first, bins = LOSS_BINS
    inner = np.geomspace(min(first, 0.1 * last), last, bins + 1)
    low, high, count = RECOILS
    return np.concatenate([[0.0], inner]), settings["beam_energy_gev"] * np.geomspace(
        low, high, count
    )


def simulate_steps(job: _Job) -> Steps:
    """Simulate showers in batches.

    Parameters
    ----------
    job : _Job
        What is simulated.

    Returns
    -------
    Steps
        What was found, per batch.
    """
    bins, slices = job.edges.size - 1, job.place.slices.size
    found = Steps(
        np.zeros((_BATCHES, 2, bins)),
        np.zeros((_BATCHES, 2, bins)),
        np.zeros((_BATCHES, bins, slices, _NEEDS)),
    )
    for batch, rows in _noted(job, 0, job.statistics.showers, Removals(job.lowest)):
        _add(job, rows, Steps(*(tally[batch] for tally in found)))
    return found


def _with_rare(job: _Job, steps: Steps) -> Steps:
    """Steps with more of the other charge near the beam energy, where there are few."""
    wanted = _RARE * job.beam
    if wanted <= job.lowest:
        return steps
    found = Steps(steps.length.copy(), steps.passing.copy(), np.zeros_like(steps.needing))
    full = job.edges[1:] <= 1.0 - _RARE
    count = _RARE_SHOWERS * job.statistics.showers
    for batch, rows in _noted(job, _RARE_CHUNK, count, Removals(wanted, wanted)):
        more = Steps(*(np.zeros_like(tally[batch]) for tally in found))
        _add(job, rows, more)
        found.length[batch, 1, full] += more.length[1, full]
        found.passing[batch, 1, full] += more.passing[1, full]
    return found


def _noted(
    job: _Job, first: int, showers: int, asked: Removals
) -> Iterator[tuple[int, FloatArray]]:
    """Steps of showers, chunk by chunk, with the number of the batch."""
    count = math.ceil(showers / _BATCHES)
    for batch in range(_BATCHES):
        for start in range(0, count, _CHUNK):
            chunk = _run(
                job.place, Beam("e-", job.beam), min(_CHUNK, count - start), job.statistics.seed,
                first, emission=asked,
            )  # fmt: skip
            first += 1
            yield batch, chunk.removals


def _add(job: _Job, rows: FloatArray, tallies: Steps) -> None:
    """Add steps to the tallies of a batch."""
    _, kind, energy, z, path, medium, own, whole = rows.T
    x0 = np.array([m.radiation_length_cm for m in job.place.stack.materials])
    weight = path / x0[medium.astype(np.intp)]
    bins, slices = job.edges.size - 1, job.place.slices.size
    loss = np.searchsorted(job.edges, 1.0 - energy / job.beam, side="right") - 1
    need = job.seen - (whole - own)
    inside = (loss >= 0) & (loss < bins)
    charge = kind.astype(np.intp) * bins + loss
    for tally, some in ((tallies.length, inside), (tallies.passing, inside & (need <= 0.0))):
        tally += np.bincount(charge[some], weight[some], 2 * bins).reshape(2, bins)
    some = inside & (need > 0.0)
    part = np.minimum((need[some] / job.seen * _NEEDS).astype(np.intp), _NEEDS - 1)
    cell = (loss[some] * slices + job.place.slice_of(z[some])) * _NEEDS + part
    found = np.bincount(cell, weight[some], bins * slices * _NEEDS)
    tallies.needing[...] += found.reshape(tallies.needing.shape)


def _run(place: ShowerStack, beam: Beam, events: int, seed: int, chunk: int, **more: Any) -> Chunk:
    return simulate(
        place.stack, beam, events, seed=seed, chunk=chunk, settings=place.settings,
        shapes=place.shapes, **more,
    )  # fmt: skip


def _scale(place: ShowerStack, scale: str, beam: float, seed: int) -> tuple[float, float]:
    """Energy on a scale over what is seen, as the event simulation works it out with whole showers.

    Also the mean energy in the first layers on that scale over the beam energy.
    """
    count = _PILOT if place.shapes is not None else _PILOT // 5
    chunk = _run(place, Beam("e-", beam), count, seed, _SCALE_CHUNK)
    whole = beam * count
    factor = 1.0 if scale == "visible" else whole / float(chunk.cell_sum.sum())
    return factor, min(factor * float(chunk.cell_sum[0].sum()) / whole, 1.0)


def _saved(job: _Job, recoils: FloatArray) -> FloatArray:
    """Probability that a recoil leaves what is needed, shape (batches, slices, needs, recoils).

    Between energies of the showers that are simulated, the share of the energy that is left is
    taken from both, with weights that are linear in the logarithm.
    """
    slices = job.place.slices.size
    found = np.zeros((_RECOIL_BATCHES, slices, _NEEDS, recoils.size))
    if job.seen <= 0.0:
        return np.ones_like(found)
    low, high = math.log(recoils[0]), math.log(recoils[-1])
    nodes = np.linspace(low, high, 1 + math.ceil((high - low) / math.log(_RATIO)))
    away = np.abs(np.log(recoils)[:, None] - nodes) / (nodes[1] - nodes[0])
    weights = np.maximum(1.0 - away, 0.0)
    needs = job.seen * (np.arange(_NEEDS) + 0.5) / _NEEDS
    for n, energy in enumerate(np.exp(nodes).tolist()):
        shares = _shares(job, energy, n)
        for k in np.flatnonzero(weights[:, n]).tolist():
            asked = needs / recoils[k]
            for batch, part in enumerate(shares):
                below = np.stack([np.searchsorted(row, asked) for row in part])
                found[batch, :, :, k] += weights[k, n] * (1.0 - below / part.shape[1])
    return found


def _shares(job: _Job, energy: float, node: int) -> FloatArray:
    """Share of its energy that a lepton leaves from each slice on: (batches, slices, n), sorted."""
    place, seed = job.place, job.statistics.seed
    wanted = _SHARE_OF_RECOILS * job.statistics.showers * job.beam / (100.0 * energy)
    least = _LEAST_RECOILS if place.shapes is not None else _LEAST_SLOW
    each = int(min(max(wanted, least), _MOST_RECOILS)) // _RECOIL_BATCHES
    numbers = np.repeat(np.arange(place.slices.size), each * _RECOIL_BATCHES)
    key = np.array([seed, _RECOIL_CHUNK + node], dtype=np.uint64)
    random = np.random.Generator(np.random.Philox(key=key)).random(numbers.size)
    chunk = _run(
        place, Beam("e-", job.beam), numbers.size, seed, _RECOIL_CHUNK + node,
        particles=place.starts(energy, numbers, random), keep_cells=True,
    )  # fmt: skip
    left = chunk.cells[:, 0].sum(axis=(1, 2)) / energy
    return np.sort(left.reshape(-1, _RECOIL_BATCHES, each).swapaxes(0, 1), axis=2)


def _ratio(
    passed: FloatArray, total: FloatArray, losses: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Ratio of sums over batches with its error; bins without tracks take their neighbours'."""
    sums = total.sum(axis=0)
    some = np.flatnonzero(sums > 0.0)
    if some.size == 0:
        raise EmissError("preshower: no shower had a track; simulate more showers.")
    ratio = np.minimum(passed.sum(axis=0)[some] / sums[some, None], 1.0)
    residual = passed[:, some] - ratio * total[:, some, None]
    error = np.sqrt(np.sum(residual**2, axis=0) * _BATCHES / (_BATCHES - 1)) / sums[some, None]
    error = np.minimum(error, 1.0)
    logs = np.log(losses)

    def spread(values: FloatArray) -> FloatArray:
        columns = [np.interp(logs, logs[some], column) for column in values.T]
        return np.stack(columns, axis=1)

    return spread(ratio), spread(error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a table file.

    ``python -m emiss.yields.acceptance.preshower_simulation --depth '4.8 cm'``.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--material", default="na64-ecal")
    parser.add_argument("--depth", required=True)
    parser.add_argument("--energy", default="100 GeV")
    parser.add_argument("--min-preshower-energy", default="0.5 GeV")
    parser.add_argument("--energy-scale", default=SCALES[0], choices=SCALES)
    parser.add_argument("--lowest-fraction", type=float, default=0.09)
    parser.add_argument("--showers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--directory", type=Path, default=shipped_path("tables"))
    options = parser.parse_args(arguments)
    layers = FirstLayers(
        materials.get(options.material),
        parse_quantity(options.depth, "length"),
        parse_quantity(options.min_preshower_energy, "energy"),
        options.energy_scale,
    )
    energy = parse_quantity(options.energy, "energy")
    statistics = Statistics(options.showers, options.seed)
    acceptance = simulate_acceptance(layers, energy, options.lowest_fraction, statistics)
    FILES.write(acceptance, options.directory / file_name(acceptance.settings))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
