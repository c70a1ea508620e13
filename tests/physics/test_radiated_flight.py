"""Photons before annihilation where bosons are followed in flight."""

import math

import numpy as np
import pytest
from closeness import close

from emiss import experiments, models
from emiss.experiments.setup import Window
from emiss.ground.constants import ELECTRON_MASS
from emiss.yields import fate, signal_yield
from emiss.yields.annihilation import associated_bosons
from emiss.yields.beam_tracks import track_edges
from emiss.yields.off_shell import off_shell_production
from emiss.yields.positrons import annihilation_luminosity
from emiss.yields.production import annihilation_production, depth_profile, depth_tracks
from emiss.yields.radiated import associated_production, soft_production
from emiss.yields.semivisible import semivisible_yield

MASSES = np.array([2e-3, 0.03, 0.1, 0.2, 0.24, 0.28])


def setup(name="na64e-plus-2022"):
    return experiments.get(name).runs[0].setup.source


@pytest.mark.parametrize("name", ["na64e-plus-2022", "na64e-2016"])
@pytest.mark.parametrize("boson", ["vector", "scalar"])
def test_bosons_in_flight_are_as_many_as_without(name, boson):
    """All energies together are the rate of prompt decays; tracks end at 12 radiation lengths."""
    made = associated_production(setup(name), MASSES, boson)
    known = associated_bosons(setup(name), boson).on_shell(MASSES)
    some = known > 1e-3 * known.max()
    close(made.total[some], known[some], 0.01)
    assert np.all(made.energies >= MASSES)
    mean = (made.weights * made.energies).sum(axis=(0, 1))[some] / made.total[some]
    assert np.all(mean > 50.0 if name == "na64e-plus-2022" else mean > 40.0)
    assert np.all(mean < 103.0)


def test_depths_are_those_of_the_positrons():
    """Between those of positrons with the boson's energy and of all that are faster."""
    target = setup()
    made = associated_production(target, np.array([0.03]), "vector")
    depth, energies = made.depths.mean(axis=0)[:, 0], made.energies[:, 0]
    tracks, edges = depth_tracks(target, math.inf, ("e+",)), track_edges(target)
    places = depth_profile(target, math.inf).depths_cm
    middle = 0.5 * (places[1:] + places[:-1])
    for low in (55.0, 70.0, 85.0):
        cell = np.searchsorted(energies, low)
        alike = np.abs(np.log(edges[:-1] / energies[cell])) < 0.03
        ends = [tracks[:, some].sum(axis=1) for some in (alike, edges[:-1] > energies[cell])]
        slow, fast = (row @ middle / row.sum() for row in ends)
        assert fast < slow
        # cells of 3 % in energy
        assert 0.97 * fast < depth[cell] < 1.03 * slow


@pytest.mark.parametrize("mass", [0.24, 0.26, 0.28])
def test_soft_photons_take_a_tenth_of_the_resonance(mass):
    """A luminosity that is flat in s keeps x_0^b (1 + d), some 0.88, and gains where it rises."""
    masses = np.array([mass])
    soft = soft_production(setup(), masses, "vector")
    plain = annihilation_production(setup(), math.inf, masses, "vector")
    # of the resonance, and what photons that take up to a tenth of s leave of more
    ratio = soft.energies[:, 0] / (mass**2 / (2.0 * ELECTRON_MASS))
    assert np.all((ratio > 0.9999) & (ratio < 1.0 / 0.9))
    assert np.all(np.diff(ratio) > 0.0)
    assert 0.7 < soft.weights[0, 0, 0] / soft.total[0] < 0.95
    assert 0.85 < soft.total[0] / plain.total[0] < 1.0


@pytest.mark.parametrize("model", ["b-l", "lmu-ltau"])
def test_the_fate_does_not_move_what_is_made(model):
    """Far from where bosons escape, each process yields the same in flight as promptly."""
    boson = models.get(model, {})
    masses = np.array([0.13, 0.18, 0.22, 0.25, 0.3])
    prompt = signal_yield("na64e-plus-2022", boson, masses).per_process(1e-3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fate, "_neutrinos_decide", lambda *_, **__: np.zeros(5, np.bool_))
        flown = signal_yield("na64e-plus-2022", boson, masses).per_process(1e-3)
    assert prompt.keys() == flown.keys()
    assert "associated production" in flown
    for name, events in prompt.items():
        some = events > 1e-6 * events.max()
        close(flown[name][some], events[some], 1e-4)


def test_inelastic_dark_matter_with_nothing_to_see_is_dark_matter():
    """If the excited state lives for long all is missing, with photons as without."""
    masses = np.array([0.05, 0.15, 0.23])
    long_lived = models.get("inelastic-dark-matter", {"splitting": 0.02})
    for associated in (True, False):
        flown = signal_yield("na64e-plus-2022", long_lived, masses, associated=associated)
        assert flown.decays_in_flight
        events = flown.per_process(1e-5)
        assert ("associated production" in events) == associated
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "emiss.yields.assembly.fates_of",
                lambda *_, **__: (fate.PROMPT, np.ones(3, np.bool_)),
            )
            prompt = signal_yield("na64e-plus-2022", long_lived, masses, associated=associated)
            expected = prompt.per_process(1e-5)
        for name, value in expected.items():
            close(events[name], value, 2e-3)


def test_excited_dark_matter_on_the_resonance_has_what_photons_leave():
    """Energies and shares are those of narrow bosons; what flies less far is seen more often."""
    model, masses = models.get("inelastic-dark-matter", {"splitting": 0.4}), np.array([0.25, 0.28])
    luminosity = annihilation_luminosity(setup(), radiation=True)
    bare, made = (
        off_shell_production(setup(), luminosity, model, masses, radiation=radiation)
        for radiation in (False, True)
    )
    close(made.total, bare.total, 1e-9)
    narrow = soft_production(setup(), masses, "vector")
    bare_mean, mean, narrow_mean = (
        (each.weights[0] * each.energies).sum(axis=0) / each.total for each in (bare, made, narrow)
    )
    # the resonance is a per cent wide, in which what photons leave changes little
    close(mean / bare_mean, narrow_mean / (masses**2 / (2.0 * ELECTRON_MASS)), 1e-3)
    kept = [
        semivisible_yield(model, each, Window(1200.0)).kept(np.full(2, 0.016)) / each.total
        for each in (bare, made)
    ]
    # against bosons sampled one by one, see docs/signal.md
    assert np.all((kept[1] / kept[0] > 1.01) & (kept[1] / kept[0] < 1.05))


@pytest.mark.parametrize("mass", [0.18, 0.2])
def test_bosons_far_from_the_resonance_have_the_energies_of_positrons(mass):
    """Excited dark matter of which one of a hundred is not seen: by bosons sampled one by one.

    Below the resonance of all positrons that pass: with the energy of the resonance, or the least
    that passes, three of four would be missed.
    """
    model = models.get("inelastic-dark-matter", {"splitting": 0.4})
    known = signal_yield("na64e-plus-2022", model, [mass])
    found = signal_yield(
        "na64e-plus-2022", model, [mass], engine="montecarlo", showers=3000, seed=4
    )
    for coupling in (1e-4, 0.01):
        for name in ("annihilation", "associated production"):
            exact = known.per_process(coupling)[name]
            error = found.errors(coupling)[name]
            assert np.all(error < 0.04 * exact)
            # 2 % between the engines, and five errors of some 2 %
            off = np.abs(found.per_process(coupling)[name] - exact)
            assert np.all(off < 0.02 * exact + 5.0 * error), (name, coupling)
    # of the light that both make
    decayed = known.per_process(0.01)["annihilation"] / known.per_process(1e-4)["annihilation"]
    assert np.all(decayed < 0.2 * (0.01 / 1e-4) ** 2)
