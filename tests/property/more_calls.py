"""One good call of each function for checks and work of one's own, the ground for bad ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from public_calls import curve, element, lead

from emiss.physics.constraints import (
    direct_detection,
    direct_detection_curve,
    invisible_mesons,
    magnetic_moments,
    moment_coverage,
    x17,
)
from emiss.physics.constraints.cosmology import relic, thermal_lines
from emiss.physics.constraints.curves.table import Choice
from emiss.physics.shower import (
    mellin,
    muon_cross_sections,
    muon_stopping,
    muon_transport,
    radiation,
)


@cache
def further():
    """Functions with a good call of each, by name."""
    on = {"material": lead(), "energy": [5.0, 10.0], "fraction": [0.2, 0.5]}
    muon = {"element": element(), "energy": [50.0, 100.0], "transfer": [1.0, 2.0]}
    sector = {"kind": "scalar", "target": "electron", "mass_ratio": 3.0}
    moment = {"boson": "vector", "masses": [0.01, 0.02], "lepton": "mu", "sigmas": 2.0}
    return {
        "Choice": (
            Choice,
            {"column": "1", "qualifiers": (("a", "b"),), "mass_unit": "MeV",
             "quantity": "epsilon", "alpha_dark": 0.1, "mass_ratio": 3.0},
        ),
        "sigma_from_y": (
            direct_detection.sigma_from_y, {"y": [1e-10, 1e-9], "mass_chi": [0.01, 0.02], **sector},
        ),
        "y_from_sigma": (
            direct_detection.y_from_sigma,
            {"sigma_cm2": [1e-38, 1e-37], "mass_chi": [0.01, 0.02], **sector},
        ),
        "elastic_translation": (direct_detection.elastic_translation, {"kind": "scalar"}),
        "reference_text": (direct_detection.reference_text, {"target": "electron"}),
        "curve_in_y": (
            direct_detection_curve.curve_in_y, {"curve": sigma_curve(), **sector},
        ),
        "quoted_limits": (invisible_mesons.quoted_limits, {"meson": "eta"}),
        "coupling_band": (magnetic_moments.coupling_band, moment),
        "coupling_upper_bound": (magnetic_moments.coupling_upper_bound, moment),
        "reference": (magnetic_moments.reference, {"name": "muon-2021"}),
        "reference_names": (magnetic_moments.reference_names, {"lepton": "mu"}),
        "excluded_share": (
            moment_coverage.excluded_share,
            {"band": magnetic_moments.coupling_band("vector", [0.01, 0.02]),
             "limit": [1e-4, 1e-4], "upper_edge": [1e-2, 1e-2]},
        ),
        "hint": (x17.hint, {"name": "padme-2025"}),
        "thermal_variable": (
            relic.thermal_variable, {"epsilon": [1e-5, 1e-4], "alpha_dark": 0.1, "mass_ratio": 3.0},
        ),
        "thermal_line": (
            thermal_lines.thermal_line,
            {"masses": [0.01, 0.02], "kind": "scalar", "alpha_dark": 0.1, "mass_ratio": 3.0,
             "splitting": 0.0},
        ),
        "table_line": (thermal_lines.table_line, {"masses": [0.01, 0.02], "kind": "scalar"}),
        "track_length_above": (
            mellin.track_length_above,
            {"energy": [5.0, 10.0], "beam_energy": 50.0, "primary": "e-", "particle": "e+",
             "excess": 0.0},
        ),
        "ionisation_shift_above": (
            mellin.ionisation_shift_above,
            {"energy": [5.0, 10.0], "beam_energy": 50.0, "loss": 0.01, "excess": 0.0},
        ),
        "complete_screening_excess": (radiation.complete_screening_excess, {"material": lead()}),
        "lpm_energy": (radiation.lpm_energy, {"material": lead()}),
        "migdal_functions": (radiation.migdal_functions, {"s": [0.1, 1.0]}),
        "bremsstrahlung_spectrum": (
            radiation.bremsstrahlung_spectrum, {**on, "screening": "tsai", "lpm": True},
        ),
        "pair_spectrum": (radiation.pair_spectrum, {**on, "screening": "tsai", "lpm": True}),
        "muon_bremsstrahlung": (muon_cross_sections.bremsstrahlung, muon),
        "muon_pair_production": (muon_cross_sections.pair_production, {**muon, "nodes": 16}),
        "muon_photonuclear": (muon_cross_sections.photonuclear, muon),
        "muon_ionisation": (
            muon_cross_sections.ionisation, {"energy": [50.0, 100.0], "transfer": [1.0, 2.0]},
        ),
        "stopping_power": (muon_stopping.stopping_power, {"material": lead(), "energy": 100.0}),
        "loss_rates": (muon_stopping.loss_rates, {"material": lead(), "energy": 100.0}),
        "muon_energy_loss": (
            muon_transport.muon_energy_loss,
            {"material": lead(), "energy": 100.0, "thickness_cm": 10.0, "projectile": "mu-"},
        ),
    }  # fmt: skip


def sigma_curve():
    return replace(curve(), quantity="sigma_e_cm2", values=np.full(5, 1e-38))
