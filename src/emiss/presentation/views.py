"""The views of emiss: which function shows which result."""

from __future__ import annotations

from ..analysis import Analysis
from ..analysis.backgrounds import BackgroundTable
from ..api import ScanResult
from ..events.campaign import Campaign
from ..events.hadrons import HadronResponse
from ..events.transport import EcalResponse
from ..experiments import Experiment
from ..experiments.acceptance import AcceptanceTable
from ..inference.combine import CombinedYield
from ..inference.comparison import Comparison
from ..inference.limit import Limit
from ..inference.optimise import CutScan
from ..inference.shape import ShapeLimit
from ..inference.verdict import VerdictReport
from ..physics.constraints.cosmology.relic import RelicLine
from ..physics.shower import TrackLengths
from ..physics.shower.depth import DepthProfile
from ..yields import SignalYield
from . import plots, registry
from .background_tables import background_columns, background_table
from .comparison_table import comparison_table
from .event_tables import (
    acceptance_columns,
    acceptance_record,
    acceptance_table,
    campaign_table,
    ecal_table,
    flow_columns,
    flow_table,
    hcal_table,
)
from .export.bibliography import limit_bibliography
from .export.hepdata import hepdata_files
from .export.json_record import dumps, limit_record, load_limit
from .export.of_limit import limit_likelihood, limit_pyhf
from .export.results import write_results
from .frames import scan_columns, scan_table, yield_columns
from .html import SHOWN_ROWS, limit_html
from .limit_table import limit_columns, limit_csv, limit_table, spread_rows
from .optimise_table import optimise_columns, optimise_table
from .plain_text import table_text
from .registry import columns, export, figure, html, load, save, table, text
from .relic_table import relic_table
from .shape_table import shape_columns, shape_table
from .text_table import TextTable, power_words
from .verdict_table import verdict_columns, verdict_table

__all__ = ["columns", "export", "figure", "html", "load", "save", "table", "text"]


_SMALL = 0.01
"""Coupling at which events are shown that do not go with one power of it."""


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


@registry.table.register(CombinedYield)
@registry.table.register(SignalYield)
def _yield(signal: SignalYield | CombinedYield) -> TextTable:
    """Events over coupling squared, all runs together."""
    if signal.model.coupling_power is None:
        over, found = f"at coupling {_SMALL:g}", signal.per_process(_SMALL)
    else:
        over = f"over {power_words('coupling', signal.model.coupling_power)}"
        found = signal.coefficients()
    events = {name: value.sum(axis=0) for name, value in found.items()}
    some = spread_rows(signal.masses, SHOWN_ROWS)
    rows = tuple(
        (f"{signal.masses[i]:.4g}", *(f"{value[i]:.4g}" for value in events.values())) for i in some
    )
    title = f"{signal.experiment.title}, {signal.model.title}: events {over}"
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
registry.columns.register(VerdictReport, verdict_columns)
registry.table.register(Analysis, flow_table)
registry.table.register(AcceptanceTable, acceptance_table)
registry.table.register(Campaign, campaign_table)
registry.table.register(CutScan, optimise_table)
registry.columns.register(CutScan, optimise_columns)
registry.figure.register(CutScan, plots.optimise)
registry.register_form(CutScan, "json", lambda found: dumps(found.record()))
registry.table.register(ShapeLimit, shape_table)
registry.columns.register(ShapeLimit, shape_columns)
registry.figure.register(ShapeLimit, plots.shape)
registry.register_form(ShapeLimit, "json", lambda found: dumps(found.record()))
registry.table.register(BackgroundTable, background_table)
registry.columns.register(BackgroundTable, background_columns)
registry.figure.register(BackgroundTable, plots.backgrounds)
registry.register_form(BackgroundTable, "json", lambda found: dumps(found.record()))
registry.table.register(EcalResponse, ecal_table)
registry.table.register(HadronResponse, hcal_table)
registry.figure.register(EcalResponse, plots.response)
registry.figure.register(HadronResponse, plots.response)
registry.columns.register(Analysis, flow_columns)
registry.columns.register(AcceptanceTable, acceptance_columns)
registry.figure.register(Analysis, plots.cut_variables)
registry.figure.register(AcceptanceTable, plots.acceptance)
registry.register_form(Analysis, "json", lambda found: dumps(found.record()))
registry.register_form(AcceptanceTable, "json", lambda found: dumps(acceptance_record(found)))
registry.table.register(Limit, limit_table)
registry.html.register(Limit, limit_html)
registry.text.register(Limit, lambda limit: table_text(limit_table(limit, SHOWN_ROWS)))
registry.columns.register(Limit, limit_columns)
registry.save.register(Limit, write_results)
registry.figure.register(Limit, plots.exclusion)
registry.figure.register(SignalYield, plots.yields)
registry.figure.register(CombinedYield, plots.yields)
registry.figure.register(VerdictReport, plots.verdict)
registry.figure.register(TrackLengths, plots.tracks)
registry.figure.register(ScanResult, plots.scan)
registry.figure.register(DepthProfile, plots.depth)
registry.figure.register(RelicLine, plots.relic_line)
registry.table.register(
    RelicLine, lambda line: relic_table(line, line.coupling_name == "epsilon", SHOWN_ROWS)
)
registry.table.register(Comparison, lambda found: comparison_table(found, SHOWN_ROWS))
registry.columns.register(ScanResult, scan_columns)
registry.columns.register(SignalYield, yield_columns)
registry.columns.register(CombinedYield, yield_columns)
registry.table.register(ScanResult, scan_table)
registry.register_reader(Limit, load_limit)
registry.register_form(Limit, "json", lambda limit: dumps(limit_record(limit)))
registry.register_form(Limit, "csv", limit_csv)
registry.register_form(Limit, "hepdata", hepdata_files)
registry.register_form(Limit, "bibtex", limit_bibliography)
registry.register_form(Limit, "pyhf", limit_pyhf)
registry.register_form(Limit, "likelihood", limit_likelihood)
