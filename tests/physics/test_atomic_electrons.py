"""Compton profiles: normalisation, moments, Hartree-Fock values, and the spread of s."""

import itertools
import math

import numpy as np
import pytest
from closeness import close
from scipy.integrate import quad

from emiss import materials, models
from emiss.ground import constants as const
from emiss.ground.errors import ValidityError
from emiss.physics.processes import annihilation, atomic_electrons
from emiss.physics.processes.annihilation import AnnihilationLuminosity

ME = const.ELECTRON_MASS
AU = const.ALPHA * ME


def test_shells_hold_all_electrons():
    for z in range(1, 93):
        shells = atomic_electrons.shells(z)
        assert sum(shell.electrons for shell in shells) == z
        assert all(shell.momentum > 0.0 for shell in shells)


def test_slater_rules_by_hand():
    # Slater 1930, iron: 1s 0.30, 2sp 4.15, 3sp 11.25, 3d 19.75, 4s 22.25.
    shells = {shell.name: shell.momentum / AU for shell in atomic_electrons.shells(26)}
    close(shells["1s"], 25.70, 1e-12)
    close(shells["2sp"], 21.85 / 2, 1e-12)
    close(shells["3sp"], 14.75 / 3, 1e-12)
    close(shells["3d"], 6.25 / 3, 1e-12)
    close(shells["4sp"], 3.75 / 3.7, 1e-12)


@pytest.mark.parametrize("z", [1, 6, 29, 82])
def test_norm_and_mean_square(z):
    profile = lambda x: float(atomic_electrons.compton_profile(z, x * AU)) * AU  # noqa: E731
    breaks = [0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3]
    pairs = list(itertools.pairwise(breaks))
    norm = 2 * sum(quad(profile, a, b, epsabs=1e-12)[0] for a, b in pairs)
    close(norm, 1.0, 1e-6)
    second = 2 * sum(quad(lambda x: x * x * profile(x), a, b, epsabs=1e-12)[0] for a, b in pairs)
    # The tail beyond 1000 atomic units falls as p^-4 under p^2: below 1e-3 for Z = 82.
    close(second * AU**2, atomic_electrons.mean_square_momentum(z), 1e-3)


def test_hydrogen_is_exact():
    close(atomic_electrons.compton_profile(1, 0.0) * AU, 8 / (3 * math.pi), 1e-6)
    # Virial theorem: <p^2> = 2 m_e |E| = (alpha m_e)^2, a third of it along the beam.
    close(atomic_electrons.mean_square_momentum(1), AU**2 / 3, 1e-13)


# Biggs, Mendelsohn and Mann 1975 (Hartree-Fock), atom's J in atomic units at p = 1, 2, 5, 10, 20,
# as tabulated in xraylib 4.3.
HARTREE_FOCK = {
    6: (0.881, 0.286, 0.0569, 0.0046, 0.00014),
    13: (1.62, 1.03, 0.199, 0.039, 0.0035),
    26: (3.50, 2.09, 0.533, 0.150, 0.025),
    74: (6.80, 4.40, 2.24, 0.77, 0.21),
    82: (7.21, 5.03, 2.40, 0.91, 0.25),
}


@pytest.mark.parametrize("z", sorted(HARTREE_FOCK))
def test_against_hartree_fock(z):
    p = np.array([1.0, 2.0, 5.0, 10.0, 20.0])
    ours = atomic_electrons.compton_profile(z, p * AU) * AU * z
    # Screened hydrogenic shells: 22 % for the valence electrons of carbon, 12 % beyond.
    close(ours, np.array(HARTREE_FOCK[z]), 0.22)
    close(ours[2:], np.array(HARTREE_FOCK[z][2:]), 0.12)


def test_lead():
    # Thomas-Fermi virial estimate of the rms: 0.098 m_e; Hartree-Fock profiles integrate to 0.090.
    rms = math.sqrt(atomic_electrons.mean_square_momentum(82))
    close(rms / ME, 0.091, absolute=1e-3, because="three digits of the fallback profiles")

    def outside(x):
        inner = quad(
            lambda p: float(atomic_electrons.compton_profile(82, p * ME)) * ME,
            -x, x, epsabs=1e-10, limit=400, points=[-0.01, 0.01],
        )[0]  # fmt: skip
        return 1 - inner

    # Hartree-Fock: 0.293, 0.135, 0.047 (relativity lifts the last).
    close([outside(x) for x in (0.05, 0.1, 0.2)], [0.293, 0.135, 0.047], 0.18)


@pytest.mark.parametrize("z", [1, 13, 82])
def test_cumulative_flux_is_the_integral(z):
    ends = np.array([-0.3, -0.05, 0.0, 0.02, 0.4])
    steps = np.diff(atomic_electrons.flux_below(z, ends * ME))
    for step, low, high in zip(steps, ends[:-1], ends[1:], strict=True):
        numeric = quad(
            lambda x: float(atomic_electrons.compton_profile(z, x * ME)) * ME * (1 + x),
            low, high, epsabs=1e-12, limit=500, points=[0.0],
        )[0]  # fmt: skip
        close(
            step,
            numeric,
            1e-7,
            absolute=1e-11,
            because="adaptive integration to 1e-12 of a share of 1, a thousand intervals",
        )
    close(
        atomic_electrons.flux_below(z, 1e3),
        1.0,
        absolute=1e-8,
        because="a share of all electrons; the tails beyond are 1e-9",
    )


def luminosities(cells=150, name="Pb"):
    edges = np.geomspace(50.0, 100.0, cells + 1)
    tracks = 1 / edges[:-1] - 1 / edges[1:]
    return (
        edges,
        tracks,
        [
            AnnihilationLuminosity.from_track_length(
                edges, tracks, materials.get(name), electron_motion=motion
            )
            for motion in (False, True)
        ],
    )


def test_motion_keeps_the_electrons():
    for name in ("Pb", "polystyrene"):
        _, _, (rest, moving) = luminosities(name=name)
        # The mean flux is that at rest; 4e-5 lies beyond the range of the kernel in lead.
        close(moving.weights.sum(), rest.weights.sum(), 1e-4)


@pytest.mark.parametrize("mass", [0.2, 0.23, 0.26, 0.33])
@pytest.mark.parametrize("alpha_dark", [1e-3, 0.1])
def test_motion_is_the_folded_cross_section(mass, alpha_dark):
    edges, tracks, (_, moving) = luminosities()
    model = models.DarkPhoton(alpha_dark=alpha_dark)
    material = materials.get("Pb")
    # Direct fold: s fixed by ln E + ln(1 + u), Int dE dL/dE Int du J (1 + u) sigma, on fine grids.
    u = np.sinh(np.linspace(-4.5, 5.0, 1601)) / 45.0
    u = u[(u > -0.85) & (u < 1.6)]
    flux = np.diff(atomic_electrons.flux_below(82, u * ME))
    middle = 0.5 * (u[1:] + u[:-1])
    density = tracks / np.diff(edges)
    energy = np.linspace(edges[0], edges[-1], 1501)
    centre = 0.5 * (energy[1:] + energy[:-1])
    cell = np.searchsorted(edges, centre) - 1
    steps = density[cell] * np.diff(energy)
    # The average over one step in energy, with the cross-section as its own luminosity.
    total = 0.0
    for shift, share in zip(middle, flux, strict=True):
        s_edges = 2 * ME * (energy * (1 + shift) + ME)
        total += share * _folded(s_edges, steps, mass, model)
    expected = total * material.electrons_per_radiation_length
    # Grid of 1.6 % in s against profiles of valence electrons 0.7 % wide: 1 % near the edges.
    close(moving.events(mass, model), expected, 0.01)


def _folded(s_edges, steps, mass, model):
    coarse = slice(None, None, 10)
    weights = np.add.reduceat(steps, np.arange(0, steps.size, 10))
    return float(AnnihilationLuminosity(s_edges[coarse], weights).events(mass, model))


def test_motion_opens_the_closed_window():
    model = models.DarkPhoton(alpha_dark=0.1, dark_matter="scalar")
    _, _, (rest, moving) = luminosities()
    ratio = moving.events([0.22, 0.27, 0.35], model) / rest.events([0.22, 0.27, 0.35], model)
    assert ratio[0] > 3.0
    close(
        ratio[1],
        1.0,
        absolute=0.05,
        because="a few per cent inside the window of electrons at rest",
    )
    assert ratio[2] > 3.0
    assert annihilation.resonance_energy(0.35) > 100.0


@pytest.mark.parametrize("z", [0, 93, -1])
def test_range(z):
    with pytest.raises(ValidityError, match="between 1 and 92"):
        atomic_electrons.shells(z)
