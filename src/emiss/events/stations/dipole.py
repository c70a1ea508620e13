"""Dipole magnets: exact motion in a uniform field, synchrotron radiation, decays."""

from __future__ import annotations

import numpy as np

from ...experiments.elements.dipole import Dipole
from ...ground.arrays import FloatArray
from ..bank import ORIGINS, Bank
from ..beam import beam_charge
from ..context import Context
from ..field import bend
from ..kinds import KINDS
from ..orbit import magnet_frame
from ..synchrotron import radiate
from .base import Hits, Place, Station
from .flight import fly

__all__ = ["STATION"]

_ALONG = 1e-3
_PHOTON, _RADIATION = KINDS.index("gamma"), ORIGINS.index("synchrotron radiation")


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    magnet = places[0].element
    assert isinstance(magnet, Dipole)
    frame, depth = magnet_frame(context.layout, magnet)
    local = frame.inside(bank)
    ahead = (local.uz > _ALONG) & (local.z <= 0.5 * depth)
    past, local = bank.take(~ahead), local.take(ahead)
    local = local.drift((np.maximum(local.z, 0.0) - local.z) / local.uz)
    # Decays of its first half happen at the entrance, those of the second at the exit.
    half = np.full(len(local), 0.5 * magnet.length_cm)
    local = _at_a_point(local, half, context, "first half")
    sign = local.charge.astype(np.float64) * beam_charge(context.layout.beam)
    strength = sign * (magnet.kick / magnet.length_cm)
    local, photons = _bent(local, strength, depth - local.z, context)
    half = np.full(len(local), 0.5 * magnet.length_cm)
    local = _at_a_point(local, half, context, "second half")
    behind = frame.outside(Bank.join([local, photons]))
    return Bank.join([behind, past]), {}


def _at_a_point(bank: Bank, path: FloatArray, context: Context, purpose: str) -> Bank:
    flown = fly(bank, path, context, purpose)
    z = float(bank.z[0]) if len(bank) else 0.0
    # Daughters made further on are taken back along their direction.
    return flown.drift(np.where(flown.z > z, (z - flown.z) / flown.uz, 0.0))


def _bent(
    bank: Bank, strength: FloatArray, depth: FloatArray, context: Context
) -> tuple[Bank, Bank]:
    """Particles at the exit, less what they radiate, and the photons there."""
    first = bend(bank, strength, depth)
    plane = np.maximum(bank.momentum * np.hypot(bank.ux, bank.uz), 1e-12)
    gamma = np.where(bank.charge != 0, bank.energy / np.maximum(bank.mass, 1e-6), 0.0)
    gamma = np.where(first.turned, 0.0, gamma)
    emission = radiate(gamma, first.angle, strength / plane, context.generator("radiation"))
    loss = np.bincount(emission.row, emission.energy, minlength=len(bank))
    loss = np.minimum(loss, 0.5 * np.maximum(bank.energy - bank.mass, 0.0))
    # Half of the loss during the passage: the bend differs from the exact one in its second order.
    last = bend(bank.change(energy=bank.energy - 0.5 * loss), strength, depth)
    seen = emission.energy > context.options.synchrotron_cut
    row, share = emission.row[seen], emission.share[seen]
    at = bend(bank.take(row), strength[row], share * depth[row]).bank
    photons = at.change(
        kind=np.full(row.size, _PHOTON, dtype=np.int8),
        energy=emission.energy[seen],
        origin=np.full(row.size, _RADIATION, dtype=np.int8),
    )
    end = bank.z[row] + depth[row]
    photons = photons.drift((end - photons.z) / photons.uz)
    followed = np.bincount(row, emission.energy[seen], minlength=len(bank))
    context.book("radiation", bank.event, np.asarray(loss - followed, dtype=np.float64))
    behind = last.bank.change(energy=bank.energy - loss)
    gone = first.turned | last.turned
    if gone.any():
        lost = behind.take(gone)
        context.book("escaped", lost.event, lost.available)
    return behind.take(~gone), photons


STATION = Station("dipole", _traverse)
