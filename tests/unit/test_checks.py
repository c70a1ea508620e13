"""Arguments as people give them: read as they are, or refused with their name."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import emiss
from emiss.ground.checks import check_masses, check_real, read_count, read_number, read_seed
from emiss.ground.errors import ArgumentError, ArgumentTypeError, EmissError
from emiss.ground.numbers import readable
from emiss.ground.units import format_level, parse_masses
from emiss.physics.constraints.magnetic_moments import coupling_band
from emiss.presentation import registry
from emiss.presentation.text_table import TextTable


@pytest.mark.parametrize(
    "masses",
    [None, "10 MeV", ["0.1", "0.2"], True, [True, False], [0.1 + 1j], {0.1}, {"a": 1}, object(),
     [None, 0.1], [[0.1], [0.1, 0.2]], b"0.1"],
)  # fmt: skip
def test_masses_of_a_wrong_type(masses):
    with pytest.raises(ArgumentTypeError, match=r"^masses: ") as found:
        check_masses(masses)
    assert isinstance(found.value, TypeError | ValueError)
    assert isinstance(found.value, EmissError)


@pytest.mark.parametrize(
    "masses",
    [[], [[0.1, 0.2]], [0.1, math.nan], [math.inf], [-0.1], [0.0], [0.1, 0.2, 0.1],
     np.ma.masked_array([0.1, 0.2], [False, True])],
)  # fmt: skip
def test_masses_that_cannot_be_used(masses):
    with pytest.raises(ArgumentError, match=r"^masses: "):
        check_masses(masses)


@given(st.permutations([0.1, 0.01, 0.5, 0.3]))
def test_masses_keep_the_order_of_the_caller(masses):
    np.testing.assert_array_equal(check_masses(masses), masses)
    band = coupling_band("vector", masses)
    np.testing.assert_array_equal(band.masses, masses)
    alone = [coupling_band("vector", mass).upper[0] for mass in masses]
    np.testing.assert_allclose(band.upper, alone, rtol=1e-12)


def test_one_mass_and_masked_arrays_without_a_mask_are_masses():
    np.testing.assert_array_equal(check_masses(1), [1.0])
    np.testing.assert_array_equal(check_masses(np.float32(0.5)), [0.5])
    np.testing.assert_array_equal(check_masses(np.ma.masked_array([0.1, 0.2])), [0.1, 0.2])


@pytest.mark.parametrize("value", [True, None, "1", 1j, [1.0], np.array([1.0]), np.bool_(True)])
def test_what_is_no_real_number(value):
    with pytest.raises(TypeError, match=r"^cl: "):
        check_real(value, "cl")


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400])
def test_what_is_not_finite(value):
    with pytest.raises(ArgumentError, match="not a finite number"):
        check_real(value, "cl")


def test_real_numbers_of_python_and_numpy():
    assert [check_real(v, "x") for v in (1, 0.5, np.float32(0.5), np.array(2))] == [1, 0.5, 0.5, 2]


@given(st.text(max_size=8))
def test_any_text_is_a_plain_number_or_refused(text):
    try:
        value = read_number(text)
    except ArgumentError:
        return
    assert value == float(text)
    assert text.isascii()
    assert "_" not in text


@pytest.mark.parametrize("text", ["", "1_0", "\u0661", "nan", "inf", "0x1", "1e31", "1e-61", "1\n"])
def test_what_is_no_plain_number(text):
    with pytest.raises(ArgumentError):
        read_number(text, "--y")


def test_counts():
    assert [read_count(text) for text in ("0", "40", "-1", " 7 ")] == [0, 40, -1, 7]
    for text in ("1.0", "1e3", "3_0", "\u0663", "9" * 19):
        with pytest.raises(ArgumentError, match="whole number"):
            read_count(text)


def test_seeds():
    """Every seed is read that is allowed, and what is not is told with what is."""
    assert [read_seed(text) for text in ("0", " 7 ", str(2**63 - 1))] == [0, 7, 2**63 - 1]
    for text in ("-1", "1.5", "1e3", str(2**63), "9" * 5000, "x", "", "\u0663"):
        with pytest.raises(ArgumentError) as caught:
            read_seed(text, "--seed")
        assert "given; a seed is a whole number from 0 to 9223372036854775807" in str(caught.value)
        assert text[:20] in str(caught.value)


def test_levels_are_written_with_all_their_digits():
    levels = (0.9, 0.95, 0.6827, 0.999999, 0.99999999999)
    written = [format_level(level) for level in levels]
    assert written == ["90%", "95%", "68.27%", "99.9999%", "99.999999999%"]
    read_back = [float(text[:-1]) / 100 for text in written]
    np.testing.assert_allclose(read_back, levels, rtol=1e-15, atol=0)


@pytest.mark.parametrize("count", [True, 2.5, "3", None])
def test_the_count_of_a_grid_is_a_whole_number(count):
    with pytest.raises(TypeError, match="count"):
        emiss.mass_grid(0.1, 1.0, count)


@pytest.mark.parametrize("end", [None, True, 1j, [0.1]])
def test_the_ends_of_a_grid_are_numbers_or_texts(end):
    with pytest.raises(TypeError, match="mass"):
        emiss.mass_grid(end, 1.0, 3)
    with pytest.raises(TypeError, match="masses"):
        parse_masses(end)


def test_what_is_no_result_has_no_view():
    for ask in (registry.table, registry.html, registry.figure, registry.columns):
        with pytest.raises(TypeError, match="of type int has no"):
            ask(5)


def test_a_class_of_ones_own_joins():
    class Mine:
        pass

    registry.table.register(Mine, lambda _: TextTable("<mine>", ("a",), (("1",),)))
    assert "&lt;mine&gt;" in registry.html(Mine())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("9.4e+11 on target", "9.4e11 on target"),
        ("2e-05, 1e+00 and -3.5e-100", "2e-5, 1e0 and -3.5e-100"),
        ("na64e-2016-2018 and e-plus", "na64e-2016-2018 and e-plus"),
        ("4e-2016", "4e-2016"),
        ("1e+13.", "1e13."),
        ("(1e-05)", "(1e-5)"),
    ],
)
def test_exponents_are_written_as_people_do(text, wanted):
    assert readable(text) == wanted
