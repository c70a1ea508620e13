"""Simulate the showers behind `preshower` and make its tables."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError, ValidityError
from ...ground.shipped import shipped_path
from ...ground.units import parse_quantity
from .. import materials
from .preshower_table import (
    FILES,
    LOSS_BINS,
    PROFILE,
    RECOILS,
    PreshowerAcceptance,
    file_name,
    settings_of,
)

__all__ = ["simulate_acceptance", "simulate_tracks"]

CITATIONS = ("Longo:1975wb", "ParticleDataGroup:2024cfk", "Rossi:1941zza", "Tsai:1973py")


SHOWERS: Final = 300_000
"""Showers of a table made on demand."""
SEED: Final = 64
_BATCHES: Final = 20


def _profile(settings: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
    """Scale and shares for the kernel, see `_kernels.preshower.deposited`."""
    from scipy.special import gammainc

    b, shift = PROFILE
    logs = np.linspace(math.log(1e-3), math.log(settings["beam_energy_gev"]), 120)
    rooms = np.linspace(0.0, settings["depth_x0"], 65)
    critical = math.log(settings["critical_energy_gev"])
    shape = 1.0 + b * np.maximum(logs - critical + shift, 0.0)
    energy = np.exp(logs)[:, None]
    # The profile starts as a high power of the depth, the higher the energy: next to its start it
    # would fall with energy. What a shower leaves does not.
    left = np.maximum.accumulate(energy * gammainc(shape[:, None], b * rooms), axis=0)
    return np.array([logs[0], logs[1] - logs[0], rooms[1]]), left / energy


def simulate_acceptance(
    settings: dict[str, Any], showers: int = SHOWERS, seed: int = SEED
) -> PreshowerAcceptance:
    """Simulate showers and find the acceptance.

    Parameters
    ----------
    settings : dict
        From `preshower_settings`.
    showers : int, optional
        Number of showers, rounded up to a multiple of 20.
    seed : int, optional
        Seed; the same seed gives the same table.

    Returns
    -------
    PreshowerAcceptance
        Acceptance with statistical errors from the spread of 20 batches.
    """
    length, vanished, first, mean_share = simulate_tracks(settings, showers, seed)
    edges, recoils = _grid(settings)
    losses = np.sqrt(np.maximum(edges[:-1], 0.5 * edges[1]) * edges[1:])
    passed, passed_error = _ratio(np.cumsum(first[:, :, :-1], axis=2), first.sum(axis=2), losses)
    alone, alone_error = _ratio(vanished[:, :, None], length[:, 1, :], losses)
    command = (
        "python -m emiss.physics.shower.preshower_simulation"
        f" --critical-energy '{settings['critical_energy_gev']} GeV'"
        f" --particle {settings['particle']} --energy '{settings['beam_energy_gev']} GeV'"
        f" --min-preshower-energy '{settings['min_energy_gev']} GeV'"
        f" --depth-x0 {settings['depth_x0']} --lowest-fraction {settings['lowest_fraction']}"
        f" --showers {showers} --seed {seed}"
    )
    return PreshowerAcceptance(
        losses,
        alone[:, 0],
        recoils / settings["beam_energy_gev"],
        passed,
        alone_error[:, 0],
        passed_error,
        settings,
        {"showers": showers, "seed": seed},
        command,
        mean_share,
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


def simulate_tracks(
    settings: dict[str, Any], showers: int = SHOWERS, seed: int = SEED
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Simulate showers in batches; for the parameters see `simulate_acceptance`.

    Returns
    -------
    tuple
        Per batch and shower, in bins of 1 - E/E_beam: track lengths in X0, shape (20, 2, n) for e-
        and e+; of positrons without which the trigger passes, (20, n); by the first recoil energy
        with which it passes, (20, n, k + 1). Last the mean share of energy in the first layers.
    """
    from ...ground._kernels.preshower import showers as run

    beam = settings["beam_energy_gev"]
    scale, shares = _profile(settings)
    numbers = np.array(
        [
            beam,
            beam * settings["lowest_fraction"],
            settings["depth_x0"],
            settings["min_energy_gev"],
            settings["critical_energy_gev"],
            *scale,
        ]
    )
    edges, recoils = _grid(settings)
    generator = np.random.Generator(np.random.Philox(seed))
    primary = ("e-", "e+").index(settings["particle"])
    count = math.ceil(showers / _BATCHES)
    found = [
        run(generator, count, primary, numbers, (edges, recoils, shares)) for _ in range(_BATCHES)
    ]
    if any(batch[4] for batch in found):
        raise ValidityError(
            "preshower: the showers have too many particles above the lowest energy; raise the "
            "least missing energy of the selection."
        )
    length, vanished, first = (np.stack([b[i] for b in found]) / count for i in range(3))
    share = sum(batch[3] for batch in found) / (beam * count * _BATCHES)
    return length, vanished, first, float(share)


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
    logs = np.log(losses)

    def spread(values: FloatArray) -> FloatArray:
        columns = [np.interp(logs, logs[some], column) for column in values.T]
        return np.stack(columns, axis=1)

    return spread(ratio), spread(error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a table file.

    ``python -m emiss.physics.shower.preshower_simulation --depth-x0 4.334587``.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--material", default="na64-ecal")
    parser.add_argument("--critical-energy", help="instead of a material: nothing else matters")
    parser.add_argument("--particle", default="e-", choices=("e-", "e+"))
    parser.add_argument("--energy", default="100 GeV")
    parser.add_argument("--min-preshower-energy", default="0.5 GeV")
    parser.add_argument("--depth-x0", type=float, required=True)
    parser.add_argument("--lowest-fraction", type=float, default=0.27)
    parser.add_argument("--showers", type=int, default=SHOWERS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--directory", type=Path, default=shipped_path("tables"))
    options = parser.parse_args(arguments)
    if options.critical_energy is None:
        critical = materials.get(options.material).critical_energy
    else:
        critical = parse_quantity(options.critical_energy, "energy")
    trigger = (
        parse_quantity(options.min_preshower_energy, "energy"),
        options.depth_x0,
    )
    energy = parse_quantity(options.energy, "energy")
    settings = settings_of(critical, options.particle, energy, trigger, options.lowest_fraction)
    acceptance = simulate_acceptance(settings, options.showers, options.seed)
    FILES.write(acceptance, options.directory / file_name(settings))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
