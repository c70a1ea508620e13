"""From the tables of a file to the plain values of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..ground.errors import EmissError
from ..ground.quantity import Quantity
from ..ground.schema_numbers import suggestion
from ..ground.source_text import Location
from ..ground.toml_files import FileProblem
from . import tables
from .contradictions import contradictions
from .efficiency import Efficiency
from .experiment import Experiment
from .layout import Layout
from .modes import modes
from .parts import Parts
from .run import Run
from .stated import Factor, StatedAcceptance, StatedInput

if TYPE_CHECKING:
    from ..ground.schema_numbers import EfficiencyTable, LabelledTable, YieldUncertaintyTable
    from ..physics.materials import Material

__all__ = ["Builder"]


@dataclass(frozen=True, slots=True)
class Builder:
    """Turns the validated tables of one file into values.

    Parameters
    ----------
    parts : Parts
        Builds parts of the apparatus, and knows where numbers come from.
    folder : Path or None
        Where the file is.
    """

    parts: Parts
    folder: Path | None = None

    @classmethod
    def of(
        cls,
        file_name: str,
        strict: bool,
        read_materials: Callable[[str, Location], Mapping[str, Material]],
        folder: Path | None = None,
    ) -> Builder:
        """Make a builder.

        Parameters
        ----------
        file_name : str
            Name of the file: the source of numbers that a user left without one.
        strict : bool
            Whether numbers without source and status are refused (files of the catalogue).
        read_materials : callable
            Reads a file of own materials.
        folder : Path, optional
            Where the file is, for other files that it names.
        """
        return cls(Parts(file_name, strict, read_materials), folder)

    def own(self, table: tables.ExperimentFile, sha: str) -> Experiment:
        """Build an experiment with sections of its own."""
        if not (table.beam and table.element and table.selection and table.run):
            raise FileProblem((), "needs beam, element, selection and run")
        bare = Layout(
            self.parts.beam(table.beam),
            self.parts.elements(table.element, ("element",)),
            self.parts.selection(table.selection),
            self.parts.triggers(table.trigger or (), ("trigger",)),
        )
        parts = self.parts.inside(table.selection)
        layout = parts.with_cuts(bare, table.selection.cut, ("selection", "cut"))
        layout = parts.with_bins(layout, table.selection.bins, ("selection", "bins"))
        _check(layout)
        runs = self._stated(table, self._runs(table, layout))
        return self._experiment(table.experiment, layout, runs, sha)

    def derived(
        self, table: tables.ExperimentFile, parts: Sequence[Experiment], sha: str
    ) -> Experiment:
        """Build a combination, or a change of one experiment."""
        head, first = table.experiment, parts[0]
        for part in parts[1:]:
            for what, one, other in (
                ("mode", first.layout.mode, part.layout.mode),
                ("beam particle", first.beam.particle, part.beam.particle),
            ):
                if one != other:
                    problem = (
                        f"'{first.name}' and '{part.name}' differ in {what}; periods of one "
                        "experiment share it. Combine such experiments at the level of limits"
                    )
                    raise FileProblem(("experiment", "combine"), problem)
        layout, runs = first.layout, [run for part in parts for run in part.runs]
        override = table.override
        if override is not None:
            layout = self._changed(layout, override, ("override",))
            runs = [self._overridden(run, override) for run in runs]
        projection = head.projection or any(part.projection for part in parts)
        if head.projection:  # a plan has seen nothing, whatever it builds on
            runs = [replace(run, observed_count=None) for run in runs]
        if table.run is not None:  # of this file: whether they are a plan is said here alone
            runs, projection = self._runs(table, layout), head.projection
        runs = self._stated(table, runs)
        made = replace(self._experiment(head, layout, runs, sha), projection=projection)
        return made if override is None else self._exposed(made, override)

    def _experiment(
        self, head: tables.HeadTable, layout: Layout, runs: Sequence[Run], sha: str
    ) -> Experiment:
        periods = [run.period for run in runs]
        for period in periods:
            if periods.count(period) > 1:
                where: Location = ("run",) if head.combine is None else ("experiment", "combine")
                raise FileProblem(where, f"period '{period}' appears twice; each counts once")
        return Experiment(
            head.name,
            head.title,
            layout,
            tuple(runs),
            references=tuple(head.references),
            figure=head.figure,
            notes=tuple(head.notes),
            projection=head.projection,
            file_sha256=sha,
        )

    def _changed(self, layout: Layout, table: tables.ChangesTable, where: Location) -> Layout:
        changed = self.parts.inside(table).changed(layout, table, where)
        if changed != layout:
            _check(changed, where, table)
        return changed

    def _overridden(self, run: Run, table: tables.OverrideTable) -> Run:
        where: Location = ("override",)
        changed = replace(run, layout=self._changed(run.layout, table, where))
        if table.efficiency is not None:
            efficiency = self._efficiency(table.efficiency, table, (*where, "efficiency"))
            changed = replace(changed, efficiency=efficiency)
        if table.yield_uncertainty is not None:
            spread, correlated = self._yield_uncertainty(table.yield_uncertainty, table, where)
            changed = replace(changed, yield_uncertainty=spread, yield_correlated=correlated)
        return changed

    def _exposed(self, experiment: Experiment, table: tables.OverrideTable) -> Experiment:
        """The experiment with the number of particles on target of an override."""
        where: Location = ("override",)
        if table.particles_on_target is None:
            if table.scale_background:
                raise FileProblem(where, "scale_background needs particles_on_target")
            return experiment
        key = (*where, "particles_on_target")
        total = self.parts.quantity(table.particles_on_target, table, key)
        try:
            projected = experiment.with_on_target(
                total.value,
                scale_background=table.scale_background,
                source=total.source,
                status=total.status,
                note=total.note,
            )
        except EmissError as error:
            raise FileProblem(key, str(error)) from error
        return replace(projected, title=experiment.title)

    def _efficiency(
        self, table: EfficiencyTable, section: LabelledTable, where: Location
    ) -> Efficiency:
        source, status = self.parts.origin(table, section, where)
        constant = () if table.uncertainty is None else (table.uncertainty,)
        try:
            return Efficiency(
                tuple(table.values or ()) if table.value is None else (table.value,),
                tuple(table.masses or ()),
                constant if table.uncertainties is None else tuple(table.uncertainties),
                source=source,
                status=status,
                note=table.note or "",
                uncertainty_source=table.uncertainty_source or "",
                uncertainty_status=table.uncertainty_status or "",
            )
        except EmissError as error:
            raise FileProblem(where, str(error)) from error

    def _yield_uncertainty(
        self, table: YieldUncertaintyTable, section: LabelledTable, where: Location
    ) -> tuple[Quantity, bool]:
        key = (*where, "yield_uncertainty")
        return self.parts.quantity(table, section, key), table.correlated

    def _runs(self, table: tables.ExperimentFile, layout: Layout) -> list[Run]:
        return [self._run(table, row, i, layout) for i, row in enumerate(table.run or ())]

    def _run(
        self, table: tables.ExperimentFile, row: tables.RunTable, index: int, layout: Layout
    ) -> Run:
        where: Location = ("run", index)
        background = self.parts.quantity(row.background, row, (*where, "background"))
        if background.value == 0.0 and background.uncertainty:
            problem = (
                f"0 with an uncertainty of {background.uncertainty:g}: a log-normal factor cannot "
                "spread zero; give the expected background a positive value"
            )
            raise FileProblem((*where, "background"), problem)
        spread, correlated = self._spread_of(table, row, where)
        on_target = (*where, "particles_on_target")
        return Run(
            row.period,
            self.parts.quantity(row.particles_on_target, row, on_target),
            background,
            self._observed(table, row, where),
            self._efficiency_of(table, row, where),
            spread,
            self._changed(layout, row, where),
            correlated,
        )

    def _stated(self, table: tables.ExperimentFile, runs: list[Run]) -> list[Run]:
        """Runs with what the file says of simulated efficiency and inputs of backgrounds."""
        if given := self._inputs(table):
            names = [one.name for one in given]
            runs = [
                replace(run, background_inputs=(
                    *(one for one in run.background_inputs if one.name not in names), *given))
                for run in runs
            ]  # fmt: skip
        said, where = table.acceptance, ("acceptance",)
        if said is None:
            return runs
        factors: list[Factor] = []
        for index, row in enumerate(said.factor or ()):
            place: Location = (*where, "factor", index, "efficiency")
            section = said if row.source is None else row
            value = self.parts.quantity(row.efficiency, section, place)
            if value.value == 0.0:
                raise FileProblem(place, "must be more than 0")
            if row.name in [factor.name for factor in factors]:
                problem = f"there are two factors '{row.name}'"
                raise FileProblem((*where, "factor", index, "name"), problem)
            factors.append(Factor(row.name, value))
        if said.use == "simulated" and said.table is None:
            raise FileProblem((*where, "table"), "is missing; limits are to use it")
        stated = StatedAcceptance(said.use, said.table or "", tuple(factors), self.folder)
        return [replace(run, acceptance=stated) for run in runs]

    def _inputs(self, table: tables.ExperimentFile) -> tuple[StatedInput, ...]:
        found: dict[str, StatedInput] = {}
        for index, row in enumerate(table.background_input or ()):
            where: Location = ("background_input", index)
            if row.name in found:
                raise FileProblem((*where, "name"), f"there are two inputs '{row.name}'")
            value = self.parts.quantity(row.value, row, (*where, "value"))
            found[row.name] = StatedInput(row.name, value)
        return tuple(found.values())

    def _efficiency_of(
        self, table: tables.ExperimentFile, row: tables.RunTable, where: Location
    ) -> Efficiency:
        defaults = table.defaults or tables.DefaultsTable()
        if row.efficiency is not None:
            return self._efficiency(row.efficiency, row, (*where, "efficiency"))
        if defaults.efficiency is not None:
            key = ("defaults", "efficiency")
            return self._efficiency(defaults.efficiency, defaults, key)
        raise FileProblem((*where, "efficiency"), "is missing here and in [defaults]")

    def _spread_of(
        self, table: tables.ExperimentFile, row: tables.RunTable, where: Location
    ) -> tuple[Quantity, bool]:
        defaults = table.defaults or tables.DefaultsTable()
        if row.yield_uncertainty is not None:
            return self._yield_uncertainty(row.yield_uncertainty, row, where)
        if defaults.yield_uncertainty is not None:
            return self._yield_uncertainty(defaults.yield_uncertainty, defaults, ("defaults",))
        key = (*where, "yield_uncertainty")
        raise FileProblem(key, "is missing here and in [defaults]; 0 is allowed")

    def _observed(
        self,
        table: tables.ExperimentFile,
        row: tables.RunTable,
        where: Location,
    ) -> Quantity | None:
        key = (*where, "observed")
        if table.experiment.projection:
            if row.observed is not None:
                raise FileProblem(key, "a projection has no observed events; leave it out")
            return None
        if row.observed is None:
            raise FileProblem(key, "is missing; a measurement has observed events")
        return self.parts.quantity(row.observed, row, key)


def _check(
    layout: Layout, where: Location = (), changes: tables.ChangesTable | None = None
) -> None:
    """Refuse a layout that contradicts itself or its mode; `where` it was changed, if it was."""
    known = modes()
    if layout.mode not in known:
        names = tuple(known)
        problem = f"must be one of {', '.join(names)}{suggestion(layout.mode, names)}"
        raise FileProblem((*where, "selection", "mode"), f"'{layout.mode}' given; {problem}")
    for problems in (
        layout.problems(),
        known[layout.mode].check(layout),
        contradictions(layout),
    ):
        for place, words in problems:
            if changes is None:
                raise FileProblem(place, words)
            raise FileProblem(*_in_changes(layout, changes, where, place, words))
    try:
        known[layout.mode].setup(layout)
    except EmissError as error:
        raise FileProblem(where or ("selection",), str(error)) from error


def _in_changes(
    layout: Layout, changes: tables.ChangesTable, where: Location, place: Location, words: str
) -> tuple[Location, str]:
    """Place of a problem among the changes that made it, and words that name the part."""
    names: dict[str, list[Any]] = {
        "element": [row.get("name") for row in changes.element or ()],
        "trigger": [row.name for row in changes.trigger or ()],
        "cut": [row.name for row in changes.cut or ()],
    }
    parts: dict[str, Sequence[Any]] = {
        "element": layout.elements,
        "trigger": layout.triggers,
        "cut": layout.selection.cuts,
    }
    kind, *rest = place[1:] if place[0] == "selection" else place
    what = str(kind)
    if what == "mode" and changes.beam is not None:
        return (*where, "beam"), words
    if what not in names or not rest or not isinstance(rest[0], int):
        return where, words
    name = parts[what][rest[0]].name
    if name in names[what]:
        return (*where, what, names[what].index(name), *rest[1:]), words
    key = f", {rest[-1]}" if len(rest) > 1 else ""
    return where, f"{what} '{name}'{key}: {words}"
