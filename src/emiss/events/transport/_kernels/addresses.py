"""Tables, geometry and tallies as bare addresses, see `pointers`."""

from __future__ import annotations

from typing import Any

from ....ground._kernels.jit import helper
from .pointers import Score, Shapes, Tables, World, address


@helper
def tables_at(t: Any) -> Any:
    """Process tables as addresses."""
    return Tables(
        address(t.lepton),
        address(t.photon),
        address(t.bremsstrahlung),
        address(t.pair),
        address(t.collision),
        address(t.compton),
        address(t.annihilation),
        address(t.deflection),
        address(t.edge),
        address(t.muon),
        address(t.transfer),
        address(t.dimuon),
    )


@helper
def world_at(w: Any) -> Any:
    """Geometry as addresses."""
    return World(
        address(w.edges), address(w.medium), address(w.section), address(w.frame), w.medium.size
    )


@helper
def shapes_at(s: Any) -> Any:
    """Fits of sub-showers as addresses."""
    return Shapes(
        address(s.visible),
        address(s.keep),
        address(s.alias),
        address(s.radii),
        address(s.groups),
        s.first,
        s.per_log,
        s.lowest,
        s.density,
        s.nodes,
        s.rings,
        s.period,
        s.active,
        s.before,
        s.offsets,
    )


@helper
def score_at(s: Any) -> Any:
    """Tallies as addresses."""
    return Score(
        address(s.slabs),
        address(s.cells),
        address(s.event),
        address(s.tracks),
        address(s.edges),
        address(s.guess),
        address(s.balance),
        s.per_depth,
        s.tracks.shape[1],
        s.tracks.shape[2],
        s.cells.shape[1],
        s.cells.shape[2],
        address(s.exits),
        address(s.exit_place),
        s.exit_lowest,
        address(s.log_weight),
        address(s.hook),
        address(s.choice),
    )
