"""Acceptance against mass, kept in files: shipped for the catalogue, cached for own setups."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...experiments.setup import Setup
from ...ground.errors import EmissError, ValidityError
from ...ground.shipped import shipped_path
from ...ground.table_files import find_or_make, write_arrays
from ...ground.units import format_energy
from . import recoil

__all__ = [
    "MASS_NODES",
    "RecoilAcceptance",
    "build_acceptance",
    "load_acceptance",
    "read_acceptance",
    "write_acceptance",
]

Array = NDArray[np.float64]
Progress = Callable[[float], None]

MASS_NODES: Final = (
    1e-4, 1e-3, 5e-3, 0.015, 0.03, 0.05, 0.075, 0.11, 0.16, 0.23, 0.33, 0.47, 0.7, 1.0, 1.6, 3.0,
)  # fmt: skip
"""Masses in GeV at which the acceptance is sampled."""
REVISION: Final = 1
"""Raised when the computation changes, so that cached files are made again."""
SEED: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class RecoilAcceptance:
    """Share of the bosons made that pass each cut, against their mass.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Masses in GeV.
    flow : array of float, shape (n, n_cuts)
        Share of all bosons made in the target that is left after each of `recoil.CUTS`.
    error : array of float, shape (n,)
        Statistical standard deviation of the last.
    settings : dict
        All that determines the table.
    """

    masses: Array
    flow: Array
    error: Array
    settings: dict[str, Any]

    def at(self, masses: Array, energies: Array | None = None) -> Array:
        """Acceptance at given masses, see `Acceptance`.

        Parameters
        ----------
        masses : array of float
            Masses in GeV within the table.
        energies : array of float, optional
            Not used: the table is an average over the energies of the boson.

        Returns
        -------
        array of float
            Between 0 and 1; see `flow_at`.

        Raises
        ------
        ValidityError
            If a mass is outside the table.
        """
        return self.flow_at(masses)[..., -1]

    def flow_at(self, masses: Array) -> Array:
        """Share left after each cut at given masses.

        Parameters
        ----------
        masses : array of float
            Masses in GeV within the table.

        Returns
        -------
        array of float, shape of `masses` and (n_cuts,)
            Monotone cubic in ln m and the logarithm of the share: a straight line between the
            nodes would be up to 9 % high where the share bends upwards. Straight where a share
            is 0.
        """
        m = np.asarray(masses, dtype=np.float64)
        low, high = self.masses[0], self.masses[-1]
        if not np.all((m >= low * (1 - 1e-9)) & (m <= high * (1 + 1e-9))):
            raise ValidityError(
                f"the muon acceptance covers masses from {format_energy(low)} to "
                f"{format_energy(high)}; restrict the masses."
            )
        logs = np.log(self.masses)
        return np.stack([_between(logs, column, np.log(m)) for column in self.flow.T], axis=-1)


def _between(logs: Array, shares: Array, at: Array) -> Array:
    if not np.all(shares > 0.0):
        return np.interp(at, logs, shares)
    from scipy.interpolate import PchipInterpolator

    inside = np.clip(at, logs[0], logs[-1])
    return np.asarray(np.exp(PchipInterpolator(logs, np.log(shares))(inside)))


def acceptance_settings(setup: Setup, boson: str) -> dict[str, Any]:
    """All that determines a table; ``sha256`` is the hash of the rest."""
    settings: dict[str, Any] = {
        "setup": setup.acceptance_inputs(),
        "boson": boson,
        "masses": list(MASS_NODES),
        "events": recoil.EVENTS,
        "copies": recoil.COPIES,
        "cuts": list(recoil.CUTS),
        "seed": SEED,
        "revision": REVISION,
    }
    # through JSON, so that settings read back from a file compare equal; twelve digits, so that
    # the last bit of a unit conversion does not matter
    canonical = json.dumps(_rounded(settings), sort_keys=True)
    settings = json.loads(canonical)
    settings["sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    return settings


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def build_acceptance(
    setup: Setup, boson: str, progress: Progress | None = None
) -> RecoilAcceptance:
    """Sample the acceptance at `MASS_NODES`.

    All masses share one random stream, so that the acceptance is smooth in the mass.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    RecoilAcceptance
        The table.
    """
    nodes = np.array(MASS_NODES)
    part = _total(setup, nodes, boson, setup.lowest_share) / _total(setup, nodes, boson, 0.0)
    flows, errors = [], []
    for number, mass in enumerate(nodes):
        sample = recoil.transport_to_counters(setup, float(mass), boson, seed=(SEED, 0))
        flow, error = recoil.cut_flow(setup, sample)
        # the first cut knows nothing of the boson: it holds for all that are made
        flow[1:] *= part[number]
        flows.append(flow)
        errors.append(error * part[number])
        if progress is not None:
            progress((number + 1) / nodes.size)
    return RecoilAcceptance(
        nodes, np.array(flows), np.array(errors), acceptance_settings(setup, boson)
    )


def _total(setup: Setup, masses: Array, boson: str, min_x: float) -> Array:
    rates = [rate for _, rate in recoil.element_rates(setup, masses, boson, min_x)]
    return np.asarray(np.sum(rates, axis=0))


def file_name(settings: dict[str, Any]) -> str:
    """Name of a table's file."""
    return f"muon_acceptance_{settings['boson']}_{settings['sha256'][:12]}.npz"


def write_acceptance(table: RecoilAcceptance, directory: Path) -> Path:
    """Write a table into a directory.

    Parameters
    ----------
    table : RecoilAcceptance
        The table.
    directory : Path
        Where.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    path = directory / file_name(table.settings)
    arrays = {"masses": table.masses, "flow": table.flow, "error": table.error}
    write_arrays(path, table.settings, arrays, "muon acceptance")
    return path


def read_acceptance(path: Path) -> RecoilAcceptance:
    """Read a table; EmissError if the file is missing or damaged."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as data:
            return RecoilAcceptance(
                data["masses"], data["flow"], data["error"], json.loads(str(data["meta"]))
            )
    except Exception as error:  # zip, json, shape and key errors all mean a damaged file
        raise EmissError(f"cannot read the muon acceptance {path}: {error}") from error


@functools.lru_cache(maxsize=64)
def load_acceptance(setup: Setup, boson: str, progress: Progress | None = None) -> RecoilAcceptance:
    """Get a table: the shipped one, else the cached one, else sample it and cache it.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    progress : callable, optional
        Called with the share done while the table is made.

    Returns
    -------
    RecoilAcceptance
        The table; one that does not belong to exactly this setup is never used.
    """
    settings = acceptance_settings(setup, boson)
    return find_or_make(
        file_name(settings),
        settings,
        read=read_acceptance,
        make=lambda: build_acceptance(setup, boson, progress),
        write=lambda table, path: write_acceptance(table, path.parent),
    )


def main() -> None:
    """Make the tables that ship, those of the catalogue's run of 2022."""
    from ... import experiments
    from ...processes.bremsstrahlung import BOSONS

    setup = experiments.get("na64mu-2022").runs[0].setup
    directory = shipped_path("tables")
    for boson in BOSONS:
        write_acceptance(build_acceptance(setup, boson), directory)


if __name__ == "__main__":
    main()
