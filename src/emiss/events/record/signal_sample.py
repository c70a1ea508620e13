"""Signal events as another program takes them: what emits, what is made, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray

__all__ = ["NOTE", "PHOTON_PDG", "SignalSample"]

PHOTON_PDG: Final = 22
NOTE: Final = (
    "Weight: bosons per beam particle at coupling 1 (g = e, or 1 GeV^-1 to photons) that the event "
    "stands for; their sum is the yield. The target at rest (nucleus, or electron in annihilation) "
    "is left out and takes the rest of the momentum. Origin: centre of the front face of the "
    "target, z along the beam."
)
"""What a reader has to know; in the header of every file."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalSample:
    """Signal events.

    Parameters
    ----------
    weight : array, shape (n,)
        Bosons per beam particle at coupling 1; their sum is the yield.
    process : array of int, shape (n,)
        Place in ``header["processes"]``.
    emitter_pdg : array of int, shape (n,)
        PDG number of the lepton or photon that emits; a recoil has the same.
    incoming, boson, recoil, photon : array, shape (n, 4)
        Four-vectors (E, px, py, pz) in GeV; zero where there is none.
    place : array, shape (n, 3)
        Where the boson is made, in cm from the centre of the front face of the target.
    header : mapping
        Plain values: version, experiment, model, mass in GeV, seed, number of beam particles, PDG
        number of the boson, beam and processes.
    """

    weight: FloatArray
    process: NDArray[np.int64]
    emitter_pdg: NDArray[np.int64]
    incoming: FloatArray
    boson: FloatArray
    recoil: FloatArray
    photon: FloatArray
    place: FloatArray
    header: Mapping[str, Any]

    def __len__(self) -> int:
        return int(self.weight.size)

    def products(self, row: int) -> list[tuple[int, FloatArray]]:
        """PDG number and four-vector of what an event makes: boson, recoil, photon."""
        found = [(int(self.header["boson_pdg"]), self.boson[row])]
        if self.recoil[row, 0] > 0.0:
            found.append((int(self.emitter_pdg[row]), self.recoil[row]))
        if self.photon[row, 0] > 0.0:
            found.append((PHOTON_PDG, self.photon[row]))
        return found

    @staticmethod
    def of_rows(rows: list[list[float]], header: Mapping[str, Any]) -> SignalSample:
        """Put together what a reader found, 22 numbers per event in the order above."""
        table = np.array(rows, dtype=np.float64).reshape(-1, 22)
        numbers = table[:, 1:3].astype(np.int64)
        incoming, boson, recoil, photon = np.split(table[:, 3:19], 4, axis=1)
        return SignalSample(
            table[:, 0], numbers[:, 0], numbers[:, 1], incoming, boson, recoil, photon,
            table[:, 19:22], header,
        )  # fmt: skip

    @staticmethod
    def row(
        weight: float, process: int, particles: list[tuple[int, list[float]]], place: list[float],
        boson_pdg: int,
    ) -> list[float]:  # fmt: skip
        """22 numbers of an event whose first particle is what emits."""
        emitter, incoming = particles[0]
        slots = [[0.0] * 4 for _ in range(3)]
        for pdg, vector in particles[1:]:
            # where a photon emits nothing goes on
            slot = 0 if pdg == boson_pdg else 2 if pdg == PHOTON_PDG else 1
            slots[slot] = vector
        made = [value for slot in slots for value in slot]
        return [weight, float(process), float(emitter), *incoming, *made, *place]
