"""Deflections of heavy charged particles: screened Rutherford scattering as additive moments.

What a path does is told by three sums along it, of which the angle is drawn when it is needed
(`_kernels.deflection`): the strength S, S ln A and S g, with the single-scattering law

    dN/dmu = S/(mu + A)^2 (1 + g mu)^-4,   mu = (1 - cos theta)/2,

A Moliere's screening angle (squared, over 4) and g from the dipole form factor of the nucleus.
"""

from __future__ import annotations

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...physics.materials import Material
from .elastic import atoms_of, form_factor_slope, rutherford_strength, screening_of

__all__ = ["COULOMB_COLUMNS", "coulomb_columns"]

CITATIONS = ("Moliere:1947zza", "Moliere:1948zz", "Bethe:1953va")

COULOMB_COLUMNS = ("scattering", "screening", "form")
"""S, S ln A and S g per cm."""


def coulomb_columns(
    material: Material, energy: FloatArray, mass: float = const.MUON_MASS
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sums along a path of 1 cm.

    Parameters
    ----------
    material : Material
        The material; atomic electrons count as Z (Z + 1) in place of Z^2 (Bethe:1953va).
    energy : array, shape (n,)
        Total energies in GeV, above the mass.
    mass : float
        Mass in GeV of the particle, of unit charge.

    Returns
    -------
    tuple of array, shapes (n,)
        S, S ln A and S g per cm, see `COULOMB_COLUMNS`.
    """
    momentum2 = energy**2 - mass**2
    beta2 = momentum2 / energy**2
    strength, logs, form = np.zeros((3, energy.size))
    for element, atoms in atoms_of(material):
        own = rutherford_strength(element, momentum2, beta2) * atoms
        strength += own
        logs += own * np.log(screening_of(element, momentum2, beta2))
        form += own * form_factor_slope(element, momentum2)
    return strength, logs, form
