"""What `show` and `cite` say about a name, whatever kind of thing it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import experiments
from ..ground import citations
from ..ground.errors import UnknownNameError
from ..physics import materials, models

__all__ = ["citation_keys", "describe"]


def _is_experiment(name: str) -> bool:
    return name in experiments.names() or name.endswith(".toml") or Path(name).is_file()


def _experiment(name: str) -> dict[str, Any]:
    experiment = experiments.get(name)
    return {
        "kind": "experiment",
        "name": experiment.name,
        "title": experiment.title,
        "mode": experiment.mode,
        "projection": experiment.projection,
        "figure": experiment.figure,
        "values": experiments.describe(experiment),
        "references": list(experiment.references),
        "notes": list(experiment.notes),
    }


def _is_model_file(name: str) -> bool:
    """Whether a TOML file has a table [model]."""
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        return False
    return any(line.strip() == "[model]" for line in path.read_text("utf-8", "replace").split("\n"))


def _model(name: str) -> dict[str, Any]:
    model = models.get(name, {})
    values = [
        {"name": key, "value": value, "status": "user", "source": "default of the model"}
        for key, value in model.parameters().items()
    ]
    values.append({"name": "boson", "value": model.boson})
    values.append({"name": "free coupling", "value": model.coupling_name})
    return {
        "kind": "model",
        "name": name,
        "title": model.title,
        "values": values,
        "references": list(model.citations()),
        "notes": [],
    }


def _material(name: str) -> dict[str, Any]:
    material = materials.get(name)
    rows: list[tuple[str, Any, str, str]] = [
        ("density (g/cm3)", material.density, material.status, material.source),
        ("radiation length (g/cm2)", material.radiation_length, "derived", "Tsai:1973py, eq. 3.66"),
        ("radiation length (cm)", material.radiation_length_cm, "derived", "Tsai:1973py, eq. 3.66"),
        ("critical energy (MeV)", 1e3 * material.critical_energy, "derived", "Rossi's definition"),
        ("atoms per cm3", material.atoms_per_cm3, "derived", "composition"),
        ("electrons per cm3", material.electrons_per_cm3, "derived", "composition"),
    ]
    if material.length is not None:
        rows.append(("length (cm)", material.length, material.status, material.source))
    for part in material.components:
        symbol = part.element.symbol
        rows.append(
            (f"{symbol}: mass fraction", part.mass_fraction, material.status, material.source)
        )
        rows.append((f"{symbol}: Z", part.element.Z, "published", "ParticleDataGroup:2024cfk"))
        rows.append(
            (f"{symbol}: A (g/mol)", part.element.A, "published", "ParticleDataGroup:2024cfk")
        )
    return {
        "kind": "material",
        "name": name,
        "title": f"{len(material.components)} element(s)",
        "values": [
            {"name": n, "value": float(f"{v:.6g}"), "status": status, "source": source}
            for n, v, status, source in rows
        ],
        "references": list(materials.CITATIONS),
        "notes": [],
    }


def describe(name: str) -> dict[str, Any]:
    """Describe an experiment, a model or a material.

    Parameters
    ----------
    name : str
        Its name, or the path of an experiment file.

    Returns
    -------
    dict
        ``kind``, ``name``, ``title``, ``values`` (rows with name, value, status, source),
        ``references`` and ``notes``; of an experiment also ``mode``, ``projection`` and ``figure``.

    Raises
    ------
    UnknownNameError
        If nothing has this name.
    """
    if name in models.names() or _is_model_file(name):
        return _model(name)
    if name in materials.names():
        return _material(name)
    if _is_experiment(name):
        return _experiment(name)
    known = (*experiments.names(), *models.names(), *materials.names())
    raise UnknownNameError("experiment, model or material", name, known)


def citation_keys(names: Sequence[str]) -> tuple[str, ...]:
    """Collect bibliography keys.

    Parameters
    ----------
    names : sequence of str
        Experiments, models, materials or keys; all keys where empty.

    Returns
    -------
    tuple of str
        Keys, each once.

    Raises
    ------
    UnknownNameError
        If a name is unknown.
    """
    if not names:
        return citations.keys()
    found: dict[str, None] = {}
    for name in names:
        bibliography = citations.keys()
        keys = [name] if name in bibliography else describe(name)["references"]
        found.update(dict.fromkeys(keys))
    return tuple(found)
