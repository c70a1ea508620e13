"""The same result from the command line and in Python, as text to copy."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

from ...physics.constraints.curves.table import read_choice
from .curves import planes_of
from .questions import MODEL, CurveFile, Part, Question

__all__ = ["command_text", "python_text"]


def _settings(question: Question) -> dict[str, float | str]:
    return {
        "alpha_dark": question.alpha_dark,
        "mass_ratio": question.mass_ratio,
        "dark_matter": question.dark_matter,
    }


def _alone(part: Part) -> bool:
    """Whether the catalogue's file, rescaled at most, is all that is needed."""
    change = part.change
    return change.beam_energy is None and change.threshold is None


def command_text(question: Question) -> str:
    """Commands that give the curves of a question.

    Parameters
    ----------
    question : Question
        The controls.

    Returns
    -------
    str
        Lines for a POSIX shell; a changed beam energy or threshold becomes a file of its own.
    """
    shared = [f"--set {key}={value}" for key, value in _settings(question).items()]
    shared += [f"--method {question.method}"] if question.method != "cls" else []
    shared += [f"--cl {question.cl!r}"] if question.cl != 0.9 else []
    lines, names = [], []
    sharing: dict[str, list[str]] = {"": []}  # by further option: what is drawn side by side
    for part in question.parts:
        name, more = part.name, ""
        whole = _alone(part) and not (question.combine and part.change.anything)
        if not whole:
            name, text = _file(part)
            lines.append(f"cat > {shlex.quote(name)} <<'END'\n{text}END")
        elif part.change.on_target is not None:
            more = f"--on-target {part.change.on_target!r}"
        names.append(name)
        sharing.setdefault(more, []).append(name)
    if question.combine and len(names) > 1:
        sharing[""].append(",".join(names))
    remarks, compared = _compared(question)
    shared += compared
    for more, together in sharing.items():
        if together:
            given = [*map(shlex.quote, together), *shared, *([more] if more else [])]
            lines.append(" ".join(["emiss limit", *given]))
    return "\n".join([*remarks, *lines]) + "\n"


_OPTIONS: Final = {
    "column": "--column",
    "qualifier": "--qualifier",
    "mass_unit": "--mass-unit",
    "quantity": "--quantity",
    "alpha_dark": "--curve-alpha-dark",
    "mass_ratio": "--curve-mass-ratio",
}
"""Options of the command for what is said of a curve's file."""


class _Dropped(NamedTuple):
    """A curve of others that was dropped into the page: its label, file, and where it is shown."""

    label: str
    file: CurveFile
    planes: tuple[str, ...]


def _dropped(question: Question) -> list[_Dropped]:
    """Curves of others that a plane shows."""
    rows = zip(question.curves, question.files, planes_of(question), strict=True)
    # The command line ends a label at the first equals sign.
    found = [_Dropped(curve.label.replace("=", "-"), file, planes) for curve, file, planes in rows]
    return [one for one in found if one.file.name and one.planes]


def _beside(dropped: Sequence[_Dropped]) -> list[str]:
    """What is to be done before a recipe with dropped curves runs."""
    files = ", ".join(dict.fromkeys(one.file.name for one in dropped))
    return [f"# Copy these files into the folder in which this runs: {files}"] if files else []


def _compared(question: Question) -> tuple[list[str], list[str]]:
    """Remarks on the curves that were dropped in, and the options that draw them."""
    dropped = _dropped(question)
    options = [f"--compare {shlex.quote(f'{one.label}={one.file.name}')}" for one in dropped]
    remarks, said = _beside(dropped), list(dict.fromkeys(one.file.said for one in dropped))
    if len(said) > 1:
        remarks.append(
            "# The command reads all files alike, but something else was said of each on the page;"
        )
        remarks.append("# what was said of the first is given here. Python can read them apart.")
    for key, value in said[0] if said else ():
        parts = value.split(";") if key == "qualifier" else [value]
        options += [f"{_OPTIONS[key]} {shlex.quote(part.strip())}" for part in parts]
    return remarks, options


def _read_text(label: str, file: CurveFile) -> str:
    given = dict(file.said)
    if not given.keys() - {"column", "quantity", "mass_unit"}:
        words = "".join(f", {key}={value!r}" for key, value in given.items())
        return f"emiss.read_curve({file.name!r}, {label!r}{words})"
    parts = [part for part in given.pop("qualifier", "").split(";") if part.strip()]
    numbers: dict[str, object] = {
        key: float(given.pop(key)) for key in ("alpha_dark", "mass_ratio") if key in given
    }
    chosen: dict[str, object] = {**given, "qualifiers": read_choice(parts), **numbers}
    words = ", ".join(f"{key}={value!r}" for key, value in chosen.items())
    return f"emiss.read_curve({file.name!r}, {label!r}, choice=Choice({words}))"


def _file(part: Part) -> tuple[str, str]:
    from ...experiments import get

    name = f"{part.name}-changed"
    return f"{name}.toml", part.change.file_text(get(part.name), name)


def python_text(question: Question) -> str:
    """Python that gives the curves of a question.

    Parameters
    ----------
    question : Question
        The controls.

    Returns
    -------
    str
        A script; it draws the figures of the coupling and of y as the page does. Curves that were
        dropped into it are read from their files.
    """
    lines = ["import emiss"]
    if any(part.change.anything for part in question.parts):
        lines.append("from emiss.experiments.variation import varied")
    lines.append("from emiss.inference.thermal import thermal_overlays")
    settings = ", ".join(f"{key}={value!r}" for key, value in _settings(question).items())
    lines += ["", f"model = emiss.models.DarkPhoton({settings})", "experiments = ["]
    for part in question.parts:
        if not part.change.anything:
            lines.append(f"    emiss.experiments.get({part.name!r}),")
            continue
        change = part.change
        given = {
            "beam_energy": change.beam_energy,
            "threshold": change.threshold,
            "on_target": change.on_target,
        }
        words = "".join(f", {key}={value!r}" for key, value in given.items() if value is not None)
        lines.append(f"    varied({part.name!r}{words}),")
    options = f"cl={question.cl!r}, method={question.method!r}"
    lines += [
        "]",
        f"limits = [emiss.limit(one, model, {options}) for one in experiments]",
    ]
    if question.combine and len(question.parts) > 1:
        lines.append(f"limits.append(emiss.limit(experiments, model, {options}))")
    lines.append("relic, remarks = thermal_overlays(limits[0], model)")
    lines += _drawings(question)
    assert question.model.name == MODEL
    return "\n".join(lines) + "\n"


def _drawings(question: Question) -> list[str]:
    """Lines of a script that draw both planes."""
    calls = {
        "coupling": "figure = emiss.plots.exclusion",
        "y": "figure_y = emiss.plots.thermal_plane",
    }
    dropped = _dropped(question)
    read = {
        plane: [f"    {_read_text(one.label, one.file)}," for one in dropped if plane in one.planes]
        for plane in calls
    }
    lines = _beside(dropped)
    if any("Choice(" in line for line in chain.from_iterable(read.values())):
        lines.append("from emiss.physics.constraints.curves.table import Choice")
    for plane, call in calls.items():
        more = ""
        if read[plane]:
            name = "overlays" if plane == "coupling" else "overlays_y"
            lines += [f"{name} = [", *read[plane], "]"]
            more = f", overlays={name}"
        lines.append(f"{call}(*limits, relic=relic{more})")
    return lines
