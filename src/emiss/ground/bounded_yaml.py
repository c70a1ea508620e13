"""YAML written by others, as plain lists, mappings and text, within bounds.

The tree is built from the parser's events, which come one by one, so that depth, size and aliases
are bounded before anything large exists. No scalar is interpreted: ``1_0``, ``1:30`` or a date stay
the text they are, and whoever needs a number reads it with `plain_number`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from .bounded_text import shown
from .errors import EmissError

__all__ = ["MAX_DEPTH", "MAX_NODES", "load_documents"]

MAX_DEPTH: Final = 24
MAX_NODES: Final = 400_000
"""Nodes of a document, those of aliases counted each time they are used."""
MAX_DOCUMENTS: Final = 1000
_TAGS: Final = tuple(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map")
)


@dataclass(slots=True)
class _Open:
    """A list or mapping under construction."""

    node: list[Any] | dict[Any, Any]
    anchor: str | None
    start: int
    """Nodes counted before it."""
    deepest: int
    """Depth of its deepest node, from the root."""
    key: Any = None
    has_key: bool = False


@dataclass(slots=True)
class _Builder:
    """Documents from events."""

    where: str
    count: int = 0
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int, int]] = field(default_factory=dict)
    """Node, number of nodes in it and levels below it, per finished anchor."""
    documents: list[Any] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)

    def fail(self, problem: str, event: Any) -> EmissError:
        mark = getattr(event, "start_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        return EmissError(f"{self.where}{place}: {problem}.")

    def grow(self, nodes: int, levels: int, event: Any) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            raise self.fail(f"more than {MAX_NODES} values; tables of curves are smaller", event)
        depth = len(self.stack) + levels
        if depth > MAX_DEPTH:
            raise self.fail(f"nested more than {MAX_DEPTH} deep", event)
        for level in self.stack:
            level.deepest = max(level.deepest, depth)

    def put(self, value: Any, event: Any) -> None:
        if not self.stack:
            if len(self.documents) >= MAX_DOCUMENTS:
                raise self.fail(f"more than {MAX_DOCUMENTS} documents", event)
            self.documents.append(value)
            return
        top = self.stack[-1]
        if isinstance(top.node, list):
            top.node.append(value)
        elif not top.has_key:
            if not isinstance(value, str):
                raise self.fail("a key is a list or mapping; keys are words", event)
            if value in top.node:
                raise self.fail(f"the key '{shown(value, 40)}' stands twice", event)
            top.key, top.has_key = value, True
        else:
            top.node[top.key] = value
            top.has_key = False

    def scalar(self, event: Any) -> None:
        self.grow(1, 1, event)
        if event.anchor is not None:
            self.anchors[event.anchor] = (event.value, 1, 1)
        self.put(event.value, event)

    def alias(self, event: Any) -> None:
        if event.anchor in self.opened:
            raise self.fail(f"the alias *{shown(event.anchor, 40)} stands inside itself", event)
        if event.anchor not in self.anchors:
            raise self.fail(f"the alias *{shown(event.anchor, 40)} has no anchor", event)
        value, nodes, levels = self.anchors[event.anchor]
        self.grow(nodes, levels, event)
        self.put(value, event)

    def begin(self, event: Any, node: list[Any] | dict[Any, Any]) -> None:
        self.grow(1, 1, event)
        depth = len(self.stack) + 1
        self.stack.append(_Open(node, event.anchor, self.count - 1, depth))
        if event.anchor is not None:
            self.opened.add(event.anchor)

    def end(self, event: Any) -> None:
        done = self.stack.pop()
        if done.anchor is not None:
            self.opened.discard(done.anchor)
            levels = done.deepest - len(self.stack)
            self.anchors[done.anchor] = (done.node, self.count - done.start, levels)
        self.put(done.node, event)

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!" and tag not in _TAGS:
            raise self.fail(f"the tag '{shown(tag, 60)}' is not allowed; write plain values", event)
        if kind == "ScalarEvent":
            self.scalar(event)
        elif kind == "AliasEvent":
            self.alias(event)
        elif kind == "SequenceStartEvent":
            self.begin(event, [])
        elif kind == "MappingStartEvent":
            self.begin(event, {})
        elif kind in {"SequenceEndEvent", "MappingEndEvent"}:
            self.end(event)
        elif kind == "DocumentStartEvent":
            self.anchors.clear()


def load_documents(text: str, where: str) -> list[Any]:
    """Read the documents of a YAML text.

    Parameters
    ----------
    text : str
        The text; bound its size with `read_text`.
    where : str
        File it came from, for errors.

    Returns
    -------
    list
        One tree per document, of lists, mappings with text keys, and text. An alias is the node
        of its anchor, not a copy.

    Raises
    ------
    EmissError
        If it is not YAML, is nested more than 24 deep, has more than 400 000 values (aliases
        counted as often as used), an alias inside itself, a key twice, or a tag that makes objects.
    """
    import yaml

    builder = _Builder(where)
    if text.count("\n") > MAX_NODES:
        raise EmissError(f"{where}: more than {MAX_NODES} lines; tables are smaller.")
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, EmissError):
            raise
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "broken text"
        raise EmissError(f"{where}{place}: is not YAML: {shown(problem)}.") from error
    return builder.documents
