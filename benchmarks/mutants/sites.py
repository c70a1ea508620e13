"""Where the rooms can be mutated: the operators of cosmic-ray that are kept, wherever they fit.

Kept are those whose mutants a test should notice: numbers by one, arithmetic and masks by their
counterpart, comparisons by their neighbour and their negation, conditions, loops. Left out are
replacements that only ever end in a TypeError (shifts of floats), which would flatter the share.
Nothing inside annotations, decorators (a cache is not physics), raised messages and formatted text
is touched; cosmic-ray itself leaves text alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOMS = {
    "processes": "src/emiss/physics/processes",
    "models": "src/emiss/physics/models",
    "cosmology": "src/emiss/physics/constraints/cosmology",
    "constraints": "src/emiss/physics/constraints",
    "yields": "src/emiss/yields",
    "inference": "src/emiss/inference",
}

_BINARY = (
    "Add_Sub Sub_Add Mul_Div Div_Mul Pow_Mul FloorDiv_Div Mod_FloorDiv BitAnd_BitOr BitOr_BitAnd"
)
_COMPARISON = (
    "Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is"
)
_OTHERS = (
    "NumberReplacer AddNot ReplaceAndWithOr ReplaceOrWithAnd ReplaceBreakWithContinue "
    "ReplaceContinueWithBreak ReplaceFalseWithTrue ReplaceTrueWithFalse "
    "ReplaceUnaryOperator_USub_UAdd ReplaceUnaryOperator_Delete_Not "
    "ReplaceUnaryOperator_Delete_Invert ZeroIterationForLoop ExceptionReplacer"
)
OPERATORS = (
    *(f"core/{name}" for name in _OTHERS.split()),
    *(f"core/ReplaceBinaryOperator_{name}" for name in _BINARY.split()),
    *(f"core/ReplaceComparisonOperator_{name}" for name in _COMPARISON.split()),
)

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change at one place.

    Parameters
    ----------
    room, path : str
        Room, and file from the root of the repository.
    operator : str
        Operator of cosmic-ray.
    occurrence : int
        Which of the places in the file where the operator fits.
    line : int
        Line of the place, from 1.
    """

    room: str
    path: str
    operator: str
    occurrence: int
    line: int

    def apply(self, source: str) -> str:
        """Mutated source of the file."""
        operator = cosmic_ray.plugins.get_operator(self.operator)()
        mutated: str | None = mutate_code(source, operator, self.occurrence)
        if mutated is None:
            raise ValueError(f"{self.path} has no place {self.occurrence} for {self.operator}")
        return mutated


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant of the rooms, file by file."""
    seen = set()
    for room, folder in ROOMS.items():
        for file in sorted((root / folder).rglob("*.py")):
            if file not in seen:
                seen.add(file)
                yield from _of_file(room, file, file.relative_to(root).as_posix())


def _of_file(room: str, file: Path, path: str) -> Iterator[Mutant]:
    source = file.read_text(encoding="utf-8")
    silent = list(_silent(ast.parse(source)))
    nodes = list(ast_nodes(get_ast(source)))
    for name in OPERATORS:
        operator = cosmic_ray.plugins.get_operator(name)()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            if not any(first <= start < last for first, last in silent):
                yield Mutant(room, path, name, occurrence, start[0])


def _silent(tree: ast.AST) -> Iterator[tuple[Place, Place]]:
    """Stretches that are no physics: annotations, decorators, messages, text, ``strict=True``."""
    for node in ast.walk(tree):
        annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
        spoken = isinstance(node, ast.JoinedStr | ast.Raise) or _is_script(node)
        decorators = getattr(node, "decorator_list", ())
        for quiet in (*annotations, *decorators, node if spoken or _is_strict(node) else None):
            if isinstance(quiet, ast.expr | ast.stmt | ast.keyword):
                yield (
                    (quiet.lineno, quiet.col_offset),
                    (quiet.end_lineno or quiet.lineno, quiet.end_col_offset or 0),
                )


def _is_script(node: ast.AST) -> bool:
    """Whether it is the part of a module that runs as a script."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def _is_strict(node: ast.AST) -> bool:
    """Whether it asks `zip` to compare lengths, which only a fault elsewhere would notice."""
    return isinstance(node, ast.keyword) and node.arg == "strict"
