"""Arrays as bare addresses inside a kernel.

An array that is taken out of a tuple counts its references, atomically, each time: nine tenths of
the time of a shower. The entry point of the kernels holds the arrays; below it only addresses are
passed on, with the sizes that bound every index.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = [
    "ELECTRON",
    "EVERY_MEDIUM",
    "EXIT",
    "PARTICLE",
    "PHOTON",
    "ROOM",
    "Place",
    "Score",
    "Shapes",
    "Tables",
    "Vector",
    "World",
    "address",
    "bits",
    "from_bits",
]

Vector = tuple[float, float, float]
Place = tuple[float, ...]

ELECTRON: Any = np.int64(0)
PHOTON: Any = np.int64(2)
"""Kinds of particles. They are no literals: of those each value would be compiled by itself."""
EVERY_MEDIUM: Any = np.int64(0)
"""Row of a table that is the same for all matter."""
ROOM = 20_000
"""Particles that can wait on the stack."""
PARTICLE = 9
"""Words of a particle: kinetic energy, x, y, z, direction, kind, slab."""
EXIT = 10
"""Words of a particle that left: event, kind, energy, x, y, z, direction, face."""


def _address(context: Any, array: Any) -> Any:
    """Address of the first element of an array."""
    del context

    def build(ctx: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        structure = ctx.make_array(signature.args[0])(ctx, builder, arguments[0])
        return structure.data

    pointer: Any = types.CPointer
    return pointer(array.dtype)(array), build


address: Any = intrinsic(_address)


def _bits(context: Any, value: Any) -> Any:
    """The bits of a float as a signed integer."""
    del context, value

    def build(ctx: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del ctx, signature
        return builder.bitcast(arguments[0], cgutils.intp_t)

    return types.int64(types.float64), build


bits: Any = intrinsic(_bits)


def _from_bits(context: Any, value: Any) -> Any:
    """The float with the bits of a signed integer."""
    del context, value

    def build(ctx: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ctx.get_value_type(signature.return_type))

    return types.float64(types.int64), build


from_bits: Any = intrinsic(_from_bits)


class Tables(NamedTuple):
    """Addresses of the process tables, see `emiss.events.transport.tables.Tables`."""

    lepton: Any
    photon: Any
    bremsstrahlung: Any
    pair: Any
    collision: Any
    compton: Any
    annihilation: Any
    deflection: Any
    edge: Any
    muon: Any
    transfer: Any
    dimuon: Any


class World(NamedTuple):
    """Addresses of the geometry, see `emiss.events.transport.geometry.World`."""

    edges: Any
    medium: Any
    section: Any
    frame: Any
    slabs: int


class Score(NamedTuple):
    """Addresses of the tallies of one event and their sizes."""

    slabs: Any
    cells: Any
    event: Any
    tracks: Any
    edges: Any
    guess: Any
    balance: Any
    per_depth: float
    slices: int
    bins: int
    rows: int
    columns: int
    exits: Any
    exit_place: Any
    exit_lowest: float
    log_weight: Any
    hook: Any
    choice: Any


class Shapes(NamedTuple):
    """Addresses of the fits of sub-showers, see `emiss.events.transport.subshowers`."""

    visible: Any
    keep: Any
    alias: Any
    radii: Any
    groups: Any
    first: float
    per_log: float
    lowest: float
    density: float
    nodes: int
    rings: int
    period: int
    active: int
    before: int
    offsets: int
