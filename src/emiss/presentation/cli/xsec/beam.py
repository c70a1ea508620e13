"""Options that the cross-sections share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Energy", "Mass"]

Energy = Annotated[str, typer.Option("--energy", help="Beam energy, e.g. 100GeV.")]
Mass = Annotated[str, typer.Option("--mass", help="Mass of the boson, e.g. 16.7MeV.")]
