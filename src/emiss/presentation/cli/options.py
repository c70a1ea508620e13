"""Options that several commands share, and how their text is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ...ground.errors import EmissError

if TYPE_CHECKING:
    from ...models import Model

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="A parameter of the model; may be given several times."
    ),
]
ModelName = Annotated[str, typer.Option("--model", help="Model, see `emiss list models`.")]
Masses = Annotated[
    str, typer.Option("--masses", help="Masses: low:high:count, or a comma-separated list.")
]
ConfidenceLevel = Annotated[float, typer.Option("--cl", help="Confidence level, between 0 and 1.")]
Method = Annotated[
    str, typer.Option("--method", help="Statistical method: cls, fc, fc-raw, bayes or asymptotic.")
]
Figure = Annotated[
    str | None, typer.Option("--figure", help="Also draw a figure into this file (PNG and PDF).")
]


def read_settings(settings: Iterable[str] | None) -> dict[str, str]:
    """Split ``key=value`` texts.

    Parameters
    ----------
    settings : iterable of str or None
        Texts from ``--set``.

    Returns
    -------
    dict of str to str
        Parameters by name.

    Raises
    ------
    EmissError
        If a text has no ``=`` or a key is given twice.
    """
    parameters: dict[str, str] = {}
    for text in settings or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise EmissError(f"--set '{text}': write KEY=VALUE, for example alpha_dark=0.1.")
        if key.strip() in parameters:
            raise EmissError(f"--set {key.strip()} is given twice; give it once.")
        parameters[key.strip()] = value.strip()
    return parameters


def get_model(name: str, settings: Iterable[str] | None) -> Model:
    """Look a model up with its parameters as text; says which of its references are unknown."""
    from ... import models

    model = models.get(name, read_settings(settings))
    unknown: tuple[str, ...] = getattr(model, "unknown_references", tuple)()
    if unknown:
        from .output import warn

        warn(
            f"model '{model.name}': not in the bibliography of emiss, so not in references.bib: "
            f"{', '.join(unknown)}"
        )
    return model
