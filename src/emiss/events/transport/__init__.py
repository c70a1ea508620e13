"""Transport of electrons, positrons, photons and muons through slabs, by Monte Carlo.

One loop follows every particle in three dimensions; what is not followed any more below a
take-over energy comes from fits to the full transport. See ``docs/transport.md``.
"""

from __future__ import annotations

from .ecal import EcalResponse, response_ecal
from .emission import Forced, Rates
from .geometry import Cells, Slab, Stack
from .inputs import Beam, Chunk, Settings, TrackBins
from .removals import Removals
from .simulate import simulate
from .tables import Thresholds
from .tracks import SampledTrackLengths, tracks_montecarlo

__all__ = [
    "Beam",
    "Cells",
    "Chunk",
    "EcalResponse",
    "Forced",
    "Rates",
    "Removals",
    "SampledTrackLengths",
    "Settings",
    "Slab",
    "Stack",
    "Thresholds",
    "TrackBins",
    "response_ecal",
    "simulate",
    "tracks_montecarlo",
]
