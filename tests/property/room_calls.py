"""One good call of each public function and class of the rooms, the ground for bad ones.

Statistics, freeze-out, events, experiments and what is written of them: what docs/api.md lists, or
a room offers, beside the commands and the cross-sections.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from event_tables import layout
from file_kinds import KINDS
from public_calls import element, lead, photon, small_limit

import emiss
from emiss import experiments, inference, materials, models, units
from emiss.analysis.cutflow import Tally
from emiss.analysis.evaluate import variables_of
from emiss.events import synchrotron
from emiss.events.hadrons import electronuclear
from emiss.events.hadrons.boxes import Box
from emiss.events.hadrons.punch_through import punch_through
from emiss.events.signal import kinematics, source
from emiss.experiments import variation
from emiss.inference import asymptotic, simplified, thermal, toys
from emiss.physics.constraints.cosmology import (
    annihilation_rate,
    boltzmann,
    degrees_of_freedom,
    mediators,
    relic,
    thermal_average,
)
from emiss.physics.models import inelastic
from emiss.presentation.export import hs3_document, pyhf_workspace
from emiss.yields.acceptance import recoil, recoil_cuts
from emiss.yields.escape import Escape
from emiss.yields.processes import charge_exchange

RUN = "na64e-2016"


def statistics():
    """Counts, and couplings."""
    channel = {"channels": inference.Channel(1, 0.5, 0.1), "toys": 200, "seed": 1}
    return {
        "significance": (inference.significance, {**channel, "method": "exact"}),
        "expected_limits": (inference.expected_limits, {**channel, "cl": 0.9, "method": "cls"}),
        "upper_limit": (inference.upper_limit, {**channel, "cl": 0.9, "method": "cls"}),
        "asymptotic_log_cls": (
            asymptotic.asymptotic_log_cls, {"channels": channel["channels"], "strength": 2.0},
        ),
        "toy_cls": (toys.toy_cls, {**channel, "strength": 2.0, "executor": None}),
        "toy_upper_limit": (toys.toy_upper_limit, {**channel, "cl": 0.9, "executor": None}),
        "thermal_overlays": (
            thermal.thermal_overlays, {"limit": small_limit(), "model": photon()},
        ),
        "Combination": (inference.Combination, {"channels": [channel["channels"]]}),
        "coupling_limits": (
            inference.coupling_limits,
            {"signal": small_yield(), "cl": 0.9, "method": "cls", "toys": 200,
             "seed": 1, "near": None},
        ),
        "limit": (
            inference.limit,
            {"experiment": RUN, "model": photon(), "masses": [0.01, 0.02], "cl": 0.9,
             "method": "cls", "on_target": 1e11, "form_factor": "elastic",
             "electron_motion": False, "associated": True, "correlation": "shared",
             "progress": None, "engine": "deterministic", "showers": 100, "seed": 1, "toys": 200,
             "nuclear_model": "glauber", "acceptance": None, "recoils": 1000},
        ),
        "signal_yield": (
            emiss.yields.signal_yield,
            {"experiment": RUN, "model": photon(), "masses": [0.01, 0.02], "on_target": 1e11,
             "form_factor": "elastic", "electron_motion": False, "associated": True,
             "progress": None, "engine": "deterministic", "showers": 100, "seed": 1,
             "nuclear_model": "glauber", "acceptance": None, "recoils": 1000},
        ),
        "likelihood": (
            simplified.likelihood,
            {"experiment": RUN, "model": photon(), "masses": [0.01, 0.02], "cl": 0.9,
             "method": "cls", "on_target": 1e11, "correlation": "shared"},
        ),
        "likelihood.events": (small_likelihood().events, {"coupling": 1e-4}),
        "likelihood.limit": (small_likelihood().limit, {"cl": 0.9, "method": "cls"}),
        "yield.events": (small_yield().events, {"coupling": [1e-4, 1e-4]}),
        "yield.per_process": (small_yield().per_process, {"coupling": [1e-4, 1e-4]}),
        "yield.errors": (small_yield().errors, {"coupling": [1e-4, 1e-4]}),
        "pyhf_workspace": (
            pyhf_workspace.pyhf_workspace,
            {"likelihood": small_likelihood(), "mass": 1, "coupling": 1e-4},
        ),
        "pyhf_patchset": (
            pyhf_workspace.pyhf_patchset,
            {"likelihood": small_likelihood(), "hepdata": "ins1234567"},
        ),
        "hs3_document": (
            hs3_document.hs3_document,
            {"likelihood": small_likelihood(), "mass": 1, "coupling": 1e-4},
        ),
    }  # fmt: skip


def freeze_out():
    """The relic density, by hand."""
    dark = {"mass": 0.01, "mediator_mass": 0.03, "kind": "scalar", "alpha_dark": 0.1}
    states, mediator = annihilation_rate.DarkStates(**dark), mediators.dark_photon_mediator()
    plasma, constant = degrees_of_freedom.SAIKAWA_SHIRAI, degrees_of_freedom.ConstantDegrees()
    rate = annihilation_rate.annihilation_channel(mediator, states)
    temperature = {"temperature": [1e-3, 1e-2]}
    sector = models.DarkSector("pseudo-dirac", 0.1, 3.0, 0.2)
    return {
        "DarkStates": (annihilation_rate.DarkStates, {**dark, "splitting": 0.0}),
        "DarkSector": (
            models.DarkSector,
            {"kind": "pseudo-dirac", "alpha_dark": 0.1, "mass_ratio": 3.0, "splitting": 0.2,
             "mediator": "vector"},
        ),
        "ConstantDegrees": (degrees_of_freedom.ConstantDegrees, {"g": 10.75, "h": 10.75}),
        **{
            f"{type(of).__name__}.{name}": (getattr(of, name), temperature)
            for of in (plasma, constant)
            for name in ("energy", "entropy", "sqrt_g_star")
        },
        "equilibrium_log_yield": (
            boltzmann.equilibrium_log_yield,
            {"species": ((0.01, 2.0), (0.012, 2.0)), "x": [10.0, 20.0], "degrees": plasma},
        ),
        "omega_h2": (boltzmann.omega_h2, {"mass": 0.01, "final_yield": 1e-8}),
        "thermal_average": (
            thermal_average.thermal_average,
            {"annihilation": rate, "temperatures": [1e-3, 2e-3], "order": 8},
        ),
        "relic_abundance": (
            relic.relic_abundance,
            {"mediator": mediator, "dark": states, "coupling": 1e-4, "degrees": plasma},
        ),
        "relic_coupling": (
            relic.relic_coupling,
            {"masses_chi": [0.01, 0.02], "kind": "scalar", "alpha_dark": 0.1, "mass_ratio": 3.0,
             "mode": "fast", "mediator": mediator, "splitting": 0.0, "target": 0.12,
             "degrees": plasma},
        ),
        "excited_ctau_cm": (
            inelastic.excited_ctau_cm,
            {"mass": [0.1, 0.2], "epsilon": 1e-3, "sector": sector},
        ),
        "excited_width": (
            inelastic.excited_width,
            {"mass": [0.1, 0.2], "epsilon": 1e-3, "sector": sector, "flavour": "e"},
        ),
        "excited_widths": (
            inelastic.excited_widths,
            {"model": photon(splitting=0.2, dark_matter="pseudo-dirac"), "mass": [0.1, 0.2],
             "coupling": 1e-3},
        ),
        "excited_spectrum": (
            inelastic.excited_spectrum,
            {"pair_mass2": [1e-5, 2e-5], "mass": 0.1, "sector": sector, "lepton_mass": 0.000511},
        ),
    }  # fmt: skip


def events():
    """Photons, four-vectors and hadrons."""
    vectors = {"vectors": [[2.0, 0.1, 0.2, 1.5], [3.0, 0.0, 0.0, 2.0]]}
    module = Box("module", materials.get("Fe"), 0.0, 20.0)
    return {
        "number_density": (synchrotron.number_density, {"u": [0.1, 1.0]}),
        "fraction_below": (synchrotron.fraction_below, {"u": [0.1, 1.0]}),
        "invariant_mass": (kinematics.invariant_mass, vectors),
        "direction_of": (kinematics.direction_of, vectors),
        "emitters": (source.emitters, {"names": ["bremsstrahlung"]}),
        "interaction_probability": (
            electronuclear.interaction_probability,
            {"box": module, "energy": 100.0, "least_photon": 5.0},
        ),
        "punch_through": (
            punch_through,
            {"modules": (module,), "hadron": "n", "energy": 100.0, "threshold": 1.0, "events": 100,
             "repeats": 2, "slices": 1, "seed": 1, "model": "pythia"},
        ),
        "Box": (
            Box,
            {"name": "module", "material": lead(), "start": 0.0, "end": 20.0, "x": (-1.0, 1.0),
             "y": (-1.0, 1.0), "hole": (0.0, 0.0), "e_over_h": 1.0},
        ),
        "beam_sample": (recoil.beam_sample, {"setup": muons(), "count": 20, "seed": (1, 0)}),
        "counter_share": (
            recoil_cuts.counter_share, {"setup": muons(), "sample": scattered()},
        ),
        "mesons_made": (
            charge_exchange.mesons_made,
            {"setup": pions(), "meson": "eta", "effective": "glauber"},
        ),
        "Escape": (Escape, {"model": photon(), "length": 100.0}),
        "variables_of": (variables_of, {"cut": layout().selection.cuts[0]}),
        "Tally": (Tally, {"cuts": layout().selection.cuts, "events": 0}),
    }  # fmt: skip


def catalogue():
    """Experiments, models, materials and units."""
    origin = {"source": "user", "status": "user", "note": ""}
    known = experiments.get(RUN)
    return {
        "experiments.load": (experiments.load, {"path": file("experiment.toml")}),
        "experiments.template": (experiments.template, {"mode": "missing-energy"}),
        "experiments.roles": (experiments.roles, {"own": True}),
        "experiments.describe": (experiments.describe, {"experiment": known}),
        "experiments.rows": (experiments.rows, {"experiment": known}),
        "with_efficiency": (known.with_efficiency, {"value": 0.5, **origin}),
        "with_on_target": (
            known.with_on_target,
            {"total": 1e11, "scale_background": True, **origin},
        ),
        "Efficiency": (
            experiments.Efficiency,
            {"values": (0.5, 0.6), "masses": (0.01, 0.1), "uncertainties": (0.1, 0.1), **origin,
             "spread": 0.1},
        ),
        "Efficiency.at": (table().at, {"masses": [0.02, 0.03]}),
        "Efficiency.uncertainty_at": (table().uncertainty_at, {"masses": [0.02, 0.03]}),
        "Efficiency.of_process": (
            table().of_process, {"name": "annihilation", "masses": [0.02, 0.03]},
        ),
        "Quantity": (
            experiments.Quantity, {"value": 1.0, "uncertainty": 0.1, "unit": "GeV", **origin},
        ),
        "Window": (
            experiments.Window,
            {"start": 1.0, "end": 2.0, "channels": ("e+e-",), "invisible": False,
             "calorimeter": 10.0, "half_size": 10.0},
        ),
        "Variation": (
            variation.Variation, {"beam_energy": 100.0, "threshold": 50.0, "on_target": 1e11},
        ),
        "varied": (
            variation.varied,
            {"experiment": RUN, "beam_energy": 100.0, "threshold": 50.0, "on_target": 1e11},
        ),
        "models.defaults": (models.defaults, {"name": "dark-photon"}),
        "models.load": (models.load, {"path": file("model.toml"), "parameters": {}}),
        "DarkPhoton": (
            models.DarkPhoton,
            {"alpha_dark": 0.1, "mass_ratio": 3.0, "dark_matter": "pseudo-dirac",
             "splitting": 0.1},
        ),
        "BMinusL": (
            models.BMinusL,
            {"dark_matter": "dirac", "g_chi": 0.05, "mass_ratio": 3.0, "splitting": 0.0,
             "neutrinos": "left-handed"},
        ),
        "LMuLTau": (
            models.LMuLTau,
            {"dark_matter": "dirac", "g_chi": 0.05, "mass_ratio": 3.0, "splitting": 0.0},
        ),
        "Leptophilic": (
            models.Leptophilic,
            {"kind": "vector", "lepton": "e", "dark_matter": "dirac", "alpha_dark": 0.1,
             "mass_ratio": 3.0, "splitting": 0.0},
        ),
        "Scalar": (
            models.Scalar,
            {"scaling": "mass", "photon_to_lepton": 0.1, "dark_matter": "dirac",
             "alpha_dark": 0.1, "mass_ratio": 3.0},
        ),
        "ALP": (
            models.ALP,
            {"electron_to_photon": 0.1, "free": "photon", "photon_to_electron": 0.0,
             "dark_matter": "dirac", "alpha_dark": 0.1, "mass_ratio": 3.0},
        ),
        **of_a_model(),
        "materials.element": (materials.element, {"symbol": "Pb"}),
        "materials.load": (materials.load, {"path": file("materials.toml")}),
        "Element": (
            materials.Element,
            {"symbol": "Pb", "Z": 82, "A": 207.2, "density": 11.35,
             "mean_excitation_energy": 823e-9},
        ),
        "Component": (materials.Component, {"element": element(), "mass_fraction": 1.0}),
        "Material": (
            materials.Material,
            {"name": "mine", "density": 11.35,
             "components": (materials.Component(element(), 1.0),), "length": 10.0},
        ),
        "format_energy": (units.format_energy, {"value": 0.0167, "digits": 4}),
        "format_level": (units.format_level, {"cl": 0.9}),
        "parse_masses": (units.parse_masses, {"text": "1MeV:1GeV:3"}),
    }  # fmt: skip


def of_a_model():
    """Methods of a model that anyone may call."""
    model, both = photon(), {"mass": [0.1, 0.2], "coupling": 1e-3}
    one = {name: (getattr(model, name), both) for name in (
        "partial_widths", "total_width", "invisible_branching", "ctau_cm",
        "visible_widths", "neutrino_width", "photon_coupling",
    )}  # fmt: skip
    return {
        **{f"model.{name}": call for name, call in one.items()},
        "model.dark_width": (model.dark_width, {"mass": [0.1, 0.2]}),
        "model.lepton_coupling": (model.lepton_coupling, {"flavour": "e", **both}),
        "model.quark_coupling": (model.quark_coupling, {"quark": "u", **both}),
        "model.meson_branching": (model.meson_branching, {"meson": "eta", **both}),
    }


INFINITE = {"excited_ctau_cm", "Escape", "Window"}
"""For which infinity is an answer, or a length: what never decays, or has no end."""


@cache
def file(name):
    """A good file of a kind, in a folder that goes when the tests end."""
    path = Path(_folder().name) / name
    next(kind for kind in KINDS if kind.name == name).make(path)
    return path


@cache
def _folder():
    return tempfile.TemporaryDirectory()


@cache
def small_yield():
    return emiss.yields.signal_yield(RUN, photon(), [0.01, 0.1])


@cache
def small_likelihood():
    return simplified.likelihood(RUN, photon(), [0.01, 0.1])


@cache
def table():
    return experiments.Efficiency((0.5, 0.6), (0.01, 0.1), (0.1, 0.1))


@cache
def muons():
    return experiments.get("na64mu-2022").runs[0].setup


@cache
def pions():
    return experiments.get("na64h-2023").runs[0].setup


@cache
def scattered():
    return recoil.beam_sample(muons(), count=20, seed=(1, 0))


@cache
def of_rooms():
    """All of them by name: a function or class, and what it is called with."""
    return {**statistics(), **freeze_out(), **events(), **catalogue()}
