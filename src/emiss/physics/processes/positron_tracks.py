"""Positrons of a shower that make a photon and a boson, and which of them are accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ...ground import constants as const
from ..models.base import Boson, FloatArray
from .associated import binned_cross_section, photon_energies

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PositronTracks"]

_MERGED, _PRIMARY = 0.015, 0.3
"""Step in ln E of merged cells, and how far below the top, where few positrons make heavy bosons,
cells are left alone."""
_SHARES: Final = np.array([1e-3, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.999])
"""Nodes of the photon's energy over the largest possible one; photons are often soft, and along the
positron have nearly the largest."""


@dataclass(frozen=True, slots=True, eq=False)
class PositronTracks:
    """Positrons, and how the boson's and the photon's energy decide what is accepted.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Positron energies in GeV, ascending.
    electrons : array of float, shape (..., n)
        Electrons per cm^2 met in each cell per beam particle; several rows, of depth say, at once.
    thresholds : array of float, shape (q,)
        Missing energies in GeV between which acceptance is smooth.
    passing : callable
        Probability that a missing energy in GeV passes, for arrays of any shape.
    photons : array of float, shape (r,)
        Photon energies in GeV, ascending; may be empty.
    trigger : array of float, shape (n, r)
        Probability that the rest of the selection passes with such a photon in the dump, linear in
        the logarithm of its energy.
    unseen : array of float, shape (n,)
        The same without photon, and for those softer than all of `photons`.
    """

    edges: FloatArray
    electrons: FloatArray
    thresholds: FloatArray
    passing: Callable[[FloatArray], FloatArray]
    photons: FloatArray
    trigger: FloatArray
    unseen: FloatArray

    def accepted(
        self, energy: FloatArray, mass: FloatArray, cell: NDArray[np.intp], boson: Boson
    ) -> FloatArray:
        """Cross-section in cm^2 at g = e of what is accepted.

        Parameters
        ----------
        energy, mass : array of float, shape (p,)
            Positron energy and boson mass in GeV.
        cell : array of int, shape (p,)
            Cell of the positron.
        boson : str
            Kind of boson.

        Returns
        -------
        array of float, shape (p,)
            e+ e- -> gamma X, in closed form between the nodes of the acceptance.
        """
        return np.asarray(self._pieces(energy, mass, cell, boson)[0].sum(axis=1))

    def accepted_by_energy(
        self,
        energy: FloatArray,
        mass: FloatArray,
        cell: NDArray[np.intp],
        boson: Boson,
        edges: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        """`accepted` in cells of the boson's energy.

        Parameters
        ----------
        energy, mass, cell, boson
            As in `accepted`.
        edges : array of float, shape (q + 1,) or (p, q + 1)
            Energies of the boson in GeV, ascending.

        Returns
        -------
        tuple of array of float, shape (p, q)
            Cross-section in cm^2, and the same times the boson's energy in GeV.
        """
        edges = np.broadcast_to(edges, (energy.size, edges.shape[-1]))
        area, energies = self._pieces(energy, mass, cell, boson, edges)
        cells = edges.shape[1] - 1
        place = np.sum(energies[:, :, None] >= edges[:, None, :], axis=-1) - 1
        row, piece = np.nonzero((place >= 0) & (place < cells))
        at = row * cells + place[row, piece]
        some, size = area[row, piece], energy.size * cells
        number = np.bincount(at, some, size).astype(np.float64)
        sums = np.bincount(at, some * energies[row, piece], size).astype(np.float64)
        return number.reshape(-1, cells), sums.reshape(-1, cells)

    def _pieces(
        self,
        energy: FloatArray,
        mass: FloatArray,
        cell: NDArray[np.intp],
        boson: Boson,
        edges: FloatArray | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """Accepted cross-section between the nodes, and the boson's energy there; shape (p, k)."""
        low, high = (k[:, None] for k in photon_energies(energy, mass))
        total = (energy + const.ELECTRON_MASS)[:, None]
        # The spectrum is about that of dk/k, so nodes are even in the logarithm as well.
        shares = high * _SHARES
        cells = total - self.thresholds
        if edges is not None:
            cells = np.hstack([cells, total - edges])
        cuts = np.broadcast_to(self.photons, (energy.size, self.photons.size))
        inner = np.sort(np.hstack([cells, shares, cuts]), axis=1)
        bins = np.clip(np.hstack([low, inner, high]), low, high)
        value = binned_cross_section(energy, mass, bins, boson)
        middle = np.sqrt(bins[:, 1:] * bins[:, :-1])
        weight = self.passing(total - middle)
        if self.photons.size:
            weight = weight * self._triggered(middle, cell)
        else:
            weight = weight * self.unseen[cell][:, None]
        return np.asarray(value * weight), np.asarray(total - middle)

    def coarser(self) -> PositronTracks:
        """Return the same with cells merged, but for those next to the beam energy."""
        logs = np.log(self.edges)
        kept = [0]
        for i in range(1, logs.size - 1):
            wanted = _MERGED if logs[i] < logs[-1] - _PRIMARY else 0.0
            if logs[i] - logs[kept[-1]] >= wanted:
                kept.append(i)
        first = np.array(kept)
        each = self.electrons.reshape(-1, self.electrons.shape[-1]).sum(axis=0)
        total = np.add.reduceat(each, first)
        safe = np.where(total > 0.0, total, 1.0)

        def mean(values: FloatArray) -> FloatArray:
            sums = np.add.reduceat(values * each[:, None], first, axis=0)
            return np.asarray(np.where(total[:, None] > 0.0, sums / safe[:, None], values[first]))

        return replace(
            self,
            edges=np.append(self.edges[first], self.edges[-1]),
            electrons=np.add.reduceat(self.electrons, first, axis=-1),
            trigger=mean(self.trigger) if self.photons.size else self.trigger[first],
            unseen=mean(self.unseen[:, None])[:, 0],
        )

    def _triggered(self, photon: FloatArray, cell: NDArray[np.intp]) -> FloatArray:
        """Acceptance with a photon of the given energies, shape (p, k)."""
        nodes, k, row = np.log(self.photons), np.log(photon), cell[:, None]
        left = np.clip(np.searchsorted(nodes, k) - 1, 0, nodes.size - 2)
        share = np.clip((k - nodes[left]) / (nodes[left + 1] - nodes[left]), 0.0, 1.0)
        found = self.trigger[row, left] * (1.0 - share) + self.trigger[row, left + 1] * share
        return np.asarray(np.where(k < nodes[0], self.unseen[row], found))
