"""The acceptance of the preshower between the beam energies for which tables ship."""

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import materials, models
from emiss.yields.acceptance import preshower
from emiss.yields.acceptance import preshower_simulation as simulation
from emiss.yields.acceptance.preshower_energies import BEAM_ENERGIES, between_energies
from emiss.yields.acceptance.preshower_table import FirstLayers, settings_of

ECAL = materials.get("na64-ecal")
LAYERS = FirstLayers(ECAL, 4.8, 0.5)


def settings(energy, layers=LAYERS, lowest=0.27):
    return settings_of(layers, energy, lowest)


@pytest.mark.parametrize("energy", [60.0, 70.0])
def test_shipped_tables_that_are_no_nodes_are_met(energy):
    assert energy not in BEAM_ENERGIES
    exact = preshower.load_acceptance(LAYERS, energy, 0.27)
    found = between_energies(settings(energy))
    assert found is not None
    np.testing.assert_allclose(found.losses, exact.losses, rtol=1e-6)
    # Nodes with positrons of the other charge next to the beam energy are poorly known.
    known = np.maximum(found.vanished_error, exact.vanished_error) < 0.02
    assert known[0].all()
    assert known.mean() > 0.7
    off = np.abs(found.vanished - exact.vanished)[known]
    assert np.max(off) < 0.06
    assert np.sqrt(np.mean(off**2)) < 0.012
    # Next to the step in the recoil's energy single nodes are off by a part of the step.
    off = found.recoiled - exact.recoiled
    assert np.sqrt(np.mean(off**2)) < 0.008
    assert abs(np.mean(off)) < 1e-3
    assert np.max(np.abs(off)) < 0.08


def test_a_node_gives_its_own_table():
    low = between_energies(settings(80.0))
    close(
        low.recoiled,
        preshower.load_acceptance(LAYERS, 80.0, 0.27).recoiled,
        absolute=1e-9,
        because="probabilities that may be 0",
    )


def test_other_triggers_and_energies_are_not_interpolated():
    assert between_energies(settings(93.0, FirstLayers(ECAL, 4.8, 0.4))) is None
    assert between_energies(settings(93.0, FirstLayers(ECAL, 4.8, 0.5, "visible"))) is None
    assert between_energies(settings(93.0, FirstLayers(materials.get("Pb"), 4.8, 0.5))) is None
    assert between_energies(settings(93.0, lowest=0.05)) is None
    assert between_energies(settings(15.0)) is None
    assert between_energies(settings(220.0)) is None


def test_nothing_is_simulated_for_another_energy(monkeypatch, tmp_path):
    def refuse(*arguments):
        raise AssertionError("simulated")

    monkeypatch.setattr(simulation, "simulate_acceptance", refuse)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    preshower.load_acceptance.cache_clear()
    for energy in (21.0, 47.0, 93.0, 111.0, 190.0):
        for lowest in (0.27, 0.09):
            table = preshower.load_acceptance(LAYERS, energy, lowest)
            assert table.settings == settings(energy, lowest=lowest)
            assert np.all((table.recoiled >= 0.0) & (table.recoiled <= 1.0))
    preshower.load_acceptance.cache_clear()


def test_limits_with_the_interpolated_table(monkeypatch):
    from emiss.yields import (
        annihilation,
        beam_tracks,
        bremsstrahlung_spectrum,
        deterministic,
        positrons,
    )

    def fresh():
        for cached in (
            preshower.load_acceptance,
            beam_tracks.beam_tracks,
            positrons.annihilation_luminosity,
            positrons.positrons,
            annihilation.associated_bosons,
        ):
            cached.cache_clear()
        bremsstrahlung_spectrum._SPECTRA.clear()
        bremsstrahlung_spectrum._COEFFICIENTS.clear()
        bremsstrahlung_spectrum._ROWS.clear()
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
