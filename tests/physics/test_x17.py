"""Hints of the 17 MeV boson: quoted values, and what a figure makes of them."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from emiss.ground import citations
from emiss.ground import constants as const
from emiss.ground.errors import UnknownNameError
from emiss.physics.constraints import x17


def test_quoted_values():
    combined = x17.hint()
    # arXiv:2504.11439, abstract: 16.88 +- 0.05 MeV.
    assert_allclose(combined.band, (16.83e-3, 16.93e-3), rtol=1e-12)
    assert combined.label == "X17, 16.88 ± 0.05 MeV (2025)"
    padme = x17.hint("padme-2025")
    # g = 5.6e-4 is epsilon e; e = 0.3028.
    assert_allclose(padme.epsilon, (1.849e-3, 1.849e-3), rtol=1e-3)
    assert math.isnan(padme.mass_uncertainty)
    assert padme.band == (0.0169, 0.0169)
    with pytest.raises(UnknownNameError, match="padme-2025"):
        x17.hint("padme")


def test_the_beam_energies_of_padme_reach_it():
    # 262 to 296 MeV positrons on electrons at rest: sqrt(2 m_e (E + m_e)) = 16.4 to 17.4 MeV.
    ends = np.sqrt(2.0 * const.ELECTRON_MASS * (np.array([0.262, 0.296]) + const.ELECTRON_MASS))
    assert_allclose(ends, (16.4e-3, 17.4e-3), rtol=3e-3)
    for one in x17.HINTS[1:]:
        assert ends[0] < one.mass < ends[1]


def test_sources_are_in_the_bibliography_and_status_is_said():
    for one in x17.HINTS:
        assert citations.canonical_keys([one.source, one.coupling_source])
        assert {one.status, one.coupling_status} <= {"published", "recalled"}
        assert one.epsilon[0] <= one.epsilon[1]
