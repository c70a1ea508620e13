"""Any command line ends with a result or a clear error: exit code 0 or 2, never a traceback."""

import contextlib
import io
import os
import tempfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emiss.presentation.cli import main

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.integers(-10, 10**20).map(str),
    st.sampled_from(["0", "-0", "1e", "0x1", "ten", "", " ", "1_0", "١"]),
)
QUANTITIES = st.one_of(
    st.builds("{}{}".format, NUMBERS, st.sampled_from(["GeV", "MeV", " keV", "cm", "", "gev"])),
    st.sampled_from(["100GeV", "16.7MeV", "1GeV"]),
)
WORDS = st.one_of(
    st.sampled_from(["Pb", "na64e-2016", "dark-photon", "e-", "vector", "scalar", "cls", "fc"]),
    st.text(
        st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=12,
    ).filter(lambda text: not text.startswith("-")),
)


def outcome(arguments):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as stop:
            code = stop.code or 0
    return code, err.getvalue()


def check(arguments):
    # an empty working directory: fuzzed names must not meet files, nor leave any behind
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            code, err = outcome(arguments)
            assert code in (0, 2), (arguments, err)
            assert "Traceback" not in err
            if code == 2:
                assert err.strip()
                assert not os.listdir(folder)
        finally:
            os.chdir(before)


FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@FUZZ
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, WORDS)
def test_counts(observed, background, spread, signal, cl, method):
    check(
        [
            "counts",
            f"--observed={observed}",
            f"--background={background}",
            f"--background-uncertainty={spread}",
            f"--signal-uncertainty={signal}",
            f"--cl={cl}",
            f"--method={method}",
            "--json",
        ]
    )


@FUZZ
@given(QUANTITIES, QUANTITIES, NUMBERS, NUMBERS, WORDS)
def test_annihilation(energy, mass, alpha, ratio, kind):
    check(
        [
            "xsec",
            "annihilation",
            f"--energy={energy}",
            f"--mass={mass}",
            f"--alpha-dark={alpha}",
            f"--mass-ratio={ratio}",
            f"--dark-matter={kind}",
            "--json",
        ]
    )


@FUZZ
@given(QUANTITIES, QUANTITIES, WORDS, WORDS)
def test_tracks(energy, lowest, material, beam):
    check(
        [
            "tracks",
            f"--energy={energy}",
            f"--min-energy={lowest}",
            f"--material={material}",
            f"--beam={beam}",
            "--bins=4",
            "--json",
        ]
    )


@FUZZ
@given(WORDS, WORDS, st.lists(WORDS, max_size=2), QUANTITIES, NUMBERS, NUMBERS)
def test_limit(experiment, model, parameters, mass, on_target, cl):
    check(
        [
            "limit",
            experiment,
            f"--model={model}",
            *(f"--set={text}" for text in parameters),
            f"--masses={mass}",
            f"--on-target={on_target}",
            f"--cl={cl}",
            "--json",
        ]
    )


@FUZZ
@given(st.sampled_from(["show", "cite", "list", "yields", "template", "nonsense"]), WORDS)
def test_names(command, name):
    check([command, name])
