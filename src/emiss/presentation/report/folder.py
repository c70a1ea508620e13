"""What lies in an output folder: an analysis, limits, backgrounds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...ground.bounded_json import load_json
from ...ground.bounded_text import read_text, shown
from ...ground.errors import EmissError
from ...inference.limit import Limit
from ..export.analysis_record import ANALYSIS_FORMAT
from ..export.json_record import load_limit
from .checked import Checked

__all__ = ["IMAGES", "Folder", "read_folder"]

IMAGES: Final = ("cut-variables.png", "energy-plane.png", "coupling.png", "y.png")


@dataclass(frozen=True, slots=True)
class Folder:
    """Results of one output folder.

    Parameters
    ----------
    name : str
        Name of the folder.
    analysis, backgrounds : Checked or None
        Records of ``analysis.json`` and ``backgrounds.json``.
    limits : tuple of Limit
        Of ``limit.json``, here and in folders beside it.
    images : tuple of str
        Figures among `IMAGES`.
    """

    name: str
    analysis: Checked | None
    limits: tuple[Limit, ...]
    backgrounds: Checked | None
    images: tuple[str, ...] = ()


def read_folder(directory: Path | str) -> Folder:
    """Read the results of `emiss analyse`, `emiss limit` and `emiss backgrounds`.

    Parameters
    ----------
    directory : path
        Output folder of these commands.

    Returns
    -------
    Folder
        What lies in it.

    Raises
    ------
    EmissError
        If there is nothing to report, or a record is damaged; with the file and the field.
    """
    place = Path(directory)
    if not place.is_dir():
        raise EmissError(f"there is no directory '{shown(place, 300)}'.")
    analysis = _record(place / "analysis.json")
    if analysis is not None and analysis.values.get("format") != ANALYSIS_FORMAT:
        found = shown(analysis.values.get("format"), 40)
        raise EmissError(
            f"'{analysis.file}': 'format' is {found}; this emiss reads {ANALYSIS_FORMAT}. Run "
            "emiss analyse again."
        )
    files = [place / "limit.json", *sorted(place.glob("*/limit.json"))]
    limits = tuple(load_limit(file) for file in files if file.is_file())
    backgrounds = _record(place / "backgrounds.json")
    if analysis is None and not limits:
        raise EmissError(
            f"'{shown(place, 300)}' holds neither analysis.json nor limit.json; write them with "
            "emiss analyse -o and emiss limit -o."
        )
    images = tuple(name for name in IMAGES if (place / name).is_file())
    return Folder(place.resolve().name, analysis, limits, backgrounds, images)


def _record(file: Path) -> Checked | None:
    if not file.is_file():
        return None
    name = shown(file, 300)
    found = load_json(read_text(file, what="the record"), name)
    if not isinstance(found, dict):
        raise EmissError(f"'{name}' is no record: it must hold one JSON object.")
    return Checked(found, name)
