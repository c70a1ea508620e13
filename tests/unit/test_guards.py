"""Guards: what they let through, what they refuse, and in which words."""

import math

import numpy as np
import pytest

from emiss.ground.errors import ArgumentError, ArgumentTypeError, UnknownNameError, ValidityError
from emiss.ground.guards import (
    chosen,
    flag,
    guarded,
    instance,
    number,
    numbers,
    optional,
    pair,
    row,
    seeds,
    whole,
)


@pytest.mark.parametrize(
    ("guard", "good", "bad"),
    [
        (number(1.0, 2.0), [1, 2.0, np.float32(1.5), np.array(1.5)], [0.9, 2.1, math.nan, 10**99]),
        (number(0.0, 1.0, inside=True), [0.5], [0.0, 1.0, math.nan]),
        (numbers(0.0, math.inf), [0, math.inf, [1.0, math.inf], [[1], [2]]], [-1e-9, [math.nan]]),
        (row(0.0, 1.0), [0.5, [0.1, 0.2], [], np.array([])], [[[0.1], [0.2]], [[], []]]),
        (row(0.0, 1.0, some=True), [0.5, [0.1]], [[], np.array([])]),
        (whole(0, 5), [0, 5, np.int32(3)], [-1, 6]),
        (pair(number(0.0, 1.0)), [(0, 1), [0.5, 0.5]], [(0, 2)]),
        (optional(number(0.0, 1.0)), [None, 0.5], [2.0]),
        (chosen(("a", "b")), ["a"], ["c"]),
        (seeds, [0, np.int64(3), np.random.default_rng(1)], [-1]),
    ],
)  # fmt: skip
def test_what_is_let_through(guard, good, bad):
    for value in good:
        guard(value, "x")
    for value in bad:
        with pytest.raises((ValidityError, ArgumentError, UnknownNameError), match="x"):
            guard(value, "x")


@pytest.mark.parametrize(
    ("guard", "value"),
    [
        *[(number(0.0, 1.0), v) for v in (None, "1", True, 1j, [0.5], np.array([0.5]), b"1")],
        *[(numbers(0.0, 1.0), v) for v in (None, "1", [True], [1j], [[1], [1, 2]], {1.0}, {})],
        (whole(0, 5), 1.0), (chosen("ab"), 1), (flag, 1), (instance(dict, "Absent"), 1),
        (seeds, 1.0), (seeds, True), (pair(number(0, 1)), (1, 1, 1)),
    ],
)  # fmt: skip
def test_wrong_types_are_type_errors(guard, value):
    with pytest.raises(ArgumentTypeError, match=r"^x: ") as caught:
        guard(value, "x")
    assert isinstance(caught.value, TypeError)


def test_classes_are_known_by_name():
    class Absent:
        pass

    class Derived(Absent):
        pass

    instance("Absent")(Derived(), "x")


def test_arguments_are_found_by_place_and_by_name():
    @guarded({"a": number(0, 1), "unused": flag}, together=("a", "b"), b=numbers(0, 1))
    def add(a, *, b=2.0):
        return np.add(a, b)

    assert add(0.25, b=0.5) == 0.75
    assert add(1) == 3.0  # a default is the function's own business
    assert add.__wrapped__(5.0) == 7.0
    for call in (lambda: add(2), lambda: add(a=2), lambda: add(0.0, b=3.0)):
        with pytest.raises(ValidityError, match=r"^[ab]: [23]; give"):
            call()
    with pytest.raises(TypeError, match="argument"):
        guarded(c=flag)(add.__wrapped__)


def test_shapes_that_do_not_match_are_listed():
    @guarded(together=("a", "b"))
    def add(a, b):
        return np.add(a, b)

    with pytest.raises(ArgumentError, match=r"a \(2,\), b \(3,\)"):
        add([1, 2], [1, 2, 3])


def test_messages_say_what_is_allowed():
    with pytest.raises(
        ValidityError, match=r"^energy: 600 GeV; give one real number from 1 to 500 "
    ):
        number(1.0, 500.0, "GeV", "bremsstrahlung")(600.0, "energy")
    with pytest.raises(ArgumentError, match="masked"):
        numbers(0.0, 1.0)(np.ma.masked_array([0.1, 0.2], [False, True]), "x")


def test_none_is_let_through_where_it_is_the_default():
    @guarded(first=number(0.0, 1.0), second=number(0.0, 1.0), third=number(0.0, 1.0))
    def function(first, second=None, *, third=None, fourth=1.0):
        return first, second, third, fourth

    assert function(0.5, None, third=None) == (0.5, None, None, 1.0)
    assert function(0.5, 0.5, third=1.0) == (0.5, 0.5, 1.0, 1.0)
    with pytest.raises(ArgumentTypeError, match="first"):
        function(None)
    with pytest.raises(ValidityError, match="third"):
        function(0.5, third=2.0)
