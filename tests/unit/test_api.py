"""The public interface is frozen here: a name that comes or goes is a decision, not an accident."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import emiss

PUBLIC = [
    "EmissError",
    "Limit",
    "__version__",
    "constants",
    "constraints",
    "cosmology",
    "experiment",
    "experiments",
    "inference",
    "limit",
    "mass_grid",
    "materials",
    "models",
    "plots",
    "processes",
    "shower",
    "signal_yield",
    "units",
]


def test_public_names_of_the_package():
    assert dir(emiss) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(emiss, name) is not None


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = emiss.nothing


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


LAYERS = [
    {"ground", "materials"},
    {"models", "processes", "shower", "constraints"},
    {"experiments"},
    {"yields"},
    {"inference"},
    {"presentation"},
]


@pytest.mark.parametrize("level", range(len(LAYERS) - 1))
def test_physics_runs_without_the_layers_above(level):
    """Importing all modules of a layer loads nothing of the layers above it."""
    below = [
        name
        for name in modules()
        if name.split(".")[1] in set().union(*LAYERS[: level + 1]) and not name.endswith("__main__")
    ]
    above = sorted(set().union(*LAYERS[level + 1 :]))
    script = (
        f"import importlib, sys\n"
        f"for name in {below!r}: importlib.import_module(name)\n"
        f"print([n for n in sys.modules if n.split('.')[:1] == ['emiss'] and "
        f"len(n.split('.')) > 1 and n.split('.')[1] in {above!r}])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
