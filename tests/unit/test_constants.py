"""Constants against the PDG tables of `particle` and the CODATA values of `hepunits`."""

import math

import hepunits
import pytest
import scipy.constants
from closeness import close
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
    close(value, Particle.from_pdgid(pdgid).mass * 1e-3, 1e-4)


def test_conversion_constants_agree_with_codata():
    hbarc_gev_cm = hepunits.hbar_Planck * hepunits.c_light / (hepunits.GeV * hepunits.cm)
    close(const.HBARC_GEV_CM, hbarc_gev_cm, 1e-9)
    close(const.ALPHA, scipy.constants.fine_structure, 1e-8)
    close(const.GEV2_PICOBARN, 0.3893793721e9, 1e-9)
    close(const.CLASSICAL_ELECTRON_RADIUS_CM, 2.8179403262e-13, 1e-8)
    close(math.sqrt(4 * math.pi * const.ALPHA), const.ELECTRIC_CHARGE, 1e-6)
