"""Cells far from a pole: Gauss's rule beside the closed form and an integral by many steps."""

import numpy as np
import pytest
from closeness import close

from emiss.physics.processes.breit_wigner import FAR_CELLS, far_cells, linear_cells


def cells(distance, ratio, width):
    """Ends of 60 cells from a distance of their width on, with N and G that rise."""
    edges = distance * 0.01 * ratio ** np.arange(61)
    numerator, imaginary = 1.0 + edges, width * (0.2 + edges)
    return [(one[None, :-1], one[None, 1:]) for one in (edges, numerator, imaginary)]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("width", [1e-12, 1e-3, 0.3])
def test_sums_are_those_of_the_closed_form(sign, width):
    """Tolerance: five times the error term 0.0025 d^-6 at the nearest cell, plus rounding of the
    closed form's arctan over a small width."""
    x, numerator, imaginary = cells(FAR_CELLS, 1.0 + 1.0 / FAR_CELLS / 1.001, width)
    if sign < 0.0:
        x, numerator, imaginary = (
            (-x[1], -x[0]),
            (numerator[1], numerator[0]),
            (imaginary[1], imaginary[0]),
        )
    exact = linear_cells(x, numerator, imaginary).sum(axis=1)
    close(far_cells(x, numerator, imaginary), exact, rel=1e-11)


def test_nearer_cells_would_not_do():
    """At a tenth of the distance the rule is off by 6e-7 next to the pole: the bound is needed."""
    x, numerator, imaginary = cells(0.1 * FAR_CELLS, 1.0 + 10.0 / FAR_CELLS, 1e-6)
    exact = linear_cells(x, numerator, imaginary).sum(axis=1)
    with pytest.raises(AssertionError):
        close(far_cells(x, numerator, imaginary), exact, rel=1e-9)
