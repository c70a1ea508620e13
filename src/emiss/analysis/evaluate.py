"""Cuts on columns of events: bounds on a variable, or a condition in the safe language.

A condition was checked when its file was read (`experiments.expression`); it is worked out here
node by node on arrays. An event in which a variable of a cut has no value (NaN) fails that cut.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.expression import names_in, parse, unknown_variable
from ..experiments.selection import Cut
from ..ground.errors import EmissError
from ..ground.guards import guarded, instance

__all__ = ["Columns", "evaluate", "passes", "variables_of"]

Columns = Mapping[str, NDArray[Any]]
"""Arrays of one length by the name of their variable."""

_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": np.abs,
    "sqrt": np.sqrt,
    "hypot": np.hypot,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "log": np.log,
    "exp": np.exp,
}
_ARITHMETIC: Final[dict[type, Callable[..., Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_COMPARISONS: Final[dict[type, Callable[..., Any]]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def evaluate(condition: str, columns: Columns) -> NDArray[np.bool_]:
    """Work out a condition for every event.

    Parameters
    ----------
    condition : str
        For example ``"ecal_energy < 50 and hcal_energy < 1"``, see `experiments.expression`.
    columns : mapping of str to array
        The variables.

    Returns
    -------
    array of bool
        Whether each event fulfils it; False where a variable has no value.

    Raises
    ------
    EmissError
        If it is not allowed, or a variable is missing.
    """
    tree = parse(condition)
    names = names_in(tree)
    for name in names:
        if name not in columns:
            raise EmissError(unknown_variable(name, columns))
    length = len(next(iter(columns.values()))) if columns else 0
    with np.errstate(all="ignore"):
        found = np.broadcast_to(_value(tree.body, columns), (length,))
    known = np.ones(length, dtype=bool)
    for name in names:
        known &= ~np.isnan(np.asarray(columns[name], dtype=np.float64))
    return np.asarray(found & known)


def _value(node: ast.AST, columns: Columns) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return columns[node.id]
    if isinstance(node, ast.BoolOp):
        join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        return join.reduce(np.broadcast_arrays(*(_value(part, columns) for part in node.values)))
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, columns)
        return np.logical_not(inner) if isinstance(node.op, ast.Not) else np.negative(inner)
    if isinstance(node, ast.BinOp):
        operation = _ARITHMETIC[type(node.op)]
        return operation(_value(node.left, columns), _value(node.right, columns))
    if isinstance(node, ast.Compare):
        return _compared(node, columns)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _FUNCTIONS[node.func.id](*(_value(part, columns) for part in node.args))
    raise EmissError(f"conditions know no {type(node).__name__}.")


def _compared(node: ast.Compare, columns: Columns) -> Any:
    left = _value(node.left, columns)
    found: Any = True
    for operator, part in zip(node.ops, node.comparators, strict=True):
        right = _value(part, columns)
        found = np.logical_and(found, _COMPARISONS[type(operator)](left, right))
        left = right
    return found


@guarded(cut=instance("Cut"))
def variables_of(cut: Cut) -> tuple[str, ...]:
    """Variables that a cut is on.

    Parameters
    ----------
    cut : Cut
        The cut.

    Returns
    -------
    tuple of str
        Each once, in order; none for a cut that has an efficiency only.
    """
    if cut.variable:
        return (cut.variable,)
    return names_in(parse(cut.condition)) if cut.condition else ()


def passes(cut: Cut, columns: Columns) -> NDArray[np.bool_]:
    """Which events pass a cut.

    Parameters
    ----------
    cut : Cut
        The cut: an event passes from its least value and below its most.
    columns : mapping of str to array
        The variables.

    Returns
    -------
    array of bool
        Whether each event passes; True for a cut without variable or condition.

    Raises
    ------
    EmissError
        If a variable is missing.
    """
    if cut.condition:
        return evaluate(cut.condition, columns)
    length = len(next(iter(columns.values()))) if columns else 0
    found = np.ones(length, dtype=bool)
    if not cut.variable:
        return found
    if cut.variable not in columns:
        raise EmissError(f"cut '{cut.name}': {unknown_variable(cut.variable, columns)}")
    value = np.asarray(columns[cut.variable], dtype=np.float64)
    found &= ~np.isnan(value)
    if cut.least is not None:
        found &= value >= cut.least.value
    if cut.most is not None:
        found &= value < cut.most.value
    return found
