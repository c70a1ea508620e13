"""Acceptance of a trigger that asks for energy in the first layers of the dump.

A lepton that gives all its energy to a boson early in the dump leaves nothing in these layers; the
event is seen only if the rest of the shower leaves enough. The acceptance follows from showers
simulated down to a cut. Leptons and photons above it are followed with the bremsstrahlung and pair
spectra of complete screening; what falls below deposits along the mean profile of a shower,

    dE/dt = E b (b t)^(a - 1) exp(-b t)/Gamma(a),   (a - 1)/b = ln(E/E_c) - 1/2,   b = 1/2,

the parametrisation of Longo and Sestili with the maximum and the b for heavy elements as in the
Review of Particle Physics (recalled), started where its photon converts. Neglected: fluctuations
about that profile beyond those of the conversion depths and of the leading particles, sampling
fluctuations and resolution of the layers, a light yield per deposited energy that differs between
early and late shower, lateral leakage, suppression of soft photons in dense matter, and hadrons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.table_files import Column, TableKind, hashed_settings, stated_number
from ..materials import Material

__all__ = [
    "FILES",
    "PreshowerAcceptance",
    "file_name",
    "preshower_settings",
]

CITATIONS = ("Longo:1975wb", "ParticleDataGroup:2024cfk", "Rossi:1941zza", "Tsai:1973py")


LOWEST_FRACTIONS: Final = (0.005, 0.95)
"""Range of the lowest lepton energy over the beam energy."""
REVISION: Final = 1
"""Raised when the simulation changes, so that cached tables are made again."""
LOSS_BINS: Final = (1e-3, 40)
"""First edge above 0 of the bins in 1 - E/E_beam, and the number of bins above it."""
RECOILS: Final = (1e-4, 1.0, 81)
"""First and last recoil energy over the beam energy, and their number."""
PROFILE: Final = (0.5, -0.5)
"""b and the shift of the maximum of the shower profile."""
_DIGITS: Final = 7


def preshower_settings(
    material: Material, particle: str, energy: float, trigger: tuple[float, float], lowest: float
) -> dict[str, Any]:
    """All that determines an acceptance, statistics apart.

    Parameters
    ----------
    material : Material
        Dump; only its critical energy matters.
    particle : str
        ``e-`` or ``e+``.
    energy : float
        Beam energy in GeV.
    trigger : tuple of float
        Least energy in the first layers in GeV, and their depth in radiation lengths.
    lowest : float
        Lowest lepton energy over the beam energy, 0.005 to 0.95.

    Returns
    -------
    dict
        JSON-serialisable; ``sha256`` is the hash of the rest.

    Raises
    ------
    UnknownNameError
        If the particle is neither.
    ValidityError
        If a number is out of range.
    """
    return settings_of(material.critical_energy, particle, energy, trigger, lowest)


def settings_of(
    critical_energy: float,
    particle: str,
    energy: float,
    trigger: tuple[float, float],
    lowest: float,
) -> dict[str, Any]:
    """As `preshower_settings`, for a critical energy in GeV instead of a material."""
    if particle not in ("e-", "e+"):
        raise UnknownNameError("particle", particle, ("e-", "e+"))
    least, depth = trigger
    if not 0.1 <= energy <= 1e4:
        raise ValidityError(f"preshower: beam energy {energy:g} GeV is outside 0.1 to 1e4 GeV.")
    if not 0.0 <= least < energy or not 0.0 < depth <= 50.0:
        raise ValidityError(
            f"preshower: {least:g} GeV in {depth:g} X0; needs an energy from 0 to below the beam "
            "energy and a depth of up to 50 X0."
        )
    low, high = LOWEST_FRACTIONS
    if not low <= lowest <= high:
        raise ValidityError(f"preshower: lowest fraction {lowest:g} is outside {low} to {high}.")
    # Of the material only the critical energy counts, for lengths are in radiation lengths.
    # Rounded, so that the last digit of a platform's arithmetic does not make another table.
    settings: dict[str, Any] = {
        "particle": particle,
        "beam_energy_gev": _rounded(energy),
        "critical_energy_gev": _rounded(critical_energy),
        "min_energy_gev": _rounded(least),
        "depth_x0": _rounded(depth),
        "lowest_fraction": _rounded(lowest),
        "loss_bins": list(LOSS_BINS),
        "recoils": list(RECOILS),
        "profile": list(PROFILE),
        "revision": REVISION,
    }
    return hashed_settings(settings)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


@dataclass(frozen=True, slots=True, eq=False)
class PreshowerAcceptance:
    """Probability that the first layers get enough energy when a lepton makes a boson.

    Parameters
    ----------
    losses : array of float, shape (n,)
        Nodes in 1 - E/E_beam, E the lepton's energy, ascending.
    vanished : array of float, shape (n,)
        Probability if a positron disappears (annihilation).
    recoils : array of float, shape (k,)
        Nodes in the recoil's energy over the beam energy, ascending.
    recoiled : array of float, shape (n, k)
        Probability if the lepton goes on with the recoil's energy (bremsstrahlung).
    vanished_error, recoiled_error : array of float, shapes (n,) and (n, k)
        Statistical standard deviations.
    settings : dict
        See `preshower_settings`.
    statistics : dict
        Number of showers and seed.
    command : str
        What made the table.
    mean_share : float
        Mean share of the beam energy that a whole shower leaves in the first layers.
    """

    losses: FloatArray
    vanished: FloatArray
    recoils: FloatArray
    recoiled: FloatArray
    vanished_error: FloatArray
    recoiled_error: FloatArray
    settings: dict[str, Any]
    statistics: dict[str, Any]
    command: str
    mean_share: float

    def annihilation(self, fraction: ArrayLike) -> FloatArray:
        """Probability to pass if a positron disappears.

        Parameters
        ----------
        fraction : array_like
            Positron energy over beam energy, from the lowest of the table to 1.

        Returns
        -------
        array of float
            Mean over the positrons of that energy in the shower, weighted with track length.

        Raises
        ------
        ValidityError
            If a fraction is out of range.
        """
        i, u = self._position(fraction)
        return np.asarray(self.vanished[i] * (1.0 - u) + self.vanished[i + 1] * u)

    def bremsstrahlung(self, fraction: ArrayLike) -> FloatArray:
        """Probability to pass if a lepton goes on with less energy.

        Parameters
        ----------
        fraction : array_like, shape (n,)
            Lepton energy before, over beam energy, from the lowest of the table to 1.

        Returns
        -------
        array of float, shape (n, k)
            At the recoil energies `recoils`; linear in the logarithm between them.

        Raises
        ------
        ValidityError
            If a fraction is out of range.
        """
        i, u = self._position(fraction)
        return np.asarray(
            self.recoiled[i] * (1.0 - u)[..., None] + self.recoiled[i + 1] * u[..., None]
        )

    def node_weights(self, fraction: ArrayLike, length: ArrayLike) -> FloatArray:
        """Weights of the nodes for averages over tracks of several energies.

        Parameters
        ----------
        fraction : array_like, shape (m, n)
            Lepton energies over beam energy, from the lowest of the table to 1.
        length : array_like, shape (m, n)
            Track lengths.

        Returns
        -------
        array of float, shape (n, n_losses)
            Weights over the first axis that sum to 1 for each n, or to 0 where there are no
            tracks: times `vanished` or `recoiled` they give the mean probabilities.

        Raises
        ------
        ValidityError
            If a fraction is out of range.
        """
        i, u = self._position(fraction)
        weight = np.asarray(length, dtype=np.float64)
        cells, nodes = weight.shape[1], self.losses.size
        index = (i + nodes * np.arange(cells)).ravel()
        found = np.bincount(index, (weight * (1.0 - u)).ravel(), cells * nodes)
        found += np.bincount(index + 1, (weight * u).ravel(), cells * nodes)
        found = found.reshape(cells, nodes)
        total = found.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(found, total, out=np.zeros_like(found), where=total > 0.0))

    def _position(self, fraction: ArrayLike) -> tuple[NDArray[np.intp], FloatArray]:
        x = np.asarray(fraction, dtype=np.float64)
        lowest = float(self.settings["lowest_fraction"])
        if not np.all((x >= lowest * (1.0 - 1e-6)) & (x <= 1.0 + 1e-9)):
            raise ValidityError(
                f"preshower acceptance: lepton energies must be {lowest:g} to 1 of the beam "
                "energy; the table is not extrapolated."
            )
        logs = np.log(self.losses)
        place = np.log(np.clip(1.0 - x, self.losses[0], self.losses[-1]))
        i = np.clip(np.searchsorted(logs, place, side="right") - 1, 0, logs.size - 2)
        return i, (place - logs[i]) / (logs[i + 1] - logs[i])


def file_name(settings: dict[str, Any]) -> str:
    """Name of a table's file."""
    particle = {"e-": "electron", "e+": "positron"}[settings["particle"]]
    energy = f"{settings['beam_energy_gev']:g}gev"
    return f"preshower_{particle}_{energy}_{settings['sha256'][:12]}.npz"


_COLUMNS: Final = {
    "losses": Column(("loss",), 0.0, 1.0, ascending=True),
    "vanished": Column(("loss",), 0.0, 1.0),
    "recoils": Column(("recoil",), 0.0, 1.0, ascending=True),
    "recoiled": Column(("loss", "recoil"), 0.0, 1.0),
    "vanished_error": Column(("loss",), 0.0, 1.0),
    "recoiled_error": Column(("loss", "recoil"), 0.0, 1.0),
}


def _pack(table: PreshowerAcceptance) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    meta = {
        "settings": table.settings,
        "statistics": table.statistics,
        "command": table.command,
        "mean_share": table.mean_share,
    }
    return meta, {name: getattr(table, name).astype(np.float32) for name in _COLUMNS}


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> PreshowerAcceptance:
    stated_number(meta, "mean_share", 0.0, 1.0)
    doubles: dict[str, Any] = {name: array.astype(np.float64) for name, array in arrays.items()}
    return PreshowerAcceptance(**doubles, **meta)


FILES: Final[TableKind[PreshowerAcceptance]] = TableKind(
    "preshower table", _COLUMNS, _pack, _unpack
)
"""How these tables are written and read."""
