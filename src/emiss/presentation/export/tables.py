"""A limit as columns of numbers: CSV for files, rows of text for terminals and notebooks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...ground.units import format_energy
from ...inference.limit import BANDS, Limit

__all__ = ["TextTable", "limit_columns", "limit_csv", "limit_table"]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table ready to be laid out by whoever prints it.

    Parameters
    ----------
    title : str
        Heading.
    headers : tuple of str
        Column heads.
    rows : tuple of tuple of str
        Cells, one tuple per row, as long as ``headers``.
    notes : tuple of str
        Sentences to print below.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def limit_columns(limit: Limit) -> dict[str, NDArray[np.float64]]:
    """All numbers of a limit by column name, in a fixed order.

    Parameters
    ----------
    limit : Limit
        The result.

    Returns
    -------
    dict of str to array of float, shape (n,)
        ``mass_gev``, ``<coupling>_observed``, ``<coupling>_observed_upper`` (islands),
        ``<coupling>_expected_-2`` ... ``_2``, ``m_chi_gev`` and ``y`` (where defined),
        ``share_<process>``, ``signal_events``; NaN where nothing is excluded.
    """
    name = limit.coupling_name
    columns = {"mass_gev": limit.masses, f"{name}_observed": limit.observed}
    if limit.observed_upper is not None:
        columns[f"{name}_observed_upper"] = limit.observed_upper
    columns.update({f"{name}_expected_{b}": limit.expected[b] for b in BANDS})
    if limit.y is not None:
        columns["y"] = limit.y
    if limit.dark_matter_mass is not None:
        columns["m_chi_gev"] = limit.dark_matter_mass
    columns.update({f"share_{process}": share for process, share in limit.shares.items()})
    columns["signal_events"] = limit.signal_events
    return columns


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
        f"method: {limit.method}, {100 * limit.cl:g} % confidence level; "
        f"{limit.coupling_name}_observed is the smallest excluded coupling",
        "expected_-2 ... expected_2: standard deviations from the median without signal",
        "units: *_gev in GeV, signal_events in events, all else dimensionless "
        "unless the column name says otherwise",
        "an empty cell means: nothing excluded at this mass",
        f"emiss {version}; inputs sha256 {limit.provenance.inputs_sha256}",
        *(f"warning: {warning}" for warning in limit.warnings),
    ]
    lines = ["# " + " ".join(line.split()) for line in head]
    lines.append(",".join(columns))
    rows = np.column_stack([np.asarray(column, dtype=float) for column in columns.values()])
    lines += [",".join(map(_cell, row)) for row in rows.tolist()]
    return "\n".join(lines) + "\n"


def _coupling(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "open" if math.isinf(value) else f"{value:.3g}"


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f} %"


def limit_table(limit: Limit, max_rows: int | None = None) -> TextTable:
    """Lay a limit out as text cells for a terminal or notebook.

    Parameters
    ----------
    limit : Limit
        The result.
    max_rows : int, optional
        Show at most so many masses, spread evenly, the first and last among them.

    Returns
    -------
    TextTable
        Mass, observed limit, expected median and bands, y, shares; ``-`` where nothing is excluded.
    """
    chosen = np.arange(limit.masses.size)
    if max_rows is not None and chosen.size > max_rows:
        chosen = np.unique(np.linspace(0, chosen.size - 1, max(max_rows, 2)).round().astype(int))
    name, bands = limit.coupling_name, limit.expected
    columns: dict[str, list[str]] = {
        "mass": [format_energy(float(m)) for m in limit.masses],
        f"{name} observed": [_coupling(v) for v in limit.observed],
    }
    if limit.observed_upper is not None:
        columns[f"{name} upper edge"] = [_coupling(v) for v in limit.observed_upper]
    columns["expected"] = [_coupling(v) for v in bands["0"]]
    for label, (low, high) in {"68 % band": ("-1", "1"), "95 % band": ("-2", "2")}.items():
        columns[label] = [
            f"{_coupling(a)} … {_coupling(b)}" for a, b in zip(bands[low], bands[high], strict=True)
        ]
    if limit.y is not None:
        columns["y"] = [_coupling(v) for v in limit.y]
    columns.update(
        {process: [_percent(v) for v in share] for process, share in limit.shares.items()}
    )
    title = f"{limit.experiment_title}: {limit.model}, {100 * limit.cl:g} % CL ({limit.method})"
    cells = list(columns.values())
    rows = tuple(tuple(column[i] for column in cells) for i in chosen)
    return TextTable(title, tuple(columns), rows, limit.warnings)
