"""Arguments as people give them: read, or refused with the name of the argument.

Nothing is changed silently: text, complex numbers, truth values, masked or missing entries are
refused, and masses come back in the order in which they were given.

>>> read_number("1e-3", "--cl")
0.001
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ArgumentError, ArgumentTypeError, EmissError

__all__ = [
    "check_masses",
    "check_real",
    "check_seed",
    "check_whole",
    "read_count",
    "read_number",
    "read_seed",
    "shortened",
    "wrong_type",
]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COUNT = re.compile(r"[+-]?[0-9]{1,18}")
_LONG = re.compile(r"[+-]?[0-9]{19,}")
_SEED = re.compile(r"[0-9]{1,19}")
_LARGEST_SEED = 2**63 - 1
_LONGEST_MESSAGE = 60
SMALLEST, LARGEST = 1e-60, 1e30
"""Numbers of a command line that are not zero lie between these: their powers stay numbers."""


def shortened(value: object) -> str:
    """Write what was given, cut to a length that fits an error message."""
    try:
        text = repr(value)
    except ValueError:  # an integer too long for Python to write out
        return "this number"
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return text[: _LONGEST_MESSAGE - 3] + "..."


def read_number(text: str, name: str = "value") -> float:
    """Read a decimal number: ASCII digits, a point, an exponent, and nothing else.

    Parameters
    ----------
    text : str
        For example ``"0.1"`` or ``"1e-3"``; ``nan``, ``inf``, ``1_0`` and digits of other
        scripts are refused.
    name : str, optional
        How to call it in an error.

    Returns
    -------
    float
        The number, zero or between 1e-60 and 1e30 in size.

    Raises
    ------
    ArgumentError
        If it is no such number.
    """
    if not isinstance(text, str):
        raise wrong_type(text, name, "the number as text, such as '0.1'")
    if not _NUMBER.fullmatch(text.strip(" ")):
        raise ArgumentError(
            f"{name}: {shortened(text)} is not a finite number; write one such as 0.1 or 1e-3."
        )
    value = float(text)
    if value != 0.0 and not SMALLEST <= abs(value) <= LARGEST:
        raise ArgumentError(
            f"{name}: {shortened(text)} is out of any range; give 0 or {SMALLEST:g} to {LARGEST:g}."
        )
    return value


def read_count(text: str, name: str = "value") -> int:
    """Read a whole number of at most 18 ASCII digits.

    Parameters
    ----------
    text : str
        For example ``"40"``.
    name : str, optional
        How to call it in an error.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ArgumentError
        If it is no such number.
    """
    if _LONG.fullmatch(text.strip(" ")):
        raise ArgumentError(
            f"{name}: {shortened(text)} is too long for a whole number; give at most 18 digits."
        )
    if not _COUNT.fullmatch(text.strip(" ")):
        raise ArgumentError(
            f"{name}: {shortened(text)} is not a whole number; write one such as 40."
        )
    return int(text)


def read_seed(text: str, name: str = "seed") -> int:
    """Read a seed of random numbers.

    Parameters
    ----------
    text : str
        ASCII digits, for example ``"40"``.
    name : str, optional
        How to call it in an error.

    Returns
    -------
    int
        The seed, from 0 to 2^63 - 1.

    Raises
    ------
    ArgumentError
        If it is no such number.
    """
    words = text.strip(" ")
    if not _SEED.fullmatch(words) or int(words) > _LARGEST_SEED:
        raise ArgumentError(
            f"{name}: {shortened(text)} given; a seed is a whole number from 0 to {_LARGEST_SEED}."
        )
    return int(words)


def check_seed(seed: int) -> None:
    """Check a seed of random numbers.

    Parameters
    ----------
    seed : int
        The seed.

    Raises
    ------
    EmissError
        If it does not lie from 0 to 2^63 - 1.
    """
    if not 0 <= seed <= _LARGEST_SEED:
        raise EmissError(f"seed {seed}: give a whole number from 0 to {_LARGEST_SEED}.")


def wrong_type(value: object, name: str, wanted: str) -> ArgumentTypeError:
    """Error that says what was given and what is wanted; to be raised.

    Parameters
    ----------
    value : object
        What was given.
    name : str
        Name of the argument.
    wanted : str
        What is allowed, such as ``"one real number"``.

    Returns
    -------
    ArgumentTypeError
        With the value, its type and what is wanted.
    """
    kind = type(value).__name__
    return ArgumentTypeError(f"{name}: {shortened(value)} is of type {kind}; give {wanted}.")


def check_real(value: Any, name: str) -> float:
    """Check one real, finite number.

    Parameters
    ----------
    value : float
        A number of Python or numpy, no truth value.
    name : str
        Name of the argument.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ArgumentTypeError
        If it is no real number.
    ArgumentError
        If it is not finite.
    """
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ArgumentError(f"{name}: is masked; give one real number.")
    number = (
        value.item() if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 else value
    )
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise wrong_type(value, name, "one real number")
    if not abs(number) < math.inf or abs(number) > 1.7e308:
        raise ArgumentError(f"{name}: {shortened(value)} is not a finite number.")
    return float(number)


def check_whole(value: Any, name: str) -> int:
    """Check one whole number.

    Parameters
    ----------
    value : int or float
        A number without a fraction, such as 1000 or 1e6.
    name : str
        Name of the argument.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ArgumentTypeError
        If it is no real number.
    ArgumentError
        If it is not finite or has a fraction.
    """
    number = check_real(value, name)
    if number != int(number):
        raise ArgumentError(f"{name}: {shortened(value)} is not a whole number.")
    return value if type(value) is int else int(number)


_MASSES = 'masses in GeV such as [0.001, 0.01], or emiss.mass_grid("1 MeV", "1 GeV", 60)'


def _real_array(values: Any, name: str) -> NDArray[np.float64]:
    if values is None or isinstance(values, str | bytes | bool | dict | set):
        raise wrong_type(values, name, _MASSES)
    if np.ma.is_masked(values):
        raise ArgumentError(f"{name}: some entries are masked; give {_MASSES}, without gaps.")
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise wrong_type(values, name, _MASSES) from error
    if array.dtype.kind not in "iuf":
        raise wrong_type(values, name, _MASSES)
    return np.atleast_1d(array.astype(np.float64))


def check_masses(values: Any, name: str = "masses") -> NDArray[np.float64]:
    """Check masses given from Python; they keep the order in which they were given.

    Parameters
    ----------
    values : array of float
        Masses in GeV, one or several.
    name : str, optional
        Name of the argument.

    Returns
    -------
    array of float, shape (n,)
        The same numbers in the same order.

    Raises
    ------
    ArgumentTypeError
        If they are text, truth values, complex, missing, or no numbers at all.
    ArgumentError
        If there is none, one is masked, not finite, not positive or given twice, or they are not
        in one row.
    """
    masses = _real_array(values, name)
    if masses.ndim != 1 or masses.size == 0:
        raise ArgumentError(f"{name}: shape {masses.shape}; give one row of {_MASSES}.")
    wrong = ~np.isfinite(masses) | (masses <= 0.0)
    if wrong.any():
        raise ArgumentError(f"{name}: {masses[wrong][0]:g} GeV; masses are positive and finite.")
    ordered = np.sort(masses)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if twice.size:
        raise ArgumentError(f"{name}: {twice[0]:g} GeV is given twice; give each mass once.")
    return masses
