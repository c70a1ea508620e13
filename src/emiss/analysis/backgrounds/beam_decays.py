"""Muons, pions and kaons of the beam that decay to an electron before the dump.

The parent bends like an electron of the beam; behind the magnets it decays, and an electron of
less than the threshold enters the dump, while neutrinos take the rest. The event passes if the
tagger took the parent for an electron. Decays to an electron,

    mu -> e nu nu, pi -> e nu, K -> e nu, K -> pi0 e nu,

are drawn evenly along the way between magnets and dump and weighted with their probability; every
electron and photon is followed along a straight line to the cell of the dump or the module of the
hadron calorimeter that it hits. Decays to muons or charged pions are seen behind the dump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.bank import Bank
from ...events.beam import beam_charge, rays
from ...events.decays import CHANNELS, decay_into
from ...events.kinds import KINDS, LIFETIMES, MASSES
from ...experiments.elements.calorimeter import Calorimeter
from ...experiments.elements.dipole import Dipole
from ...experiments.elements.tracker import Tracker
from ...experiments.layout import Layout
from ...experiments.modes.base import asked
from .base import Estimate, Question, Source
from .contamination import INPUTS, contamination, suppression

__all__ = ["SOURCE", "electron_channels", "flight"]

CITATIONS = ("ParticleDataGroup:2024cfk",)
_LIGHT: Final = ("e-", "e+", "gamma", "neutrino")
_OUTSIDE: Final = 0.07
"""Largest share of the energy outside the 3 x 3 cells in the centre, as published selections."""
_E: Final = (KINDS.index("e-"), KINDS.index("e+"), KINDS.index("gamma"))


def electron_channels(kind: str) -> tuple[tuple[float, tuple[str, ...]], ...]:
    """Decays of a particle to an electron and what leaves no track.

    Parameters
    ----------
    kind : str
        For example ``K-``.

    Returns
    -------
    tuple of (float, tuple of str)
        Branching fraction and products.
    """
    negative = kind.replace("+", "-")
    flip = {"e-": "e+", "e+": "e-"} if kind != negative else {}
    return tuple(
        (share, tuple(flip.get(name, name) for name in final))
        for share, final in CHANNELS[negative]
        if "e-" in final and all(name in (*_LIGHT, "pi0") for name in final)
    )


def flight(layout: Layout) -> tuple[float, float]:
    """Where decays count: from the last magnet before the dump to its front.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    tuple of float
        In cm along the beam.
    """
    magnets = [e.end for e in layout.role("incoming-spectrometer") if isinstance(e, Dipole)]
    front = min(e.start for e in layout.role("preshower", "target"))
    return max((end for end in magnets if end <= front), default=front), front


@dataclass(frozen=True, slots=True)
class _Geometry:
    """Edges that decide.

    ``dump``, ``cell``, ``hadronic``: half sizes of dump and hadron calorimeter and size of a cell
    in cm; ``centre`` of the dump, ``hadronic_front``; ``stations``: place and half width of the
    spectrometer's last ones; ``bend`` of the magnets in rad; ``window`` in the momentum in GeV.
    """

    dump: tuple[float, float]
    cell: tuple[float, float]
    centre: tuple[float, float]
    hadronic: tuple[float, float]
    hadronic_front: float
    stations: tuple[tuple[float, float], ...]
    bend: float
    window: tuple[float, float]


def _geometry(layout: Layout) -> _Geometry:
    first = next(e for e in layout.role("target") if isinstance(e, Calorimeter))
    width = first.cell_width.value if first.cell_width else 2e5
    height = first.cell_height.value if first.cell_height else 2e5
    behind = [e for e in layout.role("hadronic") if isinstance(e, Calorimeter)]
    magnets = [e for e in layout.role("incoming-spectrometer") if isinstance(e, Dipole)]
    end = flight(layout)[0]
    stations = tuple(
        (e.start, 0.5 * e.width.value if e.width else math.inf)
        for e in layout.role("incoming-spectrometer")
        if isinstance(e, Tracker) and e.start >= end
    )
    half = 0.5 * width * first.cells_x, 0.5 * height * first.cells_y
    place = [0.0 if o is None else o.value for o in (first.offset_x, first.offset_y)]
    sizes = [
        (0.5 * e.cells_x * (e.cell_width.value if e.cell_width else 2e5),
         0.5 * e.cells_y * (e.cell_height.value if e.cell_height else 2e5)) for e in behind
    ]  # fmt: skip
    return _Geometry(
        half, (width, height), (place[0], place[1]),
        min(sizes, default=(0.0, 0.0)), min((e.start for e in behind), default=0.0), stations,
        sum(float(m.deflection(layout.beam.momentum.value)) for m in magnets),
        (asked(layout, "incoming_momentum", "min"), asked(layout, "incoming_momentum", "max")),
    )  # fmt: skip


def _looks_like_beam(
    electron: Bank, parent: Bank, layout: Layout, geometry: _Geometry
) -> NDArray[np.bool_]:
    """Whether stations behind the decay see a track of the beam's momentum.

    The kink adds to the angle that the magnets are measured to give, and what is measured of the
    momentum goes with its inverse. Stations that the electron misses spoil the track.
    """
    last = max((z for z, _ in geometry.stations), default=-math.inf)
    early = electron.z < last
    slope = electron.ux / electron.uz
    kink = slope - parent.ux / parent.uz
    turn = beam_charge(layout.beam)
    measured = layout.beam.momentum.value / np.maximum(1.0 + abs(turn) * kink / geometry.bend, 1e-3)
    good = (measured > geometry.window[0]) & (measured < geometry.window[1])
    angle = np.hypot(slope, electron.uy / electron.uz)
    most = asked(layout, "incoming_angle", "max")
    good &= angle < (most if most > 0.0 else math.inf)
    for z, half in geometry.stations:
        behind = electron.z < z
        x = electron.x + slope * (z - electron.z)
        y = electron.y + electron.uy / electron.uz * (z - electron.z)
        good &= ~behind | ((np.abs(x) < half) & (np.abs(y) < half))
    return np.asarray(~early | good)


def _accepted(
    products: Bank, parents: Bank, layout: Layout, geometry: _Geometry
) -> NDArray[np.bool_]:
    """Which decays end in the signal region, by number of the parent."""
    n, threshold = len(parents), asked(layout, "target_energy", "max")
    light = products.take(np.isin(products.kind, _E) & (products.uz > 1e-6))
    front = flight(layout)[1]
    x = light.x + light.ux / light.uz * (front - light.z) - geometry.centre[0]
    y = light.y + light.uy / light.uz * (front - light.z) - geometry.centre[1]
    inside = (np.abs(x) < geometry.dump[0]) & (np.abs(y) < geometry.dump[1])
    dump = np.bincount(light.event, light.energy * inside, n)
    back = geometry.hadronic_front
    xh = light.x + light.ux / light.uz * (back - light.z)
    yh = light.y + light.uy / light.uz * (back - light.z)
    caught = ~inside & (np.abs(xh) < geometry.hadronic[0]) & (np.abs(yh) < geometry.hadronic[1])
    behind = np.bincount(light.event, light.energy * caught, n)
    # the cell that the beam hits: the one with the origin in it, or beside it
    centre_x, centre_y = (
        (math.floor((half - offset) / cell) + 0.5) * cell - half
        for half, offset, cell in zip(geometry.dump, geometry.centre, geometry.cell, strict=True)
    )
    near = (np.abs(x - centre_x) < 1.5 * geometry.cell[0]) & (
        np.abs(y - centre_y) < 1.5 * geometry.cell[1]
    )
    hit = (np.abs(x - centre_x) < 0.5 * geometry.cell[0]) & (
        np.abs(y - centre_y) < 0.5 * geometry.cell[1]
    )
    outside = np.bincount(light.event, light.energy * (inside & ~near), n)
    central = np.bincount(light.event, light.energy * (inside & hit), n)
    good = (dump > 0.0) & (dump < threshold) & (behind < asked(layout, "hadronic_energy", "max"))
    good &= (outside < _OUTSIDE * dump) & (central > 0.5 * dump)
    electrons = light.take(light.kind != KINDS.index("gamma"))
    alike = np.zeros(n, dtype=bool)
    chosen = parents.take(electrons.event)
    alike[electrons.event] = _looks_like_beam(electrons, chosen, layout, geometry)
    return np.asarray(good & alike)


def _share(
    question: Question, kind: str, final: tuple[str, ...], geometry: _Geometry
) -> tuple[float, float]:
    """Decays on the way and in the signal region, per parent, and the statistical error."""
    layout, n = question.layout, 100 * question.events
    random = question.random(kind, *final)
    start, front = flight(layout)
    z = start + (front - start) * random.random(n)
    number = KINDS.index(kind)
    parents = rays(layout.beam, np.arange(n), np.full(n, number), z, random)
    products = decay_into(parents, final, random)
    good = _accepted(products, parents, layout, geometry)
    # the beam that arrives at the dump is what counts: decays before it are few
    chance = (front - start) * MASSES[number] / layout.beam.momentum.value / LIFETIMES[number]
    share = float(good.mean())
    return chance * share, chance * math.sqrt(max(share * (1.0 - share), 1.0 / n) / n)


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    geometry, (tagged, tag_error) = _geometry(layout), suppression(question)
    total, variance = 0.0, 0.0
    steps: dict[str, float] = {}
    by_kind: dict[str, float] = {}
    beam = contamination(question)
    for kind, (fraction, _) in beam.items():
        if kind.replace("+", "-") not in CHANNELS:
            continue
        found = 0.0
        for branching, final in electron_channels(kind):
            share, error = _share(question, kind, final, geometry)
            rate = fraction * branching * share * tagged
            variance += (fraction * branching * error * tagged) ** 2
            found += rate
        steps[f"{kind} in the beam"] = fraction
        steps[f"{kind}: events per electron"] = found
        by_kind[kind] = found
        total += found
    shifts = {f"number of {kind}": beam[kind][1] * rate for kind, rate in by_kind.items()}
    shifts["tagger"] = tag_error * total
    steps["share that passes the tagger"] = tagged
    return Estimate(total, math.sqrt(variance), shifts, steps, question.inputs(*INPUTS))


def _applies(layout: Layout) -> bool:
    start, front = flight(layout)
    return start < front and bool(layout.beam.contaminations)


SOURCE = Source(
    "beam-decays",
    "muons, pions and kaons of the beam that decay to electrons",
    ("missing-energy",),
    "Monte Carlo of decays between magnets and dump, times contamination and tagger",
    _estimate,
    _applies,
    INPUTS,
)
