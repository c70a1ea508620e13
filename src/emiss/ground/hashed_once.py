"""Frozen dataclasses of many numbers that are keys of caches: their hash is worked out once."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

__all__ = ["HashedOnce"]


class HashedOnce:
    """Mixin of a frozen dataclass that keeps its own hash.

    The class has a field ``_hash: int | None = field(default=None, init=False, repr=False,
    compare=False)``, says ``__hash__ = HashedOnce.__hash__``, and is made by position. The hash is
    left out of pickles, since texts hash differently in another process.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        known: int | None = self._hash  # type: ignore[attr-defined]
        if known is None:
            said = [getattr(self, item.name) for item in fields(self) if item.compare]  # type: ignore[arg-type]
            known = hash(tuple(said))
            object.__setattr__(self, "_hash", known)
        return known

    def __reduce__(self) -> tuple[Any, ...]:
        given = [getattr(self, item.name) for item in fields(self) if item.init]  # type: ignore[arg-type]
        return type(self), tuple(given)
