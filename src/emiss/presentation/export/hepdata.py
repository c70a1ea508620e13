"""A limit as a HEPData submission: ``submission.yaml`` and one YAML file per table.

Format: HEPData submission, version 1 of its schemas. Numbers are numbers; a mass at which nothing
is excluded has ``-`` in that column, and a mass with no value in any column is left out (unless
all are empty).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ground.atomic import atomic_directory
from ...ground.errors import EmissError
from ...ground.guards import guarded, instance, mapping, path
from ...ground.units import format_level
from ...inference.limit import Limit
from ...physics import models
from ..limit_table import PROJECTED
from ..mesons import has_mass, is_branching

__all__ = ["hepdata_documents", "hepdata_files", "write_hepdata"]

_MISSING = "-"
_ALL = "Meson"
_OBSERVABLES = {"y": "Y", "yields": "N"}


def _rounded(value: float) -> float:
    # Nine digits tell every number apart and keep binary noise out of the record.
    return float(f"{value:.9g}")


def _value(value: float) -> dict[str, Any]:
    return {"value": _rounded(value) if math.isfinite(value) else _MISSING}


def _band_errors(median: float, low: float, high: float, label: str) -> list[dict[str, Any]]:
    if not (math.isfinite(median) and math.isfinite(low) and math.isfinite(high)):
        return []
    return [
        {
            "label": label,
            "asymerror": {"minus": _rounded(low - median), "plus": _rounded(high - median)},
        }
    ]


def _expected(bands: Mapping[str, NDArray[np.float64]], index: int) -> dict[str, Any]:
    median = float(bands["0"][index])
    point = _value(median)
    errors = _band_errors(
        median, float(bands["-1"][index]), float(bands["1"][index]), "1 s.d."
    ) + _band_errors(median, float(bands["-2"][index]), float(bands["2"][index]), "2 s.d.")
    return {**point, "errors": errors} if errors else point


def _qualifiers(limit: Limit) -> list[dict[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("EXPERIMENT", limit.experiment_title),
        ("BEAM", limit.beam_label),
        ("PARTICLES ON TARGET", float(limit.particles_on_target)),
        ("MODEL", limit.model),
        ("CONFIDENCE LEVEL", float(limit.cl)),
        ("METHOD", limit.method),
        *([("STATUS", "projection, no data")] if limit.projection else []),
        *((name.upper(), value) for name, value in limit.model_parameters.items()),
    ]
    return [
        {
            "name": name,
            "value": value.item() if isinstance(value, np.generic) else value,
        }
        for name, value in facts
    ]


def _mass_name(limit: Limit) -> str:
    """Whose mass the table goes by; all mesons together have none."""
    if not has_mass(limit):
        return _ALL
    try:
        owner = models.get(limit.model, limit.model_parameters).mass_of
    except EmissError:  # a model of the user's own
        owner = "mediator"
    return f"{owner.capitalize()} mass"


def _variable(name: str, masses: list[float]) -> dict[str, Any]:
    if name == _ALL:
        return {"header": {"name": name}, "values": [{"value": "all together"} for _ in masses]}
    values = [{"value": _rounded(mass)} for mass in masses]
    return {"header": {"name": name, "units": "GeV"}, "values": values}


def _table(
    mass_name: str,
    masses: NDArray[np.float64],
    columns: list[tuple[str, list[dict[str, Any]]]],
    qualifiers: list[dict[str, Any]],
    unit: str = "",
) -> dict[str, Any]:
    kept = [
        i
        for i in range(masses.size)
        if any(points[i]["value"] != _MISSING for _, points in columns)
    ]
    # Nothing excluded anywhere is a result too, and a table without rows is not valid.
    kept = kept or list(range(masses.size))
    return {
        "independent_variables": [_variable(mass_name, [float(masses[i]) for i in kept])],
        "dependent_variables": [
            {
                "header": {"name": name, "units": unit} if unit else {"name": name},
                "qualifiers": qualifiers,
                "values": [points[i] for i in kept],
            }
            for name, points in columns
        ],
    }


def _coupling_table(limit: Limit) -> dict[str, Any]:
    symbol = f"${limit.coupling_label}$"
    level = f"{format_level(limit.cl)} CL"
    observed = [_value(float(v)) for v in limit.observed]
    columns = [(f"{limit.kind.capitalize()} {level} limit on {symbol}", observed)]
    if limit.observed_upper is not None:
        upper = [_value(float(v)) for v in limit.observed_upper]
        columns = [
            (f"Lower edge of the excluded {symbol}, {limit.kind}, {level}", observed),
            (f"Upper edge of the excluded {symbol}, {limit.kind}, {level}", upper),
        ]
    expected = [_expected(limit.expected, i) for i in range(limit.masses.size)]
    columns.append((f"Expected {level} limit on {symbol}", expected))
    if limit.expected_upper is not None:
        above = [_expected(limit.expected_upper, i) for i in range(limit.masses.size)]
        columns.append((f"Upper edge of the excluded {symbol}, expected, {level}", above))
    name, unit = _mass_name(limit), limit.coupling_unit
    return _table(name, limit.masses, columns, _qualifiers(limit), unit)


def _keywords(observable: str, limit: Limit) -> list[dict[str, Any]]:
    phrases = ["Invisible decay" if is_branching(limit) else _boson_phrase(limit)]
    if is_branching(limit) or limit.model_parameters.get("dark_matter", "none") != "none":
        phrases.append("Dark matter")
    return [
        {"name": "observables", "values": [observable]},
        {"name": "phrases", "values": [*phrases, "Missing energy", "Limit"]},
    ]


def _boson_phrase(limit: Limit) -> str:
    """What the boson is called: as the field does, else the title of its model."""
    if limit.coupling_name == "epsilon":
        return "Dark photon"
    if limit.model == "alp":
        return "Axion-like particle"
    known = limit.model in models.names()
    return models.get(limit.model).title if known else limit.model


def _yield_table(limit: Limit) -> dict[str, Any]:
    """Events at the limit, in all and by process."""
    events = limit.signal_events
    columns = [(f"Signal events at the {limit.kind} limit", [_value(float(v)) for v in events])]
    columns += [
        (f"Signal events, {process}", [_value(float(v)) for v in share * events])
        for process, share in limit.shares.items()
    ]
    return _table(_mass_name(limit), limit.masses, columns, _qualifiers(limit), "events")


def hepdata_documents(
    limit: Limit, figures: Mapping[str, str] | None = None
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Contents of a HEPData submission.

    Parameters
    ----------
    limit : Limit
        The result.
    figures : mapping of str to str, optional
        File names of images beside the submission: keys ``"coupling"`` and ``"y"``.

    Returns
    -------
    submission : list of dict
        Documents of ``submission.yaml``.
    tables : dict of str to dict
        Data tables by file name.
    """
    figures = figures or {}
    tables = {"coupling.yaml": _coupling_table(limit)}
    level, name = f"{format_level(limit.cl)} CL", limit.coupling_name
    by = (
        f" against the {_mass_name(limit)[0].lower()}{_mass_name(limit)[1:]}"
        if has_mass(limit)
        else ""
    )
    word = "Projected limit" if limit.projection else "Limit"
    what = name if is_branching(limit) else f"coupling {name}"
    excluded = "Projected reach:" if limit.projection else "Excluded"
    texts = {
        "coupling.yaml": (
            f"{word} on {name}",
            f"{excluded} {what}{by} at {level}, {limit.model}, {limit.experiment_title}.",
            "coupling",
        )
    }
    if limit.y is not None and limit.dark_matter_mass is not None:
        symbol = r"$y = \epsilon^2 \alpha_D (m_\chi / m_{A'})^4$"
        points = [_value(float(v)) for v in limit.y]
        tables["y.yaml"] = _table(
            "Dark-matter mass",
            limit.dark_matter_mass,
            [(f"{limit.kind.capitalize()} {level} limit on {symbol}", points)],
            _qualifiers(limit),
        )
        texts["y.yaml"] = (
            f"{word} on y",
            f"{excluded} y against the dark-matter mass at {level}, {limit.model}, "
            f"{limit.experiment_title}.",
            "y",
        )
    if limit.shares:
        tables["yields.yaml"] = _yield_table(limit)
        texts["yields.yaml"] = (
            "Signal events at the limit",
            f"Expected signal events at the {limit.kind} limit on {name} and in them the part of "
            f"each production process{by}, {limit.model}, "
            f"{limit.experiment_title}.",
            "yields",
        )
    version = limit.provenance.versions.get("emiss", "unknown")
    about = f"projected limits ({PROJECTED})" if limit.projection else "limits"
    comment = (
        f"{limit.experiment_title}: {about} on {limit.model}. Made with emiss {version}, inputs "
        f"sha256 {limit.provenance.inputs_sha256}. " + " ".join(limit.warnings)
    )
    submission: list[dict[str, Any]] = [{"comment": comment.strip()}]
    for file, (title, description, kind) in texts.items():
        entry: dict[str, Any] = {
            "name": title,
            "description": description,
            "keywords": _keywords(_OBSERVABLES.get(kind, name.upper()), limit),
            "data_file": file,
        }
        if kind in figures:
            entry["additional_resources"] = [
                {"location": figures[kind], "description": "Figure of this table"}
            ]
        submission.append(entry)
    return submission, tables


def hepdata_files(limit: Limit, figures: Mapping[str, str] | None = None) -> dict[str, str]:
    """Text of each file of a HEPData submission.

    Parameters
    ----------
    limit : Limit
        The result.
    figures : mapping of str to str, optional
        As in `hepdata_documents`.

    Returns
    -------
    dict of str to str
        YAML by file name, ``submission.yaml`` first.
    """
    import yaml

    # Without the C emitter the same text takes some ten times longer.
    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def dump(documents: list[dict[str, Any]]) -> str:
        text: str = yaml.dump_all(
            documents, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100
        )
        return text

    submission, tables = hepdata_documents(limit, figures)
    files = {"submission.yaml": dump(submission)}
    files.update({name: dump([table]) for name, table in tables.items()})
    return files


@guarded(limit=instance("Limit"), directory=path, figures=mapping)
def write_hepdata(
    limit: Limit, directory: Path | str, figures: Mapping[str, str] | None = None
) -> list[Path]:
    """Write a HEPData submission.

    Parameters
    ----------
    limit : Limit
        The result.
    directory : path
        Where to; files appear together or not at all.
    figures : mapping of str to str, optional
        As in `hepdata_documents`; the files must lie in the same directory.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    files = hepdata_files(limit, figures)
    with atomic_directory(directory) as staging:
        for name, text in files.items():
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
    return [Path(directory) / name for name in files]
