"""Acceptance of the preshower between beam energies for which tables ship."""

from __future__ import annotations

import bisect
import functools
import math
from typing import Any, Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.shipped import shipped_path
from ...ground.table_files import hashed_settings
from .preshower_table import FILES, PreshowerAcceptance, file_name

__all__ = ["BEAM_ENERGIES", "between_energies"]

BEAM_ENERGIES: Final = (20.0, 25.0, 32.0, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0)
"""Beam energies in GeV of the tables that ship for the trigger of NA64, for leptons of 0.09 of the
beam energy or more."""


def between_energies(settings: dict[str, Any]) -> PreshowerAcceptance | None:
    """Interpolate in the logarithm of the beam energy.

    Parameters
    ----------
    settings : dict
        From `settings_of`.

    Returns
    -------
    PreshowerAcceptance or None
        The acceptance; None unless tables for the same trigger ship for an energy below and for one
        above.

    Notes
    -----
    Probabilities are interpolated at the same share of the energy lost and at the same energy of
    the recoil in GeV, for which the trigger's threshold lies at the same place. Against tables
    made at 60 and 70 GeV: 0.005 in the probability (root mean square over the nodes, most of it
    statistical), up to 0.035 in single nodes, and in limits less than 0.09 %.
    """
    energy = settings["beam_energy_gev"]
    if not BEAM_ENERGIES[0] < energy < BEAM_ENERGIES[-1]:
        return None
    place = bisect.bisect_right(BEAM_ENERGIES, energy)
    ends = BEAM_ENERGIES[place - 1 : place + 1]
    tables = [_shipped(_name_at(settings, end)) for end in ends]
    if any(table is None or not _same_trigger(table.settings, settings) for table in tables):
        return None
    low, high = (table for table in tables if table is not None)
    share = math.log(energy / ends[0]) / math.log(ends[1] / ends[0])

    def mean(first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray((1.0 - share) * first + share * second)

    pairs = list(zip((low, high), ends, strict=True))
    passed = [_at_recoils(t, t.recoiled, energy / end) for t, end in pairs]
    errors = [_at_recoils(t, t.recoiled_error, energy / end) for t, end in pairs]
    return PreshowerAcceptance(
        low.losses,
        mean(low.vanished, high.vanished),
        low.recoils,
        mean(*passed),
        mean(low.vanished_error, high.vanished_error),
        mean(*errors),
        settings,
        {"interpolated_between_gev": list(ends), **low.statistics},
        f"interpolated between: {low.command}; {high.command}",
        (1.0 - share) * low.mean_share + share * high.mean_share,
    )


def _name_at(settings: dict[str, Any], energy: float) -> str:
    kept = {key: value for key, value in settings.items() if key != "sha256"}
    return file_name(hashed_settings({**kept, "beam_energy_gev": energy}))


@functools.lru_cache(maxsize=64)
def _shipped(name: str) -> PreshowerAcceptance | None:
    path = shipped_path("tables", name)
    return FILES.read(path) if path.is_file() else None


def _same_trigger(one: dict[str, Any], other: dict[str, Any]) -> bool:
    differ = {"beam_energy_gev", "sha256"}
    return {k: v for k, v in one.items() if k not in differ} == {
        k: v for k, v in other.items() if k not in differ
    }


def _at_recoils(table: PreshowerAcceptance, values: FloatArray, ratio: float) -> FloatArray:
    """Values at recoils that are the same in GeV as the nodes of a beam of `ratio` this energy."""
    logs = np.log(table.recoils)
    wanted = logs + math.log(ratio)
    return np.stack([np.interp(wanted, logs, row) for row in values])
