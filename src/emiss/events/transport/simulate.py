"""Run the transport on chunks of events."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.checks import check_seed
from ...ground.errors import EmissError, ValidityError
from ...physics.materials import Material
from .emission import EMISSIONS, Forced, Rates, hook_of, plan_of
from .energy_grid import energy_lines
from .geometry import Stack
from .inputs import BALANCE, EXITS, Beam, Chunk, Settings, TrackBins
from .muons import LOWEST
from .removals import REMOVALS, Removals, removals_hook, rows_found, rows_of
from .shapes import Shapes, no_shapes
from .tables import Tables, Thresholds, process_tables

__all__ = ["simulate"]


class _Score(NamedTuple):
    slabs: FloatArray
    cells: FloatArray
    event: FloatArray
    tracks: FloatArray
    edges: FloatArray
    guess: NDArray[np.int64]
    per_depth: float
    balance: FloatArray
    exits: FloatArray
    exit_place: NDArray[np.int64]
    exit_lowest: float
    log_weight: FloatArray
    hook: FloatArray
    choice: NDArray[np.uint64]


class _Control(NamedTuple):
    takeover: float
    lepton_cut: float
    photon_cut: float
    range_limit: float
    muon_lowest: float
    dimuon_bias: float


class _Out(NamedTuple):
    balance: FloatArray
    log_weight: FloatArray
    slab_sum: FloatArray
    slabs: FloatArray
    cell_sum: FloatArray
    cells: FloatArray
    track_sum: FloatArray
    track_square: FloatArray
    emissions: FloatArray


def _hook(emission: Rates | Forced | Removals | None, rows: int) -> FloatArray:
    if isinstance(emission, Removals):
        return removals_hook(emission, rows)
    return hook_of(emission)


def _guess(edges: FloatArray) -> NDArray[np.int64]:
    """Bin of each line of the energy grid."""
    found = np.searchsorted(edges, energy_lines(), side="right") - 1
    return np.clip(found, 0, edges.size - 2).astype(np.int64)


@functools.lru_cache(maxsize=32)
def _flat(
    materials: tuple[Material, ...], thresholds: Thresholds, muons: bool, dimuons: bool
) -> Tables:
    tables = process_tables(materials, thresholds, muons, dimuons)
    return tables._replace(**{name: getattr(tables, name).ravel() for name in tables._fields})


def _score(stack: Stack, bins: TrackBins, hook: FloatArray) -> _Score:
    edges = np.asarray(bins.edges, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0.0):
        raise ValidityError("track bins: needs two or more energies in GeV, ascending.")
    cells = stack.cells
    shape = (stack.sections, cells.rows, cells.columns) if cells else (max(stack.sections, 0), 1, 1)
    return _Score(
        np.zeros(len(stack.slabs)),
        np.zeros(shape),
        np.zeros((3, edges.size - 1)),
        np.zeros((3, bins.slices, edges.size - 1)),
        edges,
        _guess(edges),
        1.0 / bins.depth,
        np.zeros(len(BALANCE)),
        np.zeros((1, len(EXITS))),
        np.zeros(3, dtype=np.int64),
        0.0,
        np.zeros(1),
        hook,
        np.zeros(12, dtype=np.uint64),
    )


def _begins(events: int, rows: FloatArray, owners: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Place of the first particle of each event, and the number of particles."""
    if owners is None:
        if rows.shape[0] != events:
            raise EmissError(
                f"{rows.shape[0]} starting particles for {events} events: say with `owners` which "
                "event each belongs to."
            )
        return np.arange(events + 1)
    if owners.shape != rows.shape[:1] or np.any(np.diff(owners) < 0):
        raise EmissError("owners: give the event of each starting particle, in ascending order.")
    if owners.size and not 0 <= owners[0] <= owners[-1] < events:
        raise EmissError(f"owners: events from 0 to {events - 1} are simulated, no others.")
    return np.searchsorted(owners, np.arange(events + 1)).astype(np.int64)


def _check(events: int, seed: int) -> None:
    if events < 1:
        raise EmissError(f"{events} events: give at least one.")
    check_seed(seed)


def _out(events: int, score: _Score, keep_slabs: bool, keep_cells: bool, chosen: bool) -> _Out:
    slabs = score.slabs.size
    return _Out(
        np.zeros((events, len(BALANCE))),
        np.zeros(events),
        np.zeros(slabs),
        np.zeros((events if keep_slabs else 0, slabs)),
        np.zeros(score.cells.shape),
        np.zeros((events if keep_cells else 0, *score.cells.shape)),
        np.zeros_like(score.event),
        np.zeros_like(score.event),
        np.zeros((events if chosen else 0, len(EMISSIONS))),
    )


def simulate(
    stack: Stack,
    beam: Beam,
    events: int,
    *,
    seed: int,
    chunk: int = 0,
    first: int = 0,
    settings: Settings | None = None,
    bins: TrackBins | None = None,
    keep_slabs: bool = False,
    keep_cells: bool = False,
    shapes: Shapes | None = None,
    particles: FloatArray | None = None,
    owners: NDArray[np.int64] | None = None,
    keep_exits: bool = False,
    exits_above: float = 0.0,
    emission: Rates | Forced | Removals | None = None,
) -> Chunk:
    """Simulate a chunk of events.

    Parameters
    ----------
    stack : Stack
        What is hit.
    beam : Beam
        What hits it.
    events : int
        Number of events.
    seed : int
        Seed, 0 to 2^64 - 1.
    chunk, first : int
        Number of the chunk and of its first event; what an event does depends on the seed, the
        chunk and its number alone.
    settings : Settings, optional
        How finely; full transport by default.
    bins : TrackBins, optional
        Bins of the track lengths.
    keep_slabs, keep_cells : bool
        Keep the energy in each slab and in each cell event by event.
    shapes : Shapes, optional
        Fits that take over below the cut; without them particles below it are dropped.
    particles : array, shape (n, 9), optional
        Starting particles in place of the beam's, see `Beam.rows`; one per event.
    owners : array of int, shape (n,), optional
        Event to which each starting particle belongs, from 0, ascending, where an event has
        several particles or none.
    keep_exits : bool
        Keep the particles that leave the stack.
    exits_above : float
        Lowest energy of those that are kept, in GeV, as in `EXITS`.
    emission : Rates, Forced or Removals, optional
        Choose a place of emission in each event, let it happen, or note all places at which a
        lepton may vanish with what the event leaves without it.

    Returns
    -------
    Chunk
        Tallies.

    Raises
    ------
    EmissError
        If there is no event, or a shower has more particles than fit.
    """
    from ...ground._kernels.jit import announce
    from ._kernels.pointers import ROOM
    from ._kernels.shower import events as run

    _check(events, seed)
    chosen = settings or Settings()
    bins = bins or TrackBins((1e3, 2e3))
    start = beam.rows(events) if particles is None else np.ascontiguousarray(particles, float)
    watched = emission.room(events, np.max(start[:, 0])) if isinstance(emission, Removals) else 0
    score = _score(stack, bins, _hook(emission, watched))
    control = _Control(
        chosen.cut, chosen.lepton_cut, chosen.photon_cut, chosen.range_limit, LOWEST,
        chosen.dimuon_bias,
    )  # fmt: skip
    begins = _begins(events, start, owners)
    if np.max(np.diff(begins)) > ROOM:
        raise EmissError(f"an event has more than {ROOM} starting particles.")
    room = 4 * max(events, len(start)) + 64 if keep_exits else 0
    muons = chosen.dimuons or bool(np.any(start[:, 7] > 2.0))
    tables = _flat(stack.materials, chosen.thresholds, muons, chosen.dimuons)
    fits = shapes or no_shapes()
    plan = plan_of(None if isinstance(emission, Removals) else emission, events)
    lowest = exits_above if keep_exits else math.inf
    announce(run, "the transport of particles: once, 10 s or so; kept on disk for later runs.")
    while True:
        # An event does the same again, so that a buffer too small costs time only.
        out = _out(events, score, keep_slabs, keep_cells, isinstance(emission, Rates))
        score.tracks[:] = 0.0
        score = score._replace(exits=np.zeros((max(room, 1), len(EXITS))), exit_lowest=lowest)
        score.exit_place[:] = 0, room, 0
        score = score._replace(hook=_hook(emission, watched))
        run(
            seed,
            chunk,
            first,
            start,
            begins,
            tables,
            stack.world(),
            score,
            control,
            fits,
            plan,
            None if emission is None else True,
            out,
        )
        found = int(score.exit_place[0])
        steps = rows_found(score.hook) if watched else 0
        if (not keep_exits or found <= room) and steps <= watched:
            break
        room, watched = max(found, room), max(steps, watched)
    if out.balance[:, 4].any():
        raise EmissError(
            f"a shower had more than {ROOM} particles waiting; raise the cuts or thresholds."
        )
    return Chunk(
        events,
        out.balance,
        out.slab_sum,
        out.slabs,
        out.cell_sum,
        out.cells,
        score.tracks if bins.slices > 1 else out.track_sum[:, None],
        out.track_sum,
        out.track_square,
        np.exp(out.log_weight),
        score.exits[:found] if keep_exits else score.exits[:0],
        out.emissions,
        rows_of(score.hook) if watched else np.zeros((0, len(REMOVALS))),
    )
