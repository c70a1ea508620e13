"""What an acceptance answers."""

from __future__ import annotations

from typing import Protocol

from ...ground.arrays import FloatArray

__all__ = ["Acceptance"]


class Acceptance(Protocol):
    """Share of bosons whose products pass."""

    def at(self, masses: FloatArray, energies: FloatArray) -> FloatArray:
        """Acceptance at masses and energies.

        Parameters
        ----------
        masses : array of float, shape (m,)
            Masses in GeV.
        energies : array of float, shape (k, m)
            Energies of the boson in GeV.

        Returns
        -------
        array of float
            Between 0 and 1, of a shape that broadcasts to (k, m).
        """
