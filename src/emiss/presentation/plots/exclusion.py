"""The figure of a search: what is excluded, of one or more limits, with curves of others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from ...ground.errors import ArgumentError, ArgumentTypeError, EmissError
from ...inference.limit import Limit
from ...physics.constraints.curves.overlay import Overlay
from ...physics.constraints.magnetic_moments import CouplingBand
from . import labels as words
from . import style as looks
from .axis import log_axis, log_range
from .branching import branching_fractions, is_branching
from .lettering import letter
from .naming import shared_facts, telling_names
from .page import new_figure
from .plane import QUANTITIES, Plane, Region, of_limit, of_overlay, of_relic
from .regions import draw_bands, draw_edge, draw_moment, draw_x17, fill_excluded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from ...physics.constraints.cosmology.relic import RelicLine
    from ...physics.constraints.cosmology.thermal_lines import ThermalLine

    Relic: TypeAlias = ThermalLine | RelicLine | Overlay

__all__ = ["exclusion", "squared_plane", "thermal_plane"]


@dataclass(frozen=True, slots=True)
class _Content:
    """All that goes into one pair of axes."""

    plane: Plane
    limits: tuple[Limit, ...]
    regions: tuple[Region, ...]
    names: tuple[str, ...]
    colours: tuple[Any, ...]
    overlays: tuple[tuple[str, Region], ...] = ()
    relic: tuple[tuple[str, Region], ...] = ()
    moments: tuple[CouplingBand, ...] = ()
    expected: bool = True
    facts: tuple[str, ...] = ()
    given: bool = False


def exclusion(
    *limits: Limit,
    overlays: Sequence[Overlay | Path | str] = (),
    relic: Sequence[Relic] = (),
    moments: CouplingBand | Sequence[CouplingBand] = (),
    quantity: Literal["coupling", "squared", "y"] = "coupling",
    against: Literal["mediator", "dark-matter"] | None = None,
    expected: bool | None = None,
    labels: Sequence[str] | None = None,
    colours: Sequence[Any] | None = None,
    ax: Axes | None = None,
    style: str = "emiss",
) -> Figure:
    """Draw excluded couplings against mass, of one limit or of several in the same axes.

    What is excluded by any of them is filled, limits are bold lines, called observed or, without
    data, projected. Of one limit the
    expected median is dashed, with its 68 % and 95 % bands. Names stand on the lines where they
    fit and in the legend where not; neither covers a line, a point or other text.

    Parameters
    ----------
    *limits : Limit
        Results on one coupling.
    overlays : sequence of Overlay or path, optional
        Curves of others. One in y is turned into the coupling, and the other way round.
    relic : sequence of ThermalLine, RelicLine or Overlay, optional
        Lines of the relic density.
    moments : CouplingBand or sequence of them, optional
        Couplings with which the boson accounts for a magnetic moment; in the limits' coupling.
    quantity : str, optional
        Vertical axis: ``"coupling"`` (epsilon, g, g_agg, ... as the limits have it),
        ``"squared"`` or ``"y"`` = epsilon^2 alpha_D (m_chi/m_A')^4.
    against : str, optional
        Horizontal axis: mass of the ``"mediator"``, or of the ``"dark-matter"`` (default for y).
    expected : bool, optional
        Draw the expected limits; by default for one limit only.
    labels : sequence of str, optional
        Names of the limits, one each; by default what tells them apart.
    colours : sequence of colour, optional
        Colours of the limits, one each.
    ax : Axes, optional
        Axes to draw into, also such as have been drawn into before; a new figure without them.
    style : str, optional
        ``"emiss"``, or ``"user"`` for the settings of the user's matplotlib throughout.

    Returns
    -------
    Figure
        To be saved with `save_figure`; the last line of a notebook cell shows it.

    Raises
    ------
    EmissError
        If there is nothing to draw, the limits are on different couplings, a curve cannot be
        turned into the quantity of the axes, or the model has no dark matter and they need it.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> figure = emiss.plots.exclusion(limit, quantity="y")
    """
    if quantity not in QUANTITIES:
        raise ArgumentError(f"quantity '{quantity}': choose one of {', '.join(QUANTITIES)}.")
    side = against or ("dark-matter" if quantity == "y" else "mediator")
    if side not in ("mediator", "dark-matter"):
        raise ArgumentError(f"against '{side}': choose mediator or dark-matter.")
    looks.check_style(style)
    if limits and not (overlays or relic or moments) and all(map(is_branching, limits)):
        # A meson has no other mass than its own: rows instead of a curve.
        return branching_fractions(*limits, ax=ax, style=style)
    bands = (moments,) if isinstance(moments, CouplingBand) else tuple(moments)
    content = _content(
        limits, Plane(quantity, side), overlays, relic, bands, labels, colours, expected
    )
    with looks.styled("user" if ax is not None else style), _axes(ax, style) as axes:
        draw(axes, content)
        return axes.get_figure(root=True)  # type: ignore[return-value]


def thermal_plane(*limits: Limit, relic: Sequence[Relic] = (), **options: Any) -> Figure:
    """Draw excluded y = epsilon^2 alpha_D (m_chi/m_A')^4 against the dark-matter mass.

    Parameters
    ----------
    *limits : Limit
        Results of models with dark matter.
    relic : sequence of ThermalLine, RelicLine or Overlay, optional
        y of the relic density.
    **options
        Further ones of `exclusion`.

    Returns
    -------
    Figure
        With alpha_D and the mass ratio printed, on which y of a limit depends.

    Raises
    ------
    EmissError
        If a model has no y or there is nothing to draw.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> line = emiss.relic("dark-photon", masses="1MeV:100MeV:5", mode="fast")
    >>> figure = emiss.plots.thermal_plane(limit, relic=[line])
    """
    return exclusion(*limits, relic=relic, quantity="y", **options)


def squared_plane(*limits: Limit, relic: Sequence[Relic] = (), **options: Any) -> Figure:
    """Draw the excluded square of the coupling against the dark-matter mass.

    Parameters
    ----------
    *limits : Limit
        Results of models with dark matter; usual for inelastic dark matter.
    relic : sequence of ThermalLine, RelicLine or Overlay, optional
        Couplings of the relic density.
    **options
        Further ones of `exclusion`.

    Returns
    -------
    Figure
        epsilon^2, or the square of what the coupling is.

    Raises
    ------
    EmissError
        If a model has no dark matter or there is nothing to draw.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> figure = emiss.plots.squared_plane(limit)
    """
    options.setdefault("against", "dark-matter")
    return exclusion(*limits, relic=relic, quantity="squared", **options)


@contextmanager
def _axes(ax: Axes | None, style: str) -> Iterator[Axes]:
    yield new_figure(style=style)[1] if ax is None else ax


def _content(
    limits: Sequence[Limit],
    plane: Plane,
    overlays: Sequence[Overlay | Path | str],
    relic: Sequence[Relic],
    moments: tuple[CouplingBand, ...],
    names: Sequence[str] | None,
    colours: Sequence[Any] | None,
    expected: bool | None,
) -> _Content:
    """Check what was given and turn all of it into the quantity of the plane."""
    for one in limits:
        if not isinstance(one, Limit):
            raise ArgumentTypeError(f"exclusion: a Limit is needed, not a {type(one).__name__}.")
    if not limits and not moments:
        raise ArgumentError("exclusion: give at least one limit.")
    for what, given in (("labels", names), ("colours", colours)):
        if given is not None and len(given) != len(limits):
            raise ArgumentError(f"{what}: {len(given)} given for {len(limits)} limits.")
    for one in limits[1:]:
        if one.coupling_name != limits[0].coupling_name and plane.quantity != "y":
            raise EmissError(
                f"'{limits[0].experiment_title}' is a limit on {limits[0].coupling_name}, "
                f"'{one.experiment_title}' one on {one.coupling_name}; they are on different "
                "couplings and have no common axis."
            )
    first = limits[0] if limits else None
    curves = [_read(curve) for curve in overlays]
    titles = names if names is not None else telling_names(limits) if limits else ()
    return _Content(
        plane,
        tuple(limits),
        tuple(of_limit(one, plane) for one in limits),
        tuple(titles),
        tuple(colours) if colours is not None else looks.COLOURS,
        tuple((_name(curve, first), of_overlay(curve, first, plane)) for curve in curves),
        () if first is None else tuple((_relic_name(r), of_relic(r, first, plane)) for r in relic),
        moments,
        len(limits) == 1 if expected is None else expected,
        tuple(_facts(limits, moments)),
        names is not None,
    )


def _read(curve: Overlay | Path | str) -> Overlay:
    if isinstance(curve, Overlay):
        return curve
    from ...physics.constraints.curves.curve_files import read_curve

    return read_curve(curve)


def _name(curve: Overlay, limit: Limit | None) -> str:
    """Label of a curve, with its alpha_D where that is not the one of the figure."""
    own = None if limit is None else limit.model_parameters.get("alpha_dark")
    if curve.quantity != "y" or curve.alpha_dark is None or own is None:
        return curve.label
    if math.isclose(float(own), curve.alpha_dark, rel_tol=1e-6):
        return curve.label
    return rf"{curve.label} ($\alpha_D = {curve.alpha_dark:g}$)"


def _relic_name(line: Relic) -> str:
    if isinstance(line, Overlay):
        return line.label
    return f"{words.dark_matter_text(line.kind).removesuffix(' χ')} relic"


def _facts(limits: Sequence[Limit], moments: Sequence[CouplingBand]) -> list[str]:
    facts = shared_facts(limits) if limits else []
    for band in moments:
        lepton = "muon" if band.reference.lepton == "mu" else "electron"
        facts.append(f"(g−2) of the {lepton}: {band.reference.prediction}")
    return facts


def draw(axes: Axes, content: _Content) -> None:
    """Draw everything into axes and letter it."""
    plane, regions = content.plane, content.regions
    fresh = not axes.has_data()
    x, y = _ranges(axes, content, fresh)
    log_axis(axes, "x", *x)
    log_axis(axes, "y", *y)
    out_of_sight = y[1] / y[0]
    top, bottom = y[1] * out_of_sight, y[0] / out_of_sight
    single = len(regions) == 1
    fill_excluded(axes, regions, top)
    power = 2 if plane.quantity == "squared" else 1
    for band in content.moments:
        draw_moment(axes, band, bottom, power)
    named: list[Line2D] = []
    for index, (region, name) in enumerate(zip(regions, content.names, strict=True)):
        if content.expected and region.bands and single:
            draw_bands(axes, region)
        look: dict[str, Any] = {
            "color": content.colours[index % len(content.colours)],
            "ls": looks.DASHES[index % len(looks.DASHES)],
            "lw": 2.2 if single else 2.0,
            "zorder": 2.2 - 0.01 * index if not single else 1.9,
        }
        # Alone it is what was observed, or would be, unless it was given a name.
        plain = single and fresh and not content.given
        label = content.limits[index].kind if plain else name
        line = draw_edge(axes, region, label=label, **look)
        named += [] if plain else [line]
        if content.expected and region.bands and not single:
            median = region.bands["0"][0]
            axes.plot(region.masses, median, ":", color=look["color"], lw=1.0)
    named += _draw_lines(axes, content)
    if regions and plane.quantity == "coupling" and _visible(content.limits[0]):
        draw_x17(axes)
    if fresh:
        _label_axes(axes, content)
    letter(axes, content.facts if fresh else (), named=named, facts_at=_corners(regions))


def _corners(regions: Sequence[Region]) -> tuple[str, ...]:
    """Facts stand in the filled part above open regions, and beside islands."""
    if any(region.upper is not None for region in regions):
        return ("lower left", "upper right", "upper left", "lower right")
    return ("upper left", "lower right", "lower left", "upper right")


def _draw_lines(axes: Axes, content: _Content) -> list[Line2D]:
    named = []
    for index, (name, region) in enumerate(content.relic):
        look: dict[str, Any] = {
            "color": "0.15",
            "lw": 1.5,
            "ls": looks.RELIC_DASHES[index % len(looks.RELIC_DASHES)],
            "zorder": 1.8,
        }
        named.append(draw_edge(axes, region, label=name, **look))
    for index, (name, region) in enumerate(content.overlays):
        look = {
            "color": looks.OTHERS[index % len(looks.OTHERS)],
            "lw": 1.4,
            "ls": looks.OTHER_DASHES[index % len(looks.OTHER_DASHES)],
            "zorder": 2.05,
        }
        named.append(draw_edge(axes, region, label=name, **look))
    return named


def _visible(limit: Limit) -> bool:
    """Whether a limit is one on decays to what is seen, to which the X17 belongs."""
    return (
        limit.coupling_name == "epsilon"
        and limit.observed_upper is not None
        and limit.dark_matter_mass is None
    )


def _ranges(
    axes: Axes, content: _Content, fresh: bool
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of both axes: masses of the limits, and round numbers around all that is there."""
    masses = [region.masses for region in content.regions]
    masses = masses or [band.masses for band in content.moments]
    low = min(float(m.min()) for m in masses)
    high = max(float(m.max()) for m in masses)
    low, high = _cropped(content, low, high)
    if low == high:
        low, high = low / 2.0, high * 2.0
    inside: list[Any] = []
    for region in content.regions:
        inside += region.edges if content.expected else region.edges[:1] + region.edges[-1:]
        if region.upper is not None:
            inside.append(np.where(np.isfinite(region.upper), region.upper, np.nan))
    for _, region in (*content.overlays, *content.relic):
        shown = (region.masses >= low) & (region.masses <= high)
        inside += [np.asarray(edge)[shown] for edge in region.edges]
    power = 2 if content.plane.quantity == "squared" else 1
    for band in content.moments:
        inside += [band.upper**power, np.where(band.lower > 0.0, band.lower, np.nan) ** power]
    open_above = any(region.upper is None for region in content.regions)
    y = log_range(inside, below=1.6, above=4.0 if open_above else 1.6)
    x = (low, high)
    if not fresh:
        x = (min(x[0], axes.get_xlim()[0]), max(x[1], axes.get_xlim()[1]))
        y = (min(y[0], axes.get_ylim()[0]), max(y[1], axes.get_ylim()[1]))
    return x, y


_BESIDE = 4.0
"""Free mass beside islands, as a factor."""


def _cropped(content: _Content, low: float, high: float) -> tuple[float, float]:
    """Leave out masses far from any island, where nothing is drawn."""
    regions = content.regions
    if not regions or any(region.upper is None for region in regions):
        return low, high
    if content.overlays or content.relic or content.moments:
        return low, high
    drawn = [
        region.masses[np.isfinite(edge)]
        for region in regions
        for edge in (region.lower, *(band for band, _ in region.bands.values()))
    ]
    masses = np.concatenate(drawn)
    if masses.size == 0:
        return low, high
    return max(low, float(masses.min()) / _BESIDE), min(high, float(masses.max()) * _BESIDE)


def _label_axes(axes: Axes, content: _Content) -> None:
    plane = content.plane
    symbols = {words.mediator_symbol(one) for one in content.limits} or {"X"}
    symbol = symbols.pop() if len(symbols) == 1 else "X"
    split = any(float(one.model_parameters.get("splitting", 0.0)) > 0.0 for one in content.limits)
    chi = r"\chi_1" if split else r"\chi"
    mass = chi if plane.against == "dark-matter" else symbol
    axes.set_xlabel(rf"$m_{{{mass}}}$ [GeV]")
    axes.set_ylabel(words.vertical_axis(content.limits, plane.quantity, symbol, chi))
