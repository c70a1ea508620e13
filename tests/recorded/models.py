"""Couplings, widths, branchings and lifetimes of every model, over its parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from emiss import models
from emiss.ground.mesons import MESON_IDS
from emiss.physics.models import inelastic, meson_constants, r_ratio, widths
from emiss.physics.models.dark_sector import phase_space
from emiss.physics.models.decays import decays, excited_decays
from emiss.physics.models.lmu_ltau import loop_mixing
from emiss.physics.models.mesons import MesonModel

OWN, OWN_SCALAR = (Path(__file__).with_name(n) for n in ("model.toml", "scalar.toml"))
"""Models of a user's own that have every coupling there is."""
MASSES: Final = np.array([1e-6, 1.1e-3, 0.212, 0.4, 0.78, 2.5, 9.0])
COUPLINGS: Final = np.array([[1e-5], [0.02]])

VARIED: Final = {
    "dark-photon": (
        {}, {"alpha_dark": 0.5, "mass_ratio": 2.01}, {"dark_matter": "scalar"},
        {"dark_matter": "majorana"}, {"dark_matter": "dirac"}, {"dark_matter": "none"},
        {"splitting": 0.4},
    ),
    "b-l": ({}, {"dark_matter": "dirac"}, {"neutrinos": "dirac"}),
    "lmu-ltau": ({}, {"dark_matter": "scalar", "g_chi": 0.3, "mass_ratio": 4.0}),
    "scalar": (
        {}, {"scaling": "universal"}, {"dark_matter": "majorana"}, {"photon_to_lepton": 0.3},
    ),
    "alp": (
        {}, {"free": "electron", "photon_to_electron": 0.1}, {"electron_to_photon": 0.2},
        {"dark_matter": "dirac"},
    ),
    "leptophilic": (
        {}, {"kind": "scalar"}, {"kind": "pseudoscalar", "lepton": "mu"},
        {"kind": "axial", "dark_matter": "majorana"}, {"kind": "axial", "splitting": 0.3,
         "dark_matter": "pseudo-dirac"}, {"lepton": "all", "dark_matter": "none"},
    ),
    "inelastic-dark-matter": ({}, {"splitting": 0.5}),
    "axial-quarks": ({}, {"quarks": "ud"}, {"mediator_mass": 3.0}),
    "b-boson": ({}, {"mass_ratio": 2.2}),
    "invisible-meson": ({}, {"channel": "K-long"}),
    "meson-alp": ({}, {"meson": "both"}, {"meson": "eta-prime"}),
    "omega-dark-photon": ({}, {"alpha_dark": 0.5}),
    "strange-pseudoscalar": ({},),
    "strange-scalars": ({},),
    str(OWN): ({}, {"dark_matter": "none"}, {"e": 0.0}),
    str(OWN_SCALAR): ({}, {"photons": 0.0}),
}  # fmt: skip


def _model(name: str, given: dict[str, float | str]) -> object:
    model = models.get(name, given)
    mesons = [
        [model.meson_branching(meson, 1e-3, np.array([1e-6, 0.03, 0.25])) for meson in MESON_IDS],
        model.coupling_power,
        model.own_mass,
    ]
    if isinstance(model, MesonModel):
        return mesons
    masses = MASSES
    found = [
        mesons,
        [model.lepton_coupling(flavour, COUPLINGS, masses) for flavour in ("e", "mu", "tau")],
        model.photon_coupling(COUPLINGS, masses),
        [model.quark_coupling(quark, COUPLINGS, masses) for quark in ("u", "d")],
        model.partial_widths(masses, COUPLINGS),
        model.invisible_branching(masses, COUPLINGS),
        model.ctau_cm(masses, COUPLINGS),
    ]
    if model.dark_sector is not None:
        sector = model.dark_sector
        found += [sector.chi_mass(masses), sector.threshold(masses), sector.y(COUPLINGS)]
        found += [sector.epsilon(COUPLINGS), sector.off_shell_width(4.0 * masses**2, masses)]
    return [*found, decays(model, 0.3, 1e-4).ctau_cm, decays(model, 0.3, 1e-4).branching]


def _excited(splitting: float) -> object:
    model = models.get("inelastic-dark-matter", {"splitting": splitting})
    assert model.dark_sector is not None
    masses, couplings = np.array([0.02, 0.3, 1.0]), 1e-3
    pairs = np.linspace(0.0, 0.01, 8)
    return [
        inelastic.excited_widths(model, masses, couplings),
        inelastic.excited_ctau_cm(masses, couplings, model.dark_sector),
        inelastic.excited_spectrum(pairs, 0.3, model.dark_sector, 0.000511),
        excited_decays(model, 0.3, 1e-4).branching,
        excited_decays(models.get("lmu-ltau", {"dark_matter": "pseudo-dirac", "splitting": 0.3}),
                       1.0, 1e-3).ctau_cm,
    ]  # fmt: skip


PAIRS: Final = (
    ("scalar", "vector"), ("majorana", "vector"), ("dirac", "vector"), ("dirac", "axial"),
    ("majorana", "axial"), ("dirac", "scalar"), ("majorana", "scalar"), ("dirac", "pseudoscalar"),
    ("majorana", "pseudoscalar"), ("pseudo-dirac", "vector"), ("pseudo-dirac", "axial"),
)  # fmt: skip


def _phase_space() -> object:
    ratios = np.array([0.0, 0.05, 0.2, 0.249, 0.25, 0.3])
    return [
        phase_space(kind, ratios, 0.3 if kind == "pseudo-dirac" else 0.0, mediator)
        for kind, mediator in PAIRS
    ]


def _hadrons() -> object:
    energies = np.concatenate([np.linspace(0.25, 1.3, 60), np.geomspace(1.35, 12.0, 40)])
    return [
        r_ratio.r_ratio(energies),
        r_ratio.baryon_ratio(energies),
        r_ratio.quark_ratio(energies, 0.3, -0.1),
        r_ratio.quick_r_ratio(energies),
    ]


RECIPES: dict[str, Callable[[], object]] = {
    f"{Path(name).stem} {given}": partial(_model, name, given)
    for name, variants in VARIED.items()
    for given in variants
}
RECIPES |= {f"excited states, splitting {s:g}": partial(_excited, s) for s in (0.1, 0.5)}
RECIPES |= {
    "phase space": _phase_space,
    "hadrons": _hadrons,
    "widths": lambda: [
        [
            widths.lepton_width(boson, MASSES, 0.01, 0.10566)
            for boson in ("vector", "axial", "scalar", "pseudoscalar")
        ],
        widths.hadron_width(MASSES, 1e-3),
        widths.photon_width(MASSES, 1e-3),
        widths.neutrino_width(MASSES, 1e-3, 2),
    ],
    "loops of leptons": lambda: loop_mixing(np.array([-1.0, -1e-3, 1e-6, 0.04, 1.0, 30.0])),
    "constants of mesons": lambda: [
        [
            meson_constants.axial_constant(m, q)
            for m in ("pi0", "eta", "eta-prime")
            for q in ("uds", "ud")
        ],
        [meson_constants.strange_density(m) for m in ("eta", "eta-prime")],
    ],
}
