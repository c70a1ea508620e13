"""Rooms find what they hold, in their own modules and in other packages."""

import json
import os
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pytest

import emiss
from emiss import materials, models
from emiss.ground.discovery import discover, entry_points
from emiss.ground.errors import EmissError, PluginWarning, UnknownNameError
from emiss.physics.materials import registry as material_registry
from emiss.presentation.cli import main

BOSON = """
    from dataclasses import dataclass
    from typing import final

    import numpy as np

    from emiss.physics.models import DarkSector, Model


    @final
    @dataclass(frozen=True, slots=True)
    class HalfPhoton(Model):
        \"\"\"Couples to electrons with half the strength of a dark photon.\"\"\"

        alpha_dark: float = 0.1

        name = property(lambda self: "half-photon")
        title = property(lambda self: "Half a photon")
        boson = property(lambda self: "vector")
        coupling_name = property(lambda self: "epsilon")
        coupling_label = property(lambda self: r"\\epsilon_h")
        symbol = property(lambda self: "H")
        dark_sector = property(lambda self: DarkSector("scalar", self.alpha_dark, 3.0))

        def lepton_coupling(self, flavour, coupling, mass):
            half = 0.5 * np.sqrt(4.0 * np.pi / 137.035999) if flavour == "e" else 0.0
            return half * np.asarray(coupling) * np.ones(np.shape(mass))

        def photon_coupling(self, coupling, mass):
            return 0.0 * np.asarray(coupling) * np.asarray(mass)

        def visible_widths(self, mass, coupling):
            return {}

        def neutrino_width(self, mass, coupling):
            return 0.0 * np.asarray(coupling) * np.asarray(mass)
"""


@pytest.fixture(autouse=True)
def _forget():
    """Other packages are looked for once per process; tests add and remove them."""

    def clear():
        discover.cache_clear()
        material_registry._all.cache_clear()

    clear()
    yield
    clear()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes an installed package: modules, and a dist-info folder with entry points."""

    def make(name, files, entries):
        for file, text in files.items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(textwrap.dedent(entries))
        return tmp_path

    monkeypatch.syspath_prepend(str(tmp_path))
    yield make
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def test_a_model_of_another_package_is_used_like_ours(package, tmp_path, capsys):
    folder = package(
        "half-photons",
        {"half_photons.py": BOSON},
        "[emiss.models]\nhalf-photon = half_photons:HalfPhoton\n",
    )
    assert "half-photon" in models.names()
    assert models.defaults("half-photon") == {"alpha_dark": 0.1}
    with pytest.raises(SystemExit) as end:
        main(
            "limit na64e-2016-2022 --model half-photon --masses 10MeV,100MeV --json "
            f"--set alpha_dark=0.2 --output {folder / 'out'}".split()
        )
    assert end.value.code in (0, None)
    record = json.loads(capsys.readouterr().out)
    ours = emiss.limit(
        emiss.experiments.get("na64e-2016-2022"),
        models.get("dark-photon", {"dark_matter": "scalar", "alpha_dark": 0.2}),
        masses=[0.01, 0.1],
    )
    # Half the coupling: the same events at twice epsilon, but for the resonance's own width
    # (visible share below 1e-6) and the root finder.
    np.testing.assert_allclose(record["observed"], 2.0 * ours.observed, rtol=1e-5, atol=0)


def test_nothing_is_loaded_for_a_name_of_ours(package):
    package(
        "late",
        {"late_bosons.py": "raise RuntimeError\n"},
        "[emiss.models]\nx = late_bosons:X\n",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert models.get("dark-photon").name == "dark-photon"
    assert "late_bosons" not in sys.modules


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("import nothing_of_this_name\n", "broken:X", "nothing_of_this_name"),
        ("raise SystemExit(3)\n", "broken:X", "SystemExit"),
        ("X = 3\n", "broken:X", "is a int, not a Model"),
        ("X = 3\n", "broken:Y", "no attribute 'Y'"),
        ("", "no_module:Y", "no_module"),
        ("class X:\n    pass\n", "broken:X", "is a type, not a Model"),
    ],
)
def test_a_broken_offer_is_named_and_left_out(package, text, value, problem):
    package("broken-bosons", {"broken.py": text}, f"[emiss.models]\nbad = {value}\n")
    with pytest.warns(PluginWarning, match="package broken-bosons: 'bad'") as caught:
        assert "bad" not in models.names()
    assert problem in str(caught[0].message)
    assert len(caught) == 1
    # said once, and the name is unknown like any other
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnknownNameError, match="unknown model 'bad'"):
            models.get("bad")


def test_the_command_line_names_a_broken_package_in_one_line(package, tmp_path):
    package("broken-bosons", {"broken.py": "1/0\n"}, "[emiss.models]\nbad = broken:X\n")
    command = [sys.executable, "-m", "emiss", "list", "models", "--json"]
    path = os.pathsep.join([str(tmp_path), *(p for p in sys.path if p)])
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0
    assert "dark-photon" in {row["name"] for row in json.loads(done.stdout)["models"]}
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("emiss: warning: package broken-bosons: 'bad' in emiss.models")


def test_names_of_ours_cannot_be_taken(package):
    package(
        "thief",
        {"thief.py": "from emiss.physics.models import BMinusL\nX = BMinusL()\n"},
        "[emiss.models]\ndark-photon = thief:X\nmine = thief:X\n",
    )
    with pytest.warns(PluginWarning, match="'dark-photon'.*is left out: emiss has one"):
        assert models.names().count("dark-photon") == 1
    assert models.get("dark-photon").name == "dark-photon"
    assert models.get("mine").name == "b-l"


def test_an_unreadable_list_of_entry_points_spoils_no_other(package):
    folder = package("good", {"good.py": BOSON}, "[emiss.models]\nhalf = good:HalfPhoton\n")
    (folder / "torn-1.0.dist-info").mkdir()
    (folder / "torn-1.0.dist-info" / "METADATA").write_text("Name: torn\nVersion: 1.0\n")
    (folder / "torn-1.0.dist-info" / "entry_points.txt").write_bytes(b"[emiss.models\n\xff=\n")
    with pytest.warns(PluginWarning, match="torn"):
        found = [entry.name for entry in entry_points("emiss.models")]
    assert found == ["half"]


def test_a_name_is_first_looked_for_in_the_module_called_like_it(tmp_path, monkeypatch):
    room = tmp_path / "c_room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "alp.py").write_text("from emiss.physics.models import ALP\nMODEL = ALP()\n")
    (room / "other.py").write_text("from emiss.physics.models import BMinusL\nMODEL = BMinusL()\n")
    (room / "helper.py").write_text("raise RuntimeError('offers nothing')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = discover("c_room", "no.such.group", models.Model)
    assert "alp" in found
    assert "c_room.other" not in sys.modules
    # Its name is another than its file's: all modules are looked at.
    assert found["b-l"].name == "b-l"
    assert "c_room.other" in sys.modules
    for name in ("helper", "other", "no such", "", "c.d", 3, None):
        assert name not in found
    assert list(found) == ["alp", "b-l"]
    for name in [name for name in sys.modules if name.split(".")[0] == "c_room"]:
        del sys.modules[name]


def test_a_module_in_the_room_is_enough(tmp_path, monkeypatch):
    room = tmp_path / "a_room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "one.py").write_text("from emiss.physics.models import ALP\nMODEL = ALP()\n")
    (room / "two.py").write_text(
        "from emiss.physics.models import ALP\nMODELS = {'other': ALP()}\n"
    )
    (room / "three.py").write_text("raise RuntimeError('has no MODEL and is not imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = discover("a_room", "no.such.group", models.Model)
    assert list(found) == ["alp", "other"]
    assert "two" not in found
    assert len(found) == 2
    with pytest.raises(KeyError):
        found["two"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("MODEL = 3\n", "'3' is a int, not a Model"),
        ("from emiss.physics.models import ALP\nMODELS = {'alp': ALP(), 'b': 3}\n", "'b' is a int"),
        ("from emiss.physics.models import ALP\nMODEL = ALP()\nMODELS = (ALP(),)\n", "two 'alp'"),
    ],
)
def test_a_room_in_disorder_says_so(tmp_path, monkeypatch, text, problem):
    room = tmp_path / "b_room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "one.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        with pytest.raises(EmissError, match=problem):
            list(discover("b_room", "no.such.group", models.Model))
    finally:
        for name in ("b_room", "b_room.one"):
            sys.modules.pop(name, None)


def test_materials_of_another_package(package):
    files = {
        "alloys/__init__.py": (
            "from pathlib import Path\n"
            "from emiss.physics.materials import Component, Material, element\n"
            "BRASS = Material('brass', 8.5, (Component(element('Cu'), 0.7),\n"
            "                               Component(element('Zn'), 0.3)))\n"
            "FILE = Path(__file__).with_name('more.toml')\n"
            "TORN = Path(__file__).with_name('missing.toml')\n"
        ),
        "alloys/more.toml": (
            '[element]\nOs = { Z = 76, A = 190.23, density = "22.57 g/cm3", '
            'mean_excitation_energy = "746 eV" }\n'
            '[sandwich.copper-scintillator]\nlayers = [["Cu", "1 cm"], ["polystyrene", "5 mm"]]\n'
        ),
    }
    entries = "[emiss.materials]\nbrass = alloys:BRASS\nmore = alloys:FILE\ntorn = alloys:TORN\n"
    package("alloys", files, entries)
    with pytest.warns(PluginWarning, match="package alloys: 'torn'.*no such file"):
        names = materials.names()
    assert {"brass", "Os", "copper-scintillator", "Pb"} <= set(names)
    assert materials.element("Os").Z == 76
    np.testing.assert_allclose(materials.get("copper-scintillator").length, 1.5, rtol=1e-12)
    # Mixture: inverse radiation lengths by mass fraction.
    lengths = [materials.get(symbol).radiation_length for symbol in ("Cu", "Zn")]
    expected = 1.0 / (0.7 / lengths[0] + 0.3 / lengths[1])
    np.testing.assert_allclose(materials.get("brass").radiation_length, expected, rtol=1e-12)


def test_importing_emiss_looks_at_no_package():
    script = (
        "import sys, emiss, emiss.physics.models, emiss.physics.materials\n"
        "assert 'importlib.metadata' not in sys.modules\n"
        "emiss.models.get('b-l'); emiss.materials.get('Pb')\n"
        "assert 'importlib.metadata' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
