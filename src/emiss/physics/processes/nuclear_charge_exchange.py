"""Charge exchange on nuclei: on a free nucleon, times how many of a nucleus's nucleons count."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...ground import constants as const
from ...ground.errors import ArgumentTypeError, EmissError, ValidityError
from ..materials.element import Element
from ..materials.material import Material
from . import charge_exchange as exchange
from . import hadron_nucleus as nucleus

__all__ = [
    "NuclearCrossSection",
    "collision_length",
    "ionisation_loss",
    "mesons_per_collision",
    "on_nucleus",
]

CITATIONS = (*exchange.CITATIONS, *nucleus.CITATIONS)

_MILLIBARN_CM2: Final = 1e-27
_KAON_MASS: Final = 0.493677
_NO_PROTONS: Final = {
    "n": "a neutron is no chemical element",
    "vacuum": "there is no nucleus in it to exchange a charge with",
}


@dataclass(frozen=True, slots=True)
class NuclearCrossSection:
    """A cross-section per nucleus and its factors.

    Parameters
    ----------
    value_pb : float
        Per nucleus, in pb.
    relative_uncertainty : float
        Of the cross-section on a nucleon and of the effective number, in quadrature; an estimate.
    nucleon : str
        ``proton`` or ``neutron``.
    per_nucleon_pb : float
        On a free nucleon, in pb.
    effective : float
        Effective number of nucleons.
    inelastic_mb : float
        Inelastic cross-section of the beam on the nucleus, in mb.
    """

    value_pb: float
    relative_uncertainty: float
    nucleon: str
    per_nucleon_pb: float
    effective: float
    inelastic_mb: float


def on_nucleus(
    meson: str,
    energy: float,
    target: str | Element,
    *,
    beam: str = "pi-",
    effective: str = "glauber",
) -> NuclearCrossSection:
    """Cross-section of charge exchange on a nucleus.

    Parameters
    ----------
    meson : str
        One of `charge_exchange.MESONS`.
    energy : float
        Beam energy in GeV, 10 to 200 (f2: to 53).
    target : str or Element
        Chemical element; hydrogen is the free proton.
    beam : str, optional
        One of `charge_exchange.BEAMS`.
    effective : str, optional
        One of `hadron_nucleus.EFFECTIVE_MODELS`.

    Returns
    -------
    NuclearCrossSection
        sigma_A = N_eff sigma, coherent effects and Pauli blocking left out.

    Raises
    ------
    EmissError
        If a name is unknown, the energy is out of range, the beam does not make the meson, or the
        target has no nucleon of the kind that the beam needs.
    """
    from .. import materials

    per_nucleon = float(exchange.cross_section_pb(meson, energy, beam))
    if isinstance(target, str) and target in _NO_PROTONS:
        raise EmissError(
            f"target '{target}' has no protons: {_NO_PROTONS[target]}; give a chemical element."
        )
    if target is None or isinstance(target, int | float):
        raise ArgumentTypeError(f"target: {target!r} given; needs a chemical symbol such as 'Fe'.")
    element = materials.element(target) if isinstance(target, str) else target
    nucleon = exchange.BEAMS[beam]
    absorption = nucleus.ABSORPTION_MB[beam]
    count = nucleus.effective_nucleons(element, nucleon, effective, absorption)
    free = element.symbol == "H"
    spread = 0.0 if free else nucleus.EFFECTIVE_UNCERTAINTY
    return NuclearCrossSection(
        count * per_nucleon,
        math.hypot(exchange.MESONS[meson].uncertainty, spread),
        nucleon,
        per_nucleon,
        count,
        float(nucleus.inelastic_cross_section_mb(element, energy, beam)),
    )


def _atoms(material: Material) -> list[tuple[Element, float]]:
    """Elements with atoms per cm^3."""
    density = material.density * const.AVOGADRO
    return [(c.element, density * c.mass_fraction / c.element.A) for c in material.components]


@functools.lru_cache(maxsize=64)
def collision_length(material: Material, energy: float, beam: str) -> float:
    """Mean free path in cm of beam hadrons of an energy in GeV to an inelastic collision."""
    rate = sum(
        atoms * float(nucleus.inelastic_cross_section_mb(element, energy, beam))
        for element, atoms in _atoms(material)
    )
    return 1.0 / (rate * _MILLIBARN_CM2)


@functools.lru_cache(maxsize=64)
def ionisation_loss(material: Material, energy: float, beam: str) -> float:
    """Mean energy in GeV per cm that beam hadrons of an energy in GeV lose to electrons."""
    from ..shower.hadron_stopping import hadron_stopping_power

    mass = _KAON_MASS if beam.startswith("K") else const.CHARGED_PION_MASS
    momentum_per_mass = np.array(math.sqrt((energy / mass) ** 2 - 1.0))
    return float(hadron_stopping_power(material, momentum_per_mass, mass)) * material.density


@functools.lru_cache(maxsize=256)
def mesons_per_collision(
    material: Material,
    meson: str,
    energy: float,
    beam: str,
    effective: str,
    producing: tuple[str, ...] = (),
) -> float:
    """Mesons made per inelastic collision of a beam hadron.

    Parameters
    ----------
    material : Material
        What it collides in.
    meson : str
        One of `charge_exchange.MESONS`.
    energy : float
        Energy of the hadron in GeV.
    beam : str
        One of `charge_exchange.BEAMS`.
    effective : str
        One of `hadron_nucleus.EFFECTIVE_MODELS`.
    producing : tuple of str, optional
        Symbols of the elements that count; empty for all.

    Returns
    -------
    float
        sum_i n_i N_eff,i sigma_M / sum_i n_i sigma_inel,i.

    Raises
    ------
    EmissError
        If the beam does not make the meson, the energy is out of range, or no element has the
        nucleon that is needed.
    """
    sigma = float(exchange.cross_section_pb(meson, energy, beam))
    nucleon = exchange.BEAMS[beam]
    absorption = nucleus.ABSORPTION_MB[beam]
    makers = 0.0
    problem: ValidityError | None = None
    for element, atoms in _atoms(material):
        if producing and element.symbol not in producing:
            continue
        try:
            makers += atoms * nucleus.effective_nucleons(element, nucleon, effective, absorption)
        except ValidityError as error:  # hydrogen has no neutrons
            problem = error
    if makers == 0.0 and problem is not None:
        raise problem
    return makers * sigma * const.PICOBARN_CM2 * collision_length(material, energy, beam)
