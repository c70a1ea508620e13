"""The acceptance of the preshower between the beam energies for which tables ship."""

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import materials, models
from emiss.physics.shower import preshower
from emiss.physics.shower import preshower_simulation as simulation
from emiss.physics.shower.preshower_energies import BEAM_ENERGIES, between_energies
from emiss.physics.shower.preshower_table import preshower_settings

ECAL = materials.get("na64-ecal")
TRIGGER = (0.5, 4.334588268423334)


def settings(particle, energy, trigger=TRIGGER, lowest=0.27):
    return preshower_settings(ECAL, particle, energy, trigger, lowest)


@pytest.mark.parametrize("energy", [60.0, 70.0])
def test_shipped_tables_that_are_no_nodes_are_met(energy):
    assert energy not in BEAM_ENERGIES
    exact = preshower.load_acceptance(ECAL, "e+", energy, TRIGGER, 0.27)
    found = between_energies(settings("e+", energy))
    assert found is not None
    np.testing.assert_allclose(found.losses, exact.losses, rtol=1e-6)
    close(found.vanished, exact.vanished, absolute=0.02, because="statistical errors of the nodes")
    # Next to the step in the recoil's energy single nodes are off by a part of the step.
    off = found.recoiled - exact.recoiled
    assert np.sqrt(np.mean(off**2)) < 0.006
    assert abs(np.mean(off)) < 5e-4
    assert np.max(np.abs(off)) < 0.08


def test_a_node_gives_its_own_table():
    low = between_energies(settings("e-", 80.0))
    close(
        low.recoiled,
        preshower.load_acceptance(ECAL, "e-", 80.0, TRIGGER, 0.27).recoiled,
        absolute=1e-9,
        because="probabilities that may be 0",
    )


def test_other_triggers_and_energies_are_not_interpolated():
    assert between_energies(settings("e-", 93.0, (0.4, TRIGGER[1]))) is None
    assert between_energies(settings("e-", 93.0, lowest=0.31)) is None
    assert between_energies(settings("e-", 15.0)) is None
    assert between_energies(settings("e-", 220.0)) is None


def test_nothing_is_simulated_for_another_energy(monkeypatch, tmp_path):
    def refuse(*arguments):
        raise AssertionError("simulated")

    monkeypatch.setattr(simulation, "simulate_acceptance", refuse)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    preshower.load_acceptance.cache_clear()
    for particle in ("e-", "e+"):
        for energy in (21.0, 47.0, 93.0, 111.0, 190.0):
            for lowest in (0.27, 0.09):
                table = preshower.load_acceptance(ECAL, particle, energy, TRIGGER, lowest)
                assert table.settings == settings(particle, energy, lowest=lowest)
                assert np.all((table.recoiled >= 0.0) & (table.recoiled <= 1.0))
    preshower.load_acceptance.cache_clear()


def test_limits_with_the_interpolated_table(monkeypatch):
    from emiss.yields import annihilation, beam_tracks, bremsstrahlung_spectrum, deterministic

    def fresh():
        for cached in (
            preshower.load_acceptance,
            beam_tracks.beam_tracks,
            annihilation.annihilation_luminosity,
            annihilation._positrons,
            annihilation.associated_bosons,
        ):
            cached.cache_clear()
        bremsstrahlung_spectrum._SPECTRA.clear()
        bremsstrahlung_spectrum._COEFFICIENTS.clear()
        deterministic._FEW_MASSES.clear()

    model = models.get("dark-photon", {})
    masses = np.geomspace(1e-3, 1.0, 25)
    fresh()
    exact = emiss.limit("na64e-plus-60gev", model, masses=masses).observed
    monkeypatch.setattr(preshower, "shipped_path", lambda *parts: _Nowhere())
    fresh()
    found = emiss.limit("na64e-plus-60gev", model, masses=masses).observed
    monkeypatch.undo()
    fresh()
    assert np.any(found != exact)
    close(found, exact, 0.01)


class _Nowhere:
    def is_file(self):
        return False
