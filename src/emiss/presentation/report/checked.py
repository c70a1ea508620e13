"""Records written by others, read field by field; each fault names the file and the field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.bounded_text import shown
from ...ground.checks import LARGEST
from ...ground.errors import EmissError

__all__ = ["Checked"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One JSON object of a file.

    Parameters
    ----------
    values : object
        What was read.
    file : str
        The file, for errors.
    place : str
        Where in the file, for errors.
    """

    values: Any
    file: str
    place: str = ""

    def _wrong(self, name: str, what: str) -> EmissError:
        where = f"{self.place}{name}"
        return EmissError(f"'{self.file}': '{where}' must be {what}; write the file anew.")

    def _get(self, name: str) -> Any:
        if not isinstance(self.values, dict):
            raise self._wrong("", "an object")
        if name not in self.values:
            raise EmissError(f"'{self.file}': '{self.place}{name}' is missing.")
        return self.values[name]

    def text(self, name: str) -> str:
        """A text."""
        value = self._get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self._get(name)
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise self._wrong(name, "a list of texts")
        return tuple(values)

    def number(self, name: str) -> float:
        """A number."""
        value = self._get(name)
        real = isinstance(value, int | float) and not isinstance(value, bool)
        if not (real and abs(value) <= LARGEST):
            raise self._wrong(name, f"a number of at most {LARGEST:g} in size")
        return float(value)

    def maybe(self, name: str) -> float | None:
        """A number, or None where the record has null."""
        return None if self._get(name) is None else self.number(name)

    def array(self, name: str, axes: int = 1) -> FloatArray:
        """Numbers on one or two axes."""
        try:
            found = np.array(self._get(name), dtype=np.float64)
        except (TypeError, ValueError):
            raise self._wrong(name, "numbers") from None
        if found.ndim != axes or not found.size or not np.all(np.abs(found) <= LARGEST):
            raise self._wrong(name, f"numbers of at most {LARGEST:g} in size on {axes} axes")
        return found

    def edges(self, name: str) -> FloatArray:
        """Numbers that ascend."""
        found = self.array(name)
        if found.size < 2 or not np.all(np.diff(found) > 0.0):
            raise self._wrong(name, "numbers that ascend")
        return found

    def inside(self, name: str) -> Checked:
        """An object in this one."""
        value = self._get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Checked(value, self.file, f"{self.place}{name}.")

    def objects(self, name: str) -> Iterator[Checked]:
        """A list of objects."""
        values = self._get(name)
        if not isinstance(values, list):
            raise self._wrong(name, "a list")
        for number, value in enumerate(values):
            place = f"{self.place}{name}[{number}]"
            if not isinstance(value, dict):
                raise EmissError(f"'{self.file}': '{shown(place)}' must be an object.")
            yield Checked(value, self.file, f"{place}.")
