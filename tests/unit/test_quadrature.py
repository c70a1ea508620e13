"""Quadrature rules: exact where they must be, and built in one place."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from closeness import close

import emiss
from emiss.ground.quadrature import gauss, gauss_hermite, gauss_panels, gauss_symmetric


@pytest.mark.parametrize("order", [1, 4, 32, 160])
def test_rules_are_exact_for_the_highest_power_they_promise(order):
    power = 2 * order - 1
    nodes, weights = gauss(order)
    # Sums of up to 160 terms of one sign round to some 1e-13.
    close(float(weights @ nodes**power), 1.0 / (power + 1.0), rel=1e-11)
    nodes, weights = gauss_symmetric(order)
    close(float(weights @ (1.0 + nodes) ** power), 2.0 ** (power + 1) / (power + 1), 1e-11)


def test_panels_tile_the_interval():
    nodes, weights = gauss_panels(3, 5)
    assert np.all(np.diff(nodes) > 0.0)
    assert nodes.size == weights.size == 15
    # One panel of three nodes is exact to the fifth power; a step at a panel's edge is free.
    close(float(weights @ (nodes**5 * (nodes > 0.6))), (1.0 - 0.6**6) / 6.0, rel=1e-13)


def test_hermite_gives_moments_of_a_normal_number():
    nodes, weights = gauss_hermite(9)
    for power in range(2, 18, 2):
        close(float(weights @ nodes**power), math.prod(range(1, power, 2)), rel=1e-12)


def test_kept_rules_cannot_be_overwritten():
    for rule in (gauss(4), gauss_symmetric(4), gauss_hermite(4)):
        for part in rule:
            with pytest.raises(ValueError, match="read-only"):
                part[0] = 0.0


def test_rules_are_built_in_one_place():
    source = Path(emiss.__file__).parent
    builders = ("leggauss", "hermegauss", "hermgauss", "laggauss", "roots_legendre", "fixed_quad")
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if any(name in path.read_text() for name in builders)
    }
    assert found == {"ground/quadrature.py"}
