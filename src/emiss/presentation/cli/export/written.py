"""What the export commands share: the likelihood of a search, and the answer with its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ....ground.errors import EmissError
from .. import options

if TYPE_CHECKING:
    from ....inference.simplified import SimplifiedLikelihood

__all__ = ["FEW_MASSES", "announce", "likelihood_of", "refuse_file_name"]

FEW_MASSES = "1MeV,3MeV,10MeV,30MeV,100MeV,300MeV,1GeV"
"""Masses by default where each gets a file of its own."""


def refuse_file_name(output: Path, what: str) -> None:
    """Refuse the name of a file where a directory is meant: one for `emiss export likelihood`.

    Raises
    ------
    EmissError
        If it ends like one.
    """
    if output.suffix.lower() == ".json":
        raise EmissError(
            f"--output {output}: the {what} are a file for each mass; give a directory, such as "
            f"{output.with_suffix('')}."
        )


def likelihood_of(
    experiment: str,
    model: str,
    settings: list[str] | None,
    masses: str,
    *,
    cl: float,
    method: str,
    on_target: float | None,
) -> SimplifiedLikelihood:
    """Simplified likelihood from the options of a command."""
    from ....ground.units import parse_masses
    from ....inference.simplified import likelihood

    chosen = options.get_model(model, settings)
    # A meson has one mass.
    grid = parse_masses(masses) if chosen.own_mass is None else [chosen.own_mass]
    return likelihood(experiment, chosen, grid, cl=cl, method=method, on_target=on_target)


def announce(
    found: SimplifiedLikelihood, files: Sequence[Path], what: str, *, as_json: bool
) -> None:
    """Answer of a command that wrote one file per mass, and perhaps more behind them."""
    from ...export.pyhf_workspace import about
    from ...text_table import TextTable, number
    from ..output import deliver

    rows = tuple(
        (f"{mass:.6g}", number(float(g)), file.name)
        for mass, g, file in zip(found.masses, found.reference, files, strict=False)
    )
    record = {
        "masses_gev": found.masses,
        "coupling_at_mu_1": found.reference,
        "projection": found.projection,
        "files": [str(file) for file in files],
    }
    heads = ("mass (GeV)", f"{found.coupling_name} at mu = 1", "file")
    deliver(record, TextTable(f"{found.title}: {what}{about(found)}", heads, rows), as_json=as_json)
