"""The transport: conservation, reproducibility, the deterministic engine, closed forms, Geant4."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from closeness import close
from numpy.testing import assert_array_equal
from scipy.stats import chi2 as chi2_quantile

from emiss import materials
from emiss.events.transport import (
    Beam,
    Cells,
    Forced,
    Rates,
    Settings,
    Slab,
    Stack,
    Thresholds,
    TrackBins,
    response_ecal,
    simulate,
    tracks_montecarlo,
)
from emiss.events.transport.collisions import restricted_loss
from emiss.events.transport.energy_grid import energy_lines
from emiss.events.transport.inputs import BALANCE
from emiss.events.transport.muons import dimuon_tables
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.shower import track_lengths
from emiss.physics.shower.depth import track_depths
from emiss.physics.shower.muon_transport import muon_energy_loss

LEAD = materials.get("Pb")
ECAL = materials.get("na64-ecal")
DATA = Path(__file__).parent.parent / "data" / "geant4"
REST = 2 * 0.51099895e-3


def lead(depth_x0=40.0):
    return Stack((Slab(LEAD, depth_x0 * LEAD.radiation_length_cm),), 20.0)


def accounted(chunk):
    """Energy of each event in slabs and in the balance (the fifth entry is a count)."""
    kept = [0, 1, 2, 3, 5]
    return chunk.slabs.sum(axis=1) + chunk.balance[:, kept].sum(axis=1)


@pytest.mark.parametrize(
    ("particle", "energy", "rest"),
    [("e-", 30.0, 0.0), ("e+", 30.0, REST), ("gamma", 30.0, 0.0), ("mu-", 160.0, 0.0)],
)
def test_energy_is_conserved_event_by_event_above_a_cut(particle, energy, rest):
    settings = Settings.above(0.5)
    chunk = simulate(lead(), Beam(particle, energy), 40, seed=3, settings=settings, keep_slabs=True)
    # the sum over some hundred particles in double precision
    assert np.max(np.abs(accounted(chunk) / (energy + rest) - 1)) < 1e-12


@pytest.mark.parametrize(("particle", "rest"), [("e-", 0.0), ("e+", REST), ("gamma", 0.0)])
def test_energy_is_conserved_event_by_event_to_the_end(particle, rest):
    stack = Stack.sandwich(ECAL, 21.01, Cells(11, 11, 3.82))
    chunk = simulate(stack, Beam(particle, 0.5), 20, seed=4, keep_slabs=True, keep_cells=True)
    assert np.max(np.abs(accounted(chunk) / (0.5 + rest) - 1)) < 1e-9
    # cells hold what the plastic holds, but for what lies outside of them
    plastic = chunk.slabs[:, 1::2].sum(axis=1)
    assert np.all(chunk.cells.sum(axis=(1, 2, 3)) <= plastic * (1 + 1e-12))


def test_same_bits_whatever_the_order():
    bins = TrackBins((1.0, 5.0, 20.0))
    settings = Settings.above(0.5)
    parts = {}
    for chunk in (2, 0, 1):
        parts[chunk] = simulate(
            lead(), Beam("e-", 20.0), 20, seed=9, chunk=chunk, settings=settings, bins=bins
        )
    again = simulate(lead(), Beam("e-", 20.0), 20, seed=9, chunk=1, settings=settings, bins=bins)
    assert_array_equal(again.track_sum, parts[1].track_sum)
    assert_array_equal(again.balance, parts[1].balance)
    assert np.any(parts[0].balance != parts[1].balance)
    # events that start in the middle of a chunk are the events of the chunk
    late = simulate(
        lead(), Beam("e-", 20.0), 5, seed=9, chunk=1, first=15, settings=settings, bins=bins
    )
    assert_array_equal(late.balance, parts[1].balance[15:])


def test_photon_survival_is_exponential():
    # photons of 1 MeV through 1 cm of lead without any interaction: exp(-mu x), mu from NIST
    # XCOM without coherent scattering, 0.0684 cm2/g; the formulas here are good to 3 %
    stack = Stack((Slab(LEAD, 1.0),))
    events = 20_000
    chunk = simulate(stack, Beam("gamma", 1e-3), events, seed=2)
    through = np.mean(chunk.balance[:, 1] > 0.9999e-3)
    mu = -math.log(through)
    error = math.sqrt((1 - through) / through / events)
    assert abs(mu / (0.0684 * 11.35) - 1) < 0.03 + 4 * error


def test_minimum_ionising_loss():
    # 1 GeV electrons in 1 mm of plastic: most knock on no electron above the threshold and leave
    # the restricted loss and its grain, 5.6 % here; all leave less than ICRU 37's
    # 2.46 MeV/cm on average
    plastic = materials.get("polystyrene")
    stack = Stack((Slab(plastic, 0.1, 0),))
    chunk = simulate(stack, Beam("e-", 1.0), 4000, seed=5, keep_slabs=True)
    soft = 0.1 * restricted_loss(plastic, np.array([1.0]), Thresholds().collision, False)[0]
    assert 0.98 * soft < np.median(chunk.slabs[:, 0]) < 1.08 * soft
    assert soft < chunk.slabs[:, 0].mean() < 0.246e-3 * 1.02


@pytest.mark.parametrize("primary", ["e-", "e+", "gamma"])
def test_tracks_meet_the_deterministic_engine(primary):
    sampled = tracks_montecarlo(LEAD, primary, 30.0, 1.0, events=12_000, seed=6)
    solved = track_lengths(LEAD, primary, 30.0, 1.0)
    for particle in ("e-", "e+", "gamma"):
        mean, error = sampled.differential(particle)
        exact = solved.bin_averages(sampled.edges, particle)
        # 2 % for differences of the two treatments, four errors in 120 bins
        assert np.all(np.abs(mean - exact) <= 0.02 * exact + 4 * error)
        above = np.array([1.0, 3.0, 10.0])
        total = sampled.above(above, particle)
        assert np.all(np.abs(total / solved.above(above, particle) - 1) < 0.02 + 0.02 * above / 10)


@pytest.mark.parametrize("primary", ["e-", "e+"])
@pytest.mark.parametrize(
    ("energy", "lowest", "count"), [(20.0, 1.0, 40), (100.0, 80.0, 20), (100.0, 50.0, 10)]
)
def test_tracks_meet_the_deterministic_engine_below_the_beam_energy(primary, energy, lowest, count):
    """Losses that are lumped with others must be small beside bins at the beam energy.

    Where they were not, bins came out at 0.66 to 2.5 of what they should be. Allowed are 2 % and
    four errors in 140 bins (false alarms 0.9 %).
    """
    edges = np.geomspace(lowest, energy, count + 1)
    sampled = tracks_montecarlo(
        LEAD, primary, energy, lowest, events=40_000, seed=16, edges=edges, depth_x0=40.0
    )
    mean, error = sampled.differential(primary)
    exact = track_lengths(LEAD, primary, energy, lowest).bin_averages(edges, primary)
    assert np.all(np.abs(mean - exact) <= 0.02 * exact + 4 * error)
    assert np.all(error[-2:] < 0.03 * exact[-2:])


def test_track_length_by_depth_meets_the_deterministic_engine():
    result = tracks_montecarlo(LEAD, "e-", 20.0, 1.0, events=6000, seed=1, depth_x0=24, slices=12)
    np.testing.assert_allclose(result.by_depth.sum(axis=1), result.lengths, rtol=1e-10, atol=1e-12)
    solved = track_depths(LEAD, "e-", 20.0, 1.0, depth=24.0, step=0.25)
    for i, particle in enumerate(("e-", "e+", "gamma")):
        exact = solved.above(particle, 1.0).reshape(12, 8).sum(axis=1)
        # per cent statistics at the maximum; the tail counts with its size
        assert np.max(np.abs(result.by_depth[i].sum(axis=1) - exact)) < 0.04 * exact.max()


def test_muon_losses_meet_the_deterministic_transport():
    events = 20_000
    stack = Stack((Slab(LEAD, 20.0),))
    settings = Settings(Thresholds(5e-3, 5e-3, 0.05, 0.02), 300.0)
    chunk = simulate(stack, Beam("mu-", 160.0), events, seed=8, settings=settings)
    loss = 160.0 - chunk.balance[:, 1]
    exact = muon_energy_loss(LEAD, 160.0, 20.0)
    assert abs(loss.mean() - exact.mean) < 0.01 * exact.mean + 4 * loss.std() / math.sqrt(events)
    assert abs(np.median(loss) / exact.median - 1) < 0.01
    for threshold in (0.5, 1.0, 5.0, 10.0):
        expected = float(exact.fraction_above(threshold))
        error = math.sqrt(expected * (1 - expected) / events)
        assert abs(np.mean(loss > threshold) - expected) < 0.03 * expected + 4 * error


def test_photons_convert_to_muons():
    # the share of conversions that make muons is of the order of (m_e/m_mu)^2
    stack = lead(5.0)
    settings = Settings.above(0.5)
    chunk = simulate(
        stack, Beam("gamma", 100.0), 3000, seed=2, settings=replace(settings, dimuons=True)
    )
    assert np.max(np.abs(chunk.balance[:, [0, 1, 2, 3, 5]].sum(axis=1) + 0)) <= 100.0 * (1 + 1e-9)
    rate = dimuon_tables(LEAD)[0][-28] * LEAD.radiation_length_cm
    assert 1e-5 < rate < 5e-5


def test_ecal_response_of_fits_and_of_full_transport():
    fast = response_ecal("e-", 5.0, 600, 3)
    full = response_ecal("e-", 5.0, 60, 4, takeover=0.0)
    error = math.hypot(fast.visible_rms / math.sqrt(600), full.visible_rms / math.sqrt(60))
    assert abs(fast.visible_mean - full.visible_mean) < 0.005 * full.visible_mean + 4 * error
    assert abs(fast.central_cell_fraction - full.central_cell_fraction) < 0.012
    assert abs(fast.fraction_3x3 - full.fraction_3x3) < 0.006
    # 60 events give the spread to 9 %
    assert 0.6 < fast.visible_rms / full.visible_rms < 1.6


def test_conventions_of_the_sampling_fraction():
    plain = response_ecal("e-", 2.0, 20, 1, stepping="converged")
    scaled = response_ecal("e-", 2.0, 20, 1, stepping="geant4-default")
    assert plain.sampling_scale == 1.0
    assert response_ecal("e-", 2.0, 20, 1).stepping == scaled.stepping == "geant4-default"
    np.testing.assert_allclose(
        scaled.visible, plain.visible * scaled.sampling_scale, rtol=1e-14, atol=0
    )
    assert response_ecal("mu-", 160.0, 2, 1).sampling_scale == 1.0


def test_ecal_record_has_the_keys():
    record = response_ecal("e-", 2.0, 20, 1).record()
    keys = ("visible_gev_mean", "visible_gev_rms", "central_cell_fraction", "fraction_3x3")
    assert all(0.0 < record[key] < 2.0 for key in keys)
    assert len(record["layer_profile_gev"]) == 150
    assert record["events_per_second"] > 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: tracks_montecarlo(LEAD, "pi", 100.0),
        lambda: tracks_montecarlo(LEAD, "e-", 1e5),
        lambda: tracks_montecarlo(LEAD, "e-", 100.0, 100.0),
        lambda: tracks_montecarlo(LEAD, "e-", 100.0, events=0),
        lambda: response_ecal("e-", 100.0, 0),
        lambda: response_ecal("e-", 100.0, 10, takeover=0.3),
        lambda: response_ecal("K+", 100.0, 10),
        lambda: response_ecal(material=LEAD),
        lambda: response_ecal("e-", 10.0, 10, stepping="fine"),
        lambda: response_ecal("mu-", 10.0, 10, stepping="geant4-default"),
        lambda: Stack(()),
        lambda: Thresholds(collision=0.0),
    ],
)
def test_bad_input_is_explained(call):
    with pytest.raises((EmissError, ValidityError, UnknownNameError), match=r"\w"):
        call()


@pytest.mark.slow
def test_tracks_meet_geant4():
    reference = np.loadtxt(
        DATA / "tracks_lead_eminus_100gev.csv", delimiter=",", comments="#", skiprows=6
    )
    edges = np.append(reference[:, 0], 100.0)
    sampled = tracks_montecarlo(LEAD, "e-", 100.0, 0.5, events=60_000, seed=7, edges=edges)
    for i, particle in enumerate(("e-", "e+", "gamma")):
        mean, error = sampled.differential(particle)
        geant4, its = reference[:, 2 + 2 * i], reference[:, 3 + 2 * i]
        # X0 of Geant4 is 0.5612 cm
        mean, error = mean * LEAD.radiation_length_cm / 0.5612, error * 1.0
        assert np.all(np.abs(mean - geant4) <= 0.02 * geant4 + 3 * np.hypot(error, its))


@pytest.mark.slow
@pytest.mark.parametrize("energy", [10, 20, 50, 80, 100, 150])
def test_ecal_meets_geant4(energy):
    with (DATA / f"ecal_eminus_{energy}gev.json").open() as file:
        reference = json.load(file)
    own = response_ecal("e-", float(energy), 3000, 12)
    visible, _ = reference["visible_mean"]
    # the scale was measured at 20 GeV
    assert abs(own.visible_mean / visible - 1) < 0.01
    assert abs(own.central_cell_fraction - reference["fraction_central_cell"][0]) < 0.01
    assert abs(own.fraction_3x3 - reference["fraction_3x3"][0]) < 0.01
    profile = np.loadtxt(DATA / f"ecal_profile_eminus_{energy}gev.csv", delimiter=",", skiprows=4)
    difference = np.abs(own.layer_profile - profile[:, 2])
    # 3 % of the maximum in every layer, without an allowance for the errors of either (together at
    # most 1.0 %): what is left is 1.0 to 2.1 % at 10 to 80 GeV, 0.9 % at 100 and 1.2 % at 150 GeV
    assert np.all(difference < 0.03 * profile[:, 2].max())
    # backscatter from the layers behind: layers 1 to 4 together
    front = profile[:4, 2].sum()
    spread = np.hypot.reduce(profile[:4, 3])
    assert abs(own.layer_profile[:4].sum() - front) < 0.05 * front + 3 * spread
    value, error = reference["resolution_rms_over_mean"]
    assert abs(own.visible_rms / own.visible_mean / value - 1) < 0.10 + 2 * error / value


@pytest.mark.slow
def test_the_profile_of_photons_in_the_ecal_meets_geant4():
    """3 % of the maximum in every layer and two errors of the 3000 showers of Geant4 (0.7 %)."""
    own = response_ecal("gamma", 10.0, 20_000, 12)
    profile = np.loadtxt(DATA / "ecal_profile_gamma_10gev.csv", delimiter=",", skiprows=4)
    assert abs(own.visible_mean / profile[:, 2].sum() - 1) < 0.01
    difference = np.abs(own.layer_profile - profile[:, 2])
    assert np.all(difference < 0.03 * profile[:, 2].max() + 2 * profile[:, 3])


@pytest.mark.slow
def test_the_resolution_of_the_ecal_is_one_stochastic_term_as_in_geant4():
    """rms/mean sqrt(E), the runs of Geant4 together: 1 % where each alone knows 1 to 3 %."""
    energies = (10, 20, 50, 100, 150)
    own, theirs = [], []
    for energy in energies:
        record = response_ecal("e-", float(energy), 3000, 13)
        own.append(record.visible_rms / record.visible_mean * math.sqrt(energy))
        with (DATA / f"ecal_eminus_{energy}gev.json").open() as file:
            value, error = json.load(file)["resolution_rms_over_mean"]
        theirs.append((value * math.sqrt(energy), error * math.sqrt(energy)))
    # each of ours has an error of 1/sqrt(2 n) = 1.3 %: 4 of them; false alarms 3e-4 in all
    assert max(own) / min(own) - 1.0 < 4 * 1.3e-2 * math.sqrt(2.0)
    values, errors = np.array(theirs).T
    weights = errors**-2
    mean, error = float(values @ weights / weights.sum()), float(weights.sum() ** -0.5)
    # Geant4's five are one number: chi^2 of 4 degrees of freedom below 13.3 in 99 %
    assert float(np.sum(((values - mean) / errors) ** 2)) < 13.3
    close(float(np.mean(own)), mean, 0.10 - 2 * error / mean)  # the asked 10 %, at 97.5 %


@pytest.mark.slow
def test_muons_in_the_ecal_meet_geant4():
    """160 GeV, energy in minus energy out, losses to nuclei left out as in Geant4's list.

    Mean within 3 % and share above 10 GeV within 10 %, each with three errors of both (2 % and
    6 %); shares above 0.5 to 50 GeV likewise, false alarms 0.3 % each if they were the same.
    """
    stack = Stack.sandwich(materials.get("na64-ecal"))
    settings = Settings(Thresholds(5e-3, 5e-3, 0.05, 0.02), 200.0)
    count = 40_000
    chunk = simulate(stack, Beam("mu-", 160.0), count, seed=4, settings=settings, keep_exits=True)
    left = np.zeros(count)
    left[chunk.exits[:, 0].astype(int)] = chunk.exits[:, 2]
    loss = 160.0 - left - chunk.balance[:, BALANCE.index("nuclear")]
    with (DATA / "muon_loss_160gev.json").open() as file:
        reference = json.load(file)
    mean, error = reference["mean"]
    spread = math.hypot(error, float(loss.std()) / math.sqrt(count))
    assert abs(loss.mean() - mean) < 0.03 * mean + 3 * spread
    close(float(np.median(loss)), reference["median"], 0.01)
    for bound in ("0.5", "1", "2", "5", "10", "20", "50"):
        share, its, _ = reference["fraction_above"][bound]
        found = float(np.mean(loss > float(bound)))
        assert abs(found - share) < 0.10 * share + 3 * math.hypot(its, math.sqrt(share / count))


def test_cells_and_sides_may_differ_across():
    """Cells twice as wide as high in a stack wider than high: sums are those of small cells."""
    lead = materials.get("Pb")
    slabs = (Slab(lead, 1.0, 0),) * 4
    small = Stack(slabs, 4.0, Cells(8, 4, 1.0), 2.0)
    large = Stack(slabs, 4.0, Cells(4, 4, 2.0, pitch_y=1.0), 2.0)
    run = [simulate(s, Beam("e-", 2.0), 20, seed=5, keep_cells=True).cells for s in (small, large)]
    assert run[0].shape[2:] == (4, 8)
    close(run[0].reshape(20, 1, 4, 4, 2).sum(axis=4), run[1], 1e-12, absolute=1e-12, because="sums")
    with pytest.raises(ValidityError, match="half width"):
        Stack(slabs, 4.0, None, -1.0)


def test_particles_that_leave_are_those_whose_energy_leaves():
    """A thin foil and a thick block of lead: rows of exits add up to the balance, face by face."""
    for depth, keep in ((0.05, 3000), (4.0, 200)):
        chunk = simulate(lead(depth), Beam("e+", 3.0), keep, seed=3, keep_exits=True)
        exits = chunk.exits
        energy = exits[:, 2] + np.where(exits[:, 1] == 1, REST, 0.0)
        for face in range(3):
            found = np.zeros(keep)
            rows = exits[:, 9] == face
            np.add.at(found, exits[rows, 0].astype(int), energy[rows])
            close(found, chunk.balance[:, face], 1e-9, absolute=1e-12, because="sums of doubles")
        close(np.linalg.norm(exits[:, 6:9], axis=1), 1.0, 1e-9)
        back = exits[exits[:, 9] == 1]
        close(back[:, 5], depth * LEAD.radiation_length_cm, 1e-12)
        assert np.all(back[:, 8] > 0.0)
        assert len(exits) > keep
    plain = simulate(lead(4.0), Beam("e+", 3.0), 200, seed=3)
    assert_array_equal(plain.balance, chunk.balance)
    assert plain.exits.shape == (0, 10)


def test_biased_muon_pairs_have_the_weight_of_the_plain_ones():
    """20 GeV photons in 1 X0 of lead: pairs by weight and by the tables' rate.

    A photon of 20 GeV interacts at most a few times above the threshold of pairs before it leaves,
    so the sum over its interactions of the chance for a pair is that of the plain transport, where
    pairs are rare. Tolerance: 4 standard deviations of the weighted count.
    """
    stack = lead(1.0)
    options = {"seed": 8, "keep_exits": True}
    biased = simulate(
        stack, Beam("gamma", 20.0), 40_000,
        settings=Settings(cut=0.5, dimuons=True, dimuon_bias=2e3), **options,
    )  # fmt: skip
    close(biased.weight.mean(), 1.0, 4 * float(biased.weight.std()) / 200.0)
    pairs = biased.exits[biased.exits[:, 1] == 3]
    weights = biased.weight[pairs[:, 0].astype(int)]
    found, error = weights.sum() / 40_000, math.sqrt(np.square(weights).sum()) / 40_000
    # First interaction of the photon alone, and an upper bound with all that follows.
    rate = float(dimuon_tables(LEAD)[0][np.searchsorted(energy_lines(), 20.0)])
    low = rate * LEAD.radiation_length_cm * (1 - math.exp(-7 / 9)) / (7 / 9)
    assert len(pairs) > 500
    assert low - 4 * error < found < 1.5 * low + 4 * error


def thin(x0=2.0, half=3.0):
    return Stack((Slab(LEAD, x0 * LEAD.radiation_length_cm),), half)


@pytest.mark.parametrize(
    ("particle", "energy"), [("e-", 5.0), ("e+", 5.0), ("gamma", 5.0), ("mu-", 160.0)]
)
def test_exits_hold_the_energy_that_leaves(particle, energy):
    chunk = simulate(thin(), Beam(particle, energy), 30, seed=5, keep_exits=True)
    kind, kinetic, face = chunk.exits[:, 1], chunk.exits[:, 2], chunk.exits[:, 9]
    available = kinetic + np.where(kind == 1, REST, 0.0)
    left = np.bincount(chunk.exits[:, 0].astype(int), available, minlength=30)
    # sums of the same numbers in another order
    assert np.max(np.abs(left - chunk.balance[:, :3].sum(axis=1))) < 1e-12 * energy
    depth = thin().depth
    assert np.all(chunk.exits[face == 0, 5] == 0.0)
    assert np.all(chunk.exits[face == 1, 5] == depth)
    across = np.abs(chunk.exits[:, 3:5]).max(axis=1)
    assert np.all(across[face < 2] < 3.0)
    assert np.all(np.abs(across[face == 2] - 3.0) < 1e-9)
    assert np.max(np.abs(np.linalg.norm(chunk.exits[:, 6:9], axis=1) - 1)) < 1e-9
    assert np.all(np.diff(chunk.exits[:, 0]) >= 0)


def test_muons_scatter_in_what_is_thin():
    # Deflections of thin and thick foils add up: means of squares go with the thickness. The foil
    # of 0.5 mm deflects by 0.08 mrad, below the 0.14 mrad that are collected in thick matter.
    # 40,000 muons and exponential squares: 0.5 % each, 5 sigma is 3.5 % (false alarms 1e-6).
    options = {"seed": 12, "keep_exits": True, "settings": Settings.above(0.5)}
    squares = []
    for thickness in (0.05, 0.5):
        stack = Stack((Slab(LEAD, thickness),))
        exits = simulate(stack, Beam("mu-", 50.0), 40_000, **options).exits
        own = exits[(exits[:, 1] == 3) & (exits[:, 9] == 1) & (exits[:, 2] > 45.0)]
        slopes = own[:, 6:8] / own[:, 8:9]
        squares.append(float(np.square(slopes).sum(axis=1).mean()) / thickness)
        if thickness < 0.1:
            # A random place of the deflection: <x^2> = t^2 <theta^2>/3, <x theta> = t <theta^2>/2.
            places, theta2 = own[:, 3:5], np.square(slopes).sum(axis=1).mean()
            close(np.square(places).sum(axis=1).mean(), theta2 * thickness**2 / 3, 0.05)
            close((places * slopes).sum(axis=1).mean(), theta2 * thickness / 2, 0.05)
    close(squares[0], squares[1], 0.035)


def test_exits_above_a_bound_and_beyond_the_first_guess():
    options = {"seed": 6, "settings": Settings.above(0.05), "keep_exits": True}
    whole = simulate(thin(1.0), Beam("e-", 20.0), 30, **options)
    few = simulate(thin(1.0), Beam("e-", 20.0), 30, exits_above=1.0, **options)
    assert_array_equal(few.exits, whole.exits[whole.exits[:, 2] >= 1.0])
    many = Stack((Slab(LEAD, 5.0 * LEAD.radiation_length_cm),))
    again = simulate(many, Beam("e-", 50.0), 4, **options)
    assert_array_equal(again.exits, simulate(many, Beam("e-", 50.0), 4, **options).exits)
    assert len(again.exits) > 16


def test_events_of_several_particles_do_not_depend_on_their_neighbours():
    rows = np.repeat(Beam("e-", 3.0).rows(1), 5, axis=0)
    rows[:, 7] = [0, 2, 1, 3, 2]
    rows[:, 1] = [0.0, 0.5, -0.5, 0.1, 0.2]
    owners = np.array([0, 0, 2, 2, 2])
    options = {"seed": 8, "settings": Settings.above(0.05), "keep_exits": True, "keep_slabs": True}
    # muons take part in both, so that both have the same tables
    together = simulate(thin(), Beam("mu-", 3.0), 4, particles=rows, owners=owners, **options)
    alone = simulate(
        thin(), Beam("mu-", 3.0), 1, first=2, particles=rows[2:], owners=np.zeros(3, int), **options
    )
    assert_array_equal(together.exits[together.exits[:, 0] == 2, 1:], alone.exits[:, 1:])
    assert_array_equal(together.slabs[2], alone.slabs[0])
    assert not together.slabs[[1, 3]].any()
    energy = [6.0, 0.0, 9.0 + REST, 0.0]
    assert np.max(np.abs(accounted(together) - energy)) < 1e-12 * 9.0


@pytest.mark.parametrize(("owners", "message"), [
    (None, "owners"), ([1, 0], "ascending"), ([0, 4], "from 0 to 3"), ([0], "each starting"),
])  # fmt: skip
def test_starting_particles_belong_to_events(owners, message):
    rows = Beam("e-", 3.0).rows(2)
    given = None if owners is None else np.array(owners)
    with pytest.raises(EmissError, match=message):
        simulate(thin(), Beam("e-", 3.0), 4, seed=1, particles=rows, owners=given)


def rates(charged=0.0, photons=0.0, lowest=10.0):
    """Constant rates per cm in one material, between an energy and 120 GeV."""
    kinds = np.array([charged, charged, photons, charged, charged])
    return Rates(lowest, 120.0, np.repeat(kinds[:, None, None], 16, axis=2))


def chosen(beam, emission, events, settings=None, seed=3):
    bins = TrackBins(tuple(np.geomspace(10.0, 120.0, 9)))
    return simulate(
        lead(), beam, events, seed=seed, settings=settings or Settings.above(8.0), bins=bins,
        emission=emission,
    )  # fmt: skip


@pytest.mark.parametrize("primary", ["e-", "gamma"])
def test_places_of_emission_follow_the_track_length(primary):
    """The weights add up to the track length, and the choices are distributed as it is.

    Chi-squared of weighted counts in 8 bins of energy against the tally of other events,
    false-alarm probability 1e-4.
    """
    emission = rates(charged=1.0, photons=0.5)
    found = chosen(Beam(primary, 100.0), emission, 20_000)
    tracks = found.track_sum[0] + found.track_sum[1] + 0.5 * found.track_sum[2]
    close(found.emissions[:, 0].sum(), tracks.sum(), 1e-9)
    other = chosen(Beam(primary, 100.0), None, 20_000, seed=4)
    want = other.track_sum[0] + other.track_sum[1] + 0.5 * other.track_sum[2]
    edges = np.geomspace(10.0, 120.0, 9)
    weight, energy = found.emissions[:, 0], found.emissions[:, 3]
    got = np.histogram(energy, edges, weights=weight)[0]
    error = np.histogram(energy, edges, weights=weight**2)[0] + other.track_square.sum(axis=0)
    filled = want > 0
    chi2 = float(np.sum((got - want)[filled] ** 2 / error[filled]))
    assert chi2 < chi2_quantile.isf(1e-4, int(filled.sum()))
    # of photons and leptons in proportion to their length
    photons = weight[found.emissions[:, 2] == 2].sum() / weight.sum()
    close(photons, 0.5 * other.track_sum[2].sum() / want.sum(), 0.03)


def test_choosing_changes_nothing():
    plain, watched = (chosen(Beam("e-", 60.0), e, 100) for e in (None, rates(1.0, 1.0)))
    assert_array_equal(plain.balance, watched.balance)
    assert_array_equal(plain.track_sum, watched.track_sum)
    assert plain.emissions.shape == (0, 12)
    again = simulate(
        lead(), Beam("e-", 60.0), 40, seed=3, first=60, settings=Settings.above(8.0),
        bins=TrackBins(tuple(np.geomspace(10.0, 120.0, 9))), emission=rates(1.0, 1.0),
    )  # fmt: skip
    assert_array_equal(watched.emissions[60:], again.emissions)


@pytest.mark.parametrize(
    ("primary", "energy"), [("e-", 60.0), ("e+", 60.0), ("gamma", 60.0), ("mu-", 100.0)]
)
def test_a_forced_emission_takes_its_energy_from_the_event(primary, energy):
    """Of what made the emission 30 % go on, 20 % come with it as a photon: half is gone."""
    beam, settings = Beam(primary, energy), Settings.above(1.0)
    places = chosen(beam, rates(1.0, 1.0), 60, settings).emissions
    there = np.nonzero(places[:, 1])[0]
    assert there.size > 50
    go_on = np.column_stack([places[:, 4:7], 0.3 * places[:, 3], places[:, 7:10]])
    go_on[places[:, 2] == 2, 3] = 0.0
    added = np.column_stack([0.2 * places[:, 3], places[:, 4:10], np.full(60, 2.0), places[:, 10]])[
        there
    ]
    forced = Forced(places[:, 1], go_on, added, there)
    event = simulate(lead(), beam, 60, seed=3, settings=settings, emission=forced, keep_slabs=True)
    rest = REST if primary == "e+" else 0.0
    gone = np.where(places[:, 2] == 2, 0.8, 0.5) * places[:, 3]
    assert np.max(np.abs(accounted(event) + gone - energy - rest)) < 1e-9 * energy


def test_rates_and_forced_emissions_are_checked():
    with pytest.raises(ValidityError, match="not negative"):
        rates(-1.0)
    with pytest.raises(ValidityError, match="five kinds"):
        Rates(1.0, 2.0, np.ones((4, 1, 3)))
    empty = Forced(np.zeros(3), np.zeros((3, 7)), np.zeros((0, 9)), np.zeros(0, dtype=np.int64))
    with pytest.raises(ValidityError, match="each of 4 events"):
        simulate(lead(), Beam("e-", 1.0), 4, seed=1, emission=empty)
    many = replace(empty, added=np.ones((9, 9)), owners=np.zeros(9, dtype=np.int64))
    with pytest.raises(ValidityError, match="at most 8"):
        simulate(lead(), Beam("e-", 1.0), 3, seed=1, emission=many)


def fano_ratio(events, seed):
    """Energy per mass in lead over that in lead of a eleventh of its density, in thin layers.

    Electrons of 0.5 MeV start everywhere alike per mass, in all directions.
    """
    light = replace(LEAD, name="thin lead", density=LEAD.density / 11.0)
    layers, thickness = 60, 0.015
    stack = Stack((Slab(LEAD, thickness), Slab(light, thickness, 0)) * layers, 1e3)
    edges, random = stack.world().edges, np.random.default_rng(seed)
    rows = np.zeros((events, 9))
    slab = 2 * random.integers(0, layers, events) + (random.random(events) < 1.0 / 12.0)
    cosine, angle = 2 * random.random(events) - 1, 2 * np.pi * random.random(events)
    rows[:, 0], rows[:, 8] = 0.5e-3, slab
    rows[:, 3] = edges[slab] + random.random(events) * thickness
    rows[:, 4] = np.sqrt(1 - cosine**2) * np.cos(angle)
    rows[:, 5] = np.sqrt(1 - cosine**2) * np.sin(angle)
    rows[:, 6] = cosine
    # The thresholds with which sub-showers are made.
    settings = Settings(Thresholds(deflection=0.2))
    found = simulate(stack, Beam("e-", 1e-3), events, seed=seed, particles=rows, settings=settings)
    # Without the layers next to the two ends.
    middle = found.slab_sum[20:100]
    return middle[0::2].sum() / middle[1::2].sum() / 11.0


@pytest.mark.slow
def test_fano_theorem():
    """Where sources per mass are even, the energy per mass is the same at every density.

    Fano's theorem (Radiat. Res. 1 (1954) 237): exact where cross-sections per mass do not depend
    on the density, as at 0.5 MeV, below the density effect of lead. A transport that errs at faces,
    by its steps or its hinges, fails it. Measured with 600 000 electrons: 0.9993 +- 0.0007.
    Tolerance: 0.2 % and four standard errors of eight batches; that error is about 0.003 and itself
    uncertain by 27 %.
    """
    found = np.array([fano_ratio(40_000, seed) for seed in range(8)])
    error = found.std(ddof=1) / math.sqrt(found.size)
    assert abs(found.mean() - 1.0) < 0.002 + 4 * error
    assert error < 0.005
