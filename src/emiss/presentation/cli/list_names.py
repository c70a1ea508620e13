"""`emiss list`: what is in the box."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from . import options
from .command import command


class Kind(StrEnum):
    """What can be listed."""

    experiments = "experiments"
    models = "models"
    materials = "materials"
    processes = "processes"
    modes = "modes"
    elements = "elements"
    roles = "roles"
    samples = "samples"


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
                "observed": None if item.projection else sum(run.observed for run in item.runs),
            }
        )
    return found


def _models() -> list[dict[str, Any]]:
    from ...physics import models

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
    from ...physics import materials

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
    from ...yields.processes import processes

    return [
        {"name": item.name, "reaction": item.reaction, "method": item.method}
        for item in processes().values()
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


def _roles() -> list[dict[str, Any]]:
    from ...experiments import roles

    return [{"role": name, "title": words} for name, words in roles().items()]


def _samples() -> list[dict[str, Any]]:
    from ...events.samples import samples

    return [{"name": item.name, "title": item.title} for item in samples().values()]


_LISTS = {
    Kind.experiments: _experiments,
    Kind.models: _models,
    Kind.materials: _materials,
    Kind.processes: _processes,
    Kind.modes: _modes,
    Kind.elements: _elements,
    Kind.roles: _roles,
    Kind.samples: _samples,
}


def _kind(text: str) -> Kind:
    """The kind that is meant: experiment and experiments, process and processes."""
    from ...ground.errors import UnknownNameError

    for kind in Kind:
        if text in (kind.value, kind.value.removesuffix("s"), kind.value.removesuffix("es")):
            return kind
    raise UnknownNameError("list", text, [kind.value for kind in Kind])


@command("list", "Catalogue and checks")
def list_names(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help=f"What to list: {', '.join(Kind)}; the singular will do."
        ),
    ],
    as_json: options.Json = False,
) -> None:
    """List experiments, models, materials, processes, modes, samples or kinds of element."""
    from .output import emit_json, number, table

    chosen = _kind(kind)
    rows = _LISTS[chosen]()
    if as_json:
        emit_json({chosen.value: rows})
        return
    columns = list(rows[0])
    cells = [
        ["—" if v is None else number(v) if isinstance(v, float) else str(v) for v in row.values()]
        for row in rows
    ]
    table(chosen.value, [column.replace("_", " ") for column in columns], cells)
