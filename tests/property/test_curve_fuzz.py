"""Damaged curve files of every format: one sentence, or a curve that is finite and in order."""

import numpy as np
import pytest
from curve_seeds import SEEDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.table import Choice

PIECES = [
    *("-", "nan", "inf", "-1", "0", "1e400", "1e-400", "٣", "3_0", "9" * 400),
    *(",", ";", "\t", "\n", "#", "{", "}", "[", "]", "'", '"', ":", "\x00", "\ud7ff", "\x0b"),
    *("&a ", "*a", "<<: ", "!!int ", "null", "true", "low", "high", "---\n", "% ", "\\frac{"),
    *("log10(", ")", "^2", "GeV", "MeV", "fb", "epsilon", "y", "sigma"),
]
DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.integers(0, 12),
        st.one_of(st.sampled_from(PIECES), st.text(max_size=4)),
    ),
    min_size=1,
    max_size=8,
)
CHOICES = st.builds(
    Choice,
    column=st.one_of(
        st.none(),
        st.sampled_from(["1", "2", "epsilon", "y", "expected"]),
        st.text(max_size=3).filter(str.strip),
    ),
    qualifiers=st.lists(
        st.tuples(st.sampled_from(["alpha_D", "m", "table"]), st.sampled_from(["0.1", "x"])),
        max_size=1,
    ).map(tuple),
    mass_unit=st.sampled_from([None, None, "MeV", "pb"]),
    quantity=st.sampled_from([None, None, "epsilon^2", "log10(epsilon)", "y"]),
    alpha_dark=st.sampled_from([None, None, 0.1]),
    mass_ratio=st.sampled_from([None, None, 3.0]),
)


def damaged(text, damage):
    for where, length, piece in damage:
        at = where % (len(text) + 1)
        text = text[:at] + piece + text[at + length :]
    return text


def check(folder, name, raw, choice):
    file = folder / (name if "." in name[1:] else f"c{name}")
    file.write_bytes(raw)
    try:
        curve = read_curve(file, choice=choice)
    except EmissError as error:
        text = str(error)
        assert text
        assert "\n" not in text
        assert len(text) < 1500
        return
    assert curve.masses.size == curve.values.size >= 2
    assert np.all(np.isfinite(curve.masses))
    assert np.all(curve.masses > 0.0)
    assert np.all(np.diff(curve.masses) >= 0.0)
    assert np.all(np.isfinite(curve.values))
    assert np.all(curve.values > 0.0)
    if curve.upper is not None:
        assert np.all(curve.upper >= curve.values)


def fuzz(folder, name, damage, choice):
    text = damaged(SEEDS[name], damage)
    check(folder, name, text.encode("utf-8", "surrogatepass"), choice)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged")


QUICK = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@QUICK
@given(name=st.sampled_from(sorted(SEEDS)), damage=DAMAGE, choice=CHOICES)
def test_damaged_files(folder, name, damage, choice):
    fuzz(folder, name, damage, choice)


@QUICK
@given(name=st.sampled_from(sorted(SEEDS)), raw=st.binary(max_size=200))
def test_any_bytes(folder, name, raw):
    check(folder, name, raw, None)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_whole_seeds_are_curves(folder, name):
    # The fuzz means something only if it starts from files that are read.
    file = folder / (name if "." in name[1:] else f"whole{name}")
    file.write_text(SEEDS[name], encoding="utf-8")
    column = "1" if name == ".yaml" else None
    assert read_curve(file, column=column).masses.size >= 2


@pytest.mark.slow
@settings(QUICK, max_examples=20_000)
@given(name=st.sampled_from(sorted(SEEDS)), damage=DAMAGE, choice=CHOICES)
def test_many_damaged_files(folder, name, damage, choice):
    fuzz(folder, name, damage, choice)
