"""What a dump is made of: elements, compounds and sandwiches, and what follows from composition.

Radiation lengths are computed with Tsai's formula and agree with the PDG table to 0.15 % (tests);
so every material, listed or one's own, is treated alike.
"""

from __future__ import annotations

from .element import Element
from .material import Component, Material
from .registry import element, find, get, load, names

__all__ = ["Component", "Element", "Material", "element", "find", "get", "load", "names"]

CITATIONS = ("Tsai:1973py", "ParticleDataGroup:2024cfk", "Sternheimer:1971zz")
