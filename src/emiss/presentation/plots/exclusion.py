"""The figure of a search: what is excluded, of one or more limits, with curves of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...ground.errors import ArgumentError
from ...ground.guards import guarded
from ...inference.limit import Limit
from ...physics.constraints.curves.overlay import Overlay
from ..mesons import is_branching
from . import labels as words
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis
from .branching import branching_fractions
from .exclusion_content import Content, content_of, ranges_of
from .lettering import letter
from .page import new_figure
from .plane import QUANTITIES, Plane, Region
from .regions import draw_bands, draw_edge, draw_moment, draw_x17, fill_excluded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from ...physics.constraints.magnetic_moments import CouplingBand
    from .exclusion_content import Relic

__all__ = ["exclusion", "squared_plane", "thermal_plane"]


@guarded(ARGUMENTS)
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

    What is excluded by any of them is filled, and lighter what projections would exclude; limits
    are bold lines, called observed or, without data, projected. Of one limit the
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
    bands = tuple(moments) if isinstance(moments, Sequence) else (moments,)
    content = content_of(
        limits, Plane(quantity, side), overlays, relic, bands, labels, colours, expected
    )
    with looks.styled("user" if ax is not None else style), _axes(ax, style) as axes:
        draw(axes, content)
        return axes.get_figure(root=True)  # type: ignore[return-value]


@guarded(ARGUMENTS)
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


@guarded(ARGUMENTS)
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


def draw(axes: Axes, content: Content) -> None:
    """Draw everything into axes and letter it."""
    plane, regions = content.plane, content.regions
    fresh = not axes.has_data()
    x, y = ranges_of(axes, content, fresh)
    log_axis(axes, "x", *x)
    log_axis(axes, "y", *y)
    out_of_sight = y[1] / y[0]
    top, bottom = y[1] * out_of_sight, y[0] / out_of_sight
    single = len(regions) == 1
    fill_excluded(axes, regions, top, [one.projection for one in content.limits])
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


def _draw_lines(axes: Axes, content: Content) -> list[Line2D]:
    named = []
    for index, (name, region) in enumerate(content.relic):
        look: dict[str, Any] = {
            "color": looks.RELIC,
            "lw": 1.6,
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


def _label_axes(axes: Axes, content: Content) -> None:
    plane = content.plane
    symbols = {words.mediator_symbol(one) for one in content.limits} or {"X"}
    symbol = symbols.pop() if len(symbols) == 1 else "X"
    split = any(float(one.model_parameters.get("splitting", 0.0)) > 0.0 for one in content.limits)
    chi = r"\chi_1" if split else r"\chi"
    mass = chi if plane.against == "dark-matter" else symbol
    axes.set_xlabel(rf"$m_{{{mass}}}$ [GeV]")
    axes.set_ylabel(words.vertical_axis(content.limits, plane.quantity, symbol, chi))
