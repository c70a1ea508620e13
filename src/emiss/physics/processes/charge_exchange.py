r"""Charge exchange of a hadron beam on a nucleon: pi- p -> M0 n and K- p -> K0bar n.

Reggeised exchange of the rho or a2 trajectory, with helicity flip dominant. With s the squared
energy of the pion on a proton at rest, x = s/(10 GeV^2), L = ln x and t' = \|t\|,

    d sigma/dt' = S x^-p (1 + g c t') exp(-c t'),   c = c0 + c1 L,  g = max(g0 + g1 L, 0)
    sigma       = S x^-p (1 + g)/c

The second is the integral of the first over all t'. The constants are those of arXiv:2312.01703,
fits to data of IHEP and Fermilab between 10 and 200 GeV, in the form in which Geant4 has them.
There eta and others are multiplied by the branching to the decay that was seen; here they are
divided by it again. pi+ n -> M0 p follows by isospin. Kaons:
sigma = 56.3 ub (p/10 GeV)^-1.60, with no shape in t.

What is seen in d sigma/dt of pi0 near t' = 0.55 GeV^2, a dip where the trajectory passes zero, is
not in the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.checks import check_whole
from ...ground.errors import EmissError, ValidityError
from ...ground.guards import chosen, guarded, instance, number, numbers

__all__ = [
    "BEAMS",
    "ENERGY_RANGE",
    "MESONS",
    "Meson",
    "charge_exchange",
    "cross_section_pb",
    "differential_cross_section_pb",
    "made_by",
    "recoil_below",
    "sample_momentum_transfer",
]


CITATIONS = ("arXiv:2312.01703", "Geant4:2016", "Dahl:1976em")
ENERGY_RANGE: Final = (10.0, 200.0)
"""Beam energies in GeV of the data that were fitted."""
BEAMS: Final = {"pi-": "proton", "pi+": "neutron", "K-": "proton", "K+": "neutron"}
"""Nucleon that each beam exchanges its charge with."""
_MOST_DRAWN: Final = 100_000_000
_UNIT: Final = 1e6
"""A microbarn in picobarn."""


@dataclass(frozen=True, slots=True)
class Meson:
    """A neutral meson, and how it is made.

    Parameters
    ----------
    name : str
        Name.
    family : str
        First part of the beam's name: ``pi`` or ``K``.
    scale : float
        S in ub/GeV^2; for kaons sigma in ub at 10 GeV.
    power : float
        p.
    slope : tuple of float or None
        c0 and c1 in GeV^-2; None where the shape in t is not known here.
    flip : tuple of float or None
        g0 and g1.
    uncertainty : float
        Relative uncertainty of the cross-section, an estimate.
    highest_energy : float
        Beam energy in GeV up to which the form makes sense.
    """

    name: str
    family: str
    scale: float
    power: float
    slope: tuple[float, float] | None
    flip: tuple[float, float] | None
    uncertainty: float
    highest_energy: float = ENERGY_RANGE[1]


MESONS: Final = {
    meson.name: meson
    for meson in (
        Meson("pi0", "pi", 435.0, 1.04, (12.7, 1.57), (2.55, -0.23), 0.05),
        Meson("eta", "pi", 91.5, 1.26, (6.0, 1.60), (4.6, -0.5), 0.07),
        Meson("eta-prime", "pi", 59.4, 1.35, (6.84, 1.70), (3.7, 0.0), 0.15),
        Meson("omega", "pi", 24.0, 0.94, (6.5, 1.23), (5.5, 0.0), 0.15),
        # From 52.7 GeV on g < 0 and d sigma/dt negative at large t, above 87 GeV sigma itself; g is
        # held at 0 up to 53 GeV, which changes sigma by 1.3 % of an uncertainty of 30 %.
        Meson("f2", "pi", 213.5, 0.94, (8.0, 2.6), (4.6, -2.0), 0.30, 53.0),
        Meson("K0", "K", 56.3, 1.60, None, None, 0.15),
    )
}
"""All mesons by name; eta-prime is eta'(958), f2 is f2(1270)."""

NAMES: Final = {"meson": chosen(MESONS), "beam": chosen(BEAMS, "hadron beam")}
ARGUMENTS: Final = {
    **NAMES,
    "energy": numbers(*ENERGY_RANGE, "GeV", "charge exchange"),
    "momentum_transfer": numbers(0.0, 1e6, "GeV^2"),
    "kinetic_energy": numbers(0.0, 1e6, "GeV"),
    "random": instance(np.random.Generator),
}


@guarded(NAMES)
def charge_exchange(meson: str, beam: str = "pi-") -> Meson:
    """Look up how a meson is made by a beam.

    Parameters
    ----------
    meson : str
        One of `MESONS`.
    beam : str, optional
        One of `BEAMS`.

    Returns
    -------
    Meson
        The entry of the table.

    Raises
    ------
    UnknownNameError
        If meson or beam is not known.
    EmissError
        If the beam does not make the meson.
    """
    found = MESONS[meson]
    if not beam.startswith(found.family):
        known = ", ".join(made_by(beam))
        raise EmissError(f"charge exchange of {beam} does not make {meson}; it makes {known}.")
    return found


def made_by(beam: str) -> tuple[str, ...]:
    """Names of the mesons that a beam makes."""
    return tuple(name for name, meson in MESONS.items() if beam.startswith(meson.family))


def _checked_energy(meson: Meson, energy: ArrayLike) -> FloatArray:
    value = np.asarray(energy, dtype=np.float64)
    low, high = ENERGY_RANGE[0], meson.highest_energy
    bad = ~((value >= low) & (value <= high))
    if np.any(bad):
        why = "" if high == ENERGY_RANGE[1] else ", above which the fit turns negative"
        raise ValidityError(
            f"charge exchange to {meson.name}: beam energy {value[bad].flat[0]:g} GeV is outside "
            f"{low:g} to {high:g} GeV{why}."
        )
    return value


def _shape(meson: Meson, energy: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """S x^-p in pb/GeV^2, c in GeV^-2 and g."""
    value = _checked_energy(meson, energy)
    if meson.slope is None or meson.flip is None:
        raise ValidityError(
            f"charge exchange to {meson.name}: its shape in t is not known here; only the total "
            "cross-section is."
        )
    s = const.PROTON_MASS**2 + 2.0 * const.PROTON_MASS * value + const.CHARGED_PION_MASS**2
    x = s / 10.0
    logarithm = np.log(x)
    slope = meson.slope[0] + meson.slope[1] * logarithm
    flip = np.maximum(meson.flip[0] + meson.flip[1] * logarithm, 0.0)
    return _UNIT * meson.scale * x**-meson.power, slope, flip


@guarded(ARGUMENTS)
def cross_section_pb(meson: str, energy: ArrayLike, beam: str = "pi-") -> FloatArray:
    """Total cross-section on a free nucleon.

    Parameters
    ----------
    meson : str
        One of `MESONS`.
    energy : array_like of float
        Beam energy in GeV, 10 to 200 (f2: to 53).
    beam : str, optional
        One of `BEAMS`.

    Returns
    -------
    array of float
        S x^-p (1 + g)/c in pb, per proton for negative and per neutron for positive beams;
        good to `Meson.uncertainty`.

    Raises
    ------
    EmissError
        If a name is unknown, the beam does not make the meson, or an energy is out of range.
    """
    found = charge_exchange(meson, beam)
    if found.slope is None:
        value = _checked_energy(found, energy)
        return np.asarray(_UNIT * found.scale * (value / 10.0) ** -found.power)
    front, slope, flip = _shape(found, energy)
    return np.asarray(front * (1.0 + flip) / slope)


@guarded(ARGUMENTS, together=("energy", "momentum_transfer"))
def differential_cross_section_pb(
    meson: str, energy: ArrayLike, momentum_transfer: ArrayLike, beam: str = "pi-"
) -> FloatArray:
    r"""Cross-section by squared momentum transfer on a free nucleon.

    Parameters
    ----------
    meson : str
        One of `MESONS` but K0.
    energy : array_like of float
        Beam energy in GeV, 10 to 200 (f2: to 53).
    momentum_transfer : array_like of float
        t' = \|t\| in GeV^2, not negative; \|t\|_min, below 3.1e-4 GeV^2 at 50 GeV, is neglected.
    beam : str, optional
        One of `BEAMS`.

    Returns
    -------
    array of float
        S x^-p (1 + g c t') exp(-c t') in pb/GeV^2.

    Raises
    ------
    EmissError
        If a name is unknown, the shape is not known, or a value is out of range.
    """
    front, slope, flip = _shape(charge_exchange(meson, beam), energy)
    ct = slope * _checked_transfer(momentum_transfer)
    return np.asarray(front * (1.0 + flip * ct) * np.exp(-ct))


def _checked_transfer(momentum_transfer: ArrayLike) -> FloatArray:
    return np.asarray(momentum_transfer, dtype=np.float64)


@guarded(ARGUMENTS, energy=number(*ENERGY_RANGE, "GeV"))
def recoil_below(meson: str, energy: float, kinetic_energy: ArrayLike) -> FloatArray:
    """Probability that the struck nucleon gets less than a kinetic energy.

    Parameters
    ----------
    meson : str
        One of `MESONS` but K0.
    energy : float
        Beam energy in GeV, 10 to 200 (f2: to 53).
    kinetic_energy : array_like of float
        T in GeV; t' = 2 m_N T.

    Returns
    -------
    array of float
        1 - exp(-c t') (1 + g c t'/(1 + g)).

    Raises
    ------
    EmissError
        As for `differential_cross_section_pb`.
    """
    _, slope, flip = _shape(charge_exchange(meson), energy)
    ct = slope * 2.0 * const.PROTON_MASS * _checked_transfer(kinetic_energy)
    return np.asarray(1.0 - np.exp(-ct) * (1.0 + flip / (1.0 + flip) * ct))


@guarded(ARGUMENTS, energy=number(*ENERGY_RANGE, "GeV"))
def sample_momentum_transfer(
    meson: str, energy: float, count: int, random: np.random.Generator
) -> FloatArray:
    r"""Draw momentum transfers, exactly and without rejection.

    Parameters
    ----------
    meson : str
        One of `MESONS` but K0.
    energy : float
        Beam energy in GeV, 10 to 200 (f2: to 53).
    count : int
        How many, at most 1e8.
    random : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    array of float, shape (count,)
        t' = \|t\| in GeV^2. d sigma/dt' is a mixture of an exponential of rate c, with weight
        1/(1 + g), and a gamma distribution of shape 2 and the same rate.

    Raises
    ------
    EmissError
        As for `differential_cross_section_pb`.
    """
    _, slope, flip = _shape(charge_exchange(meson), energy)
    size = check_whole(count, "count")
    if not 0 <= size <= _MOST_DRAWN:
        raise ValidityError(f"count: {size} given; needs 0 to {_MOST_DRAWN:g} momentum transfers.")
    twice = random.random(size) * (1.0 + flip) >= 1.0
    drawn = random.standard_exponential((2, size))
    return np.asarray((drawn[0] + np.where(twice, drawn[1], 0.0)) / slope)
