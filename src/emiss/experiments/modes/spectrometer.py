"""Spectrometers before and behind a target: resolution, and what a scattered lepton must hit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from ...ground.errors import ValidityError
from ..elements import Element
from ..elements.dipole import Dipole
from ..elements.tracker import Tracker
from ..layout import Layout, Problem
from ..setup import Plane

__all__ = [
    "PLANES",
    "SPECTROMETERS",
    "WIDEST_ANGLE",
    "arms",
    "magnet_of",
    "momentum_resolution",
    "plane_of",
    "sized_elements",
    "unreachable",
]

SPECTROMETERS: Final = ("incoming-spectrometer", "outgoing-spectrometer")
WIDEST_ANGLE: Final = 0.5
"""Angle in rad to the beam beyond which no scattered lepton is looked for."""
PLANES: Final = ("outgoing-spectrometer", "trigger")
"""Roles of what the scattered lepton must hit, where it stands behind the target and has a size."""


def magnet_of(layout: Layout, role: str) -> Dipole:
    """The first dipole of a role; `ValidityError` where there is none."""
    found = layout.first(Dipole, role)
    if found is None:
        raise ValidityError(f"there is no dipole with the role '{role}'.")
    return found


def momentum_resolution(layout: Layout, role: str) -> tuple[float, float, float, float]:
    """sigma_p/p as constant and slope in 1/GeV, tail fraction and sigma_p/p of the tail."""
    magnet = magnet_of(layout, role)
    tail = (
        0.0 if magnet.tail_fraction is None else magnet.tail_fraction.value,
        0.0 if magnet.tail_resolution is None else magnet.tail_resolution.value,
    )
    if magnet.momentum_resolution is not None:
        return (magnet.momentum_resolution.value, 0.0, *tail)
    found = arms(layout, role)
    if found is None:
        raise ValidityError(
            f"dipole '{magnet.name}' has no momentum_resolution, and there are not two trackers "
            "with a resolution on each side of it."
        )
    # Each arm measures its angle to sqrt(2) s/L; their difference is the bend kick/p.
    angle = math.sqrt(2.0 * sum((spread / lever) ** 2 for spread, lever in found))
    return (0.0, angle / magnet.kick, *tail)


def arms(layout: Layout, role: str) -> tuple[tuple[float, float], ...] | None:
    """Resolution and lever arm in cm of the trackers before and behind a magnet."""
    magnet = magnet_of(layout, role)
    trackers = [e for e in layout.role(role) if isinstance(e, Tracker) and e.resolution is not None]
    found = []
    for side in (
        [t for t in trackers if t.start < magnet.start],
        [t for t in trackers if t.start > magnet.start],
    ):
        lever = side[-1].start - side[0].start if side else 0.0
        if not lever > 0.0:
            return None
        spreads = [t.resolution.value for t in (side[0], side[-1]) if t.resolution is not None]
        found.append((math.sqrt(0.5 * sum(s * s for s in spreads)), lever))
    return tuple(found)


def sized_elements(layout: Layout) -> tuple[Element, ...]:
    """What stands behind the target and has a size, so that the lepton must hit it."""
    return tuple(
        element
        for element in layout.role(*PLANES)
        if not isinstance(element, Dipole) and element.start > 0.0 and element.width is not None
    )


def unreachable(layout: Layout, slowest: float, fastest: float) -> Iterator[Problem]:
    """Find what stands where no scattered lepton gets to.

    Parameters
    ----------
    layout : Layout
        The layout, with a dipole behind the target and a target of known length.
    slowest, fastest : float
        Momenta in GeV that the selection takes; the first may be 0.

    Returns
    -------
    iterator of Problem
        Place in the file and words.
    """
    places = {element.name: index for index, element in enumerate(layout.elements)}
    magnet, spot = magnet_of(layout, SPECTROMETERS[1]), layout.beam.spot
    length = layout.target.length or 0.0
    for element in sized_elements(layout):
        plane, place = plane_of(element, length), ("element", places[element.name])
        if element.offset_y is not None and element.offset_y.value != 0.0:
            problem = "must be 0: what the lepton must hit is centred out of the bending plane"
            yield (*place, "offset_y"), problem
            continue
        lever = max(0.0, element.start - magnet.middle)
        slack = WIDEST_ANGLE * plane.distance + 5.0 * (0.0 if spot is None else spot.value)
        nearest = magnet.kick / fastest * lever - slack
        bend = min(1.0, magnet.kick / slowest) if slowest > 0.0 else 1.0
        if plane.high < nearest or plane.low > bend * lever + slack:
            key = "inner_edge" if getattr(element, "inner_edge", None) is not None else "offset_x"
            problem = (
                f"no lepton of at most {fastest:g} GeV hits '{element.name}', which reaches from "
                f"{plane.low:g} to {plane.high:g} cm"
            )
            yield (*place, key), problem


def plane_of(element: Element, target_length: float) -> Plane:
    """Rectangle that the lepton must hit, from the end of a target of some length in cm."""
    assert element.width is not None
    width = element.width.value
    height = element.height.value if element.height is not None else math.inf
    edge = getattr(element, "inner_edge", None)
    offset = element.offset_x.value if element.offset_x is not None else 0.0
    low = offset - 0.5 * width if edge is None else edge.value
    high = offset + 0.5 * width if edge is None else edge.value + width
    return Plane(element.name, element.start - target_length, low, high, 0.5 * height)
