"""What the page asks: its controls as plain values, each checked under its own name."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...experiments.variation import Variation
from ...ground.errors import EmissError
from ...inference.channel import check_confidence_level
from ...inference.counting import METHODS

if TYPE_CHECKING:
    from ...experiments import Experiment
    from ...physics.constraints.curves.overlay import Overlay
    from ...physics.models import Model

__all__ = ["CHOICES", "MODEL", "CurveFile", "FieldError", "Part", "Question", "read_question"]

MODEL: Final = "dark-photon"
MOST_PARTS: Final = 8
MOST_CURVES: Final = 20
MOST_POINTS: Final = 20000
CHOICES: Final = ("column", "qualifier", "mass_unit", "quantity", "alpha_dark", "mass_ratio")
"""What may be said of a curve's file."""
MOST_RECOILS: Final = 10**6


class FieldError(EmissError):
    """A value of one control that cannot be used.

    Parameters
    ----------
    field : str
        Name of the control.
    message : str
        What was given and what is allowed.
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Part:
    """An experiment that is ticked, with what was changed of it.

    Parameters
    ----------
    name : str
        Name in the catalogue.
    change : Variation
        Beam energy, threshold, particles on target.
    """

    name: str
    change: Variation = dataclasses.field(default_factory=Variation)

    def experiment(self) -> Experiment:
        """The experiment as asked for."""
        found: Experiment = _named(f"experiment {self.name}", lambda: _changed(self))
        return found


@functools.lru_cache(maxsize=64)
def _changed(part: Part) -> Experiment:
    """The experiment of a part, kept: a question needs it several times."""
    from ...experiments import get

    return part.change.of(get(part.name))


@dataclass(frozen=True, slots=True)
class CurveFile:
    """Where a curve of others comes from.

    Parameters
    ----------
    name : str
        Name of the file; empty if it is not known.
    said : tuple of (str, str)
        What was said of it, by option of the commands: ``("column", "1")``.
    """

    name: str = ""
    said: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """All controls of the page.

    Parameters
    ----------
    parts : tuple of Part
        Experiments.
    alpha_dark, mass_ratio : float
        Dark coupling and mediator mass over dark-matter mass.
    dark_matter : str
        Kind of dark matter.
    method : str
        Statistical method.
    cl : float
        Confidence level.
    combine : bool
        Whether all experiments together are a curve as well.
    curves : tuple of Overlay
        Curves of others, dropped into the page.
    recoils : int or None
        Sampled muons per mass that are enough for now where none are kept; None for all of them.
    files : tuple of CurveFile
        Where each of the curves comes from.
    """

    parts: tuple[Part, ...]
    alpha_dark: float = 0.1
    mass_ratio: float = 3.0
    dark_matter: str = "pseudo-dirac"
    method: str = "cls"
    cl: float = 0.9
    combine: bool = False
    curves: tuple[Overlay, ...] = ()
    recoils: int | None = None
    files: tuple[CurveFile, ...] = ()

    @property
    def model(self) -> Model:
        """The dark photon with this dark sector."""
        from ...physics import models

        chosen = {"alpha_dark": self.alpha_dark, "mass_ratio": self.mass_ratio}
        return models.get(MODEL, {**chosen, "dark_matter": self.dark_matter})


def _named(field: str, make: Any) -> Any:
    """What a function gives; its errors under the name of a control."""
    try:
        return make()
    except FieldError:
        raise
    except EmissError as error:
        raise FieldError(field, str(error)) from None


def read_question(data: Any) -> Question:
    """Read the question of a page.

    Parameters
    ----------
    data : mapping
        Parsed JSON: ``experiments`` (list of mappings with ``name`` and, if changed,
        ``beam_energy``, ``threshold``, ``on_target``) and the controls by name.

    Returns
    -------
    Question
        Checked.

    Raises
    ------
    FieldError
        If a value cannot be used; its `field` names the control.
    """
    if not isinstance(data, Mapping):
        raise FieldError("", "the question must be a mapping of controls.")
    unknown = set(data) - {*Question.__dataclass_fields__, "experiments"} | {"parts"} & set(data)
    if unknown:
        raise FieldError("", f"unknown control '{sorted(map(str, unknown))[0][:40]}'.")
    alpha = _number(data, "alpha_dark", 0.1)
    ratio = _number(data, "mass_ratio", 3.0)
    level = _named("cl", lambda: check_confidence_level(_number(data, "cl", 0.9)))
    question = Question(
        _parts(data.get("experiments")),
        alpha,
        ratio,
        _word(data, "dark_matter", "pseudo-dirac", _kinds()),
        _word(data, "method", "cls", tuple(METHODS)),
        level,
        data.get("combine") is True,
        _curves(data.get("curves", [])),
        _recoils(data),
        tuple(_file(row) for row in data.get("curves", [])),
    )
    # The range of one is checked with the other at a value that is in range.
    for field, changes in (("alpha_dark", {"alpha_dark": alpha}), ("mass_ratio", {})):
        trial = {"mass_ratio": 3.0, **changes} if changes else {"mass_ratio": ratio}
        _named(field, lambda trial=trial: _model(trial, question.dark_matter))
    return question


def _model(parameters: dict[str, float], kind: str) -> Model:
    from ...physics import models

    return models.get(MODEL, {**parameters, "dark_matter": kind})


def _kinds() -> tuple[str, ...]:
    from ...physics.models.dark_sector import DARK_MATTER_KINDS

    return tuple(kind for kind in DARK_MATTER_KINDS if kind != "none")


def _number(data: Mapping[str, Any], field: str, default: float | None) -> Any:
    value = data.get(field, default)
    if value is None and default is None:
        return None
    real = isinstance(value, int | float) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        shown = str(value)[:40]
        raise FieldError(field, f"'{shown}' is not a number; write one such as 0.1 or 1e12.")
    return float(value)


def _recoils(data: Mapping[str, Any]) -> int | None:
    value = _number(data, "recoils", None)
    if value is not None and not 1.0 <= value <= MOST_RECOILS:
        raise FieldError("", f"recoils: {value:g} given; between 1 and {MOST_RECOILS}.")
    return None if value is None else int(value)


def _word(data: Mapping[str, Any], field: str, default: str, allowed: tuple[str, ...]) -> str:
    value = data.get(field, default)
    if value not in allowed:
        raise FieldError(field, f"'{str(value)[:40]}' is not one of {', '.join(allowed)}.")
    return str(value)


def _parts(rows: Any) -> tuple[Part, ...]:
    if not isinstance(rows, list) or not rows:
        raise FieldError("experiments", "tick at least one experiment.")
    if len(rows) > MOST_PARTS:
        raise FieldError("experiments", f"tick at most {MOST_PARTS} experiments.")
    parts = tuple(_part(row) for row in rows)
    if len({part.name for part in parts}) < len(parts):
        raise FieldError("experiments", "each experiment can be ticked once.")
    return parts


def _part(row: Any) -> Part:
    from ...experiments import names
    from ...ground.errors import UnknownNameError

    name = row.get("name") if isinstance(row, Mapping) else None
    if not isinstance(name, str) or name not in names():
        # Names of the catalogue alone: a page opens no files.
        raise FieldError(
            "experiments", str(UnknownNameError("experiment", str(name)[:60], names()))
        )
    values = {}
    for field in ("beam_energy", "threshold", "on_target"):
        value = _number(row, field, None)
        values[field] = value
        _named(field, lambda field=field, value=value: Variation(**{field: value}))
    return Part(name, Variation(**values))


def _curves(rows: Any) -> tuple[Overlay, ...]:
    if not isinstance(rows, list) or len(rows) > MOST_CURVES:
        raise FieldError("curves", f"at most {MOST_CURVES} curves.")
    return tuple(_curve(row) for row in rows)


def _file(row: Mapping[str, Any]) -> CurveFile:
    said = row.get("said")
    given = said.items() if isinstance(said, Mapping) else ()
    known = ((key, str(value)[:200]) for key, value in given if key in CHOICES and value)
    return CurveFile(str(row.get("file", ""))[:200], tuple(known))


def _curve(row: Any) -> Overlay:
    import numpy as np

    from ...physics.constraints.curves.overlay import Overlay

    def column(key: str) -> Any:
        values = row[key]
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_POINTS:
            raise ValueError
        array = np.array([np.inf if v is None else v for v in values], dtype=np.float64)
        if not np.all(array > 0.0) or (key != "upper" and not np.all(np.isfinite(array))):
            raise ValueError
        return array

    try:
        masses, values = column("masses"), column("values")
        upper = column("upper") if row.get("upper") is not None else None
        if len(masses) != len(values) or (upper is not None and len(upper) != len(masses)):
            raise ValueError
        return Overlay(
            str(row["label"])[:80],
            masses,
            values,
            str(row.get("quantity", ""))[:40],
            upper,
            unit=str(row.get("unit", ""))[:40],
            notes=tuple(str(note)[:300] for note in row.get("notes", ())[:10]),
            alpha_dark=_number(row, "alpha_dark", None),
            mass_ratio=_number(row, "mass_ratio", None),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FieldError("curves", "a curve is damaged; drop its file again.") from error
