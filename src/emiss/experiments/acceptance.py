"""Simulated signal efficiency: tables by run, process, mass and energy, and their use in limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError, UnknownNameError, ValidityError
from ..ground.presentable import Recorded
from ..ground.shipped import shipped_path
from ..ground.table_files import Column, TableKind
from ..ground.units import format_energy
from .efficiency import Efficiency
from .experiment import Experiment
from .plain import apparatus_hash, selection_hash
from .run import Run
from .stated import CHOICES, StatedAcceptance

__all__ = [
    "ACCEPTANCE",
    "ALL",
    "LEAST_SIZE",
    "MOST",
    "REVISION",
    "AcceptanceTable",
    "with_acceptance",
]

ALL: Final = "all"
"""Name of the first process of a table: all of them together."""
REVISION: Final = 1
"""Raised when tables change their meaning."""
LEAST_SIZE: Final = 30.0
"""Effective events of a process below which the process with most events stands for it."""
MOST: Final = 10.0
"""Largest value of a table: where next to nothing passes, ratios of few events can be large."""
_MADE_WITH: Final = {"annihilation": "associated"}
"""Processes that the simulation makes together."""


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceTable(Recorded):
    """Signal efficiency of an experiment from simulated events.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Masses of the boson in GeV.
    edges : array of float, shape (k + 1,)
        Edges in GeV of cells in the boson's energy.
    share, share_error : array of float, shape (runs, processes, n, k)
        Share of the bosons of a cell that trigger and selection keep, and its Monte Carlo error;
        0 with an error of 1 where no boson was made.
    efficiency, error : array of float, shape (runs, processes, n)
        Events kept over those that the deterministic yield has, in one and the same sample, and its
        Monte Carlo error. The first process is `ALL`: the others weighted with their deterministic
        yields. A process with fewer than `LEAST_SIZE` events has the value of that with most.
    size : array of float, shape (runs, processes, n)
        Effective number of simulated events, (sum w)^2 / sum w^2.
    beam, beam_error : array of float, shape (runs,)
        Simulated bosons per beam particle over those of the deterministic yield, the mean over
        masses: what beam particles lose on their way to the target.
    settings : dict
        How the table was made: `runs` with their hashes, `processes`, model, seed, events.
    """

    masses: FloatArray
    edges: FloatArray
    share: FloatArray
    share_error: FloatArray
    efficiency: FloatArray
    error: FloatArray
    size: FloatArray
    beam: FloatArray
    beam_error: FloatArray
    settings: dict[str, Any]

    @property
    def processes(self) -> tuple[str, ...]:
        """Names of the processes; the first is `ALL`."""
        return tuple(self.settings["processes"])

    @property
    def runs(self) -> tuple[str, ...]:
        """Periods."""
        return tuple(str(run["period"]) for run in self.settings["runs"])

    def row_of(self, run: Run) -> int:
        """Row of a run: the one that was made for its apparatus and selection.

        Raises
        ------
        EmissError
            If the table was made for another apparatus or selection; it is said which differs.
        """
        apparatus, selection = apparatus_hash(run.layout), selection_hash(run.layout)
        rows = self.settings["runs"]
        for number, row in enumerate(rows):
            if (row["apparatus_sha256"], row["selection_sha256"]) == (apparatus, selection):
                return number
        same = any(row["apparatus_sha256"] == apparatus for row in rows)
        raise EmissError(
            f"the acceptance table of '{self.settings['experiment']}' ({', '.join(self.runs)}) was "
            f"made for another {'selection' if same else 'apparatus'} than that of run "
            f"'{run.period}'; make a new one with emiss acceptance, or use --acceptance effective."
        )

    def values(self, row: int, process: str) -> FloatArray:
        """Efficiency of a process at the masses, with the loss of the beam; at most 1."""
        chosen = self.efficiency[row, self.processes.index(process)]
        return np.asarray(np.clip(chosen * self.beam[row], 0.0, 1.0))

    def mean(self, row: int) -> tuple[float, float] | None:
        """One number for the efficiency of a run, of the process that makes most events.

        Parameters
        ----------
        row : int
            Row of the run, see `row_of`.

        Returns
        -------
        tuple of float, or None
            Mean over the masses that have `LEAST_SIZE` events, each weighted with 1/error^2, with
            the loss of the beam; and the standard deviation over these masses, which is statistics
            and what the efficiency changes with the mass. None where no mass has so many events.
        """
        process = int(np.argmax(self.size[row, 1:].sum(axis=1))) + 1
        some = (self.size[row, process] >= LEAST_SIZE) & (self.error[row, process] > 0.0)
        if not np.any(some):
            return None
        values, weights = self.efficiency[row, process][some], self.error[row, process][some] ** -2
        centre = float(np.average(values, weights=weights))
        spread = float(np.average((values - centre) ** 2, weights=weights)) ** 0.5
        return centre * float(self.beam[row]), spread * float(self.beam[row])

    def share_at(
        self, masses: ArrayLike, energies: ArrayLike, *, row: int = 0, process: str = ALL
    ) -> NDArray[np.float64]:
        """Share of bosons that is kept, at masses and energies.

        Parameters
        ----------
        masses, energies : array_like of float
            In GeV; of one shape.
        row : int, optional
            Row of the run, see `row_of`.
        process : str, optional
            One of `processes`.

        Returns
        -------
        array of float
            Linear in ln m between masses, the value of the cell in energy.

        Raises
        ------
        ValidityError
            If a mass or an energy is outside the table.
        """
        if process not in self.processes:
            raise UnknownNameError("process", process, self.processes)
        m, e = np.broadcast_arrays(np.asarray(masses, float), np.asarray(energies, float))
        for name, value, nodes in (("mass", m, self.masses), ("energy", e, self.edges)):
            if not np.all((value >= nodes[0] * (1 - 1e-9)) & (value <= nodes[-1] * (1 + 1e-9))):
                low, high = format_energy(float(nodes[0])), format_energy(float(nodes[-1]))
                raise ValidityError(f"the acceptance table has every {name} from {low} to {high}.")
        cell = np.clip(np.searchsorted(self.edges, e, side="right") - 1, 0, self.edges.size - 2)
        place = np.interp(np.log(m), np.log(self.masses), np.arange(self.masses.size))
        low_row = np.minimum(place.astype(np.int64), max(self.masses.size - 2, 0))
        high_row = np.minimum(low_row + 1, self.masses.size - 1)
        part = place - low_row
        table = self.share[row, self.processes.index(process)]
        return np.asarray((1.0 - part) * table[low_row, cell] + part * table[high_row, cell])


def _pack(table: AcceptanceTable) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    return table.settings, {name: getattr(table, name) for name in _COLUMNS}


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> AcceptanceTable:
    if meta.get("what") != "acceptance" or meta.get("revision") != REVISION:
        raise ValueError("it is no acceptance table of this version of emiss")
    rows = meta["runs"]
    texts = [meta["experiment"], meta["boson"], *meta["processes"]]
    texts += [
        row[key] for row in rows for key in ("period", "apparatus_sha256", "selection_sha256")
    ]
    if not all(isinstance(text, str) for text in texts) or {"events", "seed"} - set(meta):
        raise ValueError("its settings do not say what it was made for")
    sizes = arrays["share"].shape
    if sizes[0] != len(rows) or sizes[1] != len(meta["processes"]):
        raise ValueError("its runs or processes are not those of its settings")
    if meta["processes"][0] != ALL or arrays["edges"].size != sizes[3] + 1:
        raise ValueError("its processes or energies do not fit together")
    if arrays["masses"].size < 2:
        raise ValueError("it has fewer than two masses")
    return AcceptanceTable(**arrays, settings=meta)


_COLUMNS: Final = {
    "masses": Column(("mass",), least=1e-12, ascending=True),
    "edges": Column(("edge",), least=1e-6, ascending=True),
    "share": Column(("run", "process", "mass", "energy"), least=0.0, most=1.0),
    "share_error": Column(("run", "process", "mass", "energy"), least=0.0, most=1.0),
    "efficiency": Column(("run", "process", "mass"), least=0.0, most=MOST),
    "error": Column(("run", "process", "mass"), least=0.0, most=MOST),
    "size": Column(("run", "process", "mass"), least=0.0),
    "beam": Column(("run",), least=1e-9, most=2.0),
    "beam_error": Column(("run",), least=0.0, most=2.0),
}
ACCEPTANCE: Final[TableKind[AcceptanceTable]] = TableKind(
    "acceptance table", _COLUMNS, _pack, _unpack
)
"""Reader and writer of tables: checksum, shapes, bounds and rising axes are checked."""


def with_acceptance(
    experiment: Experiment, how: str | Path | None = None, boson: str = "vector"
) -> Experiment:
    """Give the runs of an experiment the efficiency that is asked for.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    how : str or path, optional
        ``effective``: as it is; ``simulated``: that of the table which the file names; or the file
        of a table. What the file says of its use if not given.
    boson : str, optional
        Kind of boson that the efficiency is for.

    Returns
    -------
    Experiment
        Its runs have the simulated efficiency times the stated factors; the statistical error of
        the table and the uncertainty of the factors are part of the uncertainty of the yield.

    Raises
    ------
    EmissError
        If there is no table, it cannot be read, or was made for something else.
    """
    runs = tuple(_changed(run, experiment.name, how, boson) for run in experiment.runs)
    return experiment if runs == experiment.runs else replace(experiment, runs=runs)


def _changed(run: Run, name: str, how: str | Path | None, boson: str) -> Run:
    said = run.acceptance
    chosen = said.use if how is None else how
    if chosen == "effective":
        return run
    if chosen != "simulated" and isinstance(chosen, str) and not chosen.endswith(".npz"):
        raise EmissError(
            f"acceptance '{chosen}': must be one of {', '.join(CHOICES)}, or a file of a table, "
            "which ends in .npz."
        )
    path = _table_of(said, run, name) if chosen == "simulated" else Path(chosen)
    table = ACCEPTANCE.read(path)
    if table.settings["boson"] != boson:
        raise EmissError(
            f"the acceptance table {path.name} was made for a {table.settings['boson']} boson, "
            f"this one is {boson}; make one with emiss acceptance --model."
        )
    return replace(run, efficiency=_efficiency(table, run, path.name))


def _table_of(said: StatedAcceptance, run: Run, name: str) -> Path:
    if not said.table:
        raise EmissError(
            f"'{name}', run '{run.period}': its file names no table of simulated acceptance; make "
            f"one with emiss acceptance {name} -o table.npz, and give it with --acceptance "
            "table.npz or as table of [acceptance]."
        )
    folder = Path() if said.folder is None else said.folder
    own = folder / said.table
    return own if own.is_file() else shipped_path("tables", said.table)


def _efficiency(table: AcceptanceTable, run: Run, name: str) -> Efficiency:
    row = table.row_of(run)
    said, settings = run.acceptance, table.settings
    factor = said.product
    whole = table.values(row, ALL)
    safe = np.where(whole > 0.0, whole, np.inf)
    errors = table.error[row, 0] * table.beam[row] / safe
    beam = table.beam[row]
    spread = float(
        np.sqrt(errors.max() ** 2 + (table.beam_error[row] / beam) ** 2
                + said.relative_uncertainty**2)
    )  # fmt: skip
    parts: dict[str, tuple[float, ...]] = {}
    for process in table.processes[1:]:
        values = tuple((table.values(row, process) * factor).tolist())
        parts[process] = values
        if process in _MADE_WITH:
            parts[_MADE_WITH[process]] = values
    factors = "".join(f", {f.name} {f.efficiency.value:g}" for f in said.factors)
    return Efficiency(
        tuple((whole * factor).tolist()), tuple(table.masses.tolist()),
        tuple(np.minimum(errors * whole * factor, 1.0).tolist()),
        source=f"simulated acceptance, {name}", status="derived",
        note=f"{settings['events']} beam particles per mass, seed {settings['seed']}{factors}",
        parts=tuple(parts.items()), spread=spread,
    )  # fmt: skip
