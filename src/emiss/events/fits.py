"""Which fits of sub-showers an element uses, and how finely its showers are followed."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Final

from ..experiments.elements import Element
from ..ground.shipped import shipped_path
from ..physics.materials import Material, get, names
from .transport import Settings, Thresholds
from .transport.shapes import Shapes
from .transport.subshowers import TAKEOVER, file_name, load_shapes

__all__ = ["COARSE", "FAST", "fits_of", "known_sandwich", "sandwich_of"]

FAST: Final = Settings(Thresholds(5e-3, 1e-3, 0.05, 0.02), TAKEOVER)
"""Sub-showers below 0.5 GeV from fits."""
COARSE: Final = Settings(Thresholds(5e-3, 1e-3, 0.05, 0.02), lepton_cut=1e-3, photon_cut=2e-4)
"""Calorimeters without fits: everything down to 1 MeV."""
_SHOWERS = ("preshower", "target", "decay-calorimeter")


@functools.lru_cache(maxsize=64)
def sandwich_of(element: Element) -> Material | None:
    """Two layers of an element as a material.

    Parameters
    ----------
    element : Element
        Any.

    Returns
    -------
    Material or None
        With the name of the catalogue's where it has one; None for anything but two layers.
    """
    composition = element.composition
    return None if composition is None else known_sandwich(composition)


def known_sandwich(composition: Material) -> Material | None:
    """Two layers with the name of the catalogue's material that has the same.

    Parameters
    ----------
    composition : Material
        Any.

    Returns
    -------
    Material or None
        Called "sandwich" where the catalogue has none; None for anything but two layers.
    """
    if len(composition.layers) != 2:
        return None
    for name in names():
        known = get(name)
        if known.layers == composition.layers:
            return known
    return replace(composition, name="sandwich", length=None)


@functools.lru_cache(maxsize=16)
def fits_of(element: Element) -> Shapes | None:
    """Fits of sub-showers for an element.

    Parameters
    ----------
    element : Element
        A calorimeter.

    Returns
    -------
    Shapes or None
        Those that ship; for calorimeters in which showers are expected, made if need be (three to
        five minutes, kept in the user's cache); None where every particle is followed.
    """
    material = sandwich_of(element)
    if material is None:
        return None
    shipped = shipped_path("tables", file_name(material)).is_file()
    return load_shapes(material) if shipped or element.role in _SHOWERS else None
