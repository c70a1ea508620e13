"""Fields of dataclasses, held to the types with which they are declared.

What a person hands to a constructor is refused there, by the name of the field, and not where it is
used. Texts, truth values, numbers, instances of classes and tuples of these are known; other
declarations are not looked at.

>>> from dataclasses import dataclass
>>> @dataclass
... class Part:
...     name: str
...     repeat: int = 1
...     def __post_init__(self):
...         check_declared(self)
>>> Part("absorber", repeat=2).repeat
2
>>> Part("absorber", repeat=True)
Traceback (most recent call last):
    ...
emiss.ground.errors.ArgumentTypeError: repeat: True is of type bool; give a whole number.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import sys
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from .checks import wrong_type
from .guards import Guard, check_fields, each, flag, instance, number, optional, text

__all__ = ["check_declared"]


def _whole(value: Any, name: str) -> None:
    """Guard a whole number of any size."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise wrong_type(value, name, "a whole number")


_PLAIN: Final[Mapping[str, Guard]] = {
    "str": text,
    "bool": flag,
    "int": _whole,
    "float": number(-math.inf, math.inf),
}


def check_declared(thing: Any, of: str = "") -> None:
    """Refuse fields of another type than the declared one, in a ``__post_init__``.

    Parameters
    ----------
    thing : object
        The instance of a dataclass.
    of : str, optional
        What it is, where the names of its fields alone do not say.

    Raises
    ------
    ArgumentTypeError
        If a field is of another type; the message names it.
    ValidityError
        If a number is not one.
    """
    kind: Any = type(thing)
    check_fields(thing, _guards(kind), of)


@functools.cache
def _guards(kind: type[Any]) -> dict[str, Guard]:
    """Guard of each field whose declaration is understood."""
    found = {}
    for field in dataclasses.fields(kind):
        owner = next(c for c in kind.__mro__ if field.name in inspect.get_annotations(c))
        guard = _guard(str(field.type), vars(sys.modules[owner.__module__]))
        if guard is not None and field.init:
            found[field.name] = guard
    return found


def _guard(declared: str, names: Mapping[str, Any]) -> Guard | None:
    if declared.endswith(" | None"):
        inner = _guard(declared.removesuffix(" | None"), names)
        return None if inner is None else optional(inner)
    if declared.startswith("tuple[") and declared.endswith(", ...]"):
        inner = _guard(declared.removeprefix("tuple[").removesuffix(", ...]"), names)
        return None if inner is None else each(inner)
    if declared in _PLAIN:
        return _PLAIN[declared]
    named = names.get(declared)
    return instance(named) if isinstance(named, type) else None
