"""Inelastic dark matter: flight of the excited state against decays drawn one by one."""

import math

import numpy as np
import pytest
from closeness import close

from emiss import materials, models
from emiss.experiments.setup import Setup, Window
from emiss.ground import constants as const
from emiss.ground.errors import EmissError
from emiss.inference import limit
from emiss.physics.constraints.cosmology.thermal_lines import thermal_line
from emiss.physics.models.inelastic import excited_ctau_cm, excited_widths
from emiss.presentation.plots import squared_plane
from emiss.yields.fate import Fate
from emiss.yields.flight import FlightYield
from emiss.yields.processes import Options, Request, processes
from emiss.yields.processes.bremsstrahlung import bremsstrahlung_bosons
from emiss.yields.production import Production
from emiss.yields.semivisible import excited_energies, semivisible_yield

MASSES = np.array([0.03, 0.15])


def split(value):
    return models.get("dark-photon", {"dark_matter": "pseudo-dirac", "splitting": value})


def unit_production(energy):
    shape = (1, MASSES.size)
    return Production(
        MASSES, np.array([0.0, 1e-3]), np.full(shape, energy), np.ones((1, *shape)), "electron"
    )


def test_energies_of_the_excited_state():
    light = MASSES / 3.0
    heavy = 1.2 * light
    energies, shares = excited_energies(np.full((1, 2), 80.0), MASSES, light, heavy)
    close(shares.sum(), 1.0, 1e-12)
    rest = (MASSES**2 + heavy**2 - light**2) / (2.0 * MASSES)
    # Isotropic decays: the mean energy is gamma times that in the rest frame, exactly.
    np.testing.assert_allclose(
        np.einsum("n,nkm->m", shares, energies), 80.0 / MASSES * rest, rtol=1e-13
    )


def test_what_decays_to_neutrinos_stays_unseen():
    """chi_2 of B - L decays to neutrinos or pairs: of those that decay in the detector a share."""
    model = models.get("b-l", {"dark_matter": "pseudo-dirac", "splitting": 0.4, "g_chi": 0.5})
    found = semivisible_yield(model, unit_production(80.0), Window(500.0))
    for coupling in (1e-4, 0.3):
        widths = excited_widths(model, MASSES, np.full(2, coupling))
        neutrinos = widths["chi2 -> chi1 nu nu"]
        np.testing.assert_allclose(found.unit_hidden * coupling**2, neutrinos, rtol=1e-9)
        total = sum(widths.values())
        np.testing.assert_allclose(
            (found.unit_hidden + found.unit_width) * coupling**2, total, rtol=1e-9
        )
    # At a large coupling all decay within the detector.
    np.testing.assert_allclose(found.kept(np.full(2, 0.3)), neutrinos / total, rtol=1e-6)
    assert np.all(neutrinos > 0.1 * total)


@pytest.mark.parametrize("splitting", [0.2, 0.4])
@pytest.mark.parametrize("coupling", [1e-3, 1e-2, 0.05])
def test_against_decays_drawn_one_by_one(splitting, coupling):
    model, distance = split(splitting), 500.0
    found = semivisible_yield(model, unit_production(80.0), Window(distance))
    kept = found.kept(np.full(2, coupling))
    rng = np.random.default_rng(8)
    count = 200_000
    ctau = excited_ctau_cm(MASSES, np.full(2, coupling), model.dark_sector)
    for column, mass in enumerate(MASSES):
        light = mass / 3.0
        heavy = light * (1.0 + splitting)
        rest = (mass**2 + heavy**2 - light**2) / (2.0 * mass)
        inner = math.sqrt(rest**2 - heavy**2)
        slip = math.sqrt(80.0**2 - mass**2) / mass
        energy = 80.0 / mass * rest + slip * inner * rng.uniform(-1.0, 1.0, count)
        length = np.sqrt(energy**2 - heavy**2) / heavy * ctau[column]
        expected = np.mean(rng.exponential(size=count) * length > distance)
        error = math.sqrt(max(expected * (1 - expected), 1e-5) / count)
        # Five Gauss nodes are exact to 1e-3 of what survives; statistics below 0.12 %.
        assert abs(kept[column] - expected) < 4.0 * error + 2e-3 * expected + 1e-6


def test_unsplit_or_stable_excitations_change_nothing():
    # 2 m_e = 1.02 MeV: a splitting of 1 MeV leaves the excited state stable.
    stable = semivisible_yield(split(0.1), unit_production(80.0), Window(500.0))
    kept = stable.kept(np.full(2, 1e-2))
    close(kept[0], 1.0, 1e-12)
    assert kept[1] < 1.0


def test_whole_yield_against_the_unsplit_model():
    target = Setup("e-", 100.0, 0.01, materials.get("na64-ecal"), 50.0, 2.0)
    plain = split(0.0)
    made = bremsstrahlung_bosons(target, MASSES, "vector", Options())
    window = Window(567.0, invisible=True)
    whole = FlightYield.prepare(plain, made, window)
    asked = Request(target, split(0.4), MASSES, Fate("excited", window), Options())
    found = processes()["bremsstrahlung"].prepare(asked)
    found |= processes()["annihilation"].prepare(asked)
    small, large = np.full(2, 1e-6), np.full(2, 0.1)
    # So feeble that chi_2 always leaves: the splitting matters in the width of X alone, and the
    # branching is 1 in both.
    np.testing.assert_allclose(
        found["bremsstrahlung"].per_particle(small), whole.per_particle(small), rtol=1e-6
    )
    assert np.all(found["bremsstrahlung"].per_particle(large) < whole.per_particle(large))
    # Decays of the excited state in 0.15 GeV / 3: everything is seen at large coupling.
    assert found["bremsstrahlung"].per_particle(large)[1] < 1e-3 * whole.per_particle(large)[1]
    assert np.all(found["annihilation"].per_particle(small) >= 0.0)


def test_flight_grows_like_the_inverse_square_of_the_coupling():
    model, window = split(0.3), Window(500.0)
    found = semivisible_yield(model, unit_production(80.0), window)
    heavy = MASSES / 3.0 * 1.3
    width = found.unit_width * 1e-4**2
    ctau = excited_ctau_cm(MASSES, np.full(2, 1e-4), model.dark_sector)
    np.testing.assert_allclose(const.HBARC_GEV_CM / width, ctau, rtol=1e-12)
    assert np.all(heavy > 0.0)


def test_limit_and_figure_with_the_relic_line():
    chi = np.geomspace(5e-3, 0.15, 8)
    found = limit("na64e-2016-2018", split(0.4), masses=3.0 * chi)
    wider = limit("na64e-alp-2016-2018", split(0.4), masses=3.0 * chi)
    plain = limit("na64e-2016-2018", split(0.0), masses=3.0 * chi)
    inside = np.isfinite(found.observed_upper)
    assert inside.sum() >= 4
    # Closed where chi_2 is short-lived; decays behind the first module count in the other search.
    assert np.all(wider.observed_upper[inside] > found.observed_upper[inside])
    assert plain.observed_upper is None
    # At small coupling chi_2 leaves, and the splitting is in the width of X alone.
    light = chi < 0.03
    np.testing.assert_allclose(found.observed[light], plain.observed[light], rtol=5e-3)
    line = thermal_line(chi, "pseudo-dirac", splitting=0.4)
    figure = squared_plane(found, relic=[line])
    assert "pseudo-Dirac relic" in [line.get_label() for line in figure.axes[0].get_lines()]
    figure.canvas.draw()
    with pytest.raises(EmissError, match="dark matter"):
        squared_plane(limit("na64e-2016", models.get("dark-photon", {"dark_matter": "none"})))
