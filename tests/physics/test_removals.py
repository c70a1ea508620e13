"""What events leave without a lepton, noted in one pass, against showers without it."""

import numpy as np
import pytest
from closeness import close

from emiss import materials
from emiss.events.fits import FAST
from emiss.events.transport import Beam, Forced, Rates, Removals, Settings, Slab, Stack, simulate
from emiss.events.transport.removals import REMOVALS
from emiss.events.transport.subshowers import load_shapes
from emiss.ground.errors import ValidityError

ECAL = materials.get("na64-ecal")
EVENT, KIND, ENERGY, Z, PATH, MEDIUM, OWN, WHOLE = range(len(REMOVALS))
LAYERS = 16


def stack():
    """The calorimeter, with the scintillator of its first layers in section 0."""
    slabs = [
        Slab(slab.material, slab.thickness, 0 if n < 2 * LAYERS and slab.section == 0 else -1)
        for n, slab in enumerate(Stack.sandwich(ECAL).slabs)
    ]
    return Stack(tuple(slabs))


def run(events=200, asked=None, beam=50.0, **options):
    given = {"seed": 5, "settings": FAST, "shapes": load_shapes(ECAL)} | options
    return simulate(stack(), Beam("e-", beam), events, emission=asked, **given)


def test_nothing_else_changes():
    plain, noted = run(keep_cells=True), run(asked=Removals(10.0), keep_cells=True)
    assert np.array_equal(plain.cells, noted.cells)
    assert plain.removals.shape == (0, len(REMOVALS))
    assert noted.removals[:, ENERGY].min() >= 10.0
    # The whole of an event is what it leaves in the section, for each of its steps.
    events = noted.removals[:, EVENT].astype(int)
    assert np.array_equal(noted.removals[:, WHOLE], noted.cells[events, 0, 0, 0])
    assert set(events) == set(range(200))


def test_own_parts_lie_within_each_other():
    rows = run(asked=Removals(5.0)).removals
    assert np.all((rows[:, OWN] >= -1e-12) & (rows[:, OWN] <= rows[:, WHOLE] + 1e-12))
    first = np.flatnonzero(np.diff(rows[:, EVENT], prepend=-1.0) > 0.0)
    # The first step of the only particle: all that follows is its own, but for half of the step.
    assert np.all(rows[first, Z] < 0.15)
    close(rows[first, OWN], rows[first, WHOLE], absolute=2e-4, because="GeV in half of a step")
    # Along the path of one lepton what is still to come falls; the beam's is followed first.
    begin, last = first[0], first[1]
    track = rows[begin:last]
    falling = np.flatnonzero(np.diff(track[:, ENERGY], append=np.inf) > 0.0)[0] + 1
    assert np.all(np.diff(track[:falling, OWN]) <= 1e-12)


def test_track_length_is_that_of_the_tally():
    from emiss.events.transport import TrackBins

    chunk = run(asked=Removals(10.0), bins=TrackBins((10.0, 60.0)))
    rows = chunk.removals
    for kind in (0, 1):
        # The same steps in the same order, but for the last bits of a sum.
        close(rows[rows[:, KIND] == kind, PATH].sum(), chunk.track_sum[kind, 0], 1e-12)


def test_two_particles_of_an_event_share_what_it_leaves():
    start = Beam("e-", 20.0).rows(2)
    start[1, 0] = 30.0
    chunk = run(1, Removals(1.0), particles=start, owners=np.zeros(2, dtype=np.int64))
    rows = chunk.removals
    begins = [np.flatnonzero(np.abs(rows[:, ENERGY] - e) < 0.1)[0] for e in (30.0, 20.0)]
    # Last in, first out: the second one is followed first, with all that descends from it.
    assert begins[0] < begins[1]
    own = rows[begins, OWN]
    close(own.sum(), rows[0, WHOLE], absolute=4e-4, because="GeV in half of a step of each")


def test_a_small_buffer_is_made_larger(monkeypatch):
    expected = run(asked=Removals(2.0)).removals
    monkeypatch.setattr(Removals, "room", lambda *_: 7)
    assert np.array_equal(run(asked=Removals(2.0)).removals, expected)


def test_events_without_what_is_wanted_are_given_up():
    full = run(2000, Removals(40.0)).removals
    some = run(2000, Removals(40.0, 40.0)).removals
    kept = np.unique(some[:, EVENT])
    assert 10 < kept.size < 1000
    # What is kept is the same to the last digit, and no positron of this energy is missed.
    assert np.array_equal(full[np.isin(full[:, EVENT], kept)], some)
    positrons = full[full[:, KIND] == 1.0]
    assert positrons.shape[0] > 20
    assert np.isin(positrons[:, EVENT], kept).all()


def vanished(events, seed):
    """Weight, and what is left in the section, of events in which a lepton vanishes for real."""
    place, options = stack(), {"seed": seed, "settings": FAST, "shapes": load_shapes(ECAL)}
    per_cm = np.zeros((5, len(place.materials), 2))
    per_cm[:2] = 1.0
    chosen = simulate(
        place, Beam("e-", 50.0), events, emission=Rates(20.0, 51.0, per_cm), **options
    ).emissions
    goes_on = np.concatenate([chosen[:, 4:7], np.zeros((events, 1)), chosen[:, 7:10]], axis=1)
    forced = Forced(chosen[:, 1], goes_on, np.zeros((0, 9)), np.zeros(0, dtype=np.int64))
    replay = simulate(place, Beam("e-", 50.0), events, emission=forced, keep_cells=True, **options)
    return chosen[:, 0], replay.cells[:, 0, 0, 0]


def test_against_events_in_which_the_lepton_vanishes():
    """One pass that notes all places against a second one without the lepton, of other showers.

    Both are weighted with the path. Four standard deviations: one false alarm in 16 000 for each
    of the five numbers.
    """
    weight, left = vanished(4000, 21)
    rows = run(4000, Removals(20.0), seed=22).removals
    rest, path = rows[:, WHOLE] - rows[:, OWN], rows[:, PATH]
    event = rows[:, EVENT].astype(int)
    for level in (None, 0.002, 0.02, 0.05, 0.1):
        ours = rest if level is None else (rest > level).astype(float)
        theirs = left if level is None else (left > level).astype(float)
        sums = np.bincount(event, path * ours, 4000), np.bincount(event, path, 4000)
        means, errors = zip(ratio(*sums), ratio(weight * theirs, weight), strict=True)
        assert abs(means[0] - means[1]) < 4.0 * np.hypot(*errors)
        assert errors[1] < 0.03 * max(means[1], 0.1)


def ratio(above, below):
    """Ratio of sums over events and its standard deviation."""
    value = above.sum() / below.sum()
    residual = above - value * below
    return value, np.sqrt(np.square(residual).sum()) / below.sum()


def test_without_fits_as_well():
    lead = materials.get("Pb")
    two = Stack((Slab(lead, 1.0, 0), Slab(lead, 5.0, -1)))
    options = {"seed": 1, "settings": Settings.above(0.05)}
    rows = simulate(two, Beam("e+", 5.0), 50, emission=Removals(0.5), **options).removals
    assert np.all(rows[:, MEDIUM] == 0.0)
    assert rows[0, KIND] == 1.0
    assert np.all(rows[:, OWN] <= rows[:, WHOLE] + 1e-12)


@pytest.mark.parametrize("energies", [(0.0,), (-1.0,), (np.nan,), (np.inf,), (1.0, -1.0)])
def test_energies_that_are_none(energies):
    with pytest.raises(ValidityError, match="removals"):
        Removals(*energies)
