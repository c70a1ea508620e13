"""The Python surface: what the commands do, with names, units and quantities accepted."""

from .curves import compare, dump_scatter, recast
from .parameter_scan import ScanResult, scan
from .physics import decays, depth, direct_detection, dump_experiment, moments, relic, tracks
from .search import limit, verdict, yields

__all__ = [
    "ScanResult",
    "compare",
    "decays",
    "depth",
    "direct_detection",
    "dump_experiment",
    "dump_scatter",
    "limit",
    "moments",
    "recast",
    "relic",
    "scan",
    "tracks",
    "verdict",
    "yields",
]
