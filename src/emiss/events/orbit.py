"""Where elements stand: on the nominal orbit before the target, on the axis behind it.

Positions of a layout count along the nominal beam. Behind the last bending magnet before the target
the beam is the z axis; before it, elements stand on the orbit of a particle of the beam's nominal
momentum, with their faces across it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from ..experiments.elements import Element
from ..experiments.elements.dipole import Dipole
from ..experiments.layout import Layout
from ..ground.errors import ValidityError
from .bank import Bank

__all__ = ["Frame", "frame_at", "frame_of", "magnet_frame"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame with an origin in the bending plane, turned in it.

    Parameters
    ----------
    x, z : float
        Origin in cm.
    angle : float
        Angle of its z axis to that of the layout, in rad, towards positive x.
    y : float
        Height of the origin in cm.
    """

    x: float
    z: float
    angle: float = 0.0
    y: float = 0.0

    def inside(self, bank: Bank) -> Bank:
        """Particles as seen in this frame."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        x, z = bank.x - self.x, bank.z - self.z
        return bank.change(
            x=c * x - s * z,
            y=bank.y - self.y,
            z=s * x + c * z,
            ux=c * bank.ux - s * bank.uz,
            uz=s * bank.ux + c * bank.uz,
        )

    def outside(self, bank: Bank) -> Bank:
        """Particles of this frame in that of the layout."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        return bank.change(
            x=c * bank.x + s * bank.z + self.x,
            y=bank.y + self.y,
            z=c * bank.z - s * bank.x + self.z,
            ux=c * bank.ux + s * bank.uz,
            uz=c * bank.uz - s * bank.ux,
        )

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Frame:
        """The frame with its origin moved, in its own directions."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        return Frame(self.x + c * x + s * z, self.z + c * z - s * x, self.angle, self.y + y)


def magnets_before(layout: Layout) -> tuple[Dipole, ...]:
    """Bending magnets before the target, in the order of the beam."""
    return tuple(e for e in layout.elements if isinstance(e, Dipole) and e.start < 0.0)


@functools.lru_cache(maxsize=4096)
def frame_at(layout: Layout, position: float) -> Frame:
    """Frame of the nominal beam at a position.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    position : float
        In cm along the nominal beam, from the front of the target.

    Returns
    -------
    Frame
        Origin on the orbit, z along it.

    Raises
    ------
    ValidityError
        If a magnet turns the beam by more than 0.5 rad.
    """
    frame = Frame(0.0, min(position, 0.0) if not magnets_before(layout) else 0.0)
    place = frame.z
    for magnet in reversed(magnets_before(layout)):
        if position >= magnet.end:
            break
        frame = frame.moved(z=magnet.end - place)
        angle = float(magnet.deflection(layout.beam.momentum.value))
        if not abs(angle) < 0.5:
            raise ValidityError(f"magnet '{magnet.name}' turns the beam by {angle:g} rad.")
        part = min(1.0, (magnet.end - position) / magnet.length_cm)
        frame = _back_along_arc(frame, part * angle, part * magnet.length_cm)
        place = magnet.end - part * magnet.length_cm
    return frame.moved(z=position - place)


def _back_along_arc(frame: Frame, angle: float, length: float) -> Frame:
    """Frame at the beginning of an arc that ends at a frame, bent towards positive x."""
    half = 0.5 * angle
    chord = length * (math.sin(half) / half if half else 1.0)
    turned = Frame(frame.x, frame.z, frame.angle - half).moved(z=-chord)
    return Frame(turned.x, turned.z, frame.angle - angle)


def magnet_frame(layout: Layout, magnet: Dipole) -> tuple[Frame, float]:
    """Frame of a magnet, and its depth: faces across the chord of the nominal orbit in it.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    magnet : Dipole
        One of its magnets.

    Returns
    -------
    frame : Frame
        Origin in the middle of the entrance face.
    depth : float
        Distance of the faces in cm: the chord of the nominal orbit before the target; behind it,
        where positions count along the axis, the length.
    """
    entry = frame_at(layout, magnet.start)
    if magnet.start >= 0.0:
        return entry, magnet.length_cm
    half = 0.5 * float(magnet.deflection(layout.beam.momentum.value))
    depth = magnet.length_cm * (math.sin(half) / half if half else 1.0)
    return Frame(entry.x, entry.z, entry.angle + half), depth


def frame_of(layout: Layout, element: Element) -> Frame:
    """Frame of an element: origin in the middle of its front face.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    element : Element
        One of its elements; offsets across count from the nominal orbit.

    Returns
    -------
    Frame
        z into the element.
    """
    across = [0.0 if o is None else o.value for o in (element.offset_x, element.offset_y)]
    edge, width = getattr(element, "inner_edge", None), element.width
    if edge is not None and width is not None:
        across[0] = edge.value + 0.5 * width.value
    return frame_at(layout, element.start).moved(*across)
