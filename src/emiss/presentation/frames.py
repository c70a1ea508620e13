"""Tidy columns of results that are no single curve: scans and yields, one row per number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..api import ScanResult
from ..ground.units import format_energy
from ..inference.combine import CombinedYield
from ..yields import SignalYield
from ..yields.signal import coupling_power
from .text_table import TextTable, number, power_words

__all__ = ["scan_columns", "scan_table", "yield_columns"]


def scan_columns(scan: ScanResult) -> dict[str, Any]:
    """Columns of a scan: a row per point and mass.

    Parameters
    ----------
    scan : ScanResult
        The scan.

    Returns
    -------
    dict of str to array, shape (n_points * n_masses,)
        The parameters, then the columns of a limit that all points have.
    """
    from .limit_table import limit_columns

    tables = [limit_columns(one) for one in scan.limits]
    names = [name for name in tables[0] if all(name in table for table in tables)]
    counts = [table[names[0]].size for table in tables]
    found: dict[str, Any] = {
        name: np.repeat(np.array([point[i] for point in scan.points]), counts)
        for i, name in enumerate(scan.names)
    }
    found |= {name: np.concatenate([table[name] for table in tables]) for name in names}
    return found


def scan_table(scan: ScanResult) -> TextTable:
    """A row per point: where its limit is lowest.

    Parameters
    ----------
    scan : ScanResult
        The scan.

    Returns
    -------
    TextTable
        Parameters, lowest excluded coupling and the mass at which it is.
    """
    rows = []
    for point, one in zip(scan.points, scan.limits, strict=True):
        texts = [number(x) if isinstance(x, int | float) else str(x) for x in point]
        if np.isfinite(one.observed).any():
            best = int(np.nanargmin(one.observed))
            texts += [number(float(one.observed[best])), format_energy(float(one.masses[best]))]
        else:
            texts += ["—", "—"]
        rows.append(tuple(texts))
    first = scan.limits[0]
    heads = (*scan.names, f"lowest {first.coupling_name}", "at mass")
    return TextTable(f"{first.title}, {first.model}: scan", heads, tuple(rows))


def _over(signal: SignalYield | CombinedYield) -> str:
    words = power_words("coupling", coupling_power(signal.model))
    return f"events_over_{words.replace(' ', '_')}"


def yield_columns(signal: SignalYield | CombinedYield) -> dict[str, Any]:
    """Columns of a yield: a row per run period, process and mass.

    Parameters
    ----------
    signal : SignalYield or CombinedYield
        The yield.

    Returns
    -------
    dict of str to array, shape (n_runs * n_processes * n_masses,)
        ``mass_gev``, ``run``, ``process``, ``events_over_coupling_squared`` (or ``_^4`` for
        ``_squared``, nothing for 1, where events go with another power), ``efficiency``, and
        ``after_<cut>``, the share of bosons that is left after each cut.
    """
    runs, masses = len(signal.runs), signal.masses.size
    events = signal.coefficients()
    names = list(events)
    shape = (runs, len(names), masses)

    def spread(values: Any) -> Any:
        """Values per run and mass, repeated for each process."""
        return np.broadcast_to(values[:, None, :], shape).ravel()

    found: dict[str, Any] = {
        "mass_gev": np.broadcast_to(signal.masses, shape).ravel(),
        "run": np.repeat(np.array(signal.runs), len(names) * masses),
        "process": np.tile(np.repeat(np.array(names), masses), runs),
        _over(signal): np.stack(list(events.values()), axis=1).ravel(),
        "efficiency": spread(signal.efficiency),
    }
    flow = signal.cut_flow()
    found |= {f"after_{cut.replace(' ', '_')}": spread(x) for cut, x in flow.items()}
    return found
