"""Acceptance against mass, kept in files: shipped for the catalogue, cached for own setups."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.monotone_cubic import monotone_cubic
from ...ground.shipped import shipped_path
from ...ground.table_files import Column, TableKind, hashed_settings
from ...ground.units import format_energy
from . import recoil, recoil_momenta
from .recoil_cuts import CUTS

__all__ = ["MUONS", "AcceptanceTables", "RecoilAcceptance", "Rows", "element_total"]

Progress: TypeAlias = Callable[[float], None]
Rows: TypeAlias = tuple[FloatArray, FloatArray]
"""Share of the bosons made that is left after each cut, by mass, and the error of the last."""


class Sampling(Protocol):
    """Samples the acceptance of one kind of lepton."""

    def __call__(
        self,
        setup: Setup,
        masses: tuple[float, ...],
        boson: str,
        recoils: int,
        progress: Progress | None,
    ) -> Rows:
        """Shares by mass and cut, from that many recoils per mass."""


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
    rows : Sampling
        Samples the acceptance.
    catalogue : tuple of str
        Experiments whose tables ship; others of the catalogue have the same setups.
    at_hand : callable or None
        (setup, boson, masses) to the recoils per mass that `rows` keeps: a table that does not
        ship is made of them each time. None where the tables themselves are kept in files.
    """

    lepton: str
    masses: tuple[float, ...]
    revision: int
    events: int
    copies: int
    cuts: tuple[str, ...]
    rows: Sampling
    catalogue: tuple[str, ...]
    at_hand: Callable[[Setup, str, tuple[float, ...]], int] | None = None

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
            "seed": recoil.SEED,
            "revision": self.revision,
        }
        return hashed_settings(settings, digits=12)

    def file_name(self, settings: dict[str, Any]) -> str:
        """Name of a table's file."""
        return f"{self.lepton}_acceptance_{settings['boson']}_{settings['sha256'][:12]}.npz"

    def build(
        self,
        setup: Setup,
        boson: str,
        progress: Progress | None = None,
        *,
        recoils: int | None = None,
    ) -> RecoilAcceptance:
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
        recoils : int, optional
            Sampled events per mass, for a preview; `events` if not given.

        Returns
        -------
        RecoilAcceptance
            The table.
        """
        events = self.events if recoils is None else recoils
        flow, error = self.rows(setup, self.masses, boson, events, progress)
        settings = self.settings(setup, boson)
        return RecoilAcceptance(np.array(self.masses), flow, error, {**settings, "events": events})

    def ready(self, setup: Setup, boson: str) -> int:
        """Count the events per mass for which nothing need be sampled.

        Parameters
        ----------
        setup : Setup
            Beam, target and selection.
        boson : str
            ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.

        Returns
        -------
        int
            `events` where the whole table ships or is kept.
        """
        name = self.file_name(self.settings(setup, boson))
        if shipped_path("tables", name).is_file():
            return self.events
        if self.at_hand is not None:
            return self.at_hand(setup, boson, self.masses)
        return self.events if self.files.in_cache(name) else 0

    def load(
        self,
        setup: Setup,
        boson: str,
        progress: Progress | None = None,
        *,
        recoils: int | None = None,
    ) -> RecoilAcceptance:
        """Get a table: the shipped one, else the cached one, else sample it and cache it.

        Parameters
        ----------
        setup : Setup
            Beam, target and selection.
        boson : str
            ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
        progress : callable, optional
            Called with the share done while the table is made.
        recoils : int, optional
            Sampled events per mass of a table that does not ship, for a preview that is kept in no
            file; `events` if not given.

        Returns
        -------
        RecoilAcceptance
            The table; one that does not belong to exactly this setup is never used.
        """
        few = recoils is not None and recoils < self.events
        return _load(self, setup, boson, progress, recoils if few else None)

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
    tables: AcceptanceTables, setup: Setup, boson: str, progress: Progress | None, few: int | None
) -> RecoilAcceptance:
    settings = tables.settings(setup, boson)
    name = tables.file_name(settings)

    def make() -> RecoilAcceptance:
        return tables.build(setup, boson, progress, recoils=few)

    if few is None and tables.at_hand is None:
        return tables.files.find_or_make(name, settings, make)
    return tables.files.shipped(name, settings) or make()


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


def _muons(
    setup: Setup,
    masses: tuple[float, ...],
    boson: str,
    recoils: int,
    progress: Progress | None,
) -> Rows:
    """Shares of all bosons made: those above the floor of the sample, times what is left of it."""
    kept = recoil_momenta.momenta(setup, boson, masses, recoils=recoils, progress=progress)
    at = np.array(masses)
    share = element_total(setup, at, boson, kept.floor) / element_total(setup, at, boson, 0.0)
    flow, error = kept.cut_flow(setup)
    # the first cut knows nothing of the boson: it holds for all that are made
    flow[:, 1:] *= share[:, None]
    return flow, error * share


MUONS: Final = AcceptanceTables(
    lepton="muon",
    masses=(
        1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 1e-3, 5e-3, 0.015, 0.03, 0.05, 0.075, 0.11, 0.16, 0.23, 0.33,
        0.47, 0.7, 1.0, 1.6, 3.0,
    ),
    revision=3,
    events=recoil.EVENTS,
    copies=recoil.COPIES,
    cuts=tuple(CUTS),
    rows=_muons,
    catalogue=("na64mu-2022", "m3-phase1"),
    at_hand=recoil_momenta.at_hand,
)  # fmt: skip
"""Acceptance of scattered muons."""


if __name__ == "__main__":
    MUONS.write_shipped()
