"""Curves of others in the formats in which they are published, and writing DarkCast-style tables.

HEPData tables as YAML or JSON (of a submission, or as the site gives them), DarkCast-style ``.lmt``
tables (mass in GeV, lower edge, upper edge) and ``limit.json`` of emiss. The data stay with the
user: nothing of the kind ships with emiss. Where to get them: hepdata.net, and the DarkCast
repository (arXiv:1801.04847).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...ground.errors import EmissError
from .overlay import _MASS_UNITS, Overlay, read_overlay, refuse_disorder

__all__ = ["read_curve", "read_lmt", "write_lmt"]

CITATIONS: Final = ("Ilten:2018crw",)

MAX_BYTES: Final = 32 * 1024 * 1024
_MISSING: Final = ("", "-", "--", "nan", "none", "null")
_TWO_SIDED: Final = ("lower edge", "upper edge")
# First y: its own definition, y = epsilon^2 ..., may stand in the name.
_COUPLINGS: Final = (("y", r"\by\b"), ("epsilon", r"epsilon\b|kinetic mixing|ϵ|ε"))


def read_curve(path: Path | str, label: str | None = None, *, column: str | None = None) -> Overlay:
    """Read a curve in any of the formats known, by suffix.

    Parameters
    ----------
    path : path
        ``.csv`` (and any other text), ``.lmt``, ``.yaml``, ``.yml`` or ``.json``; or a directory
        with a ``limit.json`` of emiss.
    label : str, optional
        Name for legends; default the file's name without its suffix.
    column : str, optional
        HEPData tables with several columns: part of the name of the one meant. Without it the
        lower and upper edge are taken where there are such, else the observed limit.

    Returns
    -------
    Overlay
        The curve, sorted by mass, masses in GeV; two-sided if `upper` is not None.

    Raises
    ------
    EmissError
        If the file cannot be read, has no such column, does not state the unit of the mass, or
        values are missing inside the curve, not positive, not numbers or out of order.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix == ".lmt":
        curve = read_lmt(file, label)
    elif suffix in {".yaml", ".yml", ".json"} or file.is_dir():
        return _structured(file, label or file.stem, column)
    else:
        curve = read_overlay(file, label)
    if column is not None:
        raise EmissError(f"{file}: only HEPData tables have columns to choose from.")
    return curve


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise EmissError(f"{file} is larger than {MAX_BYTES >> 20} MB; curves are smaller.")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EmissError(f"cannot read '{file}': {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise EmissError(f"'{file}' is not text in UTF-8: {error}.") from error


def read_lmt(path: Path | str, label: str | None = None) -> Overlay:
    """Read a DarkCast-style table: mass in GeV, lower edge and, if two-sided, upper edge.

    Parameters
    ----------
    path : path
        Text with two or three columns separated by blanks; ``#`` starts a comment.
    label : str, optional
        Name for legends; default the file's name without its suffix.

    Returns
    -------
    Overlay
        The curve; `upper` where there is a third column.

    Raises
    ------
    EmissError
        If a value is missing, not a number, not positive, an upper edge is below its lower edge,
        masses do not ascend, or rows differ in their number of columns; file and line are named.
    """
    file = Path(path)
    rows: list[list[float]] = []
    reference = ""
    for number, line in enumerate(_text(file).splitlines(), 1):
        content, _, comment = line.partition("#")
        if match := re.match(r"\s*references?\s*:\s*(.*)", comment, re.IGNORECASE):
            reference = match[1]
        if not content.strip():
            continue
        where = f"{file}, line {number}"
        cells = content.replace(",", " ").split()
        if not 2 <= len(cells) <= 3 or (rows and len(cells) != len(rows[0])):
            wanted = f"{len(rows[0])} as above" if rows else "mass, lower edge, upper edge"
            raise EmissError(f"{where}: {len(cells)} column(s); needed are {wanted}.")
        row = [_positive(cell, where, upper=i == 2) for i, cell in enumerate(cells)]
        if len(row) == 3 and row[2] < row[1]:
            raise EmissError(f"{where}: the upper edge {row[2]:g} is below the lower {row[1]:g}.")
        if rows and row[0] < rows[-1][0]:
            raise EmissError(
                f"{where}: mass {row[0]:g} after {rows[-1][0]:g}; the rows must ascend in mass, "
                "else the two edges cannot be followed. Sort the table, and write a region that "
                "is not one interval per mass as two files."
            )
        rows.append(row)
    return _overlay(file, label or file.stem, rows, "", reference)


def _positive(text: str, where: str, *, upper: bool = False) -> float:
    if str(text).strip().lower() in _MISSING:
        raise EmissError(f"{where}: a value is missing; remove the row or complete it.")
    try:
        value = float(text)
    except ValueError:
        raise EmissError(f"{where}: '{text}' is not a number.") from None
    if not (math.isfinite(value) or (upper and value == math.inf)):
        raise EmissError(f"{where}: '{text}' is not finite; remove the row.")
    if value <= 0.0:
        raise EmissError(f"{where}: {text} is not positive; masses and couplings must be.")
    return value


def _overlay(
    file: Path, label: str, rows: Sequence[Sequence[float]], quantity: str, reference: str
) -> Overlay:
    if len({row[0] for row in rows}) < 2:
        raise EmissError(f"{file}: {len(rows)} row(s) of data; a curve needs two masses.")
    columns = np.array(sorted(rows, key=lambda row: row[0])).T.copy()
    two_sided = len(columns) == 3 and bool(np.any(np.isfinite(columns[2])))
    upper = columns[2] if two_sided else None
    return Overlay(label, columns[0], columns[1], quantity, upper, reference)


def _structured(file: Path, label: str, column: str | None) -> Overlay:
    if file.is_dir():
        file = file / "limit.json"
    text = _text(file)
    if file.suffix.lower() == ".json":
        try:
            data = json.loads(text)
        except ValueError as error:
            raise EmissError(f"'{file}' is not JSON: {error}.") from error
    else:
        data = _yaml(file, text)
    if not isinstance(data, Mapping):
        raise EmissError(f"'{file}' is not a table: its outermost level must be a mapping.")
    if str(data.get("format", "")).startswith("emiss"):
        return _record(file, label)
    try:
        masses, found, reference = _hepdata(data)
        return _table(file, label, (masses, _chosen(file, found, column)), reference)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise EmissError(
            f"'{file}' is not a HEPData table: {type(error).__name__} at {error}. A table has "
            "independent_variables and dependent_variables (or headers and values)."
        ) from error


def _yaml(file: Path, text: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "several documents or broken text"
        raise EmissError(
            f"{file}{where}: is not one YAML document: {problem}. Of a HEPData submission give "
            "the table's file, not submission.yaml."
        ) from error


def _record(file: Path, label: str) -> Overlay:
    """Observed limit of emiss itself, as a curve."""
    from ...presentation.export.json_record import load_limit

    limit = load_limit(file)
    kept = np.isfinite(limit.observed)
    upper = None if limit.observed_upper is None else limit.observed_upper[kept]
    if np.count_nonzero(kept) < 2:
        raise EmissError(f"'{file}': fewer than two masses at which a coupling is excluded.")
    masses, values = limit.masses[kept], limit.observed[kept]
    return Overlay(label, masses, values, limit.coupling_name.lower(), upper)


_Column = tuple[str, str, list[Any]]


def _hepdata(data: Mapping[str, Any]) -> tuple[_Column, list[_Column], str]:
    """Masses, columns (name, unit, values) and reference of a table in either layout."""
    reference = str(data.get("doi") or data.get("hepdata_doi") or data.get("data_license") or "")
    if "independent_variables" in data:
        columns = [
            (str(part["header"]["name"]), str(part["header"].get("units") or ""), part["values"])
            for key in ("independent_variables", "dependent_variables")
            for part in data[key]
        ]
        return columns[0], columns[len(data["independent_variables"]) :], reference
    heads = [str(head["name"]) for head in data["headers"]]
    rows = data["values"]
    masses = (heads[0], "", [row["x"][0] for row in rows])
    names = [
        name
        for head, name in zip(data["headers"], heads, strict=True)
        for _ in range(int(head.get("colspan", 1)))
    ][len(rows[0]["x"]) :]
    found = [(name, "", [row["y"][i] for row in rows]) for i, name in enumerate(names)]
    return masses, found, reference


def _chosen(file: Path, found: list[_Column], column: str | None) -> list[_Column]:
    names = ", ".join(f"'{name}'" for name, _, _ in found) or "none"
    if column is not None:
        kept = [part for part in found if column.lower() in part[0].lower()]
        if len(kept) != 1:
            raise EmissError(
                f"{file}: '{column}' is part of the name of {len(kept)} columns; there are {names}."
            )
        return kept
    edges = [part for edge in _TWO_SIDED for part in found if edge in part[0].lower()]
    if len(edges) == 2:
        return edges
    kept = found if len(found) == 1 else [p for p in found if "observed" in p[0].lower()]
    if len(kept) != 1:
        raise EmissError(f"{file}: several columns; choose one of {names} by part of its name.")
    return kept


def _number_of(entry: Any, where: str) -> float | None:
    """Value of one HEPData cell; the middle of a bin; None where the table has none."""
    cell = entry if isinstance(entry, Mapping) else {"value": entry}
    if "low" in cell and "value" not in cell:
        return math.sqrt(_positive(cell["low"], where) * _positive(cell["high"], where))
    text = str(cell["value"]).strip()
    return None if text.lower() in _MISSING else _positive(text, where)


def _factor(file: Path, name: str, unit: str) -> float:
    words = re.split(r"[^a-z]+", (unit or name).lower())
    known = [word for word in words if word in _MASS_UNITS]
    if not known:
        raise EmissError(
            f"{file}: the unit of '{name}' is not stated; add units: GeV (or MeV) to its header."
        )
    return _MASS_UNITS[known[-1]]


def _table(file: Path, label: str, parts: tuple[_Column, list[_Column]], reference: str) -> Overlay:
    (mass_name, mass_unit, masses), columns = parts
    factor = _factor(file, mass_name, mass_unit)
    rows: list[list[float | None]] = []
    for i, entry in enumerate(masses):
        where = f"{file}, row {i + 1}"
        mass = _number_of(entry, where)
        if mass is None:
            raise EmissError(f"{where}: the mass is missing.")
        rows.append([mass * factor, *(_number_of(values[i], where) for _, _, values in columns)])
    points = [(row[0] or 0.0, row[1] or 0.0) for row in rows]
    refuse_disorder(points, [f"{file}, row {i + 1}" for i in range(len(rows))])
    rows.sort(key=lambda row: row[0] or 0.0)
    # No value means no limit there: harmless at the ends, but no line may bridge it inside.
    full = [i for i, row in enumerate(rows) if row[1] is not None]
    inside = rows[full[0] : full[-1] + 1] if full else []
    for row in inside:
        if row[1] is None:
            raise EmissError(
                f"{file}: no value at {row[0]:g} GeV, inside the curve; a line through it would "
                "claim a limit that is not there. Split the table into one file per piece."
            )
    filled = [[math.inf if value is None else value for value in row] for row in inside]
    name = columns[0][0]
    quantity = next((q for q, pattern in _COUPLINGS if re.search(pattern, name, re.I)), "")
    curve = _overlay(file, label, filled, quantity, reference)
    return Overlay(
        curve.label, curve.masses, curve.values, quantity, curve.upper, reference, columns[0][1]
    )


def write_lmt(curve: Overlay, path: Path | str) -> None:
    """Write a DarkCast-style table: mass in GeV, lower edge and, if two-sided, upper edge.

    Parameters
    ----------
    curve : Overlay
        The curve.
    path : path
        The file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from ...presentation.export import write_text

    columns = [curve.masses, curve.values, *([] if curve.upper is None else [curve.upper])]
    head = [f"{curve.label}: mass (GeV), {curve.quantity or 'coupling'} excluded from"]
    head[0] += "" if curve.upper is None else ", to"
    head += [f"reference: {curve.reference}"] if curve.reference else []
    lines = [f"# {' '.join(line.split())}" for line in head]
    lines += [" ".join(f"{value:.9e}" for value in row) for row in np.column_stack(columns)]
    write_text(Path(path), "\n".join(lines) + "\n")
