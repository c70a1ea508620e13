"""Conditions of cuts as text, in a small and safe part of Python's expressions.

Allowed are documented variables, numbers, arithmetic, comparisons, ``and``, ``or``, ``not`` and a
few functions. Nothing is evaluated that was not checked; there are no attributes, indices or calls
of anything else.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterable, Iterator
from typing import Final, cast

from ..ground.errors import EmissError, listed
from ..ground.quantity import shortened

__all__ = ["FUNCTIONS", "comparisons", "names_in", "parse", "unknown_variable"]

FUNCTIONS: Final = {
    "abs": 1,
    "sqrt": 1,
    "hypot": 2,
    "minimum": 2,
    "maximum": 2,
    "log": 1,
    "exp": 1,
}
"""Functions that a condition may call, with the number of their arguments."""
_LARGEST: Final = 1e30
_MOST_CHARACTERS: Final = 1000
_MOST_NODES: Final = 200
_ALLOWED: Final = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Compare,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Call,
)


def parse(text: str) -> ast.Expression:
    """Read a condition.

    Parameters
    ----------
    text : str
        For example ``"max_cell_x == 2 and lateral_ratio < 0.07"``.

    Returns
    -------
    ast.Expression
        The checked tree.

    Raises
    ------
    EmissError
        If it is no condition, too long, or uses what is not allowed.
    """
    if len(text) > _MOST_CHARACTERS:
        raise EmissError(f"a condition has at most {_MOST_CHARACTERS} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as of '1if': what is refused is said below
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise EmissError(
            f"'{text[:60]}' is not a condition; write for example 'ecal_energy < 50 and "
            "hcal_energy < 1' (energies in GeV, lengths in cm, angles in rad)."
        ) from None
    nodes = list(ast.walk(tree))
    if len(nodes) > _MOST_NODES:
        raise EmissError(f"a condition has at most {_MOST_NODES} parts.")
    for node in nodes:
        _check(node)
    if not _is_condition(tree.body):
        raise EmissError(f"'{text[:60]}' is a number, not a condition; compare it with something.")
    return tree


def _check(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        what = type(node).__name__
        hint = ""
        if isinstance(node, ast.BitAnd | ast.BitOr | ast.Invert):
            hint = "; write 'and', 'or', 'not'"
        raise EmissError(f"conditions know no {what}{hint}.")
    if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
        given = shortened(node.value)
        raise EmissError(f"{given}: conditions know numbers only, no text or logic values.")
    if isinstance(node, ast.Constant) and not abs(cast("float", node.value)) <= _LARGEST:
        given = shortened(node.value)
        raise EmissError(f"{given}: numbers in conditions are at most {_LARGEST:g}.")
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
        if not known or node.keywords:
            raise EmissError(f"conditions may call {', '.join(FUNCTIONS)} and nothing else.")
        name, count = cast("ast.Name", node.func).id, len(node.args)
        if count != FUNCTIONS[name]:
            raise EmissError(f"{name} takes {FUNCTIONS[name]} number(s), {count} given.")


def _is_condition(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(_is_condition(value) for value in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _is_condition(node.operand)
    return isinstance(node, ast.Compare)


def names_in(tree: ast.Expression) -> tuple[str, ...]:
    """Variables of a condition, each once, in order."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called]
    return tuple(dict.fromkeys(found))


_SIGNS: Final = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


def comparisons(text: str) -> Iterator[tuple[str, str, float]]:
    """Find what a condition asks of single variables, whatever else it asks.

    Parameters
    ----------
    text : str
        A condition.

    Returns
    -------
    iterator of (str, str, float)
        Variable, one of ``< <= > >= ==``, and number, of all comparisons that must hold.
    """
    waiting: list[ast.expr] = [parse(text).body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            waiting += node.values
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, sign, right in zip(sides, map(_sign, node.ops), sides[1:], strict=False):
                value, other = _number(right), _number(left)
                if sign and isinstance(left, ast.Name) and value is not None:
                    yield left.id, sign, value
                elif sign and isinstance(right, ast.Name) and other is not None:
                    yield right.id, _TURNED[sign], other


def _sign(operator: ast.cmpop) -> str:
    return _SIGNS.get(type(operator), "")


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand)
        return None if value is None else -value
    return float(cast("float", node.value)) if isinstance(node, ast.Constant) else None


def unknown_variable(name: str, known: Iterable[str]) -> str:
    """Say that a variable is not known, and suggest the nearest."""
    vocabulary = sorted(known)
    near = difflib.get_close_matches(name[:80], vocabulary, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown variable '{name[:80]}'{hint} (known: {listed(name, vocabulary)})"
