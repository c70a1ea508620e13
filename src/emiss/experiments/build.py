"""From the tables of a file to the plain values of an experiment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..ground.errors import EmissError
from ..ground.quantity import Quantity
from ..ground.schema_numbers import (
    EfficiencyTable,
    LabelledTable,
    QuantityTable,
    YieldUncertaintyTable,
    suggestion,
)
from ..ground.source_text import Location
from ..ground.toml_files import FileProblem
from . import schema
from .build_combine import difference, own_setup
from .build_muon import missing_momentum, momentum_problem
from .efficiency import Efficiency
from .experiment import Experiment, Run, expected_count
from .missing_momentum import MissingMomentumSelection
from .schema_muon import MissingMomentumTable
from .schema_visible import VisibleTable
from .setup import Beam, Dump, Layer, MissingEnergySelection, Selection
from .visible import VISIBLE_NAMES, VisibleSelection

if TYPE_CHECKING:
    from ..materials import Material

__all__ = ["Builder", "FileProblem"]


@dataclass(frozen=True, slots=True)
class Builder:
    """Turns the validated tables of one file into values.

    Parameters
    ----------
    file_name : str
        Name of the file: the source of numbers that a user left without one.
    strict : bool
        Whether numbers without source and status are refused (files of the catalogue).
    """

    file_name: str
    strict: bool

    def own(
        self, table: schema.ExperimentFile, own_materials: Iterable[Material], sha: str
    ) -> Experiment:
        """Build an experiment with sections of its own."""
        if not (table.beam and table.dump and table.selection and table.run):
            raise FileProblem((), "needs beam, dump, selection and run")
        beam = self._beam(table.beam)
        selection = self._selection(table.selection)
        self._check_threshold(selection, beam, ("selection",))
        runs = []
        for index, row in enumerate(table.run):
            run = self._run(table, row, index, selection)
            self._check_threshold(run.selection, beam, ("run", index, "selection"))
            runs.append(run)
        dump = self._dump(table.dump, tuple(own_materials))
        _check_planes(selection, dump, ("selection",))
        for index, run in enumerate(runs):
            _check_planes(run.selection, dump, ("run", index, "selection"))
        return self._experiment(table.experiment, (beam, dump, selection), runs, sha)

    def derived(
        self, table: schema.ExperimentFile, parts: Sequence[Experiment], sha: str
    ) -> Experiment:
        """Build a combination, or a change of one experiment."""
        head, first = table.experiment, parts[0]
        where: Location = ("experiment", "combine")
        for part in parts[1:]:
            differs = difference(first, part)
            if differs:
                problem = (
                    f"'{first.name}' and '{part.name}' differ in {differs}; periods of one "
                    "experiment share it. Combine such experiments at the level of limits"
                )
                raise FileProblem(where, problem)
        runs = [own_setup(run, part, first) for part in parts for run in part.runs]
        shared = (first.beam, first.dump, first.selection)
        experiment = self._experiment(head, shared, runs, sha)
        projection = head.projection or any(part.projection for part in parts)
        experiment = replace(experiment, projection=projection)
        if table.override is None:
            return experiment
        return self._overridden(experiment, table.override)

    def _experiment(
        self,
        head: schema.HeadTable,
        shared: tuple[Beam, Dump, Selection],
        runs: Sequence[Run],
        sha: str,
    ) -> Experiment:
        periods = [run.period for run in runs]
        for period in periods:
            if periods.count(period) > 1:
                where: Location = ("run",) if head.combine is None else ("experiment", "combine")
                raise FileProblem(where, f"period '{period}' appears twice; each counts once")
        beam, dump, selection = shared
        return Experiment(
            head.name,
            head.title,
            beam,
            dump,
            selection,
            tuple(runs),
            references=tuple(head.references),
            figure=head.figure,
            notes=tuple(head.notes),
            projection=head.projection,
            file_sha256=sha,
        )

    def _overridden(self, experiment: Experiment, table: schema.OverrideTable) -> Experiment:
        where: Location = ("override",)
        runs = []
        for run in experiment.runs:
            changed = run
            if table.efficiency is not None:
                efficiency = self._efficiency(table.efficiency, table, (*where, "efficiency"))
                changed = replace(changed, efficiency=efficiency)
            if table.yield_uncertainty is not None:
                spread, correlated = self._yield_uncertainty(table.yield_uncertainty, table, where)
                changed = replace(changed, yield_uncertainty=spread, yield_correlated=correlated)
            if table.selection is not None:
                selection = self._changed(run.selection, table.selection, (*where, "selection"))
                self._check_threshold(selection, experiment.beam, (*where, "selection"))
                changed = replace(changed, selection=selection)
            runs.append(changed)
        experiment = replace(experiment, runs=tuple(runs))
        if table.selection is not None:
            default = self._changed(experiment.selection, table.selection, (*where, "selection"))
            experiment = replace(experiment, selection=default)
        if table.particles_on_target is None:
            if table.scale_background:
                raise FileProblem(where, "scale_background needs particles_on_target")
            return experiment
        key = (*where, "particles_on_target")
        total = self._quantity(table.particles_on_target, table, key)
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

    def _origin(
        self, table: LabelledTable, section: LabelledTable, where: Location
    ) -> tuple[str, str]:
        for candidate in (table, section):
            if candidate.source is not None and candidate.status is not None:
                return candidate.source, candidate.status
        if self.strict:
            raise FileProblem(where, "has no source and status, nor has its section")
        return self.file_name, "user"

    def _quantity(self, table: QuantityTable, section: LabelledTable, where: Location) -> Quantity:
        source, status = self._origin(table, section, where)
        return Quantity(
            float(table.value),
            table.uncertainty,
            table.unit,
            source=source,
            status=status,
            note=table.note or "",
            uncertainty_source=table.uncertainty_source or "",
            uncertainty_status=table.uncertainty_status or "",
        )

    def _beam(self, table: schema.BeamTable) -> Beam:
        spread = self._quantity(table.momentum_spread, table, ("beam", "momentum_spread"))
        contamination = None
        if table.contamination is not None:
            contamination = self._quantity(table.contamination, table, ("beam", "contamination"))
        energy = self._quantity(table.energy, table, ("beam", "energy"))
        return Beam(table.particle, energy, spread, contamination)

    def _dump(self, table: schema.DumpTable, own_materials: tuple[Material, ...]) -> Dump:
        from .. import materials

        known = {*materials.names(), *(material.name for material in own_materials)}
        asked = (
            [(("dump", "material"), table.material)]
            if table.layers is None
            else [(("dump", "layers", i), row.material) for i, row in enumerate(table.layers)]
        )
        for where, name in asked:
            if name not in known:
                hint = suggestion(name, tuple(sorted(known)))
                problem = f"unknown material '{name}'{hint} (known: {', '.join(sorted(known))})"
                raise FileProblem(where, problem)
        layers = tuple(
            Layer(row.material, self._quantity(row.thickness, table, ("dump", "layers", i)))
            if row.source is None
            else Layer(row.material, self._quantity(row.thickness, row, ("dump", "layers", i)))
            for i, row in enumerate(table.layers or ())
        )
        length = None
        if table.length is not None:
            length = self._quantity(table.length, table, ("dump", "length"))
        name = table.material or table.name or "layers"
        labels = (table.source or "", table.status or "", table.note or "")
        return Dump(name, layers, table.repeat, length, own_materials, *labels)

    def _selection(self, table: schema.SelectionTable) -> Selection:
        if isinstance(table, MissingMomentumTable):
            return missing_momentum(table, self._quantity)

        def read(name: str) -> Quantity:
            return self._quantity(getattr(table, name), table, ("selection", name))

        if isinstance(table, VisibleTable):
            numbers = {name: read(name) for name in VISIBLE_NAMES}
            return VisibleSelection(**numbers, mode="visible")

        def optional(name: str) -> Quantity | None:
            return None if getattr(table, name) is None else read(name)

        return MissingEnergySelection(
            read("max_calorimeter_energy"),
            read("stochastic_term"),
            read("constant_term"),
            optional("min_preshower_energy"),
            optional("preshower_depth"),
            optional("detector_end"),
            optional("decays_from"),
        )

    def _changed(
        self, selection: Selection, table: schema.SelectionOverrideTable, where: Location
    ) -> Selection:
        def read(name: str, kept: Quantity | None) -> Quantity | None:
            given = getattr(table, name)
            return kept if given is None else self._quantity(given, table, (*where, name))

        old = selection
        if isinstance(old, MissingMomentumSelection | VisibleSelection):
            raise FileProblem(
                where, f"a {old.mode} selection cannot be changed in part; write a new file"
            )
        try:
            return MissingEnergySelection(
                read("max_calorimeter_energy", None) or old.max_calorimeter_energy,
                read("stochastic_term", None) or old.stochastic_term,
                read("constant_term", None) or old.constant_term,
                read("min_preshower_energy", old.min_preshower_energy),
                read("preshower_depth", old.preshower_depth),
                read("detector_end", old.detector_end),
                read("decays_from", old.decays_from),
            )
        except EmissError as error:
            raise FileProblem(where, str(error)) from error

    def _check_threshold(self, selection: Selection, beam: Beam, where: Location) -> None:
        if isinstance(selection, MissingMomentumSelection):
            found = momentum_problem(selection, beam)
            if found is not None:
                raise FileProblem((*where, found[0]), found[1])
            return
        if isinstance(selection, VisibleSelection):
            asked = selection.min_decay_energy
            if not asked.value < beam.energy.value:
                problem = f"{asked.text} is not below the beam energy {beam.energy.text}"
                raise FileProblem((*where, "min_decay_energy"), problem)
            return
        threshold = selection.max_calorimeter_energy
        if not threshold.value < beam.energy.value:
            problem = (
                f"{threshold.text} is not below the beam energy {beam.energy.text}; "
                "no energy would be missing"
            )
            raise FileProblem((*where, "max_calorimeter_energy"), problem)
        least = selection.min_preshower_energy
        if least is not None and not least.value < threshold.value:
            problem = (
                f"{least.text} is not below max_calorimeter_energy {threshold.text}, of which the "
                "first layers see a part; no event would pass"
            )
            raise FileProblem((*where, "min_preshower_energy"), problem)

    def _efficiency(
        self, table: EfficiencyTable, section: LabelledTable, where: Location
    ) -> Efficiency:
        source, status = self._origin(table, section, where)
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
        return self._quantity(table, section, (*where, "yield_uncertainty")), table.correlated

    def _run(
        self, table: schema.ExperimentFile, row: schema.RunTable, index: int, selection: Selection
    ) -> Run:
        where: Location = ("run", index)
        defaults = table.defaults or schema.DefaultsTable()
        inherited: Location = ("defaults",)
        if row.efficiency is not None:
            efficiency = self._efficiency(row.efficiency, row, (*where, "efficiency"))
        elif defaults.efficiency is not None:
            key = (*inherited, "efficiency")
            efficiency = self._efficiency(defaults.efficiency, defaults, key)
        else:
            raise FileProblem((*where, "efficiency"), "is missing here and in [defaults]")
        if row.yield_uncertainty is not None:
            spread, correlated = self._yield_uncertainty(row.yield_uncertainty, row, where)
        elif defaults.yield_uncertainty is not None:
            spread, correlated = self._yield_uncertainty(
                defaults.yield_uncertainty, defaults, inherited
            )
        else:
            key = (*where, "yield_uncertainty")
            raise FileProblem(key, "is missing here and in [defaults]; 0 is allowed")
        if row.selection is not None:
            selection = self._changed(selection, row.selection, (*where, "selection"))
        background = self._quantity(row.background, row, (*where, "background"))
        if background.value == 0.0 and background.uncertainty:
            problem = (
                f"0 with an uncertainty of {background.uncertainty:g}: a log-normal factor cannot "
                "spread zero; give the expected background a positive value"
            )
            raise FileProblem((*where, "background"), problem)
        return Run(
            row.period,
            self._quantity(row.particles_on_target, row, (*where, "particles_on_target")),
            background,
            self._observed(table, row, background, where),
            efficiency,
            spread,
            selection,
            correlated,
        )

    def _observed(
        self,
        table: schema.ExperimentFile,
        row: schema.RunTable,
        background: Quantity,
        where: Location,
    ) -> Quantity:
        key = (*where, "observed")
        if table.experiment.projection:
            if row.observed is not None:
                raise FileProblem(key, "a projection has no observed events; leave it out")
            return expected_count(background.value)
        if row.observed is None:
            raise FileProblem(key, "is missing; a measurement has observed events")
        return self._quantity(row.observed, row, key)


def _check_planes(selection: Selection, dump: Dump, where: Location) -> None:
    """Check that the planes of a selection are behind the dump."""
    if isinstance(selection, VisibleSelection):
        try:
            selection.check_dump(dump.length_cm)
        except EmissError as error:
            raise FileProblem((*where, "veto_position"), str(error)) from error
    if not isinstance(selection, MissingEnergySelection):
        return
    for name in ("decays_from", "detector_end"):
        plane: Quantity | None = getattr(selection, name)
        if plane is not None and plane.value < dump.length_cm * (1.0 - 1e-9):
            problem = f"{plane.text} is inside the dump, which is {dump.length_cm:.4g} cm long"
            raise FileProblem((*where, name), problem)
