"""Acceptance against mass, kept in files: shipped for the catalogue, cached for own setups."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.monotone_cubic import monotone_cubic
from ...ground.shipped import shipped_path
from ...ground.table_files import Column, TableKind, hashed_settings
from ...ground.units import format_energy
from . import recoil
from .recoil_cuts import CUTS, cut_flow

__all__ = ["MUONS", "SEED", "AcceptanceTables", "RecoilAcceptance", "element_total"]

Progress: TypeAlias = Callable[[float], None]
Sampled: TypeAlias = tuple[FloatArray, float]
"""Share of the bosons made that is left after each cut, and the error of the last."""
SEED: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class RecoilAcceptance:
    """Share of the bosons made that pass each cut, against their mass.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Masses in GeV.
    flow : array of float, shape (n, n_cuts)
        Share of all bosons made in the target that is left after each of `recoil_cuts.CUTS`.
    error : array of float, shape (n,)
        Statistical standard deviation of the last.
    settings : dict
        All that determines the table.
    """

    masses: FloatArray
    flow: FloatArray
    error: FloatArray
    settings: dict[str, Any]

    def at(self, masses: FloatArray, energies: FloatArray | None = None) -> FloatArray:
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

    def flow_at(self, masses: FloatArray) -> FloatArray:
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
                f"the acceptance of the recoil covers masses from {format_energy(low)} to "
                f"{format_energy(high)}; restrict the masses."
            )
        logs = np.log(self.masses)
        return np.stack([_between(logs, column, np.log(m)) for column in self.flow.T], axis=-1)


def _between(logs: FloatArray, shares: FloatArray, at: FloatArray) -> FloatArray:
    if not np.all(shares > 0.0):
        return np.interp(at, logs, shares)
    inside = np.clip(at, logs[0], logs[-1])
    return np.exp(monotone_cubic(logs, np.log(shares), inside))


def _pack(table: RecoilAcceptance) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    arrays = {"masses": table.masses, "flow": table.flow, "error": table.error}
    return table.settings, arrays


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> RecoilAcceptance:
    if arrays["masses"].tolist() != meta["masses"]:
        raise ValueError("its masses are not those of its settings")
    if arrays["flow"].shape[1] != len(meta["cuts"]):
        raise ValueError("its cuts are not those of its settings")
    if np.any(np.diff(arrays["flow"], axis=1) > 1e-9):
        raise ValueError("more is left after a cut than before")
    return RecoilAcceptance(arrays["masses"], arrays["flow"], arrays["error"], meta)


_COLUMNS: Final = {
    "masses": Column(("mass",), least=0.0, ascending=True),
    "flow": Column(("mass", "cut"), least=0.0, most=1.0 + 1e-9),
    "error": Column(("mass",), least=0.0, most=1.0),
}


@dataclass(frozen=True, slots=True)
class AcceptanceTables:
    """Tables of the acceptance of one kind of scattered lepton.

    Parameters
    ----------
    lepton : str
        Kind of lepton, as in the names of the files.
    masses : tuple of float
        Masses in GeV at which the acceptance is sampled.
    revision : int
        Raised when the computation changes, so that cached files are made again.
    events, copies : int
        Sampled events per mass, and copies of each.
    cuts : tuple of str
        Names of the cuts.
    share : callable
        (setup, masses, boson) to the share of the bosons made that can pass.
    sample : callable
        (setup, mass, boson, share) to `Sampled`.
    catalogue : tuple of str
        Experiments whose tables ship; others of the catalogue have the same setups.
    """

    lepton: str
    masses: tuple[float, ...]
    revision: int
    events: int
    copies: int
    cuts: tuple[str, ...]
    share: Callable[[Setup, FloatArray, str], FloatArray]
    sample: Callable[[Setup, float, str, float], Sampled]
    catalogue: tuple[str, ...]

    @property
    def files(self) -> TableKind[RecoilAcceptance]:
        """How these tables are written and read."""
        return TableKind(f"{self.lepton} acceptance", _COLUMNS, _pack, _unpack)

    def settings(self, setup: Setup, boson: str) -> dict[str, Any]:
        """All that determines a table; ``sha256`` is the hash of the rest."""
        settings: dict[str, Any] = {
            "setup": setup.acceptance_inputs(),
            "boson": boson,
            "masses": list(self.masses),
            "events": self.events,
            "copies": self.copies,
            "cuts": list(self.cuts),
            "seed": SEED,
            "revision": self.revision,
        }
        return hashed_settings(settings, digits=12)

    def file_name(self, settings: dict[str, Any]) -> str:
        """Name of a table's file."""
        return f"{self.lepton}_acceptance_{settings['boson']}_{settings['sha256'][:12]}.npz"

    def build(self, setup: Setup, boson: str, progress: Progress | None = None) -> RecoilAcceptance:
        """Sample the acceptance at the masses of the tables.

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
        masses = np.array(self.masses)
        shares = self.share(setup, masses, boson)
        flows, errors = [], []
        for number, (mass, share) in enumerate(zip(masses, shares, strict=True)):
            flow, error = self.sample(setup, float(mass), boson, float(share))
            flows.append(flow)
            errors.append(error)
            if progress is not None:
                progress((number + 1) / masses.size)
        return RecoilAcceptance(
            masses, np.array(flows), np.array(errors), self.settings(setup, boson)
        )

    def load(self, setup: Setup, boson: str, progress: Progress | None = None) -> RecoilAcceptance:
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
        return _load(self, setup, boson, progress)

    def write_shipped(self) -> None:
        """Make the tables that ship."""
        from ... import experiments
        from ...physics.processes.bremsstrahlung import BOSONS

        for name in self.catalogue:
            setup = experiments.get(name).runs[0].setup
            for boson in BOSONS:
                table = self.build(setup, boson)
                self.files.write(table, shipped_path("tables", self.file_name(table.settings)))


@functools.lru_cache(maxsize=128)
def _load(
    tables: AcceptanceTables, setup: Setup, boson: str, progress: Progress | None
) -> RecoilAcceptance:
    settings = tables.settings(setup, boson)
    return tables.files.find_or_make(
        tables.file_name(settings), settings, lambda: tables.build(setup, boson, progress)
    )


def element_total(
    setup: Setup,
    masses: FloatArray,
    boson: str,
    min_x: float,
    energies: FloatArray | None = None,
) -> FloatArray:
    """Sum over the elements of the target of `recoil.element_rates`."""
    rates = [rate for _, rate in recoil.element_rates(setup, masses, boson, min_x, energies)]
    return np.asarray(np.sum(rates, axis=0))


def _share_of_muons(setup: Setup, masses: FloatArray, boson: str) -> FloatArray:
    hard = element_total(setup, masses, boson, setup.lowest_share)
    return np.asarray(hard / element_total(setup, masses, boson, 0.0))


def _sample_muons(setup: Setup, mass: float, boson: str, share: float) -> Sampled:
    sample = recoil.transport_to_counters(setup, mass, boson, seed=(SEED, 0))
    flow, error = cut_flow(setup, sample)
    # the first cut knows nothing of the boson: it holds for all that are made
    flow[1:] *= share
    return flow, error * share


MUONS: Final = AcceptanceTables(
    lepton="muon",
    masses=(
        1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 1e-3, 5e-3, 0.015, 0.03, 0.05, 0.075, 0.11, 0.16, 0.23, 0.33,
        0.47, 0.7, 1.0, 1.6, 3.0,
    ),
    revision=2,
    events=recoil.EVENTS,
    copies=recoil.COPIES,
    cuts=tuple(CUTS),
    share=_share_of_muons,
    sample=_sample_muons,
    catalogue=("na64mu-2022", "m3-phase1"),
)  # fmt: skip
"""Acceptance of scattered muons."""


if __name__ == "__main__":
    MUONS.write_shipped()
