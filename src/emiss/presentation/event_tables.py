"""Results of simulated and recorded events as tables of text and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground.units import format_energy
from .text_table import TextTable, number

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..events.campaign import Campaign
    from ..events.hadrons import HadronResponse
    from ..events.transport import EcalResponse
    from ..experiments.acceptance import AcceptanceTable

__all__ = [
    "acceptance_columns",
    "acceptance_record",
    "acceptance_table",
    "campaign_record",
    "campaign_table",
    "ecal_table",
    "flow_columns",
    "flow_table",
    "hcal_table",
]


def flow_table(analysis: Analysis) -> TextTable:
    """Cut flow as a table.

    Parameters
    ----------
    analysis : Analysis
        What an analysis found.

    Returns
    -------
    TextTable
        A row per cut.
    """
    flow = analysis.flow
    rows = tuple(
        (
            step.name, number(step.alone), number(step.cumulative), number(step.error),
            number(step.others) if step.others == step.others else "no event",
        )
        for step in flow.steps
    )  # fmt: skip
    title = f"{analysis.experiment} {analysis.period}, {analysis.sample}, {flow.events} events"
    signal: tuple[str, ...] = ()
    if analysis.signal is not None:
        share, error = analysis.signal.efficiency
        signal = (
            f"efficiency for bosons above {number(analysis.signal.threshold)} GeV: "
            f"{number(share)} ± {number(error)}",
        )
    notes = (
        *signal,
        f"all cuts: {number(flow.total)} ± {number(flow.total_error)}; {analysis.blinding}",
        f"effective number of events {number(flow.effective)}",
    )
    columns = ("cut", "alone", "in sequence", "error", "all others applied")
    return TextTable(title, columns, rows, notes)


def flow_columns(analysis: Analysis) -> dict[str, Any]:
    """Columns of a cut flow: a row per cut.

    Parameters
    ----------
    analysis : Analysis
        What an analysis found.

    Returns
    -------
    dict of str to array, shape (n_cuts,)
        ``cut``, ``alone``, ``cumulative``, ``others``, the errors of these, and ``passed``, the
        sum of weights.
    """
    steps = analysis.flow.steps
    found: dict[str, Any] = {"cut": np.array([step.name for step in steps])}
    for name in (
        *("alone", "alone_error", "cumulative", "error", "others", "others_error", "passed"),
    ):
        found[name] = np.array([getattr(step, name) for step in steps])
    return found


def acceptance_record(table: AcceptanceTable) -> dict[str, Any]:
    """Plain values of a table, with the keys of `emiss acceptance --json`.

    Parameters
    ----------
    table : AcceptanceTable
        Signal efficiency from simulated events.

    Returns
    -------
    dict
        How it was made, and its arrays.
    """
    return {
        **table.settings, "masses_gev": table.masses, "energy_edges_gev": table.edges,
        "efficiency": table.efficiency, "error": table.error, "effective_events": table.size,
        "share": table.share, "share_error": table.share_error, "beam": table.beam,
        "beam_error": table.beam_error,
        "mean": [
            None if mean is None else {"run": run, "efficiency": mean[0], "spread": mean[1]}
            for run, mean in zip(table.runs, _means(table), strict=True)
        ],
    }  # fmt: skip


def _means(table: AcceptanceTable) -> list[tuple[float, float] | None]:
    return [table.mean(row) for row in range(len(table.runs))]


def acceptance_table(table: AcceptanceTable) -> TextTable:
    """Efficiency by run and mass as a table of text.

    Parameters
    ----------
    table : AcceptanceTable
        Signal efficiency from simulated events.

    Returns
    -------
    TextTable
        A row per run and mass, a column per process.
    """
    rows = []
    for r, run in enumerate(table.runs):
        for m, mass in enumerate(table.masses.tolist()):
            cells = [
                f"{number(float(table.efficiency[r, p, m] * table.beam[r]), 3)} ± "
                f"{number(float(table.error[r, p, m] * table.beam[r]), 2)}"
                for p in range(len(table.processes))
            ]
            size = number(float(table.size[r, 0, m]), 3)
            rows.append((run, format_energy(mass), *cells, size))
    notes = tuple(
        f"{run}: {number(float(beam), 3)} ± {number(float(error), 2)} of the bosons of the "
        "deterministic yield are made, the rest of the beam loses energy on its way"
        for run, beam, error in zip(table.runs, table.beam, table.beam_error, strict=True)
        if error > 0.0
    ) + tuple(
        f"{run}: {number(mean[0], 3)} ± {number(mean[1], 2)}, mean and deviation over the masses: "
        "one number for an experiment file"
        for run, mean in zip(table.runs, _means(table), strict=True)
        if mean is not None
    )
    heads = ("run", "mass", *table.processes, "effective events")
    title = f"{table.settings['experiment']}: simulated signal efficiency"
    return TextTable(title, heads, tuple(rows), notes)


def acceptance_columns(table: AcceptanceTable) -> dict[str, Any]:
    """Columns of an acceptance table: a row per mass, run and process.

    Parameters
    ----------
    table : AcceptanceTable
        Signal efficiency from simulated events.

    Returns
    -------
    dict of str to array, shape (n_runs * n_processes * n_masses,)
        ``mass_gev``, ``run``, ``process``, ``efficiency`` with what the beam loses on its way,
        ``error`` and ``effective_events``.
    """
    shape = table.efficiency.shape
    runs, processes, masses = shape
    beam = table.beam[:, None, None]
    return {
        "mass_gev": np.broadcast_to(table.masses, shape).ravel(),
        "run": np.repeat(np.array(table.runs), processes * masses),
        "process": np.tile(np.repeat(np.array(table.processes), masses), runs),
        "efficiency": (table.efficiency * beam).ravel(),
        "error": (table.error * beam).ravel(),
        "effective_events": table.size.ravel(),
    }


def campaign_record(campaign: Campaign) -> dict[str, Any]:
    """Plain values of a campaign, with the keys of `emiss simulate --json`.

    Parameters
    ----------
    campaign : Campaign
        A campaign that is done.

    Returns
    -------
    dict
        Counts, size, effective sample size and rate.
    """
    new = campaign.commits[-campaign.made :] if campaign.made else ()
    made, seconds = sum(commit.generated for commit in new), campaign.seconds
    return {
        "directory": str(campaign.directory),
        "generated_events": campaign.generated,
        "recorded_events": campaign.recorded,
        "triggered_events": campaign.triggered,
        "weight_sum": campaign.weight,
        "effective_events": campaign.effective_events,
        "chunks": len(campaign.commits),
        "chunks_made": campaign.made,
        "bytes": campaign.size,
        "bytes_estimated": campaign.estimate,
        "seconds": seconds,
        "events_per_second": made / seconds if seconds > 0.0 else 0.0,
    }


def campaign_table(campaign: Campaign, title: str = "") -> TextTable:
    """Counts of a campaign as a table of text.

    Parameters
    ----------
    campaign : Campaign
        A campaign that is done.
    title : str, optional
        Title; where the events are by default.

    Returns
    -------
    TextTable
        A row per quantity.
    """
    record = campaign_record(campaign)
    rows = (
        ("events", str(campaign.generated)),
        ("recorded", str(campaign.recorded)),
        ("with a trigger", str(campaign.triggered)),
        ("sum of weights", number(campaign.weight)),
        ("effective events", number(campaign.effective_events)),
        ("chunks made now", f"{campaign.made} of {len(campaign.commits)}"),
        ("size on disk (MB)", number(campaign.size / 1e6)),
        ("events per second", number(record["events_per_second"])),
    )
    return TextTable(title or f"events in {campaign.directory}", ("quantity", "value"), rows)


def ecal_table(result: EcalResponse, title: str = "") -> TextTable:
    """Response of an electromagnetic calorimeter as a table of text.

    Parameters
    ----------
    result : EcalResponse
        What was simulated.
    title : str, optional
        Title; the beam by default.

    Returns
    -------
    TextTable
        A row per quantity.
    """
    rows = (
        ("visible energy, mean (GeV)", number(result.visible_mean)),
        ("visible energy, rms (GeV)", number(result.visible_rms)),
        ("share in the central cell", number(result.central_cell_fraction)),
        ("share in 3 x 3 cells", number(result.fraction_3x3)),
        ("layer of the maximum", str(int(result.layer_profile.argmax()) + 1)),
        ("events per second", number(result.events_per_second)),
    )
    title = title or f"{result.beam.particle} of {result.beam.energy:g} GeV, {result.events} events"
    return TextTable(title, ("quantity", "value"), rows)


def hcal_table(result: HadronResponse, title: str = "") -> TextTable:
    """Response of hadron modules as a table of text.

    Parameters
    ----------
    result : HadronResponse
        What was simulated.
    title : str, optional
        Title; the hadron by default.

    Returns
    -------
    TextTable
        A row per quantity.
    """
    record = result.record()
    rows = (
        ("visible energy, mean (GeV)", number(record["visible_gev_mean"])),
        ("visible energy, rms (GeV)", number(record["visible_gev_rms"])),
        *(
            (f"in {name}, mean (GeV)", number(mean))
            for name, mean in zip(result.modules, record["module_gev_mean"], strict=True)
        ),
        ("leaked, mean (GeV)", number(result.leaked)),
        ("hadrons that escape, mean (GeV)", number(result.escaped)),
        ("taken by nuclei, mean (GeV)", number(result.invisible)),
        ("events without collision", number(result.unseen)),
    )
    title = title or f"{result.hadron} of {result.energy:g} GeV, {result.events} events"
    return TextTable(title, ("quantity", "value"), rows)
