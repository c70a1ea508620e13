"""Roles of elements: those that every mode may ask for, and those that a kind or a mode brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..ground.errors import EmissError
from ..ground.guards import flag
from .elements import ROLES, kinds
from .modes import modes

if TYPE_CHECKING:
    from .elements import Detector
    from .modes import Mode

__all__ = ["is_role", "roles"]


def roles(*, own: bool = False) -> Mapping[str, str]:
    """All roles that an element can play, in words.

    Parameters
    ----------
    own : bool, optional
        Leave out those of other packages.

    Returns
    -------
    mapping of str to str
        What each is for: first the common ones, then those that kinds of element and modes bring.

    Raises
    ------
    EmissError
        If two say different things of one role.
    """
    flag(own, "own")
    known_kinds, known_modes = kinds(), modes()
    if own:
        return _gathered((*known_kinds.own.values(), *known_modes.own.values()))
    return _gathered((*known_kinds.values(), *known_modes.values()))


def is_role(name: str) -> bool:
    """Whether there is such a role; other packages are asked only if emiss has none."""
    return name in ROLES or name in roles(own=True) or name in roles()


def _gathered(bringers: Iterable[Detector | Mode]) -> dict[str, str]:
    found = dict(ROLES)
    for bringer in bringers:
        for role, words in bringer.own_roles.items():
            if found.setdefault(role, words) != words:
                raise EmissError(
                    f"'{bringer.name}' says of the role '{role}' that it is \"{words}\", and it is "
                    f'"{found[role]}"; choose another name.'
                )
    return found
