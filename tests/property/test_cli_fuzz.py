"""Any command line ends with a result or a clear error: exit code 0 or 2, never a traceback.

``make fuzz`` tries ten thousand; EMISS_FUZZ sets their number.
"""

import contextlib
import io
import json
import os
import re
import signal
import tempfile
import traceback

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from emiss import experiments, materials, models
from emiss.presentation.cli import main

LONG = int(os.environ.get("EMISS_FUZZ") or 0)
PER_PROCESS_S = 10
"""Seconds of processor time within which a command has to end."""


def mostly(good, bad):
    """Mostly what is allowed, so that a command gets past its first check."""
    return st.sampled_from([good] * 7 + [bad]).flatmap(lambda chosen: chosen)


NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.floats(1e-6, 1e6).map(repr),
    st.integers(-10, 10**20).map(str),
    st.sampled_from(
        ["0", "-0", "1e", "0x1", "ten", "", " ", "1_0", "١", "1e300", "1e308", "-1e308", "5e-324",
         "nan", "-inf", "0.999999", "1", "3", "0.1", "9" * 5000]
    ),
)  # fmt: skip
VALUES = mostly(st.sampled_from(["1", "3", "0.1", "2.5", "10", "0.5"]), NUMBERS)
LEVELS = mostly(st.sampled_from(["0.9", "0.95", "0.5", "0.999999"]), NUMBERS)
WITH_UNIT = st.builds(
    "{}{}".format, NUMBERS, st.sampled_from(["GeV", "MeV", " keV", "cm", "m", "", "gev"])
)
ENERGIES = mostly(st.sampled_from(["100GeV", "20GeV", "160GeV"]), WITH_UNIT)
QUANTITIES = mostly(st.sampled_from(["16.7MeV", "1GeV", "10MeV", "200MeV", "5keV"]), WITH_UNIT)
LENGTHS = mostly(st.sampled_from(["1m", "45cm", "200m", "1e300m"]), WITH_UNIT)
MASSES = mostly(
    st.sampled_from(["10MeV,100MeV", "1MeV:1GeV:3", "10MeV:10MeV:1", "16.7MeV", "250MeV"]),
    st.one_of(
        WITH_UNIT,
        st.sampled_from(["1GeV:1MeV:3", "1MeV,1MeV", "1eV", "1keV:1TeV:4"]),
        st.builds("{}:{}:{}".format, WITH_UNIT, WITH_UNIT, st.one_of(st.just("3"), NUMBERS)),
    ),
)
TEXT = st.text(
    st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)),
    min_size=1,
    max_size=12,
).filter(lambda text: not text.startswith("-"))
RUNS = ("na64e-2016", "na64e-2016-2022", "na64e-2016,na64e-2021-2022")
EXPERIMENTS = mostly(st.sampled_from((*RUNS, *experiments.names())), TEXT)
MODELS = mostly(st.one_of(st.sampled_from(models.names()), st.just("dark-photon")), TEXT)
MATERIALS = mostly(st.sampled_from(["Pb", "W", "na64-ecal", "polystyrene"]), TEXT)
KINDS = st.sampled_from(["scalar", "majorana", "dirac", "pseudo-dirac", "none", "fermion", ""])
BOSONS = st.sampled_from(["vector", "axial", "scalar", "pseudoscalar", "tensor"])
METHODS = st.sampled_from(["cls", "fc", "bayes", "asymptotic", "frequentist", ""])
SETTINGS = st.builds(
    "{}={}".format,
    st.sampled_from(
        ["alpha_dark", "mass_ratio", "dark_matter", "splitting", "g_chi", "lepton", "x", ""]
    ),
    st.one_of(VALUES, KINDS),
)
PLACES = st.one_of(st.sampled_from([".", "..", "", "a", "a.pdf", "a.jpg", "b/c", "/dev/null", "/"]))
MESONS = mostly(st.sampled_from(["eta", "eta-prime", "pi0", "omega", "f2", "K-short", "all"]), TEXT)
HADRONS = mostly(st.sampled_from([n for n in experiments.names() if n.startswith("na64h")]), TEXT)
FIGURE = ("--figure", PLACES)

SHARED = {"--model": MODELS, "--set": SETTINGS, "--masses": MASSES}
COMMANDS = {
    "limit": (
        [EXPERIMENTS],
        {**SHARED, "--on-target": VALUES, "--cl": LEVELS, "--method": METHODS, "-o": PLACES,
         "--form-factor": st.sampled_from(["elastic", "elastic+inelastic", "x"]),
         "--compare": TEXT, "--channel": MESONS,
         "--nuclear-model": st.sampled_from(["glauber", "surface", "x"])},
        ["--masses"],
    ),
    "branching": (
        [HADRONS],
        {"--channels": MESONS, "--cl": LEVELS, "--method": METHODS, "--on-target": VALUES,
         "--figure": PLACES},
        [],
    ),
    "xsec charge-exchange": (
        [],
        {"--energy": mostly(st.sampled_from(["50GeV", "10GeV", "200GeV", "53GeV"]), WITH_UNIT),
         "--meson": MESONS, "--target": MATERIALS, "--nucleus": TEXT,
         "--beam": st.sampled_from(["pi-", "pi+", "K-", "K+", "e-", "p"])},
        ["--energy"],
    ),
    "xsec hadron-inelastic": (
        [],
        {"--energy": mostly(st.sampled_from(["50GeV", "10GeV", "400GeV"]), WITH_UNIT),
         "--target": MATERIALS,
         "--projectile": st.sampled_from(["pi-", "K0", "n", "p", "pbar", "e-", ""])},
        ["--energy"],
    ),
    "yields": (
        [EXPERIMENTS],
        {**SHARED, "--coupling": VALUES, "--on-target": VALUES, "--figure": PLACES},
        ["--masses"],
    ),
    "plane": (
        [EXPERIMENTS],
        {**SHARED, "--cl": LEVELS, "--method": METHODS, "--sigmas": VALUES,
         "--reference": st.sampled_from(["muon-2021", "muon-2025", "x"])},
        ["--masses"],
    ),
    "counts": (
        [],
        {"--observed": st.one_of(st.integers(0, 20).map(str), NUMBERS), "--background": VALUES,
         "--background-uncertainty": VALUES, "--signal-uncertainty": VALUES, "--cl": LEVELS,
         "--method": METHODS},
        ["--observed", "--background"],
    ),
    "xsec bremsstrahlung": (
        [],
        {"--energy": ENERGIES, "--mass": QUANTITIES, "--boson": BOSONS,
         "--target": MATERIALS, "--min-x": VALUES, "--figure": PLACES,
         "--projectile": st.sampled_from(["e-", "mu-", "p"]),
         "--method": st.sampled_from(["ww", "iww", "etl", "x"])},
        ["--energy", "--mass"],
    ),
    "xsec annihilation": (
        [],
        {"--energy": ENERGIES, "--mass": QUANTITIES, "--alpha-dark": VALUES,
         "--mass-ratio": VALUES, "--dark-matter": KINDS, "--figure": PLACES,
         "--width": st.sampled_from(["constant", "running", "x"])},
        ["--energy", "--mass"],
    ),
    "xsec primakoff": (
        [], {"--energy": ENERGIES, "--mass": QUANTITIES, "--target": MATERIALS},
        ["--energy", "--mass"],
    ),
    "xsec associated": (
        [], {"--energy": ENERGIES, "--mass": QUANTITIES, "--min-photon-energy": QUANTITIES},
        ["--energy", "--mass"],
    ),
    "tracks": (
        [],
        {"--energy": ENERGIES, "--min-energy": QUANTITIES, "--material": MATERIALS,
         "--bins": VALUES, "--beam": st.sampled_from(["e-", "e+", "gamma", "mu-"]),
         "--figure": PLACES},
        [],
    ),
    "depth": (
        [],
        {"--energy": ENERGIES, "--min-energy": QUANTITIES, "--material": MATERIALS,
         "--to": VALUES, "--step": VALUES},
        [],
    ),
    "loss": (
        [],
        {"--beam": st.sampled_from(["mu-", "mu+", "e-"]), "--energy": ENERGIES,
         "--material": MATERIALS, "--thickness": LENGTHS},
        [],
    ),
    "decays": (
        [MODELS], {"--mass": QUANTITIES, "--coupling": VALUES, "--set": SETTINGS}, ["--mass"],
    ),
    "moments": (
        [],
        {"--boson": BOSONS, "--masses": MASSES, "--lepton": st.sampled_from(["mu", "e", "tau"]),
         "--sigmas": VALUES, "--reference": st.sampled_from(["muon-2021", "x"]),
         "--figure": PLACES},
        [],
    ),
    "relic": (
        [],
        {**SHARED, "--dark-matter": KINDS, "--alpha-dark": VALUES, "--mass-ratio": VALUES,
         "--splitting": VALUES, "--omega": VALUES, "--figure": PLACES,
         "--mode": st.sampled_from(["fast", "full", "x"])},
        ["--masses"],
    ),
    "direct-detection": (
        [],
        {"--dark-matter": KINDS, "--mass": QUANTITIES, "--y": VALUES, "--sigma": VALUES,
         "--target": st.sampled_from(["electron", "nucleon", "x"]), "--mass-ratio": VALUES,
         "--curve": TEXT, "-o": PLACES},
        ["--mass"],
    ),
    "dump-scatter": (
        [],
        {**SHARED, "--on-target": VALUES, "--distance": LENGTHS, "--radius": LENGTHS,
         "--length": LENGTHS, "--min-recoil": QUANTITIES, "--energy": ENERGIES,
         "--dump": MATERIALS, "--efficiency": VALUES, "--events": VALUES},
        ["--on-target", "--distance", "--radius", "--length", "--min-recoil", "--masses"],
    ),
    "show": ([st.one_of(EXPERIMENTS, MODELS, MATERIALS, st.sampled_from(materials.names()),
                        st.sampled_from(experiments.names()))], {}, []),
    "cite": ([st.one_of(EXPERIMENTS, MODELS, TEXT)], {}, []),
    "list": ([st.one_of(st.sampled_from(["models", "materials", "processes"]), TEXT)], {}, []),
    "template": (
        [],
        {"-o": PLACES, "--mode": st.one_of(st.sampled_from(["visible", "missing-momentum"]), TEXT)},
        [],
    ),
    "compare": ([TEXT, TEXT], {"--column": TEXT, "--figure": PLACES}, []),
    "recast": ([TEXT], {"--from": MODELS, "--to": MODELS, "--column": TEXT, "-o": PLACES}, []),
    "nonsense": ([TEXT], {}, []),
}  # fmt: skip
"""Per command its arguments, its options, and those options that it needs."""


@st.composite
def command_lines(draw, names):
    """A command line; options are left out at times, so that the others come into play."""
    name = draw(st.sampled_from(sorted(names)))
    arguments, options, needed = COMMANDS[name]
    line = [*name.split(), *(draw(argument) for argument in arguments)]
    optional = sorted(set(options) - set(needed))
    chosen = draw(st.lists(st.sampled_from(optional), max_size=4, unique=True)) if optional else []
    for option in (*needed, *chosen):
        value = draw(options[option])
        line += [option, value] if option == "-o" else [f"{option}={value}"]
    if name not in ("template", "nonsense", "list", "cite") and draw(st.booleans()):
        line.append("--json")
    return line


class TooLong(BaseException):
    """A command that does not end; no command may catch it."""


@contextlib.contextmanager
def deadline(seconds):
    """Interrupt what takes more processor time, however busy the machine is.

    Within another deadline the outer one holds.
    """
    if signal.getitimer(signal.ITIMER_PROF)[0] > 0.0:
        yield
        return

    def stop(*_):
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


MET = set()
"""Commands that have run: the first of each may compile kernels, which must not be broken off."""


def outcome(arguments, seconds=PER_PROCESS_S):
    if arguments[0] not in MET:
        MET.add(arguments[0])
        seconds = 60 * PER_PROCESS_S
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            with deadline(seconds):
                main(arguments)
        except SystemExit as stop:
            code = stop.code or 0
        except TooLong as late:
            if seconds > PER_PROCESS_S or not makes_a_table(late):
                raise
            # The first use of an element takes its time, once: the table is kept.
            return outcome(arguments, 30 * PER_PROCESS_S)
    return code, out.getvalue(), err.getvalue()


def makes_a_table(error):
    return any(frame.name == "build_table" for frame in traceback.extract_tb(error.__traceback__))


def check(arguments):
    # an empty working directory: fuzzed names must not meet files, nor leave any behind
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            code, out, err = outcome(arguments)
            assert code in (0, 2), (arguments, err)
            assert "Traceback" not in err
            assert not [name for name in os.listdir(folder) if name.endswith(".part")]
            if code == 2:
                assert err.strip()
                assert not out, "an error prints nothing but itself"
                assert not os.listdir(folder), "nor does it leave files behind"
                assert max(map(len, err.splitlines())) < 10_000
            else:
                assert out
                assert not re.search(r"\bnan\b", out), "no result is not a number"
            if code == 0 and "--json" in arguments:
                json.loads(out)
        finally:
            os.chdir(before)


QUICK = sorted(set(COMMANDS) - {"relic", "plane", "loss", "dump-scatter"})


SHARES = 8 if LONG else 1
"""A long run is divided, so that several processes may take part."""


@pytest.mark.parametrize("share", range(SHARES))
def test_any_command_line_ends_well(share):
    @seed(share)
    @settings(
        max_examples=LONG // SHARES or 250,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if LONG else [Phase.generate, Phase.shrink],
    )
    @given(command_lines(COMMANDS if LONG else QUICK))
    def run(arguments):
        check(arguments)

    run()


@pytest.mark.parametrize(
    "arguments",
    [
        ["direct-detection", "--mass=10MeV", "--y=1e-10", "--mass-ratio=1e308"],
        ["direct-detection", "--mass=10MeV", "--y=1e-10", "--mass-ratio=1e300", "--json"],
        ["limit", "na64e-2016", "--masses=10MeV", "--set=mass_ratio=1e300", "--json"],
        ["xsec", "annihilation", "--energy=1GeV", "--mass=10MeV", "--mass-ratio=1e300"],
        ["moments", "--masses=1e300GeV"],
        ["moments", "--masses=1e-300GeV", "--figure=a"],
    ],
)
def test_numbers_at_the_end_of_the_range(arguments):
    check(arguments)
