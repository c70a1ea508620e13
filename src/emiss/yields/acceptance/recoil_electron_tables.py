"""Acceptance of thin-target searches against mass, kept in files like that of muons."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.shipped import shipped_path
from ...ground.table_files import TableKind, hashed_settings
from . import recoil, recoil_electrons
from .recoil_tables import FILES as OF_MUONS
from .recoil_tables import Progress, RecoilAcceptance

__all__ = ["FILES", "MASS_NODES", "acceptance_settings", "build_acceptance", "load_acceptance"]

MASS_NODES: Final = (
    1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 6e-4, 1e-3, 1.5e-3, 2.3e-3, 3.5e-3, 5e-3, 7.5e-3, 0.012,
    0.02, 0.033, 0.055, 0.09, 0.15, 0.25, 0.4, 0.65, 1.0, 1.6, 2.3, 3.0,
)  # fmt: skip
"""Masses in GeV at which the acceptance is sampled: the peak near 3 MeV is sharp."""
REVISION: Final = 2
"""Raised when the computation changes, so that cached files are made again."""
SEED: Final = 1
FILES: Final[TableKind[RecoilAcceptance]] = TableKind(
    "electron acceptance", OF_MUONS.columns, OF_MUONS.pack, OF_MUONS.unpack
)
"""How these tables are written and read."""
CATALOGUE: Final = ("ldmx-4gev", "ldmx-8gev", "darkshine-9e14")
"""Experiments whose tables ship."""


def acceptance_settings(setup: Setup, boson: str) -> dict[str, Any]:
    """All that determines a table; ``sha256`` is the hash of the rest."""
    settings: dict[str, Any] = {
        "setup": setup.acceptance_inputs(),
        "boson": boson,
        "masses": list(MASS_NODES),
        "events": recoil_electrons.EVENTS,
        "copies": recoil_electrons.COPIES,
        "cuts": list(recoil_electrons.CUTS),
        "seed": SEED,
        "revision": REVISION,
    }
    return hashed_settings(settings, digits=12)


def build_acceptance(
    setup: Setup, boson: str, progress: Progress | None = None
) -> RecoilAcceptance:
    """Sample the acceptance at `MASS_NODES`.

    All masses share one random stream, so that the acceptance is smooth in the mass.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    RecoilAcceptance
        The table; 0 behind the first cut where a boson is too heavy for the beam.
    """
    nodes = np.array(MASS_NODES)
    energies, weights = recoil_electrons.beam_nodes(setup)
    made = np.sum(
        [w * _total(setup, nodes, boson, 0.0, e) for e, w in zip(energies, weights, strict=True)],
        axis=0,
    )
    share = recoil_electrons.lowest_share(setup)
    hard = _total(setup, nodes, boson, share, setup.beam_energy)
    part = np.divide(hard, made, out=np.zeros(nodes.size), where=made > 0.0)
    flows, errors = [], []
    for number, mass in enumerate(nodes):
        flow, error = np.zeros(len(recoil_electrons.CUTS)), 0.0
        if part[number] > 0.0:
            sample = recoil_electrons.electrons_behind(setup, float(mass), boson, seed=(SEED, 0))
            flow, error = recoil_electrons.cut_flow(setup, sample)
            # The first cut knows nothing of the boson: it holds for all that are made. Where all
            # that are left pass, the sample may fluctuate above.
            flow[1:] = np.minimum(flow[1:] * part[number], flow[0])
        flows.append(flow)
        errors.append(error * part[number])
        if progress is not None:
            progress((number + 1) / nodes.size)
    return RecoilAcceptance(
        nodes, np.array(flows), np.array(errors), acceptance_settings(setup, boson)
    )


def _total(setup: Setup, masses: FloatArray, boson: str, min_x: float, energy: float) -> FloatArray:
    at = np.full(masses.size, energy)
    rates = [rate for _, rate in recoil.element_rates(setup, masses, boson, min_x, at)]
    return np.asarray(np.sum(rates, axis=0))


def file_name(settings: dict[str, Any]) -> str:
    """Name of a table's file."""
    return f"electron_acceptance_{settings['boson']}_{settings['sha256'][:12]}.npz"


@functools.lru_cache(maxsize=64)
def load_acceptance(setup: Setup, boson: str, progress: Progress | None = None) -> RecoilAcceptance:
    """Get a table: the shipped one, else the cached one, else sample it and cache it.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    progress : callable, optional
        Called with the share done while the table is made.

    Returns
    -------
    RecoilAcceptance
        The table; one that does not belong to exactly this setup is never used.
    """
    settings = acceptance_settings(setup, boson)
    return FILES.find_or_make(
        file_name(settings), settings, lambda: build_acceptance(setup, boson, progress)
    )


def main() -> None:
    """Make the tables that ship."""
    from ... import experiments
    from ...processes.bremsstrahlung import BOSONS

    directory = shipped_path("tables")
    for name in CATALOGUE:
        setup = experiments.get(name).runs[0].setup
        for boson in BOSONS:
            table = build_acceptance(setup, boson)
            FILES.write(table, directory / file_name(table.settings))


if __name__ == "__main__":
    main()
