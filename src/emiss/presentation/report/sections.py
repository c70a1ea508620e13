"""What a report says, section by section, whether it becomes HTML or Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ground import citations
from ...ground.bounded_text import shown
from ...ground.errors import EmissError, UnknownNameError
from ...inference.limit import Limit
from ..background_tables import published_words
from ..limit_table import limit_table
from ..text_table import TextTable, number
from .checked import Checked
from .drawings import histogram_svg, plane_svg
from .folder import Folder
from .planes import plane_content, relic_remarks

__all__ = ["Section", "sections_of"]

_MOST_MASSES = 15


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    Parameters
    ----------
    title : str
        Heading.
    status : str
        Line that must not be missed; empty for none.
    facts : tuple of str
        One line each.
    tables : tuple of TextTable
        Tables.
    drawings : tuple of str
        SVG, for the page.
    planes : mapping of str to mapping
        Interactive plots by their name, for the page.
    images : tuple of str
        Files of figures beside the report, for Markdown.
    """

    title: str
    status: str = ""
    facts: tuple[str, ...] = ()
    tables: tuple[TextTable, ...] = ()
    drawings: tuple[str, ...] = ()
    planes: tuple[tuple[str, dict[str, Any]], ...] = ()
    images: tuple[str, ...] = ()


def sections_of(folder: Folder) -> tuple[Section, ...]:
    """Put a report together.

    Parameters
    ----------
    folder : Folder
        What was found.

    Returns
    -------
    tuple of Section
        In the order of the report.

    Raises
    ------
    EmissError
        If a record is damaged, or shows events where it says that it is blind.
    """
    found = list(_of_analysis(folder)) if folder.analysis is not None else []
    if folder.backgrounds is not None:
        found.append(_backgrounds(folder.backgrounds))
    found += _of_limits(folder)
    return (*found, _provenance(folder), _citations(folder))


def _of_analysis(folder: Folder) -> Iterator[Section]:
    record = folder.analysis
    assert record is not None
    yield _setup(record)
    blind = record.text("blinding").startswith("blind")
    yield _blinding(record)
    yield _flow(record, folder)
    resolutions = tuple(record.objects("resolutions"))
    if resolutions:
        yield _resolution(resolutions)
    yield _energy_plane(record, blind, folder)


def _setup(record: Checked) -> Section:
    setup = record.inside("setup")
    rows = tuple(
        (
            one.text("name"), one.text("kind"), one.text("role"), number(one.number("start_cm")),
            number(one.maybe("length_cm")), one.text("material"),
        )
        for one in setup.objects("elements")
    )  # fmt: skip
    heads = ("element", "kind", "role", "front (cm)", "length (cm)", "material")
    cuts = tuple(
        (one.text("name"), one.text("asks"), one.text("status"), one.text("source"))
        for one in setup.objects("cuts")
    )
    facts = (
        f"{setup.text('title')}, period {record.text('run')}",
        f"beam: {setup.text('beam')}",
        f"particles on target: {number(setup.number('particles_on_target'))}",
        f"triggers: {', '.join(setup.texts('triggers')) or 'none, every event is recorded'}",
        f"signal region: {', '.join(setup.texts('signal_region')) or 'none declared'}",
    )
    tables = (
        TextTable("Apparatus, in the order of the beam", heads, rows),
        TextTable("Selection", ("cut", "asks", "status", "source"), cuts),
    )
    return Section("Set-up", facts=facts, tables=tables)


def _blinding(record: Checked) -> Section:
    rows = tuple(
        (one.text("when"), one.text("who"), one.text("reason"), one.text("selection")[:12])
        for one in record.objects("unblinded")
    )
    heads = ("when", "who", "why", "selection")
    tables = (TextTable("Who opened the signal region", heads, rows),) if rows else ()
    return Section("Blinding", status=record.text("blinding"), tables=tables)


def _flow(record: Checked, folder: Folder) -> Section:
    rows = tuple(
        (
            one.text("name"), number(one.number("alone")), number(one.number("cumulative")),
            number(one.number("error")), number(one.maybe("others_applied")),
        )
        for one in record.objects("cuts")
    )  # fmt: skip
    notes = (
        f"all cuts: {number(record.number('total_efficiency'))} "
        f"± {number(record.number('total_error'))}",
    )
    heads = ("cut", "alone", "in sequence", "error", "all others applied")
    table = TextTable("Share of events that passes", heads, rows, notes)
    facts = (
        f"sample: {record.text('sample')}",
        f"events read: {number(record.number('events'), 10)}, effective number "
        f"{number(record.number('effective_events'))}",
    )
    drawings = tuple(_variable(one) for one in record.objects("histograms"))
    images = tuple(name for name in folder.images if name == "cut-variables.png")
    return Section("Cut flow", facts=facts, tables=(table,), drawings=drawings, images=images)


def _variable(one: Checked) -> str:
    edges, counts = one.edges("edges"), one.array("counts")
    _agree(one, edges.size == counts.size + 1)
    bounds = [b for b in (one.maybe("least"), one.maybe("most")) if b is not None]
    unit = one.text("unit")
    words = one.text("variable").replace("_", " ")
    label = f"{words} ({unit})" if unit else words
    return histogram_svg(f"{one.text('cut')}: all other cuts applied", label, edges, counts, bounds)


def _agree(one: Checked, fits: bool) -> None:
    if not fits:
        raise EmissError(f"'{one.file}': edges and counts of '{one.place[:-1]}' do not agree.")


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{number(100.0 * value, 3)} %"


def _resolution(found: tuple[Checked, ...]) -> Section:
    rows, drawings = [], []
    for one in found:
        variable, reference = one.text("variable").replace("_", " "), one.text("reference")
        rows.append(
            (
                variable, reference, _percent(one.maybe("efficiency")),
                _percent(one.maybe("bias")), _percent(one.maybe("width")),
            )
        )  # fmt: skip
        edges, counts = one.edges("edges"), one.array("counts")
        _agree(one, edges.size == counts.size + 1)
        if counts.any():
            label = f"relative to {reference}, less 1"
            drawings.append(histogram_svg(variable, label, edges, counts))
    heads = ("variable", "held against", "has a value", "median deviation", "half of central 68 %")
    table = TextTable("Deviations of what is measured", heads, tuple(rows))
    return Section("Resolution", tables=(table,), drawings=tuple(drawings))


def _energy_plane(record: Checked, blind: bool, folder: Folder) -> Section:
    plane = record.inside("plane")
    edges = plane.edges("target_energy_edges_gev"), plane.edges("hadronic_energy_edges_gev")
    counts = plane.array("counts", 2)
    _agree(plane, counts.shape == (edges[0].size - 1, edges[1].size - 1))
    region = None
    if plane.values.get("region_gev") is not None:
        ends = plane.array("region_gev")
        _agree(plane, ends.size == 2)
        right, top = ends.tolist()
        region = (right, top)
    if blind and region is not None:
        inside = np.outer(edges[0][1:] <= region[0], edges[1][1:] <= region[1])
        if np.any(counts[inside] != 0.0):
            raise EmissError(
                f"'{record.file}': 'plane.counts' shows events in the signal region, and "
                "'blinding' says that it is hidden; it was changed; run emiss analyse again."
            )
    labels = "energy in the target (GeV)", "energy in the hadron calorimeter (GeV)"
    title = "Events after all cuts but those of the signal region"
    drawing = plane_svg(title, labels, edges, counts, region, blind)
    images = tuple(name for name in folder.images if name == "energy-plane.png")
    return Section("Energy plane", drawings=(drawing,), images=images)


def _published(source: Checked) -> str:
    """What was published of a source; a dash where nothing was, or an older record does not say."""
    if source.values.get("published") is None:
        return "—"
    other = source.inside("published")
    return published_words(other.number("events"), other.maybe("error"))


def _backgrounds(record: Checked) -> Section:
    rows = tuple(
        (
            one.text("name"), number(one.maybe("events")), number(one.maybe("statistical")),
            number(one.maybe("systematic")), _published(one), one.text("method"),
        )
        for one in record.objects("sources")
    )  # fmt: skip
    total = f"total: {number(record.maybe('total'))} ± {number(record.maybe('total_error'))} events"
    heads = ("source", "events", "statistical", "systematic", "published", "method")
    table = TextTable("Expected events in the signal region", heads, rows, (total,))
    return Section("Backgrounds", tables=(table,))


def _of_limits(folder: Folder) -> Iterator[Section]:
    """Limits on one coupling together."""
    names = dict.fromkeys(limit.coupling_name for limit in folder.limits)
    for name in names:
        same = [one for one in folder.limits if one.coupling_name == name]
        relic, remarks = relic_remarks(same[0]) if same[0].y is not None else ((), ())
        planes = []
        for quantity, lines in (("coupling", ()), ("y", relic)):
            content = plane_content(same, quantity, lines)  # type: ignore[arg-type]
            if content is not None:
                planes.append((f"{quantity}-{len(names)}-{_word(name)}", content))
        facts = (*(_sentence(one) for one in same), *remarks)
        warnings = tuple(dict.fromkeys(text for one in same for text in one.warnings))
        yield Section(
            f"Limit on {name}", facts=(*facts, *warnings), planes=tuple(planes),
            tables=tuple(limit_table(one, _MOST_MASSES) for one in same),
            images=tuple(n for n in folder.images if n in ("coupling.png", "y.png")),
        )  # fmt: skip


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _sentence(limit: Limit) -> str:
    level = f"{100.0 * limit.cl:g} % CL"
    return (
        f"{limit.experiment_title}: {limit.kind} limit of the model {limit.model} at {level} "
        f"({limit.method}), {number(limit.particles_on_target)} particles on target"
    )


def _provenance(folder: Folder) -> Section:
    rows = []
    if folder.analysis is not None:
        record, made = folder.analysis, folder.analysis.inside("provenance")
        rows.append(("analysis", made.text("command"), made.text("inputs_sha256")))
        rows.append(("experiment", record.text("experiment"), record.text("experiment_sha256")))
        said = record.inside("events_made_by").values
        words = ", ".join(f"{key} {shown(value, 80)}" for key, value in said.items())
        rows.append(("events", words or "say nothing of themselves", ""))
    for limit in folder.limits:
        rows.append(("limit", limit.provenance.command, limit.provenance.inputs_sha256))
    versions: dict[str, str] = {}
    for limit in folder.limits:
        versions |= limit.provenance.versions
    if folder.analysis is not None:
        versions |= {
            str(k): str(v)
            for k, v in folder.analysis.inside("provenance").inside("versions").values.items()
        }
    facts = (f"versions: {', '.join(f'{k} {v}' for k, v in versions.items())}",)
    table = TextTable("How to make this again", ("what", "asked", "SHA-256 of inputs"), tuple(rows))
    return Section("Provenance", facts=facts, tables=(table,))


def _citations(folder: Folder) -> Section:
    keys = dict.fromkeys(key for limit in folder.limits for key in limit.citations)
    if folder.analysis is not None:
        keys |= dict.fromkeys(folder.analysis.texts("citations"))
    lines: list[str] = []
    for key in keys:
        try:
            lines += citations.describe([key])
        except UnknownNameError:  # of a user's own experiment
            lines.append(key)
    return Section("Literature", facts=tuple(dict.fromkeys(lines)))
