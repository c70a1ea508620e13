"""What only tests use is either public, in the docs, or gone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import emiss

SOURCE = Path(emiss.__file__).parent
DOCS = SOURCE.parents[1] / "docs"


def definitions(tree):
    """Functions and classes of a module without decorators, which may register them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("__"):
            registers = not isinstance(node, ast.ClassDef) and node.decorator_list
            if not registers:
                yield node


def mentions(tree):
    """Names that code uses, with their line; what is imported or listed in __all__ is not used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A type in quotes, or a name looked up by its text: a table, a lazy attribute.
            for name in re.findall(r"[A-Za-z_]\w*", node.value) if len(node.value) < 80 else ():
                yield f"'{name}", node.lineno


def listed(tree):
    """Lines of __all__."""
    return {
        line
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def test_every_function_and_class_is_used_or_documented():
    if not DOCS.is_dir():  # an installed package has no docs beside it
        pytest.skip("the docs are not beside the package")
    trees = {path: ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")}
    used = {}
    for path, tree in trees.items():
        hidden = listed(tree)
        for name, line in mentions(tree):
            if line not in hidden:
                used.setdefault(name.lstrip("'"), []).append((path, line))
    files = [*DOCS.rglob("*.md"), *DOCS.rglob("*.py"), DOCS.parent / "README.md"]
    documented = set(re.findall(r"[A-Za-z_]\w*", "\n".join(f.read_text("utf-8") for f in files)))
    dead = [
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path, tree in trees.items()
        for node in definitions(tree)
        if node.name not in documented
        and not any(
            where != path or not node.lineno <= line <= (node.end_lineno or 0)
            for where, line in used.get(node.name, ())
        )
    ]
    assert dead == []
