"""The exponential of a matrix against scipy's and against what is known in closed form."""

import math

import numpy as np
import pytest
from closeness import close
from scipy.linalg import expm

from emiss import materials
from emiss.ground.matrix_exponential import matrix_exponential
from emiss.physics.shower.depth import depth_operator
from emiss.physics.shower.kernels import Physics, transfer


@pytest.mark.parametrize("size", [1e-8, 0.1, 3.0, 5.3, 6.0, 40.0])
def test_as_scipy(size):
    matrix = np.random.default_rng(5).normal(size=(12, 12))
    matrix *= size / np.abs(matrix).sum(axis=0).max()
    found, wanted = matrix_exponential(matrix), expm(matrix)
    # Squarings multiply roundings.
    np.testing.assert_allclose(found, wanted, rtol=0.0, atol=1e-12 * np.abs(wanted).max())


def test_closed_forms():
    nothing = matrix_exponential(np.zeros((3, 3)))
    np.testing.assert_allclose(nothing, np.eye(3), rtol=1e-15, atol=0.0)
    turn = matrix_exponential(np.array([[0.0, -2.5], [2.5, 0.0]]))
    close(turn[0], [math.cos(2.5), -math.sin(2.5)], 1e-13)
    shift = matrix_exponential(np.array([[0.0, 7.0], [0.0, 0.0]]))
    close(shift[0], [1.0, 7.0], 1e-14)
    decay = matrix_exponential(np.diag([-1.0, -30.0]))
    close(np.diag(decay), np.exp([-1.0, -30.0]), 1e-12)


def test_of_a_cascade():
    """As the shower asks for it: cells of energy that only lose to those below."""
    operator = depth_operator(transfer(materials.get("Pb"), 100.0, 20.0, Physics(), 0.1))
    for step in (0.02, 0.25, 5.0):
        matrix = step * operator
        found, wanted = matrix_exponential(matrix), expm(matrix)
        # Roundings grow with the norm, 182 to 45 582.
        allowed = 1e-15 * np.abs(matrix).sum(axis=0).max()
        np.testing.assert_allclose(found, wanted, rtol=0.0, atol=allowed * np.abs(wanted).max())
