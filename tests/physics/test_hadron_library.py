"""Collisions from the library, and interaction lengths."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close

from emiss.events.hadrons import (
    CODES,
    HADRONS,
    inelastic_cross_section_mb,
    interaction_length_cm,
    load_library,
)
from emiss.events.hadrons.library import FILES, TARGETS
from emiss.ground.constants import AVOGADRO
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.materials import get
from emiss.physics.processes.hadron_nucleus import inelastic_cross_section_mb as from_tables

# Nuclear interaction lengths of the Particle Data Group in g/cm^2, for nucleons of some 100 GeV.
PDG = {"C": 85.8, "Al": 107.2, "Fe": 132.1, "Cu": 137.3, "W": 191.9, "Pb": 199.6}
NEUTRAL = [CODES[name] for name in ("n", "nbar", "K0L", "K0S", "Lambda")]


def element(symbol):
    return get(symbol).components[0].element


@pytest.mark.parametrize("symbol", PDG)
@pytest.mark.parametrize("energy", [100.0, 150.0, 200.0])
def test_interaction_lengths_of_nucleons_are_those_of_the_particle_data_group(symbol, energy):
    # 3 %: the generator against the compilation; Al, Cu and W come from powers of A in between
    one = element(symbol)
    sigma = float(inelastic_cross_section_mb(one, energy, "n"))
    close(one.A / (AVOGADRO * sigma * 1e-27), PDG[symbol], 0.03)


@pytest.mark.parametrize("symbol", ["C", "Fe", "Cu", "Pb"])
@pytest.mark.parametrize("energy", [20.0, 50.0, 100.0])
def test_pion_cross_sections_agree_with_the_evaluation(symbol, energy):
    # Barashenkov's evaluation, quoted elsewhere in the package; its rise towards 20 GeV is steeper
    one = element(symbol)
    ours = float(inelastic_cross_section_mb(one, energy, "pi-"))
    close(ours, float(from_tables(one, energy, "pi-")), 0.05 if energy < 30.0 else 0.03)


def test_length_in_a_mixture_is_the_inverse_sum_over_its_elements():
    plastic = get("polystyrene")
    inverse = sum(
        plastic.density * part.mass_fraction * AVOGADRO * 1e-27 / part.element.A
        * float(inelastic_cross_section_mb(part.element, 80.0, "K-"))
        for part in plastic.components
    )  # fmt: skip
    close(interaction_length_cm(plastic, 80.0, "K-"), 1.0 / inverse, 1e-12)


def test_photons_are_shadowed_by_a_power_of_a():
    carbon, lead = element("C"), element("Pb")
    ratio = inelastic_cross_section_mb(lead, 50.0, "gamma") / inelastic_cross_section_mb(
        carbon, 50.0, "gamma"
    )
    close(float(ratio), (lead.A / carbon.A) ** 0.92, 1e-12)


@pytest.mark.parametrize("model", ["pythia", "urqmd"])
@pytest.mark.parametrize("name", ["n", "p", "pi-", "pi+", "K-", "K+", "K0L", "gamma"])
@pytest.mark.parametrize("energy", [15.0, 90.0])
def test_secondaries_never_have_more_energy_than_was_brought(model, name, energy):
    # at most 8 % above (masses of mesons count, and the target's nucleons bring theirs), at least
    # three quarters (nuclei take the rest at low energy)
    library, random, count = load_library(model), np.random.default_rng(3), 3000
    for target in range(len(TARGETS)):
        kind = np.full(count, CODES[name])
        found = library.draw(kind, np.full(count, target), np.full(count, energy), random)
        total = np.bincount(found.parent, found.energy, count)
        mean = float((total + found.soft_photons + found.soft_hadrons).mean()) / energy
        assert 0.75 < mean < 1.08


def leading_shares(model, name, symbol, count=20_000):
    """Chance that one neutral carries more than 0.5 and 0.8 of 100 GeV, and its error."""
    library, target = load_library(model), [row[0] for row in TARGETS].index(symbol)
    found = library.draw(
        np.full(count, CODES[name]), np.full(count, target), np.full(count, 100.0),
        np.random.default_rng(5),
    )  # fmt: skip
    lead = np.zeros(count)
    neutral = np.isin(found.kind, NEUTRAL)
    np.maximum.at(lead, found.parent[neutral], found.energy[neutral] / 100.0)
    # What is drawn again and again are the collisions of the nearest nodes, some thousand.
    made = 1200 if model == "pythia" else 300
    shares = np.array([(lead > 0.5).mean(), (lead > 0.8).mean()])
    return shares, np.sqrt((shares + 1.0 / made) / made)


@pytest.mark.parametrize(
    ("name", "symbol", "half", "four_fifths"),
    [
        ("pi-", "Fe", 0.0112, 0.0008), ("pi-", "Pb", 0.0094, 0.0010),
        ("p", "Fe", 0.0562, 0.0097), ("p", "Pb", 0.0441, 0.0080), ("K-", "Fe", 0.0376, 0.0070),
        ("n", "Fe", 0.1153, 0.0551), ("n", "Pb", 0.0779, 0.0391),
        ("K0L", "Fe", 0.1172, 0.0639), ("K0L", "Pb", 0.0952, 0.0526),
    ],
)  # fmt: skip
def test_leading_neutrals_lie_within_the_spread_of_models(name, symbol, half, four_fifths):
    """Shares of the energy carried by one neutral at 100 GeV, within 50 % and two errors.

    The reference is PythiaCascade of 6,000 collisions each, counted as it gives them: with
    resonances undecayed, a Delta that carries a neutron is no neutron there, which makes up to 40 %
    of the difference. The spread of 50 % is that quoted for other models.
    """
    for model in ("pythia", "urqmd"):
        shares, errors = leading_shares(model, name, symbol)
        wanted = np.array([half, four_fifths])
        both = np.hypot(errors, np.sqrt(wanted / 6000))
        assert np.all(np.abs(shares - wanted) <= 0.5 * wanted + 2 * both)


def test_protons_leave_carbon_and_lead_as_often_as_measured():
    """Cross-section of protons with 0.4 to 0.9 of the energy, a power of A between C and Pb.

    Measured at 100 GeV and recalled as 0.80 - 0.75 x + 0.45 x^2, 0.51 on average here; neither of
    the models was made to follow it. Protons of p are the neutrons of n in the library. Tolerance:
    0.06 for averages over x (the recalled formula) and two errors of some hundred collisions. If
    every collision after the first were diffractive on the target's side it would be 0.66.
    """
    library, count, yields = load_library(), 60_000, []
    for symbol, mass in (("C", 12), ("Pb", 208)):
        target = [row[0] for row in TARGETS].index(symbol)
        found = library.draw(
            np.full(count, CODES["p"]), np.full(count, target), np.full(count, 100.0),
            np.random.default_rng(7),
        )  # fmt: skip
        x = found.energy[found.kind == CODES["p"]] / 100.0
        sigma = library.cross_section[0, target, 3]
        yields.append((sigma * np.mean((x > 0.4) & (x < 0.9)) * x.size / count, mass))
    (carbon, small), (lead, large) = yields
    power = np.log(lead / carbon) / np.log(large / small)
    assert abs(power - 0.51) < 0.06 + 2 * 0.025


def test_mirrored_projectiles_exchange_protons_and_neutrons():
    library, count = load_library(), 20_000
    shares = {}
    for name in ("n", "p"):
        random = np.random.default_rng(11)
        found = library.draw(
            np.full(count, CODES[name]), np.zeros(count, dtype=int), np.full(count, 40.0), random
        )
        shares[name] = [
            float(np.sum(found.energy[found.kind == CODES[kind]])) for kind in ("n", "p", "pi+")
        ]
    close(shares["n"][0], shares["p"][1], 1e-12)
    close(shares["n"][1], shares["p"][0], 1e-12)
    assert shares["n"][0] > 1.5 * shares["n"][1]


def test_masses_and_codes_are_consistent():
    import particle

    for hadron in HADRONS:
        known = particle.Particle.from_pdgid(hadron.pdg)
        assert hadron.charge == int(known.charge)
        if hadron.mass:
            close(hadron.mass, known.mass / 1e3, 1e-5)
        if hadron.decay_length:
            close(hadron.decay_length, known.ctau / 10.0, 5e-3)


def test_bad_input_is_refused():
    with pytest.raises(UnknownNameError, match="hadron model"):
        load_library("geant4")
    with pytest.raises(UnknownNameError, match="hadron"):
        inelastic_cross_section_mb(element("Fe"), 10.0, "tau")
    with pytest.raises(ValidityError, match="positive"):
        inelastic_cross_section_mb(element("Fe"), -1.0)


def test_a_damaged_library_is_refused(tmp_path):
    path = tmp_path / "library.npz"
    FILES.write(load_library(), path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(EmissError, match="damaged"):
        FILES.read(path)
