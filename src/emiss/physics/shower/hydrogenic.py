"""Screening functions of hydrogen and helium, from the wave function of the 1s state.

The Thomas-Fermi atom is no description of one or two electrons: it is 7 % off for bremsstrahlung
of 0.1 GeV in hydrogen.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss_symmetric

__all__ = ["EFFECTIVE_CHARGE", "screening_functions", "screening_integrals"]

CITATIONS = ("Tsai:1973py",)


EFFECTIVE_CHARGE = {1: 1.0, 2: 1.6875}
"""Charge of the 1s wave function; for helium the variational value 27/16."""

_LOG_DELTA = np.linspace(math.log(1e-5), math.log(60.0), 140)


def screening_integrals(delta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Screening functions of the 1s state by quadrature.

    Parameters
    ----------
    delta : array, shape (n,)
        Minimum momentum transfer over 2 alpha Z_eff m_e.

    Returns
    -------
    tuple of array, shape (n,)
        phi1, psi1, phi1 - phi2, psi1 - psi2 for unit charge: Tsai:1973py,
        phi1 = 4 [1 + Int_delta (p - delta)^2 (1 - F)^2 dp/p^3], psi with 1 - F^2 in place of
        (1 - F)^2, F = (1 + p^2)^-2, up to the momentum m_e.
    """
    top = 0.5 / const.ALPHA
    x, weight = gauss_symmetric(80)
    span = np.log(top / delta)[:, None]
    p = delta[:, None] * np.exp(span * (x + 1) / 2)
    step = span / 2 * weight
    ratio = delta[:, None] / p
    form = (1 + p * p) ** -2
    first = (1 - ratio) ** 2
    second = 1 + ratio**2 * (6 * np.log(ratio) + 3) - 4 * ratio**3
    parts = []
    for atom in ((1 - form) ** 2, 1 - form**2):
        phi1 = 4 * (1 + np.sum(step * first * atom, axis=1))
        phi2 = 4 * (5 / 6 + np.sum(step * second * atom, axis=1))
        parts.append((phi1, phi1 - phi2))
    return parts[0][0], parts[1][0], parts[0][1], parts[1][1]


@functools.cache
def _table() -> FloatArray:
    return np.stack(screening_integrals(np.exp(_LOG_DELTA)))


def screening_functions(
    momentum: FloatArray, z: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Screening functions less their value at complete screening, and the differences 1 - 2.

    Parameters
    ----------
    momentum : array
        100 m_e k/(E E') or 100 m_e k/(E_+ E_-).
    z : int
        1 or 2.

    Returns
    -------
    tuple of array
        phi1 - phi1(0), psi1 - psi1(0), phi1 - phi2, psi1 - psi2.
    """
    table = _table()
    # The transfer is m_e k/(2 E E') in units of m_e.
    scale = 1 / (400 * const.ALPHA * EFFECTIVE_CHARGE[z])
    log = np.log(np.clip(momentum * scale, 1e-5, 60.0))
    phi, psi, d_phi, d_psi = (np.interp(log, _LOG_DELTA, row) for row in table)
    return phi - table[0, 0], psi - table[1, 0], d_phi, d_psi
