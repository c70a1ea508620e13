"""Acceptance of the preshower: limits, exact cases, track lengths and Geant4."""

import math
import shlex

import numpy as np
import pytest
from closeness import close
from layouts import with_element
from quoted import quoted

from emiss import experiments, materials
from emiss.events.fits import COARSE
from emiss.events.transport import Beam, Slab, Stack, simulate
from emiss.ground.errors import EmissError, ExperimentFileError, UnknownNameError, ValidityError
from emiss.physics.shower import track_lengths
from emiss.yields.acceptance import preshower
from emiss.yields.acceptance import preshower_simulation as simulation
from emiss.yields.acceptance.preshower_stack import shower_stack
from emiss.yields.acceptance.preshower_table import FILES, FirstLayers, file_name, settings_of

ECAL = materials.get("na64-ecal")
X0 = ECAL.radiation_length_cm
BEAM = 20.0
COUNT = 3000


def layers(least=0.5, depth=4.8, scale="calibrated", material=ECAL):
    return FirstLayers(material, depth, least, scale)


def simulated(asked=None, energy=BEAM, lowest=0.3, count=COUNT, seed=simulation.SEED):
    statistics = simulation.Statistics(count, seed)
    return simulation.simulate_acceptance(asked or layers(), energy, lowest, statistics)


@pytest.fixture(scope="module")
def table():
    return simulated()


def test_same_seed_same_table(table):
    small = simulated(count=200)
    assert np.array_equal(simulated(count=200).recoiled, small.recoiled)
    assert not np.array_equal(simulated(count=200, seed=1).recoiled, small.recoiled)


def test_nothing_asked_passes_always():
    found = simulated(layers(0.0), count=200)
    np.testing.assert_allclose(found.vanished, 1.0, rtol=1e-9)
    np.testing.assert_allclose(found.recoiled, 1.0, rtol=1e-9)


def test_deep_preshower_sees_everything_that_is_left():
    # In 45 X0 every shower ends: all but the vanished lepton's energy is seen, so that the
    # threshold is a step in the energy lost before. Within the width of a bin in 1 - E/E_beam and
    # the resolution, 9 %/sqrt(E) or 0.2 GeV at 4 GeV.
    found = simulated(layers(4.0, 45.0 * X0), count=400)
    close(
        found.annihilation([0.85, 0.9, 0.99], "e+"),
        [0.0, 0.0, 0.0],
        absolute=1e-2,
        because="a probability; 400 showers",
    )
    close(
        found.annihilation([0.4, 0.6, 0.73], "e+"),
        [1.0, 1.0, 1.0],
        absolute=1e-2,
        because="a probability; 400 showers",
    )
    # With a recoil of r the lepton lost E_beam - E before: passes if E_beam - E + r > 4 GeV.
    recoils = found.recoils * BEAM
    row = found.bremsstrahlung([0.9])[0]
    assert row[recoils < 1.2].max() < 0.02
    assert row[recoils > 2.8].min() > 0.98


def test_the_beam_particle_itself_is_not_seen(table):
    # It has lost less than 20 MeV of the 0.5 GeV asked for.
    assert np.all(table.annihilation(np.linspace(0.9993, 1.0, 9), "e+") < 1e-3)
    falling = table.annihilation(np.linspace(0.35, 0.98, 40), "e+")
    # Statistical errors are 0.01 per node.
    assert np.all(np.diff(falling) < 0.04)
    assert falling[0] > 0.9


def test_acceptance_grows_with_the_recoil(table):
    # Showers of recoils of different energy are different ones: 100 or more for each place.
    assert np.all(np.diff(table.recoiled, axis=1) >= -0.03)
    assert np.all((table.recoiled >= 0.0) & (table.recoiled <= 1.0 + 1e-9))
    # A whole electron leaves 2.6 GeV on average; almost all leave half a GeV.
    assert table.recoiled[:, -1].min() > 0.95


def test_acceptance_falls_with_the_threshold():
    tables = [simulated(layers(least), count=1000) for least in (0.3, 0.5, 2.0)]
    fractions = [0.5, 0.8, 0.95]
    low, middle, high = (found.annihilation(fractions, "e+") for found in tables)
    assert np.all(low > middle)
    assert np.all(middle > high + 0.01)


def test_errors_cover_the_difference_between_seeds(table):
    other = simulated(seed=2)
    # Leptons with a recoil of 1 GeV: all nodes are populated.
    column = 40
    spread = np.hypot(table.recoiled_error, other.recoiled_error)[:, column]
    some = spread > 1e-4
    pull = (table.recoiled - other.recoiled)[some, column] / spread[some]
    # Neighbouring nodes share showers; 41 pulls with a standard deviation of about one.
    assert 0.4 < math.sqrt(np.mean(pull**2)) < 1.8


def job(count, least=9.0):
    place = shower_stack(layers(), 100.0, least)
    settings = settings_of(layers(), 100.0, 0.3)
    edges, _ = simulation._grid(settings)
    return simulation._Job(place, 100.0, least, edges, 0.05, simulation.Statistics(count))


def test_track_lengths_against_the_cascade():
    given = job(2000)
    length = simulation.simulate_steps(given).length / (2000 / 20)
    edges = given.edges
    solution = track_lengths(ECAL, "e-", 100.0, 5.0)
    for index, species in enumerate(("e-", "e+")):
        batches = length[:, index].sum(axis=1)
        expected = float(solution.above(100.0 * (1.0 - edges[-1]), species))
        error = batches.std(ddof=1) / math.sqrt(batches.size)
        # 2 %, that of the transport; 4 standard errors (one false alarm in 16 000).
        assert abs(batches.mean() - expected) < 0.02 * expected + 4.0 * error


def test_more_showers_of_rare_positrons_do_not_bias():
    given = job(2000)
    steps = simulation.simulate_steps(given)
    more = simulation._with_rare(given, steps)
    rare = given.edges[1:] <= 1.0 - simulation._RARE
    # The beam's own charge is left alone, and so is what is not rare.
    assert np.array_equal(more.length[:, 0], steps.length[:, 0])
    assert np.array_equal(more.passing[:, 1, ~rare], steps.passing[:, 1, ~rare])
    # Six times as many showers are added: seven times the track length, within the errors of the
    # few that there were (some 25 showers with positrons above 75 GeV; 4 standard deviations).
    before, after = (x.length[:, 1, rare].sum() for x in (steps, more))
    spread = steps.length[:, 1, rare].sum(axis=1).std(ddof=1) * math.sqrt(20)
    assert abs(after / (1 + simulation._RARE_SHOWERS) - before) < 4.0 * spread


def test_mean_share_against_geant4():
    # Both are energy in the scintillator of the first sixteen layers over that of all. Shares of
    # 100 GeV electrons have a standard deviation of 48 % (sum of the layers', which go together):
    # 3.1 % for 240 showers of Geant4, 1.5 % for a thousand of ours; four standard errors.
    profile = quoted("geant4_ecal_profile_electron_100gev")["visible_GeV"]
    _, share = simulation._scale(shower_stack(layers(), 100.0, 9.0), "calibrated", 100.0, 1)
    close(share, profile[:16].sum() / profile.sum(), 0.14)


def test_visible_energy_is_another_trigger():
    """A threshold on what is seen is that on the calibrated scale, times the scale."""
    place = shower_stack(layers(), BEAM, 1.8)
    factor, _ = simulation._scale(place, "calibrated", BEAM, simulation.SEED)
    # The sampling fraction of the calorimeter, 10.95 GeV of 100 GeV in Geant4; ours is 4.8 % less.
    close(1.0 / factor, 0.1095 / 1.048, 0.01)
    seen = simulated(layers(0.25, scale="visible"), count=200)
    same = simulated(layers(0.25 * factor), count=200)
    assert seen.settings["energy_scale"] == "visible"
    close(seen.recoiled, same.recoiled, absolute=1e-3, because="a place on the edge of a bin")
    close(seen.mean_share * factor, same.mean_share, 1e-12)
    calibrated, deposited = (
        settings_of(layers(scale=scale), BEAM, 0.3) for scale in ("calibrated", "deposited")
    )
    assert calibrated == deposited


def test_calibrated_and_deposited_energy_are_the_same_where_showers_end():
    place = shower_stack(layers(), 100.0, 9.0)
    chunk = simulation._run(place, Beam("e-", 100.0), 300, 1, 0)
    # What leaves the stack: behind 30 X0 more, and low-energy photons at the front.
    close(float(np.sum(chunk.slab_sum)), 300 * 100.0, 5e-4)


def test_matter_without_layers_is_seen_whole():
    """Particles of 5 MeV stay where they are there; against all followed down to 1 MeV.

    The share that a shower of 5 GeV leaves in 4.3 radiation lengths of lead, four standard errors.
    """
    lead = materials.get("Pb")
    x0 = lead.radiation_length_cm
    asked = layers(depth=4.3 * x0, material=lead, scale="visible")
    assert settings_of(asked, BEAM, 0.3)["energy_scale"] == "calibrated"
    place = shower_stack(asked, 5.0, 1.5)
    assert place.shapes is None
    one = Stack((Slab(lead, 4.3 * x0, 0), Slab(lead, 25.0 * x0, -1)))
    finer = simulate(one, Beam("e-", 5.0), 250, seed=8, settings=COARSE, keep_cells=True)
    coarser = simulate(
        place.stack, Beam("e-", 5.0), 1500, seed=9, settings=place.settings, keep_cells=True
    )
    first, second = (chunk.cells[:, 0, 0, 0] / 5.0 for chunk in (finer, coarser))
    error = math.hypot(*(x.std() / math.sqrt(x.size) for x in (first, second)))
    assert error < 0.006
    assert abs(first.mean() - second.mean()) < 4.0 * error


def test_matter_without_layers_has_tables_as_well():
    lead = materials.get("Pb")
    asked = layers(0.3, 4.3 * lead.radiation_length_cm, material=lead)
    found = simulated(asked, energy=6.0, count=100)
    assert np.all(found.recoiled[:, -1] > 0.9)
    close(found.mean_share, 0.25, absolute=0.05, because="a fifth to a third of 6 GeV so early")


def test_a_mixture_of_sandwiches_is_its_mean():
    mixed = materials.Material.layered("mixed", [(ECAL, 4.8), (materials.get("Pb"), 10.0)])
    place = shower_stack(layers(material=mixed), BEAM, 2.0)
    assert [slab.section for slab in place.stack.slabs] == [0, 1]


def test_low_energies_are_followed_without_fits():
    assert shower_stack(layers(), 1.0, 0.3).shapes is None
    # Where few leptons are below the fits, they take the value next above.
    assert shower_stack(layers(), 40.0, 0.36).shapes is not None
    found = simulated(layers(0.02), energy=1.0, count=100)
    # A whole electron of 1 GeV leaves some 0.4 GeV; 20 MeV are nearly always there.
    assert found.recoiled[:, -1].min() > 0.9
    assert found.settings["lowest_fraction"] == 0.3


@pytest.mark.parametrize(("energy", "seconds"), [(100.0, 4.5e-6), (1.0, 1.7e-3), (200.0, 1.7e-3)])
def test_tables_on_demand_take_their_time(energy, seconds):
    showers = simulation.statistics_for(energy, seconds).showers
    assert 400 <= showers <= 40_000
    # Twelve seconds, or the least that is of use.
    assert showers * energy * seconds < 12.1 or showers == 400


def test_file_round_trip(tmp_path, table):
    path = tmp_path / file_name(table.settings)
    FILES.write(table, path)
    read = FILES.read(path)
    assert read.settings == table.settings
    assert read.statistics == {"showers": COUNT, "seed": simulation.SEED}
    assert "--depth '4.8 cm'" in read.command
    # Stored in single precision.
    close(read.recoiled, table.recoiled, absolute=1e-7, because="stored in single precision")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(EmissError, match="cannot read"):
        FILES.read(path)


def test_recorded_command_makes_the_same_table(tmp_path):
    small = simulated(count=100, energy=30.0)
    arguments = shlex.split(small.command)[3:]
    assert simulation.main([*arguments, "--directory", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.npz")
    made = FILES.read(path)
    assert made.settings == small.settings
    close(made.recoiled, small.recoiled, absolute=1e-7, because="stored in single precision")


@pytest.mark.parametrize("energy", [100.0, 70.0, 60.0, 40.0])
@pytest.mark.parametrize("lowest", [0.27, 0.09])
def test_shipped_tables_belong_to_the_catalogue(energy, lowest, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("table not shipped")

    monkeypatch.setattr(simulation, "simulate_acceptance", refuse)
    preshower.load_acceptance.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")
    asked = FirstLayers.of(experiments.get("na64e-2016").runs[0].setup)
    found = preshower.load_acceptance(asked, energy, lowest)
    assert found.statistics["showers"] >= 100_000
    # Nodes with a share of the tracks that matters for a limit.
    assert found.recoiled_error.max() < 0.025
    assert np.sqrt(np.mean(found.recoiled_error**2)) < 0.005


def test_shipped_table_is_what_the_command_makes():
    shipped = preshower.load_acceptance(layers(), BEAM, 0.27)
    fresh = simulated(lowest=shipped.settings["lowest_fraction"], seed=3)
    assert fresh.settings == shipped.settings
    spread = np.hypot(shipped.recoiled_error, fresh.recoiled_error)
    some = spread > 1e-4
    assert np.mean(((shipped.recoiled - fresh.recoiled)[some] / spread[some]) ** 2) < 3.0


def test_weights_of_nodes_give_the_interpolated_values(table):
    random = np.random.Generator(np.random.Philox(7))
    fraction, length = random.uniform(0.31, 1.0, (5, 3)), random.uniform(0.0, 1.0, (5, 3))
    length[:, 2] = 0.0
    weights = table.node_weights(fraction, length)
    for cell in range(2):
        share = length[:, cell] / length[:, cell].sum()
        expected = share @ table.bremsstrahlung(fraction[:, cell])
        close(weights[cell] @ table.recoiled, expected, 1e-12)
    assert np.all(weights[2] == 0.0)


def test_not_extrapolated(table):
    for fraction in (0.08, 1.01, math.nan, -1.0):
        with pytest.raises(ValidityError, match="not extrapolated"):
            table.annihilation([0.5, fraction], "e+")
    with pytest.raises(UnknownNameError):
        table.positrons_vanished("gamma")


def test_one_table_serves_all_higher_thresholds_of_energy():
    common = settings_of(layers(), 100.0, 0.09)
    assert settings_of(layers(), 100.0, 0.27) == settings_of(layers(), 100.0, 0.5) == common
    assert settings_of(layers(), 100.0, 0.05) != common
    # Where fits of sub-showers would take over before, the asked energy counts.
    assert settings_of(layers(0.1), 4.0, 0.27)["lowest_fraction"] == 0.27


def test_names_of_materials_do_not_matter():
    catalogue = FirstLayers.of(experiments.get("na64e-2016").runs[0].setup)
    assert catalogue.material.name != ECAL.name
    assert settings_of(catalogue, 100.0, 0.27) == settings_of(layers(), 100.0, 0.27)


@pytest.mark.parametrize(
    ("changes", "energy", "lowest"),
    [
        ({}, 0.0, 0.3),
        ({}, math.nan, 0.3),
        ({}, 2000.0, 0.3),
        ({"least": -0.1}, 100.0, 0.3),
        ({"least": 100.0}, 100.0, 0.3),
        ({"depth": 0.0}, 100.0, 0.3),
        ({"depth": 51.0 * X0}, 100.0, 0.3),
        ({}, 100.0, 0.001),
        ({}, 100.0, 0.99),
    ],
)
def test_settings_refuse(changes, energy, lowest):
    with pytest.raises(ValidityError, match="preshower"):
        settings_of(layers(**changes), energy, lowest)


def test_an_unknown_scale_is_refused():
    with pytest.raises(UnknownNameError):
        settings_of(layers(scale="raw"), 100.0, 0.3)


@pytest.mark.parametrize("scale", ["visible", "deposited", "calibrated"])
def test_the_scale_of_the_layout_is_that_of_the_table(scale):
    found = with_element(experiments.get("na64e-2016"), "ecal-preshower", energy_scale=scale)
    assert FirstLayers.of(found.runs[0].setup).scale == scale


THRESHOLD = 'threshold = [{ variable = "preshower_energy", min = "0.5 GeV" }]'


def with_trigger(line, name="preshower"):
    """The template with its trigger, and another threshold in it."""
    text = experiments.template().replace('name = "preshower"', f'name = "{name}"')
    for old in ("[[trigger]]", 'name = "physics"', THRESHOLD):
        assert text.count(f"# {old}") == 1
        text = text.replace(f"# {old}", line if old == THRESHOLD else old)
    return text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"0.5 GeV"', '"50 GeV"', "no event would pass"),
        ('"0.5 GeV"', "0.5", "no unit"),
        ('"0.5 GeV"', '"-1 GeV"', "preshower_energy|threshold|min"),
        ('"preshower_energy"', '"preshower_enrgy"', "did you mean"),
        ("min", "least", "unknown key|least"),
    ],
)
def test_experiment_file_with_a_wrong_preshower(tmp_path, old, new, words):
    assert THRESHOLD.count(old) == 1
    path = tmp_path / "mine.toml"
    path.write_text(with_trigger(THRESHOLD.replace(old, new)), "utf-8")
    with pytest.raises(ExperimentFileError, match=words):
        experiments.get(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('role = "preshower"', 'role = "passive"', "preshower_energy"),
        ("repeat = 16", "repeat = 0", "repeat"),
        ("repeat = 16", "repeat = 17", "inside 'first-layers'"),
        ("repeat = 16", "repeat = 12", "must follow 'first-layers' at once"),
    ],
)
def test_first_layers_that_are_none(tmp_path, old, new, words):
    # Called otherwise than its role: the variable is that of the role.
    text = with_trigger(THRESHOLD, name="first-layers")
    assert text.count(old) == 1
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    assert experiments.get(path).runs[0].setup.min_preshower_energy == 0.5
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ExperimentFileError, match=words):
        experiments.get(path)


def test_experiment_file_with_a_preshower(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(experiments.template(), "utf-8")
    assert experiments.get(path).runs[0].setup.min_preshower_energy == 0.0
    second = """
[[run.trigger]]
name = "physics"
threshold = [{ variable = "preshower_energy", min = "0 GeV" }]

# Only with combine or base"""
    text = with_trigger(THRESHOLD).replace("\n# Only with combine or base", second)
    path.write_text(text, "utf-8")
    found = experiments.get(path)
    (threshold,) = found.layout.triggers[0].thresholds
    assert (threshold.least.value, threshold.least.status) == (0.5, "user")
    first, other = (run.setup for run in found.runs)
    close(first.preshower_depth * first.material.radiation_length_cm, 4.8, 1e-12)
    # The second run asks for nothing.
    assert (first.min_preshower_energy, other.min_preshower_energy) == (0.5, 0.0)
    names = [label.name for label in found.labels()]
    assert "trigger physics: preshower_energy min" in names
    assert "run second: trigger physics: preshower_energy min" in names


def test_damaged_cache_is_made_again(tmp_path, monkeypatch):
    from emiss.ground import table_files

    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path)
    monkeypatch.setattr(simulation, "statistics_for", lambda *_: simulation.Statistics(100, 5))
    preshower.load_acceptance.cache_clear()
    request = layers(0.4), 33.0, 0.4
    first = preshower.load_acceptance(*request)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(b"not a table")
    preshower.load_acceptance.cache_clear()
    second = preshower.load_acceptance(*request)
    assert np.array_equal(first.recoiled, second.recoiled)
    assert FILES.read(path).settings == second.settings
