"""Tables of preshower acceptance against events in which the lepton goes on with less energy."""

import numpy as np
import pytest

from emiss import materials
from emiss.events.transport import Beam, Forced, Rates, Settings, Stack, Thresholds, simulate
from emiss.events.transport.subshowers import TAKEOVER, load_shapes
from emiss.ground.constants import ELECTRON_MASS
from emiss.yields.acceptance.preshower import load_acceptance
from emiss.yields.acceptance.preshower_table import FirstLayers

ECAL = materials.get("na64-ecal")
BEAM, LEAST, LOWEST, LAYERS = 100.0, 0.5, 0.45, 16
SETTINGS = Settings(Thresholds(5e-3, 1e-3, 0.05, 0.02), TAKEOVER)
CHUNK = 2000


def emitted(chunk, random, stack, shapes):
    """Weight, lepton energy, recoil and energy in the scintillator of the first layers, by event.

    One place of the shower per event, chosen by track length; there the lepton goes on with a
    recoil that is even in the logarithm.
    """
    options = {"seed": 11, "chunk": chunk, "settings": SETTINGS, "shapes": shapes}
    per_cm = np.zeros((5, len(stack.materials), 8))
    for number, material in enumerate(stack.materials):
        per_cm[:2, number] = 1.0 / material.radiation_length_cm
    rates = Rates(LOWEST * BEAM, 1.001 * BEAM, per_cm)
    places = simulate(stack, Beam("e-", BEAM), CHUNK, emission=rates, **options).emissions
    energy = places[:, 3]
    recoil = np.minimum(np.exp(random.uniform(np.log(0.03), np.log(30.0), CHUNK)), energy)
    goes_on = np.concatenate([places[:, 4:7], recoil[:, None], places[:, 7:10]], axis=1)
    forced = Forced(places[:, 1], goes_on, np.zeros((0, 9)), np.zeros(0, dtype=np.int64))
    found = simulate(stack, Beam("e-", BEAM), CHUNK, emission=forced, keep_slabs=True, **options)
    lighter = min(slab.material.density for slab in stack.slabs)
    active = np.array([slab.material.density == lighter for slab in stack.slabs])
    active[2 * LAYERS :] = False
    rows = np.stack([places[:, 0], energy, recoil, found.slabs[:, active].sum(axis=1)], axis=1)
    return rows[places[:, 0] > 0.0]


def in_table(energy, recoil):
    """Acceptance of the table at lepton energies and recoils."""
    table = load_acceptance(FirstLayers(ECAL, LAYERS * 0.3, LEAST), BEAM, LOWEST)
    rows = table.bremsstrahlung(np.clip(energy / BEAM, LOWEST, 1.0))
    nodes, wanted = np.log(table.recoils), np.log(recoil / BEAM)
    return np.array([np.interp(w, nodes, row) for w, row in zip(wanted, rows, strict=True)])


@pytest.mark.slow
def test_tables_against_the_transport():
    """Bosons above 50 GeV, from whole events: one place per shower, chosen by track length.

    The tables take all places of a shower and fold in showers of recoils. 12 000 events: a ratio
    known to 0.3 %, of which four times are allowed (one false alarm in 16 000), and 0.5 % for the
    sides of the calorimeter, which tables do not have.
    """
    stack, shapes = Stack.sandwich(ECAL, 21.01), load_shapes(ECAL)
    random = np.random.default_rng(3)
    rows = [emitted(chunk, random, stack, shapes) for chunk in range(6)]
    weight, energy, recoil, visible = np.concatenate(rows).T
    whole = simulate(
        stack, Beam("e-", BEAM), 400, seed=5, settings=SETTINGS, shapes=shapes
    ).slab_sum[1::2]
    fraction = whole.sum() / (400 * BEAM)
    passes, expected = visible / fraction > LEAST, in_table(energy, recoil)
    share = 1.0 - recoil / energy
    for mass in (1e-3, 1e-2, 0.1, 1.0):
        # Shape of the bremsstrahlung of a vector in the boson's share; recoils are even in ln.
        virtual = mass**2 * (1.0 - share) / share + ELECTRON_MASS**2 * share
        shape = (1.0 - share + share**2 / 3.0) / virtual * recoil / energy
        by = weight * shape * (energy * share > 50.0)
        found = (by * passes).sum() / (by * expected).sum()
        assert abs(found - 1.0) < 0.017
    # Half a GeV in the scintillator itself, 5 GeV on the calibrated scale, is another trigger.
    assert np.average(visible > LEAST, weights=by) < 0.2
