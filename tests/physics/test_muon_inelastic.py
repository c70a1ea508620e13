"""Scattering of muons on nucleons: against real photons, and the loss spectrum in use elsewhere."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from closeness import close

from emiss.physics.materials import get
from emiss.physics.shower.muon_cross_sections import photonuclear
from emiss.physics.shower.muon_inelastic import (
    broken_nucleon,
    least_loss,
    proton_f2,
    whole_nucleon,
)

PROTON = 0.93827208816


@pytest.mark.parametrize("energy", [5.0, 20.0, 100.0])
def test_real_photons_have_their_measured_cross_section(energy):
    # 49.2 + 11.1 ln k + 151.8/sqrt(k) microbarn, a fit to data; both to some 5 %
    q2 = 1e-5
    found = 4 * math.pi**2 / 137.036 * proton_f2(q2 / (2 * PROTON * energy), q2) / q2 * 389.3794
    close(float(found), 49.2 + 11.1 * math.log(energy) + 151.8 / math.sqrt(energy), 0.10)


@pytest.mark.parametrize("loss", [5.0, 10.0, 20.0, 50.0])
def test_loss_spectrum_is_that_of_the_other_formula(loss):
    energy, y = 160.0, loss / 160.0
    hydrogen = dataclasses.replace(get("Be").components[0].element, Z=1, A=1.0)
    least = 0.1056583755**2 * y**2 / (1 - y)
    q2 = np.geomspace(least, 2 * PROTON * loss, 4001)
    # the mass of the muon, which counts at the least transfer
    density = broken_nucleon(energy, loss, q2) * (1 - least / q2)
    total = float(np.trapezoid(density * q2, np.log(q2)))
    # Borog and Petrukhin state 10 to 20 %
    close(total, float(photonuclear(hydrogen, energy, loss)), 0.10)


def test_f2_falls_to_zero_at_the_elastic_point_and_scales():
    assert proton_f2(1.0, 5.0) == 0.0
    # x near 0.15 is where F2 hardly depends on Q^2
    close(float(proton_f2(0.15, 4.0)), float(proton_f2(0.15, 40.0)), 0.12)


def test_nothing_breaks_up_below_the_threshold():
    q2 = np.array([0.5, 3.0, 10.0])
    least = least_loss(q2)
    assert (broken_nucleon(160.0, 0.999 * least, q2) == 0.0).all()
    assert (broken_nucleon(160.0, 1.01 * least, q2) > 0.0).all()
    # more than elastic scattering needs
    assert (least > q2 / (2 * PROTON)).all()


def test_elastic_scattering_is_that_of_a_point_at_small_transfer():
    q2 = 1e-5
    point = 4 * math.pi / 137.036**2 / q2**2 * 3.893794e-28
    close(float(whole_nucleon(q2)), point, 1e-4)
    assert whole_nucleon(q2, neutrons=1.0) < 1e-4 * point
    # magnetic moments of proton and neutron at large transfer: 2.793^2 and 1.913^2
    ratio = whole_nucleon(1e4, neutrons=1.0) / whole_nucleon(1e4)
    close(float(ratio), (1.91304 / 2.7928473) ** 2, 1e-3)
