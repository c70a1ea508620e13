"""Figures of results: `exclusion` and its planes, `compare`, `yields`, and more.

Each function returns a `matplotlib.figure.Figure`, which shows itself as the last line of a
notebook cell; `save_figure` writes it. Importing this package does not import matplotlib.
"""

from .acceptance import acceptance
from .analysis import cut_variables, energy_plane
from .backgrounds import backgrounds
from .branching import branching_fractions
from .compare import compare
from .cross_section import annihilation_excitation, bremsstrahlung_spectrum, cross_section
from .curves import curves
from .depth import depth
from .event_display import event_display
from .exclusion import exclusion, squared_plane, thermal_plane
from .interactive import interactive, save_interactive
from .optimise import optimise
from .page import save_figure
from .relic import relic_line
from .response import response
from .scan import scan
from .shape import shape
from .tracks import tracks
from .verdict import verdict
from .yields import yields

__all__ = [
    "acceptance",
    "annihilation_excitation",
    "backgrounds",
    "branching_fractions",
    "bremsstrahlung_spectrum",
    "compare",
    "cross_section",
    "curves",
    "cut_variables",
    "depth",
    "energy_plane",
    "event_display",
    "exclusion",
    "interactive",
    "optimise",
    "relic_line",
    "response",
    "save_figure",
    "save_interactive",
    "scan",
    "shape",
    "squared_plane",
    "thermal_plane",
    "tracks",
    "verdict",
    "yields",
]
