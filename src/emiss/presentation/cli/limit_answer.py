"""What `emiss limit` answers: short or whole, for one experiment or several side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...ground.units import format_energy
from ..text_table import TextTable, number
from . import curve_options

if TYPE_CHECKING:
    from ...ground.arrays import FloatArray
    from ...inference.limit import Limit
    from ...inference.verdict import Range
    from ...physics.constraints.curves.overlay import Overlay
    from ...physics.models import Model

__all__ = ["LimitAnswer"]


@dataclass(frozen=True, slots=True)
class LimitAnswer:
    """Results with all that is printed, drawn and written with them.

    Parameters
    ----------
    results : tuple of Limit
        One per argument of the command.
    model : Model
        Their model.
    overlays : tuple of Overlay
        Curves of others.
    asked : tuple of str
        Experiments of each result as they were named: names and paths, with commas between those
        that are combined.
    mesons : tuple of Limit
        Limits on each meson, beside one on all of them together.
    """

    results: tuple[Limit, ...]
    model: Model
    overlays: tuple[Overlay, ...]
    asked: tuple[str, ...]
    mesons: tuple[Limit, ...] = ()

    def _thermal(self, result: Limit) -> tuple[Overlay, ...]:
        from ...inference.thermal import thermal_overlays
        from .output import warn

        lines, remarks = thermal_overlays(result, self.model)
        for text in remarks:
            warn(text)
        return lines

    def write(self, directory: Path, *, html: bool = False) -> list[Path]:
        """Write all files; of several results each into a folder of its own."""
        from ..export import write_results, write_side_by_side

        lines = self._thermal(self.results[0])
        if len(self.results) == 1:
            return write_results(
                self.results[0],
                directory,
                overlays=self.overlays,
                thermal_lines=lines,
                html=html,
                beside=self.mesons,
            )
        return write_side_by_side(
            self.results, directory, overlays=self.overlays, thermal_lines=lines, html=html
        )

    def _ratios(self) -> list[dict[str, FloatArray]]:
        """Ratios of each result to the curves; says once what to check before these are believed.

        What is true of a curve is true beside every result.
        """
        from ...inference.comparison import compare_ratio, comparison_notes

        found: list[dict[str, FloatArray]] = [{} for _ in self.results]
        notes: list[str] = []
        for result, ratios in zip(self.results, found, strict=True):
            for overlay in self.overlays:
                ratio = ratios[overlay.label] = compare_ratio(result, overlay)
                notes += comparison_notes(result, overlay, ratio)
        curve_options.say(notes)
        return found

    def print_json(self) -> None:
        """Print one object: the record of the limit, or a list of them."""
        from ..export import limit_record
        from ..mesons import meson_records
        from .output import emit_json

        records: list[dict[str, Any]] = []
        for result, ratios in zip(self.results, self._ratios(), strict=True):
            record = dict(limit_record(result))
            if self.mesons:
                record["channels"] = meson_records([*self.mesons, result])
            if ratios:
                record["comparisons"] = [
                    {"label": one.label, "ratio": ratios[one.label], "reading": one.reading}
                    for one in self.overlays
                ]
            records.append(record)
        emit_json(records[0] if len(records) == 1 else {"limits": records})

    def print(self, *, whole: bool) -> None:
        """Print the answer of each result."""
        every = [{} for _ in self.results] if self.mesons else self._ratios()
        for result, asked, ratios in zip(self.results, self.asked, every, strict=True):
            # the warnings stand on standard error
            quiet = replace(result, warnings=())
            if self.mesons:
                self._print_mesons(quiet)
            elif whole:
                self._print_whole(quiet, ratios)
            else:
                self._print_short(quiet, ratios)
            _print_inputs(quiet, asked, named=whole)

    def _print_mesons(self, result: Limit) -> None:
        from ..limit_table import PROJECTED
        from ..mesons import meson_table
        from .output import note, show

        show(meson_table(result.experiment_title, [*self.mesons, result]))
        note("all: every meson with the same branching fraction, in one count")
        if result.projection:
            note(PROJECTED)

    def _print_whole(self, result: Limit, ratios: dict[str, FloatArray]) -> None:
        from ..limit_table import limit_table
        from .output import show

        columns = {f"ratio to {label}": ratio for label, ratio in ratios.items()}
        show(limit_table(result, ratios=columns))

    def _print_short(self, result: Limit, ratios: dict[str, FloatArray]) -> None:
        from ...inference.summary import summarise
        from ..comparison_table import spread_of
        from ..limit_table import limit_table, observed_head
        from .output import note, show

        summary = summarise(result, self._thermal(result))
        wanted = {"mass", observed_head(result), "upper edge", "exp. median", "y"}
        table = limit_table(result, rows=summary.rows)
        kept = [i for i, head in enumerate(table.headers) if head in wanted]
        left_out = result.masses.size - len(summary.rows)
        notes = [text for text in table.notes if not text.endswith("not shown")]
        if left_out:
            notes.append(f"{left_out} more masses, bands and shares of the processes: --table")
        show(
            TextTable(
                table.title,
                tuple(table.headers[i] for i in kept),
                tuple(tuple(row[i] for i in kept) for row in table.rows),
                tuple(notes),
            )
        )
        unit = f" {result.coupling_unit}" if result.coupling_unit else ""
        would = "would be" if result.projection else "is"
        if not summary.excluded:
            note(f"nothing {would} excluded at these masses")
        elif len(summary.excluded) > 1 or _ends_inside(summary.excluded, result.masses):
            note(f"excluded couplings at masses: {_ranges(summary.excluded)}")
        for mass, coupling in summary.dips:
            note(f"dip: {result.coupling_name} = {number(coupling)}{unit} at {format_energy(mass)}")
        reached = "would be excluded" if result.projection else "excluded"
        for label, ranges in summary.thermal:
            where = f"{reached} at m_chi {_ranges(ranges)}" if ranges else "not reached"
            note(f"{label}: {where}")
        kind = result.model_parameters.get("dark_matter")
        if len(summary.thermal) > 1 and kind is not None:
            note(
                f"all relic lines are held against this limit, made for {kind} dark matter; "
                "`emiss verdict` makes one for each kind"
            )
        for label, ratio in ratios.items():
            note(f"ours over {label}: {spread_of(ratio)}")

    def print_files(self, files: Sequence[Path], directory: Path | None) -> None:
        """Say which files were written."""
        from .output import note

        if directory is None:
            return
        names = sorted({str(file.relative_to(directory)) for file in files})
        if len(self.results) > 1:
            inner = [name for name in names if "/" not in name]
            folders = ", ".join(sorted({name.split("/")[0] for name in names if "/" in name}))
            note(f"wrote {', '.join(inner)} and the folders {folders} in {directory}")
            return
        note(f"wrote {', '.join(names)} in {directory}")


def _ends_inside(ranges: Sequence[Range], masses: FloatArray) -> bool:
    return (ranges[0][0], ranges[-1][1]) != (float(masses.min()), float(masses.max()))


def _ranges(ranges: Sequence[Range]) -> str:
    return ", ".join(f"{format_energy(low)} – {format_energy(high)}" for low, high in ranges)


DECISIVE = ("fitted", "tuned")
"""Status of inputs that were set with a published result in view."""


def _print_inputs(result: Limit, asked: str, *, named: bool) -> None:
    """Count the inputs that are not published; those fitted or tuned by name where all is told."""
    import shlex

    from ...inference.combined_experiment import split_names
    from .output import note

    unsure = [i for i in result.provenance.inputs if i.status not in {"published", "derived", ""}]
    unsure = list(dict.fromkeys(unsure))
    if named:
        for label in unsure:
            if label.status in DECISIVE:
                note(f"{label.status}: {label.name} = {label.value}, {label.source}")
    counts = Counter(label.status for label in unsure)
    if counts:
        others = ", ".join(f"{counts[status]} {status}" for status in sorted(counts))
        shown = "; ".join(
            f"emiss show {shlex.quote(name)} --unpublished" for name in split_names(asked)
        )
        note(f"inputs that are not published numbers: {others} ({shown})")
