"""What goes into one pair of axes of the figure of a search, checked and in their quantity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...ground.errors import ArgumentError, EmissError
from ...inference.limit import Limit
from ...physics.constraints.curves.overlay import Overlay
from . import labels as words
from . import style as looks
from .axis import log_range
from .naming import shared_facts, telling_names
from .plane import Plane, Region, of_limit, of_overlay, of_relic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ...physics.constraints.cosmology.relic import RelicLine
    from ...physics.constraints.cosmology.thermal_lines import ThermalLine
    from ...physics.constraints.magnetic_moments import CouplingBand

    Relic: TypeAlias = ThermalLine | RelicLine | Overlay

__all__ = ["Content", "content_of", "ranges_of"]


@dataclass(frozen=True, slots=True)
class Content:
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


def content_of(
    limits: Sequence[Limit],
    plane: Plane,
    overlays: Sequence[Overlay | Path | str],
    relic: Sequence[Relic],
    moments: tuple[CouplingBand, ...],
    names: Sequence[str] | None,
    colours: Sequence[Any] | None,
    expected: bool | None,
) -> Content:
    """Check what was given and turn all of it into the quantity of the plane."""
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
    return Content(
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


def ranges_of(
    axes: Axes, content: Content, fresh: bool
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


def _cropped(content: Content, low: float, high: float) -> tuple[float, float]:
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
