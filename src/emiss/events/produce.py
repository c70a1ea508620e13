"""One chunk of events, from beam particles to the table that is recorded."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experiments.elements import Element
from ..experiments.layout import Layout
from ..ground.arrays import FloatArray
from ..ground.checks import check_seed
from ..ground.errors import EmissError, UnknownNameError
from ..ground.notices import notice
from ..ground.provenance import version
from .bank import Bank
from .beam import sample_beam
from .chain import carry, steps
from .context import Context, Options
from .kinds import PDG
from .matter import slabs_of
from .pulses import Pulses, sample_pile_up
from .record.schema import SCHEMA_VERSION, TRUTH, column_name, columns_of, measures
from .record.table import EventTable, Ragged
from .response import Reading, read_energy, read_points
from .samples import samples
from .scale import scale_of
from .stations import Deposits, Points
from .trigger import trigger_bits

__all__ = ["ASSUMPTIONS", "Job", "make_job", "produce", "provenance_of"]

_LIBRARIES = ("numpy", "scipy", "numba")


@dataclass(frozen=True, slots=True)
class Job:
    """Inputs of a campaign: with the number of a chunk they decide its events.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    experiment, fingerprint : str
        Name of the experiment, and hash of all it says.
    sample : str
        Name of the sample.
    seed : int
        Seed.
    chunk_events : int
        Events that each chunk begins with.
    options : Options
        Choices.
    run : int
        Run number.
    spill_events : int
        Events of a spill.
    triggered : bool
        Record only events with a trigger bit.
    bad_spills : tuple of (int, int, int)
        Run, first and last of spills that are known to be bad.
    extra : dict
        What else a sample needs, as plain values.
    """

    layout: Layout
    experiment: str
    fingerprint: str
    sample: str = "beam"
    seed: int = 1
    chunk_events: int = 2000
    options: Options = field(default_factory=Options)
    run: int = 1
    spill_events: int = 5_000_000
    triggered: bool = False
    bad_spills: tuple[tuple[int, int, int], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.sample not in samples():
            raise UnknownNameError("sample", self.sample, samples())
        if self.chunk_events < 1 or self.spill_events < 1:
            raise EmissError("chunks and spills have at least one event.")
        check_seed(self.seed)
        steps(self.layout)
        problem = samples()[self.sample].problem
        if problem is not None and (words := problem(self.layout, self.options)):
            raise EmissError(f"sample '{self.sample}' gives no event here: {words}.")


def make_job(layout: Layout, experiment: str, fingerprint: str, **given: Any) -> Job:
    """Make a job, with the options that its sample asks for unless they are given.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    experiment, fingerprint : str
        See `Job`.
    **given
        Other fields of `Job`; ``options`` as a dictionary of those that the user chose.

    Returns
    -------
    Job
        The job.
    """
    name = given.get("sample", "beam")
    if name not in samples():
        raise UnknownNameError("sample", name, samples())
    options = Options(**{**samples()[name].options, **given.pop("options", {})})
    blind = [e.name for e in layout.elements if measures(e) == "energy" and not slabs_of(e)]
    if blind:
        notice(
            f"{', '.join(blind)} of '{experiment}': neither material nor layers are stated, so "
            "that nothing is seen there."
        )
    return Job(layout, experiment, fingerprint, options=options, **given)


def provenance_of(job: Job, chunk: int, events: int) -> dict[str, Any]:
    """How a chunk was made, as plain values that name no machine and no time.

    Parameters
    ----------
    job : Job
        Inputs.
    chunk, events : int
        Number of the chunk and of its events before any choice among them.

    Returns
    -------
    dict
        What stands in its file.
    """
    scales = {
        element.name: asdict(scale_of(job.layout, element))
        for element in job.layout.elements
        if measures(element) == "energy"
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "emiss": version(),
        "python": platform.python_version(),
        "libraries": {name: importlib.metadata.version(name) for name in _LIBRARIES},
        "experiment": job.experiment,
        "experiment_sha256": job.fingerprint,
        "sample": job.sample,
        "seed": job.seed,
        "chunk": chunk,
        "chunk_events": job.chunk_events,
        "generated_events": events,
        "options": asdict(job.options),
        "triggered_only": job.triggered,
        "extra": dict(job.extra),
        "triggers": [trigger.name for trigger in job.layout.triggers],
        "bad_spills": [list(spill) for spill in job.bad_spills],
        "scales": scales,
        "columns": {
            c.name: {"unit": c.unit, "width": c.width, "shape": list(c.shape)}
            for c in columns_of(job.layout)
        },
        "assumptions": list(ASSUMPTIONS),
    }


ASSUMPTIONS = (
    "charged hadrons ionise and radiate as muons of the same momentum before the first calorimeter",
    "hadronic cascades run straight through all calorimeters together; what they leave is sampled "
    "as electrons are",
    "beam particles are spread evenly in time over the spill",
)
"""What is assumed whatever the layout says; more in the documentation."""


def produce(job: Job, chunk: int, events: int) -> EventTable:
    """Make the events of a chunk.

    Parameters
    ----------
    job : Job
        Inputs.
    chunk : int
        Number of the chunk, from 0.
    events : int
        How many events it begins with, at most ``job.chunk_events``.

    Returns
    -------
    EventTable
        The events that are recorded; the same whenever and wherever it is made.
    """
    base = Context.start(job.layout, job.options, job.sample, job.seed, chunk, 0)
    owner, offset = sample_pile_up(events, job.options, base.generator("pile-up"))
    owner = np.concatenate([np.arange(events), owner])
    offset = np.concatenate([np.zeros(events), offset])
    context = Context.start(
        job.layout, job.options, job.sample, job.seed, chunk, owner.size, job.extra, events
    )
    sample = samples()[job.sample]
    first = sample.primaries(context, np.arange(events))
    others = np.arange(events, owner.size)
    other = sample_beam(job.layout, others, context.generator("pile-up beam"))
    bank = Bank.join([first, other])
    start = _beam_truth(first, events)
    hits = carry(bank, context)
    pulses = Pulses.group(events, owner, offset, job.options.double_pulse)
    table = _record(job, context, hits, pulses, start)
    kept = np.ones(events, dtype=bool)
    if sample.keep is not None:
        kept &= sample.keep(context)[:events]
    if job.triggered:
        kept &= table["trigger"] != 0
    table = table if kept.all() else table.take(kept)
    return replace(table, provenance=provenance_of(job, chunk, events))


def _beam_truth(bank: Bank, events: int) -> dict[str, FloatArray]:
    """Kind and momentum of the fastest particle that each event begins with."""
    order = np.lexsort((bank.momentum, bank.event))
    found = {"kind": np.zeros(events), "momentum": np.zeros(events)}
    event = bank.event[order]
    found["kind"][event] = PDG[bank.kind[order]]
    found["momentum"][event] = bank.momentum[order]
    return found


def _record(
    job: Job,
    context: Context,
    hits: Mapping[str, Deposits | Points],
    pulses: Pulses,
    start: Mapping[str, FloatArray],
) -> EventTable:
    events = pulses.events
    columns: dict[str, NDArray[Any] | Ragged] = {}
    energies: dict[str, FloatArray] = {}
    counts: dict[str, NDArray[np.int64]] = {}
    for element in job.layout.elements:
        seen = hits.get(element.name)
        here = context.at(element.name)
        if isinstance(seen, Deposits):
            factor = scale_of(job.layout, element).factor
            reading = read_energy(seen, element, factor, pulses, here)
            energies[element.name] = reading.energy
            columns |= _energy_columns(element, reading, events)
        elif isinstance(seen, Points):
            in_x, in_y = read_points(seen, element, pulses, here)
            columns[column_name(element, "x")] = Ragged.make(events, in_x.event, in_x.place)
            columns[column_name(element, "y")] = Ragged.make(events, in_y.event, in_y.place)
            counts[element.name] = np.bincount(in_x.event, minlength=events)
    number = context.chunk * job.chunk_events + np.arange(events)
    weight = np.ones(events)
    np.multiply.at(weight, pulses.owner, context.weights)
    columns |= {
        "run": np.full(events, job.run),
        "spill": number // job.spill_events + 1,
        "event": number,
        "weight": weight,
        "trigger": trigger_bits(job.layout, energies, counts, context.at("trigger"), events),
        "pile_up": np.bincount(pulses.owner, minlength=events) - 1,
    }
    columns |= _truth_columns(context, start, events)
    wanted = [column.name for column in columns_of(job.layout)]
    return EventTable({name: columns[name] for name in wanted})


def _energy_columns(
    element: Element, reading: Reading, events: int
) -> dict[str, NDArray[Any] | Ragged]:
    name, word = element.name, element.parts[0]
    flat = reading.energy.reshape(events, -1)
    energy = flat if word else flat.sum(axis=1)
    return {
        column_name(name, word or "energy"): energy,
        column_name(name, "time"): reading.time,
        column_name(name, "pulse_energy"): Ragged.make(
            events, reading.pulse_event, reading.pulse_energy
        ),
        column_name(name, "pulse_time"): Ragged.make(
            events, reading.pulse_event, reading.pulse_time
        ),
        f"truth_deposited_{column_name(name, '')[:-1]}": reading.deposited,
    }


def _truth_columns(
    context: Context, start: Mapping[str, FloatArray], events: int
) -> dict[str, NDArray[Any]]:
    truth: dict[str, NDArray[Any]] = {
        "truth_kind": start["kind"],
        "truth_momentum": start["momentum"],
    }
    truth |= {f"truth_{name}": column[:events] for name, column in context.truth.items()}
    for account in ("matter", "escaped", "behind", "invisible"):
        truth[f"truth_{account}"] = context.accounts[account][:events]
    for column in TRUTH:
        whole = column.form.startswith("int")
        value = truth.setdefault(column.name, np.full(events, 0.0 if whole else np.nan))
        if whole:
            truth[column.name] = np.nan_to_num(value).astype(np.int64)
    return {column.name: truth[column.name] for column in TRUTH}
