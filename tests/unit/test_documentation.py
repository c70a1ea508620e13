"""Code in README and docs runs, commands in them exist, the reference has every public name."""

from __future__ import annotations

import pkgutil
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

import emiss
from emiss.presentation.cli.app import make_app
from emiss.presentation.cli.command import discover

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SKETCHES = {
    "api.md": "MyResult",  # a class that the reader has
    "explore.md": "emiss.explore()",  # needs a notebook
}


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    if page.parent.name == "_build" or "_build" in page.parts:
        return []
    found = re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    sketch = SKETCHES.get(page.name)
    return [block for block in found if sketch is None or sketch not in block]


RUNNABLE = [page for page in PAGES if blocks(page, "python")]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.name)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    code = blocks(page, "python")
    assert code
    for block in code:
        exec(compile(block, str(page), "exec"), names)


def command_lines():
    found = []
    for page in PAGES:
        for block in [*blocks(page, "sh"), *blocks(page, "bash"), *blocks(page, "console")]:
            for line in block.replace("\\\n", " ").splitlines():
                words = line.split(" #")[0].split("&&")[-1].strip().removeprefix("$ ")
                for command in words.split(";"):
                    text = command.strip()
                    if text.startswith("emiss ") and "|" not in text:
                        found.append(pytest.param(text, id=f"{page.name}: {text[:60]}"))
    return found


@pytest.fixture(scope="module")
def tree():
    return get_command(make_app(discover()))


@pytest.mark.parametrize("text", command_lines())
def test_commands_and_their_options_exist(text, tree, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(text.split(" > ")[0])[1:]
    command = tree
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"no command '{words[0]}'"
        command = command.commands[words.pop(0)]
    if "--help" in words:
        return
    # Reads and checks every option, and computes nothing.
    command.make_context("emiss", words)


def test_reference_names_every_public_name():
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in emiss.__all__:
        if isinstance(getattr(emiss, name), type(re)) or name == "__version__":
            continue  # rooms
        assert re.search(rf"emiss\.([\w.]+\.)?{name}\b", text), f"{name} is not in the reference"
    for name in emiss.plots.__all__:
        assert re.search(rf"emiss\.([\w.]+\.)?{name}\b", text), f"plots.{name} is not in it"


def test_pictures_of_the_pages_exist():
    for page in PAGES:
        for place in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / place).is_file(), f"{page.name}: {place}"
            assert page.name == "README.md", f"{page.name} shows {place}, which no code on it makes"


def test_first_figure_of_the_readme_is_that_of_its_first_command(tmp_path):
    """Mean difference of brightness per pixel: another version of a library moves letters a bit."""
    image = pytest.importorskip("matplotlib.image")
    limit = emiss.limit("na64e-2016-2022", "dark-photon")
    figure = emiss.plots.exclusion(limit)
    made = emiss.plots.save_figure(figure, tmp_path / "coupling", ("png",))[0]
    shown = ROOT / "docs" / "figures" / "first.png"
    new, old = image.imread(made), image.imread(shown)
    assert new.shape == old.shape
    assert abs(new - old).mean() < 0.01, f"make it anew: copy {made.name} to {shown.name}"
    assert shutil.which("make") is None or "docs/figures/first.png" in (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")


def test_every_command_has_its_line_in_the_table_of_the_python_interface(tree):
    """The part of the page before the reference says what to write for each command."""
    table = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").split("```")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `emiss ")]
    named = {
        word.removeprefix("emiss ").split()[0]
        for row in rows
        for word in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    assert set(tree.commands) - named == set()
    assert named - set(tree.commands) <= {"hcal"}  # a part of `emiss response`
    for row in rows:
        for path in re.findall(r"`emiss\.([\w.]+)", row.split("|")[2]):
            assert pkgutil.resolve_name(f"emiss.{path}") is not None
