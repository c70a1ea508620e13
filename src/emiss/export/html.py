"""A limit as HTML for notebooks: a short table under one line of facts."""

from __future__ import annotations

from html import escape

from ..inference.limit import Limit
from .tables import limit_table

__all__ = ["limit_html"]


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
    head = "".join(f"<th>{escape(name)}</th>" for name in table.headers)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    hidden = limit.masses.size - len(table.rows)
    facts = f"{limit.beam_label}, {limit.particles_on_target:.3g} on target; " + ", ".join(
        f"{name} = {value}" for name, value in limit.model_parameters.items()
    )
    notes = [facts.strip("; "), *([f"{hidden} more masses not shown"] if hidden else [])]
    notes += [f"Warning: {warning}" for warning in limit.warnings]
    image = f'<img alt="excluded couplings" width="420" src="{_image(limit)}"/>' if figure else ""
    return (
        f'<div class="emiss-limit"><b>{escape(table.title)}</b><br/>{image}'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + "".join(f"<small>{escape(note)}</small><br/>" for note in notes)
        + "</div>"
    )


def _image(limit: Limit) -> str:
    import base64
    import io

    from ..plots import exclusion
    from ..plots.style import styled

    data = io.BytesIO()
    with styled():
        exclusion(limit).savefig(data, format="png", dpi=150, metadata={"Software": "emiss"})
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
