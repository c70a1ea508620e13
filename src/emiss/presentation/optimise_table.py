"""The choice of a cut as tables of text and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground.units import format_energy
from .text_table import TextTable, number

if TYPE_CHECKING:
    from ..inference.optimise import CutScan

__all__ = ["optimise_columns", "optimise_table"]

_MOST_ROWS = 25


def optimise_table(scan: CutScan) -> TextTable:
    """Expected limits by threshold as a table of text.

    Parameters
    ----------
    scan : CutScan
        The scan.

    Returns
    -------
    TextTable
        A row per choice, the selection of the experiment last; of many choices the best ones.
    """
    last, best = scan.points.shape[0] - 1, scan.best
    order = list(range(last))
    if len(order) > _MOST_ROWS:
        order = sorted(np.argsort(scan.figure_of_merit[:last])[:_MOST_ROWS].tolist())
    heads = (
        *(f"{one.name} ({one.bound}{', ' + one.unit if one.unit else ''})" for one in scan.moved),
        "signal", "background", *(f"{scan.coupling_name} {_mass(m)}" for m in scan.masses), "",
    )  # fmt: skip
    rows = tuple(_row(scan, point, best) for point in [*order, last])
    gain = scan.expected[:, last] / scan.expected[:, best]
    places = " and ".join(
        f"{one.name} {one.bound} {number(value, 3)}{' ' + one.unit if one.unit else ''}"
        for one, value in zip(scan.moved, scan.points[best], strict=True)
    )
    as_good = int(scan.compatible.sum())
    notes = [
        f"best: {places}; the expected {scan.coupling_name} is "
        + ", ".join(f"{number(one, 3)} times better" for one in gain)
        + " than with the selection of the experiment",
        f"{as_good} of {last + 1} choices are as good within two Monte Carlo errors (marked ~)",
        *scan.notes,
    ]
    if len(order) < last:
        notes.append(f"the {_MOST_ROWS} best of {last} choices are shown; --json has all")
    title = (
        f"{scan.experiment} {scan.period}: {scan.merit} expected limit, {100 * scan.cl:g}% CL "
        f"({scan.method}), {scan.model}, {scan.events} signal events simulated per mass"
    )
    return TextTable(title, heads, rows, tuple(notes))


def _mass(mass: float) -> str:
    return format_energy(float(mass))


def _row(scan: CutScan, point: int, best: int) -> tuple[str, ...]:
    last = scan.points.shape[0] - 1
    background = number(float(scan.background[point]), 3)
    if not scan.simulated[point]:
        background = f"< {background}"
    word = "best" if point == best else "~" if scan.compatible[point] else ""
    if point == last:
        word = f"experiment {word}".strip()
    return (
        *(number(float(value), 4) for value in scan.points[point]),
        " ".join(
            f"{value:.3f} ± {error:.3f}"
            for value, error in zip(
                scan.signal[:, point], scan.signal_error[:, point], strict=True
            )
        ),
        background,
        *(
            f"{number(float(value), 4)} ± {number(float(error), 2)}"
            for value, error in zip(
                scan.expected[:, point], scan.expected_error[:, point], strict=True
            )
        ),
        word,
    )  # fmt: skip


def optimise_columns(scan: CutScan) -> dict[str, Any]:
    """Numbers of a scan by column.

    Parameters
    ----------
    scan : CutScan
        The scan.

    Returns
    -------
    dict of str to array
        A row per choice, the selection of the experiment last.
    """
    found: dict[str, Any] = {
        one.name: scan.points[:, number] for number, one in enumerate(scan.moved)
    }
    found |= {"background": scan.background, "background_error": scan.background_error}
    for row, mass in enumerate(scan.masses):
        label = _mass(mass)
        found |= {
            f"signal {label}": scan.signal[row], f"signal_error {label}": scan.signal_error[row],
            f"expected {label}": scan.expected[row],
            f"expected_error {label}": scan.expected_error[row],
        }  # fmt: skip
    return found
