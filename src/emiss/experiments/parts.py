"""From tables of a file to parts of an apparatus: beam, elements, triggers, cuts; changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ..ground.errors import EmissError, listed
from ..ground.quantity import Quantity, parse_fraction
from ..ground.schema_numbers import LabelledTable, QuantityTable, suggestion
from ..ground.source_text import Location
from ..ground.toml_files import FileProblem, validated
from ..ground.units import parse_quantity
from .beam import Beam, Contamination, Particle
from .elements import Element, Layer, kinds
from .expression import unknown_variable
from .fields import declared
from .layout import Layout
from .selection import Axis, Cut, Selection, Threshold, Trigger

if TYPE_CHECKING:
    from ..physics.materials import Material
    from . import tables

__all__ = ["Parts"]

_UNITS = {"GeV": "energy", "cm": "length", "rad": "angle", "ns": "time"}


@dataclass(frozen=True, slots=True)
class Parts:
    """Builds parts of one file.

    Parameters
    ----------
    file_name : str
        Name of the file: the source of numbers that a user left without one.
    strict : bool
        Whether numbers without source and status are refused (files of the catalogue).
    read_materials : callable
        Reads a file of own materials, given its name and the place of that in the file.
    around : LabelledTable or None
        The section around the parts that are built: a run, an override, the selection.
    """

    file_name: str
    strict: bool
    read_materials: Callable[[str, Location], Mapping[str, Material]]
    around: LabelledTable | None = None

    def inside(self, section: LabelledTable) -> Parts:
        """Builder of what stands in a section, whose origin holds where there is no other."""
        return replace(self, around=section)

    def origin(
        self, table: LabelledTable, section: LabelledTable, where: Location
    ) -> tuple[str, str]:
        """Source and status of a number or statement: its own, or of the sections around it."""
        for candidate in (table, section, self.around):
            if candidate is not None and candidate.source is not None:
                assert candidate.status is not None
                return candidate.source, candidate.status
        if self.strict:
            raise FileProblem(where, "has no source and status, nor has its section")
        return self.file_name, "user"

    def quantity(self, table: QuantityTable, section: LabelledTable, where: Location) -> Quantity:
        """A number with its origin."""
        return self._labelled(
            table, section, where, (float(table.value), table.uncertainty), table.unit
        )

    def _labelled(
        self,
        table: QuantityTable,
        section: LabelledTable,
        where: Location,
        value: tuple[float, float | None],
        unit: str,
    ) -> Quantity:
        source, status = self.origin(table, section, where)
        return Quantity(
            *value,
            unit,
            source=source,
            status=status,
            note=table.note or "",
            uncertainty_source=table.uncertainty_source or "",
            uncertainty_status=table.uncertainty_status or "",
        )

    def _values(self, part: type[Any] | Any, table: Any, where: Location) -> dict[str, Any]:
        """What a table gives of what a part declares."""
        found: dict[str, Any] = {}
        for key in declared(part):
            given = getattr(table, key.name)
            if given is None:
                continue
            if key.form == "number":
                given = self.quantity(given, table, (*where, key.name))
            found[key.name] = tuple(given) if isinstance(given, list) else given
        return found

    def beam(self, table: tables.BeamTable) -> Beam:
        """Build the beam."""
        where: Location = ("beam",)
        values = self._values(Beam, table, where)
        return Beam(
            particle=cast("Particle", table.particle),
            contaminations=self._contaminations(table, where),
            **values,
        )

    def _contaminations(self, table: Any, where: Location) -> tuple[Contamination, ...]:
        return tuple(
            Contamination(
                row.particle,
                self.quantity(
                    row.fraction,
                    row if row.source is not None else table,
                    (*where, "contaminations", i, "fraction"),
                ),
            )
            for i, row in enumerate(table.contaminations or ())
        )

    def elements(self, rows: Sequence[dict[str, Any]], where: Location) -> tuple[Element, ...]:
        """Build all elements."""
        return tuple(self.element(row, (*where, index)) for index, row in enumerate(rows))

    def element(self, row: dict[str, Any], where: Location) -> Element:
        """Build one element from its raw table."""
        from . import tables

        known, kind = kinds(), row.get("kind")
        if kind is None:
            raise FileProblem((*where, "kind"), f"is missing (kinds: {', '.join(known)})")
        if not isinstance(kind, str) or kind not in known:
            hint = suggestion(kind, tuple(known))
            raise FileProblem((*where, "kind"), f"must be one of {', '.join(known)}{hint}")
        table: Any = _checked(tables.element_table(kind), row, where)
        made = known[kind].element
        values = self._values(made, table, where)
        return made(name=table.name, role=table.role, **values, **self._matter(table, where))

    def _matter(self, table: Any, where: Location) -> dict[str, Any]:
        """Layers, own materials and label of an element."""
        found: dict[str, Any] = {}
        if table.materials_file is not None:
            own = self.read_materials(table.materials_file, (*where, "materials_file"))
            found["own_materials"] = tuple(material for _, material in sorted(own.items()))
        own_names = [material.name for material in found.get("own_materials", ())]
        for key in ("material", "window_material"):
            if getattr(table, key, None) is not None:
                _check_material(getattr(table, key), own_names, (*where, key))
        if table.layers is not None:
            found["layers"] = tuple(
                self._layer(row, table, own_names, (*where, "layers", i))
                for i, row in enumerate(table.layers)
            )
        for key in ("source", "status", "note"):
            if getattr(table, key) is not None:
                found[key] = getattr(table, key)
        return found

    def _layer(self, row: Any, table: Any, own: Sequence[str], where: Location) -> Layer:
        _check_material(row.material, own, where)
        section = table if row.source is None else row
        return Layer(row.material, self.quantity(row.thickness, section, where))

    def triggers(self, rows: Sequence[tables.TriggerTable], where: Location) -> tuple[Trigger, ...]:
        """Build all triggers."""
        return tuple(self._trigger(row, (*where, i)) for i, row in enumerate(rows))

    def _trigger(self, row: tables.TriggerTable, where: Location) -> Trigger:
        says = row.coincidence or row.anticoincidence or row.prescale
        source, status = self.origin(row, row, where) if says else ("", "")
        return Trigger(
            row.name,
            tuple(row.coincidence or ()),
            tuple(row.anticoincidence or ()),
            self._thresholds(row, where),
            row.prescale or 1,
            source,
            status,
            row.note or "",
        )

    def _thresholds(self, row: tables.TriggerTable, where: Location) -> tuple[Threshold, ...]:
        found = []
        for index, threshold in enumerate(row.threshold or ()):
            place = (*where, "threshold", index)
            section = row if threshold.source is None else threshold
            if threshold.min is None and threshold.max is None:
                raise FileProblem(place, "asks for nothing; give min or max")
            bounds = [
                None if given is None else self.quantity(given, section, (*place, word))
                for word, given in (("min", threshold.min), ("max", threshold.max))
            ]
            found.append(Threshold(threshold.variable, *bounds))
        return tuple(found)

    def selection(self, table: tables.SelectionTable) -> Selection:
        """Build the selection without its cuts, whose bounds need the variables of the layout."""
        region = tuple(table.signal_region or ())
        return Selection(table.mode, (), region, table.decays_from or "")

    def with_cuts(self, layout: Layout, rows: Sequence[tables.CutTable], where: Location) -> Layout:
        """Give a layout new cuts, or change those of the same name."""
        cuts = {cut.name: cut for cut in layout.selection.cuts}
        variables = layout.variables if rows else {}
        for index, row in enumerate(rows):
            place = (*where, index)
            if row.remove:
                if cuts.pop(row.name, None) is None:
                    problem = f"there is no cut '{row.name}' to remove (cuts: {', '.join(cuts)})"
                    raise FileProblem((*place, "name"), problem)
                continue
            if row.name in cuts and where[0] == "selection":
                raise FileProblem((*place, "name"), f"there are two cuts '{row.name}'")
            cuts[row.name] = self._cut(row, cuts, variables, place)
        return replace(layout, selection=replace(layout.selection, cuts=tuple(cuts.values())))

    def with_bins(
        self, layout: Layout, rows: Sequence[tables.BinsTable] | None, where: Location
    ) -> Layout:
        """Give a layout other bins; None leaves those that it has."""
        if rows is None:
            return layout
        known, found = layout.variables, []
        for index, row in enumerate(rows):
            place = (*where, index)
            if row.variable not in known:
                raise FileProblem((*place, "variable"), unknown_variable(row.variable, known))
            source, status = self.origin(row, row, (*place, "edges"))
            edges = tuple(self._edge(one, known[row.variable], place) for one in row.edges)
            try:
                found.append(Axis(row.variable, edges, source, status, row.note or ""))
            except EmissError as error:
                raise FileProblem((*place, "edges"), str(error).rstrip(".")) from None
        return replace(layout, selection=replace(layout.selection, bins=tuple(found)))

    def _edge(self, given: float | str, unit: str, where: Location) -> float:
        if given in (0, "0"):
            return 0.0
        try:
            return _in_unit(given, unit)
        except EmissError as error:
            problem = str(error).removeprefix("value: ").rstrip(".")
            raise FileProblem((*where, "edges"), problem) from None

    def _cut(
        self,
        row: tables.CutTable,
        cuts: Mapping[str, Cut],
        variables: Mapping[str, str],
        where: Location,
    ) -> Cut:
        cut = cuts.get(row.name) or Cut(row.name)
        variable = row.variable or cut.variable
        if variable and variable not in variables:
            raise FileProblem((*where, "variable"), unknown_variable(variable, variables))
        changes: dict[str, Any] = {"variable": variable}
        if variable != cut.variable:
            changes |= {"least": None, "most": None}
        for key, name in (("min", "least"), ("max", "most")):
            given = getattr(row, key)
            if given is not None:
                if not variable:
                    hint = "" if where[0] == "selection" else _near(row.name, cuts)
                    raise FileProblem((*where, key), f"needs a variable{hint}")
                changes[name] = self._bound(given, row, variables[variable], (*where, key))
        if row.condition is not None:
            changes["condition"] = row.condition
            changes["source"], changes["status"] = self.origin(row, row, (*where, "condition"))
        if row.efficiency is not None:
            changes["efficiency"] = self.quantity(row.efficiency, row, (*where, "efficiency"))
            if changes["efficiency"].value == 0.0:
                raise FileProblem((*where, "efficiency"), "must be more than 0")
        for key in ("source", "status", "note"):
            if getattr(row, key) is not None:
                changes[key] = getattr(row, key)
        made = replace(cut, **changes)
        if made.condition and made.variable:
            raise FileProblem(
                (*where, "condition"), "give either a variable with bounds or a condition"
            )
        if not made.condition and not made.efficiency and made.least is None and made.most is None:
            raise FileProblem(where, "asks for nothing; give min, max, condition or efficiency")
        if made.least is not None and made.most is not None and made.least.value > made.most.value:
            raise FileProblem((*where, "min"), f"{made.least.text} is above max {made.most.text}")
        return made

    def _bound(self, table: Any, section: LabelledTable, unit: str, where: Location) -> Quantity:
        try:
            value = _in_unit(table.value, unit)
            spread = None if table.uncertainty is None else _in_unit(table.uncertainty, unit)
        except EmissError as error:
            raise FileProblem(where, str(error).removeprefix("value: ").rstrip(".")) from None
        if unit == "GeV" and value < 0.0:
            raise FileProblem(where, f"{value:g} GeV: an energy or momentum is not negative")
        if abs(value) > 1e30 or (spread is not None and not 0.0 <= spread <= 1e30):
            raise FileProblem(where, "is no sensible number, or its uncertainty is negative")
        return self._labelled(table, section, where, (value, spread), unit)

    def changed(self, layout: Layout, table: tables.ChangesTable, where: Location) -> Layout:
        """Change a layout: parts by name, with the keys that differ."""
        beam = layout.beam
        if table.beam is not None:
            place = (*where, "beam")
            values = self._values(Beam, table.beam, place)
            if table.beam.particle is not None:
                values["particle"] = table.beam.particle
            if table.beam.contaminations is not None:
                values["contaminations"] = self._contaminations(table.beam, place)
            beam = replace(beam, **values)
        elements = layout.elements
        for index, row in enumerate(table.element or ()):
            elements = self._changed_element(elements, row, (*where, "element", index))
        triggers = {trigger.name: trigger for trigger in layout.triggers}
        for index, changes in enumerate(table.trigger or ()):
            place = (*where, "trigger", index)
            triggers[changes.name] = self._changed_trigger(
                triggers.get(changes.name), changes, place
            )
        selection = layout.selection
        if table.decays_from is not None:
            selection = replace(selection, decays_from=table.decays_from)
        made = Layout(beam, elements, selection, tuple(triggers.values()))
        made = self.with_cuts(made, table.cut or (), (*where, "cut"))
        return self.with_bins(made, table.bins, (*where, "bins"))

    def _changed_trigger(
        self, old: Trigger | None, row: tables.TriggerTable, where: Location
    ) -> Trigger:
        if old is None:
            return self._trigger(row, where)
        thresholds = {threshold.variable: threshold for threshold in old.thresholds}
        thresholds |= {new.variable: new for new in self._thresholds(row, where)}
        changes: dict[str, Any] = {"thresholds": tuple(thresholds.values())}
        if row.coincidence is not None:
            changes["coincidence"] = tuple(row.coincidence)
        if row.anticoincidence is not None:
            changes["anticoincidence"] = tuple(row.anticoincidence)
        if row.prescale is not None:
            changes["prescale"] = row.prescale
        if row.coincidence is not None or row.anticoincidence is not None or row.prescale:
            changes["source"], changes["status"] = self.origin(row, row, where)
        if row.note is not None:
            changes["note"] = row.note
        return replace(old, **changes)

    def _changed_element(
        self, elements: tuple[Element, ...], row: dict[str, Any], where: Location
    ) -> tuple[Element, ...]:
        from . import tables

        by_name = {element.name: element for element in elements}
        name = row.get("name")
        old = by_name.get(name) if isinstance(name, str) else None
        if old is None:
            if "kind" not in row:
                known = tuple(by_name)
                problem = f"there is no element of that name{suggestion(name, known)} (elements: "
                raise FileProblem(
                    (*where, "name"), f"{problem}{', '.join(known)}; a new one needs its kind)"
                )
            new = self.element(row, where)
            return tuple(sorted((*elements, new), key=lambda element: element.start))
        table: Any = _checked(tables.element_table(old.kind, changes=True), row, where)
        if table.remove:
            return tuple(element for element in elements if element.name != name)
        values = self._values(type(old), table, where) | self._matter(table, where)
        if table.role is not None:
            values["role"] = table.role
        if "layers" in values:
            values |= {"material": "", "length": None}
        if "material" in values and "layers" not in values:
            values |= {"layers": (), "repeat": table.repeat or 1}
        changed = replace(old, **values)
        both = (changed if element is old else element for element in elements)
        return tuple(sorted(both, key=lambda element: element.start))


def _checked(model: Any, row: dict[str, Any], where: Location) -> Any:
    """Check a raw table; problems carry its place in the file."""
    try:
        return validated(model, row)
    except FileProblem as problem:
        raise FileProblem((*where, *problem.location), problem.problem) from None


def _near(name: str, cuts: Mapping[str, Cut]) -> str:
    """Half a sentence for a cut that was perhaps meant to change another."""
    if name in cuts or not cuts:
        return ""
    known = tuple(cuts)
    hint = f"{suggestion(name, known)} (cuts: {', '.join(known)})"
    return f"; there is no cut '{name}' to change{hint}"


def _in_unit(value: object, unit: str) -> float:
    """Number of a bound in the internal unit of its variable."""
    if unit in _UNITS:
        return parse_quantity(value, _UNITS[unit])
    return parse_fraction(value)


def _check_material(name: str, own: Sequence[str], where: Location) -> None:
    from ..physics import materials

    known = {*materials.names(), *own}
    if name == "vacuum":
        words = (
            "has no nuclei to make or stop anything; leave it out, or use an element of kind vacuum"
        )
        raise FileProblem(where, f"'vacuum' {words}")
    if name not in known:
        hint = suggestion(name, tuple(sorted(known)))
        raise FileProblem(where, f"unknown material '{name}'{hint} (known: {listed(name, known)})")
