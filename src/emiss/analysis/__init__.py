"""Analysis of recorded or simulated events: reconstruction, cuts, blinding.

See ``docs/analysis.md``.
"""

from __future__ import annotations

from .cutflow import CutFlow, CutStep
from .evaluate import evaluate, passes
from .flow import Analysis, analyse, simulated_analysis
from .histograms import Histogram, Plane

__all__ = [
    "Analysis",
    "CutFlow",
    "CutStep",
    "Histogram",
    "Plane",
    "analyse",
    "evaluate",
    "passes",
    "simulated_analysis",
]
