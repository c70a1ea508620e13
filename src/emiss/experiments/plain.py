"""Parts of an experiment as plain dictionaries and lists, for hashing and JSON."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, Final

from ..ground.provenance import digest_of
from .elements import Element
from .layout import Layout

__all__ = ["apparatus_hash", "plain", "selection_hash"]

_WORDS: Final = frozenset(
    {"source", "status", "note", "uncertainty", "uncertainty_source", "uncertainty_status"}
)
"""Keys that say where a number comes from, and change nothing of what is simulated."""


@functools.lru_cache(maxsize=64)
def _plain_layout(layout: Layout) -> dict[str, Any]:
    """Layout as a dictionary, which is not to be changed; kept, for runs share it."""
    return {item.name: plain(getattr(layout, item.name)) for item in _said(layout)}


def _said(value: Any) -> list[dataclasses.Field[Any]]:
    return [item for item in dataclasses.fields(value) if item.compare]


def plain(value: Any) -> Any:
    """Dataclasses as dictionaries, with the kind of an element; sequences as lists.

    Parameters
    ----------
    value : any
        Part of an experiment.

    Returns
    -------
    any
        The same in dictionaries and lists; what is none of these as it is.
    """
    if isinstance(value, Layout):
        return _plain_layout(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = {"kind": value.kind} if isinstance(value, Element) else {}
        return kind | {item.name: plain(getattr(value, item.name)) for item in _said(value)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items() if key not in _WORDS}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _digest(value: Any) -> str:
    return digest_of(_numbers(value))


def apparatus_hash(layout: Layout) -> str:
    """Hash of what decides how events are recorded: beam, elements and triggers.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    str
        SHA-256. Sources, notes and uncertainties do not count.
    """
    found = plain(layout)
    return _digest({key: found[key] for key in ("beam", "elements", "triggers")})


def selection_hash(layout: Layout) -> str:
    """Hash of the cuts, see `apparatus_hash`.

    Parameters
    ----------
    layout : Layout
        With the selection.

    Returns
    -------
    str
        SHA-256.
    """
    return _digest(plain(layout)["selection"])
