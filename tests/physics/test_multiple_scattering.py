"""Multiple scattering against the integral that Moliere expanded, over thickness and momentum.

For small angles the projected angle has the characteristic function exp(-int dN (1 - J0(k theta))),
with the law of single scattering; Moliere's B, f0, f1 and f2 are an expansion of it. Here it is
integrated on a grid and inverted, with the nuclear form factor, by none of the sampler's means.
"""

import numpy as np
import pytest
from closeness import close
from scipy.special import j0

from emiss import materials
from emiss.events.matter import FINE
from emiss.events.transport import Beam, Settings, Slab, Stack, simulate
from emiss.events.transport.coulomb import coulomb_columns
from emiss.ground.constants import ELECTRON_MASS, MUON_MASS

SHARES = np.array([0.3, 0.6827, 0.95, 0.98, 0.995])
EVENTS = 40_000


def beyond(material, energy, thickness, mass, angles):
    """Probability that a projected angle is larger than given ones, in either direction."""
    strength, logs, form = (
        float(c[0]) * thickness for c in coulomb_columns(material, np.array([energy]), mass)
    )
    a, g = np.exp(logs / strength), form / strength
    theta = np.geomspace(2e-3 * np.sqrt(a), 2.0, 2500)
    density = 8 * strength * theta**2 / (theta**2 + 4 * a) ** 2 * (1 + g * theta**2 / 4) ** -4
    last = 60.0 / np.sqrt(4 * strength * np.log(strength / a))
    k = np.linspace(0.0, last, 3001)[1:]
    exponent = [np.trapezoid(density * (1 - j0(w * theta)), np.log(theta)) for w in k]
    phi = np.exp(-np.array(exponent))
    found = []
    for angle in angles:
        integrand = np.concatenate([[angle], np.sin(k * angle) / k * phi])
        found.append(1 - 2 / np.pi * np.trapezoid(integrand, np.concatenate([[0.0], k])))
    return np.array(found)


def projected(particle, material, energy, thickness, settings):
    stack = Stack((Slab(material, thickness),))
    exits = simulate(
        stack, Beam(particle, energy), EVENTS, seed=21, settings=settings, keep_exits=True,
        exits_above=0.9 * energy,
    ).exits  # fmt: skip
    own = exits[exits[:, 1] == (3 if particle == "mu-" else 0)]
    assert len(own) > 0.95 * EVENTS
    return np.abs(own[:, 6:8].ravel())


@pytest.mark.parametrize(
    ("name", "energy", "thickness"),
    [
        ("Si", 20.0, 0.03), ("Si", 100.0, 0.03), ("Pb", 1.5, 0.0056), ("Pb", 13.0, 0.0056),
        ("Pb", 100.0, 0.056), ("Pb", 160.0, 0.56), ("Al", 160.0, 5.0), ("Fe", 50.0, 0.5),
    ],
)  # fmt: skip
def test_muons_follow_the_exact_distribution(name, energy, thickness):
    """Core and tail. A projected angle beyond which a share s lies has the error sqrt(n s).

    80 000 projections, of which the two of a muon are not independent in the tail: counted as
    40 000. 1 % for what the Gaussian below the single scatterings leaves, and 4.5 errors: false
    alarms 40 x 7e-6.
    """
    material = materials.get(name)
    angles = projected("mu-", material, energy, thickness, Settings.above(0.9 * energy))
    found = beyond(material, energy, thickness, MUON_MASS, np.quantile(angles, SHARES))
    wanted = 1 - SHARES
    assert np.all(np.abs(found / wanted - 1) < 0.01 + 4.5 * np.sqrt(SHARES / wanted / EVENTS))


@pytest.mark.parametrize(
    ("name", "energy", "thickness"), [("Si", 20.0, 0.03), ("Si", 85.0, 0.03), ("Pb", 10.0, 0.0056)]
)
def test_electrons_scatter_in_a_tracker_like_that(name, energy, thickness):
    """Energies between the lines of the tables included.

    Moller scattering of more than 0.2 MeV deflects too, though the electrons of the atoms are in
    the elastic law: 1/(Z + 1) of it beyond 0.45 MeV/p, in silicon up to 8 % of the tail. The core
    as above, the tail within that.
    """
    material = materials.get(name)
    angles = projected("e-", material, energy, thickness, FINE)
    found = beyond(material, energy, thickness, ELECTRON_MASS, np.quantile(angles, SHARES))
    wanted = 1 - SHARES
    double = np.array([0.01, 0.02, 0.08, 0.1, 0.1]) * 15 / (material.components[0].element.Z + 1)
    noise = 4.5 * np.sqrt(SHARES / wanted / EVENTS)
    assert np.all(np.abs(found / wanted - 1) < 0.005 + double + noise)


def test_place_and_angle_of_thick_matter():
    """Behind a depth t: <x^2> = t^2 <theta^2>/3 and <x theta> = t <theta^2>/2, for any tail.

    Of the four fifths of muons with the smallest angle and offset no such relation holds, so all
    count; 40 000 muons with a Rutherford tail, 6 %.
    """
    material = materials.get("Al")
    exits = simulate(
        Stack((Slab(material, 20.0), Slab(materials.get("Pb"), 0.001), Slab(material, 20.0))),
        Beam("mu-", 100.0), EVENTS, seed=4, settings=Settings.above(90.0), keep_exits=True,
    ).exits  # fmt: skip
    own = exits[exits[:, 1] == 3]
    slopes = own[:, 6:8] / own[:, 8:9]
    theta2 = np.square(slopes).sum(axis=1).mean()
    close(np.square(own[:, 3:5]).sum(axis=1).mean(), theta2 * 40.0**2 / 3, 0.06)
    close((own[:, 3:5] * slopes).sum(axis=1).mean(), theta2 * 40.0 / 2, 0.04)
