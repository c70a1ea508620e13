"""The columns of a limit, said once: CSV, data frame, terminal and notebook are made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.units import format_energy, format_level
from ..inference.couplings import LARGEST_COUPLING
from ..inference.limit import BANDS, Limit
from .mesons import has_mass
from .text_table import TextTable, number

__all__ = [
    "BAND_HEADS",
    "PROJECTED",
    "limit_columns",
    "limit_csv",
    "limit_table",
    "observed_head",
    "spread_rows",
]

BAND_HEADS = {"-2": "−2σ", "-1": "−1σ", "0": "median", "1": "+1σ", "2": "+2σ"}
"""Heads of the expected limit without signal, by key of `emiss.inference.limit.BANDS`."""
PROJECTED = (
    "a projection, no data: the limit is what the median of the counts expected from background "
    "would exclude"
)
"""What tables and records say of a limit behind which no data stand."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its name in files, its head in tables (empty: in files only), what it holds."""

    name: str
    head: str
    values: FloatArray
    kind: Literal["mass", "coupling", "edge", "share", "events"] = "coupling"


def observed_head(limit: Limit) -> str:
    """Head of the column of limits, observed or projected, with the unit of the coupling."""
    unit = f" ({limit.coupling_unit})" if limit.coupling_unit else ""
    return f"{limit.coupling_name} {'projected' if limit.projection else 'obs.'}{unit}"


def _columns(limit: Limit) -> tuple[_Column, ...]:
    """All columns, in the order of files and tables."""
    name = limit.coupling_name
    unit = f"_{limit.coupling_unit.lower()}" if limit.coupling_unit else ""
    found = [
        _Column("mass_gev", "mass", limit.masses, "mass")
        if has_mass(limit)
        else _Column("mass_gev", "", np.full(limit.masses.shape, np.nan), "mass"),
        _Column(f"{name}_{limit.kind}{unit}", observed_head(limit), limit.observed),
    ]
    if limit.observed_upper is not None:
        upper = limit.observed_upper
        found.append(_Column(f"{name}_{limit.kind}_upper{unit}", "upper edge", upper, "edge"))
    found += [
        _Column(f"{name}_expected_{band}{unit}", f"exp. {BAND_HEADS[band]}", limit.expected[band])
        for band in BANDS
    ]
    if limit.expected_upper is not None:
        found += [
            _Column(f"{name}_expected_{band}_upper{unit}", "", limit.expected_upper[band])
            for band in BANDS
        ]
    if limit.y is not None:
        found.append(_Column("y", "y", limit.y))
    if limit.dark_matter_mass is not None:
        found.append(_Column("m_chi_gev", "", limit.dark_matter_mass, "mass"))
    found += [
        _Column(f"share_{process}", process, share, "share")
        for process, share in limit.shares.items()
    ]
    found.append(_Column("signal_events", "", limit.signal_events, "events"))
    return tuple(found)


def limit_columns(limit: Limit) -> dict[str, FloatArray]:
    """All numbers of a limit by column name, in a fixed order.

    Parameters
    ----------
    limit : Limit
        The result.

    Returns
    -------
    dict of str to array of float, shape (n,)
        ``mass_gev``, ``<coupling>_observed``, ``<coupling>_observed_upper`` (islands),
        ``<coupling>_expected_-2`` ... ``_2``, the same with ``_upper`` (islands), ``y`` and
        ``m_chi_gev`` (where defined), ``share_<process>``, ``signal_events``; NaN where nothing is
        excluded. A coupling with a unit has it at the end of the name, as in
        ``g_agg_observed_gev^-1``; of a projection ``projected`` stands for ``observed``.
    """
    return {column.name: column.values for column in _columns(limit)}


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.9g}"


def limit_csv(limit: Limit) -> str:
    r"""Write a limit as CSV with a commented head that says what the columns are.

    Parameters
    ----------
    limit : Limit
        The result.

    Returns
    -------
    str
        Lines with ``\n``; an empty cell where nothing is excluded, ``inf`` where the excluded
        region is open above.
    """
    columns = limit_columns(limit)
    parameters = ", ".join(f"{k} = {v}" for k, v in limit.model_parameters.items()) or "none"
    version = limit.provenance.versions.get("emiss", "unknown")
    head = [
        f"{limit.experiment_title} ({limit.experiment}), {limit.beam_label}, "
        f"{limit.particles_on_target:g} particles on target",
        f"model: {limit.model}; parameters: {parameters}",
        f"method: {limit.method}, {format_level(limit.cl)} confidence level; "
        f"{limit.coupling_name}_{limit.kind} is the smallest excluded coupling"
        + (f" in {limit.coupling_unit}" if limit.coupling_unit else ""),
        *([PROJECTED] if limit.projection else []),
        *_excess(limit),
        "expected_-2 ... expected_2: standard deviations from the median without signal",
        "units: *_gev in GeV, signal_events in events, all else dimensionless "
        "unless the column name says otherwise",
        *(
            [f"inf means: excluded up to {LARGEST_COUPLING:g}, the largest coupling searched"]
            if limit.observed_upper is not None and np.any(np.isposinf(limit.observed_upper))
            else []
        ),
        "an empty cell means: nothing excluded at this mass"
        if has_mass(limit)
        else "no mass: all mesons together, each with the same branching fraction",
        f"emiss {version}; inputs sha256 {limit.provenance.inputs_sha256}",
        *(f"warning: {warning}" for warning in limit.warnings),
    ]
    lines = ["# " + " ".join(line.split()) for line in head]
    lines.append(",".join(columns))
    rows = np.column_stack([np.asarray(column, dtype=float) for column in columns.values()])
    lines += [",".join(map(_cell, row)) for row in rows.tolist()]
    return "\n".join(lines) + "\n"


def _text(value: float, kind: str) -> str:
    if kind == "mass":
        return format_energy(value)
    if kind == "edge" and value == math.inf:
        return f"> {LARGEST_COUPLING:g}"
    return number(value, 3 if kind == "share" else 4)


def _excess(limit: Limit) -> list[str]:
    """What to say of a count above its background."""
    found = limit.excess
    return [] if found is None or found.observed <= found.background else [found.words]


def spread_rows(masses: FloatArray, most: int | None) -> list[int]:
    """Choose masses for a short table, evenly in the logarithm: they crowd at thresholds and tips.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Masses in any order.
    most : int or None
        Largest number; all without it.

    Returns
    -------
    list of int
        Indices, ascending, the first and the last among them.
    """
    size = masses.size
    if most is None or size <= most:
        return list(range(size))
    x = np.log(masses)
    even = np.linspace(x[0], x[-1], max(most, 2))
    if np.all(np.diff(x) > 0.0):
        near = np.abs(x[:, None] - even).argmin(axis=0)
    else:
        near = np.linspace(0, size - 1, max(most, 2)).round().astype(int)
    return sorted({0, size - 1, *near.tolist()})


def limit_table(
    limit: Limit,
    max_rows: int | None = None,
    ratios: Mapping[str, FloatArray] | None = None,
    rows: Sequence[int] | None = None,
) -> TextTable:
    """Lay a limit out as text cells for a terminal or notebook.

    Parameters
    ----------
    limit : Limit
        The result.
    max_rows : int, optional
        Show at most so many masses, spread evenly in the logarithm, the first and last among them.
    ratios : mapping of str to array of float, shape (n,), optional
        More columns by their head, such as ratios to curves of others.
    rows : sequence of int, optional
        Show these masses instead.

    Returns
    -------
    TextTable
        Mass, observed or projected limit, upper edge, expected median and bands, y, shares of the
        processes;
        ``—`` where nothing is excluded, ``> 1`` where the largest coupling searched is excluded.
    """
    columns = [column for column in _columns(limit) if column.head]
    columns += [_Column(head, head, values, "share") for head, values in (ratios or {}).items()]
    chosen = spread_rows(limit.masses, max_rows) if rows is None else list(rows)
    cells = tuple(tuple(_text(float(c.values[i]), c.kind) for c in columns) for i in chosen)
    title = (
        f"{limit.experiment_title}: {limit.model}, {format_level(limit.cl)} CL ({limit.method}), "
        f"{limit.particles_on_target:.3g} on target, {limit.beam_label}"
    )
    parameters = ", ".join(f"{key} = {value}" for key, value in limit.model_parameters.items())
    notes = [f"model parameters: {parameters or 'none'}"]
    hidden = limit.masses.size - len(chosen)
    notes += [PROJECTED] if limit.projection else []
    notes += _excess(limit)
    notes += [f"{hidden} more masses not shown"] if hidden else []
    notes += [f"Warning: {warning}" for warning in limit.warnings]
    return TextTable(title, tuple(column.head for column in columns), cells, tuple(notes))
