"""No limit warns of numbers that overflow, at however many masses."""

import numpy as np
import pytest

import emiss
from emiss import models
from emiss.inference import Channel
from emiss.inference.combination import Combination

# Where bosons decay within a fraction of what they must cross, yields fall to the smallest floats:
# for scalars, pseudoscalars and visible B - L at some of these masses.
MASSES = np.geomspace(1e-3, 1.0, 1500)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("experiment", "model"), [
    ("na64e-2016-2022", "scalar"), ("na64e-2016-2022", "alp"), ("na64e-2016-2022", "dark-photon"),
    ("na64e-plus-2023", "inelastic-dark-matter"), ("na64-visible-2017-2018", "b-l"),
    ("na64mu-2022", "lmu-ltau"), ("na64mu-2022", "scalar"), ("ldmx-8gev", "leptophilic"),
])  # fmt: skip
def test_limits_at_many_masses_are_quiet(experiment, model):
    found = emiss.limit(experiment, model, masses=MASSES)
    assert found.observed.shape == MASSES.shape
    assert not np.any(np.isinf(found.observed))


@pytest.mark.filterwarnings("error")
def test_a_threshold_within_rounding_of_the_edge_of_a_cell_is_quiet():
    model = models.get("lmu-ltau", {"dark_matter": "majorana", "mass_ratio": 5.0})
    assert np.isfinite(emiss.limit("na64e-2016-2022", model).observed).any()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("observed", [0, 3])
def test_a_pattern_of_the_smallest_floats_has_no_finite_limit(observed):
    search = Combination((Channel(observed, 0.5, 0.1), Channel(0, 0.2, 0.1)))
    sizes = np.array([1.0, 1e-250, 1e-310, 5e-324, 0.0])
    limits = search.order(np.stack([sizes, np.zeros(5)])).upper_limits()[0]
    np.testing.assert_allclose(limits[1], limits[0] * 1e250, rtol=1e-9)
    np.testing.assert_array_equal(limits[2:], np.inf)
