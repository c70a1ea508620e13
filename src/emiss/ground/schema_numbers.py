"""How numbers, units and their origin are written in an experiment file: pydantic models."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from .quantity import STATUSES, parse_fraction, parse_stochastic_term
from .units import UNITS, parse_quantity

__all__ = [
    "AmountTable",
    "AngleTable",
    "BackgroundTable",
    "BeamEnergyTable",
    "BoundTable",
    "CountTable",
    "EfficiencyTable",
    "EnergyTable",
    "FieldIntegralTable",
    "FractionTable",
    "LabelledTable",
    "LengthTable",
    "LightYieldTable",
    "Name",
    "OnTargetTable",
    "PositionTable",
    "QuantityTable",
    "RatioTable",
    "SizeTable",
    "StochasticTable",
    "Table",
    "TimeTable",
    "Words",
    "YieldUncertaintyTable",
    "choice",
    "suggestion",
]

_NUMBER_PATTERN = r"[+]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


def suggestion(given: object, allowed: tuple[str, ...]) -> str:
    """Half a sentence with the nearest of the allowed words; empty where none is near."""
    near = difflib.get_close_matches(given[:80], allowed, n=1) if isinstance(given, str) else []
    return f"; did you mean '{near[0]}'?" if near else ""


def choice(allowed: tuple[str, ...]) -> BeforeValidator:
    """Make a validator that names the allowed words and suggests the nearest."""

    def check(value: object) -> object:
        if value not in allowed:
            hint = suggestion(value, allowed)
            raise ValueError(f"must be one of {', '.join(allowed)}{hint}")
        return value

    return BeforeValidator(check)


Status = Annotated[
    Literal["published", "recalled", "derived", "fitted", "tuned", "estimated", "assumed", "user"],
    choice(STATUSES),
]


def _text_with(units: list[str], example: str, sign: str = "") -> WithJsonSchema:
    escaped = "|".join(unit.replace("^", r"\^").replace("/", r"\/") for unit in units)
    pattern = rf"^\s*{sign}{_NUMBER_PATTERN}\s*({escaped})\s*$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


def _with_unit(kind: str, low: str, high: str) -> BeforeValidator:
    def read(value: object) -> float:
        if isinstance(value, str) and len(value) > 80:
            raise ValueError("text is too long for a number with a unit")
        if isinstance(value, int) and abs(value) > 10**30:
            raise ValueError("has no unit and is no sensible number")
        number = parse_quantity(value, kind)
        if not parse_quantity(low, kind) <= number <= parse_quantity(high, kind):
            raise ValueError(f"must lie between {low} and {high}")
        return number

    return BeforeValidator(read)


def _from_text(parse: Callable[[object], float]) -> BeforeValidator:
    return BeforeValidator(lambda value: parse(value))


_PERCENT: Final = {"type": "string", "pattern": rf"^\s*{_NUMBER_PATTERN}\s*%\s*$"}
_FRACTION_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _PERCENT]}
)
_STOCHASTIC_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": rf"^\s*{_NUMBER_PATTERN}\s*%?\s*sqrt\(GeV\)\s*$",
        "examples": ["9 % sqrt(GeV)"],
    }
)

_ENERGY_TEXT = _text_with(list(UNITS["energy"]), "100 GeV")
_LENGTH_TEXT = _text_with(list(UNITS["length"]), "1.5 mm")
_SIGNED_LENGTH_TEXT = _text_with(list(UNITS["length"]), "-1.5 m", sign="-?")
BeamEnergy = Annotated[float, _with_unit("energy", "1 MeV", "100 TeV"), _ENERGY_TEXT]
Energy = Annotated[float, _with_unit("energy", "0 GeV", "100 TeV"), _ENERGY_TEXT]
Mass = Annotated[float, _with_unit("energy", "1e-6 eV", "100 TeV"), _ENERGY_TEXT]
Length = Annotated[float, _with_unit("length", "1e-3 um", "1e5 m"), _LENGTH_TEXT]
LengthSpread = Annotated[float, _with_unit("length", "0 um", "1e5 m"), _LENGTH_TEXT]
Fraction = Annotated[float, Field(ge=0.0, le=1.0), _from_text(parse_fraction), _FRACTION_SCHEMA]
EfficiencyValue = Annotated[
    float, Field(gt=0.0, le=1.0), _from_text(parse_fraction), _FRACTION_SCHEMA
]
Stochastic = Annotated[
    float, Field(ge=0.0, le=10.0), _from_text(parse_stochastic_term), _STOCHASTIC_SCHEMA
]


Position = Annotated[float, _with_unit("length", "-1e5 m", "1e5 m"), _SIGNED_LENGTH_TEXT]
Angle = Annotated[
    float, _with_unit("angle", "0 urad", "1 rad"), _text_with(list(UNITS["angle"]), "0.3 mrad")
]
Time = Annotated[
    float, _with_unit("time", "0 ps", "1e3 s"), _text_with(list(UNITS["time"]), "1 ns")
]
FieldIntegral = Annotated[
    float, _with_unit("field integral", "1e-6 T.m", "1e3 T.m"), _text_with(["T.m"], "1.4 T.m")
]


class Table(BaseModel):
    """A table that refuses unknown keys and guesses what was meant."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        allowed = tuple(cls.model_fields)
        for key in data if isinstance(data, dict) else ():
            if key not in allowed:
                hint = suggestion(key, allowed)
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown key{hint} (allowed: {allowed})",
                    {"key": str(key), "hint": hint, "allowed": ", ".join(allowed)},
                )
        return data


class LabelledTable(Table):
    """A table with an origin, which the numbers inside inherit unless they have their own."""

    source: Words | None = Field(None, description="where the numbers were read or come from")
    status: Status | None = Field(None, description="how sure they are")
    note: Words | None = Field(None, description="what else the reader must know")

    @model_validator(mode="after")
    def _both_or_none(self) -> LabelledTable:
        if (self.source is None) != (self.status is None):
            raise ValueError("give source and status together")
        return self


class QuantityTable(LabelledTable):
    """A number: {value, uncertainty, source, status, note}, or bare where the section has both."""

    unit: ClassVar[str] = ""
    value: Any
    uncertainty: Any = None
    uncertainty_source: Words | None = Field(None, description="where it differs from source")
    uncertainty_status: Status | None = Field(None, description="where it differs from status")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        # Only numbers and texts: a list or a date shall be reported as what it is.
        return {"value": data} if isinstance(data, str | int | float) else data

    @model_validator(mode="after")
    def _uncertainty_label(self) -> QuantityTable:
        if (self.uncertainty_source is None) != (self.uncertainty_status is None):
            raise ValueError("give uncertainty_source and uncertainty_status together")
        if self.uncertainty_source is not None and self.uncertainty is None:
            raise ValueError("uncertainty_source without an uncertainty")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(core))
        if "value" not in schema.get("properties", {}):
            return schema
        return {"anyOf": [schema["properties"]["value"], dict(schema)]}


class BeamEnergyTable(QuantityTable):
    """Beam energy."""

    unit = "GeV"
    value: BeamEnergy
    uncertainty: Energy | None = None


class EnergyTable(QuantityTable):
    """An energy."""

    unit = "GeV"
    value: Energy
    uncertainty: Energy | None = None


class LengthTable(QuantityTable):
    """A length."""

    unit = "cm"
    value: Length
    uncertainty: LengthSpread | None = None


class FractionTable(QuantityTable):
    """A fraction: a number, or text in per cent."""

    value: Fraction
    uncertainty: Fraction | None = None


class StochasticTable(QuantityTable):
    """Stochastic term a of sigma/E = a/sqrt(E)."""

    unit = "sqrt(GeV)"
    value: Stochastic
    uncertainty: Stochastic | None = None


class PositionTable(QuantityTable):
    """A place along or across the beam: a length of either sign."""

    unit = "cm"
    value: Position
    uncertainty: LengthSpread | None = None


class SizeTable(QuantityTable):
    """A length that may be zero."""

    unit = "cm"
    value: LengthSpread
    uncertainty: LengthSpread | None = None


class AngleTable(QuantityTable):
    """An angle."""

    unit = "rad"
    value: Angle
    uncertainty: Angle | None = None


class TimeTable(QuantityTable):
    """A time."""

    unit = "ns"
    value: Time
    uncertainty: Time | None = None


class FieldIntegralTable(QuantityTable):
    """Field integral of a magnet."""

    unit = "T.m"
    value: FieldIntegral
    uncertainty: FieldIntegral | None = None


class LightYieldTable(QuantityTable):
    """Photoelectrons per GeV of deposit."""

    unit = "1/GeV"
    value: float = Field(gt=0.0, le=1e12)
    uncertainty: float | None = Field(None, ge=0.0, le=1e12)


class RatioTable(QuantityTable):
    """A ratio of two things of a kind: a plain number."""

    value: float = Field(gt=0.0, le=1e3)
    uncertainty: float | None = Field(None, ge=0.0, le=1e3)


class AmountTable(QuantityTable):
    """A plain number above zero, small or large."""

    value: float = Field(gt=0.0, le=1e12)
    uncertainty: float | None = Field(None, ge=0.0, le=1e12)


class BoundTable(QuantityTable):
    """Bound of a cut: a number, or text with the unit of its variable; read with the variable."""

    value: float | str
    uncertainty: float | str | None = None


class OnTargetTable(QuantityTable):
    """Particles on target."""

    value: float = Field(ge=1.0, le=1e25)
    uncertainty: float | None = Field(None, ge=0.0, le=1e25)


class BackgroundTable(QuantityTable):
    """Expected background events."""

    value: float = Field(ge=0.0, le=1e9)
    uncertainty: float | None = Field(None, ge=0.0, le=1e9)


class CountTable(QuantityTable):
    """Observed events: a whole number, without uncertainty."""

    value: int = Field(ge=0, le=10**9)
    uncertainty: None = None


class YieldUncertaintyTable(FractionTable):
    """Relative uncertainty of the signal yield."""

    correlated: bool = Field(True, description="whether it is one and the same in all runs")


class EfficiencyTable(QuantityTable):
    """Signal efficiency on top of the threshold: a value, or masses and values."""

    value: EfficiencyValue | None = None
    uncertainty: Fraction | None = None
    masses: list[Mass] | None = Field(None, min_length=2, max_length=1000)
    values: list[Fraction] | None = Field(None, min_length=2, max_length=1000)
    uncertainties: list[Fraction] | None = Field(None, min_length=2, max_length=1000)

    @model_validator(mode="after")
    def _one_form(self) -> EfficiencyTable:
        constant, table = self.value is not None, self.masses is not None
        if constant == table or table != (self.values is not None):
            raise ValueError("give either a value, or masses and values")
        if constant and self.uncertainties is not None:
            raise ValueError("uncertainties belong to a table; use uncertainty")
        if table and self.uncertainty is not None:
            raise ValueError("a table needs uncertainties, one per value")
        return self
