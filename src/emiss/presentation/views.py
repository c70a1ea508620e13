"""The views of emiss: which function shows which result."""

from __future__ import annotations

from ..experiments import Experiment
from ..inference.limit import Limit
from ..inference.verdict import VerdictReport
from ..shower import TrackLengths
from ..yields import SignalYield
from . import plots, registry
from .export.results import write_results
from .html import limit_html
from .limit_table import limit_columns, limit_table
from .registry import columns, figure, html, save, table
from .text_table import TextTable
from .verdict_table import verdict_table

__all__ = ["columns", "figure", "html", "save", "table"]


@registry.table.register
def _experiment(experiment: Experiment) -> TextTable:
    """Every number with its status and source."""
    rows = tuple(
        (
            label.name,
            label.value if isinstance(label.value, str) else f"{label.value:.6g}",
            label.status,
            label.source,
        )
        for label in experiment.labels()
    )
    title = f"{experiment.name}: {experiment.title}"
    return TextTable(title, ("", "value", "status", "source"), rows)


@registry.table.register
def _yield(signal: SignalYield) -> TextTable:
    """Events over coupling squared, all runs together."""
    events = {name: value.sum(axis=0) for name, value in signal.coefficients().items()}
    some = range(0, signal.masses.size, max(1, signal.masses.size // 12))
    rows = tuple(
        (f"{signal.masses[i]:.4g}", *(f"{value[i]:.4g}" for value in events.values())) for i in some
    )
    title = f"{signal.experiment.title}, {signal.model.title}: events over coupling squared"
    return TextTable(title, ("mass (GeV)", *events), rows)


@registry.table.register
def _tracks(tracks: TrackLengths) -> TextTable:
    """Radiation lengths of track above some energies."""
    share = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    energies = [e for s in share if (e := s * tracks.energy) > tracks.min_energy]
    rows = tuple(
        (f"{e:.4g}", *(f"{float(tracks.above(e, p)):.4g}" for p in ("e-", "e+", "gamma")))
        for e in (*energies, tracks.min_energy)
    )
    beam = f"{tracks.primary} of {tracks.energy:g} GeV"
    title = f"Track length (X0) in {tracks.material.name}, {beam}"
    return TextTable(title, ("above (GeV)", "e-", "e+", "gamma"), rows)


registry.table.register(VerdictReport, verdict_table)
registry.table.register(Limit, limit_table)
registry.html.register(Limit, limit_html)
registry.columns.register(Limit, limit_columns)
registry.save.register(Limit, write_results)
registry.figure.register(Limit, plots.exclusion)
registry.figure.register(SignalYield, plots.yields)
registry.figure.register(VerdictReport, plots.verdict)
registry.figure.register(TrackLengths, plots.tracks)
