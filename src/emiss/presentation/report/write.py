"""Sections as one page of HTML, as Markdown, and both into files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ...ground.atomic import atomic_directory
from ...ground.provenance import version
from ..explore.server import asset
from ..html import table_html
from ..text_table import TextTable
from .folder import read_folder
from .sections import Section, sections_of

__all__ = ["FILES", "markdown", "page", "write_report"]

FILES: Final = ("report.html", "report.md")
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def write_report(directory: Path | str) -> tuple[Path, ...]:
    """Write the report of an output folder into it.

    Parameters
    ----------
    directory : path
        Output folder of `emiss analyse`, `emiss limit` and `emiss backgrounds`.

    Returns
    -------
    tuple of Path
        ``report.html``, which needs no network, and ``report.md``; both appear or none.

    Raises
    ------
    EmissError
        If there is nothing to report or a record is damaged; with the file and the field.
    OutputError
        If the files cannot be written.
    """
    folder = read_folder(directory)
    sections = sections_of(folder)
    title = f"emiss report: {folder.name}"
    texts = {FILES[0]: page(title, sections), FILES[1]: markdown(title, sections)}
    with atomic_directory(directory) as staging:
        for name, text in texts.items():
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(Path(directory) / name for name in FILES)


def page(title: str, sections: Sequence[Section]) -> str:
    """One page of HTML.

    Parameters
    ----------
    title : str
        Its heading.
    sections : sequence of Section
        What it says.

    Returns
    -------
    str
        HTML that loads nothing; all text is escaped.
    """
    planes = {name: content for section in sections for name, content in section.planes}
    body = "".join(_section(section) for section in sections)
    data = json.dumps(planes, allow_nan=False, ensure_ascii=False)
    for sign in "<>&":  # no text can end the element that holds it
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    made = f"emiss {version()}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>'
        f"<title>{escape(title)}</title>"
        f"<style>{asset('page.css')}{_own('report.css')}</style></head>"
        f'<body><main class="emiss report"><header class="emiss-title"><h1>{escape(title)}</h1>'
        f"<p>{escape(made)}</p></header>{body}</main>"
        f'<script type="application/json" id="emiss-planes">{data}</script>'
        f'<script type="module">{_script()}</script></body></html>\n'
    )


def _own(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _script() -> str:
    """Modules of the live page that draw, and ours, as one."""
    joined = "\n".join((asset("axes.js"), asset("plot.js"), _own("report.js")))
    plain = re.sub(r'^import \{[^}]*\} from "\./[a-z]+\.js";\n', "", joined, flags=re.MULTILINE)
    return re.sub(r"^export ", "", plain, flags=re.MULTILINE)


def _section(section: Section) -> str:
    parts = [f"<section><h2>{escape(section.title)}</h2>"]
    if section.status:
        parts.append(f'<p class="status">{escape(section.status)}</p>')
    if section.facts:
        items = "".join(f'<li class="hash">{escape(fact)}</li>' for fact in section.facts)
        parts.append(f"<ul>{items}</ul>")
    if section.planes:
        plots = "".join(_plane(name, content) for name, content in section.planes)
        parts.append(f'<div class="emiss-planes">{plots}</div>')
    if section.drawings:
        parts.append(f'<div class="drawings">{"".join(section.drawings)}</div>')
    parts += [f'<div class="wide">{table_html(table)}</div>' for table in section.tables]
    return "".join(parts) + "</section>"


def _plane(name: str, content: dict[str, Any]) -> str:
    keys = "".join(_key(line) for line in content["lines"])
    return (
        f'<div><figure data-plane="{escape(name)}"></figure><ul class="emiss-legend">{keys}</ul>'
        "</div>"
    )


def _key(line: dict[str, Any]) -> str:
    colour = escape(str(line.get("colour", "currentColor")))
    dash = escape(str(line.get("dash", "")))
    return (
        '<li><svg class="emiss-key" viewBox="0 0 28 10" aria-hidden="true"><line x1="0" x2="28" '
        f'y1="5" y2="5" stroke="{colour}" stroke-dasharray="{dash}" stroke-width="2"/></svg>'
        f"{escape(str(line['label']))}</li>"
    )


def markdown(title: str, sections: Sequence[Section]) -> str:
    """The same in Markdown, with the figures that lie beside it.

    Parameters
    ----------
    title : str
        Its heading.
    sections : sequence of Section
        What it says.

    Returns
    -------
    str
        Markdown; signs that mean something in it are escaped.
    """
    parts = [f"# {_plain(title)}", f"emiss {version()}"]
    for section in sections:
        parts.append(f"## {_plain(section.title)}")
        if section.status:
            parts.append(f"**{_plain(section.status)}**")
        if section.facts:
            parts.append("\n".join(f"- {_plain(fact)}" for fact in section.facts))
        parts += [f"![{_plain(section.title)}]({name})" for name in section.images]
        parts += [_table(table) for table in section.tables]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _table(table: TextTable) -> str:
    rows = [table.headers, ("---",) * len(table.headers), *table.rows]
    lines = [
        "| " + " | ".join(cell if cell == "---" else _plain(cell) for cell in row) + " |"
        for row in rows
    ]
    notes = "\n".join(f"- {_plain(note)}" for note in table.notes)
    return "\n\n".join(part for part in (_plain(table.title), "\n".join(lines), notes) if part)
