"""Exclusion figures to hover over: mass, coupling, events and shares of the processes (plotly)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.atomic import atomic_file
from ...ground.errors import ArgumentError, EmissError
from ...ground.extras import Extra
from ...ground.guards import guarded
from ...ground.units import format_energy
from ...inference.limit import Limit
from ...inference.order import ascending
from ...physics.constraints.curves.overlay import Overlay
from . import labels as words
from . import style as looks
from .arguments import ARGUMENTS
from .naming import shared_facts, telling_names
from .plane import Plane, Region, of_limit, of_overlay, of_relic

if TYPE_CHECKING:
    from plotly.graph_objects import Figure  # type: ignore[import-untyped]

    from .exclusion_content import Relic

__all__ = ["interactive", "plain_lettering", "save_interactive"]

_DASHES = ("solid", "dash", "dashdot", "dot", "longdash")
_RELIC, _RELIC_DASHES = "#5c5c5c", ("solid", "longdashdot", "dashdot", "dot")
_FILL = "rgba(31, 95, 158, 0.14)"
_SPREAD = 1e6
"""How far above the frame an open region ends, as a factor."""


@guarded(ARGUMENTS)
def interactive(
    *limits: Limit,
    overlays: Sequence[Overlay | Path | str] = (),
    relic: Sequence[Relic] = (),
    quantity: Literal["coupling", "y"] = "coupling",
    labels: Sequence[str] | None = None,
) -> Figure:
    """Draw excluded couplings, or y, in a figure that answers to the pointer.

    Parameters
    ----------
    *limits : Limit
        One or more, on one coupling.
    overlays, relic, labels : optional
        As in `exclusion`.
    quantity : str, optional
        ``"coupling"`` or ``"y"``.

    Returns
    -------
    plotly.graph_objects.Figure
        Hover shows mass, coupling or y, signal events and the share of each process. A notebook
        shows it; `save_interactive` writes a page that needs no network.

    Raises
    ------
    EmissError
        If plotly is not installed, or as in `exclusion`.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> figure = emiss.plots.interactive(limit)
    """
    go = _plotly()
    if not limits:
        raise ArgumentError("interactive: give at least one limit.")
    if quantity not in ("coupling", "y"):
        raise ArgumentError(f"quantity '{quantity}': choose coupling or y.")
    if len({one.coupling_name for one in limits}) > 1 and quantity != "y":
        raise EmissError("interactive: the limits are on different couplings.")
    if labels is not None and len(labels) != len(limits):
        raise ArgumentError(f"labels: {len(labels)} given for {len(limits)} limits.")
    plane = Plane(quantity, "dark-matter" if quantity == "y" else "mediator")
    names = labels or telling_names(limits)
    figure = go.Figure()
    for index, (one, name) in enumerate(zip(limits, names, strict=True)):
        ordered = ascending(one)
        region = of_limit(ordered, plane)
        single = len(limits) == 1
        if single:
            _bands(figure, go, region)
        _edges(figure, go, (ordered, region), ("" if single else plain_lettering(name), index))
    for index, line in enumerate(relic):
        region = of_relic(line, limits[0], plane)
        name = line.label if isinstance(line, Overlay) else f"{line.kind} relic"
        look = (_RELIC, _RELIC_DASHES[index % len(_RELIC_DASHES)])
        _line(figure, go, region, plain_lettering(name), look)
    for index, given in enumerate(overlays):
        curve = _read(given)
        colour = looks.OTHERS[index % len(looks.OTHERS)]
        region = of_overlay(curve, limits[0], plane)
        _line(figure, go, region, plain_lettering(curve.label), (colour, _DASHES[(index + 1) % 5]))
    _frame(figure, limits, quantity)
    return figure


@guarded(ARGUMENTS)
def save_interactive(figure: Figure, path: Path | str) -> Path:
    """Write an interactive figure as one page that loads nothing from elsewhere.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Of `interactive`.
    path : path
        Where to; ``.html`` is added where it is missing.

    Returns
    -------
    Path
        The file written, some megabytes.

    Raises
    ------
    OutputError
        If it cannot be written.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> page = emiss.plots.save_interactive(emiss.plots.interactive(limit), "limit")
    >>> page.name
    'limit.html'
    """
    file = Path(path)
    if file.suffix.lower() != ".html":
        file = file.with_name(f"{file.name}.html")
    page = figure.to_html(include_plotlyjs=True, full_html=True, div_id="emiss")
    with atomic_file(file) as staging:
        staging.write_text(page, encoding="utf-8")
    return file


def _plotly() -> Any:
    return Extra("plotly.graph_objects", "explore", "interactive figures need").load()


def _read(curve: Overlay | Path | str) -> Overlay:
    if isinstance(curve, Overlay):
        return curve
    from ...physics.constraints.curves.curve_files import read_curve

    return read_curve(curve)


def plain_lettering(text: str) -> str:
    """Mathtext as plain text, for plotly knows no mathtext without a network."""
    for formula, plain in (
        (r"\alpha_D", "α_D"), (r"\chi_1", "χ₁"), (r"\chi", "χ"), (r"\Delta", "Δ"),
        (r"\epsilon", "ε"), (r"\gamma", "γ"), (r"\mu", "μ"), (r"\tau", "τ"), (r"\phi", "φ"),
        (r"\,", " "), ("A'", "A′"), ("Z'", "Z′"), ("$", ""), ("{", ""), ("}", ""),
    ):  # fmt: skip
        text = text.replace(formula, plain)
    return text.replace("\\", "")


def _lowered(text: str) -> str:
    """Plain lettering with what stands behind a letter's underscore below the line."""
    return re.sub(r"(?<!\w)(\w)_(\w[′₁]?)(?!\w)", r"\1<sub>\2</sub>", text)


def _bands(figure: Figure, go: Any, region: Region) -> None:
    for low, high, fill, name in (
        ("-2", "2", looks.BAND_2, "expected, 95 %"),
        ("-1", "1", looks.BAND_1, "expected, 68 %"),
    ):
        for number, (lower, upper) in enumerate(region.sheets(low, high)):
            known = np.isfinite(lower) & np.isfinite(upper)
            masses = region.masses[known]
            figure.add_trace(
                go.Scatter(
                    x=np.concatenate([masses, masses[::-1]]),
                    y=np.concatenate([lower[known], upper[known][::-1]]),
                    fill="toself",
                    fillcolor=fill,
                    line={"width": 0},
                    name=name,
                    legendgroup=name,
                    showlegend=number == 0,
                    hoverinfo="skip",
                )
            )
    name = "expected, median"
    for number, edge in enumerate(region.bands["0"]):
        if edge is None:
            continue
        figure.add_trace(
            go.Scatter(
                x=region.masses,
                y=np.where(np.isfinite(edge), edge, np.nan),
                line={"color": "black", "dash": "dash", "width": 1.3},
                name=name,
                legendgroup=name,
                showlegend=number == 0,
                hovertemplate="%{y:.4g}",
            )
        )


def _words_of_fill(limit: Limit, name: str) -> str:
    words = "projected reach" if limit.projection else "excluded"
    return f"{words}: {name}" if name else words


def _edges(figure: Figure, go: Any, what: tuple[Limit, Region], name: tuple[str, int]) -> None:
    """Edges, and the region above or between them as a fill; without a name: of a single limit."""
    (limit, region), (given, index) = what, name
    label = given or limit.kind
    colour = looks.COLOURS[index % len(looks.COLOURS)]
    look = {"color": colour, "width": 2.6, "dash": _DASHES[index % len(_DASHES)]}
    top = float(np.nanmax(region.lower, initial=0.0)) * _SPREAD
    known = np.isfinite(region.lower)
    masses, ceiling = region.masses[known], region.ceiling(max(top, 1e-300))[known]
    figure.add_trace(
        go.Scatter(
            x=np.concatenate([masses, masses[::-1]]),
            y=np.concatenate([region.lower[known], ceiling[::-1]]),
            fill="toself",
            fillcolor=_FILL,
            line={"width": 0},
            name=_words_of_fill(limit, given),
            hoverinfo="skip",
            showlegend=not given,
        )
    )
    texts = _hover(limit, region)
    figure.add_trace(
        go.Scatter(
            x=region.masses,
            y=region.lower,
            line=look,
            name=label,
            text=texts,
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            mode="lines+markers" if masses.size == 1 else "lines",
        )
    )
    if region.upper is not None:
        figure.add_trace(
            go.Scatter(
                x=region.masses,
                y=np.where(np.isfinite(region.upper), region.upper, np.nan),
                line=look,
                name=f"{label}, upper edge",
                hovertemplate="upper edge %{y:.4g}<extra></extra>",
                showlegend=False,
            )
        )


def _hover(limit: Limit, region: Region) -> list[str]:
    """What the pointer shows at each mass."""
    symbol = plain_lettering(limit.coupling_label)
    unit = f" {limit.coupling_unit}" if limit.coupling_unit else ""
    found = []
    for i, mass in enumerate(limit.masses):
        lines = [f"m = {format_energy(float(mass))}"]
        if limit.dark_matter_mass is not None:
            lines.append(f"m_χ = {format_energy(float(limit.dark_matter_mass[i]))}")
        lines.append(f"{symbol} = {limit.observed[i]:.4g}{unit}")
        if limit.y is not None:
            lines.append(f"y = {limit.y[i]:.4g}")
        lines.append(f"{limit.signal_events[i]:.3g} signal events")
        lines += [
            f"{name}: {100.0 * float(share[i]):.3g} %"
            for name, share in limit.shares.items()
            if float(share[i]) >= 5e-4
        ]
        found.append("<br>".join(lines))
    return found


def _line(figure: Figure, go: Any, region: Region, name: str, look: tuple[str, str]) -> None:
    x: FloatArray = region.masses
    y: FloatArray = region.lower
    if region.upper is not None:
        # With its sides: the region ends where the curve does.
        finite = np.where(np.isfinite(region.upper), region.upper, np.nan)
        x, y = np.concatenate([x, x[::-1], x[:1]]), np.concatenate([y, finite[::-1], y[:1]])
        ceiling = region.ceiling(float(np.nanmax(y)) * _SPREAD)
        figure.add_trace(
            go.Scatter(
                x=x,
                y=np.concatenate([region.lower, ceiling[::-1], region.lower[:1]]),
                fill="toself",
                fillcolor=_FILL,
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
                legendgroup=name,
            )
        )
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            line={"color": look[0], "dash": look[1], "width": 1.8},
            name=name,
            legendgroup=name,
            hovertemplate="%{x:.4g} GeV: %{y:.4g}<extra>%{fullData.name}</extra>",
        )
    )


def _frame(figure: Figure, limits: Sequence[Limit], quantity: str) -> None:
    first = limits[0]
    symbol = plain_lettering(words.mediator_symbol(first))
    heights = [v for trace in figure.data if trace.fill is None for v in _known(trace.y)]
    if not heights:
        raise EmissError(
            "there is nothing to draw: no mass is excluded and none is expected to be."
        )
    title, *facts = [plain_lettering(fact) for fact in shared_facts(limits)]
    mediator = f"m<sub>{symbol}</sub>"
    axis = {
        "type": "log",
        "exponentformat": "power",
        "showline": True,
        "mirror": True,
        "ticks": "inside",
        "linecolor": "black",
        "gridcolor": "#eeeeee",
    }
    masses = [one.dark_matter_mass if quantity == "y" else one.masses for one in limits]
    ends = [
        float(f(np.concatenate([m for m in masses if m is not None]))) for f in (np.min, np.max)
    ]
    low, high = min(heights) / 3.0, max(heights) * 6.0
    name = plain_lettering(words.coupling_axis(first))
    if quantity == "y":
        name = f"y = ε² {_lowered('α_D')} ({_lowered('m_χ')}/{mediator})⁴"
    figure.update_layout(
        template="none",
        title={
            "text": "<br>".join([f"<b>{title}</b>", _lowered(", ".join(facts))]),
            "font": {"size": 14},
        },
        xaxis={
            **axis,
            "title": f"{_lowered('m_χ') if quantity == 'y' else mediator} [GeV]",
            "range": np.log10(ends).tolist() if ends[0] < ends[1] else None,
        },
        yaxis={**axis, "title": name, "range": np.log10([low, high]).tolist()},
        hovermode="closest",
        width=900,
        height=620,
    )


def _known(values: Iterable[Any]) -> list[float]:
    found = np.asarray(values, dtype=float)
    return [float(x) for x in found[np.isfinite(found) & (found > 0.0)]]
