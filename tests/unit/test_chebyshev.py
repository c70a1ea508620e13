"""Polynomials through Chebyshev's nodes beside the functions themselves."""

import numpy as np
import pytest
from closeness import close

from emiss.ground.chebyshev import chebyshev_nodes, from_nodes, nodes_needed


@pytest.mark.parametrize("singularity", [1.02, 1.6, 5.0])
def test_functions_with_a_pole_to_the_last_digit(singularity):
    """Rounding grows with the logarithm of the number of nodes."""

    def function(x):
        return 1.0 / (singularity - x) + np.sqrt(singularity - x)

    nodes = chebyshev_nodes(1.0, nodes_needed(1.0, singularity))
    places = np.concatenate([np.linspace(0.0, 1.0, 301), nodes])
    close(from_nodes(nodes, function(nodes), places), function(places), 1e-13)


def test_fewer_nodes_would_not_do():
    count = nodes_needed(1.0, 1.6)
    nodes = chebyshev_nodes(1.0, count // 2)
    places = np.linspace(0.0, 1.0, 301)
    found = from_nodes(nodes, 1.0 / (1.6 - nodes), places)
    assert np.max(np.abs(found * (1.6 - places) - 1.0)) > 1e-10
    assert nodes_needed(1.0, 1.02) > nodes_needed(1.0, 1.6) > nodes_needed(1.0, 5.0)
