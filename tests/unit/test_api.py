"""The public interface is frozen here: a name that comes or goes is a decision, not an accident."""

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import emiss

ROOT = Path(__file__).resolve().parents[2]

PUBLIC = [
    "EmissError",
    "Limit",
    "ScanResult",
    "SignalYield",
    "VerdictReport",
    "__version__",
    "acceptance",
    "analyse",
    "backgrounds",
    "compare",
    "constants",
    "constraints",
    "cosmology",
    "cross_sections",
    "cutflow",
    "decays",
    "depth",
    "direct_detection",
    "dump_experiment",
    "dump_scatter",
    "ecal_response",
    "experiments",
    "explore",
    "generate",
    "hcal_response",
    "inference",
    "limit",
    "loss",
    "mass_grid",
    "materials",
    "models",
    "moments",
    "optimise",
    "plots",
    "processes",
    "punch_through",
    "read_curve",
    "recast",
    "relic",
    "scan",
    "shape",
    "shower",
    "significance",
    "simulate",
    "skim",
    "tracks",
    "unblind",
    "units",
    "upper_limit",
    "verdict",
    "yields",
]


def test_public_names_of_the_package():
    assert dir(emiss) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(emiss, name) is not None


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = emiss.nothing
    with pytest.raises(AttributeError, match=r"use emiss\.experiments\.get"):
        _ = emiss.experiment


def modules():
    return [
        info.name
        for info in pkgutil.walk_packages(emiss.__path__, "emiss.")
        if "._kernels" not in info.name and not info.name.endswith("__main__")
    ]


@pytest.mark.parametrize("name", modules())
def test_every_module_says_what_it_is_and_exports_only_what_exists(name):
    module = importlib.import_module(name)
    assert module.__doc__
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public), public


def contracts(folder):
    """Exit code and words of the import contract, run on a checkout."""
    script = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs a checkout")
def test_no_arrow_points_up_and_no_circle_closes():
    found = contracts(ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs a checkout")
@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("ground/constants.py", "def _f():\n    from ..presentation import plots\n"),
        ("physics/materials/element.py", "from ..models import base\n"),
        ("ground/constants.py", "if False:\n    from . import units\n"),
        ("unknown_room.py", "x = 1\n"),
    ],
)
def test_the_contract_sees_what_it_must(tmp_path, place, line):
    """An arrow up in a function, one floor too high, a circle in a room, a module of no floor."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.npz", "*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    units = tmp_path / "src/emiss/ground/units.py"
    units.write_text(units.read_text() + "\n\nfrom . import constants as _c\n")
    assert contracts(tmp_path).returncode == 0
    file = tmp_path / "src/emiss" / place
    file.write_text((file.read_text() if file.exists() else '"""A module."""\n') + "\n\n" + line)
    assert contracts(tmp_path).returncode == 1


COMPUTED = {
    "__init__.py": "short names, which the type checker imports too; results and who presents them",
    "events/hadrons/make_library.py": "programs of others",
    "ground/extras.py": "packages of others",
    "ground/discovery.py": "what a room, or another package, offers",
    "ground/short_names.py": "short names",
    "physics/models/__init__.py": "classes that the type checker imports too",
    "presentation/cli/command.py": "commands of a room",
    "presentation/plots/__init__.py": "functions that the type checker imports too",
}
"""Files that import a module by a computed name, which no contract sees, and what for."""


def test_modules_are_imported_by_name_where_the_contract_sees_it():
    source = Path(emiss.__file__).parent
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in ("import_module(", "__import__("))
    }
    assert found == set(COMPUTED)


def test_short_names_of_modules_are_imported_from(monkeypatch):
    """In a process of its own: nothing is loaded before it is asked for."""
    code = """
import sys
import emiss
assert "emiss.physics.models" not in sys.modules
from emiss.models import DarkPhoton, Model
from emiss.materials import find
from emiss.shower import track_lengths
import emiss.units as units
import emiss.physics.models as models
assert DarkPhoton is models.DarkPhoton is emiss.models.DarkPhoton
assert issubclass(DarkPhoton, Model) and find("Pb").density > 0.0 and callable(track_lengths)
assert units.parse_quantity("1 MeV", "energy") == 1e-3 and emiss.models is models
try:
    from emiss.models import no_such_thing
except ImportError as error:
    assert "no_such_thing" in str(error)
else:
    raise SystemExit("imported what is not there")
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_the_room_of_cross_sections_lists_its_functions_alone():
    assert dir(emiss.cross_sections) == sorted(emiss.cross_sections.__all__)
