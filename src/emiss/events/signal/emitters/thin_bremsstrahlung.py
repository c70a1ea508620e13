"""Dark bremsstrahlung of electrons in a thin target: the same process, under its mode's name."""

from __future__ import annotations

from dataclasses import replace

from .bremsstrahlung import EMITTER as IN_SHOWERS

__all__ = ["EMITTER"]

EMITTER = replace(IN_SHOWERS, name="thin_bremsstrahlung")
