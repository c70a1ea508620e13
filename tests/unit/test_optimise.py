"""The best threshold of a cut: closed forms, errors of ratios, what is refused, the command."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments, models
from emiss.analysis.cut_scan import MovedCut, MovedSample, grid_of, loosened, moved_cut
from emiss.ground.errors import ArgumentError, EmissError, UnknownNameError
from emiss.ground.quantity import Quantity
from emiss.inference import limit
from emiss.inference import optimise as room
from emiss.inference.optimise import optimise

NAME = "na64e-2021-2022"
MODEL = models.get("dark-photon", {})
MASS = np.array([0.01])


def synthetic(values, weights=None):
    """A stand-in for the simulation: events of a sample by the value of their variable."""

    def sample(run, name, fingerprint, moved, what, events, **options):
        numbers = np.asarray(values[what], dtype=np.float64)
        weight = np.ones(numbers.size) if weights is None else weights[what]
        return MovedSample(tuple(moved), numbers[None, :], weight, events)

    return sample


def exact(background):
    """The experiment with another background and without uncertainties."""
    found = experiments.get(NAME)
    run = replace(
        found.runs[0], background=Quantity(background), yield_uncertainty=Quantity(0.0),
        observed_count=Quantity(round(background)),
        particles_on_target=Quantity(found.runs[0].particles_on_target.value),
    )  # fmt: skip
    return replace(found, runs=(run,))


def test_exponential_signal_over_even_background_has_a_known_optimum(monkeypatch):
    # A signal that falls like exp(-v/a) over a background that is even in v: of many events the
    # limit goes like sqrt(b)/efficiency, smallest where (1 - e^-x)/sqrt(x) is largest. Its
    # derivative is zero where 2 x = e^x - 1, that is x = 1.25643.
    scale = 20.0
    even = (np.arange(20_000) + 0.5) / 20_000
    monkeypatch.setattr(
        room, "moved_sample", synthetic({"signal": -scale * np.log1p(-even), "beam": 200.0 * even})
    )
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", tuple(np.arange(15, 40, 0.5)), 50)
    found = optimise(
        exact(1e6), MODEL, MASS, [cut], backgrounds={"beam": None}, method="asymptotic",
        merit="median",
    )  # fmt: skip
    close(float(found.points[found.best, 0]), 1.25643 * scale, 0.5 / (1.25643 * scale))
    # Along the whole scan: coupling squared goes like the limit on events over the efficiency.
    x = found.points[:, 0] / scale
    form = np.sqrt(np.sqrt(x) / -np.expm1(-x))
    # 1e-3: the events of the limit go like sqrt(b) up to terms of 1/sqrt(b) = 1e-3.
    close(found.expected[0] / found.expected[0, -1], form / form[-1], 1e-3)


def test_without_a_moving_background_the_loosest_threshold_wins(monkeypatch):
    monkeypatch.setattr(room, "moved_sample", synthetic({"signal": np.arange(100.0)}))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (20.0, 50.0, 80.0), 50.0)
    found = optimise(experiments.get(NAME), MODEL, MASS, [cut])
    assert found.points[found.best, 0] == 80.0
    # Couplings of one photon exchange: signal goes with the square.
    close(found.expected[0, :3] / found.expected[0, 3], (found.signal[0, :3]) ** -0.5, 1e-3)
    assert any("only the signal moves" in note for note in found.notes)


@pytest.mark.parametrize("mass", [0.002, 0.03, 0.25])
def test_nominal_choice_is_the_limit_of_the_experiment(monkeypatch, mass):
    monkeypatch.setattr(room, "moved_sample", synthetic({"signal": np.arange(100.0)}))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (40.0,), 50.0)
    found = optimise(experiments.get(NAME), MODEL, np.array([mass]), [cut], merit="median")
    # Another route: the solver of limits. Couplings lie on a table of 541, straight in logarithm.
    close(found.expected[0, -1], limit(NAME, MODEL, masses=[mass]).expected["0"][0], 1e-4)


def test_mean_limit_of_a_counting_experiment(monkeypatch):
    # Feldman and Cousins call the mean upper limit the sensitivity: their table XII has 3.28 for
    # b = 1 and 4.42 for b = 3 at 90 %. Coupling squared is proportional to events here, so that
    # the mean of the couplings is compared with the mean of square roots, by hand.
    from scipy.stats import poisson

    from emiss.inference import Channel
    from emiss.inference.counting import upper_limit

    monkeypatch.setattr(room, "moved_sample", synthetic({"signal": np.arange(100.0)}))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (40.0,), 50.0)
    for background, sensitivity in ((1.0, 3.28), (3.0, 4.42)):
        found = optimise(exact(background), MODEL, MASS, [cut], method="fc")
        counts = np.arange(25)
        events = [upper_limit(Channel(int(n), background), "fc").upper_limit for n in counts]
        close(poisson.pmf(counts, background) @ events, sensitivity, 0.005)
        roots = poisson.pmf(counts, background) @ np.sqrt(events)
        one = limit(replace(exact(background)), MODEL, masses=MASS, method="fc")
        scale = one.observed[0] / math.sqrt(events[round(background)])
        # 1e-3: outcomes with a probability below 1e-4 are left out.
        close(found.expected[0, -1], scale * roots, 1e-3)


def test_error_of_a_ratio_of_nested_sums():
    # 4000 samples of 300 weighted events: the stated error against the spread of the ratio. The
    # spread has a relative error of 1/sqrt(8000) = 1.1 %, the linear formula is good to a few per
    # cent at 300 events: 8 % is beyond five standard deviations (false alarms below 1e-6).
    random = np.random.default_rng(3)
    cut = (MovedCut("a", "v", "", "max", (0.3, 0.8), 0.5),)
    points, nominal = grid_of(cut), np.array([0.5])
    ratios, errors = [], []
    for _ in range(4000):
        sample = MovedSample(cut, random.random((1, 300)), random.exponential(1.0, 300), 300)
        ratio, error, left = sample.shares(points, nominal)
        assert left.all()
        ratios.append(ratio)
        errors.append(error)
    close(np.mean(errors, axis=0), np.std(ratios, axis=0), 0.08)
    close(np.mean(ratios, axis=0), np.array([0.6, 1.6]), 0.01)


def test_no_simulated_background_left_is_an_upper_limit(monkeypatch):
    values = {"signal": np.arange(100.0), "dimuon": np.linspace(30.0, 60.0, 41)}
    monkeypatch.setattr(room, "moved_sample", synthetic(values))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (20.0, 40.0), 50.0)
    found = optimise(experiments.get(NAME), MODEL, MASS, [cut], backgrounds={"dimuon": 0.2})
    assert found.simulated.tolist() == [False, True, True]
    # 27 of 41 events pass 50 GeV: none left is less than 2.303 of 27. The rest stays: 0.31.
    close(found.background, np.array([0.31 + 0.2 * 2.303 / 27, 0.31 + 0.2 * 14 / 27, 0.51]), 1e-9)
    assert found.record()["points"][0]["background_simulated"] is False
    assert any("upper limit" in note for note in found.notes)


def test_background_that_never_passes_says_what_to_do(monkeypatch):
    values = {"signal": np.arange(100.0), "dimuon": np.full(10, 99.0)}
    monkeypatch.setattr(room, "moved_sample", synthetic(values))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (60.0,), 50.0)
    with pytest.raises(EmissError, match=r"'dimuon': no simulated event passes.*independent"):
        optimise(experiments.get(NAME), MODEL, MASS, [cut], backgrounds={"dimuon": None})


def test_choices_that_differ_by_less_than_their_error_are_marked(monkeypatch):
    # 10 of 1000 events more between 50 and 51: one sixth of the error of a tenth.
    values = np.concatenate([np.linspace(0.0, 49.9, 900), np.full(10, 50.5), np.full(300, 70.0)])
    monkeypatch.setattr(room, "moved_sample", synthetic({"signal": values}))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (30.0, 51.0, 80.0), 50.0)
    found = optimise(experiments.get(NAME), MODEL, MASS, [cut])
    assert found.best == 2
    assert found.compatible.tolist() == [False, False, True, False]
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (50.2, 51.0), 50.0)
    sparse = np.concatenate([np.linspace(0.0, 49.9, 900), [50.5]])
    monkeypatch.setattr(room, "moved_sample", synthetic({"signal": sparse}))
    found = optimise(experiments.get(NAME), MODEL, MASS, [cut])
    assert found.best == 1
    # One event more than the others, and the error of the difference is one event.
    assert found.compatible.all()


def test_combinations_of_two_cuts():
    layout = experiments.get(NAME).runs[0].layout
    first = moved_cut(layout, "missing energy", [40.0, 50.0])
    second = moved_cut(layout, "quiet HCAL", [2.0, 0.5, 1.0])
    assert second.values == (0.5, 1.0, 2.0)
    grid = grid_of([first, second])
    assert grid.shape == (6, 2)
    assert grid[1].tolist() == [40.0, 1.0]
    loose = {c.name: c for c in loosened(layout, [first, second]).selection.cuts}
    assert loose["missing energy"].most.value == 50.0
    assert loose["quiet HCAL"].most.value == 2.0
    assert loosened(layout, [moved_cut(layout, "momentum", [80.0], "min")]).selection.cuts[0]


@pytest.mark.parametrize(
    ("cuts", "error", "words"),
    [
        ({"missing": [40.0]}, UnknownNameError, "missing energy"),
        ({"central cell": [1.0]}, ArgumentError, "no threshold on one variable"),
        ({"momentum": [80.0]}, ArgumentError, "say which of them"),
        ({"missing energy min": [40.0]}, ArgumentError, "has no min; it has a max"),
        ({"missing energy": []}, ArgumentError, "at least one"),
        ({"missing energy": [math.nan]}, EmissError, "missing energy"),
        ({"missing energy": "40GeV:60GeV"}, ArgumentError, "low:high:count"),
        ({"missing energy": "40GeV:60GeV:1"}, ArgumentError, "2 to 1000"),
        ({"missing energy": "40 cm"}, EmissError, "cm"),
        ({"missing energy": 40.0}, EmissError, "sequence"),
        ({}, ArgumentError, "at least one"),
        (
            {"missing energy": "1GeV:60GeV:100", "quiet HCAL": "0.1GeV:9GeV:100"},
            ArgumentError,
            "at most 2000",
        ),
    ],
)
def test_what_cannot_move_is_refused(cuts, error, words):
    with pytest.raises(error, match=words):
        emiss.optimise(NAME, cuts, events=1)


@pytest.mark.parametrize(
    ("backgrounds", "words"),
    [
        ({"dimuon": None, "pion": 0.1}, "expected events of each"),
        ({"dimuon": 0.6}, "states 0.51"),
        ({"dimuon": -1.0}, "positive"),
    ],
)
def test_backgrounds_that_are_refused(backgrounds, words):
    with pytest.raises(EmissError, match=words):
        emiss.optimise(NAME, {"missing energy": [40.0]}, backgrounds=backgrounds, events=1)


def test_results_show_themselves(monkeypatch):
    values = {"signal": np.arange(100.0), "dimuon": np.linspace(0.0, 60.0, 41)}
    monkeypatch.setattr(room, "moved_sample", synthetic(values))
    cut = MovedCut("missing energy", "ecal_energy", "GeV", "max", (20.0, 40.0), 50.0)
    found = optimise(experiments.get(NAME), MODEL, MASS, [cut], backgrounds={"dimuon": None})
    assert set(found.columns()) >= {"missing energy", "background", "expected 10 MeV"}
    assert "missing energy" in found._repr_html_()
    figure = emiss.plots.optimise(found)
    assert len(figure.axes) == 2


def test_two_cuts_are_drawn_as_a_map(monkeypatch):
    def sample(run, name, fingerprint, moved, what, events, **options):
        grid = np.stack(np.meshgrid(np.arange(100.0), np.linspace(0, 3, 30))).reshape(2, -1)
        return MovedSample(tuple(moved), grid, np.ones(grid.shape[1]), events)

    monkeypatch.setattr(room, "moved_sample", sample)
    layout = experiments.get(NAME).runs[0].layout
    cuts = [
        moved_cut(layout, "missing energy", [30.0, 50.0, 70.0]),
        moved_cut(layout, "quiet HCAL", [1.0, 2.0]),
    ]
    found = optimise(experiments.get(NAME), MODEL, MASS, cuts)
    assert found.points.shape == (7, 2)
    assert found.points[found.best].tolist() == [70.0, 2.0]
    assert emiss.plots.optimise(found).axes


def test_bosons_are_made_for_the_loosest_threshold():
    """Muons of M3 below 11 instead of 9 GeV: the deterministic yield at 10 MeV has 1.80 times more.

    Bosons were made from the threshold of the experiment on, so that nothing was gained: 1.01.
    """
    cuts = {"momentum behind target": [11.0]}
    found = emiss.optimise("m3-phase1", cuts, masses=[0.01], model="lmu-ltau", events=500)
    error = found.signal_error[0, 0]
    assert error < 0.15
    close(
        found.signal[0, 0], 1.80, absolute=4.0 * error,
        because="4 standard deviations: false alarms in 1 of 1e4",
    )  # fmt: skip
