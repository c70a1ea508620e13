"""What an experiment file may say about a visible search: pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..ground.schema_numbers import (
    EnergyTable,
    FractionTable,
    LabelledTable,
    LengthTable,
    StochasticTable,
    choice,
)

__all__ = ["VisibleTable"]


class VisibleTable(LabelledTable):
    """Selection of events with a decay to e+ e- behind the dump; positions from its front."""

    mode: Annotated[Literal["visible"], choice(("visible",))]
    min_decay_energy: EnergyTable = Field(description="least energy in the calorimeter behind")
    veto_position: LengthTable = Field(description="veto behind the dump: the volume starts here")
    decay_volume_end: LengthTable = Field(description="counter that must see the pair")
    calorimeter_position: LengthTable = Field(description="front of the calorimeter behind")
    calorimeter_half_size: LengthTable = Field(description="half of its side")
    stochastic_term: StochasticTable = Field(description="of the calorimeter behind")
    constant_term: FractionTable = Field(description="of the calorimeter behind")

    @model_validator(mode="after")
    def _ordered(self) -> VisibleTable:
        if not self.veto_position.value < self.decay_volume_end.value:
            raise ValueError("decay_volume_end must be behind veto_position")
        if self.calorimeter_position.value < self.decay_volume_end.value:
            raise ValueError(
                "decay_volume_end is behind calorimeter_position; decays there are not seen"
            )
        return self
