"""Options by which every command that reads a curve chooses what is meant in its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options

if TYPE_CHECKING:
    from ...physics.constraints.curves.overlay import Overlay
    from ...physics.constraints.curves.table import Choice

__all__ = [
    "Column",
    "Compare",
    "CurveAlpha",
    "CurveRatio",
    "MassUnit",
    "Qualifiers",
    "Quantity",
    "chosen",
    "read_overlays",
    "refuse_without_curve",
    "say",
    "say_reading",
]

Compare = Annotated[
    list[str] | None,
    typer.Option(
        "--compare",
        metavar="[LABEL=]FILE",
        help="File with a curve to draw and compare with; may be given several times.",
    ),
]

Column = Annotated[
    str | None,
    typer.Option(
        "--column",
        help="Column of the curve's file: its name, a part of it or its number among the columns "
        "of values (from 1, masses and other variables not counted).",
    ),
]
Qualifiers = Annotated[
    list[str] | None,
    typer.Option(
        "--qualifier",
        metavar="NAME=VALUE",
        help="Qualifier of the column, or value of a second variable; may be given several times.",
    ),
]
MassUnit = Annotated[
    str | None,
    typer.Option(
        "--mass-unit",
        help="Unit of the curve's mass, or which mass it is ('m_chi [MeV]', 'log10(m/GeV)'), where "
        "its file does not say or is in doubt.",
    ),
]
Quantity = Annotated[
    str | None,
    typer.Option(
        "--quantity",
        help="What the curve's column holds where its file does not say or is in doubt: epsilon^2, "
        "log10(epsilon), 'epsilon [10^-4]', g, y.",
    ),
]
CurveAlpha = Annotated[
    float | None,
    options.number("--curve-alpha-dark", help="alpha_D of a curve in y, to turn it into epsilon."),
]
CurveRatio = Annotated[
    float | None,
    options.number("--curve-mass-ratio", help="Mediator over dark-matter mass of a curve."),
]


def chosen(
    column: str | None,
    qualifiers: list[str] | None,
    stated: tuple[str | None, str | None],
    sector: tuple[float | None, float | None] = (None, None),
) -> Choice:
    """Put the options together.

    Parameters
    ----------
    column : str or None
        From ``--column``.
    qualifiers : list of str or None
        From ``--qualifier``.
    stated : tuple of str or None
        From ``--mass-unit`` and ``--quantity``.
    sector : tuple of float or None
        From ``--curve-alpha-dark`` and ``--curve-mass-ratio``.

    Returns
    -------
    Choice
        What `read_curve` takes.

    Raises
    ------
    EmissError
        If a qualifier is not NAME=VALUE.
    """
    from ...physics.constraints.curves.table import Choice, read_choice

    return Choice(column, read_choice(qualifiers), stated[0], stated[1], sector[0], sector[1])


def read_overlays(texts: Iterable[str] | None, choice: Choice) -> tuple[Overlay, ...]:
    """Read the curves of ``--compare``, each a file or ``LABEL=FILE``.

    Parameters
    ----------
    texts : iterable of str or None
        What was given. A file without label is called by the reference in it, if it has one.
    choice : Choice
        What is meant in each of the files.

    Returns
    -------
    tuple of Overlay
        Curves in the order given.

    Raises
    ------
    EmissError
        If a file cannot be read, two curves have one label, or options choose in no file.
    """
    if not texts:
        refuse_without_curve(choice, "--compare")
        return ()
    from ...ground.errors import EmissError
    from ...physics.constraints.curves.curve_files import read_curve

    found: list[Overlay] = []
    for text in texts:
        label, file = _label_and_file(text)
        curve = read_curve(file, label, choice=choice)
        if label is None and curve.label == "limit" and Path(file).parent.name:
            curve = replace(curve, label=Path(file).parent.name)  # a result of emiss
        elif label is None and 0 < len(curve.reference) <= _LONGEST:
            curve = replace(curve, label=curve.reference)
        if any(curve.label == other.label for other in found):
            raise EmissError(
                f"--compare: two curves are called '{curve.label}'; write LABEL=FILE to tell them "
                "apart."
            )
        say_reading(curve)
        found.append(curve)
    return tuple(found)


_LONGEST = 40
"""Letters of a reference that serves as label."""


def _label_and_file(text: str) -> tuple[str | None, str]:
    from ...ground.errors import EmissError

    label, equals, file = text.partition("=")
    if not equals or Path(text).exists():
        return None, text
    if not label.strip() or not file.strip():
        raise EmissError(f"--compare '{text}': write FILE, or LABEL=FILE such as BaBar=babar.csv.")
    return label.strip(), file.strip()


def refuse_without_curve(choice: Choice, option: str) -> None:
    """Refuse options that choose in a file where none is given."""
    from ...ground.errors import EmissError
    from ...physics.constraints.curves.table import Choice

    if choice != Choice():
        raise EmissError(
            "--column, --qualifier, --mass-unit, --quantity and --curve-... choose in the file of "
            f"a curve; give one with {option}."
        )


def say_reading(curve: Overlay) -> None:
    """Say on standard error how a curve was read."""
    from .streams import say as say_line

    if curve.reading:
        say_line(f"emiss: {curve.label}: {curve.reading}")


def say(notes: Iterable[str]) -> None:
    """Print each note as a warning, once."""
    from .output import warn

    for note in dict.fromkeys(notes):
        warn(note)
