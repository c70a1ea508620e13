"""Photons: photoelectric effect, Compton scattering, and pair production down to threshold."""

from __future__ import annotations

import math

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss_symmetric
from ...physics.materials import Element, Material
from ...physics.shower.radiation import pair_spectrum

__all__ = [
    "binding_energy",
    "compton_density",
    "compton_rate",
    "k_shell_share",
    "pair_density",
    "pair_rate",
    "photoelectric_rate",
]

CITATIONS = ("Klein:1929lcp", "Hubbell:1969nsr", "Brun:1994aa", "Tsai:1973py")


_ME = const.ELECTRON_MASS
_BARN = 1e-24
# K-shell photoelectric effect above the edge: a, b, c and power of k in MeV (Hubbell:1969nsr),
# sigma_K = Z^5 sum (a + b Z)/(1 + c Z) k^-p barn.
_PHOTOELECTRIC = (
    (1.6268e-9, -2.683e-12, 4.173e-2, 1.0),
    (1.5274e-9, -5.110e-13, 1.027e-2, 2.0),
    (1.1330e-9, -2.177e-12, 2.013e-2, 3.5),
    (-9.12e-11, 0.0, 0.0, 4.0),
)
# K edges in keV; between elements sqrt(B) is interpolated in Z.
_K_EDGES = {
    1: 0.0136, 2: 0.0246, 6: 0.2842, 8: 0.5431, 13: 1.560, 20: 4.038, 26: 7.112, 29: 8.979,
    42: 20.00, 50: 29.20, 55: 35.98, 64: 50.24, 74: 69.525, 82: 88.005, 92: 115.6,
}  # fmt: skip
_BELOW_EDGE_POWER = 2.7
_LOWEST = 1e-3
# Total cross-section of pair production on nucleus and electrons below 80 GeV: polynomials in
# ln(k/m), times 1, Z and 1/Z, in microbarn (Brun:1994aa, PHYS 211); 5 % below 100 MeV.
_PAIR = (
    (8.7842e2, -1.9625e3, 1.2949e3, -2.0028e2, 1.2575e1, -2.8333e-1),
    (-1.0342e1, 1.7692e1, -8.2381, 1.3063, -9.0815e-2, 2.3586e-3),
    (-4.5263e2, 1.1161e3, -8.6749e2, 2.1773e2, -2.0467e1, 6.5372e-1),
)
_FIT_LOWEST = 1.5e-3
_FIT_ONLY, _TSAI_ONLY = 0.08, 0.5


def binding_energy(z: int) -> float:
    """K-shell binding energy in GeV, interpolated between tabulated elements."""
    numbers = np.array(sorted(_K_EDGES), dtype=float)
    roots = np.sqrt([_K_EDGES[int(n)] for n in numbers])
    return float(np.interp(z, numbers, roots)) ** 2 * 1e-6


def k_shell_share(z: int) -> float:
    """Share of the K shell in the photoelectric effect above its edge (Hubbell:1969nsr)."""
    log = math.log(z)
    return 1.0 / (1.0 + 0.01481 * log**2 - 0.000788 * log**3)


def _atoms(material: Material) -> list[tuple[Element, float]]:
    return [
        (c.element, const.AVOGADRO * c.mass_fraction / c.element.A * material.density)
        for c in material.components
    ]


def _photoelectric(element: Element, energy: FloatArray) -> FloatArray:
    z = element.Z
    edge = binding_energy(z)
    k = np.maximum(energy, max(edge, _LOWEST * 0.1)) * 1e3
    total = np.zeros_like(energy)
    for a, b, c, p in _PHOTOELECTRIC:
        total += (a + b * z) / (1 + c * z) * k**-p
    total *= z**5 * _BARN / k_shell_share(z)
    below = energy < edge
    outer = (1 - k_shell_share(z)) * (edge / energy) ** _BELOW_EDGE_POWER
    return np.asarray(np.where(below, total * outer, total))


def photoelectric_rate(material: Material, energy: FloatArray) -> FloatArray:
    """Photoelectric absorption.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Photon energy in GeV; meant for 50 keV and more.

    Returns
    -------
    array
        Per cm (Hubbell:1969nsr; 3 % above the K edge, coarse below it).
    """
    return np.asarray(sum(n * _photoelectric(e, energy) for e, n in _atoms(material)))


def compton_density(energy: FloatArray, fraction: FloatArray) -> FloatArray:
    """Klein-Nishina cross-section per electron in the share given to the electron.

    Parameters
    ----------
    energy : array
        Photon energy in GeV.
    fraction : array
        Kinetic energy of the electron over the photon's.

    Returns
    -------
    array
        cm^2; to be used between 0 and 2k/(m + 2k).
    """
    mu = _ME / energy
    x = 1 - fraction
    gap = mu * fraction / x
    area = math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * mu
    return np.asarray(area * (x + 1 / x + gap * gap - 2 * gap))


def compton_rate(material: Material, energy: FloatArray) -> FloatArray:
    """Compton scattering on free electrons.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Photon energy in GeV.

    Returns
    -------
    array
        Per cm (Klein and Nishina).
    """
    k = energy / _ME
    log = np.log1p(2 * k)
    exact = (
        (1 + k) / k**2 * (2 * (1 + k) / (1 + 2 * k) - log / k)
        + log / (2 * k)
        - (1 + 3 * k) / (1 + 2 * k) ** 2
    )
    # The exact form cancels to k^2 of its terms.
    series = 4 / 3 * (1 - 2 * k + 5.2 * k * k - 13.3 * k**3)
    area = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * material.electrons_per_cm3
    return np.asarray(area * np.where(k < 0.01, series, exact))


def _pair_fit(element: Element, energy: FloatArray) -> FloatArray:
    k = np.maximum(energy, _FIT_LOWEST)
    x = np.log(k / _ME)
    z = element.Z
    one, two, three = (np.polynomial.polynomial.polyval(x, row) for row in _PAIR)
    area = z * (z + 1) * (one + two * z + three / z) * 1e-30
    threshold = 2 * _ME
    edge = np.clip((energy - threshold) / (_FIT_LOWEST - threshold), 0.0, 1.0) ** 2
    return np.asarray(np.maximum(area, 0.0) * edge)


def _pair_limits(energy: FloatArray) -> FloatArray:
    return np.asarray(np.minimum(_ME / energy, 0.5))


def pair_density(material: Material, energy: FloatArray, share: FloatArray) -> FloatArray:
    """Shape of pair production in the electron's share of the kinetic energy k - 2m.

    Parameters
    ----------
    material : Material
        The material.
    energy : array, shape (n, 1)
        Photon energy in GeV.
    share : array, shape (m,)
        From 0 to 1, ends included.

    Returns
    -------
    array, shape (n, m)
        Not normalised: Tsai's spectrum with LPM suppression; uniform below 5 MeV, where the
        formula ends.
    """
    low = _pair_limits(energy)
    u = np.clip(low + (1 - 2 * low) * share, 1e-9, 1 - 1e-9)
    shape = np.asarray(pair_spectrum(material, energy, u))
    flat = np.broadcast_to(np.sqrt(np.maximum(share * (1 - share), 0.0)), shape.shape)
    return np.where(energy < 5e-3, flat, np.where(energy < 2e-2, np.maximum(shape, 0.02), shape))


def pair_rate(material: Material, energy: FloatArray) -> FloatArray:
    """Pair production.

    Parameters
    ----------
    material : Material
        The material.
    energy : array, shape (n,)
        Photon energy in GeV.

    Returns
    -------
    array, shape (n,)
        Per cm. Above 0.5 GeV the integral of `emiss.physics.shower.radiation.pair_spectrum`; below
        80 MeV the fit of total cross-sections (Brun:1994aa); between, a mixture even in ln k.
    """
    x, w = gauss_symmetric(160)
    # Even in a variable that resolves both ends, where LPM and screening change the shape.
    share, weight = 0.5 * (1 + np.sin(0.5 * np.pi * x)), 0.25 * np.pi * np.cos(0.5 * np.pi * x) * w
    high = np.maximum(energy, 0.05)[:, None]
    spectrum = pair_spectrum(material, high, share)
    tsai = spectrum @ weight / material.radiation_length_cm
    fit = np.asarray(sum(n * _pair_fit(e, energy) for e, n in _atoms(material)))
    mix = np.clip(np.log(energy / _FIT_ONLY) / math.log(_TSAI_ONLY / _FIT_ONLY), 0.0, 1.0)
    return np.asarray(np.where(energy > 2 * _ME, mix * tsai + (1 - mix) * fit, 0.0))
