"""One good call of each public function, the ground for bad ones."""

from __future__ import annotations

from functools import cache

import numpy as np

import emiss


@cache
def lead():
    return emiss.materials.get("Pb")


@cache
def element():
    return emiss.materials.element("Pb")


def photon(**parameters):
    return emiss.models.get("dark-photon", parameters)


ELECTRON = {"energy": 50.0, "mass": 0.01}


def processes():
    on = {**ELECTRON, "element": element()}
    resonant = {"energy": [50.0, 60.0], "mass": 0.25, "model": photon()}
    p = "emiss.physics.processes."
    return {
        p + "bremsstrahlung.total_cross_section": on,
        p + "bremsstrahlung.total_cross_sections": on,
        p + "bremsstrahlung.differential_x": {"x": [0.2, 0.5, 0.9], **on},
        p + "bremsstrahlung.differential_x_theta": {"x": [0.5, 0.9], "theta": [0.0, 1e-3], **on},
        p + "bremsstrahlung_sampler.sample_events": {"count": 3, **on, "seed": 1},
        p + "medium_effects.formation_length_cm": {"x": [0.2, 0.5], **ELECTRON},
        p + "medium_effects.migdal_variable": {"x": [0.2, 0.5], **ELECTRON, "material": lead()},
        p + "medium_effects.mixing_factor": {"mass": [0.01, 0.02], "material": lead()},
        p + "annihilation.cross_section": {**resonant, "coupling": 1e-4},
        p + "annihilation.cross_section_pb": {**resonant, "coupling": 1e-4},
        p + "annihilation.squared_energy": {"energy": [1.0, 2.0]},
        p + "annihilation.resonance_energy": {"mass": [0.1, 0.2]},
        p + "annihilation.narrow_width_integral": {
            "mass": [0.25, 0.3], "model": photon(), "coupling": 1e-4,
        },
        p + "associated.cross_section": {"energy": [50.0, 60.0], "mass": 0.01},
        p + "associated.cross_section_pb": {"energy": [50.0, 60.0], "mass": 0.01},
        p + "associated.photon_energies": {"energy": [50.0, 60.0], "mass": 0.01},
        p + "associated.photon_spectrum": {
            "photon_energy": [1.0, 2.0], "energy": 50.0, "mass": 0.01,
        },
        p + "associated.leading_logarithm": {"energy": [50.0, 60.0], "mass": 0.01},
        p + "atomic_electrons.compton_profile": {"Z": 82, "momentum": [1e-5, 1e-4]},
        p + "atomic_electrons.mean_square_momentum": {"Z": 82},
        p + "charge_exchange.differential_cross_section_pb": {
            "meson": "eta", "energy": 50.0, "momentum_transfer": [0.1, 0.2],
        },
        p + "charge_exchange.cross_section_pb": {"meson": "eta", "energy": [50.0, 60.0]},
        p + "charge_exchange.sample_momentum_transfer": {
            "meson": "eta", "energy": 50.0, "count": 3, "random": np.random.default_rng(1),
        },
        p + "weizsaecker_williams.ww_spectrum": {"x": [0.2, 0.5], **on},
        p + "weizsaecker_williams.iww_spectrum": {"x": [0.2, 0.5], **on},
        p + "weizsaecker_williams.ww_total": on,
        p + "weizsaecker_williams.iww_total": on,
        p + "atomic_electrons.flux_below": {"Z": 82, "momentum": [1e-5, 1e-4]},
        p + "charge_exchange.recoil_below": {
            "meson": "eta", "energy": 50.0, "kinetic_energy": [0.1, 0.2],
        },
        p + "charge_exchange.charge_exchange": {"meson": "eta"},
        p + "weizsaecker_williams.ww_double_spectrum": {
            "x": [0.2, 0.5], "theta": 1e-3, **on,
        },
        p + "weizsaecker_williams.iww_log_total": {**on, "mass": 0.5},
        p + "decay_in_flight.survival_probability": {"distance": [1.0, 2.0], "length": 10.0},
        p + "decay_in_flight.decay_length": {"energy": [5.0, 6.0], "mass": 0.1, "ctau": 1.0},
        p + "decay_in_flight.decay_probability": {"start": 1.0, "end": 2.0, "length": [1.0, 5.0]},
        p + "decay_in_flight.opening_angle": {"mass": 0.1, "energy": [5.0, 6.0], "cosine": 0.5},
        p + "decay_in_flight.fraction_within_angle": {
            "mass": 0.1, "energy": [5.0, 6.0], "angle": 0.1,
        },
        p + "decay_in_flight.separation": {
            "mass": 0.1, "energy": [5.0, 6.0], "cosine": 0.5, "distance": 100.0,
        },
        p + "decay_in_flight.pair_acceptance": {
            "mass": 0.1, "energy": [5.0, 6.0], "distance": 100.0, "half_size": 10.0,
        },
        p + "decay_in_flight.decay_probability_from_cell": {
            "cell": (0.0, 1.0), "start": 10.0, "end": 20.0, "length": [5.0, 10.0],
        },
        p + "primakoff_events.differential_theta": {"theta": [1e-4, 1e-3], **on},
        p + "primakoff_events.differential_solid_angle": {"theta": [1e-4, 1e-3], **on},
        p + "primakoff.differential_t": {"t": [1e-4, 1e-3], **on},
        p + "primakoff.threshold_energy": {"mass": 0.01, "element": element()},
        p + "primakoff.total_cross_section": on,
    }  # fmt: skip


def surface():
    """Names of the package itself."""
    one = {"energy": 50.0, "mass": 0.01}
    x, n = "emiss.cross_sections.", "na64e-2016"
    return {
        x + "bremsstrahlung": one,
        x + "annihilation": {"energy": 50.0, "mass": 0.25},
        x + "associated": one,
        x + "primakoff": one,
        x + "charge_exchange": {"energy": 50.0},
        x + "hadron_inelastic": {"energy": 50.0},
        "emiss.api.limit": {"experiment": n, "masses": [0.01, 0.02]},
        "emiss.api.yields": {"experiment": n, "masses": [0.01, 0.02]},
        "emiss.api.verdict": {"experiments": n, "masses": [0.01, 0.02], "kinds": ["scalar"]},
        "emiss.api.scan": {
            "parameters": {"alpha_dark": [0.1, 0.5]}, "experiment": n, "masses": [0.01],
        },
        "emiss.api.relic": {"masses": [0.01], "mode": "fast"},
        "emiss.api.moments": {"masses": [0.01, 0.02]},
        "emiss.api.tracks": {"energy": 20.0, "min_energy": 5.0},
        "emiss.api.depth": {"energy": 20.0, "min_energy": 5.0, "to": 5.0},
        "emiss.api.decays": {"model": "dark-photon", "mass": 0.01},
        "emiss.api.direct_detection": {"mass": 0.01, "y": 1e-10},
        "emiss.api.dump_experiment": dump(),
        "emiss.api.dump_scatter": {
            "experiment": emiss.dump_experiment(**dump()), "masses": [0.01],
        },
        "emiss.api.loss": {"material": "Pb", "thickness": 10.0},
        "emiss.api.compare": {"limit": small_limit(), "curve": curve()},
        "emiss.api.recast": {
            "curve": curve(), "source": "dark-photon", "target": "b-l",
        },
        "emiss.inference.upper_limit": {"channels": emiss.inference.Channel(0, 0.5)},
        "emiss.inference.expected_limits": {"channels": emiss.inference.Channel(0, 0.5)},
        "emiss.inference.Channel": {"observed": 0, "background": 0.5},
        "emiss.mass_grid": {"low": 0.01, "high": 0.1, "count": 3},
        "emiss.ground.units.parse_quantity": {"text": "1 GeV", "kind": "energy", "name": "text"},
        "emiss.ground.checks.check_masses": {"values": [0.1, 0.2], "name": "values"},
        "emiss.ground.checks.read_number": {"text": "0.1", "name": "text"},
        "emiss.models.DarkPhoton": {},
        "emiss.models.get": {"name": "dark-photon"},
        "emiss.experiments.get": {"name_or_path": n},
        "emiss.materials.get": {"name": "Pb"},
        "emiss.materials.find": {"name": "Pb"},
        "emiss.physics.shower.tracks.track_lengths": {
            "material": lead(), "primary": "e-", "energy": 20.0, "min_energy": 5.0,
        },
    }  # fmt: skip


@cache
def small_limit():
    return emiss.limit("na64e-2016", masses=[0.01, 0.1])


@cache
def curve():
    from emiss.physics.constraints.curves.overlay import Overlay

    return Overlay("toy", np.geomspace(1e-3, 1.0, 5), np.full(5, 1e-4), "epsilon")


def dump():
    return {
        "on_target": 1e20, "distance": 2000.0, "radius": 50.0, "length": 100.0, "min_recoil": 0.5,
    }  # fmt: skip


INFINITE = {
    "emiss.physics.processes.decay_in_flight.decay_length",
    "emiss.physics.processes.decay_in_flight.separation",
}
"""Functions for which infinity is an answer: what does not decay, or never reaches a plane."""
