"""From a slider of the page to the curve, a value never asked before each time."""

import itertools
import time

import pytest

from emiss.presentation.explore.replies import answer

NAME = "na64e-2016-2022"
SLIDERS = {
    "alpha_dark": lambda n: {"alpha_dark": 0.1 + 1e-4 * n},
    "mass_ratio": lambda n: {"mass_ratio": 3.0 + 1e-3 * n},
    "alpha_dark, near resonance": lambda n: {"alpha_dark": 1e-3 + 1e-6 * n, "mass_ratio": 2.5},
    "mass_ratio, near resonance": lambda n: {"alpha_dark": 1e-3, "mass_ratio": 2.1 + 1e-3 * n},
    "mass_ratio, wide mediator": lambda n: {"alpha_dark": 1e-3, "mass_ratio": 9.0 + 1e-3 * n},
    "on_target": lambda n: {"experiments": [{"name": NAME, "on_target": 1e12 + 1e9 * n}]},
    "cl": lambda n: {"cl": 0.9 + 1e-4 * n},
    "threshold": lambda n: {"experiments": [{"name": NAME, "threshold": 50.0 + 0.01 * n}]},
    "beam_energy": lambda n: {"experiments": [{"name": NAME, "beam_energy": 100.0 + 0.1 * n}]},
}
MUONS = {
    f"{name}, {slider}": (name, slider, start, step)
    for name, slider, start, step in (
        ("na64mu-2022", "on_target", 1e10, 1e8),
        ("na64mu-2022", "threshold", 80.0, 0.01),
        ("na64mu-2022", "beam_energy", 150.0, 0.1),
        ("m3-phase1", "on_target", 1e10, 1e8),
        ("m3-phase1", "threshold", 6.0, 0.001),
        ("m3-phase1", "beam_energy", 14.0, 0.01),
    )
}
PREVIEW = 1000  # recoils per mass of a first answer, as the page asks
COUNT = itertools.count(1)


@pytest.mark.benchmark(group="from a slider to the curve")
@pytest.mark.parametrize("slider", SLIDERS)
def test_slider(benchmark, slider):
    """Targets: 50 ms; threshold 150 ms, beam energy 1 s."""

    def move():
        body = {"experiments": [{"name": NAME}], **SLIDERS[slider](next(COUNT))}
        assert answer("curves", body).status == 200

    move()
    benchmark.pedantic(move, rounds=5)


@pytest.mark.benchmark(group="from a slider to the curve, muons", timer=time.process_time)
@pytest.mark.parametrize("slider", MUONS)
def test_slider_of_muons(benchmark, slider):
    """Processor time; targets: threshold 150 ms, beam energy 1 s for a preview.

    Warm: the muons behind the thresholds are kept (the first time they are sampled: up to a
    minute), and the kernels are loaded.
    """
    name, field, start, step = MUONS[slider]

    def ask(value, **more):
        body = {"experiments": [{"name": name, field: value}], **more}
        assert answer("curves", body).status == 200

    def move():
        ask(start + step * next(COUNT), recoils=PREVIEW)

    if field == "threshold":
        ask(start + step * next(COUNT))
    move()
    benchmark.pedantic(move, rounds=5)
