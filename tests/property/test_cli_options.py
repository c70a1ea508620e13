"""Each option of each command with hostile values, one at a time: an answer or a refusal.

Commands and options are found in the command line itself, so that a new one is tried as well.
``make fuzz`` tries every value; else three of each option, drawn by its name.
"""

from __future__ import annotations

import random
import signal

import pytest
from file_kinds import KINDS
from test_cli_fuzz import LONG, check
from typer.main import get_command

from emiss.presentation.cli.app import make_app
from emiss.presentation.cli.command import discover

VALUES = (
    *("nan", "inf", "-inf", "-1", "0", "1.5", "1e308", "1e-300", "1e400", "-1e308", "ten", ""),
    *(" ", "1_0", "\u0661", "0x1", "9" * 5000, "x" * 3000, "..", ".", "/", "/dev/null", "-", "="),
    *("a\x1b[31m", "\udcff", "1GeV", "-1GeV", "1eV", "1e300GeV", "1MeV:0MeV:3", ",", ":"),
    *("1,1", "a=b", "alpha_dark=inf", "{}", "%s", "None", "true", "\u00b5", "*", "~", "a/b/c"),
)
RUN = "na64e-2021-2022"
ONE = ("--masses", "10MeV")
GOOD = {
    "branching": ("na64h-2023",),
    "counts": ("--observed", "1", "--background", "0.5"),
    "likelihood": ("@likelihood.json",),
    "limit": (RUN, *ONE),
    "plane": (RUN, *ONE),
    "yields": (RUN, *ONE),
    "display": ("@chunk-000001.parquet",),
    "generate": (RUN, "--mass", "10MeV", "--output", "s.lhe", "--events", "3"),
    "simulate": (RUN, "--output", "out", "--events", "2"),
    "acceptance": (RUN, *ONE, "--events", "3"),
    "analyse": (RUN, "@events.parquet"),
    "backgrounds": (RUN, "--sources", "beam-decays", "--events", "3"),
    "cutflow": (RUN, "--events", "2"),
    "optimise": (RUN, *ONE, "--cut", "missing energy", "--events", "3", "--background-events", "3"),
    "report": ("@@chunk-000001.parquet",),
    "shape": (
        *(RUN, "--bins", "target_energy=0,25GeV,50GeV"),
        *("--events", "20", "--background-events", "20"),
    ),
    "skim": (RUN, "@events.parquet", "--output", "s.parquet"),
    "unblind": (RUN, "--data", "@@chunk-000001.parquet"),
    "decays": ("dark-photon", "--mass", "10MeV"),
    "depth": ("--energy", "20GeV", "--min-energy", "5GeV"),
    "dump-scatter": (
        *("--on-target", "1e20", "--distance", "20m", "--radius", "50cm", "--length", "1m"),
        *("--min-recoil", "0.5GeV", *ONE),
    ),
    "loss": (),
    "moments": ONE,
    "punch-through": ("--events", "3"),
    "tracks": ("--energy", "20GeV", "--min-energy", "5GeV"),
    "direct-detection": ("--mass", "10MeV", "--y", "1e-10"),
    "relic": (*ONE, "--mode", "fast"),
    "verdict": (RUN, *ONE),
    "compare": ("@limit.json", "@curve.csv"),
    "explore": (),
    "validate": ("--of", "ground"),
    "recast": ("@curve.csv", "--from", "dark-photon", "--to", "b-l"),
    "cite": ("na64e-2016",),
    "list": ("models",),
    "show": ("Pb",),
    "template": (),
    "export hs3": (RUN, *ONE, "--output", "x.json"),
    "export likelihood": (RUN, *ONE, "--output", "x.json"),
    "export pyhf": (RUN, *ONE, "--output", "x.json"),
    "response ecal": ("--events", "2"),
    "response hcal": ("--events", "2"),
    "xsec annihilation": ("--energy", "50GeV", "--mass", "250MeV"),
    "xsec associated": ("--energy", "50GeV", "--mass", "10MeV"),
    "xsec bremsstrahlung": ("--energy", "50GeV", "--mass", "10MeV"),
    "xsec charge-exchange": ("--energy", "50GeV"),
    "xsec hadron-inelastic": ("--energy", "50GeV"),
    "xsec primakoff": ("--energy", "50GeV", "--mass", "10MeV"),
}
"""A quick good line of each command; '@' stands for a good file, '@@' for the folder it is in."""
SLOW = {"optimise", "acceptance", "backgrounds", "cutflow", "display", "punch-through", "relic",
        "response ecal", "response hcal", "shape", "simulate", "plane", "verdict"}  # fmt: skip
"""Commands that take about a second: fewer values of each option in a quick run."""


def commands(found, path=()):
    for name, one in found.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


COMMANDS = dict(commands(get_command(make_app(discover()))))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Good files by name, each made when first asked for."""
    made = {}

    def path(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp("files") / name
            next(kind for kind in KINDS if kind.name == name).make(made[name])
        return made[name]

    return path


@pytest.fixture(autouse=True)
def page_that_ends_at_once(monkeypatch):
    """`emiss explore` says its address, opens no browser and is interrupted."""
    from emiss.presentation.explore.server import PageServer

    def interrupted(server):
        raise KeyboardInterrupt

    monkeypatch.setattr(PageServer, "serve_forever", interrupted)
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def places(command):
    """What may be replaced in the good line: its arguments by number, options by name."""
    yield from range(sum(p.param_type_name == "argument" for p in command.params))
    for parameter in command.params:
        if parameter.param_type_name == "option" and not getattr(parameter, "is_flag", False):
            yield parameter.opts[-1]


def line(name, place, value, files):
    words = [
        str(files(w[2:]).parent) if w.startswith("@@") else str(files(w[1:])) if w[:1] == "@" else w
        for w in GOOD[name]
    ]
    if isinstance(place, int):
        words[place : place + 1] = [value]
    elif place in words:
        words[words.index(place) + 1] = value
    else:
        words += [place, value]
    return [*name.split(), *words]


def test_every_command_has_a_good_line():
    assert set(COMMANDS) == set(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_hostile_values_of_each_option(name, files):
    check(line(name, "--none", None, files)[:-2])
    for place in places(COMMANDS[name]):
        dice = random.Random(f"{name} {place}")
        for value in VALUES if LONG else dice.sample(VALUES, 1 if name in SLOW else 3):
            # A file of that name is quoted in the answer, which is then taken for no number.
            if value != "nan" or place not in ("--figure", "--output"):
                check(line(name, place, value, files))
