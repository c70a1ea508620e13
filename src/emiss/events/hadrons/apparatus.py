"""Boxes of a layout: everything that hadrons meet."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from ...experiments.elements import Element
from .boxes import Box

__all__ = ["E_OVER_H", "boxes_of"]

E_OVER_H: Final = 1.3
"""e/h of what hadrons below the cut leave, where a layout gives none: assumed, between a lead and
an iron sandwich with plastic. What collisions take for nuclei comes on top of it."""
_KINDS: Final = ("calorimeter", "veto", "absorber")


def boxes_of(elements: Iterable[Element], kinds: tuple[str, ...] = _KINDS) -> tuple[Box, ...]:
    """Boxes of the elements that have matter.

    Parameters
    ----------
    elements : iterable of Element
        Elements of a layout, in the order of the beam.
    kinds : tuple of str
        Kinds of elements that count.

    Returns
    -------
    tuple of Box
        One for each element with a composition; sizes that are not known are infinite.
    """
    boxes = []
    for element in elements:
        material = element.composition
        if element.kind not in kinds or material is None:
            continue
        half = [_half(element, "width", "x"), _half(element, "height", "y")]
        centre = [
            0.0 if offset is None else offset.value
            for offset in (element.offset_x, element.offset_y)
        ]
        x, y = ((c - h, c + h) for c, h in zip(centre, half, strict=True))
        ratio = getattr(element, "e_over_h", None)
        response = E_OVER_H if ratio is None else ratio.value
        hole = tuple(_hole(element, axis) for axis in ("width", "height"))
        boxes.append(
            Box(element.name, material, element.start, element.end, x, y, (hole[0], hole[1]),
                response)
        )  # fmt: skip
    return tuple(boxes)


def _half(element: Element, name: str, axis: str) -> float:
    half = getattr(element, f"half_{name}", None)
    if half is not None:
        return float(half)
    size = getattr(element, name)
    return math.inf if size is None else 0.5 * float(size.value)


def _hole(element: Element, name: str) -> float:
    size = getattr(element, f"hole_{name}", None)
    return 0.0 if size is None else 0.5 * float(size.value)
