"""Relic lines calculated at all masses at once: against the modes that take one mass at a time."""

import itertools
import math
import re

import numpy as np
import pytest
from closeness import close

from emiss import models
from emiss.ground.errors import ValidityError
from emiss.ground.products import product
from emiss.inference.thermal import model_line
from emiss.physics.constraints.cosmology.annihilation_rate import DarkStates
from emiss.physics.constraints.cosmology.boltzmann import COARSE, plan_of
from emiss.physics.constraints.cosmology.fast_line import fast_line
from emiss.physics.constraints.cosmology.mediators import (
    Mediator,
    dark_photon_mediator,
    mediator_from_model,
)
from emiss.physics.constraints.cosmology.relic import relic_coupling
from emiss.physics.constraints.cosmology.thermal_average import log_thermal_average
from emiss.physics.constraints.cosmology.thermal_kernel import (
    kernel_cells,
    thermal_kernel,
    unit_annihilation,
)
from emiss.physics.constraints.cosmology.visible_table import visible_table
from emiss.presentation.explore.server import asset

PHOTON = dark_photon_mediator(quick=True)
OMEGA, PHI = 0.78266, 1.01946  # PDG


def masses_of(ratio):
    """Some over the page's range, and those that meet omega and phi at rest and on the pole."""
    narrow = [place / of for place in (OMEGA, PHI) for of in (2.0, ratio)]
    return np.sort([6e-4, 2.3e-3, 0.031, 0.104, 0.107, *narrow])


@pytest.mark.parametrize(
    ("alpha_dark", "ratio", "splitting"),
    [
        (0.1, 2.5, 0.0),
        (1e-3, 2.02, 0.0),
        (1e-3, 2.9, 0.0),
        (1e-3, 10.0, 0.0),  # the visible width is several times the dark one
        (1.0, 2.1, 0.0),
        (0.02, 3.0, 0.2),
    ],
)
@pytest.mark.parametrize("kind", ["scalar", "majorana", "dirac", "pseudo-dirac"])
def test_each_mass_as_by_the_fast_mode(kind, alpha_dark, ratio, splitting):
    """The same equations; only the visible width is taken as straight over cells of 2 % of m_chi.

    At 7350 random points of the page's range: 7e-7 at half, 3e-4 for 99 %, 1e-3 at worst, but for
    3.4e-3 where charmed mesons open.
    """
    if splitting and kind != "pseudo-dirac":
        pytest.skip("only pseudo-Dirac dark matter is split")
    masses = masses_of(ratio)
    line = fast_line(masses, DarkStates(1.0, ratio, kind, alpha_dark, splitting), PHOTON)
    alone = relic_coupling(masses, kind, alpha_dark, ratio, "fast", splitting=splitting)
    close(line, alone.coupling**2, 2e-3)


def test_page_is_covered_to_a_per_cent():
    """All corners of the sliders for alpha_D and the mass ratio, and the middle of both."""
    text = asset("page.js")
    bounds = [
        [
            float(value)
            for value in re.search(rf'field: "{field}".*?low: (\S+), high: (\S+),', text).groups()
        ]
        for field in ("alpha_dark", "mass_ratio")
    ]
    (low, high), ratios = bounds
    assert (low, high, *ratios) == (1e-3, 1.0, 2.02, 10.0)
    for alpha_dark, ratio in itertools.product(
        (low, math.sqrt(low * high), high), (ratios[0], 2.6, ratios[1])
    ):
        masses = masses_of(ratio)[1::2]
        for kind in ("scalar", "pseudo-dirac"):
            line = fast_line(masses, DarkStates(1.0, ratio, kind, alpha_dark), PHOTON)
            full = relic_coupling(masses, kind, alpha_dark, ratio, "full")
            close(line, full.coupling**2, 0.01)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("lmu-ltau", {"dark_matter": "scalar"}),
        ("b-l", {"dark_matter": "majorana"}),
        ("leptophilic", {"dark_matter": "dirac", "mass_ratio": 2.3}),
        ("scalar", {"dark_matter": "dirac", "mass_ratio": 2.5}),
    ],
)
def test_other_mediators(name, parameters):
    """Neutrinos, which are open at rest for any mass, and spin 0 among them."""
    model = models.get(name, parameters)
    masses = np.array([1.1e-3, 0.02, 0.108, 0.3])
    sector = model.dark_sector
    alone = relic_coupling(
        masses,
        sector.kind,
        sector.alpha_dark,
        sector.mass_ratio,
        "fast",
        mediator=mediator_from_model(model),
    )
    close(model_line(model, masses).coupling, alone.coupling, 1e-3)


@pytest.mark.parametrize("kind", ["scalar", "pseudo-dirac"])
@pytest.mark.parametrize("widening", [0.0, 1.5])
def test_kernel_of_a_constant_is_the_thermal_average(kind, widening):
    dark = DarkStates(1.0, 2.2, kind, 0.05, 0.1 if kind == "pseudo-dirac" else 0.0)
    annihilation = unit_annihilation(dark, "vector", widening)
    cells = kernel_cells(unit_annihilation(dark, "vector"), COARSE)
    kernel, exponent = thermal_kernel(annihilation, cells, COARSE)
    means = np.concatenate([np.ones(cells.size - 1), np.zeros(cells.size - 1)])
    direct = log_thermal_average(annihilation, 1.0 / plan_of(COARSE).x_average, 8, 60.0)
    # Order 4 in a cell and energies to 30 temperatures: 1e-4, 3e-3 at x = 2.5, long before
    # freeze-out.
    off = np.log(kernel @ means) + exponent - direct
    late = plan_of(COARSE).x_average > 8.0
    assert np.abs(off[late]).max() < 2e-4
    assert np.abs(off).max() < 5e-3


def test_moments_of_a_straight_ratio():
    """F = 2 + 3 E: its mean is at the middle of a cell, its slope 3 times half the width."""
    known = Mediator("line", lambda e: e * (2.0 + 3.0 * e), maximum_energy=4.0)
    edges = np.array([0.1, 0.1003, 0.2, 1.5, 3.9])[:, None] * np.array([1.0, 1.01])
    half, middle = 0.5 * np.diff(edges, axis=0), 0.5 * (edges[1:] + edges[:-1])
    mean, slope = np.split(visible_table(known, 0.1, 4.0).moments(edges), 2)
    close(mean, 2.0 + 3.0 * middle, 1e-7)
    rounding = "trapezoids of steps of 1e-4 are good to 1e-9 of F, over the share of a narrow cell"
    close(slope, 3.0 * half, 1e-4, absolute=3e-5, because=rounding)
    # Beyond the energy up to which it is known F stays as it is.
    mean, slope = np.split(visible_table(known, 0.1, 4.0).moments(np.array([[5.0], [9.0]])), 2)
    close(mean, 14.0, 1e-6)
    close(slope, 0.0, absolute=1e-5, because="a constant has no slope; differences of integrals")


def test_masses_without_a_solution_are_left_out_and_reasons_given():
    sector = DarkStates(1.0, 3.0, "scalar", 0.1)
    line = fast_line(np.array([2e-4, 0.02, 5.0]), sector, PHOTON)
    assert np.isfinite(line).tolist() == [False, True, False]
    with pytest.raises(ValidityError, match="known up to"):
        fast_line(np.array([5.0, 6.0]), sector, PHOTON)
    with pytest.raises(ValidityError, match="below every visible threshold"):
        fast_line(np.array([1e-4]), sector, PHOTON)
    with pytest.raises(ValidityError, match="alpha_dark"):
        fast_line(np.array([0.05]), DarkStates(1.0, 3.0, "scalar", 1e-11), PHOTON)


def test_many_masses_are_the_same_in_parts():
    sector = DarkStates(1.0, 2.4, "majorana", 0.03)
    masses = np.geomspace(1e-3, 0.4, 1300)
    # The widths at which the line is solved depend on all masses.
    close(fast_line(masses, sector, PHOTON)[::100], fast_line(masses[::100], sector, PHOTON), 1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 5000, 300), (300, 48, 121), (3, 20000, 2)])
def test_product_by_blocks(shape):
    n, k, m = shape
    rng = np.random.default_rng(1)
    left, right = rng.random((n, k)), rng.random((k, m))
    close(product(left, right), left @ right, 1e-12)
