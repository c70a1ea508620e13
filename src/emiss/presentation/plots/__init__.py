"""Figures of results: `exclusion`, `thermal_plane`, `compare`, `yields`, and more.

Each function returns a `matplotlib.figure.Figure`; `save_figure` writes it. Importing this package
does not import matplotlib.
"""

from .compare import compare
from .cross_section import annihilation_excitation, bremsstrahlung_spectrum, cross_section
from .exclusion import exclusion
from .style import save_figure
from .thermal_plane import thermal_plane
from .tracks import tracks
from .yields import yields

__all__ = [
    "annihilation_excitation",
    "bremsstrahlung_spectrum",
    "compare",
    "cross_section",
    "exclusion",
    "save_figure",
    "thermal_plane",
    "tracks",
    "yields",
]
