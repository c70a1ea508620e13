"""Charge exchange of beam hadrons in a thick target, and mesons that decay to nothing.

Of a beam hadron of energy E in a mixture of number densities n_i,

    P_M = [1 - exp(-Lambda)] sum_i n_i N_eff,i sigma_M / sum_i n_i sigma_inel,i

exchange their charge and make the meson M; Lambda is the depth in interaction lengths. What the
hadron ionises before counts: exchanges deeper than z_cut = E_max/(ionisation per interaction
length) do not pass, so that Lambda becomes min(Lambda, z_cut). The energy of the struck nucleon
must stay below E_max as well. All mesons enter one and the same signal box.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.guards import chosen, guarded, instance
from ...ground.mesons import meson_data
from ...physics.models import Model
from ...physics.processes import charge_exchange as exchange
from ...physics.processes import hadron_nucleus as nucleus
from ...physics.processes.nuclear_charge_exchange import (
    collision_length,
    ionisation_loss,
    mesons_per_collision,
)
from .base import Process, ProcessYield, Request

__all__ = [
    "KAONS",
    "PROCESS",
    "MesonYield",
    "interaction_length",
    "ionisation",
    "mesons_made",
    "passing",
    "per_interaction",
]


CITATIONS = (*exchange.CITATIONS, *nucleus.CITATIONS, "Groom:2001kq")
KAONS: Final = ("K-short", "K-long")
"""A neutral kaon is each of them half of the time."""
_LIGHT: Final = 1e-3
"""Mass in GeV at which any model that says something of mesons makes some of them invisible."""
_REASONS: Final = {
    "vector": (
        "a vector makes pi0, eta and eta' invisible only in pairs (C parity forbids two fermions), "
        "at the fourth power of a kinetic mixing: no limit below epsilon = 0.1. Of vectors use "
        "b-boson or omega-dark-photon"
    ),
    "scalar": (
        "CP forbids a pseudoscalar meson to decay to two scalars or through one: nothing is "
        "constrained"
    ),
    "axial": "it says nothing of quarks; use axial-quarks",
    "pseudoscalar": "it says nothing of mixing with mesons; use meson-alp or strange-pseudoscalar",
}


def interaction_length(setup: Setup) -> float:
    """Mean free path of beam hadrons in the target to an inelastic collision, in cm."""
    return collision_length(setup.material, setup.beam_energy, setup.particle)


@guarded(
    setup=instance("Setup"),
    meson=chosen(exchange.MESONS, "meson"),
    effective=chosen(nucleus.EFFECTIVE_MODELS, "nuclear model"),
)
def mesons_made(setup: Setup, meson: str, effective: str = "glauber") -> float:
    """Mesons made per beam hadron in the whole target, whatever is seen.

    Parameters
    ----------
    setup : Setup
        Beam and target.
    meson : str
        One of `exchange.MESONS`.
    effective : str, optional
        One of `nucleus.EFFECTIVE_MODELS`.

    Returns
    -------
    float
        P_M of the module's head.

    Raises
    ------
    EmissError
        If the beam does not make the meson, the energy is out of range, or no element of the
        target has the nucleon that is needed.
    """
    depth = setup.length / interaction_length(setup)
    return -math.expm1(-depth) * per_interaction(setup, meson, effective)


def per_interaction(setup: Setup, meson: str, effective: str) -> float:
    """Mesons per inelastic interaction of a beam hadron, at the energy of the beam."""
    return mesons_per_collision(
        setup.material, meson, setup.beam_energy, setup.particle, effective, setup.producing
    )


@functools.lru_cache(maxsize=64)
def _reach(setup: Setup) -> float:
    """Depth in cm to which an exchange passes: at most the target's length."""
    return min(setup.length, setup.max_left / ionisation(setup))


def ionisation(setup: Setup) -> float:
    """Mean energy in GeV per cm that beam hadrons lose to electrons."""
    return ionisation_loss(setup.material, setup.beam_energy, setup.particle)


def passing(setup: Setup, meson: str, effective: str = "glauber") -> float:
    """Mesons per beam hadron whose decay to nothing passes what is computed of the selection.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    meson : str
        Key of `ground.mesons.MESON_IDS`.
    effective : str, optional
        One of `nucleus.EFFECTIVE_MODELS`.

    Returns
    -------
    float
        Exchanges in front of the depth at which ionisation fills the box, times the probability
        that the struck nucleon stays below it; of kaons those that decay before they interact.

    Raises
    ------
    EmissError
        As for `mesons_made`.
    """
    if meson in KAONS:
        return 0.5 * per_interaction(setup, "K0", effective) * _kaon_decays(setup, meson)
    made = per_interaction(setup, meson, effective)
    depth = _reach(setup) / interaction_length(setup)
    recoil = float(exchange.recoil_below(meson, setup.beam_energy, setup.max_left))
    return made * -math.expm1(-depth) * recoil


def _kaon_decays(setup: Setup, kaon: str) -> float:
    """Probability that the beam kaon interacts and a neutral one decays before it does.

    A neutral kaon interacts like a charged one. From depth z it decays in the rest of the target
    with [1 - exp(-m (L - z))]/(m l), m = 1/lambda + 1/l, or leaves it and decays in the volume
    behind. The mean energy is that of the beam; the recoil is soft and not counted.
    """
    data, free = meson_data(kaon), interaction_length(setup)
    decay = setup.beam_energy / data.mass * data.ctau_cm
    removal = 1.0 / free + 1.0 / decay
    reach, length = _reach(setup), setup.length
    started = -math.expm1(-reach / free)
    inside = 1.0 / (removal * decay)
    # Integral over the depth of exp(-z/lambda)/lambda exp(-m (L - z)), where m - 1/lambda = 1/l.
    leaving = (
        decay / free * (math.exp(reach / decay - removal * length) - math.exp(-removal * length))
    )
    return started * inside + leaving * (-math.expm1(-setup.decay_volume / decay) - inside)


@dataclass(frozen=True, slots=True, eq=False)
class MesonYield:
    """Events of one meson.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    meson : str
        The meson.
    rate : float
        Mesons per beam particle that would pass if they decayed to nothing.
    warnings : tuple of str
        What the yield lacks, in sentences for the user.
    """

    model: Model
    masses: FloatArray
    meson: str
    rate: float
    warnings: tuple[str, ...] = ()

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        found = self.model.meson_branching(self.meson, coupling, self.masses)
        return self.rate * np.minimum(found, 1.0)  # a meson decays once


def _couples(model: Model, masses: FloatArray) -> bool:
    return bool(_asked(model, masses))


def _why(model: Model) -> str:
    if _asked(model, np.array([_LIGHT])):
        return "No meson can decay to it at any of these masses."
    return f"Why: {_REASONS[model.boson]}. Or ask for a branching fraction with --channel."


def _asked(model: Model, masses: FloatArray) -> tuple[str, ...]:
    """Mesons that the model makes invisible somewhere."""
    from ...ground.mesons import MESON_IDS

    return tuple(m for m in MESON_IDS if np.any(model.meson_branching(m, 1.0, masses) > 0.0))


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    setup, model = request.setup, request.model
    asked = _asked(model, request.masses)
    beam = setup.particle
    made = exchange.made_by(beam)
    mine = [m for m in asked if ("K0" if m in KAONS else m) in made]
    if asked and not mine:
        exchange.charge_exchange("K0" if asked[0] in KAONS else asked[0], beam)
    low_enough = [
        m for m in mine if m in KAONS or setup.beam_energy <= exchange.MESONS[m].highest_energy
    ]
    # Of several, the one whose cross-section is not known at this energy is left out.
    lacking = _left_out(setup, [m for m in mine if m not in low_enough]) if low_enough else ()
    effective = request.options.nuclear_model
    told = (*lacking, *_other_nucleus(effective))
    return {
        f"charge exchange to {meson}": MesonYield(
            model, request.masses, meson, passing(setup, meson, effective), told
        )
        for meson in low_enough or mine
    }


def _other_nucleus(effective: str) -> tuple[str, ...]:
    """Say that an efficiency belongs to the effective nucleons with which it was fitted."""
    if effective == "glauber":
        return ()
    return (
        f"effective nucleons by '{effective}' ({nucleus.EFFECTIVE_MODELS[effective]}) instead of "
        "Glauber's integral; an efficiency that was fitted with Glauber's, as in na64h-2023, is "
        "kept: fitted anew it would make up for the difference.",
    )


def _left_out(setup: Setup, mesons: list[str]) -> tuple[str, ...]:
    """Say which mesons are not counted, since their cross-section is not known at the energy."""
    return tuple(
        f"{meson} is left out of the yield: its cross-section is known up to "
        f"{exchange.MESONS[meson].highest_energy:g} GeV, and the beam has "
        f"{setup.beam_energy:g} GeV."
        for meson in mesons
    )


PROCESS = Process(
    name="charge_exchange",
    title="charge exchange",
    couples=_couples,
    prepare=_prepare,
    citations=CITATIONS,
    needs="mesons that decay to nothing",
    flavour="",
    why=_why,
    reaction="pi- p -> M n (M = pi0, eta, eta', omega, f2), K- p -> K0bar n",
    method="fit to data; effective number of protons of a nucleus",
)
