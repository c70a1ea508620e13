"""Acceptance of thin-target searches against mass, kept in files like that of muons."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.interruption import pause
from . import recoil_electrons
from .recoil import SEED
from .recoil_tables import AcceptanceTables, Progress, Rows, element_total

__all__ = ["ELECTRONS"]


def _share(setup: Setup, masses: FloatArray, boson: str) -> FloatArray:
    """Share of hard bosons; 0 where a boson is too heavy for the beam."""

    def total(min_x: float, energy: float) -> FloatArray:
        return element_total(setup, masses, boson, min_x, np.full(masses.size, energy))

    energies, weights = recoil_electrons.beam_nodes(setup)
    made = np.sum([w * total(0.0, e) for e, w in zip(energies, weights, strict=True)], axis=0)
    hard = total(recoil_electrons.lowest_share(setup), setup.beam_energy)
    return np.asarray(np.divide(hard, made, out=np.zeros(masses.size), where=made > 0.0))


def _rows(
    setup: Setup,
    masses: tuple[float, ...],
    boson: str,
    recoils: int,
    progress: Progress | None,
) -> Rows:
    flows, errors = [], []
    shares = _share(setup, np.array(masses), boson).tolist()
    for number, (mass, share) in enumerate(zip(masses, shares, strict=True)):
        pause()
        flow, error = _row(setup, mass, boson, share, recoils)
        flows.append(flow)
        errors.append(error)
        if progress is not None:
            progress((number + 1) / len(masses))
    return np.array(flows), np.array(errors)


def _row(
    setup: Setup, mass: float, boson: str, share: float, recoils: int
) -> tuple[FloatArray, float]:
    """Shares at one mass, and the error of the last."""
    if not share > 0.0:
        return np.zeros(len(recoil_electrons.CUTS)), 0.0
    sample = recoil_electrons.electrons_behind(setup, mass, boson, count=recoils, seed=(SEED, 0))
    flow, error = recoil_electrons.cut_flow(setup, sample)
    # The first cut knows nothing of the boson: it holds for all that are made. Where all that are
    # left pass, the sample may fluctuate above.
    flow[1:] = np.minimum(flow[1:] * share, flow[0])
    return flow, error * share


ELECTRONS: Final = AcceptanceTables(
    lepton="electron",
    # the peak near 3 MeV is sharp
    masses=(
        1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 6e-4, 1e-3, 1.5e-3, 2.3e-3, 3.5e-3, 5e-3, 7.5e-3,
        0.012, 0.02, 0.033, 0.055, 0.09, 0.15, 0.25, 0.4, 0.65, 1.0, 1.6, 2.3, 3.0,
    ),
    revision=2,
    events=recoil_electrons.EVENTS,
    copies=recoil_electrons.COPIES,
    cuts=tuple(recoil_electrons.CUTS),
    rows=_rows,
    catalogue=("ldmx-4gev", "ldmx-8gev", "darkshine-9e14"),
)  # fmt: skip
"""Acceptance of electrons scattered in a thin target."""


if __name__ == "__main__":
    ELECTRONS.write_shipped()
