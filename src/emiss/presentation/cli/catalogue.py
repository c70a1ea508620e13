"""`emiss list`, `show`, `cite` and `template`: what is in the box and where it comes from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from . import options


class Kind(StrEnum):
    """What can be listed."""

    experiments = "experiments"
    models = "models"
    materials = "materials"
    processes = "processes"
    modes = "modes"
    elements = "elements"


def _experiments() -> list[dict[str, Any]]:
    from ... import experiments

    found = []
    for name in experiments.names():
        item = experiments.get(name)
        found.append(
            {
                "name": name,
                "title": item.title,
                "beam": item.beam_label,
                "particles_on_target": item.total_on_target,
                "observed": sum(run.observed for run in item.runs),
            }
        )
    return found


def _models() -> list[dict[str, Any]]:
    from ... import models

    return [
        {
            "name": name,
            "title": models.get(name, {}).title,
            "boson": models.get(name, {}).boson,
            "coupling": models.get(name, {}).coupling_name,
        }
        for name in models.names()
    ]


def _materials() -> list[dict[str, Any]]:
    from ... import materials

    return [
        {
            "name": name,
            "density_g_per_cm3": round(material.density, 6),
            "radiation_length_cm": round(material.radiation_length_cm, 5),
            "critical_energy_mev": round(1e3 * material.critical_energy, 2),
        }
        for name in materials.names()
        for material in (materials.get(name),)
    ]


def _processes() -> list[dict[str, Any]]:
    from ... import processes

    return [
        {"name": item.name, "reaction": item.reaction, "method": item.method}
        for item in processes.CATALOGUE
    ]


def _modes() -> list[dict[str, Any]]:
    from ...experiments import modes

    return [
        {
            "name": mode.name,
            "beams": ", ".join(mode.beams),
            "processes": ", ".join(mode.processes),
            "title": mode.title,
        }
        for mode in modes().values()
    ]


def _elements() -> list[dict[str, Any]]:
    from ...experiments import kinds

    return [
        {
            "kind": name,
            "measures": ", ".join(detector.element.measures),
            "title": (detector.element.__doc__ or "").split("\n", 1)[0],
        }
        for name, detector in kinds().items()
    ]


_LISTS = {
    Kind.experiments: _experiments,
    Kind.models: _models,
    Kind.materials: _materials,
    Kind.processes: _processes,
    Kind.modes: _modes,
    Kind.elements: _elements,
}


def list_names(
    kind: Annotated[Kind, typer.Argument(help="What to list.")], as_json: options.Json = False
) -> None:
    """List experiments, models, materials or processes."""
    from .output import emit_json, table

    rows = _LISTS[kind]()
    if as_json:
        emit_json({kind.value: rows})
        return
    columns = list(rows[0])
    cells = [
        [f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()]
        for row in rows
    ]
    table(kind.value, [column.replace("_", " ") for column in columns], cells)


def show(
    name: Annotated[str, typer.Argument(help="Experiment (name or file), model or material.")],
    as_json: options.Json = False,
) -> None:
    """Show every number of an experiment, model or material with its source and status."""
    from .describe import describe
    from .output import emit_json, note, table

    record = describe(name)
    if as_json:
        emit_json(record)
        return
    rows = [
        [row["name"], _value_text(row), row.get("status", ""), row.get("source", "")]
        for row in record["values"]
    ]
    table(
        f"{record['kind']} {record['name']}: {record['title']}",
        ["", "value", "status", "source"],
        rows,
    )
    for text in record.get("notes", ()):
        note(text)


def _value_text(row: dict[str, Any]) -> str:
    value = row.get("text") or row["value"]
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def cite(
    names: Annotated[
        list[str] | None, typer.Argument(help="Experiments, models or bibliography keys.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Print BibTeX for exactly the physics behind experiments and models."""
    from ...ground import citations
    from .describe import citation_keys
    from .output import emit_json, note

    keys = citation_keys(names or [])
    if as_json:
        emit_json({"keys": list(keys), "bibtex": citations.bibtex(keys)})
        return
    note(citations.bibtex(keys))


def template(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write; default: print.")
    ] = None,
    model: Annotated[
        bool, typer.Option("--model", help="A file for one's own model, not an experiment.")
    ] = False,
    mode: Annotated[
        str | None,
        typer.Option("--mode", help="missing-energy (default), or another; see emiss list modes."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="The JSON Schema instead of the commented template.")
    ] = False,
) -> None:
    """Give a commented experiment or model file to start from, or the JSON Schema of such files."""
    from ... import experiments, models
    from ...ground.errors import EmissError
    from ...ground.shipped import shipped_text
    from .output import note

    if mode is not None and (model or schema):
        raise EmissError("--mode chooses an experiment template; leave --model and --schema out.")
    if schema:
        text = shipped_text(f"{'model' if model else 'experiment'}.schema.json")
    else:
        text = models.template() if model else experiments.template(mode or "missing-energy")
    if output is None:
        note(text.rstrip("\n"))
        return
    from ..export import write_text

    write_text(output, text)
    note(f"wrote {output}")
