"""Ranges of arguments, declared once at the function that is called.

A guard looks at one argument and refuses what cannot be used, with its name and what is allowed;
it changes nothing. `guarded` puts guards in front of a function. They cost about a microsecond
each, so that functions of whole arrays carry them, and kernels and loops over masses do not.

>>> @guarded(energy=numbers(1.0, 500.0, "GeV"))
... def double(energy):
...     return 2.0 * energy
>>> double(3.0)
6.0
>>> double(float("nan"))
Traceback (most recent call last):
    ...
emiss.ground.errors.ValidityError: energy: nan GeV; give real numbers from 1 to 500 GeV.
"""

from __future__ import annotations

import functools
import inspect
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .checks import check_whole, shortened, wrong_type
from .errors import ArgumentError, ArgumentTypeError, UnknownNameError, ValidityError

__all__ = [
    "Guard",
    "check_fields",
    "check_shapes",
    "chosen",
    "count",
    "each",
    "executor",
    "flag",
    "function",
    "guarded",
    "instance",
    "mapping",
    "mapping_like",
    "named",
    "number",
    "numbers",
    "optional",
    "pair",
    "path",
    "row",
    "rows_of",
    "seeds",
    "text",
    "texts",
    "whole",
]

P = ParamSpec("P")
R = TypeVar("R")
Guard = Callable[[Any, str], object]
"""Takes the argument and its name; raises if it cannot be used."""


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Real numbers between two ends, one or many."""

    low: float
    high: float
    unit: str
    many: bool
    inside: bool
    integral: bool = False
    dimensions: int | None = None
    purpose: str = ""
    some: bool = False
    width: int = 0

    def __call__(self, value: Any, name: str) -> None:
        if (
            type(value) is float
            and self.low < value < self.high
            and not (self.integral or self.width)
        ):
            return
        if type(value) is np.ndarray and self._plain(value):
            return
        array = self._array(value, name)
        within = (array > self.low) & (array < self.high)
        if not self.inside:
            within |= (array == self.low) | (array == self.high)
        if not within.all():
            bad = array[~within].flat[0]
            raise ValidityError(f"{name}: {bad:.6g}{self._unit}; give {self._allowed()}.")

    def _plain(self, value: Any) -> bool:
        """Whether an array is well inside, the usual case, without asking for more."""
        if not self.many or self.integral or value.dtype != np.float64 or value.size == 0:
            return False
        if self.dimensions is not None and value.ndim > self.dimensions:
            return False
        if self.width and value.shape[1:] != (self.width,):
            return False
        return bool(self.low < value.min() and value.max() < self.high)

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""

    def _allowed(self) -> str:
        kind = "whole" if self.integral else "real"
        purpose = f"{' for ' if self.purpose else ''}{self.purpose}"
        if self.inside and self.low == 0.0 and math.isinf(self.high):
            unit = f" in {self.unit}" if self.unit else ""
            noun = f"positive {kind} numbers" if self.many else f"one positive {kind} number"
            return f"{noun}{unit}{purpose}"
        noun = f"{kind} numbers" if self.many else f"one {kind} number"
        ends = ("between", "and") if self.inside else ("from", "to")
        high = "infinity" if math.isinf(self.high) else f"{self.high:.8g}"
        if self.integral and isinstance(self.high, int):
            high = str(self.high)
        return f"{noun} {ends[0]} {self.low:.8g} {ends[1]} {high}{self._unit}{purpose}"

    def _refusal(self, value: Any, name: str) -> ArgumentTypeError:
        return wrong_type(value, name, self._allowed())

    def _array(self, value: Any, name: str) -> Any:
        if isinstance(value, str | bytes | dict | set) or value is None:
            raise self._refusal(value, name)
        if np.ma.is_masked(value):
            raise ArgumentError(f"{name}: some entries are masked; give {self._allowed()}.")
        try:
            array = np.asarray(value)
        except ValueError:  # rows of different lengths
            raise self._refusal(value, name) from None
        if type(value) is int and array.dtype.kind == "O":  # more than 64 bits
            raise ValidityError(f"{name}: {shortened(value)}; give {self._allowed()}.")
        allowed = "iu" if self.integral else "iuf"
        if array.dtype.kind not in allowed or (array.ndim and not self.many):
            raise self._refusal(value, name)
        if self.some and array.size == 0:
            raise ArgumentError(f"{name}: holds no number; give {self._allowed()}.")
        if self.dimensions is not None and array.ndim > self.dimensions:
            raise ArgumentError(f"{name}: shape {array.shape}; give one row, {self._allowed()}.")
        if self.width and array.shape[1:] != (self.width,):
            raise ArgumentError(
                f"{name}: shape {array.shape}; give rows of {self.width}, {self._allowed()}."
            )
        return array


def number(
    low: float, high: float, unit: str = "", purpose: str = "", *, inside: bool = False
) -> Guard:
    """Guard one real number.

    Parameters
    ----------
    low, high : float
        Ends of what is allowed.
    unit : str, optional
        Unit of the ends, for the message.
    purpose : str, optional
        What the range is that of, for the message.
    inside : bool, optional
        Whether the ends themselves are refused.
    """
    return _Numbers(low, high, unit, False, inside, purpose=purpose)


def numbers(
    low: float, high: float, unit: str = "", purpose: str = "", *, inside: bool = False
) -> Guard:
    """Guard real numbers of any shape, none at all among them; see `number`."""
    return _Numbers(low, high, unit, True, inside, purpose=purpose)


def row(
    low: float,
    high: float,
    unit: str = "",
    purpose: str = "",
    *,
    inside: bool = False,
    some: bool = False,
) -> Guard:
    """Guard one number or one row of them; see `number`.

    `some` refuses a row without a number, which else is let through as `numbers` does.
    """
    return _Numbers(low, high, unit, True, inside, dimensions=1, purpose=purpose, some=some)


def rows_of(width: int, low: float, high: float, unit: str = "") -> Guard:
    """Guard an array of shape (n, width), such as of four-vectors; see `number`."""
    return _Numbers(low, high, unit, True, False, width=width)


def pair(guard: Guard) -> Guard:
    """Guard a tuple or list of two, each guarded alike."""

    def checked(value: Any, name: str) -> None:
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise ArgumentTypeError(f"{name}: {shortened(value)}; give two of them, (low, high).")
        for part in value:
            guard(part, name)

    return checked


def whole(low: float, high: float, unit: str = "") -> Guard:
    """Guard one whole number; see `number`."""
    return _Numbers(low, high, unit, False, False, integral=True)


def count(low: int, high: int) -> Guard:
    """Guard a whole number that may be written as 1e6; the function makes an int of it."""

    def checked(value: Any, name: str) -> None:
        number = check_whole(value, name)
        if not low <= number <= high:
            raise ValidityError(
                f"{name}: {shortened(value)}; give a whole number from {low} to {high}."
            )

    return checked


def optional(guard: Guard) -> Guard:
    """Let None through."""

    def checked(value: Any, name: str) -> None:
        if value is not None:
            guard(value, name)

    return checked


def chosen(names: Iterable[str], kind: str = "") -> Guard:
    """Guard a name from a list; `kind` says of what, where the argument's name does not."""
    allowed = tuple(names)

    def checked(value: Any, name: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(value, name, f"one of {', '.join(allowed)}")
        if value not in allowed:
            raise UnknownNameError(kind or name.replace("_", " "), value, allowed)

    return checked


def instance(*classes: type | str) -> Guard:
    """Guard an object by its class, or by the name of a class that is not loaded yet.

    Parameters
    ----------
    *classes : type or str
        A name is looked for among the classes of the object and their bases.
    """
    real = tuple(c for c in classes if isinstance(c, type))
    named = {c for c in classes if isinstance(c, str)}
    wanted = " or ".join(c if isinstance(c, str) else c.__name__ for c in classes)

    def checked(value: Any, name: str) -> None:
        if isinstance(value, real) or named.intersection(c.__name__ for c in type(value).__mro__):
            return
        raise wrong_type(value, name, wanted)

    return checked


def named(*classes: type | str) -> Guard:
    """Guard an object by its class, see `instance`, or the name that stands for it."""
    object_or_text = instance(str, *classes)

    def checked(value: Any, name: str) -> None:
        object_or_text(value, name)
        if isinstance(value, str) and not value.strip():
            raise ArgumentError(f"{name}: the name is empty; give one, or the object itself.")

    return checked


def each(guard: Guard, *, alone: bool = False) -> Guard:
    """Guard a list or tuple whose members are guarded alike.

    Parameters
    ----------
    guard : Guard
        Of each member.
    alone : bool, optional
        Whether one may be given without a list around it.
    """

    def checked(value: Any, name: str) -> None:
        if isinstance(value, list | tuple):
            for part in value:
                guard(part, name)
        elif alone:
            guard(value, name)
        else:
            raise wrong_type(value, name, "a list or tuple")

    return checked


def text(value: Any, name: str) -> None:
    """Guard a text."""
    if not isinstance(value, str):
        raise wrong_type(value, name, "text")


def path(value: Any, name: str) -> None:
    """Guard a path: text, or what stands for a path of files."""
    if not isinstance(value, str | os.PathLike):
        raise wrong_type(value, name, "a path")
    if not str(value):
        raise ArgumentError(f"{name}: the path is empty; give that of a file or folder.")


def mapping_like(example: str) -> Guard:
    """Guard for a mapping with names as keys.

    Parameters
    ----------
    example : str
        One, as it is typed.

    Returns
    -------
    callable
        The guard.
    """

    def checked(value: Any, name: str) -> None:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise wrong_type(value, name, f"a mapping such as {example}")

    return checked


mapping = mapping_like("{'alpha_dark': 0.1}")


def texts(value: Any, name: str) -> None:
    """Guard a list or tuple of texts."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise wrong_type(value, name, "a list or tuple of texts")
    if not value:
        raise ArgumentError(f"{name}: holds nothing; give at least one text.")


def executor(value: Any, name: str) -> None:
    """Guard an executor of `concurrent.futures`, or what has the same methods."""
    if not callable(getattr(value, "submit", None)):
        raise wrong_type(value, name, "an executor of concurrent.futures")


def function(value: Any, name: str) -> None:
    """Guard something to be called."""
    if not callable(value):
        raise wrong_type(value, name, "a function, or None")


def flag(value: Any, name: str) -> None:
    """Guard a truth value."""
    if not isinstance(value, bool | np.bool_):
        raise ArgumentTypeError(f"{name}: {shortened(value)}; give True or False.")


def _named_none(function: Callable[..., Any]) -> set[str]:
    """Arguments whose default is None."""
    code = function.__code__
    last = function.__defaults__ or ()
    with_default = code.co_varnames[code.co_argcount - len(last) : code.co_argcount]
    defaults = {**dict(zip(with_default, last, strict=True)), **(function.__kwdefaults__ or {})}
    return {name for name, value in defaults.items() if value is None}


def guarded(
    shared: Mapping[str, Guard] = MappingProxyType({}),
    /,
    *,
    together: tuple[str, ...] = (),
    **guards: Guard,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Put guards in front of a function.

    Parameters
    ----------
    shared : mapping, optional
        Guards that several functions share; those whose arguments the function has are taken.
    together : tuple of str, optional
        Arguments whose shapes have to broadcast.
    **guards : Guard
        By name of the argument; that of ``*names`` looks at each. Defaults of the function are not
        looked at; None is let through where it is the default.

    Returns
    -------
    callable
        The decorator; the function itself stays at hand as ``__wrapped__``.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        # Behind a cache, which would hash what is not looked at yet.
        inner: Any = getattr(function, "__wrapped__", function)
        code = inner.__code__
        order = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        more = code.co_varnames[len(order)] if code.co_flags & inspect.CO_VARARGS else ""
        first = code.co_argcount
        unknown = {*guards, *together}.difference(order, [more])
        if unknown:
            raise TypeError(f"{inner.__qualname__} has no argument {sorted(unknown)}")
        own = {*order, more}
        both = {**{name: guard for name, guard in shared.items() if name in own}, **guards}
        of_more = both.pop(more, None)
        absent = _named_none(inner)
        places = tuple(
            (order.index(name), name, optional(guard) if name in absent else guard)
            for name, guard in both.items()
        )
        shaped = tuple((order.index(name), name) for name in together)
        known = None if code.co_flags & inspect.CO_VARKEYWORDS else frozenset(order)

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if kwargs and known is not None and not known >= kwargs.keys():
                raise _unknown_argument(inner.__name__, order, kwargs)
            given = min(len(args), first)
            for place, name, guard in places:
                if place < given:
                    guard(args[place], name)
                elif name in kwargs:
                    guard(kwargs[name], name)
            if of_more is not None:
                for value in args[first:]:
                    of_more(value, more)
            if shaped:
                check_shapes([(n, args[i] if i < given else kwargs.get(n)) for i, n in shaped])
            return function(*args, **kwargs)

        return checked

    return decorate


def _unknown_argument(
    function: str, order: Sequence[str], given: Mapping[str, object]
) -> ArgumentTypeError:
    """What to say of a keyword that a function does not have."""
    from difflib import get_close_matches

    name = next(one for one in given if one not in order)
    near = get_close_matches(name, order, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    if not near and "parameters" in order:
        hint = f" A parameter of the model is given as parameters={{'{name}': ...}}."
    return ArgumentTypeError(
        f"{function}: unknown argument '{name}'; it takes {', '.join(order)}.{hint}"
    )


def check_fields(thing: object, guards: Mapping[str, Guard], of: str = "") -> None:
    """Guard the fields of a dataclass, in its ``__post_init__``.

    Parameters
    ----------
    thing : object
        The instance.
    guards : mapping of str to Guard
        By name of the field.
    of : str, optional
        What the fields are called after in a message, where their names alone do not say.
    """
    for name, guard in guards.items():
        guard(getattr(thing, name), f"{of}, {name}" if of else name)


def check_shapes(given: Sequence[tuple[str, Any]]) -> None:
    """Refuse arrays, given with their names, whose shapes do not broadcast."""
    shapes = [(name, np.shape(value)) for name, value in given]
    if all(shape in ((), shapes[0][1]) for _, shape in shapes):
        return
    try:
        np.broadcast_shapes(*(shape for _, shape in shapes))
    except ValueError:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes)
        raise ArgumentError(f"shapes do not match: {listed}; give shapes that broadcast.") from None


def seeds(value: Any, name: str) -> None:
    """Guard a source of randomness: a whole number that is not negative, or a generator."""
    if isinstance(value, np.random.Generator):
        return
    if type(value) is not int and not isinstance(value, np.integer):
        raise wrong_type(value, name, "a whole number or a numpy.random.Generator")
    if not 0 <= value < 2**64:
        raise ValidityError(f"{name}: {shortened(value)}; give a whole number from 0 to 2^64 - 1.")
