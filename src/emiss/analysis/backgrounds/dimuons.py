"""Photons of the shower that convert to muon pairs, both of which are lost.

One muon is slow and stops; the other takes nearly all of the photon's energy and decays in the
dump, where its electron is contained, so that two neutrinos carry the energy away. Photon track
lengths of the deterministic cascade, times the Bethe-Heitler cross-section on nuclei, times
the probability of a decay on the way, are integrated:

    N = sum_k L(k) n int dx dsigma/dx P_lost(x) int dz/(gamma c tau) f(x_e),

with f = 5/3 - 3 x^2 + 4/3 x^3 the electron's share of the energy of an unpolarised fast muon, and
P_lost from slow muons that are followed with their angles and scattering (`slow_muons`). Where the
veto does not see a muon, it may also decay behind the dump, to an electron that leaves, with what
the muon left on its way through the hadron calorimeter, less there than the cut allows.
Pairs made by electrons directly (tridents, below a tenth of the photons' in a thick target) and
pairs of which both decay are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ...events.kinds import KINDS, LIFETIMES
from ...events.transport.muons import dimuon
from ...experiments.elements.calorimeter import Calorimeter
from ...experiments.elements.veto import Veto
from ...experiments.layout import Layout
from ...experiments.modes.base import asked
from ...ground.arrays import FloatArray
from ...ground.constants import AVOGADRO, MUON_MASS
from ...ground.quadrature import gauss
from ...ground.quantity import Quantity
from ...physics.shower import track_lengths
from ...physics.shower.depth import track_depths
from ...physics.shower.muon_stopping import stopping_power
from .base import Estimate, Input, Question, Source
from .slow_muons import followed, pair_angles

__all__ = ["SOURCE", "decays_behind", "dimuon_rate", "electron_share"]

CITATIONS = ("Burkhardt:2002cvs",)
DECAY_LENGTH: Final = float(LIFETIMES[KINDS.index("mu-")])
"""c tau of the muon in cm."""
CROSS_SECTION: Final = Input(
    "dimuon-cross-section",
    "cross-section of muon pairs and track length, relative",
    Quantity(
        1.0, 0.1, "", "dimuons in data and simulation, arXiv:1906.00176", "recalled",
        "about 10 %, high confidence",
    ),
)  # fmt: skip
SIGNAL: Final = Input(
    "muon-signal",
    "signal of a muon in the hadron calorimeter over its loss",
    Quantity(
        1.5, 0.0, "", "4 to 8 GeV of two muons in a module, public analysis of dimuons in NA64",
        "derived", "6 GeV over twice the loss of 2 GeV; the layout has 1",
    ),
)  # fmt: skip
_NODES: Final = 20
_SLOW: Final = (0.05, 20.0)
"""Kinetic energies in GeV of slow muons; slower ones are too few to count, faster ones are seen."""
_POINTS: Final = 32


def electron_share(x: FloatArray) -> FloatArray:
    """Density of the share of a fast unpolarised muon's energy that its electron takes.

    Parameters
    ----------
    x : array
        Share, 0 to 1.

    Returns
    -------
    array
        5/3 - 3 x^2 + 4/3 x^3; its integral is 1, its mean 7/20.
    """
    return np.asarray(5.0 / 3.0 - 3.0 * x**2 + 4.0 / 3.0 * x**3)


@dataclass(frozen=True, slots=True)
class _Target:
    """What decides how long a muon may live before its decay is seen.

    ``kinetic``, ``lost``, ``dump``: energies in GeV of slow muons, the share of them that is lost,
    and what they leave in the dump; ``room``, ``room_squared``: means of the share, and its square,
    of the cut on the hadron calorimeter that they leave to others; ``depth``: of the conversion,
    ``length``: of the dump, both in radiation lengths; ``quiet``: energy per radiation length in
    GeV of a shower that the veto behind the dump does not see; ``gap``: between dump and hadron
    calorimeter in cm, ``most``: energy in GeV that the latter may hold, ``signal``: of a fast muon
    in it in GeV/cm; no gap and no energy where a muon behind the dump is seen.
    """

    kinetic: FloatArray
    lost: FloatArray
    dump: FloatArray
    room: FloatArray
    room_squared: FloatArray
    depth: float
    length: float
    quiet: float
    gap: float = 0.0
    most: float = 0.0
    signal: float = 1.0


def dimuon_rate(layout: Layout, least_photon: float) -> float:
    """Muon pairs per beam electron from photons above an energy: the control sample, by theory.

    Parameters
    ----------
    layout : Layout
        Apparatus; the target counts as thick.
    least_photon : float
        Least energy of the photon in GeV.

    Returns
    -------
    float
        Pairs per electron.

    Raises
    ------
    ValidityError
        If the energy is out of range.
    """
    energy, weight = _photons(layout, least_photon)
    nodes, widths = gauss(_NODES)
    x = np.asarray(nodes)[None, :]
    return float(weight @ (_density(layout, energy[:, None], x) @ np.asarray(widths)))


def _photons(layout: Layout, least: float) -> tuple[FloatArray, FloatArray]:
    """Energies of photons in GeV, and their track length in cm."""
    material = layout.target.material
    found = track_lengths(material, layout.beam.particle, layout.beam.energy, least)
    energy, weight = found.nodes("gamma")
    return energy, weight * material.radiation_length_cm


def _density(layout: Layout, energy: FloatArray, x: FloatArray) -> FloatArray:
    """Muon pairs per cm and share of the energy."""
    material = layout.target.material
    total = np.zeros(np.broadcast_shapes(energy.shape, x.shape))
    for part in material.components:
        atoms = AVOGADRO * part.mass_fraction / part.element.A * material.density
        total += atoms * dimuon(part.element, energy, x)
    return total


def _target(
    question: Question, shift: float = 0.0, strict: bool = False, signal: float = 1.0
) -> _Target:
    """Geometry with the conversion shifted by radiation lengths.

    ``strict``: a veto sees any muon; ``signal``: of muons in the hadron calorimeter over the loss.
    """
    layout = question.layout
    target, beam = layout.target, layout.beam
    material = target.material
    missing = max(beam.energy - asked(layout, "target_energy", "max"), 1.0)
    profile = track_depths(material, beam.particle, beam.energy, 0.98 * missing)
    depth = max(profile.mean_depth("gamma", missing) + shift, 0.0)
    mip, threshold = _veto(layout)
    blind = mip > 0.0 and threshold > mip and not strict
    kinetic = np.geomspace(*_SLOW, _POINTS)
    each = max(question.events // 2, 50)
    energy = np.repeat(kinetic, each)
    # the same muons whatever is shifted
    random = question.random("slow muons")
    heaviest = max(material.components, key=lambda part: part.element.A).element.A
    angle = pair_angles(energy + MUON_MASS, heaviest, random)
    found = followed(layout, energy, angle, depth, random)
    most = min(asked(layout, "hadronic_energy", "max"), missing) if blind else 0.0
    unseen = (signal * found.hadronic <= most) if blind else ~found.behind
    room = np.clip(1.0 - signal * found.hadronic / max(most, 1e-9), 0.0, 1.0).reshape(-1, each)
    particles = max(threshold / mip, 1.0) if mip > 0.0 and not strict else 1.0
    return _Target(
        kinetic, unseen.reshape(-1, each).mean(axis=1),
        found.dump.reshape(-1, each).mean(axis=1), room.mean(axis=1), (room**2).mean(axis=1),
        depth, target.depth_x0,
        particles * material.critical_energy, *_behind(layout, signal if blind else 0.0),
    )  # fmt: skip


def _behind(layout: Layout, signal: float) -> tuple[float, float, float]:
    """Gap behind the dump, cut on the hadron calorimeter and signal of a muon; 0 if it is seen."""
    modules = [e for e in layout.role("hadronic") if isinstance(e, Calorimeter) and e.composition]
    if not signal or not modules:
        return 0.0, 0.0, 1.0
    first = min(modules, key=lambda e: e.start)
    end = max(e.end for e in layout.role("preshower", "target"))
    iron = first.composition
    assert iron is not None
    loss = stopping_power(iron, 0.5 * layout.beam.energy) * iron.density
    return max(first.start - end, 0.0), asked(layout, "hadronic_energy", "max"), signal * loss


def decays_behind(fast: FloatArray, gap: float, most: float, signal: float) -> FloatArray:
    """Length on which a fast muon may decay unseen behind the dump.

    Parameters
    ----------
    fast : array
        Energy of the muon in GeV.
    gap : float
        Way from the dump to the hadron calorimeter in cm.
    most : float
        Energy in GeV that the hadron calorimeter may hold.
    signal : float
        What the muon leaves there before it decays, in GeV/cm.

    Returns
    -------
    array
        In cm: integral over the way of the share of decays whose electron, with what the muon left
        so far, stays below the cut; F(most/E) gap + (E/s) Int_0^(most/E) F(x) dx, with F the
        integral of `electron_share`.
    """
    x = np.minimum(most / np.maximum(fast, 1e-9), 1.0)
    below = 5.0 / 3.0 * x - x**3 + x**4 / 3.0
    integral = 5.0 / 6.0 * x**2 - 0.25 * x**4 + x**5 / 15.0
    return np.asarray(gap * below + fast / signal * integral)


def _veto(layout: Layout) -> tuple[float, float]:
    """What a muon leaves in the veto behind the dump, and the veto's threshold, in GeV."""
    for veto in layout.role("veto"):
        if isinstance(veto, Veto) and veto.start > 0.0:
            plate = veto.composition
            if veto.threshold is not None and plate is not None:
                mip = stopping_power(plate, 0.6) * plate.density * veto.length_cm
                return mip, veto.threshold.value
            break
    return 0.0, 0.0


def _containment(energy: FloatArray, layout: Layout, quiet: float) -> FloatArray:
    """Radiation lengths after which a shower leaves less than ``quiet`` GeV per length.

    The mean profile E b (bt)^(a-1) e^(-bt)/Gamma(a) with b = 1/2 and a = 1 + b (ln E/Ec - 1/2).
    """
    from scipy.special import gammaln

    t = np.linspace(0.5, 60.0, 120)
    e = np.maximum(energy, 10.0 * layout.target.material.critical_energy)[..., None]
    a = 1.0 + 0.5 * (np.log(e / layout.target.material.critical_energy) - 0.5)
    density = e * 0.5 * np.exp((a - 1.0) * np.log(0.5 * t) - 0.5 * t - gammaln(a))
    loud = density > quiet
    last = t.size - 1 - np.argmax(loud[..., ::-1], axis=-1)
    return np.asarray(np.where(loud.any(axis=-1), t[last], 0.0))


def _crossed(layout: Layout, depth: float) -> float:
    """What a fast muon leaves in the dump behind a depth in radiation lengths, in GeV."""
    material = layout.target.material
    way = max(layout.target.depth_x0 - depth, 0.0) * material.radiation_length_cm
    return stopping_power(material, 0.5 * layout.beam.energy) * material.density * way


def _lost(layout: Layout, target: _Target) -> float:
    """Lost pairs per electron."""
    beam_energy, most = layout.beam.energy, asked(layout, "target_energy", "max")
    photon, weight = _photons(layout, beam_energy - most)
    nodes, widths = (np.asarray(a) for a in gauss(_NODES))
    # one muon is slow, the other has the rest; evenly in the logarithm of the kinetic energy
    low, high = _SLOW
    kinetic = low * (high / low) ** np.asarray(gauss(2 * _NODES)[0])
    steps = kinetic * math.log(high / low) * np.asarray(gauss(2 * _NODES)[1])
    chance = np.interp(kinetic, target.kinetic, target.lost)
    dump = np.interp(kinetic, target.kinetic, target.dump)
    slow = MUON_MASS + kinetic
    x = slow[None, :] / photon[:, None]
    pairs = 2.0 * _density(layout, photon[:, None], x) * steps / photon[:, None]
    fast = np.maximum(photon[:, None] - slow[None, :], 0.0)
    # of the photon at least this much must go to the neutrinos
    visible = photon[:, None] - (beam_energy - most) - dump
    top = np.clip(visible / np.maximum(fast, 1e-9), 0.0, 1.0)
    share = top[..., None] * nodes
    radiation_length = layout.target.material.radiation_length_cm
    contained = _containment(share * fast[..., None], layout, target.quiet)
    path = np.maximum(target.length - target.depth - contained, 0.0) * radiation_length
    slowness = MUON_MASS / np.maximum(fast, 1e-9) / DECAY_LENGTH
    decays = chance * top * ((electron_share(share) * path) @ widths)
    # behind the dump nothing is seen of the photon but what both muons left before
    enough = visible - _crossed(layout, target.depth) > 0.0
    room, squared = (
        np.interp(kinetic, target.kinetic, r) for r in (target.room, target.room_squared)
    )
    decays += enough * room * decays_behind(fast, target.gap, target.most, math.inf)
    # the square: the less room, the shorter the way in the calorimeter as well
    decays += enough * squared * decays_behind(fast, 0.0, target.most, target.signal)
    return float(weight @ (pairs * slowness * decays).sum(axis=1))


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    central = _target(question)
    rate = _lost(layout, central)
    cross_section = question.input(CROSS_SECTION)
    missing = layout.beam.energy - asked(layout, "target_energy", "max")
    signal = question.input(SIGNAL).value
    blind = replace(central, quiet=math.inf)
    shifts = {
        "cross-section": cross_section.relative_error * rate,
        "depth of the conversion, 1 radiation length": rate - _lost(
            layout, _target(question, 1.0)),
        "veto that sees every muon": rate - _lost(layout, _target(question, strict=True)),
        "veto that sees no electron": _lost(layout, blind) - rate,
        "signal of muons on the scale of hadrons": rate - _lost(
            layout, _target(question, signal=signal)),
    }  # fmt: skip
    inside = _lost(layout, replace(central, gap=0.0, most=0.0))
    half = float(np.interp(-0.5, -central.lost, central.kinetic))
    steps = {
        f"pairs per electron from photons above {missing:g} GeV": dimuon_rate(layout, missing),
        "kinetic energy in GeV at which half of slow muons are lost": half,
        "depth of the conversion in radiation lengths": central.depth,
        "pairs lost per electron, decays in the dump": inside,
        "pairs lost per electron, decays behind it": rate - inside,
    }
    scale = cross_section.value
    return Estimate(
        scale * rate, 0.0, {name: scale * shift for name, shift in shifts.items()}, steps,
        question.inputs(CROSS_SECTION, SIGNAL),
    )  # fmt: skip


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("e-", "e+", "gamma") and layout.target.length is not None


SOURCE = Source(
    "dimuons",
    "muon pairs lost or decaying in the target",
    ("missing-energy",),
    "integral: photon track length, Bethe-Heitler pairs, one muon lost, one decaying in the dump "
    "or behind it",
    _estimate,
    _applies,
    (CROSS_SECTION, SIGNAL),
)
