"""The Python surface: what the commands do, with names, units and quantities accepted."""

from . import cross_sections
from .analysis import acceptance, analyse, backgrounds, cutflow, skim, unblind
from .cosmology import direct_detection, relic
from .curves import compare, dump_scatter, recast
from .events import generate, simulate
from .optimisation import optimise
from .parameter_scan import ScanResult, scan
from .physics import decays, depth, dump_experiment, loss, moments, tracks
from .responses import ecal_response, hcal_response, punch_through
from .search import limit, verdict, yields
from .shapes import shape

__all__ = [
    "ScanResult",
    "acceptance",
    "analyse",
    "backgrounds",
    "compare",
    "cross_sections",
    "cutflow",
    "decays",
    "depth",
    "direct_detection",
    "dump_experiment",
    "dump_scatter",
    "ecal_response",
    "generate",
    "hcal_response",
    "limit",
    "loss",
    "moments",
    "optimise",
    "punch_through",
    "recast",
    "relic",
    "scan",
    "shape",
    "simulate",
    "skim",
    "tracks",
    "unblind",
    "verdict",
    "yields",
]
