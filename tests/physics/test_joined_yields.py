"""Yields at different masses, put together: the same as at all masses at once."""

import numpy as np
import pytest

import emiss
from emiss import experiments, models
from emiss.inference.combine import combine_yields, join_yields
from emiss.inference.couplings import coupling_limits
from emiss.yields.assembly import all_prompt

MASSES = np.geomspace(2e-3, 0.4, 23)


def same(found, wanted):
    for coupling in (1e-5, 1e-2):
        mine, its = found.per_process(coupling), wanted.per_process(coupling)
        assert set(mine) == set(its)
        for name, events in its.items():
            np.testing.assert_allclose(mine[name], events, rtol=1e-12, atol=0.0, err_msg=name)
    np.testing.assert_array_equal(found.masses, wanted.masses)
    np.testing.assert_array_equal(found.efficiency, wanted.efficiency)
    assert set(found.citations) == set(wanted.citations)


@pytest.mark.parametrize(
    ("experiment", "model"),
    [("na64mu-2022", "b-l"), ("na64e-2016-2022", "dark-photon"), ("na64-visible-2017-2018", "b-l")],
)
def test_a_joined_yield_is_that_of_all_masses(experiment, model):
    """Of B - L at muons some masses fly and others do not; the parts are not in order."""
    chosen = models.get(model)
    signals = [emiss.yields(experiment, chosen, MASSES[start::3]) for start in (2, 0, 1)]
    same(join_yields(signals), emiss.yields(experiment, chosen, MASSES))


def test_joined_yields_have_the_same_cut_flow():
    chosen = models.get("dark-photon")
    for name in ("na64mu-2022", "na64e-2016-2022"):
        signals = [emiss.yields(name, chosen, part) for part in (MASSES[::2], MASSES[1::2])]
        flow, wanted = (
            join_yields(signals).cut_flow(),
            emiss.yields(name, chosen, MASSES).cut_flow(),
        )
        assert list(flow) == list(wanted)
        for cut, shares in wanted.items():
            np.testing.assert_allclose(flow[cut], shares, rtol=1e-12)


def test_several_experiments_are_joined_too():
    chosen, names = models.get("dark-photon"), ("na64e-2016", "na64mu-2022")

    def both(masses):
        return combine_yields([emiss.yields(name, chosen, masses) for name in names])

    found = join_yields([both(MASSES[10:]), both(MASSES[:10])])
    same(found, both(MASSES))


def test_where_bosons_fly_is_known_without_a_yield():
    muons, electrons = experiments.get("na64mu-2022"), experiments.get("na64e-2016-2022")
    assert all_prompt(electrons, models.get("dark-photon"), MASSES)
    assert not all_prompt(electrons, models.get("dark-photon", {"dark_matter": "none"}), MASSES)
    assert not all_prompt(muons, models.get("b-l"), MASSES)
    assert all_prompt(muons, models.get("lmu-ltau"), MASSES)


@pytest.mark.parametrize("factor", [0.03, 1.3, 20.0])
def test_where_edges_are_sought_changes_nothing_of_them(factor):
    """Each is known to 1e-6; between runs of one setup, and runs of several."""
    for name, model in (("na64e-plus-40gev", "lmu-ltau"), ("na64e-2016-2022", "dark-photon")):
        signal = emiss.yields(name, models.get(model), MASSES)
        wanted = coupling_limits(signal, 0.9, "cls").lower
        near = np.minimum(factor * np.nan_to_num(wanted["observed"], nan=0.1), 1.0)
        found = coupling_limits(signal, 0.9, "cls", near=near).lower
        for outcome, couplings in wanted.items():
            np.testing.assert_allclose(found[outcome], couplings, rtol=2e-6, err_msg=outcome)
