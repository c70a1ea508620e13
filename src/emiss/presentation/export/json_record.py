"""A limit as JSON and back: the machine-readable record of a result."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ground import guards
from ...ground.bounded_json import load_json
from ...ground.bounded_text import read_text, shown
from ...ground.citations import canonical_keys
from ...ground.errors import EmissError
from ...ground.json_values import finite
from ...ground.provenance import InputLabel, Provenance
from ...inference.counting import METHODS
from ...inference.discovery import Excess
from ...inference.limit import BANDS, Limit
from ...inference.order import ascending
from ...physics.constraints.curves.saved_fields import refuse_other_fields
from ...physics.constraints.curves.saved_model import (
    LARGEST,
    SMALLEST,
    UNITS,
    refuse_other_coupling,
    refuse_other_y,
)
from ..limit_table import PROJECTED
from ..mesons import has_mass

__all__ = ["dumps", "limit_from_record", "limit_record", "load_limit"]

_FORMAT = "emiss-limit/1"
_LARGEST = 1e300
_ALL = "all mesons together have no mass; the one in masses_gev stands for none"


def limit_record(limit: Limit) -> dict[str, Any]:
    """Turn a limit into a dictionary for JSON.

    Parameters
    ----------
    limit : Limit
        The result.

    Returns
    -------
    dict
        Keys ``masses_gev``, ``coupling_name``, ``observed``, ``expected`` (keys "-2" ... "2"),
        ``method``, ``cl``, ``provenance`` and more; ``observed_upper`` only for islands. A mass
        without exclusion is None. In ``observed_upper`` None beside a number in ``observed`` means
        that the excluded region is open above (infinity has no JSON). Where ``projection`` is true
        nothing was observed and ``observed`` holds a sensitivity; ``notes`` say so in words.
        ``excess`` has the count, the background and the p-value of a discovery, or null.
    """
    limit = ascending(limit)
    record: dict[str, Any] = {
        "format": _FORMAT,
        "experiment": limit.experiment,
        "experiment_title": limit.experiment_title,
        "beam": limit.beam_label,
        "particles_on_target": float(limit.particles_on_target),
        "model": limit.model,
        "model_parameters": finite(limit.model_parameters),
        "coupling_name": limit.coupling_name,
        "coupling_label": limit.coupling_label,
        "coupling_unit": limit.coupling_unit,
        "mediator_symbol": limit.symbol,
        "method": limit.method,
        "cl": float(limit.cl),
        "projection": bool(limit.projection),
        "notes": [*([PROJECTED] if limit.projection else []), *([] if has_mass(limit) else [_ALL])],
        "masses_gev": finite(limit.masses),
        "observed": finite(limit.observed),
    }
    if limit.observed_upper is not None:
        record["observed_upper"] = finite(limit.observed_upper)
    record["expected"] = finite({band: limit.expected[band] for band in BANDS})
    if limit.expected_upper is not None:
        record["expected_upper"] = finite({band: limit.expected_upper[band] for band in BANDS})
    for key, values in (("dark_matter_masses_gev", limit.dark_matter_mass), ("y", limit.y)):
        record[key] = finite(values)
    record["shares"] = finite(limit.shares)
    record["signal_events"] = finite(limit.signal_events)
    record["excess"] = finite(limit.excess and limit.excess.record())
    record["warnings"] = list(limit.warnings)
    record["citations"] = list(canonical_keys(limit.citations))
    record["provenance"] = finite(limit.provenance.to_dict())
    return record


def dumps(record: Mapping[str, Any]) -> str:
    """Write one JSON object as text, with lists of numbers on one line each.

    Parameters
    ----------
    record : mapping
        What `limit_record` gives, or any mapping of JSON values.

    Returns
    -------
    str
        JSON, ending in a newline. Not-finite numbers are an error, never ``NaN``.
    """
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False, ensure_ascii=False)}"
        for key, value in record.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _array(values: Any, name: str, length: int) -> NDArray[np.float64]:
    if not isinstance(values, list) or len(values) != length:
        raise EmissError(f"'{name}' must be a list of {length} numbers, one per mass.")
    if not all(v is None or _is_number(v) for v in values):
        raise EmissError(f"'{name}' must hold only numbers and null.")
    return np.array([math.nan if v is None else v for v in values], dtype=np.float64)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST and math.isfinite(value)


def _real(value: Any, name: str, low: float, high: float) -> float:
    """A number in an open interval."""
    if not _is_number(value) or not low < value < high:
        raise EmissError(f"'{name}' must be a number above {low:g} and below {high:g}.")
    return float(value)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise EmissError(f"'{name}' must be text.")
    return value


def _one_of(value: Any, name: str, known: Collection[str]) -> str:
    """A word of a closed set."""
    if value not in known:
        listed = ", ".join(repr(word) for word in sorted(known))
        raise EmissError(f"'{name}' must be one of {listed}, not {shown(repr(value), 40)}.")
    return str(value)


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise EmissError(f"'{name}' must be true or false.")
    return value


def _texts(values: Any, name: str) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise EmissError(f"'{name}' must be a list of texts.")
    return tuple(_text(value, name) for value in values)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EmissError(f"'{name}' must be an object with names and values.")
    return value


def _input(given: Any) -> InputLabel:
    """One input of the provenance, which has a name, a value, a status and a source."""
    item = _object(given, "an input")
    value = item["value"]
    return InputLabel(
        _text(item["name"], "name of an input"),
        value if _is_number(value) else _text(value, "value of an input"),
        _text(item["status"], "status of an input"),
        _text(item["source"], "source of an input"),
    )


def _seed(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise EmissError("'seed' must be a whole number or null.")
    return value


def _where_excluded(
    values: NDArray[np.float64], observed: NDArray[np.float64], name: str
) -> NDArray[np.float64]:
    """Check that a number stands wherever there is a limit."""
    if np.any(np.isnan(values) & ~np.isnan(observed)):
        raise EmissError(f"'{name}' must be a number wherever 'observed' is one.")
    return values


def _ascending(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    if values.size == 0 or not np.all(values > 0.0) or not np.all(np.diff(values) > 0.0):
        raise EmissError(f"'{name}' must be positive numbers that ascend, at least one.")
    return values


def _positive(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    # An upper edge of a region that is open is infinite.
    if np.any((values < SMALLEST) | ((values > LARGEST) & np.isfinite(values))):
        raise EmissError(
            f"'{name}' must hold positive numbers from {SMALLEST:g} to {LARGEST:g}, or null where "
            "nothing is excluded."
        )
    return values


def _share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # Shares that were added up may be above 1 in their last digits.
    if np.any((values < 0.0) | (values > 1.0 + 1e-6)):
        raise EmissError("'shares' must hold numbers from 0 to 1.")
    return values


def _bands(record: Mapping[str, Any], count: int) -> dict[str, NDArray[np.float64]]:
    found = {
        band: _positive(_array(record["expected"][band], f"expected {band}", count), "expected")
        for band in BANDS
    }
    for low, high in pairwise(BANDS):
        # Digits that were rounded away may turn equal edges around.
        if np.any(found[low] > found[high] * (1.0 + 1e-6)):
            raise EmissError(f"'expected': band {low} lies above band {high}; they must ascend.")
        # Where a weaker limit excludes something, so does a stronger one.
        if np.any(np.isnan(found[low]) & ~np.isnan(found[high])):
            raise EmissError(f"'expected': band {low} is null where band {high} is a number.")
    return found


def limit_from_record(record: Mapping[str, Any]) -> Limit:
    """Build the limit that `limit_record` wrote.

    Parameters
    ----------
    record : mapping
        Parsed JSON.

    Returns
    -------
    Limit
        The same result: null is NaN again, and infinity in an open upper edge.

    Raises
    ------
    EmissError
        If a key is missing, a list has the wrong length or contents, masses do not ascend, a
        coupling is not positive, an edge lies below the other, or the bands are not in order.
    """
    try:
        return _build(record)
    except KeyError as error:
        raise EmissError(f"the key {error} is missing; give a limit.json of emiss.") from error
    except (TypeError, AttributeError, OverflowError) as error:
        raise EmissError(f"a value has the wrong type: {error}.") from error


def _build(record: Mapping[str, Any]) -> Limit:
    count = len(record["masses_gev"])
    refuse_other_fields(record)
    refuse_other_coupling(record)

    def column(name: str) -> NDArray[np.float64]:
        return _array(record[name], name, count)

    def optional(name: str) -> NDArray[np.float64] | None:
        return column(name) if record.get(name) is not None else None

    observed, upper = _positive(column("observed"), "observed"), optional("observed_upper")
    expected = _bands(record, count)
    y, dark = optional("y"), optional("dark_matter_masses_gev")
    if (y is None) != (dark is None):
        raise EmissError("'y' and 'dark_matter_masses_gev' must both be lists, or both be null.")
    if upper is not None:
        upper = _above(upper, observed, "observed_upper", "observed")
    refuse_other_y(record)
    made = record["provenance"]
    return Limit(
        experiment=_text(record["experiment"], "experiment"),
        experiment_title=_text(record["experiment_title"], "experiment_title"),
        model=_text(record["model"], "model"),
        model_parameters=_object(record["model_parameters"], "model_parameters"),
        coupling_name=_text(record["coupling_name"], "coupling_name"),
        coupling_label=_text(record["coupling_label"], "coupling_label"),
        masses=_ascending(column("masses_gev"), "masses_gev"),
        observed=observed,
        observed_upper=upper,
        expected=expected,
        expected_upper=_upper_bands(record, expected, count),
        method=_one_of(record["method"], "method", METHODS),
        cl=_real(record["cl"], "cl", 0.0, 1.0),
        shares={
            name: _where_excluded(_share(_array(share, f"share {name}", count)), observed, "shares")
            for name, share in _object(record["shares"], "shares").items()
        },
        signal_events=_where_excluded(
            _positive(column("signal_events"), "signal_events"), observed, "signal_events"
        ),
        particles_on_target=_real(
            record["particles_on_target"], "particles_on_target", 0.0, _LARGEST
        ),
        beam_label=_text(record["beam"], "beam"),
        dark_matter_mass=None if dark is None else _ascending(dark, "dark_matter_masses_gev"),
        y=None if y is None else _where_excluded(_positive(y, "y"), observed, "y"),
        provenance=Provenance(
            command=_text(made["command"], "command"),
            inputs_sha256=_text(made["inputs_sha256"], "inputs_sha256"),
            method=_text(made["method"], "method"),
            inputs=tuple(_input(item) for item in made["inputs"]),
            seed=_seed(made["seed"]),
            versions={
                _text(name, "versions"): _text(number, "versions")
                for name, number in _object(made["versions"], "versions").items()
            },
        ),
        citations=_texts(record["citations"], "citations"),
        warnings=_texts(record["warnings"], "warnings"),
        coupling_unit=_one_of(record.get("coupling_unit", ""), "coupling_unit", UNITS),
        symbol=_text(record.get("mediator_symbol", ""), "mediator_symbol"),
        projection=_flag(record.get("projection", False), "projection"),
        excess=_excess(record.get("excess")),
    )


def _excess(given: Any) -> Excess | None:
    """The count beside its background, see `Excess`; older records have none."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise EmissError("'excess' must be an object or null.")
    observed, p_value, deviations = given["observed"], given["p_value"], given["significance"]
    if isinstance(observed, bool) or not isinstance(observed, int) or observed < 0:
        raise EmissError("'excess observed' must be a whole number, 0 or more.")
    if not _is_number(p_value) or not 0.0 <= p_value <= 1.0:
        raise EmissError("'excess p_value' must be a number from 0 to 1.")
    if deviations is not None and not _is_number(deviations):
        raise EmissError("'excess significance' must be a number, or null where nothing is seen.")
    error = given.get("error")
    return Excess(
        observed,
        _real(given["background"], "excess background", 0.0, _LARGEST),
        _real(given["background_uncertainty"], "excess background_uncertainty", -1e-9, _LARGEST),
        float(p_value),
        None if deviations is None else float(deviations),
        _text(given["method"], "excess method"),
        None if error is None else _real(error, "excess error", -1e-9, 1.0),
    )


def _above(
    upper: NDArray[np.float64], lower: NDArray[np.float64], name: str, other: str
) -> NDArray[np.float64]:
    """Check an upper edge; it is infinite where the region is open."""
    _positive(upper, name)
    if np.any(upper < lower) or np.any(np.isnan(lower) & ~np.isnan(upper)):
        raise EmissError(f"'{name}' must not lie below '{other}', nor stand alone.")
    return np.where(np.isnan(upper) & ~np.isnan(lower), math.inf, upper)


def _upper_bands(
    record: Mapping[str, Any], lower: Mapping[str, NDArray[np.float64]], count: int
) -> dict[str, NDArray[np.float64]] | None:
    given = record.get("expected_upper")
    if given is None:
        return None
    name = "expected_upper"
    return {
        band: _above(_array(given[band], f"{name} {band}", count), lower[band], name, "expected")
        for band in BANDS
    }


@guards.guarded(path=guards.path)
def load_limit(path: Path | str) -> Limit:
    """Read a limit from its ``limit.json``.

    Parameters
    ----------
    path : path
        The file, or the directory that holds ``limit.json``.

    Returns
    -------
    Limit
        The result as it was written.

    Raises
    ------
    EmissError
        If the file cannot be read or is no record of a limit; the message names the file.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "limit.json"
    name = shown(file, 300)
    record = load_json(read_text(file, what="the record"), name)
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        raise EmissError(f"'{name}' is not a limit record: its format is not {_FORMAT}.")
    try:
        return limit_from_record(record)
    except EmissError as error:
        raise EmissError(f"'{name}': {error}") from error
