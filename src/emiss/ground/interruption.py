"""Long computations that are given up once nobody waits for them any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Interrupted", "interruptible", "pause"]


class Interrupted(Exception):
    """A computation was given up: no fault of any input, so it is no `EmissError`."""


_UNWANTED: ContextVar[Callable[[], bool] | None] = ContextVar("unwanted", default=None)


@contextmanager
def interruptible(unwanted: Callable[[], bool]) -> Iterator[None]:
    """Let what is computed inside be given up.

    Parameters
    ----------
    unwanted : callable
        Whether nobody waits for the answer any more; asked at each `pause`, so it must be quick.
    """
    token = _UNWANTED.set(unwanted)
    try:
        yield
    finally:
        _UNWANTED.reset(token)


def pause() -> None:
    """Give up here if nobody waits; to be called between parts of what takes long.

    Raises
    ------
    Interrupted
        If nobody waits for the answer.
    """
    unwanted = _UNWANTED.get()
    if unwanted is not None and unwanted():
        raise Interrupted
