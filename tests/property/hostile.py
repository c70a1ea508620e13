"""Hostile values for any argument, and what a public function may answer to them."""

from __future__ import annotations

import dataclasses
import math
import re
import signal
import warnings
from collections.abc import Mapping
from contextlib import contextmanager

import numpy as np

from emiss.ground.errors import EmissError, UnknownNameError

NAN, INF = math.nan, math.inf


def hostile_values(good):
    """Values for an argument whose good value is given, with a name for each."""
    one = good if isinstance(good, int | float) and not isinstance(good, bool) else 0.5
    if isinstance(good, list | np.ndarray) and np.size(good):
        one = np.asarray(good).flat[0]
    one = one if isinstance(one, float | np.floating | int | np.integer) else 0.5
    return {
        "nan": NAN,
        "inf": INF,
        "-inf": -INF,
        "negative": -1.0,
        "zero": 0.0,
        "1e300": 1e300,
        "-1e300": -1e300,
        "1e-300": 1e-300,
        "huge integer": 10**400,
        "huge": 10**12,
        "true": True,
        "complex": complex(one, 1.0),
        "text": "ten",
        "empty text": "",
        "none": None,
        "bytes": b"1",
        "object": object(),
        "mapping": {"a": 1},
        "masked": np.ma.masked_array([one, one], [False, True]),
        "masked number": np.ma.masked,
        "empty": np.array([]),
        "empty list": [],
        "plane": np.array([[one, one], [one, one], [one, one]]),
        "twice": [one, one, one],
        "nan among": [one, NAN],
        "inf among": np.array([one, INF]),
        "booleans": [True, False],
        "texts": ["1", "2"],
        "ragged": [[one], [one, one]],
        "complex list": [1j, 2j],
    }


class Unclear(AssertionError):
    """A public function answered with neither a number nor a clear refusal."""


def numbers_in(result, depth=0):
    """Arrays of numbers in a result: of what it is made, not of what it can compute."""
    if depth > 4 or result is None or isinstance(result, str | bytes | bool):
        return
    if isinstance(result, int | float | complex | np.generic | np.ndarray):
        array = np.asarray(result)
        if array.dtype.kind in "fc":
            yield array
    elif dataclasses.is_dataclass(result) and not isinstance(result, type):
        for field in dataclasses.fields(result):
            yield from numbers_in(getattr(result, field.name, None), depth + 1)
    elif isinstance(result, Mapping):
        for value in result.values():
            yield from numbers_in(value, depth + 1)
    elif isinstance(result, tuple | list):
        for value in result:
            yield from numbers_in(value, depth + 1)


@contextmanager
def within(seconds):
    """End what runs longer, in seconds of processor time."""

    def late(signum, frame):
        raise Unclear(f"no answer within {seconds} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _names(error, name, value):
    """Whether a refusal says which argument is meant; a name or path that is quoted does."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if isinstance(error, UnknownNameError) and str(error.given) in str(value):
        return True
    if any(isinstance(text, str) and _says(str(error), text) for text in texts):
        return True
    words = (name, name.replace("_", " "), name.removesuffix("s"))
    return any(word.lower() in str(error).lower() for word in words)


def _says(message, text):
    """Whether a text stands in a message, between quotes or other marks."""
    return bool(text) and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", message) is not None


def random_value(good, dice):
    """A value for an argument: hostile, or near the good one, or of any size."""
    kind = dice.randrange(3)
    listed = good if isinstance(good, list) else [good]
    if kind == 0 or not all(isinstance(one, float) for one in listed):
        return dice.choice(list(hostile_values(good).values()))
    if kind == 1:
        return np.multiply(good, dice.choice((0.5, 0.999, 1.001, 2.0, 10.0, 1e3))).tolist()
    size = 10.0 ** dice.uniform(-12.0, 12.0)
    return size if isinstance(good, float) else [size * dice.random() for _ in good]


def answer_to(function, arguments, name, value, *, infinite=False, seconds=20):
    """Call with one argument replaced, see `answer_with`; a refusal names the argument."""
    return answer_with(function, arguments, {name: value}, infinite=infinite, seconds=seconds)


def answer_with(function, arguments, changes, *, infinite=False, seconds=20):
    """Call with arguments replaced; raise `Unclear` unless the answer is one or a refusal.

    Parameters
    ----------
    function : callable
        What is called.
    arguments : dict
        Good values by name.
    changes : dict
        What arguments are replaced by; if it is one, a refusal names it.
    infinite : bool, optional
        Whether infinity is an answer of this function (a lifetime of what is stable).
    """
    try:
        with within(seconds), warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
            warnings.simplefilter("error", RuntimeWarning)
            result = function(**{**arguments, **changes})
    except EmissError as error:
        if len(changes) == 1 and not _names(error, *next(iter(changes.items()))):
            raise Unclear(f"the refusal does not name '{next(iter(changes))}': {error}") from error
        if len(str(error)) > 700:
            raise Unclear(f"a refusal of {len(str(error))} letters") from error
        return None
    except Unclear:
        raise
    except BaseException as error:
        raise Unclear(f"{type(error).__name__}: {str(error)[:200]}") from error
    for array in numbers_in(result):
        if np.isnan(array).any():
            raise Unclear("not a number among the results")
        if not infinite and np.isinf(array).any():
            raise Unclear("infinity among the results")
    return result
