"""Charge exchange on a nucleus: on a free nucleon, times how many of its nucleons count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ...ground.errors import ArgumentTypeError, EmissError
from ..materials.element import Element
from . import charge_exchange as exchange
from . import hadron_nucleus as nucleus

__all__ = ["NuclearCrossSection", "on_nucleus"]

CITATIONS = (*exchange.CITATIONS, *nucleus.CITATIONS)


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
