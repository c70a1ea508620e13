"""From a slider of the page to the curve, a value never asked before each time."""

import itertools

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
