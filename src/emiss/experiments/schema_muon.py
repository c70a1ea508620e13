"""What an experiment file may say about a missing-momentum search: pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..ground.schema_numbers import (
    BeamEnergyTable,
    EnergyTable,
    FractionTable,
    LabelledTable,
    LengthTable,
    Name,
    QuantityTable,
    _text_with,
    _with_unit,
    choice,
)

__all__ = ["CounterTable", "MissingMomentumTable", "SpectrometerTable"]

_FieldIntegral = Annotated[
    float, _with_unit("field integral", "1e-6 T.m", "1e3 T.m"), _text_with(["T.m"], "1.4 T.m")
]
_Angle = Annotated[
    float, _with_unit("angle", "0 urad", "1 rad"), _text_with(["urad", "mrad", "rad"], "0.3 mrad")
]
_Size = Annotated[
    float, _with_unit("length", "0 um", "1e5 m"), _text_with(["um", "mm", "cm", "m"], "15 mm")
]


class FieldIntegralTable(QuantityTable):
    """Field integral of a magnet."""

    unit = "T.m"
    value: _FieldIntegral
    uncertainty: _FieldIntegral | None = None


class AngleTable(QuantityTable):
    """An angle."""

    unit = "rad"
    value: _Angle
    uncertainty: _Angle | None = None


class SizeTable(QuantityTable):
    """A length that may be zero."""

    unit = "cm"
    value: _Size
    uncertainty: _Size | None = None


class SpectrometerTable(LabelledTable):
    """A dipole magnet with tracking planes on both sides."""

    field_integral: FieldIntegralTable
    momentum_resolution: FractionTable | None = Field(None, description="sigma_p/p")
    tracker_resolution: LengthTable | None = Field(None, description="of one plane")
    lever_arm: LengthTable | None = Field(None, description="between the two planes of each arm")
    tail_fraction: FractionTable = Field(description="tracks with the wider resolution")
    tail_resolution: FractionTable = Field(description="sigma_p/p of these")

    @model_validator(mode="after")
    def _one_resolution(self) -> SpectrometerTable:
        geometry = [self.tracker_resolution is not None, self.lever_arm is not None]
        if self.momentum_resolution is None and not all(geometry):
            raise ValueError("give momentum_resolution, or tracker_resolution and lever_arm")
        if self.momentum_resolution is not None and any(geometry):
            raise ValueError(
                "momentum_resolution is given; leave tracker_resolution and lever_arm out"
            )
        return self


class CounterTable(LabelledTable):
    """A counter behind the target that the muon must hit."""

    name: Name
    distance: LengthTable = Field(description="from the end of the target")
    width: LengthTable = Field(description="in the bending plane")
    height: LengthTable = Field(description="across the bending plane")
    displacement: SizeTable | None = Field(
        None, description="from the undeflected beam to the inner edge; none: centred, an aperture"
    )


class MissingMomentumTable(LabelledTable):
    """Selection of muons that lose much of their momentum and leave no more energy than a MIP."""

    mode: Annotated[Literal["missing-momentum"], choice(("missing-momentum",))]
    min_incoming_momentum: EnergyTable
    max_incoming_momentum: BeamEnergyTable
    max_outgoing_momentum: BeamEnergyTable
    max_calorimeter_energy: BeamEnergyTable
    veto_acceptance: FractionTable = Field(description="probability to pass the vetoes")
    beam_size: SizeTable = Field(description="standard deviation at the target")
    beam_divergence: AngleTable = Field(description="standard deviation of the slope")
    magnet_distance: LengthTable = Field(description="end of the target to middle of the magnet")
    detector_end: LengthTable | None = Field(
        None, description="end of the target to that of the last calorimeter"
    )
    incoming: SpectrometerTable
    outgoing: SpectrometerTable
    counter: list[CounterTable] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _ordered(self) -> MissingMomentumTable:
        if not self.min_incoming_momentum.value < self.max_incoming_momentum.value:
            raise ValueError("min_incoming_momentum must be below max_incoming_momentum")
        names = [counter.name for counter in self.counter]
        if len(set(names)) != len(names):
            raise ValueError("two counters have the same name")
        return self
