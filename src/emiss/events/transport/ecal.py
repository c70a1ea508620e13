"""What a sandwich calorimeter with cells records: raw energy in its active layers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError, UnknownNameError, ValidityError
from ...ground.presentable import Presentable
from ...physics.materials import Material, get
from .geometry import Cells, Stack
from .inputs import Beam, Chunk, Settings
from .simulate import simulate
from .subshowers import TAKEOVER, load_shapes
from .tables import Thresholds

__all__ = ["EcalResponse", "response_ecal"]


CHUNK = 500
"""Events of a chunk."""
_PITCH, _ARRAY = 3.82, 11
# Above the take-over: photons up to 20 MeV and collisions up to 5 MeV are lumped.
_FAST = Settings(Thresholds(5e-3, 1e-3, 0.05, 0.02), TAKEOVER)
_FULL = Settings(Thresholds(deflection=0.2))
STEPPINGS = ("geant4-default", "converged")
"""Conventions for the sampling fraction, see `response_ecal`."""
# Visible energy of Geant4 with its default steps of multiple scattering (Urban, range factor 0.04)
# over that of this transport, for 20 GeV electrons: fitted, 0.1 % statistical. Finer steps bring
# Geant4 below this transport: see docs/transport.md.
_GEANT4_STEPS = {"na64-ecal": 1.0484}


@dataclass(frozen=True, slots=True, eq=False)
class EcalResponse(Presentable):
    """Visible energy of a calorimeter, before noise, photo-statistics and quenching.

    Parameters
    ----------
    beam : Beam
        What hit it.
    events, seed : int
        Number of events and seed.
    takeover : float
        Energy in GeV below which sub-showers were taken from fits; 0 for none.
    visible : array, shape (events,)
        Energy in all active layers, GeV.
    central, inner : array, shape (events,)
        The part in the cell that is hit, and in it and its eight neighbours, GeV.
    layer_profile : array, shape (layers,)
        Mean energy in each active layer, GeV.
    cell_means : array, shape (rows, columns)
        Mean energy in each cell, all layers together, GeV.
    events_per_second : float
        Events per second of processor time, compilation and tables left out.
    stepping : str
        Convention of the sampling fraction, one of `STEPPINGS`.
    sampling_scale : float
        Factor on all visible energies by that convention; 1 for "converged".
    """

    beam: Beam
    events: int
    seed: int
    takeover: float
    visible: FloatArray
    central: FloatArray
    inner: FloatArray
    layer_profile: FloatArray
    cell_means: FloatArray
    events_per_second: float
    stepping: str = "converged"
    sampling_scale: float = 1.0

    @property
    def visible_mean(self) -> float:
        """Mean visible energy in GeV."""
        return float(self.visible.mean())

    @property
    def visible_rms(self) -> float:
        """Standard deviation of the visible energy in GeV."""
        return float(self.visible.std(ddof=1)) if self.events > 1 else 0.0

    @property
    def central_cell_fraction(self) -> float:
        """Mean share of the visible energy in the cell that is hit."""
        return self._share(self.central)

    @property
    def fraction_3x3(self) -> float:
        """Mean share of the visible energy in 3 x 3 cells."""
        return self._share(self.inner)

    def _share(self, part: FloatArray) -> float:
        seen = self.visible > 0.0
        return float((part[seen] / self.visible[seen]).mean()) if seen.any() else 0.0

    def record(self) -> dict[str, Any]:
        """The response as the plain values of `emiss response`."""
        return {
            "beam": self.beam.particle,
            "energy_gev": self.beam.energy,
            "events": self.events,
            "seed": self.seed,
            "takeover_gev": self.takeover,
            "stepping": self.stepping,
            "sampling_scale": self.sampling_scale,
            "visible_gev_mean": self.visible_mean,
            "visible_gev_rms": self.visible_rms,
            "central_cell_fraction": self.central_cell_fraction,
            "fraction_3x3": self.fraction_3x3,
            "layer_profile_gev": self.layer_profile.tolist(),
            "cell_gev_mean": self.cell_means.tolist(),
            "events_per_second": self.events_per_second,
        }


def response_ecal(
    particle: str = "e-",
    energy: float = 100.0,
    events: int = 1000,
    seed: int = 1,
    *,
    material: Material | None = None,
    takeover: float = TAKEOVER,
    stepping: str | None = None,
) -> EcalResponse:
    """Simulate the response of an electromagnetic calorimeter.

    Parameters
    ----------
    particle : str
        "e-", "e+", "gamma", "mu-" or "mu+", on the middle of the central cell.
    energy : float
        Beam energy in GeV.
    events : int
        Number of events.
    seed : int
        Seed.
    material : Material, optional
        Sandwich of two layers; ``na64-ecal`` by default. Cells of 3.82 cm, eleven each way.
    takeover : float
        Energy in GeV below which sub-showers come from fits; 0 for the full transport.
    stepping : str, optional
        "converged" for the energy that this transport finds, "geant4-default" for that scaled by
        one number to Geant4 with its default step lengths, which the sampling fraction of a
        sandwich depends on by several per cent; only where it was measured (``na64-ecal``, not for
        muons). The latter by default where it was measured, else the former.

    Returns
    -------
    EcalResponse
        Raw energy in the lighter layers.

    Raises
    ------
    ValidityError
        If the take-over lies outside the fits, or the convention was not measured.
    UnknownNameError
        If particle or convention are unknown.
    EmissError
        If there is no event or no fit.
    """
    if takeover not in (0.0, TAKEOVER):
        raise ValidityError(
            f"take-over at {takeover:g} GeV: the fits take over at {TAKEOVER:g} GeV, or not (0)."
        )
    if events < 1:
        raise EmissError(f"{events} events: give at least one.")
    sandwich = material or get("na64-ecal")
    if len(sandwich.layers) != 2:
        raise ValidityError(f"material '{sandwich.name}' is not a sandwich of two layers.")
    name, scale = _scale(sandwich, particle, stepping)
    stack = Stack.sandwich(sandwich, 0.5 * _ARRAY * _PITCH, Cells(_ARRAY, _ARRAY, _PITCH))
    shapes = load_shapes(sandwich) if takeover > 0.0 else None
    settings = _FAST if takeover > 0.0 else _FULL
    beam = Beam(particle, energy)
    options: dict[str, Any] = {"seed": seed, "settings": settings, "shapes": shapes}
    simulate(stack, beam, 1, **options)
    start = time.process_time()
    parts = [
        _reduce(
            simulate(stack, beam, min(CHUNK, events - first), chunk=k, keep_cells=True, **options)
        )
        for k, first in enumerate(range(0, events, CHUNK))
    ]
    seconds = max(time.process_time() - start, 1e-9)
    cells, slabs = np.concatenate([p[0] for p in parts]), sum(p[1] for p in parts)
    means = scale * np.asarray(sum(p[2] for p in parts)) / events
    active = [slab.section >= 0 for slab in stack.slabs]
    return EcalResponse(
        beam, events, seed, takeover, scale * cells[:, 0], scale * cells[:, 1],
        scale * cells[:, 2], scale * np.asarray(slabs)[active] / events, means, events / seconds,
        name, scale,
    )  # fmt: skip


def _scale(material: Material, particle: str, stepping: str | None) -> tuple[str, float]:
    """Convention and factor; muons make no shower and depend on no step length."""
    known = material.name in _GEANT4_STEPS and particle not in ("mu-", "mu+")
    chosen = stepping or ("geant4-default" if known else "converged")
    if chosen not in STEPPINGS:
        raise UnknownNameError("stepping", chosen, STEPPINGS)
    if chosen == "converged":
        return chosen, 1.0
    if not known:
        raise ValidityError(
            f"stepping 'geant4-default' was not measured for {particle} in '{material.name}'; use "
            "'converged'."
        )
    return chosen, _GEANT4_STEPS[material.name]


def _reduce(chunk: Chunk) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Visible energy in all, one and nine cells, event by event; sums by slab and by cell."""
    cells, middle = chunk.cells[:, 0], _ARRAY // 2
    inner = slice(middle - 1, middle + 2)
    sums = [
        cells.sum(axis=(1, 2)), cells[:, middle, middle], cells[:, inner, inner].sum(axis=(1, 2)),
    ]  # fmt: skip
    return np.stack(sums, axis=1), chunk.slab_sum, cells.sum(axis=0)
