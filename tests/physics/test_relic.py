"""Relic density against an independent solver, textbook values and published thermal targets."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from closeness import close
from quoted import quoted
from scipy.integrate import quad, solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import kve

from emiss.ground.constants import ALPHA, ELECTRIC_CHARGE
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.constraints.cosmology import boltzmann
from emiss.physics.constraints.cosmology.annihilation_rate import (
    Annihilation,
    DarkStates,
    annihilation_channel,
)
from emiss.physics.constraints.cosmology.boltzmann import FINE, Grid, freeze_out, omega_h2
from emiss.physics.constraints.cosmology.degrees_of_freedom import SAIKAWA_SHIRAI, ConstantDegrees
from emiss.physics.constraints.cosmology.fast_relic import fast_coupling_squared, sudden_freeze_out
from emiss.physics.constraints.cosmology.mediators import (
    dark_photon_mediator,
    lepton_ratio,
    vector_mediator,
)
from emiss.physics.constraints.cosmology.relic import (
    relic_abundance,
    relic_coupling,
    solve_coupling_squared,
)

LEPTONS = vector_mediator("leptons", lepton_ratio)
KINDS = ["scalar", "majorana", "dirac", "pseudo-dirac"]
CM3_PER_S = 1.973269804e-14**2 * 2.99792458e10


def constant_rate(mass: float, rate: float) -> Annihilation:
    """Majorana-like state with sigma v_lab = rate (GeV^-2) at every energy."""

    def sigma(s: np.ndarray) -> np.ndarray:
        return rate * (s - 2 * mass**2) / np.sqrt(s * (s - 4 * mass**2))

    return Annihilation(sigma, ((mass, 2.0),), (mass, mass), 4.0)


def radau_omega(mass: float, dof: float, rates: tuple, start: float = 8.0) -> float:
    """Omega h^2 from dW/dln x with W = ln Y by Radau, of tabulated (ln x, <sigma v>) rates."""
    spline = CubicSpline(rates[0], np.log(rates[1]))
    scale = np.sqrt(np.pi / 45) * 1.220890e19 * mass
    # Degrees of freedom are given to both solvers; the table is fine enough for 1e-7.
    grid = np.linspace(1.0, 11.6, 6000)
    plasma = CubicSpline(grid, np.log(SAIKAWA_SHIRAI.sqrt_g_star(mass * np.exp(-grid))))
    entropy = CubicSpline(grid, np.log(SAIKAWA_SHIRAI.entropy(mass * np.exp(-grid))))

    def log_equilibrium(t: float) -> float:
        x = np.exp(t)
        return np.log(45 / (4 * np.pi**4) * dof * x * x * kve(2, x)) - x - entropy(t)

    def slope(t: float, w: np.ndarray) -> np.ndarray:
        strength = scale * np.exp(spline(t) + plasma(t) - t)
        return -strength * (np.exp(w) - np.exp(2 * log_equilibrium(t) - w))

    first = np.log(start)
    solution = solve_ivp(
        slope, (first, np.log(1e5)), [log_equilibrium(first)], "Radau", rtol=1e-9, atol=1e-10
    )
    # Annihilation after x = 1e5: at most x_freeze/1e5.
    final = np.exp(solution.y[0, -1])
    left = scale * np.exp(spline(np.log(1e5)) + plasma(np.log(1e5))) / 1e5
    final /= 1 + final * left
    return mass * final * 2891.2 / 1.05371e-5


def adaptive_rates(dark: DarkStates, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """(ln x, effective rate) written out from the closed cross-section and integrated by quad."""
    m, mediator = dark.mass, dark.mediator_mass
    beta = np.sqrt(1 - 4 * m * m / mediator**2)
    f = {"scalar": beta**3 / 4, "majorana": beta**3 / 2}
    width = dark.alpha_dark * mediator / 3 * f.get(dark.kind, beta * (1 + 2 * (m / mediator) ** 2))
    factor = 1.0 if dark.kind == "majorana" else 0.5

    def integrand(u: float, t: float) -> float:
        kinetic = np.exp(u)
        e = 2 * m + kinetic
        s = e * e
        b = np.sqrt(kinetic * (e + 2 * m)) / e
        h = b if dark.kind in ("scalar", "majorana") else (1 + 2 * m * m / s) / b
        sigma = 4 * np.pi / 3 * ALPHA * dark.alpha_dark * s * h * lepton_ratio(np.array(e))
        sigma = sigma / ((s - mediator**2) ** 2 + (mediator * width) ** 2)
        weight = kinetic * 2 * e * e * kinetic * (e + 2 * m)
        return weight * sigma * kve(1, e / t) * np.exp(-kinetic / t)

    log_x = np.concatenate([np.linspace(1.9, 5.0, 50), np.linspace(5.2, 11.6, 16)])
    pole = np.log(mediator - 2 * m)
    values = []
    for x in np.exp(log_x):
        t = m / x
        low, high = np.log(1e-7 * t), np.log(60 * t)
        cuts = [low, *(c for c in (pole - 0.1, pole, pole + 0.1) if low < c < high), high]
        total = sum(
            quad(integrand, a, c, (t,), epsabs=0, epsrel=1e-7, limit=500)[0]
            for a, c in pairwise(cuts)
        )
        values.append(factor * total / (8 * m**4 * t * kve(2, x) ** 2))
    return log_x, epsilon**2 * np.array(values)


@pytest.mark.parametrize(
    ("kind", "mass"), [("scalar", 0.003), ("majorana", 0.06), ("pseudo-dirac", 0.02)]
)
def test_full_mode_against_independent_solution(kind: str, mass: float) -> None:
    # Radau in ln Y with adaptive thermal averages must find Omega h^2 = 0.12 at our coupling.
    # Requirement 1 %; 5e-4 is what the 66-point table of the reference resolves.
    line = relic_coupling([mass], kind, 0.1, 3.0, mediator=LEPTONS)
    dark = DarkStates(mass, 3 * mass, kind, 0.1)
    dof = {"scalar": 2.0, "majorana": 2.0}.get(kind, 4.0)
    omega = radau_omega(mass, dof, adaptive_rates(dark, line.coupling[0]))
    close(omega, 0.12, 5e-4)
    close(line.y[0], line.coupling[0] ** 2 * 0.1 / 81, 1e-12)


def test_weak_scale_relic() -> None:
    # 100 GeV Majorana, 2.2e-26 cm^3/s: 0.115 quoted to three digits; Steigman et al. find 2.2e-26
    # for 0.11. Then the same with the independent solver.
    rate = 2.2e-26 / CM3_PER_S
    problem = freeze_out(constant_rate(100.0, rate))
    omega = omega_h2(100.0, problem.final_yield(1.0))
    close(omega, 0.115, absolute=1e-3, because="the textbook value has three digits")
    log_x = np.linspace(1.9, 11.6, 50)
    reference = radau_omega(100.0, 2.0, (log_x, np.full(50, rate)), 15.0)
    close(omega, reference, 2e-4)


def test_method_error_of_the_grid() -> None:
    # Steps four times smaller, four times more temperatures, twice the nodes per panel.
    finer = Grid((400, 150), 16, 0.0025, 0.02)
    for kind, ratio, alpha_dark in (
        ("scalar", 3.0, 0.1),
        ("dirac", 2.05, 0.1),
        ("scalar", 3.0, 1e-4),
    ):
        channel = annihilation_channel(LEPTONS, DarkStates(0.01, 0.01 * ratio, kind, alpha_dark))
        squared, _ = solve_coupling_squared(channel)
        found = freeze_out(channel).final_yield(squared)
        exact = freeze_out(channel, grid=finer).final_yield(squared)
        close(found, exact, 5e-5)


def test_initial_condition_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = freeze_out(annihilation_channel(LEPTONS, DarkStates(0.01, 0.03, "scalar", 0.1)))
    found = problem.final_yield(1e-6)
    monkeypatch.setattr(boltzmann, "START_RATIO", 60.0)
    close(problem.final_yield(1e-6), found, 1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_solution_reproduces_the_density(kind: str) -> None:
    line = relic_coupling([0.02, 0.2], kind, 0.1, 3.0)
    for mass, epsilon in zip(line.masses, line.coupling, strict=True):
        dark = DarkStates(mass, 3 * mass, kind, 0.1)
        # 1e-4: the solver neglects the visible width where it is below 1e-5 of the dark one.
        close(relic_abundance(dark_photon_mediator(), dark, epsilon), 0.12, 1e-4)


def test_visible_width_is_made_consistent() -> None:
    # alpha_dark so small that the visible width matters: the solution must hold with it included.
    mass, alpha_dark = 0.01, 2e-7
    line = relic_coupling([mass], "scalar", alpha_dark, 3.0)
    dark = DarkStates(mass, 3 * mass, "scalar", alpha_dark)
    boson = dark_photon_mediator()
    omega = relic_abundance(boson, dark, line.coupling[0])
    close(omega, 0.12, 1e-5)
    without = solve_coupling_squared(annihilation_channel(boson, dark))[0]
    assert line.coupling[0] ** 2 > 1.0005 * without


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ratio", [2.01, 2.3, 3.0, 8.0])
@pytest.mark.parametrize("alpha_dark", [1e-4, 0.5])
def test_fast_mode(kind: str, ratio: float, alpha_dark: float) -> None:
    # "A few per cent"; measured worst 0.8 % in y, tested at 2 %.
    masses = [1.2e-3, 0.03, 0.3, 1.4]
    full = relic_coupling(masses, kind, alpha_dark, ratio)
    fast = relic_coupling(masses, kind, alpha_dark, ratio, "fast")
    assert full.mode == "full"
    assert full.notes[0].startswith("full:")
    assert fast.mode == "fast"
    assert fast.notes[0].startswith("fast:")
    np.testing.assert_allclose(fast.y, full.y, rtol=0.02)
    assert np.any(fast.y != full.y)


def test_sudden_freeze_out_alone() -> None:
    # Gondolo and Gelmini quote a few per cent for it: 3 % for s- and p-wave off resonance.
    for kind in ("scalar", "dirac"):
        channel = annihilation_channel(LEPTONS, DarkStates(0.01, 0.05, kind, 0.1))
        final = 0.12 * 1.05371e-5 / (2891.2 * 0.01)
        sudden, x = sudden_freeze_out(freeze_out(channel, grid=FINE), final)
        close(sudden, solve_coupling_squared(channel)[0], 0.03)
        close(fast_coupling_squared(channel, final)[1], x, 0.01)
        assert 14.0 < x < 20.0


# Published semi-analytic targets (arXiv:1807.01730 as redrawn), alpha_dark = 0.1, mass ratio 3.
PUBLISHED = {
    "scalar": (1.15e-11, 1.32e-9),
    "majorana": (5.5e-12, 6.3e-10),
    "pseudo-dirac": (4.9e-13, 4.7e-11),
}


@pytest.mark.parametrize("kind", list(PUBLISHED))
def test_published_targets(kind: str) -> None:
    # Ours lie 10 to 35 % above. Constant g explains that only below some 5 MeV; above, the sudden
    # freeze-out (+2 %) and a non-relativistic rate (+30 %) would move the published lines the other
    # way, so that the rest is not resolved. The requirement is 40 %.
    ratio = relic_coupling([0.01, 0.1], kind, 0.1, 3.0).y / PUBLISHED[kind]
    assert np.all((ratio > 1.0) & (ratio < 1.4))


def _check_scalar_line(masses: np.ndarray, published: np.ndarray) -> None:
    ours = relic_coupling(masses, "scalar", 0.1, 3.0, "fast").y
    # Semi-analytic, constant g: within 40 %. Above 0.2 GeV the rho resonance sets the line.
    assert np.max(np.abs(ours / published - 1.0)) < 0.4


def test_published_scalar_line() -> None:
    _check_scalar_line(*quoted("published_relic_scalar").values())


def test_whole_published_scalar_line(reference: Path) -> None:
    text = (reference / "limits" / "pub_relic_scalar_y.csv").read_text().splitlines()
    table = np.array([[float(v) for v in r.split(",")] for r in text if r[:1].isdigit()])
    _check_scalar_line(*table[(table[:, 0] > 1.1e-3) & (table[:, 0] < 0.2)][::8].T)


def test_degrees_of_freedom_explain_part_of_the_difference() -> None:
    # y scales like h/(sqrt g) seen by the plasma: at 1 MeV, where g falls from 10.6 to 3.4 during
    # and after freeze-out, the true plasma needs a larger coupling than constant g = 10.75.
    vary = relic_coupling([1.2e-3, 0.02], "scalar", 0.1, 3.0).y
    constant = relic_coupling([1.2e-3, 0.02], "scalar", 0.1, 3.0, degrees=ConstantDegrees()).y
    ratio = vary / constant
    assert 1.05 < ratio[0] < 1.8
    assert ratio[0] > ratio[1]


def test_y_hardly_depends_on_alpha_dark_off_resonance() -> None:
    # The width enters as (alpha_dark/3)^2 = 0.1 % at 0.1; the peak is beyond the thermal tail.
    y = [relic_coupling([0.02], "dirac", a, 10.0).y[0] for a in (0.001, 0.01, 0.1)]
    np.testing.assert_allclose(y, y[0], rtol=5e-3)


def test_y_depends_on_alpha_dark_near_resonance() -> None:
    # A narrower mediator has a higher peak: less y is needed.
    y = [relic_coupling([0.02], "scalar", a, 2.2).y[0] for a in (0.01, 0.5)]
    assert y[0] < 0.1 * y[1]


def test_splitting_needs_more_coupling() -> None:
    # chi_2 is rarer by exp(-Delta x_f): for 10 % and x_f = 17 the rate falls by some 2/(1+e^-1.7)^2
    # e^-1.7, a factor near 3, plus later depletion; y grows by a factor of 2 to 6.
    y = [
        relic_coupling([0.02], "pseudo-dirac", 0.1, 3.0, splitting=d).y[0] for d in (0.0, 0.01, 0.1)
    ]
    close(y[0], relic_coupling([0.02], "dirac", 0.1, 3.0).y[0], 1e-6)
    assert y[0] < y[1] < 1.3 * y[0]
    assert 2.0 < y[2] / y[0] < 6.0


def test_gauge_boson_of_muon_minus_tau() -> None:
    # With F = nu_mu + nu_tau = 1 below the muon threshold, g must equal e epsilon of a dark photon
    # with a single massless lepton.
    boson = vector_mediator(
        "L_mu - L_tau", lambda e: lepton_ratio(e, {"mu": 1.0, "tau": 1.0}, neutrinos=1.0), "g"
    )
    one = vector_mediator("one lepton", lambda e: np.ones_like(e))
    theirs = relic_coupling([5e-3], "scalar", 0.1, 3.0, mediator=boson)
    ours = relic_coupling([5e-3], "scalar", 0.1, 3.0, mediator=one)
    assert theirs.coupling_name == "g"
    close(theirs.coupling[0], ours.coupling[0] * ELECTRIC_CHARGE, 1e-6)
    close(theirs.y[0], ours.y[0], 1e-6)


def test_density_target_is_respected() -> None:
    half = relic_coupling([0.02], "dirac", 0.1, 3.0, target=0.06).coupling[0]
    full = relic_coupling([0.02], "dirac", 0.1, 3.0).coupling[0]
    # Omega ~ 1/epsilon^2 up to the logarithm in x_f (ln 2/17 = 4 %).
    close((half / full) ** 2, 2.0, 0.06)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"masses_chi": []}, EmissError, "masses_chi"),
        ({"masses_chi": [-0.1]}, EmissError, "masses_chi"),
        ({"masses_chi": [np.nan]}, EmissError, "masses_chi"),
        ({"masses_chi": [[0.1]]}, EmissError, "masses_chi"),
        ({"kind": "scalr"}, UnknownNameError, "Did you mean 'scalar'"),
        ({"mode": "quick"}, UnknownNameError, "full"),
        ({"alpha_dark": 0.0}, EmissError, "alpha_dark"),
        ({"alpha_dark": 20.0}, EmissError, "alpha_dark"),
        ({"mass_ratio": -3.0}, EmissError, "mass_ratio"),
        ({"mass_ratio": np.inf}, EmissError, "mass_ratio"),
        ({"mass_ratio": 1.9}, ValidityError, "heavier"),
        ({"target": 0.0}, EmissError, "target"),
        ({"splitting": 0.1}, EmissError, "pseudo-dirac"),
        ({"masses_chi": [1e-4]}, ValidityError, "threshold"),
        ({"masses_chi": [10.0]}, ValidityError, "12 GeV"),
    ],
)
def test_bad_input(change: dict, error: type[Exception], words: str) -> None:
    arguments = {"masses_chi": [0.02], "kind": "scalar", "alpha_dark": 0.1, "mass_ratio": 3.0}
    with pytest.raises(error, match=words):
        relic_coupling(**(arguments | change))


def test_couplings_too_small_or_senseless() -> None:
    dark = DarkStates(0.02, 0.06, "scalar", 0.1)
    with pytest.raises(ValidityError, match="no thermal relic"):
        relic_abundance(LEPTONS, dark, 1e-12)
    for bad in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(EmissError, match="coupling"):
            relic_abundance(LEPTONS, dark, bad)


def test_no_solution_is_said() -> None:
    # So small an alpha_dark that the visible width eats the resonance whatever the coupling.
    with pytest.raises(ValidityError, match="alpha_dark"):
        relic_coupling([0.1], "scalar", 1e-10, 3.0)
