"""Numbers of showers in a stack, kept on disk: every process of a campaign asks for the same."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.table_files import Column, TableKind, hashed_settings
from .transport import Beam, Settings, Stack
from .transport.shapes import Shapes

__all__ = ["kept_numbers"]

_PACKAGE: Final = Path(__file__).parents[1]
_ROOMS: Final = ("events/transport", "physics/shower", "physics/materials")
"""Where the code is that the numbers depend on, beside this room's own modules below."""
_MODULES: Final = tuple(
    f"events/{name}.py" for name in ("fits", "kept_numbers", "matter", "sampling", "scale")
)


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """Numbers, and what they depend on."""

    numbers: FloatArray
    settings: Mapping[str, Any]


def _pack(table: _Numbers) -> tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]]:
    return {"settings": table.settings}, {"numbers": table.numbers}


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> _Numbers:
    return _Numbers(arrays["numbers"], meta["settings"])


_FILES: Final[TableKind[_Numbers]] = TableKind(
    "numbers of showers", {"numbers": Column(("number",), least=0.0)}, _pack, _unpack
)


def kept_numbers(
    what: str,
    stack: Stack,
    beam: Beam,
    settings: Settings,
    shapes: Shapes | None,
    events: int,
    make: Callable[[], tuple[float, ...]],
) -> tuple[float, ...]:
    """Look numbers of showers up, or work them out and keep them.

    Parameters
    ----------
    what : str
        What they are.
    stack, beam, settings, shapes, events
        What is simulated.
    make : callable
        Works them out; none is negative.

    Returns
    -------
    tuple of float
        The numbers; from the disk they are the same to the last bit. They are made anew for any
        other input, and when any code that they depend on has changed.
    """
    said = hashlib.sha256(repr((what, _described(stack), beam, settings, events)).encode())
    for part in shapes or ():
        text = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
        said.update(text)
    asked = hashed_settings({"what": what, "inputs": said.hexdigest(), "code": _code()})
    name = f"showers_{asked['sha256'][:20]}.npz"
    found = _FILES.find_or_make(name, asked, lambda: _Numbers(np.array(make()), asked))
    return tuple(found.numbers.tolist())


def _described(stack: Stack) -> tuple[Any, ...]:
    """All of a stack, each of its materials once."""
    number = {material: i for i, material in enumerate(stack.materials)}
    slabs = [(number[slab.material], slab.thickness, slab.section) for slab in stack.slabs]
    return stack.materials, slabs, stack.half_width, stack.half_height, stack.cells


@functools.cache
def _code() -> str:
    """Hash of the code that the numbers depend on."""
    files = [_PACKAGE / name for name in _MODULES]
    for room in _ROOMS:
        files += sorted((_PACKAGE / room).rglob("*.py"))
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()
