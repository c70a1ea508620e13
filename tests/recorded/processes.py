"""Cross-sections, spectra, samples, form factors and decay kinematics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from emiss import materials, models
from emiss.physics.processes import (
    annihilation,
    annihilation_events,
    associated,
    atomic_electrons,
    bremsstrahlung,
    bremsstrahlung_sampler,
    bremsstrahlung_table,
    charge_exchange,
    decay_in_flight,
    form_factors,
    hadron_nucleus,
    initial_state,
    magnetic_moment,
    medium_effects,
    nuclear_charge_exchange,
    primakoff,
    primakoff_events,
    radiative,
    weizsaecker_williams,
)
from emiss.physics.processes.bremsstrahlung_quadrature import boson_energy_range, start_values
from emiss.physics.processes.positron_tracks import PositronTracks

LEAD, CARBON = materials.element("Pb"), materials.element("C")
BOSONS: Final = ("vector", "scalar", "pseudoscalar", "axial")
MASSES: Final = (1e-6, 1e-3, 0.03, 0.4, 2.0)
SHARES: Final = np.array([0.0, 1e-4, 0.03, 0.4, 0.9, 0.999, 1.0])
TRANSFERS: Final = np.geomspace(1e-10, 5.0, 12)


def over(function: Callable[..., object], places: Any, **options: Any) -> Callable[[], object]:
    """The results of a function at several places, each a tuple of its first arguments."""
    return lambda: [function(*place, **options) for place in places]


def _resonant(name: str, **parameters: Any) -> object:
    model = models.get(name, parameters)
    energies = np.array([2.0, 40.0, 61.1, 61.16, 61.2, 61.5, 100.0])
    return [
        annihilation.cross_section(energies, mass, model, coupling, width_form=form)
        for mass, coupling in ((0.25, 1e-4), (0.25, 0.3), (0.05, 1e-3))
        for form in ("energy-dependent", "constant")
    ]


def _luminosity() -> annihilation.AnnihilationLuminosity:
    edges = np.geomspace(0.5, 100.0, 25)
    return annihilation.AnnihilationLuminosity.from_track_length(
        edges, 3.0 / edges[1:] ** 2, materials.get("Pb")
    )


def _folded(name: str, **parameters: Any) -> object:
    model, luminosity = models.get(name, parameters), _luminosity()
    masses = np.array([0.03, 0.1, 0.2, 0.25, 0.3, 0.319, 0.33])
    return [luminosity.events(masses, model, g * np.ones(masses.size)) for g in (1e-5, 1e-3, 0.2)]


def _line_shape(radiation: bool) -> object:
    model = models.get("dark-photon", {"alpha_dark": 0.5})
    shape = annihilation_events.LineShape.of(model, 0.25, 1e-3)
    energies = np.array([30.0, 61.16, 61.3, 70.0, 99.0])
    random = np.random.default_rng(3)
    made = annihilation_events.sample_at(energies, shape, random, radiation=radiation)
    return [
        made.boson,
        made.photon,
        made.cross_section,
        shape.cross_section(energies, radiation=radiation),
    ]


def _radiated(boson: str) -> object:
    edges = np.append(np.geomspace(1.0, 95.0, 20), [97.0, 99.0, 100.0])
    tracks = PositronTracks(
        edges, 1e22 / edges[1:], np.array([48.0, 50.0, 52.0]),
        lambda missing: np.clip(0.25 * (missing - 48.0), 0.0, 1.0), np.array([1.0, 10.0]),
        np.linspace(1.0, 0.5, 2 * edges.size - 2).reshape(-1, 2), np.full(edges.size - 1, 0.9),
    )  # fmt: skip
    bosons = radiative.RadiatedBosons.of(tracks, boson)
    model = models.get("dark-photon", {"mass_ratio": 2.5})
    masses, couplings = np.array([0.01, 0.25, 0.31]), np.array([1e-5, 1e-3, 0.1])
    return [
        initial_state.radiation_exponent(np.geomspace(1e-3, 0.1, 4)),
        initial_state.virtual_factor(np.geomspace(1e-3, 0.1, 4)),
        bosons.squared_masses[::40], bosons.rate[::40], bosons.on_shell(masses),
        bosons.events(masses, model), bosons.events(masses, model, couplings),
        bosons.events(masses, model, couplings, width_form="constant"),
        initial_state.soft_tracks(tracks),
    ]  # fmt: skip


def _brems_sample(element: materials.Element, boson: str) -> object:
    made = bremsstrahlung_sampler.sample_events(
        20, 80.0, 0.05, element=element, seed=5, boson=boson, unweighted=False
    )
    return [made.boson, made.recoil, made.weights, made.cross_section_pb]


def _primakoff_sample() -> object:
    made = primakoff_events.sample(80.0, 0.05, 12, np.random.default_rng(2), element=LEAD)
    return [made.boson, made.nucleus, made.momentum_transfer, made.theta]


def _table(projectile: str) -> object:
    table = bremsstrahlung_table.load_table(LEAD, projectile)
    masses = np.array([2e-6, 1e-3, 0.011, 0.3, 1.4])
    shares = np.array([[0.0], [1e-9], [1e-3], [0.4], [0.95], [1.0 - 1e-5], [1.0 - 1e-9]])
    return [table.above(energy, masses, shares) for energy in (30.0, 160.0)]


def _exchange(meson: str, beam: str) -> object:
    energies = np.array([10.0, 20.0, 50.0])
    return [
        charge_exchange.cross_section_pb(meson, energies, beam),
        [
            nuclear_charge_exchange.on_nucleus(meson, energy, target, beam=beam, effective=model)
            for energy in (20.0, 50.0)
            for target in ("H", "C", "Pb")
            for model in hadron_nucleus.EFFECTIVE_MODELS
        ],
    ]


def _exchange_shape(meson: str) -> object:
    t = np.array([0.0, 0.01, 0.1, 0.4, 1.0])
    sample = charge_exchange.sample_momentum_transfer
    return [
        charge_exchange.differential_cross_section_pb(meson, 50.0, t),
        charge_exchange.differential_cross_section_pb(meson, 12.0, t),
        charge_exchange.recoil_below(meson, 50.0, np.array([0.001, 0.05, 0.3])),
        sample(meson, 50.0, 5, np.random.default_rng(4)),
    ]


def _totals(element: materials.Element, projectile: str) -> Callable[[], object]:
    places = [
        (energy, mass) for energy in (1.0, 20.0, 160.0) for mass in MASSES if mass < energy / 3
    ]
    return over(
        lambda energy, mass: bremsstrahlung.total_cross_sections(
            energy, mass, element=element, projectile=projectile
        ),
        places,
    )


def _kinematics() -> object:
    energies = np.array([0.3, 5.0, 100.0])
    return [
        decay_in_flight.decay_length(energies, 0.1, 3.0),
        decay_in_flight.decay_length(energies, 0.1, 0.0),
        decay_in_flight.survival_probability(np.array([0.0, 1.0, 40.0]), 7.0),
        decay_in_flight.survival_probability(3.0, np.array([0.0, 1e-9, 7.0, np.inf])),
        decay_in_flight.decay_probability(2.0, np.array([2.0, 30.0, np.inf]), 9.0),
        decay_in_flight.decay_probability(2.0, 30.0, np.array([0.0, 1e-3, 9.0, 1e12, np.inf])),
        decay_in_flight.decay_probability_from_cell(
            (0.0, 4.0), 10.0, np.array([12.0, 400.0]), np.array([[0.1], [30.0], [1e9]])
        ),
        decay_in_flight.opening_angle(0.1, energies, 0.3),
        decay_in_flight.opening_angle(0.3, energies, 0.3, 0.10566),
        decay_in_flight.fraction_within_angle(0.1, energies, np.array([1e-4, 0.01, 0.5])),
        decay_in_flight.separation(0.1, energies, 0.3, 250.0),
        decay_in_flight.pair_acceptance(0.1, energies, 250.0, 10.0, min_separation=0.2),
    ]


def _medium() -> object:
    tungsten = materials.get("W")
    x = np.array([1e-3, 0.2, 0.9])
    return [
        [medium_effects.formation_length_cm(x, e, m) for e, m in ((100.0, 1e-5), (20.0, 0.02))],
        [
            medium_effects.migdal_variable(x, e, m, tungsten)
            for e, m in ((100.0, 1e-5), (20.0, 0.02))
        ],
        medium_effects.mixing_factor(np.array([2e-7, 5e-7, 1e-5]), tungsten),
    ]


def _atom(number: int) -> object:
    momenta = np.array([0.0, 1e-6, 1e-5, 1e-4, 1e-3])
    return [
        atomic_electrons.compton_profile(number, momenta),
        atomic_electrons.flux_below(number, momenta),
        atomic_electrons.mean_square_momentum(number),
        [(s.electrons, s.momentum) for s in atomic_electrons.shells(number)],
    ]


def _associated(boson: str) -> object:
    photons = np.array([1e-3, 0.1, 1.0, 20.0, 45.0, 60.0])
    edges = np.geomspace(0.1, 40.0, 7)
    return [
        [associated.photon_spectrum(photons, 60.0, m, boson=boson) for m in (1e-3, 0.1, 0.24)],
        [
            associated.binned_cross_section(np.array([20.0, 60.0]), np.full(2, m), edges, boson)
            for m in (1e-3, 0.1)
        ],
        [associated.cross_section(np.array([20.0, 60.0]), 0.1, min_photon_energy=3.0, boson=boson)],
    ]


RECIPES: dict[str, Callable[[], object]] = {
    "annihilation of a photon into fermions": partial(_resonant, "dark-photon"),
    "annihilation of a photon into scalars": partial(
        _resonant, "dark-photon", dark_matter="scalar"
    ),
    "annihilation of a scalar": partial(_resonant, "scalar"),
    "annihilation of an axion-like particle": partial(_resonant, "alp"),
    "annihilation of B-L": partial(_resonant, "b-l"),
    "resonance energies": lambda: [
        annihilation.resonance_energy(np.array(MASSES)),
        annihilation.squared_energy(np.array([1.0, 100.0])),
        annihilation.narrow_width_integral(
            np.array([0.05, 0.3]), models.get("dark-photon"), np.array([1e-5, 1e-3])
        ),
    ],
    "folded annihilation of a photon": partial(_folded, "dark-photon"),
    "folded annihilation near the threshold": partial(_folded, "dark-photon", mass_ratio=2.01),
    "folded annihilation of a scalar": partial(_folded, "scalar", dark_matter="majorana"),
    "line shape with radiation": partial(_line_shape, True),
    "line shape without radiation": partial(_line_shape, False),
    "decays in flight": _kinematics,
    "effects of the medium": _medium,
    "photons": lambda: [
        associated.photon_energies(60.0, 0.1),
        associated.leading_logarithm(np.array([20.0, 60.0]), 0.1),
        associated.cross_section_pb(60.0, np.array([1e-3, 0.1])),
    ],
    "sample of the Primakoff effect": _primakoff_sample,
    "table of bremsstrahlung of electrons": partial(_table, "e-"),
    "table of bremsstrahlung of muons": partial(_table, "mu-"),
    "nuclear numbers": lambda: [
        hadron_nucleus.glauber(207.2, 24.0),
        [
            hadron_nucleus.inelastic_cross_section_mb(e, np.array([10.0, 100.0]), p)
            for e in (LEAD, CARBON)
            for p in ("pi-", "K-", "p", "n")
        ],
        [
            hadron_nucleus.effective_nucleons(e, n, m)
            for e in (LEAD, CARBON)
            for n in ("proton", "neutron")
            for m in hadron_nucleus.EFFECTIVE_MODELS
        ],
    ],
}
RECIPES |= {f"atom {number}": partial(_atom, number) for number in (1, 6, 26, 82)}
RECIPES |= {f"associated production, {b}": partial(_associated, b) for b in BOSONS}
RECIPES |= {
    f"form factor {kind}, {element.symbol}": (
        lambda kind=kind, element=element: [
            form_factors.squared_form_factor(TRANSFERS, element, kind),
            form_factors.effective_flux(TRANSFERS[:6], np.full(6, 1.0), element, kind),
            form_factors.parameters(element, kind),
        ]
    )
    for kind in ("elastic", "elastic+inelastic", "helm", "nuclear")
    for element in (LEAD, CARBON)
}
RECIPES |= {
    f"totals of {p} on {e.symbol}": _totals(e, p) for p in ("e-", "mu-") for e in (LEAD, CARBON)
}
RECIPES |= {f"bremsstrahlung events, {b}": partial(_brems_sample, LEAD, b) for b in BOSONS}
RECIPES |= {
    f"spectra, {b}": (
        lambda b=b: [
            weizsaecker_williams.ww_spectrum(SHARES[1:6], 80.0, 0.03, LEAD, b),
            weizsaecker_williams.iww_spectrum(SHARES[1:6], 80.0, 0.03, LEAD, b),
            weizsaecker_williams.ww_double_spectrum(
                0.5, np.array([0.0, 1e-3]), 80.0, 0.03, LEAD, b
            ),
            weizsaecker_williams.ww_total(80.0, 0.03, LEAD, b, min_x=0.5),
            weizsaecker_williams.iww_total(80.0, 0.03, LEAD, b, min_x=0.5),
            bremsstrahlung.differential_x(SHARES, 80.0, 0.03, element=LEAD, boson=b),
            bremsstrahlung.differential_x(
                SHARES, 80.0, 0.4, element=CARBON, boson=b, projectile="mu-"
            ),
            bremsstrahlung.differential_x_theta(
                SHARES[1:6], 1e-3, 80.0, 0.03, element=LEAD, boson=b
            ),
        ]
    )
    for b in BOSONS
}
RECIPES |= {
    f"Primakoff effect on {e.symbol}, {'with' if r else 'without'} recoil": (
        lambda e=e, r=r: [
            primakoff.cross_section_pb(np.array([5.0, 80.0]), np.array([1e-3, 0.3]), e, recoil=r),
            [primakoff.threshold_energy(m, e, r) for m in (1e-3, 0.3)],
            primakoff.limits(np.array([5.0, 80.0]), 0.05, e, r),
            primakoff.differential_t(TRANSFERS, 80.0, 0.05, element=e, recoil=r),
            primakoff_events.differential_theta(
                np.array([0.0, 1e-3]), 80.0, 0.05, element=e, recoil=r
            ),
            primakoff.total_cross_section(80.0, 0.05, element=e, recoil=r).value_pb,
        ]
    )
    for e in (LEAD, CARBON)
    for r in (True, False)
}
RECIPES |= {
    f"magnetic moment, {b}": (
        lambda b=b: [
            magnetic_moment.delta_a_per_g2(b, np.array([1e-4, 0.01, 0.3, 5.0]), lepton)
            for lepton in ("e", "mu")
        ]
    )
    for b in BOSONS
}
RECIPES |= {
    f"charge exchange, {m.name}": partial(_exchange, m.name, f"{m.family}-")
    for m in charge_exchange.MESONS.values()
}
RECIPES |= {
    f"momentum transfer, {m.name}": partial(_exchange_shape, m.name)
    for m in charge_exchange.MESONS.values()
    if m.slope is not None and m.highest_energy > 50.0
}
RECIPES |= {f"radiated photons, {b}": partial(_radiated, b) for b in BOSONS}
RECIPES["starts of integrations"] = lambda: [
    [start_values(e, m, 0.000511, LEAD) for e, m in ((20.0, 0.01), (100.0, 0.5))],
    boson_energy_range(np.array([20.0, 100.0]), 0.3, 0.10566, 193.0),
]
