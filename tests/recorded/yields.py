"""Signal yields and limits of every experiment of the catalogue, and what they are made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

import emiss
from emiss import experiments, models
from emiss.yields.acceptance.recoil_cuts import pass_below
from emiss.yields.engine import signal_yield

HADRONS: Final = ("b-boson", "invisible-meson", "meson-alp", "omega-dark-photon", "axial-quarks",
                  "strange-pseudoscalar", "strange-scalars")  # fmt: skip
COUPLINGS: Final = (1e-7, 1e-5, 1e-3)


def _model_of(experiment: str) -> models.Model:
    if "kaons" in experiment:
        return models.get("invisible-meson", {"channel": "all"})
    name = {"na64h": "b-boson", "na64mu": "lmu-ltau", "m3": "lmu-ltau"}
    for start, model in name.items():
        if experiment.startswith(start):
            return models.get(model)
    if "visible" in experiment:
        return models.get("dark-photon", {"dark_matter": "none"})
    return models.get("alp" if "alp" in experiment else "dark-photon")


def _experiment(name: str) -> object:
    model = _model_of(name)
    masses = np.array([0.003, 0.0168, 0.06, 0.24, 0.31])
    signal = signal_yield(name, model, masses)
    found = emiss.limit(name, model, masses=masses)
    return [
        [signal.per_process(g * np.ones(masses.size)) for g in COUPLINGS],
        found.observed, found.observed_upper, found.expected, found.expected_upper,
        found.shares, found.signal_events, found.y,
        [(run.observed, run.background) for run in experiments.get(name).runs],
    ]  # fmt: skip


def _yields(experiment: str, model: str, given: dict[str, Any], **options: Any) -> object:
    masses = np.array([1e-5, 0.002, 0.05, 0.2507, 0.3])
    signal = signal_yield(experiment, models.get(model, given), masses, **options)
    return [
        [signal.per_process(g * np.ones(masses.size)) for g in COUPLINGS],
        signal.coefficients,
        signal.cut_flow(),
    ]


def _plan(name: str, model: str, **options: Any) -> object:
    found = emiss.limit(name, model, masses=[0.01, 0.2], **options)
    return [found.observed, found.expected, found.signal_events]


def _dump(energy: float) -> object:
    experiment = emiss.dump_experiment(
        on_target=1e20, distance=2000.0, radius=50.0, length=100.0, min_recoil=0.5, energy=energy
    )
    found = emiss.dump_scatter(experiment, masses=[0.003, 0.05, 0.2])
    return [found]


RECIPES: dict[str, Callable[[], object]] = {
    f"experiment {name}": partial(_experiment, name) for name in experiments.names()
}
RECIPES |= {
    f"yields of {experiment}, {model} {given} {options}": partial(
        _yields, experiment, model, given, **options
    )
    for experiment, model, given, options in (
        ("na64e-2016-2022", "dark-photon", {"dark_matter": "scalar", "mass_ratio": 2.02}, {}),
        ("na64e-2016-2022", "dark-photon", {"alpha_dark": 1.0}, {"electron_motion": True}),
        ("na64e-2016-2022", "dark-photon", {}, {"associated": False}),
        ("na64e-2016-2022", "dark-photon", {}, {"form_factor": "elastic+inelastic"}),
        ("na64e-2016-2022", "scalar", {"dark_matter": "dirac"}, {}),
        ("na64e-2016-2022", "leptophilic", {"kind": "axial"}, {}),
        ("na64e-2016-2022", "leptophilic", {"kind": "pseudoscalar"}, {}),
        ("na64e-2016-2022", "b-l", {}, {}),
        ("na64e-2016-2022", "alp", {}, {}),
        ("na64e-2016-2022", "alp", {"electron_to_photon": 0.2}, {}),
        ("na64e-2016-2022", "inelastic-dark-matter", {"splitting": 0.4}, {}),
        ("na64e-plus-2023", "dark-photon", {}, {"electron_motion": True}),
        ("na64e-plus-40gev", "scalar", {"scaling": "universal"}, {}),
        ("na64-visible-2018", "b-l", {}, {}),
        ("na64mu-2022", "scalar", {"dark_matter": "dirac"}, {}),
        ("na64mu-2022", "leptophilic", {"lepton": "mu"}, {}),
        ("ldmx-8gev", "dark-photon", {}, {}),
    )
}
RECIPES |= {
    f"mesons of {name}, {model}": partial(_plan, name, model)
    for model in HADRONS
    for name in ("na64h-2023", "na64h-5e12")
}
RECIPES |= {
    f"plan {options}": partial(_plan, name, "dark-photon", **options)
    for name, options in (
        ("na64e-2016-2022", {"on_target": 1e13}),
        ("na64e-2016-2022,na64e-plus-2022", {"correlation": "beam"}),
        ("na64e-2016-2022,na64e-plus-2022", {"correlation": "none"}),
        ("na64e-2016-2022", {"cl": 0.95, "method": "bayes"}),
        ("na64e-2016-2022", {"method": "asymptotic"}),
        ("na64e-2016-2022", {"method": "fc"}),
    )
}
RECIPES |= {
    "scattering behind a dump": partial(_dump, 100.0),
    "scattering behind a dump, low energies": partial(_dump, 11.0),
    "momentum resolution": lambda: pass_below(
        np.linspace(60.0, 100.0, 9), 80.0, (0.02, 1e-4, 0.1, 0.2)
    ),
}
