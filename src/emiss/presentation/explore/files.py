"""Files of the page: figures, tables, bibliography; and curves that are dropped into it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...ground.bounded_text import plain_number
from ...ground.errors import EmissError
from ...ground.json_values import finite
from ...inference.limit import Limit
from .curves import limits_of
from .questions import CHOICES, MOST_POINTS, FieldError, Question

if TYPE_CHECKING:
    from ...physics.constraints.curves.table import Choice

__all__ = ["bibtex_file", "csv_file", "figure_file", "read_dropped"]

File = tuple[str, str, bytes]
_KINDS: Final = {"png": "image/png", "pdf": "application/pdf"}
_SUFFIXES: Final = (".csv", ".txt", ".dat", ".tsv", ".lmt", ".yaml", ".yml", ".json")


def figure_file(question: Question, plane: Any = "coupling", format: Any = "png") -> File:
    """Draw what the page shows, as `emiss.plots` does.

    Parameters
    ----------
    question : Question
        The controls.
    plane : str
        ``coupling`` or ``y``.
    format : str
        ``png`` or ``pdf``.

    Returns
    -------
    tuple of (str, str, bytes)
        Name, media type and content.

    Raises
    ------
    EmissError
        If there is nothing to draw in this plane.
    """
    from ...inference.thermal import thermal_overlays
    from ..export.results import drawings_of, fits_a_figure
    from ..plots import save_figure

    if format not in _KINDS:
        raise FieldError("", f"'{str(format)[:20]}' is no format; use {', '.join(_KINDS)}.")
    limits = list(limits_of(question).values())
    lines, _ = thermal_overlays(limits[0], question.model)
    # As on the page, a curve that can be turned into neither plane is left out.
    shown = [one for one in question.curves if fits_a_figure(one, limits[0])]
    figures = drawings_of(limits, shown, lines, in_both=True)
    if plane not in figures:
        raise EmissError("nothing is excluded here, so there is nothing to draw.")
    with tempfile.TemporaryDirectory() as folder:
        file = save_figure(figures[plane], Path(folder) / "figure", (format,))[0]
        return f"emiss-{plane}.{format}", _KINDS[format], file.read_bytes()


def csv_file(question: Question) -> File:
    """Tables of all limits: one CSV file, or several in a ZIP archive."""
    from ..limit_table import limit_csv

    tables = {f"{name}.csv": limit_csv(one) for name, one in limits_of(question).items()}
    if len(tables) == 1:
        name, text = tables.popitem()
        return name, "text/csv; charset=utf-8", text.encode()
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return "emiss-limits.zip", "application/zip", page.getvalue()


def bibtex_file(question: Question) -> File:
    """References of exactly the physics behind the limits."""
    from ...ground.citations import bibtex

    limits: list[Limit] = list(limits_of(question).values())
    keys = dict.fromkeys(key for one in limits for key in one.citations)
    return "references.bib", "text/plain; charset=utf-8", bibtex(tuple(keys)).encode()


def _chosen(given: Mapping[str, Any]) -> Choice:
    """What the page says of a file, as the options of the commands do."""
    from ...physics.constraints.curves.table import Choice, read_choice

    def text(key: str) -> str | None:
        return str(given[key]).strip()[:200] or None if given.get(key) else None

    def number(key: str) -> float | None:
        word = text(key)
        found = None if word is None else plain_number(word)
        if word is not None and found is None:
            raise FieldError("curves", f"{key} '{word[:40]}' is not a number.")
        return found

    parts = [part for part in (text("qualifier") or "").split(";") if part.strip()]
    return Choice(
        text("column"), read_choice(parts), text("mass_unit"), text("quantity"),
        number("alpha_dark"), number("mass_ratio"),
    )  # fmt: skip


def read_dropped(body: Any) -> dict[str, Any]:
    """Read a curve that was dropped into the page.

    Parameters
    ----------
    body : mapping
        ``name`` of the file, its ``text`` and, where the file does not say it, what is chosen in
        it: ``column``, ``qualifier`` (``NAME=VALUE``, several apart by semicolons), ``quantity``,
        ``mass_unit``, ``alpha_dark`` and ``mass_ratio``.

    Returns
    -------
    dict
        The curve, to be sent along with each question; with how it was read as ``notes``.

    Raises
    ------
    FieldError
        If it cannot be read.
    """
    from ...physics.constraints.curves.curve_files import read_curve

    given = body if isinstance(body, Mapping) else {}
    name, text = given.get("name"), given.get("text")
    if not isinstance(name, str) or not isinstance(text, str):
        raise FieldError("curves", "a file with text is needed.")
    suffix = Path(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise FieldError("curves", f"'{name[:60]}' is no curve; use {', '.join(_SUFFIXES)}.")
    label = Path(name.replace("\\", "/")).stem[:60] or "curve"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"curve{suffix}"
        file.write_text(text, encoding="utf-8")
        try:
            curve = read_curve(file, label, choice=_chosen(given))
        except EmissError as error:
            # The page knows the file by the name under which it was dropped.
            raise FieldError("curves", str(error).replace(str(file), name[:60])) from None
    if curve.masses.size > MOST_POINTS:
        raise FieldError("curves", f"'{label}' has more than {MOST_POINTS} points.")
    return {
        "label": curve.label,
        "masses": curve.masses.tolist(),
        "values": curve.values.tolist(),
        "upper": finite(curve.upper),
        "quantity": curve.quantity,
        "unit": curve.unit,
        "alpha_dark": curve.alpha_dark,
        "mass_ratio": curve.mass_ratio,
        "reference": curve.reference,
        "notes": [curve.reading, *curve.notes],
        "file": Path(name.replace("\\", "/")).name,
        "said": {key: str(given[key]).strip() for key in CHOICES if given.get(key)},
    }
