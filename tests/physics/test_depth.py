"""Depth profile of the shower: sum rule, resolvent, energy balance, independent Monte Carlo."""

import numpy as np
import pytest
from closeness import close
from shower_reference import simulate

from emiss import materials
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.shower import track_lengths
from emiss.physics.shower.cascade import solve
from emiss.physics.shower.depth import depth_operator, track_depths
from emiss.physics.shower.kernels import Physics, transfer
from emiss.physics.shower.radiation import complete_screening_excess

TUNGSTEN = materials.get("W")
SPECIES = ("e-", "e+", "gamma")


@pytest.mark.parametrize("primary", SPECIES)
@pytest.mark.parametrize("step", [0.1, 0.5, 3.0])
def test_all_depths_together_are_the_integrated_solution(primary, step):
    profile = track_depths(TUNGSTEN, primary, 100.0, 5.0, depth=12.0, step=step)
    whole = track_lengths(TUNGSTEN, primary, 100.0, 5.0)
    for index, species in enumerate(SPECIES):
        total = profile.cells(species).sum() + profile.beyond[index, 0].sum()
        # The same operator: equal to rounding, whatever the step; 1e-3 is asked for.
        close(total, float(whole.above(5.0, species)), 1e-9)


def test_cells_do_not_depend_on_the_step():
    fine = track_depths(TUNGSTEN, "e-", 100.0, 10.0, depth=8.0, step=0.1)
    coarse = track_depths(TUNGSTEN, "e-", 100.0, 10.0, depth=8.0, step=1.0)
    for species in SPECIES:
        merged = fine.cells(species).reshape(8, 10, -1).sum(axis=1)
        # Matrix exponentials of different steps: rounding only.
        np.testing.assert_allclose(merged, coarse.cells(species), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("rate", [0.05, 0.4, 2.0])
def test_laplace_transform_in_depth(rate):
    # Int exp(-rate t) L(t) dt follows from one linear system without any step in depth.
    system = transfer(TUNGSTEN, 100.0, 10.0, Physics(), 0.1)
    operator = depth_operator(system)
    start = np.zeros(operator.shape[0])
    start[:2] = 1.0, 3.0
    exact = np.linalg.solve(rate * np.eye(start.size) - operator, start).reshape(-1, 3, 2)[:, :, 0]
    profile = track_depths(TUNGSTEN, "e-", 100.0, 10.0, depth=30.0, step=0.05)
    middle = 0.5 * (profile.depths[1:] + profile.depths[:-1])
    for index, species in enumerate(SPECIES):
        found = np.exp(-rate * middle) @ profile.cells(species)
        # Midpoints of cells of 0.05 X0: (2 * 0.05)^2/24 = 4e-4, and 5 parts in 1e5 of a species
        # in cells that the primary crosses within a small part of the first step.
        scale = exact[:, index].sum()
        close(found.sum(), scale, 6e-4)


def test_operator_solves_the_integrated_balance():
    system = transfer(TUNGSTEN, 50.0, 5.0, Physics(), 0.1)
    operator = depth_operator(system)
    start = np.zeros(operator.shape[0])
    start[:2] = 1.0, 3.0
    found = -np.linalg.solve(operator, start).reshape(-1, 3, 2)
    np.testing.assert_allclose(found, solve(system)[..., 0].transpose(2, 0, 1), atol=1e-12)


def test_energy_at_a_depth():
    # Without collision loss the energy of all particles stays what it was, but for what has gone
    # below the lowest energy: almost nothing after a fifth of a radiation length, and ever more.
    physics = Physics("complete", False, False, False)
    profile = track_depths(TUNGSTEN, "e-", 100.0, 0.1, depth=6.0, step=0.02, physics=physics)
    x = np.diff(profile.edges)
    middle = 0.5 * (profile.edges[1:] + profile.edges[:-1])
    a, b = profile.lengths[:, 0].sum(axis=0), profile.lengths[:, 1].sum(axis=0)
    energy = (a @ middle + b @ (x / 6.0)) / 0.02
    close(energy[0], 100.0, 1e-4)
    # The soft photons below 0.1 GeV: about (4/3) 0.1 GeV per electron and radiation length.
    close(energy[10], 100.0 - 0.1 * 4 / 3 * 0.21, 2e-4)
    assert np.all(np.diff(energy) < 0.0)
    assert energy[-1] > 60.0


def test_first_interactions():
    # Behind a thin layer: photons from the electron, positrons from the photon, first order in t.
    physics = Physics("complete", False, False, False)
    profile = track_depths(TUNGSTEN, "gamma", 100.0, 1.0, depth=0.02, step=0.02, physics=physics)
    pairs = 7 / 9 - complete_screening_excess(TUNGSTEN) / 3
    photons = float(profile.above("gamma", 1.0)[0])
    close(photons, 0.02 * (1 - pairs * 0.01), 1e-3)
    # Number times remaining length; those below 1 GeV of 100 miss, 1.3 %.
    close(float(profile.above("e+", 1.0)[0]), pairs * 0.02**2 / 2, 0.03)


def test_density_and_nodes_agree_with_the_cells():
    profile = track_depths(TUNGSTEN, "e-", 100.0, 5.0, depth=10.0)
    energies, weights = profile.nodes("e+")
    np.testing.assert_allclose(weights.sum(axis=1), profile.cells("e+").sum(axis=1), rtol=1e-12)
    middle = 0.5 * (profile.edges[1:] + profile.edges[:-1])
    np.testing.assert_allclose(
        profile.density("e+", middle) * np.diff(profile.edges), profile.cells("e+"), atol=1e-15
    )
    assert np.all(profile.density("e+", np.array([1.0, 200.0])) == 0.0)
    assert energies.min() > 5.0


def test_bad_input():
    for keywords in ({"step": 0.001}, {"step": 9.0}, {"depth": 0.1}, {"depth": float("nan")}):
        with pytest.raises(ValidityError):
            track_depths(TUNGSTEN, "e-", 100.0, 5.0, **keywords)
    with pytest.raises(UnknownNameError):
        track_depths(TUNGSTEN, "mu-", 100.0, 5.0)
    profile = track_depths(TUNGSTEN, "e-", 100.0, 5.0, depth=10.0)
    with pytest.raises(ValidityError):
        profile.above("e-", 1.0)
    with pytest.raises(UnknownNameError):
        profile.cells("mu-")


@pytest.mark.slow
def test_against_a_monte_carlo():
    excess = complete_screening_excess(TUNGSTEN)
    rng = np.random.default_rng(20)
    batches = np.array([simulate(30_000, 25.0, 10, rng, excess) for _ in range(20)])
    mean, error = batches.mean(axis=0), batches.std(axis=0, ddof=1) / np.sqrt(20)
    physics = Physics("complete", False, False, False)
    profile = track_depths(TUNGSTEN, "e-", 100.0, 25.0, depth=10.0, step=1.0, physics=physics)
    compared = 0
    for index, species in enumerate(SPECIES):
        exact = profile.above(species, 25.0)
        sure = error[index] < 0.007 * mean[index]
        compared += int(sure.sum())
        # 2 % is asked for; statistics below 0.7 % per cell of one radiation length.
        np.testing.assert_allclose(exact[sure], mean[index][sure], rtol=0.02)
        pull = (exact - mean[index]) / error[index]
        assert np.abs(pull).max() < 4.5
    assert compared >= 10
