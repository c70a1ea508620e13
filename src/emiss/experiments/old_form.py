"""Experiment files of the first form: refused with a message that names the new key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..ground.source_text import Location
from ..ground.toml_files import FileProblem

__all__ = ["refuse_old_form"]

_BEAM: Final = {
    "energy": "momentum",
    "contamination": 'contaminations = [{ particle = "pi-", fraction = ... }]',
}
_CUT: Final = "[[selection.cut]] with variable = "
_SELECTION: Final = {
    "max_calorimeter_energy": f'{_CUT}"target_energy" and max',
    "stochastic_term": "stochastic, of the [[element]] that measures the energy",
    "constant_term": "constant, of the [[element]] that measures the energy",
    "min_preshower_energy": 'a [[trigger]] with threshold = [{ variable = "preshower_energy", '
    "min = ... }]",
    "preshower_depth": 'an [[element]] of its own with role = "preshower"',
    "detector_end": '[[element]] of the role "hadronic": the end of the last one',
    "min_decay_energy": f'{_CUT}"decay_calorimeter_energy" and min',
    "veto_position": 'position, of an [[element]] with role = "veto"',
    "decay_volume_end": 'position, of an [[element]] with role = "decay-counter"',
    "calorimeter_position": 'position, of an [[element]] with role = "decay-calorimeter"',
    "calorimeter_half_size": "cells_x and cell_width, or width, of the [[element]] with role = "
    '"decay-calorimeter"',
    "min_incoming_momentum": f'{_CUT}"incoming_momentum" and min',
    "max_incoming_momentum": f'{_CUT}"incoming_momentum" and max',
    "max_outgoing_momentum": f'{_CUT}"outgoing_momentum" and max',
    "veto_acceptance": "efficiency, of a [[selection.cut]] for the vetoes",
    "beam_size": "spot, in [beam]",
    "beam_divergence": "divergence, in [beam]",
    "magnet_distance": 'position and length, of an [[element]] with kind = "dipole" and role = '
    '"outgoing-spectrometer"',
    "incoming": 'an [[element]] with kind = "dipole" and role = "incoming-spectrometer"',
    "outgoing": 'an [[element]] with kind = "dipole" and role = "outgoing-spectrometer"',
    "counter": 'an [[element]] with kind = "counter" and role = "trigger"',
}
_DUMP: Final = 'an [[element]] with kind = "calorimeter" and role = "target"'


def refuse_old_form(data: dict[str, Any]) -> None:
    """Refuse a file of the first form.

    Parameters
    ----------
    data : dict
        The raw tables of the file.

    Raises
    ------
    FileProblem
        If it has a key of that form: the message names the new one.
    """
    for where, key, new in _old(data):
        raise FileProblem(
            (*where, key), f"belongs to the first form of experiment files; now it is {new}"
        )


def _old(data: dict[str, Any]) -> Iterator[tuple[Location, str, str]]:
    if "dump" in data:
        yield (), "dump", _DUMP
    for where, table in _tables(data, "beam"):
        yield from ((where, key, f"{new}, in [beam]") for key, new in _BEAM.items() if key in table)
    for where, table in _tables(data, "selection"):
        if "decays_from" in table and not _is_name(table["decays_from"]):
            yield where, "decays_from", 'the name of an [[element]], such as "hcal1"'
        yield from ((where, key, new) for key, new in _SELECTION.items() if key in table)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and " " not in value.strip()


def _tables(data: dict[str, Any], name: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    """A table of the file, of its override and of its runs."""
    runs = data.get("run")
    rows = runs if isinstance(runs, list) else []
    places: list[tuple[Location, Any]] = [((), data), (("override",), data.get("override"))]
    places += [(("run", index), row) for index, row in enumerate(rows)]
    for where, holder in places:
        table = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(table, dict):
            yield (*where, name), table
