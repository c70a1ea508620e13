"""What an experiment file may say: pydantic models, most of them made from what parts declare.

The JSON Schema that ships is made from them: ``python -m emiss.experiments.tables`` in a checkout.
"""

from __future__ import annotations

import functools
import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, create_model, model_validator
from pydantic_core import PydanticCustomError

from ..ground import schema_numbers as numbers
from ..ground.schema_numbers import (
    AmountTable,
    BackgroundTable,
    CountTable,
    EfficiencyTable,
    FractionTable,
    LabelledTable,
    LengthTable,
    Name,
    OnTargetTable,
    Table,
    Words,
    YieldUncertaintyTable,
    choice,
)
from ..ground.shipped import shipped_path
from .beam import PARTICLES, Beam
from .elements import kinds
from .fields import DIMENSIONS, Declared, declared
from .roles import is_role, roles
from .stated import CHOICES

__all__ = ["ExperimentFile", "element_table", "json_schema", "main"]

Names = Annotated[list[Name], Field(max_length=100)]


def _one_of(allowed: tuple[str, ...]) -> Any:
    """Type of a word out of some: the schema lists them, a message suggests the nearest."""
    return Annotated[Literal[allowed], choice(allowed)]


def _type_of(key: Declared) -> Any:
    if key.form == "number":
        return getattr(numbers, DIMENSIONS[key.dimension])
    if key.form == "count":
        return Annotated[int, Field(ge=1, le=100_000)]
    one: Any = _one_of(key.choices) if key.choices else Words
    return one if key.form == "word" else Annotated[list[one], Field(max_length=100)]


def _keys(part: type[Any], optional: bool = False) -> dict[str, Any]:
    """Fields of a table from what a part declares."""
    found: dict[str, Any] = {}
    for key in declared(part):
        kind = _type_of(key)
        if key.required and not optional:
            found[key.name] = (kind, Field(description=key.doc))
        else:
            found[key.name] = (kind | None, Field(None, description=key.doc))
    return found


class LayerTable(LabelledTable):
    """One layer."""

    material: Words
    thickness: LengthTable


class ContaminationTable(LabelledTable):
    """Other particles in the beam."""

    particle: Words
    fraction: FractionTable


class _ElementTable(LabelledTable):
    """One element of the apparatus."""

    name: Name
    layers: list[LayerTable] | None = Field(None, min_length=1, max_length=100)
    materials_file: Words | None = Field(None, description="own materials, relative to this file")

    @model_validator(mode="after")
    def _matter(self) -> _ElementTable:
        if self.layers is not None and getattr(self, "material", None) is not None:
            raise _problem("both", "material", "give either material or layers")
        if self.layers is not None and getattr(self, "length", None) is not None:
            raise _problem("both", "length", "the length follows from the layers; leave it out")
        return self


def _known_role(value: object) -> object:
    if not isinstance(value, str) or not is_role(value):
        allowed = tuple(roles())
        raise ValueError(f"must be one of {', '.join(allowed)}{numbers.suggestion(value, allowed)}")
    return value


_Role: Any = Annotated[
    str,
    BeforeValidator(_known_role),
    WithJsonSchema({"type": "string", "enum": list(roles(own=True))}),
]
_Particle: Any = _one_of(PARTICLES)


def _same_kind(kind: str) -> BeforeValidator:
    def check(value: object) -> object:
        if value != kind:
            raise ValueError(f"the element is a {kind}; leave the kind out")
        return value

    return BeforeValidator(check)


@functools.cache
def element_table(kind: str, changes: bool = False) -> type[_ElementTable]:
    """Table of a kind of element.

    Parameters
    ----------
    kind : str
        The kind.
    changes : bool, optional
        Whether the table changes an element of that kind, so that nothing but the name is needed.

    Returns
    -------
    type
        A pydantic model.
    """
    element = kinds()[kind].element
    said: Any = Annotated[Literal[kind], _same_kind(kind)]
    own: dict[str, Any] = {
        "kind": (said | None, None) if changes else (said, Field()),
        "role": (_Role | None, None) if changes else (_Role, Field()),
    }
    if changes:
        own["remove"] = (bool, Field(False, description="leave the element out"))
    name = f"{element.__name__}{'Changes' if changes else ''}Table"
    doc = (element.__doc__ or kind).split("\n", 1)[0]
    made: type[_ElementTable] = create_model(
        name, __base__=_ElementTable, __doc__=doc, **own, **_keys(element, changes)
    )
    return made


_BeamKeys: Any = create_model("_BeamKeys", __base__=LabelledTable, **_keys(Beam))
_BeamChanges: Any = create_model("_BeamChanges", __base__=LabelledTable, **_keys(Beam, True))


class BeamTable(_BeamKeys):
    """The beam."""

    particle: _Particle
    contaminations: list[ContaminationTable] | None = Field(None, max_length=20)


class BeamChangesTable(_BeamChanges):
    """What differs in the beam."""

    particle: _Particle | None = None
    contaminations: list[ContaminationTable] | None = Field(None, max_length=20)


class ThresholdTable(LabelledTable):
    """A threshold of a trigger."""

    variable: Name
    min: numbers.EnergyTable | None = None
    max: numbers.EnergyTable | None = None


class TriggerTable(LabelledTable):
    """A trigger."""

    name: Words = "physics"
    coincidence: Names | None = Field(None, description="elements that must see something")
    anticoincidence: Names | None = Field(None, description="elements that must not")
    threshold: list[ThresholdTable] | None = Field(None, max_length=20)
    prescale: int | None = Field(None, ge=1, le=10**9, description="one of so many is kept")


class CutTable(LabelledTable):
    """A cut: bounds on a variable, or a condition on several."""

    name: Words
    variable: Name | None = Field(None, description="with min or max")
    min: numbers.BoundTable | None = None
    max: numbers.BoundTable | None = None
    condition: Words | None = Field(None, description="such as 'max_cell_x == 2 and x < 0.07'")
    efficiency: FractionTable | None = Field(None, description="share that passes, if not computed")
    remove: bool = Field(False, description="in an override: leave the cut out")


class BinsTable(LabelledTable):
    """Bins in one variable, which may take the place of the cuts that make the signal region."""

    variable: Name
    edges: list[float | str] = Field(min_length=2, max_length=201)


_Bins = Annotated[list[BinsTable] | None, Field(max_length=10)]


class SelectionTable(LabelledTable):
    """The selection: what is looked for, and the cuts in their order."""

    mode: Words
    cut: list[CutTable] = Field(default_factory=list, max_length=100)
    signal_region: list[Words] | None = Field(None, description="cuts that make the signal region")
    decays_from: Name | None = Field(None, description="element from which decays count too")
    bins: _Bins = Field(None, description="of emiss shape; the last variable moves fastest")


class ChangesTable(LabelledTable):
    """What differs in beam, apparatus and selection: parts by name, with the keys that differ."""

    beam: BeamChangesTable | None = None
    element: list[dict[str, Any]] | None = Field(None, max_length=200)
    trigger: list[TriggerTable] | None = Field(None, max_length=20)
    cut: list[CutTable] | None = Field(None, max_length=100)
    decays_from: Name | None = None
    bins: _Bins = Field(None, description="in place of all bins before; [] for none")


class DefaultsTable(LabelledTable):
    """Values for the runs of this file that do not give their own."""

    efficiency: EfficiencyTable | None = None
    yield_uncertainty: YieldUncertaintyTable | None = None


class OverrideTable(ChangesTable):
    """Values that replace those of all runs of the files that this one builds on."""

    efficiency: EfficiencyTable | None = None
    yield_uncertainty: YieldUncertaintyTable | None = None
    particles_on_target: OnTargetTable | None = Field(None, description="total; a projection")
    scale_background: bool = Field(False, description="with particles_on_target: background grows")


class RunTable(ChangesTable):
    """One period of data taking."""

    period: Words
    particles_on_target: OnTargetTable
    background: BackgroundTable
    observed: CountTable | None = Field(None, description="required unless a projection")
    efficiency: EfficiencyTable | None = None
    yield_uncertainty: YieldUncertaintyTable | None = None


class FactorTable(LabelledTable):
    """An efficiency that no simulation of events gives."""

    name: Words
    efficiency: FractionTable


class AcceptanceTable(LabelledTable):
    """Simulated signal efficiency: its table, and which efficiency limits use."""

    use: Annotated[Literal["effective", "simulated"], choice(CHOICES)] = "effective"
    table: Words | None = Field(None, description="file made by emiss acceptance")
    factor: list[FactorTable] | None = Field(None, max_length=20)


class BackgroundInputTable(LabelledTable):
    """A number that the estimate of a background rests on, in place of that of emiss."""

    name: Name
    value: AmountTable


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


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class ExperimentFile(Table):
    """An experiment of its own, a combination of others, or a change of another."""

    experiment: HeadTable
    beam: BeamTable | None = None
    element: list[dict[str, Any]] | None = Field(None, min_length=1, max_length=200)
    trigger: Annotated[
        list[TriggerTable] | None, BeforeValidator(_one_or_many), Field(max_length=20)
    ] = None
    selection: SelectionTable | None = None
    defaults: DefaultsTable | None = None
    override: OverrideTable | None = None
    acceptance: AcceptanceTable | None = None
    background_input: list[BackgroundInputTable] | None = Field(None, max_length=50)
    run: list[RunTable] | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _own_or_derived(self) -> ExperimentFile:
        head = self.experiment
        derived = head.combine is not None or head.base is not None
        allowed_with_base = ("run", "defaults") if head.base is not None else ()
        for section in ("beam", "element", "trigger", "selection", "run", "defaults", "override"):
            given = getattr(self, section) is not None
            if given and derived and section not in ("override", *allowed_with_base):
                text = "comes from the experiments named in combine or base; leave it out"
                raise _problem("misplaced", section, text)
            if given and not derived and section == "override":
                text = "belongs to combine or base; use [defaults] for the runs of this file"
                raise _problem("misplaced", section, text)
            if section == "defaults" and given and derived and self.run is None:
                raise _problem("misplaced", section, "is for [[run]] of this file; use [override]")
            if not given and not derived and section in ("beam", "element", "selection", "run"):
                text = "section is missing (or give combine or base in [experiment])"
                raise _problem("absent", section, text)
        of_runs = ("efficiency", "yield_uncertainty", "particles_on_target")
        for key in of_runs if self.run is not None and self.override is not None else ():
            if getattr(self.override, key) is not None:
                text = "changes runs of the base, which those of this file replace; give it there"
                raise PydanticCustomError(
                    "misplaced", "{problem}", {"key": "override", "second": key, "problem": text}
                )
        return self


def _problem(kind: str, key: str, text: str) -> PydanticCustomError:
    return PydanticCustomError(kind, "{problem}", {"key": key, "problem": text})


def _any_element(definitions: dict[str, Any], changes: bool) -> dict[str, Any]:
    """Schema of an element of any kind; adds the kinds to the definitions."""
    options = []
    for kind in kinds():
        schema = element_table(kind, changes).model_json_schema(ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        definitions[schema["title"]] = schema
        options.append({"$ref": f"#/$defs/{schema['title']}"})
    return {"anyOf": options}


def json_schema() -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of an experiment file.

    Returns
    -------
    dict
        The schema.
    """
    schema = ExperimentFile.model_json_schema()
    definitions = schema["$defs"]
    own, changed = _any_element(definitions, False), _any_element(definitions, True)
    schema["properties"]["element"] = {"type": "array", "items": own, "minItems": 1}
    for name in ("OverrideTable", "RunTable"):
        definitions[name]["properties"]["element"] = {"type": "array", "items": changed}
    trigger = {"$ref": "#/$defs/TriggerTable"}
    schema["properties"]["trigger"] = {"anyOf": [trigger, {"type": "array", "items": trigger}]}
    derived = {"anyOf": [{"required": ["combine"]}, {"required": ["base"]}]}
    sections = ("beam", "element", "selection")
    schema |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "emiss experiment file",
        "if": {"properties": {"experiment": derived}},
        "then": {"not": {"anyOf": [{"required": [name]} for name in sections]}},
        "else": {"required": [*sections, "run"], "not": {"required": ["override"]}},
    }
    return schema


def main() -> None:
    """Write the schema to where the package keeps it."""
    path = shipped_path("experiment.schema.json")
    path.write_text(json.dumps(json_schema(), indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
