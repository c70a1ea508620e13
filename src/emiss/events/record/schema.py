"""Schema of event records: which columns an apparatus gives, with unit and meaning."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...experiments.elements import Element
from ...experiments.layout import Layout

__all__ = ["EVENT", "SCHEMA_VERSION", "TRUTH", "Column", "column_name", "columns_of"]

SCHEMA_VERSION: Final = 1
"""Version of the schema; a column that is added does not change it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        Name.
    form : str
        ``int32``, ``int64``, ``float32`` or ``float64`` of each number.
    unit : str
        Unit; empty for counts and words in numbers.
    doc : str
        What it is.
    width : int
        Numbers per event: 0 for one number, -1 for a list of any length.
    shape : tuple of int
        Rows and columns where the numbers are cells, row by row.
    """

    name: str
    form: str
    unit: str
    doc: str
    width: int = 0
    shape: tuple[int, ...] = ()


EVENT: Final = (
    Column("run", "int32", "", "run number"),
    Column("spill", "int32", "", "spill of the run, from 1"),
    Column("event", "int64", "", "event of the sample, from 0"),
    Column("weight", "float64", "", "importance weight; 1 where nothing is biased"),
    Column("trigger", "int64", "", "bit i: trigger i of the layout fired behind its prescaler"),
    Column("pile_up", "int32", "", "other beam particles in the window"),
)
"""Columns of every event."""

TRUTH: Final = (
    Column("truth_kind", "int32", "", "PDG number of the beam particle"),
    Column("truth_momentum", "float32", "GeV", "momentum of the beam particle at its start"),
    Column("truth_target_kind", "int32", "", "PDG number of the fastest particle at the target"),
    Column("truth_target_momentum", "float32", "GeV", "momentum of that"),
    Column("truth_target_x", "float32", "cm", "place of that at the front of the target"),
    Column("truth_target_y", "float32", "cm", "place of that at the front of the target"),
    Column("truth_target_slope_x", "float32", "", "slope of that"),
    Column("truth_target_slope_y", "float32", "", "slope of that"),
    Column(
        "truth_outgoing_momentum",
        "float32",
        "GeV",
        "momentum of the fastest charged particle at the outgoing spectrometer",
    ),
    Column("truth_hadronic_upstream", "int32", "", "hadronic interactions before the target"),
    Column("truth_hadrons", "int32", "", "hadrons that come to the first calorimeter"),
    Column("truth_muon_pairs", "int32", "", "photons to mu+ mu- whose muon leaves the target"),
    Column("truth_matter", "float32", "GeV", "left in matter that measures nothing"),
    Column("truth_escaped", "float32", "GeV", "left sideways or backwards"),
    Column("truth_behind", "float32", "GeV", "passed the last element"),
    Column("truth_invisible", "float32", "GeV", "in neutrinos and dark states"),
    Column("truth_process", "int32", "", "process of the boson; 0 for none"),
    Column("truth_boson_energy", "float32", "GeV", "energy of the boson"),
    Column("truth_boson_x", "float32", "cm", "where the boson was made"),
    Column("truth_boson_y", "float32", "cm", "where the boson was made"),
    Column("truth_boson_z", "float32", "cm", "where the boson was made"),
    Column("truth_boson_slope_x", "float32", "", "direction of the boson"),
    Column("truth_boson_slope_y", "float32", "", "direction of the boson"),
    Column("truth_decay_x", "float32", "cm", "where the boson or excited dark matter decayed"),
    Column("truth_decay_y", "float32", "cm", "where the boson or excited dark matter decayed"),
    Column("truth_decay_z", "float32", "cm", "where the boson or excited dark matter decayed"),
    *(
        Column(f"truth_daughter{number}_{what}", form, unit, f"{doc} of daughter {number}")
        for number in (1, 2)
        for what, form, unit, doc in (
            ("kind", "int32", "", "PDG number"),
            ("energy", "float32", "GeV", "energy"),
            ("slope_x", "float32", "", "direction"),
            ("slope_y", "float32", "", "direction"),
        )
    ),
)
"""Truth of every event, of its own beam particle; NaN or 0 where there is none."""


def column_name(element: Element | str, quantity: str) -> str:
    """Name of a column of an element, as variables of cuts are made of its name."""
    name = element if isinstance(element, str) else element.name
    return f"{name.replace('-', '_').replace('.', '_')}_{quantity}"


def _pulses(element: Element) -> Iterator[Column]:
    name = element.name
    yield Column(
        column_name(element, "pulse_energy"),
        "float32",
        "GeV",
        f"{name}: energy of other pulses",
        -1,
    )
    yield Column(
        column_name(element, "pulse_time"), "float32", "ns", f"{name}: time of other pulses", -1
    )


def _of_element(element: Element, kind: str) -> Iterator[Column]:
    name = element.name
    if kind == "points":
        for axis in ("x", "y"):
            doc = f"{name}: measured hits in {axis}, from its middle"
            yield Column(column_name(element, axis), "float32", "cm", doc, -1)
        return
    word, rows, columns = element.parts
    if word:
        yield Column(
            column_name(element, word), "float32", "GeV",
            f"{name}: energy of its {word}, row by row", rows * columns, (rows, columns),
        )  # fmt: skip
    else:
        yield Column(column_name(element, "energy"), "float32", "GeV", f"{name}: energy")
    yield Column(column_name(element, "time"), "float32", "ns", f"{name}: time; NaN without signal")
    yield from _pulses(element)
    yield Column(
        f"truth_deposited_{column_name(element, '')[:-1]}", "float32", "GeV",
        f"{name}: energy left in all its layers",
    )  # fmt: skip


def measures(element: Element) -> str:
    """What is recorded of an element: ``points``, ``energy`` or nothing."""
    quantities = element.measures
    return "points" if "hits" in quantities else "energy" if "energy" in quantities else ""


@functools.lru_cache(maxsize=32)
def columns_of(layout: Layout) -> tuple[Column, ...]:
    """Columns of the records of an apparatus.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    tuple of Column
        In the order of the file.
    """
    found = list(EVENT)
    for element in layout.elements:
        kind = measures(element)
        if kind:
            found += _of_element(element, kind)
    return (*found, *TRUTH)
