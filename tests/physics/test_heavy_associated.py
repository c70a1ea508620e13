"""Bosons with a hard photon next to the heaviest that a beam can make, against a plain sum."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close

from emiss import experiments, models
from emiss.ground.constants import ALPHA, ELECTRON_MASS
from emiss.physics.processes.annihilation import squared_energy
from emiss.physics.processes.associated import photon_energies, photon_spectrum
from emiss.physics.processes.initial_state import SEPARATION
from emiss.physics.processes.resonance import Resonance
from emiss.yields.annihilation import associated_bosons
from emiss.yields.positrons import positrons

PHOTONS = 800
"""Photon energies of the plain sum, even in the logarithm up to the middle and down from it."""


def setup(name, trigger=None):
    found = experiments.get(name).runs[0].setup.source
    return found if trigger is None else replace(found, min_preshower_energy=trigger)


def accepted(target, tracks, cell, energy, mass):
    """Cross-section of what is accepted: midpoint rule, thresholds as they are."""
    low, high = (float(k) for k in photon_energies(energy, mass))
    half = 0.5 * (low + high)
    up = np.geomspace(low, half, PHOTONS // 2)
    cut = energy + ELECTRON_MASS - target.min_missing_energy
    inside = [cut] if low < cut < high else []
    edges = np.unique(np.concatenate([up, low + high - up, inside]))
    k = 0.5 * (edges[1:] + edges[:-1])
    passing = target.pass_probability(energy + ELECTRON_MASS - k)
    trigger = np.full(k.size, tracks.unseen[cell])
    if tracks.photons.size:
        at = np.interp(np.log(k), np.log(tracks.photons), tracks.trigger[cell])
        trigger = np.where(k < tracks.photons[0], trigger, at)
    return np.sum(photon_spectrum(k, energy, mass) * np.diff(edges) * passing * trigger)


def plain_rate(target, mass):
    """Bosons per beam particle at g = e: three Gauss points in s in every cell of positrons."""
    tracks = positrons(target, None)
    s, total = squared_energy(tracks.edges), 0.0
    nodes, weights = np.polynomial.legendre.leggauss(3)
    for cell, met in enumerate(tracks.electrons):
        low, high = max(s[cell], mass**2 / (1.0 - SEPARATION)), s[cell + 1]
        if low >= high or met == 0.0:
            continue
        density = met / (high - s[cell])
        for node, weight in zip(nodes, weights, strict=True):
            at = 0.5 * (low + high) + 0.5 * (high - low) * node
            soft = 2.0 * ALPHA / math.pi * (math.log(at / ELECTRON_MASS**2) - 1.0)
            virtual = 1.0 + 0.75 * soft + ALPHA / math.pi * (math.pi**2 / 3.0 - 0.5)
            energy = at / (2.0 * ELECTRON_MASS) - ELECTRON_MASS
            sigma = accepted(target, tracks, cell, energy, mass)
            step = 0.5 * (high - low) * weight
            total += density * step * (1.0 - mass**2 / at) ** soft * virtual * sigma
    return total


# Photons that leave a boson no energy to choose: the heaviest of 100 GeV are 0.303 GeV.
CASES = [
    ("na64e-plus-2022", 0.0, [0.15, 0.295, 0.3, 0.303, 0.305, 0.307]),
    ("na64e-plus-2022", None, [0.25, 0.3, 0.305]),
    ("na64e-2016", None, [0.1, 0.25, 0.28, 0.295, 0.302]),
    ("darkshine-9e14", None, [0.02, 0.065, 0.073, 0.08, 0.084]),
]


@pytest.mark.parametrize(("name", "trigger", "masses"), CASES)
def test_the_rate_at_every_mass(name, trigger, masses):
    """2 %: cells of positrons are merged, and the rate is linear between nodes in mass."""
    target = setup(name, trigger)
    found = associated_bosons(target).on_shell(masses)
    close(found, [plain_rate(target, mass) for mass in masses], 0.02)


@pytest.mark.parametrize("name", ["na64e-plus-2022", "na64e-2016"])
def test_broad_bosons_beyond_the_heaviest_on_their_mass_shell(name):
    """The rate at 30 invariant masses, folded with the line shape by the trapezoidal rule."""
    target, model, mass = setup(name), models.get("dark-photon"), 0.305
    top = 0.9 * float(squared_energy(target.highest_energy))
    squared = top * (1.0 - np.linspace(0.005, 0.8, 30) ** 2)[::-1]
    rate = np.array([plain_rate(target, math.sqrt(m)) for m in squared])
    fine = np.linspace(squared[0], top, 4000)
    shape = Resonance.of(model, mass, None, "energy-dependent")
    width, imaginary = (value[0] for value in shape.at(fine))
    density = np.sqrt(fine) * width / math.pi
    density /= np.square(fine - mass**2) + np.square(imaginary)
    between = np.interp(fine, np.append(squared, top), np.append(rate, 0.0))
    expected = np.trapezoid(density * between, fine)
    assert squared[0] < float(shape.threshold[0, 0])  # lighter ones do not decay darkly
    found = associated_bosons(target).events(mass, model)
    close(found, expected, 0.02)
