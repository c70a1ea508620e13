"""Form factors and effective flux against their limits and against other quadrature."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

from emiss import materials
from emiss.ground import constants as const
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.processes import form_factors as ff

PB = materials.get("Pb").components[0].element
CARBON = materials.get("C").components[0].element


def test_elastic_limits():
    a2 = (111.0 * 82 ** (-1 / 3) / const.ELECTRON_MASS) ** 2
    d = 0.164 * PB.A ** (-2 / 3)
    t = 1e-14  # far below screening: Z^2 a^4 t^2, next order a^2 t = 2.5e-5
    close(ff.elastic(t, PB), 82**2 * (a2 * t) ** 2, 1e-4)
    t = math.sqrt(d / a2)  # between the two scales G2 = Z^2 up to O(1e-3)
    close(ff.elastic(t, PB), 82**2, 5e-3)
    close(ff.elastic(d, PB), 82**2 / 4, 1e-5)


def test_inelastic_at_one_point_by_hand():
    # t = 0.71 GeV^2: the dipole is 1/16, screening is complete
    moment = 1.0 + 0.71 * (2.7928473446**2 - 1.0) / (4.0 * 0.93827208816**2)
    close(ff.inelastic(0.71, PB), 82 * (moment / 16.0) ** 2, 1e-6)


def test_inelastic_screening_scale():
    t = (const.ELECTRON_MASS * 82 ** (2 / 3) / 773.0) ** 2
    # at t = 1/a'^2 the bracket is 1/2 and the nucleon factor is 1 to 1e-6
    close(ff.inelastic(t, PB), 82 / 4, 1e-5)


def test_helm_radius_and_dipole_agree_on_the_charge_radius():
    # small t: 1 - t <r^2>/3 with <r^2> = 3/5 R^2 + 3 s^2 for Helm; root mean square of Pb 5.5 fm
    t = 1e-5
    bare = ff.helm(t, PB) / (ff.elastic(t, PB) / ff.nuclear(t, PB))
    radius = math.sqrt(3 * (1 - float(bare) / 82**2) / t) * const.HBARC_GEV_CM * 1e13
    close(
        radius, 5.5, absolute=0.1, because="the parametrisation is good to a per cent"
    )  # measured 5.50 fm; the parametrisation is 1 %


def test_kernel_form_factor_is_the_public_one():
    from emiss.ground._kernels.bremsstrahlung import form_factor_squared

    for name in ff.FORM_FACTORS:
        for t in (1e-12, 1e-9, 1e-6, 1e-3, 0.1, 3.0):
            kernel = form_factor_squared(t, ff.parameters(PB, name))
            close(kernel, float(ff.squared_form_factor(t, PB, name)), 1e-9)


@pytest.mark.parametrize("name", ff.FORM_FACTORS)
@pytest.mark.parametrize(("low", "high"), [(1e-14, 1e-4), (1e-8, 1.0), (2e-3, 3e-3), (1e-17, 1e-6)])
def test_flux_against_mpmath(name, low, high):
    ta, tp, d = ff._scales(CARBON)

    def integrand(log_t):
        t = math.exp(log_t)
        return (t - low) / t * float(ff.squared_form_factor(t, CARBON, name))

    cuts = sorted({math.log(v) for v in (low, high, ta, tp, d, 0.1 * d) if low <= v <= high})
    expected = mpmath.quad(integrand, cuts, maxdegree=9)
    # adaptive double-precision integrand: 1e-9
    close(float(ff.effective_flux(low, high, CARBON, name)), float(expected), 1e-9)


def test_closed_flux_is_the_quadrature():
    low, high = np.geomspace(1e-16, 1e-4, 25), 1e-2
    closed = ff._closed_flux(low, np.full_like(low, high), PB)
    close(closed, ff._numerical_flux(low, np.full_like(low, high), PB, "elastic"), 1e-10)


@given(st.floats(-36, 2), st.floats(-36, 2))
def test_flux_is_never_negative_and_empty_when_reversed(a, b):
    low, high = math.exp(a), math.exp(b)
    flux = float(ff.effective_flux(low, high, PB))
    assert (flux > 0.0) if high > low * (1 + 1e-12) else (flux >= 0.0)
    if high <= low:
        assert flux == 0.0


def test_errors_name_what_is_allowed():
    with pytest.raises(UnknownNameError, match="elastic"):
        ff.effective_flux(1e-6, 1.0, PB, "elastik")
    with pytest.raises(UnknownNameError, match="helm"):
        ff.parameters(PB, "helmm")
    with pytest.raises(ValidityError, match="positive"):
        ff.elastic([1.0, math.nan], PB)
