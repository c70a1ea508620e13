"""Options, record and rows that the cross-sections share."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

import typer

from ...text_table import number

__all__ = ["Energy", "Mass", "cross_section_record", "electron_rows", "nucleus_rows"]

Energy = Annotated[str, typer.Option("--energy", help="Beam energy, e.g. 100GeV.")]
Mass = Annotated[str, typer.Option("--mass", help="Mass of the boson, e.g. 16.7MeV.")]


class _CrossSection(Protocol):
    @property
    def value_pb(self) -> float: ...
    @property
    def relative_error(self) -> float: ...
    @property
    def coupling_convention(self) -> str: ...


def cross_section_record(
    process: str, energy: float, mass: float, result: _CrossSection
) -> dict[str, Any]:
    """Record of a cross-section in pb; energy and mass in GeV."""
    return {
        "process": process,
        "cross_section_pb": result.value_pb,
        "relative_error": result.relative_error,
        "coupling_convention": result.coupling_convention,
        "energy_gev": energy,
        "mass_gev": mass,
    }


def nucleus_rows(result: _CrossSection) -> tuple[tuple[str, str], ...]:
    """Rows of the table of a cross-section per nucleus."""
    return (
        ("cross-section per nucleus (pb)", number(result.value_pb, 6)),
        ("relative error of the integration", number(result.relative_error, 2)),
        ("coupling", result.coupling_convention),
    )


def electron_rows(value: float, convention: str) -> tuple[tuple[str, str], ...]:
    """Rows of the table of a cross-section in pb per electron, known in closed form."""
    return (
        ("cross-section per target electron (pb)", number(value, 6)),
        ("coupling", convention),
    )
