"""How far muons are scattered by single nucleons, which stay whole or break up.

Both cross-sections are per nucleon in the transfer Q^2; they hold where nucleons of a nucleus
scatter independently, Q^2 above some 0.5 GeV^2 and x above 0.05 (no shadowing; binding, motion of
the nucleons and the EMC effect are left out, some 10 %). Mass terms of the muon count for nothing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray

__all__ = ["broken_nucleon", "least_loss", "proton_f2", "whole_nucleon"]

CITATIONS = ("Abramowicz:1997ms",)
_M: Final = const.PROTON_MASS
_DIPOLE: Final = 0.71
_NEUTRON_MOMENT: Final = -1.91304
_LONGITUDINAL: Final = 0.2
"""R, longitudinal over transverse photons: 0.1 to 0.3 here; counts as y^2."""
_M0, _MP, _MR, _Q0, _LAMBDA = 0.31985, 49.457, 0.15052, 0.52544, 0.06527
_POMERON: Final = (
    (-0.0808, -0.44812, 1.1709),
    (0.36292, 1.8917, 1.8439),
    (0.28067, 0.22291, 2.1979),
)
_REGGEON: Final = (
    (0.58400, 0.37888, 2.6063),
    (0.01147, 3.7582, 0.49338),
    (0.80107, 0.97307, 3.4942),
)


def _rising(t: FloatArray, values: tuple[float, float, float]) -> FloatArray:
    return np.asarray(values[0] + values[1] * t ** values[2])


def _falling(t: FloatArray, values: tuple[float, float, float]) -> FloatArray:
    first, second, power = values
    return np.asarray(first + (first - second) * (1.0 / (1.0 + t**power) - 1.0))


def proton_f2(x: ArrayLike, transfer: ArrayLike) -> FloatArray:
    """Structure function F2 of the proton.

    Parameters
    ----------
    x : array_like
        Q^2/(2 M nu), 0 to 1.
    transfer : array_like
        Q^2 in GeV^2, positive; shapes broadcast.

    Returns
    -------
    array of float
        ALLM97 (hep-ph/9712415): a fit of 23 numbers to data of all x and Q^2 with W^2 above
        3 GeV^2, there to a few per cent; below it stands for the mean over resonances.
    """
    x, q2 = np.asarray(x, dtype=np.float64), np.asarray(transfer, dtype=np.float64)
    t = np.log(np.log((q2 + _Q0) / _LAMBDA) / math.log(_Q0 / _LAMBDA))
    above = q2 * (1.0 / np.maximum(x, 1e-12) - 1.0)  # W^2 - M^2
    a, b, c = (
        _falling(t, _POMERON[0]), _rising(t, _POMERON[1]), _falling(t, _POMERON[2]),
    )  # fmt: skip
    total = c / (1.0 + above / (q2 + _MP)) ** a * np.maximum(1.0 - x, 0.0) ** b
    a, b, c = (_rising(t, values) for values in _REGGEON)
    total = total + c / (1.0 + above / (q2 + _MR)) ** a * np.maximum(1.0 - x, 0.0) ** b
    return np.asarray(q2 / (q2 + _M0) * total)


def least_loss(transfer: ArrayLike) -> FloatArray:
    """Least energy that a muon loses when a nucleon breaks up.

    Parameters
    ----------
    transfer : array_like
        Q^2 in GeV^2.

    Returns
    -------
    array of float
        Energy in GeV with which a nucleon and a pion can be made.
    """
    mass = _M + const.NEUTRAL_PION_MASS
    return np.asarray((np.asarray(transfer) + mass**2 - _M**2) / (2.0 * _M))


def broken_nucleon(
    energy: float, loss: ArrayLike, transfer: ArrayLike, neutrons: float = 0.0
) -> FloatArray:
    """Cross-section for scattering that breaks up a nucleon.

    Parameters
    ----------
    energy : float
        Muon energy in GeV.
    loss : array_like
        Energy nu that the muon loses, in GeV.
    transfer : array_like
        Q^2 in GeV^2; shapes broadcast.
    neutrons : float
        Share of neutrons among the nucleons.

    Returns
    -------
    array of float
        d^2 sigma/(dnu dQ^2) in cm^2/GeV^3: 4 pi alpha^2/Q^4 F2/nu [1 - y - Q^2/4E^2 +
        (y^2 + Q^2/E^2)/(2 (1 + R))], one-photon exchange; F2 of a neutron is that of a proton
        times 1 - 1.85 x + 2.45 x^2 - 2.35 x^3 + x^4, as measured on deuterium. 0 where nothing
        can be made.
    """
    nu, q2 = np.asarray(loss, dtype=np.float64), np.asarray(transfer, dtype=np.float64)
    inside = (nu > least_loss(q2)) & (nu < energy) & (q2 < 4.0 * energy * (energy - nu))
    nu = np.where(inside, nu, 1.0)
    x = np.minimum(q2 / (2.0 * _M * nu), 1.0)
    ratio = 1.0 - 1.85 * x + 2.45 * x**2 - 2.35 * x**3 + x**4
    f2 = proton_f2(x, q2) * (1.0 - neutrons + neutrons * ratio)
    y, over = nu / energy, q2 / energy**2
    shape = 1.0 - y - 0.25 * over + 0.5 * (y**2 + over) / (1.0 + _LONGITUDINAL)
    value = 4.0 * math.pi * const.ALPHA**2 / q2**2 * f2 / nu * shape * const.GEV2_CM2
    return np.asarray(np.where(inside, value, 0.0))


def whole_nucleon(transfer: ArrayLike, neutrons: float = 0.0) -> FloatArray:
    """Cross-section for elastic scattering of a fast muon on a nucleon.

    Parameters
    ----------
    transfer : array_like
        Q^2 in GeV^2, far below 4 E^2.
    neutrons : float
        Share of neutrons among the nucleons.

    Returns
    -------
    array of float
        d sigma/dQ^2 in cm^2/GeV^2: 4 pi alpha^2/Q^4 (G_E^2 + tau G_M^2)/(1 + tau), with
        tau = Q^2/4M^2 and dipole form factors; magnetic ones of proton and neutron are within 10 %
        of it below 10 GeV^2, and G_E of the neutron is left out.
    """
    q2 = np.asarray(transfer, dtype=np.float64)
    dipole = (1.0 + q2 / _DIPOLE) ** -4
    tau = q2 / (4.0 * _M**2)
    proton = (1.0 + tau * const.PROTON_MAGNETIC_MOMENT**2) / (1.0 + tau)
    neutron = tau * _NEUTRON_MOMENT**2 / (1.0 + tau)
    form = dipole * ((1.0 - neutrons) * proton + neutrons * neutron)
    return np.asarray(4.0 * math.pi * const.ALPHA**2 / q2**2 * form * const.GEV2_CM2)
