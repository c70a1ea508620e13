"""What an experiment file may say: pydantic models, the source of the JSON Schema that ships.

Regenerate the schema after a change, in the checkout: ``python -m emiss.experiments.schema``.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from ..ground.schema_numbers import (
    BackgroundTable,
    BeamEnergyTable,
    CountTable,
    EfficiencyTable,
    EnergyTable,
    FractionTable,
    LabelledTable,
    LengthTable,
    Name,
    OnTargetTable,
    StochasticTable,
    Table,
    Words,
    YieldUncertaintyTable,
    choice,
    suggestion,
)
from ..ground.shipped import shipped_path
from .schema_muon import MissingMomentumTable
from .schema_visible import VisibleTable

__all__ = ["ExperimentFile", "json_schema", "main"]

_PARTICLES = ("e-", "e+", "mu-", "mu+", "gamma")
_MODES = ("missing-energy", "missing-momentum", "visible")


class BeamTable(LabelledTable):
    """The beam."""

    particle: Annotated[Literal["e-", "e+", "mu-", "mu+", "gamma"], choice(_PARTICLES)]
    energy: BeamEnergyTable
    momentum_spread: FractionTable = Field(description="relative standard deviation")
    contamination: FractionTable | None = Field(None, description="for information, not applied")


class LayerTable(LabelledTable):
    """One layer of the dump."""

    material: Words
    thickness: LengthTable


class DumpTable(LabelledTable):
    """The active dump: a material by name, or layers."""

    material: Words | None = Field(None, description="name of a material")
    name: Words | None = Field(None, description="a name for the layers")
    layers: list[LayerTable] | None = Field(None, min_length=1, max_length=100)
    repeat: int = Field(1, ge=1, le=100_000, description="how often the layers repeat")
    length: LengthTable | None = Field(None, description="total length")
    materials_file: Words | None = Field(None, description="own materials, relative to this file")

    @model_validator(mode="after")
    def _material_or_layers(self) -> DumpTable:
        if (self.material is None) == (self.layers is None):
            raise ValueError("give either material or layers")
        if self.layers is None and (self.repeat != 1 or self.name is not None):
            raise ValueError("name and repeat belong to layers, not to a material by name")
        if self.layers is not None and self.length is not None:
            raise ValueError("the length follows from the layers; leave it out")
        return self


class MissingEnergyTable(LabelledTable):
    """Selection of events with little energy left in the calorimeter."""

    mode: Annotated[Literal["missing-energy"], choice(_MODES)]
    max_calorimeter_energy: EnergyTable
    stochastic_term: StochasticTable
    constant_term: FractionTable
    min_preshower_energy: EnergyTable | None = Field(None, description="least in the first layers")
    preshower_depth: LengthTable | None = Field(None, description="length of these layers")
    detector_end: LengthTable | None = Field(None, description="end of the last calorimeter")
    decays_from: LengthTable | None = Field(None, description="plane from which decays count too")

    @model_validator(mode="after")
    def _planes(self) -> MissingEnergyTable:
        if self.decays_from is not None:
            if self.detector_end is None:
                raise ValueError("decays_from needs detector_end")
            if not self.decays_from.value < self.detector_end.value:
                raise ValueError("decays_from must be in front of detector_end")
        return self

    @model_validator(mode="after")
    def _preshower(self) -> MissingEnergyTable:
        if (self.min_preshower_energy is None) != (self.preshower_depth is None):
            raise ValueError("give min_preshower_energy and preshower_depth together")
        return self


def _known_mode(value: Any) -> Any:
    mode = value.get("mode") if isinstance(value, dict) else None
    if mode is not None and mode not in _MODES:
        text = f"must be one of {', '.join(_MODES)}{suggestion(mode, _MODES)}"
        raise PydanticCustomError("mode", "{problem}", {"key": "mode", "problem": text})
    return value


def _mode_of(value: Any) -> str:
    mode = value.get("mode") if isinstance(value, dict) else getattr(value, "mode", None)
    return mode if mode in _MODES else _MODES[0]  # a missing mode is reported by the first table


SelectionTable = Annotated[
    Annotated[MissingEnergyTable, Tag("missing-energy")]
    | Annotated[MissingMomentumTable, Tag("missing-momentum")]
    | Annotated[VisibleTable, Tag("visible")],
    Discriminator(_mode_of),
    BeforeValidator(_known_mode),
]


class SelectionOverrideTable(LabelledTable):
    """What differs from the default selection."""

    max_calorimeter_energy: EnergyTable | None = None
    stochastic_term: StochasticTable | None = None
    constant_term: FractionTable | None = None
    min_preshower_energy: EnergyTable | None = None
    preshower_depth: LengthTable | None = None
    detector_end: LengthTable | None = None
    decays_from: LengthTable | None = None


class DefaultsTable(LabelledTable):
    """Values for the runs of this file that do not give their own."""

    efficiency: EfficiencyTable | None = None
    yield_uncertainty: YieldUncertaintyTable | None = None


class OverrideTable(DefaultsTable):
    """Values that replace those of all runs of the files that this one builds on."""

    particles_on_target: OnTargetTable | None = Field(None, description="total; a projection")
    scale_background: bool = Field(False, description="with particles_on_target: background grows")
    selection: SelectionOverrideTable | None = None


class RunTable(LabelledTable):
    """One period of data taking."""

    period: Words
    particles_on_target: OnTargetTable
    background: BackgroundTable
    observed: CountTable | None = Field(None, description="required unless a projection")
    efficiency: EfficiencyTable | None = None
    yield_uncertainty: YieldUncertaintyTable | None = None
    selection: SelectionOverrideTable | None = None


class HeadTable(Table):
    """What the file is about."""

    name: Name
    title: Words
    references: list[Words] = Field(default_factory=list, max_length=100)
    figure: str = Field("", max_length=2000, description="published result to compare with")
    notes: list[Words] = Field(default_factory=list, max_length=20)
    projection: bool = Field(False, description="a plan, without observed counts")
    combine: list[Words] | None = Field(None, min_length=2, max_length=50)
    base: Words | None = Field(None, description="experiment that this one changes")

    @model_validator(mode="after")
    def _one_origin(self) -> HeadTable:
        if self.combine is not None and self.base is not None:
            raise ValueError("give either combine or base")
        return self


class ExperimentFile(Table):
    """An experiment of its own, a combination of others, or a change of another."""

    experiment: HeadTable
    beam: BeamTable | None = None
    dump: DumpTable | None = None
    selection: SelectionTable | None = None
    defaults: DefaultsTable | None = None
    override: OverrideTable | None = None
    run: list[RunTable] | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _own_or_derived(self) -> ExperimentFile:
        derived = self.experiment.combine is not None or self.experiment.base is not None
        for section in ("beam", "dump", "selection", "run", "defaults", "override"):
            given = getattr(self, section) is not None
            context = {"key": section}
            if given and derived and section != "override":
                text = "comes from the experiments named in combine or base; leave it out"
                raise PydanticCustomError("misplaced", "{problem}", {**context, "problem": text})
            if given and not derived and section == "override":
                text = "belongs to combine or base; use [defaults] for the runs of this file"
                raise PydanticCustomError("misplaced", "{problem}", {**context, "problem": text})
            if not given and not derived and section not in ("defaults", "override"):
                text = "section is missing (or give combine or base in [experiment])"
                raise PydanticCustomError("absent", "{problem}", {**context, "problem": text})
        return self


def json_schema() -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of an experiment file.

    Returns
    -------
    dict
        The schema.
    """
    schema = ExperimentFile.model_json_schema()
    derived = {"anyOf": [{"required": ["combine"]}, {"required": ["base"]}]}
    own = ("beam", "dump", "selection", "run")
    schema |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "emiss experiment file",
        "if": {"properties": {"experiment": derived}},
        "then": {"not": {"anyOf": [{"required": [name]} for name in (*own, "defaults")]}},
        "else": {"required": list(own), "not": {"required": ["override"]}},
    }
    return schema


def main() -> None:
    """Write the schema to where the package keeps it."""
    path = shipped_path("experiment.schema.json")
    path.write_text(json.dumps(json_schema(), indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
