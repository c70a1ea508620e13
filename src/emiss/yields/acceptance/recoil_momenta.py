"""Scattered muons before the cut on their momentum, kept: a threshold only cuts them anew.

Bosons are sampled above a floor of the energy share, the highest of `FLOORS` that lies below what
the threshold asks for. What does not depend on the threshold, energy in the calorimeter and planes,
is decided for each muon; what is left is how often a muon has which momentum, in bins so fine that
the smeared cut is even across one. Muons come in blocks, so that some of them answer soon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.interruption import pause
from ...ground.quadrature import gauss_hermite
from ...ground.recent import Recent
from ...ground.table_files import Column, TableKind, hashed_settings
from . import recoil
from .recoil_cuts import RecoilSample, hits_planes, pass_below

__all__ = ["BLOCK", "FILES", "FLOORS", "RecoilMomenta", "at_hand", "floor_share", "momenta"]

BLOCK: Final = 1000
"""Recoils that are sampled at once; `recoil.EVENTS` is a multiple of it."""
FLOORS: Final = (0.9, 0.75, 0.6, 0.45, 0.3, 0.15, 0.05, 0.0)
"""Energy shares of the boson above which is sampled: so close that at least a third of the sample
is above the share that a threshold between two of them asks for, at any mass."""
REVISION: Final = 1
_STEP: Final = 2e-3
"""Width of a bin in ln p: a twentieth of the resolution of a spectrometer, see `cut_flow`."""
_LOWEST: Final = 1e-3
_HIGHEST: Final = 2.0
"""Ends of the bins in units of the beam energy; what is beyond is counted in the last ones."""
_BINS: Final = math.ceil(math.log(_HIGHEST / _LOWEST) / _STEP)
_NOT_IN_SAMPLE: Final = (
    "incoming_window", "incoming_resolution", "max_outgoing", "outgoing_resolution",
    "veto_acceptance",
)  # fmt: skip
"""What is asked of a muon that leaves the sample as it is."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class RecoilMomenta:
    """Momenta of scattered muons behind the target, by what else they pass.

    Parameters
    ----------
    passed : array of float, shape (n_masses, 3, n_bins)
        Sum of weights of all muons, of those with little enough energy in the calorimeter, and of
        those that hit the planes as well.
    squares, pairs : array of float, shape (n_masses, n_bins)
        Of the last, sums of squares of weights, and of products of the weights of two muons of one
        recoil, in the bin of the faster one: for the statistical error.
    recoils : int
        Recoils by mass; each gives `recoil.COPIES` muons.
    settings : dict
        All that determines them.
    """

    passed: FloatArray
    squares: FloatArray
    pairs: FloatArray
    recoils: int
    settings: dict[str, Any]

    @property
    def floor(self) -> float:
        """Energy share of the boson above which was sampled."""
        return float(self.settings["floor"])

    def cut_flow(self, setup: Setup) -> tuple[FloatArray, FloatArray]:
        """Share of the sample that is left after each of `recoil_cuts.CUTS`.

        Parameters
        ----------
        setup : Setup
            The setup with its threshold, whose `floor_share` is that of the sample or above it.

        Returns
        -------
        array of float, shape (n_masses, 5)
            Cumulative shares, as `recoil_cuts.cut_flow` gives them muon by muon: a muon counts with
            the momentum at the middle of its bin, off by 1e-3 at most, which is a fortieth of the
            resolution and averages out over the muons of a bin.
        array of float, shape (n_masses,)
            Statistical standard deviation of the last. Two muons of one recoil are taken to pass
            together once the faster one does, so that it is a little large.
        """
        asked = setup.asked_recoil
        spread, weights = gauss_hermite(21)
        beam = setup.beam_energy * np.maximum(1.0 + setup.momentum_spread * spread, 0.01)
        resolution = asked.incoming_resolution
        low, high = (pass_below(beam, edge, resolution) for edge in asked.incoming_window)
        inside = float((high - low) @ weights)
        middle = setup.beam_energy * _LOWEST * np.exp(_STEP * (np.arange(_BINS) + 0.5))
        below = pass_below(middle, asked.max_outgoing, asked.outgoing_resolution)
        muons = recoil.COPIES * self.recoils
        behind = inside * (self.passed @ below) / muons
        vetoed = behind[:, -1:] * asked.veto_acceptance
        first = np.full((len(behind), 1), inside)
        mean = self.passed[:, -1] @ below / muons
        square = self.squares @ below**2 + 2.0 * (self.pairs @ below)
        variance = square / (recoil.COPIES * muons) - mean**2
        error = np.sqrt(np.maximum(variance, 0.0) / self.recoils)
        return np.hstack([first, behind, vetoed]), inside * asked.veto_acceptance * error


def floor_share(setup: Setup) -> float:
    """Energy share of the boson above which is sampled."""
    return next(share for share in FLOORS if share <= setup.lowest_share)


def _settings(
    setup: Setup, boson: str, masses: tuple[float, ...], floor: float | None = None
) -> dict[str, Any]:
    inputs = setup.acceptance_inputs()
    settings = {
        "setup": {key: value for key, value in inputs.items() if key not in _NOT_IN_SAMPLE},
        "boson": boson,
        "masses": list(masses),
        "floor": floor_share(setup) if floor is None else floor,
        "events": recoil.EVENTS,
        "block": BLOCK,
        "copies": recoil.COPIES,
        "seed": recoil.SEED,
        "revision": REVISION,
    }
    return hashed_settings(settings, digits=12)


def _name(settings: dict[str, Any]) -> str:
    return f"muon_momenta_{settings['boson']}_{settings['sha256'][:12]}.npz"


def _without_threshold(setup: Setup) -> Setup:
    """The same setup for all thresholds that share a sample."""
    asked = replace(
        setup.asked_recoil, incoming_window=(0.0, math.inf), max_outgoing=0.0, veto_acceptance=1.0
    )
    return replace(setup, min_missing_energy=0.0, window=None, recoil=asked)


def _block(setup: Setup, boson: str, number: int, settings: dict[str, Any]) -> RecoilMomenta:
    """Muons of one block, for all masses: they share one passage of the beam."""
    rows = []
    for mass in settings["masses"]:
        pause()
        # Even numbers: of an odd one the recoils would have the numbers of another block's beam.
        sample = recoil.transport_to_counters(
            setup, mass, boson, count=BLOCK, seed=(recoil.SEED, 2 * number), min_x=settings["floor"]
        )
        rows.append(_histograms(setup, sample))
    passed, squares, pairs = (np.array(one) for one in zip(*rows, strict=True))
    return RecoilMomenta(passed, squares, pairs, BLOCK, settings)


def _histograms(setup: Setup, sample: RecoilSample) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sums of one sample by bin: see `RecoilMomenta`."""

    def by_bin(place: NDArray[np.int64], weight: FloatArray) -> FloatArray:
        return np.bincount(place, weight, _BINS).astype(np.float64)

    lowest = _LOWEST * setup.beam_energy
    logs = np.log(np.maximum(sample.momentum, lowest) / lowest)
    place = np.minimum((logs / _STEP).astype(np.int64), _BINS - 1)
    quiet = sample.calorimeter <= setup.asked_recoil.max_calorimeter
    hit = quiet & hits_planes(setup, sample)
    stages = [sample.weight, sample.weight * quiet, sample.weight * hit]
    last, copies = stages[-1], sample.copies
    by_copy, places = last.reshape(copies, -1), place.reshape(copies, -1)
    pairs = np.zeros(_BINS)
    for i in range(copies):
        for j in range(i):
            pairs += by_bin(np.maximum(places[i], places[j]), by_copy[i] * by_copy[j])
    return np.array([by_bin(place, one) for one in stages]), by_bin(place, last**2), pairs


def _sum(one: RecoilMomenta, other: RecoilMomenta) -> RecoilMomenta:
    return RecoilMomenta(
        one.passed + other.passed,
        one.squares + other.squares,
        one.pairs + other.pairs,
        one.recoils + other.recoils,
        one.settings,
    )


def _pack(table: RecoilMomenta) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    arrays = {"passed": table.passed, "squares": table.squares, "pairs": table.pairs}
    return table.settings, arrays


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> RecoilMomenta:
    if arrays["passed"].shape != (len(meta["masses"]), 3, _BINS):
        raise ValueError("its masses, cuts or momenta are not those of its settings")
    return RecoilMomenta(
        arrays["passed"], arrays["squares"], arrays["pairs"], int(meta["events"]), meta
    )


FILES: Final = TableKind(
    "momenta of muons",
    {
        "passed": Column(("mass", "cut", "momentum"), least=0.0),
        "squares": Column(("mass", "momentum"), least=0.0),
        "pairs": Column(("mass", "momentum"), least=0.0),
    },
    _pack,
    _unpack,
)
"""Momenta in the user's cache."""


class _Growing:
    """What has been sampled so far; blocks are added to it, also after one was given up."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: RecoilMomenta | None = None


_GROWING: Recent[_Growing] = Recent(8)


def momenta(
    setup: Setup,
    boson: str,
    masses: tuple[float, ...],
    *,
    recoils: int = recoil.EVENTS,
    progress: Progress | None = None,
) -> RecoilMomenta:
    """Get the momenta of scattered muons: those kept, else sample them and keep them.

    Where fewer than all are asked for, and all of a lower floor are kept, these are given: more of
    them pass than of the few.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    masses : tuple of float
        Masses in GeV.
    recoils : int, optional
        Recoils per mass, rounded up to whole blocks; all of them are kept in a file.
    progress : callable, optional
        Called with the share done while they are sampled.

    Returns
    -------
    RecoilMomenta
        All: the same whatever was asked before, and whether or not sampling was interrupted.

    Raises
    ------
    Interrupted
        See `ground.interruption`; the blocks that are done are kept.
    """
    settings = _settings(setup, boson, masses)
    blocks = -(-min(recoils, recoil.EVENTS) // BLOCK)

    def grown() -> RecoilMomenta:
        return _grown(_without_threshold(setup), boson, settings, blocks, progress)

    if blocks * BLOCK < recoil.EVENTS:
        return _of_lower_floor(setup, boson, masses) or grown()
    key = settings["sha256"]
    return _WHOLE.get(key, lambda: FILES.find_or_make(_name(settings), settings, grown))


_WHOLE: Recent[RecoilMomenta] = Recent(8)


def _of_lower_floor(setup: Setup, boson: str, masses: tuple[float, ...]) -> RecoilMomenta | None:
    """All recoils of the next lower floor of which they are kept."""
    for floor in FLOORS[FLOORS.index(floor_share(setup)) + 1 :]:
        settings = _settings(setup, boson, masses, floor)
        found = _WHOLE.find(settings["sha256"]) or FILES.cached(_name(settings), settings)
        if found is not None:
            return _kept(found)
    return None


def _kept(whole: RecoilMomenta) -> RecoilMomenta:
    return _WHOLE.get(whole.settings["sha256"], lambda: whole)


def _grown(
    setup: Setup,
    boson: str,
    settings: dict[str, Any],
    blocks: int,
    progress: Progress | None,
) -> RecoilMomenta:
    kept = _GROWING.get(settings["sha256"], _Growing)
    found = kept.found
    if found is not None and found.recoils > blocks * BLOCK:
        kept, found = _Growing(), None  # what was asked before must not change the answer
    while found is None or found.recoils < blocks * BLOCK:
        done = 0 if found is None else found.recoils // BLOCK
        more = _block(setup, boson, done, settings)
        found = kept.found = more if found is None else _sum(found, more)
        if progress is not None:
            progress((done + 1) / blocks)
    return found


def at_hand(setup: Setup, boson: str, masses: tuple[float, ...]) -> int:
    """Recoils per mass that need not be sampled any more."""
    settings = _settings(setup, boson, masses)
    if _WHOLE.find(settings["sha256"]) or FILES.in_cache(_name(settings)):
        return recoil.EVENTS
    found = _GROWING.get(settings["sha256"], _Growing).found
    return 0 if found is None else found.recoils
