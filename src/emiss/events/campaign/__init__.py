"""Campaigns: many chunks of events on disk, made by any number of workers, safe against breaks."""

from __future__ import annotations

from .commits import Commit
from .executors import alone, borrowed, cluster, processes
from .plan import Plan
from .run import Campaign, Progress, estimate_bytes, run_campaign

__all__ = [
    "Campaign",
    "Commit",
    "Plan",
    "Progress",
    "alone",
    "borrowed",
    "cluster",
    "estimate_bytes",
    "processes",
    "run_campaign",
]
