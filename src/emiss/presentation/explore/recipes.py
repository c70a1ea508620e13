"""The same result from the command line and in Python, as text to copy."""

from __future__ import annotations

import shlex

from .questions import MODEL, Part, Question

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
    for more, together in sharing.items():
        if together:
            given = [*map(shlex.quote, together), *shared, *([more] if more else [])]
            lines.append(" ".join(["emiss limit", *given]))
    return "\n".join(lines) + "\n"


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
        A script; it draws the figures of the coupling and of y as the page does, but for curves
        that were dropped into it.
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
    if question.curves:
        names = ", ".join(repr(curve.label) for curve in question.curves)
        lines.append(f"# To draw {names} as well: overlays=[emiss.read_curve(file), ...].")
    lines += [
        "figure = emiss.plots.exclusion(*limits, relic=relic)",
        "figure_y = emiss.plots.thermal_plane(*limits, relic=relic)",
    ]
    assert question.model.name == MODEL
    return "\n".join(lines) + "\n"
