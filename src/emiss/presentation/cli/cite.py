"""`emiss cite`: BibTeX of the physics behind a thing."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .command import command


@command("cite", "Catalogue and checks")
def cite(
    names: Annotated[
        list[str] | None, typer.Argument(help="Experiments, models or bibliography keys.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Print BibTeX for exactly the physics behind experiments and models."""
    from ...ground import citations
    from ..describe import citation_keys
    from .output import emit_json, note

    # Names with commas between them are one limit elsewhere; here they are several all the same.
    keys = citation_keys([part.strip() for name in names or [] for part in name.split(",")])
    if as_json:
        emit_json({"keys": list(keys), "bibtex": citations.bibtex(keys)})
        return
    note(citations.bibtex(keys))
