"""Yield of Primakoff production against other sums over the photons of the shower."""

import itertools

import numpy as np
import pytest
from closeness import close

from emiss import materials, models
from emiss.experiments.setup import Setup
from emiss.ground import constants as const
from emiss.ground.errors import ValidityError
from emiss.physics.processes import primakoff
from emiss.physics.shower import track_lengths
from emiss.yields import signal_yield
from emiss.yields.processes import primakoff as yields

MASSES = np.array([1e-3, 0.03, 0.5])


def setup(spread=0.0, smearing=0.0, material="Pb"):
    return Setup("e-", 100.0, spread, materials.get(material), 50.0, smearing)


@pytest.mark.parametrize("material", ["Pb", "polystyrene"])
def test_yield_is_the_integral_over_the_photons(material):
    target = setup(material=material)
    _, coefficients = yields.primakoff_coefficients(target, MASSES)
    solution = track_lengths(target.material, "e-", 100.0, 50.0)
    energies, weights = solution.nodes("gamma")
    expected = np.zeros(MASSES.size)
    for element, atoms in target.material.atoms_per_radiation_length:
        sigma = primakoff.cross_section_pb(energies[:, None], MASSES, element)
        expected += atoms * const.PICOBARN_CM2 * weights @ sigma
    # Cells of about 0.7 GeV with the cross-section taken in the middle: measured 1e-5.
    np.testing.assert_allclose(coefficients.sum(axis=0), expected, rtol=5e-5)


def test_smeared_threshold_and_momentum():
    plain = yields.primakoff_coefficients(setup(), MASSES)[1].sum(axis=0)
    smeared = yields.primakoff_coefficients(setup(0.01, 2.0), MASSES)[1].sum(axis=0)
    # The spectrum is convex: smearing adds a little, of second order in 2/50.
    assert np.all((smeared / plain > 1.0) & (smeared / plain < 1.02))


def test_yield_of_a_model():
    scalar = models.get("scalar", {"photon_to_lepton": 2.0, "dark_matter": "dirac"})
    found = yields.primakoff_yield(setup(), scalar, MASSES)
    coupling = np.array([[1e-4, 1e-4, 1e-4], [2e-4, 2e-4, 2e-4]])
    branching = scalar.invisible_branching(MASSES, coupling)
    expected = (2.0 * coupling) ** 2 * branching * found.coefficients.sum(axis=0)
    np.testing.assert_allclose(found.per_particle(coupling), expected, rtol=1e-13)

    alp = models.get("alp")
    assert np.all(yields.primakoff_yield(setup(), alp, MASSES).per_particle(coupling) == 0.0)

    def escape(energies, masses, coupling):
        momentum = np.sqrt(energies**2 - masses**2)
        return np.exp(-100.0 * masses / (momentum * alp.ctau_cm(masses, coupling)))

    hooked = yields.primakoff_yield(setup(), alp, MASSES, invisible=escape)
    events_ = hooked.per_particle(coupling)
    assert events_.shape == coupling.shape
    for row, mass in itertools.product(range(2), range(3)):
        p = np.sqrt(hooked.energies**2 - MASSES[mass] ** 2)
        length = p / MASSES[mass] * float(alp.ctau_cm(MASSES[mass], coupling[row, mass]))
        value = coupling[row, mass] ** 2 * hooked.coefficients[:, mass] @ np.exp(-100.0 / length)
        close(events_[row, mass], value, 1e-12)
    assert hooked.per_particle(coupling[0]).shape == (3,)


def test_yield_refuses_models_without_photons():
    for name in ("dark-photon", "scalar"):
        with pytest.raises(ValidityError, match="photon"):
            yields.primakoff_yield(setup(), models.get(name), MASSES)


@pytest.mark.parametrize("name", ["alp", "scalar"])
def test_primakoff_counts_with_dark_matter_too(name):
    settings = {"dark_matter": "dirac", **({"scaling": "photon"} if name == "scalar" else {})}
    model, masses = models.get(name, settings), np.array([1e-3, 0.01, 0.1])
    dark = signal_yield("na64e-2016-2022", model, masses)
    assert list(dark.per_process()) == ["Primakoff"]
    # At a coupling at which nothing decays within the detector the visible one gives the same.
    light = models.get(name, {**settings, "dark_matter": "none"})
    alone = signal_yield("na64e-2016-2022", light, masses[:1]).events(1e-6)
    np.testing.assert_allclose(dark.events(1e-6)[:, :1], alone, rtol=1e-3)
    both = models.get("alp", {"dark_matter": "dirac", "electron_to_photon": "0.1"})
    parts = signal_yield("na64e-2016-2022", both, masses).per_process(1e-4)
    assert set(parts) == {"bremsstrahlung", "annihilation", "associated production", "Primakoff"}
    assert np.all(parts["Primakoff"] > 0.0)
