"""Acceptance of a trigger that asks for energy in the first layers of the dump, as a table.

A lepton that gives all its energy to a boson early in the dump leaves nothing in these layers; the
event is seen only if the rest of the shower leaves enough. What it leaves is what the transport of
the event simulation says, fluctuations and what comes back from behind included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.table_files import Column, TableKind, hashed_settings, stated_number
from ...physics.materials import Material

__all__ = ["FILES", "FirstLayers", "PreshowerAcceptance", "file_name", "settings_of"]

LOWEST_FRACTIONS: Final = (0.005, 0.95)
"""Range of the lowest lepton energy over the beam energy."""
COMMON_FRACTION: Final = 0.09
"""Lowest lepton energy over the beam energy of tables that serve all higher ones, too."""
FOLLOWED: Final = 0.5
"""Lepton energy in GeV down to which a table is made with fits of sub-showers."""
SCALES: Final = ("calibrated", "deposited", "visible")
REVISION: Final = 2
"""Raised when the simulation changes, so that cached tables are made again."""
LOSS_BINS: Final = (1e-3, 40)
"""First edge above 0 of the bins in 1 - E/E_beam, and the number of bins above it."""
RECOILS: Final = (1e-4, 1.0, 81)
"""First and last recoil energy over the beam energy, and their number."""
_DIGITS: Final = 7


@dataclass(frozen=True, slots=True)
class FirstLayers:
    """What is asked of the first layers of a dump.

    Parameters
    ----------
    material : Material
        Their composition.
    depth : float
        Depth in cm.
    least : float
        Least energy in GeV.
    scale : str
        What that energy means: ``calibrated``, ``deposited`` or ``visible``.
    """

    material: Material
    depth: float
    least: float
    scale: str = "calibrated"

    @classmethod
    def of(cls, setup: Setup) -> FirstLayers:
        """What a setup asks for.

        Parameters
        ----------
        setup : Setup
            With a depth above 0.

        Returns
        -------
        FirstLayers
            Its first layers.
        """
        depth = setup.preshower_depth * setup.material.radiation_length_cm
        material = setup.preshower_material or setup.material
        return cls(material, depth, setup.min_preshower_energy, setup.preshower_scale)


def settings_of(layers: FirstLayers, energy: float, lowest: float) -> dict[str, Any]:
    """All that determines an acceptance, statistics apart.

    Parameters
    ----------
    layers : FirstLayers
        What is asked of the first layers.
    energy : float
        Beam energy in GeV.
    lowest : float
        Lowest lepton energy over the beam energy, 0.005 to 0.95.

    Returns
    -------
    dict
        JSON-serialisable; ``sha256`` is the hash of the rest. Its lowest fraction may be below the
        one asked for.

    Raises
    ------
    UnknownNameError
        If the scale is none.
    ValidityError
        If a number is out of range.
    """
    if layers.scale not in SCALES:
        raise UnknownNameError("energy scale", layers.scale, SCALES)
    least, depth = layers.least, layers.depth
    if not 0.1 <= energy <= 1e3:
        raise ValidityError(f"preshower: beam energy {energy:g} GeV is outside 0.1 to 1000 GeV.")
    x0 = layers.material.radiation_length_cm
    if not 0.0 <= least < energy or not 0.0 < depth <= 50.0 * x0:
        raise ValidityError(
            f"preshower: {least:g} GeV in {depth / x0:g} X0; needs an energy from 0 to below the "
            "beam energy and a depth of up to 50 X0."
        )
    low, high = LOWEST_FRACTIONS
    if not low <= lowest <= high:
        raise ValidityError(f"preshower: lowest fraction {lowest:g} is outside {low} to {high}.")
    # Where showers end, all deposited energy is that of the electron, to 1e-4; without layers all
    # of it is seen.
    seen = layers.scale == "visible" and bool(layers.material.layers)
    common = lowest >= COMMON_FRACTION and COMMON_FRACTION * energy >= FOLLOWED
    settings: dict[str, Any] = {
        "layers": _described(layers.material),
        "depth_cm": depth,
        "min_energy_gev": least,
        "energy_scale": "visible" if seen else "calibrated",
        "beam_energy_gev": energy,
        "lowest_fraction": COMMON_FRACTION if common else lowest,
        "loss_bins": list(LOSS_BINS),
        "recoils": list(RECOILS),
        "revision": REVISION,
    }
    # Rounded, so that the last digit of a platform's arithmetic does not make another table.
    return hashed_settings(settings, _DIGITS)


def _described(material: Material) -> list[dict[str, Any]]:
    """Thickness, density and composition of the layers; what they are called does not matter."""
    return [
        {
            "thickness_cm": thickness,
            "density": layer.density,
            "parts": [[c.element.Z, c.element.A, c.mass_fraction] for c in layer.components],
            "excitation_gev": layer.mean_excitation_energy,
        }
        for layer, thickness in (material.layers or ((material, 0.0),))
    ]


@dataclass(frozen=True, slots=True, eq=False)
class PreshowerAcceptance:
    """Probability that the first layers get enough energy when a lepton makes a boson.

    Parameters
    ----------
    losses : array of float, shape (n,)
        Nodes in 1 - E/E_beam, E the lepton's energy, ascending.
    vanished : array of float, shape (2, n)
        Probability if a lepton disappears, of the beam particle's charge and of the other one.
    recoils : array of float, shape (k,)
        Nodes in the recoil's energy over the beam energy, ascending.
    recoiled : array of float, shape (n, k)
        Probability if a lepton goes on with the recoil's energy (bremsstrahlung).
    vanished_error, recoiled_error : array of float, shapes (2, n) and (n, k)
        Statistical standard deviations.
    settings : dict
        See `settings_of`.
    statistics : dict
        Number of showers and seed.
    command : str
        What made the table.
    mean_share : float
        Mean energy that a whole shower leaves in the first layers, over the beam energy.
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

    def positrons_vanished(self, particle: str) -> FloatArray:
        """Probability if a positron disappears (annihilation).

        Parameters
        ----------
        particle : str
            Beam particle, ``e-`` or ``e+``.

        Returns
        -------
        array of float, shape (n,)
            At the nodes `losses`.

        Raises
        ------
        UnknownNameError
            If the particle is neither.
        """
        if particle not in ("e+", "e-"):
            raise UnknownNameError("particle", particle, ("e-", "e+"))
        return np.asarray(self.vanished[("e+", "e-").index(particle)])

    def annihilation(self, fraction: ArrayLike, particle: str) -> FloatArray:
        """Probability to pass if a positron disappears.

        Parameters
        ----------
        fraction : array_like
            Positron energy over beam energy, from the lowest of the table to 1.
        particle : str
            Beam particle, ``e-`` or ``e+``.

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
        values = self.positrons_vanished(particle)
        return np.asarray(values[i] * (1.0 - u) + values[i + 1] * u)

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
            tracks: times `positrons_vanished` or `recoiled` they give the mean probabilities.

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
    return f"preshower_{settings['beam_energy_gev']:g}gev_{settings['sha256'][:12]}.npz"


_COLUMNS: Final = {
    "losses": Column(("loss",), 0.0, 1.0, ascending=True),
    "vanished": Column(("charge", "loss"), 0.0, 1.0),
    "recoils": Column(("recoil",), 0.0, 1.0, ascending=True),
    "recoiled": Column(("loss", "recoil"), 0.0, 1.0),
    "vanished_error": Column(("charge", "loss"), 0.0, 1.0),
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
