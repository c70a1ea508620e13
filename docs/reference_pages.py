"""Pages and links that are made from the program: commands, bibliography, equations offline."""

from __future__ import annotations

import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BUILT = HERE / "_build" / "made"
MATHJAX = "tex-svg.js"
_LICENCE = "LICENSE"


def mathjax_folder() -> str:
    """Put MathJax, from a package, where Sphinx finds it."""
    source = files("mathjax") / "static" / "mathjax"
    target = BUILT / "static" / "mathjax"
    target.mkdir(parents=True, exist_ok=True)
    for name in (f"es5/{MATHJAX}", _LICENCE):
        shutil.copyfile(str(source / name), target / Path(name).name)
    return str(BUILT / "static")


def bibliography_file() -> str:
    """The bibliography of the package, under names that the reader of BibTeX takes."""
    text = (files("emiss.ground") / "data" / "references.bib").read_text(encoding="utf-8")
    target = BUILT / "references.bib"
    target.parent.mkdir(parents=True, exist_ok=True)
    # "ids" are names for emiss alone.
    kept = [line for line in text.splitlines() if not line.strip().startswith("ids =")]
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return str(target)


def keys() -> frozenset[str]:
    """Keys of the bibliography."""
    text = Path(bibliography_file()).read_text(encoding="utf-8")
    return frozenset(re.findall(r"^@\w+\{([^,\s]+),", text, flags=re.MULTILINE))


KEYS = keys()
_KEY = re.compile(r"(?<![\w`/{.])([A-Za-z]+:[\w.]+?[\w])(?![\w`/}]|\.\w)")
_CODE = re.compile(r"(```.*?```|~~~.*?~~~|`[^`\n]*`|\]\([^)]*\)|\$\$.*?\$\$)", re.DOTALL)


def _cited(text: str, role: str) -> str:
    """Turn keys of the bibliography into links to it."""

    def link(match: re.Match[str]) -> str:
        return role.format(match[1]) if match[1] in KEYS else match[0]

    return _KEY.sub(link, text)


def link_pages(_: Any, __: str, source: list[str]) -> None:
    """In pages, outside code, links and equations."""
    pieces = _CODE.split(source[0])
    source[0] = "".join(
        piece if number % 2 else _cited(piece, "{{cite}}`{}`")
        for number, piece in enumerate(pieces)
    )


def link_docstrings(_: Any, __: str, ___: str, ____: Any, _____: Any, lines: list[str]) -> None:
    """In docstrings, outside examples and literals."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")) and "``" not in line:
            lines[number] = _cited(line, ":cite:`{}`")


def connect(app: Any) -> None:
    """Make the pages, and the links of the others.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    app.connect("source-read", link_pages)
    app.connect("autodoc-process-docstring", link_docstrings)
    (HERE / "commands.md").write_text(command_reference(), encoding="utf-8")


def command_reference() -> str:
    """All commands with their options, as the program itself has them."""
    from typer.main import get_command

    from emiss.presentation.cli.app import make_app
    from emiss.presentation.cli.command import discover

    tree: Any = get_command(make_app(discover()))
    lines = [
        "# Commands",
        "",
        "Made from the program. `emiss COMMAND --help` says the same. Every command that prints a",
        "table takes `--json`, and a bad value ends it with exit code 2 and a message that says",
        "what is allowed.",
    ]
    by_panel: dict[str, list[tuple[str, Any]]] = {}
    for name, command in tree.commands.items():
        leaves = getattr(command, "commands", None)
        panel = getattr(command, "rich_help_panel", None) or "Search"
        named = (
            [(name, command)] if leaves is None else [(f"{name} {n}", c) for n, c in leaves.items()]
        )
        by_panel.setdefault(panel, []).extend(named)
    for panel, commands in by_panel.items():
        lines += ["", f"## {panel}"]
        for name, command in commands:
            lines += _command(name, command)
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any) -> list[str]:
    given = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([f"emiss {name}", *(_metavar(p) for p in given)])
    lines = ["", f"### emiss {name}", "", *(command.help or "").strip().splitlines()]
    lines += ["", "```text", f"{usage} [OPTIONS]", "```", ""]
    rows = [(f"`{_metavar(p)}`", p) for p in given]
    rows += [(f"`{', '.join([*p.opts, *p.secondary_opts])}`", p) for p in options]
    if rows:
        lines += ["| | | default |", "| --- | --- | --- |"]
        lines += [f"| {head} | {_words(p.help)} | {_default(p)} |" for head, p in rows]
    return lines


def _metavar(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name or "").upper()
    return f"{name.removesuffix('...')}..." if parameter.nargs == -1 else name


def _words(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", r"\|")


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or callable(value) or parameter.required:
        return "required" if parameter.required else ""
    if isinstance(value, bool):
        return "yes" if value else ""
    text = str(value)
    return f"`{text}`" if text and not text.startswith("Sentinel") else ""
