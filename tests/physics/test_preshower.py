"""Acceptance of the preshower: limits, closed forms, track lengths and a Geant4 profile."""

import math
import shlex

import numpy as np
import pytest
from closeness import close
from quoted import quoted
from scipy.special import gammainc

from emiss import experiments, materials
from emiss.ground._kernels.preshower import deposited
from emiss.ground.errors import EmissError, ExperimentFileError, UnknownNameError, ValidityError
from emiss.physics.shower import preshower, track_lengths
from emiss.physics.shower import preshower_simulation as simulation

ECAL = materials.get("na64-ecal")
DEPTH = 4.8 / ECAL.radiation_length_cm
COUNT = 40_000


def settings(particle="e-", energy=100.0, least=0.5, depth=DEPTH, lowest=0.3):
    return preshower.preshower_settings(ECAL, particle, energy, (least, depth), lowest)


@pytest.fixture(scope="module")
def electron():
    return simulation.simulate_acceptance(settings(), COUNT)


@pytest.fixture(scope="module")
def positron():
    return simulation.simulate_acceptance(settings("e+"), COUNT)


def test_same_seed_same_table(electron):
    again = simulation.simulate_acceptance(settings(), COUNT)
    other = simulation.simulate_acceptance(settings(), COUNT, seed=1)
    assert np.array_equal(again.recoiled, electron.recoiled)
    assert not np.array_equal(other.recoiled, electron.recoiled)


def test_nothing_asked_passes_always():
    table = simulation.simulate_acceptance(settings("e+", least=0.0), 2000)
    np.testing.assert_allclose(table.vanished, 1.0, rtol=1e-9)
    np.testing.assert_allclose(table.recoiled, 1.0, rtol=1e-9)


def test_deep_preshower_sees_everything_that_is_left():
    # In 45 X0 every shower ends: all but the vanished positron's energy is seen, so that the
    # threshold is a step in the energy lost before. Within the width of a bin in 1 - E/E_beam.
    table = simulation.simulate_acceptance(settings("e+", least=20.0, depth=45.0), 10_000)
    close(
        table.annihilation([0.83, 0.9, 0.99]),
        [0.0, 0.0, 0.0],
        absolute=1e-3,
        because="a probability; 1e4 showers",
    )
    close(
        table.annihilation([0.4, 0.6, 0.75]),
        [1.0, 1.0, 1.0],
        absolute=1e-3,
        because="a probability; 1e4 showers",
    )
    # With a recoil of r the lepton lost E_beam - E before: passes if E_beam - E + r > 20 GeV.
    recoils = table.recoils * 100.0
    row = table.bremsstrahlung([0.9])[0]
    assert row[recoils < 8.0].max() < 0.02
    assert row[recoils > 12.0].min() > 0.98


def test_a_positron_with_the_beam_energy_is_not_seen(positron):
    # It has lost less than the 0.5 GeV asked for: impossible, not only unlikely.
    assert np.all(positron.annihilation(np.linspace(0.996, 1.0, 9)) < 1e-12)
    falling = positron.annihilation(np.linspace(0.35, 1.0, 40))
    # Statistical errors are below 0.01 per node.
    assert np.all(np.diff(falling) < 0.03)
    assert falling[0] > 0.97


def test_acceptance_grows_with_the_recoil(electron):
    assert np.all(np.diff(electron.recoiled, axis=1) >= -1e-9)
    assert np.all((electron.recoiled >= 0.0) & (electron.recoiled <= 1.0 + 1e-9))
    # A whole electron leaves 4 GeV on average; almost all leave half a GeV.
    assert electron.recoiled[:, -1].min() > 0.98


def test_acceptance_falls_with_the_threshold():
    tables = [
        simulation.simulate_acceptance(settings("e+", least=least), 10_000)
        for least in (0.3, 0.5, 2.0)
    ]
    fractions = [0.5, 0.8, 0.95]
    low, middle, high = (table.annihilation(fractions) for table in tables)
    assert np.all(low > middle)
    assert np.all(middle > high + 0.01)


def test_errors_cover_the_difference_between_seeds(electron):
    other = simulation.simulate_acceptance(settings(), COUNT, seed=2)
    # Leptons with a recoil of 1 GeV: all nodes are populated.
    column = 40
    spread = np.hypot(electron.recoiled_error, other.recoiled_error)[:, column]
    some = spread > 1e-4
    pull = (electron.recoiled - other.recoiled)[some, column] / spread[some]
    # Neighbouring nodes share showers; 41 pulls with a standard deviation of about one.
    assert 0.4 < math.sqrt(np.mean(pull**2)) < 1.8


@pytest.mark.parametrize("particle", ["e-", "e+"])
def test_track_lengths_against_the_cascade(particle):
    chosen = settings(particle)
    length, _, _, _ = simulation.simulate_tracks(chosen, 100_000)
    edges, _ = simulation._grid(chosen)
    solution = track_lengths(ECAL, particle, 100.0, 25.0, screening="complete", lpm=False)
    for index, species in enumerate(("e-", "e+")):
        batches = length[:, index, edges[1:] > 0.25].sum(axis=1)
        expected = float(solution.above(30.0, species)) - float(
            solution.above(100.0 * (1.0 - edges[edges <= 0.25].max()), species)
        )
        error = batches.std(ddof=1) / math.sqrt(batches.size)
        # 2 %: spectra here without the small term of the atomic electrons; 4 standard errors.
        assert abs(batches.mean() - expected) < 0.02 * expected + 4.0 * error


def test_profile_table_against_the_gamma_function():
    scale, shares = simulation._profile(settings())
    for energy, room in ((0.05, 1.0), (1.0, 2.5), (20.0, 4.0)):
        shape = 1.0 + 0.5 * max(math.log(energy / ECAL.critical_energy) - 0.5, 0.0)
        expected = energy * gammainc(shape, 0.5 * room)
        # Linear interpolation on 120 x 65 nodes.
        close(deposited(energy, room, scale, shares), expected, 0.01)
    assert deposited(5.0, 0.0, scale, shares) == 0.0
    assert deposited(5.0, -1.0, scale, shares) == 0.0
    # Does not fall with energy, to the precision of the interpolation.
    assert deposited(100.0, 0.3, scale, shares) > 0.998 * deposited(10.0, 0.3, scale, shares)


def test_mean_share_against_geant4(electron):
    layers = quoted("geant4_ecal_profile_electron_100gev")["visible_GeV"]
    visible = layers[:16].sum() / layers.sum()
    # Energy in the scintillator, while ours is all energy. Early in a shower a larger part of it
    # is in the scintillator: by up to the ratio of a minimum ionising particle's share, 0.139
    # (Bethe-Bloch minima of lead and polystyrene), to the shower's, 0.1095.
    assert electron.mean_share < visible < 1.4 * electron.mean_share
    close(visible, electron.mean_share * 0.139 / 0.1095, 0.10)


def test_file_round_trip(tmp_path, electron):
    path = tmp_path / preshower.file_name(electron.settings)
    preshower.FILES.write(electron, path)
    read = preshower.FILES.read(path)
    assert read.settings == electron.settings
    assert read.statistics == {"showers": COUNT, "seed": simulation.SEED}
    assert f"--depth-x0 {electron.settings['depth_x0']}" in read.command
    # Stored in single precision.
    close(read.recoiled, electron.recoiled, absolute=1e-7, because="stored in single precision")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(EmissError, match="cannot read"):
        preshower.FILES.read(path)


def test_recorded_command_makes_the_same_table(tmp_path, electron):
    # Of the material only the critical energy counts, and that is recorded.
    assert "na64" not in electron.command
    arguments = shlex.split(electron.command)[3:]
    assert simulation.main([*arguments, "--directory", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.npz")
    made = preshower.FILES.read(path)
    assert made.settings == electron.settings
    close(made.recoiled, electron.recoiled, absolute=1e-7, because="stored in single precision")


@pytest.mark.parametrize(
    ("particle", "energy"), [("e-", 100.0), ("e+", 100.0), ("e+", 70.0), ("e+", 60.0), ("e+", 40.0)]
)
def test_shipped_tables_belong_to_the_catalogue(particle, energy, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("table not shipped")

    monkeypatch.setattr(simulation, "simulate_acceptance", refuse)
    preshower.load_acceptance.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")
    table = preshower.load_acceptance(ECAL, particle, energy, (0.5, DEPTH), 0.27)
    assert table.statistics["showers"] >= 1_000_000
    # Nodes with a share of the tracks that matters for a limit.
    assert table.recoiled_error.max() < 0.01


def test_shipped_table_is_what_the_command_makes(electron):
    table = preshower.load_acceptance(ECAL, "e-", 100.0, (0.5, DEPTH), 0.27)
    fresh = simulation.simulate_acceptance(table.settings, COUNT, seed=3)
    spread = np.hypot(table.recoiled_error, fresh.recoiled_error)
    some = spread > 1e-4
    assert np.mean(((table.recoiled - fresh.recoiled)[some] / spread[some]) ** 2) < 3.0


def test_weights_of_nodes_give_the_interpolated_values(electron):
    random = np.random.Generator(np.random.Philox(7))
    fraction, length = random.uniform(0.31, 1.0, (5, 3)), random.uniform(0.0, 1.0, (5, 3))
    length[:, 2] = 0.0
    weights = electron.node_weights(fraction, length)
    for cell in range(2):
        share = length[:, cell] / length[:, cell].sum()
        expected = share @ electron.bremsstrahlung(fraction[:, cell])
        close(weights[cell] @ electron.recoiled, expected, 1e-12)
    assert np.all(weights[2] == 0.0)


def test_not_extrapolated(electron):
    for fraction in (0.29, 1.01, math.nan, -1.0):
        with pytest.raises(ValidityError, match="not extrapolated"):
            electron.annihilation([0.5, fraction])


@pytest.mark.parametrize(
    "changes",
    [
        {"energy": 0.0},
        {"energy": math.nan},
        {"least": -0.1},
        {"least": 100.0},
        {"depth": 0.0},
        {"depth": 51.0},
        {"lowest": 0.001},
        {"lowest": 0.99},
    ],
)
def test_settings_refuse(changes):
    with pytest.raises(ValidityError, match="preshower"):
        settings(**changes)


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


def test_photon_beam_is_refused():
    with pytest.raises(UnknownNameError):
        settings("gamma")


def test_damaged_cache_is_made_again(tmp_path, monkeypatch):
    from emiss.ground import table_files

    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path)
    monkeypatch.setattr(simulation.simulate_acceptance, "__defaults__", (2000, 5))
    preshower.load_acceptance.cache_clear()
    request = (ECAL, "e-", 33.0, (0.5, DEPTH), 0.4)
    first = preshower.load_acceptance(*request)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(b"not a table")
    preshower.load_acceptance.cache_clear()
    second = preshower.load_acceptance(*request)
    assert np.array_equal(first.recoiled, second.recoiled)
    assert preshower.FILES.read(path).settings == second.settings
