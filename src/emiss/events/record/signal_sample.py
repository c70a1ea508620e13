"""Signal events as another program takes them: what emits, what is made and decays, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray

__all__ = [
    "DARK_PDG",
    "EXCITED_PDG",
    "PHOTON_PDG",
    "Particle",
    "SampleDecays",
    "SignalEvent",
    "SignalSample",
]

PHOTON_PDG: Final = 22
DARK_PDG: Final = 52
"""Fermionic dark matter."""
EXCITED_PDG: Final = 4_000_052
"""The same, excited: the numbering has none of its own, and excited fermions begin with a 4."""
_COLUMNS: Final = (
    "weight", "process", "emitter_pdg", "incoming", "boson", "recoil", "photon", "place",
)  # fmt: skip
_MOST: Final = 3
"""Daughters of a decay."""
_NOTE: Final = (
    "Weight: bosons per beam particle at {coupling} that the event stands for; their sum is the "
    "yield. The target at rest (nucleus, electron in annihilation, nucleon in charge exchange) is "
    "left out and takes the rest of the momentum. Origin: centre of the front face of the target, "
    "z along the beam."
)


class Particle(NamedTuple):
    """A particle of an event: PDG number, (E, px, py, pz) in GeV, and the place of its mother."""

    pdg: int
    vector: Sequence[float]
    mother: int


class SignalEvent(NamedTuple):
    """An event as files hold it.

    Parameters
    ----------
    weight : float
        Weight.
    process : int
        Place in the processes of the header.
    particles : list of Particle
        What emits first, with mother -1, then what is made and what that decays to.
    place : sequence of float
        Where the boson is made, in cm.
    decay : sequence of float or None
        Where it, or the excited dark matter that it became, decays; None if it does not.
    """

    weight: float
    process: int
    particles: list[Particle]
    place: Sequence[float]
    decay: Sequence[float] | None

    def has_decayed(self, number: int) -> bool:
        """Whether a particle is the mother of others."""
        return any(particle.mother == number for particle in self.particles)

    def becomes_dark(self, number: int) -> bool:
        """Whether a particle decays at once to excited dark matter, which flies in its place."""
        return any(p.mother == number and p.pdg == EXCITED_PDG for p in self.particles)


@dataclass(frozen=True, slots=True, eq=False)
class SampleDecays:
    """What bosons become.

    Parameters
    ----------
    excited, companion : array, shape (n, 4)
        Four-vectors in GeV of excited and other dark matter where the boson decays to them at
        once; else zero, and the boson itself flies.
    place : array, shape (n, 3)
        Where what flies decays, in cm; not a number where it leaves the apparatus before.
    pdg : array of int, shape (n, 3)
        PDG numbers of the daughters; 0 for none.
    daughters : array, shape (n, 3, 4)
        Their four-vectors in GeV.
    """

    excited: FloatArray
    companion: FloatArray
    place: FloatArray
    pdg: NDArray[np.int64]
    daughters: FloatArray

    def take(self, rows: NDArray[np.int64]) -> SampleDecays:
        """Some of them."""
        return SampleDecays(*(getattr(self, f.name)[rows] for f in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class SignalSample:
    """Signal events.

    Parameters
    ----------
    weight : array, shape (n,)
        Bosons per beam particle at the coupling of the header, or else at coupling 1; their sum is
        the yield.
    process : array of int, shape (n,)
        Place in ``header["processes"]``.
    emitter_pdg : array of int, shape (n,)
        PDG number of the lepton, photon or hadron that emits; a recoil has the same, or that of
        the header.
    incoming, boson, recoil, photon : array, shape (n, 4)
        Four-vectors (E, px, py, pz) in GeV; zero where there is none.
    place : array, shape (n, 3)
        Where the boson is made, in cm from the centre of the front face of the target.
    header : mapping
        Plain values: version, experiment, model and its settings, mass in GeV, coupling, seed,
        number of beam particles, PDG number of the boson (of mesons one per process), beam and
        processes.
    decays : SampleDecays or None
        What the bosons become; None where they are stable.
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
    decays: SampleDecays | None = None

    def __len__(self) -> int:
        return int(self.weight.size)

    def take(self, rows: NDArray[np.int64]) -> SignalSample:
        """Some of the events."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return replace(self, **columns, decays=self.decays and self.decays.take(rows))

    @staticmethod
    def join(parts: Sequence[SignalSample]) -> SignalSample:
        """Put parts of one sample together."""

        def whole(of: Sequence[Any], name: str) -> Any:
            return np.concatenate([getattr(part, name) for part in of])

        found = [part.decays for part in parts if part.decays is not None]
        columns = {name: whole(parts, name) for name in _COLUMNS}
        decays = None
        if found:
            decays = SampleDecays(*(whole(found, f.name) for f in fields(SampleDecays)))
        return replace(parts[0], **columns, decays=decays)

    @property
    def note(self) -> str:
        """What a reader has to know; in the header of every file."""
        coupling = self.header["coupling"]
        unit = "coupling 1 of the model, in its own unit,"
        return _NOTE.format(coupling=unit if coupling is None else f"coupling {coupling:g}")

    @property
    def about(self) -> dict[str, Any]:
        """Header of a file, with what shows whether the file is whole."""
        return {**self.header, "recorded": len(self), "sum_of_weights": float(self.weight.sum())}

    def event(self, row: int) -> SignalEvent:
        """One event, as files hold it."""
        emitter, process = int(self.emitter_pdg[row]), int(self.process[row])
        particles = [
            Particle(emitter, self.incoming[row].tolist(), -1),
            Particle(_bosons(self.header, process)[0], self.boson[row].tolist(), 0),
        ]
        recoil = int(self.header.get("recoil_pdg", emitter))
        for pdg, vectors in ((recoil, self.recoil), (PHOTON_PDG, self.photon)):
            if vectors[row, 0] > 0.0:
                particles.append(Particle(pdg, vectors[row].tolist(), 0))
        flying, decay = 1, None
        if self.decays is not None:
            if self.decays.excited[row, 0] > 0.0:
                flying = len(particles)
                for pdg, vectors in (
                    (EXCITED_PDG, self.decays.excited), (DARK_PDG, self.decays.companion),
                ):  # fmt: skip
                    particles.append(Particle(pdg, vectors[row].tolist(), 1))
            for pdg, vector in zip(self.decays.pdg[row], self.decays.daughters[row], strict=True):
                if pdg:
                    decay = self.decays.place[row].tolist()
                    particles.append(Particle(int(pdg), vector.tolist(), flying))
        return SignalEvent(
            float(self.weight[row]), process, particles, self.place[row].tolist(), decay
        )

    @staticmethod
    def of_events(events: Sequence[SignalEvent], header: Mapping[str, Any]) -> SignalSample:
        """Put together what a reader found.

        Raises
        ------
        ValueError
            If events are missing or changed.
        """
        count, header = len(events), dict(header)
        recorded, total = header.pop("recorded"), header.pop("sum_of_weights")
        if count != recorded or abs(sum(e.weight for e in events) - total) > 1e-9 * abs(total):
            raise ValueError("events are missing or changed")
        for event in events:
            numbers = [event.weight, *event.place, *(x for p in event.particles for x in p.vector)]
            if not (np.isfinite(numbers).all() and 0 <= event.process < len(header["processes"])):
                raise ValueError("an event holds numbers that cannot be")
        made = np.zeros((4, count, 4))
        excited, companion = np.zeros((2, count, 4))
        pdg = np.zeros((count, _MOST), dtype=np.int64)
        daughters, decay = np.zeros((count, _MOST, 4)), np.full((count, 3), np.nan)
        for row, event in enumerate(events):
            made[0, row] = event.particles[0].vector
            flying = 1
            for number, particle in enumerate(event.particles[1:], start=1):
                if particle.mother == 0:
                    made[_slot(particle.pdg, header), row] = particle.vector
                elif particle.pdg == EXCITED_PDG:
                    excited[row], flying = particle.vector, number
                elif particle.mother != flying:
                    companion[row] = particle.vector
                else:
                    free = np.count_nonzero(pdg[row])
                    pdg[row, free], daughters[row, free] = particle.pdg, particle.vector
            if event.decay is not None:
                decay[row] = event.decay
        decays = SampleDecays(excited, companion, decay, pdg, daughters)
        return SignalSample(
            np.array([e.weight for e in events]),
            np.array([e.process for e in events], dtype=np.int64),
            np.array([e.particles[0].pdg for e in events], dtype=np.int64),
            made[0],
            made[1],
            made[2],
            made[3],
            np.array([e.place for e in events], dtype=np.float64).reshape(-1, 3),
            header,
            decays if header["decays"] else None,
        )


def _bosons(header: Mapping[str, Any], process: int | None = None) -> list[int]:
    """PDG numbers of what is made, of one process or all."""
    found = header["boson_pdg"]
    if isinstance(found, int):
        return [found]
    return [int(pdg) for pdg in (found if process is None else found[process : process + 1])]


def _slot(pdg: int, header: Mapping[str, Any]) -> int:
    """Boson, recoil or photon; where a photon emits, nothing but the boson goes on."""
    return 1 if pdg in _bosons(header) else 3 if pdg == PHOTON_PDG else 2
