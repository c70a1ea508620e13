"""Constants against the PDG tables of `particle` and the CODATA values of `hepunits`."""

import math

import hepunits
import pytest
import scipy.constants
from particle import Particle

from emiss.ground import constants as const


@pytest.mark.parametrize(
    ("value", "pdgid"),
    [
        (const.ELECTRON_MASS, 11),
        (const.MUON_MASS, 13),
        (const.TAU_MASS, 15),
        (const.PROTON_MASS, 2212),
        (const.CHARGED_PION_MASS, 211),
        (const.NEUTRAL_PION_MASS, 111),
    ],
)
def test_masses_agree_with_the_pdg(value, pdgid):
    # 1e-4: the tau mass moves by that much between editions of the review
    assert value == pytest.approx(Particle.from_pdgid(pdgid).mass * 1e-3, rel=1e-4)


def test_conversion_constants_agree_with_codata():
    hbarc_gev_cm = hepunits.hbar_Planck * hepunits.c_light / (hepunits.GeV * hepunits.cm)
    assert pytest.approx(hbarc_gev_cm, rel=1e-9) == const.HBARC_GEV_CM
    assert pytest.approx(scipy.constants.fine_structure, rel=1e-8) == const.ALPHA
    assert const.GEV2_PICOBARN == pytest.approx(0.3893793721e9, rel=1e-9)
    assert const.CLASSICAL_ELECTRON_RADIUS_CM == pytest.approx(2.8179403262e-13, rel=1e-8)
    assert math.sqrt(4 * math.pi * const.ALPHA) == pytest.approx(const.ELECTRIC_CHARGE)
