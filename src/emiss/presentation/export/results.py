"""All files of one result in one directory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...constraints.curves.overlay import Overlay
from ...ground.atomic import atomic_directory
from ...inference.limit import Limit
from ..limit_table import limit_csv
from .bibliography import limit_bibliography
from .hepdata import hepdata_files
from .json_record import dumps, limit_record

__all__ = ["write_results"]


def write_results(
    limit: Limit,
    directory: Path | str,
    *,
    overlays: Sequence[Overlay] = (),
    thermal_lines: Sequence[Overlay] = (),
    figures: bool = True,
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
            _draw(limit, staging, overlays, thermal_lines)
        names = sorted(file.relative_to(staging) for file in staging.rglob("*") if file.is_file())
    return [Path(directory) / name for name in names]


def _draw(
    limit: Limit, directory: Path, overlays: Sequence[Overlay], thermal_lines: Sequence[Overlay]
) -> None:
    from .. import plots

    drawings = {}
    # With nothing excluded nor expected to be, tables and record still say so.
    some = any(np.isfinite(v).any() for v in (limit.observed, *limit.expected.values()))
    if some:
        drawings["coupling"] = plots.exclusion(limit, overlays)
    if some and limit.y is not None:
        drawings["y"] = plots.thermal_plane(limit, thermal_lines, overlays)
    for overlay in overlays:
        safe = re.sub(r"[^\w.]+", "-", overlay.label).strip("-.")
        drawings[f"comparison-{safe or 'curve'}"] = plots.compare(limit, overlay)
    for name, figure in drawings.items():
        plots.save_figure(figure, directory / name)
