"""Models of one's own: file, class, errors; the built-in ones against the same couplings."""

import contextlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from closeness import close
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import emiss
from emiss import models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ExperimentFileError, UnknownNameError
from emiss.physics.constraints.cosmology.mediators import mediator_from_model
from emiss.physics.models import model_schema
from emiss.physics.models.decays import decays, excited_decays
from emiss.physics.models.inelastic import excited_width, excited_widths
from emiss.physics.models.model_schema import json_schema
from emiss.physics.models.user_model import Names, UserModel
from emiss.yields import signal_yield

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = models.template()
MASSES = np.array([0.02, 0.3, 0.78, 1.5, 4.0])


def block(language):
    text = (ROOT / "docs" / "models.md").read_text("utf-8")
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1]


def write(tmp_path, text, name="my-model.toml"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def protophobic(tmp_path):
    return write(tmp_path, block("toml"), "protophobic.toml")


def test_documented_example(protophobic):
    model = models.get(str(protophobic))
    assert (model.name, model.boson, model.coupling_name) == ("protophobic", "vector", "epsilon")
    assert model.dark_sector.kind == "pseudo-dirac"
    bare = models.get(protophobic, {"dark_matter": "none"})
    photon = models.get("dark-photon", {"dark_matter": "none"})
    # What the text says: a hundred times slower than a dark photon at 17 MeV.
    close(bare.ctau_cm(0.017, 1e-3), 100.0 * float(photon.ctau_cm(0.017, 1e-3)), 1e-12)
    up, down = (model.quark_coupling(q, 1.0, 0.1) / const.ELECTRIC_CHARGE for q in ("u", "d"))
    close(2 * up + down, 0.0, absolute=1e-12, because="rounding of charges of order one")
    close(up + 2 * down, 1.0, absolute=1e-12, because="rounding of charges of order one")


def test_documented_limit_is_ten_times_that_of_the_dark_photon(protophobic):
    same = {"dark_matter": "pseudo-dirac", "alpha_dark": 0.1, "mass_ratio": 3.0}
    masses = np.array([0.01, 0.05])
    ours = emiss.limit("na64e-2016-2022", models.get(protophobic), masses=masses)
    photon = emiss.limit("na64e-2016-2022", models.get("dark-photon", same), masses=masses)
    # Events depend on the coupling to electrons alone; 1e-3 for the search for the edge.
    np.testing.assert_allclose(ours.observed, 10.0 * photon.observed, rtol=1e-3)
    np.testing.assert_allclose(ours.y, 100.0 * photon.y, rtol=2e-3)
    assert ours.model_parameters["e"] == 0.1


def test_documented_class():
    namespace = {}
    exec(block("python"), namespace)
    model = namespace["GrowingScalar"]()
    assert model.parameters() == {"alpha_dark": 0.1, "mass_ratio": 3.0}
    assert model.with_parameters(mass_ratio="4").mass_ratio == 4.0
    masses = np.array([0.01, 0.05])
    plain = {"kind": "scalar", "dark_matter": "dirac", "alpha_dark": 0.1, "mass_ratio": 3.0}
    ours = emiss.limit("na64e-2016-2022", model, masses=masses)
    fixed = emiss.limit("na64e-2016-2022", models.get("leptophilic", plain), masses=masses)
    # g m/(10 MeV) in place of epsilon e.
    expected = fixed.observed * const.ELECTRIC_CHARGE * 0.010 / masses
    np.testing.assert_allclose(ours.observed, expected, rtol=1e-3)


@dataclass(frozen=True)
class Steep(models.DarkPhoton):
    """A dark photon whose coupling is a tenth of the square of what it is written in."""

    name = property(lambda self: "steep")

    def lepton_coupling(self, flavour, coupling, mass):
        return super().lepton_coupling(flavour, 0.1 * np.square(coupling), mass)

    def visible_widths(self, mass, coupling):
        return super().visible_widths(mass, 0.1 * np.square(coupling))


@pytest.mark.parametrize("experiment", ["na64e-2016", "na64e-plus-2022", "na64mu-2022"])
def test_couplings_of_any_power(experiment):
    steep, plain = (
        Steep(alpha_dark=1e-6),
        models.DarkPhoton(alpha_dark=1e-6),
    )  # visible decays count
    masses = np.array([0.005, 0.05, 0.25])
    for coupling in (1e-3, 0.02, 0.3):
        found = signal_yield(experiment, steep, masses).per_process(coupling)
        known = signal_yield(experiment, plain, masses).per_process(0.1 * coupling**2)
        assert known.keys() == found.keys()
        for process, events in known.items():
            # Where visible decays broaden the boson, the sum for known powers is good to 1 %.
            close(found[process], events, 0.01, absolute=1e-12, because="no events")
    with pytest.raises(EmissError, match="square of"):
        signal_yield(experiment, Steep(dark_matter="none"), masses)


def builtin_and_file():
    unit = const.ELECTRIC_CHARGE
    charges = {"u": 2 / 3, "d": -1 / 3, "e": -1, "mu": -1, "tau": -1}
    epsilon = Names("x", "X", "epsilon", "x", "e")
    gauge = {"e": -1, "mu": -1, "tau": -1, "nu_e": -1, "nu_mu": -1, "nu_tau": -1}
    dirac = {"dark_matter": "dirac", "alpha_dark": 0.1, "mass_ratio": 3.0}
    inverse = Names("a", "a", "g_agg", "g", "GeV^-1")
    return [
        (models.get("dark-photon", dirac), UserModel(epsilon, "vector", **charges, **dirac)),
        (models.BMinusL(), UserModel(Names("x", "X"), "vector", **gauge, u=1 / 3, d=1 / 3)),
        (
            models.get("alp", {"electron_to_photon": 2}),
            UserModel(inverse, "pseudoscalar", e=2.0, photons=1.0),
        ),
        (
            models.get("alp", {"free": "electron", "photon_to_electron": 0.5}),
            UserModel(Names("a", "a"), "pseudoscalar", e=1.0, photons=0.5),
        ),
        (models.get("scalar", {"scaling": "photon"}), UserModel(inverse, "scalar", photons=1.0)),
        (
            models.get("scalar", {"scaling": "electron", "photon_to_lepton": 3}),
            UserModel(Names("s", "s"), "scalar", e=1.0, photons=3.0),
        ),
        (
            models.get("leptophilic", {"kind": "axial", "lepton": "all"} | dirac),
            UserModel(Names("x", "X"), "axial", e=unit, mu=unit, tau=-unit, **dirac),
        ),
    ]


@pytest.mark.parametrize("index", range(7))
def test_same_couplings_same_physics(index):
    builtin, own = builtin_and_file()[index]
    expected, found = (m.partial_widths(MASSES, 1e-3) for m in (builtin, own))
    assert set(expected) == set(found)
    for state, width in expected.items():
        # The same formulas with couplings multiplied in another order.
        np.testing.assert_allclose(found[state], width, rtol=1e-12, atol=0.0)
    for flavour in ("e", "mu", "tau"):
        np.testing.assert_allclose(
            own.lepton_coupling(flavour, 1e-3, MASSES),
            builtin.lepton_coupling(flavour, 1e-3, MASSES),
            rtol=1e-13,
        )
    np.testing.assert_allclose(
        own.photon_coupling(1e-3, MASSES), builtin.photon_coupling(1e-3, MASSES), rtol=1e-13
    )
    for quark in ("u", "d"):
        ratio = own.quark_coupling(quark, 1e-3, MASSES)
        np.testing.assert_allclose(
            np.abs(ratio), np.abs(builtin.quark_coupling(quark, 1e-3, MASSES)), rtol=1e-13
        )


def test_template_and_schema(tmp_path):
    model = models.load(write(tmp_path, TEMPLATE))
    assert model.parameters()["mu"] == -1.0
    schema = json.loads((ROOT / "src/emiss/ground/data/model.schema.json").read_text("utf-8"))
    assert schema == json_schema()
    import tomllib

    jsonschema.validate(tomllib.loads(TEMPLATE), schema)
    jsonschema.validate(tomllib.loads(block("toml")), schema)
    for bad in ("e = 1.0\nee = 1", 'e = "1 pb"', "e = true"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(TEMPLATE.replace("e = 1.0", bad, 1)), schema)


@pytest.mark.parametrize(
    ("old", "new", "line_of", "message"),
    [
        ("e = 1.0", "ee = 1.0", "ee =", r"couplings.ee'.*did you mean 'e'"),
        ("[couplings]", "[coupling]", "[coupling]", "did you mean 'couplings'"),
        ("e = 1.0", 'e = "1 GeV"', "e = ", "plain number"),
        ("e = 1.0", "e = nan", "e = ", "finite"),
        ("e = 1.0", "e = 1e9", "e = ", "at most"),
        ('unit = "1"', 'unit = "GeV^-1"', "e = 1.0", "unit of energy"),
        ('unit = "1"', 'unit = "e"', "unit =", "called epsilon"),
        ("# photons =", "photons =", "photons =", "two photons"),
        ('# photons = "0.5 GeV^-1"', "photons = 0.5", "photons =", "inverse energy"),
        ('boson = "vector"', 'boson = "scalar"', "nu_e", "neutrinos"),
        ('boson = "vector"', 'boson = "vektor"', "boson", "did you mean 'vector'"),
        ("e = 1.0\nmu = -1.0", "tau2 = 1", "tau2", "unknown key"),
        ("e = 1.0\nmu = -1.0", "", "[couplings]", "no production process"),
        ("mass_ratio = 3.0", "mass_ratio = 1.9", "mass_ratio", "heavier than the pair"),
        ("splitting = 0.0", "splitting = 0.2", "splitting", "only pseudo-dirac"),
        ('kind = "dirac"', 'kind = "dirc"', "kind", "did you mean 'dirac'"),
        ('kind = "dirac"', 'kind = "none"', "alpha_dark", "no effect"),
        ("alpha_dark = 0.1", "g_chi = 30.0", "g_chi", "4 pi"),
        ("alpha_dark = 0.1", "alpha_dark = 0.1\ng_chi = 1.0", "g_chi", "either"),
        ("alpha_dark = 0.1", "", "[dark_matter]", "is missing"),
        ("e = 1.0", "e = ", "e = ", "TOML"),
    ],
)
def test_errors_name_file_line_and_key(tmp_path, old, new, line_of, message):
    assert old in TEMPLATE
    text = TEMPLATE.replace(old, new, 1)
    file = write(tmp_path, text)
    with pytest.raises(ExperimentFileError, match=message) as caught:
        models.get(str(file))
    lines = [i for i, line in enumerate(text.split("\n"), 1) if line.startswith(line_of)]
    assert caught.value.line == lines[0]
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("name", ["some/model", "some\\model", "model.toml", Path("model")])
def test_a_path_is_looked_for_as_a_file(name):
    with pytest.raises(EmissError) as caught:
        models.get(name)
    assert not isinstance(caught.value, UnknownNameError)


def test_overrides(tmp_path):
    file = write(tmp_path, TEMPLATE)
    model = models.get(file, {"g_chi": "0.5", "mass_ratio": 4, "e": "0.3"})
    sector = model.dark_sector
    close(sector.alpha_dark, 0.25 / (4 * math.pi), 1e-12)
    assert (sector.mass_ratio, model.parameters()["e"]) == (4.0, 0.3)
    for bad, error, match in (
        ({"elektron": 1}, UnknownNameError, "parameter"),
        ({"dark_matter": "none", "mass_ratio": 3}, EmissError, "no effect"),
        ({"g_chi": 1, "alpha_dark": 1}, EmissError, "one of them"),
        ({"mass_ratio": 1}, EmissError, "heavier"),
        ({"e": 0, "mu": 0}, EmissError, "no production process"),
    ):
        with pytest.raises(error, match=match):
            models.get(file, bad)
    with pytest.raises(ExperimentFileError, match="no such file"):
        models.get("absent.toml")


def test_references_that_are_known(tmp_path):
    text = TEMPLATE.replace(
        "references = []", 'references = ["arXiv:1801.04847", "Nobody:2099zzz"]'
    )
    model = models.get(write(tmp_path, text))
    assert "Ilten:2018crw" in model.citations()
    assert not any("Nobody" in key for key in model.citations())
    assert model.names.references == ("arXiv:1801.04847", "Nobody:2099zzz")
    assert model.unknown_references() == ("Nobody:2099zzz",)


def test_works_as_a_mediator(protophobic):
    mediator = mediator_from_model(models.get(protophobic))
    width = mediator.visible_width(np.array([0.05]))
    expected = 0.01 * const.ALPHA * 0.05 / 3  # electrons only; 1e-7 for their mass
    close(width[0], expected, 1e-6)
    assert mediator.epsilon_per_coupling == 1.0


def test_excited_state():
    model = models.get("inelastic-dark-matter", {"splitting": 0.4})
    widths = excited_widths(model, 0.1, 1e-3)
    close(widths["chi2 -> chi1 e+e-"], float(excited_width(0.1, 1e-3, model.dark_sector)), 1e-12)
    assert widths["chi2 -> chi1 mu+mu-"] == 0.0
    assert set(excited_decays(model, 0.1, 1e-3).partial_widths) == set(widths)
    assert excited_decays(models.DarkPhoton(), 0.1, 1e-3) is None
    assert excited_decays(models.ALP(), 0.1, 1e-3) is None


def test_excited_neutrinos_by_quadrature():
    """B - L: chi_2 -> chi_1 nu nu from the off-shell decay chi_1 V*, V* -> nu nu, integrated."""
    model = models.get(
        "b-l", {"dark_matter": "pseudo-dirac", "splitting": 0.3, "g_chi": 0.5, "mass_ratio": 3}
    )
    m, g = 0.1, 1e-4
    m1 = m / 3
    m2 = 1.3 * m1

    def rate(q2):
        momentum = math.sqrt(((m2 - m1) ** 2 - q2) * ((m1 + m2) ** 2 - q2)) / (2 * m2)
        # |M|^2 / g_chi^2 of chi_2 -> chi_1 V, averaged over the spin of chi_2: the crossed
        # amplitude of V -> chi_1 chi_2, whose width is that of the dark sector.
        square = ((m1 - m2) ** 2 - q2) * (2 * q2 + (m1 + m2) ** 2) / q2
        to_virtual = square * momentum / (8 * math.pi * m2**2)
        root = math.sqrt(q2)
        neutrinos = 3 * g**2 * root / (24 * math.pi)
        return to_virtual * root * neutrinos / (math.pi * (q2 - m * m) ** 2)

    expected = 0.5**2 * quad(rate, 0, (m2 - m1) ** 2, epsrel=1e-10)[0]
    found = excited_widths(model, m, g)["chi2 -> chi1 nu nu"]
    close(found, expected, 1e-6)


def test_decays_add_up():
    found = decays(models.get("b-l", {"neutrinos": "dirac"}), 0.1, 1e-4)
    close(
        found.branching["nu nu"], 0.75, absolute=1e-6, because="electron mass: 6 (m_e/m)^4 = 4e-9"
    )
    close(sum(found.branching.values()), 1.0, 1e-12)
    close(found.ctau_cm * found.total_width, const.HBARC_GEV_CM, 1e-12)
    close(found.lifetime_ns, found.ctau_cm / 29.9792458, 1e-12)
    stable = decays(models.get("dark-photon", {"dark_matter": "none"}), 0.0009, 1e-4)
    assert stable.ctau_cm == math.inf
    assert set(stable.branching.values()) == {0.0}


@pytest.mark.parametrize(
    ("name", "parameters", "match"),
    [
        ("alp", {"free": "photons"}, "free coupling"),
        ("alp", {"free": "electron", "electron_to_photon": 1}, "no effect"),
        ("alp", {"photon_to_electron": 1}, "no effect"),
        ("alp", {"dark_matter": "scalar"}, "majorana"),
        ("alp", {"mass_ratio": 3}, "no effect"),
        ("scalar", {"scaling": "photon", "photon_to_lepton": 1}, "no effect"),
        ("b-l", {"neutrinos": "heavy"}, "dirac"),
        ("inelastic", {}, "inelastic-dark-matter"),
    ],
)
def test_new_parameters_are_checked(name, parameters, match):
    with pytest.raises(EmissError, match=match):
        models.get(name, parameters)


TEXTS = ("", "1 GeV", "-1 GeV^-1", "vector", "\\u0000")
OTHERS = "1e400 -1e5 true [] {} inf -nan 1979-05-27 [[1]] '''x''' 0 {e=1}"
VALUES = st.sampled_from([*(f'"{text}"' for text in TEXTS), *OTHERS.split(), "1" * 400])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 200), VALUES, st.booleans())
def test_broken_files_never_crash(tmp_path_factory, line, value, drop):
    lines = [x for x in TEMPLATE.split("\n") if x and not x.startswith("#")]
    index = line % len(lines)
    if drop:
        del lines[index]
    else:
        key = lines[index].partition("=")[0] if "=" in lines[index] else "x"
        lines[index] = f"{key}= {value}"
    file = tmp_path_factory.mktemp("fuzz") / "my-model.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with contextlib.suppress(ExperimentFileError):
        # What is accepted is usable.
        assert np.all(np.isfinite(models.get(file).total_width(MASSES, 1e-6)))


@pytest.mark.parametrize(("up", "down"), [(0.4, 0.0), (0.0, 0.4), (0.3, -0.2)])
def test_quarks_of_one_kind_alone_make_hadrons(tmp_path, up, down):
    """Below the bottom quark R counts quarks: 3 (2 u^2 + 2 d^2) of four flavours, and QCD."""
    text = TEMPLATE[: TEMPLATE.index("[couplings]")] + f"[couplings]\nu = {up}\nd = {down}\n"
    model = models.get(write(tmp_path, text))
    widths = model.visible_widths(np.array([9.0]), 1e-3)
    assert set(widths) == {"hadrons"}
    free = 1e-6 * 9.0 / (12.0 * math.pi) * 6.0 * (up**2 + down**2)
    # 1 + alpha_s/pi + ... with alpha_s = 0.18 at 9 GeV; 2 % for the mass of the charm quark.
    close(float(widths["hadrons"][0]) / free, 1.06, 0.02)


@pytest.mark.parametrize("size", [10**30, 5 * 10**30, -(10**30), 10**400])
def test_whole_numbers_beyond_any_range_are_refused(size):
    reader = model_schema._quantity("energy", "GeV")
    with pytest.raises(ValueError, match="finite number of sensible size"):
        reader.func(size)
    assert reader.func(10**30 - 1) == ("number", float(10**30 - 1))
