"""Responses, pile-up, triggers and records of simulated events."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from numpy.testing import assert_array_equal

from emiss import experiments
from emiss.events.context import Context, Options, generator_of
from emiss.events.produce import Job, make_job, produce
from emiss.events.pulses import Pulses, sample_pile_up
from emiss.events.record import FORMATS, Ragged, columns_of, read_events, write_events
from emiss.events.response import read_energy, read_points
from emiss.events.scale import scale_of
from emiss.events.stations import Deposits, Points
from emiss.events.trigger import least_energy, trigger_bits, trigger_energies
from emiss.experiments.selection import Threshold, Trigger
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.ground.quantity import Quantity

NA64 = experiments.get("na64e-2016")
LAYOUT = NA64.layout
N = 40_000


def job(layout=LAYOUT, **given):
    return make_job(layout, "na64e-2016", NA64.fingerprint, **given)


def short():
    """Counters and trackers before the magnets alone: fast."""
    kept = tuple(LAYOUT.element(n) for n in ("s1", "mm1", "mm2", "s2"))
    trigger = Trigger("physics", ("s1", "s2"))
    return replace(LAYOUT, elements=kept, triggers=(trigger,))


@pytest.fixture(scope="module")
def beam():
    """Events of the 2016 set-up with pile-up of a beam of ten million per second."""
    return produce(job(seed=4, chunk_events=400, options={"intensity": 1e7}), 0, 400)


# --- terms of the response ---


def deposit(value, n=N, shape=(1, 1)):
    return Deposits(np.full((n, *shape), value), np.full(n, value), np.zeros(n))


def alone(n=N):
    return Pulses.group(n, np.arange(n), np.zeros(n), 20.0)


def reading(element, value, scale=1.0, n=N, shape=(1, 1)):
    context = Context.start(LAYOUT, Options(), "beam", 1, 0, n).at(element.name)
    return read_energy(deposit(value, n, shape), element, scale, alone(n), context)


def bare(name, **terms):
    """An element of the set-up without any term of the response but those given."""
    element = LAYOUT.element(name)
    names = ("constant", "stochastic", "noise", "cell_threshold", "calibration_spread",
             "light_yield", "efficiency", "threshold", "time_resolution")  # fmt: skip
    plain = {n: None for n in names if hasattr(element, n)}
    return replace(element, **plain | {k: Quantity(v) for k, v in terms.items()})


def test_each_term_alone_has_its_width():
    """Tolerance: 5 standard deviations of a sample of 40,000, 1.8 % of each width."""
    rel = 5 / math.sqrt(2 * N)
    plain = reading(bare("ecal"), 2.0, 3.0)
    close(plain.energy, 6.0, 1e-12)
    found = reading(bare("ecal", light_yield=50.0), 2.0).energy
    close(found.std(), math.sqrt(2.0 / 50.0), rel)
    close(found.mean(), 2.0, 5e-3)
    close(reading(bare("ecal", constant=0.04), 2.0).energy.std(), 0.08, rel)
    noise = reading(bare("ecal", noise=0.1), 0.0)
    close(noise.energy.std(), 0.1, rel)
    assert np.isnan(noise.time).all()
    cut = reading(bare("hcal0", noise=0.1, cell_threshold=0.2), 0.0).energy
    assert set(np.sign(cut.ravel())) == {0.0, 1.0}
    close((cut > 0).mean(), 0.5 * math.erfc(2 / math.sqrt(2)), 0.2)
    eff = reading(bare("s1", efficiency=0.9), 1e-3).energy
    close((eff > 0).mean(), 0.9, 0.01)
    timed = reading(bare("s1", time_resolution=0.5), 1e-3).time
    close(timed.std(), 0.5, rel)


def test_calibration_is_that_of_the_cell_and_not_of_the_event():
    found = reading(bare("ecal", calibration_spread=0.05), 1.0, n=4, shape=(30, 30)).energy
    assert_array_equal(found[0], found[3])
    close(found[0].std(), 0.05, 5 / math.sqrt(2 * 900))
    again = reading(bare("ecal", calibration_spread=0.05), 1.0, n=4, shape=(30, 30)).energy
    assert_array_equal(found, again)


def test_tracker_resolution_and_efficiency():
    element = bare("mm1", resolution=0.01, efficiency=0.95)
    points = Points(np.arange(N), np.full(N, 0.3), np.full(N, -0.1), np.zeros(N))
    context = Context.start(LAYOUT, Options(), "beam", 1, 0, N).at("mm1")
    in_x, in_y = read_points(points, element, alone(), context)
    close(in_x.place.std(), 0.01, 0.02)
    close(in_x.place.mean(), 0.3, 1e-3)
    close(in_y.place.mean(), -0.1, 3e-3)
    close(in_x.event.size / N, 0.95, 0.006)
    assert np.all(np.diff(in_x.event) >= 0)


def test_scales_are_as_the_layout_defines_them():
    """Calibrated: the beam's energy on average; deposited and calibrated differ by the leakage."""
    ecal, preshower = LAYOUT.element("ecal"), LAYOUT.element("ecal-preshower")
    calibrated, deposited = scale_of(LAYOUT, ecal), scale_of(LAYOUT, preshower)
    assert (calibrated.meaning, deposited.meaning) == ("calibrated", "deposited")
    close(deposited.factor, calibrated.factor, 0.01)
    assert 0.985 < deposited.factor / calibrated.factor < 1.0
    visible = replace(preshower, energy_scale="visible")
    elements = tuple(visible if e is preshower else e for e in LAYOUT.elements)
    assert scale_of(replace(LAYOUT, elements=elements), visible).factor == 1.0
    srd = scale_of(LAYOUT, LAYOUT.element("srd"))
    lead, plastic = 0.008 * 11.35 * 1.12, 0.1 * 1.06 * 1.95
    # Minimum-ionising particles would leave their energy in this ratio: photons nearly so.
    close(srd.factor, 1 + lead / plastic, 0.25)


# --- pile-up ---


def test_pulses_closer_than_the_resolution_are_one():
    owner = np.array([0, 1, 0, 0, 0])
    offset = np.array([0.0, 0.0, 15.0, 90.0, -30.0])
    pulses = Pulses.group(2, owner, offset, 20.0)
    assert pulses.main.tolist() == [pulses.pulse[0], pulses.pulse[1]]
    assert pulses.pulse[2] == pulses.pulse[0]
    assert pulses.first[pulses.others].tolist() == [0, 0]
    assert pulses.time[pulses.others].tolist() == [-30.0, 90.0]
    close(pulses.add(np.arange(5.0))[pulses.main], [2.0, 1.0], 1e-12)


def test_pile_up_has_its_rate():
    options = Options(intensity=2e6, window=100.0)
    owner, offset = sample_pile_up(N, options, generator_of(5))
    mean = 2e6 * 200e-9
    close(owner.size / N, mean, 4 / math.sqrt(N * mean))
    close(offset.std(), 200.0 / math.sqrt(12), 0.03)


def test_pile_up_reaches_the_record(beam):
    """Three other beam particles per event: double pulses add, others stand in lists."""
    close(beam["pile_up"].mean(), 3.0, 0.12)
    ecal = beam["ecal_cells"].sum(axis=1) + beam["ecal_preshower_cells"].sum(axis=1)
    assert np.mean(ecal > 150.0) > 0.1
    pulses = beam.lists("ecal_pulse_energy")
    times = beam.lists("ecal_pulse_time")
    assert pulses.values.size > 600
    assert np.abs(times.values).max() < 155.0
    # No pulse within the resolution of the event's own particle.
    lonely = np.abs(times.values) < 15.0
    assert not lonely.any()


# --- triggers ---


def test_trigger_of_known_readings():
    layout = replace(LAYOUT, triggers=(
        Trigger("physics", ("s1", "mm1"), ("v1",),
                (Threshold("target_energy", most=Quantity(80.0)),)),
        Trigger("beam", ("s1",), prescale=3),
    ))  # fmt: skip
    energies = {
        "s1": np.array([[1e-3], [1e-3], [0.0], [1e-3], [1e-3], [1e-3]]),
        "v1": np.array([[0.0], [0.0], [0.0], [2e-3], [0.0], [0.0]]),
        "ecal": np.array([[50.0], [90.0], [50.0], [50.0], [50.0], [50.0]]),
    }
    hits = {"mm1": np.array([1, 1, 1, 1, 0, 2])}
    context = Context.start(layout, Options(), "beam", 1, 0, 6).at("trigger")
    bits = trigger_bits(layout, energies, hits, context, 6)
    assert (bits & 1).tolist() == [1, 0, 0, 0, 0, 1]
    beam = (bits >> 1) & 1
    assert beam.sum() in (1, 2)
    assert beam[2] == 0
    kept = np.flatnonzero(beam)
    passing = [0, 1, 3, 4, 5]
    assert all(passing.index(b) - passing.index(a) == 3 for a, b in itertools.pairwise(kept))


def test_prescaler_keeps_one_of_many_on_average():
    layout = replace(LAYOUT, triggers=(Trigger("beam", ("s1",), prescale=7),))
    energies = {"s1": np.full((100, 1), 1e-3)}
    kept = 0
    for chunk in range(200):
        context = Context.start(layout, Options(), "beam", 1, chunk, 100).at("trigger")
        kept += int((trigger_bits(layout, energies, {}, context, 100) & 1).sum())
    close(kept / 20_000, 1 / 7, 0.02)


def test_trigger_asks_for_what_is_not_there():
    layout = replace(LAYOUT, triggers=(Trigger("x", ("magnet1",)),))
    context = Context.start(layout, Options(), "beam", 1, 0, 2)
    with pytest.raises(EmissError, match="measures nothing"):
        trigger_bits(layout, {}, {}, context, 2)
    many = tuple(Trigger(f"t{i}") for i in range(63))
    with pytest.raises(EmissError, match="at most 62"):
        trigger_bits(replace(LAYOUT, triggers=many), {}, {}, context, 2)


def test_counters_without_threshold_need_half_a_minimum_ionising_particle():
    close(least_energy(LAYOUT.element("s1")), 0.5 * 2e-3 * 1.06 * 0.3, 1e-9)
    close(least_energy(LAYOUT.element("veto")), 0.032, 1e-12)


def test_variables_of_roles_are_sums():
    energies = {"hcal0": np.ones((2, 9)), "hcal1": np.ones((2, 9)), "srd": np.ones((2, 3))}
    found = trigger_energies(LAYOUT, energies)
    close(found["hadronic_energy"], 18.0, 1e-12)
    assert set(found) >= {"srd_min_module_energy", "hcal0_energy", "srd_energy"}


# --- the record ---


def test_beam_electrons_look_like_beam_electrons(beam):
    """The set-up as a whole: counters, trackers, SRD, calorimeters see what they should."""
    electrons = (beam["truth_kind"] == 11) & (beam["pile_up"] == 0)
    electrons &= beam["truth_target_momentum"] > 95.0
    one = beam.take(electrons)
    ecal = one["ecal_cells"].sum(axis=1) + one["ecal_preshower_cells"].sum(axis=1)
    close(np.median(ecal), 100.0, 0.02)
    # The preshower's 4.3 radiation lengths see 1 to 20 GeV of a shower on their scale.
    preshower = one["ecal_preshower_cells"].sum(axis=1)
    assert np.mean(preshower > 0.5) > 0.97
    cell = one["ecal_cells"].mean(axis=0).reshape(6, 6)
    assert np.unravel_index(cell.argmax(), (6, 6)) == (3, 3)
    # A minimum-ionising particle in 3 mm of plastic: most probable value near 0.5 MeV.
    assert 3e-4 < np.median(one["s1_energy"]) < 7e-4
    # One hit each but for the inefficiency: of a dozen electrons four may have none.
    assert 0.65 < one.lists("mm1_x").counts.mean() < 1.35
    modules = one["srd_modules"]
    assert np.mean((modules > 1e-3).sum(axis=1) >= 2) > 0.85
    # Light needs 0.16 ns through the preshower.
    assert np.all(np.abs(one["ecal_time"] - 0.16) < 0.05)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_records_come_back_as_they_were(beam, form, tmp_path):
    columns = columns_of(LAYOUT)
    path = tmp_path / f"events{FORMATS[form]}"
    write_events(beam, columns, path, form)
    back = read_events(path)
    assert back.provenance == beam.provenance
    assert [c.name for c in columns] == list(back.columns)
    for column in columns:
        was, found = beam.columns[column.name], back.columns[column.name]
        if isinstance(was, Ragged):
            assert_array_equal(found.offsets, was.offsets)
            assert_array_equal(found.values, was.values.astype(column.form))
        else:
            assert_array_equal(found, was.astype(column.form))
            assert found.dtype == np.dtype(column.form)
    some = read_events(path, ["weight", "mm1_x"])
    assert set(some.columns) == {"weight", "mm1_x"}
    if form == "parquet":
        other = tmp_path / "again.parquet"
        write_events(beam, columns, other, form)
        assert other.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_damaged_and_foreign_files_are_refused(beam, form, tmp_path):
    path = tmp_path / f"events{FORMATS[form]}"
    write_events(beam, columns_of(LAYOUT), path, form)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EmissError, match="cannot be read"):
        read_events(path)
    with pytest.raises(EmissError, match="there is no file"):
        read_events(tmp_path / "nothing.root")
    with pytest.raises(UnknownNameError, match="format"):
        write_events(beam, columns_of(LAYOUT), path, "csv")


def test_bad_spills_are_left_out():
    bad = ((1, 2, 3),)
    options = job(short(), chunk_events=100, spill_events=20, bad_spills=bad)
    table = produce(options, 0, 100)
    assert sorted(set(table["spill"])) == [1, 2, 3, 4, 5]
    assert table.provenance["bad_spills"] == [[1, 2, 3]]


def test_bad_spills_in_a_file(tmp_path):
    made = produce(job(short(), chunk_events=100, spill_events=20, bad_spills=((1, 2, 3),)), 0, 100)
    write_events(made, columns_of(short()), tmp_path / "e.parquet", "parquet")
    assert sorted(set(read_events(tmp_path / "e.parquet")["spill"])) == [1, 4, 5]
    whole = read_events(tmp_path / "e.parquet", bad_spills=True)
    assert len(whole) == 100


def test_triggered_events_alone():
    table = produce(job(short(), chunk_events=50, triggered=True), 0, 50)
    assert 40 < len(table) <= 50
    assert np.all(table["trigger"] == 1)


def test_jobs_that_cannot_be():
    with pytest.raises(UnknownNameError, match="sample"):
        job(sample="gluons")
    with pytest.raises(EmissError, match="at least one"):
        job(chunk_events=0)
    with pytest.raises(ValidityError, match="intensity"):
        job(options={"intensity": -1.0})
    with pytest.raises(EmissError, match="seed"):
        Job(LAYOUT, "x", "y", seed=-1)


def test_muon_pairs_have_the_rate_of_plain_events():
    """Dimuon sample: every event kept has a pair, and its weight undoes the bias.

    Rate per electron against the sum over photons of the deterministic cascade: photon tracks times
    the rate of pairs (Burkhardt et al.) in lead and polystyrene, for muons above 0.53 GeV: 0.2 GeV,
    where the transport stops them, and 0.33 GeV that they lose on the way out. 5 % for that bound
    and 4 standard deviations.
    """
    elements = tuple(LAYOUT.element(n) for n in ("ecal-preshower", "ecal"))
    ecal = replace(LAYOUT, elements=elements, triggers=())
    table = produce(job(ecal, sample="dimuon", chunk_events=3000, seed=9), 0, 3000)
    assert len(table) > 100
    assert np.all(table["truth_muon_pairs"] >= 1)
    from emiss import materials
    from emiss.events.transport.energy_grid import energy_lines
    from emiss.events.transport.muons import dimuon_tables
    from emiss.physics.shower import track_lengths

    sandwich = materials.get("na64-ecal")
    lines = energy_lines()
    rate = np.zeros(lines.size)
    for name in ("Pb", "polystyrene"):
        whole, shares = dimuon_tables(materials.get(name))
        rate += 0.5 * whole * (shares * lines[:, None] > 0.53).mean(axis=1)
    edges = np.geomspace(1.0, 99.0, 300)
    tracks = track_lengths(sandwich, "e-", 100.0, 1.0).bin_averages(edges, "gamma")
    middle = np.sqrt(edges[1:] * edges[:-1])
    per_cm = np.interp(middle, lines, rate)
    expected = float(np.sum(tracks * np.diff(edges) * per_cm) * sandwich.radiation_length_cm)
    weights = table["weight"]
    found, error = weights.sum() / 3000, math.sqrt(np.square(weights).sum()) / 3000
    close(found, expected, 0.05, absolute=4 * error, because="4 standard deviations")
