"""The simplified likelihood as JSON and CSV, and back.

The JSON record carries ``format = "emiss-likelihood/1"``; its keys are described in
``docs/likelihoods.md``. The CSV file has the same numbers in long form, one row per run and mass,
with the head of the record in comment lines.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...ground import guards
from ...ground.arrays import FloatArray
from ...ground.atomic import write_text
from ...ground.bounded_json import load_json
from ...ground.bounded_text import read_text, shown
from ...ground.citations import canonical_keys
from ...ground.errors import EmissError
from ...ground.provenance import version
from ...inference.channel import Channel
from ...inference.simplified import SimplifiedLikelihood
from .json_record import dumps

__all__ = [
    "FORMAT",
    "likelihood_csv",
    "likelihood_from_csv",
    "likelihood_from_record",
    "likelihood_record",
    "load_likelihood",
    "write_likelihood",
]

FORMAT: Final = "emiss-likelihood/1"
_MARK: Final = "# record: "
_FIELDS: Final = (
    "observed",
    "background",
    "background_uncertainty",
    "background_uncertainty_shared",
    "background_group",
    "signal_uncertainty",
    "signal_uncertainty_shared",
    "signal_group",
)
MOST_ROWS: Final = 1_000_000
_WHAT: Final = "the likelihood"


def likelihood_record(likelihood: SimplifiedLikelihood) -> dict[str, Any]:
    """Turn a simplified likelihood into a dictionary for JSON.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The likelihood.

    Returns
    -------
    dict
        Keys ``format``, ``experiment``, ``model``, ``masses_gev``, ``reference_coupling``,
        ``runs`` (one mapping each) and ``coefficients`` (by process: one list per run).
    """
    return {
        **_head(likelihood),
        "masses_gev": likelihood.masses.tolist(),
        "reference_coupling": likelihood.reference.tolist(),
        "runs": [
            {"name": name, **{key: getattr(channel, key) for key in _FIELDS}}
            for name, channel in zip(likelihood.runs, likelihood.channels, strict=True)
        ],
        "coefficients": {
            process: values.tolist() for process, values in likelihood.coefficients.items()
        },
    }


def _head(likelihood: SimplifiedLikelihood) -> dict[str, Any]:
    unit = likelihood.coupling_unit
    return {
        "format": FORMAT,
        "emiss": version(),
        "experiment": likelihood.experiment,
        "title": likelihood.title,
        "projection": likelihood.projection,
        "model": likelihood.model,
        "model_parameters": dict(likelihood.parameters),
        "coupling_name": likelihood.coupling_name,
        "coupling_unit": unit,
        "coupling_power": likelihood.power,
        "coefficient_unit": f"events/({unit})^{likelihood.power:g}" if unit else "events",
        "uncertainties": "log-normal: a factor (1 + relative uncertainty)^z with z unit normal; "
        "of backgrounds in events, of signals relative; those of one group move together",
        "citations": list(canonical_keys(likelihood.citations)),
    }


def likelihood_csv(likelihood: SimplifiedLikelihood) -> str:
    r"""Write a simplified likelihood as CSV, one row per run and mass.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The likelihood.

    Returns
    -------
    str
        Lines with ``\n``; the first is a comment with the names and the model as JSON.
    """
    page = io.StringIO()
    page.write(_MARK + json.dumps(_head(likelihood), allow_nan=False) + "\n")
    writer = csv.writer(page, lineterminator="\n")
    processes = list(likelihood.coefficients)
    coefficients = [f"coefficient_{name}" for name in processes]
    writer.writerow(["run", "mass_gev", "reference_coupling", *_FIELDS, *coefficients])
    for row, (name, channel) in enumerate(zip(likelihood.runs, likelihood.channels, strict=True)):
        about = [getattr(channel, key) for key in _FIELDS]
        for column, mass in enumerate(likelihood.masses.tolist()):
            values = [likelihood.coefficients[p][row, column].item() for p in processes]
            reference = likelihood.reference[column].item()
            writer.writerow([name, repr(mass), repr(reference), *about, *map(repr, values)])
    return page.getvalue()


def likelihood_from_record(record: Any) -> SimplifiedLikelihood:
    """Build the likelihood that `likelihood_record` wrote.

    Parameters
    ----------
    record : mapping
        Parsed JSON.

    Returns
    -------
    SimplifiedLikelihood
        The same numbers.

    Raises
    ------
    EmissError
        If a key is missing or a value is of the wrong kind, shape or sign.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise EmissError(f"no simplified likelihood: its format is not {FORMAT}.")
    try:
        return _build(record)
    except KeyError as error:
        raise EmissError(f"the key {error} is missing.") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise EmissError(f"a value cannot be used: {error}") from None


def _build(record: Mapping[str, Any]) -> SimplifiedLikelihood:
    masses = _numbers(record["masses_gev"], "masses_gev", positive=True)
    if np.any(np.diff(masses) <= 0.0):
        raise EmissError("'masses_gev' must ascend.")
    reference = _numbers(record["reference_coupling"], "reference_coupling", positive=True)
    rows = record["runs"]
    if not isinstance(rows, list) or not rows:
        raise EmissError("'runs' must be a list with one run at least.")
    channels = tuple(Channel(**{key: row[key] for key in _FIELDS}) for row in rows)
    found = {
        str(process): np.stack([_numbers(v, f"coefficients of {process}") for v in values])
        for process, values in dict(record["coefficients"]).items()
    }
    for name, values in (("reference_coupling", reference[None]), *found.items()):
        shape = (1 if name == "reference_coupling" else len(rows), masses.size)
        if values.shape != shape:
            raise EmissError(f"'{name}' must have one list per run with one number per mass.")
    if not found:
        raise EmissError("'coefficients' must hold one process at least.")
    return SimplifiedLikelihood(
        str(record["experiment"]),
        str(record["title"]),
        str(record["model"]),
        dict(record["model_parameters"]),
        str(record["coupling_name"]),
        str(record["coupling_unit"]),
        tuple(str(row["name"]) for row in rows),
        channels,
        masses,
        reference,
        found,
        tuple(map(str, record.get("citations", ()))),
        record.get("projection") is True,
        _power(record.get("coupling_power", 2.0)),
    )


def _power(value: Any) -> float:
    if not _is_number(value) or not 0.0 < value <= 8.0:
        raise EmissError("'coupling_power' must be a number above 0 and at most 8.")
    return float(value)


def _numbers(values: Any, name: str, positive: bool = False) -> FloatArray:
    good = isinstance(values, list) and 0 < len(values) <= MOST_ROWS
    if not good or not all(_is_number(v) for v in values):
        raise EmissError(f"'{name}' must be a list of finite numbers.")
    array = np.array(values, dtype=np.float64)
    if np.any(array <= 0.0 if positive else array < 0.0):
        raise EmissError(f"'{name}' must be {'positive' if positive else 'zero or positive'}.")
    return array


def _is_number(value: Any) -> bool:
    real = isinstance(value, int | float) and not isinstance(value, bool)
    return real and abs(value) < 1e300 and math.isfinite(value)


def likelihood_from_csv(text: str) -> SimplifiedLikelihood:
    """Build the likelihood that `likelihood_csv` wrote.

    Parameters
    ----------
    text : str
        The file.

    Returns
    -------
    SimplifiedLikelihood
        The same numbers.

    Raises
    ------
    EmissError
        If the head is missing, or a row cannot be read.
    """
    first, _, rest = text.partition("\n")
    if not first.startswith(_MARK):
        raise EmissError(f"no simplified likelihood: its first line does not start with '{_MARK}'.")
    record = dict(load_json(first.removeprefix(_MARK), "the first line"))
    try:
        rows = list(csv.DictReader(io.StringIO(rest)))
    except csv.Error as error:
        raise EmissError(f"its rows cannot be split into columns: {error}.") from None
    if not rows or len(rows) > MOST_ROWS:
        raise EmissError(f"a likelihood has 1 to {MOST_ROWS} rows.")
    try:
        record |= _columns(rows)
    except (TypeError, ValueError, KeyError) as error:
        raise EmissError(f"a row cannot be read: {error}.") from None
    return likelihood_from_record(record)


def _columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = list(dict.fromkeys(row["run"] for row in rows))
    by_run = {name: [row for row in rows if row["run"] == name] for name in names}
    first = by_run[names[0]]

    def column(name: str, key: str) -> list[float]:
        return [float(row[key]) for row in by_run[name]]

    masses = column(names[0], "mass_gev")
    if any(column(name, "mass_gev") != masses for name in names):
        raise EmissError("all runs must have the same masses in the same order.")
    processes = [key for key in first[0] if key and key.startswith("coefficient_")]
    return {
        "masses_gev": masses,
        "reference_coupling": column(names[0], "reference_coupling"),
        "runs": [
            {"name": name, **{key: _field(by_run[name][0], key) for key in _FIELDS}}
            for name in names
        ],
        "coefficients": {
            key.removeprefix("coefficient_"): [column(name, key) for name in names]
            for key in processes
        },
    }


def _field(row: Mapping[str, str], key: str) -> float | str | int:
    if key.endswith("_group"):
        return row[key]
    return int(row[key]) if key == "observed" else float(row[key])


@guards.guarded(path=guards.path)
def load_likelihood(path: Path | str) -> SimplifiedLikelihood:
    """Read a simplified likelihood from JSON or, where the name ends in ``.csv``, from CSV.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    SimplifiedLikelihood
        The likelihood.

    Raises
    ------
    EmissError
        If the file cannot be read or is none; the message names it.
    """
    file, name = Path(path), shown(Path(path), 300)
    text = read_text(file, what=_WHAT)
    try:
        if file.suffix.lower() == ".csv":
            return likelihood_from_csv(text)
        return likelihood_from_record(load_json(text, name))
    except EmissError as error:
        if name in str(error):
            raise
        raise EmissError(f"'{name}': {error}") from None


@guards.guarded(likelihood=guards.instance(SimplifiedLikelihood), path=guards.path)
def write_likelihood(likelihood: SimplifiedLikelihood, path: Path | str) -> Path:
    """Write a simplified likelihood as JSON or, where the name ends in ``.csv``, as CSV.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The likelihood.
    path : path
        Where to; the file appears whole or not at all.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    file = Path(path)
    as_csv = file.suffix.lower() == ".csv"
    text = likelihood_csv(likelihood) if as_csv else dumps(likelihood_record(likelihood))
    write_text(file, text)
    return file
