"""What the functions of inference take, by name of the argument."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ..ground.checks import wrong_type
from ..ground.guards import (
    Guard,
    count,
    executor,
    function,
    instance,
    named,
    number,
    numbers,
    text,
    whole,
)
from ..ground.mass_range import MassRange
from ..yields.arguments import ARGUMENTS as YIELD_ARGUMENTS
from ..yields.arguments import MASSES
from .channel import check_confidence_level

__all__ = ["ARGUMENTS", "MASSES"]

_EXPERIMENT: Final = named("Experiment", "CombinedExperiment")


def _level(value: Any, name: str) -> None:
    """Guard a confidence level."""
    check_confidence_level(value)


def _masses_or_range(value: Any, name: str) -> None:
    """Guard masses, how many of them, or a range."""
    if isinstance(value, MassRange):
        return
    if isinstance(value, bool | np.bool_):
        raise wrong_type(value, name, "masses in GeV, a count of them, or a range")
    if isinstance(value, int):
        whole(1, 100_000)(value, name)
    else:
        MASSES(value, name)


def _experiments(value: Any, name: str) -> None:
    """Guard an experiment or its name, or a list or tuple of them."""
    for one in value if isinstance(value, list | tuple) else (value,):
        _EXPERIMENT(one, name)


ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        **YIELD_ARGUMENTS,
        "cl": _level,
        "method": text,
        "strength": number(0.0, 1e9),
        "toys": count(100, 10**7),
        "executor": executor,
        "excess": function,
        "signal": instance("SignalYield", "CombinedYield"),
        "experiment": _experiments,
        "masses": _masses_or_range,
        "correlation": text,
        "coupling": numbers(0.0, 1e30),
    }
)
"""Guards by name of the argument."""
