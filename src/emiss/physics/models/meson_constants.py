"""Decay constants of eta and eta', in the scheme with the flavours u, d and s."""

from __future__ import annotations

import math
from typing import Final

from ...ground.errors import UnknownNameError

__all__ = ["OMEGA_TO_ELECTRONS", "TO_PHOTONS", "axial_constant", "strange_density"]

CITATIONS = ("Feldmann:1998vh", "ParticleDataGroup:2024cfk")
TO_PHOTONS: Final = {"pi0": 0.988, "eta": 0.394, "eta-prime": 0.0231}
"""Branching fractions to two photons."""
OMEGA_TO_ELECTRONS: Final = 7.4e-5
"""Branching fraction of the omega to e+ e-."""
STRANGE_MASS: Final = 0.0935
"""Mass of the strange quark in GeV, MS-bar at 2 GeV."""
_PION: Final = 0.1304
_LIGHT, _STRANGE = 1.07 * _PION, 1.34 * _PION
_ANGLE: Final = math.radians(39.3)
_STRANGE_ANOMALY: Final = 0.087
"""h_s in GeV^3; that of u and d is poorly known."""


def axial_constant(meson: str, quarks: str = "uds") -> float:
    """Coupling F of a meson to an axial current with the same charge for several quarks.

    Parameters
    ----------
    meson : str
        Name; all but eta and eta-prime give 0: such a current is isoscalar.
    quarks : str, optional
        ``uds`` or ``ud``.

    Returns
    -------
    float
        F in GeV, <0|sum qbar gamma_mu gamma5 q|P> = i F p_mu; 0.042 and 0.260 for uds, 0.153 and
        0.125 for ud. f_q = 1.07 f_pi, f_s = 1.34 f_pi, 39.3 degrees, f_pi = 130.4 MeV.

    Raises
    ------
    UnknownNameError
        If the quarks are neither.
    """
    if quarks not in ("uds", "ud"):
        raise UnknownNameError("quarks", quarks, ("uds", "ud"))
    strange = _STRANGE if quarks == "uds" else 0.0
    sine, cosine = math.sin(_ANGLE), math.cos(_ANGLE)
    if meson == "eta":
        return math.sqrt(2.0) * _LIGHT * cosine - strange * sine
    if meson == "eta-prime":
        return math.sqrt(2.0) * _LIGHT * sine + strange * cosine
    return 0.0


def strange_density(meson: str) -> float:
    """Matrix element of the strange pseudoscalar density.

    Parameters
    ----------
    meson : str
        Name; all but eta and eta-prime give 0.

    Returns
    -------
    float
        <0|sbar i gamma5 s|P> in GeV^2: -h_s sin(phi)/(2 m_s) and h_s cos(phi)/(2 m_s).
    """
    projected = {"eta": -math.sin(_ANGLE), "eta-prime": math.cos(_ANGLE)}
    return _STRANGE_ANOMALY * projected.get(meson, 0.0) / (2.0 * STRANGE_MASS)
