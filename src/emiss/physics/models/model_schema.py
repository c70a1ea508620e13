"""What a model file may say: pydantic models, the source of the JSON Schema that ships.

Regenerate the schema after a change, from the checkout: ``python -m`` and the name of this module.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from ...ground.schema_numbers import Name, Table, Words, choice
from ...ground.shipped import shipped_path
from ...ground.units import parse_quantity
from .base import BOSONS, Boson
from .dark_sector import DARK_MATTER_KINDS
from .user_model import UNITS_OF_COUPLING

__all__ = ["ModelFile", "json_schema", "main"]

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"


def _quantity(kind: str, units: str) -> BeforeValidator:
    def read(value: object) -> object:
        # A bare number passes: whether it needs a unit depends on that of the free coupling.
        if isinstance(value, str):
            return ("quantity", parse_quantity(value[:80], kind))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a number, or text with a unit ({units})")
        # An integer may be too long for a float.
        if not (math.isfinite(value) if isinstance(value, float) else abs(value) < 10**30):
            raise ValueError("must be a finite number of sensible size")
        return ("number", float(value))

    return BeforeValidator(read)


def _schema(units: str) -> WithJsonSchema:
    text = {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*({units})\s*$"}
    return WithJsonSchema({"anyOf": [{"type": "number"}, text]})


Tagged = tuple[Literal["number", "quantity"], float]
_ENERGY = r"eV|keV|MeV|GeV|TeV"
Fermion = Annotated[Tagged, _quantity("energy", "MeV, GeV, TeV"), _schema(_ENERGY)]
_PER_ENERGY = r"GeV\^-1|1\/GeV|TeV\^-1"
Photons = Annotated[Tagged, _quantity("coupling per energy", "GeV^-1"), _schema(_PER_ENERGY)]
_KINDS = (*DARK_MATTER_KINDS, "none")


class HeadTable(Table):
    """Names, the kind of boson and the free coupling."""

    name: Name
    title: Words
    boson: Annotated[Boson, choice(BOSONS)]
    coupling: Name = Field("g", description="plain name of the free coupling")
    coupling_label: Words | None = Field(None, description="LaTeX, without dollar signs")
    symbol: Words = Field("X", description="LaTeX symbol of the boson, without dollar signs")
    unit: Annotated[Literal["1", "e", "GeV^-1"], choice(UNITS_OF_COUPLING)] = Field(
        "1", description="unit of the free coupling; e goes with the name epsilon"
    )
    references: list[Words] = Field(default_factory=list, max_length=100)
    notes: list[Words] = Field(default_factory=list, max_length=20)


class CouplingsTable(Table):
    """Couplings as multiples of the free coupling; those left out are zero."""

    e: Fermion | None = None
    mu: Fermion | None = None
    tau: Fermion | None = None
    nu_e: Fermion | None = Field(None, description="left-handed neutrino; spin 1 only")
    nu_mu: Fermion | None = None
    nu_tau: Fermion | None = None
    u: Fermion | None = Field(None, description="quarks of charge 2/3; vectors only")
    d: Fermion | None = Field(None, description="quarks of charge -1/3; vectors only")
    photons: Photons | None = Field(None, description="two photons, in GeV^-1; spin 0 only")


class DarkMatterTable(Table):
    """Dark matter that the boson decays to."""

    kind: Annotated[Literal["scalar", "majorana", "dirac", "pseudo-dirac", "none"], choice(_KINDS)]
    alpha_dark: float | None = Field(None, gt=0.0, description="g_chi^2/4 pi")
    g_chi: float | None = Field(None, gt=0.0, description="in place of alpha_dark")
    mass_ratio: float = Field(3.0, gt=0.0, description="mass of the boson over that of chi")
    splitting: float = Field(0.0, ge=0.0, description="(m_2 - m_1)/m_1 of pseudo-dirac")

    @model_validator(mode="after")
    def _one_coupling(self) -> DarkMatterTable:
        given = {"alpha_dark", "g_chi"} & self.model_fields_set
        if len(given) == 2:
            _refuse("g_chi", "give either alpha_dark or g_chi")
        if self.kind != "none" and not given:
            _refuse("alpha_dark", "is missing (or give g_chi)")
        if self.kind == "none" and len(self.model_fields_set) > 1:
            _refuse(min(self.model_fields_set - {"kind"}), 'has no effect with kind = "none"')
        return self


def _refuse(key: str, problem: str) -> None:
    raise PydanticCustomError("misplaced", "{problem}", {"key": key, "problem": problem})


class ModelFile(Table):
    """A boson, its couplings and its dark matter."""

    model: HeadTable
    couplings: CouplingsTable
    dark_matter: DarkMatterTable | None = None

    @model_validator(mode="after")
    def _units(self) -> ModelFile:
        inverse = self.model.unit == "GeV^-1"
        for name in CouplingsTable.model_fields:
            given = getattr(self.couplings, name)
            if given is None or given[1] == 0.0:
                continue
            if (given[0] == "quantity") != ((name == "photons") != inverse):
                self._wrong_unit(name, inverse)
        return self

    def _wrong_unit(self, name: str, inverse: bool) -> None:
        free = f"the free coupling is in {self.model.unit}" if inverse else "it is a ratio"
        if name == "photons":
            problem = "must be a plain number: " if inverse else "needs a unit of inverse energy: "
            problem += free if inverse else 'write "0.5 GeV^-1"'
        else:
            problem = "needs a unit of energy: " if inverse else "must be a plain number: "
            problem += f'{free}; write "0.5 GeV"' if inverse else free
        text = f"{problem} to the free coupling" if problem.endswith("ratio") else problem
        context = {"key": "couplings", "second": name, "problem": text}
        raise PydanticCustomError("unit", "{problem}", context)


def json_schema() -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of a model file.

    Returns
    -------
    dict
        The schema.
    """
    schema = ModelFile.model_json_schema()
    return schema | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "emiss model file",
    }


def main() -> None:
    """Write the schema to where the package keeps it."""
    path = shipped_path("model.schema.json")
    path.write_text(json.dumps(json_schema(), indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
