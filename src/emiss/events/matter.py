"""Elements as stacks of slabs, and the passage of a bank of particles through one."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.elements import Element
from ..ground.arrays import FloatArray
from ..ground.constants import ELECTRON_MASS, MUON_MASS, SPEED_OF_LIGHT_CM_PER_NS
from ..physics.materials import Material, get
from .bank import ORIGINS, Bank
from .bosons import emission
from .context import Context
from .kinds import CHARGES, HADRONS, KINDS, MASSES
from .transport import Beam, Cells, Settings, Slab, Stack, Thresholds, simulate
from .transport.inputs import KINDS as FOLLOWED
from .transport.shapes import Shapes

__all__ = ["FINE", "SOFT", "Passage", "Piece", "cross", "face", "layers_of", "slabs_of", "stack_of"]

FINE: Final = Settings(Thresholds(deflections_per_x0=1e3))
"""Thin layers: everything down to 0.1 MeV, and some three deflections one by one in a layer of
0.3 % of a radiation length."""
SOFT: Final = Settings(Thresholds(deflections_per_x0=1e2, deflection=0.3, range_share=0.5))
"""Detectors of soft photons, many radiation lengths thick: everything down to 0.1 MeV, in a third
of the time."""
_BLOCK = 4096
_FAR = 1e5
_SHOWER = ORIGINS.index("shower")
_DIMUON = ORIGINS.index("dimuon")
_LIGHT = tuple(KINDS.index(name) for name in ("e-", "e+", "gamma"))
_MUONS = tuple(KINDS.index(name) for name in ("mu-", "mu+"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stack that stands for one element or several that touch.

    Parameters
    ----------
    stack : Stack
        Its slabs; section i are the active layers of element i.
    elements : tuple of Element
        The elements.
    ends : tuple of int
        Number of slabs up to the end of each.
    """

    stack: Stack
    elements: tuple[Element, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What a bank did to a stack.

    Parameters
    ----------
    bank : Bank
        Particles behind it or leaving it sideways and forward.
    cells : array, shape (particles, sections, rows, columns)
        Energy in GeV in the active layers, by beam particle.
    deposited : array, shape (particles, sections)
        Energy in GeV in all layers.
    time : array, shape (particles,)
        Mean time in ns of what left energy; infinite where nothing did.
    """

    bank: Bank
    cells: FloatArray
    deposited: FloatArray
    time: FloatArray


def _find(element: Element, name: str) -> Material:
    own = {material.name: material for material in element.own_materials}
    return own[name] if name in own else get(name)


def slabs_of(element: Element, section: int = 0) -> tuple[Slab, ...]:
    """Slabs of an element.

    Parameters
    ----------
    element : Element
        With layers, or a material and a length; a sandwich material stands for its layers.
    section : int
        Number of its cells; -1 where it measures nothing.

    Returns
    -------
    tuple of Slab
        Empty for an element without matter. The active layers are the lightest.
    """
    if element.layers:
        once = [(_find(element, layer.material), layer.thickness.value) for layer in element.layers]
        repeat = element.repeat
    elif not element.material:
        return ()
    else:
        material = _find(element, element.material)
        once, repeat = [(material, element.length_cm)], 1
        if material.layers:
            once = list(material.layers)
            repeat = max(1, round(element.length_cm / sum(t for _, t in once)))
    least = min(material.density for material, _ in once)
    return tuple(Slab(m, t, section if m.density == least else -1) for m, t in once) * repeat


def layers_of(stack: Stack) -> tuple[tuple[Material, float], ...]:
    """Materials of a stack with their whole thickness in cm."""
    found: dict[Material, float] = {}
    for slab in stack.slabs:
        found[slab.material] = found.get(slab.material, 0.0) + slab.thickness
    return tuple(found.items())


def face(element: Element) -> tuple[float, float]:
    """Half width and half height of an element in cm; infinite where they are not given."""
    width, height = element.half_width, element.half_height
    return math.inf if width is None else width, math.inf if height is None else height


@functools.lru_cache(maxsize=256)
def stack_of(elements: tuple[Element, ...], columns: int = 1, rows: int = 1) -> Piece | None:
    """Stack of elements that touch, with the same cells.

    Parameters
    ----------
    elements : tuple of Element
        In the order of the beam; the first decides the size.
    columns, rows : int
        Cells across.

    Returns
    -------
    Piece or None
        None where there is no matter.
    """
    slabs: list[Slab] = []
    ends = []
    for section, element in enumerate(elements):
        slabs += slabs_of(element, section)
        ends.append(len(slabs))
    if not slabs:
        return None
    width, height = (min(half, _FAR) for half in face(elements[0]))
    cells = Cells(columns, rows, 2 * width / columns, pitch_y=2 * height / rows)
    return Piece(Stack(tuple(slabs), width, cells, height), elements, tuple(ends))


def _rows(bank: Bank, stack: Stack) -> FloatArray:
    """Particles as the kernel wants them; charged hadrons as muons of the same momentum."""
    kind = bank.kind.astype(np.int64)
    energy = bank.energy.copy()
    light = kind < 2
    energy[light] -= ELECTRON_MASS
    charged = np.isin(kind, HADRONS) & (bank.charge != 0)
    energy[charged] = np.sqrt(bank.momentum[charged] ** 2 + MUON_MASS**2)
    kind = np.where(charged, np.where(bank.charge < 0, *_MUONS), kind)
    edges = np.cumsum([slab.thickness for slab in stack.slabs])
    slab = np.minimum(np.searchsorted(edges, bank.z, side="right"), len(stack.slabs) - 1)
    columns = (energy, bank.x, bank.y, bank.z, bank.ux, bank.uy, bank.uz, kind, slab)
    return np.stack(columns, axis=1).astype(np.float64)


def followed(bank: Bank) -> NDArray[np.bool_]:
    """Which particles leave energy in matter without a hadronic interaction."""
    return np.asarray((bank.kind < len(FOLLOWED)) | (CHARGES[bank.kind] != 0))


def cross(
    piece: Piece,
    bank: Bank,
    context: Context,
    settings: Settings = FINE,
    shapes: Shapes | None = None,
    *,
    bosons: bool = False,
) -> Passage:
    """Carry particles through a stack.

    Parameters
    ----------
    piece : Piece
        The stack.
    bank : Bank
        Particles at its front face or inside, in its frame (z from the front face, centred).
    context : Context
        The chunk; leaked energy is booked there.
    settings : Settings
        How finely.
    shapes : Shapes, optional
        Fits of sub-showers.
    bosons : bool
        Make a boson in the showers of each event, as the sample of the chunk asks for.

    Returns
    -------
    Passage
        What they left and what is behind. Neutral hadrons and dark states pass; charged hadrons
        ionise and radiate as muons of the same momentum do.
    """
    stack = piece.stack
    assert stack.cells is not None
    shape = (len(piece.ends), stack.cells.rows, stack.cells.columns)
    cells = np.zeros((context.particles, *shape))
    deposited = np.zeros((context.particles, shape[0]))
    moment, total = np.zeros(context.particles), np.zeros(context.particles)
    seen = followed(bank)
    out = [_pass_through(bank.take(~seen), stack.depth)]
    inside = bank.take(seen)
    many = len(piece.ends) > 1
    made = None
    if bosons and len(inside):
        made = emission(stack, inside, _rows(inside, stack), context, settings, shapes)
        out.append(made.bank)
        inside = Bank.join([inside, made.inside])
    for first in range(0, len(inside), _BLOCK):
        rows = inside.take(np.arange(first, min(first + _BLOCK, len(inside))))
        chunk = simulate(
            stack, Beam("mu-", 100.0), len(rows), seed=context.transport_seed, chunk=context.chunk,
            first=first, settings=settings, keep_cells=True, keep_slabs=many, shapes=shapes,
            particles=_rows(rows, stack), keep_exits=True,
            emission=None if made is None else made.part(first, first + len(rows)),
        )  # fmt: skip
        behind = _exits(rows, chunk.exits, stack.depth)
        kept = behind.uz > 0.0
        out.append(behind.take(kept))
        leaked = chunk.balance[:, :3].sum(axis=1)
        context.book("escaped", rows.event, leaked)
        context.book("escaped", out[-1].event, -_muon_like(out[-1]))
        context.weigh(rows.event, chunk.weight)
        context.book("nuclear", rows.event, chunk.balance[:, 5])
        left = _muon_like(rows) - leaked - chunk.balance[:, 3] - chunk.balance[:, 5]
        if made is not None:
            left -= made.energy[first : first + len(rows)]
        context.book("escaped", rows.event, chunk.balance[:, 3])
        shares = left[:, None]
        if many:
            seen_by = chunk.cells[:, : shape[0]].sum(axis=(2, 3))
            shares = _by_element(piece, chunk.slabs, left, None if shapes is None else seen_by)
        np.add.at(deposited, rows.event, shares)
        np.add.at(cells, rows.event, chunk.cells[:, : shape[0]])
        np.add.at(moment, rows.event, left * rows.time)
        np.add.at(total, rows.event, left)
        # The rest mass of hadrons, which their stand-ins do not have.
        context.book("matter", rows.event, rows.available - _muon_like(rows))
        context.book("matter", out[-1].event, _muon_like(out[-1]) - out[-1].available)
    time = np.where(total > 0.0, moment / np.maximum(total, 1e-300), np.inf)
    return Passage(Bank.join(out), cells, deposited, time)


def _exits(rows: Bank, exits: FloatArray, depth: float) -> Bank:
    """What left a stack, hadrons in place of the muons that stood for them."""
    row = exits[:, 0].astype(np.int64)
    start = rows.take(row)
    kind, energy = exits[:, 1].astype(np.int8), exits[:, 2].copy()
    energy[kind < 2] += ELECTRON_MASS
    stands_for = np.isin(start.kind, HADRONS) & (kind > 2)
    if stands_for.any():
        momentum = np.sqrt(np.maximum(energy[stands_for] ** 2 - MUON_MASS**2, 0.0))
        kind[stands_for] = start.kind[stands_for]
        energy[stands_for] = np.sqrt(momentum**2 + MASSES[kind[stands_for]] ** 2)
    same = kind == start.kind
    pair = np.isin(kind, _MUONS) & np.isin(start.kind, _LIGHT)
    origin = np.where(same, start.origin, np.where(pair, _DIMUON, _SHOWER))
    advance = (exits[:, 5] - start.z) / np.maximum(start.uz, 1e-3)
    return Bank(
        start.event,
        kind,
        energy,
        exits[:, 3].copy(), exits[:, 4].copy(), exits[:, 5].copy(),
        exits[:, 6].copy(), exits[:, 7].copy(), exits[:, 8].copy(),
        start.time + np.clip(advance, 0.0, 2.0 * depth) / SPEED_OF_LIGHT_CM_PER_NS,
        start.weight,
        origin.astype(np.int8),
    )  # fmt: skip


def _muon_like(bank: Bank) -> FloatArray:
    """Energy in GeV that the transport accounts for."""
    hadron = np.isin(bank.kind, HADRONS) & (bank.charge != 0)
    return np.where(hadron, np.sqrt(bank.momentum**2 + MUON_MASS**2), bank.available)


def _by_element(
    piece: Piece, slabs: FloatArray, total: FloatArray, visible: FloatArray | None
) -> FloatArray:
    """Energy by element: of its slabs, or by what is visible where fits leave the rest anywhere."""
    starts = np.array([0, *piece.ends[:-1]])
    shares = np.add.reduceat(slabs, starts, axis=1)
    if visible is not None:
        whole = visible.sum(axis=1, keepdims=True)
        share = visible / np.where(whole > 0.0, whole, 1.0)
        shares = np.where(whole > 0.0, share * total[:, None], shares)
    # Rounding of sums goes to the last one.
    shares[:, -1] += total - shares.sum(axis=1)
    return np.asarray(shares)


def _pass_through(bank: Bank, depth: float) -> Bank:
    return bank.drift((depth - bank.z) / bank.uz) if len(bank) else bank
