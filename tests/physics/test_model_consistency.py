"""What a model says in one place fits what it says in another: couplings, widths, units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from closeness import close

from emiss import models
from emiss.ground.errors import EmissError

LEPTONS = {"e": 0.51099895e-3, "mu": 0.1056583755, "tau": 1.77693}
CHOICES = [
    ("dark-photon", {}),
    ("dark-photon", {"dark_matter": "none"}),
    ("b-l", {}),
    ("b-l", {"neutrinos": "dirac"}),
    ("lmu-ltau", {}),
    ("scalar", {}),
    ("scalar", {"photon_to_lepton": 0.3}),
    ("scalar", {"scaling": "universal", "photon_to_lepton": 2.0}),
    ("scalar", {"scaling": "muon"}),
    ("scalar", {"scaling": "electron"}),
    ("scalar", {"scaling": "photon"}),
    ("alp", {}),
    ("alp", {"electron_to_photon": 0.2}),
    ("alp", {"free": "electron"}),
    ("alp", {"free": "electron", "photon_to_electron": 3.0}),
    *(
        ("leptophilic", {"kind": kind, "lepton": lepton})
        for kind in ("vector", "axial", "scalar", "pseudoscalar")
        for lepton in ("e", "mu", "all")
    ),
]
MASSES = np.array([3e-3, 0.05, 0.3, 3.0, 8.0])


def pair_width(boson: str, m: float, g: float, lepton: float) -> float:
    """|M|^2 summed over spins, over those of the boson, times phase space p/8 pi m^2."""
    if m <= 2.0 * lepton:
        return 0.0
    squared = {
        "vector": 4.0 * (m**2 + 2.0 * lepton**2) / 3.0,
        "axial": 4.0 * (m**2 - 4.0 * lepton**2) / 3.0,
        "scalar": 2.0 * (m**2 - 4.0 * lepton**2),
        "pseudoscalar": 2.0 * m**2,
    }[boson]
    return g**2 * squared * math.sqrt(m**2 / 4.0 - lepton**2) / (8.0 * math.pi * m**2)


@pytest.mark.parametrize(("name", "parameters"), CHOICES)
def test_widths_are_those_of_the_couplings(name: str, parameters: dict[str, object]) -> None:
    """Widths to leptons and photons from the couplings that production uses, by amplitudes."""
    model, g = models.get(name, parameters), 2e-4
    widths = model.visible_widths(MASSES, g)
    for flavour, lepton in LEPTONS.items():
        coupling = model.lepton_coupling(flavour, g, MASSES)
        expected = [
            pair_width(model.boson, m, c, lepton) for m, c in zip(MASSES, coupling, strict=True)
        ]
        close(widths.get(f"{flavour}+{flavour}-", np.zeros(5)), expected, 1e-4)
    # |M|^2 = g^2 m^4/2 summed over helicities, half the phase space for equal particles.
    photon = model.photon_coupling(g, MASSES)
    expected = photon**2 * MASSES**4 / 2.0 * 0.5 * (MASSES / 2.0) / (8.0 * math.pi * MASSES**2)
    close(widths.get("gamma gamma", np.zeros(5)), expected, 1e-12)
    assert sorted(k for k in widths if k != "hadrons") == sorted(
        [f"{f}+{f}-" for f in LEPTONS if np.any(model.lepton_coupling(f, g, MASSES) > 0.0)]
        + ["gamma gamma"] * bool(np.any(photon > 0.0))
    )


@pytest.mark.parametrize(("name", "parameters"), CHOICES)
def test_units_of_couplings_by_dimensions(name: str, parameters: dict[str, object]) -> None:
    """Far above thresholds a width goes with m, or m^3 where the coupling is inverse."""
    model = models.get(name, {"dark_matter": "none", **parameters})
    heavy = np.array([1e4, 2e4])
    try:
        widths = sum(w for c, w in model.visible_widths(heavy, 1.0).items() if c != "hadrons")
    except EmissError:  # hadrons are known to 12 GeV
        widths = model.visible_widths(np.array([0.02, 0.04]), 1.0)["e+e-"]
    power = math.log2(float(widths[1] / widths[0]))
    if parameters.get("photon_to_lepton") or parameters.get("photon_to_electron"):
        power = 1.0 if power > 2.5 else math.nan  # in a mixture photons win
    elif parameters.get("electron_to_photon"):
        assert power > 2.5
    # The mixing of L_mu - L_tau with photons runs.
    close(power, 3.0 if model.coupling_unit == "GeV^-1" else 1.0, 0.02)
    assert model.coupling_unit in ("", "GeV^-1")


@pytest.mark.parametrize("mediator", [0.0, 200.0])
def test_unit_of_the_axial_coupling_to_quarks(mediator: float) -> None:
    """With a mediator g/m stands for the inverse scale, which is then no unit of the coupling."""
    scale = models.get("axial-quarks")
    heavy = models.get("axial-quarks", {"mediator_mass": mediator})
    bare = (heavy.coupling_name, heavy.coupling_label, heavy.coupling_unit)
    assert bare == (("g", "g", "") if mediator else ("inverse_scale", r"1/\Lambda", "GeV^-1"))
    value = 1e-3 * (mediator or 1.0)
    for meson in ("pi0", "eta", "eta-prime"):
        close(
            heavy.meson_branching(meson, value, 0.05) + 1.0,
            scale.meson_branching(meson, 1e-3, 0.05) + 1.0,
            1e-12,
        )
        assert heavy.meson_branching(meson, value, 0.05) >= 0.0


def test_benchmark_of_publications_is_the_default() -> None:
    """alpha_D = 0.1 and m_X = 3 m_chi (arXiv:2307.02404) wherever there is a dark sector."""
    seen = 0
    for name in models.names():
        parameters = models.get(name).parameters()
        for key, expected in (("alpha_dark", 0.1), ("mass_ratio", 3.0)):
            if key in parameters:
                seen += 1
                assert parameters[key] == expected, (name, key)
        # L_mu - L_tau and B - L of arXiv:2207.09979: g_chi = 5e-2.
        assert parameters.get("g_chi", 0.05) == 0.05
    assert seen == 16


@pytest.mark.parametrize(
    ("neutrinos", "flavours", "name"),
    [("left-handed", 3, "b-l"), ("dirac", 6, "b-l"), (None, 2, "lmu-ltau")],
)
def test_neutrinos_by_amplitudes(neutrinos: str | None, flavours: int, name: str) -> None:
    """A massless neutrino of one chirality has half the width of a charged lepton."""
    model = models.get(name, {} if neutrinos is None else {"neutrinos": neutrinos})
    one = 0.5 * np.array([pair_width("vector", m, 2e-4, 0.0) for m in MASSES])
    close(model.neutrino_width(MASSES, 2e-4), flavours * one, 1e-12)


@pytest.mark.parametrize("name", ["b-l", "lmu-ltau"])
def test_dark_matter_of_gauge_bosons_by_amplitudes(name: str) -> None:
    """Dirac dark matter of charge g_chi: a lepton of another mass."""
    model = models.get(name, {"dark_matter": "dirac", "g_chi": 0.07, "mass_ratio": 2.5})
    expected = [pair_width("vector", m, 0.07, m / 2.5) for m in MASSES]
    close(model.dark_width(MASSES), expected, 1e-9)


@pytest.mark.parametrize("name", ["dark-photon", "leptophilic", "b-l", "lmu-ltau", "alp", "scalar"])
def test_quarks_and_leptons_of_models(name: str) -> None:
    """Charges of quarks over that of the electron: -2/3 and 1/3 of charge, a third of B - L."""
    model = models.get(name)
    electron = float(model.lepton_coupling("e", 1e-3, 0.1))
    up, down = (float(model.quark_coupling(quark, 1e-3, 0.1)) for quark in ("u", "d"))
    expected = {"dark-photon": (2.0 / 3.0, -1.0 / 3.0), "b-l": (1.0 / 3.0, 1.0 / 3.0)}
    if name in expected:
        close([abs(up) / electron, abs(down) / electron], np.abs(expected[name]), 1e-9)
        close(up / down, expected[name][0] / expected[name][1], 1e-9)
    elif name != "lmu-ltau":
        assert (up, down) == (0.0, 0.0)


def test_labels_of_couplings() -> None:
    """Names under which limits are written, as publications write them."""
    labels = {
        ("alp", "photon"): ("g_agg", r"g_{a\gamma\gamma}"),
        ("alp", "electron"): ("g_ae", "g_{ae}"),
        ("scalar", "photon"): ("g_phigg", r"g_{\phi\gamma\gamma}"),
        ("scalar", "mass"): ("g", r"g_\phi"),
    }
    for (name, choice), expected in labels.items():
        model = models.get(name, {"free" if name == "alp" else "scaling": choice})
        assert model.coupling_label == expected[1]
        assert model.coupling_name.split("_")[0] == expected[0].split("_")[0]


NUMBERS = [
    (name, key)
    for name in models.names()
    for key, value in models.get(name).parameters().items()
    if isinstance(value, float)
]


@pytest.mark.parametrize(("name", "key"), NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_no_parameter_is_infinite_or_negative(name: str, key: str, value: float) -> None:
    if key == "g_chi" and value < 0.0:
        return  # its sign means nothing
    dark = models.get(name).parameters().get("dark_matter")
    asked = {} if dark is None else {"dark_matter": "pseudo-dirac"}
    if name in ("alp", "scalar", "leptophilic"):
        asked = {"dark_matter": "dirac"}
    if name == "alp" and key == "photon_to_electron":
        asked["free"] = "electron"
    with pytest.raises(EmissError, match=rf"{key}|alpha_dark"):
        models.get(name, {**asked, key: value})
