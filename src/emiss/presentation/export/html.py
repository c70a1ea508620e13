"""Results as HTML for notebooks: a short table under one line of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from ...inference.limit import Limit
from .tables import limit_table

if TYPE_CHECKING:
    from ...experiments import Experiment
    from ...shower import TrackLengths
    from ...yields import SignalYield

__all__ = ["experiment_html", "limit_html", "table_html", "tracks_html", "yield_html"]


def table_html(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    notes: Sequence[str] = (),
    *,
    image: str = "",
) -> str:
    """Write a table as a fragment of HTML.

    Parameters
    ----------
    title : str
        Heading.
    headers : sequence of str
        Column heads.
    rows : iterable of sequence of str
        Cells.
    notes : sequence of str, optional
        Lines below the table.
    image : str, optional
        Markup between heading and table, put in as it is.

    Returns
    -------
    str
        Self-contained HTML without scripts; all text is escaped.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="emiss"><b>{escape(title)}</b><br/>{image}'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + "".join(f"<small>{escape(note)}</small><br/>" for note in notes)
        + "</div>"
    )


def experiment_html(experiment: Experiment) -> str:
    """Write an experiment as HTML: every number with its status and source."""
    rows = [
        (
            label.name,
            label.value if isinstance(label.value, str) else f"{label.value:.6g}",
            label.status,
            label.source,
        )
        for label in experiment.labels()
    ]
    headers = ("", "value", "status", "source")
    return table_html(f"{experiment.name}: {experiment.title}", headers, rows)


def yield_html(signal: SignalYield) -> str:
    """Write a signal yield as HTML: events over coupling squared, all runs together."""
    events = {name: value.sum(axis=0) for name, value in signal.coefficients().items()}
    some = range(0, signal.masses.size, max(1, signal.masses.size // 12))
    rows = [
        (f"{signal.masses[i]:.4g}", *(f"{value[i]:.4g}" for value in events.values())) for i in some
    ]
    title = f"{signal.experiment.title}, {signal.model.title}: events over coupling squared"
    return table_html(title, ("mass (GeV)", *events), rows)


def tracks_html(tracks: TrackLengths) -> str:
    """Write track lengths as HTML: radiation lengths above some energies."""
    share = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    energies = [e for s in share if (e := s * tracks.energy) > tracks.min_energy]
    rows = [
        (f"{e:.4g}", *(f"{float(tracks.above(e, p)):.4g}" for p in ("e-", "e+", "gamma")))
        for e in (*energies, tracks.min_energy)
    ]
    beam = f"{tracks.primary} of {tracks.energy:g} GeV"
    title = f"Track length (X0) in {tracks.material.name}, {beam}"
    return table_html(title, ("above (GeV)", "e-", "e+", "gamma"), rows)


def limit_html(limit: Limit, *, max_rows: int = 12, figure: bool = False) -> str:
    """Write a limit as a fragment of HTML.

    Parameters
    ----------
    limit : Limit
        The result.
    max_rows : int, optional
        Show at most so many masses, spread evenly.
    figure : bool, optional
        Put the exclusion figure above the table as an inline image; takes some tenths of a second.

    Returns
    -------
    str
        Self-contained HTML without scripts; all text is escaped.
    """
    table = limit_table(limit, max_rows)
    hidden = limit.masses.size - len(table.rows)
    facts = f"{limit.beam_label}, {limit.particles_on_target:.3g} on target; " + ", ".join(
        f"{name} = {value}" for name, value in limit.model_parameters.items()
    )
    notes = [facts.strip("; "), *([f"{hidden} more masses not shown"] if hidden else [])]
    notes += [f"Warning: {warning}" for warning in limit.warnings]
    image = f'<img alt="excluded couplings" width="420" src="{_image(limit)}"/>' if figure else ""
    return table_html(table.title, table.headers, table.rows, notes, image=image)


def _image(limit: Limit) -> str:
    import base64
    import io

    from ..plots import exclusion
    from ..plots.style import styled

    data = io.BytesIO()
    with styled():
        exclusion(limit).savefig(data, format="png", dpi=150, metadata={"Software": "emiss"})
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
