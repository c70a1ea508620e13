"""Process tables: what several sets of materials have in common is worked out once."""

import numpy as np
import pytest
from closeness import close

from emiss import materials
from emiss.events.transport import tables
from emiss.events.transport.mott import mott_ratio
from emiss.events.transport.tables import Thresholds, process_tables

MU = np.array([0.01, 0.1, 0.5, 0.9])


@pytest.mark.parametrize("z", [1, -6, 82, -82])
def test_mott_ratio_of_many_velocities_is_that_of_each(z):
    beta = np.array([0.3, 0.9, 0.999])
    together = mott_ratio(z, beta, MU)
    assert together.shape == (3, 4)
    for row, speed in zip(together, beta.tolist(), strict=True):
        np.testing.assert_allclose(row, mott_ratio(z, speed, MU), rtol=1e-13)


def test_mott_ratio_of_a_light_nucleus():
    """Born's approximation, 1 - beta^2 sin^2(theta/2), and the next order in the charge."""
    for beta in (0.5, 0.99):
        sine = np.sqrt(MU)
        # McKinley and Feshbach; what is left is of the order (alpha Z)^2
        expected = 1.0 - beta**2 * MU + np.pi / 137.036 * beta * sine * (1.0 - sine)
        close(mott_ratio(1, beta, MU), expected, 3e-4)


def test_sets_of_materials_share_their_parts(monkeypatch):
    """Lead and plastic in another set, and positrons beside electrons, cost no spectra again."""
    thresholds = Thresholds(collision=3e-4, photon=1.7e-4)
    lead, plastic, iron = (materials.get(name) for name in ("Pb", "polystyrene", "Fe"))
    made, shape = [], tables.bremsstrahlung_shape

    def counted(material, *arguments):
        made.append(material.name)
        return shape(material, *arguments)

    monkeypatch.setattr(tables, "bremsstrahlung_shape", counted)
    first = process_tables((lead, plastic), thresholds)
    other = process_tables((plastic, iron, lead), thresholds)
    assert sorted(made) == sorted(2 * ["Pb", "polystyrene", "Fe"])
    for name in ("lepton", "photon", "bremsstrahlung", "pair", "deflection"):
        one, two = getattr(first, name), getattr(other, name)
        np.testing.assert_array_equal(one[0], two[2])
        np.testing.assert_array_equal(one[1], two[0])
        assert not one.flags.writeable
