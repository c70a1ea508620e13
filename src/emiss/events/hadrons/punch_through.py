"""How often hadrons pass calorimeters unseen, by splitting.

The chance that a neutron leaves less than a GeV in several modules, each of seven interaction
lengths, is far too small to be counted. So events are followed from slice to slice of the modules:
of a fixed number that enter one, those that left little so far in its module are copied at random
to the same number before the next. The product of the surviving shares is the probability, without
bias (fixed-effort splitting); independent repetitions give its error.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...ground import guards
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from .boxes import Box
from .cascade import shower
from .kinds import CODES, code
from .library import MODELS, FinalStates, load_library
from .particles import Hadrons

__all__ = ["PunchThrough", "punch_through"]


@dataclass(frozen=True, slots=True)
class PunchThrough:
    """Probability that all modules stay quiet.

    Parameters
    ----------
    hadron : str
        What enters.
    energy : float
        In GeV (kinetic for baryons).
    threshold : float
        Visible energy in GeV below which a module is quiet.
    probability, error : float
        Probability, and its statistical error from the repetitions.
    through : float
        Part of the probability in which energy left through the back of the last module; in the
        rest it went out at the sides.
    by_module : tuple of float
        Share of events that are quiet in each module, of those quiet in all before.
    model : str
        Hadron model, a key of `library.MODELS`.
    """

    hadron: str
    energy: float
    threshold: float
    probability: float
    error: float
    through: float
    by_module: tuple[float, ...]
    model: str


@guards.guarded(
    modules=guards.each(guards.instance(Box)),
    hadron=guards.chosen(CODES, "hadron"),
    energy=guards.number(1e-3, 1e4, "GeV"),
    threshold=guards.number(1e-12, 1e4, "GeV"),
    events=guards.count(100, 10**9),
    repeats=guards.count(2, 10**6),
    slices=guards.count(1, 10**4),
    seed=guards.count(0, 2**31 - 1),
    model=guards.chosen(MODELS, "hadron model"),
)
def punch_through(
    modules: tuple[Box, ...],
    hadron: str,
    energy: float,
    threshold: float,
    *,
    events: int = 2000,
    repeats: int = 10,
    slices: int = 10,
    seed: int = 1,
    model: str = "pythia",
) -> PunchThrough:
    """Probability that a hadron leaves less than a threshold in every module.

    Parameters
    ----------
    modules : tuple of Box
        Modules in the order of the beam.
    hadron : str
        Name of one of `kinds.HADRONS`.
    energy : float
        In GeV (kinetic for baryons, total else).
    threshold : float
        Visible energy in GeV.
    events : int
        Events per slice and repetition.
    repeats : int
        Independent repetitions, at least 2.
    slices : int
        Slices of each module along the beam; about one interaction length each is best.
    seed : int
        Seed.
    model : str
        Hadron model.

    Returns
    -------
    PunchThrough
        Probability with its error. A repetition in which no event survives counts as zero.

    Raises
    ------
    EmissError
        If a number makes no sense.
    """
    if not modules:
        raise EmissError("punch-through: needs modules, at least one.")
    events, repeats, slices, seed = int(events), int(repeats), int(slices), int(seed)
    library = load_library(model)
    kind = code(hadron)
    cut = tuple(_sliced(module, slices) for module in modules)
    results = []
    for repeat in range(repeats):
        random = np.random.Generator(np.random.Philox(key=(seed << 32) + repeat))
        start = Hadrons(
            np.arange(events), np.full(events, kind), np.full(events, energy),
            np.tile([0.0, 0.0, modules[0].start - 1e-3], (events, 1)),
            np.tile([0.0, 0.0, 1.0], (events, 1)),
        )  # fmt: skip
        results.append(_chain(cut, start, events, threshold, library, random))
    totals = np.array([np.prod(shares) for shares, _ in results])
    through = np.array([np.prod(shares) * part for shares, part in results])
    shares = np.mean([row for row, _ in results], axis=0)
    error = float(totals.std(ddof=1) / np.sqrt(repeats))
    return PunchThrough(
        hadron, energy, threshold, float(totals.mean()), error, float(through.mean()),
        tuple(float(s) for s in shares), model,
    )  # fmt: skip


def _sliced(box: Box, slices: int) -> tuple[Box, ...]:
    """A module as slices along the beam."""
    faces = np.linspace(box.start, box.end, slices + 1).tolist()
    return tuple(
        dataclasses.replace(box, start=front, end=back) for front, back in itertools.pairwise(faces)
    )


def _chain(
    modules: tuple[tuple[Box, ...], ...],
    hadrons: Hadrons,
    events: int,
    threshold: float,
    library: FinalStates,
    random: np.random.Generator,
) -> tuple[FloatArray, float]:
    """Surviving share of each module, and share of the last survivors that went through."""
    shares = np.ones(len(modules))
    slices = tuple(piece for module in modules for piece in module)
    owner = np.repeat(np.arange(len(modules)), [len(module) for module in modules])
    carried = np.zeros((events, len(modules)))
    for number, module in enumerate(owner):
        here, behind = slices[number : number + 1], slices[number + 1 :]
        result = shower(here, hadrons, events, random, library=library, beyond=behind)
        spots = result.spots
        inside = spots.box >= 0
        place = owner[spots.box[inside] + number]
        np.add.at(carried, (spots.event[inside], place), spots.visible[inside])
        quiet = np.flatnonzero(carried[:, module] < threshold).astype(np.int64)
        shares[module] *= quiet.size / events
        if not quiet.size:
            return shares, 0.0
        chosen = quiet[(random.random(events) * quiet.size).astype(np.int64)]
        hadrons, carried = _copied(result.escaped, chosen, events), carried[chosen]
    at_back = np.zeros(events, dtype=bool)
    at_back[hadrons.event[hadrons.place[:, 2] > slices[-1].end - 1e-3]] = True
    return shares, float(at_back.mean())


def _copied(hadrons: Hadrons, chosen: NDArray[np.int64], events: int) -> Hadrons:
    """Hadrons of chosen events, which become events 0, 1, 2, ..."""
    order = np.argsort(hadrons.event, kind="stable")
    counts = np.bincount(hadrons.event, minlength=events)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    number = counts[chosen]
    event = np.repeat(np.arange(events), number)
    offset = np.arange(event.size) - np.repeat(np.cumsum(number) - number, number)
    rows = order[first[chosen][event] + offset]
    copied = hadrons.chosen(rows)
    return Hadrons(event, copied.kind, copied.energy, copied.place, copied.direction)
