"""From the table of a missing-momentum selection to its plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..ground.quantity import Quantity
from .missing_momentum import MissingMomentumSelection, Spectrometer, TriggerCounter

if TYPE_CHECKING:
    from ..ground.schema_numbers import LabelledTable, QuantityTable
    from ..ground.source_text import Location
    from .schema_muon import CounterTable, MissingMomentumTable, SpectrometerTable
    from .setup import Beam

__all__ = ["missing_momentum", "momentum_problem"]


class _Read(Protocol):
    def __call__(
        self, table: QuantityTable, section: LabelledTable, where: Location, /
    ) -> Quantity: ...


def _spectrometer(table: SpectrometerTable, read: _Read, where: Location) -> Spectrometer:
    def optional(name: str) -> Quantity | None:
        given = getattr(table, name)
        return None if given is None else read(given, table, (*where, name))

    return Spectrometer(
        read(table.field_integral, table, (*where, "field_integral")),
        optional("momentum_resolution"),
        optional("tracker_resolution"),
        optional("lever_arm"),
        read(table.tail_fraction, table, (*where, "tail_fraction")),
        read(table.tail_resolution, table, (*where, "tail_resolution")),
    )


def _counter(table: CounterTable, read: _Read, where: Location) -> TriggerCounter:
    displacement = None
    if table.displacement is not None:
        displacement = read(table.displacement, table, (*where, "displacement"))
    return TriggerCounter(
        table.name,
        read(table.distance, table, (*where, "distance")),
        read(table.width, table, (*where, "width")),
        read(table.height, table, (*where, "height")),
        displacement,
    )


def missing_momentum(table: MissingMomentumTable, read: _Read) -> MissingMomentumSelection:
    """Turn a validated table into a selection.

    Parameters
    ----------
    table : MissingMomentumTable
        The table.
    read : callable
        Makes a `Quantity` of a number's table, the section around it, and the key.

    Returns
    -------
    MissingMomentumSelection
        The selection.
    """
    where: Location = ("selection",)

    def number(name: str) -> Quantity:
        return read(getattr(table, name), table, (*where, name))

    return MissingMomentumSelection(
        number("min_incoming_momentum"),
        number("max_incoming_momentum"),
        number("max_outgoing_momentum"),
        number("max_calorimeter_energy"),
        number("veto_acceptance"),
        number("beam_size"),
        number("beam_divergence"),
        number("magnet_distance"),
        _spectrometer(table.incoming, read, (*where, "incoming")),
        _spectrometer(table.outgoing, read, (*where, "outgoing")),
        tuple(
            _counter(row, read, (*where, "counter", index))
            for index, row in enumerate(table.counter)
        ),
        None if table.detector_end is None else number("detector_end"),
    )


def momentum_problem(selection: MissingMomentumSelection, beam: Beam) -> tuple[str, str] | None:
    """Find what contradicts the beam: key and words, or None.

    Parameters
    ----------
    selection : MissingMomentumSelection
        The selection.
    beam : Beam
        The beam.

    Returns
    -------
    tuple of str or None
        Key at fault and what is wrong.
    """
    energy = beam.energy
    if beam.particle not in ("mu-", "mu+"):
        return "mode", f"missing-momentum needs a beam of mu- or mu+, not {beam.particle}"
    if not selection.max_outgoing_momentum.value < energy.value:
        text = selection.max_outgoing_momentum.text
        return (
            "max_outgoing_momentum",
            f"{text} is not below the beam energy {energy.text}; no momentum would be missing",
        )
    low, high = selection.min_incoming_momentum, selection.max_incoming_momentum
    if not low.value < energy.value < high.value:
        return (
            "min_incoming_momentum",
            f"the window {low.text} to {high.text} does not hold the beam energy {energy.text}",
        )
    for counter in selection.counters:
        behind = counter.distance.value >= selection.magnet_distance.value
        if not behind and counter.displacement is not None:
            return (
                "counter",
                f"counter {counter.name} is displaced but stands before the magnet; "
                "give a distance beyond magnet_distance",
            )
    return None
