"""All files of one result in one directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...ground.atomic import atomic_directory
from ...ground.errors import EmissError
from ...ground.guards import each, flag, guarded, instance, path
from ...inference.limit import Limit
from ...inference.planes import overlay_in_coupling, overlay_in_y
from ...physics.constraints.curves.overlay import Overlay
from ..limit_table import limit_csv
from .bibliography import limit_bibliography
from .hepdata import hepdata_files
from .json_record import dumps, limit_record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["drawings_of", "fits_a_figure", "write_results", "write_side_by_side"]


@guarded(
    limit=instance(Limit),
    directory=path,
    overlays=each(instance(Overlay)),
    thermal_lines=each(instance(Overlay)),
    figures=flag,
    html=flag,
    beside=each(instance(Limit)),
)
def write_results(
    limit: Limit,
    directory: Path | str,
    *,
    overlays: Sequence[Overlay] = (),
    thermal_lines: Sequence[Overlay] = (),
    figures: bool = True,
    html: bool = False,
    beside: Sequence[Limit] = (),
) -> list[Path]:
    """Write tables, record, figures, HEPData submission and bibliography of a limit.

    Parameters
    ----------
    limit : Limit
        The result.
    directory : path
        Where to. Files of the same names are replaced, others stay; either all files appear or
        none.
    overlays : sequence of Overlay, optional
        Curves of others to draw; each also gets a figure ``comparison-<label>`` with the ratio.
    thermal_lines : sequence of Overlay, optional
        Relic-abundance lines for the figure of y.
    figures : bool, optional
        Whether to draw; without figures matplotlib is not needed.
    html : bool, optional
        Also write the figures to hover over, ``coupling.html`` and ``y.html`` (needs plotly).
    beside : sequence of Limit, optional
        Further limits on the same quantity, drawn in front of this one.

    Returns
    -------
    list of Path
        ``limit.csv``, ``limit.json``, ``references.bib``, the figures ``coupling`` and ``y``
        (where the model has one) as PNG and PDF, and the files below ``hepdata``. There are no
        figures where nothing is excluded nor expected to be.

    Raises
    ------
    OutputError
        If the directory cannot be written; what was there before is untouched.
    EmissError
        If an overlay cannot be compared with the limit.
    """
    with atomic_directory(directory) as staging:
        _fill(limit, staging, overlays, thermal_lines, figures, beside)
        if html:
            _write_html([limit], staging, overlays, thermal_lines)
        names = _names(staging)
    return [Path(directory) / name for name in names]


def write_side_by_side(
    limits: Sequence[Limit],
    directory: Path | str,
    *,
    overlays: Sequence[Overlay] = (),
    thermal_lines: Sequence[Overlay] = (),
    html: bool = False,
) -> list[Path]:
    """Write several limits: each into a folder of its own, and figures with all of them.

    Parameters
    ----------
    limits : sequence of Limit
        Results on one coupling.
    directory : path
        Where to; either all files appear or none.
    overlays, thermal_lines, html : optional
        As in `write_results`.

    Returns
    -------
    list of Path
        The files: folders by the name of the experiment, ``coupling`` and ``y`` beside them.

    Raises
    ------
    OutputError
        If the directory cannot be written; what was there before is untouched.
    EmissError
        If an overlay cannot be compared with a limit, or the limits are on different couplings.
    """
    from .. import plots

    names = [one.experiment for one in limits]
    if len(set(names)) < len(names):
        raise EmissError(f"two of the experiments have one name: {', '.join(names)}; rename one.")
    with atomic_directory(directory) as staging:
        for limit in limits:
            folder = staging / limit.experiment
            folder.mkdir()
            _fill(limit, folder, overlays, thermal_lines, True)
        for name, figure in drawings_of(limits, overlays, thermal_lines).items():
            plots.save_figure(figure, staging / name)
        if html:
            _write_html(limits, staging, overlays, thermal_lines)
        found = _names(staging)
    return [Path(directory) / name for name in found]


def _names(staging: Path) -> list[Path]:
    return sorted(file.relative_to(staging) for file in staging.rglob("*") if file.is_file())


def _fill(
    limit: Limit,
    staging: Path,
    overlays: Sequence[Overlay],
    thermal_lines: Sequence[Overlay],
    figures: bool,
    beside: Sequence[Limit] = (),
) -> None:
    texts = {
        "limit.csv": limit_csv(limit),
        "limit.json": dumps(limit_record(limit)),
        "references.bib": limit_bibliography(limit),
    }
    texts.update({f"hepdata/{name}": text for name, text in hepdata_files(limit).items()})
    (staging / "hepdata").mkdir()
    for name, text in texts.items():
        (staging / name).write_text(text, encoding="utf-8", newline="\n")
    if figures:
        _draw([*beside, limit], staging, overlays, thermal_lines)


def _write_html(
    limits: Sequence[Limit],
    staging: Path,
    overlays: Sequence[Overlay],
    thermal_lines: Sequence[Overlay],
) -> None:
    """Figures to hover over, each with the curves that fit it."""
    from .. import plots

    some = [one for one in limits if _anything(one)]
    if not some:
        return
    fitting = [o for o in overlays if not _fault(o, some[0], overlay_in_coupling)]
    plots.save_interactive(plots.interactive(*some, overlays=fitting), staging / "coupling")
    if all(one.y is not None for one in some):
        fitting = [o for o in overlays if not _fault(o, some[0], overlay_in_y)]
        drawn = plots.interactive(*some, overlays=fitting, relic=thermal_lines, quantity="y")
        plots.save_interactive(drawn, staging / "y")


def drawings_of(
    limits: Sequence[Limit],
    overlays: Sequence[Overlay] = (),
    thermal_lines: Sequence[Overlay] = (),
    *,
    labels: Sequence[str] | None = None,
    in_both: bool = False,
) -> dict[str, Figure]:
    """Draw limits side by side: the coupling, and y where all models have one.

    Parameters
    ----------
    limits : sequence of Limit
        One or more, on one coupling.
    overlays : sequence of Overlay, optional
        Curves of others, each drawn in every figure that it can be converted to.
    thermal_lines : sequence of Overlay, optional
        Relic-abundance lines for the figure of y.
    labels : sequence of str, optional
        Names of the limits.
    in_both : bool, optional
        Draw these lines in the figure of the coupling, too.

    Returns
    -------
    dict of str to Figure
        By name of the file; empty where nothing is excluded nor expected to be.

    Raises
    ------
    EmissError
        If an overlay fits no figure.
    """
    from .. import plots

    some = [one for one in limits if _anything(one)]
    if not some:
        return {}
    if labels is not None:
        labels = [name for name, one in zip(labels, limits, strict=True) if _anything(one)]
    first = some[0]
    in_y = all(one.y is not None for one in some)
    fitting = {"coupling": [o for o in overlays if not _fault(o, first, overlay_in_coupling)]}
    if in_y:
        fitting["y"] = [o for o in overlays if not _fault(o, first, overlay_in_y)]
    for overlay in overlays:
        if not any(overlay in group for group in fitting.values()):
            raise _fault(overlay, first, overlay_in_coupling) or EmissError(overlay.label)
    relic = thermal_lines if in_both else ()
    found = {
        "coupling": plots.exclusion(
            *some, relic=relic, overlays=fitting["coupling"], labels=labels
        ),
    }
    if in_y:
        found["y"] = plots.thermal_plane(
            *some, relic=thermal_lines, overlays=fitting["y"], labels=labels
        )
    return found


def _anything(limit: Limit) -> bool:
    """Whether there is something to draw; tables and records say it where there is not."""
    return any(np.isfinite(v).any() for v in (limit.observed, *limit.expected.values()))


def fits_a_figure(overlay: Overlay, limit: Limit) -> bool:
    """Whether a curve can be turned into the coupling of a limit or its y."""
    planes = [overlay_in_coupling] if limit.y is None else [overlay_in_coupling, overlay_in_y]
    return any(_fault(overlay, limit, convert) is None for convert in planes)


def _fault(
    overlay: Overlay, limit: Limit, convert: Callable[[Overlay, Limit], Overlay]
) -> EmissError | None:
    try:
        convert(overlay, limit)
    except EmissError as error:
        return error
    return None


def _draw(
    limits: Sequence[Limit],
    directory: Path,
    overlays: Sequence[Overlay],
    thermal_lines: Sequence[Overlay],
) -> None:
    from .. import plots

    drawings = drawings_of(limits, overlays, thermal_lines)
    for overlay in overlays:
        safe = re.sub(r"[^\w.]+", "-", overlay.label).strip("-.")
        drawings[f"comparison-{safe or 'curve'}"] = plots.compare(limits[-1], curves=overlay)
    for name, figure in drawings.items():
        plots.save_figure(figure, directory / name)
